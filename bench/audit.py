"""``python -m bench audit``: an audit of one segment, beside 24, among the people of a big store.

It needs a store that ``python -m bench segments`` has made (10,000,000 events, 1,000,000 people).
Wall seconds are those of the machine as it is; processor seconds tell how much work it was. The
section it writes in ``bench/RESULTS.md`` stands between two marks; nothing else is touched.
"""

from __future__ import annotations

import argparse
import json
import time
from dataclasses import replace
from pathlib import Path
from statistics import median
from typing import Any

from bench.definitions import set_w
from bench.generate import NOW
from bench.measure import load, machine, say, write_section

RESULTS = Path(__file__).parent / "results" / "audit"
STORE = "events-plain-10000000-1000000-7"
BEGIN, END = "<!-- audit: begin -->", "<!-- audit: end -->"
ASKED = {
    "frequent_buyers": "a count in a window",
    "often_here": "days with any event",
    "top_spenders": "one rank, drawn again 20 times",
    "champions": "two quintiles, drawn again 20 times",
}


def measured(store: Path, repeat: int) -> dict[str, Any]:
    import shoal
    from shoal.language import parse_rule
    from shoal.language.vocabulary import SegmentEntry
    from shoal.project.answers import Question
    from shoal.project.audits.auditing import audit_segment

    reading, at = shoal.open(store).reading(NOW)
    named = {it.name: SegmentEntry(it.name, parse_rule(it.rule)) for it in set_w()}
    reading = replace(reading, vocabulary=replace(reading.vocabulary, segments=named))
    answer: dict[str, Any] = {"load_before": load(), "machine": machine(), "segments": {}}
    for name in ASKED:
        question = Question(named[name].rule)
        found = audit_segment(reading, question, at)  # what is read and compiled at first use
        walls: list[float] = []
        used: list[float] = []
        for _ in range(repeat):
            began, processor = time.perf_counter(), time.process_time()
            audit_segment(reading, question, at)
            walls.append(time.perf_counter() - began)
            used.append(time.process_time() - processor)
        figures = found.findings[0].figures
        answer["segments"][name] = {
            "size": figures["size"],
            "known": figures["known"],
            "wall": median(walls),
            "least": min(walls),
            "processor": median(used),
        }
        say(f"  {name}: {median(walls):.2f} s, processor {median(used):.2f} s")
    answer["load_after"] = load()
    return answer


def section(answer: dict[str, Any]) -> str:
    rows = [
        f"| `{name}`: {ASKED[name]} | {it['size']:,} | {it['wall']:.2f} | {it['least']:.2f} | "
        f"{it['processor']:.2f} |"
        for name, it in answer["segments"].items()
    ]
    known = next(iter(answer["segments"].values()))["known"]
    return "\n".join(
        [
            BEGIN,
            "## Audit of one segment",
            "",
            (
                "`python -m bench audit`: the plain store of 10,000,000 events, 1,000,000 people drawn, "
                f"{known:,} known; the audit as `shoal segment audit` makes it, compared with the 24 "
                "segments of set W, in a process that has asked before. Aim: under 2 s."
            ),
            "",
            "| segment | members | s, median | s, least | processor s |",
            "|---|---:|---:|---:|---:|",
            *rows,
            "",
            (
                f"{answer['machine']['processor']}; load before {answer['load_before']}, after "
                f"{answer['load_after']}. Above a load of 1, wall times are those of a shared machine; "
                "half of the processor seconds is what two free cores take at the least."
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
    reader = argparse.ArgumentParser()
    reader.add_argument("--store", type=Path, default=Path(__file__).parent / "data" / STORE)
    reader.add_argument("--repeat", type=int, default=3)
    options = reader.parse_args()
    answer = measured(options.store, options.repeat)
    RESULTS.mkdir(parents=True, exist_ok=True)
    path = RESULTS / f"{options.store.name}.json"
    path.write_text(json.dumps(answer, indent=1) + "\n", encoding="utf-8")
    write_section(BEGIN, END, section(answer))


if __name__ == "__main__":
    main()
