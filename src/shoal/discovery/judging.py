"""How well scores tell some people from others: the area under the curve, with what it rests on."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from shoal.discovery.features import Floats, Kind, Matrix, Numbers, Truths
from shoal.discovery.learning import one_thread, sklearn
from shoal.discovery.preparing import Prepared
from shoal.predictions.judging import auc

FOLDS = 5
Scorer: TypeAlias = Callable[[npt.NDArray[np.float32]], Floats]


def auc_interval(scores: Floats, positive: Truths, draws: int, seed: int) -> tuple[float, float]:
    """The middle 95 % of the area when people are drawn again."""
    random = np.random.default_rng(seed)
    found: list[float] = []
    for _ in range(draws):
        drawn = random.integers(0, len(scores), len(scores))
        found.append(auc(scores[drawn], positive[drawn]))
    low, high = np.percentile(found, (2.5, 97.5))
    return float(low), float(high)


def learn(points: npt.NDArray[np.float32], positive: Truths, *, kind: str, seed: int) -> Scorer:
    """Scores from 0 to 1 by ``logistic`` regression or ``boosted`` trees."""
    model: Any
    if kind == "logistic":
        model = sklearn("linear_model").LogisticRegression(C=0.5, max_iter=500)
    else:
        model = sklearn("ensemble").HistGradientBoostingClassifier(
            learning_rate=0.06,
            max_iter=120,
            max_leaf_nodes=12,
            min_samples_leaf=20,
            l2_regularization=1.0,
            random_state=seed,
        )
    with one_thread():
        model.fit(points, positive)

    def score(others: npt.NDArray[np.float32]) -> Floats:
        with one_thread():
            return np.asarray(model.predict_proba(others)[:, 1], np.float64)

    return score


def out_of_fold(
    points: npt.NDArray[np.float32], positive: Truths, *, kind: str, seed: int
) -> Floats:
    """Each person's score by a model that has not seen them."""
    folds = folds_of(positive, FOLDS, seed)
    scores = np.zeros(len(points))
    for fold in range(FOLDS):
        held = folds == fold
        scores[held] = learn(points[~held], positive[~held], kind=kind, seed=seed)(points[held])
    return scores


def folds_of(positive: Truths, count: int, seed: int) -> Numbers:
    """A fold for everyone, with the same share of positives in each."""
    random = np.random.default_rng(seed)
    folds = np.zeros(len(positive), np.int64)
    for some in (np.flatnonzero(positive), np.flatnonzero(~positive)):
        folds[random.permutation(some)] = np.arange(len(some)) % count
    return folds


def with_unset(prepared: Prepared) -> npt.NDArray[np.float32]:
    """The prepared points, and beside them whether a value is unset where that happens often."""
    matrix: Matrix = prepared.matrix
    extra: list[npt.NDArray[np.float32]] = []
    seen: set[bytes] = set()
    for place in prepared.places:
        if not 0.02 <= matrix.unset[place] <= 0.98:
            continue
        if matrix.features[place].kind is Kind.CATEGORY:
            continue
        missing = np.isnan(matrix.values[:, place]).astype(np.float32)
        key = np.packbits(missing.astype(np.bool_)).tobytes()
        if key not in seen:
            seen.add(key)
            extra.append(missing)
    return np.column_stack([prepared.points, *extra]) if extra else prepared.points
