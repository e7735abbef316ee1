"""One profile's rows of a bucket, as a history of its own."""

from __future__ import annotations

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
        inside = slice(self._start, self._end)
        self.occurred_at: Int64s = np.array(base.occurred_at[inside])
        self.received_at: Int64s = np.array(base.received_at[inside])
        self.event: npt.NDArray[np.uint16] = np.array(base.event[inside])

    def _within(self, rows: Int32s) -> slice:
        first, last = np.searchsorted(rows, [self._start, self._end])
        return slice(int(first), int(last))

    def rows_of(self, event: str) -> Int32s:
        """Rows of an event, ascending."""
        rows = self._base.rows_of(event)
        return (rows[self._within(rows)] - self._start).astype(np.int32)

    def column(self, event: str, property: str) -> Column | None:  # noqa: A002  # the protocol's name
        """Values of a property of an event; None where the bucket has none."""
        column = self._base.column(event, property)
        if column is None:
            return None
        inside = self._within(column.rows)
        rows = (column.rows[inside] - self._start).astype(np.int32)
        return Column(column.kind, rows, np.array(column.values[inside]), column.dictionary)
