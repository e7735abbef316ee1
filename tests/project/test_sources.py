"""Sources: folders and databases, again and again: nothing lost, nothing twice, a clear word."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys

import pytest

from shoal.core.errors import DefinitionError, NotFoundError, ShoalError, StoreBusyError
from shoal.project.checking import check_project
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.sources.databases import _address, _files
from shoal.project.sources.files import filled, load_source, parse_source, written
from shoal.project.sources.running import running
from shoal.project.sources.sourcing import (
    new_source,
    run_named,
    source_row,
    try_source,
    write_source,
)
from shoal.store.files import FETCHED
from shoal.store.source_books import SourceBooks, SourceState

NOW = 1_800_000_000_000_000
HOUR = 3_600_000_000
ORDERS = "customer,at,total\nc1,2026-01-01,10\nc2,2026-01-02,5\n"
MAPPING = "events: {event: order_completed, user: customer, time: at}\n"
OF_TABLE = (
    "source: shop\nevents: {event: order_completed, user: customer, time: at, id: id,"
    " properties: [total]}\n"
)


@pytest.fixture
def project(tmp_path):
    """A project with a mapping, whose clock is moved by hand."""
    init_project(tmp_path, examples=False)
    (tmp_path / "orders.yml").write_text(MAPPING)
    (tmp_path / "table.yml").write_text(OF_TABLE)
    (tmp_path / "in").mkdir()
    project = open_project(tmp_path, lambda: project.now)
    object.__setattr__(project, "now", NOW)
    return project


def watched(project, place="in", **said):
    said = {"from": place, "mapping": "orders.yml", "every": "1h", **said}
    source = new_source(project, "orders", said)
    write_source(project, source)
    return source


def run(project, *, due=False):
    paused = []
    (row,) = run_named(project, ["orders"], due=due, pause=paused.append)
    return row


def put(project, name, text, *, age=3600, mode="w"):
    path = project.folder / "in" / name
    if isinstance(text, bytes):
        path.write_bytes(text)
    else:
        with path.open(mode) as file:
            file.write(text)
    at = NOW // 1_000_000 - age
    os.utime(path, (at, at))
    return path


def events(project):
    """Every mapping here makes one event of a row, so rows of the store are events."""
    with project.store.snapshot() as snapshot:
        return snapshot.rows


def states(row):
    return {one["file"]: one["state"] for one in row["files"]}


def test_a_folder_is_imported_once_and_again_only_what_is_new(project):
    """A10, A5: files put into a folder become events by themselves."""
    watched(project)
    put(project, "a.csv", ORDERS)
    assert (run(project)["imported"], events(project)) == (2, 2)
    assert run(project)["files"] == []
    put(project, "b.csv", "customer,at,total\nc3,2026-01-03,7\n")
    put(project, "notes.md", "nothing of ours")
    put(project, "c.csv.part", "customer,at")
    row = run(project)
    assert (row["imported"], states(row)) == (1, {"in/b.csv": "imported"})


def test_a_file_that_grew_adds_its_new_rows_only(project):
    watched(project)
    put(project, "a.csv", ORDERS)
    run(project)
    put(project, "a.csv", "c3,2026-01-03,7\n", mode="a")
    row = run(project)
    assert (row["imported"], row["duplicates"], events(project)) == (1, 2, 3)


def test_a_copy_under_another_name_is_known_without_being_read(project):
    watched(project)
    put(project, "a.csv", ORDERS)
    run(project)
    put(project, "copy.csv", ORDERS)
    row = run(project)
    assert (row["rows"], states(row)) == (0, {"in/copy.csv": "known"})
    assert run(project)["files"] == []


def test_files_that_are_being_written_are_left_for_later(project):
    """One that grows between two looks, one whose last line has no end, an empty one."""
    watched(project)
    grows = put(project, "grows.csv", ORDERS, age=1)
    put(project, "cut.csv", ORDERS[:-3], age=1)
    put(project, "old_without_end.csv", ORDERS[:-1] + "9", age=3600)
    put(project, "empty.csv", "", age=3600)

    def meanwhile(_):
        with grows.open("a") as file:
            file.write("c4,2026-01-04,1\n")

    (row,) = run_named(project, ["orders"], pause=meanwhile)
    assert states(row) == {
        "in/grows.csv": "left",
        "in/cut.csv": "left",
        "in/old_without_end.csv": "imported",
        "in/empty.csv": "left",
    }
    assert [one["why"] for one in row["files"] if one["file"] == "in/empty.csv"] == ["it is empty"]
    assert row["failure"] is None
    put(project, "grows.csv", ORDERS + "c4,2026-01-04,1\n")
    assert states(run(project))["in/grows.csv"] == "imported"


def test_an_export_without_rows_is_said_and_not_a_failure(project):
    watched(project)
    put(project, "a.csv", "customer,at,total\n")
    row = run(project)
    assert row["notices"] == ["`a.csv` has no rows: nothing was imported"]
    assert (row["failure"], run(project)["files"]) == (None, [])


def test_another_encoding_is_read_and_said(project):
    watched(project)
    put(project, "a.csv", "customer,at,town\nc1,2026-01-01,Évora\n".encode("cp1252"))
    put(project, "b.csv", "customer,at,town\nc2,2026-01-01,Évora\n".encode("utf-16"))
    row = run(project)
    assert (row["imported"], row["failure"]) == (2, None)
    assert any("Windows-1252" in notice for notice in row["notices"])
    put(project, "c.csv", os.urandom(400) + b"\0" * 100)
    row = run(project)
    assert row["imported"] == 0
    assert events(project) == 2


def test_changed_columns_are_told_and_one_that_is_needed_stops_its_file_only(project):
    watched(project)
    put(project, "a.csv", ORDERS)
    run(project)
    put(project, "b.csv", "Customer,at,total\nc3,2026-01-03,7\n")
    put(project, "c.csv", "customer,at,total,note\nc4,2026-01-03,7,x\n")
    row = run(project)
    assert states(row) == {"in/b.csv": "stopped", "in/c.csv": "imported"}
    assert row["failure"] == (
        "in/b.csv: column `customer` is gone, and the mapping needs it; "
        "there is `Customer` for `customer` now: renamed?; mend the mapping `orders.yml`"
    )
    assert "column `customer` is gone and `Customer` is new: it seems to be renamed" in row["drift"]
    assert "column `note` is new" in row["drift"]
    listed = source_row(project, "orders")
    assert (listed["state"], listed["failures"]) == ("failed", 1)
    (project.folder / "orders.yml").write_text(MAPPING.replace("customer", "Customer"))
    row = run(project)
    assert (states(row), row["failure"]) == ({"in/b.csv": "imported"}, None)
    assert source_row(project, "orders")["failures"] == 0


def test_it_is_due_when_its_time_has_come(project):
    watched(project)
    put(project, "a.csv", ORDERS)
    assert run(project, due=True)["imported"] == 2
    assert run_named(project, [], due=True) == []
    object.__setattr__(project, "now", NOW + HOUR)
    assert run(project, due=True)["rows"] == 0


def test_a_dry_run_says_it_in_words_and_keeps_nothing(project):
    source = watched(project)
    put(project, "a.csv", ORDERS)
    told = try_source(project, source, pause=lambda _: None)
    assert told["files"] == [{"file": "in/a.csv", "state": "imported", "why": None}]
    assert any("customer c1 did order_completed" in one for one in told["says"])
    assert events(project) == 0
    assert run(project)["imported"] == 2


def test_a_source_with_a_broken_file_stops_no_other(project):
    watched(project)
    put(project, "a.csv", ORDERS)
    (project.folder / "sources" / "broken.yml").write_text(
        "from: in\nmapping: orders.yml\nevry: 1h"
    )
    broken, good = run_named(project, [], pause=lambda _: None)
    assert "did you mean `every`" in broken["failure"]
    assert (good["imported"], good["failure"]) == (2, None)
    assert source_row(project, "broken")["state"] == "failed"
    with pytest.raises(NotFoundError, match="there is no source `ordes`"):
        run_named(project, ["orders", "ordes"])


def test_values_that_no_json_holds_stop_with_one_sentence(tmp_path):
    """Some drivers hand on bytes that are no text as halves of surrogate pairs."""
    parts = iter([[(1, "\udce9vora")]])
    with pytest.raises(ShoalError, match="cannot be written as JSON") as told:
        list(_files(parts, ("id", "town"), 0, tmp_path / "orders", None))
    assert "cast it to text" in str(told.value)


def test_nothing_that_was_fetched_stays_after_a_failure(project):
    fetched = project.store.root / FETCHED

    def fail():
        with running(project):
            fetched.mkdir()
            (fetched / "half.jsonl").write_text("half of a row")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert not fetched.exists()


def test_two_runs_at_once_are_refused(project):
    watched(project)
    with running(project), pytest.raises(StoreBusyError):
        run(project)


def test_a_folder_that_is_not_there_is_said(project):
    watched(project, "gone/*.csv")
    assert "there is no folder" in run(project)["failure"]
    assert source_row(project, "orders")["state"] == "failed"


# --- databases ----------------------------------------------------------------------------------


def table(project, rows):
    with sqlite3.connect(project.folder / "shop.db") as base:
        base.execute(
            "create table if not exists orders"
            " (id integer, customer text, at text, total real, updated integer)"
        )
        base.executemany("insert into orders values (?, ?, ?, ?, ?)", rows)
    base.close()


def some(first, count):
    return [
        (n, f"c{n % 5}", f"2026-01-{1 + n % 28:02}", n / 2, n // 3)
        for n in range(first, first + count)
    ]


def of_table(project, **said):
    said = {"mapping": "table.yml", "table": "orders", "cursor": "updated", **said}
    return watched(project, "sqlite:///shop.db", **said)


def test_a_table_is_read_from_its_cursor_on(project):
    table(project, some(0, 30))
    of_table(project)
    assert run(project)["imported"] == 30
    table(project, some(30, 10))
    row = run(project)
    assert (row["imported"], row["duplicates"], events(project)) == (10, 3, 40)
    assert (run(project)["imported"], source_row(project, "orders")["cursor"]) == (0, "13")
    assert not list((project.store.root / FETCHED).glob("*"))


def test_equal_rows_beside_the_cursor_are_all_there_once(project):
    """Rows without a key, equal in every column, are as many events as rows, however often read."""
    table(project, [(1, "c1", "2026-01-01", 5, 1)] * 3 + [(1, "c1", "2026-01-01", 5, 2)] * 2)
    of_table(project, mapping="orders.yml")
    assert (run(project)["imported"], run(project)["imported"], events(project)) == (5, 0, 5)
    table(project, [(1, "c1", "2026-01-01", 5, 2)])
    assert (run(project)["imported"], events(project)) == (1, 6)


@pytest.mark.parametrize("chunk", [1, 2, 5, 7, 100])
def test_however_rows_are_parted_none_is_lost_and_equal_cursors_stay_together(project, chunk):
    from shoal.project.sources.databases import Reading, database_pieces

    rows = some(0, 31) + some(0, 9)
    table(project, rows)
    source = of_table(project)
    found, last = [], -1
    for piece in database_pieces(
        source, None, project.folder, Reading(project.store.root / FETCHED, chunk=chunk)
    ):
        read = [json.loads(line) for line in piece.path.read_text().splitlines()]
        assert read[0]["updated"] > last
        last = read[-1]["updated"]
        assert json.loads(piece.cursor) == last
        assert len({one["updated"] for one in read[:-chunk]}) < len(read)
        found += read
    assert sorted((one["id"], one["updated"]) for one in found) == sorted(
        (id_, updated) for id_, *_, updated in rows
    )


def test_a_query_a_changed_column_an_empty_table_and_rows_without_a_cursor(project):
    table(project, [])
    query = "select id, customer, at, total, updated from orders -- all of them;"
    of_table(project, table=None, query=query)
    assert [one["why"] for one in run(project)["files"]] == ["it has no rows"]
    table(project, [*some(0, 4), (99, "c9", "2026-01-01", 1, None)])
    row = run(project)
    assert (row["imported"], row["files"][0]["why"]) == (4, "1 row has no `updated`")
    path = project.folder / "sources" / "orders.yml"
    path.write_text(path.read_text().replace("select id", "select id as number"))
    row = run(project)
    assert "column `id` is gone, and the mapping needs it" in row["failure"]
    assert events(project) == 4


def test_what_a_database_says_is_one_sentence_without_its_address(project, monkeypatch):
    monkeypatch.setenv("SHOP", "sqlite:///shop.db")
    table(project, some(0, 2))
    of_table(project)
    path = project.folder / "sources" / "orders.yml"
    text = path.read_text().replace("sqlite:///shop.db", "${SHOP}")
    path.write_text(text)
    assert run(project)["imported"] == 2
    path.write_text(text.replace('table: "orders"', 'table: "missing"'))
    assert run(project)["failure"].startswith("the database says: no such table: missing")
    monkeypatch.setenv("SHOP", "sqlite:///elsewhere.db")
    assert "there is no database" in run(project)["failure"]
    monkeypatch.setenv("SHOP", "nonsense://secret@host/x")
    assert "secret" not in run(project)["failure"]
    monkeypatch.delenv("SHOP")
    assert "the environment variable SHOP is not set" in run(project)["failure"]


# --- definitions --------------------------------------------------------------------------------

BAD = """\
form: in
mapping: orders.yml
every: 1s
table: orders
access_key: AKIA123
"""


def test_every_problem_of_a_file_is_told_with_its_place():
    with pytest.raises(DefinitionError) as told:
        parse_source(BAD, "orders")
    said = [str(problem) for problem in told.value.problems]
    assert [one.split(": ", 1)[0] for one in said] == [
        "sources/orders.yml:1:1",
        "sources/orders.yml:1:1",
        "sources/orders.yml:3:8",
        "sources/orders.yml:4:8",
        "sources/orders.yml:5:13",
        "sources/orders.yml:5:13",
    ]
    assert "did you mean `from`" in " ".join(said)
    assert "`1s` is too often" in " ".join(said)


def test_a_password_does_not_belong_into_the_file():
    text = "from: postgresql://reader:hunter2@db/shop\nmapping: a.yml\ntable: orders\n"
    with pytest.raises(DefinitionError) as told:
        parse_source(text, "orders")
    assert "hunter2" not in str(told.value)
    good = parse_source(text.replace("hunter2", "${SHOP_PASSWORD}"), "orders")
    assert filled(good.place, {"SHOP_PASSWORD": "x"}) == "postgresql://reader:x@db/shop"
    with pytest.raises(ShoalError, match="SHOP_PASSWORD is not set"):
        filled(good.place, {})


def test_what_is_written_reads_back(project):
    source = of_table(project, overlap="2h", ids="second shop")
    assert load_source(project.folder, "orders") == source
    assert parse_source(written(source), "orders") == source


def test_check_tells_of_sources(project):
    watched(project)
    assert check_project(project).problems == ()
    (project.folder / "orders.yml").unlink()
    assert "there is no readable mapping file" in str(check_project(project).problems[0])


# --- killed -------------------------------------------------------------------------------------

KILLED = """\
import os, signal, sys
import shoal.project.sources.running as running
from shoal.project.opening import open_project
from shoal.project.sources.sourcing import run_named
from shoal.store.source_books import SourceBooks
import shoal.project.sources.databases as databases

databases.CHUNK = 10
left = [int(sys.argv[2])]
def die(name):
    kept = getattr(SourceBooks, name)
    def call(self, *given):
        left[0] -= 1
        if left[0] < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return kept(self, *given)
    setattr(SourceBooks, name, call)
die("keep")
die("add_seen")
run_named(open_project(sys.argv[1]), [], pause=lambda _: None)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kept", range(4))
def test_killed_between_the_commit_and_the_cursor_a_run_repeats_and_adds_nothing_twice(
    project, kept
):
    """The import is committed, what is kept of it is not: the same rows come again, and are known."""
    table(project, some(0, 40))
    of_table(project)
    put(project, "a.csv", ORDERS)
    put(project, "b.csv", "customer,at,total\nc3,2026-01-03,7\n")
    said = {"from": "in", "mapping": "orders.yml"}
    write_source(project, new_source(project, "files", said))
    words = [sys.executable, "-c", KILLED, str(project.folder), str(kept)]
    assert subprocess.run(words, check=False, env=dict(os.environ)).returncode == -9
    before = events(project)
    assert before >= 2
    for row in run_named(project, [], pause=lambda _: None):
        assert row["failure"] is None
    assert events(project) == 43
    assert not list((project.store.root / FETCHED).glob("*"))


def test_a_copy_of_a_file_that_stopped_is_not_taken_for_known(project):
    watched(project)
    text = "customer,when,total\nc1,2026-01-01,10\n"
    put(project, "a.csv", text)
    put(project, "b.csv", text)
    assert states(run(project)) == {"in/a.csv": "stopped", "in/b.csv": "stopped"}
    (project.folder / "orders.yml").write_text(MAPPING.replace("time: at", "time: when"))
    assert states(run(project)) == {"in/a.csv": "imported", "in/b.csv": "known"}
    assert events(project) == 1


def test_a_file_that_cannot_be_named_stops_no_other(project):
    watched(project)
    put(project, "b.csv", ORDERS)
    odd = os.fsencode(project.folder) + b"/in/a\xe9.csv"
    with open(odd, "w") as file:  # noqa: PTH123 -- no text names it
        file.write("customer,at,total\nc9,2026-01-09,9\n")
    row = run(project)
    assert states(row) == {"in/a\\udce9.csv": "stopped", "in/b.csv": "imported"}
    assert row["failure"] == "in/a\\udce9.csv: its name is not UTF-8 text: rename it"
    assert events(project) == 2


def test_a_cell_that_no_text_can_be_is_not_told(project):
    table(project, some(0, 2))
    with sqlite3.connect(project.folder / "shop.db") as connection:
        connection.execute("UPDATE orders SET total = CAST(X'4A6F73E9' AS TEXT)")
    of_table(project)
    failure = run(project)["failure"]
    assert failure.startswith("the database says: Could not decode to UTF-8 column")
    assert "Jos" not in failure


def test_a_source_that_fails_unforeseen_or_has_no_good_name_stops_no_other(project):
    put(project, "a.csv", ORDERS)
    watched(project)
    table(project, some(0, 2))
    said = {"from": "sqlite:///shop.db", "mapping": "table.yml", "table": "orders", "cursor": "id"}
    base = new_source(project, "base", said)
    write_source(project, base)
    SourceBooks(project.store.books).keep("base", SourceState(base.reads, cursor="{"))
    folder = project.folder / "sources"
    (folder / "Shop.yml").write_text("from: in\nmapping: orders.yml\n")
    (folder / ".#orders.yml").write_text("")
    (folder / "nul.yml").write_text('from: in\nmapping: "a\\0.yml"\n')
    rows = {row["name"]: row for row in run_named(project, [], pause=lambda _: None)}
    assert "small letters" in rows["Shop"]["failure"]
    assert "no readable mapping file" in rows["nul"]["failure"]
    assert rows["base"]["failure"] == "it failed with JSONDecodeError; the log says why"
    assert rows["orders"]["imported"] == 2
    assert len(rows) == 4
    assert source_row(project, "nul")["state"] == "failed"


@pytest.mark.parametrize(
    "place",
    [
        "postgresql://u:hun#ter2@h/db",
        "postgresql://u:hun/ter2@h/db",
        "postgresql://u:hun?ter2@h/db",
        "postgresql://u:hunter2@[bad/db",
        "postgresql://h/db?user=u&password=hunter2",
        "mssql+pyodbc://?odbc_connect=SERVER%3Dh%3BPWD%3Dhunter2",
    ],
    ids=range(6),
)
def test_no_sign_hides_a_password_in_the_file(place):
    with pytest.raises(DefinitionError, match="the password itself does not belong"):
        parse_source(f"from: '{place}'\nmapping: a.yml\ntable: orders\n", "orders")


def test_any_sign_may_be_in_a_password(monkeypatch):
    monkeypatch.setenv("PW", "p@s/s:wo%72d")
    url = _address("postgresql+psycopg://reader:${PW}@db.example.org:5433/shop?sslmode=require")
    assert (url.password, url.host, url.port) == ("p@s/s:wo%72d", "db.example.org", 5433)
    assert (url.username, url.database, url.query) == ("reader", "shop", {"sslmode": "require"})


def test_a_span_of_centuries_is_refused():
    with pytest.raises(DefinitionError, match="ten years are the most"):
        parse_source("from: in\nmapping: a.yml\nevery: 3000000d\n", "orders")


def test_a_colon_in_a_query_is_no_parameter_of_ours(project):
    table(project, some(0, 2))
    query = "SELECT *, ':x' AS a, '1:2 :y z' AS b FROM orders WHERE ':x' <> ':z'"
    of_table(project, table=None, query=query)
    assert run(project)["imported"] == 2


def test_an_overlap_before_what_is_no_time_is_said_before_anything_is_imported(project):
    table(project, some(0, 2))
    of_table(project, overlap="1h")
    assert "`overlap` needs a cursor that is a time" in run(project)["failure"]
    assert events(project) == 0


@pytest.mark.parametrize(
    "text",
    [
        "from: s3://AKIA1:hunter2@shop/a",
        "from: s3://hunter2@shop",
        "from: s3://${KEY}:${SECRET}@shop",
        "from: s3://shop/a?secret_key=hunter2",
        "from: s3://shop\nendpoint: https://AKIA1:hunter2@minio.example.org",
    ],
    ids=range(5),
)
def test_keys_do_not_belong_into_the_address_of_a_bucket(text):
    with pytest.raises(DefinitionError, match="access_key: ") as told:
        parse_source(f"{text}\nmapping: a.yml\n", "orders")
    assert "hunter2" not in str(told.value)


@pytest.mark.parametrize("place", ["s3://", "s3:///a", "s3://shop*/a"])
def test_a_bucket_has_a_name(place):
    with pytest.raises(DefinitionError, match="names no bucket"):
        parse_source(f"from: {place}\nmapping: a.yml\n", "orders")


def test_a_slip_in_a_name_is_not_taken_for_a_source_that_is_not_due(project):
    watched(project)
    with pytest.raises(NotFoundError, match="there is no source `order`"):
        run_named(project, ["order"], due=True)
