"""A covariate made of many: each person's outcome as predicted by those of other people (CUPAC).

Out of fold: nobody's own outcome has a part in their prediction, so that it is as good as known
before (Tang, Huang, Kastelman and Bauman 2020). Arms play no part in the fit.
"""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

import numpy as np

from shoal.core.errors import MissingExtraError
from shoal.experiments.moments import Floats

FOLDS = 5
LEAST = 200
"""People with a known outcome below whom nothing is fitted."""


def predicted(features: Sequence[Floats], values: Floats, *, seed: int = 0) -> Floats:
    """Each person's predicted outcome; NaN in ``values`` is not fitted on, but predicted.

    The mean for everybody where there are too few people. Raises MissingExtraError without
    scikit-learn.
    """
    ensemble = _sklearn()
    table = np.stack(features, axis=1)
    known = ~np.isnan(values)
    if known.sum() < LEAST:
        return np.full(len(values), float(values[known].mean()) if known.any() else 0.0)
    fold = np.random.default_rng(seed).permutation(len(values)) % FOLDS
    result = np.empty(len(values))
    for number in range(FOLDS):
        inside = fold == number
        model = ensemble.HistGradientBoostingRegressor(
            max_iter=150, learning_rate=0.05, max_leaf_nodes=15, min_samples_leaf=40,
            early_stopping=False, random_state=seed,
        )  # fmt: skip
        with import_module("threadpoolctl").threadpool_limits(1):
            model.fit(table[known & ~inside], values[known & ~inside])
            result[inside] = model.predict(table[inside])
    return result


def _sklearn() -> Any:
    try:
        return import_module("sklearn.ensemble")
    except ImportError as error:
        raise MissingExtraError(
            "covariates made by a model need scikit-learn, which is not installed",
            hint="pip install 'shoal[learn]'",
        ) from error
