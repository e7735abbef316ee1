"""Who had which item when: what recommendations are learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Having:
    """Row by row a person, an item and an instant, in the order of person and instant.

    ``users`` and ``items`` count from 0, the latter into ``names``.
    """

    users: Int64s
    items: Int64s
    at: Int64s
    people: int
    names: Sequence[str]

    def __len__(self) -> int:
        return len(self.users)

    def before(self, instant: int) -> Having:
        """What had happened before an instant."""
        some = self.at < instant
        return Having(self.users[some], self.items[some], self.at[some], self.people, self.names)

    def between(self, start: int, end: int) -> Having:
        """What happened in ``[start, end)``."""
        some = (self.at >= start) & (self.at < end)
        return Having(self.users[some], self.items[some], self.at[some], self.people, self.names)

    def of(self, members: npt.NDArray[np.bool_]) -> Having:
        """What some people had, by one truth for each of all."""
        some = members[self.users]
        return Having(self.users[some], self.items[some], self.at[some], self.people, self.names)

    def pairs(self) -> tuple[Int64s, Int64s, Int64s]:
        """Each person and item once, in their order, and on how many occasions."""
        order = np.lexsort((self.at, self.items, self.users))
        users, items, at = self.users[order], self.items[order], self.at[order]
        is_other = _changes(users, items)
        starts = np.flatnonzero(is_other)
        occasions = np.add.reduceat(is_other | _changes(at), starts) if len(starts) else starts
        return users[starts], items[starts], occasions.astype(np.int64)

    def popularity(self, start: int) -> Floats:
        """How many different people had each item from an instant on."""
        users, items, _ = self.between(start, np.iinfo(np.int64).max).pairs()
        del users
        return np.bincount(items, minlength=len(self.names)).astype(np.float64)


def _changes(*columns: Int64s) -> npt.NDArray[np.bool_]:
    """Where any column differs from the row before; True at the first."""
    found = np.ones(len(columns[0]), np.bool_)
    if len(found):
        found[1:] = False
        for column in columns:
            found[1:] |= column[1:] != column[:-1]
    return found
