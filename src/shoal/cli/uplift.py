"""``shoal uplift …``: who does it because of the treatment, and who would have anyway."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from shoal.cli.options import As, AsOf, Json, Out, instant, reading_of, warn
from shoal.cli.output import Format, print_json, print_table, write_table
from shoal.core.errors import UsageError

if TYPE_CHECKING:
    from shoal.project.predictions.uplift import Trial, UpliftAsked

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

File = Annotated[
    Path | None,
    typer.Argument(metavar="[FILE]", help="Treated people and controls: CSV, TSV, JSONL, Parquet."),
]
Campaign = Annotated[
    str | None, typer.Option("--campaign", metavar="NAME", help="A past campaign, instead of FILE.")
]
Traits = Annotated[
    str | None,
    typer.Option("--traits", metavar="LIST", help="With --campaign: what was known. Default: all."),
]
Treatment = Annotated[
    str | None, typer.Option("--treatment", metavar="COL", help="The column that names the arm.")
]
Treated = Annotated[
    str, typer.Option("--treated", metavar="VALUE", help="How the treated are called there.")
]
Control = Annotated[
    str, typer.Option("--control", metavar="VALUE", help="How the controls are called there.")
]
Outcome = Annotated[
    str | None, typer.Option("--outcome", metavar="COL", help="What came of it: 0 or 1.")
]
Features = Annotated[
    list[str] | None,
    typer.Option("--feature", metavar="COL", help="Known before the treatment; repeatable."),
]
Learner = Annotated[
    str | None,
    typer.Option(
        "--learner", metavar="NAME", help="t, s, x or dr. Default: t, or a surely better."
    ),
]
User = Annotated[
    str | None, typer.Option("--user", metavar="COL", help="Who it is. Default: the row's number.")
]


@app.callback()
def uplift() -> None:
    """Who does it because of the treatment, and who would have anyway."""


@app.command()
def fit(
    context: typer.Context,
    file: File = None,
    treatment: Treatment = None,
    treated: Treated = "1",
    control: Control = "0",
    outcome: Outcome = None,
    feature: Features = None,
    campaign: Campaign = None,
    traits: Traits = None,
    learner: Learner = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """How well people can be ranked by what the treatment does to them, and whether at all."""
    from shoal.project.predictions.uplift import uplift_of

    asked = _asked(file, treatment, treated, control, outcome, feature, None)
    found = uplift_of(_trial(context, file, asked, campaign, traits, as_of), learner)
    told = found.as_json()
    warn(told["warnings"])
    if json:
        print_json(told)
        return
    print(f"{told['treated']:,} treated, {told['controls']:,} controls; "
          f"{told['outcome_treated']:.2%} and {told['outcome_controls']:.2%} had the outcome.")  # fmt: skip
    rows = [*told["learners"].items(), ("response model", told["response_model"])]
    print_table(
        ["learner", "qini", "low", "high"],
        [[name, *(f"{it[key]:.4f}" for key in ("value", "low", "high"))] for name, it in rows],
    )
    print(found.verdict)


@app.command()
def score(
    context: typer.Context,
    file: File = None,
    treatment: Treatment = None,
    treated: Treated = "1",
    control: Control = "0",
    outcome: Outcome = None,
    feature: Features = None,
    campaign: Campaign = None,
    traits: Traits = None,
    learner: Learner = None,
    user: User = None,
    people: Annotated[
        Path | None,
        typer.Option("--people", metavar="FILE", help="Score these instead, by the same columns."),
    ] = None,
    keep: Annotated[
        str | None,
        typer.Option(
            "--keep",
            metavar="TRAIT",
            help="With --campaign: keep it of everybody known, as a trait.",
        ),
    ] = None,
    as_of: AsOf = None,
    json: Json = False,
    form: As = Format.CSV,
    out: Out = None,
) -> None:
    """Everybody with what the treatment does to them, most persuadable first; refuses where it cannot."""
    from shoal.project.predictions.uplift import read_people, uplift_of, uplift_scores

    if keep is not None:
        if campaign is None:
            raise UsageError("--keep goes with --campaign; of a FILE import what is written")
        _keep(context, campaign, keep, traits, learner, as_of, json=json)
        return
    if people is not None and campaign is not None:
        raise UsageError("--people goes with FILE, not with --campaign")
    asked = _asked(file, treatment, treated, control, outcome, feature, user)
    trial = _trial(context, file, asked, campaign, traits, as_of)
    others = None
    if people is not None and asked is not None:
        others = read_people(people, asked, trial)
    warn(trial.warnings)
    write_table(uplift_scores(uplift_of(trial, learner), others), form, out)


def _asked(
    file: Path | None,
    treatment: str | None,
    treated: str,
    control: str,
    outcome: str | None,
    feature: list[str] | None,
    user: str | None,
) -> UpliftAsked | None:
    from shoal.project.predictions.uplift import UpliftAsked

    if file is None:
        return None
    if treatment is None or outcome is None:
        raise UsageError("of a FILE say --treatment COL, --outcome COL and --feature COL …")
    return UpliftAsked(treatment, treated, control, outcome, tuple(feature or ()), user)


def _trial(
    context: typer.Context,
    file: Path | None,
    asked: UpliftAsked | None,
    campaign: str | None,
    traits: str | None,
    as_of: str | None,
) -> Trial:
    from shoal.project.predictions.uplift import campaign_trial, read_trial

    if (file is None) is (campaign is None):
        raise UsageError("people are of a FILE or of a --campaign: give one of them")
    if file is not None:
        assert asked is not None
        return read_trial(file, asked)
    assert campaign is not None
    reading = reading_of(context)
    return campaign_trial(reading, campaign, traits, instant("--as-of", as_of, reading.project))


def _keep(
    context: typer.Context,
    campaign: str,
    trait: str,
    traits: str | None,
    learner: str | None,
    as_of: str | None,
    *,
    json: bool,
) -> None:
    from shoal.project.predictions.uplift_trait import keep_uplift

    reading = reading_of(context)
    at = instant("--as-of", as_of, reading.project)
    told = keep_uplift(reading, campaign, trait, traits=traits, learner=learner, as_of=at)
    warn(told["warnings"])
    if json:
        print_json(told)
        return
    print(f"`{trait}` of {told['scored']:,} people as of {told['as_of']}, by what `{campaign}` did "
          f"(Qini {told['qini']['value']:.3f}); {told['stored']:,} are new.")  # fmt: skip
    print(f"In rules: `{trait} in top 30%`.")
