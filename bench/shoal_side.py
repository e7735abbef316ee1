"""Shoal's part: import through the command line, then questions to the store it made.

``python -m bench.shoal_side FILE [--segments 24,240,1000] [--repeat N] [--keep]`` prints JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np

from bench.definitions import PAST, Definition, set_w
from bench.generate import NOW, PRICED, Shape, write
from bench.measure import AnonymousMemory, peak_bytes, say, spread, versions
from bench.synthetic import POOLS, pool, segments

# What set W reads: (event or any, property); for the bare scan.
COLUMNS = ("category", "channel", "price", "campaign")
# More of what set W asks already, with other limits.
FURTHER = (
    "count(order_completed in last 28d) >= 3",
    "sum(order_completed.price in last 90d) >= 350",
    "age(first(order_completed)) <= 30d and count(order_completed) >= 2",
    "did order_completed and age(last(order_completed)) > 180d and count(order_completed) >= 4",
    "distinct(any event.channel in last 180d) >= 5",
    "count(any event in last 30d) >= 10",
    "avg(order_completed.price) >= 150",
    "top(any event.category) = 'grocery'",
)
NEW = (
    "count(page_viewed where channel = 'app' in last 45d) >= 2",
    "sum(product_added.price where category = 'toys' in last 120d) >= 60",
    "count(product_searched in last 21d) >= 2",
    "count(checkout_started where channel = 'web' in last 75d) >= 2",
    "max(product_viewed.price where category = 'sports') >= 200",
    "did app_opened where category = 'music' in last 10d",
    "count(product_added where price >= 80 in last 200d) >= 2",
    "did email_clicked where campaign = 'campaign_07' in last 300d",
)
CHANGES = ("entered segment lapsed in last 30d", "left segment often_here in last 30d")


def instant(moment: datetime) -> int:
    return int(moment.timestamp()) * 1_000_000


def shoal(*arguments: str, folder: Path) -> str:
    """What the command line prints."""
    return shoal_watched(*arguments, folder=folder)[0]


def shoal_watched(*arguments: str, folder: Path) -> tuple[str, int]:
    """What the command line prints, and the most anonymous memory it took."""
    command = [sys.executable, "-m", "shoal", *arguments]
    with (
        subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, text=True) as running,
        AnonymousMemory(running.pid) as memory,
    ):
        told, _ = running.communicate()
    if running.returncode:
        raise subprocess.CalledProcessError(running.returncode, command)
    return told, memory.most


def imported(path: Path, project: Path, shape: Shape) -> dict[str, Any]:
    """Time of `shoal import` over the whole file, start of the process included; a small file is
    imported before, so that what is compiled at the first use is there."""
    if shape.rows > 2_000:
        small = Shape(2_000, 200, shape.plan, shape.seed)
        first = write(small, path.parent)
        imported(first, first.resolve().with_suffix(""), small)
    if project.exists():
        shutil.rmtree(project)
    project.parent.mkdir(parents=True, exist_ok=True)
    shoal("init", str(project), folder=project.parent)
    names = [*COLUMNS, *shape.extra_properties]
    began = time.perf_counter()
    told, memory = shoal_watched(
        "import",
        str(path.resolve()),
        *("--event-col", "event", "--user", "user_id", "--time", "time"),
        *(part for name in names for part in ("--prop", f"{name}={name}")),
        "--json",
        folder=project,
    )
    seconds = time.perf_counter() - began
    answer = json.loads(told)
    assert answer["imported"] == shape.rows, answer
    size = sum(item.stat().st_size for item in (project / ".shoal").rglob("*") if item.is_file())
    return {
        "seconds": seconds,
        "rows_per_second": shape.rows / seconds,
        "bytes_per_row": size / shape.rows,
        "memory": memory,
    }


class Questions:
    """The project's store, opened once, and rules asked of it."""

    def __init__(self, project: Path) -> None:
        import shoal as package
        from shoal.language import parse_rule
        from shoal.language.vocabulary import SegmentEntry

        reading, _ = package.open(project).reading(NOW)
        named = {item.name: SegmentEntry(item.name, parse_rule(item.rule)) for item in set_w()}
        self.snapshot = reading.snapshot
        self.vocabulary = replace(reading.vocabulary, segments=named)

    def answers(self, definitions: list[Definition], as_of: int) -> dict[str, Any]:
        from shoal.language import parse_rule
        from shoal.runners import evaluate

        rules = {definition.name: parse_rule(definition.rule) for definition in definitions}
        return evaluate(self.snapshot, rules, self.vocabulary, as_of)

    def counts(self, definitions: list[Definition], as_of: int = instant(NOW)) -> dict[str, int]:
        return {name: answer.count for name, answer in self.answers(definitions, as_of).items()}

    def known(self) -> int:
        first = set_w()[:1]
        return self.answers(first, instant(NOW))[first[0].name].known


def unnamed(rules: tuple[str, ...]) -> list[Definition]:
    return [Definition(f"more_{at}", rule, "") for at, rule in enumerate(rules)]


def by_turns(ask: Questions, fewer: list[Definition], more: list[Definition], repeat: int) -> float:
    """What the longer list takes more than the shorter: both asked by turns, medians."""
    ask.counts(more)
    seconds: dict[bool, list[float]] = {False: [], True: []}
    for _ in range(2 * repeat):
        for longer, definitions in ((False, fewer), (True, more)):
            began = time.perf_counter()
            ask.counts(definitions)
            seconds[longer].append(time.perf_counter() - began)
    return max(median(seconds[True]) - median(seconds[False]), 1e-9)


def added(ask: Questions, more: list[Definition], repeat: int) -> dict[str, float]:
    """What further segments cost each."""
    extra = by_turns(ask, set_w(), [*set_w(), *more], repeat)
    return {"each": extra / len(more), "added": len(more)}


def scanned(ask: Questions, repeat: int) -> dict[str, Any]:
    """Adding up every stored array that set W touches, with two threads; and 16 bytes a row."""
    arrays: list[np.ndarray] = []
    rows = 0
    for bucket in range(ask.snapshot.buckets):
        history = ask.snapshot.history(bucket)
        rows += len(history.occurred_at)
        arrays += [history.occurred_at, history.event, history.offsets, history.first_seen]
        for event in history.event_names:
            if event.startswith("$"):
                continue
            arrays.append(history.rows_of(event))
            for name in COLUMNS:
                if name == "price" and event not in PRICED:
                    continue
                column = history.column(event, name)
                if column is not None:
                    arrays += [column.rows, column.values]
    words = [_words(array) for array in arrays]
    packed = [np.ones(rows, np.int64) for _ in range(2)]  # 16 bytes a row
    answer: dict[str, Any] = {"bytes": sum(word.nbytes for word in words)}
    add = _adder()
    for name, parts in (("seconds", words), ("packed_seconds", packed)):
        halves = _halves(parts)
        with ThreadPoolExecutor(2) as threads:
            run = partial(_added_up, threads, add, halves)
            run()
            answer[name] = spread(run, max(5, repeat))["median"]
    return answer


def _added_up(threads: ThreadPoolExecutor, add: Any, halves: list[Any]) -> int:
    return sum(threads.map(add, halves))


def _halves(arrays: list[np.ndarray]) -> list[Any]:
    """The arrays in two lists of about as many bytes, as compiled code takes them: one call a
    thread, so that nothing but memory is measured."""
    from numba.typed import List

    halves = [List(), List()]
    sizes = [0, 0]
    for array in sorted(arrays, key=len, reverse=True):
        lesser = int(sizes[1] < sizes[0])
        halves[lesser].append(array)
        sizes[lesser] += len(array)
    return halves


def _words(array: np.ndarray) -> np.ndarray:
    """The array's bytes as whole 64-bit words: what a bare scan reads."""
    flat = np.ascontiguousarray(array).view(np.uint8).reshape(-1)
    flat = flat[(-flat.ctypes.data) % 8 :]
    return flat[: len(flat) // 8 * 8].view(np.int64)


def _adder() -> Any:
    from numba import njit

    @njit(nogil=True)
    def add(arrays: Any) -> int:
        total = 0
        for array in arrays:
            for word in array:
                total += word
        return total

    return add


def cold(project: Path, repeat: int) -> dict[str, float]:
    """A new process from nothing to the answer: a plain count, and one with a rank."""
    rules = {
        "cold": "count(order_completed in last 28d) >= 2",
        "cold_rank": "sum(order_completed.price in last 365d) in top 20% of (did order_completed)",
    }
    answer: dict[str, float] = {}
    for name, rule in rules.items():
        command = ("segment", "count", "--rule", rule, "--as-of", "2026-11-01", "--json")
        shoal(*command, folder=project)  # the kernel is compiled at the first use
        took: list[float] = []
        for _ in range(repeat):
            began = time.perf_counter()
            shoal(*command, folder=project)
            took.append(time.perf_counter() - began)
        answer[name] = median(took)
    return answer


def measured(ask: Questions, sizes: list[int], repeat: int, *, brief: bool) -> dict[str, Any]:
    """Every figure of a store that is there already; in ``brief`` the pass, its memory, changes."""
    began = time.perf_counter()
    counts: dict[str, dict[str, int]] = {"W": ask.counts(set_w())}
    answer: dict[str, Any] = {"first": time.perf_counter() - began, "counts": counts}
    with AnonymousMemory() as memory:
        answer["W"] = spread(lambda: ask.counts(set_w()), repeat)
    answer["memory"] = {"before": memory.before, "most": memory.most, "peak": peak_bytes()}
    say(f"  shoal: set W in {answer['W']['median']:.3f} s")
    if not brief:
        answer.update(compared(ask, counts, sizes, repeat))
    changes = unnamed(CHANGES)
    counts["changes"] = ask.counts(changes)
    with AnonymousMemory() as memory:
        answer["changes"] = spread(lambda: ask.counts(changes), 1)
    answer["changes"]["memory"] = memory.most
    say(f"  shoal: entered and left in {answer['changes']['median']:.2f} s")
    return answer


def compared(
    ask: Questions, counts: dict[str, dict[str, int]], sizes: list[int], repeat: int
) -> dict[str, Any]:
    """Set W beside other instants, a bare scan, and more segments; adds to ``counts``."""
    answer: dict[str, Any] = {}
    past = set_w(PAST)
    counts["W_past"] = ask.counts(past, instant(PAST))
    then = spread(lambda: ask.counts(past, instant(PAST)), repeat)
    again = spread(lambda: ask.counts(set_w()), repeat)
    answer["as_of"] = {**then, "ratio": then["median"] / again["median"]}
    ranked = {"top_spenders", "champions", "big_and_loyal"}
    plain = [item for item in set_w() if item.name not in ranked]
    answer["ranks"] = by_turns(ask, plain, set_w(), repeat)
    answer["scan"] = scanned(ask, repeat)
    answer["further"] = added(ask, unnamed(FURTHER), repeat)
    answer["new_selection"] = added(ask, unnamed(NEW), repeat)
    for size in sizes:
        definitions = segments(size)
        counts[str(size)] = ask.counts(definitions)
        answer[str(size)] = spread(lambda definitions=definitions: ask.counts(definitions), repeat)
        answer[str(size)]["selections"] = len(pool(POOLS[size]))
        say(f"  shoal: {size} segments in {answer[str(size)]['median']:.3f} s")
    return answer


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("path", type=Path)
    reader.add_argument("--segments", default="24,240,1000")
    reader.add_argument("--repeat", type=int, default=5)
    reader.add_argument("--keep", action="store_true")
    reader.add_argument("--brief", action="store_true", help="the pass, its memory, changes")
    options = reader.parse_args()
    os.environ.setdefault("NUMBA_NUM_THREADS", "2")
    _, plan, rows, profiles, seed = options.path.stem.split("-")
    shape = Shape(int(rows), int(profiles), plan, int(seed))
    project = options.path.resolve().with_suffix("")
    answer: dict[str, Any] = {}
    note = project / "import.json"  # what it took, for runs that keep the project
    if not (options.keep and note.exists()):
        note.write_text(json.dumps(imported(options.path, project, shape)), encoding="utf-8")
    answer["import"] = json.loads(note.read_text(encoding="utf-8"))
    say(f"  shoal: imported {answer['import']['rows_per_second']:,.0f} rows/s")
    ask = Questions(project)
    answer.update(
        measured(
            ask,
            [int(text) for text in options.segments.split(",")],
            options.repeat,
            brief=options.brief,
        )
    )
    answer["known"] = ask.known()
    answer.update(cold(project, min(3, options.repeat)))
    answer["versions"] = versions("shoal", "numba", "numpy", "pyarrow")
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
