"""Stores written before links were known get them: whom their rows mention, as numbers.

Such a store kept an anonymous id beside a user id as text only. The step makes one version of the
store; killed before it is published, it is begun anew. A file without anything to link is left as
it is, so that nothing is written to a store that needs nothing.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from shoal.core.errors import StoreDamagedError
from shoal.engine.history import Int64s
from shoal.identity import PROPERTIES, Identifier
from shoal.store.change import Change
from shoal.store.files import BUCKETS, LOG
from shoal.store.folding import fold
from shoal.store.linking import with_numbers
from shoal.store.log import has_frames_before, segment_numbers, segment_path
from shoal.store.manifest import BucketFiles, RunFile, newest_manifest
from shoal.store.run import ANONYMOUS_ID, ColumnKey, Run
from shoal.store.run_file import read_run
from shoal.store.state import State

NUMBERS_SINCE = 3
"""The format of log segments from which on events have the numbers of whom they mention."""
_LINKABLE = (
    ANONYMOUS_ID,
    *(ColumnKey(event, name) for event, names in PROPERTIES.items() for name in names),
)


def lacks_links(root: Path) -> bool:
    """Whether there are rows that mention somebody, written before links were known."""
    try:
        manifest = newest_manifest(root)
        files = [file.name for bucket in manifest.buckets for file in bucket.files()]
        return any(
            has_frames_before(segment_path(root / LOG, number), NUMBERS_SINCE)
            for number in segment_numbers(root / LOG)
            if number >= manifest.log
        ) or any(_lacks(read_run(root / BUCKETS / name)) for name in files)
    except (StoreDamagedError, OSError):  # damage is said where it is met
        return False


def _lacks(run: Run) -> bool:
    return run.links is None and any(key in run.columns for key in _LINKABLE)


def add_links(root: Path) -> None:
    """Adds them, after saying so. Hold the store."""
    sys.stderr.write(f"Finding out who is who in `{root}` (once) …\n")
    state = State(root)
    try:
        fold(state)
        change = state.change()
        for bucket, files in enumerate(change.buckets):
            made = [
                _linked(state, change, bucket, role, file) for role, file in _roles(files).items()
            ]
            change.buckets[bucket] = BucketFiles(*made)
        if change.buckets != list(state.manifest.buckets):
            state.commit(change)
    finally:
        state.close()


def _roles(files: BucketFiles) -> Mapping[str, RunFile]:
    named = {"base": files.base, "delta": files.delta}
    return {role: file for role, file in named.items() if file is not None}


def _linked(state: State, change: Change, bucket: int, role: str, file: RunFile) -> RunFile:
    run: Run = change.run(file)

    def numbers_of(texts: pa.LargeStringArray, anonymous: bool) -> Int64s:  # noqa: FBT001
        numbers = state.identifiers.numbers_of(texts, anonymous=anonymous)
        if state.tombstones.marks:
            cover = state.tombstones.cover
            gone = [cover(Identifier(text, anonymous)) for text in texts.to_pylist()]
            numbers[gone] = 0
        return numbers

    columns = with_numbers(run, numbers_of)
    if not columns:
        return file
    return change.write(bucket, f"{role}-linked", replace(run, columns={**run.columns, **columns}))
