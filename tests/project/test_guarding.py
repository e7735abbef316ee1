"""What the tracking plan declares sensitive is read only with a reason, and the trail keeps it."""

from __future__ import annotations

import pytest

import shoal
from shoal.core.errors import DefinitionError, UsageError
from shoal.core.spans import Span
from shoal.project.behaviours import chosen_behaviours, trait_behaviours
from shoal.project.checking import check_project
from shoal.project.reading import read
from shoal.store.accounts import Accounts

PLAN = """\
events:
  $identify:
    properties:
      gender: {type: text, sensitive: sex or gender}
      district: {type: text, proxy_for: ethnic origin}
      city: {type: text}
  payment_missed:
    properties: {reason: {type: text, sensitive: health}, amount: number}
"""
OPEN = "segments: {buyers: 'did payment_missed', here: 'city = \"Lisboa\"'}\n"


@pytest.fixture
def folder(tmp_path):
    shoal.init(tmp_path / "bank", name="Bank")
    for file in (tmp_path / "bank").glob("*/*.yml"):
        file.unlink()
    put(tmp_path / "bank", "events/plan.yml", PLAN)
    put(tmp_path / "bank", "segments/open.yml", OPEN)
    return tmp_path / "bank"


def put(folder, path, text):
    place = folder / path
    place.parent.mkdir(exist_ok=True)
    place.write_text(text, encoding="utf-8")


def problems(folder):
    return [str(it) for it in check_project(shoal.open(folder).project).errors]


def trail(folder):
    accounts = Accounts(shoal.open(folder).project.store.books)
    return [it for it in accounts.audit() if it.action == "fairness.reason"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("segments: {a: 'gender = \"f\"'}", "segment `a` reads `gender`, which is about sex"),
        ("segments: {a: 'district = \"Alto\"'}", "`district`, which stands for ethnic origin"),
        ("segments: {a: 'did payment_missed where reason = \"ill\"'}", "`payment_missed.reason`"),
        ("traits: {a: 'case when gender = \"f\" then 1 else 0 end'}", "trait `a` reads `gender`"),
        ("partitions: {a: [b: 'gender = \"f\"', c: everyone]}", "segment `a.b` reads `gender`"),
        ("predictions: {a: 'did payment_missed where reason is set in next 30d'}", "prediction `a`"),
    ],
    ids=["segment", "proxy", "event", "trait", "part", "prediction"],
)  # fmt: skip
def test_without_a_reason_it_is_refused(folder, text, told):
    assert problems(folder) == []
    put(folder, "segments/new.yml", text)
    (problem,) = problems(folder)
    assert told in problem
    with pytest.raises(DefinitionError):
        shoal.open(folder).apply()


def test_a_trait_or_segment_between_hides_nothing(folder):
    put(folder, "segments/new.yml", """\
traits: {is_woman: {value: 'case when gender = "f" then 1 else 0 end', sensitive_because: Checks.}}
segments: {a: is_woman = 1, b: in segment a}
""")  # fmt: skip
    assert [it.partition("reads")[0].split(": ")[-1] for it in problems(folder)] == [
        "segment `a` ",
        "segment `b` ",
    ]


@pytest.mark.parametrize("said", ["true", "false", "''", "no"])
def test_what_it_is_about_is_said_in_words(folder, said):
    plan = f"events: {{$identify: {{properties: {{x: {{sensitive: {said}}}}}}}}}"
    put(folder, "events/plan.yml", plan)
    assert any("says what it is about" in it for it in problems(folder))


def test_an_empty_reason_is_none(folder):
    put(folder, "segments/new.yml", "segments: {a: {rule: gender = 'f', sensitive_because: ''}}")
    assert any("an empty reason is none" in it for it in problems(folder))
    assert any("segment `a` reads `gender`" in it for it in problems(folder))


def test_a_reason_is_applied_and_kept_once_in_the_trail(folder):
    reason = "Scholarship for women in engineering, by its statutes."
    text = f"segments: {{a: {{rule: gender = 'f', sensitive_because: {reason!r}}}}}"
    put(folder, "segments/new.yml", text)
    assert problems(folder) == []
    shoal.open(folder).apply()
    (entry,) = trail(folder)
    assert (entry.subject, entry.detail["because"]) == ("segment:a", reason)
    assert entry.detail["reads"] == ["gender"]
    put(folder, "segments/other.yml", "segments: {c: everyone}")
    shoal.open(folder).apply()
    assert len(trail(folder)) == 1
    put(folder, "segments/new.yml", text.replace("Scholarship", "Grant"))
    shoal.open(folder).apply()
    assert [it.detail["because"][:5] for it in trail(folder)] == ["Grant", "Schol"]


def test_discovery_learns_nothing_sensitive_unless_a_trait_says_why(folder):
    put(folder, "traits/new.yml", """\
traits:
  missed: count(payment_missed)
  is_woman: {value: 'case when gender = "f" then 1 else 0 end', sensitive_because: To check.}
""")  # fmt: skip
    shoal.open(folder).apply()
    reading = read(shoal.open(folder).project)
    assert [it.name for it in trait_behaviours(reading)] == ["missed"]
    for asked in ("gender", "missed,district", "count(payment_missed where reason = 'ill')"):
        with pytest.raises(UsageError, match="is not learnt from"):
            chosen_behaviours(reading, asked)
    assert [it.name for it in chosen_behaviours(reading, "missed,is_woman")] == [
        "missed",
        "is_woman",
    ]


def test_lookalikes_and_predictors_learn_nothing_sensitive(folder):
    from shoal.project.audits.predictors import discover_predictors
    from shoal.project.discovery.lookalikes import find_lookalikes

    shop = shoal.open(folder)
    shop.apply()
    reading = read(shop.project)
    with pytest.raises(UsageError, match="stands for ethnic origin"):
        find_lookalikes(reading, reading.at(None), rule="district = 'Alto'")
    with pytest.raises(UsageError, match="is about health"):
        discover_predictors(
            reading,
            reading.at(None),
            target="did payment_missed where reason = 'ill' in next 30d",
            horizon=Span(30, "d"),
        )


def test_a_guard_that_is_let_go_is_kept_in_the_trail(folder):
    shoal.open(folder).apply()
    put(folder, "events/plan.yml", PLAN.replace(", sensitive: sex or gender", ""))
    shoal.open(folder).apply()
    accounts = Accounts(shoal.open(folder).project.store.books)
    gone, first = (it.detail for it in accounts.audit() if it.action == "fairness.guard")
    assert first["guarded"] == ["district", "gender", "payment_missed.reason"]
    assert (gone["guarded"], gone["no_longer"]) == ([], ["gender"])


def test_a_rule_of_the_moment_is_answered_with_a_word_of_warning(folder):
    shop = shoal.open(folder)
    shop.apply()
    with pytest.warns(UserWarning, match="treat nobody by it"):
        assert shop.rule("gender = 'f'").count() == 0


def test_where_nothing_is_declared_nothing_is_refused(folder):
    put(folder, "events/plan.yml", "events: {$identify: {properties: {gender: text}}}")
    put(folder, "segments/new.yml", "segments: {a: gender = 'f'}")
    assert problems(folder) == []
