"""Format 1 to 2: runs get the numbers of whom their rows mention, and so their links.

Format 1 kept an anonymous id beside a user id as text only, and knew of no links. The step makes
one version of the store; killed before it is published, it is begun anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from shoal.engine.history import Int64s
from shoal.identity import Identifier
from shoal.store.folding import fold
from shoal.store.linking import with_numbers
from shoal.store.manifest import BucketFiles, RunFile
from shoal.store.run import Run
from shoal.store.state import State


def add_links(root: Path) -> None:
    """The step itself. Hold the store."""
    state = State(root)
    try:
        fold(state)
        change = state.change()
        for bucket, files in enumerate(change.buckets):
            made = [_linked(state, bucket, role, file) for role, file in _roles(files).items()]
            change.buckets[bucket] = BucketFiles(*made)
        if change.buckets != list(state.manifest.buckets):
            state.commit(change)
    finally:
        state.close()


def _roles(files: BucketFiles) -> Mapping[str, RunFile]:
    named = {"base": files.base, "delta": files.delta}
    return {role: file for role, file in named.items() if file is not None}


def _linked(state: State, bucket: int, role: str, file: RunFile) -> RunFile:
    run: Run = state.run(file)

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
    return state.write(bucket, f"{role}-linked", replace(run, columns={**run.columns, **columns}))
