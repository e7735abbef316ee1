"""What differs between members and the rest, and how much.

Three measures, each between 0 (no difference) and 1 or more: the rank-biserial correlation for
numbers (2·AUC - 1: how surely a random member has more than a random other), beside it the
standardised difference of means, and Cramér's V (Bergsma's, free of bias) for categories.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import sqrt

import numpy as np

from shoal.audits.facts import Behaviour, Numbers, Truths

LEAST = 10
"""People on each side with the value set, below which nothing is said."""
SAMPLED = 20_000
"""People of each side who are ranked; above it a fixed random sample is (error below 0.01)."""
NOTABLE, STRONG = 0.2, 0.5
MOST_CATEGORIES = 50


@dataclass(frozen=True, slots=True)
class Difference:
    """How one behaviour differs. ``strength`` is |rank-biserial| or Cramér's V.

    Numbers tell the medians of both sides, categories the one whose share differs most.
    """

    behaviour: Behaviour
    strength: float
    rank_biserial: float | None = None
    standardised: float | None = None
    here: float = 0.0
    there: float = 0.0
    category: str | None = None
    means: bool = False  # here and there are means, since the medians are equal

    @property
    def is_notable(self) -> bool:
        """Whether it is worth a word."""
        return self.strength >= NOTABLE


def differences(members: Truths, behaviours: Iterable[Behaviour]) -> tuple[Difference, ...]:
    """Every difference that can be measured, the largest first."""
    found = [it for it in (_difference(members, each) for each in behaviours) if it is not None]
    return tuple(sorted(found, key=lambda it: -it.strength))


def _difference(members: Truths, behaviour: Behaviour) -> Difference | None:
    is_set = ~np.isnan(behaviour.values)
    inside, outside = (
        behaviour.values[is_set & members],
        behaviour.values[is_set & ~members],
    )
    if min(len(inside), len(outside)) < LEAST:
        return None
    if behaviour.labels is not None:
        return _of_categories(behaviour, inside, outside)
    return _of_numbers(behaviour, inside, outside)


def _of_numbers(behaviour: Behaviour, inside: Numbers, outside: Numbers) -> Difference:
    ranked = rank_biserial(_sample(inside), _sample(outside))
    here, there = float(np.median(inside)), float(np.median(outside))
    equal = here == there
    if equal:
        here, there = float(inside.mean()), float(outside.mean())
    return Difference(
        behaviour, abs(ranked), ranked, standardised(inside, outside), here, there, means=equal
    )


def _of_categories(behaviour: Behaviour, inside: Numbers, outside: Numbers) -> Difference | None:
    labels = behaviour.labels or ()
    table = np.stack(
        [np.bincount(side.astype(np.int64), minlength=len(labels)) for side in (inside, outside)]
    ).astype(np.float64)
    strength = cramers_v(table)
    shares = table / table.sum(axis=1, keepdims=True)
    most = int(np.argmax(np.abs(shares[0] - shares[1])))
    return Difference(
        behaviour,
        strength,
        here=float(shares[0, most]),
        there=float(shares[1, most]),
        category=labels[most],
    )


def rank_biserial(inside: Numbers, outside: Numbers) -> float:
    """How surely a random one of the first exceeds one of the second: from -1 to 1, ties half.

    >>> rank_biserial(np.array([2.0, 3.0]), np.array([1.0, 2.0]))
    0.75
    """
    ordered = np.sort(outside)
    below = np.searchsorted(ordered, inside, "left").sum(dtype=np.int64)
    not_above = np.searchsorted(ordered, inside, "right").sum(dtype=np.int64)
    return float(below + not_above) / (len(inside) * len(outside)) - 1.0


def standardised(inside: Numbers, outside: Numbers) -> float | None:
    """The difference of means in pooled standard deviations; None where nothing varies."""
    if min(len(inside), len(outside)) < 2:
        return None
    pooled = (len(inside) - 1) * inside.var(ddof=1) + (len(outside) - 1) * outside.var(ddof=1)
    deviation = sqrt(pooled / (len(inside) + len(outside) - 2))
    return float(inside.mean() - outside.mean()) / deviation if deviation > 0 else None


def cramers_v(table: Numbers) -> float:
    """Cramér's V of a table of counts, corrected for bias (Bergsma 2013): from 0 to 1.

    >>> cramers_v(np.array([[50.0, 0.0], [0.0, 50.0]]))
    1.0
    """
    table = np.asarray(table, dtype=np.float64)
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    rows, columns = table.shape
    total = float(table.sum())
    if min(rows, columns) < 2 or total < 2:
        return 0.0
    expected = table.sum(axis=1, keepdims=True) * table.sum(axis=0, keepdims=True) / total
    phi = float(((table - expected) ** 2 / expected).sum()) / total
    corrected = max(0.0, phi - (rows - 1) * (columns - 1) / (total - 1))
    least = min(_corrected(rows, total), _corrected(columns, total)) - 1
    return min(1.0, sqrt(corrected / least)) if least > 0 else 0.0


def _corrected(size: int, total: float) -> float:
    return size - (size - 1) ** 2 / (total - 1)


def _sample(values: Numbers) -> Numbers:
    if len(values) <= SAMPLED:
        return values
    chosen = np.random.default_rng(0).choice(len(values), SAMPLED, replace=False, shuffle=False)
    return values[chosen]
