"""Did it help? Each person's success in the days after their own assignment, arm against arm.

Arms and instants of assignment are rows of people's histories, so a result is asked of the engine
like anything else: as of any instant, whoever was joined or erased since.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shoal.campaigns.goal import Measure, measure_of
from shoal.campaigns.terms import ASSIGNMENT, SEND
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
    And,
    Arithmetic,
    ArithmeticOperator,
    Comparator,
    Compare,
    Did,
    EventRef,
    InNext,
    PropertyValue,
    Rule,
    Selection,
    TextLiteral,
    Value,
)
from shoal.language.vocabulary import ValueType
from shoal.project.campaign_terms import Arms, arms_for, campaign_named
from shoal.project.experiments import arm_row
from shoal.project.worth import AMOUNTS
from shoal.store.campaign_books import CampaignBooks, Stands

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.project.reading import Reading

GOAL = "goal"
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
DEEDS = {"opened": "email_opened", "clicked": "email_clicked"}


@dataclass(frozen=True, slots=True)
class Measured:
    """A metric and its measure; ``below`` is what a ratio is over."""

    metric: Metric
    above: Measure
    below: Measure | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Assigned:
    """Who has an arm: places among everybody, the arm of each as a place in ``arms``, and when."""

    arms: tuple[str, ...]
    arm: npt.NDArray[np.int64]
    at: npt.NDArray[np.int64]
    places: npt.NDArray[np.int64]
    crossed: int
    sizes: tuple[int, ...]

    def chosen(self, some: Bools) -> Assigned:
        """Some of them."""
        return Assigned(
            self.arms, self.arm[some], self.at[some], self.places[some], self.crossed, self.sizes
        )


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
        "engagement": _engagement(reading, name, assigned, horizon, at),
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
    outcomes = _outcomes(reading, measures, ripe, at)
    way = Once() if is_decided else Whenever(float(max(len(assigned.arm), 100)))
    shares = [arms.shares[it] for it in assigned.arms]
    analysis = analyse(People(assigned.arms, ripe.arm), outcomes, way, shares)
    return document | _told(analysis, ripe)


def measures_of(reading: Reading, definition: CampaignDefinition) -> list[Measured]:
    """The goal first, then the metrics that the definition names, and revenue where it is known."""
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
    return found


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


def assigned_in(
    reading: Reading, definition: CampaignDefinition, arms: tuple[str, ...], at: int
) -> Assigned:
    """Who was given which arm, and when first; who was given several, the holdout or the first."""
    from shoal.runners import RuleAnswer, ValueAnswer, evaluate

    mine = _is("campaign", definition.name)
    event = EventRef((ASSIGNMENT,), (True,))
    questions: dict[str, Rule | Value] = {
        f"arm {arm}": Did(Selection(event, where=And((mine, _is("arm", arm))))) for arm in arms
    }
    questions["at"] = Aggregate(AggregateFunction.FIRST, Selection(event, where=mine))
    answers = evaluate(reading.snapshot, questions, reading.vocabulary, at)
    times = answers["at"]
    assert isinstance(times, ValueAnswer)
    first = np.concatenate([np.empty(0), *(it.values[times.index] for it in times.buckets)])
    sizes = tuple(it.size for it in times.buckets)
    arm = np.full(len(first), -1, np.int64)
    several = np.zeros(len(first), np.int64)
    # The first of the arms wins, which is the holdout where there is one.
    for place in reversed(range(len(arms))):
        answer = answers[f"arm {arms[place]}"]
        assert isinstance(answer, RuleAnswer)
        truths = np.concatenate([np.empty(0, np.bool_), *answer.chosen()])
        arm[truths] = place
        several += truths
    places = np.flatnonzero((arm >= 0) & ~np.isnan(first))
    moments = np.rint(first[places]).astype(np.int64)
    return Assigned(arms, arm[places], moments, places, int((several > 1).sum()), sizes)


def _outcomes(
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


def values_after(
    reading: Reading,
    questions: Mapping[str, Rule | Value],
    whom: Assigned,
    horizon: int,
    at: int,
) -> dict[str, Floats]:
    """Each question's number for each person, asked ``horizon`` after their assignment."""
    from shoal.runners import RuleAnswer
    from shoal.runners.shifting import evaluate_shifted

    by = np.zeros(sum(whom.sizes), np.int64)
    by[whom.places] = at - (whom.at + horizon)
    ends = np.cumsum(whom.sizes)[:-1].tolist()
    answers = evaluate_shifted(
        reading.snapshot, questions, reading.vocabulary, at, np.split(by, ends)
    )
    late = whom.at + horizon > at
    found: dict[str, Floats] = {}
    for name, answer in answers.items():
        if isinstance(answer, RuleAnswer):
            truths = np.concatenate([np.empty(0, np.bool_), *answer.chosen()])
            numbers = truths.astype(np.float64)[whom.places]
        else:
            parts = (it.values[answer.index] for it in answer.buckets)
            numbers = np.array(np.concatenate([np.empty(0), *parts])[whom.places], np.float64)
        numbers[late] = np.nan
        found[name] = numbers
    return found


def _engagement(
    reading: Reading, name: str, assigned: Assigned, horizon: int, at: int
) -> list[dict[str, Any]]:
    """Messages, opens and clicks of those whose days are over, by arm."""
    from shoal.runners import ValueAnswer, evaluate

    ripe = assigned.chosen(assigned.at + horizon <= at)
    if not len(ripe.arm):
        return []
    sends = Selection(EventRef((SEND,), (True,)), where=_is("campaign", name))
    sent = Aggregate(AggregateFunction.COUNT, sends)
    answer = evaluate(reading.snapshot, {"sent": sent}, reading.vocabulary, at)["sent"]
    assert isinstance(answer, ValueAnswer)
    numbers = np.concatenate([np.empty(0), *(it.values[answer.index] for it in answer.buckets)])
    values: dict[str, Floats] = {"sent": np.nan_to_num(numbers[ripe.places])}
    days = InNext(Span(max(1, horizon // SECOND), "s"))
    questions: dict[str, Rule | Value] = {
        deed: measure_of(
            Aggregate(AggregateFunction.COUNT, Selection(EventRef((event,)), window=days))
        ).asked
        for deed, event in DEEDS.items()
        if event in reading.vocabulary.events
    }
    if questions:
        values |= values_after(reading, questions, ripe, horizon, at)
    rows: list[dict[str, Any]] = []
    for place, arm in enumerate(ripe.arms):
        inside = ripe.arm == place
        counts = {
            deed: int(np.nansum(values[deed][inside])) if deed in values else 0
            for deed in ("sent", *DEEDS)
        }
        rate = counts["clicked"] / counts["sent"] if counts["sent"] else None
        rows.append({"arm": arm, **counts, "rate": rate})
    return rows


def _srm(assigned: Assigned, arms: Arms, counts: Sequence[int]) -> dict[str, Any] | None:
    if len(assigned.arms) < 2 or not len(assigned.arm):
        return None
    ratio = sample_ratio(counts, [arms.shares[it] for it in assigned.arms])
    planned = dict(zip(assigned.arms, ratio.shares, strict=True))
    return {"p": ratio.p, "ok": ratio.ok, "planned": planned}


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


def _told(analysis: Analysis, ripe: Assigned) -> dict[str, Any]:
    """The analysis for a program; the verdict is that of the first arm on the goal."""
    metrics = {it.metric.name: [arm_row(arm) for arm in it.arms] for it in analysis.measured}
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
        "kinds": {it.metric.name: it.metric.kind.value for it in analysis.measured},
        "verdict": best["verdict"],
        "best": best["arm"],
        "warnings": list(analysis.warnings),
    }


def _is(name: str, text: str) -> Rule:
    return Compare(PropertyValue(name), Comparator.EQUAL, TextLiteral(text))
