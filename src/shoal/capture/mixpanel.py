"""Mixpanel's ``/track``, ``/import``, ``/engage`` and ``/groups``: forms, base64 or JSON."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any, cast

from shoal.capture.captured import Captured, Circumstances, of_batch, refusal
from shoal.capture.forms import document_of
from shoal.capture.telling import (
    IDENTIFY,
    LINK,
    Told,
    changes_of,
    first_of,
    named,
    no_object,
    object_of,
    read,
)
from shoal.capture.wire import Endpoint, Incoming, Reply
from shoal.events.quarantine import Reason

NAMES = {"$mp_web_page_view": "page_viewed", "$mp_page_view": "page_viewed"}
_KEPT = {
    "$current_url": "url",
    "current_url": "url",
    "current_page_title": "title",
    "current_url_path": "path",
    "$referrer": "referrer",
    "$duration": "seconds",
}
_OF_THE_CALL = frozenset({
    "token", "distinct_id", "time", "mp_lib", "mp_country_code", "mp_sent_by_lib_version",
})  # fmt: skip
_DEVICE = "$device:"

_Read = Callable[[object, Circumstances], Captured]


def endpoints() -> list[Endpoint]:
    """Each path with and without a slash at the end, as the clients differ."""
    readers: dict[str, _Read] = {
        "track": read_event, "import": read_event, "engage": read_person, "groups": read_group,
    }  # fmt: skip
    return [
        Endpoint(path, partial(_read, reader), _reply, key=_key, parse=document_of)
        for name, reader in readers.items()
        for path in (f"/{name}", f"/{name}/")
    ]


def _items(document: object) -> list[object]:
    return cast("list[object]", document) if isinstance(document, list) else [document]


def _key(incoming: Incoming) -> str | None:
    for one in _items(incoming.document)[:1]:
        if isinstance(one, dict):
            item = cast("dict[str, Any]", one)
            found = first_of(object_of(item, "properties"), "token") or item.get("$token")
            return found if isinstance(found, str) else None
    return None


def _reply(incoming: Incoming) -> Reply:
    if incoming.path.startswith("/import"):
        count = len(_items(incoming.document))
        return Reply.of_json({"code": 200, "num_records_imported": count, "status": "OK"})
    return Reply.of_json({"status": 1, "error": None})


def _read(reader: _Read, incoming: Incoming, circumstances: Circumstances) -> Captured:
    return of_batch(_items(incoming.document), lambda item: reader(item, circumstances))


def read_event(item: object, circumstances: Circumstances) -> Captured:
    """One event."""
    if not isinstance(item, dict):
        return no_object(item, circumstances)
    event = cast("dict[str, Any]", item)
    given = object_of(event, "properties")
    kind = event["event"] if isinstance(event.get("event"), str) else None
    user, anonymous = _people(given)
    told = Told(event, None, user, anonymous, given.get("time"), message_id=given.get("$insert_id"))
    if kind in {"$create_alias", "$merge"}:
        ids = given.get("$distinct_ids")
        previous = given.get("alias")
        if isinstance(ids, list) and len(cast("list[object]", ids)) == 2:
            told = replace(told, user=ids[0], anonymous=None)
            previous = cast("object", ids[1])
        return read(replace(told, name=LINK, properties={"previous_id": previous}), circumstances)
    if kind == "$identify":
        told = replace(
            told,
            name=LINK,
            user=given.get("$identified_id") or user,
            properties={"previous_id": given.get("$anon_id")},
        )
        return read(told, circumstances)
    name, written = (NAMES[kind], kind) if kind in NAMES else named(kind)
    cells = {
        _KEPT.get(key, key): value
        for key, value in given.items()
        if key in _KEPT or not (key.startswith("$") or key in _OF_THE_CALL)
    }
    return read(replace(told, name=name, written=written, properties=cells), circumstances)


def read_person(item: object, circumstances: Circumstances) -> Captured:
    """Traits, or another change of a person."""
    if not isinstance(item, dict):
        return no_object(item, circumstances)
    given = cast("dict[str, Any]", item)
    user, anonymous = _people({"distinct_id": given.get("$distinct_id")})
    told = Told(given, IDENTIFY, user, anonymous, given.get("$time"), written="engage")
    if "$delete" in given:
        return read(replace(told, name="deletion_requested", written="$delete"), circumstances)
    traits = changes_of({key: value for key, value in given.items() if key.startswith("$")})
    if "$unset" in given:
        traits["unset"] = given["$unset"]
    return read(replace(told, properties=traits), circumstances)


def read_group(item: object, circumstances: Circumstances) -> Captured:
    """A group's traits name nobody; they are kept aside."""
    if not isinstance(item, dict):
        return no_object(item, circumstances)
    reason = "it tells of a group, and names nobody in it"
    return refusal(cast("object", item), reason, Reason.NO_USER, circumstances)


def _people(given: dict[str, Any]) -> tuple[object, object]:
    """Ids that begin with ``$device:`` were made up by a browser."""
    distinct, device = given.get("distinct_id"), given.get("$device_id")
    if isinstance(distinct, str) and distinct.startswith(_DEVICE):
        return given.get("$user_id"), distinct.removeprefix(_DEVICE)
    return given.get("$user_id") or distinct, device
