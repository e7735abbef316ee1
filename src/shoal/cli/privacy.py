"""``shoal privacy …``: giving a person what is held about them, and forgetting them."""

from __future__ import annotations

import json as encoding
import sys
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from shoal.cli.options import Json, project_of
from shoal.cli.output import counted, print_json, say, write_privately
from shoal.core.errors import ShoalError

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def privacy() -> None:
    """Giving a person all that is held about them, and forgetting them."""


@app.command()
def export(
    context: typer.Context,
    user: Annotated[str, typer.Argument(metavar="USER", help="A user id, or anon:ID.")],
    out: Annotated[Path | None, typer.Option("--out", "-o", help="The file to write.")] = None,
    json: Json = False,
) -> None:
    """Everything held about a person, as JSON: on stdout, or in a file that only you can read."""
    from shoal.project.people.personal_data import export_person

    found = export_person(project_of(context), user)
    if out is None:
        print_json(found)
    else:
        write_privately(found, out)
        if json:
            print_json({"user_id": user, "held": found["held"], "out": str(out)})
        else:
            count = counted(sum(found["held"].values()), "record")
            print(f"Wrote {count} about {user} to {out}.")
    if found["quarantined"]:
        rows = counted(len(found["quarantined"]), "row")
        say(f"{rows} that could not be understood name them: see that they are about nobody else.")


@app.command()
def erase(
    context: typer.Context,
    user: Annotated[str, typer.Argument(metavar="USER", help="A user id, or anon:ID.")],
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    json: Json = False,
) -> None:
    """Removes everything held about a person, on disk, before it returns. It cannot be undone."""
    from shoal.project.people.forgetting import erase_person

    project = project_of(context)
    if not yes and sys.stdin.isatty() and sys.stdout.isatty():
        typer.confirm(f"Forget {user} for good?", abort=True, err=True)
    receipt = erase_person(project, user)
    if json:
        print_json(receipt)
        return
    places = ", ".join(f"{place}: {count:,}" for place, count in receipt["erased"].items())
    print(f"Erased {counted(sum(receipt['erased'].values()), 'record')} ({places}).")


@app.command()
def verify(
    context: typer.Context,
    receipt: Annotated[Path, typer.Argument(metavar="RECEIPT", help="What erase --json answered.")],
    user: Annotated[str | None, typer.Option("--user", help="Whom it should be about.")] = None,
    json: Json = False,
) -> None:
    """Says whether a receipt of an erasure is this project's own, and unchanged."""
    from shoal.project.people.forgetting import verify_receipt

    found = verify_receipt(project_of(context), _read(receipt), user)
    if json:
        print_json(found)
    is_good = found["genuine"] and found.get("about", True)
    if not found["genuine"]:
        say("This is no receipt of this project, or it was changed.")
    elif not is_good:
        say(f"The receipt is genuine, but it is not about {user}.")
    elif not json:
        print("The receipt is genuine." if user is None else f"The receipt is genuine: of {user}.")
    if not is_good:
        raise typer.Exit(1)


def _read(path: Path) -> dict[str, Any]:
    try:
        found = encoding.loads(path.read_text("utf-8"))
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise ShoalError(
            f"`{path}` holds no receipt",
            hint="it is what `shoal privacy erase USER --json` answers",
        )
    return cast("dict[str, Any]", found)
