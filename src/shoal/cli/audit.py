"""``shoal segment audit``: is it worth acting on, in words one can show."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from shoal.cli.options import (
    AppliedAt,
    AsOf,
    Json,
    RuleText,
    SegmentName,
    instant,
    reading_of,
    warn,
)
from shoal.cli.output import print_json

if TYPE_CHECKING:
    from rich.console import Console

    from shoal.audits import Audit, Finding

PLAIN_WIDTH, WIDEST = 100, 110
STYLES = {"good": "green", "careful": "yellow", "poor": "bold red", "unknown": "bright_black"}
SIGNS = {"good": "✓", "careful": "!", "poor": "✗", "unknown": "?"}
WORDS = {
    "size": "Large enough?",
    "value": "Worth it?",
    "distinct": "Distinct?",
    "measurable": "Measurable?",
    "actionable": "Actionable?",
    "stable": "Stable?",
    "rule": "Rule sound?",
    "sensitive": "Sensitive?",
}
BARS = "▁▂▃▄▅▆▇█"


def audit(
    context: typer.Context,
    name: SegmentName = None,
    rule: RuleText = None,
    as_of: AsOf = None,
    value: Annotated[
        str | None,
        typer.Option(
            metavar="EXPR",
            help="What people are worth, a trait or an expression. Default: the trait "
            "`customer_value` or `value`, else what their orders came to in the last 365 days.",
        ),
    ] = None,
    sensitive: Annotated[
        list[str] | None,
        typer.Option(metavar="TRAIT", help="A trait in which members should not differ."),
    ] = None,
    applied_at: AppliedAt = None,
    json: Json = False,
) -> None:
    """Is it worth acting on: size, value, difference, reach, steadiness; verdicts, no bans."""
    from shoal.project.answers import asked
    from shoal.project.audits.auditing import audit_segment

    reading = reading_of(context, applied_at)
    question = asked(reading, name, rule)
    warn(question.warnings)
    at = reading.at(instant("--as-of", as_of, reading.project))
    found = audit_segment(reading, question, at, value, sensitive or ())
    if json:
        print_json(found.as_json())
    else:
        print_audit(found)


def print_audit(found: Audit) -> None:
    """The audit for people; colours only where a terminal shows them."""
    from io import StringIO

    from rich.console import Console

    terminal = Console(highlight=False)
    if terminal.is_terminal:
        _print(found, terminal, min(terminal.width, WIDEST))
        return
    page = StringIO()
    _print(found, Console(file=page, width=PLAIN_WIDTH, highlight=False), PLAIN_WIDTH)
    for line in page.getvalue().splitlines():
        print(line.rstrip())


def _print(found: Audit, out: Console, width: int) -> None:
    from rich.table import Table
    from rich.text import Text

    out.print(Text(found.title, style="bold"), width=width)
    if found.title != found.sentence:
        out.print(Text(found.sentence), width=width)
    out.print(Text(f"as of {found.as_of}", style="bright_black"), width=width)
    out.print()
    table = Table(box=None, show_header=False, padding=(0, 1, 1, 0), width=width, pad_edge=False)
    table.add_column(no_wrap=True)
    table.add_column(ratio=1)
    for aspect, word in WORDS.items():
        findings = [it for it in found.findings if it.aspect == aspect]
        if findings:
            verdict = str(found.verdict_of(findings[0].aspect))
            name = Text.assemble((f"{word}\n", "bold"), (verdict, STYLES[verdict]))
            table.add_row(name, _cell(findings))
    out.print(table)
    out.print()
    out.print(Text(found.summary, style=STYLES[str(found.verdict)]), width=width)
    for note in found.notes:
        out.print(Text(f"Note: {note}.", style="bright_black"), width=width)


def _cell(findings: list[Finding]) -> Any:
    """The sentences below each other, each behind the sign of its verdict."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(ratio=1)
    for it in findings:
        verdict = str(it.verdict)
        grid.add_row(Text(SIGNS[verdict], style=STYLES[verdict]), Text(it.sentence))
        if picture := _picture(it):
            grid.add_row("", Text(picture, style="bright_black"))
    return grid


def _picture(finding: Finding) -> str:
    """The sizes of the last weeks as a line of bars; empty where the finding is about none."""
    sizes = [week["size"] for week in finding.figures.get("weeks", ())]
    if len(sizes) < 2 or min(sizes) == max(sizes):
        return ""
    return f"{spark(sizes)}  over these weeks, between {min(sizes):,} and {max(sizes):,}"


def spark(numbers: list[int]) -> str:
    """Numbers as bars between their least and most.

    >>> spark([1, 2, 3])
    '▁▅█'
    """
    least, most = min(numbers), max(numbers)
    if least == most:
        return BARS[0] * len(numbers)
    scale = (len(BARS) - 1) / (most - least)
    return "".join(BARS[round((number - least) * scale)] for number in numbers)
