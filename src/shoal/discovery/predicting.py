"""Which behaviours tell who will do something, and which do not.

A model learns from some people and is judged on others. What it loses on them when one behaviour
is shuffled is what that behaviour adds to all others (permutation importance). Its interval comes
from people drawn again, and is wide enough for all behaviours that are looked at together. Beside
it stands what the behaviour tells alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoal.discovery.features import Feature, Floats, Kind, Numbers, Truths
from shoal.discovery.judging import Scorer, auc_interval, folds_of, learn, with_unset
from shoal.discovery.preparing import Prepared
from shoal.discovery.trends import bound_for
from shoal.predictions.judging import auc

MOST_HELD = 6_000
SHUFFLES = 4
DRAWS = 60
ALONE = 0.02
"""How far from a coin's 0.5 a single behaviour's area must surely be to be told of."""
BETTER = 0.005

ADDS = "predictive"
ALONE_ONLY = "predictive alone, adds nothing beside the others"
NOTHING = "not predictive"


@dataclass(frozen=True, slots=True)
class Predictor:
    """What one behaviour tells: beside the others (``importance``), and alone (``alone``)."""

    feature: Feature
    importance: float
    low: float
    high: float
    alone: float
    alone_low: float
    alone_high: float
    yes: float
    no: float

    @property
    def verdict(self) -> str:
        """Whether the interval lies above 0; else whether it tells something by itself."""
        if self.low > 0:
            return ADDS
        if self.alone_low > 0.5 + ALONE or self.alone_high < 0.5 - ALONE:
            return ALONE_ONLY
        return NOTHING

    @property
    def direction(self) -> str:
        """``more``, ``less``, or nothing where neither is sure."""
        if self.alone_low > 0.5:
            return "more"
        return "less" if self.alone_high < 0.5 else ""


@dataclass(frozen=True, eq=False)
class Prediction:
    """The predictors, the most important first, and how good the whole is on people held out."""

    predictors: tuple[Predictor, ...]
    model: str
    auc: float
    low: float
    high: float
    models: dict[str, float]
    learnt_from: int
    judged_on: int
    held: Numbers


def find_predictors(prepared: Prepared, positive: Truths, *, seed: int = 0) -> Prediction:
    """What each behaviour adds, judged on the held-out two fifths of the people."""
    points = with_unset(prepared)
    folds = folds_of(positive, 5, seed)
    learnt, held = np.flatnonzero(folds >= 2), np.flatnonzero(folds < 2)
    areas: dict[str, float] = {}
    scorers: dict[str, Scorer] = {}
    for kind in ("logistic", "boosted"):
        scorers[kind] = learn(points[learnt], positive[learnt], kind=kind, seed=seed)
        areas[kind] = auc(scorers[kind](points[held]), positive[held])
    model = "boosted" if areas["boosted"] > areas["logistic"] + BETTER else "logistic"
    score = scorers[model]
    low, high = auc_interval(score(points[held]), positive[held], DRAWS, seed)
    few = held if len(held) <= MOST_HELD else _some(held, positive, seed)
    base = score(points[few])
    random = np.random.default_rng(seed)
    draws = [random.integers(0, len(few), len(few)) for _ in range(DRAWS)]
    bound = bound_for(len(prepared.features))
    predictors = [
        _predictor(
            feature,
            column,
            prepared.matrix.values[few, place],
            points[few],
            positive[few],
            score,
            base,
            draws,
            random,
            bound,
        )
        for column, (feature, place) in enumerate(
            zip(prepared.features, prepared.places, strict=True)
        )
    ]
    order = sorted(predictors, key=lambda it: (-it.importance, it.feature.name))
    return Prediction(
        tuple(order), model, areas[model], low, high, areas, len(learnt), len(held), held
    )


def _some(held: Numbers, positive: Truths, seed: int) -> Numbers:
    """As many of the held-out people as can be shuffled often, positives in proportion."""
    parts = folds_of(positive[held], max(1, -(-len(held) // MOST_HELD)), seed)
    return held[parts == 0]


def _predictor(  # noqa: PLR0913, PLR0917  one behaviour among the others, and the same draws for all
    feature: Feature,
    column: int,
    raw: Floats,
    points: npt.NDArray[np.float32],
    positive: Truths,
    score: Scorer,
    base: Floats,
    draws: list[Numbers],
    random: np.random.Generator,
    bound: float,
) -> Predictor:
    shuffled: list[Floats] = []
    for _ in range(SHUFFLES):
        other = points.copy()
        other[:, column] = random.permutation(other[:, column])
        shuffled.append(score(other))
    losses = [
        auc(base[drawn], positive[drawn]) - auc(shuffled[number % SHUFFLES][drawn], positive[drawn])
        for number, drawn in enumerate(draws)
    ]
    whole = auc(base, positive)
    importance = float(np.mean([whole - auc(it, positive) for it in shuffled]))
    spread = bound * float(np.std(losses, ddof=1))
    values = points[:, column].astype(np.float64)
    alone = auc(values, positive)
    beside = bound * float(np.std([auc(values[it], positive[it]) for it in draws], ddof=1))
    yes, no = middles(raw, positive, feature.kind)
    return Predictor(
        feature=feature,
        importance=importance,
        low=importance - spread,
        high=importance + spread,
        alone=alone,
        alone_low=alone - beside,
        alone_high=alone + beside,
        yes=yes,
        no=no,
    )


def middles(column: Floats, positive: Truths, kind: Kind) -> tuple[float, float]:
    """The middle of those who did and of those who did not; NaN where nobody has a value."""
    found: list[float] = []
    for some in (column[positive], column[~positive]):
        known = some[~np.isnan(some)]
        middle = np.mean if kind in {Kind.BOOLEAN, Kind.CATEGORY} else np.median
        found.append(float(middle(known)) if len(known) else float("nan"))
    return found[0], found[1]
