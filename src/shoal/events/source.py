"""Where imported rows come from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A file and how it is understood.

    ``name`` is part of the identity of rows that bring an id of their own; it does not depend on
    the path, so the same file under another name adds nothing. ``mapping`` is the canonical JSON of
    the mapping. ``content_hash`` is the SHA-256 of the file's bytes, in hex.
    """

    name: str
    path: str
    format: str
    size: int
    content_hash: str
    mapping: str
