"""``shoal trait …``: one value per person."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.options import AppliedAt, As, AsOf, Out, instant, reading_of, warn
from shoal.cli.output import Format, write_table

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def trait() -> None:
    """One value per person, from what they did."""


@app.command()
def values(
    context: typer.Context,
    expression: Annotated[
        str, typer.Argument(help="A trait's name or an expression: avg(order_completed.revenue).")
    ],
    as_of: AsOf = None,
    applied_at: AppliedAt = None,
    form: As = Format.CSV,
    out: Out = None,
) -> None:
    """The value for every known profile, sorted by user_id; unset is empty, spans are seconds."""
    from shoal.project.answers import asked_value, trait_values

    reading = reading_of(context, applied_at)
    question = asked_value(reading, expression)
    warn(question.warnings)
    at = reading.at(instant("--as-of", as_of, reading.project))
    write_table(trait_values(reading, question, at), form, out)
