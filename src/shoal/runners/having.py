"""Who had which item when, read from the rows of one event."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.engine.history import Column, Kind
from shoal.recommendations.having import Having, Int64s
from shoal.runners.machine import histories_of
from shoal.store.snapshot import Snapshot

MILLIONTHS = 1_000_000


def having_of(snapshot: Snapshot, event: str, item: str, as_of: int) -> tuple[Having, Int64s]:
    """Rows of the event up to an instant that name an item, and the profile of each person."""
    codes: dict[str, int] = {}
    parts: list[tuple[Int64s, Int64s, Int64s]] = []
    for history in histories_of(snapshot):
        column = history.column(event, item)
        if column is None or not len(column.rows):
            continue
        times = np.asarray(history.occurred_at)[column.rows]
        some = times <= as_of
        rows = column.rows[some]
        owners = np.searchsorted(history.offsets, rows, side="right") - 1
        parts.append(
            (np.asarray(history.profiles)[owners], _coded(column, codes)[some], times[some])
        )
    if not parts:
        empty = np.zeros(0, np.int64)
        return Having(empty, empty, empty, 0, ()), empty
    profiles, items, at = (np.concatenate(cells) for cells in zip(*parts, strict=True))
    order = np.lexsort((at, profiles))
    numbers, users = np.unique(profiles[order], return_inverse=True)
    names = tuple(sorted(codes))
    place = np.empty(len(codes), np.int64)  # names in alphabetical order, whatever came first
    place[[codes[name] for name in names]] = np.arange(len(names))
    having = Having(users.astype(np.int64), place[items[order]], at[order], len(numbers), names)
    return having, numbers


def _coded(column: Column, codes: dict[str, int]) -> Int64s:
    """A number for each value, the same for the same text in every bucket."""
    texts, own = _texts(column)
    known = np.array([codes.setdefault(text, len(codes)) for text in texts], np.int64)
    return known[own] if len(known) else np.zeros(0, np.int64)


def _texts(column: Column) -> tuple[list[str], Int64s]:
    """The different values as texts, and of each row which of them."""
    values = np.asarray(column.values)
    if column.kind is Kind.TEXT:
        assert column.dictionary is not None
        return column.dictionary.to_pylist(), values.astype(np.int64)
    distinct, own = np.unique(values, return_inverse=True)
    if column.kind is Kind.EXACT:
        texts = [_number(int(it)) for it in distinct]
    elif column.kind is Kind.BOOLEAN:
        texts = ["true" if it else "false" for it in distinct]
    else:
        texts = pc.cast(pa.array(distinct), pa.string()).to_pylist()
    return texts, own.astype(np.int64)


def _number(millionths: int) -> str:
    whole, part = divmod(abs(millionths), MILLIONTHS)
    sign = "-" if millionths < 0 else ""
    return f"{sign}{whole}" + (f".{part:06d}".rstrip("0") if part else "")
