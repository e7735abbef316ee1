"""`shoal experiment`: anyone's file, every format, every mistake in one sentence."""

from __future__ import annotations

import gzip
import json

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from tests.sources.reading import DATA

HILLSTROM = DATA / "hillstrom" / "hillstrom.csv.gz"


def _people(lift=0.06, people=4_000, seed=1):
    rng = np.random.default_rng(seed)
    treated = rng.random(people) < 0.5
    before = rng.gamma(2, 20, people)
    bought = rng.random(people) < 0.10 + lift * treated
    shown = 1 + rng.poisson(3, people)
    return pd.DataFrame(
        {
            "user": [f"c{at}" for at in range(people)],
            "group": np.where(treated, "new", "old"),
            "bought": bought.astype(int),
            "spent": np.round(np.where(bought, before * rng.gamma(2, 0.5, people), 0), 2),
            "before": np.round(before, 2),
            "shown": shown,
            "clicked": rng.binomial(shown, 0.1),
            "returns": rng.random(people) < 0.02,
            "land": rng.choice(["PT", "DE"], people),
        }
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("experiment")
    frame = _people()
    frame.to_csv(folder / "people.csv", index=False)
    frame.to_csv(folder / "people.tsv", index=False, sep="\t")
    frame.to_parquet(folder / "people.parquet")
    frame.to_json(folder / "people.jsonl", orient="records", lines=True)
    (folder / "people.csv.gz").write_bytes(gzip.compress((folder / "people.csv").read_bytes()))
    return folder


ASKED = ("--variant", "group", "--control", "old")
ALL = (
    *ASKED, "--metric", "bought=bought:conversion", "--metric", "spent=spent:mean",
    "--metric", "ctr=clicked/shown:ratio", "--metric", "returns=returns:retention",
)  # fmt: skip


def test_the_document_has_what_was_promised(run, files):
    found = run("experiment", "analyze", files / "people.csv", *ALL, "--json").json
    frame = pd.read_csv(files / "people.csv")
    old, new = frame[frame["group"] == "old"], frame[frame["group"] == "new"]
    control, treated = found["metrics"]["bought"]
    assert (control["arm"], control["n"]) == ("old", len(old))
    assert control["mean"] == pytest.approx(old["bought"].mean())
    assert "effect" not in control
    wanted = stats.ttest_ind(new["bought"], old["bought"], equal_var=False)
    interval = wanted.confidence_interval(0.95)
    assert treated["effect"] == pytest.approx(new["bought"].mean() - old["bought"].mean())
    assert (treated["low"], treated["high"]) == pytest.approx((interval.low, interval.high))
    assert treated["p"] == pytest.approx(wanted.pvalue)
    assert treated["verdict"] == "very likely helped"
    ctr = found["metrics"]["ctr"][1]
    assert ctr["mean"] == pytest.approx(new["clicked"].sum() / new["shown"].sum())
    assert set(found["srm"]) >= {"p", "ok"}
    assert found["srm"]["ok"] is True


@pytest.mark.parametrize("name", ["people.tsv", "people.parquet", "people.jsonl", "people.csv.gz"])
def test_every_format_says_the_same(run, files, name):
    found = run("experiment", "analyze", files / name, *ALL, "--json").json
    assert found == run("experiment", "analyze", files / "people.csv", *ALL, "--json").json


def test_sequential_intervals_have_no_p_and_hold_the_fixed_ones(run, files):
    once = run("experiment", "analyze", files / "people.csv", *ALL, "--json").json
    found = run("experiment", "analyze", files / "people.csv", *ALL, "--sequential", "--json").json
    for name in ("bought", "spent", "ctr"):
        fixed, wide = once["metrics"][name][1], found["metrics"][name][1]
        assert wide["p"] is None
        assert wide["low"] < fixed["low"] < fixed["high"] < wide["high"]
    looks = run(
        "experiment", "analyze", files / "people.csv", *ALL, "--looks", 4, "--look", 2, "--json"
    ).json["metrics"]["bought"][1]
    fixed = once["metrics"]["bought"][1]
    assert (looks["high"] - looks["low"]) / (fixed["high"] - fixed["low"]) == pytest.approx(
        2.024 * 2**0.5 / 1.96, rel=0.002
    )


def test_covariates_take_noise_away(run, files):
    spent = (*ASKED, "--metric", "spent=spent:mean")
    plain = run("experiment", "analyze", files / "people.csv", *spent, "--json").json
    found = run(
        "experiment", "analyze", files / "people.csv", *spent, "--covariate", "before", "--json"
    ).json
    model = run(
        "experiment", "analyze", files / "people.csv", *spent, "--cupac", "before", "--json"
    ).json
    for one in (found, model):
        fixed, adjusted = plain["metrics"]["spent"][1], one["metrics"]["spent"][1]
        assert 0.01 < adjusted["explained"] < 0.2
        assert adjusted["high"] - adjusted["low"] < fixed["high"] - fixed["low"]
        assert adjusted["mean"] == fixed["mean"]


def test_a_metric_that_ought_to_fall_is_judged_so_and_segments_are_drawn(run, files):
    found = run(
        "experiment", "analyze", files / "people.csv", *ASKED, "--metric", "b=bought:conversion",
        "--less-is-better", "b", "--segment", "land", "--json",
    ).json  # fmt: skip
    assert found["metrics"]["b"][1]["verdict"] == "very likely hurt"
    (effects,) = found["segments"]
    assert {row["segment"] for row in effects["rows"]} == {"DE", "PT"}
    assert {row["verdict"] for row in effects["rows"]} <= {"very likely hurt", "likely hurt"}


def test_planned_shares_are_what_counts(run, tmp_path):
    frame = pd.DataFrame({"g": ["a"] * 900 + ["b"] * 100, "y": [0, 1] * 500})
    frame.to_csv(tmp_path / "x.csv", index=False)
    asked = (tmp_path / "x.csv", "--variant", "g", "--control", "a", "--metric", "y=y:conversion")
    found = run("experiment", "analyze", *asked, "--json")
    assert found.json["srm"]["ok"] is False
    assert found.json["srm"]["p"] < 0.01
    assert "did not land in the arms as planned" in found.err
    even = run("experiment", "analyze", *asked, "--share", "a=90%", "--share", "b=10%", "--json")
    assert even.json["srm"]["ok"] is True


def test_people_of_several_rows_are_one_and_crossed_ones_are_left_out(run, tmp_path):
    rows = [
        ("c1", "a", 1, 5.0), ("c1", "a", 1, 7.0), ("c2", "a", 0, 0.0), ("c3", "b", 0, ""),
        ("c3", "b", 1, 2.0), ("c4", "b", 0, 1.0), ("c5", "a", 1, 9.0), ("c5", "b", 1, 9.0),
        ("c6", "", 1, 9.0), ("c7", "a", 0, 3.0), ("c8", "b", 0, ""),
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["who", "g", "bought", "spent"])
    frame.to_csv(tmp_path / "x.csv", index=False)
    ran = run(
        "experiment", "analyze", tmp_path / "x.csv", "--variant", "g", "--control", "a", "--user",
        "who", "--metric", "bought=bought:conversion", "--metric", "spent=spent:mean", "--json",
    )  # fmt: skip
    found = ran.json
    bought, spent = found["metrics"]["bought"], found["metrics"]["spent"]
    assert [(arm["n"], arm["mean"]) for arm in bought] == [
        (3, pytest.approx(1 / 3)), (3, pytest.approx(1 / 3)),
    ]  # fmt: skip
    assert [(arm["n"], arm["mean"], arm["unset"]) for arm in spent] == [
        (3, pytest.approx(15 / 3), 0), (2, pytest.approx(3 / 2), 1),
    ]  # fmt: skip
    assert (found["crossed"], found["without_arm"]) == (1, 1)
    assert "1 person was in several arms" in ran.err
    assert "1 row without a `g` was left out" in ran.err


def test_cells_that_are_no_numbers_are_counted_and_not_fatal(run, tmp_path):
    (tmp_path / "x.csv").write_text(
        "g,y,w\na,1,3\na,oops,4\na,,5\na,0,n/a\nb,true,1\nb,false,2\nb,1,7\nb,1,8,9\n"
    )
    ran = run(
        "experiment", "analyze", tmp_path / "x.csv", "--variant", "g", "--control", "a",
        "--metric", "y=y:conversion", "--metric", "w=w:mean", "--json",
    )  # fmt: skip
    found = ran.json
    assert [(arm["n"], arm["unset"]) for arm in found["metrics"]["y"]] == [(2, 2), (3, 0)]
    assert [(arm["n"], arm["mean"]) for arm in found["metrics"]["w"]] == [
        (3, 4), (3, pytest.approx(10 / 3)),
    ]  # fmt: skip
    assert "column `y`: 1 cell is no number" in ran.err
    assert "1 row could not be read" in ran.err
    json.dumps(found, allow_nan=False)


def test_hostile_numbers_break_nothing(run, tmp_path):
    (tmp_path / "x.csv").write_text(
        "g,y,d\na,1e308,0\na,1,0\na,-1e99,0\nb,inf,1\nb,nan,2\nb,5,1\nb,1e99,1\n"
    )
    for more in ((), ("--sequential",), ("--looks", 2, "--look", 1)):
        ran = run(
            "experiment", "analyze", tmp_path / "x.csv", "--variant", "g", "--control", "a",
            "--metric", "y=y:mean", "--metric", "r=y/d:ratio", "--covariate", "d", *more, "--json",
        )  # fmt: skip
        assert [arm["n"] for arm in ran.json["metrics"]["y"]] == [2, 2]
        assert ran.json["metrics"]["r"][1]["verdict"] == "can't tell yet"
        assert "column `y`: 1 cell is no number" in ran.err


MISTAKES = [
    ("g,y\na,1\na,0\n", ("y=y:conversion",), "a", "is in one arm"),
    ("g,y\n", ("y=y:conversion",), "a", "no rows"),
    ("g,y\na,1\nb,0\n", ("y=z:conversion",), "a", "no column `z`"),
    ("g,y\na,1\nb,0\n", ("y=y:conversion",), "c", "no row of `x.csv` has `c`"),
    ("g,y\na,1\nb,29.99\n", ("y=y:conversion",), "a", "holds 29.99 in row 2"),
    ("g,y\na,x\nb,y\n", ("y=y:mean",), "a", "no number in any row"),
    ("g,y\n,1\n,0\n", ("y=y:mean",), "a", "empty in every row"),
    ("", ("y=y:mean",), "a", "is empty"),
]


@pytest.mark.parametrize(("text", "metrics", "control", "said"), MISTAKES, ids=range(len(MISTAKES)))
def test_what_makes_a_file_no_experiment_is_one_sentence(
    run, tmp_path, text, metrics, control, said
):
    (tmp_path / "x.csv").write_text(text)
    words = [word for metric in metrics for word in ("--metric", metric)]
    ran = run(
        "experiment", "analyze", tmp_path / "x.csv", "--variant", "g", "--control", control, *words
    )
    assert ran.code == 1
    assert said in ran.err
    assert ran.out == ""


def test_many_values_are_no_variant_and_a_missing_file_is_said(run, tmp_path):
    frame = pd.DataFrame({"g": [f"v{at}" for at in range(60)], "y": 1})
    frame.to_csv(tmp_path / "x.csv", index=False)
    asked = ("--variant", "g", "--control", "v0", "--metric", "y=y:mean")
    assert (
        "60 different values; is it the variant?"
        in run("experiment", "analyze", tmp_path / "x.csv", *asked).err
    )
    ran = run("experiment", "analyze", tmp_path / "none.csv", *asked)
    assert (ran.code, "there is no file" in ran.err) == (1, True)


@pytest.mark.parametrize(
    "words",
    [
        ("--metric", "y"), ("--metric", "y=y:sum"), ("--metric", "r=a:ratio"), ("--metric", "=y:mean"),
        ("--metric", "y=y:mean", "--metric", "y=z:mean"),
        ("--metric", "y=y:mean", "--sequential", "--looks", "4", "--look", "1"),
        ("--metric", "y=y:mean", "--looks", "4"), ("--metric", "y=y:mean", "--looks", "4", "--look", "5"),
        ("--metric", "y=y:mean", "--planned", "9"), ("--metric", "y=y:mean", "--share", "a"),
        ("--metric", "y=y:mean", "--less-is-better", "z"), ("--metric", "y=y:mean", "--winsorise", "3%"),
        ("--metric", "y=y:mean", "--share", "a=1"), ("--metric", "y=y:mean", "--share", "q=1"),
    ],
    ids=range(14),
)  # fmt: skip
def test_wrong_usage_is_2(run, tmp_path, words):
    (tmp_path / "x.csv").write_text("g,y,z\na,1,1\nb,0,1\na,1,2\nb,1,2\n")
    ran = run(
        "experiment", "analyze", tmp_path / "x.csv", "--variant", "g", "--control", "a", *words
    )
    assert ran.code == 2
    assert ran.err.startswith("Error: ")


@pytest.mark.skipif(not HILLSTROM.exists(), reason="shared data not there")
def test_hillstrom_for_people(run):
    asked = (
        HILLSTROM, "--variant", "segment", "--control", "No E-Mail",
        "--metric", "visit=visit:conversion", "--metric", "spend=spend:mean",
    )  # fmt: skip
    text = run("experiment", "analyze", *asked, "--segment", "channel").out
    assert (
        "Mens E-Mail very likely helped: against No E-Mail between +6.995 pp and +8.323 pp" in text
    )
    assert "Womens E-Mail    21,387  1.0772  +0.4244" in text.replace("E-Mail  21", "E-Mail    21")
    assert "people landed in the arms as planned" in text
    assert "true effects differ by about" in text
    wide = run("experiment", "analyze", *asked, "--sequential").out
    assert "Intervals hold however often one looks" in wide


def test_a_plan_names_the_price_of_each_way(run):
    asked = ("--baseline", "5%", "--lift", "10%", "--per-day", 2000, "--start", "2026-12-01")
    found = run(
        "experiment", "plan", *asked, "--outcome-days", 7, "--audience", 100_000, "--explained", "20%",
        "--json",
    ).json  # fmt: skip
    once, looks, whenever = found["ways"]
    assert [it["way"] for it in found["ways"]] == ["once", "looks", "whenever"]
    assert once["price"] == 1 < looks["price"] < 1.05 < 1.5 < whenever["price"] < 2
    assert once["people"] == pytest.approx(0.8 * once["people_without_covariates"], abs=1)
    assert once["people_without_covariates"] == pytest.approx(62_462, abs=3)
    assert once["days"] == -(-once["people"] // 2000)
    assert once["decides_at"] == "2027-01-02"
    assert whenever["power_with_the_people_of_once"] < looks["power_with_the_people_of_once"] < 0.8
    assert found["peeking"]["false_positives"] > 0.2
    assert found["holdout"]["enough"] is True
    assert 0.05 < found["holdout"]["share"] < 0.3
    text = run("experiment", "plan", *asked, "--audience", 5_000).out
    assert "Peeking 32 times" in text
    assert "even half of 5,000 people" in text


def test_a_plan_learns_from_people_to_whom_nothing_was_done(run, files):
    frame = pd.read_csv(files / "people.csv")
    found = run(
        "experiment", "plan", files / "people.csv", "--metric", "s=spent:mean", "--covariate",
        "before", "--lift", "10%", "--json",
    ).json  # fmt: skip
    assert found["baseline"] == pytest.approx(frame["spent"].mean())
    assert found["deviation"] == pytest.approx(frame["spent"].std())
    r = np.corrcoef(frame["spent"], frame["before"])[0, 1]
    assert found["covariates"]["explained"] == pytest.approx(r * r)
    assert found["covariates"]["people_saved"] > 0
    ratio = run(
        "experiment", "plan", files / "people.csv", "--metric", "c=clicked/shown:ratio", "--lift",
        "5%", "--json",
    ).json  # fmt: skip
    assert ratio["baseline"] == pytest.approx(frame["clicked"].sum() / frame["shown"].sum())


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 2), (("--baseline", "5%"), 2), (("--baseline", "5%", "--lift", "0"), 2),
        (("--baseline", "150%", "--lift", "10%"), 2), (("--baseline", "60%", "--lift", "90%"), 2),
        (("--mean", "10", "--lift", "5%"), 2), (("--baseline", "5%", "--mean", "1", "--lift", "5%"), 2),
        (("--baseline", "x", "--lift", "5%"), 2), (("--baseline", "5%", "--lift", "5%", "--power", "1"), 2),
        (("--baseline", "5%", "--lift", "5%", "--start", "soon"), 2),
        (("--baseline", "5%", "--lift", "5%", "--variants", "0"), 2),
        (("--baseline", "5%", "--lift", "5%", "--looks", "0"), 2),
        (("--baseline", "5%", "--lift", "5%", "--per-day", "-1"), 2),
        (("--baseline", "5%", "--lift", "nan"), 2), (("nothing.csv", "--metric", "y=y:mean", "--lift", "5%"), 1),
    ],
    ids=range(15),
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused(run, words, code):
    ran = run("experiment", "plan", *words)
    assert ran.code == code
    assert ran.err.startswith("Error: ")
