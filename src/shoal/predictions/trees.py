"""Boosted trees by LightGBM: loaded where they are needed, one thread, the same every time."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np
import numpy.typing as npt

from shoal.core.errors import MissingExtraError
from shoal.predictions.sight import Floats, Truths

ROUNDS = 150
FEWEST_TO_CHOOSE_FROM = 8
SETTINGS: dict[str, Any] = {
    "learning_rate": 0.04,
    "num_leaves": 8,
    "min_data_in_leaf": 40,
    "lambda_l2": 5.0,
    "feature_fraction": 0.6,
    "bagging_fraction": 0.8,
    "bagging_freq": 1,
    "max_bin": 63,
    "num_threads": 1,
    "deterministic": True,
    "force_row_wise": True,
    "seed": 1,
    "verbosity": -1,
}
"""Mild, and the same for every task. On a machine with other work, threads of one fit wait for each
other ten times as long as they work."""

Plain = npt.NDArray[np.float32]


def are_there() -> bool:
    """Whether LightGBM is installed."""
    return find_spec("lightgbm") is not None


def fit_trees(points: Plain, outcome: Truths | Floats) -> str:
    """Trees that tell log-odds (of truths) or amounts, as LightGBM writes them."""
    library = _library()
    objective = "binary" if outcome.dtype == np.bool_ else "l2"
    data = library.Dataset(points, outcome.astype(np.float64), free_raw_data=True)
    settings = {**SETTINGS, "objective": objective}
    if points.shape[1] < FEWEST_TO_CHOOSE_FROM:
        settings["feature_fraction"] = (
            1.0  # a tree of one column sees nothing that two tell together
        )
    made = library.train(settings, data, num_boost_round=ROUNDS)
    return str(made.model_to_string())


class Trees:
    """Fitted trees, read once."""

    def __init__(self, text: str) -> None:
        self._booster: Any = _library().Booster(model_str=text)

    def sums(self, points: Plain) -> Floats:
        """Log-odds, or amounts."""
        found = self._booster.predict(points, raw_score=True, num_threads=1)
        return np.asarray(found, np.float64)

    def contributions(self, points: Plain) -> Floats:
        """What each column adds to the sum, and last what the sum is without any; they add up."""
        found = self._booster.predict(points, pred_contrib=True, num_threads=1)
        return np.asarray(found, np.float64)


def _library() -> Any:
    try:
        return import_module("lightgbm")
    except (ImportError, OSError) as error:
        raise MissingExtraError(
            "this prediction was learned by boosted trees, and LightGBM is not installed",
            hint="pip install 'shoal[predict]'",
        ) from error
