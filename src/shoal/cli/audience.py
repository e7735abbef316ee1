"""``shoal audience …``: whom of a segment one may write to, and what stops the others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from shoal.cli.options import As, AsOf, Json, Out, RuleText, instant, reading_of, warn
from shoal.cli.output import Format, print_json, print_table, write_table
from shoal.core.errors import UsageError

if TYPE_CHECKING:
    from shoal.project.people.audiences import Resolved
    from shoal.project.reading import Reading

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)

Segment = Annotated[
    str | None,
    typer.Argument(metavar="SEGMENT", help="A segment, or a partition's part: stage.purchase."),
]
Purpose = Annotated[
    str | None,
    typer.Option(
        metavar="P", help="What they must have agreed to. Default: the segment's own purpose."
    ),
]
ChannelName = Annotated[
    str | None,
    typer.Option(
        "--channel",
        metavar="C",
        help="email, sms, push, webhook or ticket. Default: any that reaches them.",
    ),
]
Share = Annotated[
    str, typer.Option("--holdout", metavar="10%", help="The share that is left alone.")
]
Campaign = Annotated[
    str | None,
    typer.Option(metavar="NAME", help="The campaign under whose name people are held out."),
]
MostMessages = Annotated[
    str | None,
    typer.Option("--cap", metavar="'2 per 7d'", help="Default: `cap` in shoal.yml, if any."),
]
STEPS = {
    "matched": "the rule is true for",
    "consented": "of them agreed to the purpose",
    "reachable": "of them can be reached",
    "suppressed": "must not be written to",
    "held_out": "are left alone, to compare with",
    "capped": "were written to often enough",
    "sendable": "remain",
}


@app.command()
def show(
    context: typer.Context,
    segment: Segment = None,
    rule: RuleText = None,
    purpose: Purpose = None,
    channel: ChannelName = None,
    holdout: Share = "0%",
    campaign: Campaign = None,
    cap: MostMessages = None,
    as_of: AsOf = None,
    json: Json = False,
) -> None:
    """How many remain after each step, from those matched to those who may be written to."""
    words = (segment, rule, purpose, channel, holdout, campaign, cap, as_of)
    counts = _resolved(reading_of(context), *words).as_json()
    if json:
        print_json(counts)
    else:
        print_table(("people", "step"), [(f"{counts[it]:,}", told) for it, told in STEPS.items()])


@app.command()
def members(
    context: typer.Context,
    segment: Segment = None,
    rule: RuleText = None,
    purpose: Purpose = None,
    channel: ChannelName = None,
    holdout: Share = "0%",
    campaign: Campaign = None,
    cap: MostMessages = None,
    state: Annotated[
        list[str] | None,
        typer.Option(metavar="STATE", help="Only those in this state; may be given again."),
    ] = None,
    as_of: AsOf = None,
    form: As = Format.CSV,
    out: Out = None,
) -> None:
    """Everybody matched with their state: sendable, or the step that stops them."""
    from shoal.project.people.audiences import states_named

    wanted = states_named(state or ())
    words = (segment, rule, purpose, channel, holdout, campaign, cap, as_of)
    write_table(_resolved(reading_of(context), *words).table(wanted), form, out)


@app.command()
def export(
    context: typer.Context,
    tool: Annotated[
        str,
        typer.Option(
            "--for", metavar="TOOL", help="mailchimp, hubspot, salesforce, ga4 or dynamic_yield."
        ),
    ],
    segment: Segment = None,
    rule: RuleText = None,
    purpose: Purpose = None,
    holdout: Share = "0%",
    campaign: Campaign = None,
    cap: MostMessages = None,
    name: Annotated[
        str | None,
        typer.Option("--name", help="What the tool calls them. Default: the segment's name."),
    ] = None,
    as_of: AsOf = None,
    form: As = Format.CSV,
    out: Out = None,
) -> None:
    """Those who may be written to, as the file that another tool imports."""
    from shoal.project.people.handing_over import hand_over, tool_named

    wanted = tool_named(tool)
    called = name or segment
    if called is None:
        raise UsageError("what shall the tool call them?", hint="give --name")
    words = (segment, rule, purpose, str(wanted.channel), holdout, campaign, cap, as_of)
    reading = reading_of(context)
    found = hand_over(reading, _resolved(reading, *words), wanted, called)
    if found.why is not None:
        warn([f"{found.left_out:,} who may be written to are not in it: {found.why}"])
    write_table(found.table, form, out)


def _resolved(
    reading: Reading,
    segment: str | None,
    rule: str | None,
    purpose: str | None,
    channel: str | None,
    holdout: str,
    campaign: str | None,
    cap: str | None,
    as_of: str | None,
) -> Resolved:
    from shoal.campaigns import parse_cap, parse_share
    from shoal.consent.channel import parse_channel
    from shoal.project.people.audiences import audience_asked, resolve

    wanted = audience_asked(
        reading,
        segment,
        rule,
        purpose=purpose,
        channel=None if channel is None else parse_channel(channel),
        holdout=parse_share(holdout),
        campaign=campaign,
        cap=None if cap is None else parse_cap(cap),
    )
    warn(wanted.warnings)
    return resolve(reading, wanted, reading.at(instant("--as-of", as_of, reading.project)))
