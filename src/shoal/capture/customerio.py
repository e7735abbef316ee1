"""Customer.io's Track API: customers in the path, keyed by the site id of HTTP Basic.

Erasing somebody takes more than a write key, so a deletion is kept as an event that asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any, cast

from shoal.capture.captured import Captured, Circumstances, of_batch, refusal
from shoal.capture.telling import (
    IDENTIFY,
    LINK,
    Told,
    address_id,
    first_of,
    is_list_in,
    list_of,
    named,
    no_object,
    object_of,
    read,
)
from shoal.capture.wire import Endpoint, Incoming, Reply
from shoal.events.quarantine import Reason

_OF_THE_CALL = frozenset({"_timestamp", "_created_in_customerio_at", "cio_id", "anonymous_id"})
_ASKS = {
    "delete": "deletion_requested",
    "suppress": "suppression_requested",
    "unsuppress": "suppression_lifted",
    "add_device": "device_added",
    "delete_device": "device_removed",
}
_PAGES = {"page": "page_viewed", "screen": "screen_viewed"}


def endpoints() -> list[Endpoint]:
    """The second version's batch too. Everything else under ``/api/v1`` belongs to the API."""
    customer = "/api/v1/customers/{id}"
    empty = Reply.of_json({})
    methods = {name: frozenset({name}) for name in ("PUT", "POST", "DELETE")}
    ask = partial(Endpoint, reply=empty, is_json=False)
    return [
        Endpoint(customer, _identify, empty, methods["PUT"]),
        ask(customer, partial(_ask, "delete"), methods=methods["DELETE"]),
        Endpoint(f"{customer}/events", _event, empty),
        Endpoint(f"{customer}/devices", partial(_ask, "add_device"), empty, methods["PUT"]),
        ask(f"{customer}/devices/{{device}}", partial(_ask, "delete_device"),
            methods=methods["DELETE"]),
        ask(f"{customer}/suppress", partial(_ask, "suppress")),
        ask(f"{customer}/unsuppress", partial(_ask, "unsuppress")),
        Endpoint("/api/v1/events", _event, empty),
        Endpoint("/api/v1/merge_customers", _merge, empty),
        Endpoint("/api/v2/batch", _batch, empty),
        Endpoint("/api/v2/entity", _entity, empty),
    ]  # fmt: skip


def _identify(incoming: Incoming, circumstances: Circumstances) -> Captured:
    return read_traits(incoming.document, incoming.parts.get("id"), circumstances)


def _event(incoming: Incoming, circumstances: Circumstances) -> Captured:
    return read_event(incoming.document, incoming.parts.get("id"), circumstances)


def _ask(what: str, incoming: Incoming, circumstances: Circumstances) -> Captured:
    raw = {"action": what, **incoming.parts}
    return read(Told(raw, _ASKS[what], incoming.parts.get("id")), circumstances)


def _merge(incoming: Incoming, circumstances: Circumstances) -> Captured:
    document = incoming.document
    told = Told(
        document,
        LINK,
        _who(object_of(document, "primary")),
        address_id(object_of(document, "primary").get("email")),
        properties={"previous_id": _known_as(object_of(document, "secondary"))},
    )
    return read(told, circumstances)


def read_traits(document: object, user: object, circumstances: Circumstances) -> Captured:
    """A customer's attributes are traits, dated where it says ``_timestamp``."""
    if not isinstance(document, dict):
        return no_object(document, circumstances)
    given = cast("dict[str, Any]", document)
    traits = {key: value for key, value in given.items() if key not in _OF_THE_CALL}
    told = Told(
        {"id": user, **given},
        IDENTIFY,
        user,
        given.get("anonymous_id"),
        given.get("_timestamp"),
        properties=traits,
    )
    return read(told, circumstances)


def read_event(
    document: object, user: object, circumstances: Circumstances, raw: object = None
) -> Captured:
    """Something a customer, or somebody anonymous, did."""
    if not isinstance(document, dict):
        return no_object(document, circumstances)
    given = cast("dict[str, Any]", document)
    kind = given.get("type")
    cells: Mapping[str, object] = object_of(given, "data")
    name, written = named(given.get("name"))
    if isinstance(kind, str) and kind in _PAGES:
        place = {"url" if kind == "page" else "name": given.get("name")}
        name, written, cells = _PAGES[kind], kind, {**place, **cells}
    told = Told(
        raw or {"customer_id": user, **given},
        name,
        user,
        given.get("anonymous_id"),
        given.get("timestamp"),
        message_id=given.get("id"),
        properties=cells,
        written=written,
    )
    return read(told, circumstances)


def _batch(incoming: Incoming, circumstances: Circumstances) -> Captured:
    return read_batch(incoming.document, circumstances)


def _entity(incoming: Incoming, circumstances: Circumstances) -> Captured:
    return read_operation(incoming.document, circumstances)


def read_batch(document: object, circumstances: Circumstances) -> Captured:
    """Every operation of a batch, each on its own."""
    if not is_list_in(document, "batch"):
        return no_object(document, circumstances)
    return of_batch(list_of(document, "batch"), lambda one: read_operation(one, circumstances))


def read_operation(document: object, circumstances: Circumstances) -> Captured:
    """One operation of the second version: ``type``, ``action``, ``identifiers``."""
    if not isinstance(document, dict):
        return no_object(document, circumstances)
    given = cast("dict[str, Any]", document)
    identifiers = object_of(given, "identifiers")
    user, action = _who(identifiers), given.get("action")
    anonymous = first_of(identifiers, "anonymous_id") or given.get("anonymous_id")
    anonymous = anonymous or address_id(identifiers.get("email"))
    told = Told(given, None, user, anonymous, given.get("timestamp"), message_id=given.get("id"))
    if given.get("type") != "person" or not isinstance(action, str):
        reason = "it tells of no person, or not what to do"
        return refusal(given, reason, Reason.NO_EVENT, circumstances)
    if action == "identify":
        traits = object_of(given, "attributes")
        return read(replace(told, name=IDENTIFY, properties=traits), circumstances)
    if action in {"event", *_PAGES}:
        call = {**given, "data": object_of(given, "attributes"), "anonymous_id": anonymous}
        call["type"] = action
        return read_event(call, user, circumstances, raw=given)
    if action == "merge":
        primary = object_of(given, "primary")
        told = replace(
            told,
            name=LINK,
            user=_who(primary),
            anonymous=address_id(primary.get("email")),
            properties={"previous_id": _known_as(object_of(given, "secondary"))},
        )
        return read(told, circumstances)
    name, written = named(_ASKS.get(action, action))
    cells = object_of(given, "attributes")
    return read(replace(told, name=name, written=written, properties=cells), circumstances)


def _who(given: dict[str, Any]) -> object:
    return first_of(given, "id", "cio_id")


def _known_as(given: dict[str, Any]) -> object:
    """By whichever identifier: who has no id is known by the address, as in mails."""
    return _who(given) or address_id(given.get("email"))
