"""``python -m bench sources``: a million rows of every kind of source, once whole and once killed.

Orders with an id and five columns lie in four files of CSV, JSON lines or Parquet in a folder, in four
objects of a bucket (served by a small server of Python on the same machine), or in a table of SQLite,
PostgreSQL or MariaDB (servers of Debian's packages, as the tests start them; left out where they are
not there). ``shoal source run`` reads each into an empty project, in a process of its own. Then the
same is done in a process that is killed in the middle, and run again: every row has to be there once.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from bench.measure import load, machine, say, write_section

ROWS = 1_000_000
PARTS = 4
CUSTOMERS = 50_000
RESULT = Path(__file__).parent / "results" / "sources" / "million.json"
BEGIN, END = "<!-- sources: begin -->", "<!-- sources: end -->"
MAPPING = (
    "source: shop\nevents: {event: order_completed, user: customer, time: at, id: id,"
    " properties: {revenue: total, channel: channel}}\n"
)
KINDS = {
    "csv": "folder, four CSV files",
    "jsonl": "folder, four files of JSON lines",
    "parquet": "folder, four Parquet files",
    "bucket": "bucket, four CSV objects",
    "sqlite": "table of SQLite with a cursor",
    "postgresql": "table of PostgreSQL with a cursor",
    "mariadb": "table of MariaDB with a cursor",
}
PASSWORD = "PASSWORD"


def columns(first: int, rows: int) -> dict[str, list[Any]]:
    """Some orders: nothing random, so every kind has the same ones."""
    numbers = range(first, first + rows)
    return {
        "id": list(numbers),
        "customer": [f"c{number * 7919 % CUSTOMERS}" for number in numbers],
        "at": [f"2026-{1 + n % 12:02}-{1 + n % 28:02} {n % 24:02}:{n % 60:02}:00" for n in numbers],
        "total": [number % 9_973 / 100 for number in numbers],
        "channel": [("shop", "web", "app")[number % 3] for number in numbers],
    }


def parts(rows: int) -> Iterator[dict[str, list[Any]]]:
    each = rows // PARTS
    yield from (columns(1 + part * each, each) for part in range(PARTS))


def put_files(kind: str, folder: Path, rows: int) -> None:
    """The orders as files of a kind."""
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet

    folder.mkdir()
    for number, part in enumerate(parts(rows)):
        path = folder / f"{number}.{kind}"
        if kind == "csv":
            pa.csv.write_csv(pa.table(part), path)
        elif kind == "parquet":
            pa.parquet.write_table(pa.table(part), path)
        else:
            with path.open("w", encoding="utf-8") as file:
                file.writelines(
                    json.dumps(dict(zip(part, row, strict=True))) + "\n"
                    for row in zip(*part.values(), strict=True)
                )
        os.utime(path, (time.time() - 3600,) * 2)  # nobody writes it any more


def put_table(connect: Any, mark: str, rows: int) -> None:
    """The orders as a table, by a driver's own connection."""
    base = connect()
    asked = base.cursor()
    asked.execute(
        "CREATE TABLE orders (id bigint primary key, customer varchar(20), at varchar(20),"
        " total double precision, channel varchar(8))"
    )
    for part in parts(rows):
        some = list(zip(*part.values(), strict=True))
        asked.executemany(f"INSERT INTO orders VALUES ({', '.join([mark] * 5)})", some)
    base.commit()
    base.close()


@contextmanager
def place(kind: str, folder: Path, rows: int) -> Iterator[dict[str, str]]:
    """Where the orders lie, as the file of a source says it."""
    from tests.project import database_servers as servers
    from tests.project.bucket_server import KEY, serving_bucket

    if kind in {"csv", "jsonl", "parquet"}:
        put_files(kind, folder / "in", rows)
        yield {"from": str(folder / "in")}
    elif kind == "bucket":
        put_files("csv", folder / "in", rows)
        with serving_bucket("shop") as (bucket, url):
            bucket.objects = {
                it.name: (it.read_bytes(), 1_767_225_600) for it in (folder / "in").iterdir()
            }
            os.environ |= {"KEY": KEY, "SECRET": "x" * 40, "AWS_EC2_METADATA_DISABLED": "true"}
            keys = {"access_key": "${KEY}", "secret_key": "${SECRET}"}
            yield {"from": "s3://shop", "endpoint": url, "region": "eu-west-1", **keys}
    elif kind == "sqlite":
        put_table(lambda: sqlite3.connect(folder / "shop.db"), "?", rows)
        yield {"from": f"sqlite:///{folder / 'shop.db'}", "table": "orders", "cursor": "id"}
    else:
        from shoal.project.sources.databases import _address  # as a source reads it

        os.environ[PASSWORD] = servers.WORD
        with servers.SERVERS[kind]() as address:
            url = _address(address)
            given = {"host": url.host, "port": url.port, "user": url.username}
            if kind == "postgresql":
                import psycopg

                put_table(
                    lambda: psycopg.connect(**given, password=servers.WORD, dbname=url.database),
                    "%s",
                    rows,
                )
            else:
                import pymysql

                put_table(
                    lambda: pymysql.connect(**given, password=servers.WORD, database=url.database),
                    "%s",
                    rows,
                )
            yield {"from": address, "table": "orders", "cursor": "id"}


def project(folder: Path, said: dict[str, str]) -> Path:
    """An empty project with the source."""
    from shoal.project.init import init_project
    from shoal.project.opening import open_project
    from shoal.project.sources.sourcing import new_source, write_source

    init_project(folder, examples=False)
    (folder / "orders.yml").write_text(MAPPING)
    opened = open_project(folder)
    keys = {key: it for key, it in said.items() if key in {"access_key", "secret_key"}}
    source = new_source(opened, "orders", {"mapping": "orders.yml", **said, **keys})
    write_source(opened, source)
    return folder


def run(folder: Path, kill_after: int) -> None:
    """Runs the source here and prints how it went; killed after so many commits, if any."""
    from shoal.project.opening import open_project
    from shoal.project.sources import running as source_running
    from shoal.project.sources.sourcing import run_named

    one_run: Any = source_running._Run  # noqa: SLF001 -- to end it between two commits
    bring, made = one_run._bring, []  # noqa: SLF001

    def brings(self: Any, piece: Any, mapping: Any) -> bool:
        done = bring(self, piece, mapping)
        made.append(piece)
        if len(made) == kill_after:
            os.kill(os.getpid(), signal.SIGKILL)
        return done

    one_run._bring = brings  # noqa: SLF001
    opened = open_project(folder)
    began, processor = time.perf_counter(), time.process_time()
    (row,) = run_named(opened, ["orders"])
    wall, used = time.perf_counter() - began, time.process_time() - processor
    with opened.store.snapshot() as snapshot:
        held = snapshot.rows
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    told = {key: row[key] for key in ("rows", "imported", "duplicates", "failure")}
    print(json.dumps({**told, "held": held, "wall": wall, "processor": used, "memory": most}))


def ran(folder: Path, kill_after: int = 0) -> dict[str, Any] | None:
    """The same in a process of its own; None where it was killed as it should be."""
    command = [
        sys.executable,
        "-m",
        "bench.sources",
        "--run",
        str(folder),
        "--kill",
        str(kill_after),
    ]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)
    if kill_after and done.returncode == -signal.SIGKILL:
        return None
    if done.returncode:
        raise SystemExit(f"a run ended with {done.returncode}")
    return json.loads(done.stdout)


def measured(kind: str, rows: int) -> dict[str, Any]:
    began = load()
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        said = stack.enter_context(place(kind, folder, rows))
        whole = project(folder / "whole", said)
        first = ran(whole)
        again = ran(whole)
        shutil.rmtree(whole)
        cut = project(folder / "cut", said)
        killed = ran(cut, kill_after=PARTS // 2) is None
        after = ran(cut)
        assert first is not None
        assert again is not None
        assert after is not None
    right = (first["held"], again["held"], after["held"]) == (rows,) * 3 and killed
    return {
        "kind": kind,
        "whole": first,
        "again": again,
        "after_kill": after,
        "nothing_lost_nothing_twice": right,
        "load_before": began,
        "load_after": load(),
    }


def section(answer: dict[str, Any]) -> str:
    rows = [
        f"| {KINDS[it['kind']]} | {it['whole']['rows'] / it['whole']['wall']:,.0f} "
        f"| {it['whole']['processor']:.1f} | {it['whole']['wall']:.1f} "
        f"| {it['whole']['memory'] / 2**20:,.0f} | {it['again']['wall']:.1f} "
        f"| {it['after_kill']['rows']:,} read, {'all there once' if it['nothing_lost_nothing_twice'] else 'WRONG'} |"
        for it in answer["kinds"]
    ]
    least = min(it["load_before"] for it in answer["kinds"])
    most = max(it["load_before"] for it in answer["kinds"])
    return "\n".join(
        [
            BEGIN,
            f"## Sources: {answer['rows']:,} rows of each kind",
            "",
            (
                "`python -m bench sources`: orders with an id and five columns, of 50,000 customers, read "
                "by `shoal source run` into an empty project; again where nothing is new; and killed "
                "(SIGKILL) after half of the commits and run once more. Memory is the most that was "
                "resident in the process."
            ),
            "",
            "| source | rows a second | processor s | wall s | most MiB | nothing new, s | run again after the kill |",
            "|---|---:|---:|---:|---:|---:|---|",
            *rows,
            "",
            (
                f"{answer['machine']['processor']}; load before each {least} to {most}. Above a load of 1, "
                "wall times and rows a second are those of a shared machine; a database's own work is not in "
                "the processor seconds."
            ),
            END,
        ]
    )


def kept_section() -> str:
    """The section as measured last, for whoever writes the whole page anew."""
    return section(json.loads(RESULT.read_text(encoding="utf-8"))) if RESULT.exists() else ""


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--rows", type=int, default=ROWS)
    reader.add_argument("--kinds", nargs="+", default=list(KINDS), choices=list(KINDS))
    reader.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    reader.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    reader.add_argument("--kill", type=int, default=0, help=argparse.SUPPRESS)
    options = reader.parse_args()
    if options.run is not None:
        run(options.run, options.kill)
        return
    kinds: list[dict[str, Any]] = []
    for kind in options.kinds:
        say(f"{kind} …")
        kinds.append(measured(kind, options.rows))
        say(json.dumps(kinds[-1]))
    answer = {"rows": options.rows, "machine": machine(), "kinds": kinds}
    if options.no_write:
        print(section(answer))
        return
    RESULT.parent.mkdir(parents=True, exist_ok=True)
    RESULT.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    write_section(BEGIN, END, section(answer))


if __name__ == "__main__":
    main()
