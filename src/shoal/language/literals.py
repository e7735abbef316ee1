"""How literals are written and read: numbers, percents, strings, durations, instants."""

from __future__ import annotations

import math
import re
from decimal import Decimal, InvalidOperation

from shoal.core.errors import ShoalError
from shoal.core.instants import EARLIEST, LATEST, Zone
from shoal.core.spans import MICROSECONDS, MONTHS, UNITS, Span

_LONGEST = LATEST - EARLIEST
_LONGEST_MONTHS = _LONGEST // (MICROSECONDS["d"] * 31)
_SPAN = re.compile(r"(\d+)(mo|[smhdwy])\Z")
_SPACE = re.compile(r"\s+|#[^\n]*")

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufeff\ud800-\udfff]")
"""Characters no rule may hold, in any form."""

Complaint = tuple[str, str]
"""What is wrong, and what to do about it."""


def words(token: str) -> str:
    """A keyword of several words as it is spelt in this project.

    >>> words("Starts  WITH")
    'starts with'
    """
    return " ".join(_SPACE.sub(" ", token).split()).lower()


def number(token: str) -> float | None:
    """The number; None if it is too large to be one."""
    found = float(token)
    return found if math.isfinite(found) else None


def percent(token: str) -> float | None:
    """What the digits before ``%`` mean: 60 is 0.6, as near as a double comes."""
    try:
        found = float(Decimal(token) / 100)
    except (InvalidOperation, OverflowError):
        return None
    return found if math.isfinite(found) else None


def number_text(found: float, *, is_percent: bool = False) -> str:
    """The shortest text that reads back as the same number.

    >>> number_text(4.0), number_text(0.07, is_percent=True), number_text(1e-7)
    ('4', '7%', '0.0000001')
    """
    exact = Decimal(repr(found))
    if is_percent:
        exact *= 100
    exact = exact.normalize()
    size = exact.adjusted()
    text = f"{exact:f}" if -20 < size < 20 else f"{exact:e}"
    return f"{text}%" if is_percent else text


def in_thousands(text: str) -> str:
    """``1234567.5`` as ``1,234,567.5``; powers of ten stay as they are."""
    return re.sub(r"^(-?)(\d+)(?![\d.]*e)", lambda it: f"{it[1]}{int(it[2]):,}", text)


def text(token: str) -> str:
    """What stands between the quotes; a doubled quote is one."""
    quote = token[0]
    return token[1:-1].replace(quote * 2, quote)


def quoted(content: str) -> str:
    """The text as a string of a rule.

    >>> print(quoted("it's"), quoted('the "best"'))
    "it's" 'the "best"'
    """
    if '"' in content and "'" not in content:
        return f"'{content}'"
    return '"' + content.replace('"', '""') + '"'


def span(token: str) -> tuple[Span, Complaint | None]:
    """The duration, and what is wrong with it."""
    if token.endswith("M"):
        hint = f"minutes are {token[:-1]}m, months {token[:-1]}mo"
        return Span(0, "d"), (f"`{token}` can be read in two ways", hint)
    match = _SPAN.match(token.lower())
    if match is None:
        hint = f"write a whole number and one of {', '.join(UNITS)}, such as 30d"
        return Span(0, "d"), (f"`{token}` is not a duration", hint)
    digits, unit = match.groups()
    count = int(digits) if len(digits) < 18 else _LONGEST
    if count * MICROSECONDS.get(unit, 0) >= _LONGEST or count * MONTHS.get(unit, 0) >= (
        _LONGEST_MONTHS
    ):
        return Span(0, "d"), ("this duration is longer than time itself here", "at most 500y")
    return Span(count, unit), None


def instant_complaint(written: str) -> Complaint | None:
    """What is wrong with a date or an instant, if anything."""
    try:
        found = Zone().parse(written)
    except ShoalError as error:
        return error.message, error.hint or "write 2026-11-01"
    if not EARLIEST < found < LATEST:
        return f"`{written}` is out of reach", "instants go from 1685 to 2254"
    return None
