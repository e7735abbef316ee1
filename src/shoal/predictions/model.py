"""A fitted model: from what is known of people to what they will do, with the reasons.

Two kinds are fitted to the same people and held against what came later. The plain sum of weights
is kept unless trees sort those later people better, and surely so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from math import sqrt
from typing import Any

import numpy as np

from shoal.predictions.calibrating import Calibration, calibrate_amounts, calibrate_chances
from shoal.predictions.encoding import Encoding, encoding_of
from shoal.predictions.judging import auc, auc_gain, rank_correlation
from shoal.predictions.learning import one_thread
from shoal.predictions.sight import Feature, Floats, Numbers, Sight, Truths, together
from shoal.predictions.trees import Trees, are_there, fit_trees
from shoal.predictions.weighing import Weights, fit_linear, fit_logistic

CHUNK = 50_000
FOLDS = 3
STEPS = 3
"""Of how many of the latest instants what came calibrates."""
SURELY = 1.96
BETTER = 0.003
"""By how much trees must sort better, beside surely: the plain model is told more easily."""

WEIGHED, BOOSTED = "weights", "trees"


@dataclass(frozen=True, eq=False)
class Model:
    """``kind`` is ``weights`` or ``trees``; either tells sums that the calibration makes true."""

    kind: str
    encoding: Encoding
    calibration: Calibration
    weights: Weights | None = None
    trees: str | None = None

    @cached_property
    def _grown(self) -> Trees:
        assert self.trees is not None
        return Trees(self.trees)

    def sums(self, sight: Sight) -> Floats:
        """What the model itself says, before it is calibrated."""
        parts = [np.zeros(0)]
        with one_thread():
            for start in range(0, sight.people, CHUNK):
                some = sight.rows(np.arange(start, min(start + CHUNK, sight.people)))
                if self.weights is not None:
                    parts.append(self.weights.sums(self.encoding.bent(some)))
                else:
                    parts.append(self._grown.sums(self.encoding.plain(some)))
        return np.concatenate(parts)

    def scores(self, sight: Sight) -> Floats:
        """Chances, or expected amounts."""
        return self.calibration.apply(self.sums(sight))

    def contributions(self, sight: Sight) -> tuple[Floats, Floats]:
        """What each feature adds to each person's sum, and the sum without any: they add up.

        Of chances, sums are calibrated log-odds.
        """
        points: Any
        if self.weights is not None:
            points = self.encoding.bent(sight) * self.weights.each
            base = np.full(sight.people, self.weights.constant)
        else:
            found = self._grown.contributions(self.encoding.plain(sight))
            points, base = found[:, :-1], found[:, -1]
        owners = self.encoding.owners(bent=self.weights is not None)
        each = np.zeros((sight.people, len(self.encoding.features)))
        for column, owner in enumerate(map(int, owners)):
            each[:, self.encoding.parts[owner].place] += points[:, column]
        calibration = self.calibration
        if not calibration.is_rule:
            return each, base
        return each * calibration.stretch, base * calibration.stretch + calibration.shift

    def as_json(self) -> dict[str, Any]:
        """The model as a document; nothing in it speaks of a person."""
        weights = self.weights
        return {
            "kind": self.kind,
            "encoding": self.encoding.as_json(),
            "calibration": self.calibration.as_json(),
            "weights": None if weights is None else [weights.constant, weights.each.tolist()],
            "trees": self.trees,
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Model:
        """What ``as_json`` told."""
        written = form["weights"]
        weights = None if written is None else Weights(written[0], np.array(written[1], np.float64))
        return cls(
            form["kind"],
            Encoding.from_json(form["encoding"]),
            Calibration.from_json(form["calibration"]),
            weights,
            form["trees"],
        )

    @property
    def features(self) -> tuple[Feature, ...]:
        """Those it was offered."""
        return self.encoding.features


@dataclass(frozen=True, eq=False)
class Seen:
    """People at one instant or several: what was known of them, and what came."""

    sight: Sight
    came: Truths | Floats

    def rows(self, chosen: Truths | Numbers) -> Seen:
        """Some of them."""
        return Seen(self.sight.rows(chosen), self.came[chosen])


@dataclass(frozen=True, eq=False)
class Fitted:
    """The model that was kept, how each kind sorted later people, and why this one was kept."""

    model: Model
    others: Mapping[str, Model]
    sorted: Mapping[str, float]
    why: str
    by_time: bool
    """Whether it was calibrated on later times than it was learned from."""


@dataclass(frozen=True, eq=False)
class _Ahead:
    """What models said of people they had not seen, and what came."""

    sums: Mapping[str, Floats]
    came: Truths | Floats


def fit_models(times: Sequence[Seen], fewest: int) -> Fitted:
    """Both kinds, fitted to people at several instants, oldest first; the better one is chosen.

    Each is calibrated by going along in time: fitted to the instants before one and held against it,
    for the latest instants; so it is calibrated as it will be used, a horizon after what it learned
    from. What it then is, is fitted to all. Where the instants before have not ``fewest`` people
    of either outcome, people left out in turn stand in for later ones.
    """
    kinds = (WEIGHED, BOOSTED) if are_there() else (WEIGHED,)
    whole = pooled(times)
    steps = [
        step
        for step in range(max(1, len(times) - STEPS), len(times))
        if is_enough(pooled(times[:step]).came, fewest)
    ]
    later = pooled([times[it] for it in steps]) if steps else None
    by_time = later is not None and is_enough(later.came, fewest // 2)
    ahead = _along(kinds, times, steps) if by_time else _out_of_fold(kinds, whole)
    encoding = encoding_of(whole.sight)
    made = {
        kind: replace(_bare(kind, encoding, whole), calibration=_calibrated(sums, ahead.came))
        for kind, sums in ahead.sums.items()
    }
    order = {kind: _sorts(it, ahead.came) for kind, it in ahead.sums.items()}
    kept, why = WEIGHED, "LightGBM is not installed, so trees were not tried"
    if BOOSTED in made:
        kept, why = _chosen(ahead, order)
    return Fitted(made[kept], made, order, why, by_time)


def pooled(times: Sequence[Seen]) -> Seen:
    """People at several instants as one table."""
    return Seen(together([it.sight for it in times]), _joined([it.came for it in times]))


def _joined(parts: Sequence[Truths | Floats]) -> Any:
    return np.concatenate(parts)


def is_enough(came: Truths | Floats, fewest: int) -> bool:
    """Whether it came true for as many, and did not for as many; of amounts, whether there was any."""
    yes = int(np.count_nonzero(came))
    return fewest <= yes <= len(came) - fewest


def _along(kinds: Sequence[str], times: Sequence[Seen], steps: Sequence[int]) -> _Ahead:
    sums: dict[str, list[Floats]] = {kind: [] for kind in kinds}
    for step in steps:
        learnt = pooled(times[:step])
        encoding = encoding_of(learnt.sight)
        for kind in kinds:
            sums[kind].append(_bare(kind, encoding, learnt).sums(times[step].sight))
    came = _joined([times[it].came for it in steps])
    return _Ahead({kind: np.concatenate(it) for kind, it in sums.items()}, came)


def _chosen(ahead: _Ahead, order: Mapping[str, float]) -> tuple[str, str]:
    told = f"{order[BOOSTED]:.4f} against {order[WEIGHED]:.4f}"
    came = ahead.came
    if came.dtype == np.bool_:
        trees, weights = ahead.sums[BOOSTED], ahead.sums[WEIGHED]
        gain, error = auc_gain(trees, weights, came.astype(np.bool_))
    else:
        gain, error = order[BOOSTED] - order[WEIGHED], 1 / sqrt(max(1, len(came)))
    if gain > max(BETTER, SURELY * error):
        return BOOSTED, f"trees sort later people surely better ({told})"
    return (
        WEIGHED,
        f"trees do not sort later people surely better ({told}), so the simple one is kept",
    )


def _sorts(sums: Floats, came: Truths | Floats) -> float:
    if came.dtype == np.bool_:
        return auc(sums, came.astype(np.bool_))
    return rank_correlation(sums, came.astype(np.float64))


def _bare(kind: str, encoding: Encoding, learnt: Seen) -> Model:
    """A model that is not calibrated yet."""
    nothing = Calibration(0.0, 1.0, (), (), is_rule=True)
    is_rule = learnt.came.dtype == np.bool_
    outcome = learnt.came if is_rule else _shrunk(learnt.came.astype(np.float64))
    if kind == BOOSTED:
        return Model(
            kind, encoding, nothing, trees=fit_trees(encoding.plain(learnt.sight), outcome)
        )
    points = encoding.bent(learnt.sight)
    with one_thread():
        weights = (
            fit_logistic(points, outcome.astype(np.bool_))
            if is_rule
            else fit_linear(points, outcome.astype(np.float64))
        )
    return Model(kind, encoding, nothing, weights)


def _shrunk(amounts: Floats) -> Floats:
    """Amounts by their logarithm: a few people who spend a hundred times as much decide nothing."""
    return np.sign(amounts) * np.log1p(np.abs(amounts))


def _calibrated(sums: Floats, came: Truths | Floats) -> Calibration:
    if came.dtype == np.bool_:
        return calibrate_chances(sums, came.astype(np.bool_))
    return calibrate_amounts(sums, came.astype(np.float64))


def _out_of_fold(kinds: Sequence[str], learnt: Seen) -> _Ahead:
    """What each person is said to do by models that have not seen them."""
    random = np.random.default_rng(0)
    folds = random.permutation(len(learnt.came)) % FOLDS
    sums = {kind: np.zeros(len(learnt.came)) for kind in kinds}
    for fold in range(FOLDS):
        inside, left_out = learnt.rows(folds != fold), learnt.sight.rows(folds == fold)
        encoding = encoding_of(inside.sight)
        for kind in kinds:
            sums[kind][folds == fold] = _bare(kind, encoding, inside).sums(left_out)
    return _Ahead(sums, learnt.came)
