"""What the owner of a store can do to it. Every method is one commit, whole or not at all."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from shoal.core.errors import NotFoundError
from shoal.core.instants import Zone
from shoal.events.event import Event
from shoal.events.quarantine import Rejected
from shoal.events.source import ImportSource
from shoal.events.table import EventTable
from shoal.privacy import ErasurePlan
from shoal.store import erasing, folding, importing, replaying
from shoal.store.books import Books
from shoal.store.catalogue import Types
from shoal.store.erasing import ErasureCounts
from shoal.store.folded import folded
from shoal.store.folding import AppendCounts
from shoal.store.import_under_way import ImportUnderWay, under_way
from shoal.store.importing import ImportCounts
from shoal.store.quarantine import Quarantined, Refused
from shoal.store.replaying import ReadAgain, ReplayCounts
from shoal.store.rewriting import Rewrite, RewriteTask, leave_out, rewritten
from shoal.store.state import State
from shoal.store.talking import Ask, Message


class Writer:
    """The owner's hand. Appends may come from any thread, also while an import runs."""

    def __init__(self, state: State, books: Books) -> None:
        self.state = state
        self.books = books
        self.folds_itself = True
        """Whether an append folds a long log; False where somebody else sees to that."""
        self.hand: folding.Hand = folded
        """Who does the long work of a fold."""
        self.says: dict[str, Callable[[], dict[str, Any]]] = {}
        """What the owner says of itself, by what others ask; nothing unless it serves."""
        self.rewrite: Rewrite = rewritten
        """Who writes rows of the buckets anew."""
        self.importer: Callable[[Message, Ask], Message] | None = None
        """Who imports what another process hands over; None for this process."""

    def import_tables(  # noqa: PLR0913
        self,
        source: ImportSource,
        tables: Iterable[EventTable],
        rejected: Iterable[Rejected] = (),
        *,
        zone: Zone | None = None,
        imported_at: int | None = None,
        replaces: int | None = None,
        declared: Types | None = None,
        told: Callable[[ImportCounts], Mapping[str, Any]] | None = None,
        memory: int = importing.MEMORY,
    ) -> ImportCounts:
        """Adds the tables in one commit; ``rejected`` is read after them.

        With ``replaces``, that import is taken back in the same commit. Texts without an offset are
        times of ``zone``. ``declared`` are the types of the tracking plan, ``told`` the counts that
        whoever imports tells in place of the store's own: the books keep what was told.
        """
        at = now() if imported_at is None else imported_at
        with self.importing(
            zone=zone or Zone(), imported_at=at, replaces=replaces, declared=declared, memory=memory
        ) as one:
            manifest = self.state.manifest
            placed = importing.imported(one.task, manifest, tables, rejected, one)
            one.commit(placed, lambda: self.record(one.task, source, placed.counts, told))
        return placed.counts

    @contextmanager
    def importing(
        self,
        *,
        zone: Zone,
        imported_at: int,
        replaces: int | None = None,
        declared: Types | None = None,
        memory: int = importing.MEMORY,
    ) -> Generator[ImportUnderWay]:
        """An import to be done by whoever has its task; it is none before it is committed."""

        def task(number: int, first: int) -> importing.ImportTask:
            root = self.state.root
            return importing.ImportTask(
                root, number, first, imported_at, zone, declared, replaces, memory
            )

        with self.state.importing:
            if replaces is not None:
                self._check_import(replaces)
            with under_way(self.state, self.hand, task, replaces=replaces is not None) as one:
                yield one

    def record(
        self,
        task: importing.ImportTask,
        source: ImportSource,
        counts: ImportCounts,
        told: Callable[[ImportCounts], Mapping[str, Any]] | None = None,
    ) -> None:
        """Puts an import about to be committed into the books."""
        self.books.record_import(
            source,
            counts.import_id,
            {**asdict(counts), "rows": counts.rows, **(told(counts) if told else {})},
            task.imported_at,
            task.replaces,
        )

    def append(self, events: Sequence[Event], refused: Sequence[Refused] = ()) -> AppendCounts:
        """Adds single events to the log, and what could not be one to the quarantine.

        All of it is durable on return; threads that append at once share one fsync.
        """
        counts = folding.append(self.state, events, refused)
        tail = self.state.tail
        is_long = len(tail) >= folding.FOLD_AT or tail.size >= folding.FOLD_SIZE
        if self.folds_itself and is_long and self.state.bulk.acquire(blocking=False):
            try:
                folding.fold(self.state, self.hand)
            finally:
                self.state.bulk.release()
        return counts

    def undo(self, import_id: int) -> int:
        """Takes an import back: its rows, its quarantine and its fingerprints. Rows removed."""
        with self.state.importing, self.state.bulk:
            self._check_import(import_id)
            change = self.state.change()
            task = RewriteTask(self.state.root, self.state.manifest, take_back=import_id)
            done = self.rewrite(task)
            done.made.put_into(change)
            leave_out(change, import_id)
            self.books.record_undo(import_id, now())  # the manifest knows whether it came to that
            self.state.commit(change)
            return done.removed

    def declare(self, types: Types, zone: Zone) -> dict[str, int]:
        """Gives properties the types that the tracking plan declares, in one commit.

        The values that got another type, by property. A planned change: their rows are written anew.
        """
        with self.state.importing, self.state.bulk:
            folding.fold(self.state, self.hand)
            change = self.state.change()
            task = RewriteTask(self.state.root, self.state.manifest, types=types, zone=zone)
            done = self.rewrite(task)
            done.made.put_into(change)
            if done.changed or dict(types) != dict(self.state.manifest.catalogue.declared):
                self.state.commit(change)
            return done.changed

    def fold(self) -> int:
        """Moves the tail of the log into the buckets; the number of events moved."""
        with self.state.bulk:
            done = folding.fold(self.state, self.hand)
            return 0 if done is None else done.events

    def compact(self) -> int:
        """Folds the log and merges every delta into its base; the number of buckets merged."""
        with self.state.bulk:
            done = folding.fold(self.state, self.hand, is_compact=True)
            return 0 if done is None else done.merged

    def erase(self, user_id: str) -> ErasureCounts:
        """Removes every trace of a person but a keyed mark that turns later events away."""
        with self.state.importing, self.state.bulk:
            return erasing.erase(self.state, user_id)

    def plan_erasure(self, user_id: str) -> ErasurePlan:
        """What erasing the person would remove."""
        with self.state.importing, self.state.bulk:
            return erasing.plan_erasure(self.state, user_id)

    def mend(self, wanted: str, raw: str) -> None:
        """Puts other text in place of a row in quarantine; it stays there until it is replayed."""
        with self.state.bulk:
            replaying.edit_row(self.state, wanted, lambda row: row.with_raw(raw), self.hand)

    def drop(self, wanted: str) -> None:
        """Throws a row in quarantine away."""
        with self.state.bulk:
            replaying.edit_row(self.state, wanted, lambda _: None, self.hand)

    def replay(
        self,
        wanted: Callable[[Quarantined], bool],
        read: Callable[[Sequence[Quarantined]], ReadAgain],
    ) -> ReplayCounts:
        """Reads rows in quarantine again; what is understood becomes events and leaves it."""
        with self.state.importing, self.state.bulk:
            return replaying.replay(self.state, wanted, read, self.hand)

    def _check_import(self, import_id: int) -> None:
        if import_id not in self.state.manifest.imports:
            raise NotFoundError(
                f"there is no import {import_id}", hint="`shoal import list` shows them"
            )


def now() -> int:
    """The clock, in microseconds since the epoch."""
    return time.time_ns() // 1000
