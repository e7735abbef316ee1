"""Some people's rows taken out of runs, at a cost of the rows that are taken.

What is wanted is named by slices: a profile number and a span of time. A column is taken when it
is asked for, so that who reads three of a hundred properties pays for three.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.arrow import strings_of
from shoal.engine.history import Int32s, Int64s, Kind
from shoal.identity import ANONYMOUS_PREFIX, distinct
from shoal.store.assembly import joined_columns, makes_known
from shoal.store.run import ColumnKey, EventSpan, Part, People, Run, RunColumn, Seen, frozen

Wanted = Callable[[ColumnKey], bool]


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """Rows of slices: ``part.numbers`` are the rows' own, ``slices`` says by which each came.

    The rows stand slice by slice, in the order of the runs within one. Fingerprints are left where
    they are: ``part.seen`` is empty.
    """

    part: Part
    slices: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class _Spans:
    """Adjacent rows of one run: those of a slice, and where they go."""

    slices: Int64s
    starts: Int64s
    counts: Int64s
    places: Int64s


def gather(  # noqa: PLR0913
    runs: Sequence[Run],
    numbers: Int64s,
    after: Int64s | None = None,
    until: Int64s | None = None,
    wanted: Wanted | None = None,
    *,
    keeps: bool = True,
) -> Gathered:
    """All rows of each slice: of profile ``numbers[i]``, with ``after[i] < occurred_at <= until[i]``.

    A number may stand in several slices, and a profile's rows in several runs. Without ``after``
    and ``until`` the slices are whole histories; ``wanted`` chooses the columns. With ``keeps``
    a column that was taken is kept.
    """
    spans, slices = _spans_of(runs, numbers, after, until)
    count = len(slices)
    names, event = _events(runs, spans, count)
    part = Part(
        numbers[slices],
        _fixed(runs, spans, "occurred_at", np.int64, count),
        _fixed(runs, spans, "received_at", np.int64, count),
        _fixed(runs, spans, "arrival", np.int64, count),
        event,
        names,
        _fixed(runs, spans, "import_id", np.int32, count),
        _NOT_SEEN,
        _Columns(runs, spans, wanted, keeps=keeps),
        _people(runs, numbers, spans),
    )
    return Gathered(part, slices)


def gather_run(runs: Sequence[Run], numbers: Int64s, wanted: Wanted | None = None) -> Run:
    """The whole histories of the numbers as a run in which profile i is ``numbers[i]``.

    No number may have rows in more than one of the runs: they are the buckets' bases, or their
    deltas. It is fastest for numbers that stand run by run, ascending. Who the profiles are is
    known to the caller: the run has no identifiers.
    """
    from shoal.store.arranging import first_seen
    from shoal.store.taking import count_events

    spans, slices = _spans_of(runs, numbers, None, None)
    count = len(slices)
    names, event = _events(runs, spans, count)
    occurred_at = _fixed(runs, spans, "occurred_at", np.int64, count)
    received_at = _fixed(runs, spans, "received_at", np.int64, count)
    rows, offsets, first, last = count_events(frozen(event), frozen(occurred_at), len(names))
    lengths = np.bincount(slices, minlength=len(numbers))
    ends = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)))
    known = np.array([makes_known(name) for name in names], dtype=bool)
    columns = _Columns(runs, spans, wanted)
    return Run(
        _nobody(len(numbers)),
        ends,
        first_seen(frozen(ends), frozen(occurred_at), frozen(known), frozen(event)),
        occurred_at,
        received_at,
        _fixed(runs, spans, "arrival", np.int64, count),
        event,
        _fixed(runs, spans, "import_id", np.int32, count),
        names,
        rows,
        offsets,
        tuple(
            EventSpan(int(many), int(since), int(until))
            for many, since, until in zip(np.diff(offsets), first, last, strict=True)
        ),
        None,
        _NOT_SEEN,
        columns,
        columns.kinds,
    )


def names_of(runs: Iterable[Run], numbers: Int64s) -> list[str | None]:
    """How outputs name each profile; None for one that has no row in any of the runs."""
    found: list[str | None] = [None] * len(numbers)
    missing = np.arange(len(numbers))
    for run in runs:
        if not len(missing):
            break
        if not len(run.profiles):
            continue
        wanted = numbers[missing]
        place = np.minimum(np.searchsorted(run.profiles, wanted), len(run.profiles) - 1)
        here = run.profiles[place] == wanted
        texts = run.people.texts.take(pa.array(place[here])).to_pylist()
        anonymous = run.people.anonymous[place[here]]
        for at, text, is_anonymous in zip(missing[here], texts, anonymous, strict=True):
            found[at] = f"{ANONYMOUS_PREFIX}{text}" if is_anonymous else text
        missing = missing[~here]
    return found


_NOT_SEEN = Seen(np.zeros(0, np.uint64), np.zeros(0, np.uint64), np.zeros(0, np.int32))


def _nobody(count: int) -> People:
    texts = pa.nulls(count, pa.large_string())
    return People(np.arange(count, dtype=np.int64), texts, np.zeros(count, np.uint8))


def _spans_of(
    runs: Sequence[Run], numbers: Int64s, after: Int64s | None, until: Int64s | None
) -> tuple[list[_Spans], Int64s]:
    """What to take from each run, and the slice of each row that is taken."""
    from shoal.store.taking import narrow

    starts = np.zeros((len(runs), len(numbers)), dtype=np.int64)
    ends = np.zeros((len(runs), len(numbers)), dtype=np.int64)
    for at, run in enumerate(runs):
        if not len(run.profiles):
            continue
        place = np.searchsorted(run.profiles, numbers)
        here = np.flatnonzero(run.profiles[np.minimum(place, len(run.profiles) - 1)] == numbers)
        first, last = run.offsets[place[here]], run.offsets[place[here] + 1]
        if after is not None or until is not None:
            first, last = first.copy(), last.copy()
            low, high = np.iinfo(np.int64).min, np.iinfo(np.int64).max
            since = np.full(len(here), low) if after is None else after[here]
            to = np.full(len(here), high) if until is None else until[here]
            narrow(first, last, frozen(run.occurred_at), frozen(since), frozen(to))
        starts[at, here], ends[at, here] = first, last
    counts = ends - starts
    slice_of, run_of = np.nonzero(counts.T > 0)
    many = counts[run_of, slice_of]
    places = np.cumsum(many) - many
    found: list[_Spans] = []
    for at in range(len(runs)):
        mine = np.flatnonzero(run_of == at)
        whose = slice_of[mine]
        found.append(_Spans(whose, starts[at, whose], many[mine], places[mine]))
    return found, np.repeat(slice_of, many)


def _fixed(runs: Sequence[Run], spans: Sequence[_Spans], name: str, kind: Any, count: int) -> Any:
    """An array that every run has, of the rows that are taken."""
    to = np.empty(count, dtype=kind)
    for run, some in zip(runs, spans, strict=True):
        _copied(getattr(run, name), some.starts, some.counts, to, some.places)
    return to


def _copied(source: Any, starts: Int64s, counts: Int64s, to: Any, places: Int64s) -> None:
    from shoal.store.taking import copy_spans

    if len(starts):
        flat = np.ascontiguousarray(source, dtype=to.dtype)
        size = to.dtype.itemsize
        copy_spans(
            frozen(flat.view(np.uint8)), size, frozen(starts), frozen(counts), to.view(np.uint8),
            frozen(places),
        )  # fmt: skip


def _events(
    runs: Sequence[Run], spans: Sequence[_Spans], count: int
) -> tuple[tuple[str, ...], npt.NDArray[np.uint16]]:
    """Event codes under the names of all runs together; names that no row has are left out."""
    names: dict[str, int] = {}
    event = np.empty(count, dtype=np.uint16)
    for run, some in zip(runs, spans, strict=True):
        if not len(some.starts):
            continue
        mapping = [names.setdefault(name, len(names)) for name in run.event_names]
        codes = np.empty(int(some.counts.sum()), dtype=np.uint16)
        places = np.cumsum(some.counts) - some.counts
        _copied(run.event, some.starts, some.counts, codes, places)
        if mapping != list(range(len(mapping))):
            codes = np.array(mapping, dtype=np.uint16)[codes]
        _copied(codes, places, some.counts, event, some.places)
    used = np.flatnonzero(np.bincount(event, minlength=len(names)))
    listed = list(names)
    if len(used) == len(listed):
        return tuple(listed), event
    mapping_used = np.zeros(len(listed), dtype=np.uint16)
    mapping_used[used] = np.arange(len(used), dtype=np.uint16)
    return tuple(listed[code] for code in used.tolist()), mapping_used[event]


def _people(runs: Sequence[Run], numbers: Int64s, spans: Sequence[_Spans]) -> People:
    """Who the rows that are taken belong to."""
    found: list[People] = []
    for run, some in zip(runs, spans, strict=True):
        if len(some.slices):
            found.append(run.people.of(distinct(numbers[some.slices])))
    if not found:
        nobody = strings_of([]).cast(pa.large_string())
        return People(np.zeros(0, np.int64), nobody, np.zeros(0, np.uint8))
    there = np.concatenate([people.numbers for people in found])
    once, first = np.unique(there, return_index=True)
    texts = pa.concat_arrays([people.texts for people in found])
    anonymous = np.concatenate([people.anonymous for people in found])
    return People(once, texts.take(pa.array(first)), anonymous[first])


class _Columns(Mapping[ColumnKey, RunColumn]):
    """The columns of the rows that are taken, each made when it is asked for."""

    def __init__(
        self,
        runs: Sequence[Run],
        spans: Sequence[_Spans],
        wanted: Wanted | None,
        *,
        keeps: bool = True,
    ) -> None:
        there = [(run, some) for run, some in zip(runs, spans, strict=True) if len(some.starts)]
        self._runs = [run for run, _ in there]
        self._spans = [some for _, some in there]
        self._wanted = wanted
        self._keeps = keeps
        self._found: dict[int, tuple[Int32s, tuple[Int64s, Int64s, Int32s]]] = {}
        """Spans of a column's rows in a run; columns set in the same rows share them."""
        self._made: dict[ColumnKey, RunColumn | None] = {}

    @cached_property
    def _keys(self) -> dict[ColumnKey, None]:
        return {
            key: None
            for run in self._runs
            for key in run.columns
            if (self._wanted is None or self._wanted(key)) and self._column(key) is not None
        }

    @property
    def kinds(self) -> Mapping[ColumnKey, tuple[Kind, int]]:
        """Kind and count of each column."""
        return _Kinds(self)

    def __iter__(self) -> Iterator[ColumnKey]:
        return iter(self._keys)

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, ColumnKey) and self._column(key) is not None

    def __getitem__(self, key: ColumnKey) -> RunColumn:
        column = self._column(key)
        if column is None:
            raise KeyError(key)
        return column

    def _column(self, key: ColumnKey) -> RunColumn | None:
        if key in self._made:
            return self._made[key]
        is_wanted = self._wanted is None or self._wanted(key)
        column = self._taken(key) if is_wanted else None
        if self._keeps:
            self._made[key] = column
        return column

    def _taken(self, key: ColumnKey) -> RunColumn | None:
        pieces: list[RunColumn] = []
        for at, run in enumerate(self._runs):
            column = run.columns.get(key)
            if column is None:
                continue
            first, many, rows = self._spans_of(at, column.rows)
            if len(rows):
                pieces.append(_piece(column, first, many, rows))
        if not pieces:
            return None
        whole = joined_columns(pieces)
        if bool(np.all(whole.rows[1:] > whole.rows[:-1])):
            return whole
        order = np.argsort(whole.rows, kind="stable")
        texts = None if whole.texts is None else whole.texts.take(pa.array(order))
        values = whole.values if whole.texts is not None else whole.values[order]
        return RunColumn(whole.kind, whole.rows[order], values, whole.dictionary, texts)

    def _spans_of(self, at: int, rows: Int32s) -> tuple[Int64s, Int64s, Int32s]:
        from shoal.store.taking import find_spans, place_rows

        known = self._found.get(id(rows))
        if known is None:
            some = self._spans[at]
            plain = frozen(np.ascontiguousarray(rows, dtype=np.int32))
            first, many = find_spans(plain, frozen(some.starts), frozen(some.counts))
            to = np.empty(int(many.sum()), dtype=np.int32)
            moved = some.places - some.starts
            place_rows(plain, frozen(first), frozen(many), frozen(moved), to)
            known = (rows, (first, many, to))
            if self._keeps:
                self._found[id(rows)] = known
        return known[1]


class _Kinds(Mapping[ColumnKey, "tuple[Kind, int]"]):
    def __init__(self, columns: _Columns) -> None:
        self._columns = columns

    def __iter__(self) -> Iterator[ColumnKey]:
        return iter(self._columns)

    def __len__(self) -> int:
        return len(self._columns)

    def __getitem__(self, key: ColumnKey) -> tuple[Kind, int]:
        column = self._columns[key]
        return column.kind, len(column.rows)


def _piece(column: RunColumn, first: Int64s, many: Int64s, rows: Int32s) -> RunColumn:
    """What one run has of a column; of its strings only those that are said in these rows."""
    places = np.cumsum(many) - many
    if column.texts is not None:
        at = np.repeat(first - places, many) + np.arange(len(rows))
        texts = column.texts.take(pa.array(at))
        return RunColumn(Kind.TEXT, rows, np.zeros(0, np.int32), texts=texts)
    values = np.empty(len(rows), dtype=column.values.dtype)
    _copied(column.values, first, many, values, places)
    if column.kind is not Kind.TEXT:
        return RunColumn(column.kind, rows, values)
    assert column.dictionary is not None
    said = np.zeros(len(column.dictionary), dtype=bool)
    said[values] = True
    used = np.flatnonzero(said)
    mapping = np.cumsum(said, dtype=np.int32) - np.int32(1)
    return RunColumn(Kind.TEXT, rows, mapping[values], column.dictionary.take(pa.array(used)))
