"""A group as a few conditions that somebody can read and change.

Candidates come from decision trees of depth two to five (their leaves, bounds merged) and from the
group's own range in the features that set it apart. Each is made shorter while little is lost, its
bounds are moved where that helps, and rounded to numbers people would write. What a candidate is
worth is its F1 with the group; a shorter one wins among near equals.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from shoal.discovery.boxes import Bound, Box, Boxes, fit, inside
from shoal.discovery.features import Floats, Kind, Matrix, Numbers, Truths, sampled
from shoal.discovery.learning import one_thread, sklearn
from shoal.discovery.refining import improved, rounded, shortened, worth

MOST_CONDITIONS = 5
DEPTHS = (2, 3, 4, 5)
LEARNT_FROM = 20_000
TAKEN_FURTHER = 4
APART, TELLING = 5, 12
"""Features whose range is tried as a rule; features on which a bound may be added."""


def distil(matrix: Matrix, meant: Truths, *, seed: int = 0, most: int = MOST_CONDITIONS) -> Boxes:
    """At most ``most`` conditions that hold for the people meant, and for as few others as may be."""
    rows = sampled(matrix.people, LEARNT_FROM, seed)
    some, group = matrix.rows(rows), meant[rows]
    with one_thread():
        candidates = list(_from_trees(some, group, seed))
    telling = _telling(some, group)
    candidates += [it for it in (_from_range(some, group, telling[:APART]),) if it[0]]
    if not candidates:
        return ()
    short = {_key(it): it for it in (shortened(it, some, group, most) for it in candidates)}
    ranked = sorted(short.values(), key=lambda it: -worth(it, some, group))
    better = [improved(it, some, group, most, telling) for it in ranked[:TAKEN_FURTHER]]
    best = max(better, key=lambda it: worth(it, some, group))
    return rounded(best, some, group)


def tree_fidelity(matrix: Matrix, labels: Numbers, *, seed: int = 0) -> float:
    """The share of people whom one tree of depth five puts into their own group."""
    rows = sampled(matrix.people, LEARNT_FROM, seed)
    tree: Any = sklearn("tree").DecisionTreeClassifier
    values = matrix.values.astype(np.float32)
    grown = tree(max_depth=max(DEPTHS), min_samples_leaf=5, random_state=seed)
    grown.fit(values[rows], labels[rows])
    return float((grown.predict(values) == labels).mean())


def _key(boxes: Boxes) -> frozenset[object]:
    return frozenset(frozenset(box.items()) for box in boxes)


# --- candidates ----------------------------------------------------------------------------------


def _from_trees(matrix: Matrix, group: Truths, seed: int) -> Iterator[Boxes]:
    tree: Any = sklearn("tree").DecisionTreeClassifier
    least = max(3, round(0.002 * matrix.people))
    for depth in DEPTHS:
        for leaves in (None, 4, 8):
            grown = tree(
                max_depth=depth, max_leaf_nodes=leaves, min_samples_leaf=least, random_state=seed
            )
            grown.fit(matrix.values.astype(np.float32), group)
            boxes = _leaves(grown.tree_, matrix)
            if boxes:
                yield _best_leaves(boxes, matrix, group)


def _leaves(tree: Any, matrix: Matrix) -> list[Box]:
    """The leaves where more than a third is meant, the purest first."""
    found: list[tuple[float, Box]] = []

    def walk(node: int, box: Box) -> None:
        if tree.children_left[node] < 0:
            share = tree.value[node][0]
            pure = float(share[-1] / share.sum()) if len(share) > 1 else 0.0
            if pure > 1 / 3 and box:
                found.append((pure, box))
            return
        feature, cut = int(tree.feature[node]), float(tree.threshold[node])
        unset_left = bool(tree.missing_go_to_left[node])
        before = box.get(feature, Bound(unset=True))
        for child, low, high, unset in (
            (tree.children_left[node], None, cut, unset_left),
            (tree.children_right[node], cut, None, not unset_left),
        ):
            bound = _narrowed(before, low, high, unset=unset, whole=matrix.whole[feature])
            if bound is not None:
                walk(int(child), {**box, feature: bound})

    walk(0, {})
    return [_told(box, matrix) for _, box in sorted(found, key=lambda it: -it[0])]


def _narrowed(
    before: Bound, low: float | None, high: float | None, *, unset: bool, whole: bool
) -> Bound | None:
    """A bound with one more cut; None where only a cut beyond all numbers is left of it."""
    bound = replace(before, unset=before.unset and unset)
    if high is not None and np.isfinite(high):
        high = float(np.floor(high)) if whole else high
        bound = replace(bound, high=high if bound.high is None else min(bound.high, high))
    if low is not None:
        if not np.isfinite(low):  # to the right of infinity: only people without a value
            return Bound(unset=True) if bound.unset else None
        low = float(np.floor(low)) + 1 if whole else low
        bound = replace(bound, low=low if bound.low is None else max(bound.low, low))
    return bound


def _told(box: Box, matrix: Matrix) -> Box:
    """The box without letting in unset values of features that are always set."""
    return {
        feature: replace(bound, unset=bound.unset and matrix.unset[feature] > 0)
        for feature, bound in box.items()
    }


def _best_leaves(boxes: list[Box], matrix: Matrix, group: Truths) -> Boxes:
    """The leaves that together fit best, taken one by one."""
    taken: Boxes = ()
    best = -1.0
    for box in boxes[:8]:
        more = (*taken, box)
        found = fit(inside(more, matrix), group).f1
        if found > best:
            taken, best = more, found
    return taken


def _telling(matrix: Matrix, group: Truths) -> list[int]:
    """The features that set the group most apart, the most telling first."""
    apart: list[tuple[float, int]] = []
    for feature in range(len(matrix.features)):
        column = matrix.values[:, feature]
        known = ~np.isnan(column)
        own, others = column[known & group], column[known & ~group]
        if len(own) and len(others):
            apart.append((_ranks_apart(own, others), -feature))
    return [-feature for _, feature in sorted(apart, reverse=True)[:TELLING]]


def _from_range(matrix: Matrix, group: Truths, telling: Sequence[int]) -> Boxes:
    """The middle nine tenths of the group, in the features that set it most apart."""
    box: dict[int, Bound] = {}
    for feature in telling:
        column = matrix.values[group, feature]
        known = column[~np.isnan(column)]
        low, high = (float(it) for it in np.percentile(known, (5, 95)))
        unset = float(np.isnan(column).mean()) > 0.05
        if matrix.features[feature].kind in {Kind.BOOLEAN, Kind.CATEGORY}:
            if low == high:
                bound = Bound(low=0.5, unset=unset) if low else Bound(high=0.5, unset=unset)
                box[feature] = bound
            continue
        if matrix.whole[feature]:
            low, high = float(np.floor(low)), float(np.ceil(high))
        box[feature] = Bound(low, high, unset=unset)
    return (box,)


def _ranks_apart(own: Floats, others: Floats) -> float:
    """The largest distance of the two distributions (Kolmogorov, Smirnov)."""
    together = np.sort(np.concatenate([own, others]))
    below_own = np.searchsorted(np.sort(own), together, "right") / len(own)
    below_others = np.searchsorted(np.sort(others), together, "right") / len(others)
    return float(np.abs(below_own - below_others).max())
