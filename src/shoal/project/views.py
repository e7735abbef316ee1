"""The store's events and profiles as Arrow tables: what ``shoal sql`` looks at."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, cast

import numpy as np
import pyarrow as pa

from shoal.engine.history import Column, History, Int32s, Int64s, Kind

if TYPE_CHECKING:
    from shoal.store import Snapshot

MILLION = 1_000_000
FIXED = ("user_id", "occurred_at", "received_at", "original_id")
FIELDS = (
    ("user_id", pa.string()),
    ("occurred_at", pa.timestamp("us", "UTC")),
    ("received_at", pa.timestamp("us", "UTC")),
)
CAME = ("original_id", pa.string())
"""The identifier under which a row came: the user id, unless it was another one's of the person."""
MOMENT = pa.timestamp("us", "UTC")


def received_names(snapshot: Snapshot) -> list[str]:
    """The events that were received: neither reserved nor lines of another."""
    facts = snapshot.catalogue.events.values()
    return [it.name for it in facts if it.parent is None and not it.name.startswith("$")]


def event_rows(snapshot: Snapshot, event: str, until: int | None) -> pa.Table:
    """Every row of an event with its properties as columns, up to an instant if one is given."""
    facts = snapshot.catalogue.events[event]
    names = list(facts.properties)
    kinds = {name: arrow_type(str(facts.properties[name].type)) for name in names}
    schema = pa.schema(
        [
            *FIELDS,
            *((_column_name(name), kinds[name]) for name in names),
            CAME,
        ]
    )
    batches: list[pa.RecordBatch] = []
    for history, users, came in _histories(snapshot):
        rows = _until(history, history.rows_of(event), until)
        if not len(rows):
            continue
        fixed = _fixed(history, users, rows)
        values = [
            row_values(history.column(event, name), rows, kinds[name]).cast(kinds[name])
            for name in names
        ]
        batches.append(pa.record_batch([*fixed, *values, came(rows)], schema=schema))
    return pa.Table.from_batches(batches, schema)


def all_events(snapshot: Snapshot, until: int | None) -> pa.Table:
    """Every received event: who, which, when."""
    schema = pa.schema(
        [
            *FIELDS,
            ("event", pa.string()),
            CAME,
        ]
    )
    wanted = set(received_names(snapshot))
    batches: list[pa.RecordBatch] = []
    for history, users, came in _histories(snapshot):
        codes = [code for code, name in enumerate(history.event_names) if name in wanted]
        found = np.flatnonzero(np.isin(history.event, codes)).astype(np.int32)
        rows = _until(history, found, until)
        if len(rows):
            names = pa.array(history.event_names, pa.string())
            events = names.take(pa.array(history.event[rows]))
            columns = [*_fixed(history, users, rows), events, came(rows)]
            batches.append(pa.record_batch(columns, schema=schema))
    return pa.Table.from_batches(batches, schema)


def _column_name(name: str) -> str:
    """A property's column; those called like a fixed one step aside."""
    return f"{name}_property" if name.casefold() in FIXED else name


def _histories(
    snapshot: Snapshot,
) -> Iterator[tuple[History, pa.StringArray, Callable[[Int32s], pa.StringArray]]]:
    """Each bucket with its user ids, and how its rows came."""
    for bucket, history in enumerate(histories_of(snapshot)):
        if len(history.profiles):
            came = partial(snapshot.original_ids, bucket)
            yield history, snapshot.user_ids(bucket), came


def histories_of(snapshot: Snapshot) -> list[History]:
    """Every bucket, as the engine reads it."""
    return [cast(History, snapshot.history(bucket)) for bucket in range(snapshot.buckets)]


def _until(history: History, rows: Int32s, until: int | None) -> Int32s:
    return rows if until is None else rows[history.occurred_at[rows] <= until]


def _fixed(history: History, users: pa.StringArray, rows: Int32s) -> list[pa.Array]:
    person = np.searchsorted(history.offsets, rows, side="right") - 1
    return [
        users.take(pa.array(person)),
        _moments(history.occurred_at[rows]),
        _moments(history.received_at[rows]),
    ]


def _moments(instants: Int64s) -> pa.Array:
    return pa.array(np.ascontiguousarray(instants), pa.int64()).cast(MOMENT)


def row_values(column: Column | None, rows: Int32s, kind: Any) -> pa.Array:
    """The column's values for the rows, null where unset; both ascend."""
    if column is None or not len(column.rows):
        return pa.nulls(len(rows), kind)
    places = np.searchsorted(column.rows, rows)
    clipped = np.minimum(places, len(column.rows) - 1)
    absent = column.rows[clipped] != rows
    return plain_values(column).take(pa.array(clipped, mask=absent))


def plain_values(column: Column) -> pa.Array:
    """A column's values as Arrow has them: numbers as doubles, instants as timestamps."""
    values = np.ascontiguousarray(column.values)
    match column.kind:
        case Kind.EXACT:
            return pa.array(values.astype(np.int64) / MILLION)
        case Kind.DOUBLE:
            return pa.array(values)
        case Kind.TEXT:
            assert column.dictionary is not None
            return column.dictionary.take(pa.array(values)).cast(pa.string())
        case Kind.BOOLEAN:
            return pa.array(values.astype(np.bool_))
        case Kind.INSTANT:
            return _moments(values.astype(np.int64))


def arrow_type(kind: str) -> Any:
    """What a property's values are in Arrow, by its type in the catalogue."""
    kinds = {"text": pa.string(), "boolean": pa.bool_(), "instant": MOMENT}
    return kinds.get(kind, pa.float64())


def names_in(query: str, known: Iterable[str]) -> list[str]:
    """The known names that a query may be about: those that occur in it."""
    words = set(re.findall(r"[\w$]+", query.casefold()))
    return [name for name in known if name.casefold() in words]
