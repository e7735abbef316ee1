"""What changed between two instants, and whether chance alone could have done it.

Quantities are compared person by person, so what is bounded is the change and not the people's
variety. The bounds are wide enough for everything that is looked at together (Bonferroni): of
twenty things that did not change, in nineteen of twenty looks none is called a move.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

import numpy as np

from shoal.discovery.features import Floats, Truths

LEVEL = 0.05
NOTABLE = 0.05
"""A smaller part of what was there before is no move worth telling, however sure."""
FEWEST = 20


@dataclass(frozen=True, slots=True)
class Move:
    """Something before and after; ``noise`` is how large a change chance alone may bring."""

    kind: str  # trait, segment or event
    name: str
    title: str
    before: float
    after: float
    noise: float
    people: int
    entered: int | None = None
    left: int | None = None

    @property
    def change(self) -> float:
        """What came on top."""
        return self.after - self.before

    @property
    def relative(self) -> float | None:
        """The change as part of what was there before."""
        return self.change / abs(self.before) if self.before else None

    @property
    def is_sure(self) -> bool:
        """Whether the change is larger than chance brings."""
        return abs(self.change) > self.noise

    @property
    def is_notable(self) -> bool:
        """Whether it is sure, and large enough to tell."""
        return self.is_sure and (self.relative is None or abs(self.relative) >= NOTABLE)


def bound_for(things: int) -> float:
    """How many deviations are needed where so many things are looked at together.

    >>> round(bound_for(1), 2), round(bound_for(20), 2)
    (1.96, 3.02)
    """
    return NormalDist().inv_cdf(1 - LEVEL / (2 * max(1, things)))


def moved_mean(name: str, title: str, before: Floats, after: Floats, bound: float) -> Move | None:
    """The mean of the people who have a value at both instants."""
    both = ~np.isnan(before) & ~np.isnan(after)
    count = int(both.sum())
    if count < FEWEST:
        return None
    change = after[both] - before[both]
    noise = bound * float(change.std(ddof=1)) / sqrt(count)
    return Move(
        "trait", name, title, float(before[both].mean()), float(after[both].mean()), noise, count
    )


def moved_total(name: str, title: str, before: Floats, after: Floats, bound: float) -> Move:
    """How often something happened in all; people vary, so their differences bound the noise."""
    change = np.nan_to_num(after) - np.nan_to_num(before)
    noise = bound * sqrt(float((change**2).sum()))
    people = int(((np.nan_to_num(after) > 0) | (np.nan_to_num(before) > 0)).sum())
    return Move(
        "event", name, title, float(np.nansum(before)), float(np.nansum(after)), noise, people
    )


def moved_size(name: str, title: str, before: Truths, after: Truths, bound: float) -> Move:
    """A segment's size; its comings and goings bound the noise (McNemar)."""
    entered, left = int((after & ~before).sum()), int((before & ~after).sum())
    return Move(
        "segment", name, title, int(before.sum()), int(after.sum()),
        bound * sqrt(entered + left), entered + left, entered, left,
    )  # fmt: skip
