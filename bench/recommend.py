"""``python -m bench recommend``: lists from a model in memory, over a catalogue of 8,000 items.

People and items are made up: how often an item is had falls with its rank, people keep to a few kinds.
Asked are the functions behind ``GET /api/v1/recommendations``, each for people drawn anew; what the
server and the wire add is not in it. ``--items 8000 --people 40000`` is what is recorded.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc

from bench.measure import load, machine, say, write_section

BEGIN, END = "<!-- recommend: begin -->", "<!-- recommend: end -->"
AIM = 20.0
KINDS = 40


def made(folder: Path, people: int, items: int, rows: int) -> None:
    """Orders of a year in a file: an item by its rank within one of few kinds that somebody keeps to."""
    random = np.random.default_rng(7)
    who = np.sort(random.integers(0, people, rows))
    kind = (who * 7 + random.integers(0, 3, rows)) % KINDS
    rank = np.minimum(random.zipf(1.3, rows) - 1, items // KINDS - 1)
    at = random.integers(0, 365 * 24, rows) // 6 * 6
    start = np.datetime64("2025-11-01T00:00:00")
    table = pa.table({
        "who": pa.array([f"u{it}" for it in who]),
        "on": pa.array(start + at.astype("timedelta64[h]")),
        "item": pa.array([f"i{k * (items // KINDS) + r}" for k, r in zip(kind, rank, strict=True)]),
    })  # fmt: skip
    every = pa.table({
        "who": pa.array([f"u{it % people}" for it in range(items)]),
        "on": pa.array(np.full(items, start).astype("datetime64[us]")),
        "item": pa.array([f"i{it}" for it in range(items)]),
    })  # fmt: skip
    pc.write_csv(pa.concat_tables([table.cast(every.schema), every]), folder / "orders.csv")


def measured(people: int, items: int, rows: int, asked_for: int) -> dict[str, Any]:
    import shoal
    from shoal.project.opening import open_project
    from shoal.project.reading import read
    from shoal.project.recommendations import recommending as ask
    from shoal.project.recommendations.asked import HavingAsked

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        made(folder, people, items, rows)
        shoal.init(folder / "shop").import_file(
            folder / "orders.csv", event="order", user="who", time="on"
        )
        reading = read(open_project(folder / "shop"))
        at = reading.at(None)
        seconds, used = time.perf_counter(), time.process_time()
        found = ask.recommending(reading, HavingAsked("order", "item"), at)
        learned = time.perf_counter() - seconds, time.process_time() - used
        names = found.fitted.having.names
        random = np.random.default_rng(3)
        kinds = {
            "for": lambda: ask.recommend_for(found, f"u{random.integers(people)}", 10),
            "similar": lambda: ask.similar_items(found, names[random.integers(len(names))], 10),
            "together": lambda: ask.items_together(found, names[random.integers(len(names))], 10),
            "next": lambda: ask.items_next(found, f"u{random.integers(people)}", 10),
            "trending": lambda: ask.items_trending(found, 10),
        }
        rows_of: dict[str, Any] = {}
        for kind, one in kinds.items():
            took = []
            for _ in range(asked_for):
                began = time.perf_counter()
                one()
                took.append(1_000 * (time.perf_counter() - began))
            rows_of[kind] = [float(it) for it in np.quantile(took, [0.5, 0.95])]
        return {"items": len(names), "learned": learned, "kinds": rows_of}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=40_000)
    parser.add_argument("--items", type=int, default=8_000)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--asked", type=int, default=500)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    before = load()
    found = measured(given.people, given.items, given.rows, given.asked)
    lines = [
        "## Recommendations from memory", "",
        (f"`python -m bench recommend`: {given.rows:,} rows of {given.people:,} made-up people over "
        f"{found['items']:,} items; {given.asked} questions of each kind, as the API asks them, without "
        f"the wire. Aim: p95 under {AIM:.0f} ms."), "",
        "| list | p50, ms | p95, ms | |", "|---|---:|---:|---|",
        *(f"| {kind} | {low:.1f} | {high:.1f} | {'met' if high < AIM else 'missed'} |"
          for kind, (low, high) in found["kinds"].items()), "",
        (f"Learned once, the weights found out too: {found['learned'][0]:.0f} s wall, "
        f"{found['learned'][1]:.0f} processor seconds."), "",
        (f"{machine()['processor']}; load before {before:.2f}, after {load():.2f}. Above a load of 1, wall times are "
        "those of a shared machine."),
    ]  # fmt: skip
    say("\n".join(lines))
    if given.write:
        write_section(BEGIN, END, "\n".join([BEGIN, *lines, END, ""]))


if __name__ == "__main__":
    main()
