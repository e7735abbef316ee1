"""Google Analytics 4's Measurement Protocol: ``/mp/collect``, keyed by ``api_secret``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from shoal.capture.captured import Captured, Circumstances, of_batch
from shoal.capture.consents import purpose_of
from shoal.capture.telling import (
    IDENTIFY,
    Told,
    first_of,
    list_of,
    named,
    no_object,
    object_of,
    read,
    renamed,
)
from shoal.capture.wire import Endpoint, Incoming, Reply
from shoal.sources.ga4_names import ITEM, NAMES

_UNKNOWN: tuple[str | None, Mapping[str, str]] = (None, {})
_OF_THE_MACHINE = frozenset({"ip_override", "user_agent", "device", "debug_mode"})


def endpoints() -> list[Endpoint]:
    """Collecting, and the check of a message that keeps nothing."""
    nothing = Reply(204, b"", "text/plain")
    checked = Reply.of_json({"validationMessages": []})
    return [
        Endpoint("/mp/collect", _read, nothing, key=_key),
        Endpoint("/debug/mp/collect", None, checked, key=_key),
    ]


def _key(incoming: Incoming) -> str | None:
    return incoming.query.get("api_secret")


def _read(incoming: Incoming, circumstances: Circumstances) -> Captured:
    return read_body(incoming.document, circumstances)


def read_body(document: object, circumstances: Circumstances) -> Captured:
    """Every event of a message, and the traits it sets, if it does."""
    if not isinstance(document, dict):
        return no_object(document, circumstances)
    body = cast("dict[str, Any]", document)
    told = Told(
        body,
        IDENTIFY,
        body.get("user_id"),
        first_of(body, "client_id", "app_instance_id"),
        body.get("timestamp_micros"),
        written="user_properties",
        properties=_traits(body),
    )
    events = list_of(body, "events")
    found = of_batch(events, lambda item: _event(item, told, body, circumstances))
    if told.properties or not events:
        found += read(told if told.properties else replace(told, name=None), circumstances)
    return found


def _event(
    item: object, told: Told, body: dict[str, Any], circumstances: Circumstances
) -> Captured:
    if not isinstance(item, dict):
        return no_object(item, circumstances)
    event = cast("dict[str, Any]", item)
    raw = event.get("name")
    given = {
        key: value
        for key, value in object_of(event, "params").items()
        if key not in _OF_THE_MACHINE
    }
    products = [
        renamed(cast("dict[str, Any]", one), ITEM)
        for one in list_of(given, "items")
        if isinstance(one, dict)
    ]
    known, names = NAMES.get(raw, _UNKNOWN) if isinstance(raw, str) else _UNKNOWN
    name, written = named(raw)
    cells: dict[str, object] = {**_stamped(body), **renamed(given, names)}
    if products:
        del cells["items"]
        if len(products) == 1 and known != "order_completed":
            cells = {**cells, **products[0]}
        else:
            cells["products"] = products
    told = replace(
        told,
        raw={**body, "events": [event]},
        name=known or name,
        written=written,
        at=first_of(event, "timestamp_micros") or told.at,
        properties=cells,
    )
    return read(told, circumstances)


def _traits(body: dict[str, Any]) -> dict[str, object]:
    """``user_properties``: each is an object with a value."""
    given = object_of(body, "user_properties")
    return {
        key: cast("dict[str, Any]", one).get("value") if isinstance(one, dict) else one
        for key, one in given.items()
    }


def _stamped(body: dict[str, Any]) -> dict[str, object]:
    """What the browser believes of consent, as properties: it is no act of the person."""
    return {
        f"consent.{purpose_of(key)}": state == "GRANTED"
        for key, state in object_of(body, "consent").items()
        if state in ("GRANTED", "DENIED")
    }
