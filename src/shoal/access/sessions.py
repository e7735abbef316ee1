"""Sessions of people who logged in, and the token that shows a change was asked for by the page."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass

from shoal.core.instants import SECOND

IDLE = 8 * 3600 * SECOND
"""A session ends after this long without a request."""
LONGEST = 7 * 24 * 3600 * SECOND
"""And after this long in any case."""


@dataclass(frozen=True, slots=True)
class Session:
    """A session as it is kept: the digest of its cookie, whose it is, and its times."""

    digest: str
    user_id: int
    created_at: int
    seen_at: int


def is_alive(session: Session, now: int) -> bool:
    """Whether the session holds at ``now``."""
    return now < session.seen_at + IDLE and now < session.created_at + LONGEST


def csrf_token(secret: str) -> str:
    """The token the page sends with every change: it follows from the cookie no other site reads."""
    return hmac.new(secret.encode(), b"shoal csrf", hashlib.sha256).hexdigest()


def is_csrf_token(secret: str, token: str) -> bool:
    """Whether the token belongs to the session's cookie."""
    return hmac.compare_digest(csrf_token(secret).encode(), token.encode("utf-8", "replace"))
