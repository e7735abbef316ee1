"""Boxes made shorter, better and rounder, as long as they keep finding the group."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np

from shoal.discovery.boxes import Bound, Boxes, Fit, conditions, fit, inside, simpler
from shoal.discovery.features import Floats, Kind, Matrix, Truths
from shoal.discovery.rounding import roundest_first

PRICE, BOX_PRICE = 0.003, 0.004
"""What F1 a further condition, a further ``or``, must bring to be worth reading."""
ENOUGH = 0.92
"""Fidelity above this counts a quarter: a shorter rule is worth more."""
ROUNDING = 0.012
"""What F1 rounding all numbers may cost."""
GOOD = 0.90
"""A fidelity that rounding may not give away."""
STEPS, COARSE = 48, 12
ROUNDS = 3
BINARY = {Kind.BOOLEAN, Kind.CATEGORY}


def worth(boxes: Boxes, matrix: Matrix, group: Truths) -> float:
    """The fit with the group, less what each condition costs to read."""
    return _worth(fit(inside(boxes, matrix), group), boxes)


def _worth(found: Fit, boxes: Boxes) -> float:
    above = max(0.0, found.f1 - ENOUGH)
    return found.f1 - above * 3 / 4 - PRICE * conditions(boxes) - BOX_PRICE * (len(boxes) - 1)


def shortened(boxes: Boxes, matrix: Matrix, group: Truths, most: int) -> Boxes:
    """Without what costs little to leave out, and with at most so many conditions."""
    while True:
        ways = simpler(boxes)
        if not ways:
            return boxes
        best = max(ways, key=lambda it: worth(it, matrix, group))
        needed = conditions(boxes) > most
        if not needed and worth(best, matrix, group) < worth(boxes, matrix, group):
            return boxes
        boxes = best


def improved(
    boxes: Boxes, matrix: Matrix, group: Truths, most: int, telling: Sequence[int]
) -> Boxes:
    """With bounds moved, added (on ``telling`` features) and left out in turn, while that helps."""
    best = boxes
    for _ in range(ROUNDS):
        boxes = shortened(_moved(best, matrix, group), matrix, group, most)
        if conditions(boxes) < most:
            boxes = _narrowed(boxes, matrix, group, telling)
        if worth(boxes, matrix, group) <= worth(best, matrix, group):
            break
        best = boxes
    return best


def _narrowed(boxes: Boxes, matrix: Matrix, group: Truths, telling: Sequence[int]) -> Boxes:
    """With the one further bound that helps most, if any does."""
    best = boxes
    for place, box in enumerate(boxes):
        for feature in telling:
            if feature in box:
                continue
            cuts = (
                [0.5] if matrix.features[feature].kind in BINARY else _grid(matrix, feature, COARSE)
            )
            bounds = [
                bound for cut in cuts for bound in (Bound(low=float(cut)), Bound(high=float(cut)))
            ]
            tried = _best_of(boxes, place, feature, bounds, matrix, group)
            if worth(tried, matrix, group) > worth(best, matrix, group):
                best = tried
    return best


def _moved(boxes: Boxes, matrix: Matrix, group: Truths) -> Boxes:
    """With every bound where the fit is best, the others as they are; twice around."""
    for _ in range(2):
        for place, box in enumerate(boxes):
            for feature in box:
                if matrix.features[feature].kind in BINARY:
                    continue
                grid = _grid(matrix, feature, STEPS)
                for side in ("low", "high"):
                    bound = boxes[place][feature]
                    if getattr(bound, side) is None:
                        continue
                    bounds = [replace(bound, **{side: float(cut)}) for cut in grid]
                    boxes = _best_of(boxes, place, feature, bounds, matrix, group)
    return boxes


def _best_of(  # noqa: PLR0913, PLR0917  one place in one rule, and what it is judged by
    boxes: Boxes,
    place: int,
    feature: int,
    bounds: Iterable[Bound],
    matrix: Matrix,
    group: Truths,
) -> Boxes:
    """The boxes with the bound at that place that fits best, or as they are."""
    others = inside((*boxes[:place], *boxes[place + 1 :]), matrix)
    rest = {key: value for key, value in boxes[place].items() if key != feature}
    remaining = inside((rest,), matrix) & ~others
    column, whole = matrix.values[remaining, feature], matrix.whole[feature]
    meant, belongs = int(group.sum()), group[remaining]
    base, base_both = int(others.sum()), int((others & group).sum())
    best, most = boxes, worth(boxes, matrix, group)
    for bound in bounds:
        holds = bound.holds(column, whole=whole)
        both = base_both + int(np.count_nonzero(holds & belongs))
        tried = _with(boxes, place, feature, bound)
        found = _worth(Fit(both, base + int(np.count_nonzero(holds)), meant), tried)
        if found > most:
            best, most = tried, found
    return best


def _grid(matrix: Matrix, feature: int, steps: int) -> Floats:
    """Where a bound may lie: at equal shares of the people."""
    column = matrix.values[:, feature]
    known = column[~np.isnan(column)]
    if not len(known):
        return np.empty(0)
    cuts = np.percentile(known, np.linspace(1, 99, steps))
    return np.unique(np.rint(cuts) if matrix.whole[feature] else cuts)


def _with(boxes: Boxes, place: int, feature: int, bound: Bound) -> Boxes:
    return (*boxes[:place], {**boxes[place], feature: bound}, *boxes[place + 1 :])


def rounded(boxes: Boxes, matrix: Matrix, group: Truths) -> Boxes:
    """With numbers as round as they can be while the fit holds."""
    sides = [
        (place, feature, side)
        for place, box in enumerate(boxes)
        for feature, bound in box.items()
        for side in ("low", "high")
        if getattr(bound, side) is not None
    ]
    best = fit(inside(boxes, matrix), group).f1
    floor = GOOD if best >= GOOD else 0.0
    for done, (place, feature, side) in enumerate(sides, start=1):
        number = getattr(boxes[place][feature], side)
        least = max(floor, best - ROUNDING * done / len(sides))
        tried = boxes
        for round_number in roundest_first(number, matrix, feature):
            now = replace(boxes[place][feature], **{side: round_number})
            tried = _with(boxes, place, feature, now)
            if fit(inside(tried, matrix), group).f1 >= least:
                break
        boxes = tried
    return boxes
