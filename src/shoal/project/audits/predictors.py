"""Which behaviours predict a purchase, and which do not: asked of the past, answered by what came.

Behaviours are those known at a past instant; what is predicted happened after it. Nothing of the
horizon can reach the behaviours, because the engine answers as of that instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError, UsageError
from shoal.core.instants import format_instant
from shoal.core.names import nearest
from shoal.core.spans import Span
from shoal.language import check_rule, parse_rule, to_text
from shoal.language.shape import walk
from shoal.language.tree import (
    Age,
    Aggregate,
    AggregateFunction,
    Did,
    EventRef,
    FromTo,
    InNext,
    InstantLiteral,
    Rule,
    Selection,
    Sequence,
)
from shoal.language.written_names import is_plain
from shoal.project.behaviours import (
    Behaviour,
    chosen_behaviours,
    event_behaviours,
    observe,
    trait_behaviours,
)
from shoal.project.checking import refuse_errors
from shoal.project.discovery.discovering import checked_rule
from shoal.project.guarding import refused
from shoal.project.worth import EVENTS

if TYPE_CHECKING:
    from shoal.discovery.features import Floats, Truths
    from shoal.discovery.predicting import Prediction
    from shoal.project.behaviours import Observed
    from shoal.project.reading import Reading

HORIZON = Span(90, "d")
FEWEST = 50
"""People who did it, and who did not, below which nothing is said."""
LEARNT_FROM = 60_000


@dataclass(frozen=True, eq=False)
class Predicted:
    """The predictors of a target, from which instant to which, and how good they are together."""

    target: str
    cutoff: int
    until: int
    people: int
    positives: int
    prediction: Prediction
    recency: float | None
    left_out: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]


def discover_predictors(  # noqa: PLR0913  what the command says
    reading: Reading,
    at: int,
    *,
    target: str | None = None,
    horizon: Span = HORIZON,
    traits: str | None = None,
    scope: str | None = None,
    seed: int = 0,
) -> Predicted:
    """What was known a horizon ago, judged by what people did since then."""
    from shoal.discovery.features import sampled
    from shoal.discovery.predicting import find_predictors
    from shoal.discovery.preparing import prepare

    cutoff = reading.vocabulary.zone.add(at, horizon, -1)
    rule = target_rule(reading, target, horizon)
    told = to_text(rule)
    until = reading.vocabulary.zone.add(cutoff, _longest(rule))
    if until > at:
        raise UsageError(
            "the target looks further ahead than the horizon",
            hint=f"give --horizon {_longest(rule)}",
        )
    behaviours = _behaviours(reading, traits)
    recency = _recency(rule)
    observed = observe(
        reading,
        [*behaviours, *([recency] if recency else [])],
        cutoff,
        scope=None if scope is None else checked_rule(reading, scope),
    )
    did = happened(reading, rule, cutoff, until, observed)
    _refuse_few(did, told)
    rows = sampled(len(did), LEARNT_FROM, seed)
    matrix, positive = observed.matrix.rows(rows), did[rows]
    alone = matrix.values[:, -1] if recency else None
    if recency:
        matrix = matrix.columns(range(len(matrix.features) - 1))
    import numpy as np

    prepared = prepare(matrix, np.arange(len(rows)))
    if not prepared.features:
        raise ShoalError("no behaviour tells people apart at that time", hint="try a later --as-of")
    found = find_predictors(prepared, positive, seed=seed)
    return Predicted(
        target=told,
        cutoff=cutoff,
        until=until,
        people=len(did),
        positives=int(did.sum()),
        prediction=found,
        recency=None if alone is None else _recency_area(alone[found.held], positive[found.held]),
        left_out=tuple((it.feature.title, it.why) for it in prepared.left_out),
        notes=prepared.notes,
    )


# --- the target ----------------------------------------------------------------------------------


def target_rule(reading: Reading, target: str | None, horizon: Span) -> Rule:
    """What is to be predicted, as a rule about the time after the cutoff."""
    events = reading.vocabulary.events
    if target is None:
        found = next((name for name in EVENTS if name in events), None)
        if found is None:
            raise UsageError("what is to be predicted?", hint="give --target EVENT")
        target = found
    if is_plain(target) and target in events:
        return Did(Selection(EventRef((target,), (False,)), window=InNext(horizon)))
    if is_plain(target):
        meant = nearest(target, events)
        hint = f"did you mean `{meant}`?" if meant else "give an event, or a rule with `in next`"
        raise UsageError(f"--target: no event `{target}`", hint=hint)
    rule = parse_rule(target)
    refuse_errors(check_rule(rule, reading.vocabulary, target=True))
    why_not = refused(reading, rule)
    if why_not is not None:
        raise UsageError(f"--target is not learnt from: {why_not}", hint="take another target")
    windows = [node.window for node in walk(rule) if isinstance(node, Selection | Sequence)]
    if not windows or not all(isinstance(it, InNext) for it in windows):
        raise UsageError(
            "--target must speak of the time after the cutoff only",
            hint="give every event in it a window such as `in next 90d`",
        )
    return rule


def _longest(rule: Rule) -> Span:
    spans = [it.span for it in walk(rule) if isinstance(it, InNext)]
    return max(spans, key=lambda it: it.microseconds or it.months * 30 * 86_400_000_000)


def happened(reading: Reading, rule: Rule, cutoff: int, until: int, observed: Observed) -> Truths:
    """For whom the target came true between the cutoff and ``until``."""
    import numpy as np

    from shoal.audits.rewriting import rewritten
    from shoal.runners import RuleAnswer, evaluate

    zone = reading.vocabulary.zone

    def dated(node: object) -> FromTo | None:
        if not isinstance(node, InNext):
            return None
        ends = zone.add(cutoff, node.span)
        # after the cutoff, and its end included: as `in next` means
        return FromTo(
            InstantLiteral(format_instant(cutoff + 1)), InstantLiteral(format_instant(ends + 1))
        )

    answer = evaluate(
        reading.snapshot, {"target": rewritten(rule, dated)}, reading.vocabulary, until
    )["target"]
    assert isinstance(answer, RuleAnswer)
    return np.concatenate([np.zeros(0, np.bool_), *answer.chosen()])[observed.places]


def _refuse_few(did: Truths, told: str) -> None:
    yes, no = int(did.sum()), int((~did).sum())
    if yes < FEWEST:
        raise ShoalError(
            f"`{told}` came true for {yes:,} of {yes + no:,} people: "
            f"at least {FEWEST} are needed to see what tells them apart",
            hint="take a longer --horizon, or a target that happens more often",
        )
    if no < FEWEST:
        raise ShoalError(
            f"`{told}` came true for all but {no:,} of {yes + no:,} people: "
            f"at least {FEWEST} who did not are needed",
            hint="take a shorter --horizon, or a target that happens less often",
        )


# --- the behaviours ------------------------------------------------------------------------------


def _behaviours(reading: Reading, traits: str | None) -> list[Behaviour]:
    """Those asked for; else the project's traits and every event's frequency and recency."""
    if traits is not None:
        return chosen_behaviours(reading, traits)
    found = [*trait_behaviours(reading, texts=True), *event_behaviours(reading)]
    return list({(it.reads or it.value): it for it in reversed(found)}.values())[::-1]


def _recency(rule: Rule) -> Behaviour | None:
    """How long ago the target's own event happened: the baseline every model must beat."""
    from shoal.language.vocabulary import ValueType

    events = [it.event for it in walk(rule) if isinstance(it, Selection) and not it.event.is_any]
    if not events:
        return None
    last = Aggregate(AggregateFunction.LAST, Selection(events[0]))
    return Behaviour("recency", Age(last), "recency", ValueType.SPAN)


def _recency_area(column: Floats, positive: Truths) -> float:
    import numpy as np

    from shoal.predictions.judging import auc

    longest = np.nanmax(column) + 1 if not np.isnan(column).all() else 0.0
    return auc(-np.where(np.isnan(column), longest, column), positive)


def _the_same(prediction: Prediction) -> list[str]:
    """What to say where the whole predicts and no part is needed for it."""
    if prediction.low <= 0.5 or any(it.low > 0 for it in prediction.predictors):
        return []
    return ["Several behaviours tell the same, so that none is needed beside the others."]


# --- as a document -------------------------------------------------------------------------------


def predictors_json(found: Predicted) -> dict[str, Any]:
    """The document of ``shoal discover predictors --json``."""
    from math import isnan

    from shoal.discovery.naming import phrase

    prediction = found.prediction

    def number(value: float) -> float | None:
        return None if isnan(value) else round(value, 4)

    def words(it: Any) -> str | None:
        if not it.direction:
            return None
        if it.feature.kind == "category":
            are = "" if it.direction == "more" else "not "
            return f"{it.feature.title} {are}{it.feature.category}"
        return phrase(it.feature, more=it.direction == "more")

    return {
        "target": found.target,
        "cutoff": format_instant(found.cutoff),
        "until": format_instant(found.until),
        "people": found.people,
        "positives": found.positives,
        "base_rate": round(found.positives / found.people, 4),
        "model": prediction.model,
        "auc": round(prediction.auc, 4),
        "auc_low": round(prediction.low, 4),
        "auc_high": round(prediction.high, 4),
        "models": {name: round(area, 4) for name, area in prediction.models.items()},
        "baselines": {"chance": 0.5, "recency": number(found.recency or float("nan"))},
        "learnt_from": prediction.learnt_from,
        "judged_on": prediction.judged_on,
        "predictors": [
            {
                "name": it.feature.name,
                "title": it.feature.title,
                "verdict": it.verdict,
                "direction": it.direction or None,
                "words": words(it),
                "importance": round(it.importance, 5),
                "low": round(it.low, 5),
                "high": round(it.high, 5),
                "auc_alone": round(it.alone, 4),
                "alone_low": round(it.alone_low, 4),
                "alone_high": round(it.alone_high, 4),
                "middle_of_those_who_did": number(it.yes),
                "middle_of_the_others": number(it.no),
            }
            for it in prediction.predictors
        ],
        "left_out": [{"title": title, "why": why} for title, why in found.left_out],
        "notes": [
            *found.notes,
            *_the_same(prediction),
            "Judged on people held out, at one instant: expect a little less at another time.",
            "To predict is not to cause: changing a behaviour need not change what follows.",
        ],
    }
