"""Rates: so many at once, so many a second after that."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.core.errors import ShoalError
from shoal.core.instants import SECOND


class TooManyError(ShoalError):
    """Somebody beyond their rate; ``wait`` seconds until they may come again."""

    def __init__(self, wait: float) -> None:
        super().__init__("too many requests", hint="come again later")
        self.wait = wait


@dataclass(frozen=True, slots=True)
class Rate:
    """At most ``burst`` at once and ``per_second`` in the long run."""

    per_second: float
    burst: float


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is left at an instant (in microseconds)."""

    left: float
    at: int


def take(
    bucket: Bucket | None, rate: Rate, now: int, cost: float = 1.0
) -> tuple[Bucket, float | None]:
    """The bucket afterwards; None if there was enough, else seconds until there is.

    >>> rate = Rate(per_second=1.0, burst=2.0)
    >>> bucket, wait = take(None, rate, 0)
    >>> bucket, wait = take(bucket, rate, 0)
    >>> take(bucket, rate, 500_000)[1]
    0.5
    """
    if bucket is None:
        bucket = Bucket(rate.burst, now)
    passed = max(0, now - bucket.at) / SECOND
    left = min(rate.burst, bucket.left + passed * rate.per_second)
    if left >= cost:
        return Bucket(left - cost, now), None
    return Bucket(left, now), (cost - left) / rate.per_second
