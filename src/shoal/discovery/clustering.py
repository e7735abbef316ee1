"""People in groups of the like, and how sure it is that the groups are there.

The number of groups is chosen by stability (Hennig 2007): cluster people drawn again with
replacement, and see how far each group comes back (its Jaccard with the nearest new one, in the
mean over the draws). The silhouette is shown beside it and decides only where it has a plain peak;
among people it is mostly flat.
Centres are fitted on a sample; everyone then goes to the nearest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from shoal.discovery.features import Numbers, sampled
from shoal.discovery.learning import one_thread, sklearn

Points: TypeAlias = npt.NDArray[np.float32]

FIRM, STABLE = 0.85, 0.75
"""Hennig's bounds: a mean Jaccard above them is a highly stable, a stable group."""
SMALLEST_SHARE = 0.03
FEWEST, MOST = 2, 8
DRAWS = 12
FIRST_DRAWS = 4
HOPELESS = 0.55
"""After the first draws, a lowest Jaccard below this ends the trial: it will not be chosen."""
BEGINNINGS = 8
SMALL = 4_000
"""People among whom the best of several beginnings is sought."""
PEAK = 0.1
"""How far below the best silhouette a number of groups may lie to be taken for its stability."""
SILHOUETTE_OF = 2_500
CHUNK = 100_000
EXPLORED = 6_000
"""People among whom HDBSCAN looks for groups; its time grows with their square."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One number of groups: how far each came back in the draws, and how well they part."""

    k: int
    jaccards: tuple[float, ...]
    shares: tuple[float, ...]
    silhouette: float
    draws: int

    @property
    def lowest(self) -> float:
        """The Jaccard of the group that came back least."""
        return min(self.jaccards)

    @property
    def is_manageable(self) -> bool:
        """Whether no group is too small to be worth one."""
        return min(self.shares) >= SMALLEST_SHARE

    @property
    def verdict(self) -> str:
        """``firm``, ``stable`` or ``not stable``."""
        return steadiness(self.lowest)


@dataclass(frozen=True, eq=False)
class Clustering:
    """``labels`` of everyone (-1: in no group), numbered from the largest group on."""

    labels: Numbers
    chosen: Trial
    trials: tuple[Trial, ...]
    method: str
    fitted_on: int
    noise: float = 0.0

    @property
    def k(self) -> int:
        """How many groups."""
        return self.chosen.k


def steadiness(jaccard: float) -> str:
    """A mean Jaccard in words."""
    return "firm" if jaccard >= FIRM else "stable" if jaccard >= STABLE else "not stable"


def cluster(  # noqa: PLR0913  what is tried, and how
    points: Points,
    sample: Numbers,
    ks: Sequence[int],
    *,
    draws: int = DRAWS,
    seed: int = 0,
    look_up: Callable[[], None] = lambda: None,
) -> Clustering:
    """The best of several numbers of groups, by k-means fitted on the sample's rows.

    ``look_up`` is called before each fit and may raise to end the search.
    """
    some = np.ascontiguousarray(points[sample])
    trials: list[Trial] = []
    centres: dict[int, Points] = {}
    for k in ks:
        look_up()
        centres[k] = fit_centres(some, k, seed=seed)
        trials.append(try_out(some, centres[k], draws=draws, seed=seed, look_up=look_up))
    chosen = choose(trials)
    labels = nearest_centre(points, centres[chosen.k])
    sizes = np.bincount(nearest_centre(some, centres[chosen.k]), minlength=chosen.k)
    order = [int(it) for it in np.argsort(-sizes, kind="stable")]
    place = np.empty(chosen.k, np.int64)
    place[order] = np.arange(chosen.k)
    ordered = Trial(
        chosen.k,
        tuple(chosen.jaccards[it] for it in order),
        tuple(chosen.shares[it] for it in order),
        chosen.silhouette,
        chosen.draws,
    )
    return Clustering(place[labels], ordered, tuple(trials), "kmeans", len(sample))


def choose(trials: Sequence[Trial]) -> Trial:
    """The most groups that are all firm and large enough; else all stable; else the steadiest.

    Two groups are taken only where no more are stable: any continuum falls in two firm halves.
    Where groups lie well apart, parts of them come back too; then the silhouette has a peak, and
    numbers far below it are passed over.
    """
    large = [it for it in trials if it.is_manageable] or list(trials)
    for fewest, least in ((3, FIRM), (3, STABLE), (2, STABLE)):
        good = [it for it in large if it.lowest >= least and it.k >= fewest]
        if good:
            peak = max(it.silhouette for it in good)
            return max((it for it in good if it.silhouette >= peak - PEAK), key=lambda it: it.k)
    return max(large, key=lambda it: it.lowest)


def try_out(
    points: Points,
    centres: Points,
    *,
    draws: int,
    seed: int,
    look_up: Callable[[], None] = lambda: None,
) -> Trial:
    """How far the groups of these centres come back when people are drawn again."""
    k = len(centres)
    labels = nearest_centre(points, centres)
    random = np.random.default_rng((seed, k))
    found: list[npt.NDArray[np.float64]] = []
    for draw in range(draws):
        if draw == FIRST_DRAWS and float(np.mean(found, axis=0).min()) < HOPELESS:
            break
        look_up()
        times = np.bincount(random.integers(0, len(points), len(points)), minlength=len(points))
        there = times > 0
        again = fit_centres(
            points[there], k, weights=times[there].astype(np.float32), seed=seed + 1 + draw
        )
        found.append(come_back(labels, nearest_centre(points, again), k))
    shares = np.bincount(labels, minlength=k) / len(labels)
    return Trial(
        k,
        tuple(float(it) for it in np.mean(found, axis=0)),
        tuple(float(it) for it in shares),
        _silhouette(points, labels, seed),
        len(found),
    )


def come_back(before: Numbers, after: Numbers, k: int) -> npt.NDArray[np.float64]:
    """The Jaccard of every group with the nearest of the others.

    >>> come_back(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 1]), 2).round(2).tolist()
    [0.67, 0.5]
    """
    both = np.bincount(before * k + after, minlength=k * k).reshape(k, k)
    either = both.sum(axis=1, keepdims=True) + both.sum(axis=0, keepdims=True) - both
    return (both / np.maximum(either, 1)).max(axis=1)


def fit_centres(
    points: Points, k: int, *, weights: npt.NDArray[np.float32] | None = None, seed: int
) -> Points:
    """The centres of k groups: the best of several beginnings among a few, then all people."""
    kmeans: Any = sklearn("cluster").KMeans
    few = sampled(len(points), SMALL, seed)
    with one_thread():
        best = kmeans(k, n_init=BEGINNINGS, random_state=seed)
        best.fit(points[few], sample_weight=None if weights is None else weights[few])
        if len(few) < len(points):
            best = kmeans(k, init=best.cluster_centers_, n_init=1, max_iter=100)
            best.fit(points, sample_weight=weights)
    return np.asarray(best.cluster_centers_, np.float32)


def nearest_centre(points: Points, centres: Points) -> Numbers:
    """Which centre each point is nearest to."""
    half = (centres.astype(np.float64) ** 2).sum(axis=1).astype(np.float32) / 2
    parts = [
        np.argmax(points[first : first + CHUNK] @ centres.T - half, axis=1)
        for first in range(0, len(points), CHUNK)
    ]
    return np.concatenate(parts).astype(np.int64) if parts else np.empty(0, np.int64)


def explore(points: Points, sample: Numbers, *, seed: int = 0) -> Clustering:
    """Groups of any shape by HDBSCAN among some; others go with their nearest, noise included.

    Its groups are for exploration: how far they come back is not measured (Jaccard 0).
    """
    few = sample[sampled(len(sample), EXPLORED, seed)]
    some = points[few].astype(np.float64)
    least = max(10, round(SMALLEST_SHARE * len(few)))
    found = sklearn("cluster").HDBSCAN(min_cluster_size=least, min_samples=10, copy=True)
    labels = np.asarray(found.fit_predict(some), np.int64)
    neighbours = sklearn("neighbors").KNeighborsClassifier(1).fit(some, labels)
    everyone = np.concatenate(
        [
            neighbours.predict(points[first : first + CHUNK].astype(np.float64))
            for first in range(0, len(points), CHUNK)
        ]
    ).astype(np.int64)
    everyone[few] = labels
    k = int(labels.max()) + 1
    order = np.argsort(-np.bincount(everyone[everyone >= 0], minlength=k)) if k else np.empty(0)
    place = np.full(k + 1, -1, np.int64)  # the last one is noise's
    place[order.astype(np.int64)] = np.arange(k)
    everyone = place[everyone]
    shares = tuple(float((everyone == it).mean()) for it in range(k))
    trial = Trial(k, (0.0,) * k, shares, _silhouette(points[few], place[labels], seed), 0)
    noise = float((everyone < 0).mean())
    return Clustering(everyone, trial, (trial,), "hdbscan", len(few), noise)


def _silhouette(points: Points, labels: Numbers, seed: int) -> float:
    inside = np.flatnonzero(labels >= 0)
    some = inside[sampled(len(inside), SILHOUETTE_OF, seed)]
    if len(np.unique(labels[some])) < 2:
        return 0.0
    return float(sklearn("metrics").silhouette_score(points[some], labels[some]))
