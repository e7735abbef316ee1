"""What if: one person's real past, followed by events that have not happened.

Each hypothesis becomes a profile of one bucket, so the engine answers all of them in one pass.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
import pyarrow as pa

from shoal.core.instants import Zone
from shoal.engine.history import Column, History, Int32s, Int64s, Kind
from shoal.segments.timeline import (
    MILLION,
    NEVER,
    Scalar,
    TimelineEvent,
    column_of,
    first_seen_of,
    with_lines,
)


class Hypotheses:
    """A bucket with one profile per hypothesis: a past that was, and a future that may be.

    The past is what ``person`` of ``base`` did up to ``until``; future events must not be earlier.
    It is a :class:`shoal.engine.history.History`; columns are copied when asked for.
    """

    def __init__(
        self,
        base: History | None,
        person: int,
        until: int,
        futures: Sequence[Sequence[TimelineEvent]],
        zone: Zone,
    ) -> None:
        self._base = base
        self._zone = zone
        self._futures = [
            list(with_lines(sorted(events, key=lambda it: it.at))) for events in futures
        ]
        self._start, self._stop = _span_of(base, person, until)
        seen = NEVER if base is None else int(base.first_seen[person])
        future_names = [event.name for events in self._futures for event in events]
        self.event_names = tuple(
            dict.fromkeys([*(base.event_names if base else ()), *future_names])
        )
        events = self._events()
        lengths = [self._stop - self._start + len(events) for events in self._futures]
        self.profiles: Int64s = np.arange(len(lengths), dtype=np.int64)
        self.offsets: Int64s = np.cumsum([0, *lengths], dtype=np.int64)
        self.first_seen: Int64s = np.array(
            [min(seen, first_seen_of(events)) for events in self._futures], np.int64
        )
        self._future_rows = [
            end - len(events) + position
            for end, events in zip(self.offsets[1:].tolist(), self._futures, strict=True)
            for position in range(len(events))
        ]
        nothing = np.empty(0, np.int64)
        span = slice(self._start, self._stop)
        times = [event.at for event in events]
        codes = [self.event_names.index(event.name) for event in events]
        self.occurred_at = self._filled(base.occurred_at[span] if base else nothing, times)
        self.received_at = self._filled(base.received_at[span] if base else nothing, times)
        past_codes = base.event[span].astype(np.int64) if base else nothing
        self.event = self._filled(past_codes, codes).astype(np.uint16)

    def rows_of(self, event: str) -> Int32s:
        """Rows of an event, ascending."""
        if event not in self.event_names:
            return np.empty(0, np.int32)
        return np.flatnonzero(self.event == self.event_names.index(event)).astype(np.int32)

    def column(self, event: str, property: str) -> Column | None:  # noqa: A002  as the engine's History names it
        """The property's values under every hypothesis; None where there is none."""
        past = self._past(event, property)
        cells = [
            (row, cast(Scalar, it.properties[property]))
            for row, it in zip(self._future_rows, self._events(), strict=True)
            if it.name == event and property in it.properties
        ]
        future = column_of(cells, self._zone) if cells else None
        tiled = self._tiled(past) if past is not None else None
        if tiled is None or future is None:
            return tiled or future
        return _merged(tiled, future)

    def _events(self) -> list[TimelineEvent]:
        return [event for events in self._futures for event in events]

    def _filled(self, past: Int64s, future: Sequence[int]) -> Int64s:
        whole = np.empty(int(self.offsets[-1]), np.int64)
        rows = np.array(self._future_rows, np.int64)
        is_past = np.ones(len(whole), np.bool_)
        is_past[rows] = False
        whole[is_past] = np.tile(past, len(self._futures))
        whole[rows] = future
        return whole

    def _past(self, event: str, name: str) -> Column | None:
        column = self._base.column(event, name) if self._base else None
        if column is None:
            return None
        low, high = np.searchsorted(column.rows, [self._start, self._stop])
        if low == high:
            return None
        rows = column.rows[low:high] - self._start
        return Column(column.kind, rows, column.values[low:high], column.dictionary)

    def _tiled(self, past: Column) -> Column:
        starts = self.offsets[:-1]
        rows = (starts[:, None] + past.rows[None, :]).ravel().astype(np.int32)
        return Column(past.kind, rows, np.tile(past.values, len(starts)), past.dictionary)


class Unseen:
    """A bucket in which one person was never seen: what the others are without them."""

    def __init__(self, base: History, person: int) -> None:
        self._base = base
        self.profiles = base.profiles
        self.offsets = base.offsets
        self.first_seen = base.first_seen.copy()
        self.first_seen[person] = NEVER
        self.occurred_at = base.occurred_at
        self.received_at = base.received_at
        self.event = base.event
        self.event_names = base.event_names

    def rows_of(self, event: str) -> Int32s:
        """Rows of an event, ascending."""
        return self._base.rows_of(event)

    def column(self, event: str, property: str) -> Column | None:  # noqa: A002  as the History's
        """None where no row of the event has the property."""
        return self._base.column(event, property)


def _span_of(base: History | None, person: int, until: int) -> tuple[int, int]:
    """Rows of the person up to and including the instant."""
    if base is None:
        return 0, 0
    start, stop = int(base.offsets[person]), int(base.offsets[person + 1])
    times = base.occurred_at[start:stop]
    return start, start + int(np.searchsorted(times, until, side="right"))


def _merged(past: Column, future: Column) -> Column:
    """Both columns' rows in order, as the past's kind; future values of another kind are unset."""
    numbers = (Kind.EXACT, Kind.DOUBLE)
    if past.kind in numbers and future.kind in numbers and past.kind is not future.kind:
        past, future = _as_double(past), _as_double(future)
    if past.kind is not future.kind:
        return past
    dictionary, values = past.dictionary, future.values
    if past.kind is Kind.TEXT:
        assert past.dictionary is not None
        assert future.dictionary is not None
        words = list(dict.fromkeys([*past.dictionary.to_pylist(), *future.dictionary.to_pylist()]))
        codes = {word: code for code, word in enumerate(words)}
        dictionary = pa.array(words, pa.string())
        renumbered = np.array([codes[word] for word in future.dictionary.to_pylist()], np.int32)
        values = renumbered[np.asarray(future.values, np.int32)]
    rows = np.concatenate([past.rows, future.rows])
    order = np.argsort(rows, kind="stable")
    return Column(past.kind, rows[order], np.concatenate([past.values, values])[order], dictionary)


def _as_double(column: Column) -> Column:
    if column.kind is Kind.DOUBLE:
        return column
    return Column(Kind.DOUBLE, column.rows, np.asarray(column.values, np.float64) / MILLION)
