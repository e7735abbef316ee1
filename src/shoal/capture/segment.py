"""The Segment specification, as Segment's, RudderStack's and Jitsu's clients speak it.

``track``, ``identify``, ``page``, ``screen``, ``group`` and ``alias`` alone or in a ``batch``. What
the clients do differently is taken in here: traits in ``context.traits``, ``originalTimestamp``,
``sentAt`` per event or per batch, numbers for ids.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from shoal.capture.captured import Captured, Circumstances, of_batch, refusal
from shoal.capture.consents import ACT, consents_of, stamped
from shoal.capture.shaping import shaped
from shoal.capture.telling import (
    IDENTIFY,
    LINK,
    Document,
    identifier,
    named,
    object_of,
    people_of,
)
from shoal.capture.times import Moment, moment
from shoal.events.event import Event
from shoal.events.quarantine import Reason


def read_batch(document: object, circumstances: Circumstances) -> Captured:
    """Every event of a batch, each on its own: one that is odd costs no other."""
    if not isinstance(document, dict):
        return refusal(document, "it is no object", Reason.NOT_AN_OBJECT, circumstances)
    batch = cast("dict[str, Any]", document)
    items = batch.get("batch")
    if not isinstance(items, list):
        return read_call(batch, circumstances)
    sent_at, context = batch.get("sentAt"), batch.get("context")
    return of_batch(
        cast("list[object]", items),
        lambda item: read_call(item, circumstances, sent_at=sent_at, context=context),
    )


def read_call(
    document: object,
    circumstances: Circumstances,
    kind: str | None = None,
    *,
    sent_at: object = None,
    context: object = None,
) -> Captured:
    """One call; ``kind`` where the path says it, else its ``type``."""
    if not isinstance(document, dict):
        return refusal(document, "it is no object", Reason.NOT_AN_OBJECT, circumstances)
    call = cast("dict[str, Any]", document)
    type_ = kind or call.get("type")
    reader = _READERS.get(type_) if isinstance(type_, str) else None
    if reader is None:
        said = f"its type is `{str(type_)[:50]}`" if type_ is not None else "it has no type"
        return refusal(call, f"{said}, which is none of the calls", Reason.NO_EVENT, circumstances)
    user, anonymous = identifier(call.get("userId")), identifier(call.get("anonymousId"))
    if user is None and anonymous is None:
        reason = "it has no user and no anonymous id"
        return refusal(call, reason, Reason.NO_USER, circumstances)
    # What the caller says comes first: RudderStack's clients put when they were called beside it.
    said = call.get("timestamp") or call.get("originalTimestamp")
    # What another server received before has its time set right already.
    sent = None if call.get("receivedAt") else call.get("sentAt") or sent_at
    happened = moment(said, sent, circumstances.received_at, circumstances.zone)
    if happened is None:
        reason = f"`{str(said)[:50]}` is no time"
        people = people_of(user, anonymous)
        return refusal(call, reason, Reason.BAD_TIME, circumstances, people)
    if context is not None and "context" not in call:
        call = {**call, "context": context}
    event = reader(call, _Sender(user, anonymous, happened, circumstances))
    if event is None:
        reason = "it has no event name"
        people = people_of(user, anonymous)
        return refusal(call, reason, Reason.NO_EVENT, circumstances, people)
    return Captured((event, *consents_of(call, event)) if event.name == ACT else (event,))


class _Sender:
    """Who sent a call, and when it happened."""

    __slots__ = ("anonymous", "circumstances", "happened", "user")

    def __init__(
        self,
        user: str | None,
        anonymous: str | None,
        happened: Moment,
        circumstances: Circumstances,
    ) -> None:
        self.user = user
        self.anonymous = anonymous
        self.happened = happened
        self.circumstances = circumstances

    def event(self, name: str, raw: str, given: Mapping[str, object], call: Document) -> Event:
        """The event of these properties."""
        stamps = stamped(call)
        cells, lines = shaped({**given, **stamps} if stamps else given)
        if self.happened.said is not None:
            cells["said_at"] = self.happened.said
        message = call.get("messageId")
        return Event(
            name,
            self.user,
            self.anonymous,
            self.happened.at,
            self.circumstances.received_at,
            identifier(message),
            cells,
            lines,
            self.circumstances.source,
            raw,
        )


def _track(call: Document, known: _Sender) -> Event | None:
    name, written = named(call.get("event"))
    if name is None or written is None:
        return None
    return known.event(name, written, _with_campaign(call, object_of(call, "properties")), call)


def _identify(call: Document, known: _Sender) -> Event | None:
    context = object_of(call, "context")
    traits = object_of(call, "traits") or object_of(context, "traits")
    return known.event(IDENTIFY, IDENTIFY, traits, call)


def _viewed(name: str, raw: str) -> Callable[[Document, _Sender], Event | None]:
    def read(call: Document, known: _Sender) -> Event | None:
        page = object_of(object_of(call, "context"), "page")
        told = {key: page[key] for key in ("url", "path", "title", "referrer") if key in page}
        named = {key: call[key] for key in ("name", "category") if isinstance(call.get(key), str)}
        given = {**told, **named, **object_of(call, "properties")}
        return known.event(name, raw, _with_campaign(call, given), call)

    return read


def _group(call: Document, known: _Sender) -> Event | None:
    """A group's traits are dated traits of its member, under ``company``."""
    group = identifier(call.get("groupId"))
    company = {**({"id": group} if group else {}), **object_of(call, "traits")}
    return known.event(IDENTIFY, "$group", {"company": company}, call)


def _alias(call: Document, known: _Sender) -> Event | None:
    previous = identifier(call.get("previousId"))
    return known.event(LINK, LINK, {"previous_id": previous} if previous else {}, call)


def _with_campaign(call: Document, given: Mapping[str, object]) -> Mapping[str, object]:
    """With the ``utm_…`` parameters, as the clients put them into the context."""
    campaign = object_of(object_of(call, "context"), "campaign")
    if not campaign:
        return given
    said = {f"campaign_{key}" if key != "name" else "campaign": value
            for key, value in campaign.items()}  # fmt: skip
    return {**said, **given}


_READERS: Mapping[str, Callable[[Document, _Sender], Event | None]] = {
    "track": _track,
    "identify": _identify,
    "page": _viewed("page_viewed", "Page Viewed"),
    "screen": _viewed("screen_viewed", "Screen Viewed"),
    "group": _group,
    "alias": _alias,
}
KINDS: Sequence[str] = tuple(_READERS)
