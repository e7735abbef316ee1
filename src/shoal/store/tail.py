"""Events of the log: their frames, and the tables they become when read or folded."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from itertools import chain
from math import isfinite
from pathlib import Path
from types import NoneType
from typing import Any, NamedTuple, cast

import msgspec
import numpy as np
import pyarrow as pa

from shoal.core.instants import LATEST, Zone, from_datetime, to_datetime
from shoal.engine.history import Int64s
from shoal.events.event import Event
from shoal.events.property_type import PropertyType
from shoal.events.table import EventTable, LineTable
from shoal.identity import Identifier, mentions_of
from shoal.store.assembly import assemble
from shoal.store.catalogue import Naming
from shoal.store.files import LOG
from shoal.store.intake import Circumstances, split, take_in
from shoal.store.log import read_log
from shoal.store.quarantine import Quarantined
from shoal.store.run import Part, Run
from shoal.store.written import Written, as_json

Fingerprint = tuple[int, int]
_MARK = struct.Struct("=QQ")


class Logged(NamedTuple):
    """An event as it stands in the log: with the numbers it was given.

    ``mentioned`` are the numbers of whom it speaks of beside its own, 0 for one without.
    """

    event: Event
    profile: int
    arrival: int
    fingerprint: Fingerprint
    mentioned: tuple[int, ...] = ()


class TailPeople(NamedTuple):
    """Profile numbers by user id and by anonymous id."""

    users: dict[str, int]
    anonymous: dict[str, int]

    def add(self, event: Event, profile: int, mentioned: Sequence[int] = ()) -> None:
        """Takes note of who an event belongs to, and of whom else it speaks."""
        if event.user_id is not None:
            self.users[event.user_id] = profile
        elif event.anonymous_id is not None:
            self.anonymous[event.anonymous_id] = profile
        if mentioned:
            for (_, one), number in zip(mentions_of(event), mentioned, strict=False):
                if number:
                    self[one.anonymous][one.text] = number

    def numbers_of(self, texts: pa.LargeStringArray, *, anonymous: bool = False) -> Int64s:
        """The number of each identifier; 0 for one that was given none."""
        known = self[anonymous]
        return np.array([known.get(text, 0) for text in texts.to_pylist()], dtype=np.int64)

    def number(self, identifier: Identifier) -> int | None:
        """The number of one of them."""
        return self[identifier.anonymous].get(identifier.text)


Fresh = tuple[Event, int | list[int], int, int, int]
"""An event, its profile (and behind it the numbers of whom it mentions), arrival, fingerprint."""


def encode(logged: Sequence[Fresh], refused: Sequence[Quarantined] = ()) -> bytes:
    """One frame: of each event its cells, profile, arrival and fingerprint; then what was refused."""
    form: list[object] = (
        list(logged)
        if _is_plain([one[0] for one in logged])
        else [one if _is_plain(one[:1]) else (event_to_json(one[0]), *one[1:]) for one in logged]
    )
    form += refused
    try:
        return _encoder.encode(form)
    except UnicodeEncodeError:  # half of a surrogate pair, which no UTF-8 can hold
        form = [(event_to_json(one[0]), *one[1:]) for one in logged]
        form += [asdict(one) for one in refused]
        text = json.dumps(form, ensure_ascii=False, separators=(",", ":"))
        return text.encode("utf-8", "replace")


_encoder = msgspec.json.Encoder(enc_hook=as_json)
_Frame = list[Fresh | Quarantined]
_decoder = msgspec.json.Decoder(_Frame)


def decode(frame: bytes) -> tuple[list[Logged], list[Quarantined]]:
    """The events of a frame, and what was refused beside them."""
    logged: list[Logged] = []
    refused: list[Quarantined] = []
    for one in _decoder.decode(frame):
        if isinstance(one, Quarantined):
            refused.append(one)
            continue
        event = one[0]
        if not _is_as_read(event):
            event = msgspec.structs.replace(
                event,
                properties=_values(event.properties),
                lines=tuple(map(_values, event.lines)),
            )
        logged.append(logged_of((event, *one[1:])))
    return logged, refused


def logged_of(fresh: Fresh) -> Logged:
    """The event as it stands in the log."""
    event, profile, arrival, high, low = fresh
    number, others = numbers_in(profile)
    return Logged(event, number, arrival, (high, low), others)


def numbers_in(profile: int | Sequence[int]) -> tuple[int, tuple[int, ...]]:
    """The profile of a logged event, and the numbers of whom it mentions."""
    return (profile, ()) if isinstance(profile, int) else (profile[0], tuple(profile[1:]))


class Marks(NamedTuple):
    """What a frame is remembered by; ``last`` is its last arrival number."""

    profiles: tuple[int, ...]
    fingerprints: tuple[bytes, ...]
    refused: int
    last: int
    mentioned: tuple[int, ...]


def marks_of(frame: bytes, people: TailPeople) -> Marks:
    """The marks of a frame. Adds whom it speaks of to ``people``."""
    profiles: list[int] = []
    mentioned: list[int] = []
    marks: list[bytes] = []
    refused, last = 0, 0
    for one in _decoder.decode(frame):
        if isinstance(one, Quarantined):
            refused += 1
            last = max(last, int(one.id.rpartition("-")[2]))
            continue
        event, profile, arrival, high, low = one
        number, others = numbers_in(profile)
        profiles.append(number)
        mentioned += others
        marks.append(_MARK.pack(high, low))
        last = max(last, arrival)
        people.add(event, number, others)
    return Marks(tuple(profiles), tuple(marks), refused, last, tuple(mentioned))


def once(logged: Iterable[Logged]) -> list[Logged]:
    """Each event once: what could not be made durable may stand in the log beside its repetition."""
    return list({one.fingerprint: one for one in reversed(list(logged))}.values())[::-1]


def refused_in(root: Path, first: int) -> Iterator[Quarantined]:
    """What was refused, as the log has it from a segment on."""
    for frame in read_log(root / LOG, first)[0]:
        yield from decode(frame)[1]


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


def people_of(tail: Iterable[Logged]) -> TailPeople:
    """Whom the tail speaks of, with their numbers."""
    people = TailPeople({}, {})
    for one in tail:
        people.add(one.event, one.profile, one.mentioned)
    return people


def identifier_of(event: Event) -> Identifier:
    """Who the event belongs to: the user id, else the anonymous id."""
    if event.user_id is not None:
        return Identifier(event.user_id)
    assert event.anonymous_id is not None
    return Identifier(event.anonymous_id, anonymous=True)


def tail_runs(tail: Sequence[Logged], naming: Naming, buckets: int) -> dict[int, Run]:
    """The tail as one run for each bucket it touches. Untyped properties become known."""
    people = people_of(tail)
    parts: dict[int, list[Part]] = {}
    by_event: dict[str, list[Logged]] = {}
    for one in tail:
        by_event.setdefault(one.event.name, []).append(one)
    for some in by_event.values():
        receipts = np.array([one.event.received_at for one in some], dtype=np.int64)
        circumstances = Circumstances(0, 0, LATEST, Zone(), receipts)
        part, _ = take_in(_table(some), people, naming, circumstances)
        for raw in dict.fromkeys(one.event.raw_name for one in some):
            naming.add_event(some[0].event.name, raw or some[0].event.name)
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
        LineTable(f"{first.name}_line", parent, arrival[parent], _columns(lines), _numbers(lines))
        if lines
        else None,
        _numbers([event.properties for event in events]),
    )


def _numbers(rows: Sequence[Mapping[str, object]]) -> dict[str, PropertyType]:
    """The properties of which every value came as a number, however long it is."""
    others = {
        name
        for row in rows
        for name, value in row.items()
        if value is not None and type(value) not in _NUMBERS
    }
    names = {name for row in rows for name in row}
    return dict.fromkeys(names - others, PropertyType.NUMBER)


def _columns(rows: Sequence[Mapping[str, object]]) -> dict[str, pa.Array]:
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
    arrays = {name: _array([row.get(name) for row in rows]) for name in names}
    return {name: array for name, array in arrays.items() if array.null_count < len(array)}


def _array(values: Sequence[object]) -> pa.Array:
    """The values under one type; as text where they have none in common."""
    kinds = set(map(type, values)) - {NoneType}
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds == {float}:
        return pa.array(values, pa.float64())
    if kinds == {datetime}:
        return pa.array(values, pa.timestamp("us", tz="UTC"))
    if kinds == {str}:
        return pa.array(values, pa.string())
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value)


_NUMBERS = frozenset({int, float, Decimal})
_PLAIN = frozenset({str, int, bool})
_AS_IS = frozenset({str, int, bool, float, NoneType})
"""What the encoder writes as we mean it; a number that is not finite becomes null."""

_AS_READ = frozenset({str, int, bool, float})


def _is_as_read(event: Event) -> bool:
    if not _AS_READ.issuperset(map(type, event.properties.values())):
        return False
    return not event.lines or all(_AS_READ.issuperset(map(type, it.values())) for it in event.lines)


def _is_plain(events: Sequence[Event]) -> bool:
    """Whether the encoder writes all of them as we mean it: asked of all at once, it is soon said."""
    cells = [it for event in events if type(it := event.properties) is not Written]
    cells += [line for event in events if event.lines for line in event.lines]
    return _AS_IS.issuperset(map(type, chain.from_iterable([each.values() for each in cells])))


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
    return {
        name: _value(cell) if type(cell) is dict else cell
        for name, cell in cells.items()
        if cell is not None
    }


def _value(cell: Any) -> object:
    tagged = cast("dict[str, Any]", cell)
    if "decimal" in tagged:
        return Decimal(tagged["decimal"])
    return to_datetime(tagged["instant"])
