"""The due-list: for each profile the next instant at which the clock alone may change something."""

from __future__ import annotations

import numpy as np

from shoal.engine.calendars import NEVER
from shoal.engine.history import Int64s

BLOCK = 4096
"""Profiles that are looked through together."""


class DueList:
    """One next instant for each profile number.

    Of each block of numbers it knows an instant not after the soonest, so that a look at what is
    due reads only the blocks in which something may be.
    """

    def __init__(self) -> None:
        self._at: Int64s = np.full(BLOCK, NEVER, dtype=np.int64)
        self._soonest: Int64s = np.full(1, NEVER, dtype=np.int64)

    @property
    def next_at(self) -> int:
        """An instant not after the next at which anybody is due; NEVER if nobody ever is."""
        return int(self._soonest.min())

    def set(self, numbers: Int64s, at: Int64s) -> None:
        """When these profiles are due next."""
        if not len(numbers):
            return
        self._reach(int(numbers.max()))
        self._at[numbers] = at
        np.minimum.at(self._soonest, numbers // BLOCK, at)

    def of(self, numbers: Int64s) -> Int64s:
        """When each of these profiles is due next."""
        found = np.full(len(numbers), NEVER, dtype=np.int64)
        here = numbers < len(self._at)
        found[here] = self._at[numbers[here]]
        return found

    def due(self, now: int, most: int) -> Int64s:
        """Numbers of profiles due at ``now`` or before, ascending; at most about ``most``."""
        found: list[Int64s] = []
        count = 0
        for block in np.flatnonzero(self._soonest <= now):
            start = int(block) * BLOCK
            some = self._at[start : start + BLOCK]
            self._soonest[block] = some.min()
            due = np.flatnonzero(some <= now)
            if len(due):
                found.append(due + start)
                count += len(due)
                if count >= most:
                    break
        return np.concatenate(found) if found else np.empty(0, dtype=np.int64)

    def count(self, now: int) -> int:
        """How many are due. From any thread."""
        instants = self._at
        blocks = np.flatnonzero(self._soonest <= now)
        return sum(
            int((instants[block * BLOCK : (block + 1) * BLOCK] <= now).sum()) for block in blocks
        )

    def numbers(self) -> Int64s:
        """Whoever is ever due."""
        return np.flatnonzero(self._at != NEVER).astype(np.int64)

    def forget(self, numbers: Int64s) -> None:
        """These are never due again."""
        self._at[numbers[numbers < len(self._at)]] = NEVER

    def _reach(self, number: int) -> None:
        blocks = number // BLOCK + 1
        have = len(self._soonest)
        if blocks > have:
            more = max(blocks, have + have // 2) - have
            self._at = np.concatenate((self._at, np.full(more * BLOCK, NEVER, dtype=np.int64)))
            self._soonest = np.concatenate((self._soonest, np.full(more, NEVER, dtype=np.int64)))
