"""Sums of weights: logistic regression for whether, least squares for how much, both held back.

Ridge penalties keep weights small that the data does not ask for; bends (see
:mod:`shoal.predictions.encoding`) are held back alike, as all columns have spread 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.predictions.sight import Floats, Truths

HELD_BACK = 2.0
"""The penalty, in people: a weight's square times this stands against the likelihood."""
STEPS = 50
NEAR = 1e-9
CHUNK = 20_000


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A constant, and a weight for each column."""

    constant: float
    each: Floats

    def sums(self, points: Floats) -> Floats:
        """The sum for each person: log-odds, or an amount."""
        return points @ self.each + self.constant


def fit_logistic(points: Floats, did: Truths, held_back: float = HELD_BACK) -> Weights:
    """The weights under which what came is most likely, by Newton's steps, halved where too long."""
    count, width = points.shape
    share = (float(did.sum()) + 0.5) / (count + 1)
    weights = np.zeros(width + 1)
    weights[0] = np.log(share / (1 - share))
    penalty = np.full(width + 1, held_back)
    penalty[0] = 0.0
    loss = _loss(points, did, weights, penalty)
    for _ in range(STEPS):
        slope, curve = _slopes(points, did, weights)
        curve[np.diag_indices_from(curve)] += penalty + 1e-9
        step = np.linalg.solve(curve, slope + penalty * weights)
        size = 1.0
        while True:
            tried = weights - size * step
            found = _loss(points, did, tried, penalty)
            if found <= loss or size < 1e-6:
                break
            size /= 2
        weights, before, loss = tried, loss, found
        if before - loss <= NEAR * (1 + abs(loss)):
            break
    return Weights(float(weights[0]), weights[1:])


def fit_linear(points: Floats, amounts: Floats, held_back: float = HELD_BACK) -> Weights:
    """The weights whose sums come nearest to the amounts, squares of the distances taken."""
    middle = float(amounts.mean())
    curve: Floats = points.T @ points
    curve[np.diag_indices_from(curve)] += held_back
    # The columns have mean 0, so the constant stands apart.
    each: Floats = np.asarray(np.linalg.solve(curve, points.T @ (amounts - middle)), np.float64)
    return Weights(middle, each)


def chance(sums: Floats) -> Floats:
    """Log-odds as chances, without overflow."""
    return np.where(sums >= 0, 1 / (1 + np.exp(-np.abs(sums))), 1 - 1 / (1 + np.exp(-np.abs(sums))))


def _loss(points: Floats, did: Truths, weights: Floats, penalty: Floats) -> float:
    sums = points @ weights[1:] + weights[0]
    sums[did] *= -1
    return float(np.sum(np.logaddexp(0.0, sums))) + 0.5 * float(penalty @ (weights * weights))


def _slopes(points: Floats, did: Truths, weights: Floats) -> tuple[Floats, Floats]:
    width = points.shape[1] + 1
    slope, curve = np.zeros(width), np.zeros((width, width))
    for start in range(0, len(points), CHUNK):
        part = points[start : start + CHUNK]
        chances = chance(part @ weights[1:] + weights[0])
        whole = np.column_stack([np.ones(len(part)), part])
        slope += whole.T @ (chances - did[start : start + CHUNK])
        curve += (whole * (chances * (1 - chances))[:, None]).T @ whole
    return slope, curve
