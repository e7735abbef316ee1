"""The rows live membership reads: a version of the store held still, and the log read on from it.

The version is pinned until all of the log that the next one has folded was read, so that every new
row is met once, in its order, however often the log is folded meanwhile.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.engine.history import Int64s
from shoal.events.conversion import PropertyType
from shoal.identity import Identifier, buckets_of, changed, ignored_identifiers
from shoal.live.persons import Moves, Persons, all_around, moves_between, several
from shoal.store.assembly import assemble
from shoal.store.bucket_history import BucketHistory
from shoal.store.catalogue import Catalogue, Naming, grown, naming_of
from shoal.store.entries import NOTHING, Entries, joined, marks_of, once
from shoal.store.entry_reading import entries_in
from shoal.store.files import BUCKETS, IDENTIFIERS, LOG
from shoal.store.gathering import gather_run, names_of
from shoal.store.identifiers import IdentifierBlock, read_block
from shoal.store.identities import Identities, IdentityRules
from shoal.store.linking import COLUMNS, links_of
from shoal.store.log import FRAME_HEAD, Place, examine, examine_from, segment_numbers, segment_path
from shoal.store.manifest import Manifest, manifest_numbers, pin_newest
from shoal.store.moving import GatheredHistory, MovedHistory, Moving, gather_moved
from shoal.store.run import Run
from shoal.store.run_file import read_run
from shoal.store.tail import TailPeople
from shoal.store.tail_reader import with_more
from shoal.store.tail_runs import tail_runs

ALIKE = 5
"""Runs of the tail of about one size that are made one."""
NOBODY = -1


@dataclass(slots=True, eq=False)
class _Level:
    """Some of the tail as one run over all buckets, by the log segment it was read from."""

    segment: int
    run: Run
    tier: int


@dataclass(slots=True)
class Tail:
    """What the log holds beyond the version: its events, and a few runs of them."""

    entries: dict[int, tuple[Entries, ...]] = field(
        default_factory=dict[int, "tuple[Entries, ...]"]
    )
    levels: list[_Level] = field(default_factory=list[_Level])
    messages: dict[int, str | None] = field(default_factory=dict[int, "str | None"])
    """Message ids by arrival."""
    marks: set[bytes] = field(default_factory=set[bytes])
    """Fingerprints of its events."""
    people: TailPeople = field(default_factory=lambda: TailPeople({}, {}))
    """Whom its events speak of beside their own."""
    met: dict[int, Identifier] = field(default_factory=dict[int, Identifier])
    """The same by number."""

    def meet(self, entries: Entries) -> None:
        """Takes note of more events' message ids, and of whom they speak beside their own."""
        self.messages.update(messages_of(entries))
        for who, number in entries.met():
            if number not in self.met:
                self.met[number] = who
                self.people[who.anonymous][who.text] = number

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

    def all(self) -> Entries:
        """Its events in their order."""
        return joined([one for _, some in sorted(self.entries.items()) for one in some])


class _Names(NamedTuple):
    """Where names are looked for: taken as one, so that whoever asks is never between two states."""

    runs: tuple[Run, ...]
    met: Mapping[int, Identifier]
    blocks: tuple[IdentifierBlock, ...]


def messages_of(entries: Entries) -> Iterable[tuple[int, str | None]]:
    """The message id of each arrival."""
    return zip(entries.arrivals.tolist(), entries.messages.to_pylist(), strict=True)


class Rows:
    """A store's rows as far as they were read; close it to let the version go."""

    def __init__(self, root: Path, rules: IdentityRules | None = None) -> None:
        self._root = root
        self._rules = rules or IdentityRules()
        manifest, handle = pin_newest(root)
        self._take(manifest, handle)
        self.tail = Tail()
        self.persons = Persons()
        self._moves: dict[int, int] = {}
        self._read = Place(manifest.log, 0)
        self._settle(NOTHING)
        self._know_anew()

    def close(self) -> None:
        """Lets go of the version."""
        self._letting_go()

    @property
    def read_to(self) -> Place:
        """Where reading of the log goes on."""
        return self._read

    def read_on(self, durable: Place) -> Entries:
        """Events of the log up to ``durable`` that were not read before, in their order."""
        found: list[Entries] = []
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
            frames: list[bytes] = []
            for at, payload in seen.frames:
                if number == durable.segment and at >= durable.end:
                    break
                frames.append(payload)
                end = at + FRAME_HEAD + len(payload)
            if frames:
                found.append(self._new(number, entries_in(frames)))
            self._read = Place(number, max(end, start))
        return joined(found)

    def _new(self, segment: int, some: Entries) -> Entries:
        """Those that the log did not hold before."""
        new = once(some, self.tail.marks)
        self.tail.entries[segment] = with_more(self.tail.entries.get(segment, ()), new)
        self.tail.meet(new)
        self._add(segment, new)
        return new

    def _add(self, segment: int, new: Entries) -> None:
        """More of the tail; all of it anew if a property's type is another than it seemed."""
        if not len(new):
            return
        trial = _copied(self._fixed)
        run = tail_runs(new, trial, 1)[0]
        if any(self._naming.types.get(key, kind) is not kind for key, kind in trial.types.items()):
            self._settle(self.tail.all())
            self._know(run, new)
            return
        self._naming.types.update(trial.types)
        for name, raw in trial.raw_names.items():
            self._naming.raw_names.setdefault(name, {}).update(raw)
        self._naming.lines.update(trial.lines)
        self.catalogue = grown(self.catalogue, self._naming, run)
        self.tail.add(segment, run)
        self._know(run, new)

    def _settle(self, entries: Entries) -> None:
        """The tail as runs, from nothing: a property's type is that of all its values."""
        self._fixed = naming_of(self.manifest.catalogue)
        self._naming = _copied(self._fixed)
        self.catalogue: Catalogue = self.manifest.catalogue
        self.tail.levels = []
        if not len(entries):
            return
        tail_runs(entries, self._naming, 1)  # types of all values together
        for segment, some in sorted(self.tail.entries.items()):
            if some:
                run = tail_runs(joined(some), self._naming, 1)[0]
                self.catalogue = grown(self.catalogue, self._naming, run)
                self.tail.add(segment, run)

    def newest(self) -> int:
        """The number of the newest version there is."""
        return manifest_numbers(self._root)[-1]

    def renew(self, durable: Callable[[], Place]) -> tuple[Manifest, Entries]:
        """Goes on to the newest version: the one before, and what else stood in the log.

        The one before holds the log that the newest has folded, so nothing is passed over.
        """
        before, letting_go = self.manifest, self._letting_go
        manifest, handle = pin_newest(self._root)
        more = self.read_on(max(durable(), Place(manifest.log, 0)))  # what was folded is durable
        self._take(manifest, handle)
        letting_go()
        kept = {at: some for at, some in self.tail.entries.items() if at >= manifest.log}
        self.tail = Tail(kept)
        whole = self.tail.all()
        self.tail.marks = set(marks_of(whole))
        self.tail.meet(whole)
        self._settle(whole)
        if self._read.segment < manifest.log:
            self._read = Place(manifest.log, 0)
        erased = manifest.tombstones != before.tombstones
        if self.has_other_rows(before) or erased:
            self._know_anew(tells=erased)
        else:
            self.persons.keep(self._identities())
        return before, more

    def has_other_rows(self, before: Manifest) -> bool:
        """Whether rows came or went beside the log: by an import, an undo, or from quarantine."""
        now = self.manifest
        return now.imports != before.imports or not set(before.quarantine) <= set(now.quarantine)

    # --- who is who ----------------------------------------------------------------------------

    def go_by(self, rules: IdentityRules) -> None:
        """Other limits, other identifiers that link nothing. Whoever asks has to ask of everybody."""
        if rules != self._rules:
            self._rules = rules
            self._know_anew()

    def taken_moves(self) -> Moves:
        """Persons whose rows are others since this was asked last, and from when on; forgets them."""
        moves, self._moves = self._moves, {}
        return moves

    def persons_of(self, numbers: Int64s, ats: Int64s) -> Int64s:
        """Whom each row of a number at an instant belongs to."""
        return self.persons.resolution.person_of(numbers, ats)

    def around(self, arrival: int) -> Int64s:
        """Whoever may have been changed by links in rows of the version that came after an arrival."""
        runs = [run for files in self._runs for run in files]
        ends = [mentioned_since(run, arrival) for run in runs]
        some = np.unique(np.concatenate([np.zeros(0, np.int64), *ends]))
        return all_around(self.persons.resolution, some) if len(some) else some

    def have_rows(self, numbers: Int64s) -> npt.NDArray[np.bool_]:
        """Which of these numbers (ascending) have rows of their own."""
        return self.persons_by_rows.have_rows(numbers)

    def are_known(self, numbers: Int64s) -> npt.NDArray[np.bool_]:
        """Which of these numbers (ascending) somebody still is, by rows or by being spoken of."""
        found = self.persons_by_rows.have_rows(numbers)
        for block in self._blocks.values():
            found |= np.isin(numbers, block.of(numbers).numbers)
        found |= np.isin(numbers, np.fromiter(self.tail.met, np.int64, len(self.tail.met)))
        return found

    def _know(self, run: Run, new: Entries) -> None:
        """More rows: who is who by them."""
        identities = self._identities()
        ignored = frozenset(self._ignored_in(new))
        moves = self.persons.grow(identities, links_of(run), run.profiles, ignored)
        self._note(moves)

    def _know_anew(self, *, tells: bool = False) -> None:
        """Who is who by all rows; if it ``tells``, what became of those who were known before."""
        runs = [run for files in self._runs for run in files]
        links = [links_of(run) for run in (*runs, *(level.run for level in self.tail.levels))]
        old = self.persons.resolution if tells else None
        self.persons.begin(
            self._identities(), [some for some in links if some], self._ignored_in(self.tail.all())
        )
        if old is not None:
            new = self.persons.resolution
            touched = np.union1d(several(old.links), several(new.links))
            numbers = changed(old, new, touched)
            self._note(moves_between(old, new, numbers, self.persons_by_rows))

    def _note(self, moves: Moves) -> None:
        for person, at in moves.items():
            self._moves[person] = min(self._moves.get(person, at), at)

    def _identities(self) -> Identities:
        """Those who have the rows read by now."""
        levels = tuple(level.run for level in self.tail.levels)
        blocks = tuple(self._blocks.values())
        self._names = _Names(
            (*levels, *(run for files in self._runs for run in files)), self.tail.met, blocks
        )
        self.persons_by_rows = Identities(
            [(*files, *levels) for files in self._runs], blocks, self.tail.people, self._rules
        )
        return self.persons_by_rows

    def _ignored_in(self, entries: Entries) -> set[int]:
        """Numbers of identifiers in the log that make no link."""
        texts = ignored_texts(self._rules.ignored)
        own = pc.coalesce(entries.users, entries.anonymous)
        here = pc.is_in(own, value_set=pa.array(sorted(texts), pa.large_string()))
        found = set(entries.profiles[here.to_numpy(zero_copy_only=False)].tolist())
        met = (self.tail.people.users, self.tail.people.anonymous)
        found.update(some[text] for some in met for text in texts & some.keys())
        return found

    def gathered(self, persons: Int64s) -> BucketHistory:
        """The whole histories of these persons; profile i of it is of ``persons[i]``."""
        moved, numbers = None, persons
        if self.persons.resolution:
            below = self.persons.resolution.hanging_on(np.unique(persons))
            moved = self.persons_by_rows.moved_among(below)
            numbers = np.where(np.isin(persons, moved.numbers), NOBODY, persons)
            moved = moved.where(np.isin(moved.persons, persons))
        levels = [self._bases, self._deltas, *([level.run] for level in self.tail.levels)]
        runs = [gather_run(some, numbers) for some in levels if some]
        filled = [run for run in runs if len(run)] or [gather_run((), numbers)]
        if moved is None or not len(moved):
            return BucketHistory(filled, self.catalogue)
        every = [run for some in levels for run in some]
        came = gather_moved(every, moved, persons)
        if came is not None:
            filled.append(came)
        return GatheredHistory(filled, self.catalogue, persons, self.persons_by_rows)

    def names_of(self, numbers: Int64s) -> list[str | None]:
        """How outputs name these persons; None for one that is no more. From any thread.

        One that came under no row of their own is named as others spoke of them.
        """
        runs, met, blocks = self._names
        found = names_of(runs, numbers)
        missing = np.unique(numbers[[at for at, name in enumerate(found) if name is None]])
        if len(missing):
            names = {number: met[number].display for number in missing.tolist() if number in met}
            for block in blocks:
                people = block.of(missing)
                for number, text, anonymous in zip(
                    people.numbers.tolist(), people.texts.to_pylist(), people.anonymous, strict=True
                ):
                    names[number] = Identifier(text, bool(anonymous)).display
            found = [
                names.get(number) if name is None else name
                for number, name in zip(numbers.tolist(), found, strict=True)
            ]
        return found

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
        """Every bucket, whole: the rows of its persons."""
        buckets = len(self.manifest.buckets)
        tail = tail_runs(self.tail.all(), _copied(self._naming), buckets)
        runs = [
            (*files, tail[bucket]) if bucket in tail else files
            for bucket, files in enumerate(self._runs)
        ]
        blocks = tuple(self._blocks.values())
        identities = Identities(runs, blocks, self.tail.people, self._rules)
        identities.resolution = self.persons.resolution
        moving = Moving(runs, identities)
        for bucket, some in enumerate(runs):
            if moving and moving.touches(bucket):
                yield MovedHistory(moving, bucket, self.catalogue)
            else:
                yield BucketHistory(some, self.catalogue)

    def known_arrival(self) -> int:
        """The last arrival of the log in the version."""
        last = (int(run.arrival[run.import_id == 0].max(initial=0)) for run in self._open.values())
        return max(last, default=0)

    def since(self, arrival: int) -> tuple[Int64s, Int64s]:
        """Rows of the log in the version that arrived after one: their numbers and instants."""
        numbers: list[Int64s] = [np.empty(0, dtype=np.int64)]
        ats: list[Int64s] = [np.empty(0, dtype=np.int64)]
        for run in (run for files in self._runs for run in files):
            new = np.flatnonzero((run.arrival > arrival) & (run.import_id == 0))
            owner = np.searchsorted(run.offsets, new, side="right") - 1
            numbers.append(run.profiles[owner])
            ats.append(run.occurred_at[new])
        return np.concatenate(numbers), np.concatenate(ats)

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
        known: dict[str, IdentifierBlock] = getattr(self, "_blocks", {})
        self._blocks = {
            file.name: known.get(file.name) or read_block(self._root / IDENTIFIERS / file.name)
            for file in manifest.identifiers
        }
        self._bases = [files[0] for files in self._runs if files]
        self._deltas = [files[1] for files in self._runs if len(files) > 1]


def mentioned_since(run: Run, arrival: int) -> Int64s:
    """Whom rows of the log that arrived after one link, and whose rows those are."""
    found: list[Int64s] = []
    new = (run.arrival > arrival) & (run.import_id == 0)
    for key in COLUMNS.values():
        column = run.columns.get(key)
        if column is not None:
            some = np.flatnonzero(new[column.rows])
            owner = np.searchsorted(run.offsets, column.rows[some], side="right") - 1
            found += [run.profiles[owner], column.values[some] >> 2]
    return np.unique(np.concatenate([np.zeros(0, np.int64), *found]))


@lru_cache(maxsize=4)
def ignored_texts(added: tuple[str, ...]) -> frozenset[str]:
    """The texts of identifiers that make no link."""
    return frozenset(one.text for one in ignored_identifiers(added))


def _copied(naming: Naming) -> Naming:
    types: dict[tuple[str, str], PropertyType] = dict(naming.types)
    raw = {name: dict(names) for name, names in naming.raw_names.items()}
    return Naming(raw, dict(naming.lines), types, set(naming.inexact))
