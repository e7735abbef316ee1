"""``shoal suppression …``: people who must not be written to, whatever they agreed to."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.consent import At, File, TimeColumn, User
from shoal.cli.options import As, AsOf, Json, Out, instant, project_of, reading_of
from shoal.cli.output import Format, print_json, write_table
from shoal.core.errors import UsageError

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Channel = Annotated[
    str, typer.Option(metavar="CHANNEL", help="email, sms, push, webhook, ticket, or all.")
]
Reason = Annotated[str | None, typer.Option(metavar="TEXT", help="Why, in words.")]
Source = Annotated[str | None, typer.Option(metavar="TEXT", help="Who says so.")]

IsAddress = Annotated[
    bool, typer.Option("--email", help="USER is an e-mail address, whoever has it now or later.")
]


@app.command()
def add(
    context: typer.Context,
    user: User,
    channel: Channel = "all",
    reason: Reason = None,
    source: Source = None,
    at: At = None,
    email: IsAddress = False,
    json: Json = False,
) -> None:
    """Puts a person on the list; nothing is sent to them from then on."""
    user = _named(user, email)
    _record(context, user, channel, "suppressed", {"reason": reason, "source": source}, at, json)


@app.command()
def remove(
    context: typer.Context,
    user: User,
    channel: Channel = "all",
    reason: Reason = None,
    source: Source = None,
    at: At = None,
    email: IsAddress = False,
    json: Json = False,
) -> None:
    """Takes a person off the list; it forgives earlier bounces and complaints, too."""
    user = _named(user, email)
    _record(context, user, channel, "lifted", {"reason": reason, "source": source}, at, json)


@app.command("list")
def list_people(
    context: typer.Context, as_of: AsOf = None, form: As = Format.CSV, out: Out = None
) -> None:
    """Everybody who must not be written to, by which channel, and why."""
    from shoal.project.people.suppressions import suppressed_people

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    write_table(suppressed_people(reading, at), form, out)


@app.command("import")
def import_people(
    context: typer.Context,
    file: File,
    user: Annotated[
        str | None, typer.Option(metavar="COL", help="The column that says who it was.")
    ] = None,
    email: Annotated[
        str | None,
        typer.Option(metavar="COL", help="Or a column of e-mail addresses, whoever has them."),
    ] = None,
    channel: Annotated[
        str | None, typer.Option(metavar="COL", help="The column of the channel. Default: all.")
    ] = None,
    reason: Annotated[
        str | None, typer.Option(metavar="COL", help="The column that says why.")
    ] = None,
    time: TimeColumn = None,
    json: Json = False,
) -> None:
    """Puts the people of a file on the list; the same file twice adds nothing."""
    from shoal.cli.imports import finish
    from shoal.consent.statement import KINDS
    from shoal.project.imports.importing import import_statement_file
    from shoal.project.owner.statement_files import Columns

    if (user is None) == (email is None):
        raise UsageError("who is it?", hint="give --user COL or --email COL")
    beside = {} if reason is None else {"reason": reason}
    always = {"state": "suppressed"}
    named, kind = user or email or "", KINDS["suppression"]
    columns = Columns(kind, named, channel, None, time, beside, always, email is not None)
    finish(import_statement_file(project_of(context), file, columns), json=json)


def _named(user: str, is_address: bool) -> str:
    from shoal.project.owner.statement_files import address_named

    return f"anon:{address_named(user)}" if is_address else user


def _record(
    context: typer.Context,
    user: str,
    channel: str,
    state: str,
    beside: dict[str, str | None],
    at: str | None,
    json: bool,
) -> None:
    from shoal.consent.statement import KINDS
    from shoal.project.people.statements import record

    project = project_of(context)
    when = instant("--at", at, project)
    answer = record(project, KINDS["suppression"], user, channel, state, when, beside)
    if json:
        print_json(answer)
    else:
        print(f"{answer['user_id']}: {answer['channel']} {answer['state']} since {answer['at']}")
