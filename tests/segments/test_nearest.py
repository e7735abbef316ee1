from __future__ import annotations

import pytest

from shoal.core.instants import Zone, format_instant
from shoal.language import parse_rule, parse_value
from shoal.language.vocabulary import (
    EventEntry,
    SegmentEntry,
    TraitEntry,
    ValueType,
    Vocabulary,
)
from shoal.segments.judging import OnePerson
from shoal.segments.nearest import Way, nearest_change
from shoal.segments.timeline import TimelineEvent, history_of

ZONE = Zone()
NUMBER, TEXT = ValueType.NUMBER, ValueType.TEXT
LAPSED = "did order_completed and age(last(order_completed)) > 180d"
VOCABULARY = Vocabulary(
    events={
        "order_completed": EventEntry(
            "order_completed",
            raw_names=("Order Completed",),
            properties={"revenue": NUMBER, "category": TEXT},
            lines="order_completed_line",
        ),
        "order_completed_line": EventEntry(
            "order_completed_line", properties={"sku": TEXT}, parent="order_completed"
        ),
        "product_added": EventEntry("product_added", properties={"product_id": TEXT}),
    },
    segments={"lapsed": SegmentEntry("lapsed", parse_rule(LAPSED))},
    traits={
        "country": TraitEntry("country", TEXT),
        "aov": TraitEntry("aov", value=parse_value("avg(order_completed.revenue)")),
    },
    open=True,
)
AS_OF = ZONE.parse("2026-11-01")
PAST = [
    TimelineEvent("order_completed", ZONE.parse("2026-10-01"), {"revenue": 30, "category": "toys"}),
    TimelineEvent("order_completed", ZONE.parse("2026-10-20"), {"revenue": 50.5}),
    TimelineEvent("order_completed", ZONE.parse("2026-11-20"), {"revenue": 9999}),  # does not exist
]
PERSON = OnePerson(history_of([[], PAST], ZONE), 1, AS_OF, VOCABULARY)
NOW = Way(until=AS_OF)


def told(text, person=PERSON):
    rule = parse_rule(text)
    member = person.verdicts(rule, [NOW])[0] is True
    return member, nearest_change(rule, member=member, vocabulary=VOCABULARY, judge=person)


@pytest.mark.parametrize(
    "rule",
    [
        "sum(order_completed.revenue) > 50",
        "sum(order_completed.revenue) between 40 and 100",
        "avg(order_completed.revenue) > 39",
        "min(order_completed.revenue) >= 0.5",
        "not did order_completed where revenue < 0.5",
    ],
)
def test_nobody_is_told_to_spend_less_than_nothing(rule):
    member, change = told(rule)
    assert member
    amounts = [
        value
        for _, _, given in (change.events if change else ())
        for name, value in given.items()
        if name == "revenue"
    ]
    assert all(amount >= 0 for amount in amounts)


def test_a_rule_that_asks_for_less_than_nothing_is_told_so():
    _, change = told("did order_completed where revenue < -5")
    assert change.text == "1 more `order_completed` with revenue -6"


@pytest.mark.parametrize(
    ("rule", "member", "text"),
    [
        ("count(order_completed in last 28d) >= 4", False, "3 more `order_completed`"),
        (
            'last(order_completed.category) = "toys"',
            True,
            "1 more `order_completed` with category 'something else'",
        ),
        (
            'last(order_completed.category) != "toys"',
            False,
            "1 more `order_completed` with category 'something else'",
        ),
        (
            'last(order_completed.category) not in ("toys", "something else")',
            False,
            "1 more `order_completed` with category '-'",
        ),
        ("count(order_completed) >= 1234", False, "1232 more `order_completed`"),
        ("did order_completed in last 30d", True, "wait until 2026-11-19"),
        ("count(order_completed) = 2", True, "1 more `order_completed`"),
        ("did not `Order Completed` in last 7d", True, "1 more `order_completed`"),
        ("in segment lapsed", False, "wait until 2027-04-18"),
        ("in segment lapsed for at least 7d", False, "wait until 2027-04-25"),
        (
            "sum(order_completed.revenue) >= 100",
            False,
            "1 more `order_completed` with revenue 19.5",
        ),
        ("aov >= 60", False, "1 more `order_completed` with revenue 99.5"),
        (
            "sum(order_completed.revenue) > 100 and did product_added",
            False,
            "1 more `order_completed` with revenue 19.51 and 1 more `product_added`",
        ),
        ("count(order_completed) >= 3 or nobody", False, "1 more `order_completed`"),
        (
            "country = 'PT' and count(order_completed) >= 3",
            False,
            "country 'PT' as a trait and 1 more `order_completed`",
        ),
        ("consents to marketing", False, "consent to marketing granted"),
        ("not consents to marketing", True, "consent to marketing granted"),
        ("days(order_completed) >= 5", False, "`order_completed` on 3 more days"),
        (
            "distinct(order_completed.category) >= 3",
            False,
            "2 more `order_completed` with category 'another'",
        ),
        (
            "sequence (product_added, order_completed within 2d)",
            False,
            "1 more `product_added`, then 1 more `order_completed`",
        ),
        (
            "sequence (product_added, not order_completed within 24h) in last 7d",
            False,
            "1 more `product_added` and wait until 2026-11-02",
        ),
        (
            "did order_completed where sku = 'x1'",
            False,
            "1 more `order_completed` with a line of sku 'x1'",
        ),
        (
            "did order_completed where revenue > 100 and category contains 'oo'",
            False,
            "1 more `order_completed` with revenue 101 and category 'oo'",
        ),
        (
            "count(order_completed) / count(product_added) > 2",
            False,
            "1 more `order_completed` and 1 more `product_added`",
        ),
    ],
)
def test_the_nearest_change_is_told_in_words(rule, member, text):
    is_member, change = told(rule)
    assert is_member is member
    assert change is not None
    assert change.text == text
    assert change.member is not member


@pytest.mark.parametrize(
    "rule",
    [
        "nobody",
        "everyone",
        "age(first(order_completed)) > 60d and nobody",
        "did not order_completed",
    ],
)
def test_there_is_none_where_nothing_possible_flips_the_rule(rule):
    assert told(rule)[1] is None


def test_there_is_none_where_other_people_decide():
    assert told("sum(order_completed.revenue) in top 20%")[1] is None
    assert told("did product_added and quintile(aov) = 5")[1] is None


def test_a_share_is_reached_among_the_others_as_they_are():
    def order(revenue):
        return TimelineEvent("order_completed", ZONE.parse("2026-10-01"), {"revenue": revenue})

    history = history_of([[order(amount)] for amount in (10, 20, 30, 40)], ZONE)
    cuts = {0.25: 40.0, 0.5: 30.0}
    person = OnePerson(
        history, 0, AS_OF, VOCABULARY, others=[history], cuts=lambda node: cuts[node.share]
    )

    def nearest(text, *, member=False):
        rule = parse_rule(text)
        return nearest_change(rule, member=member, vocabulary=VOCABULARY, judge=person)

    change = nearest("sum(order_completed.revenue) in top 25% of (did order_completed)")
    assert change.text == "1 more `order_completed` with revenue 30"
    change = nearest("sum(order_completed.revenue) in top 50% and did product_added")
    assert change.text == "1 more `order_completed` with revenue 20 and 1 more `product_added`"
    assert nearest("sum(order_completed.revenue) in top 50% and nobody") is None
    assert nearest("quintile(sum(order_completed.revenue)) = 5") is None


def test_somebody_never_seen_can_become_a_member():
    nobody = OnePerson(None, 0, AS_OF, VOCABULARY)
    member, change = told("count(order_completed) >= 2", nobody)
    assert not member
    assert change.text == "2 more `order_completed`"
    assert change.events == (("order_completed", 2, {}),)


def test_the_first_change_by_the_clock_is_exact():
    changes = PERSON.changes_at(parse_rule(LAPSED))
    assert format_instant(changes) == "2027-04-18T00:00:00.000001Z"
    assert PERSON.changes_at(parse_rule("did product_added")) is None
    assert PERSON.changes_at(parse_rule("sum(order_completed.revenue) in top 20%")) is None
