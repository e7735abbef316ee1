"""Conditions on features joined by ``and``, and several such joined by ``or``.

A bound says about one feature what a rule's comparison would say: unset is neither inside nor
outside, unless the bound lets it in. ``Box`` is all of its bounds, ``Boxes`` any of its boxes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np

from shoal.discovery.features import Floats, Matrix, Truths


@dataclass(frozen=True, slots=True)
class Bound:
    """``low <= x``, ``x < high`` (``x <= high`` for whole numbers, or with a ``low``).

    ``unset`` lets in people without a value as well.
    """

    low: float | None = None
    high: float | None = None
    unset: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether it lets everybody in who has a value."""
        return self.low is None and self.high is None

    def holds(self, column: Floats, *, whole: bool) -> Truths:
        """Who is inside."""
        if self.is_empty:
            missing = np.isnan(column)
            return missing if self.unset else ~missing
        inside = np.ones(len(column), np.bool_)
        with np.errstate(invalid="ignore"):
            if self.low is not None:
                inside &= column >= self.low
            if self.high is not None:
                closed = whole or self.low is not None
                inside &= column <= self.high if closed else column < self.high
        return inside | np.isnan(column) if self.unset else inside


Box: TypeAlias = Mapping[int, Bound]  # by feature; of an empty one everybody is in
Boxes: TypeAlias = tuple[Box, ...]


def conditions(boxes: Boxes) -> int:
    """How many comparisons a rule of these boxes makes; a lower and an upper bound are one."""
    return sum(1 + (bound.unset and not bound.is_empty) for box in boxes for bound in box.values())


def inside(boxes: Boxes, matrix: Matrix) -> Truths:
    """Who is in any of the boxes."""
    found = np.zeros(matrix.people, np.bool_)
    for box in boxes:
        found |= _inside(box, matrix)
    return found


def _inside(box: Box, matrix: Matrix) -> Truths:
    found = np.ones(matrix.people, np.bool_)
    for feature, bound in box.items():
        found &= bound.holds(matrix.values[:, feature], whole=matrix.whole[feature])
    return found


@dataclass(frozen=True, slots=True)
class Fit:
    """How well a rule meets a group: of both together, of the rule's people, of the group's."""

    both: int
    ruled: int
    meant: int

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        total = self.ruled + self.meant
        return 2 * self.both / total if total else 0.0

    @property
    def jaccard(self) -> float:
        """Both among either."""
        either = self.ruled + self.meant - self.both
        return self.both / either if either else 0.0

    @property
    def precision(self) -> float:
        """Which share of the rule's people is in the group."""
        return self.both / self.ruled if self.ruled else 0.0

    @property
    def recall(self) -> float:
        """Which share of the group the rule finds."""
        return self.both / self.meant if self.meant else 0.0


def fit(ruled: Truths, meant: Truths) -> Fit:
    """How well people of a rule are those who are meant."""
    return Fit(int((ruled & meant).sum()), int(ruled.sum()), int(meant.sum()))


def simpler(boxes: Boxes) -> list[Boxes]:
    """Every way to say a little less: a bound's side, a bound, or a box left out."""
    found: list[Boxes] = []
    for place, box in enumerate(boxes):
        others = (*boxes[:place], *boxes[place + 1 :])
        if others:
            found.append(others)
        for feature, bound in box.items():
            rest = {key: value for key, value in box.items() if key != feature}
            if rest:
                found.append((*others, rest))
            found += [(*others, {**box, feature: less}) for less in _less(bound)]
    return found


def _less(bound: Bound) -> Sequence[Bound]:
    ways: list[Bound] = []
    if bound.low is not None and bound.high is not None:
        ways += [replace(bound, low=None), replace(bound, high=None)]
    if bound.unset and not bound.is_empty:
        ways.append(replace(bound, unset=False))
    return ways
