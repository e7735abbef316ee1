"""Verdicts from facts made by hand: what is good, what is not, and in which words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from shoal.audits import Aspect, Facts, Verdict, audit
from shoal.audits.facts import Behaviour, Channel, Field, Outcome, Overlap, Week, Worth
from shoal.core.instants import DAY
from shoal.language import parse_rule
from shoal.language.vocabulary import Vocabulary
from shoal.segments.alerts import last_move

PEOPLE = 1000
RULE = parse_rule("count(a in last 30d) >= 4")


def facts(size=400, **changes):
    members = np.arange(PEOPLE) < size
    return Facts(RULE, Vocabulary(), 400 * DAY, members, 0, **changes)


def weeks(*sizes):
    return tuple(
        Week(at * 7 * DAY, int(at > 0), size, 1, 1, 0.9 if at else np.nan, 0.9 if at else np.nan)
        for at, size in enumerate(sizes)
    )


def of(found, aspect):
    return " ".join(it.sentence for it in audit(found).of(aspect))


@pytest.mark.parametrize(
    ("size", "verdict", "words"),
    [
        (0, Verdict.POOR, "Nobody"),
        (5, Verdict.POOR, "Too tiny to manage"),
        (400, Verdict.GOOD, "400 people: 40%"),
        (970, Verdict.CAREFUL, "nearly everybody"),
        (1000, Verdict.POOR, "tells nobody apart"),
    ],
)
def test_d8_a_segment_too_tiny_to_manage_is_told_so(size, verdict, words):
    found = facts(size)
    assert audit(found).verdict_of(Aspect.SIZE) is verdict
    assert words in of(found, Aspect.SIZE)


def test_d8_a_small_share_is_enough_if_a_test_notices_a_tenth():
    outcome = Outcome("placed an order", 28, 25, 0.95 - 0.06)
    small = replace(facts(25), members=np.arange(10_000) < 250, outcome=outcome)
    assert audit(small).verdict_of(Aspect.SIZE) is not Verdict.POOR
    assert "to notice in a test that 10% more" in of(small, Aspect.SIZE)
    rare = replace(small, outcome=replace(outcome, share=0.02))
    assert audit(rare).verdict_of(Aspect.SIZE) is Verdict.CAREFUL
    assert "Is it worth a campaign of its own?" in of(rare, Aspect.SIZE)


def test_d9_a_week_unlike_the_others_is_told():
    steady = facts(weeks=weeks(400, 402, 399, 401, 400, 398, 400))
    assert "moved it by" not in of(steady, Aspect.SIZE)
    jump = facts(weeks=weeks(400, 402, 399, 401, 400, 398, 560))
    assert audit(jump).verdict_of(Aspect.SIZE) is Verdict.CAREFUL
    assert "The last week moved it by +162" in of(jump, Aspect.SIZE)


def test_d9_growth_of_what_should_shrink_is_unwelcome():
    growing = facts(weeks=weeks(200, 260, 300, 350, 400), polarity="negative")
    assert "unwelcome" in of(growing, Aspect.SIZE)
    assert "unwelcome" not in of(replace(growing, polarity="positive"), Aspect.SIZE)


def test_value_is_told_beside_everybody_s():
    values = np.where(np.arange(PEOPLE) < 400, 30.0, 10.0)
    told = of(facts(worth=Worth("sum(a.x)", values, "EUR")), Aspect.VALUE)
    assert "12,000 EUR" in told
    assert "67% of all value from 40% of the people" in told
    assert "(1.7 times)" in told
    assert "cannot be told" in of(facts(), Aspect.VALUE)


def test_d7_a_twin_is_not_distinct():
    def verdict(both, name="other"):
        found = facts(overlaps=(Overlap(name, "Other", 400, both, 400),))
        return audit(found).of(Aspect.DISTINCT)[0].verdict

    assert verdict(400) is Verdict.POOR
    assert verdict(390) is Verdict.POOR
    assert verdict(390, "stage.other") is Verdict.CAREFUL
    assert verdict(360) is Verdict.CAREFUL
    assert verdict(100) is Verdict.GOOD
    assert verdict(0) is Verdict.GOOD


def test_d7_differences_beyond_the_rule_make_a_segment_distinct():
    order = np.random.default_rng(0)
    inside = np.arange(PEOPLE) < 400
    real = Behaviour("visits", "visits", order.normal(0, 1, PEOPLE) + 2 * inside)
    noise = Behaviour("noise", "noise", order.normal(0, 1, PEOPLE))
    own = replace(real, name="own", by_rule=True)
    found = audit(facts(behaviours=(noise, own, real)))
    assert found.verdict_of(Aspect.DISTINCT) is Verdict.GOOD
    assert "Beyond what the rule itself says, members differ strongly: visits" in (
        found.of(Aspect.DISTINCT)[1].sentence
    )
    assert "only in what the rule itself says" in of(
        facts(behaviours=(noise, own)), Aspect.DISTINCT
    )
    assert "hardly differ" in of(facts(behaviours=(noise,)), Aspect.DISTINCT)


def test_d7_what_is_often_missing_is_not_measurable():
    def verdict(*fields):
        return audit(facts(fields=fields)).verdict_of(Aspect.MEASURABLE)

    assert verdict(Field("country", "trait", 980, 1000)) is Verdict.GOOD
    assert verdict(Field("country", "trait", 700, 1000)) is Verdict.CAREFUL
    assert verdict(Field("country", "trait", 300, 1000)) is Verdict.POOR
    assert verdict(Field("a", "event", 0, 0)) is Verdict.POOR
    silent = Field("a", "event", 10, 10, 0, 300 * DAY)
    assert "does it still arrive?" in of(facts(fields=(silent,)), Aspect.MEASURABLE)


def test_d7_actionable_is_who_can_be_reached_and_what_can_be_noticed():
    channel = Channel("e-mail", "`email` is set", 390, 300)
    found = facts(
        channels=(channel,),
        reachable=300,
        purpose="marketing",
        consenting=310,
        outcome=Outcome("placed an order", 28, 380, 0.3, 40.0, 60.0),
    )
    told = of(found, Aspect.ACTIONABLE)
    assert "75% can be reached (e-mail 75%)" in told
    assert "310 people (78%) consent to marketing" in told
    assert "30% have placed an order since" in told
    assert "with one in ten left alone" in told
    poor = replace(found, reachable=10, consenting=10)
    assert audit(poor).verdict_of(Aspect.ACTIONABLE) is Verdict.POOR


@pytest.mark.parametrize(("mean", "word"), [(0.9, "firm"), (0.8, "stable"), (0.5, "not stable")])
def test_steadiness_goes_by_hennig_s_bounds(mean, word):
    found = audit(facts(ranked=True, resampled=(mean,) * 20))
    finding = next(it for it in found.of(Aspect.STABLE) if "draws" in it.figures)
    assert f"it is {word}." in finding.sentence
    assert (finding.verdict is Verdict.POOR) == (word == "not stable")


def test_members_unlike_in_a_sensitive_trait_are_told_though_the_rule_does_not_read_it():
    inside = np.arange(PEOPLE) < 400
    order = np.random.default_rng(0)
    old = (order.random(PEOPLE) < np.where(inside, 0.8, 0.2)).astype(float)
    age = Behaviour("age_group", "age group", old, ("young", "old"), is_profile=True)
    found = facts(behaviours=(age,), sensitive=frozenset({"age_group"}))
    told = of(found, Aspect.SENSITIVE)
    assert "Though it does not read `age_group`, members differ in it" in told
    assert "in part treated by age" in told
    even = replace(age, values=(order.random(PEOPLE) < 0.5).astype(float))
    assert "do not differ notably by age group" in of(
        replace(found, behaviours=(even,)), Aspect.SENSITIVE
    )


def test_where_nobody_is_known_nothing_is_called_good():
    nobody = Facts(parse_rule("everyone"), Vocabulary(), 400 * DAY, np.zeros(0, bool), 0)
    found = audit(nobody)
    assert found.verdict_of(Aspect.SIZE) is Verdict.UNKNOWN
    assert found.verdict is Verdict.UNKNOWN
    assert found.summary.startswith("Nobody is known")


def test_the_summary_names_what_to_look_at():
    assert audit(facts(5)).summary.startswith("Mend this before you act on it: size")
    document = audit(facts()).as_json()
    assert set(document) == {
        "name", "title", "rule", "sentence", "as_of", "verdict", "summary", "aspects", "findings",
        "notes",
    }  # fmt: skip
    assert set(document["aspects"]) == {str(it) for it in Aspect}


def test_the_audit_and_the_alerts_agree_on_what_an_unusual_week_is():
    jump, swing = (400, 404, 396, 400, 408, 404, 640), (400, 480, 380, 472, 396, 484, 400)
    assert (last_move(jump).is_unusual, last_move(swing).is_unusual) == (True, False)
    assert "The last week moved it by +236" in of(facts(weeks=weeks(*jump)), Aspect.SIZE)
    assert "The last week" not in of(facts(weeks=weeks(*swing)), Aspect.SIZE)
