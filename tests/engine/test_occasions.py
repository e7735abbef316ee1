"""Occasions worked out by hand: anniversaries, holidays, what is to come, the preferred hour.

C11: birthday within two weeks, holiday buyers, seasonal buyers. B13: the preferred hour.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from shoal.core.instants import Zone, format_instant
from shoal.engine import evaluate_histories, transitions_of
from shoal.engine.tracing import trace_rule
from shoal.language import check_rule, parse_expression, parse_rule
from shoal.language.tree import Holiday
from shoal.language.vocabulary import EventEntry, TraitEntry, ValueType, Vocabulary
from shoal.segments.timeline import TimelineEvent, history_of

EVENTS = {
    "order_completed": EventEntry("order_completed", properties={"revenue": ValueType.NUMBER}),
    "email_opened": EventEntry("email_opened"),
}
TRAITS = {
    "birthday": TraitEntry("birthday", ValueType.INSTANT),
    "country": TraitEntry("country", ValueType.TEXT),
}
LISBON = Zone("Europe/Lisbon")


def words(zone: Zone = LISBON, country: str | None = None) -> Vocabulary:
    return Vocabulary(EVENTS, traits=TRAITS, zone=zone, country=country)


def person(*events, zone: Zone = LISBON, **traits):
    made = [TimelineEvent(name, zone.parse(at), {}) for name, at in events]
    return [TimelineEvent("$identify", zone.parse("2000-01-01"), traits), *made]


def says(text, people, as_of, *, zone: Zone = LISBON, country: str | None = None):
    """The answers for the people: local days of instants, else plain values."""
    vocabulary, instant = words(zone, country), zone.parse(as_of)
    question = parse_expression(text)
    assert check_rule(question, vocabulary) == []
    (found,) = evaluate_histories([history_of(people, zone)], {"q": question}, vocabulary, instant)[
        "q"
    ]
    return [
        zone.to_local(x).isoformat() if isinstance(x, int) and abs(x) > 1e12 else x
        for x in found.tolist()
    ]


@pytest.mark.parametrize(
    ("born", "as_of", "following", "last"),
    [
        (date(1990, 5, 4), "2026-05-04T23:59:59", "2026-05-04", "2026-05-04"),  # today is both
        (date(1990, 5, 4), "2026-05-05", "2027-05-04", "2026-05-04"),
        (date(1990, 5, 4), "2026-05-03T23:59:59.999999", "2026-05-04", "2025-05-04"),
        (date(1992, 2, 29), "2027-01-01", "2027-02-28", "2026-02-28"),
        (date(1992, 2, 29), "2028-02-28T12:00", "2028-02-29", "2027-02-28"),
        (date(1992, 2, 29), "2028-03-01", "2029-02-28", "2028-02-29"),
        (date(1992, 2, 28), "2028-02-29", "2029-02-28", "2028-02-28"),
        (date(2040, 5, 4), "2026-05-05", "2027-05-04", "2026-05-04"),  # the year plays no part
        (date(1901, 12, 31), "2026-12-31T23:00", "2026-12-31", "2026-12-31"),
    ],
)
def test_the_anniversary_is_the_local_day_with_the_month_and_day(born, as_of, following, last):
    people = [person(birthday=born), person()]
    assert says("next_anniversary(birthday)", people, as_of) == [f"{following}T00:00:00", None]
    assert says("last_anniversary(birthday)", people, as_of) == [f"{last}T00:00:00", None]


def test_an_anniversary_is_a_day_of_the_project_s_zone():
    """In New York 02:00 UTC is still the day before; a midnight that is not there begins at one."""
    new_york, sao_paulo = Zone("America/New_York"), Zone("America/Sao_Paulo")
    born = [TimelineEvent("$identify", 0, {"birthday": new_york.to_local(10**15)})]
    local = new_york.to_local(10**15)
    (found,) = says("next_anniversary(birthday)", [born], "2026-01-01", zone=new_york)
    assert found == f"2026-{local.month:02d}-{local.day:02d}T00:00:00"
    people = [person(zone=sao_paulo, birthday=date(1990, 11, 4))]
    assert says("next_anniversary(birthday)", people, "2018-11-01", zone=sao_paulo) == [
        "2018-11-04T01:00:00"
    ]


@pytest.mark.parametrize(
    ("as_of", "expected"),
    [
        ("2026-04-19T23:59:59.999999", [0, 1]),
        ("2026-04-20", [2, 1]),
        ("2026-05-04T23:59:59", [2, 1]),  # all day long
        ("2026-05-05", [0, 1]),
    ],
)
def test_c11_a_birthday_within_two_weeks(as_of, expected):
    people = [person(birthday=date(1990, 5, 4)), person()]
    assert says("until(next_anniversary(birthday)) <= 14d", people, as_of) == expected


@pytest.mark.parametrize(
    ("text", "as_of", "expected"),
    [
        ("until(birthday) < 2mo", "2026-03-04", 0),  # not yet: it is just two months
        ("until(birthday) <= 2mo", "2026-03-04", 2),
        ("2mo >= until(birthday)", "2026-03-04", 2),
        ("until(birthday) between 1mo and 2mo", "2026-04-04", 2),
        ("until(birthday) between 1mo and 2mo", "2026-04-04T00:00:01", 0),
        ("until(birthday) > 500y", "2026-04-04", 0),
        ("until(birthday) < 0d", "2026-05-04T00:00:01", 2),
        ("until(birthday) = 1y", "2025-05-04", 2),
    ],
)
def test_until_mirrors_age_calendars_included(text, as_of, expected):
    assert says(text, [person(birthday=date(2026, 5, 4))], as_of) == [expected]


def test_holidays_are_those_of_the_country_known_at_the_instant():
    moved = [
        TimelineEvent("$identify", LISBON.parse("2020-01-01"), {"country": "PT"}),
        TimelineEvent("$identify", LISBON.parse("2026-06-01"), {"country": "us"}),
    ]
    people = [moved, person(), person(country="XX"), person(country="Portugal")]
    assert says("next_holiday()", people, "2026-05-31") == ["2026-06-04T00:00:00", None, None, None]
    assert says("next_holiday()", people, "2026-06-01", country="BR") == [
        "2026-06-19T00:00:00",  # Juneteenth
        "2026-09-07T00:00:00",  # Brazil's independence
        None,  # a country without a calendar is not replaced
        None,
    ]
    assert says('last_holiday("Good Friday")', people[:2], "2026-04-03T12:00", country="PT") == [
        "2026-04-03T00:00:00",
        "2026-04-03T00:00:00",
    ]
    assert says('next_holiday("Thanksgiving Day")', people[:1], "2026-05-31") == [None]
    assert says("next_holiday() is set", people[:1], "2061-01-01") == [0]  # calendars end


def test_c11_holiday_buyers():
    """Before Christmas: by the local day of the order and the country of the customer."""
    text = (
        'count(order_completed where days_to_holiday(time, "Christmas Day") <= 30) '
        "/ count(order_completed) >= 0.5 and count(order_completed) >= 2"
    )
    orders = ("2025-11-25T00:00", "2025-12-24T23:59", "2025-07-01")
    buyer = person(*(("order_completed", at) for at in orders), country="PT")
    other = person(("order_completed", "2025-11-24T23:59"), ("order_completed", "2025-12-26"))
    assert says(text, [buyer, other], "2026-01-01", country="PT") == [2, 0]
    counts = 'count(order_completed where days_since_holiday(time, "Christmas Day") <= 1)'
    assert says(counts, [buyer, other], "2026-01-01", country="PT") == [0.0, 1.0]
    on = "count(order_completed where days_to_holiday(time) = 0)"
    people = [person(("order_completed", "2025-12-25T23:59"), country=it) for it in ("PT", "SA")]
    assert says(on, people, "2026-01-01") == [1.0, 0.0]


def test_where_follows_the_country_to_its_next_change():
    moved = [
        TimelineEvent("$identify", LISBON.parse("2020-01-01"), {"country": "SA"}),
        TimelineEvent("order_completed", LISBON.parse("2025-12-25T10:00"), {}),
        TimelineEvent("$identify", LISBON.parse("2026-02-01"), {"country": "PT"}),
        TimelineEvent("$identify", LISBON.parse("2026-03-01"), {"country": "SA"}),
    ]
    rule = parse_rule("did order_completed where days_to_holiday(time) = 0")
    (found,) = transitions_of(
        [history_of([moved], LISBON)], rule, words(), 0, LISBON.parse("2027-01-01")
    )
    assert [
        (format_instant(int(at)), bool(way))
        for at, way in zip(found.at, found.entered, strict=True)
    ] == [
        ("2026-02-01T00:00:00Z", True),
        ("2026-03-01T00:00:00Z", False),
    ]


def test_c11_seasonal_buyers():
    text = (
        "count(order_completed where month(time) in (6, 7, 8)) >= 0.8 * count(order_completed) "
        "and count(order_completed) >= 2"
    )
    summer = person(("order_completed", "2025-06-01"), ("order_completed", "2025-08-31T23:59"))
    autumn = person(("order_completed", "2025-06-01"), ("order_completed", "2025-09-01"))
    assert says(text, [summer, autumn], "2026-01-01") == [2, 0]


def test_b13_the_preferred_hour_and_every_aggregate_of_a_part_of_the_time():
    opened = ("2026-07-01T08:59", "2026-07-02T08:00", "2026-07-03T21:30", "2026-10-25T23:59")
    people = [person(*(("email_opened", at) for at in opened)), person()]
    expected = {
        "top(email_opened.hour(time))": [8.0, None],
        "share(email_opened.hour(time))": [0.5, None],
        "distinct(email_opened.hour(time))": [3.0, 0.0],
        "values(email_opened.hour(time))": [[23.0, 21.0, 8.0], []],
        "median(email_opened.hour(time))": [14.5, None],
        "sum(email_opened.weekday(time))": [3.0 + 4 + 5 + 7, 0.0],
        "first(email_opened.month(time))": [7.0, None],
        "max(email_opened.day(time) in last 90d)": [25.0, None],
        "last(email_opened.day_of_year(time))": [298.0, None],
        "avg(any event.hour(time) where hour(time) < 20)": [8.0, None],
        "values(email_opened.hour(time)) has any of (21, 5)": [2, 0],
        "values(email_opened.hour(time)) is set": [2, 0],
        "count(email_opened where hour(time) = 8) >= 2": [2, 0],
    }
    for text, answers in expected.items():
        assert says(text, people, "2026-11-01") == answers, text


def test_the_clock_brings_an_occasion_and_takes_it_away():
    """Explaining tells the next instant at which the clock changes the verdict."""
    history = history_of([person(birthday=date(1990, 5, 4), country="PT")], LISBON)
    for text, as_of, expected in [
        ("until(next_anniversary(birthday)) <= 14d", "2026-04-01", "2026-04-20"),
        ("until(next_anniversary(birthday)) <= 14d", "2026-04-20", "2026-05-05"),
        ("age(last_anniversary(birthday)) < 7d", "2026-04-20", "2026-05-04"),
        ('until(next_holiday("Christmas Day")) <= 1mo', "2026-04-20", "2026-11-25"),
        ("next_holiday() > 2026-04-25", "2026-04-20", "2026-04-26"),
        ("until(birthday) > 2mo", "2026-04-20", None),
    ]:
        found = trace_rule([history], 0, 0, parse_rule(text), words(), LISBON.parse(as_of))
        assert found.changes_at == (None if expected is None else LISBON.parse(expected)), text
    rule = parse_rule("until(next_holiday()) <= 3d")
    found = trace_rule([history], 0, 0, rule, words(), LISBON.parse("2026-04-23T12:00"))
    assert found.member
    assert found.trace.of(rule.left).value == 36 * 3600
    assert isinstance(rule.left.value, Holiday)
    assert found.trace.of(rule.left.value).value.isoformat() == "2026-04-24T23:00:00+00:00"


def test_a_clock_set_back_over_midnight_begins_the_day_anew():
    """St John's, 2010-11-07: at 00:01 it was 23:01 of the sixth again."""
    zone = Zone("America/St_Johns")
    history = history_of([person(zone=zone, birthday=date(1990, 11, 6))], zone)
    rule = parse_rule("next_anniversary(birthday) < 2011-01-01")
    (found,) = transitions_of(
        [history], rule, words(zone), zone.parse("2010-11-01"), zone.parse("2010-12-01")
    )
    midnight = zone.parse("2010-11-07")
    minute = 60_000_000
    assert found.at.tolist() == [midnight, midnight + minute, midnight + 60 * minute]
    assert found.entered.tolist() == [False, True, False]
    assert np.all(found.profiles == 0)
