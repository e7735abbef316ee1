"""Events of the log: their frames, and the tables they become when read or folded."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from math import isfinite
from typing import Any, cast

import numpy as np
import pyarrow as pa

from shoal.core.instants import LATEST, Zone, from_datetime, to_datetime
from shoal.events.event import Event
from shoal.events.table import EventTable, LineTable
from shoal.identity import Identifier
from shoal.store.assembly import assemble
from shoal.store.catalogue import Naming
from shoal.store.identifiers import Identifiers
from shoal.store.intake import Circumstances, split, take_in
from shoal.store.quarantine import Quarantined
from shoal.store.run import Part, Run

Fingerprint = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Logged:
    """An event as it stands in the log: with the numbers it was given."""

    event: Event
    profile: int
    arrival: int
    fingerprint: Fingerprint


def encode(logged: Sequence[Logged], refused: Sequence[Quarantined] = ()) -> bytes:
    """One frame: events as lists, what was refused as objects."""
    import msgspec

    form: list[object] = [
        [event_to_json(one.event), one.profile, one.arrival, *one.fingerprint] for one in logged
    ]
    form += refused
    try:
        return msgspec.json.encode(form)
    except UnicodeEncodeError:  # half of a surrogate pair, which no UTF-8 can hold
        form[len(logged) :] = [asdict(one) for one in refused]
        text = json.dumps(form, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


def decode(frame: bytes) -> tuple[list[Logged], list[Quarantined]]:
    """The events of a frame, and what was refused beside them."""
    logged: list[Logged] = []
    refused: list[Quarantined] = []
    for one in json.loads(frame):
        if isinstance(one, dict):
            refused.append(Quarantined(**cast("dict[str, Any]", one)))
        else:
            cells, profile, arrival, high, low = cast("list[Any]", one)
            logged.append(Logged(event_from_json(cells), profile, arrival, (high, low)))
    return logged, refused


def event_to_json(event: Event) -> dict[str, Any]:
    """The event in JSON, exactly; what is unset or not finite is left out."""
    return {
        "name": event.name,
        "raw_name": event.raw_name,
        "user_id": event.user_id,
        "anonymous_id": event.anonymous_id,
        "occurred_at": event.occurred_at,
        "received_at": event.received_at,
        "message_id": event.message_id,
        "source": event.source,
        "properties": _cells(event.properties),
        "lines": [_cells(line) for line in event.lines],
    }


def event_from_json(cells: Mapping[str, Any]) -> Event:
    """The event that :func:`event_to_json` wrote."""
    given = dict(cells)
    given["properties"] = _values(given["properties"])
    given["lines"] = tuple(_values(line) for line in given["lines"])
    return Event(**given)


def people_of(tail: Iterable[Logged]) -> dict[Identifier, int]:
    """Whom the tail speaks of, with their numbers."""
    return {identifier_of(one.event): one.profile for one in tail}


def identifier_of(event: Event) -> Identifier:
    """Who the event belongs to: the user id, else the anonymous id."""
    if event.user_id is not None:
        return Identifier(event.user_id)
    assert event.anonymous_id is not None
    return Identifier(event.anonymous_id, anonymous=True)


def tail_runs(tail: Sequence[Logged], naming: Naming, buckets: int) -> dict[int, Run]:
    """The tail as one run for each bucket it touches. Untyped properties become known."""
    identifiers = Identifiers((), 1)
    identifiers.restore(people_of(tail))
    parts: dict[int, list[Part]] = {}
    by_event: dict[str, list[Logged]] = {}
    for one in tail:
        by_event.setdefault(one.event.name, []).append(one)
    for some in by_event.values():
        receipts = np.array([one.event.received_at for one in some], dtype=np.int64)
        circumstances = Circumstances(0, 0, LATEST, Zone(), receipts)
        part, _ = take_in(_table(some), identifiers, naming, circumstances)
        for one in some:
            naming.add_event(one.event.name, one.event.raw_name or one.event.name)
        for bucket, piece in split(part, buckets):
            parts.setdefault(bucket, []).append(piece)
    runs = {bucket: assemble(pieces) for bucket, pieces in parts.items()}
    return {bucket: run for bucket, run in runs.items() if run is not None}


def _table(some: Sequence[Logged]) -> EventTable:
    """Logged events of one name as columns."""
    events = [one.event for one in some]
    first = events[0]
    parents = [at for at, event in enumerate(events) for _ in event.lines]
    lines = [line for event in events for line in event.lines]
    arrival = np.array([one.arrival for one in some], dtype=np.int64)
    parent = np.array(parents, dtype=np.int64)
    return EventTable(
        first.name,
        first.raw_name or first.name,
        pa.array([event.user_id for event in events], pa.string()),
        pa.array([event.anonymous_id for event in events], pa.string()),
        np.array([event.occurred_at for event in events], dtype=np.int64),
        arrival,
        np.array([one.fingerprint for one in some], dtype=np.uint64).reshape(-1, 2),
        _columns([event.properties for event in events]),
        LineTable(f"{first.name}_line", parent, arrival[parent], _columns(lines))
        if lines
        else None,
    )


def _columns(rows: Sequence[Mapping[str, object]]) -> dict[str, pa.Array]:
    names = dict.fromkeys(name for row in rows for name in row)
    arrays = {name: _array([row.get(name) for row in rows]) for name in names}
    return {name: array for name, array in arrays.items() if array.null_count < len(array)}


def _array(values: Sequence[object]) -> pa.Array:
    """The values under one type; as text where they have none in common."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds == {float}:
        return pa.array(values, pa.float64())
    if kinds == {datetime}:
        return pa.array(values, pa.timestamp("us", tz="UTC"))
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


_PLAIN = frozenset({str, int, bool})


def _cells(properties: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: cell
        for name, value in properties.items()
        if (cell := value if type(value) in _PLAIN else _cell(value)) is not None
    }


def _cell(value: object) -> Any:
    """The value in JSON, or None for unset. What JSON has no word for is tagged."""
    if isinstance(value, float):
        return value if isfinite(value) else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, Decimal):
        return {"decimal": str(value)} if value.is_finite() else None
    if isinstance(value, datetime):
        return {"instant": from_datetime(value)}
    return json.dumps(value, ensure_ascii=False, default=str)


def _values(cells: Mapping[str, Any]) -> dict[str, object]:
    return {name: _value(cell) for name, cell in cells.items()}


def _value(cell: Any) -> object:
    if not isinstance(cell, dict):
        return cell
    tagged = cast("dict[str, Any]", cell)
    if "decimal" in tagged:
        return Decimal(tagged["decimal"])
    return to_datetime(tagged["instant"])
