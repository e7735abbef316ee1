"""``shoal quarantine …``: rows that could not become events, and how they still can."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from shoal.cli.options import Json, project_of
from shoal.cli.output import counted, print_json, print_table, say

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Id = Annotated[str, typer.Argument(metavar="ID", help="As `shoal quarantine list` shows it.")]
Reason = Annotated[
    str | None,
    typer.Option(metavar="CODE", help="Only rows with this code: no_user, bad_time, no_event …"),
]


@app.callback()
def quarantine() -> None:
    """Rows that could not become events."""


@app.command("list")
def list_items(context: typer.Context, reason: Reason = None, json: Json = False) -> None:
    """Every row in quarantine as it was received, with the reason."""
    from shoal.project.imports.importing import quarantine_items

    items = quarantine_items(project_of(context))
    items = [it for it in items if reason in {None, it["code"]}]
    if json:
        print_json({"items": items})
    elif items:
        rows = [(it["id"], it["received_at"], it["reason"], str(it["raw"])[:60]) for it in items]
        print_table(("id", "received at", "reason", "raw"), rows)
    else:
        print("Nothing is in quarantine.")


@app.command()
def show(context: typer.Context, item: Id, json: Json = False) -> None:
    """One row wholly: what was received, when, from where, and why it could not be an event."""
    from shoal.project.imports.quarantining import show_item

    found = show_item(project_of(context), item)
    if json:
        print_json(found)
        return
    for name, value in found.items():
        if name != "raw" and value not in {None, ""}:
            print(f"{name.replace('_', ' ')}: {value}")
    print(f"\n{found['raw']}")


@app.command()
def mend(
    context: typer.Context,
    item: Id,
    raw: Annotated[
        str, typer.Option(metavar="TEXT", help="What should have been received; - reads stdin.")
    ],
) -> None:
    """Puts other text in place of what was received. `replay` then reads it again."""
    from shoal.project.imports.quarantining import mend_item

    text = sys.stdin.read().rstrip("\n") if raw == "-" else raw
    mend_item(project_of(context), item, text, "cli")
    say(f"Mended. Read it again with `shoal quarantine replay {item}`.")


@app.command()
def drop(
    context: typer.Context,
    item: Id,
    why: Annotated[str, typer.Option(metavar="TEXT", help="Noted in the audit trail.")] = "",
) -> None:
    """Throws a row away for good."""
    from shoal.project.imports.quarantining import drop_item

    drop_item(project_of(context), item, "cli", why)
    say("Dropped.")


@app.command()
def replay(
    context: typer.Context,
    items: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]…", help="Default: every row.")
    ] = None,
    reason: Reason = None,
    json: Json = False,
) -> None:
    """Reads rows again. What is understood by now becomes events; the others stay."""
    from shoal.project.imports.quarantining import replay_items

    done = replay_items(project_of(context), items or [], "cli", reason)
    if json:
        print_json(done)
        return
    print(
        f"Read {counted(done['rows'], 'row')} again: {done['replayed']:,} became "
        f"{counted(done['appended'], 'new event')}, {done['left']:,} stay in quarantine."
    )
