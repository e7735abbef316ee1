"""Receipts of what was done for a person: signed, so that the project can tell its own from others.

A receipt is signed as canonical JSON (keys sorted, no spaces, ASCII) of everything in it but the
signature, by HMAC-SHA256 with a key that only the project has.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

SIGNATURE = "signature"


def signed(receipt: Mapping[str, Any], key: bytes) -> dict[str, Any]:
    """The receipt with its signature, in hexadecimal.

    >>> is_genuine(signed({"at": "2026-11-01T00:00:00Z"}, b"secret"), b"secret")
    True
    """
    return {**receipt, SIGNATURE: _signature(receipt, key)}


def is_genuine(receipt: Mapping[str, Any], key: bytes) -> bool:
    """Whether a receipt was signed with this key, and nothing in it was changed.

    >>> is_genuine({"at": "2026-11-02T00:00:00Z", "signature": "00"}, b"secret")
    False
    """
    given = receipt.get(SIGNATURE)
    body = {name: value for name, value in receipt.items() if name != SIGNATURE}
    expected = _signature(body, key).encode()
    return isinstance(given, str) and hmac.compare_digest(
        given.encode("utf-8", "replace"), expected
    )


def _signature(body: Mapping[str, Any], key: bytes) -> str:
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hmac.new(key, text.encode(), sha256).hexdigest()
