"""The linter: what is odd about a rule as it is written (D7)."""

from __future__ import annotations

import pytest

from shoal.audits.implication import implies
from shoal.audits.linting import Oddity, lint
from shoal.audits.nudging import nudged
from shoal.audits.rewriting import inlined, without_each
from shoal.audits.sensitive import Topic, mentions, topic_of
from shoal.language import parse_expression, parse_rule, to_text
from shoal.language.vocabulary import SegmentEntry, TraitEntry, Vocabulary

WORDS = Vocabulary(
    segments={"buyers": SegmentEntry("buyers", parse_rule("count(a in last 30d) >= 2"))},
    traits={"orders": TraitEntry("orders", value=parse_expression("count(a)"))},
)


def found(text, oddity):
    return [it.text for it in lint(parse_rule(text), WORDS) if it.oddity is oddity]


@pytest.mark.parametrize(
    ("text", "redundant"),
    [
        ("count(a) >= 3 and count(a) >= 1", ["count(a) >= 1"]),
        ("did a in last 7d and did a in last 30d", ["did a in last 30d"]),
        ("did a in last 7d or did a in last 30d", ["did a in last 7d"]),
        ("did a and did a", ["did a"]),
        ("count(a in last 7d) >= 2 and did a in last 30d", ["did a in last 30d"]),
        ("did not a and did not a in last 7d", ["did not a in last 7d"]),
        ("did not a in last 30d and count(a in last 7d) = 0", ["count(a in last 7d) = 0"]),
        ("country = 'PT' and country in ('PT', 'ES')", ['country in ("PT", "ES")']),
        ("points > 5 and points >= 5", ["points >= 5"]),
        ("points between 3 and 4 and points < 10", ["points < 10"]),
        ("orders >= 3 and count(a) >= 2", ["count(a) >= 2"]),
        ("in segment buyers and did a in last 60d", ["did a in last 60d"]),
        ("age(last(a)) < 30d and did a in last 30d", ["did a in last 30d"]),
        ("points > 5 and points is set", ["points is set"]),
        ("everyone and did a", ["everyone"]),
    ],
)
def test_d7_a_condition_implied_by_another_is_redundant(text, redundant):
    assert found(text, Oddity.REDUNDANT) == redundant


@pytest.mark.parametrize(
    "text",
    [
        "count(a) >= 3 and days(a) >= 2",  # three on one day
        "did a and age(last(a)) > 180d",  # the usual way of saying it
        "did a in last 30d and did b in last 30d",
        "did a in last 1mo and did a in last 60d",  # a month has no exact length
        "did a where x = 1 in last 7d and did a where x = 2",
        "count(a where x = 1) >= 2 and count(a) >= 3",
        "points > 5 or points < 3",
        "age(last(a)) <= 30d and did a in last 30d",  # a window is open at its far end
        "did any event in last 7d and did a",
    ],
)
def test_what_is_needed_is_not_called_redundant(text):
    assert found(text, Oddity.REDUNDANT) == []


def test_what_follows_follows_through_or_and_and():
    def check(one, other):
        return implies(parse_rule(one), parse_rule(other), WORDS)

    assert check("count(a) >= 3 or count(a) >= 5", "did a")
    assert check("count(a) >= 3 and did b", "did a or did c")
    assert not check("did a or did b", "did a")
    assert check("nobody", "did a")
    assert check("in segment buyers", "in segment buyers")


def test_what_can_never_be_met_is_told():
    assert found("count(a) > 5 and count(a) < 3", Oddity.UNSATISFIABLE)
    assert found("did a and did not a", Oddity.UNSATISFIABLE)
    assert not found("count(a) > 3 and count(a) < 5", Oddity.UNSATISFIABLE)


@pytest.mark.parametrize(
    ("text", "sensitive"),
    [
        ("country != 'PT'", ['country != "PT"']),
        ("not (country = 'PT')", ['country != "PT"']),
        ("not vip", ["not vip"]),
        ("points not between 3 and 4 and did a", ["points not between 3 and 4"]),
        ("country != 'PT' or country is not set", []),
        ("count(a) != 3", []),
        ("did a where channel != 'app'", ['channel != "app"']),
        ("country = 'PT'", []),
    ],
)
def test_denials_of_what_may_be_unset_are_told(text, sensitive):
    assert found(text, Oddity.NULL_SENSITIVE) == sensitive


def test_a_part_can_be_left_out_at_any_depth():
    rule = parse_rule("did a and (did b or not (did c and did d))")
    without = {to_text(part): to_text(rest) for part, rest in without_each(rule)}
    assert without["did a"] == "did b or not (did c and did d)"
    assert without["did b"] == "did a and not (did c and did d)"
    assert without["did d"] == "did a and (did b or not did c)"


def test_segments_and_traits_are_written_out():
    rule = inlined(parse_rule("not in segment buyers and orders >= 2"), WORDS)
    assert "count(a in last 30d) >= 2" in to_text(rule)
    assert "count(a) >= 2" in to_text(rule)


def test_thresholds_move_by_about_a_tenth():
    moved = [(it.number, it.to) for it in nudged(parse_rule("count(a in last 30d) >= 4"))]
    assert moved == [("4", "3"), ("4", "5"), ("30d", "27d"), ("30d", "33d")]
    assert [it.to for it in nudged(parse_rule("sum(a.x) >= 200"))] == ["180", "220"]
    assert [it.to for it in nudged(parse_rule("age(last(a)) > 6mo"))] == ["5mo", "7mo"]
    assert [it.to for it in nudged(parse_rule("did a in last 1d"))] == ["22h", "26h"]
    assert nudged(parse_rule("quintile(count(a)) = 5")) == []


def test_sensitive_words_are_found_in_fields_and_texts():
    rule = parse_rule("age_group = 'x' and did a where category contains 'Baby food'")
    assert {(it.text, it.topic) for it in mentions(rule, WORDS)} == {
        ("age_group", Topic.AGE),
        ("Baby food", Topic.FAMILY),
    }
    assert topic_of("postCode") is topic_of("zip") is Topic.PLACE
    for harmless in ("page_viewed", "average", "agent", "package", "message", "stage", "engaged"):
        assert topic_of(harmless) is None
