"""A source: a place that data comes from again and again, and how its rows are understood."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from enum import StrEnum

from shoal.core.spans import Span


class SourceKind(StrEnum):
    """What sort of place a source reads from."""

    FOLDER = "folder"
    BUCKET = "bucket"
    DATABASE = "database"


@dataclass(frozen=True, slots=True)
class SourceDefinition:
    """What ``sources/NAME.yml`` says.

    ``place`` is a folder or a pattern of files, ``s3://bucket/prefix`` or the address of a
    database; ``mapping`` a mapping file or the name of one that comes with Shoal. ``overlap`` is
    how far before the cursor a database is read once more, for rows that were committed late.
    """

    name: str
    kind: SourceKind
    place: str
    mapping: str
    every: Span | None = None
    ids: str | None = None
    table: str | None = None
    query: str | None = None
    cursor: str | None = None
    overlap: Span | None = None
    endpoint: str | None = None
    region: str | None = None
    access_key: str | None = None
    secret_key: str | None = None

    @property
    def reads(self) -> str:
        """What a cursor belongs to: another place, table or cursor begins anew."""
        said = [self.place, self.table, self.query, self.cursor]
        return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]

    def due_at(self, ran_at: int | None) -> int | None:
        """When it is to be run next, in microseconds; 0 for at once, None for only by hand."""
        if self.every is None:
            return None
        return 0 if ran_at is None else ran_at + self.every.microseconds


def kind_of(place: str) -> SourceKind:
    """What sort of place it is, by how it is written.

    >>> kind_of("s3://shop/exports"), kind_of("sqlite:///shop.db"), kind_of("exports/*.csv")
    (<SourceKind.BUCKET: 'bucket'>, <SourceKind.DATABASE: 'database'>, <SourceKind.FOLDER: 'folder'>)
    """
    scheme, found, _ = place.partition("://")
    if place.startswith("${"):  # the whole address is a secret: only databases have such
        return SourceKind.DATABASE
    if not found:
        return SourceKind.FOLDER
    return SourceKind.BUCKET if scheme == "s3" else SourceKind.DATABASE
