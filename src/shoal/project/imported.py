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

if TYPE_CHECKING:
    from shoal.events.source import ImportSource
    from shoal.events.table import EventTable
    from shoal.sources import FileMapping, ImportStream
    from shoal.sources import Progress as FileProgress
    from shoal.store import ImportCounts, Types, Writer

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
        return import_stream(
            writer, stream, stream.tables, zone, imported_at, replaces=replaces, declared=declared
        )
    finally:
        stream.close()


def import_stream(  # noqa: PLR0913
    writer: Writer,
    stream: ImportStream,
    tables: Iterator[EventTable],
    zone: Zone,
    imported_at: int,
    *,
    replaces: int | None = None,
    declared: Types | None = None,
) -> Imported:
    """Imports what a file was read as; one without rows is no import, and said to be none."""
    name = Path(stream.source.path).name
    known = imported_before(writer, stream.source, replaces)
    first = next(tables, None)
    if first is None and not stream.rows:
        if replaces is not None:
            raise ImportFileError(
                f"`{name}` has no rows; import {replaces} stays as it is",
                hint=f"`shoal import undo {replaces}` takes it back",
            )
        return Imported(notices=(f"`{name}` has no rows: nothing was imported",))

    def told(_: object) -> dict[str, int]:
        return {
            "rows": stream.rows,
            "rejected": len(stream.rejected),
            "passed_over": stream.passed_over,
        }

    counts = writer.import_tables(
        stream.source,
        () if first is None else chain((first,), tables),
        () if known else stream.rejected,
        zone=zone,
        imported_at=imported_at,
        replaces=replaces,
        declared=declared,
        told=told,
    )
    return Imported(
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


def import_for_another(writer: Writer, request: Mapping[str, Any]) -> dict[str, Any]:
    """The same, asked for by another process."""
    from shoal.sources import mapping_from_document
    from shoal.store import types_from_json

    mapping = mapping_from_document(json.loads(request["mapping"]))
    made = import_path(
        writer,
        Path(request["path"]),
        mapping,
        Zone(request["zone"]),
        request["imported_at"],
        replaces=request["replaces"],
        declared=types_from_json(request["declared"]),
    )
    return made.as_json()


def imported_before(writer: Writer, source: ImportSource, replaces: int | None = None) -> bool:
    """Whether the very same file was imported in the very same way.

    Its rejected rows wait in quarantine already.
    """
    in_force = set(writer.state.manifest.imports) - {replaces}
    return any(
        record.id in in_force
        and record.source.content_hash == source.content_hash
        and record.source.mapping == source.mapping
        for record in writer.books.imports()
    )


def _not_finite(counts: ImportCounts) -> Iterator[str]:
    for name, count in counts.nonfinite.items():
        cells = "1 cell is" if count == 1 else f"{count:,} cells are"
        yield f"`{name}`: {cells} NaN or infinite: unset"


def _added(one: Mapping[str, int], two: Mapping[str, int]) -> dict[str, int]:
    names = sorted({*one, *two})
    return {name: one.get(name, 0) + two.get(name, 0) for name in names}
