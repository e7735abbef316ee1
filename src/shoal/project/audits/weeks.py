"""What an audit knows over time: the last weeks, and what became of those who belonged."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import numpy as np

from shoal.audits.facts import (
    Numbers,
    Outcome,
    Truths,
    Week,
)
from shoal.audits.questions import (
    DONE,
    IT,
    OUTCOME_DAYS,
    SINCE,
    WORTH,
    Plan,
)
from shoal.audits.trends import WEEK, weeks_of
from shoal.core.instants import DAY
from shoal.language.told import Told
from shoal.language.tree import InLast, Selection
from shoal.project.audits.answers import Heard, everywhere, raw
from shoal.runners import RuleAnswer, ValueAnswer, evaluate_at
from shoal.segments.reach import reached

if TYPE_CHECKING:
    from shoal.project.reading import Reading


WEEKS = 12
FEW_WEEKS = (12, 8, 4, 1)
"""The weeks asked about where each would rank very many people anew."""
MANY_ROWS = 2_000_000
"""Rows of a store from which on other segments that look back on changes are not compared: each
would follow everybody through all time."""


def weeks_before(
    reading: Reading, plan: Plan, heard: Heard, at: int
) -> tuple[tuple[Week, ...], Truths | None]:
    """The last weeks, this instant included; and who belonged at the beginning of the outcome."""
    first_at = first_at_of(reading)
    backs = FEW_WEEKS if ranks_many(reading, plan) else range(WEEKS, 0, -1)
    instants = [at - back * WEEK for back in backs]
    instants = [it for it in instants if first_at is not None and it >= first_at]
    asked = {name: plan.asked[name] for name in (IT, WORTH) if name in plan.asked}
    found = evaluate_at(reading.snapshot, asked, reading.vocabulary, instants)
    rows: list[tuple[int, Truths, Numbers | None]] = []
    for instant, answers in zip([*instants, at], [*found, heard.answers], strict=True):
        members, worth = answers[IT], answers.get(WORTH)
        assert isinstance(members, RuleAnswer)
        values = raw(worth) if isinstance(worth, ValueAnswer) else None
        rows.append((instant, everywhere(members), values))
    then = at - OUTCOME_DAYS * DAY
    before = next((members for instant, members, _ in rows if instant == then), None)
    return weeks_of(rows), before


def ranks_many(reading: Reading, plan: Plan) -> bool:
    """Whether ranking everybody anew, week by week, takes long."""
    return plan.ranked and reading.snapshot.rows >= MANY_ROWS


def outcome_of(plan: Plan, heard: Heard, before: Truths | None, reading: Reading) -> Outcome | None:
    """What those who belonged four weeks ago have done since."""
    if plan.outcome is None or before is None or not before.any():
        return None
    done = everywhere(heard.rule(DONE))[before]
    entry = reading.vocabulary.events.get(plan.outcome)
    words = (entry.title if entry else None) or _done(plan.outcome)
    mean = deviation = None
    brought = heard.answers.get(SINCE)
    if isinstance(brought, ValueAnswer) and len(done) > 1:
        values = np.nan_to_num(raw(brought)[before])
        mean, deviation = float(values.mean()), float(values.std(ddof=1))
    return Outcome(words, OUTCOME_DAYS, len(done), float(done.mean()), mean, deviation)


def _done(event: str) -> str:
    """``order_completed`` as in "have placed an order since"."""
    if event.startswith("order"):
        return Told("placed an order")
    bought = event.startswith(("purchase", "transaction", "sale"))
    return Told("bought") if bought else Told("done `{0}`", event)


def first_at_of(reading: Reading, events: Iterable[str] = ()) -> int | None:
    """When the first of these events happened; of any where none of them did."""
    known = {
        name: facts.first_at
        for name, facts in reading.snapshot.catalogue.events.items()
        if not name.startswith("$") and facts.first_at is not None
    }
    found = [known[name] for name in events if name in known] or list(known.values())
    return min(found) if found else None


def is_young(plan: Plan, reading: Reading, weeks: tuple[Week, ...]) -> bool:
    """Whether value looked back to before the data began, at the first of the weeks."""
    first_at = first_at_of(reading, [plan.outcome] if plan.outcome else ())
    if first_at is None or not weeks or not plan.has_worth:
        return False
    zone = reading.vocabulary.zone
    return any(
        zone.add(weeks[0].at, node.window.span, -1) < first_at
        for node in reached(plan.asked[WORTH], reading.vocabulary)
        if isinstance(node, Selection) and isinstance(node.window, InLast)
    )
