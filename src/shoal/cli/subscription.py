"""``shoal subscription …``: the channels that people left, and came back to."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.consent import At, File, TimeColumn, User, UserColumn
from shoal.cli.options import Json, instant, project_of
from shoal.cli.output import print_json

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.command("set")
def set_subscription(
    context: typer.Context,
    user: User,
    channel: Annotated[
        str, typer.Argument(metavar="CHANNEL", help="email, sms, push, webhook, ticket, or all.")
    ],
    state: Annotated[
        str, typer.Argument(metavar="subscribed|unsubscribed", help="What the person said.")
    ],
    at: At = None,
    source: Annotated[str | None, typer.Option(metavar="TEXT", help="Where they said so.")] = None,
    reason: Annotated[str | None, typer.Option(metavar="TEXT", help="Why they said so.")] = None,
    json: Json = False,
) -> None:
    """Records that a person left a channel, or came back to it. Purposes are not touched."""
    from shoal.consent.statement import KINDS
    from shoal.project.people.statements import record

    project = project_of(context)
    when, beside = instant("--at", at, project), {"source": source, "reason": reason}
    answer = record(project, KINDS["subscription"], user, channel, state, when, beside)
    if json:
        print_json(answer)
    else:
        print(f"{answer['user_id']}: {answer['channel']} {answer['state']} since {answer['at']}")


@app.command("import")
def import_subscriptions(
    context: typer.Context,
    file: File,
    user: UserColumn,
    channel: Annotated[str, typer.Option(metavar="COL", help="The column of the channel.")],
    state: Annotated[
        str, typer.Option(metavar="COL", help="The column that says subscribed or unsubscribed.")
    ],
    time: TimeColumn = None,
    json: Json = False,
) -> None:
    """Imports subscriptions from a file; the same file twice adds nothing."""
    from shoal.cli.imports import finish
    from shoal.consent.statement import KINDS
    from shoal.project.imports.importing import import_statement_file
    from shoal.project.owner.statement_files import Columns

    columns = Columns(KINDS["subscription"], user, channel, state, time)
    finish(import_statement_file(project_of(context), file, columns), json=json)
