"""Properties as JSON that is written already: what goes into the log as it came is never built."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec


class Written(Mapping[str, object]):
    """Plain properties under their final names, as the bytes of a JSON object.

    They are read when somebody asks for them; the log does not.
    """

    __slots__ = ("_read", "raw")

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self._read: dict[str, object] | None = None

    def _cells(self) -> dict[str, object]:
        if self._read is None:
            self._read = msgspec.json.decode(self.raw, type=dict[str, Any])
        return self._read

    def __getitem__(self, name: str) -> object:
        return self._cells()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._cells())

    def __len__(self) -> int:
        return len(self._cells())

    def __repr__(self) -> str:
        return repr(self._cells())


def as_json(value: object) -> msgspec.Raw:
    """What an encoder writes of properties that are written already."""
    if isinstance(value, Written):
        return msgspec.Raw(value.raw)
    raise TypeError(f"no JSON for {type(value).__name__}")
