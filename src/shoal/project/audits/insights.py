"""``shoal data insight``: what behaviour says about the product, with size and value at stake.

Whatever is about one person's way (ordered after, not ordered after) is asked of the engine, in one
pass; plain counts come from the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.audits.insight import Insight, InsightReport, InsightRow, Theme, by_stake, needing
from shoal.audits.insight_judging import (
    Item,
    Lost,
    judge_barriers,
    judge_features,
    judge_help,
    judge_journey,
    judge_returns,
    judge_reviews,
    judge_searches,
    judge_unbought,
    named_or,
)
from shoal.core.instants import format_instant
from shoal.project.audits.insight_questions import (
    REFUNDS,
    STEPS,
    Asking,
    Counted,
    asked_about,
    is_negative,
    steps_of,
)
from shoal.project.data.quality import sample_notes
from shoal.project.data.tallies import item_table
from shoal.runners import RuleAnswer, ValueAnswer

if TYPE_CHECKING:
    from shoal.project.reading import Reading

DAYS = 90


def product_insight(reading: Reading, at: int, days: int = DAYS) -> InsightReport:
    """Everything that the events of the last days say about the product, most at stake first."""
    asking, counted = asked_about(reading, at, days)
    insights = [tell(asking, counted) for tell in _TELLERS]
    return InsightReport(
        format_instant(at),
        days,
        reading.project.settings.currency,
        by_stake(insights),
        sample_notes(reading.snapshot),
    )


def _tell_searches(asking: Asking, counted: Counted) -> Insight:
    if "queries" not in counted:
        wanted = asking.lacking("products_searched", "query", "results")
        wanted = wanted or ("products_searched.results",)  # it came, and is no number
        return needing(Theme.SEARCHES, *wanted)
    rows = [
        InsightRow(str(row["query"] or "(empty)"), row["events"], row["people"])
        for row in counted["queries"]
    ]
    searched = sum(row["events"] for row in counted["searched"])
    found = asking.count("found")
    usual = asking.count("found ordered") / found if found else None
    lost = Lost(asking.count("vain lost"), usual)
    return judge_searches(rows, searched, asking.count("vain"), lost, asking.mean)


def _tell_unbought(asking: Asking, counted: Counted) -> Insight:
    del counted
    facts = asking.reading.snapshot.catalogue.events
    lines = facts[asking.order].lines if asking.order is not None else None
    carriers = [it for it in (lines, asking.order) if it is not None]
    bought = next((it for it in carriers if asking.has(it, "product_id")), None)
    if bought is None or not asking.has("product_viewed", "product_id"):
        wanted = (
            *asking.lacking("product_viewed", "product_id"),
            *(() if bought else (f"{lines or asking.order or 'order_completed'}.product_id",)),
        )
        return needing(Theme.UNBOUGHT, *wanted)
    price = "price" if asking.has_number("product_viewed", "price") else None
    rows = item_table(
        asking.stretch, ("product_viewed", "product_id"), (bought, "product_id"), price
    )
    names: dict[Any, str] = {}
    if asking.has("product_viewed", "name"):
        for row in asking.tally("product_viewed", "product_id", "name"):
            if row["name"] is not None:
                names.setdefault(row["product_id"], str(row["name"]))
    items = [
        Item(
            names.get(row["item"], str(row["item"])),
            row["views"],
            row["viewers"],
            row["buyers"],
            row["price"],
        )
        for row in rows
    ]
    if not items:
        return Insight(Theme.UNBOUGHT, f"No item was viewed in the last {asking.days} days.")
    return judge_unbought(items, asking.mean, whose=asking.count("viewed"))


def _tell_barriers(asking: Asking, counted: Counted) -> Insight:
    if "checkout_step_failed" not in counted and "payment_failed" not in counted:
        wanted = (
            "checkout_step_failed.step",
            "checkout_step_failed.reason",
            "payment_failed.reason",
        )
        return needing(Theme.BARRIERS, *wanted)
    smooth = asking.count("smooth")
    usual = asking.count("smooth ordered") / smooth if smooth else None
    rows = [
        *_barrier_rows(asking, counted.get("checkout_step_failed", ()), usual, None),
        *_barrier_rows(asking, counted.get("payment_failed", ()), usual, "payment"),
    ]
    if not rows:
        return Insight(Theme.BARRIERS, f"Nothing failed in the last {asking.days} days.")
    wanted = asking.lacking("checkout_step_failed", "step", "reason")
    lost = Lost(asking.count("failed lost"), usual)
    return judge_barriers(rows, asking.count("failed"), lost, asking.mean, wanted)


def _barrier_rows(
    asking: Asking, counted: Iterable[Mapping[str, Any]], usual: float | None, always: str | None
) -> Iterator[InsightRow]:
    """Steps and reasons; what is lost at a step is split among its reasons by people."""
    rows = list(counted)
    for row in rows:
        step = always or row.get("step")
        name = "lost payment_failed" if always else f"lost checkout_step_failed {step}"
        at_step = sum(it["people"] for it in rows if always or it.get("step") == step)
        lost = asking.count(name) * row["people"] / at_step if at_step else 0.0
        value = None
        if usual is not None and asking.mean.mean is not None and lost:
            value = lost * usual * asking.mean.mean
        figures = {"step": step, "reason": row.get("reason"), "lost_at_step": asking.count(name)}
        title = named_or([step, row.get("reason")], "no step given")
        yield InsightRow(title, row["events"], row["people"], value, figures)


def _tell_journey(asking: Asking, counted: Counted) -> Insight:
    del counted
    steps = steps_of(asking)
    if not steps:
        return needing(Theme.JOURNEY, *STEPS, "order_completed")
    reached = [(name, asking.count(f"step {number}")) for number, name in enumerate(steps, 1)]
    return judge_journey(reached, asking.mean)


def _tell_features(asking: Asking, counted: Counted) -> Insight:
    if "before" not in counted:
        return needing(Theme.FEATURES, "feature_used.feature")
    now, before = (
        [_row(it, "feature") for it in counted[name]] for name in ("feature_used", "before")
    )
    if not now and not before:
        return needing(Theme.FEATURES, "feature_used.feature")
    return judge_features(now, before, asking.count("active"))


def _tell_reviews(asking: Asking, counted: Counted) -> Insight:
    wanted = asking.lacking("review_posted", "theme", "sentiment")
    if not counted.get("review_posted"):
        return needing(Theme.REVIEWS, "review_posted.theme", "review_posted.sentiment")
    together: dict[str, list[int]] = {}
    for row in counted["review_posted"]:
        known = together.setdefault(str(row.get("theme") or "no theme"), [0, 0, 0])
        known[0] += row["events"]
        known[1] += row["people"]
        known[2] += row["events"] if is_negative(row) else 0
    rows = [
        InsightRow(name, events, whose, _worth_of(asking, name), {"negative": negative})
        for name, (events, whose, negative) in together.items()
    ]
    return judge_reviews(rows, asking.mean, wanted)


def _worth_of(asking: Asking, theme: str) -> float | None:
    """What those who wrote negative reviews about a theme are worth, together."""
    worth, whose = asking.answers.get("worth"), asking.answers.get(f"theme {theme}")
    if not isinstance(worth, ValueAnswer) or not isinstance(whose, RuleAnswer):
        return None
    return sum(
        float(np.nansum(bucket.values[worth.index][chosen]))
        for bucket, chosen in zip(worth.buckets, whose.chosen(), strict=True)
    )


def _tell_returns(asking: Asking, counted: Counted) -> Insight:
    rows: list[InsightRow] = []
    for event in REFUNDS:
        nothing = f"no reason given (`{event}`)"
        for row in counted.get(event, ()):
            name = named_or([row.get("reason")], nothing)
            figures = {"event": event, "reason": row.get("reason")}
            rows.append(InsightRow(name, row["events"], row["people"], row.get("value"), figures))
    if not rows:
        return needing(Theme.RETURNS, "order_refunded.reason", "order_refunded.total")
    whose = max(asking.count(event) for event in REFUNDS)
    currency = asking.reading.project.settings.currency
    return judge_returns(rows, whose, currency, asking.lacking("order_refunded", "reason"))


def _tell_help(asking: Asking, counted: Counted) -> Insight:
    if not counted.get("ticket_opened"):
        return needing(Theme.HELP, "ticket_opened.topic")
    rows = [_row(it, "topic") for it in counted["ticket_opened"]]
    wanted = asking.lacking("ticket_opened", "topic")
    return judge_help(rows, asking.count("ticket_opened"), wanted)


def _row(row: Mapping[str, Any], key: str) -> InsightRow:
    return InsightRow(named_or([row.get(key)], f"no {key}"), row["events"], row["people"])


_TELLERS: tuple[Callable[[Asking, Counted], Insight], ...] = (
    _tell_searches,
    _tell_unbought,
    _tell_barriers,
    _tell_journey,
    _tell_features,
    _tell_reviews,
    _tell_returns,
    _tell_help,
)
