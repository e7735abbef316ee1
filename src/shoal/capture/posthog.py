"""PostHog's capture format, as its Python, Node and browser clients speak it.

Of the properties with a ``$`` only those that say what happened are kept: the others describe the
machine. ``$set`` on any event is a dated trait of the person, told apart as an ``$identify``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, cast

from shoal.capture.captured import Captured, Circumstances, of_batch, refusal
from shoal.capture.telling import (
    IDENTIFY,
    LINK,
    Document,
    Told,
    first_of,
    group_traits,
    is_list_in,
    list_of,
    named,
    no_object,
    object_of,
    read,
)
from shoal.core.instants import SECOND
from shoal.events.quarantine import Reason

NAMES = {
    "$pageview": "page_viewed",
    "$pageleave": "page_left",
    "$screen": "screen_viewed",
    "$rageclick": "rage_clicked",
    "$feature_flag_called": "feature_flag_called",
    "$exception": "exception_raised",
    "survey sent": "survey_answered",
}
_ELEMENT = {"click": "element_clicked", "change": "element_changed", "submit": "form_submitted"}
_TRAITS = frozenset({"$identify", "$set"})
_LINKS = frozenset({"$create_alias", "$merge_dangerously"})
_KEPT = {
    "$current_url": "url",
    "$pathname": "path",
    "$referrer": "referrer",
    "$screen_name": "name",
    "$el_text": "element_text",
    "$external_click_url": "link_url",
    "$groups": "groups",
    "$feature_flag": "feature_flag",
    "$feature_flag_response": "feature_flag_response",
    "$exception_type": "exception_type",
    "$survey_id": "survey",
    "$survey_response": "answer",
    "$prev_pageview_pathname": "previous_path",
    "$prev_pageview_duration": "seconds",
}
_MACHINE = frozenset({"token", "distinct_id"})
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z", re.IGNORECASE)


def items_of(document: object) -> list[object]:
    """The events of a body: an array, a batch, or the body itself."""
    if isinstance(document, list):
        return cast("list[object]", document)
    if is_list_in(document, "batch"):
        return list_of(document, "batch")
    return [document]


def key_of(document: object) -> str | None:
    """The key, which stands beside the events or in the first of them."""
    places: list[object] = [document, *items_of(document)[:1]]
    for one in places:
        if isinstance(one, dict):
            event = cast("Document", one)
            found = first_of(event, "api_key", "token") or object_of(event, "properties").get(
                "token"
            )
            if isinstance(found, str):
                return found
    return None


def read_body(document: object, circumstances: Circumstances, sent_at: object = None) -> Captured:
    """Every event of a body, each on its own."""
    sent_at = object_of({"it": document}, "it").get("sent_at") or sent_at
    return of_batch(items_of(document), lambda item: read_event(item, circumstances, sent_at))


def read_event(item: object, circumstances: Circumstances, sent_at: object = None) -> Captured:
    """One event, and the traits it sets, if it does."""
    if not isinstance(item, dict):
        return no_object(item, circumstances)
    event = cast("dict[str, Any]", item)
    given = object_of(event, "properties")
    user, anonymous = _people(event, given)
    told = Told(
        event,
        None,
        user,
        anonymous,
        *_times(event, given, circumstances, sent_at),
        first_of(event, "uuid", "messageId") or given.get("$insert_id"),
    )
    kind = event["event"] if isinstance(event.get("event"), str) else None
    traits = _traits(event, given)
    if kind in _TRAITS:
        traits |= _cells(event, {key: value for key, value in given.items() if key not in _KEPT})
        told = replace(told, name=IDENTIFY, properties=traits, written=str(kind))
        return read(told, circumstances)
    if kind in _LINKS:
        alias = {"previous_id": first_of(given, "alias")}
        return read(replace(told, name=LINK, properties=alias, written=str(kind)), circumstances)
    if kind == "$groupidentify":
        return _group(told, given, circumstances)
    name, written = _named(kind, given)
    found = read(replace(told, name=name, written=written, properties=_cells(event, given)),
                 circumstances)  # fmt: skip
    if traits and found.events:
        also = f"{found.events[0].message_id}:set" if found.events[0].message_id else None
        found += read(
            replace(told, name=IDENTIFY, written="$set", properties=traits, message_id=also),
            circumstances,
        )
    return found


def _named(kind: object, given: Document) -> tuple[str | None, str | None]:
    if kind == "$autocapture":
        return _ELEMENT.get(str(given.get("$event_type")), "element_used"), "$autocapture"
    known = NAMES.get(kind) if isinstance(kind, str) else None
    return (known, str(kind)) if known else named(kind)


def _people(event: Document, given: Document) -> tuple[object, object]:
    """Who it was: an id the browser made up itself is anonymous."""
    distinct = first_of(event, "distinct_id", "$distinct_id") or given.get("distinct_id")
    device = given.get("$anon_distinct_id") or given.get("$device_id")
    options = object_of(event, "options")
    is_nobody = False in {
        _flag(given.get("$is_identified")),
        _flag(given.get("$process_person_profile")),
        _flag(options.get("process_person_profile")),
    }
    made_up = isinstance(distinct, str) and _UUID.match(distinct) is not None
    if distinct == device or (is_nobody and made_up):
        return given.get("$user_id"), distinct
    return distinct, device


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _times(
    event: Document, given: Document, circumstances: Circumstances, sent_at: object
) -> tuple[object, object]:
    """When it happened and was sent; or only how many milliseconds lie between the two."""
    said = event.get("timestamp")
    offset = event.get("offset")
    if said in (None, "") and isinstance(offset, int | float) and 0 <= offset < 1e12:
        return (circumstances.received_at - round(offset * (SECOND // 1_000))) / SECOND, None
    options = object_of(event, "options")
    is_right = True in (given.get("$ignore_sent_at"), options.get("disable_skew_correction"))
    return said, None if is_right else event.get("sent_at") or sent_at


def _traits(event: Document, given: Document) -> dict[str, object]:
    found = {**object_of(event, "$set"), **object_of(given, "$set")}
    return {key: value for key, value in found.items() if not key.startswith("$")}


def _cells(event: Document, given: Document) -> dict[str, object]:
    """What happened, without the machine; ``$set_once`` stays with the event, as it is no trait."""
    cells = {
        _KEPT.get(key, key): value
        for key, value in given.items()
        if key in _KEPT or not _is_machine(key)
    }
    once = {**object_of(event, "$set_once"), **object_of(given, "$set_once")}
    once = {key: value for key, value in once.items() if not key.startswith("$")}
    return {**cells, "set_once": once} if once else cells


def _is_machine(key: str) -> bool:
    return key.startswith("$") or key in _MACHINE


def _group(told: Told, given: Mapping[str, Any], circumstances: Circumstances) -> Captured:
    """A group's traits are dated traits of the person who is named with it, if any is."""
    kind, key = given.get("$group_type"), given.get("$group_key")
    if told.user == f"${kind}_{key}" or (told.user is None and told.anonymous is None):
        reason = "it tells of a group, and names nobody in it"
        return refusal(told.raw, reason, Reason.NO_USER, circumstances)
    cells = group_traits(kind, key, object_of(given, "$group_set"))
    told = replace(told, name=IDENTIFY, written="$groupidentify", properties=cells)
    return read(told, circumstances)
