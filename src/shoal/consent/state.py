"""A purpose granted or denied by a person: the words for it."""

from __future__ import annotations

import re
from enum import StrEnum

from shoal.core.errors import ShoalError
from shoal.core.names import snake_case

CONSENT = "$consent"

_PURPOSE = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\Z")
_GRANTED = frozenset({"granted", "yes", "true", "1", "opt-in", "opted in", "opt_in"})
_DENIED = frozenset({"denied", "no", "false", "0", "opt-out", "opted out", "opt_out"})


class ConsentState(StrEnum):
    """What the person said; a purpose never asked about has no state."""

    GRANTED = "granted"
    DENIED = "denied"


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
