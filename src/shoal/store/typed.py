"""Values under a type: as columns of a run; and as received again, to be given another type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.instants import Zone, format_instant
from shoal.engine.history import Int32s, Kind
from shoal.events.columns import as_text, floats_as_text
from shoal.events.conversion import convert
from shoal.events.property_type import PropertyType
from shoal.store.assembly import text_column
from shoal.store.catalogue import Types
from shoal.store.run import ColumnKey, RunColumn

_KINDS = {
    "exact": Kind.EXACT,
    "double": Kind.DOUBLE,
    "text": Kind.TEXT,
    "boolean": Kind.BOOLEAN,
    "instant": Kind.INSTANT,
}
_EXACT_DECIMAL = pa.decimal128(25, 6)

Columns = Mapping[ColumnKey, RunColumn]


def typed_columns(  # noqa: PLR0913, PLR0917
    key: tuple[str, str],
    array: pa.Array,
    places: Int32s,
    kind: PropertyType,
    zone: Zone,
    nonfinite: Counter[tuple[str, str]],
) -> dict[ColumnKey, RunColumn]:
    """The cells of rows ``places`` as a column of the type; what does not convert as received."""
    columns: dict[ColumnKey, RunColumn] = {}
    found = convert(array, kind, zone)
    column = _valid_column(found.kind, found.values, found.valid, places)
    if column is not None:
        columns[ColumnKey(*key)] = column
    if bool(found.failed.any()):
        at = np.flatnonzero(found.failed)
        columns[ColumnKey(*key, raw=True)] = as_received(array.take(pa.array(at)), places[at])
    if found.nonfinite:
        nonfinite[key] += found.nonfinite
    return columns


def as_received(array: pa.Array, places: Int32s) -> RunColumn:
    """The cells that are set, as they were written."""
    text = as_text(array)
    if text.null_count:
        at = np.flatnonzero(text.is_valid().to_numpy(zero_copy_only=False))
        text, places = text.take(pa.array(at)), places[at]
    return text_column(places, text)


def settled(
    columns: Columns,
    waiting: Collection[tuple[str, str]],
    types: Types,
    zone: Zone,
    nonfinite: Counter[tuple[str, str]],
) -> Columns:
    """The columns with those that waited for their type under it."""
    done = dict(columns)
    for key in waiting:
        raw = columns.get(ColumnKey(*key, raw=True))
        if raw is not None and ColumnKey(*key) not in columns:
            del done[ColumnKey(*key, raw=True)]
            done |= typed_columns(key, raw.plain_texts(), raw.rows, types[key], zone, nonfinite)
    return done


def retyped(columns: Columns, types: Types, zone: Zone) -> Columns:
    """The columns with those of ``types`` under their new type, what had not converted too."""
    done = dict(columns)
    for key, kind in types.items():
        both = [
            done.pop(one) for one in (ColumnKey(*key), ColumnKey(*key, raw=True)) if one in columns
        ]
        if both:
            rows = np.concatenate([one.rows for one in both])
            order = np.argsort(rows, kind="stable")
            texts = pa.concat_arrays([_written(one) for one in both]).take(pa.array(order))
            done |= typed_columns(key, texts, rows[order], kind, zone, Counter())
    return done


def _written(column: RunColumn) -> pa.StringArray:
    """The values as somebody would write them."""
    match column.kind:
        case Kind.TEXT:
            return column.plain_texts().cast(pa.string())
        case Kind.EXACT:
            halves = np.empty((len(column.values), 2), dtype=np.int64)
            halves[:, 0], halves[:, 1] = column.values, column.values >> 63
            buffers = [None, pa.py_buffer(halves.tobytes())]
            return as_text(pa.Array.from_buffers(_EXACT_DECIMAL, len(halves), buffers))
        case Kind.DOUBLE:
            return floats_as_text(pa.array(column.values))
        case Kind.BOOLEAN:
            return pa.array(np.where(np.asarray(column.values) != 0, "true", "false"), pa.string())
        case Kind.INSTANT:
            return pa.array([format_instant(at) for at in column.values.tolist()], pa.string())


def _valid_column(
    kind: str, values: Any, valid: npt.NDArray[np.bool_], places: Int32s
) -> RunColumn | None:
    everywhere = bool(valid.all())
    at = None if everywhere else np.flatnonzero(valid)
    if at is not None and not len(at):
        return None
    rows = places if at is None else places[at]
    if kind == "text":
        return text_column(rows, values if at is None else values.take(pa.array(at)))
    return RunColumn(_KINDS[kind], rows, values if at is None else values[at])
