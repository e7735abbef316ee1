"""``shoal webhook …``: who is told of transitions."""

from __future__ import annotations

from typing import Annotated

import typer

from shoal.cli.options import Json, project_of
from shoal.cli.output import counted, print_json, print_table, say

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="ID", help="The webhook's number.")]


@app.command()
def add(
    context: typer.Context,
    url: Annotated[str, typer.Argument(metavar="URL", help="Where messages go: https://….")],
    segment: Annotated[
        list[str] | None,
        typer.Option("--segment", metavar="S", help="This segment only; may be given repeatedly."),
    ] = None,
    after: Annotated[
        int | None,
        typer.Option(min=0, metavar="SEQ", help="Begin behind this number; else with what comes."),
    ] = None,
    json: Json = False,
) -> None:
    """Has transitions sent there while the project is served. The secret is shown this once."""
    from shoal.project.webhooks import add_webhook, show_webhook

    project = project_of(context)
    added, secret = add_webhook(project, url, segment or [], after, "cli")
    if json:
        print_json({**show_webhook(project, added.id), "secret": secret})
    else:
        print(secret)
        say(f"This is shown once. Webhook {added.id}, signed with it: {added.url}")


@app.command("list")
def list_webhooks(context: typer.Context, json: Json = False) -> None:
    """Every webhook, how far it is and how it goes."""
    from shoal.project.webhooks import webhook_rows

    rows = webhook_rows(project_of(context))
    if json:
        print_json(rows)
    elif rows:
        print_table(
            ("id", "url", "segments", "state", "backlog", "laid aside", "last error"),
            [
                (
                    it["id"],
                    it["url"],
                    ", ".join(it["segments"]) or "all",
                    it["state"],
                    it["backlog"],
                    it["dead_letters"],
                    it["last_error"],
                )
                for it in rows
            ],
        )
    else:
        print("There are no webhooks. Make one with `shoal webhook add URL`.")


@app.command()
def show(context: typer.Context, number: Number) -> None:
    """One webhook as JSON, with the messages that were laid aside."""
    from shoal.project.webhooks import show_webhook

    print_json(show_webhook(project_of(context), number))


@app.command()
def remove(context: typer.Context, number: Number) -> None:
    """Takes a webhook away, with its secret and what was laid aside."""
    from shoal.project.webhooks import remove_webhook

    remove_webhook(project_of(context), number, "cli")
    say(f"Webhook {number} is gone.")


@app.command("test")
def send_test(context: typer.Context, number: Number, json: Json = False) -> None:
    """Sends a signed message that says it is a test. Exit code 1 if it is not taken."""
    from shoal.project.webhooks import try_webhook

    found = try_webhook(project_of(context), number)
    if json:
        print_json(found)
    elif found["status"] is not None:
        print(f"It answered {found['status']}.")
    else:
        say(f"It was not reached: {found['error']}")
    if not found["taken"]:
        raise typer.Exit(1)


@app.command()
def resume(
    context: typer.Context,
    number: Number,
    after: Annotated[
        int | None,
        typer.Option(min=0, metavar="SEQ", help="Send everything behind this number again."),
    ] = None,
) -> None:
    """Has a webhook tried again at once: a paused one, or one that waits for its next try."""
    from shoal.project.webhooks import resume_webhook

    resume_webhook(project_of(context), number, "cli", after)
    say(f"Webhook {number} is tried again.")


@app.command()
def replay(context: typer.Context, number: Number) -> None:
    """Has every message sent again that the other side did not take."""
    from shoal.project.webhooks import replay_webhook

    count = replay_webhook(project_of(context), number, "cli")
    say(f"{counted(count, 'message')} will be sent again.")
