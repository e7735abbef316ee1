"""What the books know of sources: cursors, files that are in, columns seen, how the last run went.

Nothing here speaks of people: paths, sizes, counts, names of columns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, Integer, MetaData, String, Table, Text

if TYPE_CHECKING:
    from shoal.store.books import Books

sourcing = MetaData()
"""Made when they are first needed."""

states = Table(
    "source_states",
    sourcing,
    Column("name", String, primary_key=True),
    Column("reads", String, nullable=False),
    Column("cursor", Text),
    Column("columns", Text),
    Column("ran_at", BigInteger),
    Column("result", Text),
    Column("failures", Integer, nullable=False, default=0),
)
seen_files = Table(
    "source_files",
    sourcing,
    Column("source", String, primary_key=True),
    Column("path", String, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("modified_at", BigInteger, nullable=False),
    Column("digest", String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class SourceState:
    """How far a source is: ``cursor`` as JSON, the columns last seen, the last run and its end.

    ``reads`` says of what the cursor is; ``failures`` counts the runs that failed, one after the
    other.
    """

    reads: str
    cursor: str | None = None
    columns: tuple[str, ...] | None = None
    ran_at: int | None = None
    result: Mapping[str, Any] = field(default_factory=dict[str, Any])
    failures: int = 0


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file that is in: its path as the source names it, bytes, when changed, SHA-256."""

    path: str
    size: int
    modified_at: int
    digest: str


class SourceBooks:
    """The part of the books that sources write."""

    def __init__(self, books: Books) -> None:
        self._books = books

    def state(self, name: str, reads: str) -> SourceState:
        """How far a source is. What was kept of another place is none of its: it begins anew."""
        if not self._books.has(sourcing):
            return SourceState(reads)
        with self._books.reading() as connection:
            row = connection.execute(states.select().where(states.c.name == name)).first()
        if row is None:
            return SourceState(reads)
        is_same = row.reads == reads
        return SourceState(
            reads,
            row.cursor if is_same else None,
            tuple(json.loads(row.columns)) if is_same and row.columns else None,
            row.ran_at,
            json.loads(row.result) if row.result else {},
            row.failures,
        )

    def keep(self, name: str, state: SourceState) -> None:
        """Keeps how far a source is."""
        self._books.make(sourcing)
        values: dict[str, Any] = {
            "reads": state.reads,
            "cursor": state.cursor,
            "columns": None if state.columns is None else json.dumps(state.columns),
            "ran_at": state.ran_at,
            "result": json.dumps(dict(state.result), ensure_ascii=False),
            "failures": state.failures,
        }
        with self._books.writing() as connection:
            connection.execute(states.delete().where(states.c.name == name))
            connection.execute(states.insert().values(name=name, **values))

    def seen(self, name: str) -> dict[str, SeenFile]:
        """The files of a source that are in, by path."""
        if not self._books.has(sourcing):
            return {}
        with self._books.reading() as connection:
            query = seen_files.select().where(seen_files.c.source == name)
            rows = connection.execute(query).all()
        return {row.path: SeenFile(row.path, row.size, row.modified_at, row.digest) for row in rows}

    def forget(self, name: str) -> None:
        """Forgets how far a source is: its next run reads everything. How runs went stays."""
        self._books.make(sourcing)
        with self._books.writing() as connection:
            connection.execute(seen_files.delete().where(seen_files.c.source == name))
            connection.execute(
                states.update().where(states.c.name == name).values(cursor=None, columns=None)
            )

    def add_seen(self, name: str, file: SeenFile) -> None:
        """Keeps that a file is in; after its import is committed."""
        self._books.make(sourcing)
        is_it = (seen_files.c.source == name) & (seen_files.c.path == file.path)
        with self._books.writing() as connection:
            connection.execute(seen_files.delete().where(is_it))
            connection.execute(
                seen_files.insert().values(
                    source=name,
                    path=file.path,
                    size=file.size,
                    modified_at=file.modified_at,
                    digest=file.digest,
                )
            )
