"""A purpose granted or denied by a person, and the event that says so."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from shoal.core.errors import ShoalError
from shoal.core.names import snake_case
from shoal.events.event import Event

CONSENT = "$consent"

_PURPOSE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\Z")
_GRANTED = frozenset({"granted", "yes", "true", "1", "opt-in", "opted in", "opt_in"})
_DENIED = frozenset({"denied", "no", "false", "0", "opt-out", "opted out", "opt_out"})


class ConsentState(StrEnum):
    """What the person said; a purpose never asked about has no state."""

    GRANTED = "granted"
    DENIED = "denied"


@dataclass(frozen=True, slots=True)
class Consent:
    """A person's answer for one purpose, since an instant."""

    user_id: str
    purpose: str
    state: ConsentState
    at: int


def parse_purpose(text: str) -> str:
    """The purpose as rules write it after ``consents to``.

    >>> parse_purpose("marketing")
    'marketing'
    """
    if not _PURPOSE.match(text):
        raise ShoalError(
            f"`{text}` cannot name a purpose", hint=f"write it as in a rule: {snake_case(text)}"
        )
    return text


def parse_state(text: str) -> ConsentState:
    """``granted`` or ``denied``, also as other tools write it.

    >>> parse_state("Yes")
    <ConsentState.GRANTED: 'granted'>
    """
    word = text.strip().lower()
    if word in _GRANTED:
        return ConsentState.GRANTED
    if word in _DENIED:
        return ConsentState.DENIED
    raise ShoalError(f"`{text}` is not a state of consent", hint="write granted or denied")


def consent_event(consent: Consent, received_at: int, source: str = "") -> Event:
    """The event that carries a consent in the person's history."""
    anonymous = consent.user_id.startswith("anon:")
    return Event(
        name=CONSENT,
        user_id=None if anonymous else consent.user_id,
        anonymous_id=consent.user_id.removeprefix("anon:") if anonymous else None,
        occurred_at=consent.at,
        received_at=received_at,
        properties={"purpose": consent.purpose, "state": str(consent.state)},
        source=source,
    )


def latest(consents: Iterable[Consent]) -> list[Consent]:
    """The consent in force for each purpose, from answers in the order they were given.

    >>> no = Consent("c1", "marketing", ConsentState.DENIED, 5)
    >>> latest([Consent("c1", "marketing", ConsentState.GRANTED, 3), no]) == [no]
    True
    """
    current: dict[str, Consent] = {}
    for consent in consents:
        current[consent.purpose] = consent
    return [current[purpose] for purpose in sorted(current)]
