"""The books: what is not dated behaviour. Applied definitions, settings, imports, cursors.

SQLite through SQLAlchemy Core, with ``secure_delete`` so that what is deleted is overwritten, and
with its write-ahead file emptied after every write.
"""

from __future__ import annotations

import json
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from shutil import disk_usage
from typing import TYPE_CHECKING, Any

from shoal.core.errors import StoreError, StoreFormatError
from shoal.events.source import ImportSource

if TYPE_CHECKING:
    from sqlalchemy import Connection, Engine, MetaData, Table

FORMAT = 1
LEAST_SPACE = 64 << 10
"""Bytes: SQLite makes a file of half of this beside the books to read them, too."""


@dataclass(frozen=True, slots=True)
class DefinitionsVersion:
    """The definition files as they were applied: path in the project to text."""

    id: int
    applied_at: int
    author: str
    files: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True, slots=True)
class ImportRecord:
    """An import: where it came from, how it was understood, what became of its rows."""

    id: int
    source: ImportSource
    imported_at: int
    counts: Mapping[str, Any]
    replaces: int | None = None
    undone_at: int | None = None


class Books:
    """The books of one store. Opens its file when it is first asked something."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine: Engine | None = None
        self._there: set[MetaData] = set()

    def create(self) -> None:
        """Makes the tables; those that are there stay."""
        from shoal.store.tables import FORMAT_KEY, metadata, settings

        with self.writing() as connection:
            metadata.create_all(connection)
            known = connection.execute(
                settings.select().where(settings.c.name == FORMAT_KEY)
            ).first()
            if known is None:
                connection.execute(settings.insert().values(name=FORMAT_KEY, value=str(FORMAT)))

    def close(self) -> None:
        """Lets go of the file."""
        if self._engine is not None:
            self._engine.dispose()
            self._engine = None

    def applied_definitions(self, at: int | None = None) -> DefinitionsVersion | None:
        """The newest version applied, or the one in force at an instant."""
        from shoal.store.tables import definitions_versions as versions

        query = versions.select().order_by(versions.c.id.desc()).limit(1)
        if at is not None:
            query = query.where(versions.c.applied_at <= at)
        with self.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return DefinitionsVersion(row.id, row.applied_at, row.author, json.loads(row.files))

    def definitions_version(self, at: int | None = None) -> int:
        """The id of the version in force now, or at an instant; 0 before the first."""
        from sqlalchemy import func, select

        from shoal.store.tables import definitions_versions as versions

        query = select(func.max(versions.c.id))
        if at is not None:
            query = query.where(versions.c.applied_at <= at)
        with self.reading() as connection:
            return int(connection.execute(query).scalar() or 0)

    def definitions_versions(self) -> list[DefinitionsVersion]:
        """Every version ever applied, oldest first."""
        from shoal.store.tables import definitions_versions as versions

        with self.reading() as connection:
            rows = connection.execute(versions.select().order_by(versions.c.id)).all()
        return [
            DefinitionsVersion(row.id, row.applied_at, row.author, json.loads(row.files))
            for row in rows
        ]

    def apply_definitions(
        self, files: Mapping[str, str], at: int, author: str = ""
    ) -> DefinitionsVersion:
        """Records these files as applied."""
        from shoal.store.tables import definitions_versions as versions

        text = json.dumps(dict(files), ensure_ascii=False, sort_keys=True)
        with self.writing() as connection:
            found = connection.execute(
                versions.insert().values(applied_at=at, author=author, files=text)
            )
            key = found.inserted_primary_key
        assert key is not None
        return DefinitionsVersion(int(key[0]), at, author, dict(files))

    def setting(self, name: str) -> str | None:
        """The value of a setting, if it was ever set."""
        from shoal.store.tables import settings

        with self.reading() as connection:
            row = connection.execute(settings.select().where(settings.c.name == name)).first()
        return None if row is None else str(row.value)

    def set_setting(self, name: str, value: str) -> None:
        """Sets a setting."""
        from shoal.store.tables import settings

        with self.writing() as connection:
            connection.execute(settings.delete().where(settings.c.name == name))
            connection.execute(settings.insert().values(name=name, value=value))

    def record_import(
        self,
        source: ImportSource,
        import_id: int,
        counts: Mapping[str, Any],
        at: int,
        replaces: int | None,
    ) -> None:
        """Written before the import is committed: without a manifest that names it, it is none."""
        from shoal.store.tables import imports

        with self.writing() as connection:
            connection.execute(imports.delete().where(imports.c.id == import_id))
            connection.execute(
                imports.insert().values(
                    id=import_id,
                    imported_at=at,
                    source=json.dumps(asdict(source), ensure_ascii=False),
                    counts=json.dumps(dict(counts)),
                    replaces=replaces,
                )
            )

    def record_undo(self, import_id: int, at: int) -> None:
        """Notes when an import was taken back."""
        from shoal.store.tables import imports

        with self.writing() as connection:
            connection.execute(
                imports.update().where(imports.c.id == import_id).values(undone_at=at)
            )

    def imports(self) -> list[ImportRecord]:
        """Every import ever recorded, oldest first.

        Failed ones too: the manifest knows which are in force.
        """
        from shoal.store.tables import imports

        with self.reading() as connection:
            rows = connection.execute(imports.select().order_by(imports.c.id)).all()
        return [
            ImportRecord(
                row.id,
                ImportSource(**json.loads(row.source)),
                row.imported_at,
                json.loads(row.counts),
                row.replaces,
                row.undone_at,
            )
            for row in rows
        ]

    def check_format(self) -> None:
        """Refuses books written by a newer Shoal."""
        from shoal.store.tables import FORMAT_KEY

        found = int(self.setting(FORMAT_KEY) or FORMAT)
        if found > FORMAT:
            raise StoreFormatError(
                f"the books `{self.path}` have format {found}, written by a newer Shoal; "
                f"this one reads up to {FORMAT}",
                hint="upgrade Shoal",
            )

    def table(self, part: MetaData, name: str) -> Table:
        """A table of a part of the books, which is made whole first where it is not there."""
        self.make(part)
        return part.tables[name]

    def make(self, part: MetaData) -> None:
        """Makes a part of the books; tables that are there stay."""
        from sqlalchemy.schema import CreateIndex, CreateTable

        if self.has(part):
            return
        with self.writing() as connection:
            for table in part.sorted_tables:  # another process may have made them meanwhile
                connection.execute(CreateTable(table, if_not_exists=True))
                for index in table.indexes:
                    connection.execute(CreateIndex(index, if_not_exists=True))
        self._there.add(part)

    def has(self, part: MetaData) -> bool:
        """Whether every table of a part of the books is there; nothing is written to see it."""
        from sqlalchemy import inspect

        if part not in self._there:
            with self.reading() as connection:
                names = inspect(connection).get_table_names()
            if part.tables.keys() <= set(names):
                self._there.add(part)
        return part in self._there

    @contextmanager
    def reading(self) -> Generator[Connection]:
        """A connection to read by; StoreError where the books cannot be read."""
        from sqlalchemy.exc import DBAPIError

        try:
            with self._opened().connect() as connection:
                yield connection
        except DBAPIError as error:
            raise self._refused(error.orig, is_writing=False) from error

    @contextmanager
    def writing(self) -> Generator[Connection]:
        """A transaction, committed whole or not at all; StoreError where that cannot be."""
        from sqlalchemy import text
        from sqlalchemy.exc import DBAPIError

        try:
            with self._opened().begin() as connection:
                yield connection
            with self._opened().connect() as connection:
                connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
        except DBAPIError as error:
            raise self._refused(error.orig, is_writing=True) from error

    def _refused(self, reason: object, *, is_writing: bool) -> StoreError:
        """What SQLite says, and where the disk is full that: it calls it an I/O error."""
        folder = self.path.parent
        if os.access(folder, os.W_OK) and disk_usage(folder).free < LEAST_SPACE:
            return StoreError(
                f"no space left beside the books `{self.path}`; nothing was changed"
                if is_writing
                else f"no space left beside the books `{self.path}`",
                hint="free some space and run it again",
            )
        return StoreError(
            f"the books `{self.path}` cannot be written: {reason}; nothing was changed"
            if is_writing
            else f"the books `{self.path}` cannot be read: {reason}",
            hint="`shoal doctor` says what is wrong with the project",
        )

    def _opened(self) -> Engine:
        if self._engine is None:
            from shoal.store.tables import open_sqlite

            self._engine = open_sqlite(self.path)
        return self._engine
