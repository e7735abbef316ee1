"""``shoal experiment plan``: people, days and prices before the start, as one document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil, sqrt
from pathlib import Path
from typing import Any

import numpy as np

from shoal.core.errors import ImportFileError, UsageError
from shoal.experiments.analysis import People, mean_of, moments_of
from shoal.experiments.effects import effect_of
from shoal.experiments.holdouts import Holdout, propose_holdout
from shoal.experiments.metric import SHARES, Outcome, cap_of
from shoal.experiments.power import POWER, Looking, Question, Way, price_of_peeking, ways_of
from shoal.project.experiments.files import outcome_of, with_predictions
from shoal.project.experiments.words import Asked
from shoal.sources.columns import read_columns


@dataclass(frozen=True, slots=True)
class Usual:
    """What a metric is like before anything is done: one person's mean and deviation.

    ``share`` says that it is a share of people; ``explained`` is the part of the variance that
    covariates would take away.
    """

    mean: float
    deviation: float
    share: bool
    explained: float = 0.0
    people: int | None = None


@dataclass(frozen=True, slots=True)
class Terms:
    """How the experiment would be run."""

    lift: float | None = None
    effect: float | None = None
    variants: int = 1
    control_share: float | None = None
    per_day: float | None = None
    looks: int = 4
    power: float = POWER
    alpha: float = 0.05
    audience: int | None = None
    start: date | None = None
    outcome_days: int = 0


def usual_of(
    baseline: float | None, mean: float | None, deviation: float | None, explained: float = 0.0
) -> Usual:
    """A share of people, or an amount's mean and deviation. Raises UsageError for neither or both."""
    if (baseline is None) == (mean is None):
        raise UsageError(
            "say what is usual", hint="--baseline 5%, or --mean and --deviation, or a file"
        )
    if not 0 <= explained < 1:
        raise UsageError("--explained is a share of less than all")
    if mean is not None:
        if deviation is None or not deviation > 0:
            raise UsageError("--mean needs a --deviation above 0")
        return Usual(mean, deviation, share=False, explained=explained)
    assert baseline is not None
    if not 0 < baseline < 1:
        raise UsageError("--baseline is a share between 0 and 1", hint="write 5% or 0.05")
    return Usual(baseline, sqrt(baseline * (1 - baseline)), share=True, explained=explained)


def usual_in_file(
    path: str | Path, asked: Asked, covariates: tuple[str, ...], features: tuple[str, ...]
) -> Usual:
    """The same from a file of people to whom nothing was done. Raises ImportFileError."""
    file = read_columns(path, [*asked.columns, *covariates, *features])
    amounts = {it: file.amounts(it)[0] for it in file.arrays}
    outcome = outcome_of(file, asked, amounts)
    if outcome.known.sum() < 10:
        raise ImportFileError(
            f"`{file.name}` has fewer than ten people with a `{asked.metric.name}`"
        )
    everyone = np.zeros(len(file), dtype=np.int64)
    people = People(("all",), everyone, {it: amounts[it] for it in covariates})
    if features:
        people = with_predictions(people, outcome, [amounts[it] for it in features])
    return _usual(people, outcome)


def _usual(people: People, outcome: Outcome) -> Usual:
    """One person's deviation, linearised for a ratio, and what the covariates would explain."""
    everyone = np.ones(len(people.arm), dtype=np.bool_)
    moments = moments_of(people, outcome, everyone, cap_of(outcome))
    mean = mean_of(moments, outcome)
    plain = People(people.arms, people.arm)
    alone = moments_of(plain, outcome, everyone, cap_of(outcome))
    ratio = outcome.below is not None
    # Everybody compared with everybody: the variance of one arm is half of that of the effect.
    effect, bare = effect_of(moments, moments, ratio=ratio), effect_of(alone, alone, ratio=ratio)
    deviation = float(bare.standard_error) / sqrt(2) * sqrt(float(moments.count))
    if mean is None or not deviation > 0:
        raise ImportFileError(
            f"`{outcome.metric.name}` does not vary: nothing can be planned on it"
        )
    share = outcome.metric.kind in SHARES
    return Usual(mean, deviation, share, max(0.0, float(effect.explained)), int(moments.count))


@dataclass(frozen=True, slots=True)
class Planned:
    """What it takes, each way of looking, with and without covariates; and a holdout if asked."""

    usual: Usual
    terms: Terms
    raised: float
    ways: tuple[Way, ...]
    without: tuple[Way, ...]
    holdout: Holdout | None
    peeks: int
    peeking: float


def plan(usual: Usual, terms: Terms) -> Planned:
    """The plan. Raises UsageError for terms that make no sense."""
    raised = _raised(usual, terms)
    deviation = sqrt(raised * (1 - raised)) if usual.share else usual.deviation
    if terms.variants < 1 or terms.variants > 49:
        raise UsageError("--variants is 1 to 49, the control not counted")
    control = 1 / (terms.variants + 1) if terms.control_share is None else terms.control_share
    if not 0 < control < 1:
        raise UsageError("--control-share lies between 0 and 1")
    question = Question(
        usual.mean, raised, usual.deviation, deviation,
        control, (1 - control) / terms.variants, usual.explained,
    )  # fmt: skip
    looking = Looking(terms.looks, None, terms.per_day, terms.power, terms.alpha)
    ways = ways_of(question, looking)
    without = ways_of(replace(question, explained=0.0), looking) if usual.explained else ways
    holdout = None
    if terms.audience is not None:
        holdout = propose_holdout(terms.audience, question, power=terms.power, alpha=terms.alpha)
    peeks = ways[-1].looks
    return Planned(
        usual, terms, raised, ways, without, holdout, peeks, price_of_peeking(peeks, terms.alpha)
    )


def _raised(usual: Usual, terms: Terms) -> float:
    if (terms.lift is None) == (terms.effect is None):
        raise UsageError(
            "say what is to be noticed", hint="--lift 10%, or --effect in the metric's unit"
        )
    if terms.effect is not None:
        raised = usual.mean + terms.effect
    else:
        assert terms.lift is not None
        raised = usual.mean * (1 + terms.lift)
    if usual.share and not 0 < raised < 1:
        raise UsageError(f"a share of {usual.mean:.1%} cannot become {raised:.1%}")
    return raised


def as_json(found: Planned) -> dict[str, Any]:
    """The plan as a document."""
    usual, terms, holdout = found.usual, found.terms, found.holdout
    return {
        "baseline": usual.mean,
        "deviation": usual.deviation,
        "raised": found.raised,
        "effect": found.raised - usual.mean,
        "power": terms.power,
        "alpha": terms.alpha,
        "variants": terms.variants,
        "ways": [
            _way(way, bare, found) for way, bare in zip(found.ways, found.without, strict=True)
        ],
        "peeking": {"looks": found.peeks, "false_positives": found.peeking},
        "covariates": {
            "explained": usual.explained,
            "people_saved": found.without[0].people - found.ways[0].people,
        },
        "holdout": None
        if holdout is None
        else {
            "share": holdout.share,
            "people": holdout.people,
            "audience": terms.audience,
            "power": holdout.power,
            "enough": holdout.enough,
            "smallest_effect": holdout.smallest,
            "forgone": holdout.forgone,
        },
    }


def _way(way: Way, bare: Way, found: Planned) -> dict[str, Any]:
    terms = found.terms
    decides_at = None
    if terms.start is not None and way.days is not None:
        decides_at = (terms.start + timedelta(days=way.days + terms.outcome_days)).isoformat()
    return {
        "way": way.name,
        "looks": way.looks,
        "people": way.people,
        "people_without_covariates": bare.people,
        "expected_people": way.expected_people,
        "days": way.days,
        "decides_at": decides_at,
        "look_days": _look_days(way),
        "price": way.price,
        "power_with_the_people_of_once": way.power_at_once,
        "smallest_effect_with_the_people_of_once": way.smallest,
        "false_positives": way.false_positives,
    }


def _look_days(way: Way) -> list[int] | None:
    """The days on which planned looks fall, counted from the start."""
    if way.name != "looks" or way.days is None:
        return None
    return [ceil(way.days * look / way.looks) for look in range(1, way.looks + 1)]
