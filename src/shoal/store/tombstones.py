"""Who was erased, as keyed hashes: enough to turn their events away, not to tell who they were."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from shoal.core.errors import StoreDamagedError
from shoal.identity import Identifier
from shoal.store.files import KEY, TOMBSTONES, writing


@dataclass(frozen=True, slots=True)
class Tombstones:
    """The store's secret key and the marks made with it."""

    key: bytes
    marks: frozenset[str] = frozenset()

    def mark(self, identifier: Identifier) -> str:
        """The keyed hash of an identifier."""
        kind = b"anonymous" if identifier.anonymous else b"user"
        text = identifier.text.encode("utf-8", "surrogatepass")
        return blake2b(text, key=self.key, digest_size=16, person=kind).hexdigest()

    @property
    def signing_key(self) -> bytes:
        """The key that receipts are signed with: another one, which tells nothing of the secret."""
        return blake2b(b"receipts", key=self.key, person=b"shoal receipts").digest()

    def cover(self, identifier: Identifier) -> bool:
        """Whether the identifier was erased."""
        return self.mark(identifier) in self.marks


def read_tombstones(root: Path, name: str | None) -> Tombstones:
    """The key and the marks in a file, if there is one."""
    try:
        key = (root / KEY).read_bytes()
        text = (root / TOMBSTONES / name).read_text() if name is not None else ""
    except OSError as error:
        raise StoreDamagedError(f"the marks of erased people cannot be read: {error}") from error
    return Tombstones(key, frozenset(text.split()))


def write_tombstones(root: Path, name: str, marks: Iterable[str]) -> None:
    """Writes the marks as a file."""
    with writing(root / TOMBSTONES / name) as file:
        file.write("".join(f"{mark}\n" for mark in sorted(marks)).encode())
