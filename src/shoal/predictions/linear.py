"""Two plain models of a table of numbers: chances by logistic regression, amounts by ridge."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
RIDGE = 1.0
"""How strongly weights are drawn to 0, of columns that are standardised."""
MOST_STEPS = 50
NEAR = 1e-8
FAR = 30.0
"""Beyond this a chance is 0 or 1 for every purpose."""


@dataclass(frozen=True, eq=False)
class Linear:
    """Columns are standardised by ``mean`` and ``scale``; the first weight is the constant."""

    mean: Floats
    scale: Floats
    weights: Floats

    def of(self, table: Floats) -> Floats:
        """The sum for each row: an amount, or the log of the odds."""
        return _prepared(table, self.mean, self.scale) @ self.weights

    def chance(self, table: Floats) -> Floats:
        """What that says as a chance."""
        return _chance(self.of(table))


def fit_chance(table: Floats, outcome: Floats, ridge: float = RIDGE) -> Linear:
    """Logistic regression of an outcome that is 0 or 1, by Newton's steps."""
    mean, scale = _standard(table)
    rows = _prepared(table, mean, scale)
    drawn = _drawn(rows, ridge)
    weights = np.zeros(rows.shape[1])
    share = np.clip(outcome.mean() if len(outcome) else 0.5, 1e-6, 1 - 1e-6)
    weights[0] = np.log(share / (1 - share))
    for _ in range(MOST_STEPS):
        chance = _chance(rows @ weights)
        slope = rows.T @ (outcome - chance) - drawn * weights
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows
        curve[np.diag_indices_from(curve)] += np.maximum(drawn, NEAR)
        step = np.linalg.solve(curve, slope)
        largest = float(np.abs(step).max())
        weights += step * min(1.0, 5.0 / max(largest, NEAR))
        if largest < NEAR:
            break
    return Linear(mean, scale, weights)


def fit_amount(
    table: Floats, outcome: Floats, weight: Floats | None = None, ridge: float = RIDGE
) -> Linear:
    """Linear regression, each row counting as ``weight`` says."""
    mean, scale = _standard(table)
    rows = _prepared(table, mean, scale)
    weighed = rows if weight is None else rows * weight[:, None]
    gram = weighed.T @ rows
    gram[np.diag_indices_from(gram)] += np.maximum(_drawn(rows, ridge), NEAR)
    weights = np.asarray(np.linalg.solve(gram, weighed.T @ outcome), np.float64)
    return Linear(mean, scale, weights)


def _standard(table: Floats) -> tuple[Floats, Floats]:
    if not len(table):
        width = int(table.shape[1])
        nothing: Floats = np.zeros(width)
        return nothing, nothing + 1.0
    scale: Floats = np.array(table.std(axis=0), np.float64)
    mean: Floats = np.array(table.mean(axis=0), np.float64)
    scale[scale == 0] = 1.0
    return mean, scale


def _prepared(table: Floats, mean: Floats, scale: Floats) -> Floats:
    return np.column_stack([np.ones(len(table)), (table - mean) / scale])


def _drawn(rows: Floats, ridge: float) -> Floats:
    drawn = np.full(rows.shape[1], ridge)
    drawn[0] = 0.0  # the constant says what is usual, and is drawn to nothing
    return drawn


def _chance(sums: Floats) -> Floats:
    return 1 / (1 + np.exp(-np.clip(sums, -FAR, FAR)))
