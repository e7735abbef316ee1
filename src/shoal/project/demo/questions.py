"""What the report asks of the engine, and at which instants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.project.demo.asking import Answers, People, everybody
from shoal.project.demo.calendar import Calendar, calendar
from shoal.project.demo.overall import month_values, week_values
from shoal.project.demo.own_file import ORDER
from shoal.project.demo.story import Story, Told
from shoal.project.report.words import count, day

if TYPE_CHECKING:
    from shoal.project.demo.watch import Watch
    from shoal.project.shop import Shop

ORDERED = "did order_completed"
BEFORE = {
    "revenue_180d": "sum(order_completed.revenue in last 180d)",
    "orders_180d": "count(order_completed in last 180d)",
}
VALUES = {
    **BEFORE,
    "revenue_90d": "revenue_90d",
    "orders_90d": "orders_90d",
    "recency_score": "recency_score",
    "frequency_score": "frequency_score",
    "days_between_orders": "days_between_orders",
    "orders_year": "count(order_completed in last 365d)",
    "revenue_year": "revenue_year",
    "orders_ever": "count(order_completed)",
    "revenue_ever": "sum(order_completed.revenue)",
}
TASTES = ("favourite_department", "discount_share")


@dataclass(frozen=True, eq=False)
class Heard:
    """Every answer the report is made of."""

    story: Story
    calendar: Calendar
    people: People
    now: Answers
    earlier: Answers
    trend: tuple[Answers, ...]
    year: Answers
    segments: tuple[Told, ...]
    stages: tuple[Told, ...]
    groups: tuple[Told, ...]


def ask_all(shop: Shop, story: Story, watch: Watch) -> Heard:
    """The engine's answers now, at a past date, and at each month's end."""
    reading, as_of = shop.reading()
    first_at = reading.snapshot.catalogue.events[ORDER].first_at
    dates = calendar(as_of if first_at is None else first_at, as_of, shop.zone)
    segments, stages, groups = story.segments(), story.parts("stage"), story.parts("rfm")
    told = (*segments, *stages, *groups)
    rules = {one.name: f"in segment {one.name}" for one in told}
    rules |= {"ordered": ORDERED, "active": f"{ORDERED} in last {story.active_days}d"}
    if story.has_campaigns:
        rules["mailed"] = "count(campaign_received in last 180d) >= 3"
    values = {**VALUES, "counted": story.counted, **{name: name for name in story.facts}}
    if story.facts:
        values |= {name: name for name in TASTES}
    people = everybody(reading, as_of, ORDERED)
    with watch.step(
        "Segments, traits, scores", f"{len(rules)} rules and {len(values)} values in one pass"
    ):
        now = people.ask(as_of, rules, values)
    with watch.step("The same at a past date", f"as of {day(dates.earlier_at, shop.zone)}"):
        earlier = people.ask(dates.earlier_at, rules, BEFORE)
    asked = {one.name: rules[one.name] for one in (*segments, *stages)}
    with watch.step("Month by month", f"{len(asked)} rules at {len(dates.trend_at)} instants"):
        trend = people.ask_often(dates.trend_at, asked)
    values = {**month_values(dates.dates), **week_values()}
    with watch.step("Months, weekdays, hours", f"{count(len(values))} values in one pass"):
        year = people.ask(as_of, {}, values)
    return Heard(story, dates, people, now, earlier, trend, year, segments, stages, groups)
