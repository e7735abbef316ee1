"""``shoal predict …``: what people will do next."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from shoal.cli.options import Json, project_of, warn
from shoal.cli.output import print_json, print_table
from shoal.core.errors import UsageError

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def predict() -> None:
    """What people will do next, and what it is worth."""


@app.command()
def clv(
    context: typer.Context,
    event: Annotated[str, typer.Option(metavar="E", help="What a purchase is.")],
    value: Annotated[str, typer.Option(metavar="PROP", help="Its property that says the worth.")],
    calibrate_until: Annotated[
        str, typer.Option(metavar="DATE", help="The last day that is looked at.")
    ],
    horizon: Annotated[str, typer.Option(metavar="D", help="How far ahead: 39w, 1y.")] = "1y",
    json: Json = False,
) -> None:
    """Lifetime value: how often customers will buy again in the horizon, and for how much."""
    from shoal.language.literals import span
    from shoal.project.lifetimes import LifetimeAsked, lifetimes
    from shoal.project.reading import read

    try:
        until = date.fromisoformat(calibrate_until)
    except ValueError as error:
        raise UsageError(
            f"`{calibrate_until}` is not a date", hint="write --calibrate-until 2026-09-30"
        ) from error
    ahead, complaint = span(horizon)
    if complaint is not None:
        raise UsageError(complaint[0], hint=complaint[1])
    asked = LifetimeAsked(event, value, until, ahead)
    reading = read(project_of(context))
    found = lifetimes(reading, asked).as_json(asked)
    warn(found["warnings"])
    if json:
        print_json(found)
        return
    params = found["params"]
    print(f"{found['customers']:,} customers, {found['came_back']:,} of whom came back; "
          f"{found['expected_active']:,.0f} are expected to be customers still.")  # fmt: skip
    print(f"In {found['horizon']} after {calibrate_until}: {found['expected_total']:,.0f} "
          f"purchases, worth {found['expected_value_total']:,.0f}.")  # fmt: skip
    before = found["calibration"]
    if before is not None:
        print(f"By {before['cutoff']} the model would have said {before['expected']:,.0f} purchases up "
              f"to {calibrate_until}; {before['actual']:,} came. So its {found['raw_expected_total']:,.0f} "
              f"are taken times {before['ratio']:.3f}.")  # fmt: skip
    print()
    print_table(["parameter", "value"], [[name, f"{it:.4f}"] for name, it in params.items()])
