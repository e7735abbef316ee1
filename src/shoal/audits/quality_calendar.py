"""Local days, hours and months of many instants at once, by looking each quarter of an hour up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import numpy.typing as npt

from shoal.core.instants import DAY, SECOND, Zone
from shoal.engine.history import Int32s, Int64s

BLOCK = 900 * SECOND
"""Offsets of today's time zones are whole quarters of an hour."""
HOUR = 3_600 * SECOND
EPOCH_DAY = date(1970, 1, 1)
OUTSIDE = 0
"""The day and month of what happened outside the calendar's span."""


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The local days from one instant to another, numbered from 1; months too."""

    first_block: int
    first_day: int
    days: Int32s
    months: npt.NDArray[np.int16]
    hours: Int32s
    midnights: npt.NDArray[np.bool_]
    month_names: tuple[str, ...]

    @property
    def size(self) -> int:
        """Days, and one for what is outside."""
        return int(self.days.max(initial=0)) + 1

    def places(self, instants: Int64s) -> Int32s:
        """Where each instant stands in the tables; the last place is outside."""
        last = len(self.days) - 1
        found = instants // BLOCK - self.first_block
        return np.where((found >= 0) & (found < last), found, last).astype(np.int32)

    def day_name(self, day: int) -> str:
        """``2026-11-01``."""
        return str(EPOCH_DAY + timedelta(days=self.first_day + day - 1))

    def weeks_of(self, days: Int64s) -> tuple[Int64s, list[str]]:
        """Counts by day as counts by whole weeks from Monday, and the Mondays' names."""
        inside = days[1:]
        skip = -(self.first_day + 3) % 7  # 1970-01-05 was a Monday
        whole = (len(inside) - skip) // 7
        if whole < 1:
            return np.zeros(0, np.int64), []
        weeks = inside[skip : skip + 7 * whole].reshape(whole, 7).sum(axis=1)
        return weeks, [self.day_name(1 + skip + 7 * week) for week in range(whole)]


def calendar_of(first_at: int, last_at: int, zone: Zone) -> Calendar:
    """The calendar from the day of one instant to that of another."""
    first_block, last_block = first_at // BLOCK, last_at // BLOCK
    instants = np.arange(first_block, last_block + 1, dtype=np.int64) * BLOCK
    starts, offsets = (np.array(part, dtype=np.int64) for part in zone.transitions())
    local = instants + offsets[np.searchsorted(starts, instants, side="right") - 1]
    since_epoch = local // DAY
    first_day = int(since_epoch[0])
    calendar_months: Any = since_epoch.astype("datetime64[D]").astype("datetime64[M]")
    first_month = calendar_months[0]
    months = (calendar_months - first_month).astype(np.int16) + 1
    names = ["outside"] + [str(first_month + number) for number in range(int(months[-1]))]
    return Calendar(
        int(first_block),
        first_day,
        np.append(since_epoch - first_day + 1, OUTSIDE).astype(np.int32),
        np.append(months, OUTSIDE).astype(np.int16),
        np.append(local // HOUR - first_day * 24, -1).astype(np.int32),
        np.append(local % DAY == 0, False),
        tuple(names),
    )
