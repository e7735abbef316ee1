"""Reading on: what the log of events and the log of transitions get, as they get it, by any process.

A follower sees everything once, however often the log is folded, segments roll over or an erasure
rewrites them meanwhile.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np

from shoal.core.errors import StoreDamagedError
from shoal.engine.history import Int64s
from shoal.identity import ANONYMOUS_PREFIX, Identifier
from shoal.store.files import BUCKETS, IDENTIFIERS, LOG
from shoal.store.gathering import names_of
from shoal.store.identifiers import IdentifierBlock, read_block
from shoal.store.log import (
    FRAME_HEAD,
    examine,
    examine_from,
    frame_head,
    segment_numbers,
    segment_path,
)
from shoal.store.manifest import Manifest, manifest_numbers, pin_newest
from shoal.store.run import Run
from shoal.store.run_file import read_run
from shoal.store.tail import Fingerprint, Logged, decode, once
from shoal.store.tail_reader import TailReader
from shoal.store.transitions import Frame, decode_frame

LAST = 1 << 62
REMEMBERED = 100_000
"""Events that are known again when they are sent again."""


@dataclass(frozen=True, slots=True)
class _Stand:
    """How far a segment was read: its last frame there, where it is and how it begins.

    Where it does not stand there any more, an erasure has written the segment anew. A file's number
    would not tell: the system gives it again.
    """

    segment: int
    at: int
    head: bytes
    end: int

    def holds(self, path: Path) -> bool:
        """Whether the segment is the one that was read."""
        with path.open("rb") as file:
            file.seek(self.at)
            return file.read(FRAME_HEAD) == self.head


class TransitionReader:
    """Frames of transitions after a seq, each transition once, in their order."""

    def __init__(self, folder: Path, after: int = 0) -> None:
        self._folder = folder
        self._stand: _Stand | None = None
        self.after = after
        """The last seq that was read."""

    def read(self, upto: int = LAST) -> Iterator[Frame]:
        """What was told since the last look; frames that end beyond ``upto`` are left for later."""
        if not self._folder.is_dir():
            return
        for number in segment_numbers(self._folder):
            if self._stand is None and self._is_behind(number):
                continue
            if self._stand is not None and number < self._stand.segment:
                continue
            if not (yield from self._read(number, upto)):
                return

    def _is_behind(self, number: int) -> bool:
        """Whether a later segment says that nothing new is in this one."""
        for later in segment_numbers(self._folder):
            if later > number:
                first = self._first(later)
                if first is not None:
                    return first <= self.after + 1
        return False

    def _first(self, number: int) -> int | None:
        for frame in _frames(segment_path(self._folder, number)):
            if len(frame.told):
                return int(frame.told.seq[0])
        return None

    def _read(self, number: int, upto: int) -> Generator[Frame, None, bool]:
        """The new frames of a segment; False where it is not time for what follows."""
        path = segment_path(self._folder, number)
        stand = self._stand
        try:
            is_known = stand is not None and stand.segment == number and stand.holds(path)
            start = stand.end if is_known and stand is not None else 0
            found = examine_from(path, start) if start else examine(path)
        except FileNotFoundError:  # it is being rewritten: the next look finds it
            return False
        for at, payload in found.frames:
            frame = decode_frame(payload)
            if len(frame.told) and int(frame.told.seq[-1]) > upto:
                return False
            self._stand = _Stand(number, at, frame_head(payload), at + FRAME_HEAD + len(payload))
            new = np.flatnonzero(frame.told.seq > self.after)
            if len(new):
                self.after = int(frame.told.seq[-1])
                yield (
                    frame
                    if len(new) == len(frame.told)
                    else replace(frame, told=frame.told.chosen(new))
                )
        return True


def _frames(path: Path) -> Iterator[Frame]:
    for _, payload in examine(path).frames:
        yield decode_frame(payload)


def last_frame(folder: Path) -> Frame | None:
    """The last frame, told anything or not; None before the first."""
    if folder.is_dir():
        for number in reversed(segment_numbers(folder)):
            frames = list(_frames(segment_path(folder, number)))
            if frames:
                return frames[-1]
    return None


class LogReader:
    """Events of the log as they become durable, from now on or from its beginning.

    The version is pinned until all of the log that the next one has folded was read. An erasure
    waits for no reader: what came between it and a fold is passed over unless it was read between.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._manifest, handle = pin_newest(root)
        self._letting_go = weakref.finalize(self, os.close, handle)
        self._read_to: dict[int, int] = {}
        self._marks: dict[Fingerprint, None] = {}

    def close(self) -> None:
        """Lets go of the version."""
        self._letting_go()

    def read(self) -> list[Logged]:
        """What came since the last look; at the first, all that the log holds."""
        if manifest_numbers(self._root)[-1] == self._manifest.number:
            return self._read(self._manifest.log)
        first, letting_go = self._manifest.log, self._letting_go
        self._manifest, handle = pin_newest(self._root)
        self._letting_go = weakref.finalize(self, os.close, handle)
        found = self._read(first)
        letting_go()
        self._read_to = {
            number: end for number, end in self._read_to.items() if number >= self._manifest.log
        }
        return found

    def _read(self, first: int) -> list[Logged]:
        found: list[Logged] = []
        for number in segment_numbers(self._root / LOG):
            if number < first:
                continue
            path = segment_path(self._root / LOG, number)
            start = self._read_to.get(number, 0)
            try:
                seen = examine_from(path, start) if start else examine(path)
            except FileNotFoundError:  # an erasure waits for no reader
                continue
            if not seen.frames:
                continue
            at, payload = seen.frames[-1]
            self._read_to[number] = at + FRAME_HEAD + len(payload)
            some = [one for _, payload in seen.frames for one in decode(payload)[0]]
            new = [one for one in once(some) if one.fingerprint not in self._marks]
            self._marks.update(dict.fromkeys(one.fingerprint for one in new))
            found += new
        for mark in list(islice(self._marks, max(0, len(self._marks) - REMEMBERED))):
            del self._marks[mark]
        return found


class People:
    """How outputs name profiles, asked of the newest version and the log."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._number = -1
        self._runs: tuple[Run, ...] = ()
        self._blocks: list[IdentifierBlock] = []
        self._tail = TailReader(root / LOG)

    def names_of(self, numbers: Int64s) -> list[str | None]:
        """The names; None for one that is no more."""
        while True:
            try:
                return self._names_of(numbers)
            except (FileNotFoundError, StoreDamagedError):
                if manifest_numbers(self._root)[-1:] == [self._number]:
                    raise
                self._number = -1  # an erasure waits for no reader

    def _names_of(self, numbers: Int64s) -> list[str | None]:
        manifest, handle = pin_newest(self._root)
        try:
            if manifest.number != self._number:
                self._take(manifest)
            found = names_of(self._runs, numbers)
            if None in found:
                others = self._spoken_of(manifest, numbers)
                found = [
                    name if name is not None else others.get(number)
                    for name, number in zip(found, numbers.tolist(), strict=True)
                ]
            return found
        finally:
            os.close(handle)

    def _spoken_of(self, manifest: Manifest, numbers: Int64s) -> dict[int, str]:
        """Names of whom the log speaks, and of whom no row but those of others does."""
        found: dict[int, str] = {}
        for block in self._blocks:
            people = block.of(np.unique(numbers))
            for number, text, anonymous in zip(
                people.numbers.tolist(), people.texts.to_pylist(), people.anonymous, strict=True
            ):
                found[number] = Identifier(text, bool(anonymous)).display
        met = self._tail.read(manifest.log)[0].people
        for anonymous in (False, True):
            for text, number in met[anonymous].items():
                found[number] = Identifier(text, anonymous).display
        return found

    def _take(self, manifest: Manifest) -> None:
        names = [file.name for bucket in manifest.buckets for file in bucket.files()]
        self._runs = tuple(read_run(self._root / BUCKETS / name) for name in names)
        self._blocks = [
            read_block(self._root / IDENTIFIERS / it.name) for it in manifest.identifiers
        ]
        self._number = manifest.number


def name_of(one: Logged) -> str:
    """How outputs name whoever an event came from."""
    event = one.event
    return event.user_id if event.user_id is not None else f"{ANONYMOUS_PREFIX}{event.anonymous_id}"
