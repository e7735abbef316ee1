"""`shoal uplift …` on a file: what it ranks, what it refuses, and a real trial."""

from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from shoal.cli import main
from shoal.core.errors import ImportFileError, ShoalError, TooFewError, UsageError
from shoal.experiments.assignment import arm_of
from shoal.project.answers import asked_value, trait_values
from shoal.project.campaigns.terms import arms_for, campaign_named
from shoal.project.predictions.uplift import (
    UpliftAsked,
    campaign_trial,
    read_people,
    read_trial,
    uplift_of,
    uplift_scores,
)
from shoal.project.predictions.uplift_trait import keep_uplift
from shoal.store.files import HANDED
from tests.project.campaign_shop import DAY, NOON, WINBACK, shop_in
from tests.sources.reading import DATA

HILLSTROM = DATA / "hillstrom" / "hillstrom.csv.gz"
ASKED = UpliftAsked("arm", "mail", "none", "bought", ("channel", "age"), "who")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    """People of the web gain by a mail, people of the shop do not; older ones buy more anyhow."""
    random = np.random.default_rng(7)
    path = tmp_path_factory.mktemp("uplift") / "trial.csv"
    with path.open("w", newline="") as out:
        rows = csv.writer(out)
        rows.writerow(["who", "arm", "channel", "age", "bought", "opened"])
        for number in range(4_000):
            arm = ("mail", "none", "card")[number % 3]
            channel = "web" if random.random() < 0.5 else "shop"
            age = int(random.integers(20, 80))
            gain = 0.3 if (arm, channel) == ("mail", "web") else 0
            bought = random.random() < 0.1 + age / 400 + gain
            opened = int(arm == "mail" and random.random() < 0.5)
            rows.writerow(
                [f"c{number}", arm, channel, age if number % 9 else "", int(bought), opened]
            )
    return path


def test_a_file_is_read_ranked_and_scored(file, tmp_path):
    trial = read_trial(file, ASKED)
    assert set(trial.columns) == {"channel=web", "channel=shop", "age"}
    assert len(trial.users) == len(trial.table) < 4_000  # who got a card is in neither arm
    assert np.isfinite(trial.table).all()
    assert trial.warnings == ()
    found = uplift_of(trial)
    told = found.as_json()
    assert told["can_rank"]
    assert told["qini"]["low"] > 0
    assert told["effect"] == pytest.approx(0.15, abs=0.05)
    scores = uplift_scores(found)
    web = {it for it, row in zip(trial.users, trial.table, strict=True)
           if row[trial.columns.index("channel=web")]}  # fmt: skip
    first = scores["user_id"].to_pylist()[: len(web)]
    assert len(set(first) & web) > 0.95 * len(web)
    uplift = scores["uplift"].to_pylist()
    assert uplift == sorted(uplift, reverse=True)
    (tmp_path / "others.csv").write_text("who,channel,age\nx,web,30\ny,shop,\nz,boat,30\n")
    others = read_people(tmp_path / "others.csv", ASKED, trial)
    assert uplift_scores(found, others)["user_id"].to_pylist()[0] == "x"


def test_a_feature_of_after_the_treatment_is_told(file):
    asked = UpliftAsked("arm", "mail", "none", "bought", ("channel", "opened"), "who")
    [warning] = read_trial(file, asked).warnings
    assert "`opened`" in warning


@pytest.mark.parametrize(("asked", "error", "said"), [
    (UpliftAsked("arm", "post", "none", "bought", ("age",)), ImportFileError, "has `post`"),
    (UpliftAsked("arm", "mail", "none", "age", ("channel",)), ImportFileError, "0 or 1"),
    (UpliftAsked("arm", "mail", "none", "bought", ()), UsageError, "--feature"),
    (UpliftAsked("arm", "mail", "none", "buys", ("age",)), ImportFileError, "`bought`"),
], ids=["arm", "outcome", "features", "column"])  # fmt: skip
def test_what_is_no_trial_is_told(file, asked, error, said):
    with pytest.raises(error) as raised:
        read_trial(file, asked)
    assert said in f"{raised.value} {raised.value.hint}"


def test_names_with_signs_of_equality_and_people_whose_numbers_are_none(tmp_path):
    rows = [
        f"{'mail' if it % 2 else 'none'},{('x=1', 'y')[it % 3 == 0]},{it % 7},1" for it in range(60)
    ]
    (tmp_path / "signs.csv").write_text("arm,a=b,age,bought\n" + "\n".join(rows))
    asked = UpliftAsked("arm", "mail", "none", "bought", ("a=b", "age"))
    trial = read_trial(tmp_path / "signs.csv", asked)
    assert set(trial.columns) == {"a=b=x=1", "a=b=y", "age"}
    assert trial.table[:, trial.columns.index("a=b=y")].sum() == 20
    (tmp_path / "people.csv").write_text("a=b,age\ny,old\n")
    with pytest.raises(ImportFileError, match="`age` is a number"):
        read_people(tmp_path / "people.csv", asked, trial)


def test_too_few_outcomes_are_refused_with_how_many_more(tmp_path):
    rows = [
        f"{it},{'mail' if it % 2 else 'none'},{it % 7},{int(it % 40 == 0)}" for it in range(800)
    ]
    (tmp_path / "few.csv").write_text("who,arm,age,bought\n" + "\n".join(rows))
    trial = read_trial(tmp_path / "few.csv", UpliftAsked("arm", "mail", "none", "bought", ("age",)))
    with pytest.raises(
        TooFewError, match="0 of the treated had the outcome, 50 are needed: 50 more"
    ):
        uplift_of(trial)
    with pytest.raises(UsageError, match="no learner `forest`"):
        uplift_of(trial, "forest")


def test_the_command_tells_and_refuses(file, tmp_path, capsys):
    words = ["--treatment", "arm", "--treated", "mail", "--control", "none", "--outcome", "bought"]

    def ask(*given):
        return main([*given, "--project", str(tmp_path)]), *capsys.readouterr()

    code, out, err = ask("uplift", "fit", str(file), *words, "--feature", "channel", "--json")
    assert (code, json.loads(out)["can_rank"]) == (0, True), err
    for given, wanted, said in (
        ([str(file), *words, "--feature", "age"], 1, "cannot rank"),
        ([], 2, "give one of"),
        ([str(file), *words, "--feature", "age", "--keep", "a"], 2, "--keep goes with --campaign"),
    ):
        code, out, err = ask("uplift", "score", *given)
        assert code == wanted
        assert said in err
        assert "Traceback" not in err


@pytest.mark.slow
@pytest.mark.skipif(not HILLSTROM.exists(), reason="shared data not there")
def test_a_real_trial_ranks_visits_and_refuses_conversions():
    known = (
        "recency",
        "history",
        "history_segment",
        "mens",
        "womens",
        "zip_code",
        "newbie",
        "channel",
    )
    for outcome, can_rank in (("visit", True), ("conversion", False)):
        asked = UpliftAsked("segment", "Womens E-Mail", "No E-Mail", outcome, known)
        trial = read_trial(HILLSTROM, asked)
        assert trial.warnings == ()
        assert (trial.tried.treated.sum(), (~trial.tried.treated).sum()) == (21_387, 21_306)
        found = uplift_of(trial)
        assert found.asked_for.name == "t"
        assert found.asked_for.can_rank is can_rank
        if can_rank:
            assert found.asked_for.qini >= 0.06
            assert found.asked_for.qini > 3 * found.comparison.response.qini
            assert found.comparison.over_response[0] > 0
        else:
            with pytest.raises(ShoalError, match="cannot rank"):
                uplift_scores(found)


def test_a_past_campaign_is_a_trial(tmp_path):
    """Many pages before: the message moves them. Few pages: it does not."""
    shop = shop_in(tmp_path / "shop", people=1_200)
    rng = np.random.default_rng(3)
    many = {f"p{number}" for number in range(0, 1_200, 2)}
    shop.bring("visit", [(who, NOON - 9 * DAY, {"pages": 40}) for who in sorted(many)])
    shop.define(WINBACK.replace("holdout: 20%", "holdout: 50%"))
    shop.go()
    shop.give()
    reading = shop.reading
    definition = campaign_named(reading, "winback")
    design = arms_for(reading, definition, 0.5).design
    back = [
        f"p{number}" for number in range(1_200)
        if rng.random() < (0.7 if f"p{number}" in many and arm_of(design, f"p{number}") != "holdout"
                           else 0.25)
    ]  # fmt: skip
    with pytest.raises(TooFewError, match="days in `winback` are over"):
        campaign_trial(shop.reading, "winback", None, None)
    shop.at += 2 * DAY
    shop.bring("visit", [(who, shop.at, {"pages": 1}) for who in back])
    shop.at += 15 * DAY
    trial = campaign_trial(shop.reading, "winback", "sum(visit.pages)", None)
    assert (len(trial.users), trial.columns, trial.warnings) == (1_200, ("sum(visit.pages)",), ())
    assert trial.tried.outcome.sum() == len(back)
    assert trial.tried.treated.tolist() == [arm_of(design, it) != "holdout" for it in trial.users]
    scores = uplift_scores(uplift_of(trial))
    assert set(scores["user_id"].to_pylist()[:600]) == many
    _a_trait_of_everybody(shop, many)


def _a_trait_of_everybody(shop, many):
    """What the campaign did is kept as a dated trait, usable in rules; where it cannot rank, nothing is."""
    told = keep_uplift(shop.reading, "winback", "mail_uplift", traits="sum(visit.pages)")
    assert told["scored"] == told["stored"] >= 1_200
    assert told["qini"]["low"] > 0
    reading = shop.reading
    at = reading.at(None)
    table = trait_values(reading, asked_value(reading, "mail_uplift"), at).to_pydict()
    uplift = dict(zip(*table.values(), strict=True))
    assert min(uplift[it] for it in many) > max(
        uplift[f"p{it}"] for it in range(1_200) if f"p{it}" not in many
    )
    before = trait_values(reading, asked_value(reading, "mail_uplift"), at - 1).to_pydict()
    assert set(list(before.values())[1]) == {None}
    again = keep_uplift(shop.reading, "winback", "mail_uplift", traits="sum(visit.pages)")
    assert again["stored"] == 0
    assert not any((shop.project.store.root / HANDED).iterdir())
    with pytest.raises(ShoalError, match="cannot rank"):
        keep_uplift(shop.reading, "winback", "other", traits="count(order_refunded)")
    assert "other" not in shop.reading.vocabulary.traits
    for name in ("user_id", "Mail Uplift", "mail.uplift"):
        with pytest.raises(UsageError):
            keep_uplift(shop.reading, "winback", name)
