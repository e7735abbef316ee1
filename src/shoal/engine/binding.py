"""A program bound to one bucket: where its columns lie and which codes its strings have there.

All text columns of a program share one pool of distinct strings, sorted by code point, so that
equality, order, distinctness and most frequent value are questions about whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.public_holidays import holidays_of
from shoal.engine.history import Column, History, Int32s, Int64s, Kind
from shoal.engine.occasions import PART
from shoal.engine.program import DERIVED, ENTERED, LEFT, ColumnNeed, Program, TextPredicate, table
from shoal.engine.rows import lines_of_parents
from shoal.engine.tables import Arrays, Tables
from shoal.language.tree import TextTest

Scalar = TypeVar("Scalar", bound=np.generic)
CODES = {kind: int(kind) for kind in Kind}


@dataclass(frozen=True, eq=False)
class Bound:
    """Tables and addresses for the kernel; ``alive`` keeps the arrays they point into."""

    program: Program
    history: History
    tables: Tables
    arrays: Arrays
    pool: pa.StringArray
    kinds: tuple[Kind | None, ...]
    alive: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """Operands and scopes of ranks for one bucket, and the tables of percentiles."""

    values: Sequence[npt.NDArray[np.float64]] = ()
    scopes: Sequence[npt.NDArray[np.int8]] = ()
    tables: Sequence[npt.NDArray[np.float64] | None] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Lent:
    """What a bucket lends to any program that reads the same streams, columns and strings."""

    streams: tuple[Int32s, ...]
    columns: tuple[Column | None, ...]
    pool: pa.StringArray
    lookups: tuple[npt.NDArray[np.int32] | None, ...]
    days: tuple[tuple[Int64s, Int64s], ...] = ()


def bind(
    program: Program,
    history: History,
    stored: Stored | None = None,
    constants: npt.NDArray[np.float64] | None = None,
) -> Bound:
    """The program with everything one bucket lends it; ``constants`` carry the cuts of ranks."""
    stored = stored or Stored()
    addresses = Addresses()
    lent = lend(program, history)
    starts, offsets = program.zone.transitions()
    arrays = Arrays(
        base=base_row(history, addresses),
        streams=table([addresses.sized(rows) for rows in lent.streams], 2),
        columns=table(column_rows(program, lent, addresses), 7),
        tables=table(
            [addresses.sized(tabulate(test, lent.pool)) for test in program.predicates], 2
        ),
        stored=np.array([addresses.of(item) for item in stored.values], dtype=np.int64),
        stored_truth=np.array([addresses.of(item) for item in stored.scopes], dtype=np.int64),
        rank_tables=table(
            [addresses.sized(item) if item is not None else (0, 0) for item in stored.tables], 2
        ),
        starts=np.array(starts, dtype=np.int64),
        offsets=np.array(offsets, dtype=np.int64),
        makes_known=makes_known(history),
        parents=parents_of_selections(program, history),
        line_parents=parents_of_lines(program, history),
        days=table(
            [(*addresses.sized(first), *addresses.sized(days)) for first, days in lent.days], 4
        ),
    )
    numbers = (program.tables.constants if constants is None else constants).copy()
    if program.texts:
        codes = pc.index_in(pa.array(list(program.texts.values()), pa.string()), lent.pool)
        for place, code in zip(program.texts, codes.to_pylist(), strict=True):
            numbers[place] = code
    tables = program.tables._replace(constants=numbers)
    kinds = tuple(None if column is None else column.kind for column in lent.columns)
    return Bound(program, history, tables, arrays, lent.pool, kinds, tuple(addresses.alive))


class Addresses:
    """Where arrays lie; ``alive`` keeps what is at them."""

    def __init__(self) -> None:
        self.alive: list[object] = []

    def of(self, array: npt.NDArray[np.generic]) -> int:
        """Address of the array's first value; a copy's if the array has gaps."""
        flat = np.ascontiguousarray(array)
        self.alive.append(flat)
        return int(flat.ctypes.data)

    def sized(self, array: npt.NDArray[np.generic]) -> tuple[int, int]:
        """Address and number of values."""
        return self.of(array), len(array)


def base_row(history: History, addresses: Addresses) -> npt.NDArray[np.int64]:
    """The history's own arrays, as the kernel's ``base``."""
    return np.array(
        [
            addresses.of(as_type(history.occurred_at, np.int64)),
            addresses.of(as_type(history.event, np.uint16)),
            addresses.of(as_type(history.received_at, np.int64)),
            addresses.of(as_type(history.offsets, np.int64)),
            addresses.of(as_type(history.first_seen, np.int64)),
            len(history.occurred_at),
            len(history.profiles),
        ],
        dtype=np.int64,
    )


def column_rows(program: Program, lent: Lent, addresses: Addresses) -> list[tuple[int, ...]]:
    """The kernel's row of every column; an empty one where nothing has the property."""
    rows: list[tuple[int, ...]] = []
    nothing = np.empty(0, dtype=np.int64)
    for need, column, lookup in zip(program.columns, lent.columns, lent.lookups, strict=True):
        if need.part >= 0:
            rows.append((need.part, 0, 0, PART, 0, 0, 0))
            continue
        if column is None:
            rows.append((addresses.of(nothing), addresses.of(nothing), 0, 1, 0, 0, 0))
            continue
        is_dense = need.dense and len(column.rows) == len(lent.streams[need.stream])
        rows.append(
            (
                addresses.of(as_type(column.rows, np.int32)),
                addresses.of(column.values),
                len(column.values),
                CODES[column.kind],
                *(addresses.sized(lookup) if lookup is not None else (0, 0)),
                int(is_dense),
            )
        )
    return rows


def makes_known(history: History) -> npt.NDArray[np.uint8]:
    """By event code, whether a row of the event makes its profile known."""
    silent = {"$consent", *DERIVED}
    return np.array(
        [
            name not in silent and not name.startswith((ENTERED, LEFT))
            for name in history.event_names
        ]
        or [False],
        dtype=np.uint8,
    )


def parents_of_selections(program: Program, history: History) -> npt.NDArray[np.int64]:
    """For each selection whose lines stand for parents: the parent's code by line's code, or -1."""
    names = {name: code for code, name in enumerate(history.event_names)}
    parents = np.full((len(program.to_parent), max(len(names), 1)), -1, dtype=np.int64)
    for index, pairs in enumerate(program.to_parent):
        for line, parent in pairs:
            if line in names:
                parents[index, names[line]] = names.get(parent, -1)
    return parents


def parents_of_lines(program: Program, history: History) -> npt.NDArray[np.int64]:
    """By event code, a line event's parent's code, or -1."""
    names = {name: code for code, name in enumerate(history.event_names)}
    return np.array(
        [names.get(program.line_events.get(name, ""), -1) for name in history.event_names] or [-1],
        dtype=np.int64,
    )


KEPT = 32
"""Programs whose loans a bucket remembers."""
_loans: WeakKeyDictionary[History, dict[object, Lent]] = WeakKeyDictionary()


def lend(program: Program, history: History) -> Lent:
    """Streams, columns and string codes of a bucket; remembered while the history lives."""
    key = (program.streams, program.columns, tuple(program.texts.values()), program.calendars)
    try:
        kept = _loans.setdefault(history, {})
    except TypeError:  # a history that cannot be referred to weakly is not remembered
        kept = dict[object, Lent]()
    if key not in kept:
        streams = tuple(stream_rows(history, stream.events, program) for stream in program.streams)
        columns = tuple(column_of(history, need) for need in program.columns)
        pool, lookups = text_pool(columns, list(program.texts.values()))
        if len(kept) >= KEPT:
            kept.pop(next(iter(kept)))
        days = tuple(listed_days(pool, name) for name in program.calendars)
        kept[key] = Lent(streams, columns, pool, tuple(lookups), days)
    return kept[key]


def as_type(array: npt.NDArray[Any], dtype: type[Scalar]) -> npt.NDArray[Scalar]:
    """The array itself if it has the type, else a copy that has."""
    return array if array.dtype == dtype else array.astype(dtype)


def stream_rows(history: History, events: tuple[str, ...], program: Program) -> Int32s:
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
    chosen = np.array([name in wanted for name in history.event_names], dtype=bool)
    if not chosen.any():
        return np.empty(0, dtype=np.int32)
    return np.flatnonzero(chosen[history.event]).astype(np.int32)


def column_of(history: History, need: ColumnNeed) -> Column | None:
    """The property over all events that have it, in the order of rows."""
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
    rows = np.concatenate([column.rows for column in found])
    order = ascending(rows, len(history.occurred_at))
    if found[0].kind != Kind.TEXT:
        values = np.concatenate([column.values for column in found])
        return Column(found[0].kind, rows[order], values[order])
    parts = [
        pa.DictionaryArray.from_arrays(pa.array(column.values, pa.int32()), column.dictionary)
        for column in found
    ]
    merged = pa.chunked_array(parts).unify_dictionaries().combine_chunks()
    codes = merged.indices.to_numpy(zero_copy_only=False).astype(np.int32)
    return Column(Kind.TEXT, rows[order], codes[order], merged.dictionary)


def ascending(rows: Int32s, size: int) -> npt.NDArray[np.int32]:
    """The order that sorts distinct rows, found by putting each in its place."""
    places = np.full(size, -1, dtype=np.int32)
    places[rows] = np.arange(len(rows), dtype=np.int32)
    return places[places >= 0]


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
    columns: Sequence[Column | None], texts: list[str]
) -> tuple[pa.StringArray, list[npt.NDArray[np.int32] | None]]:
    """Distinct strings of all text columns and constants, sorted.

    And for each text column the table from its own codes to places in that pool.
    """
    dictionaries = [
        column.dictionary.cast(pa.string())
        for column in columns
        if column is not None and column.dictionary is not None
    ]
    constants = pa.array(texts, pa.string())
    everything = pa.chunked_array([*dictionaries, constants], pa.string()).combine_chunks()
    distinct = pc.unique(everything)
    pool = distinct.take(pc.sort_indices(distinct))
    lookups: list[npt.NDArray[np.int32] | None] = []
    for column in columns:
        if column is None or column.dictionary is None:
            lookups.append(None)
        else:
            codes = pc.index_in(column.dictionary.cast(pa.string()), pool)
            lookups.append(codes.to_numpy(zero_copy_only=False).astype(np.int32))
    return pool, lookups


def listed_days(pool: pa.StringArray, name: str | None) -> tuple[Int64s, Int64s]:
    """The days of a holiday by country: where each string's own begin and end, and all of them."""
    counts = np.zeros(len(pool) + 1, dtype=np.int64)
    found: list[Int64s] = []
    short = pc.equal(pc.binary_length(pool), 2).to_numpy(zero_copy_only=False)
    for place in map(int, np.flatnonzero(short)):
        days = np.array(holidays_of(pool[place].as_py(), name), dtype=np.int64)
        counts[place + 1] = len(days)
        found.append(days)
    return np.cumsum(counts), np.concatenate([np.empty(0, dtype=np.int64), *found])


def tabulate(predicate: TextPredicate, pool: pa.StringArray) -> npt.NDArray[np.uint8]:
    """Which strings of the pool meet the test."""
    test = {
        TextTest.CONTAINS: pc.match_substring,
        TextTest.STARTS_WITH: pc.starts_with,
        TextTest.ENDS_WITH: pc.ends_with,
    }[predicate.test]
    result = test(pool, predicate.text)
    return result.to_numpy(zero_copy_only=False).astype(np.uint8)
