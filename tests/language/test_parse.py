"""Every form, read into the tree it means."""

from __future__ import annotations

import time

import pytest

from shoal.core.errors import DefinitionError, Place
from shoal.core.spans import Span
from shoal.language import parse_expression, parse_rule, parse_value, to_text
from shoal.language import tree as t
from shoal.language.shape import walk

A, B = t.EventRef(("a",)), t.EventRef(("b",))
X1 = t.Compare(t.PropertyValue("x"), t.Comparator.EQUAL, t.NumberLiteral(1))
Y2 = t.Compare(t.PropertyValue("y"), t.Comparator.GREATER, t.NumberLiteral(2))
WEEK = t.InLast(Span(7, "d"))
DID_B = t.Did(t.Selection(B))


def did(where=None, window=None, *, negated=False):
    return t.Did(t.Selection(A, None, where, window), negated)


WHERE_ENDS = [
    ("did a where x = 1 and y > 2 in last 7d and did b", (did(t.And((X1, Y2)), WEEK), DID_B)),
    ("did a where x = 1 and did b", (did(X1), DID_B)),
    ("did a where x = 1 and in segment s", (did(X1), t.InSegment("s"))),
    ("did a where x = 1 in last 7d and y > 2", (did(X1, WEEK), "y > 2")),
    ("did a where x = 1 and total(b) > 2", None),
    ("did a where x = 1 and count(b) > 2", (did(X1), "count(b) > 2")),
    ("did a where x = 1 and y > count(b)", (did(X1), "y > count(b)")),
    ("did a where x = 1 and vip", (did(X1), "vip")),
    ("did a where x = 1 and y in top 5%", (did(X1), "y in top 5%")),
    ("did a where x = 1 and (y > 2 or did b)", (did(X1), "y > 2 or did b")),
    ("did a where x = 1 and age(y) > 2d", (did(X1), "age(y) > 2d")),
    ("did a where x = 1 and consents to y", (did(X1), "consents to y")),
    ("did a where x = 1 and everyone", (did(X1), t.Everyone())),
    ("did a where x = 1 and 3 > 2", (did(X1), "3 > 2")),
    ("did a where x = 1 and y has 'q'", (did(X1), "y has 'q'")),
    ("(did a where x = 1) and y > 2", (did(X1), "y > 2")),
    ("did b and did a where x = 1", (DID_B, did(X1))),
    ("not did a where x = 1 in last 7d and did b", (t.Not(did(X1, WEEK)), DID_B)),
]


@pytest.mark.parametrize(("text", "parts"), [case for case in WHERE_ENDS if case[1]])
def test_where_ends_at_a_window_or_at_what_is_no_condition(text, parts):
    expected = tuple(parse_rule(part) if isinstance(part, str) else part for part in parts)
    assert parse_rule(text) == t.And(expected)


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("x = 1 and y > 2", t.And((X1, Y2))),
        ("x = 1 or y > 2", t.Or((X1, Y2))),
        ("(x = 1 or y > 2)", t.Or((X1, Y2))),
        ("not x = 1", t.Not(X1)),
        ("not (x = 1 and y > 2)", t.Not(t.And((X1, Y2)))),
        ("x = 1 and not y > 2", t.And((X1, t.Not(Y2)))),
        ("x = 1 and (y > 2 or x = 1)", t.And((X1, t.Or((Y2, X1))))),
        ("x = 1 or x = 1 and y > 2", t.Or((X1, t.And((X1, Y2))))),
        ("x between 1 and 2 and y > 2", t.And((
            t.Between(t.PropertyValue("x"), t.NumberLiteral(1), t.NumberLiteral(2)), Y2))),
        ("x in ('a')", t.InList(t.PropertyValue("x"), (t.TextLiteral("a"),))),
        ("x not in (1, 2%)", t.InList(
            t.PropertyValue("x"), (t.NumberLiteral(1), t.NumberLiteral(0.02, percent=True)), True)),
        ("hour(time) >= 18", t.Compare(
            t.TimePart(t.TimePartFunction.HOUR), t.Comparator.AT_LEAST, t.NumberLiteral(18))),
        ("x + 1 > y * 2", t.Compare(
            t.Arithmetic(t.ArithmeticOperator.ADD, t.PropertyValue("x"), t.NumberLiteral(1)),
            t.Comparator.GREATER,
            t.Arithmetic(t.ArithmeticOperator.MULTIPLY, t.PropertyValue("y"), t.NumberLiteral(2)))),
        ("x starts with 'q'", t.TextMatch(t.PropertyValue("x"), t.TextTest.STARTS_WITH, "q")),
        ("x not contains 'q'", t.TextMatch(
            t.PropertyValue("x"), t.TextTest.CONTAINS, "q", negated=True)),
        ("x is not set", t.IsSet(t.PropertyValue("x"), negated=True)),
    ],
)  # fmt: skip
@pytest.mark.parametrize(
    ("ending", "window"),
    [
        ("", None),
        (" in last 7d", WEEK),
        (" between 60d and 30d ago", t.BetweenAgo(Span(60, "d"), Span(30, "d"))),
        (" since 2026-01-01", t.Since(t.InstantLiteral("2026-01-01"))),
        (" ever", t.Ever()),
    ],
)
def test_conditions_and_the_window_after_them(text, condition, ending, window):
    selection = t.Selection(A, None, condition, window)
    assert parse_rule(f"did a where {text}{ending}") == t.Did(selection)
    assert parse_rule(f"did a where {text}{ending} and vip") == t.And(
        (t.Did(selection), t.TraitTruth(t.TraitValue("vip")))
    )
    assert parse_value(f"count(a where {text}{ending})") == t.Aggregate(
        t.AggregateFunction.COUNT, selection
    )


def test_a_window_closes_only_its_own_where():
    rule = parse_rule("did a where x = 1 in last 7d and did a where x = 1 and y > 2 in last 7d")
    assert rule == t.And((did(X1, WEEK), did(t.And((X1, Y2)), WEEK)))


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("in last 6mo", t.InLast(Span(6, "mo"))),
        ("in next 90d", t.InNext(Span(90, "d"))),
        ("before 2026-11-01T09:30:00Z", t.Before(t.InstantLiteral("2026-11-01T09:30:00Z"))),
        (
            "from 2026-01-01 to 2026-02-01t10:00",
            t.FromTo(t.InstantLiteral("2026-01-01"), t.InstantLiteral("2026-02-01T10:00")),
        ),
    ],
)
def test_windows(text, window):
    assert parse_rule(f"did not a {text}") == did(None, window, negated=True)
    assert parse_rule(f"entered segment s {text}") == t.Changed(True, "s", window)
    assert parse_rule(f"sequence (a) {text}") == t.SequenceMatch(
        t.Sequence((t.Step(A),), None, window)
    )


def test_events():
    several = t.EventRef(("a", "b"))
    assert parse_rule("did any of (a, b)") == t.Did(t.Selection(several))
    assert parse_rule("did any event") == t.Did(t.Selection(t.EventRef(())))
    last = t.AggregateFunction.LAST
    assert parse_value("last(any event.p.q)") == t.Aggregate(
        last, t.Selection(t.EventRef(()), "p.q")
    )
    assert parse_value("last(any of (a, b).p)") == t.Aggregate(last, t.Selection(several, "p"))
    raw = t.EventRef(("Order Completed",), (True,))
    assert parse_value("last(`Order Completed`.`Net value`)") == t.Aggregate(
        last, t.Selection(raw, "Net value")
    )
    assert parse_rule("did `a`") == did()


def test_sequences():
    steps = (t.Step(A), t.Step(B, True, Y2, Span(2, "h")), t.Step(A, within=Span(1, "d")))
    written = "sequence by p (a, not b where y > 2 within 2h, a within 1d)"
    assert parse_rule(written) == t.SequenceMatch(t.Sequence(steps, "p"))
    counted = t.SequenceAggregate(t.AggregateFunction.COUNT, t.Sequence(steps, "p", WEEK))
    assert parse_value(f"count({written} in last 7d)") == counted
    listed = t.SequenceAggregate(t.AggregateFunction.VALUES, t.Sequence(steps, "p", WEEK), "q")
    assert parse_value(f"values({written}.q in last 7d)") == listed
    assert parse_value(f"values({written} in last 7d.q)") == listed


def test_segments_and_consent():
    assert parse_rule("in segment stage.purchase") == t.InSegment("stage.purchase")
    assert parse_rule("not in segment s for at least 3mo") == t.InSegment("s", True, Span(3, "mo"))
    assert parse_rule("not (in segment s)") == t.Not(t.InSegment("s"))
    assert parse_rule("not not in segment s") == t.Not(t.InSegment("s", True))
    assert parse_rule("left segment s ever") == t.Changed(False, "s", t.Ever())
    assert parse_rule("consents to marketing") == t.ConsentsTo("marketing")


def test_values():
    points, one = t.TraitValue("points"), t.NumberLiteral(1)
    assert parse_value("coalesce(points, 1)") == t.Coalesce(points, one)
    assert parse_value("case when vip then 1 when did b then points else -1 end") == t.Case(
        (t.When(t.TraitTruth(t.TraitValue("vip")), one), t.When(DID_B, points)),
        t.NumberLiteral(-1),
    )
    assert parse_value("quintile(points of (did b))") == t.Rank(
        t.RankFunction.QUINTILE, points, DID_B
    )
    op = t.ArithmeticOperator
    assert parse_value("points - 1 - 1 * points / -1") == t.Arithmetic(
        op.SUBTRACT,
        t.Arithmetic(op.SUBTRACT, points, one),
        t.Arithmetic(op.DIVIDE, t.Arithmetic(op.MULTIPLY, one, points), t.NumberLiteral(-1)),
    )
    assert parse_value("((points))") == points


def test_tests_of_values():
    points = t.TraitValue("points")
    assert parse_rule("points in top 20%") == t.InTop(points, 0.2)
    assert parse_rule("points in bottom 5% of (did b)") == t.InTop(points, 0.05, True, DID_B)
    assert parse_rule("points not in top 20%") == t.Not(t.InTop(points, 0.2))
    assert parse_rule("not points in (1)") == t.Not(t.InList(points, (t.NumberLiteral(1),)))
    assert parse_rule("points has any of (1)") == t.Has(points, (t.NumberLiteral(1),))
    assert parse_rule("points not has 'x'") == t.Has(points, (t.TextLiteral("x"),), True)
    assert parse_rule("will_lapse >= 60%") == t.Compare(
        t.TraitValue("will_lapse"), t.Comparator.AT_LEAST, t.NumberLiteral(0.6, percent=True)
    )


def test_a_value_that_can_be_true_is_a_rule():
    assert parse_rule("vip") == t.TraitTruth(t.TraitValue("vip"))
    assert parse_expression("vip") == t.TraitValue("vip")
    assert isinstance(parse_rule("case when did a then true end"), t.TraitTruth)
    assert isinstance(parse_rule("last(a.gift)"), t.TraitTruth)


def test_logic_binds_and_flattens():
    assert parse_rule("did b and (did b and did b) or did b") == t.Or(
        (t.And((DID_B, DID_B, DID_B)), DID_B)
    )


def test_spelling_does_not_matter():
    spelt = "DID  Not a # a comment\n WHERE x=1 AND\ty>2\n In # another\n LAST 7D"
    assert parse_rule(spelt) == did(t.And((X1, Y2)), WEEK, negated=True)
    assert parse_rule('x STARTS\nwith "it""s"').text == 'it"s'
    assert parse_rule("x Is Not Set") == parse_rule("x is not set")


@pytest.mark.parametrize(
    "name",
    [
        "day",
        "count",
        "last",
        "segment",
        "time",
        "first",
        "top",
        "values",
        "sum",
        "set",
        "by",
        "of",
        "ever",
        "since",
        "before",
        "from",
        "to",
        "within",
        "ago",
        "left",
        "entered",
        "then",
        "when",
        "else",
        "end",
        "has",
        "contains",
        "is",
        "in",
        "and",
        "or",
        "between",
        "hour",
        "age",
        "any",
        "for",
    ],
)
def test_words_of_the_language_may_be_names(name):
    condition = t.Compare(t.PropertyValue(name), t.Comparator.EQUAL, t.NumberLiteral(1))
    assert parse_rule(f"did a where {name} = 1 in last 7d") == did(condition, WEEK)
    assert parse_value(f"first(a.{name})").selection.property == name
    assert parse_rule(f"did {name} in last 7d").selection.event == t.EventRef((name,))
    assert parse_rule(f"{name} = 1").left == t.TraitValue(name)
    assert parse_rule(f"in segment {name}").name == name


def test_places_are_the_file_s():
    rule = parse_rule("did a\n  and did b", file="x.yml", line=3, column=9)
    assert rule.parts[0].place == Place(3, 9, "x.yml")
    assert rule.parts[1].place == Place(4, 7, "x.yml")
    assert rule.parts[1].selection.event.place == Place(4, 11, "x.yml")


def test_a_long_rule_is_read_in_time():
    long = " or ".join(f"count(a where x = {n}) > {n}" for n in range(400))
    started = time.perf_counter()
    rule = parse_rule(long)
    assert len(rule.parts) == 400
    assert time.perf_counter() - started < 5
    listed = f"user in ({', '.join(repr(str(n)) for n in range(5_000))})"
    assert len(parse_rule(listed).literals) == 5_000


def test_parentheses_only_where_the_meaning_needs_them():
    text = "(did a where x = 1) and y > 2 or did a where x = 1"
    assert to_text(parse_rule(text)) == text
    assert to_text(parse_rule("(did a where x = 1 in last 1d) and (y > 2)")) == (
        "did a where x = 1 in last 1d and y > 2"
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("days_to_holiday(time) < 3", "1:1: `days_to_holiday(time)` has no event to ask"),
        ("top(a.hours(time)) > 1", "1:5: `hours(time)` is no part of the time; did you mean"),
        ("top(a(time)) > 1", "1:6: `(time)` needs its part; use hour, weekday, day"),
        ("did a.hour(time)", "1:11: `(` does not fit here; `hour(…)` is a value: compare it"),
        ("next_holiday('') is set", "1:14: a holiday has a name"),
        ("next_aniversary(x) is set", "did you mean `next_anniversary`?"),
        ("top(a.hour(revenue)) > 1", "1:12: `revenue` does not fit here; expected `time`"),
        ("did a where until(x) > 3d", "`where` compares the event's own properties"),
    ],
)
def test_occasions_out_of_place_are_told(text, message):
    with pytest.raises(DefinitionError) as caught:
        parse_rule(text)
    (problem,) = caught.value.problems
    assert message in str(problem)


def test_the_words_of_occasions_still_name_traits_and_properties():
    rule = parse_rule("until > 3 and next_holiday is set and did a where days_to_holiday = 1")
    assert {
        node.name for node in walk(rule) if isinstance(node, t.TraitValue | t.PropertyValue)
    } == {
        "until",
        "next_holiday",
        "days_to_holiday",
    }
