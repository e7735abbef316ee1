"""``python -m bench audience``: an audience resolved among the million people of a big store.

It needs a store that ``python -m bench segments`` has made (10,000,000 events, 1,000,000 people), and
works on a copy of it that has addresses, consents, subscriptions and a list as well. Wall seconds are
those of the machine as it is; processor seconds tell how much work it was. The section it writes in
``bench/RESULTS.md`` stands between two marks; nothing else is touched.
"""

from __future__ import annotations

import argparse
import json
import shutil
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.generate import NOW as END_OF_DATA
from bench.measure import load, machine, say, write_section
from shoal.core.instants import from_datetime

RESULTS = Path(__file__).parent / "results" / "audience"
STORE = "events-plain-10000000-1000000-7"
NOW = from_datetime(END_OF_DATA)
BEGIN, END = "<!-- audience: begin -->", "<!-- audience: end -->"
ASKED = {
    "everyone": ("everyone", 0.0, 0.0),
    "everyone, 10 % held out": ("everyone", 0.1, 0.0),
    "everyone, 10 % and 5 % of all held out": ("everyone", 0.1, 0.05),
    "frequent buyers, 10 % held out": ("count(order_completed in last 180d) >= 2", 0.1, 0.0),
}


def prepared(store: Path, folder: Path) -> None:
    """A copy of the store in which most people have an address and agreed to marketing."""
    from shoal.cli import main as shoal
    from shoal.project.answers import asked, member_table
    from shoal.project.opening import open_project
    from shoal.project.reading import read

    shutil.copytree(store, folder)
    reading = read(open_project(folder))
    ids = member_table(reading, asked(reading, None, "everyone"), NOW)["user_id"].combine_chunks()
    rng, at = np.random.default_rng(7), pa.repeat("2026-01-01T00:00:00Z", len(ids))
    draw = rng.random(len(ids))
    files = {
        "people": {"user": ids, "email": pa.array([f"{it}@example.org" for it in ids.to_pylist()])},
        "consents": {
            "user": ids,
            "purpose": pa.repeat("marketing", len(ids)),
            "state": pa.array(np.where(draw < 0.9, "granted", "denied")),
            "at": at,
        },
    }
    some = pa.array(np.flatnonzero((draw > 0.30) & (draw < 0.35)))
    left = {"user": ids.take(some), "channel": pa.repeat("email", len(some)),
            "state": pa.repeat("unsubscribed", len(some)), "at": at.take(some)}  # fmt: skip
    listed = pa.array(np.flatnonzero(draw < 0.02))
    files |= {"left": left, "list": {"user": ids.take(listed), "at": at.take(listed)}}
    for name, columns in files.items():
        pq.write_table(pa.table(columns), folder / f"{name}.parquet")
    for words in (
        ["import", "people", "--profiles", "--user", "user"],
        [
            "consent import",
            "consents",
            "--user",
            "user",
            "--purpose",
            "purpose",
            "--state",
            "state",
        ],
        [
            "subscription import",
            "left",
            "--user",
            "user",
            "--channel",
            "channel",
            "--state",
            "state",
        ],
        ["suppression import", "list", "--user", "user"],
    ):
        path = folder / f"{words[1]}.parquet"
        dated = [] if words[1] == "people" else ["--time", "at"]
        began = time.perf_counter()
        code = shoal([*words[0].split(), str(path), *words[2:], *dated, "--project", str(folder)])
        assert code == 0, words
        say(f"  {path.name} in {time.perf_counter() - began:.1f} s")
        path.unlink()


def measured(folder: Path, repeat: int) -> dict[str, Any]:
    """Each audience in a process that has asked before."""
    from shoal.consent.channel import Channel
    from shoal.project.opening import open_project
    from shoal.project.people.audiences import audience_asked, resolve
    from shoal.project.reading import read

    project = open_project(folder)
    answer: dict[str, Any] = {"load_before": load(), "machine": machine(), "audiences": {}}
    for name, (rule, holdout, everywhere) in ASKED.items():
        settings = replace(project.settings, holdout=everywhere)
        reading = read(replace(project, settings=settings))
        words = {"purpose": "marketing", "channel": Channel.EMAIL, "holdout": holdout}
        walls: list[float] = []
        used: list[float] = []
        counts: dict[str, int] = {}
        for turn in range(repeat + 1):
            began, processor = time.perf_counter(), time.process_time()
            counts = resolve(reading, audience_asked(reading, None, rule, **words), NOW).as_json()
            if turn:  # the first maps what is read
                walls.append(time.perf_counter() - began)
                used.append(time.process_time() - processor)
        answer["audiences"][name] = {
            **counts,
            "wall": median(walls),
            "least": min(walls),
            "processor": median(used),
        }
        say(f"  {name}: {median(walls):.2f} s, processor {median(used):.2f} s; {counts}")
    answer["load_after"] = load()
    return answer


def section(answer: dict[str, Any]) -> str:
    store = answer.get("store", STORE)
    events, people = (int(it) for it in store.split("-")[2:4])
    rows = [
        f"| {name} | {it['matched']:,} | {it['reachable']:,} | {it['sendable']:,} | "
        f"{it['wall']:.2f} | {it['least']:.2f} | {it['processor']:.2f} |"
        for name, it in answer["audiences"].items()
    ]
    return "\n".join(
        [
            BEGIN,
            "## An audience",
            "",
            (
                f"`python -m bench audience --store bench/data/{store}`: the plain store of {events:,} events, {people:,} people drawn, "
                "all with an address, 90 % of whom agreed; a list of 2 %, and 5 % who left the channel; "
                "the whole waterfall with each person's state, as `shoal audience show` makes it, in a "
                "process that has asked before. Aim: under 2 s."
            ),
            "",
            "| audience | matched | reachable | sendable | s, median | s, least | processor s |",
            "|---|---:|---:|---:|---:|---:|---:|",
            *rows,
            "",
            (
                f"{answer['machine']['processor']}; load before {answer['load_before']}, after "
                f"{answer['load_after']}. Above a load of 1, wall times are those of a shared machine."
            ),
            END,
        ]
    )


def kept_sections() -> str:
    """The section as measured last, for whoever writes the whole page anew."""
    found = [
        json.loads(path.read_text(encoding="utf-8")) for path in sorted(RESULTS.glob("*.json"))
    ]
    return "\n\n".join(section(answer) for answer in found)


def main() -> None:
    data = Path(__file__).parent / "data"
    reader = argparse.ArgumentParser()
    reader.add_argument("--store", type=Path, default=data / STORE)
    reader.add_argument("--copy", type=Path, default=data / "audience")
    reader.add_argument("--repeat", type=int, default=3)
    options = reader.parse_args()
    if not options.copy.exists():
        prepared(options.store, options.copy)
    answer = {"store": options.store.name, **measured(options.copy, options.repeat)}
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{options.store.name}.json"
    path.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    write_section(BEGIN, END, section(answer))


if __name__ == "__main__":
    main()
