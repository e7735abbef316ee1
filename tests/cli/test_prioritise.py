from __future__ import annotations

import json

import pytest

TABLE = """\
name,people,effect,low,high,value,cost
letter,2000,0.012,,,50,0.4
call,500,0.06,0.02,0.10,50,1
reminder,1000,0.02,,,50,0.2
"""


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "i.csv").write_text(TABLE)
    return tmp_path


def test_a_table_is_ranked_and_a_budget_divided(run, here):
    found = run("prioritise", "i.csv", "--budget", "600", "--json").json
    assert [it["name"] for it in found["ranked"]] == ["call", "reminder", "letter"]
    call = found["ranked"][0]
    assert (call["net"], call["low"], call["high"]) == (
        pytest.approx(1_000), pytest.approx(0), pytest.approx(2_000),
    )  # fmt: skip
    assert call["chance"] == pytest.approx(0.975)
    divided = found["allocation"]
    assert {it["name"]: round(it["people"]) for it in divided["chosen"]} == {
        "reminder": 1_000, "call": 400,
    }  # fmt: skip
    assert divided["per_euro"] == pytest.approx(2)
    told = run("prioritise", "i.csv", "--budget", "600").out
    assert "One more unit of money would bring 2.00." in told
    assert run("prioritise", "i.csv", "--json").json["allocation"] is None


def test_sizes_come_from_segments_and_effects_from_experiments(run, shop):
    rows = [f"{arm},{int(n < paid)}" for arm, paid in (("no", 20), ("yes", 40)) for n in range(100)]
    (shop / "test.csv").write_text("arm,paid\n" + "\n".join(rows) + "\n")
    words = ("--variant", "arm", "--control", "no", "--metric", "paid=paid:conversion", "--json")
    answer = run("experiment", "analyze", "test.csv", *words)
    (shop / "answer.json").write_text(answer.out)
    (shop / "i.yml").write_text(
        "initiatives:\n"
        "  win back: {segment: lapsed, experiment: answer.json, arm: 'yes', value: 100, cost: 1}\n"
        "  gift: {people: 10, effect: 0.5, value: 10, cost: 6}\n"
    )
    first, second = run("prioritise", "i.yml", "--json").json["ranked"]
    size = run("segment", "count", "lapsed", "--json").json["count"]
    effect = json.loads(answer.out)["metrics"]["paid"][1]
    assert (first["name"], first["people"]) == ("win back", size)
    assert first["net"] == pytest.approx(size * (100 * effect["effect"] - 1))
    assert first["low"] == pytest.approx(size * (100 * effect["low"] - 1), rel=1e-2)
    assert (second["name"], second["net"]) == ("gift", pytest.approx(-10))


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("no.csv", None, "there is no file"),
        ("x.csv", "name,people\na,5\n", "does not say its effect"),
        ("x.csv", "name,effect\na,5\n", "people, or a segment"),
        ("x.csv", "name,people,effect\na,many,1\n", "`people` holds what is no number"),
        ("x.csv", "name,people,effect\n,1,1\n", "has no name"),
        ("x.csv", "people,effect\n1,1\n", "`name`"),
        ("x.yml", "[1, 2", "is no YAML"),
        ("x.yml", "things: {}", "under `initiatives:`"),
        ("x.yml", "initiatives: {a: 5}", "says nothing of itself"),
        ("x.yml", "initiatives: {a: {peple: 5}}", "did you mean `people`?"),
        ("x.yml", "initiatives: {a: {people: yes}}", "`people` is no number"),
        ("x.yml", "initiatives: {a: {people: 5, experiment: gone.json}}", "gone.json"),
        ("x.yml", "initiatives: {a: {people: 5, experiment: x.yml}}", "holds no such effect"),
        ("x.yml", "initiatives: {a: {people: 5, effect: 1, low: 2, high: 3}}", "outside"),
        ("x.yml", "initiatives: {a: {segment: s, effect: 1}}", "no Shoal project"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(run, here, file, text, said):
    if text is not None:
        (here / file).write_text(text)
    ran = run("prioritise", file, "--budget", "10")
    assert ran.code in {1, 2}
    assert ran.out == ""
    assert said in ran.err
