"""How good a list was: what was wanted later, and how far up it stood."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from math import log2

import numpy as np

from shoal.recommendations.having import Floats

SHOWN = 10
DRAWS = 1_000


def ndcg(listed: Sequence[int], wanted: Collection[int], count: int = SHOWN) -> float:
    """Normalised discounted cumulative gain: 1 where the first places are all wanted.

    >>> ndcg([1, 2], {1}), ndcg([2, 1], {1}) < 1, ndcg([3], {1})
    (1.0, True, 0.0)
    """
    gains = [1 / log2(place + 2) for place in range(count)]
    hits = sum(gain for gain, item in zip(gains, listed, strict=False) if item in wanted)
    return hits / sum(gains[: len(wanted)])


def recall(listed: Sequence[int], wanted: Collection[int], count: int = SHOWN) -> float:
    """How much of what was wanted is on the list, of what could be.

    >>> recall([1, 2, 3], {1, 9})
    0.5
    """
    return len(set(listed[:count]) & set(wanted)) / min(len(wanted), count)


def interval_of_mean(values: Floats, seed: int = 0) -> tuple[float, float]:
    """In which the mean lies with 95 %, by drawing the people anew (percentile bootstrap)."""
    random = np.random.default_rng(seed)
    means = [values[random.integers(0, len(values), len(values))].mean() for _ in range(DRAWS)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)
