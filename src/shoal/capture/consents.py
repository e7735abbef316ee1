"""Consent as clients carry it: an act of the person is a consent, a stamp is a property.

Segment's consent wrappers stamp what the browser believes onto every call
(``context.consent.categoryPreferences``), and send *Segment Consent Preference Updated* when the
person chooses. Only the latter is an act: a stale cookie that stamps an old grant must not undo a
refusal that was given elsewhere.

A request with ``Sec-GPC: 1`` is an act too, of the browser on its user's behalf: nothing of theirs may
be sold or shared. It denies one purpose, ``advertising``, once for each person and sender, so that a
grant given later by the person stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from shoal.capture.captured import Captured
from shoal.capture.telling import Document, object_of
from shoal.consent.state import CONSENT
from shoal.core.names import snake_case
from shoal.events.event import Event

ACT = "segment_consent_preference_updated"
GPC, SHARING = "sec-gpc", "advertising"
MOST = 100
"""Categories of one message."""
_BEGINS = re.compile(r"[^\W\d]")


def consents_of(call: Document, event: Event) -> Iterator[Event]:
    """A ``$consent`` event for each category the person decided on; none unless it is an act."""
    if event.name != ACT:
        return
    for purpose, granted in _preferences(call):
        yield Event(
            CONSENT,
            event.user_id,
            event.anonymous_id,
            event.occurred_at,
            event.received_at,
            f"{event.message_id}:{purpose}" if event.message_id else None,
            {"purpose": purpose, "state": "granted" if granted else "denied"},
            (),
            event.source,
            CONSENT,
        )


def with_privacy_control(captured: Captured, headers: Mapping[str, str], at: int) -> Captured:
    """What was captured, and the denials of those whose browser asks for privacy."""
    if headers.get(GPC, "").strip() != "1":
        return captured
    people = {
        (event.user_id, event.anonymous_id): event.source
        for event in captured.events
        if event.user_id is not None or event.anonymous_id is not None
    }
    denials = tuple(
        Event(
            CONSENT,
            user,
            anonymous,
            at,
            at,
            f"{GPC} {'user' if user is not None else 'anonymous'} {user or anonymous}",
            {"purpose": SHARING, "state": "denied", "source": "Sec-GPC"},
            (),
            source,
            CONSENT,
        )
        for (user, anonymous), source in people.items()
    )
    return Captured(captured.events + denials, captured.refused)


def stamped(call: Document) -> dict[str, object]:
    """The stamp, as properties of the event under ``consent``; empty where there is none."""
    if "consent" not in object_of(call, "context"):  # nearly always: this is asked of every call
        return {}
    return {f"consent.{purpose}": granted for purpose, granted in _preferences(call)}


def _preferences(call: Document) -> Iterator[tuple[str, bool]]:
    consent = object_of(object_of(call, "context"), "consent")
    found = object_of(consent, "categoryPreferences")
    for count, (category, granted) in enumerate(found.items()):
        if count == MOST:
            return
        if isinstance(granted, bool):
            yield purpose_of(category), granted


def purpose_of(category: str) -> str:
    """The purpose a category is, as rules write it.

    >>> purpose_of("Advertising"), purpose_of("C0004"), purpose_of("1")
    ('advertising', 'c0004', 'category_1')
    """
    name = snake_case(category.encode("utf-8", "replace").decode()[:100]).replace("$", "_")
    return name if _BEGINS.match(name) else f"category_{name.strip('_')}"
