"""An import: tables in, one new version out. And its undoing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from shoal.core.instants import Zone
from shoal.events.property_type import PropertyType
from shoal.events.quarantine import Rejected
from shoal.events.table import EventTable
from shoal.store.assembly import assemble
from shoal.store.ballots import Ballots
from shoal.store.catalogue import NUMBERS, Types, catalogue_of, naming_of
from shoal.store.duplicates import without_duplicates
from shoal.store.files import BUCKETS
from shoal.store.intake import Circumstances, split, take_in
from shoal.store.linking import mentioned_numbers
from shoal.store.manifest import BucketFiles, RunFile
from shoal.store.quarantine import quarantined, write_quarantine
from shoal.store.run import ColumnKey, Part, Run
from shoal.store.run_file import read_run, write_run
from shoal.store.state import IMPORT_SPAN, Change, State
from shoal.store.typed import retyped, settled

Mask = npt.NDArray[np.bool_]
MEMORY = 1 << 30
"""Bytes of columns an import holds before it writes them out as sorted runs of its own."""


_MUCH = 64 << 20


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


@dataclass(slots=True)
class _Gathered:
    """What an import has so far: pieces in memory, and sorted runs for each bucket."""

    pieces: dict[int, list[Part]] = field(default_factory=dict[int, "list[Part]"])
    size: int = 0
    runs: dict[int, list[Run]] = field(default_factory=dict[int, "list[Run]"])
    spilled: list[Path] = field(default_factory=list[Path])
    duplicates: int = 0


def import_tables(  # noqa: PLR0913
    state: State,
    tables: Iterable[EventTable],
    rejected: Iterable[Rejected],
    *,
    zone: Zone,
    imported_at: int,
    replaces: int | None = None,
    declared: Types | None = None,
    memory: int = MEMORY,
    before_commit: Callable[[ImportCounts], None] | None = None,
) -> ImportCounts:
    """Adds the tables in one commit; with ``replaces``, takes back that import in the same one.

    ``declared`` are the types of the tracking plan; properties it does not name get the type of the
    clear majority of their first values.
    """
    change = state.change()
    import_id = change.next_import
    change.next_import += 1
    if replaces is not None:
        take_back(state, change, replaces)
    if declared is not None:
        change.naming.declared = dict(declared)
    first_arrival = state.next_arrivals(IMPORT_SPAN)
    circumstances = Circumstances(import_id, first_arrival, imported_at, zone, ballots=Ballots())
    forgotten = state.tombstones.cover if state.tombstones.marks else None
    gathered = _Gathered()
    dropped = 0
    try:
        for table in tables:
            if not len(table):
                continue
            part, fallen = take_in(
                table, state.identifiers, change.naming, circumstances, forgotten
            )
            dropped += fallen
            for bucket, piece in split(part, len(change.buckets)):
                gathered.pieces.setdefault(bucket, []).append(piece)
                gathered.size += _size(piece)
            if gathered.size > memory:
                _sort(state, change, gathered, circumstances, spill=True)
        _sort(state, change, gathered, circumstances, spill=False)
        name = f"import-{import_id:08d}.jsonl"
        rejections = write_quarantine(
            state.root, name, quarantined(rejected, import_id, imported_at)
        )
        if rejections:
            change.quarantine = (*change.quarantine, name)
        counts = _counts(circumstances, gathered, rejections, dropped)
        _write(state, change, gathered)
        change.imports = (*change.imports, import_id)
        if before_commit is not None:
            before_commit(counts)
        state.commit(change)
    finally:
        for path in gathered.spilled:
            path.unlink(missing_ok=True)
        if import_id not in state.manifest.imports:
            state.forget_uncommitted()
    return counts


def _write(state: State, change: Change, gathered: _Gathered) -> None:
    def write(bucket: int) -> int:
        runs = gathered.runs.pop(bucket)
        state.add(change, bucket, runs)
        return sum(len(run) for run in runs)

    size = sum(len(run) for runs in gathered.runs.values() for run in runs) * 100
    _each(write, sorted(gathered.runs), size)


def take_back(state: State, change: Change, import_id: int) -> int:
    """Removes an import's rows and quarantine from the change; the number of rows removed."""
    removed = 0
    for bucket, files in enumerate(change.buckets):
        if any(import_id in run.imports for run in state.runs(files)):
            removed += keep_rows(state, change, bucket, lambda run: run.import_id != import_id)
    change.imports = tuple(one for one in change.imports if one != import_id)
    name = f"import-{import_id:08d}"
    change.quarantine = tuple(one for one in change.quarantine if not one.startswith(name))
    runs = [run for files in change.buckets for run in state.runs(files)]
    change.naming = naming_of(catalogue_of(change.naming, runs))
    return removed


def keep_rows(state: State, change: Change, bucket: int, wanted: Callable[[Run], Mask]) -> int:
    """Rewrites the bucket with only the wanted rows; how many others there were."""
    files = change.buckets[bucket]
    kept: list[RunFile] = []
    removed = 0
    for role, file in (("base", files.base), ("delta", files.delta)):
        if file is None:
            continue
        run = state.run(file)
        mask = wanted(run)
        if bool(mask.all()):
            kept.append(file)
            continue
        removed += len(run) - int(mask.sum())
        change.left += [np.array(run.profiles), mentioned_numbers(run)]
        rest = assemble([run.as_part()], [mask])
        if rest is not None:
            kept.append(state.write(bucket, f"{role}-kept", rest))
    change.buckets[bucket] = BucketFiles(*kept)
    return removed


def declare(state: State, change: Change, types: Types, zone: Zone) -> dict[str, int]:
    """Gives properties the types declared for them; how many values changed theirs, by property.

    What was kept as received is read again under the new type.
    """
    naming = change.naming
    naming.declared = dict(types)
    known = naming.types.copy()
    naming.types |= {key: it for key, it in types.items() if key in known}
    new = {key: it for key, it in types.items() if key in known and _differ(known[key], it)}
    changed: dict[str, int] = {}
    for bucket, files in enumerate(change.buckets):
        made: list[RunFile | None] = []
        for role, file in (("base", files.base), ("delta", files.delta)):
            run = None if file is None else state.run(file)
            counts = {} if run is None else _counted(run, new)
            if run is None or not counts:
                made.append(file)
                continue
            for name, count in counts.items():
                changed[name] = changed.get(name, 0) + count
            part = run.as_part()
            again = assemble([replace(part, columns=retyped(part.columns, new, zone))])
            assert again is not None
            made.append(state.write(bucket, f"{role}-typed", again))
        change.buckets[bucket] = BucketFiles(*made)
    return changed


def _differ(one: PropertyType, other: PropertyType) -> bool:
    """Whether values of one are held in another way than those of the other."""
    return one is not other and not {one, other} <= set(NUMBERS)


def _counted(run: Run, keys: Iterable[tuple[str, str]]) -> dict[str, int]:
    """How many values of these properties the run has."""
    found: dict[str, int] = {}
    for event, name in keys:
        both = (ColumnKey(event, name), ColumnKey(event, name, raw=True))
        count = sum(run.kinds[key][1] for key in both if key in run.kinds)
        if count:
            found[f"{event}.{name}"] = count
    return found


def _sort(
    state: State,
    change: Change,
    gathered: _Gathered,
    circumstances: Circumstances,
    *,
    spill: bool,
) -> None:
    """The pieces as one sorted run per bucket, without what was there before."""
    ballots, types = circumstances.ballots, change.naming.types
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
        before = [*state.runs(change.buckets[bucket]), *earlier]
        run, duplicates = without_duplicates(run, [one.seen for one in before])
        if run is not None:
            if spill:
                name = f"{bucket:04d}-{state.manifest.number + 1:08d}-part-{len(earlier)}.arrow"
                path = state.root / BUCKETS / name
                write_run(path, run)
                gathered.spilled.append(path)
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


def _counts(
    circumstances: Circumstances, gathered: _Gathered, rejected: int, dropped: int
) -> ImportCounts:
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
        dropped,
        dict(sorted(events.items())),
        dict(sorted(unconverted.items())),
        dict(sorted(nonfinite.items())),
    )
