"""Counts of what people looked for, failed at, sent back and said, turned into insights.

Value at stake is a reckoning to be tested, never a result: it says how it was made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from shoal.audits.insight import (
    MOST_ROWS,
    Insight,
    InsightRow,
    Theme,
    by_people,
    needing,
    staked,
)
from shoal.audits.quality import counted
from shoal.audits.wording import first_few, people, share

EXPECTED = 3.0
"""Buyers that an item's viewers let expect, from which on none at all is no chance (5 %)."""
SELDOM = 0.25
RARELY = 0.05
"""Used by less than this part of active people, a feature counts as unused."""
WON_BACK = 0.1
"""Which part of those who dropped off is imagined to go on."""


@dataclass(frozen=True, slots=True)
class Order:
    """What an order brings on average, and in what it is counted."""

    mean: float | None
    currency: str | None


@dataclass(frozen=True, slots=True)
class Item:
    """An item that was viewed: by how many, how often, and how many of them bought it."""

    name: str
    views: int
    viewers: int
    buyers: int
    price: float | None


@dataclass(frozen=True, slots=True)
class Lost:
    """People who met something and did not order after it, and how often those who did not do."""

    people: int
    usual: float | None

    def value(self, order: Order) -> float | None:
        """What they would have brought, had they ordered as often as the others."""
        if self.usual is None or order.mean is None:
            return None
        return self.people * self.usual * order.mean


def judge_searches(
    rows: Sequence[InsightRow], searched: int, whose: int, lost: Lost, order: Order
) -> Insight:
    """Searches that found nothing; ``rows`` are the queries, ``whose`` the people."""
    events = sum(it.events for it in rows)
    if not events:
        return Insight(
            Theme.SEARCHES, f"Every search found something ({searched:,}).",
            events=searched,
        )  # fmt: skip
    at_stake = lost.value(order)
    top = sorted(rows, key=lambda it: (-it.people, -it.events, it.name))
    shown = first_few([f'"{it.name}" ({it.events:,})' for it in top])
    part = share(events / searched) if searched else "0%"
    return Insight(
        Theme.SEARCHES,
        f"{events:,} of {searched:,} searches ({part}) found nothing, {by_people(whose)}"
        f"{staked(at_stake, order.currency)}: {shown}.",
        events,
        whose,
        at_stake,
        f"{people(lost.people)} did not order within 7 days of a search in vain; had they ordered "
        f"as often as those who found something ({share(lost.usual)}), at the usual value"
        if lost.usual is not None
        else None,
        tuple(top[:MOST_ROWS]),
    )


def judge_unbought(items: Sequence[Item], order: Order, *, whose: int) -> Insight:
    """Items that many viewed and nobody, or hardly anybody, bought."""
    viewers, buyers = sum(it.viewers for it in items), sum(it.buyers for it in items)
    views = sum(it.views for it in items)
    usual = buyers / viewers if viewers else 0.0
    if not buyers:
        return Insight(
            Theme.UNBOUGHT,
            f"{counted(len(items), 'item')} viewed, and no viewer bought any of them: do views and "
            "orders name items alike?",
            views,
            whose,
        )
    found: list[InsightRow] = []
    for it in items:
        expected = it.viewers * usual
        if expected < EXPECTED or it.buyers > SELDOM * expected:
            continue
        value = None if it.price is None else (expected - it.buyers) * it.price
        figures = {"buyers": it.buyers, "expected_buyers": round(expected, 1), "price": it.price}
        found.append(InsightRow(it.name, it.views, it.viewers, value, figures))
    found.sort(key=lambda it: (-(it.at_stake or 0.0), -it.people, it.name))
    values = [it.at_stake for it in found if it.at_stake is not None]
    at_stake = sum(values) if values else None
    if not found:
        said = f"No viewed item stands out: {share(usual)} of viewers buy what they view."
        return Insight(Theme.UNBOUGHT, said, views, whose)
    shown = first_few([f"{it.name} ({it.people:,} viewers)" for it in found])
    return Insight(
        Theme.UNBOUGHT,
        f"{counted(len(found), 'item')} viewed by many and bought by none or hardly any"
        f"{staked(at_stake, order.currency)}: {shown}.",
        views,
        whose,
        at_stake,
        f"as many buyers as the viewers of all items let expect ({share(usual)}), at the price seen",
        tuple(found[:MOST_ROWS]),
    )


def judge_barriers(
    rows: Sequence[InsightRow], whose: int, lost: Lost, order: Order, needs: tuple[str, ...]
) -> Insight:
    """Steps that failed, by step and reason."""
    events = sum(it.events for it in rows)
    at_stake = lost.value(order)
    top = sorted(rows, key=lambda it: (-(it.at_stake or 0.0), -it.people, it.name))
    shown = first_few([f"{it.name} ({people(it.people)})" for it in top])
    return Insight(
        Theme.BARRIERS,
        f"{counted(events, 'failure')} on the way, {by_people(whose)}; {people(lost.people)} did not "
        f"order within a day{staked(at_stake, order.currency)}: {shown}.",
        events,
        whose,
        at_stake,
        "had they ordered as often as those who began to pay and met no failure "
        f"({share(lost.usual)}), at the usual value"
        if lost.usual is not None
        else None,
        tuple(top[:MOST_ROWS]),
        needs,
    )


def judge_journey(steps: Sequence[tuple[str, int]], order: Order) -> Insight:
    """How many people take each step after the one before."""
    if not steps or not steps[0][1]:
        return needing(Theme.JOURNEY, *(name for name, _ in steps))
    rows: list[InsightRow] = []
    for (name, before), (following, after) in pairwise(steps):
        lost = before - after
        onward = steps[-1][1] / after if after else None
        value = (
            lost * WON_BACK * onward * order.mean
            if order.mean is not None and onward is not None
            else None
        )
        figures = {"reached": before, "went_on": after,
                   "drop_off": round(lost / before, 4) if before else None}  # fmt: skip
        rows.append(InsightRow(f"{name} -> {following}", before, lost, value, figures))
    worst = max(rows, key=lambda it: it.figures["drop_off"] or 0.0)
    most = max(rows, key=lambda it: it.at_stake or 0.0)
    return Insight(
        Theme.JOURNEY,
        f"Of {people(steps[0][1])} who began with `{steps[0][0]}`, {steps[-1][1]:,} ordered; most "
        f"are lost between {worst.name.replace(' -> ', ' and ')} "
        f"({share(worst.figures['drop_off'] or 0.0)}){staked(most.at_stake, order.currency)}.",
        steps[0][1],
        steps[0][1] - steps[-1][1],
        most.at_stake,
        "if one in ten of those lost at a step went on as the others do; the step with most",
        tuple(rows),
    )


def judge_features(now: Sequence[InsightRow], before: Sequence[InsightRow], active: int) -> Insight:
    """Features hardly anybody uses, and those that were used and are no more."""
    used = {it.name: it for it in now}
    rows = [
        InsightRow(it.name, it.events, it.people, None, {"share": round(it.people / active, 4)})
        for it in now
        if active and it.people < RARELY * active
    ]
    gone = [
        InsightRow(it.name, 0, 0, None, {"share": 0.0, "people_before": it.people})
        for it in before
        if it.name not in used
    ]
    rows = sorted([*gone, *rows], key=lambda it: (it.people, it.name))
    events = sum(it.events for it in (*now, *before))
    known = len({*used, *(it.name for it in before)})
    if not rows:
        said = f"Each of {counted(known, 'feature')} is used by {share(RARELY)} of people or more."
        return Insight(Theme.FEATURES, said, events, 0)
    shown = first_few([f"{it.name} ({it.people:,})" for it in rows])
    return Insight(
        Theme.FEATURES,
        f"{len(rows):,} of {counted(known, 'feature')} {'is' if len(rows) == 1 else 'are'} used by "
        f"less than {share(RARELY)} of {people(active)} active: {shown}.",
        events,
        active,
        rows=tuple(rows[:MOST_ROWS]),
    )


def judge_reviews(rows: Sequence[InsightRow], order: Order, needs: tuple[str, ...]) -> Insight:
    """What reviews speak of, and in which tone; each row has the number of negative ones."""
    events = sum(it.events for it in rows)
    negative = sum(int(it.figures["negative"]) for it in rows)
    top = sorted(rows, key=lambda it: (-int(it.figures["negative"]), -it.events, it.name))
    values = [it.at_stake for it in rows if it.at_stake is not None]
    at_stake = sum(values) if values else None
    bad = [f"{it.name} ({it.figures['negative']:,} of {it.events:,})" for it in top
           if it.figures["negative"]]  # fmt: skip
    about = f", most about {first_few(bad, 3)}" if bad else ""
    return Insight(
        Theme.REVIEWS,
        f"{negative:,} of {counted(events, 'review')} ({share(negative / events)}) are negative"
        f"{about}{staked(at_stake, order.currency)}.",
        events,
        sum(it.people for it in rows),
        at_stake,
        "what those who wrote negative ones are worth; somebody with two themes counts in both"
        if at_stake is not None
        else None,
        tuple(top[:MOST_ROWS]),
        needs,
    )


def judge_returns(
    rows: Sequence[InsightRow], whose: int, currency: str | None, needs: tuple[str, ...]
) -> Insight:
    """What came back or was cancelled, and why."""
    events = sum(it.events for it in rows)
    values = [it.at_stake for it in rows if it.at_stake is not None]
    total = sum(values) if values else None
    top = sorted(rows, key=lambda it: (-(it.at_stake or 0.0), -it.events, it.name))
    shown = first_few([f"{it.name} ({it.events:,})" for it in top])
    return Insight(
        Theme.RETURNS,
        f"{counted(events, 'return')} or cancellations, {by_people(whose)}"
        f"{staked(total, currency)}: {shown}.",
        events,
        whose,
        total,
        "what was paid back" if total is not None else None,
        tuple(top[:MOST_ROWS]),
        needs,
    )


def judge_help(rows: Sequence[InsightRow], whose: int, needs: tuple[str, ...]) -> Insight:
    """What people ask help for."""
    top = sorted(rows, key=lambda it: (-it.events, it.name))
    shown = first_few([f"{it.name} ({it.events:,})" for it in top])
    events = sum(it.events for it in rows)
    return Insight(
        Theme.HELP,
        f"{counted(events, 'request')} for help, {by_people(whose)}: {shown}.",
        events,
        whose,
        rows=tuple(top[:MOST_ROWS]),
        needs=needs,
    )


def named_or(fields: Sequence[object], nothing: str) -> str:
    """Parts of a key in words: ``payment: card declined``; ``nothing`` where all are unset.

    >>> named_or(["payment", None], "no reason"), named_or([None], "no reason")
    ('payment', 'no reason')
    """
    return ": ".join(str(it) for it in fields if it is not None) or nothing
