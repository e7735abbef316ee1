"""What a treatment does to each person: four ways to learn it, and which of them to trust.

Künzel, Sekhon, Bickel and Yu (2019), Metalearners for estimating heterogeneous treatment effects;
Kennedy (2023), Towards optimal doubly robust estimation of heterogeneous causal effects. The plain
one (T) is taken unless another ranks surely better.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shoal.predictions.linear import Linear, fit_amount, fit_chance
from shoal.predictions.qini import Floats, Tried, curve_points, drawn_qini, qini

Int64s = npt.NDArray[np.int64]
Uplift = Callable[[Floats], Floats]
FOLDS = 5
FEWEST = 50
"""People of each arm to whom it happened, and to whom not, below which nothing is said."""
LEAST_CHANCE = 0.01
SURE = 0.99
"""Another learner is surely better only so: several are tried."""


def _outcome_models(table: Floats, tried: Tried) -> tuple[Linear, Linear]:
    treated, control = tried.treated, ~tried.treated
    return (
        fit_chance(table[treated], tried.outcome[treated]),
        fit_chance(table[control], tried.outcome[control]),
    )


def one_model(table: Floats, tried: Tried) -> Uplift:
    """S: one model of the outcome, which knows the treatment and what it goes together with."""
    model = fit_chance(_with_treatment(table, tried.treated.astype(np.float64)), tried.outcome)

    def uplift(people: Floats) -> Floats:
        ones = np.ones(len(people))
        return model.chance(_with_treatment(people, ones)) - model.chance(
            _with_treatment(people, 0 * ones)
        )

    return uplift


def _with_treatment(table: Floats, treated: Floats) -> Floats:
    return np.column_stack([table, treated, table * treated[:, None]])


def two_models(table: Floats, tried: Tried) -> Uplift:
    """T: a model of the treated and one of the controls; the difference of what they say."""
    treated, control = _outcome_models(table, tried)
    return lambda people: treated.chance(people) - control.chance(people)


def crossed(table: Floats, tried: Tried) -> Uplift:
    """X: what each person's outcome is above what the other arm's model expects of them."""
    treated, control = _outcome_models(table, tried)
    here, there = tried.treated, ~tried.treated
    gained = fit_amount(table[here], tried.outcome[here] - control.chance(table[here]))
    missed = fit_amount(table[there], treated.chance(table[there]) - tried.outcome[there])
    share = float(here.mean())
    return lambda people: share * missed.of(people) + (1 - share) * gained.of(people)


def doubly_robust(table: Floats, tried: Tried) -> Uplift:
    """DR: both models, corrected by what they were wrong about, learned from one half for the other."""
    share = np.clip(tried.treated.mean(), LEAST_CHANCE, 1 - LEAST_CHANCE)
    pseudo = np.empty(len(table))
    for rows in folds_of(tried, 2, 1):
        others = np.setdiff1d(np.arange(len(table)), rows)
        treated, control = _outcome_models(table[others], tried.of(others))
        high, low = treated.chance(table[rows]), control.chance(table[rows])
        here, outcome = tried.treated[rows], tried.outcome[rows]
        above: Any = (outcome - high) / share
        below: Any = (outcome - low) / (1 - share)
        pseudo[rows] = high - low + np.where(here, above, -below)
    return fit_amount(table, pseudo).of


LEARNERS: Mapping[str, Callable[[Floats, Tried], Uplift]] = {
    "t": two_models, "s": one_model, "x": crossed, "dr": doubly_robust,
}  # fmt: skip


def response(table: Floats, tried: Tried) -> Uplift:
    """No uplift at all: who is likely to do it, treated or not. What targeting often does instead."""
    return fit_chance(table, tried.outcome).chance


def folds_of(tried: Tried, count: int = FOLDS, seed: int = 0) -> list[Int64s]:
    """The people in parts, each with its share of both arms and of both outcomes."""
    random = np.random.default_rng(seed)
    parts: list[list[Int64s]] = [[] for _ in range(count)]
    for treated in (False, True):
        for came in (False, True):
            rows = np.flatnonzero((tried.treated == treated) & ((tried.outcome > 0) == came))
            for part, some in zip(
                parts, np.array_split(random.permutation(rows), count), strict=True
            ):
                part.append(some)
    return [np.sort(np.concatenate(it)) for it in parts]


def out_of_fold(
    learner: Callable[[Floats, Tried], Uplift], table: Floats, tried: Tried, seed: int = 0
) -> Floats:
    """What is said of each person by a model that did not know them.

    Ranks within the fold: the models of different folds need not say the same numbers.
    """
    found = np.empty(len(table))
    for rows in folds_of(tried, seed=seed):
        others = np.setdiff1d(np.arange(len(table)), rows)
        said = learner(table[others], tried.of(others))(table[rows])
        found[rows] = _share_below(said)
    return found


def _share_below(said: Floats) -> Floats:
    """Each one's place among all from 0 to 1; equals share theirs."""
    _, place, counts = np.unique(said, return_inverse=True, return_counts=True)
    middle = np.cumsum(counts) - (counts - 1) / 2
    return middle[place] / len(said)


@dataclass(frozen=True, slots=True)
class Judged:
    """How well a learner ranks people it did not know, with 95 % intervals."""

    name: str
    qini: float
    low: float
    high: float

    @property
    def can_rank(self) -> bool:
        """Whether it surely ranks better than chance."""
        return self.low > 0


@dataclass(frozen=True, eq=False)
class Comparison:
    """All learners beside a model of the response alone; ``chosen`` is the one to take.

    ``over_response`` is by how much it ranks better than that model (95 %).
    """

    learners: tuple[Judged, ...]
    response: Judged
    chosen: Judged
    over_response: tuple[float, float]
    points: list[dict[str, float]]


def compare(table: Floats, tried: Tried, names: Sequence[str] = tuple(LEARNERS)) -> Comparison:
    """Each learner judged on people it did not know.

    The first is taken, unless it can rank and another one is surely better on the same people drawn
    anew: what the plain one does not find at all, one of several others finds by chance too easily.
    """
    said = [out_of_fold(LEARNERS[name], table, tried) for name in names]
    said.append(out_of_fold(response, table, tried))
    drawn = drawn_qini(tried, said)
    judged = [
        Judged(name, qini(tried, it), *_interval(draws))
        for name, it, draws in zip((*names, "response"), said, drawn, strict=True)
    ]
    best = 0
    for other in range(1, len(names)):
        if judged[0].can_rank and _interval(drawn[other] - drawn[best], SURE)[0] > 0:
            best = other
    over = _interval(drawn[best] - drawn[-1])
    points = curve_points(tried, said[best])
    return Comparison(tuple(judged[:-1]), judged[-1], judged[best], over, points)


def _interval(draws: Floats, share: float = 0.95) -> tuple[float, float]:
    known = draws[np.isfinite(draws)]
    if not len(known):
        return -1.0, 1.0
    low, high = np.quantile(known, [(1 - share) / 2, (1 + share) / 2])
    return float(low), float(high)
