"""Numbers, durations, dates, lists and plurals, as English has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from shoal.core.spans import Span
from shoal.language.literals import number_text

UNIT_WORDS = {
    "s": "second",
    "m": "minute",
    "h": "hour",
    "d": "day",
    "w": "week",
    "mo": "month",
    "y": "year",
}
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_IRREGULAR = {"person": "people", "child": "children", "man": "men", "woman": "women"}
_SAME = {"news", "series", "feedback", "content", "support"}


def duration(span: Span) -> str:
    """``180 days``, ``1 month``."""
    return f"{span.count:,} {UNIT_WORDS[span.unit]}{'' if span.count == 1 else 's'}"


def lately(span: Span) -> str:
    """``7 days``; a single one goes without its number, as in ``in the last day``."""
    return UNIT_WORDS[span.unit] if span.count == 1 else duration(span)


def number(found: float, *, percent: bool = False) -> str:
    """``1,000,000``, ``0.8``, ``60%``."""
    if percent:
        return number_text(found, is_percent=True)
    if found.is_integer() and abs(found) < 1e15:
        return f"{int(found):,}"
    return number_text(found)


def moment(text: str) -> str:
    """``1 November 2026``, ``1 November 2026 at 09:30 UTC``."""
    date, _, time = text.partition("T")
    found = datetime.strptime(date, "%Y-%m-%d")  # noqa: DTZ007 - only the calendar is read
    shown = f"{found.day} {MONTHS[found.month - 1]} {found.year:04d}"
    if not time:
        return shown
    parts = re.fullmatch(r"([\d:.]+)(Z|[+-].*)?", time)
    assert parts is not None, "the grammar lets no other time through"
    clock, offset = parts.groups()
    zone = "" if not offset else " UTC" if offset == "Z" else f" UTC{offset}"
    return f"{shown} at {clock}{zone}"


def plural(noun: str) -> str:
    """The noun phrase for several: its last word changes.

    >>> plural("gift card"), plural("category"), plural("box")
    ('gift cards', 'categories', 'boxes')
    """
    *before, last = noun.split(" ")
    if last in _IRREGULAR:
        last = _IRREGULAR[last]
    elif re.search(r"[^aeiou]y\Z", last):
        last = f"{last[:-1]}ies"
    elif re.search(r"(?:s|x|z|ch|sh)\Z", last):
        last = last if last in _SAME else f"{last}es"
    elif last not in _SAME:
        last = f"{last}s"
    return " ".join([*before, last])


def with_article(noun: str) -> str:
    """``an order``, ``a product``, ``a user``."""
    vowel = re.match(r"[aeio]|u(?!ni|se|s[ai]|ti|r[lif])", noun, re.IGNORECASE)
    return f"{'an' if vowel else 'a'} {noun}"


def listed(parts: Sequence[str], word: str) -> str:
    """``a``; ``a or b``; ``a, b or c``."""
    if len(parts) == 1:
        return parts[0]
    return f"{', '.join(parts[:-1])} {word} {parts[-1]}"


def label(name: str) -> str:
    """A name as words: ``product_id`` is ``product id``."""
    return re.sub(r"[\s_.]+", " ", name).strip() or name


def quoted(text: str) -> str:
    """The text in typographic quotes."""
    return f"“{text}”"


def capital(text: str) -> str:
    """The text with a capital to begin with."""
    return text[:1].upper() + text[1:]


def in_passing(title: str) -> str:
    """A title in the middle of a sentence: "Recency score" loses its capital, "RFM" does not."""
    return title[:1].lower() + title[1:] if title[1:2].islower() else title
