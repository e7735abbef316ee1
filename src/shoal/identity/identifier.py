"""An identifier: the text a source used for a person, and whether it is an anonymous one."""

from __future__ import annotations

from dataclasses import dataclass

ANONYMOUS_PREFIX = "anon:"


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

    @classmethod
    def readings(cls, shown: str) -> tuple[Identifier, ...]:
        """What a shown name can mean, likeliest first.

        A user id is taken as written before ``anon:`` is understood.

        >>> Identifier.readings("anon:x1")[1]
        Identifier(text='x1', anonymous=True)
        """
        user = cls(shown)
        if not shown.startswith(ANONYMOUS_PREFIX):
            return (user,)
        return (user, cls(shown[len(ANONYMOUS_PREFIX) :], anonymous=True))
