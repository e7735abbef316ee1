"""``shoal discover …``: groups nobody asked for, and what tells people apart."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shoal.cli.discovered import (
    print_clusters,
    print_lookalikes,
    print_persona,
    print_predictors,
    print_trends,
)
from shoal.cli.options import AsOf, Json, Out, RuleText, instant, reading_of, span, warn
from shoal.cli.output import Format, print_json, say, write_table
from shoal.core.errors import UsageError

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Traits = Annotated[
    str | None,
    typer.Option(
        metavar="A,B,…",
        help="Traits and expressions to look at. Default: the project's own quantities.",
    ),
]
Scope = Annotated[
    str | None, typer.Option(metavar="RULE", help="Look only at people the rule is true for.")
]
Seed = Annotated[int, typer.Option(metavar="N", help="The same seed gives the same answer.")]


@app.command()
def clusters(
    context: typer.Context,
    traits: Traits = None,
    scope: Scope = None,
    k: Annotated[
        str, typer.Option("--k", metavar="N|auto", help="How many groups; auto: by stability.")
    ] = "auto",
    method: Annotated[
        str, typer.Option(metavar="kmeans|hdbscan", help="hdbscan is for exploration.")
    ] = "kmeans",
    as_of: AsOf = None,
    seed: Seed = 0,
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the groups as segments: segments/discovered.yml."),
    ] = None,
    json: Json = False,
) -> None:
    """Groups of people who behave alike, each with a name and an editable rule."""
    from shoal.project.discovery.discovering import (
        clusters_json,
        discover_clusters,
        segments_yaml,
        write_segments,
    )

    if k != "auto" and not k.isdigit():
        raise UsageError("--k is a whole number, or auto")
    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    found = discover_clusters(
        reading,
        at,
        traits=traits,
        scope=scope,
        k=None if k == "auto" else int(k),
        method=method,
        seed=seed,
    )
    written = None
    if write is not None:
        day = reading.vocabulary.zone.to_local(at).date().isoformat()
        written = write_segments(reading, segments_yaml(found, day), write)
    if json:
        print_json(clusters_json(found) | {"written": str(written) if written else None})
        return
    print_clusters(clusters_json(found))
    if written is not None:
        say(f"Wrote {write}. Next: shoal plan")


@app.command()
def lookalikes(
    context: typer.Context,
    segment: Annotated[
        str | None, typer.Argument(metavar="[SEGMENT]", help="Whose members to look for more of.")
    ] = None,
    rule: RuleText = None,
    size: Annotated[int | None, typer.Option(metavar="N", help="How many people to find.")] = None,
    share: Annotated[
        str | None, typer.Option(metavar="P", help="Or which share of the others: 5%. Default.")
    ] = None,
    traits: Traits = None,
    as_of: AsOf = None,
    seed: Seed = 0,
    form: Annotated[
        Format | None, typer.Option("--format", help="Only the table user_id, score.")
    ] = None,
    out: Out = None,
    json: Json = False,
) -> None:
    """People most like the members of a segment who are not in it."""
    from shoal.project.discovery.lookalikes import find_lookalikes, lookalikes_json

    reading = reading_of(context)
    found = find_lookalikes(
        reading,
        reading.at(instant("--as-of", as_of, reading.project)),
        segment=segment,
        rule=rule,
        traits=traits,
        size=size,
        share=None if share is None else _share(share),
        seed=seed,
    )
    if json:
        print_json(lookalikes_json(found))
        return
    warn(found.warnings)
    if form is not None or out is not None:
        write_table(found.table, form or Format.CSV, out)
        return
    print_lookalikes(lookalikes_json(found))


@app.command()
def predictors(
    context: typer.Context,
    target: Annotated[
        str | None,
        typer.Option(metavar="EVENT|RULE", help="An event, or a rule whose events are `in next`."),
    ] = None,
    horizon: Annotated[
        str, typer.Option(metavar="SPAN", help="How far ahead of the cutoff to look.")
    ] = "90d",
    traits: Traits = None,
    scope: Scope = None,
    as_of: AsOf = None,
    seed: Seed = 0,
    json: Json = False,
) -> None:
    """Which behaviours predict a purchase, and which do not."""
    from shoal.project.audits.predictors import discover_predictors, predictors_json

    reading = reading_of(context)
    found = predictors_json(
        discover_predictors(
            reading,
            reading.at(instant("--as-of", as_of, reading.project)),
            target=target,
            horizon=span("--horizon", horizon),
            traits=traits,
            scope=scope,
            seed=seed,
        )
    )
    if json:
        print_json(found)
    else:
        print_predictors(found)


@app.command()
def personas(
    context: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="SEGMENT…", help="Applied segments.")],
    traits: Traits = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """A profile card for each segment: size, worth, what sets it apart, a typical member."""
    from shoal.project.audits.personas import draw_personas, personas_json

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    found = personas_json(draw_personas(reading, names, at, traits=traits))
    if json:
        print_json(found)
        return
    for number, card in enumerate(found["personas"]):
        if number:
            print()
        print_persona(card)


@app.command()
def trends(
    context: typer.Context,
    period: Annotated[
        str, typer.Option(metavar="SPAN", help="The last one is held against the one before it.")
    ] = "90d",
    traits: Traits = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """What changed between two periods, and whether chance alone could have done it."""
    from shoal.project.measurement.trends import discover_trends, trends_json

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    found = trends_json(
        discover_trends(reading, at, period=span("--period", period), traits=traits)
    )
    if json:
        print_json(found)
    else:
        print_trends(found)


def _share(text: str) -> float:
    try:
        return float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError as error:
        raise UsageError(f"--share: `{text}` is no share", hint="write 5% or 0.05") from error
