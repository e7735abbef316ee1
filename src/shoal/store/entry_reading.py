"""Frames of the log read as columns: by their bytes where they are usual, else value by value."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa

from shoal.identity import Mention, mentions_of
from shoal.store.entries import (
    NOTHING,
    Cells,
    Entries,
    Property,
    Spoken,
    Texts,
    entries_of,
    joined,
)
from shoal.store.frame_layout import (
    ANONYMOUS,
    ARRIVAL,
    CELL,
    END,
    EVENT,
    FORM,
    FROM,
    KEY,
    KIND,
    LINE,
    MENTIONED,
    MESSAGE,
    NOT_UNDERSTOOD,
    OCCURRED,
    OTHER,
    OWNER,
    PROFILE,
    RECEIVED,
    ROW,
    SLOTS,
    SPOKEN,
    START,
    TO,
    USER,
)
from shoal.store.tail import decode, read_value

_AT_ONCE = 8 << 20
"""Bytes of frames that are read together."""
_MOST = SLOTS // 2
_BEHIND = bytes(32)
"""What the scanner may look at behind a frame."""


def entries_in(frames: Sequence[bytes]) -> Entries:
    """The events of frames, in their order."""
    return joined([_read(some) for some in _groups(frames)])


def _groups(frames: Sequence[bytes]) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    size = 0
    for frame in frames:
        if group and size + len(frame) > _AT_ONCE:
            yield group
            group, size = [], 0
        group.append(frame)
        size += len(frame)
    if group:
        yield group


def _read(frames: Sequence[bytes]) -> Entries:
    found = _scanned(frames)
    if found is not None:
        return found
    if len(frames) == 1:
        return entries_of(decode(frames[0])[0])
    half = len(frames) // 2  # one odd event costs the others of its frame, and nobody else
    return joined([_read(frames[:half]), _read(frames[half:])])


def _scanned(frames: Sequence[bytes]) -> Entries | None:
    """The events by their bytes alone; None where these do not tell."""
    from shoal.store.scanning import by_column, scan

    whole = b"".join([*frames, _BEHIND])
    data = np.frombuffer(whole, np.uint8)
    ends = np.cumsum([len(frame) for frame in frames])
    starts = ends - [len(frame) for frame in frames]
    most = whole.count(b"[{")
    rows = np.empty((most, ROW), np.int64)
    marks = np.empty((most, 2), np.uint64)
    names = np.empty((min(most, _MOST), 2), np.int64)
    kinds = np.empty((min(most, _MOST), 3), np.int64)
    pairs = whole.count(b'":')
    columns = np.empty((min(pairs, _MOST), 4), np.int64)
    cells, doubles = np.empty((pairs, CELL), np.int64), np.empty(pairs)
    parents = np.empty(whole.count(b"{"), np.int32)
    counts = np.zeros(6, np.int64)
    said = scan(
        data, starts, ends, rows, marks, names, kinds, columns, cells, doubles, parents, counts
    )
    if said == NOT_UNDERSTOOD:
        return None
    count, name_count, kind_count, column_count, cell_count, line_count = counts.tolist()
    if not count:
        return NOTHING
    rows, marks, cells = rows[:count], marks[:count], cells[:cell_count]
    order = np.empty(cell_count, np.int64)
    column_ends = np.empty(column_count, np.int64)
    if not by_column(cells, column_count, order, column_ends):
        return None
    called = [_said(whole, *span) for span in names[:name_count].tolist()]
    listed: dict[Property, tuple[int, int]] = {}
    begin = 0
    for one, end in zip(columns[:column_count].tolist(), column_ends.tolist(), strict=True):
        key = Property(called[one[EVENT]], _said(whole, one[KEY], one[KEY + 1]), bool(one[LINE]))
        if key in listed:  # one key in two spellings
            return None
        if end > begin:
            listed[key] = begin, end
        begin = end
    beside, spoken = _spoken(whole, rows, called, kinds)
    return Entries(
        _kinds(whole, called, kinds[:kind_count].tolist()),
        rows[:, KIND].astype(np.int32),
        _texts(data, rows[:, USER : USER + 2]),
        _texts(data, rows[:, ANONYMOUS : ANONYMOUS + 2]),
        _texts(data, rows[:, MESSAGE : MESSAGE + 2]),
        rows[:, OCCURRED].copy(),
        rows[:, RECEIVED].copy(),
        rows[:, PROFILE].copy(),
        rows[:, ARRIVAL].copy(),
        marks[:, 0].copy(),
        marks[:, 1].copy(),
        beside,
        spoken,
        parents[:line_count].copy(),
        listed,
        _cells(whole, data, cells[order], doubles[order]),
    )


def _kinds(
    whole: bytes, called: Sequence[str], kinds: Sequence[tuple[int, int, int]]
) -> tuple[tuple[str, str | None], ...]:
    return tuple(
        (called[name], None if first < 0 else _said(whole, first, last))
        for name, first, last in kinds
    )


def _said(whole: bytes, start: int, end: int) -> str:
    """A text by where it stands, without its quotes."""
    text = whole[start:end]
    return msgspec.json.decode(b'"%b"' % text, type=str) if b"\\" in text else text.decode()


def _texts(data: Any, spans: Any) -> pa.LargeStringArray:
    offsets, out = _written(data, spans)
    is_set = spans[:, 0] >= 0
    mask = None if bool(is_set.all()) else pa.py_buffer(np.packbits(is_set, bitorder="little"))
    buffers = [mask, pa.py_buffer(offsets), pa.py_buffer(out)]
    return pa.Array.from_buffers(pa.large_string(), len(spans), buffers)


def _written(data: Any, spans: Any) -> tuple[Any, Any]:
    from shoal.store.scanning import write_texts

    out = np.empty(int((spans[:, 1] - spans[:, 0]).sum()), np.uint8)
    offsets = np.empty(len(spans) + 1, np.int64)
    write_texts(data, np.ascontiguousarray(spans), out, offsets)
    return offsets, out[: int(offsets[-1])]


def _spoken(
    whole: bytes, rows: Any, called: list[str], kinds: Any
) -> tuple[Any, tuple[Spoken, ...]]:
    """The number beside each event, and whom reserved events speak of."""
    beside = rows[:, MENTIONED].copy()
    reserved = np.array([name.startswith("$") for name in called])[kinds[rows[:, KIND], 0]]
    found: list[Spoken] = []
    for place in np.flatnonzero(reserved & (rows[:, SPOKEN] == 1)).tolist():
        beside[place] = 0
        text = whole[int(rows[place, START]) : int(rows[place, END])]
        (one,) = decode(b"[%b]" % text)[0]
        for (way, who), number in zip(mentions_of(one.event), one.mentioned, strict=False):
            if number and way is Mention.BESIDE:
                beside[place] = number
            elif number:
                found.append(Spoken(place, who, number))
    return beside, tuple(found)


def _cells(whole: bytes, data: Any, cells: Any, doubles: Any) -> Cells:
    forms = cells[:, FORM].astype(np.uint8)
    spans = cells[:, FROM : TO + 1].copy()
    others = np.flatnonzero(forms == OTHER).tolist()
    objects: dict[int, object] = {}
    for at in others:
        objects[at] = read_value(whole[int(spans[at, 0]) : int(spans[at, 1])])
        spans[at] = -1
    offsets, out = _written(data, spans)
    return Cells(cells[:, OWNER].astype(np.int32), forms, doubles, Texts(offsets, out), objects)
