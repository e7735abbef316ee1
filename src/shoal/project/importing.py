"""Files become events of the project: imported, listed, taken back, replaced."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ImportFileError, NotFoundError, UsageError
from shoal.core.instants import DAY, Zone, format_instant
from shoal.project.settings import Now

if TYPE_CHECKING:
    from shoal.events.source import ImportSource
    from shoal.project.opening import Project
    from shoal.sources import FileMapping
    from shoal.sources import Progress as FileProgress
    from shoal.store import ImportRecord, Writer

Progress = Callable[[str, int, int | None], None]
"""Told now and then: the file's name, bytes done, bytes in all."""

OLD = 7 * DAY
"""When the first events imported end longer ago than this, the project's *now* is the latest."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """How files are to be understood: the options of ``shoal import``.

    ``properties`` and ``traits`` are ``NAME=COL`` texts, or columns by name.
    """

    event: str | None = None
    event_column: str | None = None
    profiles: bool = False
    user: str | None = None
    anonymous: str | None = None
    time: str | None = None
    time_format: str | None = None
    id_column: str | None = None
    properties: Sequence[str] | Mapping[str, str] = ()
    traits: Sequence[str] | Mapping[str, str] = ()
    map_file: str | Path | None = None
    source: str | None = None
    replaces: int | None = None
    mapping: FileMapping | None = None

    @property
    def is_said(self) -> bool:
        """Whether it is said at all what a row is."""
        given = self.event, self.event_column, self.map_file, self.mapping
        return self.profiles or any(it is not None for it in given)


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


def import_files(
    project: Project, paths: Sequence[Path], wanted: Wanted, progress: Progress | None = None
) -> Imported:
    """Imports the files one by one, each in one commit; what became of all their rows."""
    mapping = mapping_of(wanted, project)
    missing = [path for path in paths if not _is_there(path)]
    if missing:
        raise NotFoundError(f"there is no file `{missing[0]}`")
    first_at = project.store.snapshot().latest_event_at
    total = Imported()
    for path in paths:
        total += _import_one(project, path, mapping, wanted.replaces, progress)
    return replace(total, notices=(*total.notices, *_old_data(project, first_at)))


def mapping_of(wanted: Wanted, project: Project) -> FileMapping:
    """The mapping that the options say, with the types that the tracking plan declares."""
    from shoal.sources import load_mapping, mapping_from_options

    if wanted.mapping is not None:
        found = wanted.mapping
    elif wanted.map_file is not None:
        said = wanted.event, wanted.event_column, wanted.user, wanted.anonymous, wanted.time
        if any(it is not None for it in said) or wanted.profiles:
            raise UsageError("--map says everything; leave the other options out")
        found = load_mapping(wanted.map_file)
    else:
        found = mapping_from_options(
            event=wanted.event,
            event_column=wanted.event_column,
            profiles=wanted.profiles,
            user=wanted.user,
            anonymous=wanted.anonymous,
            time=wanted.time,
            time_format=wanted.time_format,
            id_column=wanted.id_column,
            properties=_pairs(wanted.properties),
            traits=_pairs(wanted.traits),
            source=wanted.source,
        )
    return _with_declared_types(found, project)


@dataclass(frozen=True, slots=True)
class Preview:
    """How the first rows of files will be understood."""

    files: tuple[tuple[str, tuple[str, ...]], ...]
    mapping: FileMapping

    @property
    def text(self) -> str:
        """The preview for people."""
        return "\n".join(
            line
            for name, sentences in self.files
            for line in (f"{name}:", *(f"  {sentence}" for sentence in sentences))
        )

    def as_json(self) -> dict[str, Any]:
        """The document of ``shoal import --dry-run --json``."""
        from shoal.sources import mapping_to_json

        return {
            "dry_run": True,
            "files": [{"file": name, "says": list(said)} for name, said in self.files],
            "mapping": json.loads(mapping_to_json(self.mapping)),
        }


def preview(project: Project, paths: Sequence[Path], wanted: Wanted) -> Preview:
    """What the first rows would become, in words; nothing is added."""
    from shoal.sources import describe, sample

    mapping = mapping_of(wanted, project)
    zone = project.settings.time_zone
    said = [(path.name, tuple(describe(mapping, sample(path, mapping), zone))) for path in paths]
    return Preview(tuple(said), mapping)


@dataclass(frozen=True, slots=True)
class Guessed:
    """A mapping nobody gave, with what it rests on."""

    mapping: FileMapping
    text: str
    command: str | None
    document: str


def guess_mapping(project: Project, paths: Sequence[Path]) -> Guessed:
    """The mapping that the first file seems to want; ImportFileError says what is not to be seen."""
    from shoal.sources import describe, guess, mapping_to_json, sample

    found = guess(paths[0])
    if found.mapping is None:
        raise ImportFileError(
            f"it is not to be seen what the rows of `{paths[0]}` are: "
            f"{'; '.join(found.missing) or 'nothing in it looks like a customer and a time'}",
            hint="say it: --event NAME --user COL --time COL, or --map FILE",
        )
    said = describe(found.mapping, sample(paths[0], found.mapping), project.settings.time_zone)
    lines = [f"{paths[0].name} looks like this:"]
    lines += [f"  {reason}" for reason in (*found.reasons, *found.doubts)]
    lines += ["The first rows would be understood so:", *(f"  {it}" for it in said)]
    command = _command_of(found.mapping, paths)
    document = mapping_to_json(found.mapping)
    return Guessed(found.mapping, "\n".join(lines), command, document)


def unconfirmed(guessed: Guessed, paths: Sequence[Path]) -> ImportFileError:
    """What to say where a guess cannot be confirmed: the command or the mapping that says it."""
    if guessed.command is not None:
        return ImportFileError(
            "it is not said what a row is; nothing was imported",
            hint=f"if the guess above is right: {guessed.command}",
        )
    names = " ".join(shlex.quote(str(path)) for path in paths)
    return ImportFileError(
        "it is not said what a row is; nothing was imported",
        hint=f"if the guess above is right, write it to guess.json and "
        f"`shoal import {names} --map guess.json`, or add --yes: {guessed.document}",
    )


def _command_of(mapping: FileMapping, paths: Sequence[Path]) -> str | None:
    """The command that says the mapping, where options can say it."""
    from shoal.sources import mapping_from_options, mapping_to_json

    if len(mapping.rows) != 1:
        return None
    rows = mapping.rows[0]
    given: list[tuple[str, str | None]] = [
        ("--event", None if rows.is_profile else rows.event),
        ("--event-col", rows.event_column),
        ("--user", rows.user),
        ("--anonymous", rows.anonymous),
        ("--time", rows.time),
        ("--time-format", rows.time_format),
        ("--id", rows.ids[0] if rows.ids else None),
    ]
    option = "--trait" if rows.is_profile else "--prop"
    pairs = [f"{name}={column.strip('`')}" for name, column in (rows.properties or {}).items()]
    said = mapping_from_options(
        event=None if rows.is_profile else rows.event,
        event_column=rows.event_column,
        profiles=rows.is_profile,
        user=rows.user,
        anonymous=rows.anonymous,
        time=rows.time,
        time_format=rows.time_format,
        id_column=rows.ids[0] if rows.ids else None,
        properties=() if rows.is_profile else pairs,
        traits=pairs if rows.is_profile else (),
    )
    if mapping_to_json(replace(said, kind=mapping.kind, layout=mapping.layout)) != mapping_to_json(
        mapping
    ):
        return None
    words = ["shoal", "import", *(str(path) for path in paths)]
    words += ["--profiles"] if rows.is_profile else []
    words += [word for name, value in given if value is not None for word in (name, value)]
    words += [word for pair in pairs for word in (option, pair)]
    return shlex.join(words)


def import_list(project: Project) -> list[dict[str, Any]]:
    """Every import, oldest first, the ones taken back too."""
    return [_told(record) for record in project.store.imports()]


def undo_import(project: Project, import_id: int) -> dict[str, Any]:
    """Takes an import back; how many rows went."""
    from shoal.project.writing import write

    _record(project, import_id)
    return {"id": import_id, **write(project.store, "undo", {"import_id": import_id})}


def imported_path(project: Project, import_id: int) -> Path:
    """The file an import came from, if it is still where it was."""
    path = Path(_record(project, import_id).source.path)
    if not _is_there(path):
        raise NotFoundError(f"`{path}` is not there any more", hint="name the file")
    return path


def quarantine_items(project: Project) -> list[dict[str, Any]]:
    """The contract's items: every row in quarantine as it was received."""
    return [
        {
            "id": it.id,
            "reason": it.reason,
            "received_at": format_instant(it.received_at),
            "raw": it.raw,
            "import": it.import_id,
            "row": it.row,
            "line": it.line,
            "code": it.code,
        }
        for it in project.store.quarantine()
    ]


def import_path(  # noqa: PLR0913  what a request says
    writer: Writer,
    path: Path,
    mapping: FileMapping,
    zone: Zone,
    imported_at: int,
    *,
    replaces: int | None,
    progress: Progress | None = None,
) -> Imported:
    """Imports one file as the store's owner."""
    from shoal.sources import read_file

    def tell(done: FileProgress) -> None:
        if progress is not None:
            progress(path.name, done.bytes, done.total_bytes)

    stream = read_file(path, mapping, zone, tell)
    try:
        known = imported_before(writer, stream.source, replaces)
        counts = writer.import_tables(
            stream.source,
            stream.tables,
            () if known else stream.rejected,
            zone=zone,
            imported_at=imported_at,
            replaces=replaces,
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
            tuple(stream.notices),
        )
    finally:
        stream.close()


def _import_one(
    project: Project,
    path: Path,
    mapping: FileMapping,
    replaces: int | None,
    progress: Progress | None,
) -> Imported:
    from shoal.project.writing import write
    from shoal.sources import mapping_to_json

    zone, now = project.settings.time_zone, project.clock()
    request = {
        "path": str(path.absolute()),
        "mapping": mapping_to_json(mapping),
        "zone": zone.name,
        "imported_at": now,
        "replaces": replaces,
    }

    def here(writer: Writer) -> dict[str, Any]:
        made = import_path(writer, path, mapping, zone, now, replaces=replaces, progress=progress)
        return made.as_json()

    return Imported.from_json(write(project.store, "import", request, here))


def import_for_another(writer: Writer, request: Mapping[str, Any]) -> dict[str, Any]:
    """The same, asked for by another process."""
    from shoal.sources import mapping_from_document

    mapping = mapping_from_document(json.loads(request["mapping"]))
    made = import_path(
        writer,
        Path(request["path"]),
        mapping,
        Zone(request["zone"]),
        request["imported_at"],
        replaces=request["replaces"],
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


def _old_data(project: Project, before: int | None) -> Iterator[str]:
    """Turns *now* to the latest event when the first events imported are of long ago."""
    latest = project.store.snapshot().latest_event_at
    if before is not None or latest is None or project.settings.now is Now.LATEST_EVENT:
        return
    if latest < project.clock() - OLD:
        project.with_now(Now.LATEST_EVENT)
        yield (
            f"the latest event is of {format_instant(latest)}: questions without --as-of are now "
            "asked at the latest event (`now: latest_event` in shoal.yml)"
        )


def _with_declared_types(mapping: FileMapping, project: Project) -> FileMapping:
    """The mapping with the types that ``events/*.yml`` declares, where it gives none itself."""
    from shoal.core.names import snake_case
    from shoal.events.conversion import PropertyType
    from shoal.project.definitions import definitions_of, read_files

    planned = {
        event.name: {it.name: PropertyType(it.type) for it in event.properties if it.type}
        for event in definitions_of(read_files(project.folder)).found.events
    }
    rows = tuple(
        replace(one, types={**planned.get(snake_case(one.event or ""), {}), **one.types})
        if one.event and planned.get(snake_case(one.event))
        else one
        for one in mapping.rows
    )
    return replace(mapping, rows=rows)


def _record(project: Project, import_id: int) -> ImportRecord:
    for record in project.store.imports():
        if record.id == import_id:
            return record
    raise NotFoundError(f"there is no import {import_id}", hint="`shoal import list` shows them")


def _told(record: ImportRecord) -> dict[str, Any]:
    counts = record.counts
    return {
        "id": record.id,
        "file": Path(record.source.path).name,
        "imported_at": format_instant(record.imported_at),
        "rows": counts.get("rows", 0),
        "imported": counts.get("imported", 0),
        "duplicates": counts.get("duplicates", 0),
        "rejected": counts.get("rejected", 0),
        "events": counts.get("events", {}),
        "source": record.source.name,
        "replaces": record.replaces,
        "undone_at": None if record.undone_at is None else format_instant(record.undone_at),
    }


def _pairs(given: Sequence[str] | Mapping[str, str]) -> list[str]:
    if isinstance(given, Mapping):
        return [f"{name}={column}" for name, column in given.items()]
    return list(given)


def _is_there(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def _added(one: Mapping[str, int], two: Mapping[str, int]) -> dict[str, int]:
    names = sorted({*one, *two})
    return {name: one.get(name, 0) + two.get(name, 0) for name in names}
