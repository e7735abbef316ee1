"""Sizes of segments now and before, told from what is known already as far as that is still true."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoal.core.instants import SECOND, format_instant
from shoal.core.spans import Span
from shoal.project.answers import segment_counts
from shoal.project.settings import Now

if TYPE_CHECKING:
    from shoal.project.reading import Reading

HOUR = 3_600 * SECOND
MOST_BEHIND = 2.0
"""Seconds that live membership may be behind and still stand for *now*."""


@dataclass(frozen=True, slots=True)
class SizesNow:
    """Sizes by name, and the instant at which every one of them is true."""

    sizes: Mapping[str, int]
    correct_as_of: str


def told_sizes(status: Mapping[str, Any], definitions: int) -> dict[str, int]:
    """Sizes that live membership tells as of its instant; none where it is behind or stands still.

    Segments that are ranked at midnight are not among them, nor are those that failed.
    """
    is_true = (
        status["state"] == "live"
        and status["definitions_version"] == definitions
        and status["behind_seconds"] <= MOST_BEHIND
    )
    rows = status["segments"] if is_true else ()
    return {row["name"]: row["members"] for row in rows if row["state"] == "live"}


def sizes_now(reading: Reading, at: int, status: Callable[[], Mapping[str, Any]]) -> SizesNow:
    """Sizes at ``at``, which is *now*: as live membership tells them, the others counted.

    Where *now* is the latest event, nothing goes on by itself, so all of them are counted.
    """
    told: dict[str, int] = {}
    correct_as_of = format_instant(at)
    if reading.project.settings.now is Now.CLOCK:
        found = status()
        told = told_sizes(found, reading.project.store.books.definitions_version())
        correct_as_of = found["correct_as_of"] if told else correct_as_of
    names = list(reading.vocabulary.segments)
    missing = [name for name in names if name not in told]
    counted = segment_counts(reading, at, missing) if missing else {}
    return SizesNow(
        {name: told[name] if name in told else counted[name] for name in names}, correct_as_of
    )


def instants_before(reading: Reading, at: int, every: Span, steps_back: int) -> list[int]:
    """The instants so many spans before ``at``, …, one span before it."""
    zone = reading.vocabulary.zone
    return [
        zone.add(at, Span(every.count * back, every.unit), -1) for back in range(steps_back, 0, -1)
    ]


def anchor_of(reading: Reading, at: int) -> int:
    """From where steps back are counted where *now* is ``at``: the hour, if it goes by the clock.

    So what was counted of the past holds for an hour, as far as the data stay as they are.
    """
    return at - at % HOUR if reading.project.settings.now is Now.CLOCK else at


def sizes_at(reading: Reading, instants: Sequence[int]) -> list[dict[str, int]]:
    """Sizes of every segment at several instants, in one pass."""
    from shoal.runners import counts_at

    rules = {name: entry.rule for name, entry in reading.vocabulary.segments.items()}
    if not rules:
        return [{} for _ in instants]
    return counts_at(reading.snapshot, rules, reading.vocabulary, instants)
