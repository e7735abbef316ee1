"""Engine and oracle agree where they once did not, or easily might not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shoal.core.instants import DAY, Zone
from shoal.language import parse_expression, parse_rule
from shoal.language.vocabulary import SegmentEntry
from tests.oracle.people import Scene, vocabulary_of
from tests.oracle.timeline import At, Ev, Person
from tests.properties.answers import (
    of_engine,
    of_oracle,
    transitions_of_engine,
    transitions_of_oracle,
)

AS_OF = 10 * DAY
SEGMENTS = {
    "adults": "age(born_at) > 18y",
    "since_new_year": "age(1970-01-01) > 1d",
    "not_that_instant": "age(1970-01-01) != 1d",
}
WORDS = replace(
    vocabulary_of(Scene(Zone(), AS_OF, (), (), ())),
    segments={name: SegmentEntry(name, parse_rule(text)) for name, text in SEGMENTS.items()},
)
PEOPLE = (
    Person(
        1,
        (
            Ev(
                "order_completed",
                DAY,
                {"quantity": 2, "coupon": "k", "gift": True},
                ({"product": "p", "quantity": 7}, {"product": "q", "price": 5}, {"price": 3}),
            ),
            Ev("order_completed", 2 * DAY, {"quantity": 2}, ({"product": "r"},)),
        ),
    ),
    Person(2, (), {"born_at": At(-18 * 365 * DAY)}),
    Person(3, (Ev("page_viewed", -30 * DAY),), {"born_at": At(-18 * 365 * DAY)}),
    Person(4, (Ev("order_completed", 3 * DAY, {}, ()), Ev("order_completed", 5 * DAY))),
)


@pytest.mark.parametrize(
    "text",
    [
        # a property that an order and its lines both carry is the order's
        "count(order_completed where quantity = 2 and product = 'p')",
        "count(order_completed where quantity = 7 and product = 'p')",
        "sum(order_completed.price where quantity = 2)",
        # lines are read event by event, also among several events
        "first(any event.coupon where product = 'p')",
        "count(any event where product = 'p')",
        "distinct(any of (order_completed, product_added).product)",
        # a line is not later than its order
        "sequence (order_completed, order_completed_line)",
        "count(sequence by quantity (order_completed, not order_completed_line within 1d))",
        # a match's items are its first event's lines, and do not change the matches
        "values(sequence (order_completed, not email_opened within 1d).product)",
        "values(sequence (order_completed where product = 'q', not email_opened within 1d).product)",
        "values(sequence by quantity (order_completed, not email_opened within 1d).product)",
        "count(sequence (order_completed, not email_opened within 1d))",
        # a list
        "values(order_completed.coupon) is set",
        "values(page_viewed.path) is set",
        "values(page_viewed.path) has 'p'",
        "values(order_completed.coupon) = 'k'",
        # calendars in arithmetic
        "last(order_completed) + 1mo = 1970-02-06",
        "last(order_completed) - 1mo < 1970-01-01",
        "first(order_completed) + 1y > 1970-02-01",
        # types that do not mix
        "2 in (1, 'a')",
        "2 in (2, 'a')",
        "5 between 'a' and 3",
        "count(order_completed where quantity = 'x' or coupon = 'k')",
        "last(order_completed) * 2 is set",
        "count(order_completed) + 1d is set",
        "gap(order_completed) > 2",
        "gap(order_completed) / gap(order_completed) = 1",
        # sessions
        "sequence (session_started, order_completed)",
        "last(session_ended.seconds)",
        # people who have undated traits only
        "entered segment adults in last 7d",
        "entered segment since_new_year in last 9d",
        "in segment not_that_instant for at least 9d",
    ],
)
def test_a_hard_question_has_one_answer(text: str) -> None:
    questions = {text: parse_expression(text)}
    assert of_engine(PEOPLE, questions, WORDS, AS_OF) == of_oracle(PEOPLE, questions, WORDS, AS_OF)


@pytest.mark.parametrize(
    "text",
    [
        "age(born_at) > 18y",
        "entered segment since_new_year in last 1d",
        "in segment not_that_instant for at least 1d",
        "did order_completed in last 1mo",
        "age(last(order_completed)) > 2 * gap(order_completed)",
    ],
)
def test_hard_changes_are_found(text: str) -> None:
    rule = parse_rule(text)
    found = transitions_of_engine(PEOPLE, rule, WORDS, -90 * DAY, 90 * DAY)
    assert found == transitions_of_oracle(PEOPLE, rule, WORDS, -90 * DAY, 90 * DAY)
