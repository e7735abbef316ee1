"""What was told of membership: a log of frames, each the truth up to a place in the log of events.

A frame is durable before anybody hears of it. Numbers stand in columns; profiles stand by number,
so that erasing a person takes their rows away and leaves nothing behind.
"""

from __future__ import annotations

import base64
import os
import threading
import time
from collections.abc import Callable, Collection, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

import msgspec
import numpy as np
import numpy.typing as npt

from shoal.core.errors import StoreBusyError
from shoal.engine.history import Int64s
from shoal.store.files import lock_alone, sync_folder
from shoal.store.log import (
    Log,
    Place,
    examine,
    read_frames,
    segment_numbers,
    segment_path,
    write_segment,
)

SEGMENT_SIZE = 16 << 20
"""Bytes after which the log of transitions goes on in another segment."""
STANDING = "standing.npz"
"""What all of it comes to up to a place in it: see ``shoal.live.remembering``."""
FORMAT = 1
PATIENCE = 60
"""Seconds to wait for another process that tells of memberships to end."""


class Cause(IntEnum):
    """Why a membership changed, or was told to."""

    EVENT = 0
    CLOCK = 1
    IMPORT = 2
    DEFINITION = 3
    MERGE = 4
    CORRECTION = 5


class Kind(IntEnum):
    """What is told: a change, or that a change told before never was."""

    LEFT = 0
    ENTERED = 1
    LEFT_RETRACTED = 2
    ENTERED_RETRACTED = 3


class Position(NamedTuple):
    """Up to where events are reflected: the last arrival, and where its segment has been read to."""

    arrival: int = 0
    segment: int = 0
    end: int = 0
    imports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """Transitions as columns, ``seq`` ascending.

    ``segment`` and ``event`` are places in the frame's names (``event`` -1 for none); ``arrival``
    names the row that caused it (0 for none), ``of`` the seq that is retracted (0 for none). A
    ``late`` one corrects what had been told of an instant before.
    """

    seq: Int64s
    segment: npt.NDArray[np.int32]
    number: Int64s
    at: Int64s
    kind: npt.NDArray[np.uint8]
    cause: npt.NDArray[np.uint8]
    event: npt.NDArray[np.int32]
    arrival: Int64s
    late: npt.NDArray[np.uint8]
    of: Int64s
    message: Sequence[str | None] = ()

    def __len__(self) -> int:
        return len(self.seq)

    def chosen(self, places: npt.NDArray[Any]) -> Told:
        """Some of them."""
        arrays: dict[str, Any] = {name: getattr(self, name)[places] for name in _ARRAYS}
        message = [self.message[int(at)] for at in places] if self.message else []
        return Told(**arrays, message=message)


_ARRAYS: dict[str, Any] = {
    "seq": np.int64,
    "segment": np.int32,
    "number": np.int64,
    "at": np.int64,
    "kind": np.uint8,
    "cause": np.uint8,
    "event": np.int32,
    "arrival": np.int64,
    "late": np.uint8,
    "of": np.int64,
}


def nothing_told() -> Told:
    """No transitions."""
    arrays: dict[str, Any] = {name: np.zeros(0, kind) for name, kind in _ARRAYS.items()}
    return Told(**arrays)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """What was told at once, and up to which instant and position all that was told is true.

    ``begun`` are segments that are watched from here on, each with those who were in it then
    (a serialised roaring bitmap of profile numbers): they are not told one by one. ``meanings`` are
    digests of the rules that segments are told by from here on, ``ended`` those watched no more.
    ``erased_to`` is the last seq of somebody who was erased: no other transition ever has it.
    """

    position: Position
    as_of: int
    told_at: int
    version: int
    segments: tuple[str, ...] = ()
    events: tuple[str, ...] = ()
    told: Told = field(default_factory=nothing_told)
    begun: Mapping[str, bytes] = field(default_factory=dict[str, bytes])
    meanings: Mapping[str, str] = field(default_factory=dict[str, str])
    ended: tuple[str, ...] = ()
    erased_to: int = 0

    @property
    def last_seq(self) -> int:
        """The last seq that was given when this was told; 0 where none was."""
        return max(self.erased_to, int(self.told.seq[-1]) if len(self.told) else 0)


class Transitions:
    """The one who tells: of all processes, one at a time. StoreBusyError where another does not end."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._lock = threading.RLock()
        folder.mkdir(mode=0o700, exist_ok=True)
        self._alone = ExitStack()
        self._alone.enter_context(_alone_in(folder))
        self._log = Log(folder, (segment_numbers(folder) or [1])[0])
        self._erased: set[int] = set()
        self.last_seq = last_told(folder)

    def append(self, frame: Frame, hear: Callable[[Frame], None] = lambda _: None) -> None:
        """Durable on return. Of whoever was erased meanwhile nothing is told.

        ``hear`` gets what was told, and no erasure comes in between.
        """
        with self._lock:
            if self._erased:
                frame = _without(frame, list(self._erased))[0]
            payload = encode_frame(frame)
            place = self._log.write(payload)
            self._log.make_durable(place)
            self.last_seq = max(self.last_seq, frame.last_seq)
            hear(frame)
            if place.end > SEGMENT_SIZE:
                self._log.roll()

    def frames(self, after: Place | None = None) -> Iterator[Frame]:
        """Every frame, oldest first, or those behind a place."""
        for number in segment_numbers(self.folder):
            if after is not None and number < after.segment:
                continue
            start = after.end if after is not None and number == after.segment else 0
            for at, payload in examine(segment_path(self.folder, number)).frames:
                if at >= start:
                    yield decode_frame(payload)

    def has(self, place: Place) -> bool:
        """Whether the log goes as far as this."""
        path = segment_path(self.folder, place.segment)
        return path.exists() and examine(path).end >= place.end

    def beside(self, write: Callable[[Place, Collection[int]], None]) -> None:
        """Writes something about all that was told so far; of the erased there may be nothing in it.

        What is written is told where the log ends. No erasure comes in between.
        """
        with self._lock:
            write(self._log.end, self._erased)

    def erase(self, numbers: Sequence[int]) -> int:
        """Takes all that was told of these profiles away; how many transitions that were."""
        with self._lock:
            self._erased.update(numbers)
            self._log.close()
            try:
                removed = _erase(self.folder, numbers)
            finally:  # whatever could not be rewritten, telling goes on
                self._log = Log(self.folder, (segment_numbers(self.folder) or [1])[0])
        return removed

    @property
    def erased(self) -> Int64s:
        """Of whom nothing is told, ascending."""
        with self._lock:
            return np.array(sorted(self._erased), dtype=np.int64)

    def tell_again(self, numbers: Int64s) -> None:
        """Of these, whose rows are gone: others name them, and they may have new ones."""
        with self._lock:
            self._erased.difference_update(numbers.tolist())

    def close(self) -> None:
        """Lets go of the files."""
        self._log.close()
        self._alone.close()


def read_transitions(folder: Path, after: int = 0) -> Iterator[Frame]:
    """Every frame that tells anything with a seq above ``after``, and all frames with ``after`` 0.

    Segments that end before it are not read beyond their first frame.
    """
    if not folder.is_dir():
        return
    numbers = segment_numbers(folder)
    firsts = [_first_seq(segment_path(folder, number)) for number in numbers] if after else []
    for at, number in enumerate(numbers):
        following = next((one for one in firsts[at + 1 :] if one), None)
        if following is not None and following <= after + 1:
            continue
        for payload in read_frames(segment_path(folder, number))[0]:
            frame = decode_frame(payload)
            if not after or (len(frame.told) and int(frame.told.seq[-1]) > after):
                yield frame


def last_told(folder: Path) -> int:
    """The last seq ever given; 0 before the first."""
    if not folder.is_dir():
        return 0
    for number in reversed(segment_numbers(folder)):
        frames = map(decode_frame, read_frames(segment_path(folder, number))[0])
        if found := max((frame.last_seq for frame in frames), default=0):
            return found
    return 0


def _first_seq(path: Path) -> int | None:
    for payload in read_frames(path)[0]:
        frame = decode_frame(payload)
        if len(frame.told):
            return int(frame.told.seq[0])
    return None


def count_told(folder: Path, numbers: Sequence[int]) -> int:
    """How many transitions speak of these profiles, members of segments that began included."""
    return sum(_without(frame, numbers)[1] for frame in read_transitions(folder))


def erase_transitions(folder: Path, numbers: Sequence[int]) -> int:
    """Takes all that was told of these profiles out of the files; how many transitions that were.

    Nobody may be telling: StoreBusyError where somebody does not end.
    """
    if not folder.is_dir():
        return 0
    with _alone_in(folder):
        return _erase(folder, numbers)


def _erase(folder: Path, numbers: Sequence[int]) -> int:
    removed = 0
    # First: it says how far into the segments it goes, which are others from now on.
    (folder / STANDING).unlink(missing_ok=True)
    sync_folder(folder)
    for number in segment_numbers(folder):
        path = segment_path(folder, number)
        done = [_without(decode_frame(payload), numbers) for payload in read_frames(path)[0]]
        count = sum(gone for _, gone in done)
        if count:
            write_segment(path, [encode_frame(frame) for frame, _ in done])
            removed += count
    return removed


@contextmanager
def _alone_in(folder: Path) -> Generator[None]:
    """The folder locked: one whose owner was killed may still be at its last frame."""
    until = time.monotonic() + PATIENCE
    while (handle := lock_alone(folder)) is None:
        if time.monotonic() > until:
            raise StoreBusyError("another process is telling of memberships")
        time.sleep(0.05)
    try:
        yield
    finally:
        os.close(handle)


def _without(frame: Frame, numbers: Sequence[int]) -> tuple[Frame, int]:
    from pyroaring import BitMap64

    theirs = np.isin(frame.told.number, np.array(numbers, dtype=np.int64))
    gone = int(theirs.sum())
    begun: dict[str, bytes] = {}
    for name, data in frame.begun.items():
        members = BitMap64.deserialize(data)
        left = members - BitMap64(numbers)
        gone += len(members) - len(left)
        begun[name] = left.serialize() if len(left) < len(members) else data
    if not gone:
        return frame, 0
    kept = frame.told.chosen(np.flatnonzero(~theirs))
    return replace(frame, told=kept, begun=begun, erased_to=frame.last_seq), gone


def encode_frame(frame: Frame) -> bytes:
    """The frame as it stands in the log."""
    told = frame.told
    form: list[object] = [
        FORMAT,
        list(frame.position),
        frame.as_of,
        frame.told_at,
        frame.version,
        frame.segments,
        frame.events,
        [getattr(told, name).tolist() for name in _ARRAYS],
        list(told.message),
        {name: base64.b64encode(data).decode() for name, data in frame.begun.items()},
        frame.meanings,
        frame.ended,
        frame.erased_to,
    ]
    return msgspec.json.encode(form)


def decode_frame(payload: bytes) -> Frame:
    """The frame that :func:`encode_frame` wrote."""
    form: list[Any] = msgspec.json.decode(payload)
    _, position, as_of, told_at, version, segments, events, arrays, message, *rest = form
    begun, meanings, ended, *more = rest  # frames written before there was anything more
    columns: dict[str, Any] = {
        name: np.array(cells, dtype=kind)
        for (name, kind), cells in zip(_ARRAYS.items(), arrays, strict=True)
    }
    return Frame(
        Position(position[0], position[1], position[2], tuple(position[3])),
        as_of,
        told_at,
        version,
        tuple(segments),
        tuple(events),
        Told(**columns, message=message),
        {name: base64.b64decode(data) for name, data in begun.items()},
        meanings,
        tuple(ended),
        more[0] if more else 0,
    )
