"""Sources read anew, and what comes again with them: bad rows, objects that cannot be fetched."""

from __future__ import annotations

import os
import sqlite3

import pytest

from shoal.cli import main
from shoal.project.imports.importing import quarantine_items, undo_import
from shoal.project.imports.quarantining import drop_item
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.sources.sourcing import (
    new_source,
    run_named,
    source_row,
    try_source,
    write_source,
)

NOW = 1_800_000_000_000_000
HEAD = "customer,at,total\n"
BAD = ",2026-01-03,7\nc4,when,8\n"
MAPPING = "events: {event: bought, user: customer, time: at, properties: [total]}\n"


@pytest.fixture
def project(tmp_path):
    """A project with a folder as a source."""
    init_project(tmp_path, examples=False)
    (tmp_path / "orders.yml").write_text(MAPPING)
    (tmp_path / "in").mkdir()
    project = open_project(tmp_path, lambda: NOW)
    source = new_source(project, "orders", {"from": "in", "mapping": "orders.yml"})
    write_source(project, source)
    return project


def put(project, text, name="a.csv", age=3600):
    path = project.folder / "in" / name
    path.write_text(text)
    at = NOW // 1_000_000 - age
    os.utime(path, (at, at))


def run(project, **how):
    (row,) = run_named(project, ["orders"], pause=lambda _: None, **how)
    return row


def waiting(project):
    return sorted((it["code"], it["raw"]) for it in quarantine_items(project))


def rows_in(project):
    with project.store.snapshot() as snapshot:
        return snapshot.rows


def test_a_source_is_read_anew_and_adds_nothing_twice(project):
    put(project, f"{HEAD}c1,2026-01-01,10\n")
    run(project)
    source = new_source(project, "other", {"from": "in", "mapping": "orders.yml"})
    assert [it["state"] for it in try_source(project, source)["files"]] == ["imported"]
    assert run(project)["files"] == []
    row = run(project, anew=True)
    assert (row["imported"], row["duplicates"], rows_in(project)) == (0, 1, 1)
    assert run(project)["files"] == []


def test_what_was_taken_back_comes_again_when_a_source_is_read_anew(project):
    put(project, f"{HEAD}c1,2026-01-01,10\n")
    run(project)
    undo_import(project, 1)
    assert (run(project)["imported"], rows_in(project)) == (0, 0)
    assert (run(project, anew=True)["imported"], rows_in(project)) == (1, 1)


def test_a_dry_run_says_what_would_be_read_anew_and_forgets_nothing(project, capsys):
    put(project, f"{HEAD}c1,2026-01-01,10\n")
    run(project)
    assert main(["source", "run", "--anew", "--dry-run", "--project", str(project.folder)]) == 0
    assert "in/a.csv would be imported" in capsys.readouterr().out
    assert run(project)["files"] == []


def test_a_table_is_read_anew_from_its_first_row(project):
    with sqlite3.connect(project.folder / "shop.db") as base:
        base.execute("create table orders (id integer, customer text, at text, total integer)")
        rows = [(n, f"c{n}", "2026-01-01", n) for n in range(5)]
        base.executemany("insert into orders values (?, ?, ?, ?)", rows)
    base.close()
    said = {"from": "sqlite:///shop.db", "mapping": "orders.yml", "table": "orders", "cursor": "id"}
    write_source(project, new_source(project, "table", said))
    run_named(project, ["table"])
    assert run_named(project, ["table"])[0]["rows"] == 1
    (row,) = run_named(project, ["table"], anew=True)
    assert (row["rows"], row["duplicates"]) == (5, 5)
    assert source_row(project, "table")["cursor"] == "4"


def test_bad_rows_of_a_file_that_grew_wait_in_quarantine_once(project):
    put(project, HEAD + BAD)
    run(project)
    before = waiting(project)
    assert [code for code, _ in before] == ["bad_time", "no_user"]
    put(project, f"{HEAD}{BAD}c1,2026-01-01,10\n,2026-01-09,1\n", age=1800)
    row = run(project)
    assert (row["imported"], row["rejected"]) == (1, 3)
    assert waiting(project) == sorted([*before, ("no_user", ",2026-01-09,1")])


def test_a_bad_row_that_somebody_dropped_comes_again_as_long_as_the_file_has_it(project):
    """Only what waits is known: nothing is kept of a row that is gone, of a person perhaps."""
    put(project, HEAD + BAD)
    run(project)
    (first, second) = quarantine_items(project)
    drop_item(project, first["id"], "ines")
    put(project, f"{HEAD}{BAD}c1,2026-01-01,10\n", age=1800)
    run(project)
    assert sorted(it["raw"] for it in quarantine_items(project)) == sorted(
        [first["raw"], second["raw"]]
    )


def test_the_same_bad_row_of_another_file_is_another_one(project):
    put(project, HEAD + BAD)
    put(project, f"{HEAD}{BAD}c1,2026-01-01,10\n", name="b.csv")
    run(project)
    assert len(waiting(project)) == 4


def test_bad_rows_of_a_table_that_is_read_whole_wait_once(project):
    with sqlite3.connect(project.folder / "shop.db") as base:
        base.execute("create table orders (customer text, at text, total integer)")
        base.execute("insert into orders values ('c1', 'when', 1)")
    said = {"from": "sqlite:///shop.db", "mapping": "orders.yml", "table": "orders"}
    write_source(project, new_source(project, "table", said))
    run_named(project, ["table"])
    with sqlite3.connect(project.folder / "shop.db") as base:
        base.execute("insert into orders values ('c2', '2026-01-01', 2)")
    base.close()
    (row,) = run_named(project, ["table"])
    assert (row["imported"], row["rejected"], len(waiting(project))) == (1, 1, 1)


def test_a_column_of_a_table_that_nobody_has_a_value_in_is_not_missing(project):
    with sqlite3.connect(project.folder / "shop.db") as base:
        base.execute("create table orders (customer text, at text, total integer)")
        base.execute("insert into orders values ('c1', '2026-01-01', null)")
    base.close()
    said = {"from": "sqlite:///shop.db", "mapping": "orders.yml", "table": "orders"}
    source = new_source(project, "table", said)
    write_source(project, source)
    assert try_source(project, source)["files"][0]["state"] == "imported"
    (row,) = run_named(project, ["table"])
    assert (row["imported"], row["failure"]) == (1, None)


def test_sources_of_one_mapping_keep_the_bad_rows_of_each(project):
    with sqlite3.connect(project.folder / "shop.db") as base:
        base.execute("create table one (customer text, at text, total integer)")
        base.execute("insert into one values ('c1', 'when', 1)")
        base.execute("create table two as select * from one")
        base.execute("insert into two values ('c2', '2026-01-02', 2)")
    for name in ("one", "two"):
        said = {"from": "sqlite:///shop.db", "mapping": "orders.yml", "table": name}
        write_source(project, new_source(project, name, said))
    for _ in range(2):
        rows = run_named(project, ["one", "two"], anew=True)
        assert [row["rejected"] for row in rows] == [1, 1]
    assert [code for code, _ in waiting(project)] == ["bad_time", "bad_time"]


@pytest.mark.parametrize("broken", ["sources/orders.yml", "orders.yml"])
def test_a_source_that_cannot_be_read_keeps_how_far_it_is(project, broken):
    put(project, f"{HEAD}c1,2026-01-01,10\n")
    run(project)
    good = (project.folder / broken).read_text()
    (project.folder / broken).write_text("from: [")
    assert run(project, anew=True)["failure"]
    (project.folder / broken).write_text(good)
    assert run(project)["files"] == []
