"""``shoal privacy …``: forgetting a person."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from shoal.cli.options import Json, project_of
from shoal.cli.output import counted, print_json

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def privacy() -> None:
    """Forgetting a person."""


@app.command()
def erase(
    context: typer.Context,
    user: Annotated[str, typer.Argument(metavar="USER", help="A user id, or anon:ID.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Removes everything held about a person, on disk, before it returns. It cannot be undone."""
    from shoal.project.persons import erase_person

    project = project_of(context)
    if not yes and sys.stdin.isatty() and sys.stdout.isatty():
        typer.confirm(f"Forget {user} for good?", abort=True, err=True)
    receipt = erase_person(project, user)
    if json:
        print_json(receipt)
        return
    places = ", ".join(f"{place}: {count:,}" for place, count in receipt["erased"].items())
    print(f"Erased {counted(sum(receipt['erased'].values()), 'record')} ({places}).")
