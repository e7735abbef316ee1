"""``shoal campaign …``: messages to audiences, with a holdout, and whether they helped."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from shoal.cli.campaigned import (
    print_campaign,
    print_check,
    print_preview,
    print_results,
    print_rows,
    print_run,
)
from shoal.cli.options import AsOf, Json, instant, project_of, reading_of
from shoal.cli.output import counted, print_json, print_table, say

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="An applied campaign.")]


@app.command("list")
def list_campaigns(context: typer.Context, json: Json = False) -> None:
    """Every campaign, how it stands and how many messages."""
    from shoal.project.campaigns.campaigns import campaign_rows

    rows = campaign_rows(reading_of(context))
    if json:
        print_json(rows)
    elif rows:
        print_rows(rows)
    else:
        print("There are no campaigns. Write one in campaigns/NAME.yml, then `shoal apply`.")


@app.command()
def show(context: typer.Context, name: Name, json: Json = False) -> None:
    """One campaign: what it says, who did what to it, each pass with its waterfall."""
    from shoal.project.campaigns.campaigns import show_campaign

    found = show_campaign(reading_of(context), name)
    if json:
        print_json(found)
    else:
        print_campaign(found)


@app.command()
def check(context: typer.Context, name: Name, json: Json = False) -> None:
    """Problems, whether the message fits the group, and how many to leave alone."""
    from shoal.project.campaigns.campaigns import check as checked

    found = checked(reading_of(context), name, "cli")
    if json:
        print_json(found)
    else:
        print_check(found)
    if found["problems"]:
        raise typer.Exit(1)


@app.command()
def preview(
    context: typer.Context,
    name: Name,
    user: Annotated[
        str | None, typer.Option(metavar="ID", help="What this person would get.")
    ] = None,
    n: Annotated[int, typer.Option("--n", min=1, max=100, help="Messages to show.")] = 10,
    json: Json = False,
) -> None:
    """The dry run: messages as they would go out, the waterfall, who lacks what. Sends nothing."""
    from shoal.project.campaigns.previews import preview as previewed

    found = previewed(reading_of(context), name, user=user, count=n)
    if json:
        print_json(found)
    else:
        print_preview(found)


def _act(context: typer.Context, name: str, action: str, *, json: bool) -> None:
    from shoal.project.campaigns.campaigns import act

    found = act(reading_of(context), name, action, "cli")
    if json:
        print_json(found)
    else:
        say(f"`{name}` is {found['state']}.")
        detail: dict[str, Any] = found["log"][-1]["detail"]
        if action == "approve":
            holdout = detail["holdout"]
            say(f"{holdout['share']:.0%} are left alone: {holdout['because']}.")
        for warning in found["warnings"]:
            say(f"Warning: {warning}")


@app.command()
def approve(context: typer.Context, name: Name, json: Json = False) -> None:
    """Says that a checked campaign may be started; settles how many are left alone."""
    _act(context, name, "approve", json=json)


@app.command()
def start(context: typer.Context, name: Name, json: Json = False) -> None:
    """Lets an approved campaign run: in a served project, or with `shoal campaign run`."""
    _act(context, name, "start", json=json)


@app.command()
def pause(context: typer.Context, name: Name, json: Json = False) -> None:
    """Stops giving arms and sending; what waits stays."""
    _act(context, name, "pause", json=json)


@app.command()
def resume(context: typer.Context, name: Name, json: Json = False) -> None:
    """Goes on after a pause."""
    _act(context, name, "resume", json=json)


@app.command()
def stop(context: typer.Context, name: Name, json: Json = False) -> None:
    """Ends a campaign for good; what has not gone out never will."""
    _act(context, name, "stop", json=json)


@app.command()
def run(
    context: typer.Context,
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Give arms for this one only.")
    ] = None,
    json: Json = False,
) -> None:
    """One pass, for cron: arms for whoever is due, then every message that may go."""
    from shoal.project.campaigns.campaigns import run as ran

    found = ran(project_of(context), name)
    if json:
        print_json(found)
    else:
        print_run(found)


@app.command()
def results(context: typer.Context, name: Name, as_of: AsOf = None, json: Json = False) -> None:
    """Did it help, by how much, how sure, and when it is decided."""
    from shoal.project.campaigns.results import campaign_results

    reading = reading_of(context)
    found = campaign_results(reading, name, instant("--as-of", as_of, reading.project))
    if json:
        print_json(found)
    else:
        print_results(found)


@app.command()
def messages(
    context: typer.Context,
    name: Name,
    state: Annotated[
        str,
        typer.Option(
            metavar="S",
            help="planned, queued, sending, sent, uncertain (may have arrived), dead or dropped.",
        ),
    ] = "uncertain",
    json: Json = False,
) -> None:
    """Messages of a campaign that stand so, at most a thousand."""
    from shoal.project.campaigns.campaigns import letters

    rows = letters(project_of(context), name, state)
    if json:
        print_json(rows)
    else:
        columns = ("id", "user_id", "variant", "occasion", "tries", "reason", "changed_at")
        print_table(columns, [[row[it] for it in columns] for row in rows])


@app.command()
def replay(
    context: typer.Context,
    name: Name,
    state: Annotated[
        str, typer.Option(metavar="S", help="dead, or uncertain: those may arrive twice.")
    ] = "dead",
    ids: Annotated[
        list[int] | None, typer.Option("--id", metavar="ID", help="This message only; repeatable.")
    ] = None,
) -> None:
    """Has messages sent again that were refused, or of which nobody knows whether they arrived."""
    from shoal.project.campaigns.campaigns import replay as replayed

    count = replayed(project_of(context), name, state, ids or (), "cli")
    say(f"{counted(count, 'message')} will be sent again.")


@app.command()
def secret(
    context: typer.Context,
    channel: Annotated[
        str, typer.Argument(metavar="CHANNEL", help="sms, push, webhook or ticket.")
    ],
) -> None:
    """What messages to a channel's address are signed with (Standard Webhooks)."""
    from shoal.consent.channel import parse_channel
    from shoal.project.campaigns.links import channel_secret

    print(channel_secret(project_of(context), parse_channel(channel)))
