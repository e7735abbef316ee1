"""From what a client tells, in the words of whichever wire format, to an event or a refusal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, cast

from shoal.capture.captured import Captured, Circumstances, refusal
from shoal.capture.shaping import shaped, whole
from shoal.capture.times import Moment, moment
from shoal.events.event import Event
from shoal.events.quarantine import Reason
from shoal.identity import Identifier
from shoal.sources.mapping import event_name

IDENTIFY = "$identify"
LINK = "$link"
LONGEST_ID = 1_000
LONGEST_NAME = 200

_COMPANIES = frozenset({"company", "organization", "organisation", "account"})

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """One thing a client tells, nothing of it believed yet.

    ``raw`` is what is kept should it be refused. ``name`` is final: made by :func:`named`, or one
    of the reserved names, which no client can say.
    """

    raw: object
    name: str | None
    user: object = None
    anonymous: object = None
    at: object = None
    sent_at: object = None
    message_id: object = None
    properties: Mapping[str, object] = field(default_factory=dict[str, object])
    written: str | None = None


def read(told: Told, circumstances: Circumstances) -> Captured:
    """The event of what was told, or why it cannot be one."""
    user, anonymous = identifier(told.user), identifier(told.anonymous)
    people = people_of(user, anonymous)
    if not people:
        reason = "it has no user and no anonymous id"
        return refusal(told.raw, reason, Reason.NO_USER, circumstances)
    if told.name is None:
        reason = "it has no event name"
        return refusal(told.raw, reason, Reason.NO_EVENT, circumstances, people)
    happened = moment(told.at, told.sent_at, circumstances.received_at, circumstances.zone)
    if happened is None:
        reason = f"`{str(told.at)[:50]}` is no time"
        return refusal(told.raw, reason, Reason.BAD_TIME, circumstances, people)
    return Captured((event_of(told, user, anonymous, happened, circumstances),))


def event_of(
    told: Told,
    user: str | None,
    anonymous: str | None,
    happened: Moment,
    circumstances: Circumstances,
) -> Event:
    """The event of what was told by somebody known at a moment known."""
    assert told.name is not None
    cells, lines = shaped(told.properties)
    if happened.said is not None:
        cells["said_at"] = happened.said
    return Event(
        told.name,
        user,
        anonymous,
        happened.at,
        circumstances.received_at,
        identifier(told.message_id),
        cells,
        lines,
        circumstances.source,
        told.written or told.name,
    )


def named(raw: object) -> tuple[str | None, str | None]:
    """The name under which rules know what a client calls an event, and how it wrote it.

    >>> named("Order Completed"), named("$identify"), named(7)
    (('order_completed', 'Order Completed'), ('identify', '$identify'), (None, None))
    """
    return _named(raw[:LONGEST_NAME]) if isinstance(raw, str) else (None, None)


@lru_cache(maxsize=4_096)
def _named(raw: str) -> tuple[str | None, str | None]:
    name = event_name(raw) if raw.strip() else "_"
    return (None, None) if name == "_" else (name, whole(raw))


def no_object(raw: object, circumstances: Circumstances) -> Captured:
    """Something that is no object where one was needed."""
    return refusal(raw, "it is no object", Reason.NOT_AN_OBJECT, circumstances)


def identifier(value: object) -> str | None:
    """An id as text; None where it is empty, too long, or no text and no number."""
    if isinstance(value, str):
        if not value.isascii():
            value = value.encode("utf-8", "replace").decode()
        text = (value.replace("\0", "") if "\0" in value else value).strip()
        return text if 0 < len(text) <= LONGEST_ID else None
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**40 else None
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return None


def address_id(address: object) -> str | None:
    """The anonymous id of somebody known by an e-mail address only, until identity knows better.

    >>> address_id(" Ana@Example.org ")
    'email:ana@example.org'
    """
    text = identifier(address)
    return f"email:{text.lower()}" if text is not None and "@" in text else None


def people_of(user: str | None, anonymous: str | None) -> tuple[Identifier, ...]:
    """The identifiers somebody is known by."""
    found: list[Identifier] = []
    if user is not None:
        found.append(Identifier(user))
    if anonymous is not None:
        found.append(Identifier(anonymous, anonymous=True))
    return tuple(found)


def object_of(given: Any, key: str) -> dict[str, Any]:
    """The object under a key; empty where there is none."""
    found = cast("Document", given).get(key) if isinstance(given, dict) else None
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def list_of(given: object, key: str) -> list[object]:
    """The array under a key; empty where there is none."""
    found = cast("Document", given).get(key) if isinstance(given, dict) else None
    return cast("list[object]", found) if isinstance(found, list) else []


def is_list_in(given: object, key: str) -> bool:
    """Whether it is an object with an array under the key."""
    return isinstance(given, dict) and isinstance(cast("Document", given).get(key), list)


def first_of(given: Document, *keys: str) -> Any:
    """What stands under the first of the keys that has anything."""
    return next((given[key] for key in keys if given.get(key) not in (None, "")), None)


def changes_of(given: Mapping[str, object]) -> dict[str, object]:
    """Traits as the clients set them: plainly, under ``$set``, or by an operation on what was there.

    What reckons with the trait before (``$setOnce``, ``$add``, ``$append`` …) is no trait; it is
    kept under the operation's name.

    >>> changes_of({"plan": "pro", "$set": {"city": "Faro"}, "$add": {"points": 5}})
    {'plan': 'pro', 'city': 'Faro', 'add': {'points': 5}}
    """
    found = {key: value for key, value in given.items() if not key.startswith("$")}
    found |= object_of(given, "$set")
    for key, value in given.items():
        if key.startswith("$") and key != "$set" and isinstance(value, dict):
            found[key.lstrip("$")] = cast("object", value)
    return found


def group_traits(kind: object, group: object, traits: Mapping[str, object]) -> dict[str, object]:
    """A group's traits as traits of its member: ``company.…``, or under the group's own kind."""
    prefix = "company" if not isinstance(kind, str) or kind in _COMPANIES else kind
    return {prefix: {**({"id": group} if group is not None else {}), **traits}}


def number_of(value: object) -> object:
    """A number sent as text as the number; anything else as it is.

    >>> number_of("12.50"), number_of("x"), number_of(3)
    (12.5, 'x', 3)
    """
    if not isinstance(value, str) or len(value) > 40:
        return value
    try:
        return int(value)
    except ValueError:
        pass
    try:
        return float(value)
    except ValueError:
        return value


def renamed(given: Mapping[str, object], names: Mapping[str, str]) -> dict[str, object]:
    """The properties, those of the map under our names, the others under their own."""
    return {names.get(key, key): value for key, value in given.items()}
