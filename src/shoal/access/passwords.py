"""Passwords of people: what one must be like, and what is kept of it (argon2id).

Lengths follow OWASP ASVS 5.0, 6.2.1 and 6.2.9; nothing is asked about kinds of signs (6.2.5).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from shoal.core.errors import UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST = 12
LONGEST = 128
_COMMON = frozenset(
    {"123456789012", "password1234", "passwordpassword", "qwertyuiop12", "administrator"}
)


def check_password(password: str, *, name: str = "") -> None:
    """Raises UsageError for a password that would be guessed soon or that nobody could type."""
    if len(password) < SHORTEST:
        raise UsageError(
            f"the password has fewer than {SHORTEST} characters",
            hint="a sentence of a few words is easy to remember and hard to guess",
        )
    if len(password) > LONGEST:
        raise UsageError(f"the password has more than {LONGEST} characters")
    folded = password.casefold()
    if folded in _COMMON or len(set(folded)) < 4 or (name and folded == name.casefold()):
        raise UsageError("the password is one of the first that are tried", hint="choose another")


def hash_password(password: str) -> str:
    """What is kept of a password: an argon2id hash with its own salt and parameters."""
    return _hasher().hash(password)


def is_password(kept: str, password: str) -> bool:
    """Whether it is the password that was kept; takes the same time whether or not."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def nobody() -> str:
    """A hash no password fits, to check against when there is no such user: as slow as any other."""
    return hash_password("nobody has this password, and nobody ever will")


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()  # argon2id with the parameters of RFC 9106's low-memory choice
