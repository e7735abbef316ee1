"""Whom a row speaks of beside the one it belongs to: what links are made of."""

from __future__ import annotations

from enum import StrEnum

from shoal.events.event import Event
from shoal.identity.identifier import Identifier, email_id, phone_id

IDENTIFY = "$identify"
LINK = "$link"
MERGE = "$merge"
UNMERGE = "$unmerge"
OTHER = "other"
"""Of a decision: the other identifier, as outputs show it."""


class Mention(StrEnum):
    """In what way a row speaks of an identifier; the name stands in files."""

    BESIDE = "beside"
    EMAIL = "email"
    PHONE = "phone"
    PREVIOUS_USER = "previous_user"
    PREVIOUS_ANONYMOUS = "previous_anonymous"
    MERGED = "merged"
    UNMERGED = "unmerged"


DECISIONS = {MERGE: Mention.MERGED, UNMERGE: Mention.UNMERGED}


def mentions_of(event: Event) -> tuple[tuple[Mention, Identifier], ...]:
    """The identifiers an event speaks of beside its own, in an order that is always the same.

    An alias does not say whether what it names was a user id, so it is read both ways.

    >>> event = Event("viewed", "ana", "x1", 0, 0)
    >>> [(str(way), one.display) for way, one in mentions_of(event)]
    [('beside', 'anon:x1')]
    """
    user, anonymous = event.user_id, event.anonymous_id
    if not event.name.startswith("$"):
        if user is None or anonymous is None:
            return ()
        return ((Mention.BESIDE, Identifier(anonymous, anonymous=True)),)
    found: list[tuple[Mention, Identifier]] = []
    if user is not None and anonymous is not None:
        found.append((Mention.BESIDE, Identifier(anonymous, anonymous=True)))
    for name in PROPERTIES.get(event.name, ()):
        found += read_mention(event.name, name, event.properties.get(name))
    return tuple(found)


PROPERTIES = {
    IDENTIFY: ("email", "phone"),
    LINK: ("previous_id",),
    MERGE: (OTHER,),
    UNMERGE: (OTHER,),
}
"""The properties of reserved events that name somebody."""


def read_mention(event: str, name: str, value: object) -> tuple[tuple[Mention, Identifier], ...]:
    """Whom the value of such a property names; nobody where it is none."""
    if name == "email":
        text = email_id(value)
        return () if text is None else ((Mention.EMAIL, Identifier(text, anonymous=True)),)
    if name == "phone":
        text = phone_id(value)
        return () if text is None else ((Mention.PHONE, Identifier(text, anonymous=True)),)
    text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
    if not text:
        return ()
    if event == LINK:
        return (
            (Mention.PREVIOUS_USER, Identifier(text)),
            (Mention.PREVIOUS_ANONYMOUS, Identifier(text, anonymous=True)),
        )
    return ((DECISIONS[event], _decided(text)),)


def _decided(text: str) -> Identifier:
    """What a decision names is written by us: with its kind in front."""
    kind, _, rest = text.partition("=")
    return Identifier(rest, anonymous=kind == "anonymous")


def decided_text(identifier: Identifier) -> str:
    """How a decision names the other one.

    >>> decided_text(Identifier("x1", anonymous=True))
    'anonymous=x1'
    """
    return f"{'anonymous' if identifier.anonymous else 'user'}={identifier.text}"
