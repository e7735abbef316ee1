"""What was measured, as tables: on the terminal, and in RESULTS.md from every stored run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import (
    audience,
    audit,
    capture,
    discovery,
    experiments,
    live,
    page,
    plan,
    predict,
    sources,
)

FOLDER = Path(__file__).parent
RUNS = FOLDER / "results"
PAGE = FOLDER / "RESULTS.md"

Run = dict[str, Any]
Row = tuple[str, str, str, str]  # what, measured, aim, verdict


def aims(run: Run) -> list[Row]:
    """The aims that this run can be held against, each with what was measured."""
    shoal = run.get("shoal")
    rows = [
        _at_least("import from Parquet, rows/s", _of(shoal, "import", "rows_per_second"), 500_000)
    ]
    pass_seconds = _of(shoal, "W", "median")
    if run["rows"] >= 100_000_000:
        rows.append(_at_most("set W, memory-mapped, warm, s", pass_seconds, 3))
        memory = _of(shoal, "memory", "most")
        rows.append(_at_most("its anonymous memory, GiB", memory and memory / 2**30, 1.5))
        memory = _of(shoal, "changes", "memory")
        rows.append(_at_most("that of `entered` and `left`, GiB", memory and memory / 2**30, None))
        memory = _of(shoal, "import", "memory")
        rows.append(_at_most("that of the import, GiB", memory and memory / 2**30, None))
    multiple = _ratio(pass_seconds, _of(shoal, "scan", "seconds"))
    rows.append(_at_most("set W, multiple of scanning the stored columns", multiple, 20))
    packed = _ratio(pass_seconds, _of(shoal, "scan", "packed_seconds"))
    rows.append(_at_most("set W, multiple of scanning 16 bytes a row", packed, None))
    queries = _of(run, "duckdb", "W", "seconds")
    rows.append(
        _at_least(
            "set W, times as fast as DuckDB's 24 queries (Parquet)",
            _ratio(queries, pass_seconds),
            10,
        )
    )
    resident = _of(run, "duckdb", "W_resident", "seconds")
    rows.append(
        _at_least("the same, DuckDB's table in memory", _ratio(resident, pass_seconds), None)
    )
    further = _ratio(_of(shoal, "further", "each"), pass_seconds)
    rows.append(_at_most("a further segment, % of set W", further and 100 * further, 1))
    new = _ratio(_of(shoal, "new_selection", "each"), pass_seconds)
    rows.append(_at_most("a segment with a new selection, % of set W", new and 100 * new, 5))
    for size in (24, 240, 1000):
        seconds = _of(shoal, str(size), "median")
        aim = 1.5 if size == 1000 and run["rows"] <= 10_000_000 else None
        rows.append(_at_most(f"{size:,} generated segments, s", seconds, aim))
    rows.append(_at_most("as of half a year ago / now", _of(shoal, "as_of", "ratio"), 1.2))
    cold = 2 if run["rows"] <= 10_000_000 else None
    rows.append(_at_most("`shoal segment count` in a new process, s", _of(shoal, "cold"), cold))
    rows.append(
        _at_most("ranks: what three of set W's segments take, s", _of(shoal, "ranks"), None)
    )
    changes = _of(shoal, "changes", "median")
    rows.append(_at_most("`entered` and `left`, two segments, s", changes, None))
    return [row for row in rows if row[1]]


def _of(found: Any, *names: str) -> Any:
    for name in names:
        found = found.get(name) if isinstance(found, dict) else None
    return found


def _ratio(one: float | None, other: float | None) -> float | None:
    return one / other if one and other else None


def _number(value: float) -> str:
    if value < 0.0005:
        return "< 0.001"
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def _at_most(what: str, value: float | None, aim: float | None) -> Row:
    return _row(what, value, aim, "at most", met=value is not None and value <= (aim or 0))


def _at_least(what: str, value: float | None, aim: float | None) -> Row:
    return _row(what, value, aim, "at least", met=value is not None and value >= (aim or 0))


def _row(what: str, value: float | None, aim: float | None, sense: str, *, met: bool) -> Row:
    measured = "" if value is None else _number(value)
    if aim is None:
        return what, measured, "", ""
    return what, measured, f"{sense} {_number(aim)}", "met" if met else "**missed**"


def disagreements(run: Run) -> list[str]:
    """Every count in which two engines differ, in words; ``shoal`` is held against each other."""
    found: list[str] = []
    ours = _of(run, "shoal", "counts") or {}
    for engine in ("duckdb", "polars", "pandas"):
        theirs = {
            name: answer["counts"]
            for name, answer in (run.get(engine) or {}).items()
            if isinstance(answer, dict) and "counts" in answer
        }
        for name, counts in theirs.items():
            mine = ours.get(name.removesuffix("_resident"), {})
            found += [
                f"{name}: {segment}: shoal {mine[segment]:,}, {engine} {count:,}"
                for segment, count in counts.items()
                if segment in mine and mine[segment] != count
            ]
    return found


def compared(run: Run) -> int:
    """How many counts were compared with another engine's."""
    ours = _of(run, "shoal", "counts") or {}
    return sum(
        segment in ours.get(name.removesuffix("_resident"), {})
        for engine in ("duckdb", "polars", "pandas")
        for name, answer in (run.get(engine) or {}).items()
        if isinstance(answer, dict)
        for segment in answer.get("counts", ())
    )


def on_terminal(run: Run) -> str:
    """The run's table for the terminal."""
    rows = aims(run)
    width = max((len(row[0]) for row in rows), default=0)
    lines = [
        f"{what:<{width}}  {value:>10}  {aim:<14} {verdict.strip('*')}".rstrip()
        for what, value, aim, verdict in rows
    ]
    wrong = disagreements(run)
    lines.append(f"{compared(run)} counts compared, {len(wrong)} differ")
    return "\n".join([*lines, *(f"  DIFFERS {text}" for text in wrong)])


def _engines(run: Run) -> Iterator[str]:
    yield "| set W, 24 segments | s | times Shoal | processor s |"
    yield "|---|---:|---:|---:|"
    ours = _of(run, "shoal", "W", "median")
    for title, engine, name in (
        ("DuckDB, 24 queries over Parquet", "duckdb", "W"),
        ("DuckDB, 24 queries over its table in memory", "duckdb", "W_resident"),
        ("Polars, 24 lazy queries over Parquet", "polars", "W"),
        ("pandas, 24 times over a resident frame", "pandas", "W"),
        ("Shoal", "shoal", "W"),
    ):
        found = _of(run, engine, name) or {}
        yield from _engine(title, found.get("median") or found.get("seconds"), ours, found)
    scan = _of(run, "shoal", "scan") or {}
    yield from _engine("bare scan of the columns as stored", scan.get("seconds"), ours, {})
    yield from _engine("bare scan of 16 bytes a row", scan.get("packed_seconds"), ours, {})
    for size in (240, 1000):
        found = _of(run, "duckdb", str(size)) or {}
        mine = _of(run, "shoal", str(size), "median")
        title = f"DuckDB, {size:,} segments, scaled from {found.get('asked')} queries"
        yield from _engine(title, found.get("seconds"), mine, found)


def _engine(
    title: str, seconds: float | None, ours: float | None, found: dict[str, Any]
) -> Iterator[str]:
    if not seconds or not ours:
        return
    used = _number(found["processor"]) if "processor" in found else ""
    yield f"| {title} | {_number(seconds)} | {_number(seconds / ours)} | {used} |"


def _section(run: Run) -> Iterator[str]:
    yield f"## {run['rows']:,} events, {run['plan']} plan"
    yield ""
    known = _of(run, "shoal", "known")
    people = f"{known:,} known profiles of {run['profiles']:,} drawn" if known else ""
    yield (
        f"{people}. {run['machine']['processor']}, {run['machine']['memory']}, "
        f"{run['machine']['system']}, Python {run['machine']['python']}; "
        + ", ".join(f"{name} {version}" for name, version in sorted(run["versions"].items()))
        + "."
    )
    yield ""
    yield "| | measured | aim | |"
    yield "|---|---:|---|---|"
    for row in aims(run):
        yield f"| {' | '.join(row)} |"
    yield ""
    yield from _engines(run)
    yield ""
    wrong = disagreements(run)
    yield f"{compared(run)} counts compared with other engines' in this run, {len(wrong)} differ."
    for text in wrong:
        yield f"* {text}"
    yield ""
    for remark in run.get("remarks", ()):
        yield f"* {remark}"
    yield f"* Load of the machine: {', '.join(_loads(run))}."
    yield ""


def _loads(run: Run) -> list[str]:
    return [
        f"{engine} {run[engine]['load_before']} to {run[engine]['load_after']}"
        for engine in ("duckdb", "polars", "pandas", "shoal")
        if "load_before" in (run.get(engine) or {})
    ]


def write_page() -> None:
    """RESULTS.md from what stands in ``results/``, the largest run last."""
    runs = [json.loads(path.read_text(encoding="utf-8")) for path in RUNS.glob("*.json")]
    runs.sort(key=lambda run: (run["rows"], run["plan"]))
    protocol = (FOLDER / "protocol.md").read_text(encoding="utf-8")
    body = "\n".join(line for run in runs for line in _section(run))
    own = f"{protocol}\n{body}".rstrip()
    kept = (
        audit.kept_sections(),
        audience.kept_sections(),
        discovery.kept_section(),
        plan.kept_section(),
        predict.kept_section(),
        capture.kept_section(),
        experiments.kept_section(),
        live.kept_section(),
        page.kept_section(),
        sources.kept_section(),
    )
    parts = [it for it in (own, *kept) if it]
    PAGE.write_text("\n\n".join(parts).rstrip() + "\n", encoding="utf-8")
