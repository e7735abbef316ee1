"""The year as a whole: its months, its week, and the headline figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.core.instants import format_instant
from shoal.project.report.figures import Month

if TYPE_CHECKING:
    from shoal.project.demo.asking import Answers
    from shoal.project.shop import Shop

HOURS = tuple((weekday, hour) for weekday in range(1, 8) for hour in range(24))


@dataclass(frozen=True, slots=True)
class Typical:
    """Medians and means over orders."""

    median_order: float
    mean_order: float
    median_gap_days: float
    gaps_within_60_days: float


def month_values(bounds: tuple[str, ...]) -> dict[str, str]:
    """The values that fill the months between bounds: dates, or instants as RFC 3339."""
    values: dict[str, str] = {}
    for index, (start, end) in enumerate(zip(bounds, bounds[1:], strict=False)):
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


def typical(shop: Shop, as_of: int) -> Typical:
    """The typical order and the typical time between two, by `shoal sql`."""
    until = format_instant(as_of)
    orders = shop.sql(
        "select median(revenue) as half, avg(revenue) as mean from order_completed "
        f"where occurred_at <= timestamptz '{until}'"
    ).to_pylist()[0]
    gaps = shop.sql(
        "with gaps as (select epoch(occurred_at - lag(occurred_at) over "
        "(partition by user_id order by occurred_at)) / 86400 as days from order_completed "
        f"where occurred_at <= timestamptz '{until}') "
        "select median(days) as half, avg((days <= 60)::int) as within from gaps "
        "where days is not null"
    ).to_pylist()[0]
    return Typical(orders["half"], orders["mean"], gaps["half"], gaps["within"])


def month_starts(dates: tuple[str, ...], shop: Shop) -> tuple[int, ...]:
    """The dates' local midnights."""
    return tuple(shop.zone.parse(date) for date in dates)
