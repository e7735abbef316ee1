"""DuckDB asked the same: one query per segment, two threads, over the Parquet file and in memory.

``python -m bench.duck FILE [--segments 24,240,1000] [--repeat N] [--members]`` prints JSON.
"""

from __future__ import annotations

import argparse
import json
import time
from datetime import datetime
from pathlib import Path
from statistics import median
from typing import Any

from bench.definitions import PAST, Definition, instant, set_w
from bench.generate import NOW
from bench.measure import say, versions
from bench.synthetic import segments

SAMPLE = 24  # queries of a large set that are really asked; the rest is scaled


def connected(path: Path, *, resident: bool, as_of: datetime | None = None) -> Any:
    import duckdb

    connection = duckdb.connect()
    connection.execute("SET threads = 2")
    connection.execute("SET TimeZone = 'UTC'")
    columns = "row, user_id, event, time, category, channel, campaign, price"
    until = f" WHERE time <= {instant(as_of)}" if as_of else ""
    kind = "TABLE" if resident else "VIEW"
    connection.execute(
        f"CREATE {kind} events AS SELECT {columns} FROM read_parquet('{path}'){until}"
    )
    return connection


def count(connection: Any, definition: Definition) -> int:
    return connection.execute(f"SELECT count(*) FROM ({definition.sql})").fetchone()[0]


def asked(connection: Any, definitions: list[Definition], repeat: int) -> dict[str, Any]:
    """Median seconds of the whole set, of each query, and the counts."""
    totals: list[float] = []
    used: list[float] = []
    each: dict[str, list[float]] = {definition.name: [] for definition in definitions}
    counts: dict[str, int] = {}
    for _ in range(repeat):
        processor = time.process_time()
        for definition in definitions:
            began = time.perf_counter()
            counts[definition.name] = count(connection, definition)
            each[definition.name].append(time.perf_counter() - began)
        totals.append(sum(seconds[-1] for seconds in each.values()))
        used.append(time.process_time() - processor)
    return {
        "seconds": median(totals),
        "processor": median(used),
        "runs": repeat,
        "each": {name: median(seconds) for name, seconds in each.items()},
        "counts": counts,
    }


def sampled(connection: Any, size: int) -> dict[str, Any]:
    """A large set by a sample of its queries, once; ``seconds`` is scaled to the whole set."""
    definitions = segments(size, NOW)
    chosen = definitions[:: max(1, size // SAMPLE)][:SAMPLE]
    answer = asked(connection, chosen, 1)
    answer["asked"] = len(chosen)
    answer["seconds"] *= size / len(chosen)
    answer["processor"] *= size / len(chosen)
    return answer


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("path", type=Path)
    reader.add_argument("--segments", default="24")
    reader.add_argument("--repeat", type=int, default=3)
    reader.add_argument("--no-resident", action="store_true")
    options = reader.parse_args()
    answer: dict[str, Any] = {"versions": versions("duckdb")}
    connection = connected(options.path, resident=False)
    answer["W"] = asked(connection, set_w(NOW), options.repeat)
    say(f"  duckdb, Parquet: set W in {answer['W']['seconds']:.2f} s")
    for size in (int(text) for text in options.segments.split(",")):
        answer[str(size)] = sampled(connection, size)
        say(f"  duckdb, Parquet: {size} segments in {answer[str(size)]['seconds']:.1f} s (scaled)")
    connection.close()
    connection = connected(options.path, resident=False, as_of=PAST)
    answer["W_past"] = asked(connection, set_w(PAST), 1)
    connection.close()
    if not options.no_resident:
        connection = connected(options.path, resident=True)
        answer["W_resident"] = asked(connection, set_w(NOW), options.repeat)
        say(f"  duckdb, in memory: set W in {answer['W_resident']['seconds']:.2f} s")
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
