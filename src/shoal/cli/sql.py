"""``shoal sql``: free questions over events, profiles and memberships."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.options import AsOf, Json, Out, instant, reading_of
from shoal.cli.output import Format, print_rows, write_table


def sql(
    context: typer.Context,
    query: Annotated[
        str,
        typer.Argument(
            help="Over `events`, one view per event name, `profiles` and `memberships`; read-only."
        ),
    ],
    as_of: AsOf = None,
    form: Annotated[
        Format | None, typer.Option("--format", help="How the table is written.")
    ] = None,
    json: Json = False,
    out: Out = None,
) -> None:
    """Answers a read-only SQL query (DuckDB) over events, profiles and memberships."""
    from shoal.project.sql import query_project

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    table = query_project(reading, query, at, until=None if as_of is None else at)
    if json or form is not None or out is not None:
        write_table(table, Format.JSON if json else form or Format.CSV, out)
        return
    print_rows(table)
