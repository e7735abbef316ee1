"""A version of the store, held still: its buckets as histories, its catalogue, its people."""

from __future__ import annotations

import os
import weakref
from collections.abc import Sequence
from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.errors import StoreDamagedError
from shoal.identity import ANONYMOUS_PREFIX, Identifier, buckets_of
from shoal.store.bucket_history import BucketHistory
from shoal.store.catalogue import Catalogue, catalogue_of, naming_of
from shoal.store.files import BUCKETS, IDENTIFIERS, LOG
from shoal.store.identifiers import ABSENT, IdentifierBlock, read_block
from shoal.store.manifest import Manifest, manifest_numbers, pin_newest
from shoal.store.run import Run
from shoal.store.run_file import read_run
from shoal.store.tail import Logged, people_of, tail_runs
from shoal.store.tail_reader import TailReader


class Snapshot:
    """Everything the store held when it was taken, however it changes meanwhile.

    Close it (or let it go) to allow old files to be removed. An erasure waits for nobody: it
    takes the files of the erased person away from under older snapshots, which keep what they
    have mapped already until they are closed.
    """

    def __init__(  # noqa: PLR0913, PLR0917
        self,
        manifest: Manifest,
        position: str,
        runs: Sequence[tuple[Run, ...]],
        blocks: Sequence[IdentifierBlock],
        tail: Sequence[Logged],
        handle: int,
    ) -> None:
        self.manifest = manifest
        self.version = f"{manifest.number}:{position}" if position else str(manifest.number)
        self.buckets = len(manifest.buckets)
        self._blocks = tuple(blocks)
        self._tail_people = people_of(tail)
        naming = naming_of(manifest.catalogue)
        self._tail_runs = tail_runs(tail, naming, self.buckets) if tail else {}
        self._runs = tuple(
            (*files, self._tail_runs[bucket]) if bucket in self._tail_runs else tuple(files)
            for bucket, files in enumerate(runs)
        )
        self.catalogue: Catalogue = (
            catalogue_of(naming, [run for some in self._runs for run in some])
            if self._tail_runs
            else manifest.catalogue
        )
        self._histories: dict[int, BucketHistory] = {}
        self._letting_go = weakref.finalize(self, os.close, handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the version; histories already taken stay readable."""
        self._letting_go()

    def history(self, bucket: int) -> BucketHistory:
        """The bucket's history; the same object each time."""
        found = self._histories.get(bucket)
        if found is None:
            found = BucketHistory(self._runs[bucket], self.catalogue)
            self._histories[bucket] = found
        return found

    def find(self, user_id: str) -> tuple[int, int] | None:
        """Bucket and profile index of a user id, or of ``anon:`` and an anonymous id."""
        for identifier in Identifier.readings(user_id):
            number = self._number_of(identifier)
            if number == ABSENT:
                continue
            bucket = int(buckets_of(np.array([number]), self.buckets)[0])
            profiles = self.history(bucket).profiles
            index = int(np.searchsorted(profiles, number))
            if index < len(profiles) and int(profiles[index]) == number:
                return bucket, index
        return None

    def user_ids(self, bucket: int) -> pa.StringArray:
        """How outputs name each profile of the bucket."""
        people = self.history(bucket).people
        texts = people.texts
        if bool(people.anonymous.any()):
            import pyarrow.compute as pc

            prefixed = pc.binary_join_element_wise(
                pa.scalar(ANONYMOUS_PREFIX, pa.large_string()),
                texts,
                pa.scalar("", pa.large_string()),
            )
            texts = pc.if_else(pa.array(people.anonymous.astype(bool)), prefixed, texts)
        return texts.cast(pa.string())

    def has_user_id(self, bucket: int) -> npt.NDArray[np.bool_]:
        """False for each anonymous profile of the bucket."""
        return self.history(bucket).people.anonymous == 0

    @cached_property
    def latest_event_at(self) -> int | None:
        """The latest ``occurred_at`` not after its receipt, reserved rows left out."""
        found = [run.latest_event_at for run in self._tail_runs.values()]
        known = [at for at in (self.manifest.latest_event_at, *found) if at is not None]
        return max(known) if known else None

    @property
    def rows(self) -> int:
        """Rows of all buckets, lines and reserved ones too."""
        return self.manifest.rows + sum(len(run) for run in self._tail_runs.values())

    def _number_of(self, identifier: Identifier) -> int:
        for block in self._blocks:
            found = block.find_one(identifier)
            if found != ABSENT:
                return found
        found = self._tail_people.number(identifier)
        return ABSENT if found is None else found


def take_snapshot(root: Path, reader: TailReader | None = None) -> Snapshot:
    """The newest version with the durable tail of the log, read on by the ``reader``."""
    while True:
        manifest, handle = pin_newest(root)
        with ExitStack() as stack:
            stack.callback(os.close, handle)
            try:
                snapshot = _open(root, manifest, handle, reader or TailReader(root / LOG))
            except (FileNotFoundError, StoreDamagedError):
                if manifest_numbers(root)[-1:] == [manifest.number]:
                    raise
                continue  # an erasure waits for no reader
            stack.pop_all()
            return snapshot


def _open(root: Path, manifest: Manifest, handle: int, reader: TailReader) -> Snapshot:
    runs = [
        tuple(read_run(root / BUCKETS / file.name) for file in bucket.files())
        for bucket in manifest.buckets
    ]
    blocks = [read_block(root / IDENTIFIERS / file.name) for file in manifest.identifiers]
    tail, position = reader.read(manifest.log)
    return Snapshot(manifest, position, runs, blocks, tail, handle)
