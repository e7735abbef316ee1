"""Reasons name the events that decided, not all that were looked at."""

from __future__ import annotations

import pytest

from shoal.core.instants import Zone, format_instant
from shoal.engine.tracing import trace_rule
from shoal.language import parse_rule
from shoal.language.vocabulary import EventEntry, ValueType, Vocabulary
from shoal.segments.explain import because
from shoal.segments.timeline import TimelineEvent, history_of

ZONE = Zone()
VOCABULARY = Vocabulary(
    events={
        "ordered": EventEntry(
            "ordered", properties={"revenue": ValueType.NUMBER, "category": ValueType.TEXT}
        )
    }
)
BASKETS = [
    {"revenue": 30, "category": "toys"},
    {"revenue": 90},
    *({"revenue": 5, "category": "games"} for _ in range(12)),
    {"revenue": 7},
]
PAST = [
    TimelineEvent("ordered", ZONE.parse(f"2026-01-{day:02}"), basket)
    for day, basket in enumerate(BASKETS, start=1)
]


def days_told(text):
    traced = trace_rule(
        [history_of([PAST], ZONE)], 0, 0, parse_rule(text), VOCABULARY, ZONE.parse("2026-03-01")
    )
    events = because(parse_rule(text), traced.trace, VOCABULARY)["events"]
    days = [event["at"][8:10] for event in events]
    assert all(event["at"] == format_instant(ZONE.parse(event["at"][:10])) for event in events)
    return [int(day) for day in days]


@pytest.mark.parametrize(
    ("rule", "days"),
    [
        ("first(ordered) < 2026-01-15", [1]),
        ("age(last(ordered)) > 20d", [15]),
        ('last(ordered.category) = "games"', [14]),
        ("max(ordered.revenue) > 80", [2]),
        ("min(ordered.revenue) < 6", [3]),
        ("age(first(ordered)) - age(last(ordered)) > 3d", [1, 15]),
        ("max(ordered.revenue) > avg(ordered.revenue)", [2, *range(7, 16)]),
        ("count(ordered) > 3", list(range(6, 16))),
        ('did ordered where category = "toys"', [1]),
        ("last(ordered in last 1d) > 2026-01-01", []),
    ],
)
def test_the_events_that_decided_are_told_at_most_ten_in_order(rule, days):
    assert days_told(rule) == days
