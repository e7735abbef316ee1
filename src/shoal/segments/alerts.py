"""Alerts: a vital segment that moves as it does not usually move, and a target that is missed.

A move is unusual beside the moves before it: further from their median than ``FAR`` times their
spread, and by a share one would care about. The spread is the upper quartile of their distances
from the median, scaled so that it is the standard deviation where moves are normal: a quarter of
odd weeks does not move it, and a size that swings up and down every week is not taken for steady,
as the median distance would take it. Where a target will end is told by the Theil-Sen slope of the
sizes, which a single odd week does not turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import NormalDist, median, quantiles

FAR = 4.0
SCALE = 1 / NormalDist().inv_cdf(0.875)
LEAST_SHARE = 0.05
LEAST_PROFILES = 5
FEWEST_MOVES = 4
"""With fewer earlier moves nobody can say what is usual."""


@dataclass(frozen=True, slots=True)
class Target:
    """What a segment shall come to by an instant: a size, or a share of all known profiles."""

    by: int
    at_least: float | None = None
    at_most: float | None = None
    is_share: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """The last move of a size beside those before it."""

    before: int
    after: int
    usual: float
    spread: float
    is_unusual: bool

    @property
    def change(self) -> int:
        """Profiles more, or fewer."""
        return self.after - self.before


@dataclass(frozen=True, slots=True)
class Course:
    """Where a target stands: the value now, the one it goes towards, and whether that is enough."""

    now: float
    expected: float
    is_met: bool
    is_on_course: bool


def last_move(sizes: Sequence[int]) -> Move | None:
    """The last move of these sizes, taken at even steps; None where there are too few.

    >>> last_move([100, 101, 99, 100, 102, 101, 160]).is_unusual
    True
    >>> last_move([100, 120, 95, 118, 99, 121, 100]).is_unusual
    False
    """
    moves = [after - before for before, after in pairwise(sizes)]
    *earlier, last = moves or [0]
    if len(earlier) < FEWEST_MOVES:
        return None
    usual = median(earlier)
    spread = SCALE * quantiles((abs(move - usual) for move in earlier), method="inclusive")[2]
    enough = max(LEAST_PROFILES, LEAST_SHARE * max(sizes[-2], sizes[-1]))
    unusual = abs(last - usual) > FAR * spread and abs(last - usual) >= enough
    return Move(sizes[-2], sizes[-1], usual, spread, unusual)


def course(target: Target, instants: Sequence[int], values: Sequence[float]) -> Course:
    """Where the target will end if its value goes on as it went.

    >>> course(Target(by=100, at_least=20), [0, 10, 20], [10, 11, 12]).is_on_course
    True
    """
    assert len(instants) == len(values) > 0
    now = values[-1]
    rest = max(0, target.by - instants[-1])
    expected = now + _slope(instants, values) * rest
    return Course(now, expected, _reaches(target, now), _reaches(target, expected))


def _reaches(target: Target, value: float) -> bool:
    if target.at_least is not None and value < target.at_least:
        return False
    return target.at_most is None or value <= target.at_most


def _slope(instants: Sequence[int], values: Sequence[float]) -> float:
    """The median slope of all pairs (Theil 1950, Sen 1968)."""
    slopes = [
        (values[j] - values[i]) / (instants[j] - instants[i])
        for i in range(len(values))
        for j in range(i + 1, len(values))
        if instants[j] != instants[i]
    ]
    return median(slopes) if slopes else 0.0
