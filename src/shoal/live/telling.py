"""Transitions as others read them: one JSON object each, and those told lately at hand."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from shoal.core.instants import format_instant
from shoal.engine.history import Int64s
from shoal.store.transitions import Cause, Frame, Kind

AT_HAND = 200_000
"""Transitions that are kept in memory for those who follow closely."""
Names = Callable[[Int64s], list[str | None]]


def as_json(frame: Frame, after: int, most: int, names_of: Names) -> list[dict[str, Any]]:
    """The frame's transitions after a seq, at most so many; those of people who are no more left out."""
    told = frame.told
    start = int(told.seq.searchsorted(after, side="right"))
    chosen = slice(start, start + most)
    names = names_of(told.number[chosen])
    rows: list[dict[str, Any]] = []
    for at, user_id in zip(range(start, start + len(names)), names, strict=True):
        if user_id is None:
            continue
        kind = Kind(int(told.kind[at]))
        is_retraction = kind >= Kind.LEFT_RETRACTED
        row: dict[str, Any] = {
            "seq": int(told.seq[at]),
            "segment": frame.segments[int(told.segment[at])],
            "user_id": user_id,
            "kind": "retracted" if is_retraction else kind.name.lower(),
            "at": format_instant(int(told.at[at])),
            "told_at": format_instant(frame.told_at),
            "cause": _cause(frame, at),
            "version": frame.version,
        }
        if is_retraction:
            row["retracts"] = int(told.of[at])
            row["was"] = Kind(int(kind) - int(Kind.LEFT_RETRACTED)).name.lower()
        if told.late[at]:
            row["correction"] = True
        rows.append(row)
    return rows


def _cause(frame: Frame, at: int) -> dict[str, Any]:
    told = frame.told
    found: dict[str, Any] = {"kind": Cause(int(told.cause[at])).name.lower()}
    if told.event[at] >= 0:
        found["event"] = frame.events[int(told.event[at])]
        found["arrival"] = int(told.arrival[at])
        message = told.message[at] if told.message else None
        if message is not None:
            found["message_id"] = message
    return found


def page_of(
    frames: Iterable[Frame], after: int, limit: int, names_of: Names
) -> tuple[list[dict[str, Any]], int]:
    """Transitions after a seq, at most ``limit``, and the seq after which to go on."""
    rows: list[dict[str, Any]] = []
    last = after
    for frame in frames:
        if not len(frame.told) or int(frame.told.seq[-1]) <= last:
            continue
        room = limit - len(rows)
        if room <= 0:
            break
        rows += as_json(frame, last, room, names_of)
        end = int(frame.told.seq.searchsorted(last, side="right")) + room
        last = int(frame.told.seq[min(end, len(frame.told)) - 1])
        if end < len(frame.told):  # the rest is for the next page, however many have a name
            break
    return rows, last


class Lately:
    """The frames told last. Filled by one thread, read by any."""

    def __init__(self, last_seq: int = 0) -> None:
        self.last_seq = last_seq
        self._from = last_seq + 1
        self._frames: deque[Frame] = deque()
        self._count = 0
        self._lock = threading.Lock()

    def add(self, frame: Frame) -> None:
        """One more."""
        if not len(frame.told):
            return
        with self._lock:
            self._frames.append(frame)
            self._count += len(frame.told)
            while self._count > AT_HAND and len(self._frames) > 1:
                gone = self._frames.popleft()
                self._count -= len(gone.told)
                self._from = int(gone.told.seq[-1]) + 1
            self.last_seq = int(frame.told.seq[-1])

    def forget(self) -> None:
        """Whoever goes on reads from the files: somebody was erased."""
        with self._lock:
            self._frames.clear()
            self._count = 0
            self._from = self.last_seq + 1

    def after(self, seq: int) -> Iterator[Frame] | None:
        """The frames after a seq; None where they are not all at hand."""
        with self._lock:
            if seq + 1 < self._from:
                return None
            return iter([frame for frame in self._frames if int(frame.told.seq[-1]) > seq])
