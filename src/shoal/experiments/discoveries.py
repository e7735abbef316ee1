"""Many variants times many metrics: which of the findings would hold among so many questions.

With p-values the step-up of Benjamini and Hochberg (1995); the intervals of what was found are
those of Benjamini and Yekutieli (2005), at level 1 - R q / m. With evidence that was peeked at, the
same over e-values (Wang and Ramdas 2022), which holds however the questions hang together.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

RATE = 0.05
"""The share of false ones that is allowed among what is called found."""


def adjusted(p_values: Sequence[float | None]) -> list[float | None]:
    """Each p-value as the smallest false-discovery rate at which it is found.

    >>> adjusted([0.01, 0.04, None, 0.03])
    [0.03, 0.04, None, 0.04]
    """
    places = [place for place, p in enumerate(p_values) if p is not None]
    values = np.array([p_values[place] for place in places], dtype=np.float64)
    order = np.argsort(values, kind="stable")
    ranks = np.arange(1, len(values) + 1)
    steps = np.minimum.accumulate((values[order] * len(values) / ranks)[::-1])[::-1]
    result: list[float | None] = [None] * len(p_values)
    for place, value in zip(order.tolist(), steps.tolist(), strict=True):
        result[places[place]] = min(1.0, value)
    return result


def adjusted_evidence(e_values: Sequence[float | None]) -> list[float | None]:
    """The same from e-values: one over each stands in the place of a p-value."""
    return adjusted([None if e is None else min(1.0, 1 / e) if e > 0 else 1.0 for e in e_values])


def level_among(found: int, asked: int, rate: float = RATE) -> float:
    """The level for intervals of what was found, so that at most that share of them miss.

    >>> level_among(2, 10)
    0.99
    """
    return 1 - rate * max(found, 1) / max(asked, 1)
