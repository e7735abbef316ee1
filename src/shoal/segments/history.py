"""How a segment's size went: instants to ask at, and who came and went between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

import numpy as np

from shoal.core.errors import UsageError
from shoal.core.instants import LATEST, Zone
from shoal.core.spans import Span
from shoal.engine.history import Int64s

MOST_STEPS = 100_000


@dataclass(frozen=True, slots=True)
class SizeAt:
    """A segment's size at an instant, and how many profiles differ from the row before."""

    at: int
    size: int
    entered: int
    left: int


def steps(  # noqa: PLR0913  what the command says
    start: int, end: int, every: Span, zone: Zone, *, local: bool, most: int = MOST_STEPS
) -> list[int]:
    """``start``, ``start + every``, … up to and including ``end``.

    With ``local``, steps of days and weeks are local midnights, which a change of clocks makes 23
    or 25 hours long; calendar steps are counted from ``start``, so a clipped day recovers.

    >>> from shoal.core.instants import format_instant
    >>> zone = Zone("Europe/Lisbon")
    >>> start, end = zone.parse("2026-03-28"), zone.parse("2026-03-30")
    >>> [format_instant(at) for at in steps(start, end, Span(1, "d"), zone, local=True)]
    ['2026-03-28T00:00:00Z', '2026-03-29T00:00:00Z', '2026-03-29T23:00:00Z']
    """
    if start > end:
        raise UsageError("--from is later than --to", hint="swap them")
    found: list[int] = []
    for at in _instants(start, every, zone, local=local):
        if at > end:
            break
        found.append(at)
        if len(found) > most:
            raise UsageError(f"more than {most:,} steps of {every}", hint="take a longer `every`")
    return found


def sizes(instants: Iterable[int], members: Iterable[Int64s]) -> Iterator[SizeAt]:
    """One row per instant from the sorted profile numbers of its members; sizes reconcile.

    >>> rows = sizes([1, 2], [np.array([3, 4]), np.array([4, 5, 6])])
    >>> [(row.size, row.entered, row.left) for row in rows]
    [(2, 0, 0), (3, 2, 1)]
    """
    before: Int64s | None = None
    for at, now in zip(instants, members, strict=True):
        if before is None:
            yield SizeAt(at, len(now), 0, 0)
        else:
            stayed = len(np.intersect1d(before, now, assume_unique=True))
            yield SizeAt(at, len(now), len(now) - stayed, len(before) - stayed)
        before = now


def _instants(start: int, every: Span, zone: Zone, *, local: bool) -> Iterator[int]:
    days = every.count * {"d": 1, "w": 7}.get(every.unit, 0)
    first_day = zone.to_local(start).date()
    count = 0
    while True:
        try:
            if local and days:
                at = zone.midnight(first_day + timedelta(days=days * count))
            else:
                at = zone.add(start, every, count)
        except OverflowError:
            return
        if at >= LATEST:
            return
        yield at
        count += 1
