"""What was refused, read again once it was mended: by its shape, as no format is written beside it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from shoal.capture import amplitude, customerio, ga4, mail, mixpanel, posthog, segment, snowplow
from shoal.capture.captured import Captured, Circumstances
from shoal.capture.telling import object_of

_Document = Mapping[str, Any]


_Reader = Callable[[object, Circumstances], Captured]


def read_again(document: object, circumstances: Circumstances) -> Captured:
    """The events of one item as its format means it; what is of no known shape, as Segment's."""
    if not isinstance(document, dict):
        return segment.read_batch(document, circumstances)
    item = cast("dict[str, Any]", document)
    return _reader_of(item)(item, circumstances)


def _reader_of(item: _Document) -> _Reader:
    if "event" in item and item.get("type") in segment.KINDS:
        return segment.read_batch
    given = object_of(item, "properties")
    if "event" in item and "mp_lib" in given:
        return mixpanel.read_event
    if "event" in item and ("distinct_id" in item or "distinct_id" in given):
        return posthog.read_event
    for fields, reader in _SHAPES:
        if all(field in item for field in fields):
            return reader
    return segment.read_batch


def _customer(document: object, circumstances: Circumstances) -> Captured:
    user = object_of({"it": document}, "it").get("customer_id")
    return customerio.read_event(document, user, circumstances)


_SHAPES: tuple[tuple[tuple[str, ...], _Reader], ...] = (
    (("event_type",), amplitude.read_event),
    (("e", "eid"), snowplow.read_event),
    (("e", "aid"), snowplow.read_event),
    (("events", "client_id"), ga4.read_body),
    (("events", "app_instance_id"), ga4.read_body),
    (("$token",), mixpanel.read_person),
    (("sg_event_id",), mail.read_sendgrid),
    (("event-data",), mail.read_mailgun),
    (("RecordType",), mail.read_postmark),
    (("TopicArn",), mail.read_ses),
    (("message-id", "event"), mail.read_brevo),
    (("identifiers",), customerio.read_operation),
    (("customer_id", "name"), _customer),
)
