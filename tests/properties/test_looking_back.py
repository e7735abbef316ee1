"""Changes are followed only from where they are read, and nothing is missed at that edge."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shoal.core.instants import DAY, EARLIEST, Zone
from shoal.core.spans import Span
from shoal.engine.dependencies import changes_read
from shoal.engine.looking_back import span_before, starts_of_changes
from shoal.language import parse_rule
from shoal.language.vocabulary import SegmentEntry
from tests.oracle.people import HOUR, Scene, vocabulary_of
from tests.oracle.timeline import Ev, Person
from tests.properties.answers import (
    of_engine,
    of_oracle,
    transitions_of_engine,
    transitions_of_oracle,
)

ZONE = Zone("Europe/Lisbon")
AS_OF = ZONE.parse("2026-03-31T12:00:00")
SEGMENTS = {
    "buyers": "did order_completed in last 10d",
    "readers": "did page_viewed",
    "new_buyers": "entered segment buyers in last 3d",
    "lasting": "in segment buyers for at least 5d",
    "back": "left segment lasting in last 2d or entered segment new_buyers since 2026-03-25",
    "inside_back": "in segment back and not did email_opened",
    "best": "count(any event in last 20d) in top 40%",
    "newly_best": "entered segment best in last 4d",
    "risen": "entered segment newly_best in last 1mo",
}
WORDS = replace(
    vocabulary_of(Scene(ZONE, AS_OF, (), (), ())),
    segments={name: SegmentEntry(name, parse_rule(text)) for name, text in SEGMENTS.items()},
)
# Spans at whose edges people stand, and instants a microsecond on either side of them.
EDGES = (0, 1, 2, 3, 4, 5, 7, 8, 10, 12, 13, 15, 17, 20, 31)


def buyer(number: int, *agos: int) -> Person:
    return Person(number, tuple(Ev("order_completed", AS_OF - ago) for ago in sorted(agos)[::-1]))


PEOPLE = (
    *(
        buyer(100 * place + edge, edge * DAY + aside)
        for place, aside in enumerate((-1, 0, 1), start=1)
        for edge in EDGES
        if edge * DAY + aside >= 0
    ),
    # members since long before any bound, and again after a pause
    buyer(1, *(each * DAY for each in range(0, 60, 5))),
    buyer(2, *(each * DAY for each in range(9, 60, 9)), 0),
    buyer(3, 40 * DAY, 13 * DAY, 3 * DAY, 3 * DAY),
    buyer(4, 22 * DAY, 12 * DAY, 12 * DAY + 1, 2 * DAY - 1),
    # the bound itself moves: clocks change, and a month ago is clipped
    Person(5, (Ev("order_completed", ZONE.parse("2026-02-28T12:00:00")),)),
    Person(6, (Ev("order_completed", ZONE.parse("2026-03-03T12:00:00")),)),
    Person(7, (Ev("page_viewed", AS_OF - 90 * DAY), Ev("email_opened", AS_OF - DAY))),
    Person(8, (), {"country": "PT"}),
    Person(9, (Ev("page_viewed", AS_OF - 400 * DAY),)),
)
QUESTIONS = (
    "entered segment buyers in last 7d",
    "left segment buyers in last 7d",
    "left segment buyers between 5d and 2d ago",
    "entered segment buyers in last 1mo",
    "left segment buyers in last 1mo",
    "entered segment buyers since 2026-03-21T12:00:00",
    "left segment buyers from 2026-03-21T12:00:00 to 2026-03-29",
    "entered segment buyers since 2030-01-01",
    "entered segment buyers before 2026-03-21T12:00:00",
    "entered segment readers ever",
    "in segment buyers for at least 7d",
    "not in segment buyers for at least 7d",
    "in segment buyers for at least 1mo",
    "in segment readers for at least 1y",
    "entered segment new_buyers in last 5d",
    "left segment new_buyers in last 5d",
    "left segment lasting in last 2d",
    "in segment lasting for at least 2d",
    "entered segment back in last 3d",
    "left segment inside_back in last 1d",
    "in segment inside_back for at least 12h",
    "entered segment buyers in last 2d and left segment buyers in last 20d",
)
JUDGED = (
    "entered segment best in last 7d",
    "in segment best for at least 2d",
    "left segment newly_best in last 2d",
    "entered segment risen in last 1d",
)


@pytest.mark.parametrize("text", [*QUESTIONS, *JUDGED])
def test_at_the_edge_of_a_window_nothing_is_missed(text: str) -> None:
    questions = {text: parse_rule(text)}
    said = of_engine(PEOPLE, questions, WORDS, AS_OF)
    assert said == of_oracle(PEOPLE, questions, WORDS, AS_OF)
    assert len(set(said[text].values())) > 1 or text.endswith("2030-01-01"), "the edge is met"


def test_questions_asked_together_look_back_as_far_as_each() -> None:
    questions = {text: parse_rule(text) for text in (*QUESTIONS, *JUDGED)}
    together = of_engine(PEOPLE, questions, WORDS, AS_OF, buckets=3)
    for text, rule in questions.items():
        assert together[text] == of_engine(PEOPLE, {text: rule}, WORDS, AS_OF)[text]


@pytest.mark.parametrize("text", QUESTIONS[:16])
def test_transitions_between_instants_look_back_from_the_first(text: str) -> None:
    rule = parse_rule(text)
    start, end = AS_OF - 4 * DAY, AS_OF + 9 * DAY
    found = transitions_of_engine(PEOPLE, rule, WORDS, start, end)
    assert found == transitions_of_oracle(PEOPLE, rule, WORDS, start, end)


def starts(text: str, judged: tuple[str, ...] = ()) -> dict[str, int]:
    rule = parse_rule(text)
    return starts_of_changes([rule], WORDS, changes_read([rule], WORDS), judged, AS_OF)


def test_a_segment_is_followed_from_where_its_changes_are_read() -> None:
    assert starts("entered segment buyers in last 7d") == {"buyers": AS_OF - 7 * DAY}
    assert starts("in segment buyers for at least 9d or entered segment buyers in last 1d") == {
        "buyers": AS_OF - 9 * DAY
    }
    assert starts("entered segment buyers ever") == {"buyers": EARLIEST}
    assert starts("left segment buyers before 2026-01-01") == {"buyers": EARLIEST}
    assert starts("left segment buyers since 2026-01-01") == {
        "buyers": ZONE.parse("2026-01-01") - 1
    }
    assert starts("left segment buyers since 2030-01-01") == {"buyers": AS_OF}
    assert starts("in segment new_buyers") == {"buyers": AS_OF - 3 * DAY}
    assert starts("left segment new_buyers in last 5d") == {
        "buyers": AS_OF - 8 * DAY,
        "new_buyers": AS_OF - 5 * DAY,
    }
    assert starts("in segment inside_back for at least 1d") == {
        "inside_back": AS_OF - DAY,
        "lasting": AS_OF - 3 * DAY,
        "new_buyers": ZONE.parse("2026-03-25") - 1,
        "buyers": ZONE.parse("2026-03-25") - 1 - 3 * DAY,
    }


def test_months_leave_room_for_the_calendar() -> None:
    """A month before noon of 30 March is later than a month before the next midnight."""
    since = ZONE.parse("2026-03-30T12:00:00")
    bounds = [ZONE.add(since + hours * HOUR, Span(1, "mo"), -1) for hours in range(24 * 40)]
    assert min(bounds) < bounds[0]
    assert span_before(since, Span(1, "mo"), ZONE) <= min(bounds)


def test_judged_segments_begin_at_a_midnight() -> None:
    found = starts("entered segment best in last 7d", ("best",))
    assert found == {"best": ZONE.parse("2026-03-24")}
