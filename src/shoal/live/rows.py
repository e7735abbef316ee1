"""The rows live membership reads: a version of the store held still, and the log read on from it.

The version is pinned until all of the log that the next one has folded was read, so that every new
row is met once, in its order, however often the log is folded meanwhile.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from shoal.engine.history import Int64s
from shoal.events.conversion import PropertyType
from shoal.identity import buckets_of
from shoal.store.assembly import assemble
from shoal.store.bucket_history import BucketHistory
from shoal.store.catalogue import Catalogue, Naming, grown, naming_of
from shoal.store.files import BUCKETS, LOG
from shoal.store.gathering import gather_run, names_of
from shoal.store.log import FRAME_HEAD, Place, examine, examine_from, segment_numbers, segment_path
from shoal.store.manifest import Manifest, manifest_numbers, pin_newest
from shoal.store.run import Run
from shoal.store.run_file import read_run
from shoal.store.tail import Logged, decode, once, tail_runs

ALIKE = 5
"""Runs of the tail of about one size that are made one."""


@dataclass(slots=True, eq=False)
class _Level:
    """Some of the tail as one run over all buckets, by the log segment it was read from."""

    segment: int
    run: Run
    tier: int


@dataclass(slots=True)
class Tail:
    """What the log holds beyond the version: its events, and a few runs of them."""

    logged: dict[int, list[Logged]] = field(default_factory=dict[int, "list[Logged]"])
    levels: list[_Level] = field(default_factory=list[_Level])
    messages: dict[int, str] = field(default_factory=dict[int, str])
    """Message ids by arrival."""
    marks: set[tuple[int, int]] = field(default_factory=set[tuple[int, int]])

    def add(self, segment: int, run: Run) -> None:
        """One more run; those of about one size become one when there are too many of them."""
        self.levels.append(_Level(segment, run, 0))
        while True:
            last = self.levels[-1]
            alike = [it for it in self.levels if (it.segment, it.tier) == (segment, last.tier)]
            if len(alike) < ALIKE:
                return
            whole = assemble([it.run.as_part() for it in alike])
            assert whole is not None
            kept = [it for it in self.levels if it not in alike]
            self.levels = [*kept, _Level(segment, whole, last.tier + 1)]

    def all(self) -> list[Logged]:
        """Its events in their order."""
        return [one for segment in sorted(self.logged) for one in self.logged[segment]]


class Rows:
    """A store's rows as far as they were read; close it to let the version go."""

    def __init__(self, root: Path) -> None:
        self._root = root
        manifest, handle = pin_newest(root)
        self._take(manifest, handle)
        self.tail = Tail()
        self._read = Place(manifest.log, 0)
        self._settle(())

    def close(self) -> None:
        """Lets go of the version."""
        self._letting_go()

    @property
    def read_to(self) -> Place:
        """Where reading of the log goes on."""
        return self._read

    def read_on(self, durable: Place) -> list[Logged]:
        """Events of the log up to ``durable`` that were not read before, in their order."""
        found: list[Logged] = []
        for number in segment_numbers(self._root / LOG):
            if not self._read.segment <= number <= durable.segment:
                continue
            path = segment_path(self._root / LOG, number)
            start = self._read.end if number == self._read.segment else 0
            try:
                seen = examine_from(path, start) if start else examine(path)
            except FileNotFoundError:  # an erasure waits for no reader
                continue
            end = start
            some: list[Logged] = []
            for at, payload in seen.frames:
                if number == durable.segment and at >= durable.end:
                    break
                some += decode(payload)[0]
                end = at + FRAME_HEAD + len(payload)
            if some:
                found += self._new(number, some)
            self._read = Place(number, max(end, start))
        return found

    def _new(self, segment: int, some: Sequence[Logged]) -> list[Logged]:
        """Those that the log did not hold before."""
        new = [one for one in once(some) if one.fingerprint not in self.tail.marks]
        self.tail.marks.update(one.fingerprint for one in new)
        self.tail.logged.setdefault(segment, []).extend(new)
        for one in new:
            if one.event.message_id is not None:
                self.tail.messages[one.arrival] = one.event.message_id
        self._add(segment, new)
        return new

    def _add(self, segment: int, new: Sequence[Logged]) -> None:
        """More of the tail; all of it anew if a property's type is another than it seemed."""
        if not new:
            return
        trial = _copied(self._fixed)
        run = tail_runs(new, trial, 1)[0]
        for key, kind in trial.types.items():
            if self._naming.types.get(key, kind) is not kind:
                self._settle(self.tail.all())
                return
        self._naming.types.update(trial.types)
        for name, raw in trial.raw_names.items():
            self._naming.raw_names.setdefault(name, {}).update(raw)
        self._naming.lines.update(trial.lines)
        self.catalogue = grown(self.catalogue, self._naming, run)
        self.tail.add(segment, run)

    def _settle(self, logged: Sequence[Logged]) -> None:
        """The tail as runs, from nothing: a property's type is that of all its values."""
        self._fixed = naming_of(self.manifest.catalogue)
        self._naming = _copied(self._fixed)
        self.catalogue: Catalogue = self.manifest.catalogue
        self.tail.levels = []
        if not logged:
            return
        tail_runs(logged, self._naming, 1)  # types of all values together
        by_segment = {segment: some for segment, some in sorted(self.tail.logged.items()) if some}
        for segment, some in by_segment.items():
            run = tail_runs(some, self._naming, 1)[0]
            self.catalogue = grown(self.catalogue, self._naming, run)
            self.tail.add(segment, run)

    def newest(self) -> int:
        """The number of the newest version there is."""
        return manifest_numbers(self._root)[-1]

    def renew(self, durable: Callable[[], Place]) -> tuple[Manifest, list[Logged]]:
        """Goes on to the newest version: the one before, and what else stood in the log.

        The one before holds the log that the newest has folded, so nothing is passed over.
        """
        before, letting_go = self.manifest, self._letting_go
        manifest, handle = pin_newest(self._root)
        more = self.read_on(durable())
        self._take(manifest, handle)
        letting_go()
        kept = {at: some for at, some in self.tail.logged.items() if at >= manifest.log}
        logged = [one for some in kept.values() for one in some]
        arrivals = {one.arrival for one in logged}
        messages = {at: text for at, text in self.tail.messages.items() if at in arrivals}
        self.tail = Tail(kept, [], messages, {one.fingerprint for one in logged})
        self._settle(self.tail.all())
        if self._read.segment < manifest.log:
            self._read = Place(manifest.log, 0)
        return before, more

    def gathered(self, numbers: Int64s) -> BucketHistory:
        """The whole histories of these profiles; profile i of it is ``numbers[i]``."""
        levels = [self._bases, self._deltas, *([level.run] for level in self.tail.levels)]
        runs = [gather_run(some, numbers) for some in levels if some]
        filled = [run for run in runs if len(run)]
        return BucketHistory(filled or [gather_run((), numbers)], self.catalogue)

    def names_of(self, numbers: Int64s) -> list[str | None]:
        """How outputs name these profiles; None for one that is no more. From any thread."""
        runs = [run for files in self._runs for run in files]
        return names_of([*(level.run for level in self.tail.levels), *runs], numbers)

    @property
    def latest_event_at(self) -> int | None:
        """The latest ``occurred_at`` not after its receipt, reserved rows left out."""
        found = [level.run.latest_event_at for level in self.tail.levels]
        known = [at for at in (self.manifest.latest_event_at, *found) if at is not None]
        return max(known) if known else None

    def by_bucket(self, numbers: Int64s) -> Int64s:
        """The numbers in the order in which they are gathered fastest."""
        order = np.lexsort((numbers, buckets_of(numbers, len(self.manifest.buckets))))
        return numbers[order]

    def everyone(self) -> Iterable[BucketHistory]:
        """Every bucket, whole."""
        buckets = len(self.manifest.buckets)
        logged = self.tail.all()
        tail = tail_runs(logged, _copied(self._naming), buckets) if logged else {}
        for bucket, files in enumerate(self._runs):
            runs = (*files, tail[bucket]) if bucket in tail else files
            yield BucketHistory(runs, self.catalogue)

    def known_arrival(self) -> int:
        """The last arrival of the log in the version."""
        last = (int(run.arrival[run.import_id == 0].max(initial=0)) for run in self._open.values())
        return max(last, default=0)

    def since(self, arrival: int) -> tuple[Int64s, Int64s]:
        """Profiles with rows of the log that arrived after one, and the first instant of each."""
        numbers: list[Int64s] = []
        first: list[Int64s] = []
        for run in (run for files in self._runs for run in files):
            new = np.flatnonzero((run.arrival > arrival) & (run.import_id == 0))
            owner = np.searchsorted(run.offsets, new, side="right") - 1
            numbers.append(run.profiles[owner])
            first.append(run.occurred_at[new])
        return first_of(numbers, first)

    def _take(self, manifest: Manifest, handle: int) -> None:
        self.manifest = manifest
        self._letting_go = weakref.finalize(self, os.close, handle)
        kept: dict[str, Run] = getattr(self, "_open", {})
        self._open: dict[str, Run] = {}
        for bucket in manifest.buckets:
            for file in bucket.files():
                name = file.name
                self._open[name] = kept.get(name) or read_run(self._root / BUCKETS / name)
        self._runs = [
            tuple(self._open[file.name] for file in bucket.files()) for bucket in manifest.buckets
        ]
        self._bases = [files[0] for files in self._runs if files]
        self._deltas = [files[1] for files in self._runs if len(files) > 1]


def first_of(numbers: Sequence[Int64s], first: Sequence[Int64s]) -> tuple[Int64s, Int64s]:
    """Each number once, with the earliest of its instants."""
    nothing = np.empty(0, dtype=np.int64)
    all_numbers = np.concatenate([nothing, *numbers])
    at = np.concatenate([nothing, *first])
    order = np.lexsort((at, all_numbers))
    distinct, places = np.unique(all_numbers[order], return_index=True)
    return distinct, at[order][places]


def _copied(naming: Naming) -> Naming:
    types: dict[tuple[str, str], PropertyType] = dict(naming.types)
    raw = {name: dict(names) for name, names in naming.raw_names.items()}
    return Naming(raw, dict(naming.lines), types, set(naming.inexact))
