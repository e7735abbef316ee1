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

from shoal.core.instants import from_datetime, to_datetime
from shoal.engine.history import Int64s
from shoal.events.event import Event
from shoal.identity import Identifier, mentions_of
from shoal.store.files import LOG
from shoal.store.log import read_log
from shoal.store.quarantine import Quarantined
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


def refused_of(frame: bytes) -> list[Quarantined]:
    """What was refused beside the events of a frame: it stands behind them."""
    return decode(frame)[1] if frame.endswith(b"}]") else []


def refused_in(root: Path, first: int) -> Iterator[Quarantined]:
    """What was refused, as the log has it from a segment on."""
    for frame in read_log(root / LOG, first)[0]:
        yield from refused_of(frame)


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


def identifier_of(event: Event) -> Identifier:
    """Who the event belongs to: the user id, else the anonymous id."""
    if event.user_id is not None:
        return Identifier(event.user_id)
    assert event.anonymous_id is not None
    return Identifier(event.anonymous_id, anonymous=True)


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


def read_value(text: bytes) -> object:
    """A cell as a frame holds it; None for unset."""
    cell = msgspec.json.decode(text)
    return _value(cell) if type(cell) is dict else cell


def _value(cell: Any) -> object:
    tagged = cast("dict[str, Any]", cell)
    if "decimal" in tagged:
        return Decimal(tagged["decimal"])
    return to_datetime(tagged["instant"])
