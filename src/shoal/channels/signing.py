"""Signed messages, by the scheme of Standard Webhooks: whoever has the secret can check them.

The signature is the HMAC-SHA256 of ``id.timestamp.body`` by the secret's bytes.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

PREFIX = "whsec_"
ENTROPY = 32
"""Random bytes of a secret; the scheme asks for 24 to 64."""


def new_secret(entropy: bytes) -> str:
    """A secret made of random bytes.

    >>> new_secret(bytes(32))
    'whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA='
    """
    assert 24 <= len(entropy) <= 64
    return PREFIX + base64.b64encode(entropy).decode("ascii")


def signed_headers(secret: str, message_id: str, at: int, body: bytes) -> dict[str, str]:
    """The headers of a message that is sent at an instant (in seconds)."""
    assert "." not in message_id
    key = base64.b64decode(secret.removeprefix(PREFIX))
    content = f"{message_id}.{at}.".encode() + body
    digest = hmac.new(key, content, hashlib.sha256).digest()
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": f"v1,{base64.b64encode(digest).decode('ascii')}",
    }
