"""Leaving a destination in peace: after troubles in a row nothing goes there for a while.

Then one message tries the way; if it arrives, all go again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from shoal.channels.retrying import Patience
from shoal.core.instants import SECOND

TROUBLES = 3
"""Troubles in a row after which a destination is left in peace."""


@dataclass
class Breaker:
    """How it goes with one destination; instants in microseconds.

    >>> it = Breaker(chance=lambda: 1.0)
    >>> for _ in range(TROUBLES):
    ...     it.failed(0, "no answer in time")
    >>> it.is_shut(0), it.is_shut(it.until)
    (True, False)
    """

    patience: Patience = field(default_factory=lambda: Patience(first=5.0))
    chance: Callable[[], float] = lambda: 0.5
    troubles: int = 0
    until: int = 0
    said: str | None = None

    def is_shut(self, now: int) -> bool:
        """Whether nothing goes there at present."""
        return now < self.until

    @property
    def is_trying(self) -> bool:
        """Whether it was in trouble: then one message at a time tries it."""
        return self.troubles >= TROUBLES

    def worked(self) -> None:
        """Something arrived there, or was refused for what it is."""
        self.troubles, self.until, self.said = 0, 0, None

    def failed(self, now: int, said: str, asked: float | None = None) -> None:
        """It was not reached, or is in trouble; ``asked`` are seconds it asked for."""
        self.troubles += 1
        self.said = said
        if self.troubles >= TROUBLES:
            tries = self.troubles - TROUBLES + 1
            self.until = now + int(self.patience.wait(tries, self.chance, asked) * SECOND)
