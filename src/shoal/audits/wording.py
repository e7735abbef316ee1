"""Numbers in words, as an audit says them."""

from __future__ import annotations

from collections.abc import Sequence
from math import isfinite

from shoal.language.told import Figure, Told, joined

MOST = 4
SMALLEST_SHARE = 0.01


def count(number: float) -> Told:
    """``1,204``.

    >>> count(1204.0)
    '1,204'
    """
    return Figure(round(number))


def people(number: int) -> Told:
    """``1 person``, ``1,204 people``."""
    return Told("{0} {0:person|people}", Figure(number))


def share(part: float) -> Told:
    """A share of a whole; what is nearly nothing or nearly all says so.

    >>> share(0.124), share(0.004), share(0.9996), share(0.0), share(1.0)
    ('12%', '0.4%', 'over 99%', '0%', '100%')
    """
    if 0 < part < SMALLEST_SHARE:
        least = SMALLEST_SHARE / 10
        return Figure(part, ".1%") if part >= least else Told("under {0}", Figure(least, ".1%"))
    if 1 - SMALLEST_SHARE / 2 <= part < 1:
        return Told("over {0}", Figure(0.99, ".0%"))
    return Figure(part, ".0%")


def amount(number: float, currency: str | None) -> Told:
    """An amount of money, or of what value is counted in: three figures that matter.

    >>> amount(1234.5, "EUR"), amount(3.456, None)
    ('1,234 EUR', '3.46')
    """
    shown = Figure(number, ",.0f" if abs(number) >= 100 else ",.3g")
    return Told("{0} {1}", shown, currency) if currency else shown


def plain(number: float) -> Told:
    """A number with as many figures as one wants to read.

    >>> plain(3.0), plain(3.14159), plain(12345.6)
    ('3', '3.14', '12,346')
    """
    if abs(number) >= 100 or number == int(number):
        return Figure(number, ",.0f")
    return Figure(number, ".3g")


def change(before: float, after: float) -> Told:
    """``+21%``; where there was nothing before, what there is now.

    >>> change(100, 121), change(200, 100), change(0, 3), change(5, 5)
    ('+21%', '-50%', 'from nothing', 'unchanged')
    """
    if before == after:
        return Told("unchanged")
    if not before or not isfinite(before):
        return Told("from nothing")
    return Figure(after / before - 1, "+.0%")


def listed(words: Sequence[str], last: str = "and") -> Told:
    """``a, b and c``.

    >>> listed(["a", "b", "c"])
    'a, b and c'
    """
    if len(words) < 2:
        return joined(words)
    return Told("{0} " + last + " {1}", joined(words[:-1]), words[-1])


def first_few(words: Sequence[str], most: int = MOST) -> Told:
    """The first words, and how many more there are."""
    if len(words) <= most:
        return listed(words)
    return Told("{0} and {1} more", joined(words[:most]), Figure(len(words) - most))


def shortened(text: str, most: int = 72) -> str:
    """The text, its middle left out where it is long.

    >>> shortened("abcdefghij", 7)
    'abc…hij'
    """
    if len(text) <= most:
        return text
    side = (most - 1) // 2
    return f"{text[:side]}…{text[-side:]}"
