"""Rows of a batch as events of whom and when; what cannot be an event is rejected."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.instants import EARLIEST, Zone
from shoal.events.columns import as_text
from shoal.events.fingerprint import add_members, content_hashes
from shoal.events.property_type import PropertyType
from shoal.events.quarantine import Reason, Rejected
from shoal.language.told import Told
from shoal.sources import sentiment
from shoal.sources.batch import Batch, Elements, Notices
from shoal.sources.binding import BoundRows
from shoal.sources.evaluation import Rows, evaluate, matches
from shoal.sources.expression import ColumnCell
from shoal.sources.mapping import IdForm
from shoal.sources.times import Times, read_times

Int64s = npt.NDArray[np.int64]
UInt64s = npt.NDArray[np.uint64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """The rows of a batch that one part of a mapping takes; arrays are as long as ``places``."""

    bound: BoundRows
    batch: Batch
    places: Int64s  # positions in the batch
    users: pa.StringArray
    anonymous: pa.StringArray | None
    occurred_at: Int64s

    def column(self, name: str) -> pa.Array:
        """A column of the file over these rows."""
        return self.pick(self.batch.columns[name])

    def pick(self, array: pa.Array) -> pa.Array:
        """Those of an array over the batch that belong to these rows."""
        return pick(array, self.places)

    @property
    def numbers(self) -> Int64s:
        """Their places in the source, from 0."""
        return self.batch.numbers[self.places] - 1


class BatchView:
    """A batch, with the columns that several parts of a mapping read worked out once."""

    def __init__(self, batch: Batch, zone: Zone, notices: Notices) -> None:
        self.batch = batch
        self._zone = zone
        self._notices = notices
        self._people: dict[str, pa.StringArray] = {}
        self._times: dict[tuple[str, str | None], Times] = {}
        self._contents: dict[str, UInt64s] = {}
        self._rejected: dict[int, Rejected] = {}
        self._matched = np.zeros(len(batch), dtype=np.bool_)

    def take(self, bound: BoundRows) -> Taken:
        """The rows that the part takes; those it should take but cannot are rejected."""
        rows, batch = bound.rows, self.batch
        count = len(batch)
        chosen = np.ones(count, dtype=np.bool_)
        if rows.when:
            chosen = matches(rows.when, Rows(batch.columns, count, self._ignore), batch.pointed)
        self._matched |= chosen
        good = chosen.copy()
        users = _formed(self._ids(rows.user), rows.user_form)
        anonymous = None
        if rows.anonymous is not None:
            anonymous = _formed(self._ids(rows.anonymous), rows.anonymous_form)
        somebody = _set(users) if anonymous is None else _set(users) | _set(anonymous)
        self._reject(good, ~somebody, Reason.NO_USER, rows.user or rows.anonymous)
        occurred_at = np.full(count, EARLIEST, dtype=np.int64)
        if rows.time is not None:
            times = self._instants(rows.time, rows.time_format)
            self._reject(good, times.empty, Reason.NO_TIME, rows.time)
            self._reject(good, times.outside, Reason.IMPOSSIBLE_TIME, rows.time)
            self._reject(good, ~times.valid, Reason.BAD_TIME, rows.time)
            occurred_at = times.values
        for column in (*rows.ids, *rows.group_by):
            self._reject(good, ~_set(self._ids(column)), Reason.NO_ID, column)
        if rows.event_column is not None:
            empty = ~_set(self._ids(rows.event_column))
            self._reject(good, empty, Reason.NO_EVENT, rows.event_column)
        places = np.flatnonzero(good)
        return Taken(
            bound,
            batch,
            places,
            pick(users, places),
            None if anonymous is None else pick(anonymous, places),
            occurred_at[places],
        )

    def contents(self, identity: str) -> UInt64s:
        """The content of every row, by which it is recognised."""
        if identity not in self._contents:
            batch = self.batch
            contents = content_hashes(identity, batch.columns, len(batch))
            for name, elements in sorted(batch.elements.items()):
                members = content_hashes("element", elements.columns, len(elements.parent))
                ends = np.searchsorted(elements.parent, np.arange(len(batch) + 1))
                add_members(contents, name, members, ends.astype(np.int64))
            self._contents[identity] = contents
        return self._contents[identity]

    def rejected(self) -> Iterator[Rejected]:
        """The rows that were rejected, in their order, each once."""
        mine = [self._rejected[place] for place in sorted(self._rejected)]
        if not self.batch.rejected:
            yield from mine
            return
        yield from sorted([*self.batch.rejected, *mine], key=lambda one: one.row)

    def passed_over(self) -> int:
        """How many rows no part of the mapping speaks of."""
        return int((~self._matched).sum())

    def _ids(self, column: str | None) -> pa.StringArray:
        """Text that names somebody or something; empty text is nothing."""
        if column is None or column not in self.batch.columns:
            return pa.nulls(len(self.batch), pa.string())
        if column not in self._people:
            array = self.batch.columns[column]
            text = as_text(array)
            if pa.types.is_floating(array.type):
                self._notices.add(
                    "column `{1}` holds decimal numbers; as ids, whole ones are written"
                    " without a point (12345.0 is `12345`)",
                    column,
                )
            is_empty = pc.equal(pc.utf8_trim_whitespace(text), "").fill_null(False)
            if pc.any(is_empty).as_py():
                text = pc.if_else(is_empty, pa.scalar(None, pa.string()), text)
            if pa.types.is_floating(array.type):
                text = pc.if_else(pc.is_finite(array), text, pa.scalar(None, pa.string()))
            self._people[column] = text
        return self._people[column]

    def _instants(self, column: str, form: str | None) -> Times:
        key = (column, form)
        if key not in self._times:
            array = self.batch.columns.get(column)
            array = pa.nulls(len(self.batch), pa.string()) if array is None else array
            self._times[key] = read_times(array, form, self._zone)
        return self._times[key]

    def _reject(self, good: Mask, wrong: Mask, code: Reason, column: str | None) -> None:
        """Takes wrong rows out of the good ones; the first reason of each is kept."""
        found = np.flatnonzero(good & wrong)
        if not len(found):
            return
        good[found] = False
        batch = self.batch
        new = np.array([place for place in found.tolist() if place not in self._rejected])
        if not len(new):
            return
        cells = batch.columns.get(column or "")
        shown = [None] * len(new) if cells is None else cells.take(pa.array(new)).to_pylist()
        lines = [None] * len(new) if batch.lines is None else batch.lines[new].tolist()
        numbers = batch.numbers[new].tolist()
        for place, number, cell, line, raw in zip(
            new.tolist(), numbers, shown, lines, batch.raw(new), strict=True
        ):
            reason = _sentence(code, column, cell)
            self._rejected[place] = Rejected(number, reason, raw, code, line)

    def _ignore(self, column: str, count: int) -> None:
        """A condition that asks for a number is false for a cell that is none."""


def pick(array: pa.Array, places: Int64s) -> pa.Array:
    """The array at ascending places; itself where these are all."""
    return array if len(places) == len(array) else array.take(pa.array(places))


def properties_of(taken: Taken, notices: Notices) -> dict[str, pa.Array]:
    """The properties of the taken rows, by name; those that are wholly unset are left out."""
    bound = taken.bound
    if bound.properties is None:
        columns = {
            bound.names.of(name): taken.pick(array)
            for name, array in taken.batch.values.items()
            if bound.is_left(name)
        }
    else:
        source = {name: taken.pick(array) for name, array in taken.batch.values.items()}
        rows = Rows(source, len(taken.places), teller(notices))
        columns = {
            name: evaluate(expression, rows) for name, expression in bound.properties.items()
        }
    columns.update(constants_of(bound.rows.constants, len(taken.places)))
    for name, column in bound.rows.judged.items():
        columns[name] = _judged(name, columns.get(name), taken, column, notices)
    return some(columns)


def received_of(taken: Taken) -> dict[str, pa.Array]:
    """The cells as received of the properties whose numbers have a decimal comma."""
    bound, pointed = taken.bound, taken.batch.pointed
    if bound.properties is None:
        names = {bound.names.of(name): name for name in pointed if bound.is_left(name)}
    else:
        names = {
            name: expression.name
            for name, expression in bound.properties.items()
            if isinstance(expression, ColumnCell) and expression.name in pointed
        }
    others = {*bound.rows.constants, *bound.rows.judged}
    return {name: taken.column(column) for name, column in names.items() if name not in others}


def _judged(
    name: str, given: pa.Array | None, taken: Taken, column: str, notices: Notices
) -> pa.Array:
    """What rows say of how somebody felt, and where they do not, what is judged of their text."""
    count = len(taken.places)
    said: pa.Array = pa.nulls(count, pa.string()) if given is None else as_text(given)
    texts = taken.batch.columns.get(column)
    if texts is None or not said.null_count:
        return said
    open_ones: pa.Array = pc.if_else(said.is_null(), as_text(taken.pick(texts)), None)
    if not sentiment.is_there():
        notices.add(sentiment.NOT_THERE, name, count=count - open_ones.null_count)
        return said
    return pc.coalesce(said, sentiment.sentiment_of(open_ones))


def some(columns: Mapping[str, pa.Array]) -> dict[str, pa.Array]:
    """The columns that have any value."""
    return {name: array for name, array in columns.items() if array.null_count < len(array)}


def constants_of(constants: Mapping[str, object], rows: int) -> dict[str, pa.Array]:
    """The same value for every row, by name."""
    return {name: pa.repeat(pa.scalar(value), rows) for name, value in constants.items()}


def types_of(taken: Taken) -> dict[str, PropertyType]:
    """Declared types of properties: by the file for columns taken as they are, by the mapping."""
    bound, batch = taken.bound, taken.batch
    if bound.properties is None:
        types = {
            bound.names.of(name): kind for name, kind in batch.types.items() if bound.is_left(name)
        }
    else:
        types = {
            name: batch.types[expression.name]
            for name, expression in bound.properties.items()
            if isinstance(expression, ColumnCell) and expression.name in batch.types
        }
    for name, value in bound.rows.constants.items():
        if isinstance(value, str):
            types[name] = PropertyType.TEXT
    return types | dict(bound.rows.types)


def line_columns(elements: Mapping[str, Elements], places: Int64s, rows: int) -> Elements | None:
    """All arrays of objects of the rows at these places, as one; parents count among the places."""
    rank = np.full(rows, -1, dtype=np.int64)
    rank[places] = np.arange(len(places))
    parents: list[Int64s] = []
    tables: list[pa.Table] = []
    types: dict[str, PropertyType] = {}
    for name, one in elements.items():
        parent = rank[one.parent]
        kept = np.flatnonzero(parent >= 0)
        columns = {key: pick(array, kept) for key, array in one.columns.items()}
        if len(elements) > 1:
            columns.setdefault("array", pa.repeat(pa.scalar(name), len(kept)))
        parents.append(parent[kept])
        tables.append(pa.table(columns))
        types.update(one.types)
    if not parents or not sum(len(parent) for parent in parents):
        return None
    parent = np.concatenate(parents)
    table = pa.concat_tables(tables, promote_options="permissive").combine_chunks()
    order = np.argsort(parent, kind="stable")
    columns = {name: pick_any(table[name], order) for name in table.column_names}
    return Elements(parent[order], columns, types)


def pick_any(array: pa.Array, places: Int64s) -> pa.Array:
    """The array at places in any order."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    return array.take(pa.array(places))


def teller(notices: Notices) -> Callable[[str, int], None]:
    """What :class:`Rows` tells of cells that are no numbers."""

    def tell(column: str, count: int) -> None:
        notices.add(
            "{0} cells of `{1}` are not numbers and count as unset in sums", column, count=count
        )

    return tell


def _formed(texts: pa.StringArray, form: IdForm | None) -> pa.StringArray:
    if form is None:
        return texts
    if form.separator:
        parts = pc.split_pattern(texts, form.separator, max_splits=1)
        texts = pc.utf8_trim_whitespace(pc.list_element(parts, 0))
        texts = pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)
    if form.prefix:
        texts = pc.binary_join_element_wise(pa.scalar(form.prefix), texts, "")
    return texts


def _set(array: pa.Array) -> Mask:
    return array.is_valid().to_numpy(zero_copy_only=False)


def _sentence(code: Reason, column: str | None, cell: object) -> str:
    shown = str(cell)
    shown = shown if len(shown) <= 60 else shown[:59] + "…"
    match code:
        case Reason.NO_USER:
            return Told("nobody is named: `{0}` is empty", column)
        case Reason.NO_TIME:
            return Told("has no time: `{0}` is empty", column)
        case Reason.BAD_TIME:
            return Told("`{0}` is not a time: `{1}`", column, shown)
        case Reason.IMPOSSIBLE_TIME:
            return Told("`{0}` is before 1684 or after 2255: `{1}`", column, shown)
        case Reason.NO_EVENT:
            return Told("no event is named: `{0}` is empty", column)
        case _:
            return Told("`{0}` is empty", column)
