"""How well people are ranked by what a treatment does to them: the Qini curve.

Radcliffe (2007), Using control groups to target on predicted lift. Treated first those who gain most
by the ranking; how much more came of the treated than of as many controls, over how many were
treated. The coefficient is the area above a ranking by chance, as a share of that of a ranking that
knows the outcomes: 0 for chance, below it for worse.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]
DRAWS = 500
POINTS = 21


@dataclass(frozen=True, slots=True)
class Tried:
    """Who was treated and what came of it: 0 or 1 each."""

    treated: Truths
    outcome: Floats

    def of(self, rows: npt.NDArray[np.int64]) -> Tried:
        """The same of some people."""
        return Tried(self.treated[rows], self.outcome[rows])

    @property
    def effect(self) -> float:
        """By how much the outcome of the treated is more, on average."""
        treated = self.outcome[self.treated]
        control = self.outcome[~self.treated]
        return float(treated.mean() - control.mean()) if len(treated) and len(control) else 0.0


@dataclass(frozen=True, eq=False)
class Ranking:
    """People in the order of a score, highest first; equals come together."""

    tried: Tried
    order: Int64s
    last: Int64s
    """Where each group of equals ends."""

    def curve(self, weight: Floats) -> tuple[Floats, Floats]:
        """Over how many people, how much more came of the treated than of as many controls."""
        count = weight[self.order]
        treated, outcome = self.tried.treated[self.order], self.tried.outcome[self.order]
        of_treated = np.cumsum(np.where(treated, count, 0.0))[self.last]
        of_control = np.cumsum(np.where(treated, 0.0, count))[self.last]
        came = count * outcome
        came_treated = np.cumsum(np.where(treated, came, 0.0))[self.last]
        came_control = np.cumsum(np.where(treated, 0.0, came))[self.last]
        share = np.divide(
            of_treated, of_control, out=np.zeros(len(self.last)), where=of_control > 0
        )
        gain = came_treated - came_control * share
        return np.append(0.0, of_treated + of_control), np.append(0.0, gain)


def ranking_of(tried: Tried, score: Floats) -> Ranking:
    """The people by a score."""
    order = np.argsort(-score, kind="stable")
    ends = np.flatnonzero(np.diff(score[order]))
    return Ranking(tried, order, np.append(ends, len(score) - 1))


def perfect(tried: Tried) -> Ranking:
    """The best order there could be: the treated to whom it happened, last such controls."""
    return ranking_of(tried, np.where(tried.treated, tried.outcome, -tried.outcome))


def qini(tried: Tried, uplift: Floats) -> float:
    """The coefficient; people of the same uplift come together. NaN where nothing can be told apart."""
    return _coefficient(ranking_of(tried, uplift), perfect(tried), np.ones(len(uplift)))


def _coefficient(ranking: Ranking, best: Ranking, weight: Floats) -> float:
    share, gain = ranking.curve(weight)
    by_chance = _area(share[[0, -1]], gain[[0, -1]])
    most = _area(*best.curve(weight)) - by_chance
    return (_area(share, gain) - by_chance) / most if most > 0 else float("nan")


def drawn_qini(
    tried: Tried, uplifts: Sequence[Floats], draws: int = DRAWS, seed: int = 0
) -> list[Floats]:
    """The coefficients of several rankings of the same people drawn anew, so they can be compared."""
    random = np.random.default_rng(seed)
    people = len(tried.outcome)
    rankings, best = [ranking_of(tried, it) for it in uplifts], perfect(tried)
    found = [np.empty(draws) for _ in uplifts]
    for draw in range(draws):
        drawn = random.integers(0, people, people)
        weight = np.bincount(drawn, minlength=people).astype(np.float64)
        for each, ranking in zip(found, rankings, strict=True):
            each[draw] = _coefficient(ranking, best, weight)
    return found


def curve_points(tried: Tried, uplift: Floats) -> list[dict[str, float]]:
    """The curve for drawing: share of people treated, and what that brings for each of all people."""
    share, gain = ranking_of(tried, uplift).curve(np.ones(len(uplift)))
    people = max(float(share[-1]), 1.0)
    treated = max(float(tried.treated.sum()), 1.0)
    at = np.linspace(0, 1, POINTS)
    gains = np.interp(at, share / people, gain / treated)
    return [{"share": float(it), "gain": float(of)} for it, of in zip(at, gains, strict=True)]


def _area(share: Floats, gain: Floats) -> float:
    return float(np.sum(np.diff(share) * (gain[1:] + gain[:-1]) / 2))
