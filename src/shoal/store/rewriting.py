"""Rows of the buckets written anew: without those of an import, or with values of another type."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from shoal.core.instants import Zone
from shoal.engine.history import Int64s
from shoal.events.property_type import PropertyType
from shoal.store.assembly import assemble
from shoal.store.catalogue import NUMBERS, Catalogue, Types, catalogue_of, naming_of
from shoal.store.change import Change, change_of
from shoal.store.manifest import BucketFiles, Manifest, RunFile
from shoal.store.run import ColumnKey, Run
from shoal.store.typed import retyped


@dataclass(frozen=True, slots=True)
class RewriteTask:
    """A version of which an import is to be taken back, or whose values are to get other types."""

    root: Path
    manifest: Manifest
    take_back: int | None = None
    types: Types | None = None
    zone: Zone | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Made:
    """What the next version is made of. ``left`` are profiles that may have lost their last row."""

    buckets: tuple[BucketFiles, ...]
    catalogue: Catalogue
    latest_event_at: int | None
    left: Int64s

    def put_into(self, change: Change) -> None:
        """Makes it part of the owner's change."""
        change.buckets = list(self.buckets)
        change.left = [self.left] if len(self.left) else []
        change.facts = self.catalogue, self.latest_event_at


@dataclass(frozen=True, slots=True, eq=False)
class Rewritten:
    """A task done: rows ``removed``, or how many values of which property got another type."""

    made: Made
    removed: int
    changed: dict[str, int]


Rewrite = Callable[[RewriteTask], Rewritten]
"""Whoever does it: this process, or a child of it."""


def rewritten(task: RewriteTask) -> Rewritten:
    """The task done: files written, durable but for their folders, and named by nothing yet."""
    change = change_of(task.manifest, task.root)
    removed = 0 if task.take_back is None else take_back(change, task.take_back)
    changed = {} if task.types is None else declare(change, task.types, task.zone or Zone())
    return Rewritten(made_of(change), removed, changed)


def made_of(change: Change) -> Made:
    """What the change has come to."""
    catalogue, latest = change.take_stock()
    left = np.unique(np.concatenate(change.left)) if change.left else np.zeros(0, np.int64)
    return Made(tuple(change.buckets), catalogue, latest, left)


def take_back(change: Change, import_id: int) -> int:
    """Removes an import's rows and quarantine from the change; the number of rows removed."""
    removed = 0
    for bucket, files in enumerate(change.buckets):
        if any(import_id in run.imports for run in change.runs(files)):
            removed += change.keep_rows(bucket, lambda run: run.import_id != import_id)
    leave_out(change, import_id)
    runs = [run for files in change.buckets for run in change.runs(files)]
    change.naming = naming_of(catalogue_of(change.naming, runs))
    return removed


def leave_out(change: Change, import_id: int) -> None:
    """Removes an import's number and quarantine from the change."""
    change.imports = tuple(one for one in change.imports if one != import_id)
    name = f"import-{import_id:08d}"
    change.quarantine = tuple(one for one in change.quarantine if not one.startswith(name))


def declare(change: Change, types: Types, zone: Zone) -> dict[str, int]:
    """Gives properties the types declared for them; how many values changed theirs, by property.

    What was kept as received is read again under the new type.
    """
    naming = change.naming
    naming.declared = dict(types)
    known = naming.types.copy()
    naming.types |= {key: it for key, it in types.items() if key in known}
    new = {key: it for key, it in types.items() if key in known and differ(known[key], it)}
    changed: dict[str, int] = {}
    for bucket, files in enumerate(change.buckets):
        made: list[RunFile | None] = []
        for role, file in (("base", files.base), ("delta", files.delta)):
            run = None if file is None else change.run(file)
            counts = {} if run is None else _counted(run, new)
            if run is None or not counts:
                made.append(file)
                continue
            for name, count in counts.items():
                changed[name] = changed.get(name, 0) + count
            made.append(change.write(bucket, f"{role}-typed", of_types(run, new, zone)))
        change.buckets[bucket] = BucketFiles(*made)
    return changed


def of_types(run: Run, types: Types, zone: Zone) -> Run:
    """The run with some properties under another type."""
    part = run.as_part()
    again = assemble([replace(part, columns=retyped(part.columns, types, zone))])
    assert again is not None
    return again


def differ(one: PropertyType, other: PropertyType) -> bool:
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
