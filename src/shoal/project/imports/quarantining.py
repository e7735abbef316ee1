"""The quarantine of a project: looked at, mended, thrown away, read again. Each act is noted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.access import AuditEntry
from shoal.core.errors import NotFoundError, ShoalError, UsageError
from shoal.core.instants import Zone, format_instant
from shoal.project.owner.writing import write
from shoal.store import Quarantined, ReadAgain, TableOfImport, operation
from shoal.store.handing import handing

if TYPE_CHECKING:
    from shoal.events.event import Event
    from shoal.project.opening import Project
    from shoal.sources import FileMapping
    from shoal.store import ImportRecord, Writer

MOST_HEADER = 1 << 16


def show_item(project: Project, wanted: str) -> dict[str, Any]:
    """One row in quarantine, wholly."""
    for item in project.store.quarantine():
        if item.id == wanted:
            return {**asdict(item), "received_at": format_instant(item.received_at)}
    raise NotFoundError(
        f"nothing in quarantine is called `{wanted}`", hint="`shoal quarantine list` shows all"
    )


def mend_item(project: Project, wanted: str, raw: str, actor: str) -> None:
    """Puts other text in place of what was received; `replay` then reads it again."""
    if not raw.strip():
        raise UsageError("there is no text to put in its place", hint="give --raw TEXT")
    _write(project, "quarantine mend", actor, id=wanted, raw=raw)


def drop_item(project: Project, wanted: str, actor: str, why: str = "") -> None:
    """Throws a row away for good; who did it and why is noted."""
    _write(project, "quarantine drop", actor, id=wanted, why=why)


def replay_items(
    project: Project, ids: Sequence[str], actor: str, reason: str | None = None
) -> dict[str, Any]:
    """Reads rows again, all of them unless some are named; the counts of what became of them."""
    zone = project.settings.time_zone.name
    return _write(project, "quarantine replay", actor, ids=list(ids), reason=reason, zone=zone)


def _write(project: Project, name: str, actor: str, **request: Any) -> dict[str, Any]:
    return write(project.store, name, {"actor": actor, "at": project.clock(), **request})


@operation("quarantine mend")
def mend(writer: Writer, request: dict[str, Any]) -> dict[str, Any]:
    """Mends one row, as the store's owner."""
    writer.mend(request["id"], request["raw"])
    _note(writer, request, "quarantine.mend", request["id"])
    return {}


@operation("quarantine drop")
def drop(writer: Writer, request: dict[str, Any]) -> dict[str, Any]:
    """Drops one row, as the store's owner."""
    writer.drop(request["id"])
    _note(writer, request, "quarantine.drop", request["id"], why=request["why"])
    return {}


@operation("quarantine replay")
def replay(writer: Writer, request: dict[str, Any]) -> dict[str, Any]:
    """Replays rows, as the store's owner."""
    ids, reason = set(request["ids"]), request["reason"]
    zone = Zone(request["zone"])
    imports = {record.id: record for record in writer.books.imports()}

    def wanted(row: Quarantined) -> bool:
        return (not ids or row.id in ids) and reason in {None, row.code}

    def read(rows: Sequence[Quarantined]) -> ReadAgain:
        missing = ids - {row.id for row in rows}
        if missing and reason is None:
            raise NotFoundError(
                f"nothing in quarantine is called `{min(missing)}`; nothing was changed",
                hint="`shoal quarantine list` shows all",
            )
        return read_again(writer.state.root, rows, imports, zone)

    counts = writer.replay(wanted, read)
    told = asdict(counts)
    _note(writer, request, "quarantine.replay", **{**told, "reason": reason or ""})
    return told


def read_again(
    root: Path, rows: Sequence[Quarantined], imports: Mapping[int, ImportRecord], zone: Zone
) -> ReadAgain:
    """What the rows are by now: live ones as capture reads them, others by their import's mapping.

    A row that still cannot be an event keeps its place, with the reason of today.
    """
    events: list[Event] = []
    tables: list[TableOfImport] = []
    understood: set[str] = set()
    reasons: dict[str, str] = {}
    for row in rows:
        if row.import_id is None:
            found, reason = _live_again(row, zone)
            events += found
            if reason is None:
                understood.add(row.id)
            else:
                reasons[row.id] = reason
    by_import: dict[int, list[Quarantined]] = {}
    for row in rows:
        if row.import_id is not None:
            by_import.setdefault(row.import_id, []).append(row)
    for number, some in by_import.items():
        try:
            with handing(root) as folder:
                again = _Again(imports[number], zone, folder)
                found_tables, left = _rows_again(some, again)
        except (ShoalError, OSError, KeyError) as error:
            why = error.message if isinstance(error, ShoalError) else "its import is not known"
            reasons |= {row.id: f"it cannot be read again: {why}" for row in some}
            continue
        tables += found_tables
        reasons |= left
        understood |= {row.id for row in some} - set(left)
    return ReadAgain(tuple(events), tuple(tables), frozenset(understood), reasons)


def _live_again(row: Quarantined, zone: Zone) -> tuple[tuple[Event, ...], str | None]:
    """The events of a row that came in live, or why it is none."""
    from shoal.capture.captured import Circumstances
    from shoal.capture.rereading import read_again as read_live

    try:
        document = json.loads(row.raw)
    except ValueError:
        return (), "it is not JSON"
    captured = read_live(document, Circumstances(row.received_at, row.source, zone))
    if captured.refused or not captured.events:
        return (), captured.refused[0].reason if captured.refused else row.reason
    return captured.events, None


@dataclass(frozen=True, slots=True)
class _Again:
    """The import whose rows are read again, in which zone, and a folder to write them to."""

    record: ImportRecord
    zone: Zone
    folder: Path


def _rows_again(
    rows: Sequence[Quarantined], again: _Again
) -> tuple[list[TableOfImport], dict[str, str]]:
    """Rows of one import by its mapping: together, or one by one where one spoils the others."""
    from shoal.sources import mapping_from_document

    mapping = mapping_from_document(json.loads(again.record.source.mapping))
    head, mapping = _head_of(again.record, mapping)
    tables, left, count = _read(rows, again, mapping, head)
    if count == len(rows):
        return tables, left
    tables = list[TableOfImport]()
    left = dict[str, str]()
    for row in rows:
        some, why, count = _read([row], again, mapping, head)
        if count == 1:
            tables += some
            left |= why
        else:
            left[row.id] = row.reason
    return tables, left


def _read(
    rows: Sequence[Quarantined], again: _Again, mapping: FileMapping, head: bytes
) -> tuple[list[TableOfImport], dict[str, str], int]:
    from shoal.sources import read_file

    path, record = again.folder / "rows", again.record
    lines = b"".join(row.raw.encode("utf-8", "replace") + b"\n" for row in rows)
    path.write_bytes(head + lines)
    stream = read_file(path, mapping, again.zone)
    try:
        tables = [
            TableOfImport(record.id, record.imported_at, again.zone, table)
            for table in stream.tables
            if len(table)
        ]
        left = {rows[one.row - 1].id: one.reason
                for one in stream.rejected if one.row <= len(rows)}  # fmt: skip
        return tables, left, stream.rows
    finally:
        stream.close()


def _head_of(record: ImportRecord, mapping: FileMapping) -> tuple[bytes, FileMapping]:
    """What stood above the rows of the file: its header line, where its format has one."""
    from shoal.sources.opening import FileKind, blocks, examine

    kind = FileKind(record.source.format)
    if kind not in {FileKind.CSV, FileKind.TSV}:  # rows of other formats are kept as JSON
        is_export = kind is FileKind.GA4
        return b"", mapping if is_export else replace(mapping, kind=FileKind.JSONL)
    mapping = replace(mapping, kind=kind, layout=replace(mapping.layout, encoding=None))
    if mapping.layout.columns is not None:
        return b"", mapping
    path = Path(record.source.path)
    if not path.exists():
        raise NotFoundError(f"`{path.name}`, whose header says what the cells are, is gone")
    first, _ = next(blocks(examine(path, kind), MOST_HEADER))
    head = first.partition(b"\n")[0] + b"\n"
    try:
        return head.decode("utf-8-sig").encode(), mapping
    except UnicodeDecodeError:
        return head.decode("cp1252", "replace").encode(), mapping


def _note(
    writer: Writer, request: Mapping[str, Any], action: str, subject: str = "", **detail: object
) -> None:
    from shoal.store.accounts import Accounts

    entry = AuditEntry(request["at"], request["actor"], action, subject, detail)
    Accounts(writer.books).note(entry)
