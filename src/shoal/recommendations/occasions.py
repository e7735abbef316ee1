"""What people had at once, on the occasion after, and on one visit."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shoal.core.instants import SECOND
from shoal.recommendations.having import Floats, Having, Int64s

GAP = 1_800 * SECOND
"""A visit ends where nothing happens for longer."""
MOST_TOGETHER = 50
"""Items of one occasion that are looked at."""
MOST_ROWS = 10_000
"""Rows of one item that are looked at; of more, an even sample."""
SUPPORT = 5.0
"""Occasions in common at which going together counts half."""
MOST_KEPT = 5_000
"""Items of which it is kept what came after them; whoever asks first has it counted."""


@dataclass(frozen=True, eq=False)
class Occasions:
    """The rows of a having by occasion: what one person had at one instant."""

    having: Having
    _after: dict[int, tuple[Int64s, Floats]] = field(
        default_factory=dict[int, tuple[Int64s, Floats]]
    )

    @cached_property
    def _begins(self) -> npt.NDArray[np.bool_]:
        having = self.having
        found = np.ones(len(having), np.bool_)
        if len(found):
            is_other = having.users[1:] != having.users[:-1]
            found[1:] = is_other | (having.at[1:] != having.at[:-1])
        return found

    @cached_property
    def starts(self) -> Int64s:
        """The first row of each occasion."""
        return np.flatnonzero(self._begins)

    @cached_property
    def _of_row(self) -> Int64s:
        return np.cumsum(self._begins) - 1

    @cached_property
    def _ends(self) -> Int64s:
        return np.append(self.starts[1:], len(self.having))[: len(self.starts)]

    @cached_property
    def _by_item(self) -> tuple[Int64s, Int64s]:
        """Rows in the order of their items, and where each item's begin."""
        items = self.having.items
        order = np.argsort(items, kind="stable")
        return order, np.searchsorted(items[order], np.arange(len(self.having.names) + 1))

    def rows_of(self, item: int) -> Int64s:
        """The rows of an item, an even sample of many."""
        order, offsets = self._by_item
        rows = order[offsets[item] : offsets[item + 1]]
        return rows[:: -(-len(rows) // MOST_ROWS)] if len(rows) > MOST_ROWS else rows

    def of(self, item: int) -> Int64s:
        """The occasions with an item, each once."""
        return np.unique(self._of_row[self.rows_of(item)])

    def after(self, item: int) -> Floats:
        """How many people had each item on the occasion right after one with this item."""
        kept = self._after.get(item)
        if kept is None:
            counts = self._counted_after(item)
            here = np.flatnonzero(counts)
            kept = here, counts[here]
            if len(self._after) < MOST_KEPT:
                self._after[item] = kept
        found = np.zeros(len(self.having.names))
        found[kept[0]] = kept[1]
        return found

    def _counted_after(self, item: int) -> Floats:
        starts, users = self.starts, self.having.users
        follows = self.of(item) + 1
        follows = follows[follows < len(starts)]
        follows = follows[users[starts[follows]] == users[starts[follows - 1]]]
        at = self._rows(follows)
        pairs = np.unique(users[at] * len(self.having.names) + self.having.items[at])
        return self._counted(pairs)

    def along(self, item: int) -> tuple[Floats, int]:
        """On how many occasions each item was had along with this one, and of how many."""
        here = self.of(item)
        at = self._rows(here)
        pairs = np.unique(self._of_row[at] * len(self.having.names) + self.having.items[at])
        found = self._counted(pairs)
        found[item] = 0
        return found, len(here)

    @cached_property
    def often(self) -> Floats:
        """On how many occasions each item was had."""
        count = len(self.having.names)
        return self._counted(np.unique(self._of_row * count + self.having.items))

    def bought_together(self, item: int) -> tuple[Floats, Floats]:
        """How much each item goes along with this one, and on how many occasions it did."""
        both, here = self.along(item)
        usual = np.sqrt(np.maximum(self.often, 1) * max(here, 1))
        return both / usual * both / (both + SUPPORT), both

    def _rows(self, occasions: Int64s) -> Int64s:
        """The rows of these occasions, of each the first ones."""
        starts = self.starts[occasions]
        ends = np.minimum(self._ends[occasions], starts + MOST_TOGETHER)
        sizes = ends - starts
        return np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum()))

    def _counted(self, pairs: Int64s) -> Floats:
        count = len(self.having.names)
        items = pairs % count if count else pairs
        return np.bincount(items, minlength=count).astype(np.float64)
