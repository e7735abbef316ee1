"""An identifier: the text a source used for a person, and whether it is an anonymous one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

ANONYMOUS_PREFIX = "anon:"
EMAIL_PREFIX = "email:"
PHONE_PREFIX = "phone:"
_ADDRESSES = (EMAIL_PREFIX, PHONE_PREFIX)
_FEWEST_DIGITS = 6
"""Fewer digits than this are an extension or a slip, not somebody's telephone."""
_LONGEST = 512


class Strength(IntEnum):
    """How much an identifier says about who somebody is; a link goes from the weaker one."""

    ANONYMOUS = 0
    PHONE = 1
    EMAIL = 2
    USER = 3


@dataclass(frozen=True, slots=True, order=True)
class Identifier:
    """A user id as written (``007`` is not ``7``), or an anonymous id.

    >>> Identifier("c_42").display, Identifier("x1", anonymous=True).display
    ('c_42', 'anon:x1')
    """

    text: str
    anonymous: bool = False

    @property
    def display(self) -> str:
        """How outputs name the person: the user id, else ``anon:`` and the anonymous id."""
        return ANONYMOUS_PREFIX + self.text if self.anonymous else self.text

    @property
    def strength(self) -> Strength:
        """An address is an anonymous id that says whose it is.

        >>> Identifier("email:ana@example.org", anonymous=True).strength.name
        'EMAIL'
        """
        if not self.anonymous:
            return Strength.USER
        if self.text.startswith(EMAIL_PREFIX):
            return Strength.EMAIL
        return Strength.PHONE if self.text.startswith(PHONE_PREFIX) else Strength.ANONYMOUS

    @classmethod
    def readings(cls, shown: str) -> tuple[Identifier, ...]:
        """What a shown name can mean, likeliest first.

        A user id is taken as written before ``anon:`` or an address is understood.

        >>> Identifier.readings("anon:x1")[1]
        Identifier(text='x1', anonymous=True)
        >>> Identifier.readings("email:Ana@example.org")[1].text
        'email:ana@example.org'
        """
        user = cls(shown)
        if shown.startswith(ANONYMOUS_PREFIX):
            return (user, cls(shown[len(ANONYMOUS_PREFIX) :], anonymous=True))
        if shown.startswith(_ADDRESSES):
            kind, _, value = shown.partition(":")
            text = email_id(value) if kind == "email" else phone_id(value)
            return (user, cls(text or shown, anonymous=True))
        return (user,)


def email_id(value: object) -> str | None:
    """The anonymous id of an e-mail address; None for what is none.

    >>> email_id(" Ana@Example.org "), email_id("ana")
    ('email:ana@example.org', None)
    """
    if not isinstance(value, str) or "@" not in value or len(value) > _LONGEST:
        return None
    return EMAIL_PREFIX + value.strip().lower()


def phone_id(value: object) -> str | None:
    """The anonymous id of a telephone number: its digits; None for what is none.

    >>> phone_id("+351 912-345-678"), phone_id(351912345678), phone_id("n/a")
    ('phone:351912345678', 'phone:351912345678', None)
    """
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, str | int) or len(str(value)) > _LONGEST:
        return None
    written = str(value).removesuffix(".0")  # a number on its way through a double
    digits = "".join(one for one in written if "0" <= one <= "9")
    return PHONE_PREFIX + digits if len(digits) >= _FEWEST_DIGITS else None
