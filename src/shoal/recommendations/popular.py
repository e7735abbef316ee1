"""What is popular lately, and what is rising."""

from __future__ import annotations

import numpy as np

from shoal.core.instants import DAY
from shoal.recommendations.having import Floats, Having, Int64s

RECENT = 21
"""Days that count as lately."""
EVER = 1e-4
"""What popularity of all times counts beside that of late: it decides between equals only."""
NEVER_BEFORE = -(1 << 62)
SUPPORT = 5.0
"""People at whom a rise from nothing counts half."""


def lately_of(having: Having, as_of: int) -> Floats:
    """How popular each item is lately, the most popular 1; where that is equal, how popular ever."""
    lately, ever = having.popularity(as_of - RECENT * DAY), having.popularity(NEVER_BEFORE)
    return scaled(lately) + EVER * scaled(ever)


def scaled(counts: Floats) -> Floats:
    """The most 1; nothing stays nothing.

    >>> scaled(np.array([1.0, 4.0])).tolist(), scaled(np.zeros(1)).tolist()
    ([0.25, 1.0], [0.0])
    """
    most = counts.max(initial=0.0)
    return counts / most if most > 0 else np.zeros(len(counts))


def rising(having: Having, as_of: int) -> tuple[Floats, Floats, Floats]:
    """How much each item rises, and how many people had it lately and in as long before.

    People who had it lately, times the share that they are of both spans: what many had and few
    before stands first, and of what stays equal half is left.
    """
    start = as_of - RECENT * DAY
    lately = having.between(start, as_of).popularity(start)
    before = having.between(start - RECENT * DAY, start).popularity(NEVER_BEFORE)
    return lately * lately / (lately + before + SUPPORT), lately, before


def best_of(scores: Floats, without: Int64s, count: int = 10) -> list[int]:
    """The items with the highest scores; of equals the one that comes first."""
    scores = scores.copy()
    scores[without] = -np.inf
    count = min(count, len(scores))
    if not count:
        return []
    edge = np.partition(scores, -count)[-count]
    some = np.flatnonzero((scores >= edge) & (scores > -np.inf))
    return some[np.argsort(-scores[some], kind="stable")][:count].tolist()
