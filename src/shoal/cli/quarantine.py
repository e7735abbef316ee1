"""``shoal quarantine …``: rows that could not become events."""

from __future__ import annotations

import typer

from shoal.cli.options import Json, project_of
from shoal.cli.output import print_json, print_table

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def quarantine() -> None:
    """Rows that could not become events."""


@app.command("list")
def list_items(context: typer.Context, json: Json = False) -> None:
    """Every row in quarantine as it was received, with the reason."""
    from shoal.project.importing import quarantine_items

    items = quarantine_items(project_of(context))
    if json:
        print_json({"items": items})
    elif items:
        rows = [(it["id"], it["received_at"], it["reason"], str(it["raw"])[:60]) for it in items]
        print_table(("id", "received at", "reason", "raw"), rows)
    else:
        print("Nothing is in quarantine.")
