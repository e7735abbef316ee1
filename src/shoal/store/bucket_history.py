"""A bucket as the engine reads it: one run as it lies on disk, or several merged on first use."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.arrow import numbers_of, strings_of
from shoal.engine.history import Column, Int32s, Int64s, Kind
from shoal.engine.keeping import KEEPING, owned_bytes
from shoal.store.assembly import joined_columns
from shoal.store.catalogue import Catalogue
from shoal.store.run import ColumnKey, People, Run, RunColumn, as_doubles, frozen

_NOBODY = People(
    np.zeros(0, np.int64), strings_of([]).cast(pa.large_string()), np.zeros(0, np.uint8)
)


class BucketHistory:
    """An ``engine.history.History`` over the runs of a bucket."""

    def __init__(self, runs: Sequence[Run], catalogue: Catalogue) -> None:
        self._given = tuple(runs)
        self._catalogue = catalogue
        self._columns: dict[ColumnKey, Column | None] = {}

    @property
    def runs(self) -> tuple[Run, ...]:
        """What it is put together from."""
        return self._given

    def __len__(self) -> int:
        return sum(len(run) for run in self.runs)

    @property
    def profiles(self) -> Int64s:
        """Surrogate numbers, ascending."""
        return self.people.numbers

    @cached_property
    def people(self) -> People:
        """The bucket's profiles with their identifiers."""
        if len(self.runs) == 1:
            return self.runs[0].people
        if not self.runs:
            return _NOBODY
        numbers = np.concatenate([run.profiles for run in self.runs])
        found, first = np.unique(numbers, return_index=True)
        texts = pa.concat_arrays([run.people.texts for run in self.runs])
        anonymous = np.concatenate([run.people.anonymous for run in self.runs])
        return People(found, texts.take(pa.array(first)), anonymous[first])

    @property
    def offsets(self) -> Int64s:
        """Where each profile's rows begin, and where the last one's end."""
        if len(self.runs) == 1:
            return self.runs[0].offsets
        return self._merged[0]

    @property
    def first_seen(self) -> Int64s:
        """When each profile became known."""
        if len(self.runs) == 1:
            return self.runs[0].first_seen
        return self._first_seen

    @property
    def _first_seen(self) -> Int64s:
        return KEEPING.get(self, "first_seen", self._earliest, owned_bytes)

    def _earliest(self) -> Int64s:
        found = np.full(len(self.profiles), np.iinfo(np.int64).max, dtype=np.int64)
        for run in self.runs:
            at = np.searchsorted(self.profiles, run.profiles)
            found[at] = np.minimum(found[at], run.first_seen)
        return found

    @property
    def occurred_at(self) -> Int64s:
        """When each row happened."""
        return self._fixed("occurred_at", np.int64)

    @property
    def received_at(self) -> Int64s:
        """When each row was received."""
        return self._fixed("received_at", np.int64)

    @property
    def arrival(self) -> Int64s:
        """Arrival number of each row."""
        return self._fixed("arrival", np.int64)

    @property
    def import_id(self) -> Int32s:
        """The import each row came by; 0 for one from the log."""
        return self._fixed("import_id", np.int32)

    @property
    def event(self) -> npt.NDArray[np.uint16]:
        """Code of each row's event."""
        return KEEPING.get(self, "event", self._codes, owned_bytes)

    def _codes(self) -> npt.NDArray[np.uint16]:
        names = {name: code for code, name in enumerate(self.event_names)}
        codes: list[npt.NDArray[np.uint16]] = []
        for run in self.runs:
            mapping = [names[name] for name in run.event_names]
            same = mapping == list(range(len(mapping)))
            codes.append(run.event if same else np.array(mapping, dtype=np.uint16)[run.event])
        return self._joined(codes, np.uint16)

    @property
    def event_names(self) -> tuple[str, ...]:
        """What the codes mean."""
        return self._event_names

    @cached_property
    def _event_names(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(name for run in self.runs for name in run.event_names))

    def rows_of(self, event: str) -> Int32s:
        """Rows of an event, ascending."""
        if len(self.runs) == 1:
            return self.runs[0].rows_of(event)
        return KEEPING.get(
            self,
            ("rows", event),
            lambda: self._placed([run.rows_of(event) for run in self.runs])[0],
            owned_bytes,
        )

    def column(self, event: str, property: str) -> Column | None:  # noqa: A002
        """Values of a property of an event; None where no row has it."""
        return self._column(ColumnKey(event, property))

    def unconverted(self, event: str, name: str) -> Column | None:
        """Values that did not convert, as received: TEXT."""
        return self._column(ColumnKey(event, name, raw=True))

    def _column(self, key: ColumnKey) -> Column | None:
        """What lies in the one run as it is; what has to be made, as long as there is room."""
        if key not in self._columns:
            if len(self.runs) > 1 or self._is_made(key):
                return KEEPING.get(self, key, lambda: self._load(key), _made_bytes)
            self._columns[key] = self._load(key)
        return self._columns[key]

    def _is_made(self, key: ColumnKey) -> bool:
        """Whether the one run's values are not what is served."""
        column = self.runs[0].columns.get(key) if self.runs else None
        if column is None:
            return False
        facts = self._catalogue.property(key.event, key.property)
        inexact = column.kind is Kind.EXACT and facts is not None and not facts.exact
        return inexact or (column.kind is Kind.TEXT and column.texts is not None)

    def _load(self, key: ColumnKey) -> Column | None:
        there = [run.columns.get(key, None) for run in self.runs]
        found = [column for column in there if column is not None]
        if not found:
            return None
        if len(self.runs) == 1:
            (column,) = found
            rows, order = column.rows, None
        else:
            column = joined_columns(found)
            empty = np.zeros(0, np.int32)
            rows, order = self._placed([empty if one is None else one.rows for one in there])
        return self._served(key, column, rows, order)

    def _served(
        self, key: ColumnKey, column: RunColumn, rows: Int32s, order: npt.NDArray[Any] | None
    ) -> Column:
        if column.kind is Kind.TEXT:
            values, dictionary = column.values, column.dictionary
            if column.texts is not None:
                coded = column.texts.dictionary_encode()
                values, dictionary = numbers_of(coded.indices), coded.dictionary
            assert dictionary is not None
            strings = dictionary.cast(pa.string())
            return Column(Kind.TEXT, rows, values if order is None else values[order], strings)
        kind, values = column.kind, column.values
        facts = self._catalogue.property(key.event, key.property)
        if kind is Kind.EXACT and facts is not None and not facts.exact:
            kind, values = Kind.DOUBLE, as_doubles(values)
        return Column(kind, rows, values if order is None else values[order])

    def _fixed(self, name: str, kind: Any) -> Any:
        """An array that every run has, over the whole bucket."""
        arrays = [getattr(run, name) for run in self.runs]
        if len(arrays) == 1:
            return arrays[0]
        return KEEPING.get(self, name, lambda: self._joined(arrays, kind), owned_bytes)

    def _joined(self, arrays: list[npt.NDArray[Any]], kind: Any) -> Any:
        if len(arrays) == 1:
            return arrays[0]
        _, places = self._merged
        whole = np.empty(len(self), dtype=kind)
        for array, at in zip(arrays, places, strict=True):
            whole[at] = array
        return whole

    def _placed(self, rows: Sequence[Int32s]) -> tuple[Int32s, npt.NDArray[Any] | None]:
        """Rows of each run where they are in the whole, ascending, and the order that made it so."""
        if not self.runs:
            return np.zeros(0, np.int32), None
        places = self._merged[1]
        whole = np.concatenate([at[some] for at, some in zip(places, rows, strict=True)])
        if sum(len(some) > 0 for some in rows) <= 1:
            return whole, None
        order = np.argsort(whole, kind="stable")  # merges ascending runs in one pass
        return whole[order], order

    @property
    def _merged(self) -> tuple[Int64s, tuple[Int32s, ...]]:
        """Offsets of the whole, and where each row of each run stands in it."""
        return KEEPING.get(
            self, "merged", self._merge, lambda found: owned_bytes(found[0], *found[1])
        )

    def _merge(self) -> tuple[Int64s, tuple[Int32s, ...]]:
        if not self.runs:
            return np.zeros(1, np.int64), ()
        from shoal.store.arranging import merge_rows

        places: list[Int32s] = []
        profiles, offsets, at, arrival = _sorted_times(self.runs[0])
        for run in self.runs[1:]:
            others = _sorted_times(run)
            merged = merge_rows(profiles, offsets, at, arrival, *others)
            profiles, offsets, before, added = merged
            places = [before[old] for old in places] if places else [before]
            places.append(added)
            if run is not self.runs[-1]:
                at, arrival = (
                    _together(at, others[2], before, added),
                    _together(arrival, others[3], before, added),
                )
            profiles, offsets = frozen(profiles), frozen(offsets)
        return offsets, tuple(places)


def _made_bytes(column: Column | None) -> int:
    """About how much memory a column takes that is not as it lies on disk."""
    if column is None:
        return 0
    texts = 0 if column.dictionary is None else column.dictionary.nbytes
    return owned_bytes(column.rows) + column.values.nbytes + texts


def _sorted_times(run: Run) -> tuple[Any, Any, Any, Any]:
    return (
        frozen(run.profiles),
        frozen(run.offsets),
        frozen(run.occurred_at),
        frozen(run.arrival),
    )


def _together(one: Any, other: Any, one_at: Int32s, other_at: Int32s) -> Any:
    whole = np.empty(len(one) + len(other), dtype=np.int64)
    whole[one_at], whole[other_at] = one, other
    return frozen(whole)
