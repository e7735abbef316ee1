"""What the report asks of the engine, and at which instants."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.project.demo import story
from shoal.project.demo.asking import Answers, People, everybody
from shoal.project.demo.overall import month_values, week_values
from shoal.project.demo.persons import FACTS
from shoal.project.demo.story import Told

if TYPE_CHECKING:
    from shoal.project.demo.watch import Watch
    from shoal.project.shop import Shop

TRAITS = (
    "recency_score",
    "frequency_score",
    "orders_90d",
    "revenue_90d",
    "revenue_year",
    "days_between_orders",
    "favourite_department",
    "discount_share",
)
BEFORE = {
    "revenue_180d": "sum(order_completed.revenue in last 180d)",
    "orders_180d": "count(order_completed in last 180d)",
}
VALUES = {
    **{name: name for name in TRAITS},
    **{name: name for name in FACTS},
    **BEFORE,
    "orders_28d": "count(order_completed in last 28d)",
    "orders_year": "count(order_completed in last 365d)",
    "orders_ever": "count(order_completed)",
    "revenue_ever": "sum(order_completed.revenue)",
}
RULES = {
    "ordered": "did order_completed",
    "active": "did order_completed in last 30d",
    "mailed": "count(campaign_received in last 180d) >= 3",
}
BOUNDS = (*story.MONTHS, "2018-01-01")


@dataclass(frozen=True, eq=False)
class Heard:
    """Every answer the report is made of."""

    people: People
    known: int
    now: Answers
    earlier: Answers
    trend: tuple[Answers, ...]
    year: Answers
    segments: tuple[Told, ...]
    stages: tuple[Told, ...]
    groups: tuple[Told, ...]


def ask_all(shop: Shop, watch: Watch) -> Heard:
    """The engine's answers now, half a year earlier and at each month's end."""
    reading, as_of = shop.reading()
    segments, stages, groups = story.segments(), story.parts("stage"), story.parts("rfm")
    told = (*segments, *stages, *groups)
    members = {one.name: f"in segment {one.name}" for one in told}
    with watch.step("Wake the engine") as step:
        known = len(everybody(reading, as_of))
        people = everybody(reading, as_of, RULES["ordered"])
        step.text = "its first use compiles it, once per machine"
    with watch.step("Segments, traits, scores") as step:
        now = people.ask(as_of, {**members, **RULES}, VALUES)
        step.text = f"{len(told) + len(RULES)} rules and {len(VALUES)} values in one pass"
    with watch.step("The same, half a year earlier") as step:
        earlier = people.ask(shop.zone.parse(story.EARLIER), {**members, **RULES}, BEFORE)
        step.text = f"as of {story.EARLIER}"
    with watch.step("The year, month by month") as step:
        ends = [*(shop.zone.parse(date) for date in story.MONTHS[1:]), as_of]
        asked = {one.name: members[one.name] for one in (*segments, *stages)}
        trend = people.ask_often(ends, asked)
        step.text = f"{len(asked)} rules at {len(ends)} instants"
    with watch.step("Months, weekdays, hours") as step:
        values = {**month_values(BOUNDS), **week_values()}
        year = people.ask(as_of, {}, values)
        step.text = f"{len(values)} values in one pass"
    return Heard(people, known, now, earlier, trend, year, segments, stages, groups)
