"""Numbers, durations, dates, plurals and what holds clauses together, as English has them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from shoal.core.spans import Span
from shoal.language.literals import in_thousands, number_text
from shoal.language.wording import Noun, Owner, in_passing

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


def lately(span: Span) -> Noun:
    """``7 days``; a single one goes without its number, as in ``in the last day``."""
    return Noun(UNIT_WORDS[span.unit] if span.count == 1 else duration(span))


def number(found: float, percent: bool) -> str:  # noqa: FBT001
    """``1,234,567``, ``0.8``, ``60%``."""
    return in_thousands(number_text(found + 0.0, is_percent=percent))


def clock(hour: int) -> str:
    """``09:00``."""
    return f"{hour:02d}:00"


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


def label(name: str) -> str:
    """A name as words: ``product_id`` is ``product id``."""
    return re.sub(r"[\s_.]+", " ", name).strip() or name


def named(name: str, title: str | None, _: str | None) -> Noun:
    """A trait or property: its title, else its name as words."""
    return Noun(in_passing(title) if title else label(name))


def inflected(noun: Noun, form: str) -> str:
    """The noun by itself, ``their`` or ``the``."""
    if not form or noun.owner is Owner.NONE:
        return noun.text
    if form == "the" or noun.owner is Owner.NOBODY:
        return f"the {noun.text}"
    return f"their {noun.text}"


def together(parts: Sequence[str], word: str, *, of_groups: bool) -> str:  # noqa: ARG001
    """``A, B, and C``."""
    return f"{', '.join(parts[:-1])}, {word} {parts[-1]}"


def grouped(parts: Sequence[str], word: str) -> str:
    """``both A and B``, ``A and B and C``, ``either A or B or C``."""
    before = "either " if word == "or" else "both " if len(parts) == 2 else ""
    return before + f" {word} ".join(parts)
