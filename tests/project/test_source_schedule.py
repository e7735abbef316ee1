"""Sources of a served project: due ones are run by a process beside, which may be killed."""

from __future__ import annotations

import os
import signal
import sqlite3
import threading
import time

import pytest

import shoal.project.owner.writing  # noqa: F401 -- what an owner does for others
from shoal.core.errors import StoreError
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.serving.served import serving
from shoal.project.sources import schedule as source_schedule
from shoal.project.sources.process import PROGRAM
from shoal.project.sources.schedule import run_beside
from shoal.project.sources.sourcing import new_source, source_row, write_source

MAPPING = "source: shop\nevents: {event: bought, user: customer, time: at, id: id}\n"
LONG = 60


@pytest.fixture
def project(tmp_path):
    """A project with a table of 30,000 rows as a source that is due."""
    init_project(tmp_path, examples=False)
    with sqlite3.connect(tmp_path / "shop.db") as base:
        base.execute("create table orders (id integer, customer text, at text)")
        rows = ((n, f"c{n % 50}", f"2026-01-{1 + n % 28:02}") for n in range(30_000))
        base.executemany("insert into orders values (?, ?, ?)", rows)
    base.close()
    (tmp_path / "table.yml").write_text(MAPPING)
    project = open_project(tmp_path)
    said = {
        "from": "sqlite:///shop.db",
        "mapping": "table.yml",
        "table": "orders",
        "cursor": "id",
        "every": "1h",
    }
    write_source(project, new_source(project, "orders", said))
    return project


def rows_in(project):
    with project.store.snapshot() as snapshot:
        return snapshot.rows


def until(is_so):
    end = time.monotonic() + LONG
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


@pytest.mark.slow
def test_a_served_project_runs_what_is_due_and_a_killed_run_is_done_again(project, monkeypatch):
    """A run that is killed at any time is done again; every row is there once."""
    monkeypatch.setattr(source_schedule, "LOOK_EVERY", 0.2)
    killed = threading.Event()
    begun = source_schedule.Beside

    class Killed(begun):
        def start(self):
            super().start()
            if not killed.is_set() and self._module == PROGRAM:
                killed.set()
                os.kill(self.number, signal.SIGKILL)

    monkeypatch.setattr(source_schedule, "Beside", Killed)
    with serving(project) as served:
        until(lambda: rows_in(project) == 30_000)
        until(lambda: source_row(project, "orders")["state"] == "well")
        assert killed.is_set()
        until(lambda: served.sources.trouble is None)
    assert source_row(project, "orders")["imported"] == 30_000
    assert rows_in(project) == 30_000


@pytest.mark.slow
def test_a_run_that_nobody_waits_for_any_more_is_killed_and_may_be_done_again(project):
    with pytest.raises(StoreError, match="ended early"):
        run_beside(project, ["orders"], lambda: False)
    (row,) = run_beside(project, ["orders"])
    assert row["imported"] + row["duplicates"] == 30_000
    assert rows_in(project) == 30_000


@pytest.mark.slow
def test_a_source_whose_process_ends_again_and_again_holds_no_other(project, monkeypatch):
    """The others run meanwhile, and it is said of that one alone; it stays due."""
    monkeypatch.setattr(source_schedule, "LOOK_EVERY", 0.2)
    (project.folder / "sources" / "a-first.yml").write_text(
        (project.folder / "sources" / "orders.yml").read_text()
    )
    asked = []
    begun = source_schedule.Beside

    class Ends(begun):
        def talk(self, request, hear=None, is_wanted=lambda: True):
            asked.extend(request.form["run"])
            if request.form["run"] == ["a-first"]:
                os.kill(self.number, signal.SIGKILL)
            return super().talk(request, hear, is_wanted)

    monkeypatch.setattr(source_schedule, "Beside", Ends)
    with serving(project):
        until(lambda: source_row(project, "orders")["state"] == "well")
        until(lambda: asked.count("a-first") >= 2)
    row = source_row(project, "a-first")
    assert row["failure"].startswith("the process that runs sources ended early")
    assert row["failures"] >= 1
    assert row["ran_at"] is None
    assert source_row(project, "orders")["imported"] == 30_000
