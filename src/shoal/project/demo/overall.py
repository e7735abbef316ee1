"""The year as a whole: its months, its week, and the headline figures."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from shoal.core.instants import DAY, format_instant
from shoal.project.demo.asking import Answers, Floats, Int64s, People
from shoal.project.report.figures import Month

if TYPE_CHECKING:
    from shoal.project.shop import Shop

HOURS = tuple((weekday, hour) for weekday in range(1, 8) for hour in range(24))


@dataclass(frozen=True, slots=True)
class Typical:
    """Medians and means over orders."""

    median_order: float
    mean_order: float
    median_gap_days: float
    gaps_within: float
    """The share of gaps no longer than the span after which someone counts as silent."""


def month_values(bounds: tuple[str, ...]) -> dict[str, str]:
    """The values that fill the months between dates."""
    values: dict[str, str] = {}
    for index, (start, end) in enumerate(pairwise(bounds)):
        window = f"from {start} to {end}"
        values[f"revenue {index}"] = f"sum(order_completed.revenue {window})"
        values[f"orders {index}"] = f"count(order_completed {window})"
    return values


def months(answers: Answers, starts: tuple[int, ...]) -> tuple[Month, ...]:
    """What the months came to."""
    return tuple(
        Month(
            start,
            answers.total(f"revenue {index}"),
            round(answers.total(f"orders {index}")),
            int((answers.numbers[f"orders {index}"] > 0).sum()),
        )
        for index, start in enumerate(starts)
    )


def week_values() -> dict[str, str]:
    """Orders per weekday and local hour: 168 selections, asked for in one pass."""
    return {
        f"{weekday} {hour}": (
            f"count(order_completed where weekday(time) = {weekday} and hour(time) = {hour})"
        )
        for weekday, hour in HOURS
    }


def week(answers: Answers) -> tuple[tuple[int, ...], ...]:
    """Seven rows of 24 hours."""
    return tuple(
        tuple(round(answers.total(f"{weekday} {hour}")) for hour in range(24))
        for weekday in range(1, 8)
    )


@dataclass(frozen=True, eq=False)
class Orders:
    """Every order, in the order of people and time."""

    person: Int64s
    at: Int64s
    revenue: Floats

    def typical(self, silent_days: int) -> Typical:
        """The typical order, and the typical time between two."""
        same = self.person[1:] == self.person[:-1]
        days = np.diff(self.at)[same] / DAY
        return Typical(
            float(np.nanmedian(self.revenue)),
            float(np.nanmean(self.revenue)),
            float(np.median(days)) if len(days) else float("nan"),
            float((days <= silent_days).mean()) if len(days) else 0.0,
        )

    def weeks(self, place: int, until: int, count: int) -> tuple[float, ...]:
        """One person's revenue in each of the ``count`` weeks up to an instant."""
        mine = self.person == place
        week = count - 1 - (until - self.at[mine]) // (7 * DAY)
        sums = np.zeros(count)
        recent = week >= 0
        np.add.at(sums, week[recent], np.nan_to_num(self.revenue[mine][recent]))
        return tuple(sums.tolist())


def orders(shop: Shop, people: People, as_of: int) -> Orders:
    """The orders up to an instant, by `shoal sql`."""
    table = shop.sql(
        "select user_id, epoch_us(occurred_at) as at, revenue from order_completed",
        as_of=format_instant(as_of),
    )
    rows, places = people.places(table.column("user_id"))
    at = table.column("at").to_numpy()[rows]
    revenue = table.column("revenue").to_numpy()[rows]
    by = np.lexsort((at, places))
    return Orders(places[by], at[by], revenue[by])
