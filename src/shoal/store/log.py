"""The log: what was acknowledged is in it, durably, until it is folded into the buckets.

A segment is a header and frames: length and CRC-32 of the payload, then the payload. A torn tail
is cut off behind the last good frame when an owner opens the log; a damaged frame costs none but
itself. A failed fsync is never tried again on the same file, since the system may have dropped what
it could not write: the log goes on in a new segment, and the frames in doubt are cut off.
"""

from __future__ import annotations

import errno
import os
import re
import struct
import threading
import zlib
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from shoal.core.errors import StoreDamagedError, StoreError, StoreFormatError
from shoal.store.files import sync_folder, write_error, writing

FORMAT = 3  # 2 had no numbers of whom events mention, 1 no refused; both are read as well
_HEADER = struct.Struct("<8sII")
_MAGIC = b"SHOALLOG"
_FRAME = struct.Struct("<II")
_NAME = re.compile(r"segment-(\d{8})\.log\Z")
MORE = 1 << 20
"""Bytes of zeros written at once in the middle of a load; a segment made in advance has more."""
FRAME_HEAD = _FRAME.size
LARGEST_FRAME = 1 << 30


def segment_path(folder: Path, number: int) -> Path:
    """Where a segment lies."""
    return folder / f"segment-{number:08d}.log"


def segment_numbers(folder: Path) -> list[int]:
    """Numbers of the segments there are, ascending."""
    found = (_NAME.match(entry.name) for entry in os.scandir(folder))
    return sorted(int(match[1]) for match in found if match)


@dataclass(frozen=True, slots=True)
class Gap:
    """Bytes of a segment that are no frame, with good frames behind them or none to come."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Segment:
    """What a segment holds: good frames with where each begins, their end, and the damage between.

    What lies behind the last good frame is a write that was cut off, and no damage.
    """

    frames: tuple[tuple[int, bytes], ...]
    end: int
    size: int
    gaps: tuple[Gap, ...] = ()


def has_frames_before(path: Path, version: int) -> bool:
    """Whether a segment is of an earlier format than ``version`` and holds anything."""
    with path.open("rb") as file:
        head = file.read(_HEADER.size)
        if len(head) < _HEADER.size or _HEADER.unpack(head)[1] >= version:
            return False
        return any(file.read(_FRAME.size))


def examine(path: Path, *, headless: bool = False) -> Segment:
    """Every good frame of a segment, those behind a damaged one too.

    ``headless`` takes a segment whose header is damaged, which is StoreDamagedError else.
    """
    data = path.read_bytes()
    if len(data) < _HEADER.size:
        return Segment((), 0, len(data))
    magic, version, _ = _HEADER.unpack_from(data)
    if magic != _MAGIC and headless:
        version = FORMAT
    elif magic != _MAGIC:
        raise StoreDamagedError(f"`{path.name}` is not a log segment")
    if version > FORMAT:
        raise StoreFormatError(
            f"`{path.name}` has format {version}, written by a newer Shoal", hint="upgrade Shoal"
        )
    found = _parsed(data, _HEADER.size)
    return found if magic == _MAGIC else replace(found, gaps=(Gap(0, _HEADER.size), *found.gaps))


def examine_from(path: Path, start: int) -> Segment:
    """The same of a segment that was read up to ``start`` before."""
    with path.open("rb") as file:
        file.seek(start)
        if not any(file.read(_FRAME.size)):  # nothing, or the zeros that are written ahead
            return Segment((), start, start)
        file.seek(start)
        found = _parsed(file.read(), 0)
    frames = tuple((at + start, payload) for at, payload in found.frames)
    return Segment(frames, found.end + start, found.size + start)


def _parsed(data: bytes, at: int) -> Segment:
    frames: list[tuple[int, bytes]] = []
    gaps: list[Gap] = []
    end = at
    while at < len(data):
        payload = _frame_at(data, at)
        if payload is None:
            at = _next_frame(data, at)
            continue
        if at > end:
            gaps.append(Gap(end, at))
        frames.append((at, payload))
        at = end = at + _FRAME.size + len(payload)
    return Segment(tuple(frames), end, len(data), tuple(gaps))


def _frame_at(data: bytes, at: int) -> bytes | None:
    if at + _FRAME.size > len(data):
        return None
    length, check = _FRAME.unpack_from(data, at)
    if not 0 < length <= len(data) - at - _FRAME.size:  # zeros are no frame
        return None
    payload = data[at + _FRAME.size : at + _FRAME.size + length]
    return payload if zlib.crc32(payload) == check else None


def _next_frame(data: bytes, at: int) -> int:
    """Where the next good frame begins, looked for behind a damaged one; the end if nowhere."""
    if at + _FRAME.size <= len(data):
        beyond = at + _FRAME.size + _FRAME.unpack_from(data, at)[0]
        if _frame_at(data, beyond) is not None:
            return beyond
    start = data.find(b"[", at + _FRAME.size + 1)  # what a payload begins with
    while start >= 0:
        if _frame_at(data, start - _FRAME.size) is not None:
            return start - _FRAME.size
        start = data.find(b"[", start + 1)
    return len(data)


def frame_head(payload: bytes) -> bytes:
    """What stands before a payload: its length and its checksum."""
    return _FRAME.pack(len(payload), zlib.crc32(payload))


def read_frames(path: Path) -> tuple[list[bytes], int]:
    """The good frames of a segment, and where they end."""
    found = examine(path)
    return [payload for _, payload in found.frames], found.end


def write_segment(path: Path, payloads: Iterable[bytes]) -> None:
    """A whole segment in place of one that was damaged."""
    with writing(path) as file:
        file.write(_HEADER.pack(_MAGIC, FORMAT, 0))
        for payload in payloads:
            file.write(frame_head(payload) + payload)
    sync_folder(path.parent)


def read_log(folder: Path, first: int) -> tuple[list[bytes], str]:
    """Every good frame from segment ``first`` on, and a text that changes with every frame."""
    frames: list[bytes] = []
    ends: list[str] = []
    for number in segment_numbers(folder):
        if number >= first:
            found, end = read_frames(segment_path(folder, number))
            frames += found
            if found:
                ends.append(f"{number}+{end}")
    return frames, ",".join(ends)


class Place(NamedTuple):
    """A position in the log."""

    segment: int
    end: int


class Log:
    """The owner's end of the log: appends from any thread, many to one fsync."""

    def __init__(self, folder: Path, first: int) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._syncing = threading.Lock()
        self._handle = -1
        self._is_closed = False
        self._durable = 0
        self._end = 0
        self.ahead = 0
        """Bytes written as zeros ahead of the frames. What is written over them is durable without
        the file system's journal, which waits for whoever else writes much."""
        self._room = 0
        self._prepared: tuple[int, int] | None = None
        """A segment made in advance: its number and its handle."""
        self._left: dict[int, int] = {}
        """Where the durable part of each segment ends that was left since the log was opened."""
        numbers = segment_numbers(folder)
        for number in numbers:
            if number < first:
                segment_path(folder, number).unlink()
        self.number = max([first, *numbers])
        self._open()

    def write(self, payload: bytes) -> Place:
        """Where the frame ends. Not durable yet: see :meth:`make_durable`."""
        assert 0 < len(payload) < LARGEST_FRAME
        with self._lock:
            return Place(self.number, self._write(payload))

    def make_durable(self, place: Place) -> None:
        """Everything up to the place is durable on return, else StoreError.

        Threads that wait for each other share one fsync.
        """
        with self._syncing:
            with self._lock:
                if place.segment < self.number:  # rolling made it durable, or cut it off
                    if self._is_kept(place):
                        return
                    raise StoreError("the log could not be made durable; nothing was changed")
                if place.end <= self._durable:
                    return
                handle, written = self._handle, self._end
            try:
                os.fdatasync(handle)
            except OSError as error:
                with self._lock:
                    path = segment_path(self._folder, self.number)
                    self._abandon()
                raise write_error(path, error) from error
            with self._lock:
                self._durable = max(self._durable, written)

    def is_kept(self, place: Place) -> bool:
        """False for a frame that was cut off because it could not be made durable."""
        with self._lock:
            return self._is_kept(place)

    @property
    def end(self) -> Place:
        """Where the log ends now."""
        with self._lock:
            return Place(self.number, self._end)

    @property
    def durable(self) -> Place:
        """Up to where the log is durable; so are all earlier segments."""
        with self._lock:
            return Place(self.number, self._durable)

    def prepare(self) -> None:
        """Makes the next segment in advance, so that rolling takes no time; for one thread alone."""
        with self._lock:
            number = self.number + 1
            if self._prepared is not None or self._is_closed:
                return
        handle = self._made(segment_path(self._folder, number))[0]
        with self._lock:
            if number == self.number + 1 and not self._is_closed:
                self._prepared = number, handle
                return
        os.close(handle)

    def roll(self) -> int:
        """Goes on in a new segment, whose number this is."""
        with self._syncing, self._lock:
            return self._roll()

    def remove_before(self, number: int) -> None:
        """Removes segments that are folded."""
        for old in segment_numbers(self._folder):
            if old < number:
                segment_path(self._folder, old).unlink(missing_ok=True)
        sync_folder(self._folder)

    def close(self) -> None:
        """Lets go of the file."""
        with self._lock:
            self._is_closed = True
            if self._handle >= 0:
                if self._room:
                    with suppress(OSError):  # zeros are no frames, wherever they stand
                        os.ftruncate(self._handle, self._end)
                os.close(self._handle)
                self._handle = -1
            if self._prepared is not None:
                os.close(self._prepared[1])
                self._prepared = None

    def _is_kept(self, place: Place) -> bool:
        return place.end <= self._left.get(place.segment, LARGEST_FRAME << 20)

    def _open(self) -> None:
        prepared, self._prepared = self._prepared, None
        if prepared is not None and prepared[0] == self.number:
            self._handle, good = prepared[1], _HEADER.size
            self._room = good + self.ahead
        else:
            self._handle, good, self._room = self._made(segment_path(self._folder, self.number))
        self._end = self._durable = good

    def _made(self, path: Path) -> tuple[int, int, int]:
        """A segment, new or with good frames: its handle, where they end, and the room behind."""
        try:
            good = read_frames(path)[1] if path.exists() else 0
            handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise write_error(path, error) from error
        try:
            if good == 0:
                os.ftruncate(handle, 0)
                _write_all(handle, _HEADER.pack(_MAGIC, FORMAT, 0), 0)
                good = _HEADER.size
            os.ftruncate(handle, good)
            room = good + (os.pwrite(handle, bytes(self.ahead), good) if self.ahead else 0)
            os.fsync(handle)
            sync_folder(self._folder)
        except OSError as error:
            os.close(handle)
            raise write_error(path, error) from error
        return handle, good, room

    def _write(self, payload: bytes) -> int:
        if self._is_closed:
            raise StoreError("the log is closed")
        if self._handle < 0:  # it could not go on in a new segment: perhaps it can now
            self._open()
        frame = _FRAME.pack(len(payload), zlib.crc32(payload)) + payload
        try:
            _write_all(self._handle, frame, self._end)
        except OSError as error:
            path = segment_path(self._folder, self.number)
            try:
                os.ftruncate(self._handle, self._end)
            except (
                OSError
            ):  # half a frame that nobody can take away: whatever follows goes elsewhere
                self._abandon()
            raise write_error(path, error) from error
        self._end += len(frame)
        if self.ahead and self._end > self._room:
            with suppress(OSError):  # no room ahead is no harm
                more = bytes(min(self.ahead, MORE))
                self._room = self._end + os.pwrite(self._handle, more, self._end)
        return self._end

    def _roll(self) -> int:
        if self._handle < 0:
            self._open()
        if self._end == _HEADER.size:  # nothing is in it: it is the new one already
            return self.number
        path = segment_path(self._folder, self.number)
        if self._end > self._durable:
            try:
                os.fdatasync(self._handle)
                self._durable = self._end
            except OSError as error:
                self._abandon()
                raise write_error(path, error) from error
        self._leave()
        return self.number

    def _abandon(self) -> None:
        """Cuts off what may not be durable and goes on in a new segment."""
        with suppress(OSError):  # what is beyond was never acknowledged: to read it does no harm
            os.ftruncate(self._handle, self._durable)
        self._leave()

    def _leave(self) -> None:
        self._left[self.number] = self._durable
        os.close(self._handle)
        self._handle = -1
        self._end = self._durable = 0
        self.number += 1
        self._open()


def _write_all(handle: int, data: bytes, at: int) -> None:
    """Writes everything, however little the system takes at a time."""
    view = memoryview(data)
    while view:
        written = os.pwrite(handle, view, at)
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        view, at = view[written:], at + written
