"""Every problem of a rule that reads well: names, types, windows, sequences, contradictions."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given

from shoal.language import check_rule, parse_expression, parse_rule, value_type
from shoal.language import tree as t
from shoal.language.vocabulary import TraitEntry, ValueType, Vocabulary
from tests.language.trees import SHOP, rules, values

ERRORS = [
    ("did ordr_completed", "1:5: no event `ordr_completed`; did you mean `order_completed`?"),
    ("sum(order_completed.revnue) > 3",
     "1:5: no property `revnue` of order_completed; did you mean `revenue`?"),
    ("did order_completed where revnue > 3",
     "1:27: no property `revnue` of order_completed; did you mean `revenue`?"),
    ("did order_completed where country = 'PT'",
     ("1:27: no property `country` of order_completed; `country` is a trait: put it before `did`, "
     "or `did …` in parentheses")),
    ("contry = 'PT'", "1:1: no trait `contry`; did you mean `country`?"),
    ("in segment buyer", "1:1: no segment `buyer`; did you mean `buyers`?"),
    ("consents to marketin", "1:1: no purpose `marketin`; did you mean `marketing`?"),
    ("sum(order_completed) > 3",
     "1:1: `sum` needs a property; sum(order_completed.revenue)"),
    ("distinct(order_completed) > 3", "1:1: `distinct` needs a property"),
    ("top(order_completed) = 'a'", "1:1: `top` needs a property"),
    ("std(order_completed) > 3", "1:1: `std` needs a property"),
    ("values(sequence (order_completed)) has 'a'", "1:1: `values` needs a property"),
    ("count(sequence (order_completed).channel) > 1",
     "1:1: `count` takes a sequence, not its property `channel`"),
    ("count(order_completed.revenue) > 1",
     "1:1: `count` takes an event, not its property `revenue`"),
    ("days(order_completed.revenue) > 1",
     "1:1: `days` takes an event, not its property `revenue`"),
    ("gap(order_completed.revenue) > 1d",
     "1:1: `gap` takes an event, not its property `revenue`"),
    ("did order_completed.revenue",
     ("1:1: `did` takes an event, not its property `revenue`; "
     "did order_completed where revenue is set")),
    ("did order_completed in next 3d", "1:29: `in next` looks into the future"),
    ("did order_completed between 30d and 60d ago",
     ("1:29: `between 30d and 60d ago` holds nothing; "
     "the longer one comes first: between 60d and 30d ago")),
    ("did order_completed between 30d and 30d ago",
     "1:29: `between 30d and 30d ago` holds nothing"),
    ("did order_completed between 1mo and 40d ago",
     "1:29: `between 1mo and 40d ago` holds nothing"),
    ("sequence (not page_viewed, order_completed)",
     "1:15: a sequence cannot begin with `not`"),
    ("sequence (page_viewed, not order_completed)", "1:28: a last `not` needs `within`"),
    ("sequence by seconds (page_viewed, order_completed)",
     "1:35: no property `seconds` of order_completed"),
    ("gap(order_completed) > 2mo",
     "1:24: `gap(order_completed)` cannot be compared with `2mo`, which follows the calendar"),
    ("age(last(order_completed)) + 3d > 6mo",
     "1:35: `age(last(order_completed)) + 3d` cannot be compared with `6mo`"),
    ("age(last(order_completed)) > 6mo + 1d",
     "1:30: `6mo` cannot be compared with `6mo`, which follows the calendar"),
    ("coalesce(age(last(order_completed)), 1y) > 3d",
     "1:38: `1y` cannot be compared with `1y`, which follows the calendar"),
    ("gap(order_completed) * gap(order_completed) > 3d",
     "1:1: a duration `*` a duration has no meaning"),
    ("country + 1 > 2", "1:1: a text `+` a number has no meaning"),
    ("last(order_completed) + last(order_completed) > 2d",
     "1:1: an instant `+` an instant has no meaning"),
    ("country in top 20%",
     "1:1: `in top` ranks numbers, durations and instants, and `country` is a text"),
    ("quintile(vip) = 1",
     "1:10: `quintile` ranks numbers, durations and instants, and `vip` is true or false"),
    ("points in top 120%", "1:1: this share is not above 0% and up to 100%"),
    ("points in bottom 0%", "1:1: this share is not above 0% and up to 100%"),
    ("points contains 'a'", "1:1: `contains` looks into a text, and `points` is a number"),
    ("points has 'a'", "1:1: `has` looks into a list, and `points` is a number"),
    ("points", "1:1: `points` is a number, not true or false; compare it"),
    ("sum(order_completed.channel) > 1",
     "1:1: `sum` needs a number, and `channel` is a text"),
    ("age(country) > 3d", "1:5: `age` takes an instant, and `country` is a text"),
    ("coalesce(country, 3) = 3", "1:1: this is a text and a number at once"),
    ("until(country) > 3d", "1:7: `until` takes an instant, and `country` is a text"),
    ("until(next_anniversary(points)) < 3d",
     "1:24: `next_anniversary` takes an instant, and `points` is a number"),
    ("until(birthday) + 3d > 6mo", "1:24: `until(birthday) + 3d` cannot be compared with `6mo`"),
    ("coalesce(age(birthday), age(last(order_completed))) > 1y", "1:55: `coalesce(age(birthday), "),
    ("until(birthday) > 2 * 1mo", "1:23: `1mo` cannot be compared with `1mo`"),
    ("did order_completed and count(page_viewed.hour(time)) > 3",
     ("1:25: `count` takes an event, not its `hour(time)`; "
     "count(page_viewed where hour(time) = …), or distinct(…)")),
    ("gap(page_viewed.month(time)) > 3d", "1:1: `gap` takes an event, not its `month(time)`"),
    ("case when vip then 1 else 'a' end = 3", "1:1: this is a number and a text at once"),
]  # fmt: skip

WARNINGS = [
    ("country > 3", "`country` (a text) is compared with `3` (a number): always unknown"),
    ("country in ('PT', 3)", "always unknown"),
    ("points between 1 and 'a'", "always unknown"),
    ("did order_completed where revenue = 'a'", "always unknown"),
    ("values(order_completed.channel) = 'a'", "a list is not equal to anything"),
    ("vip > true", "true and false have no order"),
    ("count(order_completed) < 0", "never true: `count(order_completed)` is at least 0"),
    ("did order_completed where hour(time) = 24", "never true: `hour(time)` is from 0 to 23"),
    ("quintile(points) = 6", "never true: `quintile(points)` is from 1 to 5"),
    ("points > 5 and points < 3", "no `points` meets all of this"),
    ("points > 5 and points <= 5", "no `points` meets all of this"),
    ("points between 1 and 2 and 3 < points", "no `points` meets all of this"),
    ("age(last(order_completed)) > 2w and age(last(order_completed)) < 1d",
     "no `age(last(order_completed))` meets all of this"),
    ("country = 'a' and country = 'b'", "`country` cannot equal two texts at once"),
    ("vip and not vip", "never true together with its opposite: `not vip`"),
    ("did order_completed and did not order_completed", "never true together with its opposite"),
    ("in segment buyers and not in segment buyers", "never true together with its opposite"),
    ("did order_completed from 2026-02-01 to 2026-01-01", "this window holds nothing"),
    ("did order_completed in last 0d", "`in last 0d` holds nothing"),
    ("until(next_holiday('Chrismas Day')) < 3d", "no calendar has a holiday `Chrismas Day`"),
    ("did order_completed where days_to_holiday(time) < 0",
     "never true: `days_to_holiday(time)` is at least 0"),
    ("did order_completed where days_to_holiday(time) <= 30d", "always unknown"),
    ("top(order_completed.hour(time)) = 'a'", "always unknown"),
    ("sequence (page_viewed within 2d, order_completed)",
     "`within` of the first step has nothing to count from"),
]  # fmt: skip

FINE = [
    "did order_completed where price > 3",
    "sum(order_completed_line.price) > 3",
    "did order_completed_line where channel = 'app'",
    "sequence by product_id (product_added, not order_completed within 24h)",
    "last(any event.channel) = 'app'",
    "did `Order Completed` and did OrderCompleted",
    "age(last(order_completed)) > 6mo and 6mo < age(last(order_completed))",
    "age(last(order_completed)) between 1mo and 1y",
    "how_long > 1y",
    "did order_completed between 1mo and 29d ago",
    "age(first(order_completed)) - age(last(order_completed)) > 70d",
    "2 * gap(order_completed) > 3d and gap(order_completed) / 1d > 3",
    "last(order_completed) - first(order_completed) > 70d",
    "last(order_completed) + 1d > first(order_completed)",
    "points > 3 and points < 5",
    "last(order_completed) in top 20% of (did order_completed)",
    "values(order_completed.channel) has 'app'",
    "vip = true and is_buyer",
    "until(next_anniversary(birthday)) <= 14d and until(birthday) < 2mo",
    "age(last_anniversary(first(order_completed))) between 1d and 1mo",
    "until(next_holiday()) < 3d and next_holiday('Christmas Day') < next_anniversary(birthday)",
    "did order_completed where days_since_holiday(time, 'Good Friday') <= 3 and revenue > 1",
    "top(page_viewed.hour(time) in last 90d) = 3 and share(any event.month(time)) > 0.5",
    "std(order_completed.day(time)) < 3 and values(order_completed.weekday(time)) has 3",
    "birthday + 1mo > last(order_completed)",
]

MORE = replace(
    SHOP,
    traits={
        **SHOP.traits,
        "how_long": TraitEntry("how_long", value=parse_expression("age(last(order_completed))")),
        "is_buyer": TraitEntry("is_buyer", value=parse_rule("did order_completed")),
        "self": TraitEntry("self", value=parse_expression("self + 1")),
    },
)


@pytest.mark.parametrize(("text", "message"), ERRORS)
def test_errors(text, message):
    (problem,) = check_rule(parse_rule(text), SHOP)
    assert problem.severity == "error"
    assert str(problem).startswith(message)


@pytest.mark.parametrize(("text", "message"), WARNINGS)
def test_warnings(text, message):
    (problem,) = check_rule(parse_rule(text), SHOP)
    assert problem.severity == "warning"
    assert problem.message.startswith(message) or problem.message.endswith(message)


@pytest.mark.parametrize("text", FINE)
def test_nothing_to_complain_about(text):
    assert check_rule(parse_rule(text), MORE) == []


@given(rules())
def test_the_strategy_s_plain_rules_have_no_unknown_names_and_fit_together(rule):
    problems = check_rule(rule, SHOP)
    wrong = [str(problem) for problem in problems if problem.severity == "error"]
    assert [it for it in wrong if "follows the calendar" not in it] == []


@given(values(odd=True))
def test_checking_never_fails(value):
    check_rule(value, SHOP)
    check_rule(value, Vocabulary())


def test_a_misspelt_holiday_is_told_the_nearest():
    (problem,) = check_rule(parse_rule("next_holiday('chrismas day') is set"), SHOP)
    assert problem.hint == "did you mean `Christmas Day`?"


def test_without_any_country_there_are_no_holidays():
    rule = parse_rule("did order_completed where days_to_holiday(time) = 0")
    nobody = replace(SHOP, traits={})
    (problem,) = check_rule(rule, nobody)
    assert problem.severity == "warning"
    assert "nobody's `country` is known" in problem.message
    assert check_rule(rule, replace(nobody, country="PT")) == []
    (problem,) = check_rule(rule, replace(nobody, country="XX"))
    assert problem.message == "no holidays are known of the country `XX`"


def test_every_problem_is_told_in_the_order_of_the_text():
    rule = parse_rule("did ordr_completed and sum(page_viewed) > 'a'\nand in segment nowhere")
    assert [problem.place.line for problem in check_rule(rule, SHOP)] == [1, 1, 1, 2]


def test_an_open_vocabulary_warns_of_names_but_segments_must_exist():
    vocabulary = replace(SHOP, open=True)
    rule = parse_rule("did x and count(order_completed where y = 1) > 1 and z and in segment s")
    severities = [problem.severity for problem in check_rule(rule, vocabulary)]
    assert severities == ["warning", "warning", "warning", "error"]


def test_a_target_may_look_into_the_future():
    assert check_rule(parse_rule("did not order_completed in next 90d"), SHOP, target=True) == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("count(order_completed)", "number"),
        ("last(order_completed)", "instant"),
        ("last(order_completed.channel)", "text"),
        ("max(order_completed.price)", "number"),
        ("last(any event.channel)", "text"),
        ("gap(order_completed)", "span"),
        ("gap(order_completed) / 1d", "number"),
        ("last(order_completed) - first(order_completed)", "span"),
        ("values(order_completed.channel)", "list"),
        ("age(first(order_completed))", "span"),
        ("coalesce(nothing, 1)", "unknown"),
        ("case when vip then 'a' end", "text"),
        ("is_buyer", "boolean"),
        ("how_long", "span"),
        ("self", "unknown"),
        ("first(nobody_knows.x)", "unknown"),
        ("decile(points)", "number"),
        ("2026-01-01", "instant"),
        ("true", "boolean"),
        ("until(birthday)", "span"),
        ("next_anniversary(birthday)", "instant"),
        ("last_holiday('Good Friday')", "instant"),
        ("last(order_completed.hour(time))", "number"),
        ("values(order_completed.hour(time))", "list"),
    ],
)
def test_the_type_of_a_value(text, kind):
    assert value_type(parse_expression(text), MORE) is ValueType(kind)


def test_a_property_has_the_type_of_its_event():
    event = t.EventRef(("order_completed",))
    assert value_type(t.PropertyValue("price"), SHOP, event) is ValueType.NUMBER
