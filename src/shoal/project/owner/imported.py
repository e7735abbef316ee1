"""What becomes of a file as the store's owner imports it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ImportFileError
from shoal.core.instants import Zone
from shoal.store.files import FETCHED

if TYPE_CHECKING:
    from shoal.events.source import ImportSource
    from shoal.events.table import EventTable
    from shoal.sources import FileMapping, ImportStream
    from shoal.sources import Progress as FileProgress
    from shoal.store import ImportCounts, Types, Writer
    from shoal.store.import_under_way import ImportUnderWay
    from shoal.store.importing import Home, ImportTask, Placed
    from shoal.store.manifest import Manifest

FILE, STATEMENTS, SCORES = "import", "import statements", "import scores"
"""What may be asked for: the names of the operations."""
Progress = Callable[[str, int, int | None], None]
"""Told now and then: the file's name, bytes done, bytes in all."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of the rows of one or more files."""

    rows: int = 0
    imported: int = 0
    duplicates: int = 0
    rejected: int = 0
    events: Mapping[str, int] = field(default_factory=dict[str, int])
    unconverted: Mapping[str, int] = field(default_factory=dict[str, int])
    dropped: int = 0
    passed_over: int = 0
    ids: tuple[int, ...] = ()
    notices: tuple[str, ...] = ()

    @property
    def all_bad(self) -> bool:
        """Whether there were rows and every one of them was rejected."""
        return self.rejected > 0 and self.imported + self.duplicates + self.dropped == 0

    def as_json(self) -> dict[str, Any]:
        """The contract's mapping."""
        return {
            "rows": self.rows,
            "imported": self.imported,
            "duplicates": self.duplicates,
            "rejected": self.rejected,
            "events": dict(self.events),
            "unconverted": dict(self.unconverted),
            "dropped": self.dropped,
            "passed_over": self.passed_over,
            "imports": list(self.ids),
            "notices": list(self.notices),
        }

    @classmethod
    def from_json(cls, answer: Mapping[str, Any]) -> Imported:
        """What ``as_json`` told."""
        given = {key: value for key, value in answer.items() if key not in {"imports", "notices"}}
        return cls(**given, ids=tuple(answer["imports"]), notices=tuple(answer["notices"]))

    def __add__(self, other: Imported) -> Imported:
        return Imported(
            self.rows + other.rows,
            self.imported + other.imported,
            self.duplicates + other.duplicates,
            self.rejected + other.rejected,
            _added(self.events, other.events),
            _added(self.unconverted, other.unconverted),
            self.dropped + other.dropped,
            self.passed_over + other.passed_over,
            self.ids + other.ids,
            tuple(dict.fromkeys(self.notices + other.notices)),
        )


@dataclass(frozen=True, slots=True)
class Before:
    """What was imported before: whether it was the very same content, and the imports of its place."""

    is_same: bool = False
    imports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Brought:
    """A file read and made part of a version to come; not ``placed`` where it has no rows."""

    source: ImportSource
    imported: Imported
    placed: Placed | None = None


def import_path(  # noqa: PLR0913  what a request says
    writer: Writer,
    path: Path,
    mapping: FileMapping,
    zone: Zone,
    imported_at: int,
    *,
    replaces: int | None,
    declared: Types,
    progress: Progress | None = None,
) -> Imported:
    """Imports one file as the store's owner."""
    from shoal.sources import read_file

    def tell(done: FileProgress) -> None:
        if progress is not None:
            progress(path.name, done.bytes, done.total_bytes)

    stream = read_file(path, mapping, zone, tell)
    try:
        with writer.importing(
            zone=zone, imported_at=imported_at, replaces=replaces, declared=declared
        ) as one:
            return import_stream(writer, one, stream, stream.tables)
    finally:
        stream.close()


def import_stream(
    writer: Writer, one: ImportUnderWay, stream: ImportStream, tables: Iterator[EventTable]
) -> Imported:
    """Imports what a file was read as."""
    brought = bring_in(
        one.task,
        writer.state.manifest,
        stream,
        tables,
        one,
        before=imported_before(writer, stream.source, one.task.replaces),
    )
    return finish(writer, one, brought)


def bring_in(  # noqa: PLR0913
    task: ImportTask,
    manifest: Manifest,
    stream: ImportStream,
    tables: Iterator[EventTable],
    home: Home,
    *,
    before: Before,
) -> Brought:
    """Does the work, which needs no owner. A file without rows is no import, and said to be none.

    Rejected rows that wait in quarantine already, of an import ``before``, are not put there again.
    """
    from shoal.store.importing import imported
    from shoal.store.quarantine import not_waiting

    name = Path(stream.source.path).name
    first = next(tables, None)
    if first is None and not stream.rows:
        if task.replaces is not None:
            raise ImportFileError(
                f"`{name}` has no rows; import {task.replaces} stays as it is",
                hint=f"`shoal import undo {task.replaces}` takes it back",
            )
        notice = f"`{name}` has no rows: nothing was imported"
        return Brought(stream.source, Imported(notices=(notice,)))
    rows = () if first is None else chain((first,), tables)
    rejected = not_waiting(
        () if before.is_same else stream.rejected, task.root, manifest.quarantine, before.imports
    )
    placed = imported(task, manifest, rows, rejected, home)
    counts = placed.counts
    told = Imported(
        stream.rows,
        counts.imported,
        counts.duplicates,
        len(stream.rejected),
        counts.events,
        counts.unconverted,
        counts.dropped,
        stream.passed_over,
        (counts.import_id,),
        (*stream.notices, *_not_finite(counts)),
    )
    return Brought(stream.source, told, placed)


def finish(writer: Writer, one: ImportUnderWay, brought: Brought) -> Imported:
    """Commits what was brought in, as the store's owner."""
    placed, made = brought.placed, brought.imported
    if placed is not None:
        told = {"rows": made.rows, "rejected": made.rejected, "passed_over": made.passed_over}
        one.commit(
            placed,
            lambda: writer.record(one.task, brought.source, placed.counts, lambda _: told),
        )
    return made


def opened(name: str, request: Mapping[str, Any]) -> tuple[ImportStream, Iterator[EventTable]]:
    """The file of a request handed over, open, and the tables it becomes."""
    from shoal.project.owner.score_files import scores_in
    from shoal.project.owner.statement_files import statements_in
    from shoal.sources import mapping_from_document, read_file

    if name == STATEMENTS:
        return statements_in(request)
    if name == SCORES:
        return scores_in(request)
    mapping = mapping_from_document(json.loads(request["mapping"]))
    stream = read_file(request["path"], mapping, Zone(request["zone"]))
    return stream, stream.tables


def imported_before(writer: Writer, source: ImportSource, replaces: int | None = None) -> Before:
    """What was imported of this file, or of this place of a source, in the very same way."""
    in_force = set(writer.state.manifest.imports) - {replaces}
    same = [
        record
        for record in writer.books.imports()
        if record.id in in_force and record.source.mapping == source.mapping
    ]
    return Before(
        any(record.source.content_hash == source.content_hash for record in same),
        tuple(
            record.id
            for record in same
            if record.counts.get("rejected") and _is_one_place(record.source.path, source.path)
        ),
    )


def _is_one_place(one: str, two: str) -> bool:
    """Whether it is the same file, or one source fetched both: what is fetched has no place to stay."""
    folder = Path(one).parent
    return one == two or (folder == Path(two).parent and folder.parent.name == FETCHED)


def _not_finite(counts: ImportCounts) -> Iterator[str]:
    for name, count in counts.nonfinite.items():
        cells = "1 cell is" if count == 1 else f"{count:,} cells are"
        yield f"`{name}`: {cells} NaN or infinite: unset"


def _added(one: Mapping[str, int], two: Mapping[str, int]) -> dict[str, int]:
    names = sorted({*one, *two})
    return {name: one.get(name, 0) + two.get(name, 0) for name in names}
