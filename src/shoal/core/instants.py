"""Instants: whole microseconds since 1970-01-01T00:00:00Z, and a project's time zone.

An instant is a plain ``int``. Everything local (midnights, calendar spans, weekdays) goes through
a :class:`Zone`, which also lends its transitions as arrays to the engine.
"""

from __future__ import annotations

import calendar
import re
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shoal.core.errors import ShoalError
from shoal.core.spans import Span

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY = 86_400_000_000
SECOND = 1_000_000

EARLIEST = -(2**53)
"""The first instant the engine can tell apart (in 1684); undated traits hold from here."""
LATEST = 2**53
"""The last instant the engine can tell apart (in 2255)."""

FIRST_CHANGE = -170 * 31_556_952 * SECOND
"""The year 1800, before any zone's first change of offset."""

_WRITTEN = re.compile(
    r"(?P<date>\d{4}-\d{2}-\d{2})"
    r"(?:[Tt ](?P<time>\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(?P<offset>[Zz]|[+-]\d{2}(?::?\d{2})?)?)?\Z",
    re.ASCII,
)
"""A date, or RFC 3339 with the seconds and the offset left to choice."""


def to_datetime(instant: int) -> datetime:
    """The instant as an aware datetime in UTC."""
    return EPOCH + timedelta(microseconds=instant)


def from_datetime(moment: datetime) -> int:
    """Microseconds since the epoch of an aware datetime."""
    span = moment - EPOCH
    return (span.days * 86_400 + span.seconds) * SECOND + span.microseconds


def format_instant(instant: int) -> str:
    """RFC 3339 in UTC, with a fraction only where there is one.

    >>> format_instant(0)
    '1970-01-01T00:00:00Z'
    """
    moment = to_datetime(instant)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    fraction = f".{moment.microsecond:06d}".rstrip("0") if moment.microsecond else ""
    return f"{moment.year:04d}{text[text.index('-') :]}{fraction}Z"


@dataclass(frozen=True)
class Zone:
    """A time zone by its IANA name.

    >>> Zone("Europe/Lisbon").parse("2026-07-01") == Zone("UTC").parse("2026-06-30T23:00:00Z")
    True
    """

    name: str = "UTC"

    def __post_init__(self) -> None:
        _info(self.name)

    def offset_at(self, instant: int) -> int:
        """Microseconds to add to the instant to get local time."""
        starts, offsets = self.transitions()
        return offsets[bisect_right(starts, instant) - 1]

    def to_local(self, instant: int) -> datetime:
        """Naive local time at the instant."""
        return (to_datetime(instant) + timedelta(microseconds=self.offset_at(instant))).replace(
            tzinfo=None
        )

    def from_local(self, local: datetime) -> int:
        """Instant of a naive local time; the first reading (fold 0) of one that has none or two."""
        return from_datetime(local.replace(tzinfo=_info(self.name), fold=0))

    def midnight(self, on: date) -> int:
        """The instant at which the local date begins."""
        return self.from_local(datetime.combine(on, time()))

    def parse(self, text: str) -> int:
        """Instant of ``2026-11-01`` (local midnight), ``2026-11-01T09:30:00Z`` or a local time.

        Raises ShoalError for anything else, other forms of ISO 8601 (``20261101``, ``2026-W45``)
        too: a slip of the pen shall not name another day.
        """
        try:
            written = _matched(text)
            on, time_of_day, offset = written["date"], written["time"], written["offset"]
            if time_of_day is None:
                return self.midnight(date.fromisoformat(on))
            moment = datetime.fromisoformat(f"{on}T{time_of_day}{(offset or '').upper()}")
            if moment.tzinfo is None:
                return self.from_local(moment)
            return from_datetime(moment)
        except (ValueError, OverflowError) as error:
            raise ShoalError(
                f"`{text}` is not a date or an instant",
                hint="write 2026-11-01 or 2026-11-01T09:30:00Z",
            ) from error

    def add(self, instant: int, span: Span, times: int = 1) -> int:
        """The instant ``times`` spans later (earlier if negative).

        Calendar spans keep the local time of day and clip the day of the month.
        """
        if not span.is_calendar:
            return instant + times * span.microseconds
        local = self.to_local(instant)
        month = local.year * 12 + local.month - 1 + times * span.months
        year, month = divmod(month, 12)
        if not 1 <= year <= 9998:
            return EARLIEST if year < 1 else LATEST
        day = min(local.day, calendar.monthrange(year, month + 1)[1])
        return self.from_local(local.replace(year=year, month=month + 1, day=day))

    def transitions(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Where the offset changes: starts (the first is EARLIEST) and offsets in microseconds."""
        return _transitions(self.name)


def _matched(text: str) -> re.Match[str]:
    found = _WRITTEN.match(text)
    if found is None:
        raise ValueError(text)
    return found


@lru_cache(maxsize=64)
def _info(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ShoalError(
            f"`{name}` is not a time zone", hint="use an IANA name such as Europe/Lisbon"
        ) from error


@lru_cache(maxsize=64)
def _transitions(name: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Found by asking the zone: every change of offset from 1684 to 2255, to the second."""
    if name in ("UTC", "Etc/UTC"):
        return (EARLIEST,), (0,)
    info = _info(name)

    def offset(seconds: int) -> int:
        moment = (EPOCH + timedelta(seconds=seconds)).astimezone(info)
        span = moment.utcoffset()
        assert span is not None
        return (span.days * 86_400 + span.seconds) * SECOND + span.microseconds

    last, step = LATEST // SECOND, 7 * 86_400
    starts, offsets = [EARLIEST], [offset(EARLIEST // SECOND)]
    low = FIRST_CHANGE // SECOND  # no place changed its clock before that year
    while low < last:
        high = min(low + step, last)
        while (before := offset(low)) != offset(high):
            left, right = low, high
            while right - left > 1:
                middle = (left + right) // 2
                left, right = (middle, right) if offset(middle) == before else (left, middle)
            starts.append(right * SECOND)
            offsets.append(offset(right))
            low = right
        low = high
    return tuple(starts), tuple(offsets)
