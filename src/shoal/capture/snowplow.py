"""Snowplow's tracker protocol: ``tp2`` posts, and ``/i`` with one event in the query.

Every value is a text. The key is the app id: a tracker has no other place for one.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, cast

from shoal.capture.bodies import Limits
from shoal.capture.captured import Captured, Circumstances, of_batch
from shoal.capture.forms import base64_document, json_document
from shoal.capture.telling import (
    Told,
    first_of,
    list_of,
    named,
    no_object,
    number_of,
    object_of,
    read,
    renamed,
)
from shoal.capture.wire import Endpoint, Incoming, Reply

PIXEL = base64.b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
_KINDS: dict[str, tuple[str, dict[str, str]]] = {
    "pv": ("page_viewed", {"url": "url", "page": "title", "refr": "referrer"}),
    "pp": ("page_pinged", {"url": "url", "page": "title", "refr": "referrer"}),
    "tr": ("order_completed", {
        "tr_id": "order_id", "tr_tt": "revenue", "tr_tx": "tax", "tr_sh": "shipping",
        "tr_cu": "currency", "tr_af": "affiliation", "tr_ci": "city", "tr_co": "country",
    }),
    "ti": ("order_item_recorded", {
        "ti_id": "order_id", "ti_sk": "product_id", "ti_nm": "name", "ti_ca": "category",
        "ti_pr": "price", "ti_qu": "quantity", "ti_cu": "currency",
    }),
}  # fmt: skip
_STRUCTURED = {"se_ca": "category", "se_la": "label", "se_pr": "property", "se_va": "value"}
_NUMBERS = frozenset({"se_va", "tr_tt", "tr_tx", "tr_sh", "ti_pr", "ti_qu"})
_SCHEMAS: dict[str, tuple[str, dict[str, str]]] = {
    "link_click": ("link_clicked", {"targetUrl": "url", "elementContent": "element_text"}),
    "button_click": ("button_clicked", {"label": "element_text"}),
    "screen_view": ("screen_viewed", {}),
    "submit_form": ("form_submitted", {}),
    "change_form": ("form_changed", {}),
    "focus_form": ("form_focused", {}),
    "site_search": ("products_searched", {"terms": "query", "totalResults": "results"}),
    "add_to_cart": ("product_added", {"sku": "product_id", "unitPrice": "price"}),
    "remove_from_cart": ("product_removed", {"sku": "product_id", "unitPrice": "price"}),
    "application_install": ("app_installed", {}),
}
_ACTIONS = {
    "product_view": "product_viewed",
    "list_view": "product_list_viewed",
    "list_click": "product_clicked",
    "add_to_cart": "product_added",
    "remove_from_cart": "product_removed",
    "checkout_step": "checkout_step_reached",
    "transaction": "order_completed",
    "refund": "order_refunded",
    "transaction_error": "payment_failed",
}
_TRANSACTION = {"transaction_id": "order_id", "refund_id": "order_id", "refund_amount": "total"}
_PRODUCT = {"id": "product_id", "list_price": "list_price"}
_NOTHING: dict[str, Any] = {}
_OF_THE_MACHINE = frozenset({
    "client_session", "web_page", "browser_context", "mobile_context", "geolocation_context",
    "ua_parser_context", "http_client_hints", "PerformanceTiming", "performance_timing",
    "desktop_context", "performance_navigation_timing", "session",
})  # fmt: skip


def endpoints() -> list[Endpoint]:
    """Posts and pixels. Browsers bring cookies along and want to hear that they may."""
    pixel = Reply(200, PIXEL, "image/gif")
    return [
        Endpoint("/com.snowplowanalytics.snowplow/tp2", _read_post, key=_key, credentials=True),
        Endpoint("/i", _read_pixel, pixel, frozenset({"GET"}), _key, parse=_of_query,
                 credentials=True),
    ]  # fmt: skip


def _of_query(incoming: Incoming, _: Limits) -> object:
    return dict(incoming.query)


def _read_post(incoming: Incoming, circumstances: Circumstances) -> Captured:
    return read_payload(incoming.document, circumstances)


def _read_pixel(incoming: Incoming, circumstances: Circumstances) -> Captured:
    return read_event(incoming.document, circumstances)


def _key(incoming: Incoming) -> str | None:
    """The app id; the first event's, for a tracker has one."""
    first = [incoming.document, *list_of(incoming.document, "data")[:1]]
    found = [cast("dict[str, Any]", one).get("aid") for one in first if isinstance(one, dict)]
    return next((one for one in found if isinstance(one, str) and one), None)


def read_payload(document: object, circumstances: Circumstances) -> Captured:
    """Every event of a post, each on its own."""
    if not isinstance(document, dict):
        return no_object(document, circumstances)
    body = cast("dict[str, Any]", document)
    if not isinstance(body.get("data"), list):
        return read_event(body, circumstances)
    return of_batch(list_of(body, "data"), lambda item: read_event(item, circumstances))


def read_event(item: object, circumstances: Circumstances) -> Captured:
    """One event of whichever kind."""
    if not isinstance(item, dict):
        return no_object(item, circumstances)
    event = cast("dict[str, Any]", item)
    contexts = list(_contexts(event))
    session = next((data for name, data in contexts if name == "client_session"), _NOTHING)
    told = Told(
        event,
        None,
        event.get("uid"),
        first_of(event, "duid", "nuid", "tnuid") or session.get("userId"),
        first_of(event, "ttm", "dtm"),
        None if event.get("ttm") else event.get("stm"),
        event.get("eid"),
    )
    name, written, cells = _what(event, contexts)
    return read(replace(told, name=name, written=written, properties=cells), circumstances)


_What = tuple[str | None, str | None, dict[str, object]]
_Contexts = list[tuple[str, dict[str, Any]]]


def _what(event: Mapping[str, Any], contexts: _Contexts) -> _What:
    kind = event.get("e")
    beside: dict[str, object] = {
        name: data for name, data in contexts if name not in _OF_THE_MACHINE
    }
    if kind == "se":
        name, written = named(event.get("se_ac"))
        return name, written, {**beside, **_cells(event, _STRUCTURED)}
    if kind == "ue":
        return _self_describing(event, beside, contexts)
    if isinstance(kind, str) and kind in _KINDS:
        name, names = _KINDS[kind]
        return name, kind, {**beside, **_cells(event, names)}
    return None, None, {}


def _cells(event: Mapping[str, Any], names: Mapping[str, str]) -> dict[str, object]:
    return {
        to: number_of(event[key]) if key in _NUMBERS else event[key]
        for key, to in names.items()
        if event.get(key) not in (None, "")
    }


def _self_describing(
    event: Mapping[str, Any], beside: dict[str, object], contexts: _Contexts
) -> _What:
    outer = _decoded(event, "ue_px", "ue_pr")
    inner = object_of(outer, "data")
    schema = _schema_name(inner.get("schema"))
    data = object_of(inner, "data")
    if schema == "snowplow_ecommerce_action":
        return _shopping(data, contexts)
    if schema in _SCHEMAS:
        name, names = _SCHEMAS[schema]
        return name, schema, {**beside, **renamed(data, names)}
    name, written = named(schema)
    return name, written, {**beside, **data}


def _shopping(data: dict[str, Any], contexts: _Contexts) -> _What:
    """What was done is in the event, what it was done to in the contexts."""
    kind = data.get("type")
    products = [renamed(one, _PRODUCT) for name, one in contexts if name == "product"]
    order = next((one for name, one in contexts if name in {"transaction", "refund"}), _NOTHING)
    cells: dict[str, object] = {**renamed(order, _TRANSACTION)}
    step = next((one for name, one in contexts if name == "checkout_step"), _NOTHING)
    cells |= {key: value for key, value in data.items() if key != "type"} | step
    if len(products) == 1 and kind != "transaction":
        cells |= products[0]
    elif products:
        cells["products"] = products
    name = _ACTIONS.get(kind) if isinstance(kind, str) else None
    if name is None:
        return *named(kind), cells
    return name, str(kind), cells


def _contexts(event: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """What stands beside the event: the name of its schema, and its data."""
    for one in list_of(_decoded(event, "cx", "co"), "data"):
        if isinstance(one, dict):
            name = _schema_name(cast("dict[str, Any]", one).get("schema"))
            if name is not None:
                yield name, object_of(cast("object", one), "data")


def _decoded(event: Mapping[str, Any], packed: str, plain: str) -> object:
    if event.get(packed):
        return base64_document(event[packed])
    return json_document(event.get(plain))


def _schema_name(schema: object) -> str | None:
    """``iglu:vendor/NAME/jsonschema/1-0-0``.

    >>> _schema_name("iglu:com.acme/viewed_video/jsonschema/1-0-0")
    'viewed_video'
    """
    parts = schema.split("/") if isinstance(schema, str) else ()
    return parts[1] if len(parts) == 4 and parts[0].startswith("iglu:") else None
