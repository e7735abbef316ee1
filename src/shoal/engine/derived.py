"""Derived rows: what follows from a history is put into the history.

Sessions and membership changes become rows of the same history, so that rules read them like any
event: with windows, as of any instant, and explained by the same code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shoal.engine.history import Column, History, Int32s, Int64s, Kind
from shoal.engine.placing import find_places


@dataclass(frozen=True, slots=True, eq=False)
class DerivedRows:
    """Rows of one derived event, in order of (profile, instant).

    ``first`` puts them before other rows of the same instant, else they come after.
    """

    event: str
    profiles: Int64s  # positions in the history
    occurred_at: Int64s
    received_at: Int64s
    first: bool = False
    properties: Mapping[str, tuple[Kind, npt.NDArray[np.generic]]] = field(
        default_factory=dict[str, tuple[Kind, npt.NDArray[np.generic]]]
    )


class MergedHistory:
    """A history with derived rows in their places. Columns are moved when they are asked for."""

    def __init__(self, base: History, additions: Sequence[DerivedRows]) -> None:
        self._base = base
        self._additions = {rows.event: rows for rows in additions}
        places, order = _places(base, additions)
        size, new = len(base.occurred_at), len(places)
        before = np.cumsum(np.bincount(places, minlength=size + 1)[: size + 1])
        self._moved = (np.arange(size) + before[:size]).astype(np.int32)
        added = places[order] + np.arange(new)
        positions = np.empty(new, dtype=np.int64)
        positions[order] = added
        self.profiles = base.profiles
        self.first_seen = base.first_seen
        ends = base.offsets
        owners = np.concatenate([rows.profiles for rows in additions] or [np.empty(0, np.int64)])
        counts = np.bincount(owners, minlength=len(base.profiles))
        self.offsets = ends + np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        self.event_names = (*base.event_names, *self._additions)
        self.occurred_at = self._fill(base.occurred_at, positions, "occurred_at", additions)
        self.received_at = self._fill(base.received_at, positions, "received_at", additions)
        codes = [
            np.full(len(rows.profiles), len(base.event_names) + index, dtype=np.uint16)
            for index, rows in enumerate(additions)
        ]
        self.event = np.empty(size + new, dtype=np.uint16)
        self.event[self._moved] = base.event
        self.event[positions] = np.concatenate(codes) if codes else np.empty(0, np.uint16)
        self._rows: dict[str, Int32s] = {}
        start = 0
        for rows in additions:
            end = start + len(rows.profiles)
            self._rows[rows.event] = positions[start:end].astype(np.int32)
            start = end

    def _fill(
        self, base: Int64s, positions: Int64s, name: str, additions: Sequence[DerivedRows]
    ) -> Int64s:
        merged = np.empty(len(base) + len(positions), dtype=np.int64)
        merged[self._moved] = base
        if additions:
            merged[positions] = np.concatenate([getattr(rows, name) for rows in additions])
        return merged

    def rows_of(self, event: str) -> Int32s:
        """Rows of an event, ascending, in the merged history."""
        if event not in self._rows:
            self._rows[event] = self._moved[self._base.rows_of(event)]
        return self._rows[event]

    def column(self, event: str, property: str) -> Column | None:  # noqa: A002  # the protocol's name
        """Values of a property, at their places in the merged history."""
        rows = self._additions.get(event)
        if rows is not None:
            if property not in rows.properties:
                return None
            kind, values = rows.properties[property]
            return Column(kind, self._rows[event], values)
        column = self._base.column(event, property)
        if column is None:
            return None
        return Column(column.kind, self._moved[column.rows], column.values, column.dictionary)


def _places(base: History, additions: Sequence[DerivedRows]) -> tuple[Int64s, Int64s]:
    """For each added row the base row before which it stands, and the order of added rows by place.

    Additions come one after another.
    """
    if not additions:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    places = np.concatenate(
        [
            find_places(
                np.ascontiguousarray(base.offsets, dtype=np.int64),
                np.ascontiguousarray(base.occurred_at, dtype=np.int64),
                rows.profiles,
                rows.occurred_at,
                rows.first,
            )
            for rows in additions
        ]
    )
    profiles = np.concatenate([rows.profiles for rows in additions])
    times = np.concatenate([rows.occurred_at for rows in additions])
    late = np.concatenate(
        [np.full(len(rows.profiles), not rows.first, dtype=np.int8) for rows in additions]
    )
    return places, np.lexsort((late, times, profiles, places))
