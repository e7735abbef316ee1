"""Files become events of the project: imported, listed, taken back, replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import NotFoundError, UsageError
from shoal.core.instants import DAY, format_instant
from shoal.project.owner.imported import Imported, Progress, import_path
from shoal.project.owner.statement_files import Columns
from shoal.project.reading import default_as_of
from shoal.project.settings import Now

if TYPE_CHECKING:
    from shoal.events.property_type import PropertyType
    from shoal.project.opening import Project
    from shoal.sources import FileMapping
    from shoal.store import ImportRecord, Writer

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


def import_files(
    project: Project, paths: Sequence[Path], wanted: Wanted, progress: Progress | None = None
) -> Imported:
    """Imports the files one by one, each in one commit; what became of all their rows."""
    mapping = mapping_of(wanted)
    missing = [path for path in paths if not _is_there(path)]
    if missing:
        raise NotFoundError(f"there is no file `{missing[0]}`")
    first_at = project.store.snapshot().latest_event_at
    total = Imported()
    for path in paths:
        total += _import_one(project, path, mapping, wanted.replaces, progress)
    return replace(total, notices=(*total.notices, *_old_data(project, first_at)))


def mapping_of(wanted: Wanted) -> FileMapping:
    """The mapping that the options say."""
    from shoal.sources import mapping_from_options
    from shoal.sources.shipped import find_mapping

    if wanted.mapping is not None:
        found = wanted.mapping
    elif wanted.map_file is not None:
        said = wanted.event, wanted.event_column, wanted.user, wanted.anonymous, wanted.time
        if any(it is not None for it in said) or wanted.profiles:
            raise UsageError("--map says everything; leave the other options out")
        found = find_mapping(wanted.map_file)
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
    return found


def planned_types(project: Project) -> dict[tuple[str, str], PropertyType]:
    """The types that the files of the tracking plan declare, applied or not."""
    from shoal.project.definitions import definitions_of, read_files

    return definitions_of(read_files(project.folder)).types


def import_list(project: Project) -> list[dict[str, Any]]:
    """Every import, oldest first, the ones taken back too."""
    return [_told(record) for record in project.store.imports()]


def undo_import(project: Project, import_id: int) -> dict[str, Any]:
    """Takes an import back; how many rows went."""
    from shoal.project.owner.writing import write

    undone_at = _record(project, import_id).undone_at
    if undone_at is not None:
        when = format_instant(undone_at)
        raise NotFoundError(f"import {import_id} was taken back already, at {when}")
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
            "source": it.source,
        }
        for it in project.store.quarantine()
    ]


def import_statement_file(project: Project, path: Path, columns: Columns) -> Imported:
    """Imports statements from a file, in one commit; the same file twice adds nothing.

    Without a column of times they are made at the project's *now*.
    """
    from shoal.project.owner.writing import write

    if not path.exists():
        raise NotFoundError(f"there is no file `{path}`")
    request = {
        "path": str(path.absolute()),
        "columns": columns.as_json(),
        "zone": project.settings.time_zone.name,
        "imported_at": project.clock(),
        "at": default_as_of(project, project.store.snapshot()),
    }
    answer = write(project.store, "import statements", request)
    return Imported.from_json(answer)


def _import_one(
    project: Project,
    path: Path,
    mapping: FileMapping,
    replaces: int | None,
    progress: Progress | None,
) -> Imported:
    from shoal.project.owner.writing import write
    from shoal.sources import mapping_to_json
    from shoal.store import types_to_json

    declared = planned_types(project)
    zone, now = project.settings.time_zone, project.clock()
    request = {
        "path": str(path.absolute()),
        "mapping": mapping_to_json(mapping),
        "zone": zone.name,
        "imported_at": now,
        "replaces": replaces,
        "declared": types_to_json(declared),
    }

    def here(writer: Writer) -> dict[str, Any]:
        made = import_path(
            writer,
            path,
            mapping,
            zone,
            now,
            replaces=replaces,
            declared=declared,
            progress=progress,
        )
        return made.as_json()

    return Imported.from_json(write(project.store, "import", request, here))


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
        "dropped": counts.get("dropped", 0),
        "passed_over": counts.get("passed_over", 0),
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
