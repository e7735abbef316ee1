"""``python -m bench plan``: a plan of 100 changed segments, over the events of a big store.

It needs a store that ``python -m bench segments`` has made and leaves it as it is: definitions stand
in a project of their own, whose big files are links to that store's. Each of 100 applied segments is
changed, once in its limits alone, once in its windows (so that nothing is selected as before), and
planned as ``shoal plan`` does: who enters, who leaves, what they are worth, who reads them. The
section it writes in ``bench/RESULTS.md`` stands between two marks; nothing else is touched.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from bench.measure import load, machine, say, spread, write_section
from bench.shoal_side import shoal
from bench.synthetic import segments

AIM = 3.0
COUNT = 100
DATA = Path(__file__).parent / "data"
RESULTS = Path(__file__).parent / "results" / "plan"
STORE = "events-plain-10000000-1000000-7"
BEGIN, END = "<!-- plan: begin -->", "<!-- plan: end -->"
BIG = ("buckets", "identifiers")
"""Folders of a store whose files never change once they are written."""


@dataclass(frozen=True)
class Edit:
    """One way to change every rule."""

    said: str
    pattern: str
    more: int

    def rule(self, text: str) -> str:
        return re.sub(self.pattern, lambda it: f"{it[1]}{int(it[2]) + self.more}", text)


EDITS = {
    "limits": Edit("every limit one higher", r"((?:>=|<) )(\d+)", 1),
    "windows": Edit(
        "every window three days longer, every limit one higher",
        r"(in last |>= |< )(\d+)",
        3,
    ),
}


def copied(store: Path, folder: Path) -> Path:
    """A project over the same data: what never changes is linked, the rest is copied."""

    def take(source: str, target: str) -> None:
        if any(part in BIG for part in Path(source).parts):
            os.link(source, target)
        else:
            shutil.copy2(source, target)

    project = folder / "plan"
    shutil.copytree(store, project, copy_function=take)
    for path in (*project.glob("segments/*"), *project.glob("traits/*")):
        path.unlink()
    return project


def defined(project: Path, edit: Edit | None = None) -> None:
    """The file of 100 segments as they are, or changed."""
    rules = {it.name: it.rule for it in segments(240)[:COUNT]}
    lines = [f"  {name}: {edit.rule(rule) if edit else rule}" for name, rule in rules.items()]
    text = "\n".join(["segments:", *lines, ""])
    (project / "segments" / "many.yml").write_text(text, encoding="utf-8")


def new_process(project: Path) -> dict[str, float]:
    """`shoal plan` from the shell: wall and processor seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    shoal("plan", "--json", folder=project)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"wall": wall, "processor": used}


def measured(store: Path, repeat: int) -> dict[str, Any]:
    from shoal.project.changes.planning import make_plan
    from shoal.project.opening import open_project

    answer: dict[str, Any] = {"load_before": load(), "machine": machine(), "edits": {}}
    with TemporaryDirectory(dir=DATA) as place:
        folder = copied(store, Path(place))
        defined(folder)
        shoal("apply", "--yes", folder=folder)
        project = open_project(folder)
        for name, edit in EDITS.items():
            defined(folder, edit)
            plan = make_plan(project, None)  # what is mapped and compiled at first use
            assert len(plan.segments) == COUNT, plan.text
            assert all(it.change == "changed" for it in plan.segments)
            moving = sum(it.entering + it.leaving for it in plan.segments)
            again = spread(lambda: make_plan(project, None), repeat)
            cold = [new_process(folder) for _ in range(repeat)]
            answer["edits"][name] = {
                "moving": moving,
                "again": again,
                "new_process": {
                    "median": median(it["wall"] for it in cold),
                    "least": min(it["wall"] for it in cold),
                    "processor": median(it["processor"] for it in cold),
                },
            }
            say(
                f"  {name}: {again['median']:.2f} s, new process {answer['edits'][name]['new_process']['median']:.2f} s"
            )
    answer["load_after"] = load()
    return answer


def section(answer: dict[str, Any]) -> str:
    rows = [
        f"| {EDITS[name].said}, {where} | {it['moving']:,} | {took['median']:.2f} | "
        f"{took['least']:.2f} | {took['processor']:.2f} |"
        for name, it in answer["edits"].items()
        for where, took in (
            ("in a process that has asked before", it["again"]),
            ("`shoal plan` in a new process", it["new_process"]),
        )
    ]
    return "\n".join(
        [
            BEGIN,
            f"## A plan of {COUNT} changed segments",
            "",
            (
                f"`python -m bench plan`: the plain store of 10,000,000 events; {COUNT} of the 240 "
                "generated segments are applied, all of them are changed, and the plan says who "
                "enters and leaves each, a few by name, what they are worth together and which "
                f"definitions read it. Aim: under {AIM:.0f} s."
            ),
            "",
            "| what was changed | people moving, all segments | s, median | s, least | processor s |",
            "|---|---:|---:|---:|---:|",
            *rows,
            "",
            (
                f"{answer['machine']['processor']}; load before {answer['load_before']}, after "
                f"{answer['load_after']}. Above a load of 1, wall times are those of a shared "
                "machine; half of the processor seconds is what two free cores take at the least."
            ),
            END,
        ]
    )


def kept_section() -> str:
    """The section as measured last, for whoever writes the whole page anew."""
    path = RESULTS / f"{STORE}.json"
    return section(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ""


def main() -> None:
    reader = argparse.ArgumentParser()
    reader.add_argument("--store", type=Path, default=DATA / STORE)
    reader.add_argument("--repeat", type=int, default=3)
    reader.add_argument("--no-write", action="store_true", help="leave RESULTS.md as it is")
    options = reader.parse_args()
    answer = measured(options.store, options.repeat)
    if options.no_write:
        print(section(answer))
        return
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{options.store.name}.json"
    path.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    write_section(BEGIN, END, section(answer))


if __name__ == "__main__":
    main()
