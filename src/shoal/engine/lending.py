"""What a bucket lends to programs: rows of streams, columns over several events, string codes."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.arrow import numbers_of, strings_of
from shoal.core.public_holidays import holidays_of
from shoal.engine.history import Column, History, Int32s, Int64s, Kind
from shoal.engine.keeping import KEEPING, all_rows, owned_bytes
from shoal.engine.program import DERIVED, ColumnNeed, Program
from shoal.engine.rows import lines_of_parents

Scalar = TypeVar("Scalar", bound=np.generic)
SPARSE = 16
"""Where fewer rows than one in so many have a value, sorting them is faster than placing them."""


@dataclass(frozen=True, slots=True, eq=False)
class Lent:
    """What a bucket lends to any program that reads the same streams, columns and strings."""

    streams: tuple[Int32s, ...]
    columns: tuple[Column | None, ...]
    pool: pa.StringArray
    lookups: tuple[npt.NDArray[np.int32] | None, ...]
    days: tuple[tuple[Int64s, Int64s], ...] = ()


def lend(program: Program, history: History) -> Lent:
    """Streams, columns and string codes of a bucket; what has to be made is kept."""
    streams = tuple(stream_of(history, stream.events, program) for stream in program.streams)
    columns = tuple(column_of(history, need) for need in program.columns)
    texts = tuple(program.texts.values())
    named = tuple((need.holders, need.property) for need in program.columns)
    pool, lookups = KEEPING.get(
        history, ("strings", named, texts), lambda: text_pool(columns, texts), pool_bytes
    )
    days = tuple(listed_days(pool, name) for name in program.calendars)
    return Lent(streams, columns, pool, tuple(lookups), days)


def stream_of(history: History, events: tuple[str, ...], program: Program) -> Int32s:
    """Ascending rows of one event, of several, or of any received event."""
    if len(events) == 1:
        return np.ascontiguousarray(history.rows_of(events[0]), dtype=np.int32)
    if events:
        wanted = {name for name in events if name in history.event_names}
    else:
        wanted = {
            name
            for name in history.event_names
            if not name.startswith("$") and name not in DERIVED and name not in program.line_events
        }
    return KEEPING.get(
        history,
        ("stream", frozenset(wanted)),
        lambda: stream_rows(history, wanted),
        rows_bytes,
    )


def stream_rows(history: History, wanted: Collection[str]) -> Int32s:
    """Ascending rows of some events."""
    chosen = np.array([name in wanted for name in history.event_names], dtype=bool)
    if not chosen.any():
        return np.empty(0, dtype=np.int32)
    if chosen.all():
        return all_rows(len(history.event))
    return np.flatnonzero(chosen[history.event]).astype(np.int32)


def column_of(history: History, need: ColumnNeed) -> Column | None:
    """The property over all events that have it, in the order of rows."""
    if len(need.holders) <= 1 and not any(line for _, line in need.holders):
        return merged_column(history, need)
    return KEEPING.get(
        history,
        ("column", need.holders, need.property),
        lambda: merged_column(history, need),
        column_bytes,
    )


def merged_column(history: History, need: ColumnNeed) -> Column | None:
    """The columns of all holders as one."""
    found = [
        column
        for event, line in need.holders
        if (column := held_column(history, event, line, need.property)) is not None
        and len(column.rows)
    ]
    if len(found) <= 1:
        return found[0] if found else None
    kinds = {column.kind for column in found}
    if kinds == {Kind.EXACT, Kind.DOUBLE}:
        found = [as_double(column) for column in found]
        kinds = {Kind.DOUBLE}
    if len(kinds) > 1:
        found = [column for column in found if column.kind == found[0].kind]
    if found[0].kind != Kind.TEXT:
        parts = [(column.rows, column.values) for column in found]
        rows, values = in_rows(parts, len(history.occurred_at))
        return Column(found[0].kind, rows, values)
    dictionary = distinct_of([column.dictionary for column in found])
    parts = [(column.rows, recoded(column, dictionary)) for column in found]
    rows, codes = in_rows(parts, len(history.occurred_at))
    return Column(Kind.TEXT, rows, codes, dictionary)


def distinct_of(dictionaries: Sequence[pa.StringArray | None]) -> pa.StringArray:
    """Every string of the dictionaries once."""
    texts = [texts.cast(pa.string()) for texts in dictionaries if texts is not None]
    if all(each.equals(texts[0]) for each in texts[1:]):
        return texts[0]
    return pc.unique(pa.chunked_array(texts, pa.string()).combine_chunks())


def recoded(column: Column, dictionary: pa.StringArray) -> npt.NDArray[np.int32]:
    """A text column's values as codes into another dictionary that has all its strings."""
    values = as_type(column.values, np.int32)
    assert column.dictionary is not None, "strings have a dictionary"
    codes = index_in(column.dictionary, dictionary)
    if len(codes) == len(dictionary) and (codes == np.arange(len(codes))).all():
        return values
    return codes[values]


def index_in(texts: pa.StringArray, dictionary: pa.StringArray) -> npt.NDArray[np.int32]:
    """Where in the dictionary each text stands; all must."""
    found = pc.index_in(texts.cast(pa.string()), dictionary)
    return np.array(numbers_of(found), dtype=np.int32)


def in_rows(
    parts: Sequence[tuple[Int32s, npt.NDArray[Any]]], size: int
) -> tuple[Int32s, npt.NDArray[Any]]:
    """Rows and values of several columns, no row twice, in the order of rows.

    Each value is put where its row is, so that nothing has to be sorted.
    """
    total = sum(len(rows) for rows, _ in parts)
    if total * SPARSE < size:
        together = np.concatenate([rows for rows, _ in parts])
        order = np.argsort(together, kind="stable")  # merges ascending runs
        return together[order], np.concatenate([values for _, values in parts])[order]
    whole = np.empty(size, dtype=parts[0][1].dtype)
    for rows, values in parts:
        whole[rows] = values
    if total == size:
        return all_rows(size), whole
    there = np.zeros(size, dtype=bool)
    for rows, _ in parts:
        there[rows] = True
    return np.flatnonzero(there).astype(np.int32), whole[there]


def rows_bytes(rows: Int32s) -> int:
    """Bytes of a stream that are its own."""
    return 0 if rows.base is not None else rows.nbytes


def column_bytes(column: Column | None) -> int:
    """Bytes of a merged column that are its own."""
    if column is None:
        return 0
    texts = 0 if column.dictionary is None else column.dictionary.nbytes
    return rows_bytes(column.rows) + owned_bytes(column.values) + texts


def pool_bytes(found: tuple[pa.StringArray, Sequence[npt.NDArray[np.int32] | None]]) -> int:
    """Bytes of distinct strings and of the tables of their codes."""
    pool, lookups = found
    return pool.nbytes + sum(lookup.nbytes for lookup in lookups if lookup is not None)


def held_column(history: History, event: str, line: str | None, name: str) -> Column | None:
    """An event's property; with ``line``, as the lines of the event read it."""
    column = history.column(event, name)
    if column is None or line is None:
        return column
    lines = as_type(history.rows_of(line), np.int32)
    chosen, places = lines_of_parents(
        np.array(lines), np.array(history.rows_of(event)), np.array(column.rows)
    )
    return Column(column.kind, lines[chosen], column.values[places], column.dictionary)


def as_double(column: Column) -> Column:
    """A column of numbers with doubles for values."""
    if column.kind == Kind.DOUBLE:
        return column
    exact = as_type(column.values, np.int64)
    values = exact / 1e6
    for place in np.flatnonzero((exact > 2**53) | (exact < -(2**53))):
        values[place] = int(exact[place]) / 1_000_000  # rounded once
    return Column(Kind.DOUBLE, column.rows, values)


def text_pool(
    columns: Sequence[Column | None], texts: Sequence[str]
) -> tuple[pa.StringArray, list[npt.NDArray[np.int32] | None]]:
    """Distinct strings of all text columns and constants, sorted.

    And for each text column the table from its own codes to places in that pool.
    """
    dictionaries = [
        column.dictionary.cast(pa.string())
        for column in columns
        if column is not None and column.dictionary is not None
    ]
    constants = strings_of(texts)
    everything = pa.chunked_array([*dictionaries, constants], pa.string()).combine_chunks()
    distinct = pc.unique(everything)
    pool = distinct.take(pc.sort_indices(distinct))
    lookups: list[npt.NDArray[np.int32] | None] = []
    for column in columns:
        if column is None or column.dictionary is None:
            lookups.append(None)
        else:
            lookups.append(index_in(column.dictionary, pool))
    return pool, lookups


def as_type(array: npt.NDArray[Any], dtype: type[Scalar]) -> npt.NDArray[Scalar]:
    """The array itself if it has the type, else a copy that has."""
    return array if array.dtype == dtype else array.astype(dtype)


def listed_days(pool: pa.StringArray, name: str | None) -> tuple[Int64s, Int64s]:
    """The days of a holiday by country: where each string's own begin and end, and all of them."""
    counts = np.zeros(len(pool) + 1, dtype=np.int64)
    found: list[Int64s] = []
    for place, text in enumerate(pool.to_pylist()):
        if text is not None and len(text) == 2:
            days = np.array(holidays_of(text, name), dtype=np.int64)
            counts[place + 1] = len(days)
            found.append(days)
    return np.cumsum(counts), np.concatenate([np.empty(0, dtype=np.int64), *found])
