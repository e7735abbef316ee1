"""Numbers, money, spans and dates as people read them."""

from __future__ import annotations

from dataclasses import dataclass

from shoal.core.instants import Zone

_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "BRL": "R$"}
_MINUS = "\N{MINUS SIGN}"
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def count(number: int) -> str:
    """A whole number with its thousands apart.

    >>> count(155848)
    '155,848'
    """
    return f"{number:,}"


def plural(number: int, one: str, many: str) -> str:
    """A count and the noun that goes with it.

    >>> plural(1, "household", "households")
    '1 household'
    """
    return f"{count(number)} {one if number == 1 else many}"


def share(part: float, digits: int = 0) -> str:
    """A share as a percentage; what is not nothing is not printed as nothing.

    >>> share(0.5334), share(0.0004), share(0.0)
    ('53%', '<1%', '0%')
    """
    shown = f"{100 * part:.{digits}f}%"
    if part > 0 and float(shown[:-1]) == 0:
        return f"<{10**-digits:.{digits}f}%"
    return shown


def signed(number: int) -> str:
    """A change, with its sign.

    >>> signed(12), signed(0)
    ('+12', '0')
    """
    sign = "+" if number > 0 else _MINUS if number < 0 else ""
    return f"{sign}{count(abs(number))}"


def change(before: int, now: int) -> str:
    """A change as a figure and a share.

    >>> change(200, 250)
    '+50 (+25%)'
    """
    if not before:
        return signed(now)
    return f"{signed(now - before)} ({signed(round(100 * (now - before) / before))}%)"


def times(ratio: float, digits: int = 2) -> str:
    """How many times as much."""
    return f"{ratio:.{digits}f}\N{MULTIPLICATION SIGN}"


def seconds(span: float) -> str:
    """A span of time as short as it allows.

    >>> seconds(0.0421), seconds(12.34)
    ('42 ms', '12.3 s')
    """
    if span < 0.0995:
        return f"{span * 1000:.0f} ms" if span >= 0.001 else "<1 ms"
    return f"{span:.2f} s" if span < 1 else f"{span:.1f} s"


@dataclass(frozen=True, slots=True)
class Money:
    """How amounts of one currency are written.

    >>> money = Money("USD")
    >>> money.short(4_596_039.58), money.short(29.49), money.exact(29.4)
    ('$4.6M', '$29', '$29.40')
    """

    currency: str

    def exact(self, amount: float) -> str:
        """To the cent."""
        return self._signed(amount, f"{abs(amount):,.2f}")

    def whole(self, amount: float) -> str:
        """Without cents."""
        return self._signed(amount, f"{abs(amount):,.0f}")

    def short(self, amount: float) -> str:
        """In thousands or millions where that is enough."""
        size = abs(amount)
        if size >= 999_500:
            return self._signed(amount, f"{size / 1e6:.1f}M")
        if size >= 9_995:
            return self._signed(amount, f"{size / 1e3:.0f}k")
        return self.whole(amount)

    def _signed(self, amount: float, digits: str) -> str:
        sign = _MINUS if amount < 0 and digits.strip("0.,") else ""
        mark = _SIGNS.get(self.currency)
        return f"{sign}{mark}{digits}" if mark else f"{sign}{digits} {self.currency}".rstrip()


def day(instant: int, zone: Zone, *, year: bool = True) -> str:
    """A local date.

    >>> day(0, Zone())
    '1 Jan 1970'
    """
    local = zone.to_local(instant)
    shown = f"{local.day} {_MONTHS[local.month - 1][:3]}"
    return f"{shown} {local.year}" if year else shown


def month(instant: int, zone: Zone) -> str:
    """The local month in full."""
    return _MONTHS[zone.to_local(instant).month - 1]


def moment(instant: int, zone: Zone) -> str:
    """A local date and time.

    >>> moment(0, Zone())
    '1 Jan 1970, 00:00'
    """
    local = zone.to_local(instant)
    return f"{day(instant, zone)}, {local.hour:02d}:{local.minute:02d}"
