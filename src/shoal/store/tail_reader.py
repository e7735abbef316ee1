"""The durable tail of the log for readers: each frame is read once, however often one looks."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

from shoal.store.log import examine, examine_from, segment_numbers, segment_path
from shoal.store.tail import Logged, decode, once


@dataclass(slots=True)
class _Read:
    """How far a segment was read, and what it holds up to there. ``file`` tells it from others."""

    file: int
    end: int
    logged: list[Logged]
    is_empty: bool


class TailReader:
    """What stands in the log of one store, read on from where the last look ended."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._read: dict[int, _Read] = {}
        self._lock = threading.Lock()

    def read(self, first: int) -> tuple[list[Logged], str]:
        """Every event from segment ``first`` on, and a text that changes with every frame."""
        with self._lock:
            numbers = [number for number in segment_numbers(self._folder) if number >= first]
            self._read = {number: self._looked(number) for number in numbers}
            logged = [one for number in numbers for one in self._read[number].logged]
            ends = [
                f"{number}+{self._read[number].end}"
                for number in numbers
                if not self._read[number].is_empty
            ]
        return once(logged), ",".join(ends)

    def _looked(self, number: int) -> _Read:
        path = segment_path(self._folder, number)
        facts = path.stat()
        known = self._read.get(number)
        if known is not None and known.file == facts.st_ino and known.end <= facts.st_size:
            if known.end == facts.st_size:
                return known
            found = examine_from(path, known.end)
            before = known.logged
        else:
            found = examine(path)
            before = []
            known = None
        logged = [one for _, frame in found.frames for one in decode(frame)[0]]
        is_empty = not found.frames and (known is None or known.is_empty)
        return _Read(facts.st_ino, found.end, before + logged, is_empty)
