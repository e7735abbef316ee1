"""``shoal prioritise``: which initiatives bring most, and whom a budget should go to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from shoal.cli.options import Json, reading_of
from shoal.cli.output import print_json, print_table


def prioritise(
    context: typer.Context,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Initiatives: YAML, CSV, TSV, JSONL, Parquet.")
    ],
    budget: Annotated[float | None, typer.Option(metavar="N", help="Money to be divided.")] = None,
    hours: Annotated[float | None, typer.Option(metavar="N", help="Hours to be divided.")] = None,
    cautious: Annotated[
        bool,
        typer.Option("--cautious", help="Divide by the low end of each effect's 80 % interval."),
    ] = False,
    json: Json = False,
) -> None:
    """Ranks initiatives by what they bring net of costs; divides a budget where it does most."""
    from shoal.project.audits.prioritising import initiatives_in
    from shoal.project.audits.prioritising import prioritise as answer

    found = initiatives_in(file, lambda: reading_of(context))
    told = answer(found, budget, hours, cautious=cautious)
    if json:
        print_json(told)
        return
    _print_rows(told["ranked"])
    divided = told["allocation"]
    if divided is None:
        return
    print()
    print("What to do:" if divided["chosen"] else "Nothing of it is worth its costs within that.")
    _print_rows(divided["chosen"])
    wide = "" if divided["low"] is None else f", {divided['low']:,.0f} to {divided['high']:,.0f}"
    print(f"Spent {divided['spent']:,.2f}; it brings {divided['net']:,.0f}{wide}, costs taken off.")
    for what, price in (("unit of money", divided["per_euro"]), ("hour", divided["per_hour"])):
        if price is not None:
            print(f"One more {what} would bring {price:,.2f}.")


def _print_rows(rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    print_table(
        ("initiative", "people", "spent", "net", "95 % interval", "chance to pay"),
        [
            (
                it["name"],
                f"{it['people']:,.0f}",
                f"{it['spent']:,.2f}",
                f"{it['net']:,.2f}",
                "-" if it["low"] is None else f"{it['low']:,.0f} to {it['high']:,.0f}",
                "-" if it["chance"] is None else f"{100 * it['chance']:.0f} %",
            )
            for it in rows
        ],
    )
