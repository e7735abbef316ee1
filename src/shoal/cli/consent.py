"""``shoal consent …``: what people agreed to."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from shoal.cli.options import AsOf, Json, instant, project_of, reading_of
from shoal.cli.output import print_json, print_table

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

User = Annotated[str, typer.Argument(metavar="USER", help="A user id, or anon:ID.")]
At = Annotated[str | None, typer.Option(metavar="T", help="When the person said so. Default: now.")]
UserColumn = Annotated[
    str, typer.Option("--user", metavar="COL", help="The column of the user id.")
]
TimeColumn = Annotated[
    str | None,
    typer.Option(metavar="COL", help="The column of the time. Default: now, for every row."),
]
File = Annotated[Path, typer.Argument(metavar="FILE", help="CSV, TSV, JSONL or Parquet.")]


@app.command("set")
def set_consent(
    context: typer.Context,
    user: User,
    purpose: Annotated[str, typer.Argument(help="As in `consents to marketing`.")],
    state: Annotated[str, typer.Argument(metavar="granted|denied", help="What the person said.")],
    at: At = None,
    source: Annotated[
        str | None, typer.Option(metavar="TEXT", help="Where they said so: checkout, call centre.")
    ] = None,
    wording: Annotated[
        str | None, typer.Option(metavar="VERSION", help="The version of the words they saw.")
    ] = None,
    proof: Annotated[
        str | None, typer.Option(metavar="TEXT", help="What proves it: a form's number, a link.")
    ] = None,
    json: Json = False,
) -> None:
    """Records that a person granted or denied a purpose."""
    from shoal.project.people import statements

    project = project_of(context)
    beside = {"source": source, "wording": wording, "proof": proof}
    when = instant("--at", at, project)
    answer = statements.set_consent(project, user, purpose, state, when, beside)
    if json:
        print_json(answer)
    else:
        print(f"{answer['user_id']}: {answer['purpose']} {answer['state']} since {answer['at']}")


@app.command("import")
def import_consents(
    context: typer.Context,
    file: File,
    user: UserColumn,
    purpose: Annotated[str, typer.Option(metavar="COL", help="The column of the purpose.")],
    state: Annotated[
        str, typer.Option(metavar="COL", help="The column that says granted or denied.")
    ],
    time: TimeColumn = None,
    source: Annotated[
        str | None, typer.Option(metavar="COL", help="The column that says where they said so.")
    ] = None,
    wording: Annotated[
        str | None, typer.Option(metavar="COL", help="The column of the version of the words.")
    ] = None,
    proof: Annotated[
        str | None, typer.Option(metavar="COL", help="The column of what proves it.")
    ] = None,
    json: Json = False,
) -> None:
    """Imports consents from a file; the same file twice adds nothing."""
    from shoal.cli.imports import finish
    from shoal.consent.statement import KINDS
    from shoal.project.imports.importing import import_statement_file
    from shoal.project.owner.statement_files import Columns

    told = {"source": source, "wording": wording, "proof": proof}
    beside = {name: column for name, column in told.items() if column is not None}
    columns = Columns(KINDS["consent"], user, purpose, state, time, beside)
    finish(import_statement_file(project_of(context), file, columns), json=json)


@app.command()
def show(context: typer.Context, user: User, as_of: AsOf = None, json: Json = False) -> None:
    """What a person agreed to; a purpose never asked about is not listed, and not granted."""
    from shoal.project.people import statements

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    shown = statements.show_consents(reading, user, at)
    if json:
        print_json(shown)
    elif shown["consents"]:
        beside = [it for it in ("source", "wording", "proof")
                  if any(it in one for one in shown["consents"])]  # fmt: skip
        rows = [
            (it["purpose"], it["state"], it["at"], *(it.get(name, "") for name in beside))
            for it in shown["consents"]
        ]
        print_table(("purpose", "state", "since", *beside), rows)
    else:
        print(f"{user} was never asked.")


@app.command()
def history(context: typer.Context, user: User, as_of: AsOf = None, json: Json = False) -> None:
    """All that a person ever said of purposes and channels, in the order in which they said it."""
    from shoal.project.people import statements

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    shown = statements.show_statements(reading, user, at)
    if json:
        print_json(shown)
    elif shown["history"]:
        rows = [
            (it["at"], it["kind"], it["about"], it["state"],
             ", ".join(f"{name} {text}" for name, text in it["beside"].items()))
            for it in shown["history"]
        ]  # fmt: skip
        print_table(("at", "kind", "about", "state", "beside"), rows)
    else:
        print(f"{user} never said anything.")
