"""``shoal experiment …``: did it help, and what will it take to tell."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from shoal.cli.experimented import print_analysis, print_plan
from shoal.cli.options import Json, warn
from shoal.cli.output import print_json
from shoal.core.errors import UsageError

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

METRIC = "NAME=COL:conversion|mean|retention, or NAME=COL/COL:ratio"
Covariates = Annotated[
    list[str] | None,
    typer.Option(
        "--covariate", metavar="COL", help="Known before the start: takes noise out (CUPED)."
    ),
]
Features = Annotated[
    list[str] | None,
    typer.Option(
        "--cupac", metavar="COL", help="Known before; a model makes one covariate of these."
    ),
]
Winsorise = Annotated[
    str | None,
    typer.Option(
        metavar="P", help="Means: amounts above this quantile of everybody count as that."
    ),
]


@app.command()
def analyze(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV, JSONL or Parquet; .gz.")],
    variant: Annotated[str, typer.Option(metavar="COL", help="The column that names the arm.")],
    control: Annotated[str, typer.Option(metavar="VALUE", help="The control's name there.")],
    metric: Annotated[list[str], typer.Option(metavar=METRIC, help="What to compare; repeatable.")],
    covariate: Covariates = None,
    cupac: Features = None,
    winsorise: Winsorise = None,
    less_is_better: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A metric that ought to fall.")
    ] = None,
    segment: Annotated[
        str | None, typer.Option(metavar="COL", help="Effects by the values of this column, too.")
    ] = None,
    user: Annotated[
        str | None, typer.Option(metavar="COL", help="Who it was, where a person has several rows.")
    ] = None,
    share: Annotated[
        list[str] | None,
        typer.Option(metavar="ARM=N", help="Planned shares of the arms. Default: equal ones."),
    ] = None,
    sequential: Annotated[
        bool, typer.Option("--sequential", help="Intervals that hold however often one looks.")
    ] = False,
    planned: Annotated[
        float | None,
        typer.Option(
            metavar="N", help="With --sequential: people in two arms, set before the start."
        ),
    ] = None,
    looks: Annotated[
        int | None, typer.Option(metavar="N", help="Planned looks in all (O'Brien-Fleming).")
    ] = None,
    look: Annotated[
        int | None, typer.Option(metavar="K", help="Which of them this one is.")
    ] = None,
    json: Json = False,
) -> None:
    """Whether each variant helped, by how much, and whether people landed in the arms as planned."""
    from shoal.project.experiments.experiments import analyse_file, as_json, horizon_of
    from shoal.project.experiments.files import Reading
    from shoal.project.experiments.words import asked_metrics, asked_shares

    horizon = horizon_of(sequential=sequential, planned=planned, looks=looks, look=look)
    metrics = asked_metrics(
        metric, less_is_better=less_is_better or (), winsorise=_quantile(winsorise)
    )
    reading = Reading(
        variant, control, metrics, tuple(covariate or ()), tuple(cupac or ()), segment, user
    )
    found = as_json(analyse_file(file, reading, horizon, asked_shares(share or ())))
    warn(found["warnings"])
    if json:
        print_json(found)
    else:
        print_analysis(found)


@app.command()
def plan(
    file: Annotated[
        Path | None,
        typer.Argument(metavar="[FILE]", help="People to whom nothing was done, to learn from."),
    ] = None,
    metric: Annotated[
        str | None, typer.Option(metavar=METRIC, help="With FILE: the metric.")
    ] = None,
    covariate: Covariates = None,
    cupac: Features = None,
    winsorise: Winsorise = None,
    baseline: Annotated[
        str | None, typer.Option(metavar="P", help="Without FILE: the usual conversion, 5%.")
    ] = None,
    mean: Annotated[
        float | None, typer.Option(metavar="N", help="Without FILE: an amount's usual mean.")
    ] = None,
    deviation: Annotated[
        float | None, typer.Option(metavar="N", help="With --mean: its standard deviation.")
    ] = None,
    explained: Annotated[
        str | None,
        typer.Option(metavar="P", help="Without FILE: variance that covariates explain, 30%."),
    ] = None,
    lift: Annotated[
        str | None, typer.Option(metavar="P", help="The relative effect to be noticed: 10%.")
    ] = None,
    effect: Annotated[
        float | None, typer.Option(metavar="N", help="Or the absolute one: 0.005.")
    ] = None,
    variants: Annotated[int, typer.Option(metavar="N", help="Variants beside the control.")] = 1,
    control_share: Annotated[
        str | None, typer.Option(metavar="P", help="Share of the control. Default: as the others.")
    ] = None,
    per_day: Annotated[
        float | None, typer.Option(metavar="N", help="People who take part a day.")
    ] = None,
    start: Annotated[
        str | None, typer.Option(metavar="DATE", help="First day; gives dates of decision.")
    ] = None,
    outcome_days: Annotated[
        int, typer.Option(metavar="N", help="Days until a person's outcome is known.")
    ] = 0,
    looks: Annotated[int, typer.Option(metavar="N", help="Planned looks (O'Brien-Fleming).")] = 4,
    power: Annotated[str, typer.Option(metavar="P", help="Chance to notice the effect.")] = "80%",
    alpha: Annotated[
        str, typer.Option(metavar="P", help="Chance to call nothing something.")
    ] = "5%",
    audience: Annotated[
        int | None, typer.Option(metavar="N", help="Also propose a holdout of so many people.")
    ] = None,
    json: Json = False,
) -> None:
    """People and days it takes to notice an effect, each way of looking, with its price."""
    from shoal.project.experiments.plans import Terms, as_json, usual_in_file, usual_of
    from shoal.project.experiments.plans import plan as planned
    from shoal.project.experiments.words import asked_metrics, part

    if file is not None:
        if metric is None or baseline is not None or mean is not None:
            raise UsageError("with a file, say --metric, and neither --baseline nor --mean")
        (asked,) = asked_metrics([metric], winsorise=_quantile(winsorise))
        usual = usual_in_file(file, asked, tuple(covariate or ()), tuple(cupac or ()))
    else:
        if metric or covariate or cupac or winsorise:
            raise UsageError("--metric, --covariate, --cupac and --winsorise are read from a file")
        usual = usual_of(
            None if baseline is None else part("--baseline", baseline),
            mean,
            deviation,
            0.0 if explained is None else part("--explained", explained),
        )
    terms = Terms(
        lift=None if lift is None else part("--lift", lift),
        effect=effect,
        variants=variants,
        control_share=None if control_share is None else part("--control-share", control_share),
        per_day=per_day,
        looks=looks,
        power=part("--power", power),
        alpha=part("--alpha", alpha),
        audience=audience,
        start=None if start is None else _day(start),
        outcome_days=outcome_days,
    )
    found = as_json(planned(usual, terms))
    if json:
        print_json(found)
    else:
        print_plan(found)


def _quantile(text: str | None) -> float | None:
    from shoal.project.experiments.words import part

    if text is None:
        return None
    share = part("--winsorise", text)
    if not 0.5 <= share < 1:
        raise UsageError("--winsorise lies between 50% and 100%")
    return share


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"--start: `{text}` is no date", hint="write 2026-12-01") from error
