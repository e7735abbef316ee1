"""When to try again, and when it makes no sense: a verdict of an answer, and ever longer waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from shoal.channels.posting import Answer

_OF_THE_MESSAGE = frozenset({400, 406, 411, 412, 413, 414, 415, 416, 422, 431})
"""Statuses that speak of this message; any other bad one speaks of the destination."""
_GONE = 410


class Verdict(Enum):
    """What an answer means for what was sent."""

    TAKEN = "taken"
    AGAIN = "again"
    """The destination is in trouble: the same message later, and nothing behind it before."""
    REJECTED = "rejected"
    """The destination works and does not want this message."""
    GONE = "gone"
    """The destination wants no messages any more."""


def verdict_of(answer: Answer) -> Verdict:
    """What an answer means.

    >>> verdict_of(Answer(503))
    <Verdict.AGAIN: 'again'>
    """
    if answer.is_good:
        return Verdict.TAKEN
    if answer.status == _GONE:
        return Verdict.GONE
    return Verdict.REJECTED if answer.status in _OF_THE_MESSAGE else Verdict.AGAIN


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait between tries and when to give up, in seconds."""

    first: float = 1.0
    longest: float = 600.0
    rejections: int = 3
    """Tries of a message that is rejected, before it is laid aside."""
    pause_after: float = 86_400.0
    """Trouble in a row after which a destination is tried no more."""
    longest_asked: float = 3_600.0

    def wait(self, tries: int, chance: Callable[[], float], asked: float | None = None) -> float:
        """Seconds after so many failed tries: twice as long each time, half of it by chance.

        ``chance`` gives numbers from 0 to 1; ``asked`` is what the other side asked for at least.
        """
        full = min(self.longest, self.first * 2.0 ** min(tries - 1, 60))
        wait = full / 2 + chance() * full / 2
        return max(wait, min(asked, self.longest_asked)) if asked is not None else wait
