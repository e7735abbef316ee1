"""The tail of the log as runs: its columns under the types of their properties, its people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.instants import Zone
from shoal.engine.history import Int32s, Int64s
from shoal.events.property_type import PropertyType, majority_type
from shoal.identity import PROPERTIES
from shoal.store.assembly import assemble, joined_columns, text_column
from shoal.store.catalogue import Naming
from shoal.store.entries import Cells, Entries, Property
from shoal.store.frame_layout import BOOLEAN, DECIMAL, ODD, OTHER, TEXT, WHOLE
from shoal.store.intake import split
from shoal.store.linking import mentioned
from shoal.store.run import ANONYMOUS_ID, ColumnKey, Part, People, Run, RunColumn, Seen
from shoal.store.typed import typed_columns

_TEXTS, _BOOLEANS, _DOUBLES = 1 << TEXT, 1 << BOOLEAN, 1 << DECIMAL | 1 << ODD
_NUMBERS = _DOUBLES | 1 << WHOLE
_READ = 1 << ODD | 1 << OTHER
"""Forms whose text is not at hand."""


def tail_runs(entries: Entries, naming: Naming, buckets: int) -> dict[int, Run]:
    """The entries as one run for each bucket they touch. Untyped properties become known."""
    if not len(entries):
        return {}
    runs = {bucket: assemble([piece]) for bucket, piece in split(_part(entries, naming), buckets)}
    return {bucket: run for bucket, run in runs.items() if run is not None}


def _part(entries: Entries, naming: Naming) -> Part:
    """All rows of the entries, lines behind the events."""
    count = len(entries)
    parents = entries.parents
    with_lines = set(entries.name[parents].tolist())
    lines = {it: f"{it}_line" for at, it in enumerate(entries.names) if at in with_lines}
    for name, raw in entries.kinds:
        naming.add_event(name, raw or name, lines.get(name))
    places = {name: at for at, name in enumerate(entries.names)}
    for name in lines.values():  # it may be an event's own name as well
        places.setdefault(name, len(places))
    line_code = np.array([places[lines.get(name, name)] for name in entries.names], np.uint16)
    everywhere = np.arange(count, dtype=np.int32)
    return Part(
        _with_lines(entries.profiles, parents),
        _with_lines(entries.occurred_at, parents),
        _with_lines(entries.received_at, parents),
        _with_lines(entries.arrivals, parents),
        np.concatenate((entries.name.astype(np.uint16), line_code[entries.name[parents]])),
        tuple(places),
        np.zeros(count + len(parents), dtype=np.int32),
        Seen(entries.high, entries.low, everywhere),
        _columns(entries, naming),
        _people(entries),
    )


def _with_lines(values: Any, parents: Int32s) -> Any:
    return np.concatenate((values, values[parents])) if len(parents) else values


def _people(entries: Entries) -> People:
    """Whose the events are."""
    numbers, first = np.unique(entries.profiles, return_index=True)
    at = pa.array(first)
    users, anonymous = entries.users.take(at), entries.anonymous.take(at)
    return People(
        numbers,
        pc.coalesce(users, anonymous) if users.null_count else users,
        users.is_null().to_numpy(zero_copy_only=False).astype(np.uint8),
    )


def _columns(entries: Entries, naming: Naming) -> dict[ColumnKey, RunColumn]:
    count = len(entries)
    columns: dict[ColumnKey, RunColumn] = {}
    alike: dict[tuple[str, int], list[Int32s]] = {}
    for key, (start, end) in entries.columns.items():
        array, forms = _array(entries.cells, start, end)
        owners = entries.cells.owners[start:end]
        event = f"{key.event}_line" if key.of_lines else key.event
        kind = naming.type_of(event, key.name)
        if kind is None:
            kind = _kind_of(entries.cells, start, end, forms) or majority_type(array)
        naming.types[(event, key.name)] = PropertyType(kind)
        rows = _shared(owners + np.int32(count) if key.of_lines else owners, alike, event)
        typed = typed_columns((event, key.name), array, rows, kind, Zone(), Counter())
        for name, column in typed.items():
            known = columns.get(name)
            columns[name] = column if known is None else _both(known, column)
    return columns | _mentioned(entries)


def _shared(rows: Int32s, alike: dict[tuple[str, int], list[Int32s]], event: str) -> Int32s:
    """The rows, as one array for all properties of an event that are set in the same rows.

    What has to be worked out of rows is worked out once of those that are one array.
    """
    known = alike.setdefault((event, len(rows)), [])
    for some in known:
        if np.array_equal(some, rows):
            return some
    known.append(rows)
    return rows


def _both(one: RunColumn, other: RunColumn) -> RunColumn:
    """A property of an event and of lines that have the same name."""
    events_first = sorted((one, other), key=lambda column: int(column.rows[0]))
    return joined_columns(events_first)


def _mentioned(entries: Entries) -> dict[ColumnKey, RunColumn]:
    """Whom rows speak of beside their own."""
    both = entries.users.is_valid().to_numpy(zero_copy_only=False)
    both = both & entries.anonymous.is_valid().to_numpy(zero_copy_only=False)
    named = [
        (event, name, span)
        for event, names in PROPERTIES.items()
        for name in names
        if (span := entries.columns.get(Property(event, name)))
    ]
    rows = np.flatnonzero(both).astype(np.int32)
    if not len(rows) and not named:
        return {}
    people = entries.people

    def numbers_of(texts: pa.LargeStringArray, anonymous: bool) -> Int64s:  # noqa: FBT001
        return people.numbers_of(texts, anonymous=anonymous)

    columns: dict[ColumnKey, RunColumn] = {}
    if len(rows):
        beside = text_column(rows, entries.anonymous.take(pa.array(rows)))
        found = mentioned("", beside, {}, numbers_of)
        columns |= found.columns
        if found.anonymous_ids is not None:
            columns[ANONYMOUS_ID] = found.anonymous_ids
    for event, name, (start, end) in named:
        array, _ = _array(entries.cells, start, end)
        owners = entries.cells.owners[start:end]
        for key, column in mentioned(event, None, {name: array}, numbers_of).columns.items():
            columns[key] = RunColumn(column.kind, owners[column.rows], column.values)
    return columns


def _array(cells: Cells, start: int, end: int) -> tuple[pa.Array, int]:
    """The cells of a property under one type, as text where they have none in common; their forms."""
    forms = int(np.bitwise_or.reduce(np.left_shift(1, cells.forms[start:end], dtype=np.int64)))
    if forms == _BOOLEANS:
        return pa.array(cells.doubles[start:end] != 0), forms
    if not forms & ~_DOUBLES:
        return pa.array(cells.doubles[start:end]), forms
    if forms & _READ:
        return _of_values(_values(cells, start, end)), forms
    texts = cells.texts
    first, last = texts.offsets[start], texts.offsets[end]
    offsets = texts.offsets[start : end + 1] - first
    buffers = [
        None,
        pa.py_buffer(offsets.astype(np.int32)),
        pa.py_buffer(texts.data[first:last]),
    ]
    return pa.Array.from_buffers(pa.string(), end - start, buffers), forms


def _kind_of(cells: Cells, start: int, end: int, forms: int) -> PropertyType | None:
    """A number, where every value came as one, however long it is; None if the cells must say."""
    if forms & 1 << OTHER:
        others = [cells.objects[at] for at in range(start, end) if at in cells.objects]
        if not all(type(it) in (int, float, Decimal) for it in others):
            return None
    return None if forms & ~(_NUMBERS | 1 << OTHER) else PropertyType.NUMBER


def _values(cells: Cells, start: int, end: int) -> list[object]:
    """The cells one by one."""
    values: list[object] = []
    offsets = cells.texts.offsets[start : end + 1].tolist()
    data = cells.texts.data[offsets[0] : offsets[-1]].tobytes()
    forms, doubles = cells.forms[start:end].tolist(), cells.doubles[start:end].tolist()
    for at, form in enumerate(forms):
        if form == OTHER:
            values.append(cells.objects[start + at])
        elif form in (DECIMAL, ODD):
            values.append(doubles[at])
        elif form == BOOLEAN:
            values.append(doubles[at] != 0)
        else:
            text = data[offsets[at] - offsets[0] : offsets[at + 1] - offsets[0]].decode()
            values.append(text if form == TEXT else int(text))
    return values


def _of_values(values: Sequence[object]) -> pa.Array:
    """The values under one type; as text where they have none in common."""
    kinds = set(map(type, values))
    if kinds == {float}:
        return pa.array(values, pa.float64())
    if kinds == {datetime}:
        return pa.array(values, pa.timestamp("us", tz="UTC"))
    return pa.array(map(_text, values), pa.string())


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)
