"""An import: tables in, the files of a new version out. It changes nothing yet.

It is done in two steps. *Gathering* reads the tables and takes as long as they are long; other
versions may be published meanwhile. *Placing* joins what was gathered with the newest version, while
nobody else makes one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from typing import Any, Protocol

import pyarrow as pa

from shoal.core.instants import Zone
from shoal.engine.history import Int64s
from shoal.events.quarantine import Rejected
from shoal.events.table import EventTable
from shoal.store.assembly import assemble
from shoal.store.ballots import Ballots
from shoal.store.catalogue import Naming, Types, types_from_json, types_to_json
from shoal.store.change import Change, change_of
from shoal.store.duplicates import without_duplicates
from shoal.store.files import IMPORTING
from shoal.store.intake import Circumstances, Forgotten, split, take_in
from shoal.store.manifest import Manifest
from shoal.store.quarantine import name_of, quarantined, write_quarantine
from shoal.store.rewriting import Made, differ, made_of, of_types, take_back
from shoal.store.run import Part, Run
from shoal.store.run_file import read_run, write_run
from shoal.store.tombstones import read_tombstones
from shoal.store.typed import settled

MEMORY = 1 << 30
"""Bytes of columns an import holds before it writes them out as sorted runs of its own."""


_MUCH = 64 << 20


@dataclass(frozen=True, slots=True)
class ImportTask:
    """What an import is to be: its number, the first arrival number of its rows, and the rest.

    Texts without an offset are times of ``zone``. ``declared`` are the types of the tracking plan;
    properties it does not name get the type of the clear majority of their first values. With
    ``replaces``, that import is taken back in the same version.
    """

    root: Path
    import_id: int
    first_arrival: int
    imported_at: int
    zone: Zone
    declared: Types | None = None
    replaces: int | None = None
    memory: int = MEMORY

    def as_json(self) -> dict[str, Any]:
        """The task as one process tells it another."""
        return {
            "root": str(self.root.resolve()),
            "import_id": self.import_id,
            "first_arrival": self.first_arrival,
            "imported_at": self.imported_at,
            "zone": self.zone.name,
            "declared": None if self.declared is None else types_to_json(self.declared),
            "replaces": self.replaces,
            "memory": self.memory,
        }

    @classmethod
    def from_json(cls, form: dict[str, Any]) -> ImportTask:
        """What ``as_json`` told."""
        declared = form["declared"]
        given: dict[str, Any] = {
            **form,
            "root": Path(form["root"]),
            "zone": Zone(form["zone"]),
            "declared": None if declared is None else types_from_json(declared),
        }
        return cls(**given)


class Home(Protocol):
    """The owner, as an import sees it."""

    def numbers_of(self, texts: pa.LargeStringArray, *, anonymous: bool = False) -> Int64s:
        """The number of each of these distinct identifiers, promised to the import."""
        ...

    def newest(self) -> Manifest:
        """The newest version; nobody makes another before the import is done."""
        ...


@dataclass(frozen=True, slots=True)
class ImportCounts:
    """What became of the rows of an import.

    ``events`` counts new rows by event, lines too; ``unconverted`` values that are kept as
    received; ``nonfinite`` cells that are NaN or infinite, and unset; ``dropped`` events of erased
    people.
    """

    import_id: int
    imported: int
    duplicates: int
    rejected: int
    dropped: int = 0
    events: dict[str, int] = field(default_factory=dict[str, int])
    unconverted: dict[str, int] = field(default_factory=dict[str, int])
    nonfinite: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def rows(self) -> int:
        """Every event offered and every row rejected."""
        return self.imported + self.duplicates + self.rejected + self.dropped


@dataclass(frozen=True, slots=True, eq=False)
class Placed:
    """What the next version is made of; ``quarantine`` is the file of the rejected rows, if any."""

    made: Made
    counts: ImportCounts
    quarantine: str | None


@dataclass(slots=True)
class _Gathered:
    """What an import has so far: pieces in memory, and sorted runs for each bucket."""

    naming: Naming
    circumstances: Circumstances
    folder: Path
    """Where runs wait for which there is no room in memory."""
    pieces: dict[int, list[Part]] = field(default_factory=dict[int, "list[Part]"])
    size: int = 0
    runs: dict[int, list[Run]] = field(default_factory=dict[int, "list[Run]"])
    duplicates: int = 0
    dropped: int = 0


def imported(
    task: ImportTask,
    manifest: Manifest,
    tables: Iterable[EventTable],
    rejected: Iterable[Rejected],
    home: Home,
) -> Placed:
    """The import done: files written, durable but for their folders, and named by nothing yet.

    ``manifest`` is a version as new as the task; ``rejected`` is read after the tables.
    """
    change = change_of(manifest, task.root)
    if task.replaces is not None:
        take_back(change, task.replaces)
    naming = change.naming
    if task.declared is not None:
        naming.declared = dict(task.declared)
    circumstances = Circumstances(
        task.import_id, task.first_arrival, task.imported_at, task.zone, ballots=Ballots()
    )
    gathered = _Gathered(naming, circumstances, task.root / IMPORTING / token_hex(4))
    marks = read_tombstones(task.root, manifest.tombstones)
    try:
        forgotten = marks.cover if marks.marks else None
        _gather(gathered, tables, home, forgotten, len(change.buckets), task.memory)
        if task.replaces is None:
            change = change_of(home.newest(), task.root)
        return _place(task, change, gathered, rejected)
    finally:
        rmtree(gathered.folder, ignore_errors=True)
        with suppress(OSError):  # another's are in it
            gathered.folder.parent.rmdir()


def _gather(  # noqa: PLR0913, PLR0917
    gathered: _Gathered,
    tables: Iterable[EventTable],
    home: Home,
    forgotten: Forgotten | None,
    buckets: int,
    memory: int,
) -> None:
    for table in tables:
        if not len(table):
            continue
        part, fallen = take_in(table, home, gathered.naming, gathered.circumstances, forgotten)
        gathered.dropped += fallen
        for bucket, piece in split(part, buckets):
            gathered.pieces.setdefault(bucket, []).append(piece)
            gathered.size += _size(piece)
        if gathered.size > memory:
            _sort(gathered, spill=True)
    _sort(gathered, spill=False)


def _place(
    task: ImportTask, change: Change, gathered: _Gathered, rejected: Iterable[Rejected]
) -> Placed:
    """Joins what was gathered with the version that the change stands on."""
    others = _join(change.naming, gathered.naming)
    if task.declared is not None:
        change.naming.declared = dict(task.declared)

    def add(bucket: int) -> int:
        before = [run.seen for run in change.runs(change.buckets[bucket])]
        repeated = 0
        new: list[Run] = []
        for run in gathered.runs[bucket]:
            kept, count = without_duplicates(run, before)
            repeated += count
            if kept is not None:
                mine = {key: kind for key, kind in others.items() if key[0] in kept.event_names}
                new.append(of_types(kept, mine, task.zone) if mine else kept)
        gathered.runs[bucket] = new
        change.add(bucket, new)
        return repeated

    size = sum(len(run) for runs in gathered.runs.values() for run in runs) * 100
    gathered.duplicates += sum(_each(add, sorted(gathered.runs), size))
    name = name_of(task.import_id)
    rows = quarantined(rejected, task.import_id, task.imported_at)
    count = write_quarantine(task.root, name, rows)
    counts = _counts(gathered, count)
    return Placed(made_of(change), counts, name if count else None)


def _join(naming: Naming, other: Naming) -> Types:
    """Adds what an import named; where both know a type, ours holds: those of theirs that differ."""
    for name, raw in other.raw_names.items():
        naming.raw_names.setdefault(name, {}).update(raw)
    naming.lines |= other.lines
    differing = {
        key: naming.types[key]
        for key, kind in other.types.items()
        if key in naming.types and differ(naming.types[key], kind)
    }
    naming.types = {**other.types, **naming.types}
    return differing


def _sort(gathered: _Gathered, *, spill: bool) -> None:
    """The pieces as one sorted run per bucket, without what the import itself had before."""
    circumstances, types = gathered.circumstances, gathered.naming.types
    ballots = circumstances.ballots
    assert ballots is not None
    waiting, ballots.open = ballots.open, set()
    for key in waiting:
        if key not in types:
            types[key] = ballots.settled(key)

    def typed(piece: Part) -> Part:
        columns = settled(
            piece.columns, waiting, types, circumstances.zone, circumstances.nonfinite
        )
        return replace(piece, columns=columns)

    def sort(bucket: int) -> int:
        pieces = gathered.pieces.pop(bucket)
        run = assemble([typed(piece) for piece in pieces] if waiting else pieces)
        if run is None:
            return 0
        earlier = gathered.runs.setdefault(bucket, [])
        run, duplicates = without_duplicates(run, [one.seen for one in earlier])
        if run is not None:
            if spill:
                gathered.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                path = gathered.folder / f"{bucket:04d}-{len(earlier)}.arrow"
                write_run(path, run)
                run = read_run(path)
            earlier.append(run)
        return duplicates

    gathered.duplicates += sum(_each(sort, sorted(gathered.pieces), gathered.size))
    gathered.size = 0


def _each(work: Callable[[int], int], buckets: Sequence[int], size: int) -> list[int]:
    """The work done for every bucket, by two threads where there is much of it."""
    if size < _MUCH:
        return [work(bucket) for bucket in buckets]
    with ThreadPoolExecutor(2) as threads:
        return list(threads.map(work, buckets))


def _size(part: Part) -> int:
    fixed = len(part.numbers) * 62
    return fixed + sum(
        column.rows.nbytes
        + column.values.nbytes
        + (column.texts.nbytes if column.texts is not None else 0)
        for column in part.columns.values()
    )


def _counts(gathered: _Gathered, rejected: int) -> ImportCounts:
    circumstances = gathered.circumstances
    events: dict[str, int] = {}
    unconverted: dict[str, int] = {}
    imported = 0
    for runs in gathered.runs.values():
        for run in runs:
            imported += len(run.seen.rows)
            for name, span in zip(run.event_names, run.event_spans, strict=True):
                events[name] = events.get(name, 0) + span.rows
            for key, (_, count) in run.kinds.items():
                if key.raw:
                    name = f"{key.event}.{key.property}"
                    unconverted[name] = unconverted.get(name, 0) + count
    nonfinite = {f"{event}.{name}": n for (event, name), n in circumstances.nonfinite.items()}
    return ImportCounts(
        circumstances.import_id,
        imported,
        gathered.duplicates,
        rejected,
        gathered.dropped,
        dict(sorted(events.items())),
        dict(sorted(unconverted.items())),
        dict(sorted(nonfinite.items())),
    )
