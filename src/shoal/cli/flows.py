"""``shoal segment flows``: how people moved between segments."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.options import AppliedAt, Json, instant, reading_of, span
from shoal.cli.output import print_json, print_table, shown


def flows(
    context: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(metavar="NAME…", help="A partition, or segments in the order that decides."),
    ],
    start: Annotated[str, typer.Option("--from", metavar="T", help="The first instant.")],
    end: Annotated[str, typer.Option("--to", metavar="T", help="The last instant.")],
    every: Annotated[
        str | None, typer.Option(metavar="SPAN", help="Steps between them; without it, one step.")
    ] = None,
    applied_at: AppliedAt = None,
    json: Json = False,
) -> None:
    """Who moved from which segment to which, as a matrix for every step."""
    from shoal.project.measurement.moving import segment_flows
    from shoal.segments.history import steps

    reading = reading_of(context, applied_at)
    first = instant("--from", start, reading.project)
    last = instant("--to", end, reading.project)
    assert first is not None
    assert last is not None
    instants = [first, last] if first < last else [first]
    if every is not None:
        local = len(start) == len("2026-11-01")
        zone = reading.vocabulary.zone
        instants = steps(first, last, span("--every", every), zone, local=local)
    found = segment_flows(reading, names, instants)
    if json:
        print_json(found.as_json())
        return
    for step in found.as_json()["flows"]:
        print(f"{step['from']} to {step['to']}")
        print_table(
            ("from \\ to", *found.places, "before"),
            [
                (place, *(shown(count) for count in row), shown(sum(row)))
                for place, row in zip(found.places, step["matrix"], strict=True)
                if any(row)
            ]
            + [("after", *map(shown, step["sizes_after"]), shown(sum(step["sizes_after"])))],
        )
        print()
