"""The whole measurement: data, other engines, Shoal, comparison, report.

``python -m bench segments --events 10_000_000 [--profiles N] [--segments 24,240,1000]
[--plan wide] [--only shoal,duckdb] [--keep]``

A hundred million events are asked of Shoal alone, for the pass, its memory and changes.
"""

from __future__ import annotations

import argparse
import json
import os
from typing import Any

from bench import generate, report
from bench.measure import child, load, machine, say, timed

ENGINES = ("duckdb", "polars", "pandas", "shoal")
BRIEF = 100_000_000
"""Events from which on only Shoal is measured, and that briefly."""


def main() -> None:
    reader = argparse.ArgumentParser(parents=[generate.options()])
    reader.add_argument("--segments", default="24,240,1000")
    reader.add_argument("--only", help="engines, by commas")
    reader.add_argument("--repeat", type=int, default=5)
    reader.add_argument("--keep", action="store_true", help="reuse the imported project")
    reader.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    asked = reader.parse_args()
    os.environ["POLARS_MAX_THREADS"] = "2"
    run = measured(asked)
    print(report.on_terminal(run))
    text = json.dumps(run, indent=1, sort_keys=True)
    target = asked.data if asked.no_write else report.RUNS
    target.mkdir(parents=True, exist_ok=True)
    (target / f"{run['plan']}-{run['rows']}.json").write_text(text + "\n", encoding="utf-8")
    if not asked.no_write:
        report.write_page()


def measured(asked: argparse.Namespace) -> dict[str, Any]:
    """Everything asked for, engine after engine."""
    shape = generate.shape_of(asked)
    say(f"sample data: {shape.rows:,} events of at most {shape.profiles:,} people, {shape.plan}")
    seconds, path = timed(lambda: generate.write(shape, asked.data))
    say(f"  {path.stat().st_size / 1e6:.0f} MB in {seconds:.1f} s; load {load()}")
    run: dict[str, Any] = {
        "rows": shape.rows,
        "profiles": shape.profiles,
        "plan": shape.plan,
        "megabytes": round(path.stat().st_size / 1e6),
        "machine": machine(),
        "versions": {},
    }
    huge = shape.rows > 20_000_000
    wanted = asked.only or ("shoal" if shape.rows >= BRIEF else ",".join(ENGINES))
    repeat = str(1 if huge else min(3, asked.repeat))
    more = ["--no-resident"] if huge else []
    commands: dict[str, list[str]] = {
        "duckdb": ["bench.duck", str(path), "--segments", asked.segments, *more],
        "polars": ["bench.frames", "polars", str(path)],
        "pandas": ["bench.frames", "pandas", str(path)],
        "shoal": ["bench.shoal_side", str(path), "--segments", asked.segments],
    }
    for engine, command in commands.items():
        if engine not in wanted.split(","):
            continue
        runs = str(asked.repeat) if engine == "shoal" else repeat
        more = ["--keep"] if engine == "shoal" and asked.keep else []
        more += ["--brief"] if engine == "shoal" and shape.rows >= BRIEF else []
        say(f"{engine}; load {load()}")
        run[engine] = child(*command, "--repeat", runs, *more)
        run["versions"].update(run[engine].pop("versions", {}))
    return run
