"""The oracle itself, against answers worked out by hand from the language page."""

from __future__ import annotations

from decimal import Decimal

import pytest

from shoal.core.instants import DAY, SECOND, Zone
from shoal.language import parse_expression, parse_rule, parse_value
from shoal.language.vocabulary import (
    EventEntry,
    SegmentEntry,
    TraitEntry,
    ValueType,
    Vocabulary,
)
from tests.oracle.moments import changes
from tests.oracle.oracle import World, truth, value
from tests.oracle.timeline import At, Ev, For, Person

NUMBER, TEXT = ValueType.NUMBER, ValueType.TEXT
HOUR = 3600 * SECOND
UTC = Zone("UTC")
NOON = UTC.parse("2026-11-01T12:00:00Z")
PROPERTIES = {"x": NUMBER, "s": TEXT}
EVENTS = {
    "a": EventEntry("a", properties=PROPERTIES, raw_names=("An A",)),
    "b": EventEntry("b", properties=PROPERTIES),
    "c": EventEntry("c", properties=PROPERTIES),
    "order": EventEntry("order", properties={"total": NUMBER, "n": NUMBER}, lines="order_line"),
    "order_line": EventEntry(
        "order_line", properties={"item": TEXT, "price": NUMBER, "n": NUMBER}, parent="order"
    ),
}


def words(zone: str = "UTC", traits: dict | None = None, **segments: str) -> Vocabulary:
    rules = {name: SegmentEntry(name, parse_rule(text)) for name, text in segments.items()}
    entries = {
        name: TraitEntry(name, value=parse_expression(text) if text else None)
        for name, text in (traits or {}).items()
    }
    return Vocabulary(EVENTS, rules, entries, frozenset({"marketing"}), Zone(zone))


def days(*events: tuple) -> Person:
    """``(name, days before NOON)`` or with properties too; hours are fractions of a day."""
    made = [Ev(name, round(NOON - ago * DAY), *rest) for name, ago, *rest in events]
    return Person(1, tuple(made))


def says(text: str, person: Person, as_of: int = NOON, vocabulary: Vocabulary | None = None):
    return value(parse_expression(text), person, [person], vocabulary or words(), as_of)


EDGES = days(("a", 2), ("a", 1), ("a", 1), ("a", 0), ("a", -1 / 24))
AMOUNTS = days(
    ("a", 5, {"x": Decimal("0.1"), "s": "p"}),
    ("a", 4, {"x": Decimal("0.2"), "s": "q"}),
    ("a", 3, {"s": "q"}),
    ("a", 2, {"x": Decimal("0.3"), "s": "p"}),
    ("b", 1, {"x": 7}),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count(a)", 4),
        ("count(a in last 1d)", 1),  # as_of - D itself is out
        ("count(a in last 2d)", 3),
        ("count(a between 2d and 1d ago)", 2),  # the older end is out, the newer in
        ("count(a between 3d and 1d ago)", 3),
        ("count(a since 2026-10-31T12:00:00Z)", 3),
        ("count(a before 2026-10-31T12:00:00Z)", 1),
        ("count(a before 2027-01-01)", 4),  # later than as_of does not exist
        ("count(a from 2026-10-30T12:00:00Z to 2026-10-31T12:00:00Z)", 1),
        ("count(a since 2026-11-01)", 1),  # a bare date is its midnight
        ("days(a)", 3),
        ("count(b)", 0),
        ("count(any event)", 4),
        ("count(any of (a, b))", 4),
        ("count(`An A`)", 4),
        ("first(a)", At(NOON - 2 * DAY)),
        ("last(a)", At(NOON)),
        ("first(b)", None),
        ("age(first(a))", For(2 * DAY)),
        ("gap(a)", For(2 * DAY / 3)),
        ("gap(b)", None),
        ("did a in last 1s", True),
        ("did not b", True),
    ],
)
def test_windows_and_events(text: str, expected: object) -> None:
    assert says(text, EDGES) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(a.x)", 0.6),  # and not 0.6000000000000001
        ("sum(c.x)", 0),
        ("avg(a.x)", 0.6 / 3),
        ("avg(c.x)", None),
        ("min(a.x)", 0.1),
        ("max(any event.x)", 7),
        ("first(a.x)", 0.1),
        ("last(a.x)", 0.3),
        ("distinct(a.x)", 3),
        ("distinct(a.s)", 2),
        ("top(a.s)", "p"),  # a tie: seen most recently
        ("share(a.s)", 0.5),
        ("share(c.s)", None),
        ("values(a.s)", ("p", "q")),
        ("median(a.x)", 0.2),
        ("median(a.x in last 4d)", 0.3),
        ("median(any event.x)", (0.2 + 0.3) / 2),
        ("std(a.x in last 4d)", None),
        ("std(any event.x in last 3d)", 4.737615433949869),
        ("gap_std(a)", For(0)),
        ("sum(a.x where s = 'q')", 0.2),
        ("sum(a.x where not s = 'q')", 0.4),
        ("count(a where x > 0.1)", 2),
        ("count(a where not x > 0.1)", 1),  # unset is unknown, and not selected
        ("count(a where x is not set)", 1),
        ("count(a where x in (0.1, 0.3) and s = 'p')", 2),
        ("count(a where x between 0.1 and 0.2)", 2),
        ("count(a where weekday(time) = 3)", 1),  # 2026-10-28 was a Wednesday
        ("count(a where hour(time) = 12 and month(time) = 10)", 4),
        ("values(a.s) has 'q'", True),
        ("values(c.s) has any of ('q', 'z')", False),
        ("sum(a.x) / count(c)", None),
        ("count(a) + avg(c.x)", None),
        ("coalesce(avg(c.x), 5)", 5),
        ("case when avg(c.x) > 1 then 'u' when did b then 'v' end", "v"),
        ("case when did c then 1 end", None),
        ("avg(c.x) > 1", None),
        ("not avg(c.x) > 1", None),
        ("avg(c.x) > 1 or did a", True),
        ("avg(c.x) > 1 and did c", False),
        ("avg(c.x) is set", False),
        ("last(a.s) = 5", None),
        ("last(a.s) contains ''", True),
        ("age(first(a)) - age(last(a)) = 3d", True),
        ("2 * gap(a) = 2d", True),
        ("last(a) > first(a) + 71h", True),
    ],
)
def test_properties_and_logic(text: str, expected: object) -> None:
    assert says(text, AMOUNTS) == expected


CART = days(
    ("a", 3, {"s": "p"}),
    ("b", 3 - 1 / 24, {"s": "q"}),
    ("a", 2, {"s": "q"}),
    ("b", 2, {"s": "q"}),
    ("a", 0.5, {"s": "r"}),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sequence (a, b)", True),
        ("sequence (b, b, a)", True),
        ("sequence (a, b, b, b)", False),
        ("sequence by s (a, b)", True),
        ("sequence by s (a, b within 1s)", True),
        ("sequence by s (b, a, b within 1s)", True),
        ("count(sequence (a, b))", 2),
        ("count(sequence (a, b within 59m))", 1),
        ("count(sequence (a, b within 1h))", 2),
        ("count(sequence (a, b) in last 2d)", 0),
        ("count(sequence (a, b) since 2026-10-30)", 1),
        ("count(sequence (a, not b within 1d))", 0),  # the last one is not over
        ("count(sequence (a, not b within 12h))", 1),
        ("values(sequence by s (a, not b within 12h).s)", ("r", "p")),
        ("count(sequence (b, not a, b))", 0),
        ("sequence by s (b, not a, b)", False),
        ("values(sequence (a, b).s)", ("q", "p")),
    ],
)
def test_sequences(text: str, expected: object) -> None:
    assert says(text, CART) == expected


ORDERS = days(
    (
        "order",
        2,
        {"total": 30, "n": 2},
        ({"item": "p", "price": 10, "n": 1}, {"item": "q", "price": 20, "n": 3}),
    ),
    ("order", 1, {"total": 5}, ({"item": "p", "price": 5},)),
    ("order", 0.5, {"total": 1}),
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count(order)", 3),
        ("count(order_line)", 3),
        ("count(any event)", 3),
        ("count(order where item = 'p')", 2),
        ("count(order where item = 'p' and price = 20)", 0),  # one line satisfies the whole
        ("count(order where not item = 'p')", 1),
        ("count(order where item = 'q' and total = 30)", 1),
        ("sum(order.total where item is set)", 35),
        ("sum(order.price)", 35),
        ("sum(order.price where total > 10 and item = 'q')", 20),
        ("count(order_line where total = 30)", 2),  # the parent's is in reach
        ("count(order_line where n = 3)", 1),
        ("sum(order.n)", 2),  # carried by the order itself
        ("values(order.item)", ("p", "q")),
        ("values(sequence by item (order, order).item)", ("p",)),
        ("sequence by item (order, not order within 1d)", True),  # q was not bought again
        ("sequence (order, order_line within 1s)", False),  # a line is not later than its order
    ],
)
def test_lines(text: str, expected: object) -> None:
    assert says(text, ORDERS) == expected


@pytest.mark.parametrize(
    ("text", "zone", "happened", "as_of", "expected"),
    [
        ("did a in last 1mo", "UTC", "2026-02-28T12:00:00Z", "2026-03-28T12:00:00Z", False),
        ("did a in last 1mo", "UTC", "2026-02-28T12:00:01Z", "2026-03-28T12:00:00Z", True),
        ("did a in last 1mo", "UTC", "2026-02-28T12:00:01Z", "2026-03-31T12:00:00Z", True),
        ("did a in last 1y", "UTC", "2023-02-28T00:00:00Z", "2024-02-29T00:00:00Z", False),
        # 24 hours and a calendar month over the end of summer time in New York
        ("did a in last 1d", "America/New_York", "2026-10-31T12:00", "2026-11-01T11:00", False),
        ("did a in last 1d", "America/New_York", "2026-10-31T12:00", "2026-11-01T10:59", True),
        ("did a in last 1mo", "America/New_York", "2026-10-08T12:01", "2026-11-08T12:00", True),
        ("did a in last 1mo", "America/New_York", "2026-10-08T12:00", "2026-11-08T12:00", False),
        ("age(last(a)) > 6mo", "UTC", "2026-03-01", "2026-09-01", False),
        ("age(last(a)) >= 6mo", "UTC", "2026-03-01", "2026-09-01", True),
        ("6mo < age(last(a))", "UTC", "2026-02-28T23:59:59Z", "2026-09-01", True),
        ("gap(a) < 1mo", "UTC", "2026-03-01", "2026-09-01", None),
        ("did a where hour(time) = 0", "Asia/Kathmandu", "2026-07-01", "2026-07-02", True),
        ("did a where day_of_year(time) = 366", "UTC", "2024-12-31", "2025-01-01", True),
        ("did a since 2018-11-04", "America/Sao_Paulo", "2018-11-04T01:00", "2018-11-05", True),
    ],
)
def test_calendars(text: str, zone: str, happened: str, as_of: str, expected: object) -> None:
    here = Zone(zone)
    person = Person(1, (Ev("a", here.parse(happened)),))
    assert says(text, person, here.parse(as_of), words(zone)) == expected


def test_months_are_missing_for_gaps_and_known_to_ages_in_traits() -> None:
    person = days(("a", 40))
    vocabulary = words(traits={"recency": "age(last(a))"})
    assert says("recency > 1mo", person, vocabulary=vocabulary) is True
    assert says("recency > 2mo", person, vocabulary=vocabulary) is False


def test_sessions_end_after_thirty_quiet_minutes() -> None:
    minutes = [0, 30, 60, 60, 90.1]
    events = tuple(Ev("a", NOON + round(m * 60 * SECOND)) for m in minutes)
    person = Person(1, (*events, Ev("$identify", NOON + 200 * 60 * SECOND)))
    assert says("count(session_started)", person, NOON + 89 * 60 * SECOND) == 1
    assert says("count(session_ended)", person, NOON + 90 * 60 * SECOND - 1) == 0
    assert says("count(session_ended)", person, NOON + 90 * 60 * SECOND) == 1
    assert says("count(session_started)", person, NOON + DAY) == 2
    assert says("count(any event)", person, NOON + DAY) == 5


def test_traits_are_the_latest_given() -> None:
    person = Person(
        1,
        (Ev("$identify", NOON, {"s": "new"}), Ev("$identify", NOON - DAY, {"s": "old", "x": 1})),
        {"s": "always", "y": 2},
    )
    vocabulary = words(traits={"s": "", "x": "", "y": "", "both": "s = 'new' and y = 2"})
    assert says("s", person, vocabulary=vocabulary) == "new"
    assert says("x", person, vocabulary=vocabulary) == 1
    assert says("s", person, NOON - 1, vocabulary) == "old"
    assert says("s", person, NOON - 2 * DAY, vocabulary) == "always"
    assert says("both", person, vocabulary=vocabulary) is True
    assert says("x = 1", person, NOON - 2 * DAY, vocabulary) is None


def test_consent_is_the_latest_and_makes_nobody_known() -> None:
    granted = Ev("$consent", NOON - DAY, {"purpose": "marketing", "state": "granted"})
    denied = Ev("$consent", NOON, {"purpose": "marketing", "state": "denied"})
    person = Person(1, (denied, granted, Ev("a", NOON - 2 * DAY)))
    assert says("consents to marketing", person, NOON - 1) is True
    assert says("consents to marketing", person, NOON) is False
    assert says("consents to analytics", person, NOON) is False
    assert not World([Person(2, (granted,))], words()).known(Person(2, (granted,)), NOON)


def numbered(*amounts: float | None) -> list[Person]:
    return [
        Person(i, (Ev("a", NOON, {} if x is None else {"x": x}),)) for i, x in enumerate(amounts)
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("max(a.x) in top 20%", [False, False, False, True, True, None]),  # a tie at the cut
        ("max(a.x) in bottom 20%", [True, False, False, False, False, None]),
        ("max(a.x) in top 21%", [False, False, False, True, True, None]),
        ("max(a.x) in top 41%", [False, False, True, True, True, None]),
        ("max(a.x) in top 50% of (max(a.x) < 4)", [False, True, True, False, False, False]),
        ("max(a.x) in top 0%", [False] * 5 + [None]),
        ("quintile(max(a.x))", [1, 2, 3, 5, 5, None]),
        ("decile(max(a.x) of (max(a.x) < 4))", [4, 7, 10, None, None, None]),
        ("percentile(max(a.x))", [20, 40, 60, 100, 100, None]),
    ],
)
def test_ranks(text: str, expected: list) -> None:
    people = numbered(1, 2, 3, 9, 9, None)
    later = Person(9, (Ev("a", NOON + 1, {"x": 100}),))
    world = World([*people, later], words())
    node = parse_expression(text)
    assert [world.value(node, person, NOON) for person in people] == expected


def test_a_share_is_the_decimal_it_says() -> None:
    people = numbered(*range(100))  # 0.07 * 100 is 7.000000000000001 in doubles
    world = World(people, words())
    rule = parse_rule("max(a.x) in top 7%")
    assert sum(world.truth(rule, person, NOON) for person in people) == 7


ACTIVE = words(active="did a in last 2d", quiet="did a and did not a in last 1d", all="everyone")


@pytest.mark.parametrize(
    ("text", "days_later", "expected"),
    [
        ("in segment active", 0, True),
        ("in segment active", 2, False),
        ("not in segment active", 2, True),
        ("entered segment active in last 1d", 0.99, True),
        ("entered segment active in last 1d", 1, False),
        ("left segment active in last 1d", 2, True),
        ("left segment active in last 1d", 1.99, False),
        ("left segment active in last 1d", 3, False),
        ("entered segment active between 3d and 2d ago", 2, True),
        ("in segment active for at least 1d", 1, True),
        ("in segment active for at least 1d", 0.99, False),
        ("in segment active for at least 1d", 1.99, True),
        ("in segment active for at least 1d", 2, False),
        ("entered segment quiet in last 1s", 1, True),
        ("entered segment all ever", 0, True),  # becoming known as a member
        ("in segment all for at least 1s", 0, False),
    ],
)
def test_change_in_time(text: str, days_later: float, expected: bool) -> None:
    person = Person(1, (Ev("a", NOON),))
    as_of = NOON + round(days_later * DAY)
    assert truth(parse_rule(text), person, [person], ACTIVE, as_of) is expected


def test_ranks_are_judged_at_midnights_and_at_as_of() -> None:
    first = Person(1, (Ev("a", NOON),))
    second = Person(2, (Ev("a", NOON + HOUR), Ev("a", NOON + HOUR)))
    world = World([first, second], words(best="count(a) in top 50%"))
    entered, left = (parse_rule(f"{w} segment best in last 1d") for w in ("entered", "left"))
    midnight = UTC.parse("2026-11-02")
    assert world.truth(entered, first, NOON) is True
    assert world.truth(entered, first, midnight) is False  # nobody looked at noon
    assert world.truth(left, first, midnight) is False
    assert world.truth(entered, second, midnight) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("did a in last 1d", [(0, True), (DAY, False)]),
        ("did a and age(last(a)) > 1d", [(DAY + 1, True)]),
        ("did not a in last 1d", [(DAY, True)]),
        ("age(last(a)) > 2 * gap(b)", []),
        ("age(first(a)) > 2 * (last(b) - first(a))", [(2 * HOUR + 1, True)]),
        ("sequence (a, not b within 30m)", [(30 * 60 * SECOND, True)]),
        ("sequence (a, not b within 1h)", []),
        ("count(session_ended) = 1", [(30 * 60 * SECOND, True), (90 * 60 * SECOND, False)]),
        ("age(first(a)) = 1h", [(HOUR, True), (HOUR + 1, False)]),
    ],
)  # fmt: skip
def test_changes(text: str, expected: list[tuple[int, bool]]) -> None:
    person = Person(1, (Ev("a", NOON), Ev("b", NOON + HOUR)))
    world = World([person], words())
    found = changes(world, parse_rule(text), person, NOON - DAY, NOON + 9 * DAY)
    assert [(instant - NOON, entered) for instant, entered in found] == expected


def test_a_month_can_be_left_and_entered_again() -> None:
    """29 to 31 August all go back to 28 February, each at its own time of day."""
    happened = UTC.parse("2026-02-28T09:30:00Z")
    person = Person(1, (Ev("a", happened),))
    world = World([person], words())
    found = changes(world, parse_rule("did a in last 6mo"), person, happened, happened + 300 * DAY)
    assert [(instant, entered) for instant, entered in found] == [
        (UTC.parse("2026-08-28T09:30:00Z"), False),
        (UTC.parse("2026-08-29"), True),
        (UTC.parse("2026-08-29T09:30:00Z"), False),
        (UTC.parse("2026-08-30"), True),
        (UTC.parse("2026-08-30T09:30:00Z"), False),
        (UTC.parse("2026-08-31"), True),
        (UTC.parse("2026-08-31T09:30:00Z"), False),
    ]


def test_doubles_are_added_one_after_another_and_overflow_is_unset() -> None:
    person = days(("a", 3, {"x": 1e300}), ("a", 2, {"x": 0.1}), ("a", 1, {"x": -1e300}))
    assert says("sum(a.x)", person) == 0
    assert says("max(a.x) * max(a.x)", person) is None
    assert value(parse_value("sum(a.x in last 2d)"), person, [person], words(), NOON) == -1e300


def test_a_session_is_what_is_done_on_the_site() -> None:
    sent = Ev("email_sent", NOON - 6 * 60 * SECOND)
    shipped = Ev("order_shipped", NOON + 3 * 60 * 60 * SECOND)
    person = Person(1, (sent, Ev("page_viewed", NOON), shipped))
    assert says("count(session_started)", person, NOON + DAY) == 1
    assert says("age(first(session_started))", person, NOON) == For(0)
