"""Timelines: a few events of a few imagined people, as a history the engine reads.

Definition tests and ``explain``'s *what if* ask the very engine that answers for real customers;
this builds what it reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import cast

import numpy as np
import pyarrow as pa

from shoal.core.instants import Zone, from_datetime
from shoal.engine.history import Column, Int32s, Int64s, Kind

IDENTIFY = "$identify"
NEVER = int(np.iinfo(np.int64).max)
MILLION = 1_000_000
LARGEST_EXACT = 9e12

Scalar = bool | int | float | str | date | datetime


@dataclass(frozen=True, slots=True)
class TimelineEvent:
    """One event of a timeline; a list of mappings among the properties becomes line events.

    ``$identify`` gives traits (at EARLIEST: undated ones), ``$consent`` a purpose and a state.
    """

    name: str
    at: int
    properties: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True, eq=False)
class MemoryHistory:
    """A bucket in memory, made from timelines; see :class:`shoal.engine.history.History`."""

    profiles: Int64s
    offsets: Int64s
    first_seen: Int64s
    occurred_at: Int64s
    received_at: Int64s
    event: np.ndarray[tuple[int], np.dtype[np.uint16]]
    event_names: tuple[str, ...]
    columns: Mapping[tuple[str, str], Column]

    def rows_of(self, event: str) -> Int32s:
        """Rows of an event, ascending."""
        if event not in self.event_names:
            return np.empty(0, np.int32)
        return np.flatnonzero(self.event == self.event_names.index(event)).astype(np.int32)

    def column(self, event: str, property: str) -> Column | None:  # noqa: A002  as the engine's History names it
        """None where no row of the event has the property."""
        return self.columns.get((event, property))


def history_of(timelines: Sequence[Iterable[TimelineEvent]], zone: Zone) -> MemoryHistory:
    """The history of one profile per timeline, numbered from 0.

    Events may stand in any order; those of one instant keep the order they stand in. Bare dates
    among the properties are midnights of the zone.

    >>> history = history_of([[TimelineEvent("order_completed", 7, {"revenue": 2.5})]], Zone())
    >>> history.column("order_completed", "revenue").values
    array([2500000])
    """
    people = [list(with_lines(sorted(events, key=lambda it: it.at))) for events in timelines]
    rows = list(chain.from_iterable(people))
    names = tuple(dict.fromkeys(row.name for row in rows))
    codes = {name: code for code, name in enumerate(names)}
    cells: dict[tuple[str, str], list[tuple[int, Scalar]]] = {}
    for position, row in enumerate(rows):
        for name, value in row.properties.items():
            cells.setdefault((row.name, name), []).append((position, cast(Scalar, value)))
    columns = {key: column_of(found, zone) for key, found in cells.items()}
    times = np.array([row.at for row in rows], np.int64)
    return MemoryHistory(
        profiles=np.arange(len(people), dtype=np.int64),
        offsets=np.cumsum([0, *map(len, people)], dtype=np.int64),
        first_seen=np.array([first_seen_of(events) for events in people], np.int64),
        occurred_at=times,
        received_at=times,
        event=np.array([codes[row.name] for row in rows], np.uint16),
        event_names=names,
        columns={key: column for key, column in columns.items() if len(column.rows)},
    )


def column_of(cells: Sequence[tuple[int, Scalar]], zone: Zone) -> Column:
    """The values of one property by row; of the type of the first, others are unset."""
    typed = [(row, kind, value) for row, raw in cells for kind, value in [_typed(raw, zone)]]
    kind = typed[0][1]
    if kind in (Kind.EXACT, Kind.DOUBLE):
        numbers = [(row, it, value) for row, it, value in typed if it in (Kind.EXACT, Kind.DOUBLE)]
        exact = all(it is Kind.EXACT for _, it, _ in numbers)
        kind = Kind.EXACT if exact else Kind.DOUBLE
        typed = [
            (row, kind, value if exact or it is Kind.DOUBLE else cast(int, value) / MILLION)
            for row, it, value in numbers
        ]
    kept = [(row, value) for row, it, value in typed if it is kind]
    rows = np.array([row for row, _ in kept], np.int32)
    values = [value for _, value in kept]
    if kind is Kind.TEXT:
        words = list(dict.fromkeys(cast("list[str]", values)))
        codes = {word: code for code, word in enumerate(words)}
        numbered = np.array([codes[cast(str, value)] for value in values], np.int32)
        return Column(kind, rows, numbered, pa.array(words, pa.string()))
    return Column(kind, rows, np.array(values, _DTYPES[kind]))


_DTYPES = {
    Kind.EXACT: np.int64,
    Kind.DOUBLE: np.float64,
    Kind.BOOLEAN: np.uint8,
    Kind.INSTANT: np.int64,
}


def _typed(value: Scalar, zone: Zone) -> tuple[Kind, int | float | str]:
    match value:
        case bool():
            return Kind.BOOLEAN, int(value)
        case int() | float():
            if abs(value) <= LARGEST_EXACT and round(value * MILLION) / MILLION == value:
                return Kind.EXACT, round(value * MILLION)
            return Kind.DOUBLE, float(value)
        case datetime():
            return Kind.INSTANT, (
                from_datetime(value) if value.tzinfo is not None else zone.from_local(value)
            )
        case date():
            return Kind.INSTANT, zone.midnight(value)
        case str():
            return Kind.TEXT, value


def first_seen_of(events: Sequence[TimelineEvent]) -> int:
    """When the person became known: consent alone does not make one known."""
    return min((it.at for it in events if it.name != "$consent"), default=NEVER)


def with_lines(events: Iterable[TimelineEvent]) -> Iterator[TimelineEvent]:
    """Each event with nested mappings flattened, followed by one line per element of its lists."""
    for event in events:
        flat = dict(_flat(event.properties))
        lists = [cast("list[object]", value) for value in flat.values() if isinstance(value, list)]
        plain = {name: value for name, value in flat.items() if _is_set(value)}
        yield TimelineEvent(event.name, event.at, plain)
        for line in chain.from_iterable(lists):
            if isinstance(line, Mapping):
                values = dict(_flat(cast("Mapping[str, object]", line)))
                held = {name: value for name, value in values.items() if _is_set(value)}
                yield TimelineEvent(f"{event.name}_line", event.at, held)


def _is_set(value: object) -> bool:
    if isinstance(value, float):
        return value - value == 0  # neither NaN nor infinite
    return isinstance(value, bool | int | str | date)


def _flat(values: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(cast("Mapping[str, object]", value), f"{prefix}{name}.")
        else:
            yield f"{prefix}{name}", value
