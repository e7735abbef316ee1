"""One profile's rows of a bucket, as a history of its own."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

from shoal.engine.history import Column, History, Int32s, Int64s


class OneProfile:
    """A view of one profile, up to and including an instant: what came later never happened."""

    def __init__(self, base: History, profile: int, until: int) -> None:
        self._base = base
        start, end = int(base.offsets[profile]), int(base.offsets[profile + 1])
        times = base.occurred_at[start:end]
        self._start = start
        self._end = start + int(np.searchsorted(times, until, side="right"))
        self.profiles: Int64s = base.profiles[profile : profile + 1]
        self.first_seen: Int64s = np.array(base.first_seen[profile : profile + 1])
        self.offsets: Int64s = np.array([0, self._end - start], dtype=np.int64)
        self.event_names = base.event_names

    @cached_property
    def occurred_at(self) -> Int64s:
        return np.array(self._base.occurred_at[self._start : self._end])

    @cached_property
    def received_at(self) -> Int64s:
        return np.array(self._base.received_at[self._start : self._end])

    @cached_property
    def event(self) -> npt.NDArray[np.uint16]:
        return np.array(self._base.event[self._start : self._end])

    def _within(self, rows: Int32s) -> slice:
        first, last = np.searchsorted(rows, [self._start, self._end])
        return slice(int(first), int(last))

    def rows_of(self, event: str) -> Int32s:
        rows = self._base.rows_of(event)
        return (rows[self._within(rows)] - self._start).astype(np.int32)

    def column(self, event: str, property: str) -> Column | None:  # noqa: A002  # the protocol's name
        column = self._base.column(event, property)
        if column is None:
            return None
        inside = self._within(column.rows)
        rows = (column.rows[inside] - self._start).astype(np.int32)
        return Column(column.kind, rows, np.array(column.values[inside]), column.dictionary)
