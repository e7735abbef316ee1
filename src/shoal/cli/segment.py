"""``shoal segment …``: who belongs, since when and why."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from shoal.cli.audit import audit
from shoal.cli.flows import flows
from shoal.cli.kpi import overlap, rfm
from shoal.cli.options import (
    AppliedAt,
    As,
    AsOf,
    Json,
    Out,
    RuleText,
    SegmentName,
    instant,
    reading_of,
    span,
    warn,
)
from shoal.cli.output import Format, indented, print_json, print_table, write_table

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
app.command("audit")(audit)
app.command("flows")(flows)
app.command("overlap")(overlap)
app.command("rfm")(rfm)


@app.command("list")
def list_segments(
    context: typer.Context,
    as_of: AsOf = None,
    applied_at: AppliedAt = None,
    json: Json = False,
) -> None:
    """Every applied segment with its size and its rule as a sentence, in one pass."""
    from shoal.project.answers import segment_list

    reading = reading_of(context, applied_at)
    at = reading.at(instant("--as-of", as_of, reading.project))
    rows = segment_list(reading, at)
    if json:
        print_json(rows)
    elif rows:
        print_table(
            ("name", "size", "sentence"), [(r["name"], r["size"], r["sentence"]) for r in rows]
        )
    else:
        print("No segments are applied. Write them in segments/, then `shoal apply`.")


@app.command()
def show(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="A segment, or a partition's part: stage.purchase.")],
    as_of: AsOf = None,
    applied_at: AppliedAt = None,
    json: Json = False,
) -> None:
    """A segment's sentence, rule and size."""
    from shoal.project.answers import show_segment

    reading = reading_of(context, applied_at)
    shown = show_segment(reading, name, reading.at(instant("--as-of", as_of, reading.project)))
    if json:
        print_json(shown)
        return
    print(shown["title"] or shown["name"])
    print(shown["sentence"])
    print()
    print(indented(shown["rule"]))
    print()
    print(f"{shown['size']:,} of {shown['known']:,} profiles known at {shown['as_of']}")


@app.command()
def count(
    context: typer.Context,
    name: SegmentName = None,
    rule: RuleText = None,
    as_of: AsOf = None,
    applied_at: AppliedAt = None,
    json: Json = False,
) -> None:
    """How many profiles the rule is true for."""
    from shoal.project.answers import asked, count_members

    reading = reading_of(context, applied_at)
    question = asked(reading, name, rule)
    warn(question.warnings)
    answer = count_members(
        reading, question, reading.at(instant("--as-of", as_of, reading.project))
    )
    if json:
        print_json(answer)
        return
    beside = [
        f"{answer[key]:,} {word}"
        for key, word in (("anonymous", "of them anonymous"), ("unknown", "unknown"))
        if answer[key]
    ]
    print(
        f"{answer['count']:,} of {answer['known']:,} profiles known at {answer['as_of']}"
        + (f" ({', '.join(beside)})" if beside else "")
    )


@app.command()
def members(
    context: typer.Context,
    name: SegmentName = None,
    rule: RuleText = None,
    as_of: AsOf = None,
    applied_at: AppliedAt = None,
    form: As = Format.CSV,
    out: Out = None,
) -> None:
    """The profiles the rule is true for, sorted by user_id."""
    from shoal.project.answers import asked, member_table

    reading = reading_of(context, applied_at)
    question = asked(reading, name, rule)
    warn(question.warnings)
    at = reading.at(instant("--as-of", as_of, reading.project))
    write_table(member_table(reading, question, at), form, out)


@app.command()
def explain(
    context: typer.Context,
    name: SegmentName = None,
    rule: RuleText = None,
    user: Annotated[
        str, typer.Option(metavar="ID", help="The person: a user id, or anon:ID.")
    ] = "",
    as_of: AsOf = None,
    applied_at: AppliedAt = None,
    json: Json = False,
) -> None:
    """Why somebody is a member or not, when that changes by itself, and what would change it."""
    from shoal.core.errors import UsageError
    from shoal.project.answers import asked
    from shoal.project.people.explaining import explain_member

    if not user:
        raise UsageError("explain whom?", hint="give --user ID")
    reading = reading_of(context, applied_at)
    question = asked(reading, name, rule)
    warn(question.warnings)
    at = reading.at(instant("--as-of", as_of, reading.project))
    explained = explain_member(reading, question, user, at)
    if json:
        print_json(explained)
    else:
        _print_explained(explained)


@app.command()
def history(
    context: typer.Context,
    start: Annotated[str, typer.Option("--from", metavar="T", help="The first row's instant.")],
    end: Annotated[str, typer.Option("--to", metavar="T", help="No row is later than this.")],
    name: SegmentName = None,
    rule: RuleText = None,
    every: Annotated[
        str,
        typer.Option(
            metavar="SPAN",
            help="The step: 1h, 1d, 1w, 1mo … Days are local midnights when --from is a bare date.",
        ),
    ] = "1d",
    applied_at: AppliedAt = None,
    form: As = Format.CSV,
    out: Out = None,
) -> None:
    """The segment's size over time, and who entered and left between the rows."""
    from shoal.project.answers import asked, size_history

    reading = reading_of(context, applied_at)
    question = asked(reading, name, rule)
    warn(question.warnings)
    first = instant("--from", start, reading.project)
    last = instant("--to", end, reading.project)
    assert first is not None
    assert last is not None
    local = len(start) == len("2026-11-01")
    table = size_history(reading, question, first, last, span("--every", every), local=local)
    write_table(table, form, out)


def _print_explained(explained: dict[str, Any]) -> None:
    verb = "belongs" if explained["member"] else "does not belong"
    print(f"{explained['user_id']} {verb} at {explained['as_of']}.")
    print(explained["sentence"])
    print()
    _print_because(explained["because"], 0)
    print()
    if explained["changes_at"]:
        print(f"If nothing more happens, this changes at {explained['changes_at']}.")
    else:
        print(f"By waiting alone: {explained['changes_at_reason']}.")
    if explained["nearest_change"]:
        print(f"Nearest change: {explained['nearest_change']['text']}.")


def _print_because(node: dict[str, Any], depth: int) -> None:
    signs = {"true": "yes", "false": "no", "unknown": "unknown"}
    value = "" if node["value"] is None else f"  [{_value(node)}]"
    print(f"{'  ' * depth}{signs[node['verdict']]:<8}{node['rule']}{value}")
    for event in node["events"]:
        given = ", ".join(f"{key} {_told(value)}" for key, value in event["properties"].items())
        print(
            f"{'  ' * depth}          {event['at']} {event['name']}{' · ' if given else ''}{given}"
        )
    for child in node["children"]:
        _print_because(child, depth + 1)


def _value(node: dict[str, Any]) -> str:
    """The value as people read it: spans in days, and the cut of a share beside it."""
    value, rule = node["value"], str(node["rule"])
    if rule.startswith(("age(", "gap(", "gap_std(")) and isinstance(value, int | float):
        return f"{value / 86_400:.10g}d"
    if re.search(r" in (top|bottom) [\d.]+%", rule) and node["threshold"] is not None:
        return f"{_told(value)}; the cut is {_told(node['threshold'])}"
    return _told(value)


def _told(value: object) -> str:
    return f"{value:.10g}" if isinstance(value, float) else str(value)
