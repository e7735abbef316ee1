from __future__ import annotations

import csv
import io
import json
from itertools import pairwise

import pyarrow.parquet as pq
import pytest

AT = ("--as-of", "2026-11-01")


def rows(ran):
    assert ran.code == 0, ran.err
    return list(csv.DictReader(io.StringIO(ran.out)))


def test_count_answers_as_the_contract_says(run, shop):
    assert run("segment", "count", "lapsed", *AT, "--json").json == {
        "count": 2,
        "known": 6,
        "unknown": 0,
        "anonymous": 0,
        "as_of": "2026-11-01T00:00:00Z",
        "correct_as_of": "2026-11-01T00:00:00Z",
    }
    ran = run("segment", "count", "lapsed", *AT)
    assert ran.out == "2 of 6 profiles known at 2026-11-01T00:00:00Z\n"


def test_unknown_and_anonymous_profiles_are_counted_apart(run, shop):
    found = run("segment", "count", "--rule", "country != 'PT'", *AT, "--json").json
    assert (found["count"], found["known"], found["unknown"]) == (1, 6, 4)
    found = run("segment", "count", "--rule", "did page_viewed", *AT, "--json").json
    assert (found["count"], found["anonymous"]) == (2, 1)
    ran = run("segment", "count", "--rule", "did page_viewed", *AT)
    assert ran.out == "2 of 6 profiles known at 2026-11-01T00:00:00Z (1 of them anonymous)\n"


def test_now_is_the_latest_event_after_an_import_of_old_data(run, shop):
    assert "now: latest_event" in (shop / "shoal.yml").read_text()
    assert run("segment", "count", "lapsed", "--json").json["as_of"] == "2026-10-05T00:00:00Z"


def test_members_are_sorted_and_as_written(run, shop):
    found = rows(run("segment", "members", "--rule", "everyone", *AT))
    assert [row["user_id"] for row in found] == ["007", "=1+1", "anon:x1", "c1", "c2", "c9"]
    assert run("segment", "members", "lapsed", *AT).out == "user_id\nc1\nc2\n"


def test_members_in_other_formats_and_files(run, shop):
    ran = run("segment", "members", "lapsed", *AT, "--format", "json")
    assert ran.json == [{"user_id": "c1"}, {"user_id": "c2"}]
    assert (
        run("segment", "members", "lapsed", "--format", "parquet", "--out", "m.parquet").code == 0
    )
    assert pq.read_table("m.parquet").to_pylist() == ran.json
    ran = run("segment", "members", "lapsed", *AT, "--out", "m.csv")
    assert (ran.code, ran.out) == (0, "")
    assert (shop / "m.csv").read_bytes() == b"user_id\nc1\nc2\n"


def test_list_is_the_contract_s(run, shop):
    found = run("segment", "list", *AT, "--json").json
    assert [(it["name"], it["title"], it["size"], it["partition"]) for it in found] == [
        ("lapsed", "Lapsed customers", 2, None),
        ("big", None, 2, None),
        ("stage.buyer", None, 2, "stage"),
        ("stage.former", None, 2, "stage"),
        ("stage.rest", None, 2, "stage"),
    ]
    assert all(set(it) == {"name", "title", "size", "sentence", "partition"} for it in found)
    assert found[0]["sentence"] == (
        "Customers who have placed an order, and whose last order was more than 180 days ago."
    )
    assert "stage.former" in run("segment", "list").out


def test_show_tells_sentence_rule_and_size(run, shop):
    ran = run("segment", "show", "lapsed", *AT)
    assert ran.out.splitlines() == [
        "Lapsed customers",
        "Customers who have placed an order, and whose last order was more than 180 days ago.",
        "",
        "  did order_completed and age(last(order_completed)) > 180d",
        "",
        "2 of 6 profiles known at 2026-11-01T00:00:00Z",
    ]
    found = run("segment", "show", "lapsed", "--json").json
    assert found["purpose"] == "marketing"
    assert found["place"] == "segments/all.yml:2:3"


def test_explain_is_the_contract_s(run, shop):
    found = run("segment", "explain", "lapsed", "--user", "c1", *AT, "--json").json
    assert set(found) >= {
        "user_id", "member", "as_of", "sentence", "because", "changes_at", "nearest_change",
    }  # fmt: skip
    assert (found["user_id"], found["member"]) == ("c1", True)
    assert found["as_of"] == "2026-11-01T00:00:00Z"
    because = found["because"]
    assert set(because) == {"rule", "verdict", "value", "threshold", "events", "children"}
    assert because["verdict"] == "true"
    did, age = because["children"]
    assert (did["rule"], did["verdict"], did["value"]) == ("did order_completed", "true", 2)
    assert did["events"][0] == {
        "name": "order_completed", "at": "2026-01-01T00:00:00Z", "properties": {},
    }  # fmt: skip
    assert (age["threshold"], age["verdict"]) == (180 * 86400, "true")
    assert age["value"] == (30 + 31 + 30 + 31 + 31 + 30 + 31 + 30) * 86400 + 14 * 3600
    assert found["changes_at"] is None
    assert found["changes_at_reason"] == "the verdict stays as it is, however long one waits"
    assert found["nearest_change"]["text"] == "1 more `order_completed`"


def test_explain_tells_of_nested_definitions_and_of_waiting(run, shop):
    ran = run("segment", "explain", "stage.former", "--user", "007", *AT, "--json")
    nested = ran.json["because"]["children"][1]
    assert (nested["rule"], nested["verdict"]) == ("not in segment stage.buyer", "false")
    assert nested["children"][0]["rule"] == "did order_completed in last 90d"
    assert ran.json["changes_at"] == "2027-01-03T00:00:00Z"
    assert ran.json["nearest_change"]["wait_until"] == "2027-01-03T00:00:00Z"
    ran = run("segment", "explain", "--rule", "aov > 100", "--user", "c2", *AT, "--json")
    assert ran.json["because"]["value"] == 7.25
    assert ran.json["because"]["children"][0]["rule"] == "aov"
    text = run("segment", "explain", "stage.former", "--user", "007", *AT).out
    assert text.startswith("007 does not belong at 2026-11-01T00:00:00Z.\n")
    assert "Nearest change: wait until 2027-01-03." in text


def test_explain_says_when_other_people_decide(run, shop):
    found = run("segment", "explain", "big", "--user", "c1", *AT, "--json").json
    assert found["changes_at"] is None
    assert found["changes_at_reason"] == "other people decide: the rule ranks them"
    assert found["because"]["threshold"] == 30.5
    assert found["nearest_change"] is None
    found = run("segment", "explain", "big", "--user", "c2", *AT, "--json").json
    assert found["nearest_change"]["text"] == "1 more `order_completed` with revenue 16"
    assert "[14.5; the cut is 30.5]" in run("segment", "explain", "big", "--user", "c2", *AT).out


def test_at_most_ten_events_are_told(run, shop):
    lines = "".join(f"c5,2026-05-{day:02d},1,x\n" for day in range(1, 21))
    (shop / "more.csv").write_text("customer,date,total,category\n" + lines)
    assert run("import", "more.csv", "--event", "Order Completed", "--user", "customer",
               "--time", "date").code == 0  # fmt: skip
    ran = run(
        "segment", "explain", "--rule", "count(order_completed) > 3", "--user", "c5", *AT, "--json"
    )
    events = ran.json["because"]["events"]
    assert len(events) == 10
    assert events[-1]["at"] == "2026-05-20T00:00:00Z"
    assert ran.json["because"]["value"] == 20


def test_history_reconciles(run, shop):
    ran = run("segment", "history", "lapsed", "--from", "2026-08-01", "--to", "2026-10-01",
              "--every", "1mo", "--format", "csv")  # fmt: skip
    assert ran.out == (
        "at,size,entered,left\n2026-08-01T00:00:00Z,0,0,0\n2026-09-01T00:00:00Z,1,1,0\n"
        "2026-10-01T00:00:00Z,2,1,0\n"
    )
    found = rows(
        run("segment", "history", "stage.buyer", "--from", "2026-01-01", "--to", "2026-12-31")
    )
    assert len(found) == 365
    for before, after in pairwise(found):
        change = int(after["entered"]) - int(after["left"])
        assert int(after["size"]) == int(before["size"]) + change


def test_values_are_plain(run, shop):
    found = rows(run("trait", "values", "aov", *AT))
    assert {row["user_id"]: row["value"] for row in found} == {
        "007": "", "=1+1": "1000", "anon:x1": "", "c1": "15.25", "c2": "7.25", "c9": "",
    }  # fmt: skip
    found = rows(run("trait", "values", "age(last(order_completed))", *AT))
    assert {row["user_id"]: row["value"] for row in found}["c2"] == str(241 * 86400)
    found = rows(run("trait", "values", "last(order_completed)", *AT))
    assert {row["user_id"]: row["value"] for row in found}["c2"] == "2026-03-05T00:00:00Z"
    found = rows(run("trait", "values", "did order_completed where category = 'toys'", *AT))
    assert {row["user_id"]: row["value"] for row in found} == {
        "007": "false", "=1+1": "false", "anon:x1": "false", "c1": "true", "c2": "true",
        "c9": "false",
    }  # fmt: skip
    found = rows(run("trait", "values", "country", *AT))
    assert {row["user_id"]: row["value"] for row in found}["c9"] == "DE"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["count", "lapsd"], 1, "no segment `lapsd`; did you mean `lapsed`?"),
        (["count", '"; drop table x'], 1, 'no segment `"; drop table x`'),
        (["members", "../../etc/passwd"], 1, "no segment `../../etc/passwd`"),
        (["count", "--rule", "did ordr_completed"], 1, "did you mean `order_completed`?"),
        (["count", "--rule", "did order_completed in lst 7d"], 1, "1:"),
        (["count", "--rule", "in segment lapsd"], 1, "1:1: no segment `lapsd`; did you mean"),
        (["count", "--rule", ""], 1, ""),
        (["count"], 2, "neither is given"),
        (["count", "lapsed", "--rule", "everyone"], 2, "both are given"),
        (["count", "lapsed", "--as-of", "yesterday"], 2, "--as-of: `yesterday` is not a date"),
        (["count", "lapsed", "--as-of", "9999-01-01"], 2, "outside 1684 to 2255"),
        (["explain", "lapsed", "--user", "nobody"], 1, "nobody is known as `nobody`"),
        (["explain", "lapsed"], 2, "--user"),
        (["history", "lapsed", "--from", "2026-02-01", "--to", "2026-01-01"], 2, "later than"),
        (["history", "lapsed", "--from", "2026-01-01", "--to", "2026-02-01", "--every", "5"], 2, "span"),
        (["members", "lapsed", "--format", "parquet"], 2, "--out"),
        (["members", "lapsed", "--out", "no/such/folder/x.csv"], 1, "cannot write"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_message(run, shop, words, code, said):
    ran = run("segment", *words)
    assert ran.code == code
    assert said in ran.err
    assert ran.err.startswith("Error: ")
    assert ran.out == ""


def test_a_name_nobody_ever_heard_selects_nothing_and_is_warned_of(run, shop):
    ran = run("segment", "count", "--rule", "did not app_installed", *AT, "--json")
    assert ran.json["count"] == 6
    assert ran.err == "Warning: 1:9: no event `app_installed`\n"


def test_json_is_one_document_even_beside_warnings(run, shop):
    ran = run("segment", "count", "--rule", "did zzz", "--json")
    assert json.loads(ran.out)["count"] == 0


def test_a_portuguese_project_is_told_of_in_portuguese(run, shop):
    settings = shop / "shoal.yml"
    settings.write_text(settings.read_text() + "\nlanguage: pt\n")
    definitions = shop / "segments" / "all.yml"
    title = "title: {en: Lapsed customers, pt: Clientes inativos}\n    why: {pt: Seis meses.}"
    definitions.write_text(definitions.read_text().replace("title: Lapsed customers", title))
    assert run("apply").code == 0
    said = "Clientes que fizeram um pedido e cujo último pedido foi há mais de 180 dias."
    shown = run("segment", "show", "lapsed", *AT, "--json").json
    assert (shown["title"], shown["why"], shown["sentence"]) == (
        "Clientes inativos", "Seis meses.", said,
    )  # fmt: skip
    assert run("segment", "show", "lapsed", *AT).out.startswith(f"Clientes inativos\n{said}\n")
    listed = run("segment", "list", *AT, "--json").json
    assert (listed[0]["title"], listed[0]["sentence"]) == ("Clientes inativos", said)
    assert said in run("segment", "explain", "lapsed", "--user", "c1", *AT).out
    settings.write_text(settings.read_text().replace("language: pt", "language: en"))
    assert run("segment", "show", "lapsed", *AT, "--json").json["title"] == "Lapsed customers"
