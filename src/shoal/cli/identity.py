"""``shoal identity …``: who somebody is, and saying who is the same."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from shoal.cli.options import Json, project_of, reading_of
from shoal.cli.output import print_json, print_table

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="A user id, anon:ID, email:… or phone:…")]
One = Annotated[str, typer.Argument(metavar="A", help="A user id, or anon:ID.")]
Other = Annotated[str, typer.Argument(metavar="B", help="The other one.")]


@app.command()
def show(context: typer.Context, wanted: Id, json: Json = False) -> None:
    """The person, every identifier of theirs, since when and by which link."""
    from shoal.project.people.identifying import show_identity

    answer = show_identity(reading_of(context), wanted)
    if json:
        print_json(answer)
        return
    print(f"{answer['id']} is {answer['user_id']}")
    rows: list[tuple[str, ...]] = []
    for one in answer["identifiers"]:
        when = _spans(one["spans"])
        links: list[dict[str, str | None]] = one["links"]
        rows += [
            (one["id"], when, link["by"] or "", link["to"] or "", link["since"] or "")
            for link in links
        ] or [(one["id"], when, "", "", "")]
    print_table(("identifier", "when", "by", "with", "since"), rows)
    for one in answer["cut"]:
        print(f"{one['id']} is nobody's own: it {one['why']} ({one['people']})")


@app.command()
def merge(context: typer.Context, one: One, other: Other, json: Json = False) -> None:
    """Says that A and B are one person, at every instant; `unmerge` takes it back."""
    _decide(context, one, other, merge=True, json=json)


@app.command()
def unmerge(context: typer.Context, one: One, other: Other, json: Json = False) -> None:
    """Says that A and B are not one person, whatever linked them."""
    _decide(context, one, other, merge=False, json=json)


@app.command()
def shared(context: typer.Context, json: Json = False) -> None:
    """Identifiers that led to too many people to be anybody's own."""
    from shoal.project.people.identifying import shared_identifiers

    answer = shared_identifiers(reading_of(context))
    if json:
        print_json(answer)
    elif answer["shared"]:
        rows = [(it["id"], str(it["people"]), it["why"]) for it in answer["shared"]]
        print_table(("identifier", "people", "why"), rows)
    else:
        print("Every identifier leads to few enough people.")


def _decide(context: typer.Context, one: str, other: str, *, merge: bool, json: bool) -> None:
    from shoal.project.people.identifying import decide

    answer = decide(project_of(context), one, other, merge=merge)
    if json:
        print_json(answer)
    elif answer["are_one"]:
        print(f"{one} and {other} are one person: {answer['user_ids'][0]}")
    else:
        print(f"{one} and {other} are {' and '.join(answer['user_ids'])}")


def _spans(spans: list[dict[str, Any]]) -> str:
    """When the rows of an identifier are the person's."""
    said = [
        " ".join(
            part
            for part in (
                f"after {it['after']}" if it["after"] else "",
                f"until {it['until']}" if it["until"] else "",
            )
            if part
        )
        for it in spans
    ]
    return ", ".join(part or "always" for part in said)
