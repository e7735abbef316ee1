"""Sources in PostgreSQL and MariaDB: what their types become, cursors of both kinds, a kill."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import UTC, datetime

import pytest
from sqlalchemy import create_engine, text

from shoal.project.imports.importing import quarantine_items
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.reading import read
from shoal.project.sources.databases import _address
from shoal.project.sources.sourcing import (
    new_source,
    run_named,
    source_row,
    try_source,
    write_source,
)
from shoal.project.sql import query_project
from tests.project.database_servers import SERVERS, WORD

pytestmark = pytest.mark.serving
MAPPING = (
    "source: shop\nevents: {event: order_completed, user: customer, time: at, id: id,"
    " properties: {total: total, note: note, wall: wall, size: extra.size}, types: {total: money}}\n"
)
TYPES = {
    "postgresql": {"instant": "timestamptz", "wall": "timestamp", "json": "jsonb"},
    "mariadb": {"instant": "timestamp(6) null", "wall": "datetime(6)", "json": "json"},
}
KILLED = """
import os, signal, sys
from shoal.project.sources import databases as source_databases
from shoal.project.sources import running as source_running
from shoal.project.opening import open_project
from shoal.project.sources.sourcing import run_named

source_databases.Reading.__init__.__defaults__ = (False, False, 300)
bring, made = source_running._Run._bring, []


def brings(self, piece, mapping):
    done = bring(self, piece, mapping)
    made.append(piece)
    if len(made) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return done


source_running._Run._bring = brings
run_named(open_project(sys.argv[1]), ["orders"])
"""


@pytest.fixture(scope="module", params=sorted(SERVERS))
def server(request):
    """A server's kind and address."""
    with SERVERS[request.param]() as address:
        os.environ["PASSWORD"] = WORD
        yield request.param, address
        del os.environ["PASSWORD"]


@pytest.fixture
def base(server):
    """A connection of whoever keeps the shop, and an empty table of orders."""
    kind, address = server
    kinds = TYPES[kind]
    engine = create_engine(_address(address))
    with engine.connect() as base:
        base.execute(text("DROP TABLE IF EXISTS orders"))
        base.execute(
            text(
                f"CREATE TABLE orders (id bigint primary key, customer varchar(80), at {kinds['instant']},"
                f" wall {kinds['wall']}, total numeric(18, 4), note text, extra {kinds['json']})"
            )
        )
        base.commit()
        yield base
    engine.dispose()


@pytest.fixture
def project(tmp_path, server):
    """A project of Lisbon; the servers' zones are others."""
    init_project(tmp_path, time_zone="Europe/Lisbon", examples=False)
    (tmp_path / "orders.yml").write_text(MAPPING)
    return open_project(tmp_path)


def source(project, server, **said):
    said = {"from": server[1], "mapping": "orders.yml", "table": "orders", "cursor": "id", **said}
    write_source(project, new_source(project, "orders", said))


def run(project):
    (row,) = run_named(project, ["orders"])
    assert row["failure"] is None, row["failure"]
    return row


def put(base, *rows):
    for number, at, total in rows:
        base.execute(
            text("INSERT INTO orders (id, customer, at, total) VALUES (:id, :who, :at, :total)"),
            {"id": number, "who": f"c{number % 7}", "at": at, "total": total},
        )
    base.commit()


def many(base, kind, first, count):
    series = {
        "postgresql": f"generate_series({first}, {first + count - 1}) AS s(seq)",
        "mariadb": f"seq_{first}_to_{first + count - 1}",
    }[kind]
    base.execute(
        text(
            "INSERT INTO orders (id, customer, at, total) SELECT seq, concat('c', seq % 50),"
            f" '2026-01-01 00:00:00', seq FROM {series}"
        )
    )
    base.commit()


def rows_in(project):
    with project.store.snapshot() as snapshot:
        return snapshot.rows


def told(project):
    """Every event as the questions of people find it."""
    reading = read(project)
    query = "SELECT * FROM order_completed ORDER BY total DESC NULLS LAST"
    return query_project(reading, query, reading.at(None)).to_pylist()


def test_what_each_type_becomes(project, server, base):
    """Instants are instants whatever zone the server is in, numbers exact, NULL unset."""
    kind, _ = server
    stamp = {"postgresql": "'2026-07-01 12:00:00.25+02'", "mariadb": "'2026-07-01 19:00:00.25'"}[
        kind
    ]
    base.execute(
        text(
            f"INSERT INTO orders VALUES (1, 'c1', {stamp}, '2026-07-01 12:00:00', 12345678901.2345,"
            """ 'Olá 👋', '{"size": "M", "gift": true}'), (2, 'c2', '2026-01-05 10:00:00', NULL,"""
            " NULL, NULL, NULL)"
        )
    )
    base.commit()
    plain = ", extra" if kind == "postgresql" else ""  # elsewhere JSON comes as a text
    size = "" if plain else ", JSON_VALUE(extra, '$.size') AS `extra.size`"
    query = f"SELECT id, customer, at, wall, total, note{plain}{size} FROM orders"
    source(project, server, table=None, query=query)
    row = run(project)
    assert (row["imported"], row["rejected"]) == (2, 0)
    first, second = told(project)
    assert (first["size"], second["size"]) == ("M", None)
    assert first["occurred_at"] == datetime(2026, 7, 1, 10, 0, 0, 250_000, UTC)
    assert str(first["total"]) == "12345678901.2345"
    assert first["note"] == "Olá 👋"
    assert first["wall"] == datetime(2026, 7, 1, 11, tzinfo=UTC)  # noon by Lisbon's clocks
    assert (second["total"], second["note"]) == (None, None)


def test_a_cursor_that_is_a_time_reads_what_is_new_in_any_zone(project, server, base):
    put(base, (1, "2026-03-01 10:00:00.000001", 1), (2, "2026-03-01 10:00:00.000002", 2))
    source(project, server, cursor="at")
    assert run(project)["imported"] == 2
    assert run(project)["rows"] == 1  # the last one, once more
    put(base, (3, "2026-03-01 10:00:00.000002", 3), (4, "2026-03-29 01:30:00", 4))
    row = run(project)
    assert (row["rows"], row["imported"], rows_in(project)) == (4 - 1, 2, 4)


def test_an_overlap_finds_what_was_committed_late(project, server, base):
    put(base, (1, "2026-03-01 10:00:00", 1))
    source(project, server, cursor="at", overlap="10m")
    run(project)
    put(base, (2, "2026-03-01 09:55:00", 2), (3, "2026-03-01 09:45:00", 3))
    assert (run(project)["imported"], rows_in(project)) == (1, 2)


def test_a_run_killed_in_the_middle_is_gone_on_with(project, server, base):
    many(base, server[0], 1, 1000)
    source(project, server)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [sys.executable, "-c", KILLED, str(project.folder)]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert rows_in(project) == 600
    assert source_row(project, "orders")["cursor"] in {"300", "600"}
    row = run(project)
    assert row["imported"] == 400
    assert rows_in(project) == 1000


def test_columns_that_change_are_told_and_one_that_is_needed_stops(project, server, base):
    put(base, (1, "2026-03-01 10:00:00", 1))
    source(project, server)
    run(project)
    base.execute(text("ALTER TABLE orders ADD COLUMN coupon varchar(20)"))
    base.execute(text("ALTER TABLE orders DROP COLUMN note"))
    base.commit()
    put(base, (2, "2026-03-02 10:00:00", 2))
    (row,) = run_named(project, ["orders"])
    assert "`note`" in row["failure"]
    assert any("`coupon`" in it for it in row["drift"])
    (project.folder / "orders.yml").write_text(MAPPING.replace("note: note, ", ""))
    assert (run(project)["imported"], rows_in(project)) == (1, 2)


def test_a_bad_row_waits_once_and_a_dry_run_looks_at_few(project, server, base):
    many(base, server[0], 1, 20_000)
    base.execute(text("UPDATE orders SET customer = NULL WHERE id = 20000"))
    base.commit()
    source(project, server)
    tried = try_source(project, new_source(project, "other", {
        "from": server[1], "mapping": "orders.yml", "table": "orders"}))  # fmt: skip
    assert tried["files"][0]["state"] == "imported"
    assert run(project)["rejected"] == 1
    many(base, server[0], 20_001, 5)
    row = run(project)
    assert (row["imported"], row["rejected"]) == (5, 1)
    assert len(quarantine_items(project)) == 1


def test_a_wrong_password_is_one_sentence_that_does_not_tell_it(project, server, base, monkeypatch):
    source(project, server)
    monkeypatch.setenv("PASSWORD", "hunter2")
    (row,) = run_named(project, ["orders"])
    assert row["failure"].startswith("the database says: ")
    assert "hunter2" not in row["failure"]
    assert "\n" not in row["failure"]
