"""Days, weeks and months of a project's own calendar, one after another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from shoal.core.instants import Zone, format_instant

MOST_POINTS = 400
"""Points of a series: more than that nobody can look at."""


class Unit(StrEnum):
    """A stretch of the calendar; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Period:
    """Local ``day`` on which it begins, and the instants from ``start`` up to but without ``end``.

    Of a period that is not over at ``as_of`` only what had happened by then is known.
    """

    day: date
    start: int
    end: int
    as_of: int

    @property
    def is_over(self) -> bool:
        """Whether nothing more can happen in it."""
        return self.end <= self.as_of

    @property
    def last(self) -> int:
        """The last instant of it that is known."""
        return min(self.end - 1, self.as_of)

    def as_json(self) -> dict[str, object]:
        """``{"day", "from", "to", "complete"}``."""
        return {
            "day": self.day.isoformat(),
            "from": format_instant(self.start),
            "to": format_instant(self.end),
            "complete": self.is_over,
        }


def begins(day: date, unit: Unit) -> date:
    """The day on which the period of that day begins.

    >>> begins(date(2026, 11, 22), Unit.WEEK).isoformat()
    '2026-11-16'
    """
    if unit is Unit.WEEK:
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if unit is Unit.MONTH else day


def moved(day: date, unit: Unit, times: int) -> date:
    """The first day of a period, so many periods later (earlier, if negative)."""
    if unit is Unit.MONTH:
        year, month = divmod(day.year * 12 + day.month - 1 + times, 12)
        return date(year, month + 1, 1)
    return day + timedelta(days=times * (7 if unit is Unit.WEEK else 1))


def periods_until(as_of: int, count: int, unit: Unit, zone: Zone) -> list[Period]:
    """So many periods, the last of them the one that holds ``as_of``."""
    now = begins(zone.to_local(as_of).date(), unit)
    days = [moved(now, unit, place - count + 1) for place in range(count + 1)]
    starts = [zone.midnight(day) for day in days]
    return [
        Period(day, start, end, as_of)
        for day, start, end in zip(days[:-1], starts[:-1], starts[1:], strict=True)
    ]


def periods_since(start: int, as_of: int, unit: Unit, zone: Zone) -> list[Period]:
    """The periods from the one that holds ``start`` to the one that holds ``as_of``."""
    first, last = (begins(zone.to_local(at).date(), unit) for at in (start, as_of))
    count = sum(1 for _ in _steps(first, last, unit))
    return periods_until(as_of, count, unit, zone)


def _steps(first: date, last: date, unit: Unit) -> Iterator[date]:
    while first <= last:
        yield first
        first = moved(first, unit, 1)


def places_in(periods: Sequence[Period], instants: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The period each instant lies in, by its place; -1 before the first and after the last."""
    starts = np.array([it.start for it in periods], dtype=np.int64)
    found = np.searchsorted(starts, instants, side="right") - 1
    return np.where(instants < periods[-1].end, found, -1)
