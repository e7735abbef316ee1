"""Keys of programs: a write key sends behaviour and reads nothing, an admin key asks anything."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from enum import StrEnum

ENTROPY = 24
"""Random bytes of a secret: 192 bits, so guessing is hopeless and a plain hash of it is enough."""


class KeyKind(StrEnum):
    """What a key is for."""

    WRITE = "write"
    ADMIN = "admin"


_PREFIX = {KeyKind.WRITE: "shw_", KeyKind.ADMIN: "sha_"}


@dataclass(frozen=True, slots=True)
class Key:
    """A key as it is kept: the digest of its secret, never the secret."""

    id: int
    kind: KeyKind
    name: str
    digest: str
    created_at: int
    revoked_at: int | None = None

    @property
    def is_valid(self) -> bool:
        """Whether it opens anything still."""
        return self.revoked_at is None


def new_secret(kind: KeyKind, entropy: bytes) -> str:
    """A secret made of random bytes; its beginning says what it is, for people and leak scanners.

    >>> new_secret(KeyKind.WRITE, bytes(24))
    'shw_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
    """
    assert len(entropy) >= ENTROPY
    return _PREFIX[kind] + base64.urlsafe_b64encode(entropy).decode("ascii").rstrip("=")


def digest_of(secret: str) -> str:
    """What is kept of a secret: its SHA-256.

    A slow hash protects passwords that people choose; a random secret of 192 bits needs none.
    """
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def kind_of(secret: str) -> KeyKind | None:
    """The kind a secret claims to be; None for something else, such as a foreign tool's key."""
    return next((kind for kind, prefix in _PREFIX.items() if secret.startswith(prefix)), None)
