"""What the log holds beyond the buckets, as the owner remembers it: numbers, no events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from shoal.engine.history import Int64s
from shoal.store.log import Place

Mark = bytes
"""The 128 bits of a fingerprint."""


@dataclass(frozen=True, slots=True)
class Written:
    """One frame: where it ends, how large it is, and whose events are in it."""

    place: Place
    size: int
    profiles: tuple[int, ...]
    marks: tuple[Mark, ...]
    refused: int = 0
    mentioned: tuple[int, ...] = ()
    """Numbers of whom its events speak of beside their own."""


@dataclass(slots=True)
class Tail:
    """The frames not yet folded. Its length is that of their events."""

    frames: list[Written] = field(default_factory=list[Written])
    places: dict[Mark, Place] = field(default_factory=dict[Mark, Place])
    """Where each event stands: a repetition is as durable as what it repeats."""
    events: int = 0
    refused: int = 0
    size: int = 0

    def __len__(self) -> int:
        return self.events

    def __bool__(self) -> bool:
        return bool(self.frames)

    def add(self, frame: Written) -> None:
        """One more."""
        self.frames.append(frame)
        self.places.update(dict.fromkeys(frame.marks, frame.place))
        self._count(frame, 1)

    def keep(self, wanted: Callable[[Written], bool]) -> None:
        """Forgets the others."""
        gone = [frame for frame in self.frames if not wanted(frame)]
        if not gone:
            return
        self.frames = [frame for frame in self.frames if wanted(frame)]
        for frame in gone:
            for mark in frame.marks:
                self.places.pop(mark, None)
            self._count(frame, -1)

    def drop_before(self, segment: int) -> None:
        """Forgets frames of earlier segments, which are folded."""
        self.keep(lambda frame: frame.place.segment >= segment)

    def numbers(self) -> Int64s:
        """The profiles it speaks of, those that events only mention too."""
        named = [number for frame in self.frames for number in frame.mentioned]
        return np.unique(np.array([*self._profiles(), *named], dtype=np.int64))

    def count_of(self, profiles: Iterable[int]) -> int:
        """How many of its events are theirs."""
        wanted = set(profiles)
        return sum(number in wanted for number in self._profiles())

    def _profiles(self) -> Iterable[int]:
        for frame in self.frames:
            yield from frame.profiles

    def _count(self, frame: Written, sign: int) -> None:
        self.events += sign * len(frame.profiles)
        self.refused += sign * frame.refused
        self.size += sign * frame.size
