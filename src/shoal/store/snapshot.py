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
import pyarrow.compute as pc

from shoal.core.errors import StoreDamagedError
from shoal.engine.history import Int32s, Int64s
from shoal.identity import ANONYMOUS_PREFIX, Identifier, Resolution, buckets_of, distinct
from shoal.store.bucket_history import BucketHistory
from shoal.store.catalogue import Catalogue, catalogue_of, naming_of
from shoal.store.entries import Entries
from shoal.store.files import BUCKETS, IDENTIFIERS, LOG
from shoal.store.identifiers import ABSENT, IdentifierBlock, read_block
from shoal.store.identities import Identities, IdentityRules
from shoal.store.manifest import Manifest, manifest_numbers, pin_newest
from shoal.store.moving import ORIGINAL, MovedHistory, Moving
from shoal.store.run import ANY_EVENT, People, Run
from shoal.store.run_file import read_run
from shoal.store.tail_reader import TailReader
from shoal.store.tail_runs import tail_runs


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
        tail: Entries,
        handle: int,
        rules: IdentityRules | None = None,
    ) -> None:
        self.manifest = manifest
        self.version = f"{manifest.number}:{position}" if position else str(manifest.number)
        self.buckets = len(manifest.buckets)
        naming = naming_of(manifest.catalogue)
        self.tail_runs = tail_runs(tail, naming, self.buckets)
        self._runs = tuple(
            (*files, self.tail_runs[bucket]) if bucket in self.tail_runs else tuple(files)
            for bucket, files in enumerate(runs)
        )
        self.catalogue: Catalogue = (
            catalogue_of(naming, [run for some in self._runs for run in some])
            if self.tail_runs
            else manifest.catalogue
        )
        self.identities = Identities(
            self._runs, tuple(blocks), tail.people, rules or IdentityRules()
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
            moving = self.moving
            if moving and moving.touches(bucket):
                found = MovedHistory(moving, bucket, self.catalogue)
            else:
                found = BucketHistory(self._runs[bucket], self.catalogue)
            self._histories[bucket] = found
        return found

    @property
    def resolution(self) -> Resolution:
        """Whose rows are whose."""
        return self.identities.resolution

    @cached_property
    def moving(self) -> Moving:
        """The rows that belong to others than the identifier they came with."""
        return Moving(self._runs, self.identities)

    def runs(self, bucket: int) -> tuple[Run, ...]:
        """The bucket's rows as they lie on disk and in the log, under their own numbers."""
        return self._runs[bucket]

    def find(self, user_id: str) -> tuple[int, int] | None:
        """Bucket and profile index of the person that an identifier is of.

        It is a user id, or ``anon:`` and an anonymous id; of one that several people had in turn,
        the last is meant.
        """
        return self.find_all([user_id])[0]

    def find_all(self, user_ids: Sequence[str]) -> list[tuple[int, int] | None]:
        """The same of many, each in its place."""
        meant = [
            [
                number
                for it in Identifier.readings(one)
                if (number := self.identities.number_of(it)) != ABSENT
            ]
            for one in user_ids
        ]
        numbers = distinct(np.array([it for some in meant for it in some], np.int64))
        if not len(numbers):
            return [None] * len(user_ids)
        persons = self.resolution.resolve(numbers).persons
        places = dict(zip(numbers.tolist(), self._places_of(persons), strict=True))
        return [
            next((place for it in some if (place := places[it]) is not None), None)
            for some in meant
        ]

    def _places_of(self, persons: Int64s) -> list[tuple[int, int] | None]:
        """Where the people of these numbers are; None for one without a row."""
        found: list[tuple[int, int] | None] = []
        buckets: list[int] = buckets_of(persons, self.buckets).tolist()
        numbers: list[int] = persons.tolist()
        for number, bucket in zip(numbers, buckets, strict=True):
            profiles = self.history(bucket).profiles
            index = int(np.searchsorted(profiles, number))
            is_there = index < len(profiles) and int(profiles[index]) == number
            found.append((bucket, index) if is_there else None)
        return found

    def user_ids(self, bucket: int) -> pa.StringArray:
        """How outputs name each profile of the bucket."""
        return _shown(self.history(bucket).people)

    def original_ids(self, bucket: int, rows: Int32s | None = None) -> pa.StringArray:
        """The identifier under which each row (of ``rows``, ascending) came, as outputs show one."""
        history = self.history(bucket)
        if rows is None:
            rows = np.arange(len(history), dtype=np.int32)
        person = np.searchsorted(history.offsets, rows, side="right") - 1
        shown = self.user_ids(bucket).take(pa.array(person))
        column = history.column(ANY_EVENT, ORIGINAL.property)
        if column is None:
            return shown
        here = np.isin(rows, column.rows)
        numbers = column.values[np.isin(column.rows, rows)].astype(np.int64)
        distinct, codes = np.unique(numbers, return_inverse=True)
        texts = _shown(self.identities.people(distinct))
        return pc.replace_with_mask(shown, pa.array(here), texts.take(pa.array(codes)))

    def has_user_id(self, bucket: int) -> npt.NDArray[np.bool_]:
        """False for each anonymous profile of the bucket."""
        return self.history(bucket).people.anonymous == 0

    @cached_property
    def latest_event_at(self) -> int | None:
        """The latest ``occurred_at`` not after its receipt, reserved rows left out."""
        found = [run.latest_event_at for run in self.tail_runs.values()]
        known = [at for at in (self.manifest.latest_event_at, *found) if at is not None]
        return max(known) if known else None

    @property
    def rows(self) -> int:
        """Rows of all buckets, lines and reserved ones too."""
        return self.manifest.rows + sum(len(run) for run in self.tail_runs.values())


def _shown(people: People) -> pa.StringArray:
    """How outputs name them."""
    texts = people.texts
    if bool(people.anonymous.any()):
        prefixed = pc.binary_join_element_wise(
            pa.scalar(ANONYMOUS_PREFIX, pa.large_string()), texts, pa.scalar("", pa.large_string())
        )
        texts = pc.if_else(pa.array(people.anonymous.astype(bool)), prefixed, texts)
    return texts.cast(pa.string())


def take_snapshot(
    root: Path, reader: TailReader | None = None, rules: IdentityRules | None = None
) -> Snapshot:
    """The newest version with the durable tail of the log, read on by the ``reader``."""
    while True:
        manifest, handle = pin_newest(root)
        with ExitStack() as stack:
            stack.callback(os.close, handle)
            try:
                snapshot = _open(root, manifest, handle, reader or TailReader(root / LOG), rules)
            except (FileNotFoundError, StoreDamagedError):
                if manifest_numbers(root)[-1:] == [manifest.number]:
                    raise
                continue  # an erasure waits for no reader
            stack.pop_all()
            return snapshot


def _open(
    root: Path,
    manifest: Manifest,
    handle: int,
    reader: TailReader,
    rules: IdentityRules | None,
) -> Snapshot:
    runs = [
        tuple(read_run(root / BUCKETS / file.name) for file in bucket.files())
        for bucket in manifest.buckets
    ]
    blocks = [read_block(root / IDENTIFIERS / file.name) for file in manifest.identifiers]
    tail, position = reader.read(manifest.log)
    return Snapshot(manifest, position, runs, blocks, tail, handle, rules)
