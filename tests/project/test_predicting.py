"""D5: `shoal predict` on made-up buyers whose habits are known: fitted, scored, explained, tested, told."""

from __future__ import annotations

import itertools
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import shoal
from shoal.cli import main
from shoal.core.errors import NotFoundError, ShoalError, TooFewError
from shoal.core.instants import Zone
from shoal.events.event import Event
from shoal.language.vocabulary import EventEntry, ValueType
from shoal.predictions.sight import Kind
from shoal.project.changes.planning import make_plan
from shoal.project.opening import open_project
from shoal.project.people.forgetting import erase_person
from shoal.project.predictions import scores as prediction_scores
from shoal.project.predictions.backtesting import backtest_prediction
from shoal.project.predictions.foreseeing import _column
from shoal.project.predictions.predicting import fit_prediction, score_prediction
from shoal.project.predictions.reasons import explain_prediction
from shoal.project.predictions.rows import list_predictions, prediction_report
from shoal.project.reading import read
from shoal.store.files import HANDED

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = 210
AT = "2026-07-30"
DEFINITIONS = """\
predictions:
  will_buy: did order_completed in next 30d
  will_lapse:
    title: Will lapse
    target: did not order_completed in next 30d
    population: did order_completed
    without: [left_because]
  leaky:
    target: did not order_completed in next 30d
    features: [count(order_completed), left_because]
  spend: sum(order_completed.revenue in next 30d)
  never: did order_refunded in next 30d
segments:
  likely: will_buy >= 60%
"""


def made_rows(people=260, seed=5):
    """Half buy about every ten days, until some of them leave for good; half hardly ever do."""
    chance = random.Random(seed)
    orders, views, left = [], [], []
    for number in range(people):
        gap = chance.choice([8, 12, 70, 110])
        stays = chance.choice([60, DAYS * 2]) if gap < 20 else DAYS * 2
        day = chance.uniform(0, 40)
        channel = chance.choice(["web", "app"])
        ends = day + chance.expovariate(1 / stays)
        while day < min(DAYS, ends):
            at = START + timedelta(days=day)
            orders.append((f"p{number:03}", at, chance.randrange(500, 9_000) / 100, channel))
            views.append((f"p{number:03}", at - timedelta(hours=2)))
            day += chance.expovariate(1 / gap)
        if ends < DAYS:
            left.append((f"p{number:03}", "price"))
    return orders, views, left


def made_project(folder, people=260):
    orders, views, left = made_rows(people)
    (folder / "orders.csv").write_text(
        "who,at,revenue,channel\n" + "".join(f"{a},{b:%FT%TZ},{c},{d}\n" for a, b, c, d in orders)
    )
    (folder / "views.csv").write_text("who,at\n" + "".join(f"{a},{b:%FT%TZ}\n" for a, b in views))
    (folder / "people.csv").write_text(
        "who,left_because\n" + "".join(f"{a},{b}\n" for a, b in left)
    )
    (folder / "refunds.csv").write_text(
        "who,at\n" + "".join(f"{a},{b:%FT%TZ}\n" for a, b, *_ in orders[-400::20])
    )
    shop = shoal.init(folder / "shop")
    shop.import_file(folder / "orders.csv", event="order_completed", user="who", time="at")
    shop.import_file(folder / "views.csv", event="page_viewed", user="who", time="at")
    shop.import_file(folder / "refunds.csv", event="order_refunded", user="who", time="at")
    (folder / "shop" / "predictions").mkdir()
    (folder / "shop" / "predictions" / "p.yml").write_text(DEFINITIONS)
    assert main(["--project", str(folder / "shop"), "import", str(folder / "people.csv"),
                 "--profiles", "--user", "who", "--json"]) == 0  # fmt: skip
    shop.apply()
    return open_project(folder / "shop")


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return made_project(tmp_path_factory.mktemp("predicting"))


@pytest.fixture(scope="module")
def at(project):
    return project.settings.time_zone.parse(AT)


@pytest.fixture(scope="module")
def fitted(project, at):
    return fit_prediction(read(project), "will_buy", at)


def scores_at(project, at, trait="will_buy"):
    reading = read(project)
    from shoal.project.answers import asked_value, trait_values

    return dict(
        zip(
            *trait_values(reading, asked_value(reading, trait), at).to_pydict().values(),
            strict=True,
        )
    )


def test_a_fit_tells_what_it_was_made_of_and_scores_everyone(project, at, fitted):
    assert fitted["cutoffs"] == sorted(fitted["cutoffs"])
    assert all(it < "2026-07-01" for it in fitted["cutoffs"])
    assert fitted["scored"] == fitted["stored"] == 260
    assert 0 < fitted["mean_score"] < 1
    assert fitted["features"][0]["importance"] > 0
    assert any("that were imported" in it for it in fitted["notes"])
    listed = {it["name"]: it for it in list_predictions(read(project), at)}
    assert listed["will_buy"]["model"] == fitted["model"]
    assert listed["will_lapse"]["model"] is None


def test_a_score_is_a_trait_as_of_its_time(project, at, fitted):
    scored, _ = score_prediction(read(project), "will_buy", at, store=False)
    told = dict(zip(*scored.table.to_pydict().values(), strict=True))
    assert len(told) == 260
    assert scores_at(project, at) == told
    assert set(scores_at(project, at - 1).values()) == {None}
    later = project.settings.time_zone.parse("2026-08-20")
    assert scores_at(project, later) == told
    likely = shoal.open(project.folder).segment("likely")
    members = likely.members(as_of=AT).to_pydict()["user_id"]
    assert members == sorted(it for it, score in told.items() if score >= 0.6)
    why = shoal.open(project.folder).explain("likely", user=members[0], as_of=AT)
    assert why["member"]
    assert why["because"]["value"] == told[members[0]]
    assert why["nearest_change"] is None


def test_the_same_scores_again_add_nothing(project, at, fitted):
    _, told = score_prediction(read(project), "will_buy", at)
    assert (told["scored"], told["stored"]) == (260, 0)
    assert told["drift"]["scores"] >= 0


def test_reasons_add_up_to_the_score(project, at, fitted):
    for user in ("p000", "p001", "p017"):
        found = explain_prediction(read(project), "will_buy", user, at)
        total = found["base"] + found["others"] + sum(it["adds"] for it in found["reasons"])
        assert 1 / (1 + np.exp(-total)) == pytest.approx(found["score"], abs=1e-6)
        assert found["low"] <= found["score"] <= found["high"]
        assert found["score"] == scores_at(project, at)[user]
        sizes = [abs(it["adds"]) for it in found["reasons"]]
        assert sizes == sorted(sizes, reverse=True)


def test_nobody_and_people_outside_the_population_have_no_reasons(project, at, fitted):
    with pytest.raises(NotFoundError, match="nobody is known"):
        explain_prediction(read(project), "will_buy", "nobody", at)


def test_a_model_that_saw_the_future_does_not_answer(project, fitted):
    early = project.settings.time_zone.parse("2026-06-30")
    with pytest.raises(NotFoundError, match="no model of `will_buy` is of 2026-06-30"):
        score_prediction(read(project), "will_buy", early)
    with pytest.raises(NotFoundError, match="`will_lapse` was never fitted"):
        score_prediction(read(project), "will_lapse", early)
    with pytest.raises(NotFoundError, match="did you mean `will_buy`"):
        score_prediction(read(project), "wil_buy", early)


def test_backtest_against_baselines(project, at):
    found = backtest_prediction(read(project), "will_buy", at, 2)
    assert found["cutoffs"] == ["2026-05-31T00:00:00Z", "2026-06-30T00:00:00Z"]
    assert found["auc"] > found["baselines"]["recency"]["auc"] - 0.02
    assert found["auc"] > 0.85
    assert found["brier"] < found["baselines"]["base_rate"]["brier"]
    assert found["ece"] < 0.12
    assert found["n"] == sum(it["n"] for it in found["by_cutoff"]) == 520
    for one in found["by_cutoff"]:
        assert max(one["learnt_from"]) < one["cutoff"]
    assert sum(it["people"] for it in found["reliability"]) == 520
    assert found["top_decile_value"] > 0.1


def test_a_planted_leak_is_reported_and_a_forbidden_one_never_used(project, at):
    leaky = backtest_prediction(read(project), "leaky", at, 1)
    assert any("`left_because`" in it for it in leaky["notes"])
    kept = fit_prediction(read(project), "will_lapse", at, store=False)
    assert not any("left_because" in it["name"] for it in kept["features"])


def test_too_few_are_refused_with_how_many_are_missing(project, at):
    with pytest.raises(
        TooFewError, match=r"came true for \d+ of .* at least 50 are needed, \d+ more"
    ):
        fit_prediction(read(project), "never", at)
    with pytest.raises(TooFewError, match="at least 50 are needed") as told:
        backtest_prediction(read(project), "never", at)
    assert "until then go by the share" in told.value.hint


def test_amounts(project, at):
    found = backtest_prediction(read(project), "spend", at, 1)
    assert found["rank_correlation"] > 0.5
    assert found["said_total"] == pytest.approx(found["came_total"], rel=0.5)
    told = fit_prediction(read(project), "spend", at, store=False)
    assert told["mean_score"] > 0
    one = explain_prediction(read(project), "spend", "p001", at)
    assert one["low"] <= one["score"] <= one["high"]


def test_commands(project, at, fitted, capsys, tmp_path):
    folder = ["--project", str(project.folder), "predict"]
    out = tmp_path / "scores.csv"
    assert main([*folder, "score", "will_buy", "--as-of", AT, "--out", str(out)]) == 0
    lines = out.read_text().splitlines()
    assert lines[0] == "user_id,score"
    assert lines[1:] == sorted(lines[1:])
    assert len(lines) == 261
    capsys.readouterr()
    for words in (["list"], ["explain", "will_buy", "--user", "p001", "--as-of", AT],
                  ["backtest", "will_buy", "--as-of", AT, "--cutoffs", "1"]):  # fmt: skip
        assert main([*folder, *words, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)
        assert main([*folder, *words]) == 0
        assert "will_buy" in capsys.readouterr().out or words[0] == "backtest"
    assert main([*folder, "backtest", "never", "--as-of", AT]) == 1
    assert "at least 50 are needed" in capsys.readouterr().err


def test_an_empty_project_says_what_is_missing(tmp_path, capsys):
    shoal.init(tmp_path)
    (tmp_path / "predictions").mkdir()
    (tmp_path / "predictions" / "p.yml").write_text(
        "predictions: {will_buy: did order_completed in next 30d, model: did a in next 1d}"
    )
    folder = ["--project", str(tmp_path)]
    assert main([*folder, "check"]) == 1
    assert "is what scores call something else" in capsys.readouterr().out
    (tmp_path / "predictions" / "p.yml").write_text(
        "predictions: {will_buy: did order_completed in next 30d}"
    )
    assert main([*folder, "apply"]) == 0
    for verb in ("fit", "backtest", "score"):
        assert main([*folder, "predict", verb, "will_buy"]) == 1
        told = capsys.readouterr().err
        assert "Traceback" not in told
        assert "will_buy" in told


TARGETS = {
    "did order_completed in last 30d": "the time after its instant only",
    "did order_completed in next 30d and country = 'PT'": "speaks of the instant itself",
    "top(order_completed.channel in next 30d)": "a target is a rule or a number",
    "will_lapse >= 50%": "speaks of the instant itself",
}


@pytest.mark.parametrize("target", TARGETS)
def test_what_is_no_target_is_told_with_its_place(target):
    from shoal.language import parse_definitions, vocabulary_of
    from shoal.language.foretelling import check_prediction

    text = f'predictions: {{p: "{target}", q: {{target: did x in next 1d, population: p > 1%}}}}'
    found = parse_definitions(text, "p.yml")
    events = {
        "order_completed": EventEntry("order_completed", properties={"channel": ValueType.TEXT})
    }
    vocabulary = vocabulary_of(found, events, {}, Zone(), open=True)
    told = [str(it) for it in check_prediction(found.predictions[0], vocabulary)]
    assert any(it.startswith("p.yml:1:") and TARGETS[target] in it for it in told), told
    rests = check_prediction(found.predictions[1], vocabulary)
    assert any("itself predicted" in it.message for it in rests)


def test_erasing_a_person_takes_their_scores(tmp_path):
    project = made_project(tmp_path, people=150)
    at = project.settings.time_zone.parse(AT)
    fit_prediction(read(project), "will_buy", at)
    assert scores_at(project, at)["p003"] is not None
    erase_person(project, "p003")
    assert "p003" not in scores_at(project, at)
    left = [it.read_bytes() for it in project.store.root.rglob("*") if it.is_file()]
    assert not any(b"p003" in it for it in left)


@pytest.fixture(scope="module")
def growing(tmp_path_factory):
    folder = tmp_path_factory.mktemp("growing")
    project = made_project(folder, people=150)
    at = project.settings.time_zone.parse("2026-06-15")
    return project, at, made_now(project, at)


def made_now(project, at):
    """Fitted anew and scored, of an instant in the middle of what has happened."""
    fit_prediction(read(project), "will_buy", at, store=False)
    scored, _ = score_prediction(read(project), "will_buy", at, store=False)  # by the newest
    return dict(zip(*scored.table.to_pydict().values(), strict=True))


LATER = st.lists(
    st.tuples(
        st.sampled_from(["p001", "p040", "somebody new"]),
        st.sampled_from(["order_completed", "page_viewed", "something_new"]),
        st.integers(1, 60 * 86_400),
        st.dictionaries(st.sampled_from(["revenue", "channel", "a_new_one"]),
                        st.integers(0, 99), max_size=2),
    ),
    min_size=1,
    max_size=4,
)  # fmt: skip


@settings(max_examples=4, deadline=None)
@given(later=LATER)
def test_what_occurs_later_never_changes_a_score(growing, later):
    project, at, before = growing
    project.store.append(
        [
            Event(name=name, user_id=user, anonymous_id=None, occurred_at=at + seconds * 1_000_000,
                  received_at=project.clock(), properties=properties)
            for user, name, seconds, properties in later
        ]
    )  # fmt: skip
    assert made_now(project, at) == before


def test_a_number_beyond_all_measure_is_still_a_number():
    answer = SimpleNamespace(
        index=0, buckets=[SimpleNamespace(values=[np.array([1.0, 1e300, -1e300, np.inf])])]
    )
    [one, high, low, unset] = _column(answer, Kind.NUMBER, np.arange(4), None).values.tolist()
    assert one == 1
    assert high == -low == pytest.approx(1e30)
    assert np.isnan(unset)


def test_a_trait_of_another_meaning_is_no_feature_of_the_old_model(tmp_path, at):
    project = made_project(tmp_path, people=120)
    traits = tmp_path / "shop" / "traits"
    traits.mkdir(exist_ok=True)
    (tmp_path / "shop" / "predictions" / "p.yml").write_text(
        "predictions:\n  rests: {target: did order_completed in next 30d, features: [busy]}\n"
    )
    for meant, is_same in (
        ("count(order_completed)", True),
        ("sum(order_completed.revenue)", False),
    ):
        (traits / "t.yml").write_text(f"traits:\n  busy: {meant}\n")
        shoal.open(tmp_path / "shop").apply()
        if is_same:
            fit_prediction(read(project), "rests", at)
            assert score_prediction(read(project), "rests", at, store=False)[1]["scored"]
        else:
            with pytest.raises(ShoalError, match="rests on `busy`, which was changed"):
                score_prediction(read(project), "rests", at)


def test_a_report_is_kept_and_read_again(project, at, fitted):
    told = backtest_prediction(read(project), "will_buy", at, 2)
    kept = prediction_report(read(project), "will_buy", at)
    assert (kept["status"], kept["because"], kept["model"]) == ("fitted", None, fitted["model"])
    assert {key: kept["test"][key] for key in told if key != "features"} == {
        key: it for key, it in told.items() if key != "features"
    }
    assert kept["last_test"]["auc"] == told["auc"]
    assert kept["last_test"]["recency"] == told["baselines"]["recency"]["auc"]
    assert kept["fit"]["features"][0]["title"] == fitted["features"][0]["title"]
    assert kept["scores"]["people"] == 260
    assert kept["scores"]["drift"]["limit"] == 0.25
    all_of_them, some = told["by_threshold"][0], told["by_threshold"][60]
    assert (all_of_them["people"], all_of_them["came"]) == (told["n"], told["positives"])
    assert some["came"] <= some["people"] < told["n"]


@pytest.mark.parametrize("share", [0, 7, 29, 58, 99])
def test_the_spread_counts_what_a_rule_counts(project, at, fitted, share):
    parts = prediction_report(read(project), "will_buy", at)["scores"]["spread"]
    counted = sum(it["people"] for it in parts if it["from"] >= share / 100)
    rule = f"will_buy >= {share}%"
    assert counted == shoal.open(project.folder).rule(rule).count(as_of=AT)


def test_amounts_are_spread_over_all_there_are(project, at):
    fit_prediction(read(project), "spend", at)
    found = prediction_report(read(project), "spend", at)
    parts = found["scores"]["spread"]
    assert sum(it["people"] for it in parts) == found["scores"]["people"] == 260
    assert all(one["to"] == other["from"] for one, other in itertools.pairwise(parts))
    assert found["of"] == "amount"


@pytest.mark.parametrize("user", ["p003", "p100", "p259"])
def test_reasons_of_one_person_rest_on_what_everybody_is_scored_by(project, at, fitted, user):
    """Asked of one history or of all, the engine says the same; the kept score is the trait."""
    told = explain_prediction(read(project), "will_buy", user, at)
    scored, _ = score_prediction(read(project), "will_buy", at, store=False)
    everybody = dict(zip(*scored.table.to_pydict().values(), strict=True))
    assert told["score"] == everybody[user]
    assert told["kept"] == {"score": everybody[user], "model": fitted["model"],
                            "as_of": "2026-07-30T00:00:00Z"}  # fmt: skip
    assert explain_prediction(read(project), "will_buy", user, at + 1)["kept"] == told["kept"]


def test_how_a_refusal_stands(project, at):
    with pytest.raises(TooFewError):
        fit_prediction(read(project), "never", at)
    found = prediction_report(read(project), "never", at)
    assert (found["status"], found["model"], found["scores"]) == ("refused", None, None)
    refusal = found["refusal"]
    assert refusal["there"] + refusal["missing"] == refusal["needed"] == 50
    assert refusal["message"] == found["because"]
    assert refusal["share"] == refusal["there"] / refusal["people"]


def test_how_a_changed_one_stands(tmp_path, at):
    project = made_project(tmp_path, 120)
    folder = project.folder
    (folder / "traits").mkdir(exist_ok=True)
    (folder / "traits" / "t.yml").write_text("traits:\n  orders: count(order_completed)\n")
    written = "predictions:\n  will_buy:\n    target: did order_completed in next 30d\n"
    (folder / "predictions" / "p.yml").write_text(written + "    features: [orders]\n")
    shoal.open(folder).apply()
    assert prediction_report(read(project), "will_buy", at)["status"] == "never fitted"
    fit_prediction(read(project), "will_buy", at)
    assert prediction_report(read(project), "will_buy", at)["status"] == "fitted"
    assert prediction_report(read(project), "will_buy", at - 1)["status"] == "never fitted"
    (folder / "traits" / "t.yml").write_text("traits:\n  orders: count(page_viewed)\n")
    planned = make_plan(project, at)
    assert [(it.name, it.change, it.parts, it.unfit) for it in planned.predictions] == [
        ("will_buy", "affected", (), True)
    ]
    shoal.open(folder).apply()
    found = prediction_report(read(project), "will_buy", at)
    assert found["status"] == "stale"
    assert "`orders`" in found["because"]
    (folder / "predictions" / "p.yml").write_text(
        written + "    features: [count(page_viewed)]\n    population: did order_refunded\n"
        "    refresh: never\n  other: did page_viewed in next 7d\n"
    )
    planned = make_plan(project, at)
    changed, new = planned.predictions
    assert (changed.change, changed.parts) == ("changed", ("population", "features", "refresh"))
    assert (changed.size_before, changed.unfit, new.change) == (120, True, "new")
    assert 0 < changed.size_after < 120
    assert (new.name, new.size_before, new.size_after, new.unfit) == ("other", 0, 120, False)
    assert "about 120 -> " in planned.text
    shoal.open(folder).apply()
    assert prediction_report(read(project), "will_buy", at)["status"] == "changed"


def test_scores_pass_through_the_project_and_an_erasure_meanwhile_takes_them(
    tmp_path, at, monkeypatch
):
    """What is handed over lies in the store; where it is erased under way, it is written again."""
    project = made_project(tmp_path, 120)
    fit_prediction(read(project), "will_buy", at, store=False)
    handed, write = [], prediction_scores.write

    def erasing_first(store, name, request):
        path = Path(request["path"])
        handed.append(path.relative_to(project.store.root.resolve()).parts[0])
        if len(handed) == 1:
            erase_person(project, "p003")
        return write(store, name, request)

    monkeypatch.setattr(prediction_scores, "write", erasing_first)
    _, told = score_prediction(read(project), "will_buy", at)
    assert handed == [HANDED, HANDED]
    assert told["stored"] == told["scored"] - 1
    assert not list((project.store.root / HANDED).iterdir())
    assert "p003" not in scores_at(project, at)
