"""Links by which somebody leaves a channel: signed, so that nobody else's can be made up.

A link names the person, the channel and the campaign; it holds for good, because an old e-mail must
still let go of whoever reads it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass

SIGNED = 16
"""Bytes of the signature."""
LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Leaving:
    """Who leaves which channel, and the campaign whose message they read."""

    user_id: str
    channel: str
    campaign: str


def token_of(leaving: Leaving, secret: bytes) -> str:
    """The last part of the link.

    >>> leaving_of(token_of(Leaving("c1", "email", "spring"), b"s"), b"s").user_id
    'c1'
    """
    text = json.dumps([leaving.user_id, leaving.channel, leaving.campaign], separators=(",", ":"))
    data = text.encode()
    return base64.urlsafe_b64encode(_signature(data, secret) + data).decode("ascii").rstrip("=")


def leaving_of(token: str, secret: bytes) -> Leaving | None:
    """What a link says; None for one that was not signed here."""
    if len(token) > LONGEST or not token.isascii():
        return None
    try:
        whole = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        signature, data = whole[:SIGNED], whole[SIGNED:]
        if not hmac.compare_digest(signature, _signature(data, secret)):
            return None
        user_id, channel, campaign = json.loads(data)
    except (ValueError, TypeError):
        return None
    return Leaving(str(user_id), str(channel), str(campaign))


def _signature(data: bytes, secret: bytes) -> bytes:
    return hmac.new(secret, b"leave\0" + data, hashlib.sha256).digest()[:SIGNED]
