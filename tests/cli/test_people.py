"""G1: Consent, export and erasure by command, and SQL over the same people."""

from __future__ import annotations

import hashlib
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

AT = ("--as-of", "2026-11-01")


def test_consent_is_set_and_shown_as_the_contract_says(run, shop):
    found = run("consent", "set", "c1", "marketing", "granted", "--json").json
    assert found == {
        "user_id": "c1", "purpose": "marketing", "state": "granted", "at": "2026-10-05T00:00:00Z",
    }  # fmt: skip
    assert run("consent", "show", "c1", "--json").json["consents"] == [
        {"purpose": "marketing", "state": "granted", "at": "2026-10-05T00:00:00Z"}
    ]
    assert run("segment", "members", "--rule", "consents to marketing").out == "user_id\nc1\n"


def test_never_asked_is_not_granted_and_the_latest_answer_counts(run, shop):
    run("consent", "set", "c1", "marketing", "granted", "--at", "2026-01-01")
    run("consent", "set", "c1", "marketing", "denied", "--at", "2026-02-01")
    rule = ("--rule", "consents to marketing")
    assert run("segment", "count", *rule, *AT, "--json").json["count"] == 0
    assert run("segment", "count", *rule, "--as-of", "2026-01-15", "--json").json["count"] == 1
    assert (
        run("segment", "count", "--rule", "not consents to marketing", *AT, "--json").json["count"]
        == 6
    )
    assert run("consent", "show", "c2").out == "c2 was never asked.\n"
    assert "denied" in run("consent", "show", "c1").out


def test_a_consent_alone_makes_nobody_known(run, shop):
    run("consent", "set", "stranger", "marketing", "granted")
    assert run("segment", "count", "--rule", "everyone", *AT, "--json").json["known"] == 6


def test_consents_are_imported_from_a_file(run, shop):
    (shop / "c.csv").write_text(
        "who,what,ok,since\nc1,marketing,yes,2026-01-01\nc2,marketing,NO,2026-01-01\n"
        "c2,marketing,maybe,2026-02-01\nc2,Big Data!,yes,2026-02-01\n,marketing,yes,2026-02-01\n"
    )
    words = ("consent", "import", "c.csv", "--user", "who", "--purpose", "what", "--state", "ok",
             "--time", "since", "--json")  # fmt: skip
    found = run(*words).json
    assert (found["rows"], found["imported"], found["rejected"]) == (5, 2, 3)
    assert found["events"] == {"$consent": 2}
    assert run("segment", "members", "--rule", "consents to marketing", *AT).out == "user_id\nc1\n"
    again = run(*words).json
    assert (again["imported"], again["duplicates"], again["rejected"]) == (0, 2, 3)
    assert len(run("quarantine", "list", "--json").json["items"]) == 2 + 3
    assert run("segment", "count", "--rule", "any event", "--json").code == 1
    assert run("sql", "select count(*) n from events", "--json").json == [{"n": 8}]


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["set", "c1", "marketing", "grantd"], 1, "granted or denied"),
        (["set", "c1", "E-mail!", "granted"], 1, "e_mail"),
        (["set", "", "marketing", "granted"], 2, "user id"),
        (["set", "c1", "marketing", "granted", "--at", "x"], 2, "--at"),
        (["import", "no.csv", "--user", "a", "--purpose", "b", "--state", "c"], 1, "no.csv"),
        (
            ["import", "files/people.csv", "--user", "id", "--purpose", "b", "--state", "c"],
            1,
            "`b`",
        ),
    ],
)
def test_what_is_wrong_with_a_consent_is_said(run, shop, words, code, said):
    ran = run("consent", *words)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_erasing_leaves_no_trace_and_a_receipt_that_names_nobody(run, shop):
    run("consent", "set", "c1", "marketing", "granted")
    ran = run("privacy", "erase", "c1", "--json")
    assert set(ran.json) == {"user_id_hash", "erased", "at", "signature"}
    assert sum(ran.json["erased"].values()) > 0
    assert ran.json["user_id_hash"] != hashlib.sha256(b"c1").hexdigest()
    assert "c1" not in run("segment", "members", "--rule", "everyone", *AT).out.split()
    assert run("consent", "show", "c1", "--json").json["consents"] == []
    assert run("segment", "explain", "lapsed", "--user", "c1").code == 1
    run(
        "import",
        "files/orders.csv",
        "--event",
        "Order Completed",
        "--user",
        "customer",
        "--time",
        "date",
    )
    assert "c1" not in run("segment", "members", "--rule", "everyone", *AT).out.split()
    again = run("privacy", "erase", "nobody at all", "--json")
    assert sum(again.json["erased"].values()) == 0
    assert "Erased" in run("privacy", "erase", "c2").out


def test_what_is_held_is_exported_and_is_what_an_erasure_removes(run, shop):
    run("consent", "set", "c1", "marketing", "granted")
    (shop / "more.csv").write_text("customer,date\nc1,never\n")
    words = ("--event", "order_completed", "--user", "customer", "--time", "date")
    run("import", "more.csv", *words)
    assert run("privacy", "export", "c1", "--out", "c1.json").code == 0
    assert (shop / "c1.json").stat().st_mode & 0o077 == 0
    (shop / ".c1.json.part").touch(0o644)  # of one that was killed
    assert run("privacy", "export", "c1", "--out", "c1.json").code == 0
    assert (shop / "c1.json").stat().st_mode & 0o077 == 0
    assert "cannot write ." in run("privacy", "export", "c1", "--out", ".").err
    found = json.loads((shop / "c1.json").read_text())
    assert found == {**run("privacy", "export", "c1").json, "exported_at": found["exported_at"]}
    assert [(it["name"], it["at"]) for it in found["events"]] == [
        ("order_completed", "2026-01-01T00:00:00Z"), ("order_completed", "2026-03-01T10:00:00Z"),
        ("page_viewed", "2026-09-02T08:00:00Z"),
    ]  # fmt: skip
    assert found["events"][1]["properties"] == {"category": "games", "revenue": 20}
    assert [it["properties"]["country"] for it in found["records"]["traits_given"]] == ["PT"]
    assert found["records"]["statements"][0]["properties"]["state"] == "granted"
    assert found["statements"]["consents"][0]["state"] == "granted"
    assert {it["name"] for it in found["memberships"]["now"]} >= {"lapsed", "stage.former"}
    said = {it["name"]: it["sentence"] for it in found["memberships"]["now"]}
    assert said["lapsed"].startswith("Customers who have placed an order, and whose last order")
    moved = [(it["segment"], it["change"]) for it in found["memberships"]["history"]]
    assert ("stage.buyer", "entered") in moved
    assert ("stage.buyer", "left") in moved
    assert [(it["raw"], it["row"]) for it in found["quarantined"]] == [("c1,never", 1)]
    receipt = run("privacy", "erase", "c1", "--json").json
    assert receipt["erased"] == found["held"]
    assert found["held"]["events"] == len(found["events"]) + sum(
        map(len, found["records"].values())
    )


def test_values_that_were_not_understood_and_the_erased_are_told(run, shop):
    odd = run("privacy", "export", "007").json
    assert odd["events"][0]["unread"] == {"revenue": "abc"}
    run("privacy", "erase", "007")
    ran = run("privacy", "export", "007")
    assert (ran.code, ran.out) == (1, "")
    assert "was erased" in ran.err
    assert "nothing is held about `c0`" in run("privacy", "export", "c0").err
    assert run("privacy", "export", "c1", "--out", "no/such/c1.json").code == 1


def test_an_id_of_digits_is_no_part_of_an_amount_or_a_day(run, shop):
    (shop / "more.csv").write_text(
        "customer,date,total\n,2026-03-05T10:07:07Z,7.25\n7,never,1\n,never,7\n,2026-03-07,0.7\n"
    )
    run("import", "more.csv", "--event", "a", "--user", "customer", "--time", "date")
    export = run("privacy", "export", "7").json
    assert [it["raw"] for it in export["quarantined"]] == ["7,never,1", ",never,7"]
    assert run("privacy", "erase", "07", "--json").json["erased"]["quarantine"] == 0


def test_an_id_out_of_a_column_of_doubles_is_told_and_erased_where_it_was_not_understood(run, shop):
    days = ["2026-03-05", "never", "never"]
    rows = {"customer": [7.0, 7.0, 8.0], "date": days, "total": [1.5, 2.5, 7.5]}
    pq.write_table(pa.table(rows), shop / "more.parquet")
    run("import", "more.parquet", "--event", "a", "--user", "customer", "--time", "date")
    told = run("privacy", "export", "7").json["quarantined"]
    assert [json.loads(it["raw"])["total"] for it in told] == [2.5]
    assert run("privacy", "erase", "7", "--json").json["erased"]["quarantine"] == 1


def test_a_receipt_is_known_again_and_no_other(run, shop, tmp_path):
    receipt = run("privacy", "erase", "c1", "--json").json
    path = tmp_path / "receipt.json"
    path.write_text(json.dumps(receipt))
    assert run("privacy", "verify", str(path), "--json").json == {"genuine": True}
    assert run("privacy", "verify", str(path), "--user", "c1").code == 0
    ran = run("privacy", "verify", str(path), "--user", "c2")
    assert (ran.code, "not about c2" in ran.err) == (1, True)
    for changed in (
        {**receipt, "at": "2020-01-01T00:00:00Z"}, {**receipt, "signature": "é"}, {}, [], "x",
    ):  # fmt: skip
        path.write_text(json.dumps(changed))
        assert run("privacy", "verify", str(path)).code == 1


def test_sql_reads_events_profiles_and_memberships(run, shop):
    def ask(query, *more):
        return run("sql", query, "--json", *more).json

    assert ask("select count(*) n from events") == [{"n": 8}]
    assert ask("select user_id, revenue from order_completed where category = 'games' order by 1") == [
        {"user_id": "=1+1", "revenue": 1000.0}, {"user_id": "c1", "revenue": 20.0},
    ]  # fmt: skip
    assert ask("select user_id, country, aov from profiles where country = 'PT'") == [
        {"user_id": "c1", "country": "PT", "aov": 15.25}
    ]
    assert ask("select segment, count(*) n from memberships group by 1 order by 1", *AT)[0] == {
        "segment": "big", "n": 2,
    }  # fmt: skip
    assert ask("select count(*) n from order_completed", "--as-of", "2026-02-01") == [{"n": 1}]
    assert run("sql", "select 1 a, 'x,y' b", "--format", "csv").out == 'a,b\n1,"x,y"\n'
    assert run("sql", "select 1 a, 'x' b").out == "a  b\n1  x\n"
    assert ask("with t as (select 1 a) select * from t") == [{"a": 1}]
    assert ask("explain select 1") != []


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("delete from events", "only one SELECT"),
        ("select 1; select 2", "only one SELECT"),
        ("create table x as select 1", "only one SELECT"),
        ("copy (select 1) to 'x.csv'", "only one SELECT"),
        ("attach 'x.db'", "only one SELECT"),
        ("set memory_limit = '90%'", "only one SELECT"),
        ("install httpfs", "only one SELECT"),
        ("select * from 'files/orders.csv'", "Error"),
        ("select * from read_csv('files/orders.csv')", "Error"),
        ("select * from read_text('/etc/passwd')", "Error"),
        ("select * from glob('*')", "Error"),
        ("select * from evnts", "there are events, profiles, memberships, order_completed"),
        ("selec 1", "syntax error"),
        ("", "only one SELECT"),
        ("select getenv('HOME')", "Error"),
    ],
)
def test_sql_is_read_only_and_sees_no_files(run, shop, query, said):
    ran = run("sql", query)
    assert ran.code in (1, 2)
    assert ran.out == ""
    assert said in ran.err
    assert not (shop / "x.csv").exists()


def test_sql_without_end_is_stopped(shop):
    from shoal.core.errors import ShoalError
    from shoal.project.opening import open_project
    from shoal.project.reading import read
    from shoal.project.sql import query_project

    query = (
        "select count(*) from range(100000000) a, range(100000000) b where a.range % 7 = b.range"
    )
    with pytest.raises(ShoalError, match="longer than"):
        query_project(read(open_project(shop)), query, 0, seconds=0.2)


def test_json_of_sql_is_one_document(run, shop):
    assert json.loads(run("sql", "select 1 where false", "--json").out) == []
