"""E4: `shoal recommend …` asked of a project, and how good it is on a year of real orders."""

from __future__ import annotations

import csv
import json

import pandas as pd
import pytest

import shoal
from shoal.cli import main
from shoal.core.errors import NotFoundError, TooFewError, UsageError
from shoal.project.opening import open_project
from shoal.project.reading import read
from shoal.project.recommendations.asked import HavingAsked
from shoal.project.recommendations.before import recommend_backtest
from shoal.project.recommendations.recommending import (
    recommend_all,
    recommend_for,
    recommending,
    similar_items,
)
from tests.sources.reading import DATA

RETAIL = DATA / "online_retail" / "online_retail.parquet"
ASKED = HavingAsked("order", "item")
LINES = """who,on,item
ada,2026-01-01,tea
ada,2026-01-01,cup
ada,2026-01-09,tea
ben,2026-01-02,tea
ben,2026-01-02,cup
ben,2026-01-12,pot
cem,2026-01-03,tea
cem,2026-01-03,cup
cem,2026-01-13,pot
dea,2026-01-04,tea
eve,2026-02-20,jam
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("recommending")
    (folder / "orders.csv").write_text(LINES)
    shoal.init(folder / "shop").import_file(
        folder / "orders.csv", event="order", user="who", time="on"
    )
    return open_project(folder / "shop")


@pytest.fixture(scope="module")
def reading(shop):
    return read(shop)


@pytest.fixture
def asked(shop, capsys):
    """Asks the command line: its exit code, what it said, and what it complained of."""

    def ask(*words):
        named = ("--event", "order", "--item", "item", "--project", str(shop.folder))
        return main(["recommend", *words, *named]), *capsys.readouterr()

    return ask


def test_lists_of_one_are_those_of_everybody(asked, reading, tmp_path):
    at = reading.vocabulary.zone.parse("2026-02-01")
    found = recommending(reading, ASKED, at)
    table = recommend_all(found, 3).to_pylist()
    assert {row["user_id"] for row in table} == {"ada", "ben", "cem", "dea"}  # eve came later
    for user in ("ada", "ben", "cem", "dea"):
        one = recommend_for(found, user, 3)
        for name in ("new", "again"):
            rows = [it for it in table if (it["user_id"], it["list"]) == (user, name)]
            assert [it["rank"] for it in rows] == list(range(1, len(rows) + 1))
            assert [it["item"] for it in rows] == [it["item"] for it in one[name]]
    assert recommend_for(found, "ada", 3) == {
        "new": [
            {
                "item": "pot",
                "score": pytest.approx(1, abs=1.1),
                "reason": "because you bought `cup`",
            }
        ],
        "again": [
            {
                "item": "tea",
                "score": pytest.approx(2, abs=0.01),
                "reason": "bought 2 times, last on 2026-01-09",
            },
            {
                "item": "cup",
                "score": pytest.approx(1, abs=0.01),
                "reason": "bought once, last on 2026-01-01",
            },
        ],
    }
    out = tmp_path / "lists.csv"
    code, _, err = asked("for", "--all", "--k", "3", "--as-of", "2026-02-01", "--out", str(out))
    assert code == 0, err
    with out.open() as file:
        assert [{**it, "rank": int(it["rank"])} for it in csv.DictReader(file)] == table


def test_similar_next_and_one_person_by_command(asked):
    code, said, _ = asked("similar", "tea", "--json")
    assert code == 0
    assert json.loads(said)["items"][0]["item"] == "cup"
    assert json.loads(said)["items"][0]["reason"] == "3 people had both"
    code, said, _ = asked("next", "ada", "--json", "--as-of", "2026-01-05")
    assert (code, json.loads(said)) == (0, {"items": []})  # nobody had come again by then
    code, said, _ = asked("next", "ada", "--json")
    first = json.loads(said)["items"][0]
    assert (first["item"], first["reason"]) == ("pot", "what people bought next after `tea`")
    code, said, _ = asked("for", "eve")
    assert code == 0
    assert "tea" in said
    assert "bought once, last on 2026-02-20" in said


@pytest.mark.parametrize(("words", "said"), [
    (("for",), "give one of them"),
    (("for", "ada", "--all"), "give one of them"),
    (("for", "zoe"), "nobody is known as `zoe`"),
    (("for", "ada", "--k", "0"), "--k is 1 to 100"),
    (("similar", "coal"), "nobody had an item `coal`"),
    (("backtest",), "30 are needed"),
], ids=["nobody", "both", "unknown", "none", "item", "few"])  # fmt: skip
def test_what_cannot_be_answered_is_told(asked, words, said):
    code, _, err = asked(*words)
    assert code in {1, 2}
    assert said in err
    assert "Traceback" not in err


@pytest.mark.parametrize(("what", "error"), [
    (HavingAsked("buy", "item"), NotFoundError), (HavingAsked("order", "price"), NotFoundError),
], ids=["event", "property"])  # fmt: skip
def test_names_that_are_not_there(reading, what, error):
    with pytest.raises(error):
        recommending(reading, what, reading.at(None))


def test_too_early_is_told(reading):
    with pytest.raises(TooFewError, match="0 people had anything"):
        recommending(reading, ASKED, reading.vocabulary.zone.parse("2025-01-01"))
    with pytest.raises(UsageError, match="before the end"):
        recommend_backtest(reading, ASKED, reading.at(None), reading.at(None))


def test_numbers_name_items_as_they_are_written(tmp_path):
    (tmp_path / "o.csv").write_text(
        "who,on,item\na,2026-01-01,7\na,2026-01-02,12.5\nb,2026-01-01,7\n"
    )
    shoal.init(tmp_path / "shop").import_file(
        tmp_path / "o.csv", event="order", user="who", time="on"
    )
    found = recommending(read(open_project(tmp_path / "shop")), ASKED, 1 << 52)
    assert found.fitted.having.names == ("12.5", "7")
    assert similar_items(found, "7", 5)["items"][0]["item"] == "12.5"


@pytest.mark.slow
@pytest.mark.skipif(not RETAIL.exists(), reason="shared data not there")
def test_a_year_of_orders_cut_a_month_before_its_end(tmp_path):
    rows = pd.read_parquet(RETAIL)
    code = rows.StockCode.astype(str).str.upper()
    kept = (rows.CustomerID.notna() & (rows.Quantity > 0) & (rows.UnitPrice > 0)
            & ~rows.InvoiceNo.astype(str).str.startswith("C") & code.str.match(r"^\d{5}"))  # fmt: skip
    table = pd.DataFrame({
        "who": rows.CustomerID[kept].astype(int).astype(str), "on": rows.InvoiceDate[kept],
        "item": "i" + code[kept],
    })  # fmt: skip
    assert len(table) == 396_337
    table.to_csv(tmp_path / "orders.csv", index=False)
    shoal.init(tmp_path / "shop").import_file(
        tmp_path / "orders.csv", event="order", user="who", time="on"
    )
    reading = read(open_project(tmp_path / "shop"))
    cut = reading.vocabulary.zone.parse("2011-11-09")
    found = recommend_backtest(reading, ASKED, cut, reading.at(None))
    new, again = found["new"], found["again"]
    assert new["ndcg"] >= 0.108
    assert new["over_recent_popularity"]["low"] > 0
    assert new["baselines"]["recent_popularity"]["ndcg"] == pytest.approx(0.093, abs=0.003)
    assert again["ndcg"] >= 0.355
    assert again["ndcg"] >= again["baselines"]["own_frequency"]["ndcg"]
