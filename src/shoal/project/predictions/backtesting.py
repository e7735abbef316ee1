"""``shoal predict backtest``: what a prediction would have said, held against what came.

At each test cutoff everything is done as it would have been done then: features chosen, models fitted
to cutoffs whose horizons were over, one of them kept. Beside it stand what is known without any model:
how long ago people did it last, and the plain sum of weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.core.errors import TooFewError, UsageError
from shoal.core.instants import format_instant
from shoal.language import to_text
from shoal.language.shape import walk
from shoal.language.text import event_text
from shoal.language.told import Told
from shoal.language.tree import Selection
from shoal.predictions.judging import (
    auc,
    brier,
    calibration_error,
    lift,
    log_loss,
    rank_correlation,
    reliability,
    top_share,
)
from shoal.predictions.model import WEIGHED
from shoal.predictions.sight import Floats, Truths
from shoal.predictions.watching import drift
from shoal.project.predictions.features import feature_of
from shoal.project.predictions.fitting import (
    Fit,
    Tell,
    fit_at,
    foreseeing_for_fit,
    in_terms_of,
    prediction_named,
    unheard,
)
from shoal.project.predictions.foreseeing import Foreseeing
from shoal.project.predictions.predicting import drift_json
from shoal.project.predictions.runs import BACKTEST, HUNDREDTHS, Run, recorded
from shoal.project.predictions.scores import rounded

if TYPE_CHECKING:
    from shoal.language.definitions import PredictionDefinition
    from shoal.project.reading import Reading

TESTS = 3
MOST_TESTS = 12
TRUE_ENOUGH = 0.05
"""From this calibration error on, chances are not to be taken at their word."""
RECENCY, LOGISTIC, SAME_FOR_ALL = "recency", "logistic", "base_rate"


@dataclass(frozen=True, eq=False)
class Tested:
    """One test cutoff: what was foretold by the model and by others, what came, what they spent."""

    at: int
    fit: Fit
    scores: Floats
    baselines: Mapping[str, Floats]
    came: Truths | Floats
    spent: Floats | None
    drift: Mapping[str, float]


def backtest_prediction(
    reading: Reading, name: str, at: int, tests: int = TESTS, tell: Tell = unheard
) -> dict[str, Any]:
    """The report on a prediction, test cutoff by test cutoff and together; it is kept."""
    definition = prediction_named(reading, name)
    if not 1 <= tests <= MOST_TESTS:
        raise UsageError(f"--cutoffs is 1 to {MOST_TESTS}")
    return recorded(
        Run(reading, definition, BACKTEST, at),
        lambda: _backtest(reading, definition, at, tests, tell),
    )


def _backtest(
    reading: Reading, definition: PredictionDefinition, at: int, tests: int, tell: Tell
) -> dict[str, Any]:
    found = _tested(reading, definition, at, tests, tell)
    whole, newest = _figures(found), found[-1].fit
    assert definition.target is not None
    return {
        "prediction": definition.name,
        "target": to_text(definition.target),
        "as_of": format_instant(at),
        "kind": newest.model.kind,
        "why": newest.report["why"],
        **whole,
        "by_threshold": _by_threshold(found),
        "cutoffs": [format_instant(it.at) for it in found],
        "by_cutoff": [
            {
                "cutoff": format_instant(one.at),
                "kind": one.fit.model.kind,
                "learnt_from": one.fit.report["cutoffs"],
                **_figures([one]),
                "drift": drift_json(one.drift),
            }
            for one in found
        ],
        "features": newest.report["features"],
        "warnings": [
            *dict.fromkeys(it for one in found for it in one.fit.report["warnings"]),
            *_doubts(whole),
        ],
        "notes": newest.report["notes"],
    }


def _tested(
    reading: Reading, definition: PredictionDefinition, at: int, tests: int, tell: Tell
) -> Sequence[Tested]:
    """The test cutoffs for which there is enough, oldest first; TooFewError where there is none."""
    latest = foreseeing_for_fit(reading, definition, at)
    found: list[Tested] = []
    for times in range(1, tests + 1):
        cutoff = latest.earlier(at, times)
        tell(
            Told("foretelling on {0} what came after it", format_instant(cutoff)[:10]),
            times - 1,
            tests,
        )
        try:
            found.insert(0, _test(reading, definition, cutoff))
        except TooFewError:
            if not found:
                raise
            break
    return found


def _test(reading: Reading, definition: PredictionDefinition, cutoff: int) -> Tested:
    offered = foreseeing_for_fit(reading, definition, cutoff)
    fit = fit_at(offered, cutoff)
    foreseeing = in_terms_of(fit.model, offered)
    people = foreseeing.people(cutoff)
    if not len(people.places):
        when = format_instant(cutoff)
        raise TooFewError(f"`{definition.name}` was about nobody at {when}: nothing can be tested")
    came = foreseeing.came(people)
    scores = fit.model.scores(people.sight)
    baselines: dict[str, Floats] = {}
    recency = _recency(reading, definition, cutoff)
    if recency is not None:
        baselines[RECENCY] = recency
    baselines[LOGISTIC] = fit.others[WEIGHED].scores(people.sight)
    baselines[SAME_FOR_ALL] = np.full(len(scores), fit.report["base_rate"])
    return Tested(
        cutoff, fit, scores, baselines, came, foreseeing.brought(people),
        drift(fit.report["spread"], people.sight, scores),
    )  # fmt: skip


def _recency(reading: Reading, definition: PredictionDefinition, at: int) -> Floats | None:
    """How lately people did what the target is about: less the days since."""
    assert definition.target is not None
    events = [it.event for it in walk(definition.target) if isinstance(it, Selection)]
    if not events:
        return None
    asked = feature_of(reading, f"age(last({event_text(events[0])}))")
    days = Foreseeing(reading, definition, [asked]).people(at).sight.columns[0].values
    longest = float(np.nanmax(days)) + 1 if not np.isnan(days).all() else 0.0
    return -np.where(np.isnan(days), longest, days).astype(np.float64)


# --- figures -------------------------------------------------------------------------------------


def _figures(found: Sequence[Tested]) -> dict[str, Any]:
    """How good scores were over these cutoffs together, and how good the baselines."""
    came = np.concatenate([it.came for it in found])
    scores = np.concatenate([it.scores for it in found])
    spent = [it.spent for it in found if it.spent is not None]
    worth = np.concatenate(spent) if len(spent) == len(found) else None
    names = [it for it in found[0].baselines if all(it in one.baselines for one in found)]
    others = {it: np.concatenate([one.baselines[it] for one in found]) for it in names}
    if came.dtype != np.bool_:
        return _of_amounts(scores, came.astype(np.float64), others)
    truths = came.astype(np.bool_)
    return {
        "n": len(truths),
        "positives": int(truths.sum()),
        "base_rate": _number(truths.mean()) if len(truths) else None,
        **_of_chances(scores, truths, worth),
        "baselines": {
            name: _of_order(it, truths, worth)
            if name == RECENCY
            else _of_chances(it, truths, worth)
            for name, it in others.items()
        },
        "reliability": [
            {"people": count, "said": _number(said), "came": _number(share)}
            for count, said, share in reliability(scores, truths)
        ],
    }


def _by_threshold(found: Sequence[Tested]) -> list[dict[str, Any]] | None:
    """For each hundredth: how many had at least that chance, and for how many of them it came true."""
    came = np.concatenate([it.came for it in found])
    if came.dtype != np.bool_:
        return None
    told = rounded(np.concatenate([it.scores for it in found]))  # as rules read them
    return [
        {"threshold": it, "people": int((told >= it).sum()), "came": int(came[told >= it].sum())}
        for it in HUNDREDTHS
    ]


def _of_chances(scores: Floats, came: Truths, worth: Floats | None) -> dict[str, Any]:
    return {
        **_of_order(scores, came, worth, either=False),
        "brier": _number(brier(scores, came)),
        "log_loss": _number(log_loss(scores, came)),
        "ece": _number(calibration_error(scores, came)),
    }


def _of_order(
    scores: Floats, came: Truths, worth: Floats | None, *, either: bool = True
) -> dict[str, Any]:
    """How well scores sort; with ``either``, whichever way round."""
    area = auc(scores, came)
    if either and area < 0.5:
        area, scores = 1 - area, -scores
    return {
        "auc": _number(area),
        "lift": _number(lift(scores, came)),
        "top_decile": _number(top_share(scores, came)),
        "top_decile_value": None if worth is None else _number(top_share(scores, worth)),
    }


def _of_amounts(scores: Floats, came: Floats, others: Mapping[str, Floats]) -> dict[str, Any]:
    total = float(came.sum())

    def judged(one: Floats, *, is_amount: bool) -> dict[str, Any]:
        order = {
            "rank_correlation": _number(rank_correlation(one, came)),
            "top_decile": _number(top_share(one, came)),
        }
        if not is_amount:
            return order
        return {
            **order,
            "mae": _number(np.abs(one - came).mean()) if len(one) else None,
            "said_total": _number(one.sum()),
        }

    return {
        "n": len(came),
        "positives": int((came != 0).sum()),
        **judged(scores, is_amount=True),
        "came_total": _number(total),
        "baselines": {
            name: judged(it, is_amount=name == LOGISTIC)
            for name, it in others.items()
            if name != SAME_FOR_ALL
        },
        "reliability": [
            {"people": count, "said": _number(said), "came": _number(share)}
            for count, said, share in reliability(scores, came)
        ],
    }


def _doubts(whole: Mapping[str, Any]) -> list[str]:
    """What speaks against acting on it, in words."""
    found: list[str] = []
    measure = "auc" if "auc" in whole else "rank_correlation"
    plain = whole["baselines"].get(RECENCY)
    if plain is not None and whole[measure] <= plain[measure]:
        found.append(
            f"how long ago people did it last sorts as well ({plain[measure]:.3f} against "
            f"{whole[measure]:.3f}): the model adds nothing to it"
        )
    if "ece" in whole and whole["ece"] > TRUE_ENOUGH:
        found.append(
            f"chances are off by {whole['ece']:.1%} on average: sort by them, and do not count on them"
        )
    return found


def _number(value: Any) -> float:
    return round(float(value), 6)
