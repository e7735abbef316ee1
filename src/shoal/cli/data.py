"""``shoal data …``: is the data good, is it needed, and what does it say of the product."""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, Annotated

import typer

from shoal.cli.options import AsOf, Json, instant, reading_of
from shoal.cli.output import print_json, print_table

if TYPE_CHECKING:
    from shoal.audits.insight import Insight, InsightReport
    from shoal.audits.insight_claims import ClaimToTest
    from shoal.audits.minimisation import Collected, MinimisationReport
    from shoal.audits.quality import QualityReport

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)
WIDTH = 100
SIGNS = {"good": "✓", "careful": "!", "poor": "✗", "unknown": "?"}
EMPTIEST = 10
ROWS = 5


@app.callback()
def data() -> None:
    """Is the data good, needed, and what does it say of the product."""


@app.command()
def check(
    context: typer.Context,
    fill_rates: Annotated[
        bool, typer.Option("--fill", help="List how often every property is set.")
    ] = False,
    json: Json = False,
) -> None:
    """Tracking plan, types, gaps, duplicates, times, volumes, bots: verdicts with a remedy."""
    from shoal.project.data.quality import check_data

    found = check_data(reading_of(context))
    if json:
        print_json(found.as_json())
    else:
        print_check(found, every=fill_rates)


@app.command()
def minimisation(
    context: typer.Context,
    every: Annotated[
        bool, typer.Option("--all", help="List the fields that are used too.")
    ] = False,
    json: Json = False,
) -> None:
    """What is collected that no definition uses, and why each field is collected."""
    from shoal.project.data.minimising import minimisation as minimise

    found = minimise(reading_of(context))
    if json:
        print_json(found.as_json())
    else:
        print_minimisation(found, every=every)


@app.command()
def insight(
    context: typer.Context,
    as_of: AsOf = None,
    days: Annotated[int, typer.Option(min=1, max=3660, help="Days looked at.")] = 90,
    json: Json = False,
) -> None:
    """Unmet needs, barriers and gaps in the product, each with its size and value at stake."""
    from shoal.project.audits.insights import product_insight

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    found = product_insight(reading, at, days)
    if json:
        print_json(found.as_json())
    else:
        print_insight(found)


@app.command()
def claims(context: typer.Context, as_of: AsOf = None, json: Json = False) -> None:
    """Quoted market figures, each a claim to test, with the exact test on your own data."""
    from shoal.project.data.claims import claims_to_test

    reading = reading_of(context)
    at = reading.at(instant("--as-of", as_of, reading.project))
    found = claims_to_test(reading, at)
    if json:
        print_json({"claims": [it.as_json() for it in found]})
    else:
        print_claims(found)


def print_check(found: QualityReport, *, every: bool) -> None:
    """The findings below each other, the most important first."""
    print(f"{found.rows:,} rows of {found.profiles:,} people, as of {found.as_of}")
    print()
    for it in found.findings:
        print(_wrapped(f"{SIGNS[str(it.verdict)]} {it.check}: {it.sentence}", "  "))
        if it.remedy:
            print(_wrapped(f"  → {it.remedy}", "    "))
    emptiest = sorted((it for it in found.filled if it.of), key=lambda it: it.share)
    shown = emptiest if every else [it for it in emptiest if it.share < 0.9][:EMPTIEST]
    if shown:
        print()
        rows = [(it.text, it.type, it.set, it.of, f"{it.share:.1%}") for it in shown]
        print_table(("field", "type", "set", "of", "share"), rows)
    if len(emptiest) > len(shown):
        print(f"({len(emptiest) - len(shown)} more: --fill lists them, --json by month)")
    print()
    print(_wrapped(found.summary))
    _print_notes(found.notes)


def print_minimisation(found: MinimisationReport, *, every: bool) -> None:
    """What could be left out, then what lacks a reason; with ``every``, all fields.

    Fields with the same suggestion stand together.
    """
    from shoal.audits.minimisation import Use

    print(_wrapped(found.summary))
    for use in Use:
        fields = found.of(use)
        if use is Use.USED and not every:
            fields = tuple(it for it in fields if it.sensitive)
        together: dict[str, list[Collected]] = {}
        for it in fields:
            together.setdefault(it.suggestion or "Used, and for a reason", []).append(it)
        for suggestion, some in together.items():
            print()
            print(_wrapped(f"{suggestion[0].upper()}{suggestion[1:]}:"))
            for it in some:
                print(_wrapped(f"  {it.text} ({it.held.set:,}){_beside(it)}", "    "))
    print()
    _print_notes(found.notes)


def _beside(it: Collected) -> str:
    """Why a field is collected, and what uses it."""
    why = f" Why: {it.held.why}" if it.held.why else ""
    users = [*it.used_by[:3], *([f"{len(it.used_by) - 3} more"] if len(it.used_by) > 3 else [])]
    used = f" Used by {', '.join(users)}." if users else ""
    return why + used + (f" Serves {it.serves}." if it.serves else "")


def print_insight(found: InsightReport) -> None:
    """Each theme with its rows; what needs more data last."""
    print(f"The last {found.days} days, as of {found.as_of}")
    for it in found.insights:
        if it.is_told:
            _print_one(it)
    waiting = [it for it in found.insights if not it.is_told]
    if waiting:
        print()
        for it in waiting:
            print(_wrapped(f"? {it.theme}: {it.sentence}", "  "))
    if found.notes:
        print()
    _print_notes(found.notes)


def _print_one(it: Insight) -> None:
    print()
    print(_wrapped(f"{str(it.theme).capitalize()}: {it.sentence}", "  "))
    valued = any(row.at_stake is not None for row in it.rows)
    rows = [
        (
            f"  {row.name}",
            row.events,
            row.people,
            *([None if row.at_stake is None else f"{row.at_stake:,.2f}"] if valued else []),
        )
        for row in it.rows[:ROWS]
    ]
    if rows:
        print_table(("  which", "times", "people", *(["at stake"] if valued else [])), rows)
    if it.reckoned and it.at_stake:
        print(_wrapped(f"  At stake is a reckoning to test: {it.reckoned}.", "  "))
    if it.needs:
        print(_wrapped(f"  It would say more with {', '.join(it.needs)}.", "  "))


def print_claims(found: tuple[ClaimToTest, ...]) -> None:
    """The claims, each under its label."""
    from shoal.audits.insight_claims import LABEL, heading

    print(heading(len(found)))
    for one in found:
        it = one.claim
        print()
        print(_wrapped(f"{it.claim} ({LABEL})"))
        print(_wrapped(f"  Source: {it.source}.", "    "))
        print(_wrapped(f"  Audience: {it.audience}", "    "))
        print(_wrapped(f"  Outcome: {it.outcome}.", "    "))
        for number, step in enumerate(it.test, 1):
            print(_wrapped(f"  {number}. {step}", "     "))
        print(_wrapped(f"  No test: {it.not_so}", "    "))
        print(_wrapped(f"  Here: {one.sentence}", "    "))


def _print_notes(notes: tuple[str, ...]) -> None:
    for note in notes:
        print(_wrapped(f"Note: {note.rstrip('.')}."))


def _wrapped(text: str, indent: str = "") -> str:
    return fill(
        text, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
