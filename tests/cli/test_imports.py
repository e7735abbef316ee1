from __future__ import annotations

import gzip
import json
import shlex

import pytest

ORDERS = ("--event", "Order Completed", "--user", "customer", "--time", "date")
NEW = "customer,date,total\nc7,2026-06-01,5\nc7,2026-06-01,5\nc8,nonsense,5\n"


@pytest.fixture
def new(shop):
    path = shop / "new.csv"
    path.write_text(NEW)
    return path


def test_import_answers_as_the_contract_says(run, new):
    found = run("import", new, *ORDERS, "--prop", "revenue=total", "--json").json
    wanted = {
        "rows": 3, "imported": 2, "duplicates": 0, "rejected": 1, "events": {"order_completed": 2},
    }  # fmt: skip
    assert {key: found[key] for key in wanted} == wanted


def test_the_same_file_again_adds_nothing_not_even_to_quarantine(run, new):
    before = run("import", new, *ORDERS, "--json").json
    quarantined = run("quarantine", "list", "--json").json
    found = run("import", new, *ORDERS, "--json").json
    assert (found["imported"], found["duplicates"], found["rejected"]) == (0, 2, 1)
    assert before["imported"] == 2
    assert run("quarantine", "list", "--json").json == quarantined


def test_quarantine_is_the_contract_s_and_complete(run, new):
    run("import", new, *ORDERS)
    items = run("quarantine", "list", "--json").json["items"]
    assert all({"id", "reason", "received_at", "raw"} <= set(it) for it in items)
    assert items[-1]["raw"] == "c8,nonsense,5"
    assert items[-1]["row"] == 3
    assert "nonsense" in items[-1]["reason"]
    assert "c8,nonsense,5" in run("quarantine", "list").out


def test_a_file_whose_every_row_is_bad_is_a_problem_with_its_counts(run, shop):
    (shop / "bad.csv").write_text("customer,date\n,2026-01-01\nc1,never\n")
    ran = run("import", "bad.csv", *ORDERS, "--json")
    assert ran.code == 1
    assert json.loads(ran.out)["rejected"] == 2
    assert ran.err == "Error: no row could be imported; `shoal quarantine list` says why\n"


def test_a_dry_run_says_how_rows_will_be_understood_and_adds_nothing(run, new):
    before = run("segment", "count", "--rule", "everyone", "--json").json
    ran = run("import", new, *ORDERS, "--dry-run")
    assert "Row 1 becomes: customer c7 did order_completed on 2026-06-01" in ran.out
    told = run("import", new, *ORDERS, "--dry-run", "--json").json
    assert told["dry_run"] is True
    assert told["files"][0]["file"] == "new.csv"
    assert run("segment", "count", "--rule", "everyone", "--json").json == before
    assert len(run("import", "list", "--json").json) == 3


def test_without_a_mapping_a_guess_is_shown_as_a_command(run, new):
    new.write_text(NEW.replace("nonsense", "2026-06-03"))
    ran = run("import", new)
    assert (ran.code, ran.out) == (1, "")
    assert "new.csv looks like this:" in ran.err
    assert "if the guess above is right:" in ran.err
    assert "nothing was imported" in ran.err
    assert len(run("import", "list", "--json").json) == 3
    assert run("import", new, "--yes", "--json").json["rows"] == 3


def test_on_a_terminal_a_guess_is_asked_about(run, new, monkeypatch):
    new.write_text(NEW.replace("nonsense", "2026-06-03"))
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    asked = []
    monkeypatch.setattr("typer.confirm", lambda text, **_: asked.append(text))
    ran = run("import", new, "--json")
    assert asked == ["Import it so?"]
    assert ran.json["imported"] == 3


def test_the_guessed_command_is_ready_to_run(run, new):
    new.write_text(NEW.replace("nonsense", "2026-06-03"))
    err = run("import", new).err
    words = shlex.split(err.split("if the guess above is right: ")[1])
    assert words[0] == "shoal"
    assert run(*words[1:], "--json").json["imported"] == 3


def test_a_file_without_anything_to_guess_says_what_is_missing(run, shop):
    (shop / "odd.csv").write_text("a,b\n1,2\n")
    ran = run("import", "odd.csv")
    assert ran.code == 1
    assert "--user COL" in ran.err


def test_imports_are_listed_taken_back_and_replaced(run, new):
    made = run("import", new, *ORDERS, "--json").json["imports"][0]
    assert (
        run("segment", "count", "--rule", "count(order_completed) = 2", "--json").json["count"] == 3
    )
    listed = run("import", "list", "--json").json
    assert listed[-1]["id"] == made
    assert (listed[-1]["file"], listed[-1]["undone_at"]) == ("new.csv", None)
    again = run("import", "replace", made, new, *ORDERS, "--prop", "worth=total", "--json").json
    assert again["imported"] == 2
    listed = {one["id"]: one for one in run("import", "list", "--json").json}
    assert listed[again["imports"][0]]["replaces"] == made
    assert listed[made]["undone_at"] == listed[again["imports"][0]]["imported_at"]
    taken_back = run("import", "undo", made)
    assert (taken_back.code, "was taken back already" in taken_back.err) == (1, True)
    found = run("trait", "values", "sum(order_completed.worth)", "--format", "json").json
    assert {row["user_id"]: row["value"] for row in found}["c7"] == 10
    undone = run("import", "undo", again["imports"][0], "--json").json
    assert undone == {"id": again["imports"][0], "removed": 2}
    twice = run("import", "undo", again["imports"][0])
    assert (twice.code, "was taken back already" in twice.err) == (1, True)
    assert (
        run("segment", "count", "--rule", "count(order_completed) = 2", "--json").json["count"] == 2
    )
    assert "new.csv" in run("import", "list").out
    ran = run("import", "undo", 77)
    assert (ran.code, ran.err) == (
        1,
        "Error: there is no import 77; `shoal import list` shows them\n",
    )


COUNTS = ("rows", "imported", "duplicates", "rejected", "dropped", "passed_over", "events")


def test_the_list_tells_what_the_answer_told(run, shop):
    """A row that becomes two events, or none, is one row of the file."""
    (shop / "both.csv").write_text(
        "who,day,kind\nc1,2026-01-01,a\nc2,2026-01-02,b\nc3,never,a\nc4,2026-01-03,x\n"
    )
    part = {"user": "who", "time": "day"}
    events = [
        {"event": "first", "when": {"kind": ["a", "b"]}, **part},
        {"event": "second", "when": {"kind": "a"}, **part},
    ]
    (shop / "map.json").write_text(json.dumps({"source": "both", "events": events}))
    for _ in range(2):
        told = run("import", "both.csv", "--map", "map.json", "--json").json
        listed = run("import", "list", "--json").json[-1]
        assert listed["id"] == told["imports"][0]
        assert {name: listed[name] for name in COUNTS} == {name: told[name] for name in COUNTS}


def test_a_header_alone_is_no_import(run, shop):
    before = run("import", "list", "--json").json
    (shop / "empty.csv").write_text("customer,date\n")
    made = run("import", "empty.csv", *ORDERS[:6], "--json").json
    assert (made["rows"], made["imports"]) == (0, [])
    assert made["notices"] == ["`empty.csv` has no rows: nothing was imported"]
    assert run("import", "list", "--json").json == before


def test_cells_that_are_no_finite_numbers_are_told(run, shop):
    (shop / "odd.csv").write_text(
        "who,day,total\nc1,2026-01-01,NaN\nc1,2026-01-02,-inf\nc1,2026-01-03,5\n"
    )
    wanted = ("--event", "odd", "--user", "who", "--time", "day", "--prop", "total=total")
    made = run("import", "odd.csv", *wanted, "--json").json
    assert made["notices"] == ["`odd.total`: 2 cells are NaN or infinite: unset"]
    assert made["unconverted"] == {}


def test_a_file_called_list_is_reached_by_its_path(run, shop):
    (shop / "list").write_text(NEW)
    assert run("import", "./list", *ORDERS, "--json").json["imported"] == 2


def test_files_are_imported_together(run, shop):
    (shop / "one.csv").write_text("customer,date\nc1,2026-06-01\n")
    with gzip.open(shop / "two.csv.gz", "wt") as file:
        file.write("customer,date\nc1,2026-06-02\n")
    found = run("import", "one.csv", "two.csv.gz", *ORDERS, "--json").json
    assert (found["rows"], found["imported"], len(found["imports"])) == (2, 2, 2)


def test_several_events_of_one_file_by_a_column(run, shop):
    (shop / "log.csv").write_text(
        "who,what,at\nc1,Page Viewed,2026-06-01\nc1,Cart Opened,2026-06-02\n"
    )
    found = run(
        "import", "log.csv", "--event-col", "what", "--user", "who", "--time", "at", "--json"
    )
    assert found.json["events"] == {"cart_opened": 1, "page_viewed": 1}


def test_types_that_the_tracking_plan_declares_are_taken(run, shop):
    (shop / "events").mkdir()
    (shop / "events" / "plan.yml").write_text(
        "events:\n  ticket_opened: {title: opened a ticket, properties: {code: text}}\n"
    )
    (shop / "tickets.csv").write_text("who,at,code\nc1,2026-06-01,007\n")
    assert (
        run(
            "import", "tickets.csv", "--event", "Ticket Opened", "--user", "who", "--time", "at"
        ).code
        == 0
    )
    found = run("trait", "values", "last(ticket_opened.code)", "--format", "json").json
    assert {row["user_id"]: row["value"] for row in found}["c1"] == "007"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["nowhere.csv", *ORDERS], 1, "there is no file `nowhere.csv`"),
        (["new.csv", "--event", "a"], 2, "--user"),
        (["new.csv", "--event", "a", "--user", "customer"], 2, "--time"),
        (["new.csv", "--event", "a", "--profiles", "--user", "customer"], 2, "exclude each other"),
        (
            ["new.csv", "--event", "a", "--user", "custmer", "--time", "date"],
            1,
            "did you mean `customer`?",
        ),
        (["new.csv", *ORDERS, "--prop", "revenue"], 1, "revenue"),
        (["new.csv", "--map", "nowhere.yml"], 1, "nowhere.yml"),
        (["new.csv", "--map", "nowhere.yml", "--user", "customer"], 2, "--map"),
        (["segments", *ORDERS], 1, "folder"),
        (["empty.csv", *ORDERS], 1, "empty"),
        (["binary.csv", *ORDERS], 1, "binary.csv"),
    ],
)
def test_what_is_wrong_is_said_in_one_message(run, shop, new, words, code, said):
    (shop / "empty.csv").write_text("")
    (shop / "binary.csv").write_bytes(bytes(range(256)) * 40)
    ran = run("import", *words)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err
