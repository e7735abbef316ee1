"""The log: what was acknowledged is in it, durably, until it is folded into the buckets.

A segment is a header and frames: length and CRC-32 of the payload, then the payload. A torn tail
is cut off at the last good frame when an owner opens the log. A failed fsync is never tried again
on the same file, since the system may have dropped what it could not write: the log goes on in a
new segment, and the frames in doubt are cut off.
"""

from __future__ import annotations

import os
import re
import struct
import threading
import zlib
from pathlib import Path
from typing import NamedTuple

from shoal.core.errors import StoreDamagedError, StoreError, StoreFormatError
from shoal.store.files import sync_folder, write_error

FORMAT = 2  # 1 had no refused beside the events; it is read as well
_HEADER = struct.Struct("<8sII")
_MAGIC = b"SHOALLOG"
_FRAME = struct.Struct("<II")
_NAME = re.compile(r"segment-(\d{8})\.log\Z")
LARGEST_FRAME = 1 << 30


def segment_path(folder: Path, number: int) -> Path:
    """Where a segment lies."""
    return folder / f"segment-{number:08d}.log"


def segment_numbers(folder: Path) -> list[int]:
    """Numbers of the segments there are, ascending."""
    found = (_NAME.match(entry.name) for entry in os.scandir(folder))
    return sorted(int(match[1]) for match in found if match)


def read_frames(path: Path) -> tuple[list[bytes], int]:
    """The good frames of a segment, and where they end."""
    data = path.read_bytes()
    if len(data) < _HEADER.size:
        return [], 0
    magic, version, _ = _HEADER.unpack_from(data)
    if magic != _MAGIC:
        raise StoreDamagedError(f"`{path.name}` is not a log segment")
    if version > FORMAT:
        raise StoreFormatError(
            f"`{path.name}` has format {version}, written by a newer Shoal", hint="upgrade Shoal"
        )
    frames: list[bytes] = []
    at = _HEADER.size
    while at + _FRAME.size <= len(data):
        length, check = _FRAME.unpack_from(data, at)
        payload = data[at + _FRAME.size : at + _FRAME.size + length]
        if len(payload) < length or zlib.crc32(payload) != check:
            break
        frames.append(payload)
        at += _FRAME.size + length
    return frames, at


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
        self._durable = 0
        self._end = 0
        self._left_durable = LARGEST_FRAME << 20
        """Where the durable part of the segment before this one ends."""
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
                    if place.end <= self._left_durable:
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
            return place.segment != self.number - 1 or place.end <= self._left_durable

    @property
    def end(self) -> Place:
        """Where the log ends now."""
        with self._lock:
            return Place(self.number, self._end)

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
            if self._handle >= 0:
                os.close(self._handle)
                self._handle = -1

    def _open(self) -> None:
        path = segment_path(self._folder, self.number)
        good = read_frames(path)[1] if path.exists() else 0
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            if good == 0:
                os.ftruncate(self._handle, 0)
                _write_all(self._handle, _HEADER.pack(_MAGIC, FORMAT, 0), 0)
                good = _HEADER.size
            os.ftruncate(self._handle, good)
            os.fsync(self._handle)
        except OSError as error:
            os.close(self._handle)
            self._handle = -1
            raise write_error(path, error) from error
        sync_folder(self._folder)
        self._end = self._durable = good

    def _write(self, payload: bytes) -> int:
        if self._handle < 0:
            raise StoreError("the log is closed")
        frame = _FRAME.pack(len(payload), zlib.crc32(payload)) + payload
        try:
            _write_all(self._handle, frame, self._end)
        except OSError as error:
            path = segment_path(self._folder, self.number)
            os.ftruncate(self._handle, self._end)
            raise write_error(path, error) from error
        self._end += len(frame)
        return self._end

    def _roll(self) -> int:
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
        try:
            os.ftruncate(self._handle, self._durable)
        finally:
            self._leave()

    def _leave(self) -> None:
        self._left_durable = self._durable
        os.close(self._handle)
        self._handle = -1
        self.number += 1
        self._open()


def _write_all(handle: int, data: bytes, at: int) -> None:
    """Writes everything, however little the system takes at a time."""
    view = memoryview(data)
    while view:
        written = os.pwrite(handle, view, at)
        view, at = view[written:], at + written
