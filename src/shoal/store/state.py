"""What the owner of a store works on: the newest version, what is not in it yet, and the commit."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from shoal.core.errors import StoreError
from shoal.engine.history import Int64s
from shoal.identity import buckets_of
from shoal.store.assembly import assemble
from shoal.store.catalogue import Naming, catalogue_of, naming_of
from shoal.store.files import BUCKETS, IDENTIFIERS, LOG
from shoal.store.identifiers import (
    IdentifierBlock,
    Identifiers,
    merged,
    read_block,
    write_block,
)
from shoal.store.log import Log, Place, read_frames, segment_numbers, segment_path
from shoal.store.manifest import (
    BucketFiles,
    Manifest,
    RunFile,
    newest_manifest,
    publish,
    remove_old,
)
from shoal.store.quarantine import Quarantined
from shoal.store.run import Run
from shoal.store.run_file import read_run, write_run
from shoal.store.tail import Fingerprint, Logged, decode, people_of
from shoal.store.tombstones import Tombstones, read_tombstones

DELTA_SHARE = 0.25
"""A delta larger than this share of its base is merged into it."""
IMPORT_SPAN = 1 << 40
"""Arrival numbers set aside for an import, whose rows are not counted beforehand."""


@dataclass(slots=True)
class Change:
    """A version in the making. ``left`` are profiles that may have lost their last row."""

    buckets: list[BucketFiles]
    naming: Naming
    quarantine: tuple[str, ...]
    imports: tuple[int, ...]
    tombstones: str | None
    log: int
    next_import: int
    left: list[Int64s] = field(default_factory=list[Int64s])
    at_once: bool = False
    """Take old files away even from under readers."""


class State:
    """The owner's view of a store.

    ``bulk`` is held by whoever makes a new version, ``lock`` by whoever touches the tail; ``bulk``
    is taken first.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bulk = threading.RLock()
        self.lock = threading.RLock()
        self.manifest: Manifest = newest_manifest(root)
        first = remove_old(root, self.manifest)
        self.log = Log(root / LOG, first)
        self.tombstones: Tombstones = read_tombstones(root, self.manifest.tombstones)
        blocks = [read_block(root / IDENTIFIERS / file.name) for file in self.manifest.identifiers]
        self.identifiers = Identifiers(blocks, self.manifest.next_profile)
        self.next_arrival = self.manifest.next_arrival
        self.tail: list[tuple[Place, Logged]] = []
        self.tail_seen: set[Fingerprint] = set()
        self.refused: list[tuple[Place, Quarantined]] = []
        self._open_runs: dict[str, Run] = {}
        self._read_tail()

    def close(self) -> None:
        """Lets go of the log."""
        self.log.close()

    def change(self) -> Change:
        """A version that as yet changes nothing."""
        manifest = self.manifest
        return Change(
            list(manifest.buckets),
            naming_of(manifest.catalogue),
            manifest.quarantine,
            manifest.imports,
            manifest.tombstones,
            manifest.log,
            manifest.next_import,
        )

    def runs(self, bucket: BucketFiles) -> list[Run]:
        """Base and delta, as far as there are any."""
        return [self.run(file) for file in bucket.files()]

    def run(self, file: RunFile) -> Run:
        """The run in a file, opened once."""
        found = self._open_runs.get(file.name)
        if found is None:
            found = self._open_runs[file.name] = read_run(self.root / BUCKETS / file.name)
        return found

    def write(self, bucket: int, role: str, run: Run) -> RunFile:
        """The run as a file of the version to come."""
        name = f"{bucket:04d}-{self.manifest.number + 1:08d}-{role}.arrow"
        self._open_runs.pop(name, None)
        size = write_run(self.root / BUCKETS / name, run)
        return RunFile(name, len(run), size)

    def add(self, change: Change, bucket: int, runs: Sequence[Run]) -> None:
        """Adds runs to a bucket: to its delta, or to its base once the delta has grown."""
        files = change.buckets[bucket]
        added = sum(len(run) for run in runs)
        if not added:
            return
        beside = added + (files.delta.rows if files.delta is not None else 0)
        if files.base is not None and beside <= DELTA_SHARE * files.base.rows:
            old = [self.run(files.delta)] if files.delta is not None else []
            delta = assemble([run.as_part() for run in (*old, *runs)])
            assert delta is not None
            change.buckets[bucket] = replace(files, delta=self.write(bucket, "delta", delta))
            return
        self.merge(change, bucket, runs)

    def merge(self, change: Change, bucket: int, runs: Sequence[Run] = ()) -> None:
        """Makes the bucket one base, with these runs added."""
        whole = [*self.runs(change.buckets[bucket]), *runs]
        base = whole[0] if len(whole) == 1 else assemble([run.as_part() for run in whole])
        assert base is not None
        change.buckets[bucket] = BucketFiles(self.write(bucket, "base", base))

    def commit(self, change: Change) -> None:
        """Makes the change the newest version: the one moment at which anything changes."""
        new_runs = [run for bucket in change.buckets for run in self.runs(bucket)]
        catalogue = catalogue_of(change.naming, new_runs)
        latest = [run.latest_event_at for run in new_runs if run.latest_event_at is not None]
        files, blocks, written = self._identifier_files(self._gone(change))
        manifest = Manifest(
            self.manifest.number + 1,
            tuple(change.buckets),
            files,
            change.tombstones,
            change.quarantine,
            change.log,
            change.imports,
            self.identifiers.next_number,
            self.next_arrival,
            change.next_import,
            max(latest) if latest else None,
            catalogue,
        )
        publish(self.root, manifest)
        with self.lock:
            self.manifest = manifest
            self.identifiers.adopt(blocks, written)
        kept = {file.name for bucket in manifest.buckets for file in bucket.files()}
        self._open_runs = {name: run for name, run in self._open_runs.items() if name in kept}
        self.log.remove_before(remove_old(self.root, manifest, at_once=change.at_once))

    def forget_uncommitted(self) -> None:
        """Forgets identifiers met by work that failed, and removes the files it wrote."""
        with self.lock:
            self.identifiers.forget_new(_numbers(one for _, one in self.tail))
        with suppress(StoreError, OSError):
            remove_old(self.root, self.manifest)

    def next_arrivals(self, count: int) -> int:
        """The first of ``count`` arrival numbers."""
        with self.lock:
            first = self.next_arrival
            self.next_arrival += count
            return first

    def _read_tail(self) -> None:
        for number in segment_numbers(self.root / LOG):
            if number < self.manifest.log:
                continue
            frames, end = read_frames(segment_path(self.root / LOG, number))
            for frame in frames:
                logged, refused = decode(frame)
                self.tail += [(Place(number, end), one) for one in logged]
                self.tail_seen.update(one.fingerprint for one in logged)
                self.refused += [(Place(number, end), one) for one in refused]
                arrivals = [one.arrival for one in logged]
                arrivals += [int(one.id.rpartition("-")[2]) for one in refused]
                self.next_arrival = max([self.next_arrival, *(at + 1 for at in arrivals)])
        self.identifiers.restore(people_of(one for _, one in self.tail))

    def _gone(self, change: Change) -> Int64s:
        """Profiles that have no row any more, neither in the buckets nor in the tail."""
        if not change.left:
            return np.zeros(0, np.int64)
        left = np.unique(np.concatenate(change.left))
        with self.lock:
            left = np.setdiff1d(left, _numbers(one for _, one in self.tail))
        bucket_of = buckets_of(left, len(change.buckets))
        for bucket in np.unique(bucket_of):
            for run in self.runs(change.buckets[int(bucket)]):
                there = (bucket_of == bucket) & np.isin(left, run.profiles)
                left, bucket_of = left[~there], bucket_of[~there]
        return left

    def _identifier_files(
        self, gone: Int64s
    ) -> tuple[tuple[RunFile, ...], list[IdentifierBlock], IdentifierBlock]:
        """Files and blocks of the version to come, and which of the new ones they hold."""
        new = self.identifiers.new
        files, blocks = list(self.manifest.identifiers), list(self.identifiers.blocks)
        stem = f"{self.manifest.number + 1:08d}"
        if len(gone):
            block = merged((*blocks, new)).without(gone)
            return self._written_blocks([(f"{stem}-base.arrow", block)], [], [], new)
        if not len(new):
            return tuple(files), blocks, new
        known = len(blocks[0]) if blocks else 0
        beside = merged((*blocks[1:], new))
        if len(beside) <= DELTA_SHARE * known:
            fresh = [(f"{stem}-delta.arrow", beside)]
            return self._written_blocks(fresh, files[:1], blocks[:1], new)
        fresh = [(f"{stem}-base.arrow", merged((*blocks[:1], beside)))]
        return self._written_blocks(fresh, [], [], new)

    def _written_blocks(
        self,
        fresh: Sequence[tuple[str, IdentifierBlock]],
        files: list[RunFile],
        blocks: list[IdentifierBlock],
        new: IdentifierBlock,
    ) -> tuple[tuple[RunFile, ...], list[IdentifierBlock], IdentifierBlock]:
        for name, block in fresh:
            if len(block):
                path = self.root / IDENTIFIERS / name
                files.append(RunFile(name, len(block), write_block(path, block)))
                blocks.append(read_block(path))
        return tuple(files), blocks, new


def _numbers(tail: Iterable[Logged]) -> Int64s:
    return np.unique(np.array([one.profile for one in tail], dtype=np.int64))
