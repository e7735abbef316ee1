"""Shopify-style webhooks: orders, refunds, checkouts and customers; the topic is in a header."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, cast

from shoal.capture.captured import Captured, Circumstances, of_batch, refusal
from shoal.capture.telling import (
    IDENTIFY,
    Document,
    Told,
    address_id,
    first_of,
    list_of,
    named,
    no_object,
    number_of,
    object_of,
    read,
)
from shoal.capture.wire import Headers
from shoal.events.quarantine import Reason

Cells = dict[str, object]


def read_shopify(document: object, headers: Headers, circumstances: Circumstances) -> Captured:
    """The event of a topic; a topic nobody knows keeps its name and its plain fields."""
    if not isinstance(document, dict):
        return no_object(document, circumstances)
    body = cast("dict[str, Any]", document)
    topic = headers.get("x-shopify-topic", "")
    event_id = headers.get("x-shopify-event-id") or headers.get("x-shopify-webhook-id")
    user, anonymous = _people(body, is_customer=topic.startswith("customers/"))
    told = Told(body, None, user, anonymous, message_id=event_id, written=topic or None)
    if topic == "orders/updated" and _objects(body, "refunds"):
        # A refund's own webhook does not say whose it is; the order it belongs to does.
        return of_batch(_objects(body, "refunds"), lambda one: _refunded(told, one, circumstances))
    if topic == "refunds/create":
        return _refunded(told, body, circumstances)
    if topic not in _TOPICS:
        name, _ = named(topic.replace("/", "_"))
        at = headers.get("x-shopify-triggered-at")
        plain = {key: it for key, it in body.items() if isinstance(it, str | int | float)}
        return read(replace(told, name=name, at=at, properties=plain), circumstances)
    name, key, cells = _TOPICS[topic]
    at = first_of(body, key, "updated_at", "created_at") or headers.get("x-shopify-triggered-at")
    return read(replace(told, name=name, at=at, properties=cells(body)), circumstances)


def _people(body: Document, *, is_customer: bool) -> tuple[object, object]:
    """The customer; who has no account is known by the address."""
    customer = body if is_customer else object_of(body, "customer")
    inner = object_of(body, "order")
    user = customer.get("id") or object_of(inner, "customer").get("id")
    address = first_of(body, "email", "contact_email") or customer.get("email")
    return user, address_id(address or inner.get("email"))


def _refunded(told: Told, refund: Document, circumstances: Circumstances) -> Captured:
    """One refund, the same event whichever webhook told of it."""
    if told.user is None and told.anonymous is None:
        reason = "a refund's webhook names no customer; subscribe to orders/updated as well"
        return refusal(told.raw, reason, Reason.NO_USER, circumstances)
    told = replace(
        told,
        name="order_refunded",
        at=refund.get("created_at"),
        message_id=f"refund:{refund.get('id')}",
        properties=_refund(refund),
    )
    return read(told, circumstances)


def _order(body: Document) -> Cells:
    codes = [one.get("code") for one in _objects(body, "discount_codes")]
    return {
        "order_id": body.get("id"),
        "revenue": number_of(first_of(body, "current_total_price", "total_price")),
        "discount": number_of(body.get("total_discounts")),
        "tax": number_of(body.get("total_tax")),
        "currency": body.get("currency"),
        "coupon": codes[0] if codes else None,
        "channel": body.get("source_name"),
        "products": [_line(one) for one in _objects(body, "line_items")],
    }


def _paid(body: Document) -> Cells:
    cells = _order(body)
    del cells["products"]
    return cells


def _line(line: Document) -> Cells:
    return {
        "product_id": line.get("product_id"),
        "variant_id": line.get("variant_id"),
        "sku": line.get("sku"),
        "name": first_of(line, "title", "name"),
        "brand": line.get("vendor"),
        "price": number_of(line.get("price")),
        "quantity": line.get("quantity"),
        "discount": number_of(line.get("total_discount")),
    }


def _cancelled(body: Document) -> Cells:
    return {
        "order_id": body.get("id"),
        "revenue": number_of(body.get("total_price")),
        "reason": body.get("cancel_reason"),
    }


def _refund(body: Document) -> Cells:
    paid = [number_of(one.get("amount")) for one in _objects(body, "transactions")]
    lines = _objects(body, "refund_line_items")
    amounts = paid or [number_of(one.get("subtotal")) for one in lines]
    total = sum(one for one in amounts if isinstance(one, int | float))
    return {
        "order_id": body.get("order_id"),
        "refund_id": body.get("id"),
        "total": round(total, 6),
        "reason": body.get("note"),
        "products": [
            {**_line(object_of(one, "line_item")), "quantity": one.get("quantity")} for one in lines
        ],
    }


def _checkout(body: Document) -> Cells:
    return {
        "checkout_id": body.get("id") or body.get("token"),
        "value": number_of(body.get("total_price")),
        "currency": body.get("currency"),
        "products": [_line(one) for one in _objects(body, "line_items")],
    }


def _customer(body: Document) -> Cells:
    address = object_of(body, "default_address")
    return {
        "email": body.get("email"),
        "first_name": body.get("first_name"),
        "last_name": body.get("last_name"),
        "country": address.get("country_code"),
        "city": address.get("city"),
        "language": body.get("locale"),
        "tags": body.get("tags") or None,
    }


def _objects(given: Document, key: str) -> list[dict[str, Any]]:
    return [cast("dict[str, Any]", one) for one in list_of(given, key) if isinstance(one, dict)]


_TOPICS: Mapping[str, tuple[str, str, Callable[[Document], Cells]]] = {
    "orders/create": ("order_completed", "created_at", _order),
    "orders/paid": ("order_paid", "processed_at", _paid),
    "orders/fulfilled": ("order_fulfilled", "updated_at", _paid),
    "orders/cancelled": ("order_cancelled", "cancelled_at", _cancelled),
    "orders/updated": ("order_updated", "updated_at", _paid),
    "checkouts/create": ("checkout_started", "created_at", _checkout),
    "checkouts/update": ("checkout_updated", "updated_at", _checkout),
    "customers/create": (IDENTIFY, "created_at", _customer),
    "customers/update": (IDENTIFY, "updated_at", _customer),
}
