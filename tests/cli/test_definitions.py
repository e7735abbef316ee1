from __future__ import annotations

import pytest

AT = ("--as-of", "2026-11-01")
FILE = "segments/all.yml"


def edit(shop, before, after, file=FILE):
    path = shop / file
    text = path.read_text()
    assert before in text
    path.write_text(text.replace(before, after))


def test_applied_files_have_no_problems_and_nothing_to_plan(run, shop):
    assert run("check").out == "5 segments and 1 trait: no problems\n"
    assert run("check", "--json").json == {
        "problems": [], "warnings": [], "segments": 5, "traits": 1,
    }  # fmt: skip
    assert run("plan", *AT, "--json").json == {
        "segments": [], "traits": [], "types": [], "problems": [], "warnings": [], "value": None,
        "campaigns": [], "predictions": [], "as_of": "2026-11-01T00:00:00Z",
    }  # fmt: skip
    assert run("plan").out == "Nothing would change: the files are as applied.\n"


def test_a_plan_is_the_contract_s_and_changes_nothing(run, shop):
    edit(shop, "> 180d", "> 10d")
    edit(shop, "  big:", "  fresh: did order_completed in last 30d\n  large:")
    found = run("plan", *AT, "--json").json
    assert found["segments"] == [
        {"name": "lapsed", "change": "changed", "size_before": 2, "size_after": 4, "entering": 2,
         "leaving": 0, "entering_value": 1000.0, "leaving_value": 0.0, "dependants": []},
        {"name": "fresh", "change": "new", "size_before": 0, "size_after": 1, "entering": 1,
         "leaving": 0, "entering_value": 0.0, "leaving_value": 0.0, "dependants": []},
        {"name": "large", "change": "new", "size_before": 0, "size_after": 2, "entering": 2,
         "leaving": 0, "entering_value": 1030.5, "leaving_value": 0.0, "dependants": []},
        {"name": "big", "change": "removed", "size_before": 2, "size_after": 0, "entering": 0,
         "leaving": 2, "entering_value": 0.0, "leaving_value": 1030.5, "dependants": []},
    ]  # fmt: skip
    assert found["value"] == "sum(order_completed.revenue in last 365d)"
    text = run("plan", *AT).out
    assert "lapsed (changed): 2 -> 4 profiles, 2 entering (such as 007, =1+1) worth 1,000" in text
    assert run("segment", "count", "lapsed", *AT, "--json").json["count"] == 2
    assert run("segment", "count", "fresh").code == 1


def test_a_change_below_a_segment_is_its_change_too(run, shop):
    (shop / "segments" / "more.yml").write_text("segments: {gone: in segment lapsed}\n")
    assert run("apply").code == 0
    edit(shop, "> 180d", "> 10d")
    edit(shop, "aov: avg(", "aov: max(")
    found = run("plan", *AT, "--json").json
    assert [(it["name"], it["entering"], it["dependants"]) for it in found["segments"]] == [
        ("lapsed", 2, ["gone"]),
        ("gone", 2, []),
    ]
    assert found["traits"] == [{"name": "aov", "change": "changed"}]


def test_apply_makes_it_so_and_the_past_can_still_be_asked(run, shop):
    edit(shop, "> 180d", "> 10d")
    ran = run("apply", "--json")
    assert ran.json["version"] == 2
    assert ran.json["segments"][0]["name"] == "lapsed"
    assert run("segment", "count", "lapsed", *AT, "--json").json["count"] == 4
    assert run("plan").out.startswith("Nothing would change")
    assert run("apply").out.startswith("Nothing would change")
    ran = run("segment", "count", "lapsed", *AT, "--applied-at", "2020-01-01", "--json")
    assert ran.code == 1


def test_until_applied_a_name_says_where_it_is_written(run, shop):
    (shop / "segments" / "new.yml").write_text("segments: {fresh: did order_completed}\n")
    ran = run("segment", "count", "fresh")
    assert ran.code == 1
    assert ran.err == (
        "Error: no segment `fresh` is applied; it is written in segments/new.yml: `shoal apply` "
        "makes it so\n"
    )


def test_titles_and_comments_are_applied_too(run, shop):
    edit(shop, "title: Lapsed customers", "title: Gone for long")
    assert "no membership" in run("plan").out
    assert run("apply").code == 0
    assert run("segment", "show", "lapsed").out.startswith("Gone for long\n")


def test_every_problem_of_every_file_is_told_with_its_place(run, shop):
    (shop / "segments" / "bad.yml").write_text(
        "segments:\n  one: did ordr_completed\n  two: in segment thre\n  three: did x where\n"
        "  circle: in segment circle\n  lapsed: everyone\n"
    )
    (shop / "traits" / "bad.yml").write_text(
        "traits:\n  t: avg(order_completed.revenu)\n  T t: x\n"
    )
    (shop / "traits" / "latin.yml").write_bytes(b"traits: {a\xe9: count(x)}\n")
    (shop / "predictions").mkdir()
    (shop / "predictions" / "p.yml").write_text(
        "predictions: {p: did not order_completed in next 90d}\n"
    )
    ran = run("check")
    assert ran.code == 1
    places = [line.split(": ")[0] for line in ran.out.splitlines()[:-1] if "warning" not in line]
    assert places == [
        "segments/bad.yml:2:12", "segments/bad.yml:3:8", "segments/bad.yml:4:21",
        "segments/bad.yml:5:11", "segments/bad.yml:6:3", "traits/bad.yml:2:10",
        "traits/bad.yml:3:3", "traits/latin.yml:1:1",
    ]  # fmt: skip
    assert "no event `ordr_completed`; did you mean `order_completed`?" in ran.out
    assert "no segment `thre`; did you mean `three`?" in ran.out
    assert "segment `lapsed` is defined twice" in ran.out
    import json

    found = json.loads(run("check", "--json").out)
    assert len(found["problems"]) == 8
    assert found["problems"][0] == {
        "message": "no event `ordr_completed`", "file": "segments/bad.yml", "line": 2,
        "column": 12, "hint": "did you mean `order_completed`?", "severity": "error",
    }  # fmt: skip
    for words in (["plan"], ["apply"], ["test"]):
        assert run(*words).code == 1
    assert len(json.loads(run("plan", "--json").out)["problems"]) == 8


def test_timelines_are_run_through_the_engine(run, shop):
    assert run("test").out.splitlines() == ["lapsed ..", "", "2 passed"]
    edit(shop, "member: [{order_completed: 2026-01-01}]", "member: [{order_completed: 2026-10-31}]")
    ran = run("test")
    assert ran.code == 1
    assert ran.out.splitlines() == [
        "lapsed F.",
        "",
        "FAILED lapsed[1] member  (segments/all.yml:8:9)",
        "    at 2026-11-01T00:00:00Z the person is no member: the rule is false",
        "    rule: did order_completed and age(last(order_completed)) > 180d",
        "    2026-10-31T00:00:00Z order_completed",
        "",
        "1 failed, 1 passed",
    ]
    import json

    found = json.loads(run("test", "--json").out)
    assert (found["passed"], found["failed"]) == (1, 1)
    assert found["tests"][0] == {
        "segment": "lapsed", "number": 1, "member": True, "as_of": "2026-11-01T00:00:00Z",
        "verdict": "false", "passed": False,
    }  # fmt: skip
    assert run("test", "big").out.startswith("No timelines")
    assert run("test", "lapsd").code == 1


def test_timelines_may_hold_lines_traits_and_consents(run, shop):
    (shop / "segments" / "more.yml").write_text(
        """\
segments:
  careful:
    rule: consents to marketing and country = 'PT' and sequence by sku (basket_filled, not order_sent within 1d)
    tests:
      - member:
          - {trait: {country: PT}}
          - {consent: {marketing: granted}, at: 2026-01-01}
          - {Basket Filled: 2026-01-02, products: [{sku: a}, {sku: b}]}
          - {order_sent: 2026-01-02, products: [{sku: a}]}
        as_of: 2026-02-01
      - not member: [{consent: {marketing: granted}, at: 2026-01-01}]
        as_of: 2026-02-01
"""
    )
    ran = run("test", "careful")
    assert ran.out.splitlines()[-1] == "2 passed", ran.out


def test_apply_asks_on_a_terminal_only(run, shop, monkeypatch):
    edit(shop, "> 180d", "> 10d")
    asked = []
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)

    def refuse(text, **_):
        import typer

        asked.append(text)
        raise typer.Abort

    monkeypatch.setattr("typer.confirm", refuse)
    ran = run("apply")
    assert (ran.code, asked) == (1, ["Apply this?"])
    assert "nothing was changed" in ran.err
    assert run("segment", "count", "lapsed", *AT, "--json").json["count"] == 2
    assert run("apply", "--yes").code == 0


@pytest.mark.parametrize("text", ["", "# only a comment\n", "segments:\n"])
def test_empty_files_define_nothing(run, shop, text):
    (shop / FILE).write_text(text)
    assert run("check").code == 0
    assert [it["change"] for it in run("plan", "--json").json["segments"]] == ["removed"] * 5
