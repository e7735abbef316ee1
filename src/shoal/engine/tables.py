# Compiled: types are found by the compiler.
# pyright: basic
"""What the kernel reads and writes: a program's tables, a bucket's arrays, the buffers of a run."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from numba import boolean, float64, int8, int32, int64, typeof, types, uint8

from shoal.core.compiled import Lent, inner, unit
from shoal.engine.history import Int64s

CHUNK = 2_048
"""Rows for which a condition is evaluated at once."""


class Tables(NamedTuple):
    """A program as the kernel reads it; see ``program.py`` for what the rows mean."""

    constants: npt.NDArray[np.float64]
    windows: Int64s
    selections: Int64s
    order: Int64s  # selections with aggregates, those of one stream together
    groups: Int64s
    aggregates: Int64s
    row_operations: Int64s
    operations: Int64s
    sequences: Int64s
    steps: Int64s
    outputs: Int64s
    sizes: Int64s  # float registers, truth registers, the same of rows, column of own texts or -1


class Work(NamedTuple):
    """Buffers of one run, large enough for its largest block."""

    chosen_rows: npt.NDArray[np.int32]
    chosen_ordinals: npt.NDArray[np.int32]
    chosen_times: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int32]
    values: npt.NDArray[np.float64]
    exact: npt.NDArray[np.int64]
    scratch: npt.NDArray[np.float64]
    tally: npt.NDArray[np.int32]  # by text code; zero between uses
    chunk_rows: npt.NDArray[np.int32]
    chunk_ordinals: npt.NDArray[np.int32]
    chunk_times: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int32]
    bounds: npt.NDArray[np.int64]  # by place in ``live``
    candidates: npt.NDArray[np.int64]  # points that have rows to choose from
    live: npt.NDArray[np.int64]  # points that have chosen rows
    starts: npt.NDArray[np.int64]
    begins: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    window_begins: npt.NDArray[np.int64]
    window_ends: npt.NDArray[np.int64]
    rf: npt.NDArray[np.float64]
    rt: npt.NDArray[np.int8]
    own: npt.NDArray[np.float64]  # code of each point's own text at its instant


class Arrays(NamedTuple):
    """Where a bucket's arrays lie: addresses and sizes."""

    base: Int64s  # occurred_at, event, received_at, offsets, first_seen, rows, profiles
    streams: Int64s  # rows, size
    columns: Int64s  # rows, values, size, kind, lookup, lookup size, dense
    tables: Int64s  # address, size of byte tables
    stored: Int64s  # addresses of float64 arrays over profiles
    stored_truth: Int64s  # addresses of int8 arrays over profiles
    rank_tables: Int64s  # address, size of float64 tables
    starts: Int64s  # of the zone's offsets
    offsets: Int64s
    makes_known: npt.NDArray[np.uint8]  # by event code
    parents: Int64s  # for a selection whose lines stand for parents: by event code, or -1
    days: Int64s  # of a table of days: bounds by text code and their number, days, their number
    line_parents: Int64s  # of every line event: its parent's event code, by event code, or -1


@inner
def make_work(capacity: Any, points: int, texts: int, row_floats: int, row_truths: int) -> Work:
    """Buffers for blocks of at most so many rows and points."""
    wide = max(capacity, CHUNK)
    return Work(
        np.empty(capacity, dtype=np.int32),
        np.empty(capacity, dtype=np.int32),
        np.empty(capacity, dtype=np.int64),
        np.empty(wide, dtype=np.int32),
        np.empty(capacity, dtype=np.float64),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity, dtype=np.float64),
        np.zeros(texts, dtype=np.int32),
        np.empty(CHUNK, dtype=np.int32),
        np.empty(CHUNK, dtype=np.int32),
        np.empty(CHUNK, dtype=np.int64),
        np.empty(CHUNK, dtype=np.int32),
        np.empty(points + 1, dtype=np.int64),
        np.empty(points, dtype=np.int64),
        np.empty(points, dtype=np.int64),
        np.empty(points, dtype=np.int64),
        np.empty(points, dtype=np.int64),
        np.empty(points, dtype=np.int64),
        np.empty(points, dtype=np.int64),
        np.empty(points, dtype=np.int64),
        np.zeros((row_floats, CHUNK), dtype=np.float64),
        np.zeros((row_truths, CHUNK), dtype=np.int8),
        np.empty(points, dtype=np.float64),
    )


_INT64S = np.empty((0, 1), dtype=np.int64)
_ONES = np.empty(0, dtype=np.int64)
_PROGRAM = typeof(
    Tables(
        np.empty(0), _INT64S, _INT64S, _ONES, _INT64S, _INT64S, _INT64S, _INT64S, _INT64S, _INT64S,
        _INT64S, _ONES,
    )
)  # fmt: skip
_ARRAYS = typeof(
    Arrays(
        _ONES, _INT64S, _INT64S, _INT64S, _ONES, _ONES, _INT64S, _ONES, _ONES,
        np.empty(0, dtype=np.uint8), _INT64S, _INT64S, _ONES,
    )
)  # fmt: skip
TYPES: dict[str, Any] = {
    "program": Lent(_PROGRAM),
    "arrays": Lent(_ARRAYS),
    "work": Lent(typeof(make_work.py_func(0, 1, 0, 1, 1))),
    **dict.fromkeys(("selection", "sequence", "group", "row", "window", "column"), int64[::1]),
    **dict.fromkeys(("points", "instants", "offsets", "starts", "next_at", "times"), int64[::1]),
    **dict.fromkeys(("matches", "match_rows", "asked", "chosen"), int64[::1]),
    **dict.fromkeys(("n", "live", "known_at", "code", "texts", "function"), int64),
    **dict.fromkeys(("track", "varied", "want_unknown"), boolean),
    **dict.fromkeys(("f", "slopes", "answers"), float64[:, ::1]),
    **dict.fromkeys(("members", "unknowns"), uint8[:, ::1]),
    "known": uint8[::1],
    "t": int8[:, ::1],
    **dict.fromkeys(("kept_floats", "scratch", "target"), float64[::1]),
    "kept_truths": int8[::1],
    **dict.fromkeys(("constants", "table", "own"), float64[::1]),
    **dict.fromkeys(("lows", "highs"), int64[:, ::1]),
    "rows": int32[::1],
    "positions": int32[::1],
}
"""What the kernel's parameters are, by their names."""


def apart(function: Any, result: Any = types.none) -> Any:
    """A decorator: a part of the kernel that is compiled by itself."""
    return unit(TYPES, result)(function)
