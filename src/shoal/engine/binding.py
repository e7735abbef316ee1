"""A program bound to one bucket: where its columns lie and which codes its strings have there.

All text columns of a program share one pool of distinct strings, sorted by code point, so that
equality, order, distinctness and most frequent value are questions about whole numbers.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.arrow import strings_of
from shoal.engine.history import History, Kind
from shoal.engine.lending import Lent, as_type, index_in, lend
from shoal.engine.occasions import PART
from shoal.engine.program import DERIVED, ENTERED, LEFT, Program, TextPredicate, table
from shoal.engine.tables import Arrays, Tables
from shoal.language.tree import TextTest

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

    def unbound(self) -> Unbound:
        """What the answers' codes mean, without the arrays."""
        return Unbound(self.program, self.pool, self.kinds)


@dataclass(frozen=True, slots=True, eq=False)
class Unbound:
    """What is left of a binding once its answers are there: what their codes mean."""

    program: Program
    pool: pa.StringArray
    kinds: tuple[Kind | None, ...]


@dataclass(frozen=True, slots=True)
class Stored:
    """Operands and scopes of ranks for one bucket, and the tables of percentiles."""

    values: Sequence[npt.NDArray[np.float64]] = ()
    scopes: Sequence[npt.NDArray[np.int8]] = ()
    tables: Sequence[npt.NDArray[np.float64] | None] = ()


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
        codes = index_in(strings_of(list(program.texts.values())), lent.pool)
        for place, code in zip(program.texts, codes.tolist(), strict=True):
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


def tabulate(predicate: TextPredicate, pool: pa.StringArray) -> npt.NDArray[np.uint8]:
    """Which strings of the pool meet the test."""
    test = {
        TextTest.CONTAINS: pc.match_substring,
        TextTest.STARTS_WITH: pc.starts_with,
        TextTest.ENDS_WITH: pc.ends_with,
    }[predicate.test]
    result = test(pool, predicate.text)
    return result.to_numpy(zero_copy_only=False).astype(np.uint8)
