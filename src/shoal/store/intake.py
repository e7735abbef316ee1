"""Event tables as parts of buckets: who, which type, where to. Columns in, columns out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.instants import Zone
from shoal.engine.history import Int32s, Int64s
from shoal.events.property_type import PropertyType, majority_type
from shoal.events.table import EventTable, cells_of
from shoal.identity import Identifier, buckets_of
from shoal.store.assembly import text_column
from shoal.store.ballots import Ballots
from shoal.store.catalogue import Naming
from shoal.store.linking import Mentioned, mentioned
from shoal.store.run import ANONYMOUS_ID, ColumnKey, Part, People, RunColumn, Seen
from shoal.store.typed import as_received, typed_columns

_Orders = dict[int, tuple[Int32s, npt.NDArray[Any], Int32s]]
"""Rows, their order and their new places: worked out once for columns that share their rows."""
Forgotten = Callable[[Identifier], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Circumstances:
    """What all rows of an import share.

    An imported row is taken as known when it happened, but not later than the import; logged ones
    bring their own ``receipts``.
    """

    import_id: int
    first_arrival: int
    imported_at: int
    zone: Zone
    receipts: Int64s | None = None
    ballots: Ballots | None = None
    """Where types are voted on beyond one table; without, each table decides."""
    nonfinite: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """Cells that are NaN or infinite and so unset, by event and property: counted here."""


@dataclass(frozen=True, slots=True, eq=False)
class Persons:
    """Who the rows of a table belong to; ``kept`` is None when nobody was forgotten."""

    numbers: Int64s
    people: People
    kept: npt.NDArray[np.bool_] | None
    mentioned: Mentioned


class Numbering(Protocol):
    """Who gives identifiers their numbers."""

    def numbers_of(self, texts: pa.LargeStringArray, *, anonymous: bool = False) -> Int64s:
        """The number of each of these distinct identifiers; 0 for one that has none."""
        ...


def take_in(
    table: EventTable,
    identifiers: Numbering,
    naming: Naming,
    circumstances: Circumstances,
    forgotten: Forgotten | None = None,
) -> tuple[Part, int]:
    """The table, lines included, as one part, and how many events of forgotten people fell.

    Unknown identifiers and untyped properties become known.
    """
    count = len(table)
    persons = _persons(table, identifiers, forgotten)
    lines = table.lines
    naming.add_event(table.event, table.raw_event, lines.event if lines is not None else None)
    everywhere = np.arange(count, dtype=np.int32)
    cells = cells_of(table, naming.type_of)
    columns = _converted(table.event, cells, table.types, everywhere, naming, circumstances)
    if persons.mentioned.anonymous_ids is not None:
        columns[ANONYMOUS_ID] = persons.mentioned.anonymous_ids
    columns |= persons.mentioned.columns
    occurred_at = table.occurred_at
    arrival = table.order + circumstances.first_arrival
    numbers, event = persons.numbers, np.zeros(count, dtype=np.uint16)
    kept = persons.kept
    names = (table.event,)
    if lines is not None:
        parent = lines.parent
        places = np.arange(count, count + len(parent), dtype=np.int32)
        cells = cells_of(lines, naming.type_of)
        columns |= _converted(lines.event, cells, lines.types, places, naming, circumstances)
        occurred_at = np.concatenate((occurred_at, occurred_at[parent]))
        arrival = np.concatenate((arrival, arrival[parent]))
        numbers = np.concatenate((numbers, numbers[parent]))
        event = np.concatenate((event, np.ones(len(parent), dtype=np.uint16)))
        kept = None if kept is None else np.concatenate((kept, kept[parent]))
        names = (table.event, lines.event)
    received_at = circumstances.receipts
    if received_at is None:
        received_at = np.minimum(occurred_at, circumstances.imported_at)
    elif lines is not None:
        received_at = np.concatenate((received_at, received_at[lines.parent]))
    part = Part(
        numbers,
        occurred_at,
        received_at,
        arrival,
        event,
        names,
        np.full(len(numbers), circumstances.import_id, dtype=np.int32),
        Seen(table.fingerprints[:, 0], table.fingerprints[:, 1], everywhere),
        columns,
        persons.people,
    )
    dropped = 0 if kept is None else count - int(kept[:count].sum())
    return part, dropped


def split(part: Part, buckets: int) -> list[tuple[int, Part]]:
    """The part bucket by bucket; rows without a profile (number 0) belong to none."""
    bucket = buckets_of(part.numbers, buckets)
    nobody = part.numbers == 0
    if bool(nobody.any()):
        bucket[nobody] = buckets
    bucket = bucket.astype(np.uint16)
    order = np.argsort(bucket, kind="stable")
    ends = np.cumsum(np.bincount(bucket, minlength=buckets + 1))[:buckets]
    starts = np.concatenate(([0], ends[:-1]))
    count = int(ends[-1])
    places = np.empty(len(order), dtype=np.int32)
    places[order] = np.arange(len(order), dtype=np.int32)
    numbers, occurred_at = part.numbers[order], part.occurred_at[order]
    received_at, arrival = part.received_at[order], part.arrival[order]
    event, import_id = part.event[order], part.import_id[order]
    orders: _Orders = {}
    seen_order, seen_rows = _sorted_places(part.seen.rows, places, order[:count], orders)
    high, low = part.seen.high[seen_order], part.seen.low[seen_order]
    columns = _sorted_columns(part, places, order[:count], orders)
    found: list[tuple[int, Part]] = []
    for number, (start, end) in enumerate(zip(starts.tolist(), ends.tolist(), strict=True)):
        if start == end:
            continue
        first, last = np.searchsorted(seen_rows, (start, end))
        piece = replace(
            part,
            numbers=numbers[start:end],
            occurred_at=occurred_at[start:end],
            received_at=received_at[start:end],
            arrival=arrival[start:end],
            event=event[start:end],
            import_id=import_id[start:end],
            seen=Seen(high[first:last], low[first:last], seen_rows[first:last] - np.int32(start)),
            columns=_bucket_columns(columns, start, end),
        )
        found.append((number, piece))
    return found


def _persons(table: EventTable, identifiers: Numbering, forgotten: Forgotten | None) -> Persons:
    count = len(table)
    users = table.user_ids
    anonymous = table.anonymous_ids
    named = users.is_valid().to_numpy(zero_copy_only=False) if users.null_count else None
    numbers = np.zeros(count, dtype=np.int64)
    people: list[People] = []
    if named is None:
        numbers[:] = _numbers(users, identifiers, people, forgotten, anonymous=False)
    else:
        at = np.flatnonzero(named)
        if len(at):
            some = users.take(pa.array(at))
            numbers[at] = _numbers(some, identifiers, people, forgotten, anonymous=False)
        at = np.flatnonzero(~named)
        assert anonymous is not None
        some = anonymous.take(pa.array(at))
        numbers[at] = _numbers(some, identifiers, people, forgotten, anonymous=True)
    kept = numbers != 0
    return Persons(
        numbers,
        _joined_people(people),
        None if bool(kept.all()) else kept,
        mentioned(
            table.event,
            _beside(anonymous, named, count),
            {**table.properties, **table.received},
            lambda texts, anonymous: _known(texts, identifiers, forgotten, anonymous=anonymous)[0],
        ),
    )


def _numbers(
    texts: pa.Array,
    identifiers: Numbering,
    people: list[People],
    forgotten: Forgotten | None,
    *,
    anonymous: bool,
) -> Int64s:
    """The number of each row's identifier; 0 for a forgotten one."""
    coded = texts if pa.types.is_dictionary(texts.type) else texts.dictionary_encode()
    distinct = coded.dictionary.cast(pa.large_string())
    codes = coded.indices.to_numpy()
    numbers, there = _known(distinct, identifiers, forgotten, anonymous=anonymous)
    known = distinct if bool(there.all()) else distinct.filter(pa.array(there))
    order = np.argsort(numbers[there])
    people.append(
        People(
            numbers[there][order],
            known.take(pa.array(order)),
            np.full(len(order), anonymous, dtype=np.uint8),
        )
    )
    return numbers[codes]


def _known(
    distinct: pa.LargeStringArray,
    identifiers: Numbering,
    forgotten: Forgotten | None,
    *,
    anonymous: bool,
) -> tuple[Int64s, npt.NDArray[np.bool_]]:
    """The number of each identifier, 0 for a forgotten one; and which are none of those."""
    numbers = np.zeros(len(distinct), dtype=np.int64)
    there = np.ones(len(distinct), dtype=bool)
    if forgotten is not None:
        for at, text in enumerate(distinct.to_pylist()):
            there[at] = not forgotten(Identifier(text, anonymous))
    known = distinct if bool(there.all()) else distinct.filter(pa.array(there))
    numbers[there] = identifiers.numbers_of(known, anonymous=anonymous)
    return numbers, there


def _joined_people(people: Sequence[People]) -> People:
    if len(people) == 1:
        return people[0]
    numbers = np.concatenate([one.numbers for one in people])
    order = np.argsort(numbers)
    return People(
        numbers[order],
        pa.concat_arrays([one.texts for one in people]).take(pa.array(order)),
        np.concatenate([one.anonymous for one in people])[order],
    )


def _beside(
    anonymous: pa.StringArray | None, named: npt.NDArray[np.bool_] | None, count: int
) -> RunColumn | None:
    """Anonymous ids of rows that have a user id too."""
    if anonymous is None or anonymous.null_count == count:
        return None
    both = anonymous.is_valid().to_numpy(zero_copy_only=False)
    if named is not None:
        both = both & named
    rows = np.flatnonzero(both).astype(np.int32)
    return text_column(rows, anonymous.take(pa.array(rows))) if len(rows) else None


def _converted(  # noqa: PLR0913, PLR0917
    event: str,
    properties: Mapping[str, pa.Array],
    declared: Mapping[str, PropertyType],
    places: Int32s,
    naming: Naming,
    circumstances: Circumstances,
) -> dict[ColumnKey, RunColumn]:
    """The properties as columns of rows ``places``.

    Those whose type is not settled yet stay as received.
    """
    columns: dict[ColumnKey, RunColumn] = {}
    for name, array in properties.items():
        if array.null_count == len(array):
            continue
        kind = naming.type_of(event, name)
        if kind is None and circumstances.ballots is not None:
            kind = circumstances.ballots.cast((event, name), array, declared.get(name))
            if kind is None:
                columns[ColumnKey(event, name, raw=True)] = as_received(array, places)
                continue
        elif kind is None:
            kind = declared.get(name) or majority_type(array)
        naming.types[(event, name)] = PropertyType(kind)
        columns |= typed_columns(
            (event, name), array, places, kind, circumstances.zone, circumstances.nonfinite
        )
    return columns


def _sorted_places(
    rows: Int32s, places: Int32s, wanted: npt.NDArray[Any], orders: _Orders
) -> tuple[npt.NDArray[Any], Int32s]:
    """The order that makes the rows ascend where they go, and where that is.

    ``wanted`` are the old rows in their new order; others are left out.
    """
    known = orders.get(id(rows))
    if known is not None:
        return known[1], known[2]
    count = len(wanted)
    if len(rows) == len(places):
        order, moved = wanted, np.arange(count, dtype=np.int32)
    else:
        moved = places[rows]
        if len(rows) * 8 > len(places):
            at = np.full(len(places), -1, dtype=np.int32)
            at[moved] = np.arange(len(rows), dtype=np.int32)
            at = at[:count]
            order = at[at >= 0]
        else:
            order = np.argsort(moved, kind="stable")
            order = order[: int(np.searchsorted(moved[order], count))]
        moved = moved[order]
    orders[id(rows)] = (rows, order, moved)
    return order, moved


def _sorted_columns(
    part: Part, places: Int32s, wanted: npt.NDArray[Any], orders: _Orders
) -> dict[ColumnKey, RunColumn]:
    columns: dict[ColumnKey, RunColumn] = {}
    for key, column in part.columns.items():
        order, rows = _sorted_places(column.rows, places, wanted, orders)
        texts = None if column.texts is None else column.texts.take(pa.array(order))
        values = column.values if column.texts is not None else column.values[order]
        columns[key] = RunColumn(column.kind, rows, values, column.dictionary, texts)
    return columns


def _bucket_columns(
    columns: dict[ColumnKey, RunColumn], start: int, end: int
) -> dict[ColumnKey, RunColumn]:
    """The columns' rows from start to end; those with the same rows go on sharing them."""
    spans: dict[int, tuple[int, int, Int32s]] = {}
    found: dict[ColumnKey, RunColumn] = {}
    for key, column in columns.items():
        span = spans.get(id(column.rows))
        if span is None:
            first, last = np.searchsorted(column.rows, (start, end)).tolist()
            rows = column.rows[first:last] - np.int32(start)
            span = spans[id(column.rows)] = (first, last, rows)
        first, last, rows = span
        if first < last:
            texts = None if column.texts is None else column.texts.slice(first, last - first)
            found[key] = RunColumn(
                column.kind, rows, column.values[first:last], column.dictionary, texts
            )
    return found
