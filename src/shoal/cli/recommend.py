"""``shoal recommend …``: what to show somebody."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from shoal.cli.options import As, AsOf, Json, Out, instant, reading_of
from shoal.cli.output import Format, print_json, print_table, write_table
from shoal.core.errors import UsageError

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Event = Annotated[str, typer.Option("--event", metavar="E", help="By what somebody has an item.")]
Item = Annotated[str, typer.Option("--item", metavar="PROP", help="Its property that names it.")]
Count = Annotated[int, typer.Option("--k", metavar="K", help="How many, at most.")]


@app.callback()
def recommend() -> None:
    """What to show somebody: new things, things to buy again, similar things, what comes next."""


@app.command("for")
def for_(
    context: typer.Context,
    event: Event,
    item: Item,
    user: Annotated[str | None, typer.Argument(metavar="[USER]", help="A user id.")] = None,
    everybody: Annotated[bool, typer.Option("--all", help="For everybody known.")] = False,
    count: Count = 10,
    as_of: AsOf = None,
    json: Json = False,
    form: As = Format.CSV,
    out: Out = None,
) -> None:
    """New items and items to buy again, for one person or for everybody."""
    from shoal.project.recommending import recommend_all, recommend_for

    if (user is None) is not everybody:
        raise UsageError("recommendations are for one USER or for --all: give one of them")
    found = _learned(context, event, item, as_of)
    if user is None:
        write_table(recommend_all(found, count), form, out)
        return
    lists = recommend_for(found, user, count)
    if json:
        print_json(lists)
        return
    for name, listed in lists.items():
        print(f"{name}:" if listed else f"{name}: nothing")
        _print(listed)


@app.command()
def similar(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ITEM", help="As the property names it.")],
    event: Event,
    item: Item,
    count: Count = 10,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """Items that the same people had."""
    from shoal.project.recommending import similar_items

    _tell(similar_items(_learned(context, event, item, as_of), name, count), json=json)


@app.command("next")
def next_(
    context: typer.Context,
    user: Annotated[str, typer.Argument(metavar="USER", help="A user id.")],
    event: Event,
    item: Item,
    count: Count = 10,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """What others had on the occasion after the items that this person had last."""
    from shoal.project.recommending import items_next

    _tell(items_next(_learned(context, event, item, as_of), user, count), json=json)


@app.command()
def backtest(
    context: typer.Context,
    event: Event,
    item: Item,
    cut: Annotated[
        str | None,
        typer.Option(metavar="T", help="Learn from what was before. Default: 30 days earlier."),
    ] = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """How good each list would have been, beside what is popular and what people had most often."""
    from shoal.project.recommending import HavingAsked
    from shoal.project.recommending_before import recommend_backtest

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    begin = instant("--cut", cut, reading.project)
    found = recommend_backtest(reading, HavingAsked(event, item), begin, at)
    if json:
        print_json(found)
        return
    print(f"Learned before {found['cut']}, held against what came up to {found['as_of']}.")
    for name in ("new", "again"):
        one = found[name]
        print(f"\n{name} ({one['n']:,} people)")
        rows = [("recommended", one), *one["baselines"].items()]
        print_table(["list", "ndcg@10", "recall@10"],
                    [[label, f"{it['ndcg']:.4f}", f"{it['recall']:.4f}"] for label, it in rows])  # fmt: skip


def _learned(context: typer.Context, event: str, item: str, as_of: str | None) -> Any:
    from shoal.project.recommending import HavingAsked, recommending

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    return recommending(reading, HavingAsked(event, item), at)


def _tell(found: dict[str, Any], *, json: bool) -> None:
    if json:
        print_json(found)
    else:
        _print(found["items"])


def _print(listed: list[dict[str, Any]]) -> None:
    print_table(
        ["item", "score", "why"],
        [[it["item"], f"{it['score']:.3f}", it["reason"]] for it in listed],
    )
