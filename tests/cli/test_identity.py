"""Who somebody is, on the command line."""

from __future__ import annotations

AT = ("--as-of", "2026-11-01")
EVERYBODY = ("segment", "members", "--rule", "everyone", *AT)


def test_two_people_are_merged_and_parted_again(run, shop):
    before = run(*EVERYBODY).out
    assert {"c1", "c2"} <= set(before.split())
    found = run("identity", "merge", "c2", "c1", "--json").json
    assert (found["are_one"], found["user_ids"]) == (True, ["c1"])
    assert "c2" not in run(*EVERYBODY).out.split()
    query = "select distinct user_id, original_id from order_completed where original_id = 'c2'"
    assert run("sql", query, "--json").json == [{"user_id": "c1", "original_id": "c2"}]
    shown = run("identity", "show", "c2", "--json").json
    assert shown["user_id"] == "c1"
    links = {one["id"]: [link["by"] for link in one["links"]] for one in shown["identifiers"]}
    assert links["c2"] == ["merge"]
    assert run("identity", "show", "email:A@example.org").out.startswith(
        "email:A@example.org is c1\n"
    )
    assert run("identity", "unmerge", "c1", "c2").out == "c1 and c2 are c1 and c2\n"
    assert run(*EVERYBODY).out == before


def test_what_is_unknown_or_the_same_is_said(run, shop):
    found = run("identity", "show", "nobody-7")
    assert found.code == 1
    assert "nobody is known as `nobody-7`" in found.err
    assert "same identifier" in run("identity", "merge", "c1", "c1").err
    assert "nothing ever came from" in run("identity", "merge", "c1", "email:a@example.org").err


def test_shared_identifiers_are_listed(run, shop):
    assert run("identity", "shared").out == "Every identifier leads to few enough people.\n"
    with (shop / "shoal.yml").open("a") as file:
        file.write("identity:\n  most_people_per_identifier: 1\n")
    (shop / "a.csv").write_text(
        "who,id,when\nc1,tab,2026-01-01\nc2,tab,2026-01-02\n", encoding="utf-8"
    )
    words = ("--event", "seen", "--user", "who", "--anonymous", "id", "--time", "when")
    assert run("import", "a.csv", *words).code == 0
    shown = run("identity", "shared", "--json").json["shared"]
    assert [(one["id"], one["people"]) for one in shown] == [("anon:tab", 2)]
    (shop / "shoal.yml").write_text("identity:\n  most_people: 1\n")
    assert "`identity` has no `most_people`" in run("identity", "shared").err
