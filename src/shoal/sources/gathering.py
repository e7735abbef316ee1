"""Rows gathered into one event: order lines into an order, a person's rows into a profile.

Rows of one event may stand anywhere in a file, so the columns needed are kept until its end.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.instants import EARLIEST
from shoal.events.columns import as_text, plain
from shoal.events.fingerprint import (
    Repetitions,
    add_members,
    content_hashes,
    id_fingerprints,
)
from shoal.events.property_type import PropertyType
from shoal.events.table import EventTable, LineTable
from shoal.sources.batch import Notices
from shoal.sources.binding import BoundRows
from shoal.sources.decimal_commas import with_points
from shoal.sources.evaluation import Rows, evaluate
from shoal.sources.expression import ColumnCell, Expression, columns_of, is_a_cell
from shoal.sources.rows import BatchView, Taken, constants_of, some, teller

Int64s = npt.NDArray[np.int64]
UInt64s = npt.NDArray[np.uint64]

_ROWS = 1 << 20
"""Rows handed on at a time, about."""


class Gathered:
    """The rows of one part of a mapping, waiting for the file's end."""

    def __init__(self, bound: BoundRows, source: str, notices: Notices) -> None:
        self._bound = bound
        self._source = source
        self._notices = notices
        self._users: list[pa.StringArray] = []
        self._anonymous: list[pa.StringArray] = []
        self._occurred_at: list[Int64s] = []
        self._numbers: list[Int64s] = []
        self._contents: list[UInt64s] = []
        self._columns: dict[str, list[pa.Array]] = {}
        self._types: dict[str, PropertyType] = {}
        self._decimal: set[str] = set()  # columns whose numbers have a decimal comma

    def add(self, taken: Taken, view: BatchView) -> None:
        """Keeps what will be needed of some rows."""
        bound = self._bound
        if not len(taken.places):
            return
        if not bound.rows.ids and not bound.rows.per_user:
            self._contents.append(view.contents(bound.identity)[taken.places])
        named = {*bound.rows.group_by, *bound.rows.ids}
        self._decimal |= taken.batch.pointed.keys() - named
        for name in self._needed(taken):
            array = taken.batch.columns.get(name)
            column = self._columns.setdefault(
                name, [pa.nulls(len(numbers), pa.string()) for numbers in self._numbers]
            )
            column.append(
                pa.nulls(len(taken.places), pa.string()) if array is None else taken.pick(array)
            )
        self._types.update(taken.batch.types)
        self._users.append(taken.users)
        if taken.anonymous is not None:
            self._anonymous.append(taken.anonymous)
        self._occurred_at.append(taken.occurred_at)
        self._numbers.append(taken.numbers)

    def _needed(self, taken: Taken) -> set[str]:
        bound = self._bound
        expressions = [*(bound.properties or {}).values(), *(bound.lines or {}).values()]
        names = {name for expression in expressions for name in columns_of(expression)}
        if bound.properties is None:
            names |= {name for name in taken.batch.columns if bound.is_left(name)}
        return names | {*bound.rows.group_by, *bound.rows.ids, *self._columns}

    def tables(self, repetitions: Repetitions) -> Iterator[EventTable]:
        """The events, in the order of their first rows."""
        if not self._numbers:
            return
        users = _joined(self._users)
        anonymous = _joined(self._anonymous) if self._anonymous else None
        columns = {name: _joined(parts) for name, parts in self._columns.items()}
        numbers = np.concatenate(self._numbers)
        occurred_at = np.concatenate(self._occurred_at)
        contents = np.concatenate(self._contents) if self._contents else None
        self._users, self._anonymous, self._columns, self._contents = [], [], {}, []
        rows, starts = _groups(
            {"user": users, "anonymous": anonymous}
            | {f"column {name}": columns[name] for name in self._bound.rows.group_by},
            len(numbers),
        )
        for first, last in _stretches(starts, len(rows)):
            end = starts[last] if last < len(starts) else len(rows)
            begin = starts[first]
            chosen = rows[begin:end]
            places = pa.array(chosen)
            yield self._table(
                {name: plain(array.take(places)) for name, array in columns.items()},
                starts[first:last] - begin,
                plain(users.take(places)),
                None if anonymous is None else plain(anonymous.take(places)),
                occurred_at[chosen],
                numbers[chosen],
                None if contents is None else contents[chosen],
                repetitions,
            )

    def _table(  # noqa: PLR0913, PLR0917 - the columns of some groups
        self,
        columns: dict[str, pa.Array],
        starts: Int64s,
        users: pa.StringArray,
        anonymous: pa.StringArray | None,
        occurred_at: Int64s,
        numbers: Int64s,
        contents: UInt64s | None,
        repetitions: Repetitions,
    ) -> EventTable:
        bound = self._bound
        rows, event = bound.rows, bound.event
        assert event is not None
        assert rows.event is not None
        written = Rows(columns, len(numbers), teller(self._notices), starts)
        groups = replace(written, columns=self._pointed(columns))
        heads = pa.array(starts)
        owners = users.take(heads)
        strangers = None if anonymous is None else anonymous.take(heads)
        expressions = bound.properties
        if expressions is None:
            left = (name for name in columns if bound.is_left(name))
            expressions = dict[str, Expression](
                (bound.names.of(name), ColumnCell(name)) for name in left
            )
        properties = {name: evaluate(one, groups) for name, one in expressions.items()}
        received = self._received(expressions, written, rows.constants)
        properties |= constants_of(rows.constants, len(starts))
        return EventTable(
            event=event,
            raw_event=rows.event,
            user_ids=owners,
            anonymous_ids=strangers,
            occurred_at=np.full(len(starts), EARLIEST, dtype=np.int64)
            if rows.time is None
            else np.minimum.reduceat(occurred_at, starts),
            order=numbers[starts],
            fingerprints=self._fingerprints(
                groups, properties | received, owners, strangers, contents, repetitions
            ),
            properties=some(properties),
            lines=self._lines(columns, starts, numbers),
            types=self._declared(expressions, dict(rows.types), rows.constants),
            received=received,
        )

    def _pointed(self, columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
        return columns | {
            name: with_points(array) for name, array in columns.items() if name in self._decimal
        }

    def _received(
        self,
        expressions: Mapping[str, Expression],
        written: Rows,
        constants: Mapping[str, object],
    ) -> dict[str, pa.Array]:
        """The cells as received of the properties that are cells of numbers with a comma."""
        return {
            name: evaluate(one, written)
            for name, one in expressions.items()
            if name not in constants
            and is_a_cell(one)
            and not self._decimal.isdisjoint(columns_of(one))
        }

    def _fingerprints(  # noqa: PLR0913, PLR0917
        self,
        groups: Rows,
        properties: dict[str, pa.Array],
        owners: pa.StringArray,
        strangers: pa.StringArray | None,
        contents: UInt64s | None,
        repetitions: Repetitions,
    ) -> UInt64s:
        """By id; else by the content of the rows, or for a profile by what it says of whom."""
        bound, starts = self._bound, groups.starts
        assert starts is not None
        event = bound.event or ""
        if bound.rows.ids:
            ids = [as_text(evaluate(ColumnCell(name), groups)) for name in bound.rows.ids]
            joined = ids[0] if len(ids) == 1 else pc.binary_join_element_wise(*ids, "\x1f")
            return id_fingerprints(self._source, bound.identity, joined)
        if contents is None:
            said = {f"trait {name}": as_text(array) for name, array in properties.items()}
            said |= {"user": owners} | ({} if strangers is None else {"anonymous": strangers})
            return repetitions.fingerprints(content_hashes(event, said, len(starts)))
        state = content_hashes(f"gathered\0{bound.identity}", {}, len(starts))
        add_members(state, "rows", contents, np.append(starts, groups.count))
        return repetitions.fingerprints(state)

    def _lines(
        self, columns: dict[str, pa.Array], starts: Int64s, numbers: Int64s
    ) -> LineTable | None:
        bound = self._bound
        lines = bound.rows.lines
        if lines is None or bound.lines is None:
            return None
        written = Rows(columns, len(numbers), teller(self._notices))
        rows = replace(written, columns=self._pointed(columns))
        properties = {name: evaluate(one, rows) for name, one in bound.lines.items()}
        received = self._received(bound.lines, written, lines.constants)
        properties |= constants_of(lines.constants, len(numbers))
        sizes = np.diff(np.append(starts, len(numbers)))
        return LineTable(
            event=lines.event or f"{bound.event}_line",
            parent=np.repeat(np.arange(len(starts), dtype=np.int64), sizes),
            order=numbers,
            properties=some(properties),
            types=self._declared(bound.lines, dict(lines.types), lines.constants),
            received=received,
        )

    def _declared(
        self,
        expressions: dict[str, Expression],
        types: dict[str, PropertyType],
        constants: Mapping[str, object],
    ) -> dict[str, PropertyType]:
        result = {
            name: self._types[one.name]
            for name, one in expressions.items()
            if isinstance(one, ColumnCell) and one.name in self._types
        }
        result |= {
            name: PropertyType.TEXT for name, value in constants.items() if isinstance(value, str)
        }
        return result | types


def _joined(parts: list[pa.Array]) -> pa.Array:
    """One array of many; a part without values takes the type of the others."""
    kinds: dict[str, pa.DataType] = {}
    for part in parts:
        if part.null_count < len(part):
            kinds.setdefault(str(part.type), part.type)
    if len(kinds) == 1:
        (kind,) = kinds.values()
        parts = [part if part.type == kind else pa.nulls(len(part), kind) for part in parts]
    else:
        parts = [as_text(part) for part in parts]
    if pa.types.is_string(parts[0].type) and sum(int(part.nbytes) for part in parts) >= 2**31:
        parts = [part.cast(pa.large_string()) for part in parts]
    return pa.concat_arrays(parts)


def _groups(keys: dict[str, pa.Array | None], rows: int) -> tuple[Int64s, Int64s]:
    """Rows ordered by group, and where in them each group starts.

    Groups stand in the order of their first rows, rows in their own order.
    """
    columns = {name: as_text(array) for name, array in keys.items() if array is not None}
    hashes = content_hashes("group", columns, rows)
    order = np.argsort(hashes[:, 0], kind="stable")
    sorted_ = hashes[order]
    new = np.ones(rows, dtype=np.bool_)
    new[1:] = sorted_[1:, 0] != sorted_[:-1, 0]
    if (~new[1:] & (sorted_[1:, 1] != sorted_[:-1, 1])).any():
        order = np.lexsort((hashes[:, 1], hashes[:, 0]))
        sorted_ = hashes[order]
        new[1:] = (sorted_[1:] != sorted_[:-1]).any(axis=1)
    starts = np.flatnonzero(new)
    sizes = np.diff(np.append(starts, rows))
    # The sort is stable, so the first of each group is its first row.
    rank = np.argsort(order[starts], kind="stable")
    begins = np.append(0, np.cumsum(sizes[rank]))
    inside = np.arange(rows) - np.repeat(begins[:-1], sizes[rank])
    return order[np.repeat(starts[rank], sizes[rank]) + inside], begins[:-1]


def _stretches(starts: Int64s, rows: int) -> Iterator[tuple[int, int]]:
    """Groups, first and one past last, whose rows are about so many as are handed on at a time."""
    first = 0
    while first < len(starts):
        end = min(int(starts[first]) + _ROWS, rows)
        last = int(np.searchsorted(starts, end, side="left"))
        last = max(last, first + 1)
        yield first, last
        first = last
