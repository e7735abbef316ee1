"""A batch as nearly all clients send it, decoded straight into structs and read in few steps.

What no event is made of (the library's name, integrations, the browser) is skipped and never built.
The events are those :mod:`shoal.capture.segment` reads (a property test holds the two together).
An unusual call is handed to it; so is the whole batch where something in it is refused, since what
is refused is kept as it was sent.
"""

from __future__ import annotations

from typing import Annotated, Any, cast

import msgspec
from msgspec import UNSET, Meta, UnsetType

from shoal.capture.bodies import Limits, check_depth, parsed
from shoal.capture.calls import Calls, calls_in
from shoal.capture.captured import MOST_ITEMS, Captured, Circumstances
from shoal.capture.consents import ACT
from shoal.capture.scanning import AT, PAIRS, UNSAID
from shoal.capture.segment import read_batch, read_call
from shoal.capture.shaping import LARGEST, LONGEST, Cells, Lines, names_of, shaped
from shoal.capture.telling import IDENTIFY, LONGEST_ID, LONGEST_NAME, identifier, named
from shoal.capture.times import OLDEST, exact_instant, moment, shift_of
from shoal.capture.wire import Incoming
from shoal.events.event import Event

_Whole = Annotated[int, Meta(ge=1 - LARGEST, le=LARGEST - 1)]
_Text = Annotated[str, Meta(max_length=LONGEST)]
_Id = Annotated[str, Meta(max_length=LONGEST_ID)]
_Name = Annotated[str, Meta(max_length=LONGEST_NAME)]
_Properties = dict[str, _Text | _Whole | float | bool | list[Any] | dict[str, Any] | None]


class Context(msgspec.Struct, gc=False):
    """What of a context becomes part of an event."""

    campaign: Any = UNSET
    consent: Any = UNSET
    page: Any = UNSET
    traits: Any = UNSET


class Call(msgspec.Struct, gc=False):
    """One call. Absent and null are the same, but for the context, which may be the batch's."""

    type: str | None = None
    event: _Name | None = None
    userId: _Id | _Whole | None = None  # noqa: N815  the names are the format's own
    anonymousId: _Id | _Whole | None = None  # noqa: N815
    messageId: _Id | _Whole | None = None  # noqa: N815
    timestamp: str | _Whole | float | None = None
    originalTimestamp: str | _Whole | float | None = None  # noqa: N815
    receivedAt: str | _Whole | float | None = None  # noqa: N815
    sentAt: str | _Whole | float | None = None  # noqa: N815
    properties: _Properties | None = None
    traits: _Properties | None = None
    context: Context | UnsetType | None = UNSET
    name: Any = None
    category: Any = None
    groupId: Any = None  # noqa: N815
    previousId: Any = None  # noqa: N815


class Batch(msgspec.Struct, gc=False):
    """A batch, and the write key where it stands in the body."""

    batch: list[Call]
    sentAt: str | _Whole | float | None = None  # noqa: N815
    context: Context | None = None
    writeKey: str | None = None  # noqa: N815
    write_key: str | None = None
    api_key: str | None = None
    token: str | None = None


class Scanned(Batch, gc=False):
    """The same with its calls where they stand in the body: ``batch`` is empty."""

    calls: Any = None


_decoder = msgspec.json.Decoder(Batch)
_head_decoder = msgspec.json.Decoder(Scanned)
_call_decoder = msgspec.json.Decoder(Call)
_PLAIN = frozenset({str, int, float, bool})


def parse_batch(incoming: Incoming, limits: Limits) -> object:
    """The body as a :class:`Batch`, or as any document where it is not quite one.

    Raises NotJsonError as :func:`shoal.capture.bodies.parsed` does.
    """
    body = incoming.body
    if b"\\" in body and b"\\u0000" in body:  # no file should hold one: its text must be mended
        return parsed(body, limits)
    scanned = _scanned(body)
    if scanned is not None:
        return scanned
    check_depth(body, limits)
    try:
        batch = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return parsed(body, limits)
    return batch if len(batch.batch) <= MOST_ITEMS else parsed(body, limits)


def _scanned(body: bytes) -> Scanned | None:
    """The batch by its bytes alone; None where it holds what they do not tell."""
    if b"\\u" in body:
        return None
    calls = calls_in(body)
    if calls is None or len(calls) > MOST_ITEMS:
        return None
    try:
        # All but the calls is soon read, and refused as it would be beside them.
        scanned = _head_decoder.decode(body[: calls.start] + b"[]" + body[calls.stop :])
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    scanned.calls = calls
    return scanned


def read_incoming(incoming: Incoming, circumstances: Circumstances) -> Captured:
    """What becomes of a request to a batch endpoint."""
    document = incoming.document
    if isinstance(document, Batch):
        reading = _Reading(document, circumstances)
        is_read = (
            _scan_events(reading, document.calls)
            if isinstance(document, Scanned)
            else all(map(reading.read, document.batch))
        )
        if is_read:
            return Captured(tuple(reading.events))
        document = parsed(incoming.body, Limits())
    return read_batch(document, circumstances)


def _scan_events(reading: _Reading, calls: Calls) -> bool:
    """Reads what the scanner found, call by call; False where the batch is better read as sent."""
    batch, here = reading.batch, reading.circumstances
    is_usual = not _is_unusual(batch.context)
    received_at, source = here.received_at, here.source
    shift = shift_of(batch.sentAt, received_at, here.zone)
    earliest, latest = OLDEST - shift, received_at - shift
    events, text = reading.events, calls.text
    rows = zip(calls.properties, calls.rows[:, AT:PAIRS].tolist(), strict=True)
    for place, (properties, row) in enumerate(rows):
        if is_usual and properties is not None:
            at, name_at, name_end, user, user_end, other, other_end, message, message_end = row
            name, raw = named(text(name_at, name_end))
            if at == UNSAID:
                at = received_at
            elif earliest <= at <= latest:
                at += shift
            else:
                name = None
            if name is not None and name != ACT:
                events.append(
                    Event(
                        name,
                        None if user < 0 else text(user, user_end),
                        None if other < 0 else text(other, other_end),
                        at,
                        received_at,
                        None if message < 0 else text(message, message_end),
                        properties,
                        (),
                        source,
                        raw,
                    )
                )
                continue
        try:
            call = _call_decoder.decode(calls.call(place))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            return False
        if not reading.read(call):
            return False
    return True


class _Reading:
    """The calls of a batch, one after another, as events."""

    def __init__(self, batch: Batch, circumstances: Circumstances) -> None:
        self.batch = batch
        self.circumstances = circumstances
        self.events: list[Event] = []
        self._is_unusual = _is_unusual(batch.context)
        self._sent: object = None
        self._shift = 0

    def read(self, call: Call) -> bool:
        """Reads one; False where the batch is better read as it was sent."""
        batch, circumstances = self.batch, self.circumstances
        received_at, zone = circumstances.received_at, circumstances.zone
        name, raw, given = _meant(call)
        context = call.context
        odd = self._is_unusual if context is UNSET else context is not None and _is_unusual(context)
        if odd or name is None or given is None:
            captured = _read_call(call, batch, circumstances)
            if captured.refused:
                return False
            self.events += captured.events
            return True
        user, anonymous = call.userId, call.anonymousId
        user = None if user is None else _id(user)
        anonymous = None if anonymous is None else _id(anonymous)
        if user is None and anonymous is None:
            return False
        said = call.timestamp or call.originalTimestamp
        sent_now = None if call.receivedAt else call.sentAt or batch.sentAt
        if sent_now is not self._sent:
            self._sent, self._shift = sent_now, shift_of(sent_now, received_at, zone)
        at, told = exact_instant(said) if type(said) is str else None, None
        if at is None or not OLDEST <= (at := at + self._shift) <= received_at:
            happened = moment(said, self._sent, received_at, zone)
            if happened is None:
                return False
            at, told = happened
        cells, lines = _shaped(given)
        if told is not None:
            cells["said_at"] = told
        message = call.messageId
        message = None if message is None else _id(message)
        source = circumstances.source
        self.events.append(
            Event(name, user, anonymous, at, received_at, message, cells, lines, source, raw)
        )
        return True


def _meant(call: Call) -> tuple[str | None, str | None, _Properties | None]:
    """The name of a common call, as written too, and its properties; None where it is another."""
    if call.type == "track":
        name, raw = named(call.event)
        return (name, raw, call.properties or {}) if name != ACT else _OTHER
    if call.type == "identify":
        return IDENTIFY, IDENTIFY, call.traits or None
    return _OTHER


_OTHER = (None, None, None)


def _id(value: str | int) -> str | None:
    return value.strip() or None if type(value) is str else identifier(value)


def _is_unusual(context: Context | None) -> bool:
    """Whether anything in a context becomes part of a track or identify call."""
    return context is not None and (context.consent is not UNSET or context.campaign is not UNSET)


def _shaped(given: _Properties) -> tuple[Cells, Lines]:
    """What :func:`shaped` gives, in fewer steps where all values are plain."""
    if not _PLAIN.issuperset(map(type, given.values())):
        given = {key: value for key, value in given.items() if value is not None}
        if not _PLAIN.issuperset(map(type, given.values())):
            return shaped(given)
    names = names_of(tuple(given))
    if names is None:
        return shaped(given)
    return (dict(zip(names, given.values(), strict=True)) if names else cast("Cells", given)), ()


def _read_call(call: Call, batch: Batch, circumstances: Circumstances) -> Captured:
    """The call as :func:`read_call` reads it."""
    document = {field: value for field in _FIELDS if (value := getattr(call, field)) is not None}
    if call.context is UNSET:
        del document["context"]
    elif call.context is not None:
        document["context"] = _plain(call.context)
    context = None if batch.context is None else _plain(batch.context)
    return read_call(document, circumstances, sent_at=batch.sentAt, context=context)


def _plain(context: Context) -> dict[str, Any]:
    return {it: value for it in _IN_CONTEXT if (value := getattr(context, it)) is not UNSET}


_FIELDS = Call.__struct_fields__
_IN_CONTEXT = Context.__struct_fields__
