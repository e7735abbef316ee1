"""Derived rows: what follows from a history is put into the history.

Sessions and membership changes become rows of the same history, so that rules read them like any
event: with windows, as of any instant, and explained by the same code.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence, Sized
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shoal.engine.history import Column, History, Int32s, Int64s, Kind, unwritable
from shoal.engine.keeping import KEEPING, owned_bytes
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


@dataclass(frozen=True, slots=True, eq=False)
class _Merged:
    """A history's rows with the derived ones among them."""

    additions: Mapping[str, DerivedRows]
    moved: Int32s  # where each row of the history stands now
    offsets: Int64s
    occurred_at: Int64s
    received_at: Int64s
    event: npt.NDArray[np.uint16]
    event_names: tuple[str, ...]
    rows: dict[str, Int32s]

    def own_bytes(self) -> int:
        """About how much memory it takes."""
        added = sum(len(rows) for rows in self.rows.values())
        return len(self.event) * 18 + len(self.moved) * 4 + added * 28 + self.offsets.nbytes


class MergedHistory:
    """A history with derived rows in their places.

    It is merged when it is read and, where there is not room to keep that, again when it is read
    again. Columns are moved when they are asked for.
    """

    def __init__(self, base: History, additions: Callable[[], Sequence[DerivedRows]]) -> None:
        self.base = base
        self.profiles = base.profiles
        self.first_seen = base.first_seen
        self._additions = additions

    def __len__(self) -> int:
        """About how many rows: those of the history before anything was derived."""
        return size_of(self.base)

    @property
    def _merged(self) -> _Merged:
        return KEEPING.get(
            self, "merged", lambda: _merge(self.base, self._additions()), _Merged.own_bytes
        )

    @property
    def offsets(self) -> Int64s:
        """Where each profile's rows begin, and where the last one's end."""
        return self._merged.offsets

    @property
    def occurred_at(self) -> Int64s:
        """When each row happened."""
        return self._merged.occurred_at

    @property
    def received_at(self) -> Int64s:
        """When each row came to be known."""
        return self._merged.received_at

    @property
    def event(self) -> npt.NDArray[np.uint16]:
        """Code of each row's event."""
        return self._merged.event

    @property
    def event_names(self) -> tuple[str, ...]:
        """What the codes mean, derived events last."""
        return self._merged.event_names

    def rows_of(self, event: str) -> Int32s:
        """Rows of an event, ascending, in the merged history."""
        merged = self._merged
        if event in merged.rows:
            return merged.rows[event]
        return KEEPING.get(
            self, ("rows", event), lambda: merged.moved[self.base.rows_of(event)], owned_bytes
        )

    def column(self, event: str, property: str) -> Column | None:  # noqa: A002  # the protocol's name
        """Values of a property, at their places in the merged history."""
        merged = self._merged
        rows = merged.additions.get(event)
        if rows is not None:
            if property not in rows.properties:
                return None
            kind, values = rows.properties[property]
            return Column(kind, merged.rows[event], values)
        column = self.base.column(event, property)
        if column is None:
            return None
        rows_now = KEEPING.get(
            self, ("rows", event, property), lambda: merged.moved[column.rows], owned_bytes
        )
        return Column(column.kind, rows_now, column.values, column.dictionary)


def size_of(history: History) -> int:
    """About how many rows a history has, without merging anything to know it."""
    return len(history) if isinstance(history, Sized) else len(history.occurred_at)


def done_with(history: History) -> None:
    """A task has read the history: what was made for it may go if there is too much."""
    KEEPING.finished(history)
    if isinstance(history, MergedHistory):
        done_with(history.base)


def _merge(base: History, additions: Sequence[DerivedRows]) -> _Merged:
    places, order = _places(base, additions)
    size, new = len(base.occurred_at), len(places)
    before = np.cumsum(np.bincount(places, minlength=size + 1)[: size + 1])
    moved = (np.arange(size) + before[:size]).astype(np.int32)
    positions = np.empty(new, dtype=np.int64)
    positions[order] = places[order] + np.arange(new)
    owners = np.concatenate([rows.profiles for rows in additions] or [np.empty(0, np.int64)])
    counts = np.bincount(owners, minlength=len(base.profiles))
    codes = [
        np.full(len(rows.profiles), len(base.event_names) + index, dtype=np.uint16)
        for index, rows in enumerate(additions)
    ]
    event = np.empty(size + new, dtype=np.uint16)
    event[moved] = base.event
    event[positions] = np.concatenate(codes) if codes else np.empty(0, np.uint16)
    ends = np.cumsum([len(rows.profiles) for rows in additions])
    named = {rows.event: rows for rows in additions}
    return _Merged(
        named,
        moved,
        base.offsets + np.concatenate([[0], np.cumsum(counts)]).astype(np.int64),
        _filled(base.occurred_at, moved, positions, [rows.occurred_at for rows in additions]),
        _filled(base.received_at, moved, positions, [rows.received_at for rows in additions]),
        event,
        (*base.event_names, *named),
        {
            rows.event: positions[end - len(rows.profiles) : end].astype(np.int32)
            for rows, end in zip(additions, ends, strict=True)
        },
    )


def _filled(base: Int64s, moved: Int32s, positions: Int64s, additions: Sequence[Int64s]) -> Int64s:
    merged = np.empty(len(base) + len(positions), dtype=np.int64)
    merged[moved] = base
    if additions:
        merged[positions] = np.concatenate(additions)
    return merged


def _places(base: History, additions: Sequence[DerivedRows]) -> tuple[Int64s, Int64s]:
    """For each added row the base row before which it stands, and the order of added rows by place.

    Additions come one after another.
    """
    if not additions:
        return np.empty(0, np.int64), np.empty(0, np.int64)
    places = np.concatenate(
        [
            find_places(
                unwritable(base.offsets),
                unwritable(base.occurred_at),
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
