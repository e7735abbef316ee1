"""The work of a fold: the log's frames as files of the version to come. It changes nothing yet."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from shoal.store.assembly import assemble
from shoal.store.catalogue import Catalogue, Naming, catalogue_of, naming_of
from shoal.store.duplicates import without_duplicates
from shoal.store.entries import Entries, joined, once
from shoal.store.entry_reading import entries_in
from shoal.store.files import BUCKETS, LOG
from shoal.store.log import read_frames, segment_numbers, segment_path
from shoal.store.manifest import BucketFiles, Manifest, RunFile
from shoal.store.quarantine import Quarantined, write_quarantine
from shoal.store.run import Run
from shoal.store.run_file import read_run, write_run
from shoal.store.tail import refused_of
from shoal.store.tail_runs import tail_runs

DELTA_SHARE = 0.25
"""A delta larger than this share of its base is merged into it."""


@dataclass(frozen=True, slots=True)
class FoldTask:
    """A version, and the first segment that is not to be folded into the next one.

    ``is_compact`` merges every delta into its base.
    """

    root: Path
    manifest: Manifest
    segment: int
    is_compact: bool = False


@dataclass(frozen=True, slots=True)
class Folded:
    """What the next version is made of. ``merged`` counts deltas that are none any more."""

    events: int
    buckets: tuple[BucketFiles, ...]
    naming: Naming
    catalogue: Catalogue
    latest_event_at: int | None
    quarantine: str | None
    merged: int


def folded(task: FoldTask) -> Folded:
    """The task done: files written, durable but for their folders, and named by nothing yet."""
    logged, refused = logged_in(task)
    manifest = task.manifest
    naming = naming_of(manifest.catalogue)
    token = secrets.token_hex(4)  # whoever did the same before and was killed may still be writing
    new = tail_runs(logged, naming, len(manifest.buckets))
    buckets: list[BucketFiles] = []
    runs: list[Run] = []
    merged = 0
    for bucket, files in enumerate(manifest.buckets):
        added = _unknown(task.root, files, new.get(bucket))
        wanted = task.is_compact and files.delta is not None
        merged += wanted
        made = files
        if added or wanted:
            made = with_runs(task.root, manifest, bucket, added, token, is_compact=task.is_compact)
        buckets.append(made)
        runs += [read_run(task.root / BUCKETS / file.name) for file in made.files()]
    name = f"live-{manifest.number + 1:08d}-{token}.jsonl"
    count = write_quarantine(task.root, name, refused)
    latest = [run.latest_event_at for run in runs if run.latest_event_at is not None]
    return Folded(
        len(logged),
        tuple(buckets),
        naming,
        catalogue_of(naming, runs),
        max(latest) if latest else None,
        name if count else None,
        merged,
    )


def _unknown(root: Path, files: BucketFiles, run: Run | None) -> list[Run]:
    """The run without what an import has brought since it was appended."""
    if run is None:
        return []
    before = [read_run(root / BUCKETS / file.name).seen for file in files.files()]
    kept, _ = without_duplicates(run, before)
    return [] if kept is None else [kept]


def logged_in(task: FoldTask) -> tuple[Entries, list[Quarantined]]:
    """What the segments before the task's hold, each event once."""
    logged: list[Entries] = []
    refused: list[Quarantined] = []
    for number in segment_numbers(task.root / LOG):
        if task.manifest.log <= number < task.segment:
            frames = read_frames(segment_path(task.root / LOG, number))[0]
            logged.append(entries_in(frames))
            for frame in frames:
                refused += refused_of(frame)
    return once(joined(logged)), refused


def with_runs(  # noqa: PLR0913
    root: Path,
    manifest: Manifest,
    bucket: int,
    runs: Sequence[Run],
    token: str,
    *,
    is_compact: bool = False,
) -> BucketFiles:
    """The bucket with runs added: to its delta, or to its base once the delta has grown."""
    files = manifest.buckets[bucket]
    added = sum(len(run) for run in runs)
    beside = added + (files.delta.rows if files.delta is not None else 0)
    small = not is_compact and files.base is not None and beside <= DELTA_SHARE * files.base.rows
    old = ((files.delta,) if files.delta is not None else ()) if small else files.files()
    whole = [*(read_run(root / BUCKETS / file.name) for file in old), *runs]
    run = whole[0] if len(whole) == 1 else assemble([one.as_part() for one in whole])
    assert run is not None
    role = "delta" if small else "base"
    name = f"{bucket:04d}-{manifest.number + 1:08d}-{role}-{token}.arrow"
    file = RunFile(name, len(run), write_run(root / BUCKETS / name, run))
    return BucketFiles(files.base, file) if small else BucketFiles(file)
