"""``python -m bench discovery``: clusters of a million people by forty traits, start to finish.

The events are SAMPLE DATA of `bench/generate.py`. Measured is what `shoal discover clusters` does
after the project is open: forty values for everyone in one pass, preparing them, k from 2 to 8 with
twelve bootstraps each on 50,000, everyone assigned, names, rules, and the rules asked of everyone.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.generate import EVENTS, NOW, Shape, write
from bench.measure import say
from bench.shoal_side import imported

AIM = 90.0
FOLDER = Path(__file__).parent / "results" / "discovery"
PAGE = Path(__file__).parent / "RESULTS.md"
BEGIN, END = "<!-- discovery: begin -->", "<!-- discovery: end -->"
COUNTED = [it for it in EVENTS if it != "order_refunded"]


def traits() -> list[str]:
    """Forty behaviours: how often, how lately, how much, how varied, how regular."""
    found = [f"count({event} in last 365d)" for event in COUNTED]
    found += [f"age(last({event}))" for event in COUNTED]
    found += [f"count({event} in last 90d)" for event in ("page_viewed", "product_viewed")]
    found += [f"sum({event}.price in last 365d)" for event in ("product_added", "order_completed")]
    found += [f"avg({event}.price)" for event in ("product_viewed", "product_added")]
    found += [f"max({event}.price)" for event in ("product_viewed", "order_completed")]
    found += ["distinct(any event.category in last 365d)", "distinct(any event.channel)"]
    found += ["share(any event.category in last 365d)", "share(any event.channel)"]
    found += ["days(any event in last 365d)", "days(any event in last 90d)", "gap(any event)"]
    found += ["age(first(any event))", "count(any event in last 365d)"]
    assert len(found) == 40 - 1, len(found)
    return [*found, "count(any event where hour(time) >= 18) / count(any event)"]


def measured(project: Path) -> dict[str, Any]:
    import shoal
    from shoal.discovery import clustering
    from shoal.project import behaviours
    from shoal.project.discovery import discovering

    reading, at = shoal.open(project).reading(NOW)
    spent: dict[str, float] = {}

    def timed(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **options: Any) -> Any:
            began = time.perf_counter()
            answer = function(*arguments, **options)
            spent[name] = spent.get(name, 0.0) + time.perf_counter() - began
            return answer

        return call

    discovering.observe = timed("forty values of everyone", behaviours.observe)
    clustering.cluster = timed("clusters and their stability", clustering.cluster)
    discovering.described_groups = timed("names, rules, fidelity", discovering.described_groups)
    load = os.getloadavg()[0]
    began, processor = time.perf_counter(), time.process_time()
    found = discovering.discover_clusters(reading, at, traits=", ".join(traits()))
    seconds = time.perf_counter() - began
    return {
        "seconds": seconds,
        "processor": time.process_time() - processor,
        "parts": spent,
        "people": found.people,
        "features": len(found.prepared.features),
        "left_out": len(found.prepared.left_out),
        "k": found.clustering.k,
        "lowest_jaccard": found.clustering.chosen.lowest,
        "fidelities": sorted((it.fit.f1 for it in found.groups), reverse=True),
        "fitted_on": found.clustering.fitted_on,
        "load_before": load,
        "load_after": os.getloadavg()[0],
        "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
    }


def section(run: dict[str, Any]) -> str:
    met = "met" if run["seconds"] < AIM and run["people"] >= 1_000_000 else "**missed**"
    lines = [
        BEGIN,
        f"## Discovery: {run['people']:,} people, 40 traits",
        "",
        "`python -m bench discovery`; sample data, nobody did any of it. Everything that",
        (
            "`shoal discover clusters` does once the project is open. Stability on "
            f"{run['fitted_on']:,} of them, k from 2 to 8."
        ),
        "",
        "| | measured | aim | |",
        "|---|---:|---|---|",
        f"| clusters with names and rules, s | {run['seconds']:.1f} | under {AIM:.0f} | {met} |",
        f"| processor seconds | {run['processor']:.1f} |  |  |",
        *(f"| {name}, s | {seconds:.1f} |  |  |" for name, seconds in run["parts"].items()),
        f"| behaviours kept (the others restate one, or are mostly unset) | {run['features']} |  |  |",
        f"| groups, and their lowest Jaccard | {run['k']}, {run['lowest_jaccard']:.2f} |  |  |",
        f"| fidelity of their rules | {', '.join(f'{it:.2f}' for it in run['fidelities'])} |  |  |",
        "",
        (
            f"* {run['machine']}. Load of the machine: {run['load_before']:.2f} to "
            f"{run['load_after']:.2f}; above 2, wall times are those of a shared machine."
        ),
        END,
    ]
    return "\n".join(lines)


def kept_section() -> str:
    """The section as measured last, for whoever writes the whole page anew."""
    path = FOLDER / "run.json"
    return section(json.loads(path.read_text(encoding="utf-8"))) if path.exists() else ""


def write_section(text: str) -> None:
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2].strip()
    parts = [it for it in (before.rstrip(), text, after) if it]
    PAGE.write_text("\n\n".join(parts) + "\n", encoding="utf-8")


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--events", type=int, default=12_000_000)
    asked.add_argument("--profiles", type=int, default=2_400_000)
    given = asked.parse_args()
    shape = Shape(given.events, given.profiles)
    path = write(shape, Path(__file__).parent / "data")
    project = path.resolve().with_suffix("")
    if not (project / "shoal.yml").exists():
        say("importing")
        imported(path, project, shape)
    run = measured(project)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "run.json").write_text(json.dumps(run, indent=1) + "\n", encoding="utf-8")
    write_section(section(run))
    print(section(run))


if __name__ == "__main__":
    main()
