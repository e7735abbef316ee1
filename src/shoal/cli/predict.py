"""``shoal predict …``: what people will do next."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import typer

from shoal.cli.options import As, AsOf, Json, Out, instant, project_of, reading_of, warn
from shoal.cli.output import Format, print_json, print_table, write_table
from shoal.core.errors import UsageError
from shoal.core.spans import Span

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

FIRST_YEAR, LAST_YEAR = 1684, 2255
"""What instants reach."""
Name = Annotated[str, typer.Argument(metavar="NAME", help="A prediction.")]


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
    from shoal.project.predictions.lifetimes import LifetimeAsked, lifetimes
    from shoal.project.reading import read

    until = _date("--calibrate-until", calibrate_until)
    asked = LifetimeAsked(event, value, until, _ahead(horizon))
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


@app.command("next")
def next_(
    context: typer.Context,
    event: Annotated[str, typer.Option(metavar="E", help="What a purchase is.")],
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="The last day that is looked at; today.")
    ] = None,
    horizon: Annotated[str, typer.Option(metavar="D", help="How far ahead: 39w, 1y.")] = "1y",
    user: Annotated[str | None, typer.Option(metavar="ID", help="Of one customer only.")] = None,
    json: Json = False,
    form: As = Format.CSV,
    out: Out = None,
) -> None:
    """When each customer buys next: how likely in the horizon, and between which days if so."""
    from shoal.project.predictions.next_purchases import (
        NextAsked,
        next_of_one,
        next_purchases,
        within_data,
    )

    reading = reading_of(context)
    zone = reading.vocabulary.zone
    last = zone.to_local(reading.at(None)).date() if until is None else _date("--until", until)
    asked, corrected = within_data(reading, NextAsked(event, last, _ahead(horizon)))
    warn([] if corrected is None else [corrected])
    if user is not None:
        one = next_of_one(reading, asked, user)
        print_json(one) if json else print_table(list(one), [list(one.values())])
        return
    found = next_purchases(reading, asked)
    told = found.as_json(asked)
    warn(told["warnings"])
    if not json or out is not None:
        write_table(found.table(reading), form, out)
    if json:
        print_json(told)


@app.command("list")
def list_(context: typer.Context, as_of: AsOf = None, json: Json = False) -> None:
    """Every prediction, and the model it is scored by."""
    from shoal.cli.predicted import print_predictions
    from shoal.project.predictions.rows import list_predictions

    reading = reading_of(context)
    found = list_predictions(reading, reading.at(instant("--as-of", as_of, reading.project)))
    if json:
        print_json(found)
    else:
        print_predictions(found)


@app.command()
def fit(
    context: typer.Context,
    name: Name,
    as_of: AsOf = None,
    backfill: Annotated[
        int,
        typer.Option(metavar="N", help="Make so many models of earlier instants first, a horizon "
                     "apart, each with the scores of its time."),
    ] = 0,
    json: Json = False,
) -> None:  # fmt: skip
    """Learn a prediction from what people did, and score everyone it is about."""
    from shoal.cli.predicted import print_fit
    from shoal.project.predictions.predicting import fit_prediction

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    found = fit_prediction(reading, name, at, back=backfill)
    warn(found["warnings"])
    if json:
        print_json(found)
    else:
        print_fit(found)


@app.command()
def score(
    context: typer.Context,
    name: Name,
    as_of: AsOf = None,
    only_show: Annotated[
        bool, typer.Option("--dry-run", help="Keep no score: only show them.")
    ] = False,
    json: Json = False,
    form: As = Format.CSV,
    out: Out = None,
) -> None:
    """Score everyone a prediction is about, by the model of that instant; nothing is learned."""
    from shoal.project.predictions.predicting import score_prediction

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    scored, told = score_prediction(reading, name, at, store=not only_show)
    moved = [it["feature"] for it in told["drift"]["moved"]]
    if moved:
        named = ", ".join(f"`{it}`" for it in moved[:5])
        warn([f"since {told['model']} was fitted these have moved: {named}; fit it again"])
    if json and out is None:
        print_json(told)
        return
    write_table(scored.table, form, out)
    if json:
        print_json(told)


@app.command()
def backtest(
    context: typer.Context,
    name: Name,
    as_of: AsOf = None,
    cutoffs: Annotated[
        int, typer.Option("--cutoffs", metavar="N", help="At how many past instants, at most.")
    ] = 3,
    json: Json = False,
) -> None:
    """What a prediction would have said at past instants, held against what came."""
    from shoal.cli.predicted import print_backtest
    from shoal.project.predictions.backtesting import backtest_prediction

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    found = backtest_prediction(reading, name, at, cutoffs)
    warn(found["warnings"])
    if json:
        print_json(found)
    else:
        print_backtest(found)


@app.command()
def explain(
    context: typer.Context,
    name: Name,
    user: Annotated[str, typer.Option(metavar="ID", help="A user id.")],
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Why somebody has their score: what each thing known of them adds."""
    from shoal.cli.predicted import print_reasons
    from shoal.project.predictions.reasons import explain_prediction

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    found = explain_prediction(reading, name, user, at)
    if json:
        print_json(found)
    else:
        print_reasons(found)


def _date(option: str, text: str) -> date:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"`{text}` is not a date", hint=f"write {option} 2026-09-30") from error
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise UsageError(f"`{text}` is before {FIRST_YEAR} or after {LAST_YEAR}")
    return day


def _ahead(text: str) -> Span:
    from shoal.language.literals import span

    ahead, complaint = span(text)
    if complaint is not None:
        raise UsageError(complaint[0], hint=complaint[1])
    return ahead
