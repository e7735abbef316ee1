"""Visits like this one: what people had on them (session-kNN).

Jannach and Ludewig (2017), When recurrent neural networks meet the neighborhood for session-based
recommendation, RecSys; the variant in which what was had last counts most (VSKNN, Ludewig and
Jannach 2018, Evaluation of session-based recommendation algorithms).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from shoal.recommendations.having import Floats, Int64s
from shoal.recommendations.occasions import GAP, Occasions

LATEST = 1_000
"""Visits that are looked at: the latest that have an item in common."""
NEIGHBOURS = 100
LONGEST = 20
"""Items of one visit that are looked at, the last ones."""


@dataclass(frozen=True, eq=False)
class Visits:
    """The rows of a having by visit: what one person had without a long pause."""

    occasions: Occasions

    @cached_property
    def _of_row(self) -> Int64s:
        having = self.occasions.having
        if not len(having):
            return np.zeros(0, np.int64)
        is_first = np.ones(len(having), np.bool_)
        is_first[1:] = (having.users[1:] != having.users[:-1]) | (np.diff(having.at) > GAP)
        return np.cumsum(is_first) - 1

    @cached_property
    def _starts(self) -> Int64s:
        return np.searchsorted(self._of_row, np.arange(self.count + 1))

    @property
    def count(self) -> int:
        """How many visits there were."""
        return int(self._of_row[-1]) + 1 if len(self._of_row) else 0

    def like(self, current: Int64s) -> Floats:
        """How much visits like one with these items, the last of them last, speak for each item."""
        having = self.occasions.having
        scores = np.zeros(len(having.names))
        items = list(dict.fromkeys(current[::-1].tolist()))[:LONGEST]  # the last had first
        if not items:
            return scores
        share = {item: (len(items) - place) / len(items) for place, item in enumerate(items)}
        rows = np.concatenate([self.occasions.rows_of(it) for it in items])
        visits, which = np.unique(self._of_row[rows], return_inverse=True)
        if len(visits) > LATEST:
            began = having.at[self._starts[visits]]
            latest = np.sort(np.argsort(-began, kind="stable")[:LATEST])
            chosen = np.zeros(len(visits), np.bool_)
            chosen[latest] = True
            rows = rows[chosen[which]]
            visits, which = np.unique(self._of_row[rows], return_inverse=True)
        pairs = np.unique(which * len(having.names) + having.items[rows])
        said = np.array([share[it] for it in (pairs % len(having.names)).tolist()])
        alike = np.bincount(pairs // len(having.names), said, minlength=len(visits))
        best = np.argsort(-alike, kind="stable")[:NEIGHBOURS]
        for place in best.tolist():
            start, end = self._starts[visits[place]], self._starts[visits[place] + 1]
            there = having.items[max(start, end - LONGEST) : end]
            # The later the item both have was had here, the more that visit says.
            latest_common = max((share.get(it, 0.0) for it in there.tolist()), default=0.0)
            scores[np.unique(there)] += alike[place] * latest_common / np.sqrt(len(items))
        return scores
