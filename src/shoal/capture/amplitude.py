"""Amplitude's HTTP format: ``/2/httpapi`` and ``/batch``."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, cast

from shoal.capture.captured import Captured, Circumstances, of_batch, refusal
from shoal.capture.telling import (
    IDENTIFY,
    Told,
    changes_of,
    group_traits,
    list_of,
    named,
    no_object,
    object_of,
    read,
)
from shoal.capture.wire import Endpoint, Incoming, Reply
from shoal.events.quarantine import Reason

PREFIX = "[Amplitude] "
_NAMES = {
    "Page Viewed": "page_viewed",
    "Screen Viewed": "screen_viewed",
    "Element Clicked": "element_clicked",
    "Element Changed": "element_changed",
    "Form Submitted": "form_submitted",
    "Application Opened": "app_opened",
    "Application Installed": "app_installed",
}
_CELLS = {
    "Page URL": "url",
    "Page Location": "url",
    "Page Path": "path",
    "Page Title": "title",
    "Element Text": "element_text",
    "Screen Name": "name",
}
_BESIDE = {
    "price": "price",
    "quantity": "quantity",
    "revenue": "revenue",
    "productId": "product_id",
    "revenueType": "revenue_type",
    "currency": "currency",
}


def endpoints() -> list[Endpoint]:
    """Single uploads; batches share a path with another format."""
    return [Endpoint(path, _read, reply) for path in ("/2/httpapi", "/2/batch")]


def _read(incoming: Incoming, circumstances: Circumstances) -> Captured:
    return read_body(incoming.document, circumstances)


def reply(incoming: Incoming) -> Reply:
    """What the clients look for: a code, and how many were taken."""
    count = len(list_of(incoming.document, "events"))
    return Reply.of_json({
        "code": 200,
        "events_ingested": count,
        "payload_size_bytes": len(incoming.body),
    })  # fmt: skip


def read_body(document: object, circumstances: Circumstances) -> Captured:
    """Every event of an upload, each on its own."""
    if not isinstance(document, dict):
        return no_object(document, circumstances)
    body = cast("dict[str, Any]", document)
    items = body.get("events")
    if not isinstance(items, list):
        return read_event(body, circumstances)
    return of_batch(cast("list[object]", items), lambda item: read_event(item, circumstances))


def read_event(item: object, circumstances: Circumstances) -> Captured:
    """One event, and the traits it sets, if it does."""
    if not isinstance(item, dict):
        return no_object(item, circumstances)
    event = cast("dict[str, Any]", item)
    told = Told(
        event,
        None,
        event.get("user_id"),
        event.get("device_id"),
        event.get("time"),
        None,
        event.get("insert_id"),
    )
    kind = event.get("event_type")
    traits = changes_of(object_of(event, "user_properties"))
    if kind == "$identify":
        return read(replace(told, name=IDENTIFY, properties=traits), circumstances)
    if kind == "$groupidentify":
        return _group(told, event, circumstances)
    name, written = _named(kind)
    cells = _cells(event)
    found = read(replace(told, name=name, written=written, properties=cells), circumstances)
    if traits and found.events:
        also = f"{found.events[0].message_id}:set" if found.events[0].message_id else None
        found += read(
            replace(told, name=IDENTIFY, properties=traits, message_id=also), circumstances
        )
    return found


def _named(kind: object) -> tuple[str | None, str | None]:
    if not isinstance(kind, str) or not kind.startswith(PREFIX):
        return named(kind)
    name, _ = named(kind.removeprefix(PREFIX))
    return _NAMES.get(kind.removeprefix(PREFIX), name), named(kind)[1]


def _cells(event: dict[str, Any]) -> dict[str, object]:
    found: dict[str, object] = {
        to: event[key] for key, to in _BESIDE.items() if event.get(key) is not None
    }
    for key, value in object_of(event, "event_properties").items():
        bare = key.removeprefix(PREFIX)
        found[_CELLS.get(bare, bare) if bare != key else key.lstrip("$")] = value
    if isinstance(event.get("groups"), dict):
        found["groups"] = event["groups"]
    return found


def _group(told: Told, event: dict[str, Any], circumstances: Circumstances) -> Captured:
    groups = object_of(event, "groups")
    kind = next(iter(groups), None)
    if kind is None:
        reason = "it tells of a group, and names none"
        return refusal(event, reason, Reason.NO_EVENT, circumstances)
    cells = group_traits(kind, groups[kind], changes_of(object_of(event, "group_properties")))
    return read(
        replace(told, name=IDENTIFY, written="$groupidentify", properties=cells), circumstances
    )
