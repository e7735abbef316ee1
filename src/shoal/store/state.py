"""What the owner of a store works on: the newest version, what is not in it yet, and the commit."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from shutil import rmtree
from typing import Protocol

import numpy as np

from shoal.core.errors import StoreError
from shoal.engine.history import Int64s
from shoal.identity import buckets_of
from shoal.store.change import Change, change_of
from shoal.store.files import BUCKETS, IDENTIFIERS, IMPORTING, LOG
from shoal.store.folded import DELTA_SHARE
from shoal.store.identifiers import (
    IdentifierBlock,
    Identifiers,
    merged,
    read_block,
    write_block,
)
from shoal.store.identities import IdentityRules
from shoal.store.linking import mentioned_numbers
from shoal.store.log import FRAME_HEAD, Log, Place, Segment
from shoal.store.manifest import (
    BucketFiles,
    Manifest,
    RunFile,
    newest_manifest,
    publish,
    remove_old,
)
from shoal.store.mending import mended_log
from shoal.store.run import Run
from shoal.store.run_file import read_run
from shoal.store.tail import TailPeople, marks_of
from shoal.store.tombstones import Tombstones, read_tombstones
from shoal.store.waiting import Tail, Written

IMPORT_SPAN = 1 << 40
"""Arrival numbers set aside for an import, whose rows are not counted beforehand."""


class Telling(Protocol):
    """Who tells of memberships: the one who may take away what was told."""

    def erase(self, numbers: Sequence[int]) -> int:
        """Takes away all that was told of these profiles, for good; how many transitions."""
        ...


class State:
    """The owner's view of a store.

    ``importing`` is held by an import from beginning to end, and by whoever else changes what is
    in the buckets already; ``bulk`` by whoever makes a new version, ``lock`` by whoever touches the
    tail. They are taken in this order.
    """

    def __init__(self, root: Path, rules: IdentityRules | None = None) -> None:
        self.root = root
        self.rules = rules or IdentityRules()
        self.importing = threading.RLock()
        self.bulk = threading.RLock()
        self.lock = threading.RLock()
        self.manifest: Manifest = newest_manifest(root)
        rmtree(root / IMPORTING, ignore_errors=True)  # of an import that was killed
        first = remove_old(root, self.manifest)
        segments = mended_log(root, self.manifest.log)
        self.log = Log(root / LOG, first)
        self.tombstones: Tombstones = read_tombstones(root, self.manifest.tombstones)
        blocks = [read_block(root / IDENTIFIERS / file.name) for file in self.manifest.identifiers]
        self.identifiers = Identifiers(blocks, self.manifest.next_profile)
        self.next_arrival = self.manifest.next_arrival
        self.tail = Tail()
        self.telling: Telling | None = None
        """Who tells of memberships, while somebody does."""
        self._open_runs: dict[str, Run] = {}
        self._read_tail(segments)

    def close(self) -> None:
        """Lets go of the log."""
        self.log.close()

    def change(self) -> Change:
        """A version that as yet changes nothing."""
        return change_of(self.manifest, self.root, self._open_runs)

    def runs(self, bucket: BucketFiles) -> list[Run]:
        """Base and delta, as far as there are any."""
        return [self.run(file) for file in bucket.files()]

    def run(self, file: RunFile) -> Run:
        """The run in a file, opened once."""
        found = self._open_runs.get(file.name)
        if found is None:
            found = self._open_runs[file.name] = read_run(self.root / BUCKETS / file.name)
        return found

    def commit(self, change: Change) -> None:
        """Makes the change the newest version: the one moment at which anything changes."""
        catalogue, latest_event_at = change.take_stock()
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
            latest_event_at,
            catalogue,
        )
        publish(self.root, manifest)
        with self.lock:
            self.manifest = manifest
            self.identifiers.adopt(blocks, written)
        self._forget_runs(manifest)
        self.log.remove_before(remove_old(self.root, manifest, at_once=change.at_once))

    def forget_uncommitted(self) -> None:
        """Forgets identifiers met by work that failed, and removes the files it wrote."""
        with self.lock:
            self.identifiers.forget_new(self.tail.numbers())
        with suppress(StoreError, OSError):
            remove_old(self.root, self.manifest)

    def next_arrivals(self, count: int) -> int:
        """The first of ``count`` arrival numbers."""
        with self.lock:
            first = self.next_arrival
            self.next_arrival += count
            return first

    def _forget_runs(self, manifest: Manifest) -> None:
        """Lets go of every run but the manifest's own."""
        kept = {file.name for bucket in manifest.buckets for file in bucket.files()}
        self._open_runs = {name: run for name, run in self._open_runs.items() if name in kept}

    def _read_tail(self, segments: Mapping[int, Segment]) -> None:
        people = TailPeople({}, {})
        last = self.next_arrival - 1
        for number, segment in segments.items():
            for start, frame in segment.frames:
                marks = marks_of(frame, people)
                place = Place(number, start + len(frame) + FRAME_HEAD)
                written = Written(
                    place,
                    len(frame),
                    marks.profiles,
                    marks.fingerprints,
                    marks.refused,
                    marks.mentioned,
                )
                self.tail.add(written)
                last = max(last, marks.last)
        self.next_arrival = last + 1
        self.identifiers.restore(people.users)
        self.identifiers.restore(people.anonymous, anonymous=True)

    def _gone(self, change: Change) -> Int64s:
        """Profiles without any row, neither in the buckets nor in the tail, that none mentions."""
        if not change.left:
            return np.zeros(0, np.int64)
        left = np.unique(np.concatenate(change.left))
        with self.lock:
            left = np.setdiff1d(left, self.tail.numbers())
        bucket_of = buckets_of(left, len(change.buckets))
        for bucket in np.unique(bucket_of):
            for run in self.runs(change.buckets[int(bucket)]):
                there = (bucket_of == bucket) & np.isin(left, run.profiles)
                left, bucket_of = left[~there], bucket_of[~there]
        for files in change.buckets:
            for run in self.runs(files):
                if len(left):
                    left = np.setdiff1d(left, mentioned_numbers(run))
        return left

    def _identifier_files(
        self, gone: Int64s
    ) -> tuple[tuple[RunFile, ...], list[IdentifierBlock], IdentifierBlock]:
        """Files and blocks of the version to come, and which of the new ones they hold."""
        wanted = np.zeros(0, np.int64)
        if self.identifiers.has_promised:
            with self.lock:
                wanted = self.tail.numbers()
        new = self.identifiers.writable(wanted)
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
