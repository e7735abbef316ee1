"""Did it help? Each person's success in the days after their own assignment, arm against arm.

Arms and instants of assignment are rows of people's histories, so a result is asked of the engine
like anything else: as of any instant, whoever was joined or erased since.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shoal.campaigns.goal import Measure, measure_of
from shoal.core.instants import SECOND, format_instant
from shoal.core.spans import Span
from shoal.experiments import (
    Analysis,
    Kind,
    Metric,
    Once,
    Outcome,
    People,
    Whenever,
    analyse,
    sample_ratio,
)
from shoal.language.told import Told
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    Arithmetic,
    ArithmeticOperator,
    Did,
    EventRef,
    InLast,
    InNext,
    Rule,
    Selection,
    Value,
)
from shoal.language.vocabulary import ValueType
from shoal.project.campaigns.assigned import Assigned, assigned_in, values_after
from shoal.project.campaigns.engagement import engagement_rows
from shoal.project.campaigns.terms import Arms, arms_for, campaign_named
from shoal.project.experiments.experiments import arm_row
from shoal.project.worth import AMOUNTS
from shoal.store.campaign_books import CampaignBooks, Stands

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.project.reading import Reading

GOAL = "goal"
LEAST = 2
"""People of each arm whom a metric that nobody asked for is told of."""
RETENTION = "retention"
ENGAGEMENT = "engagement"
BESIDE = frozenset({RETENTION, ENGAGEMENT})
"""Metrics that are told though no definition names them."""
Floats = npt.NDArray[np.float64]
SHOWN = (
    ("promotion_clicked", ("promotion_viewed",)),
    ("ad_clicked", ("ad_viewed", "ad_impression")),
)
"""What is clicked on, and what it is shown by: on the site and in ads, to either arm alike."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric and its measure; ``below`` is what a ratio is over."""

    metric: Metric
    above: Measure
    below: Measure | None = None


def campaign_results(reading: Reading, name: str, as_of: int | None = None) -> dict[str, Any]:
    """Arms, effects with intervals and words, the split, the day of decision, the waterfalls."""
    definition = campaign_named(reading, name)
    at = reading.at(as_of)
    kept = CampaignBooks(reading.project.store.books)
    stands = kept.one(name)
    measures = measures_of(reading, definition)
    arms = arms_for(reading, definition, stands.holdout or 0.0)
    assigned = assigned_in(reading, definition, tuple(arms.shares), at)
    horizon = measures[0].above.horizon
    ripe = assigned.chosen(assigned.at + horizon <= at)
    decides_at = _decides_at(reading, definition, stands, assigned, horizon)
    is_decided = decides_at is not None and at >= decides_at
    counts = np.bincount(assigned.arm, minlength=len(arms.shares)).tolist()
    document: dict[str, Any] = {
        "campaign": name,
        "as_of": format_instant(at),
        "state": str(stands.state),
        "goal": definition.goal_text,
        "decides_at": None if decides_at is None else format_instant(decides_at),
        "is_decided": is_decided,
        "method": "once" if is_decided else "whenever",
        "assigned": dict(zip(assigned.arms, counts, strict=True)),
        "counted": len(ripe.arm),
        "waiting": len(assigned.arm) - len(ripe.arm),
        "crossed": assigned.crossed,
        "control": assigned.arms[0] if assigned.arms else None,
        "metrics": {},
        "engagement": engagement_rows(reading, name, assigned, horizon, at),
        "srm": _srm(assigned, arms, counts),
        "verdict": None,
        "warnings": [],
        "passes": [
            {"at": format_instant(it.at), "occasion": it.occasion, "waterfall": dict(it.waterfall)}
            for it in kept.passes(name)
        ],
    }
    if len(assigned.arms) < 2:
        document["warnings"] = [Told("nobody is left alone: there is nothing to compare with")]
        return document
    if not len(ripe.arm):
        document["warnings"] = [Told("nobody's days are over yet: there is nothing to compare")]
        return document
    outcomes = outcomes_of(reading, measures, ripe, at)
    beside_it = BESIDE - {it.name for it in definition.metrics}
    own = [it for it in outcomes if it.metric.name not in beside_it]
    beside = [
        it
        for it in outcomes
        if it.metric.name in beside_it and _can_tell(it, ripe, once=is_decided)
    ]
    way = Once() if is_decided else Whenever(float(max(len(assigned.arm), 100)))
    shares = [arms.shares[it] for it in assigned.arms]
    people = People(assigned.arms, ripe.arm)
    # What nobody asked for takes nothing from what was asked: it is judged by itself.
    analyses = [analyse(people, some, way, shares) for some in (own, beside) if some]
    return document | _told(analyses, ripe)


def measures_of(reading: Reading, definition: CampaignDefinition) -> list[Measured]:
    """The goal first, then the metrics that the definition names, then what follows from the goal.

    That is revenue where an amount is known, retention, and engagement where things are shown.
    """
    assert definition.goal is not None
    found = [_measured(GOAL, definition.goal, less=False)]
    named = {it.name for it in definition.metrics}
    found += [
        _measured(it.name, it.measure, less=it.less_is_better)
        for it in definition.metrics
        if it.measure is not None
    ]
    revenue = None if "revenue" in named else _revenue(reading, definition.goal)
    if revenue is not None:
        found.append(_measured("revenue", revenue, less=False))
    horizon = found[0].above.horizon
    retention = None if RETENTION in named else _retention(definition.goal, horizon)
    engagement = None if ENGAGEMENT in named else _engagement(reading, horizon)
    return [*found, *(it for it in (retention, engagement) if it is not None)]


def _retention(goal: Rule | Value, horizon: int) -> Measured | None:
    """Whether people reach the goal again, in as many days after the days of the goal."""
    if not isinstance(goal, Did) or goal.negated or not isinstance(goal.selection.window, InNext):
        return None
    again = Did(replace(goal.selection, window=InLast(goal.selection.window.span)))
    return Measured(Metric(RETENTION, Kind.RETENTION), Measure(again, 2 * horizon))


def _engagement(reading: Reading, horizon: int) -> Measured | None:
    """Clicks by exposures, of what is shown on the site and in ads."""
    known = reading.vocabulary.events
    clicked: list[str] = []
    shown: list[str] = []
    for click, ways in SHOWN:
        exposures = [it for it in ways if it in known]
        if click in known and exposures:
            clicked.append(click)
            shown.append(exposures[0])
    if not clicked:
        return None
    window = InLast(Span(max(1, horizon // SECOND), "s"))
    above, below = (
        Aggregate(
            AggregateFunction.COUNT,
            Selection(EventRef(tuple(names), (False,) * len(names)), window=window),
        )
        for names in (clicked, shown)
    )
    metric = Metric(ENGAGEMENT, Kind.RATIO)
    return Measured(metric, Measure(above, horizon), Measure(below, horizon))


def _measured(name: str, node: Rule | Value, *, less: bool) -> Measured:
    if isinstance(node, Rule):
        return Measured(Metric(name, Kind.CONVERSION, less), measure_of(node))
    if isinstance(node, Arithmetic) and node.operator is ArithmeticOperator.DIVIDE:
        # Both are asked at the end of the longer one, or they would be of different people.
        whole = measure_of(node)
        assert isinstance(whole.asked, Arithmetic)
        above, below = whole.asked.left, whole.asked.right
        return Measured(
            Metric(name, Kind.RATIO, less), Measure(above, whole.horizon),
            Measure(below, whole.horizon),
        )  # fmt: skip
    return Measured(Metric(name, Kind.MEAN, less), measure_of(node))


def _revenue(reading: Reading, goal: Rule | Value) -> Value | None:
    """What the goal's event brings: the sum of its amount in the same days."""
    if not isinstance(goal, Did) or goal.negated:
        return None
    selection = goal.selection
    for name in selection.event.names:
        entry = reading.vocabulary.events.get(name)
        for amount in AMOUNTS if entry is not None else ():
            assert entry is not None
            if entry.properties.get(amount) is ValueType.NUMBER:
                chosen = Selection(EventRef((name,)), amount, selection.where, selection.window)
                return Aggregate(AggregateFunction.SUM, chosen)
    return None


def outcomes_of(
    reading: Reading, measures: Sequence[Measured], ripe: Assigned, at: int
) -> list[Outcome]:
    """Every metric's number for everybody; unset for whose days are not over yet."""
    asked: dict[int, dict[str, Rule | Value]] = {}
    for number, it in enumerate(measures):
        asked.setdefault(it.above.horizon, {})[f"{number} above"] = it.above.asked
        if it.below is not None:
            asked.setdefault(it.below.horizon, {})[f"{number} below"] = it.below.asked
    values: dict[str, Floats] = {}
    for horizon, questions in asked.items():
        values |= values_after(reading, questions, ripe, horizon, at)
    return [
        Outcome(
            it.metric,
            values[f"{number} above"],
            values[f"{number} below"] if it.below is not None else None,
        )
        for number, it in enumerate(measures)
    ]


def _srm(assigned: Assigned, arms: Arms, counts: Sequence[int]) -> dict[str, Any] | None:
    if len(assigned.arms) < 2 or not len(assigned.arm):
        return None
    ratio = sample_ratio(counts, [arms.shares[it] for it in assigned.arms])
    planned = dict(zip(assigned.arms, ratio.shares, strict=True))
    return {"p": ratio.p, "ok": ratio.ok, "planned": planned}


def _can_tell(outcome: Outcome, ripe: Assigned, *, once: bool) -> bool:
    """Whether there is anything to compare, and with one look, whether all of it is there."""
    known = outcome.known
    if once and not known.all():
        return False
    some = known if outcome.below is None else known & (outcome.below > 0)
    arms = np.bincount(ripe.arm[some], minlength=len(ripe.arms))
    return bool((arms >= LEAST).all())


def _decides_at(
    reading: Reading,
    definition: CampaignDefinition,
    stands: Stands,
    assigned: Assigned,
    horizon: int,
) -> int | None:
    """When everybody's days are over: known once nobody more is assigned, or where it ends."""
    if stands.is_over and len(assigned.at):
        return int(assigned.at.max()) + horizon
    if definition.ends_at is not None:
        return reading.vocabulary.zone.parse(definition.ends_at) + horizon
    return None


def _told(analyses: Sequence[Analysis], ripe: Assigned) -> dict[str, Any]:
    """The analyses for a program; the verdict is that of the first arm on the goal."""
    measured = [it for analysis in analyses for it in analysis.measured]
    metrics = {it.metric.name: [arm_row(arm) for arm in it.arms] for it in measured}
    for rows in metrics.values():
        for row in rows:
            if row.get("effect") is not None and row["low"] is not None:
                treated = int((ripe.arm == ripe.arms.index(row["arm"])).sum())
                row["total"] = row["effect"] * treated
                row["total_low"], row["total_high"] = row["low"] * treated, row["high"] * treated
    goal = metrics[GOAL][1:]
    best = max(goal, key=lambda row: row["effect"] if row["effect"] is not None else -np.inf)
    return {
        "metrics": metrics,
        "kinds": {it.metric.name: it.metric.kind.value for it in measured},
        "verdict": best["verdict"],
        "best": best["arm"],
        "warnings": list(dict.fromkeys(it for found in analyses for it in found.warnings)),
    }
