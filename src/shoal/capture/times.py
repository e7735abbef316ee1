"""When something happened, by clocks that may be wrong.

A client tells when it happened and when it sent that; both by its own clock. What lies between is
right even if the clock is not, so the instant is the receipt less that span (Segment's formula:
``timestamp = receivedAt - (sentAt - originalTimestamp)``). Without ``sentAt`` the client is believed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache
from typing import NamedTuple

from shoal.core.errors import ShoalError
from shoal.core.instants import SECOND, Zone, from_datetime

OLDEST = from_datetime(datetime(1970, 1, 1, tzinfo=UTC))
"""No live client knows anything older; a clock that says so is not set."""
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]*)?\Z")
NEWEST = from_datetime(datetime(2200, 1, 1, tzinfo=UTC))


ROUNDING = SECOND
"""So much in the future is a rounded time, nothing to remark on."""


class Moment(NamedTuple):
    """When it happened; ``said`` is what the client said, where that was impossible."""

    at: int
    said: str | None = None


def moment(
    said: object, sent_at: object, received_at: int, zone: Zone, *, now_if_unset: bool = True
) -> Moment | None:
    """The moment a client means; None where it says something that is no time.

    >>> moment("2026-11-01T10:00:00Z", "2026-11-01T10:00:05Z", 1_000_000_000_000_000, Zone()).at
    999999995000000
    """
    if said is None or said == "":
        return Moment(received_at) if now_if_unset else None
    at = instant_of(said, zone)
    if at is None:
        return None
    at += shift_of(sent_at, received_at, zone)
    if at > received_at:  # nothing is received before it happens
        is_rounding = at - received_at <= ROUNDING
        return Moment(received_at, None if is_rounding else _told(said))
    if at < OLDEST:
        return Moment(OLDEST, _told(said))
    return Moment(at)


def shift_of(sent_at: object, received_at: int, zone: Zone) -> int:
    """What to add to a client's times for its clock to be right; 0 where it does not say."""
    sent = instant_of(sent_at, zone)
    return received_at - sent if sent is not None and OLDEST < sent < NEWEST else 0


def exact_instant(text: str) -> int | None:
    """The instant of a time as most clients print it, in milliseconds; None where it is another form.

    >>> exact_instant("1970-01-01T00:00:02.500Z"), exact_instant("1970-01-01")
    (2500000, None)
    """
    try:
        within = _SECONDS[text[17:20]] + _MILLISECONDS[text[20:]]
    except KeyError:
        return None
    minute = _minute(text[:17])
    return None if minute is None else minute + within


_SECONDS = {f"{second:02d}.": second * SECOND for second in range(60)}
_MILLISECONDS = {f"{part:03d}Z": part * (SECOND // 1_000) for part in range(1_000)}
"""Of a time's end, which hardly repeats; its beginning does."""


@lru_cache(maxsize=4_096)
def _minute(text: str) -> int | None:
    """The instant at which a minute in UTC begins, as a time is written up to its seconds."""
    return _written(f"{text}00Z", Zone()) if text[16:] == ":" else None


def instant_of(value: object, zone: Zone) -> int | None:
    """An instant as clients write it: RFC 3339, or seconds, milliseconds or microseconds by number.

    >>> instant_of(1_700_000_000, Zone()) == instant_of("1700000000000", Zone())
    True
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, str):
        text = value.strip()
        if text[4:5] == "-" and text[:4].isdecimal():  # as nearly all write it: 2026-11-01T…
            exact = exact_instant(text)
            return exact if exact is not None else _written(text, zone)
        if _NUMBER.match(text) is None:
            return _written(text, zone)
        value = float(text) if "." in text else int(text[:20])
    if not isinstance(value, int | float) or value != value or abs(value) > 1e17:  # noqa: PLR0124  NaN
        return None
    size = abs(value)
    scale = SECOND if size < 1e11 else SECOND // 1_000 if size < 1e14 else 1
    return round(value * scale)


@lru_cache(maxsize=1_024)  # all calls of a batch were sent at one time, and many happened at one
def _written(text: str, zone: Zone) -> int | None:
    try:
        return zone.parse(text)
    except ShoalError:
        return None


def _told(said: object) -> str:
    return str(said)[:100]
