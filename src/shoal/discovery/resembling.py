"""People most like the members of a segment who are not in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.discovery.features import Floats, Numbers, Truths, sampled
from shoal.discovery.judging import auc_interval, learn, out_of_fold, with_unset
from shoal.discovery.preparing import Prepared
from shoal.predictions.judging import auc

LEARNT_FROM = 30_000
FEWEST = 30
GUESSING = 0.55
WEAK = 0.65
RESTATED = 0.99
BETTER = 0.01
"""How much better than logistic regression boosted trees must be to be taken."""


@dataclass(frozen=True, eq=False)
class Resemblance:
    """``scores`` of everyone (members too), and how well they tell members from others."""

    scores: Floats
    model: str
    auc: float
    low: float
    high: float
    others: dict[str, float]
    baseline: float
    baseline_title: str
    learnt_from: int


def resemble(prepared: Prepared, members: Truths, *, seed: int = 0) -> Resemblance:
    """How much each person is like the members, judged on people the model has not seen."""
    rows = _balanced(members, seed)
    points = with_unset(prepared)
    some, positive = points[rows], members[rows]
    kinds = ("logistic", "boosted")
    folded = {kind: out_of_fold(some, positive, kind=kind, seed=seed) for kind in kinds}
    areas = {kind: auc(scores, positive) for kind, scores in folded.items()}
    model = "boosted" if areas["boosted"] > areas["logistic"] + BETTER else "logistic"
    low, high = auc_interval(folded[model], positive, 100, seed)
    single = [
        (max(area, 1 - area), column)
        for column in range(len(prepared.features))
        for area in [auc(some[:, column].astype(np.float64), positive)]
    ]
    best, column = max(single, key=lambda it: it[0])
    scores = learn(some, positive, kind=model, seed=seed)(points)
    return Resemblance(
        scores, model, areas[model], low, high, areas, best,
        prepared.features[column].title, len(rows),
    )  # fmt: skip


def _balanced(members: Truths, seed: int) -> Numbers:
    """Rows to learn from: members and others, each at most half of what is learnt from."""
    half = LEARNT_FROM // 2
    inside, outside = np.flatnonzero(members), np.flatnonzero(~members)
    rows = [
        inside[sampled(len(inside), half, seed)],
        outside[sampled(len(outside), half, seed + 1)],
    ]
    return np.sort(np.concatenate(rows))
