"""Who waits to be judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.engine.history import Int64s
from shoal.live.walking import Bools


@dataclass(frozen=True, slots=True, eq=False)
class Waiting:
    """Who is to be judged, and from which instant on each is followed.

    ``is_settled`` says of whom nothing is new but the rows that touch them, or the clock.
    """

    numbers: Int64s
    starts: Int64s
    is_settled: Bools

    def __len__(self) -> int:
        return len(self.numbers)

    def parted(self, at: int) -> tuple[Waiting, Waiting]:
        """The first of them, and the others."""
        first, rest = (
            Waiting(self.numbers[some], self.starts[some], self.is_settled[some])
            for some in (slice(at), slice(at, None))
        )
        return first, rest

    def joined(self, due: Int64s, start: int) -> Waiting:
        """With those who are due, followed from one instant. Numbers ascend in both and after."""
        more = np.setdiff1d(due, self.numbers)
        whole = Waiting(
            np.concatenate((self.numbers, more)),
            np.concatenate((self.starts, np.full(len(more), start))),
            np.concatenate((self.is_settled, np.ones(len(more), dtype=bool))),
        )
        return whole.ordered(np.sort(whole.numbers))

    def ordered(self, numbers: Int64s) -> Waiting:
        """The same people in the order of these numbers."""
        order = np.argsort(self.numbers)
        place = order[np.searchsorted(self.numbers[order], numbers)]
        return Waiting(numbers, self.starts[place], self.is_settled[place])
