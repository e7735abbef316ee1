"""Outcomes by group: rates and their ratios to the best group's, each with a 95 % interval.

The four-fifths rule, of the guidelines of the United States on selecting employees (29 CFR 1607.4 D),
takes a rate below four fifths of the highest for a sign of adverse impact. It is a rule of thumb: with
few people chance alone breaks it, so the ratio's interval stands beside it, and no law is decided here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log, sqrt

from shoal.measurement.shares import Z95, wilson

FOUR_FIFTHS = 4 / 5
LEAST = 30
"""People of a group below which it is neither judged nor the one that others are held against."""


class Standing(StrEnum):
    """How a group's rate stands against four fifths of the highest."""

    BEST = "highest rate"
    BELOW = "below four fifths"
    LOW = "below four fifths, chance not ruled out"
    UNSURE = "can't tell yet"
    WITHIN = "within four fifths"
    FEW = "too few to judge"


@dataclass(frozen=True, slots=True)
class Group:
    """A group: how many it is, how many have the outcome, its rate, and the ratio to the highest."""

    name: str
    people: int
    members: int
    low: float
    high: float
    standing: Standing
    ratio: float | None = None
    ratio_low: float | None = None
    ratio_high: float | None = None

    @property
    def rate(self) -> float:
        """The part that has the outcome."""
        return self.members / self.people

    @property
    def is_flagged(self) -> bool:
        """Whether the four-fifths rule is broken as it stands, whatever chance may have done."""
        return self.standing in {Standing.BELOW, Standing.LOW}


@dataclass(frozen=True, slots=True)
class Comparison:
    """Every group, the largest first; ``best`` is None where no group is large enough."""

    groups: tuple[Group, ...]
    best: str | None

    @property
    def flagged(self) -> tuple[Group, ...]:
        """Groups whose rate is below four fifths of the highest."""
        return tuple(it for it in self.groups if it.is_flagged)


def compare(counts: Mapping[str, tuple[int, int]]) -> Comparison:
    """Groups by name, each with its people and those of them who have the outcome.

    >>> compare({"a": (100, 50), "b": (100, 30)}).flagged[0].ratio
    0.6
    """
    known = {name: it for name, it in counts.items() if it[0] > 0}
    judged = [name for name, (people, _) in known.items() if people >= LEAST]
    best = max(judged, key=lambda it: (known[it][1] / known[it][0], known[it][0]), default=None)
    if best is not None and (known[best][1] == 0 or len(judged) < 2):
        best = None  # nobody has the outcome, or there is nobody to compare with
    groups = [_group(name, *it, best, known) for name, it in known.items()]
    return Comparison(tuple(sorted(groups, key=lambda it: (-it.people, it.name))), best)


def _group(
    name: str, people: int, members: int, best: str | None, known: Mapping[str, tuple[int, int]]
) -> Group:
    low, high = wilson(members, people)
    if people < LEAST or best is None:
        return Group(name, people, members, low, high, Standing.FEW)
    if name == best:
        return Group(name, people, members, low, high, Standing.BEST)
    others, other_members = known[best]
    ratio = (members / people) / (other_members / others)
    low_end, high_end = ratio_interval(members, people, other_members, others)
    # The halves move the middle: where nobody has the outcome the ratio itself is 0.
    ratio_low, ratio_high = min(low_end, ratio), max(high_end, ratio)
    # In whole numbers: 36 of 100 is four fifths of 45 of 100, which no division of floats says.
    if 5 * members * others < 4 * other_members * people:
        standing = Standing.BELOW if ratio_high < FOUR_FIFTHS else Standing.LOW
    else:
        standing = Standing.WITHIN if ratio_low >= FOUR_FIFTHS else Standing.UNSURE
    return Group(name, people, members, low, high, standing, ratio, ratio_low, ratio_high)


def ratio_interval(members: int, people: int, others: int, among: int) -> tuple[float, float]:
    """The 95 % interval of the ratio of two shares, on the log scale with Walter's halves added.

    The halves keep it finite where nobody, or everybody, of a group has the outcome.
    """
    one, other = (members + 0.5) / (people + 1), (others + 0.5) / (among + 1)
    error = sqrt(1 / (members + 0.5) - 1 / (people + 1) + 1 / (others + 0.5) - 1 / (among + 1))
    middle = log(one / other)
    return exp(middle - Z95 * error), exp(middle + Z95 * error)
