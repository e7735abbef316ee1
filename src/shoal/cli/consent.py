"""``shoal consent …``: what people agreed to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shoal.cli.options import AsOf, Json, instant, project_of, reading_of
from shoal.cli.output import print_json, print_table

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

User = Annotated[str, typer.Argument(metavar="USER", help="A user id, or anon:ID.")]


@app.command("set")
def set_consent(
    context: typer.Context,
    user: User,
    purpose: Annotated[str, typer.Argument(help="As in `consents to marketing`.")],
    state: Annotated[str, typer.Argument(metavar="granted|denied", help="What the person said.")],
    at: Annotated[
        str | None, typer.Option(metavar="T", help="When the person said so. Default: now.")
    ] = None,
    json: Json = False,
) -> None:
    """Records that a person granted or denied a purpose."""
    from shoal.project import persons

    project = project_of(context)
    answer = persons.set_consent(project, user, purpose, state, instant("--at", at, project))
    if json:
        print_json(answer)
    else:
        print(f"{answer['user_id']}: {answer['purpose']} {answer['state']} since {answer['at']}")


@app.command("import")
def import_consents(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV, JSONL or Parquet.")],
    user: Annotated[str, typer.Option(metavar="COL", help="The column of the user id.")],
    purpose: Annotated[str, typer.Option(metavar="COL", help="The column of the purpose.")],
    state: Annotated[
        str, typer.Option(metavar="COL", help="The column that says granted or denied.")
    ],
    time: Annotated[
        str | None,
        typer.Option(metavar="COL", help="The column of the time. Default: now, for every row."),
    ] = None,
    json: Json = False,
) -> None:
    """Imports consents from a file; the same file twice adds nothing."""
    from shoal.cli.imports import finish
    from shoal.project.consents import Columns
    from shoal.project.importing import import_consent_file

    columns = Columns(user=user, purpose=purpose, state=state, time=time)
    made = import_consent_file(project_of(context), file, columns)
    finish(made, json=json)


@app.command()
def show(context: typer.Context, user: User, as_of: AsOf = None, json: Json = False) -> None:
    """What a person agreed to; a purpose never asked about is not listed, and not granted."""
    from shoal.project import persons

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    shown = persons.show_consents(reading, user, at)
    if json:
        print_json(shown)
    elif shown["consents"]:
        rows = [(it["purpose"], it["state"], it["at"]) for it in shown["consents"]]
        print_table(("purpose", "state", "since"), rows)
    else:
        print(f"{user} was never asked.")
