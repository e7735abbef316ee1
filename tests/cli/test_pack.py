"""`shoal pack` and `shoal init --pack`: listed, shown, added, begun with, tried out."""

from __future__ import annotations

import csv
import json

import pytest

from shoal.project.opening import open_project
from shoal.project.sampling import MAPS, SOURCE

PEOPLE = 60


@pytest.fixture(scope="module")
def sampled(tmp_path_factory):
    """A small-business project with made-up people, and the same people as files."""
    from shoal.project.sampling import Wanted, import_sample, write_sample
    from shoal.project.starting import start_with

    folder = tmp_path_factory.mktemp("sampled")
    list(start_with(folder / "shop", ["small-business"]))
    wanted = Wanted("small-business", PEOPLE, 11, "2026-11-01")
    made = import_sample(open_project(folder / "shop"), wanted)
    return folder / "shop", made, write_sample(wanted, folder / "files")


def test_h9_packs_are_listed_with_how_many_segments_they_bring(run):
    packs = {pack["name"]: pack for pack in run("pack", "list", "--json").json}
    assert {"ecommerce", "grocery", "small-business"} <= set(packs)
    assert "orders" not in packs
    assert packs["grocery"]["title"] == "Groceries"
    assert packs["grocery"]["segments"] == 42
    in_portuguese = run("pack", "list", "--language", "pt", "--json").json
    assert "Pequeno negócio" in {pack["title"] for pack in in_portuguese}
    assert "grocery" in run("pack", "list").out


def test_a_pack_is_shown_in_sentences_with_what_it_needs_and_what_to_do(run):
    shown = run("pack", "show", "grocery").out
    assert "Customers who have placed an order, and whose last order was more than 60 days" in shown
    assert "order_completed_line.department" in shown
    assert "-> post, offer: Come back to them once" in shown
    lapsed = {
        it["name"]: it
        for it in run("pack", "show", "grocery", "--language", "pt", "--json").json["segments"]
    }["lapsed"]
    assert lapsed["sentence"].startswith("Clientes que")
    assert lapsed["title"] == "Perdidos de vista"
    assert lapsed["actions"][0]["do"] == "Contacte-os uma vez, com um motivo claro."
    assert lapsed["message_fit"]["not_words"] == ["a sua encomenda recente"]


def test_a_pack_says_what_it_is_not_for(run):
    shown = run("pack", "show", "telecom").out
    assert "Do not use it for\n  Lines that share one allowance" in shown
    assert "It goes wrong in: plan_fit.too_large" in shown
    (case,) = run("pack", "show", "finance", "--language", "pt", "--json").json["not_for"]
    assert case["case"].startswith("Decidir um crédito")


def test_unknown_packs_and_languages_are_refused_in_one_sentence(run, tmp_path):
    answer = run("pack", "show", "grocry")
    assert (answer.code, "did you mean `grocery`" in answer.err) == (1, True)
    assert run("pack", "list", "--language", "xx").code == 2
    assert run("init", tmp_path / "new", "--pack", "nothing").code == 1
    assert not (tmp_path / "new").exists()
    assert run("init", tmp_path / "new", "--sample").code == 2


def test_adding_to_a_project_says_what_was_written_and_what_stays(run, shop):
    added = run("pack", "add", "small-business", "--json").json
    assert "segments/small-business/rhythm.yml" in added["written"]
    left = {it["name"]: it["stands_in"] for it in added["left_out"]}
    assert left == {"lapsed": "segments/all.yml", "stage": "segments/all.yml"}
    assert run("check").code == 0
    again = run("pack", "add", "small-business", "--json").json
    assert (again["written"], again["differing"]) == ([], [])
    (shop / "segments" / "small-business" / "rhythm.yml").write_text("segments: {}\n")
    answer = run("pack", "add", "small-business")
    assert "differs from the pack's: segments/small-business/rhythm.yml" in answer.out


def test_h9_a_spreadsheet_of_orders_gives_insight_at_once(run, tmp_path):
    """D10: three commands from a spreadsheet to who is new, best and lapsed."""
    path = tmp_path / "orders.csv"
    path.write_text(
        "customer,date,total\nana,2026-10-20,30\nana,2026-09-20,20\nana,2026-08-20,25\n"
        "rui,2026-01-10,90\neva,2026-10-25,12\n"
    )
    shop = tmp_path / "shop"
    assert run("init", shop, "--pack", "small-business").code == 0
    words = ["--event", "order_completed", "--user", "customer", "--time", "date"]
    at = ["--project", shop]
    assert run("import", path, *words, "--prop", "revenue=total", *at).code == 0
    sizes = {it["name"]: it["size"] for it in run("segment", "list", "--json", *at).json}
    assert {name: sizes[name] for name in ("frequent", "lapsed", "new_customers", "high_value")} == {
        "frequent": 1, "lapsed": 1, "new_customers": 1, "high_value": 1,
    }  # fmt: skip
    assert sum(size for name, size in sizes.items() if name.startswith("rfm.")) == 3


def test_h9_clicks_alone_are_enough(run, tmp_path):
    path = tmp_path / "clicks.csv"
    path.write_text(
        "visitor,time,page\n"
        + "".join(f"v1,2026-10-{day:02d},/cakes\n" for day in (2, 9, 16, 30))
        + "v2,2026-10-29,/\nv3,2026-06-01,/\n"
    )
    shop = tmp_path / "shop"
    at = ["--project", shop]
    assert run("init", shop, "--pack", "small-business", "--time-zone", "Europe/Lisbon").code == 0
    words = ["--event", "page_viewed", "--user", "visitor", "--time", "time", "--prop", "url=page"]
    assert run("import", path, *words, *at).code == 0
    sizes = {it["name"]: it["size"] for it in run("segment", "list", "--json", *at).json}
    assert (sizes["keen_visitors"], sizes["new_visitors"], sizes["visiting.gone"]) == (1, 1, 1)
    assert sizes["visiting.regular"] == 1
    assert "v1,/cakes" in run("trait", "values", "favourite_page", "--format", "csv", *at).out


def test_a_sample_is_marked_as_made_up_in_every_row(sampled):
    _, _, made = sampled
    folder = made.folder
    rows = [json.loads(line) for line in (folder / "events.jsonl").read_text().splitlines()]
    assert len(rows) == sum(made.events.values())
    assert all(row["properties"]["sample"] is True for row in rows)
    assert all(row["userId"].startswith("sample-") for row in rows)
    assert [row["timestamp"] for row in rows] == sorted(row["timestamp"] for row in rows)
    assert len({row["messageId"] for row in rows}) == len(rows)
    people = [json.loads(line) for line in (folder / "profiles.jsonl").read_text().splitlines()]
    assert len(people) == PEOPLE
    assert all(it["traits"]["sample"] is True for it in people)
    truth = list(csv.DictReader((folder / "truth.csv").read_text().splitlines()))
    assert [row["user_id"] for row in truth] == [it["userId"] for it in people]
    assert all(f"source: {SOURCE}" in (folder / name).read_text() for name in MAPS)


def test_a_sample_in_a_project_is_told_as_sample_and_answers(run, sampled):
    shop, made, files = sampled
    at = ["--project", shop]
    assert {it["source"] for it in run("import", "list", "--json", *at).json} == {SOURCE}
    counted = run(
        "sql", "SELECT event, count(*) n FROM events GROUP BY event", "--format", "csv", *at
    )
    stored = dict(csv.reader(counted.out.splitlines()))
    assert {name: int(stored[name]) for name in made.events} == dict(made.events)
    assert made.events == files.events
    assert (shop / "truth.csv").read_bytes() == (files.folder / "truth.csv").read_bytes()
    sizes = {it["name"]: it["size"] for it in run("segment", "list", "--json", *at).json}
    assert sizes["frequent"] > 0
    assert sizes["lapsed"] > 0
    assert run("test", *at).code == 0


def test_the_files_of_a_sample_can_be_imported_by_hand(run, sampled, tmp_path):
    _, made, files = sampled
    shop = tmp_path / "shop"
    assert run("init", shop).code == 0
    words = ["--map", files.folder / "events.map.yml", "--project", shop, "--json"]
    answer = run("import", files.folder / "events.jsonl", *words).json
    assert (answer["imported"], answer["rejected"]) == (sum(made.events.values()), 0)
    assert run("import", files.folder / "events.jsonl", *words).json["imported"] == 0


def test_the_same_seed_writes_the_same_files(run, tmp_path):
    texts = []
    for place in ("one", "two"):
        words = ["--people", 25, "--seed", 3, "--until", "2026-05-01", "--out", tmp_path / place]
        told = run("pack", "sample", "grocery", *words, "--json").json
        assert (told["people"], told["sample"], told["until"]) == (25, True, "2026-05-01")
        texts.append({name: (tmp_path / place / name).read_bytes() for name in told["files"]})
    assert texts[0] == texts[1]


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--out", "x", "--into-project"],
        ["--out", "x", "--until", "soon"],
        ["--out", "x", "--people", "0"],
        ["--out", "x", "--seed", "-1"],
    ],
)
def test_what_makes_no_sense_is_refused(run, tmp_path, monkeypatch, words):
    monkeypatch.chdir(tmp_path)
    assert run("pack", "sample", "grocery", *words).code == 2
    assert not (tmp_path / "x").exists()
