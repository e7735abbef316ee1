"""The durable tail of the log for readers: each frame is read once, however often one looks."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shoal.store.entries import NOTHING, Entries, joined, once
from shoal.store.entry_reading import entries_in
from shoal.store.log import examine, examine_from, segment_numbers, segment_path

MUCH_LARGER = 3
"""Entries that are not so many times more than the next are joined with them."""


@dataclass(slots=True)
class _Read:
    """How far a segment was read, and what it holds up to there. ``file`` tells it from others."""

    file: int
    end: int
    entries: tuple[Entries, ...]
    is_empty: bool


class TailReader:
    """What stands in the log of one store, read on from where the last look ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[int, _Read] = {}
        self._whole: tuple[tuple[Entries, ...], Entries] = (), NOTHING
        """What was joined last, and of what."""
        self._lock = threading.Lock()

    def read(self, first: int) -> tuple[Entries, str]:
        """Every event from segment ``first`` on, and a text that changes with every frame."""
        with self._lock:
            numbers = [number for number in segment_numbers(self._folder) if number >= first]
            self._read = {number: self._looked(number) for number in numbers}
            ends = [
                f"{number}+{self._read[number].end}"
                for number in numbers
                if not self._read[number].is_empty
            ]
            parts = tuple(one for number in numbers for one in self._read[number].entries)
            before, whole = self._whole
            if len(before) != len(parts) or any(map(_is_other, before, parts)):
                whole = once(joined(parts))
                self._whole = parts, whole
        return whole, ",".join(ends)

    def _looked(self, number: int) -> _Read:
        path = segment_path(self._folder, number)
        facts = path.stat()
        known = self._read.get(number)
        if known is not None and known.file == facts.st_ino and known.end <= facts.st_size:
            if known.end == facts.st_size:
                return known
            found = examine_from(path, known.end)
            before = known.entries
        else:
            found = examine(path)
            before = ()
            known = None
        new = entries_in([frame for _, frame in found.frames])
        is_empty = not found.frames and (known is None or known.is_empty)
        return _Read(facts.st_ino, found.end, with_more(before, new), is_empty)


def with_more(parts: Sequence[Entries], new: Entries) -> tuple[Entries, ...]:
    """Entries with more behind them, in a few parts, each much larger than the next."""
    if not len(new):
        return tuple(parts)
    kept = [*parts, new]
    while len(kept) > 1 and len(kept[-2]) < MUCH_LARGER * len(kept[-1]):
        kept[-2:] = [joined(kept[-2:])]
    return tuple(kept)


def _is_other(one: Entries, other: Entries) -> bool:
    return one is not other
