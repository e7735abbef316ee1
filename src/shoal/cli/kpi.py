"""``shoal kpi``: figures by segment and over time; ``segment rfm`` and ``segment overlap``."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from shoal.cli.options import AppliedAt, AsOf, Json, instant, reading_of, warn
from shoal.cli.output import counted, print_json, print_table, shown
from shoal.core.errors import UsageError

RATES = frozenset({"conversion_rate", "retention_rate", "engagement_rate"})


def kpi(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]…", help="Segments, or a partition; everybody is always told."
        ),
    ] = None,
    by: Annotated[str, typer.Option(help="Periods: day, week or month, in local time.")] = "month",
    count: Annotated[int, typer.Option(metavar="N", help="How many periods back.")] = 12,
    since: Annotated[
        str | None,
        typer.Option("--from", metavar="T", help="The first instant, instead of a count."),
    ] = None,
    goal: Annotated[
        str | None, typer.Option(metavar="EVENT", help="What counts; `where` may follow.")
    ] = None,
    amount: Annotated[
        str | None, typer.Option(metavar="PROPERTY", help="The goal's property that is money.")
    ] = None,
    value: Annotated[
        str | None, typer.Option(metavar="EXPR", help="What a person is worth.")
    ] = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIGURE=N", help="The least a figure shall come to: conversion_rate=5%."
        ),
    ] = None,
    as_of: AsOf = None,
    applied_at: AppliedAt = None,
    json: Json = False,
) -> None:
    """Conversion, retention, engagement, revenue, value and size by segment, against targets."""
    from shoal.measurement.periods import Unit
    from shoal.project.measurement.kpis import KpiAsked, kpi_report

    if by not in set(Unit):
        raise UsageError(f"--by: no period is called `{by}`", hint=f"one of {', '.join(Unit)}")
    reading = reading_of(context, applied_at)
    at = reading.at(instant("--as-of", as_of, reading.project))
    start = instant("--from", since, reading.project)
    targets = dict(_target(one) for one in target or ())
    asked = KpiAsked(tuple(names or ()), Unit(by), count, start, goal, amount, value, targets)
    found = kpi_report(reading, asked, at)
    if json:
        print_json(found)
        return
    warn(found["warnings"])
    if not found["series"]:
        return
    for series in found["series"]:
        print(series["title"] or series["segment"] or "Everybody")
        columns = [
            name for name, row in series["points"].items() if any(it is not None for it in row)
        ]
        rows = [
            (
                period["day"] + ("" if period["complete"] else "*"),
                *(_figure(name, series["points"][name][place]) for name in columns),
            )
            for place, period in enumerate(found["periods"])
        ]
        print_table((found["by"], *columns), rows)
        for it in series["targets"]:
            bound, now = it["at_least"] if it["at_least"] is not None else it["at_most"], it["now"]
            verdict = "no figure yet" if it["met"] is None else "met" if it["met"] else "not met"
            kind = "least" if it["at_least"] is not None else "most"
            name = it["measure"]
            print(
                f"target: {name} at {kind} {_figure(name, bound)}, is {_figure(name, now)}: {verdict}"
            )
        print()
    print("* the period is not over")


def rfm(
    context: typer.Context,
    event: Annotated[
        str | None, typer.Option(metavar="EVENT", help="What is bought. Default: orders.")
    ] = None,
    value: Annotated[
        str | None, typer.Option(metavar="EXPR", help="What a person is worth.")
    ] = None,
    as_of: AsOf = None,
    applied_at: AppliedAt = None,
    json: Json = False,
) -> None:
    """Buyers by fifths of recency and of frequency: how many, and what they are worth."""
    from shoal.project.measurement.lifecycle import rfm_grid

    reading = reading_of(context, applied_at)
    at = reading.at(instant("--as-of", as_of, reading.project))
    found = rfm_grid(reading, at, event, value)
    if json:
        print_json(found)
        return
    warn(found["warnings"])
    print(
        f"{counted(found['people'], 'profile')} with {found['event']}; 5 is most recent, most often"
    )
    for title, key in (("people", "count"), ("worth", "value")):
        cells = {(it["recency"], it["frequency"]): it[key] for it in found["cells"]}
        if found["worth"] is not None or key == "count":
            print()
            print_table(
                (f"{title}: recency \\ frequency", *map(str, range(1, 6))),
                [(str(r), *(_amount(cells[r, f]) for f in range(1, 6))) for r in range(5, 0, -1)],
            )


def overlap(
    context: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME]…", help="Segments or partitions; without one, all segments."
        ),
    ] = None,
    as_of: AsOf = None,
    applied_at: AppliedAt = None,
    json: Json = False,
) -> None:
    """How far segments hold the same people: those in both among those in either."""
    from shoal.project.measurement.lifecycle import segment_overlaps

    reading = reading_of(context, applied_at)
    at = reading.at(instant("--as-of", as_of, reading.project))
    found = segment_overlaps(reading, names or (), at)
    if json:
        print_json(found)
        return
    own = [it["name"] for it in found["segments"]]
    print_table(
        ("segment", "people", *own),
        [
            (it["name"], it["size"], *(f"{share:.0%}" for share in row))
            for it, row in zip(found["segments"], found["jaccard"], strict=True)
        ],
    )


def _target(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        bound = float(number.removesuffix("%")) / (100 if number.endswith("%") else 1)
    except ValueError:
        bound = math.nan
    if not math.isfinite(bound):
        raise UsageError(
            f"--target: `{text}` is no target", hint="write conversion_rate=5% or revenue=20000"
        )
    return name, bound


def _figure(name: str, value: float | None) -> str:
    if value is None:
        return shown(None)
    return f"{value:.1%}" if name in RATES or name == "share" else _amount(value)


def _amount(value: float | None) -> str:
    if value is None:
        return shown(None)
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,.2f}"
