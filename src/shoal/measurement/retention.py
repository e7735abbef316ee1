"""Retention: of those who began in a period, how many were kept in it and in each one after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from shoal.core.instants import format_instant
from shoal.language.tree import Did, FromTo, InstantLiteral, Rule
from shoal.measurement.periods import Period
from shoal.measurement.shares import wilson


@dataclass(frozen=True, slots=True)
class Cohort:
    """People who began in a period; ``kept[k]`` of them were kept in the ``k``-th period after."""

    period: Period
    size: int
    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """All cohorts together, ``after`` so many periods: with the Wilson interval of 95 %.

    Only cohorts for whom that period is over count. ``share`` is None where there is nobody.
    """

    after: int
    size: int
    kept: int
    share: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class RetentionGrid:
    """Cohorts by period, and the curve of all of them."""

    cohorts: tuple[Cohort, ...]
    curve: tuple[Point, ...]


def kept_in(rule: Rule, period: Period) -> Rule | None:
    """What being kept in a period means for a rule that says what people do, whenever.

    ``did order_completed`` becomes ``did order_completed`` in that period. None for any other rule:
    it is asked as of the period's last instant.
    """
    if not isinstance(rule, Did) or rule.negated or rule.selection.window is not None:
        return None
    ends = (InstantLiteral(format_instant(at)) for at in (period.start, period.end))
    return replace(rule, selection=replace(rule.selection, window=FromTo(*ends)))


def retention_grid(
    periods: Sequence[Period],
    began: npt.NDArray[np.int64],
    kept: Sequence[npt.NDArray[np.bool_]],
) -> RetentionGrid:
    """The grid from each person's period (by place, -1 for none) and who was kept in each period."""
    size = len(periods)
    sizes = np.bincount(began[began >= 0], minlength=size)
    counts = [np.bincount(began[(began >= 0) & one], minlength=size) for one in kept]
    cohorts = tuple(
        Cohort(
            period,
            int(sizes[place]),
            tuple(int(counts[later][place]) for later in range(place, size)),
        )
        for place, period in enumerate(periods)
    )
    curve: list[Point] = []
    for after in range(size):
        some = [
            it for place, it in enumerate(cohorts[: size - after]) if periods[place + after].is_over
        ]
        whole, part = sum(it.size for it in some), sum(it.kept[after] for it in some)
        low, high = wilson(part, whole) if whole else (None, None)
        curve.append(Point(after, whole, part, part / whole if whole else None, low, high))
    return RetentionGrid(cohorts, tuple(curve))
