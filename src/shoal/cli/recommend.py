"""``shoal recommend …``: what to show somebody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoal.cli.options import As, AsOf, Json, Out, instant, reading_of
from shoal.cli.output import Format, print_json, print_table, write_table
from shoal.core.errors import UsageError

if TYPE_CHECKING:
    from shoal.project.answers import Question
    from shoal.project.recommendations.recommending import Recommending

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Event = Annotated[
    str | None,
    typer.Option(
        "--event",
        metavar="E",
        help="By what somebody has an item. Default: as recommendations.yml says.",
    ),
]
Item = Annotated[
    str | None, typer.Option("--item", metavar="PROP", help="Its property that names it.")
]
Count = Annotated[int, typer.Option("--k", metavar="K", help="How many, at most.")]
User = Annotated[str, typer.Argument(metavar="USER", help="A user id.")]
ItemName = Annotated[str, typer.Argument(metavar="ITEM", help="As the property names it.")]
Without = Annotated[
    str | None, typer.Option("--user", metavar="USER", help="Without what this person had.")
]
Segment = Annotated[
    str | None,
    typer.Option("--segment", metavar="S", help="Among the people of a segment, or of a rule."),
]


@app.callback()
def recommend() -> None:
    """What to show somebody: new things, things to buy again, similar things, what comes next."""


@app.command("for")
def for_(
    context: typer.Context,
    user: Annotated[str | None, typer.Argument(metavar="[USER]", help="A user id.")] = None,
    event: Event = None,
    item: Item = None,
    everybody: Annotated[bool, typer.Option("--all", help="For everybody known.")] = False,
    segment: Segment = None,
    count: Count = 10,
    as_of: AsOf = None,
    json: Json = False,
    form: As = Format.CSV,
    out: Out = None,
) -> None:
    """New items and items to buy again, for one person or for everybody."""
    from shoal.project.recommendations.recommending import recommend_all, recommend_for

    if (user is None) is not everybody:
        raise UsageError("recommendations are for one USER or for --all: give one of them")
    if user is None and segment is not None:
        raise UsageError("--segment is for one USER", hint="`partition:` in recommendations.yml")
    found = _learned(context, event, item, as_of)
    if user is None:
        write_table(recommend_all(found, count), form, out)
        return
    lists = recommend_for(found, user, count, _among(found, segment))
    if json:
        print_json(lists)
        return
    for name, listed in lists.items():
        print(f"{name}:" if listed else f"{name}: nothing")
        _print(listed)


@app.command()
def similar(
    context: typer.Context,
    name: ItemName,
    event: Event = None,
    item: Item = None,
    user: Without = None,
    count: Count = 10,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Items that the same people had."""
    from shoal.project.recommendations.recommending import similar_items

    _tell(similar_items(_learned(context, event, item, as_of), name, count, user), json=json)


@app.command()
def together(
    context: typer.Context,
    name: ItemName,
    event: Event = None,
    item: Item = None,
    user: Without = None,
    count: Count = 10,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Items had on the same occasion: bought together."""
    from shoal.project.recommendations.recommending import items_together

    _tell(items_together(_learned(context, event, item, as_of), name, count, user), json=json)


@app.command("next")
def next_(
    context: typer.Context,
    user: User,
    event: Event = None,
    item: Item = None,
    count: Count = 10,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """What others had on the occasion after the items that this person had last."""
    from shoal.project.recommendations.recommending import items_next

    _tell(items_next(_learned(context, event, item, as_of), user, count), json=json)


@app.command()
def trending(
    context: typer.Context,
    event: Event = None,
    item: Item = None,
    segment: Segment = None,
    user: Without = None,
    count: Count = 10,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """What rises: more people lately than in as long before."""
    from shoal.project.recommendations.recommending import items_trending

    found = _learned(context, event, item, as_of)
    _tell(items_trending(found, count, _among(found, segment), user), json=json)


@app.command()
def playlist(
    context: typer.Context,
    user: Annotated[str | None, typer.Argument(metavar="[USER]", help="A user id.")] = None,
    event: Event = None,
    item: Item = None,
    begin: Annotated[
        list[str] | None, typer.Option("--begin", metavar="ITEM", help="What it goes on from.")
    ] = None,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only", metavar="PROP=VALUE", help="mood=calm, genre=jazz,soul; repeatable."
        ),
    ] = None,
    variety: Annotated[
        float, typer.Option(metavar="N", help="0: what fits best; 1: as varied as can be.")
    ] = 0.5,
    only_new: Annotated[
        bool, typer.Option("--only-new", help="Without what this person had.")
    ] = False,
    count: Count = 20,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """A sequence of items, each following well on the one before, not all alike."""
    from shoal.project.recommendations.recommending import Playing, items_in_a_row

    wanted = [_wanted(it) for it in only or ()]
    found = _learned(context, event, item, as_of, tuple(name for name, _ in wanted))
    playing = Playing(tuple(begin or ()), tuple(wanted), variety, only_new)
    _tell(items_in_a_row(found, user, count, playing), json=json)


@app.command()
def contact(
    context: typer.Context,
    user: Annotated[str | None, typer.Argument(metavar="[USER]", help="A user id.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="For everybody known.")] = False,
    as_of: AsOf = None,
    json: Json = False,
    form: As = Format.CSV,
    out: Out = None,
) -> None:
    """By which channel and at what hour somebody is best written to, and what that rests on."""
    from shoal.project.people import contacting

    if (user is None) is not everybody:
        raise UsageError("a channel and an hour are of one USER or of --all: give one of them")
    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    if user is None:
        write_table(contacting.contact_table(reading, at), form, out)
        return
    found = contacting.contact(reading, user, at)
    if json:
        print_json(found)
        return
    channel, hour = found["channel"], found["hour"]
    print("no channel: nobody ever answered a message" if channel is None
          else f"{channel['channel']}: {channel['reason']}")  # fmt: skip
    print("no hour: nobody did anything" if hour is None
          else f"{hour['hour']:02}:00: {hour['reason']}")  # fmt: skip


@app.command()
def backtest(
    context: typer.Context,
    event: Event = None,
    item: Item = None,
    cut: Annotated[
        str | None,
        typer.Option(metavar="T", help="Learn from what was before. Default: 30 days earlier."),
    ] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """How good each list would have been, beside what is popular and what people had most often."""
    from shoal.project.recommendations.asked import asked_of
    from shoal.project.recommendations.before import recommend_backtest

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    begin = instant("--cut", cut, reading.project)
    asked = asked_of(reading, event, item)
    found = recommend_backtest(reading, asked, begin, at)
    if json:
        print_json(found)
        return
    print(f"Learned before {found['cut']}, held against what came up to {found['as_of']}.")
    for name in ("new", "again", "next"):
        one = found[name]
        if not one["n"]:
            continue
        print(f"\n{name} ({one['n']:,} people)")
        rows = [("recommended", one), *one["baselines"].items()]
        print_table(["list", "ndcg@10", "recall@10"],
                    [[label, f"{it['ndcg']:.4f}", f"{it['recall']:.4f}"] for label, it in rows])  # fmt: skip


def _learned(
    context: typer.Context,
    event: str | None,
    item: str | None,
    as_of: str | None,
    properties: tuple[str, ...] = (),
) -> Recommending:
    from dataclasses import replace

    from shoal.project.recommendations.asked import asked_of
    from shoal.project.recommendations.recommending import recommending

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    asked = asked_of(reading, event, item)
    return recommending(reading, replace(asked, properties=asked.properties + properties), at)


def _among(found: Recommending, segment: str | None) -> Question | None:
    from shoal.project.recommendations.segments import segment_meant

    return segment_meant(found.reading, segment)


def _wanted(text: str) -> tuple[str, tuple[str, ...]]:
    name, is_there, values = text.partition("=")
    if not is_there or not name.strip() or not values.strip():
        raise UsageError(f"--only {text}: a property and its values", hint="--only genre=jazz,soul")
    return name.strip(), tuple(it.strip() for it in values.split(",") if it.strip())


def _tell(found: dict[str, Any], *, json: bool) -> None:
    if json:
        print_json(found)
    else:
        _print(found["items"])


def _print(listed: list[dict[str, Any]]) -> None:
    print_table(
        ["item", "score", "why"],
        [[it.get("title", it["item"]), f"{it['score']:.3f}", it["reason"]] for it in listed],
    )
