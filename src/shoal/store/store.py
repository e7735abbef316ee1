"""The store of a project: created, opened, read by anyone, written by its one owner."""

from __future__ import annotations

import dataclasses
import os
import secrets
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

from msgspec.structs import replace

from shoal.core.errors import StoreBusyError, StoreError
from shoal.events.event import Event
from shoal.store.books import Books, ImportRecord
from shoal.store.damage import Damage, damages
from shoal.store.files import (
    BOOKS,
    BUCKETS,
    FORMAT,
    FORMAT_FILE,
    IDENTIFIERS,
    KEY,
    LOG,
    QUARANTINE,
    TOMBSTONES,
    check_format,
    full_disk_said,
    store_folder,
    sync_folder,
    write_error,
    writing,
)
from shoal.store.folding import AppendCounts
from shoal.store.handing import forget_handed
from shoal.store.identities import IdentityRules
from shoal.store.manifest import BucketFiles, Manifest, newest_manifest, pin_newest, publish
from shoal.store.mending import mend_files
from shoal.store.migrations import migrate
from shoal.store.operations import OPERATIONS, Request
from shoal.store.owner import hand_over, owning
from shoal.store.quarantine import Quarantined, read_quarantine
from shoal.store.snapshot import Snapshot, take_snapshot
from shoal.store.state import State
from shoal.store.tail import event_to_json, refused_in
from shoal.store.tail_reader import TailReader
from shoal.store.upgrading import add_links, lacks_links
from shoal.store.writer import Writer

BUCKET_COUNT = 16
WAIT = 10.0
"""Seconds to wait for another owner."""


class Store:
    """A store. Reading needs no lock; writing makes this process the owner for as long as it takes.

    >>> # with store.write() as writer:
    >>> #     writer.append([event])
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = store_folder(folder)
        self.books = Books(self.root / BOOKS)
        self._tail = TailReader(self.root / LOG)
        self.rules = IdentityRules()
        """What the project says about identity."""
        self.before_looking: Callable[[], None] | None = None
        """Done before a snapshot is taken: an owner may shorten the log by it."""

    def snapshot(self) -> Snapshot:
        """The newest version, held still, with everything acknowledged so far."""
        if self.before_looking is not None:
            self.before_looking()
        return take_snapshot(self.root, self._tail, self.rules)

    @contextmanager
    def write(
        self, *, wait: float = WAIT, mend: bool = False, doing: str = ""
    ) -> Generator[Writer]:
        """Makes this process the owner; while it lasts, others can hand their small writes over.

        ``mend`` sets files aside that cannot be read, where else StoreDamagedError is raised.
        ``doing`` is what others are told who want to write. StoreBusyError if another process stays
        the owner for ``wait`` seconds.
        """
        with owning(self.root, wait=wait, doing=doing) as owner:
            if mend:
                mend_files(self.root)
            forget_handed(self.root)
            state = State(self.root, self.rules)
            try:
                writer = Writer(state, self.books)
                owner.serve(writer)
                with full_disk_said(self.root):
                    yield writer
            finally:
                owner.stop()
                state.close()

    def perform(self, name: str, request: Request | None = None, *, wait: float = WAIT) -> Request:
        """Has a registered operation done, by this process as the owner or by the one that is.

        StoreBusyError if nobody takes it for ``wait`` seconds.
        """
        request = {**(request or {}), "operation": name}
        until = time.monotonic() + wait
        while True:
            try:
                with self.write(wait=0) as writer:
                    return OPERATIONS[name](writer, request)
            except StoreBusyError:
                pass
            try:
                return hand_over(self.folder, request)
            except StoreBusyError:
                if time.monotonic() >= until:
                    raise
                time.sleep(0.02)

    def append(self, events: Sequence[Event], *, wait: float = WAIT) -> AppendCounts:
        """Appends events whoever the owner is; they are durable on return."""
        # With an identity of their own, sending them twice by mistake adds them once.
        named = [
            event if event.message_id is not None else replace(event, message_id=uuid4().hex)
            for event in events
        ]
        answer = self.perform(
            "append", {"events": [event_to_json(event) for event in named]}, wait=wait
        )
        return AppendCounts(answer["appended"], answer["duplicates"], answer["dropped"])

    def imports(self) -> list[ImportRecord]:
        """The imports there have been, undone and replaced ones too, oldest first."""
        manifest = newest_manifest(self.root)
        live = set(manifest.imports)
        # An import that failed leaves its number, and then its record, to the next one.
        records = [record for record in self.books.imports() if record.id < manifest.next_import]
        replaced = {record.replaces: record.imported_at for record in records}
        known = [
            dataclasses.replace(
                record,
                undone_at=None
                if record.id in live
                else record.undone_at or replaced.get(record.id),
            )
            for record in records
        ]
        return [it for it in known if it.id in live or it.undone_at is not None]

    def quarantine(self) -> Iterator[Quarantined]:
        """Everything that could not become an event, in the order in which it was kept."""
        manifest, handle = pin_newest(self.root)
        try:
            live = list(refused_in(self.root, manifest.log))
            yield from read_quarantine(self.root, manifest.quarantine)
            yield from live
        finally:
            os.close(handle)

    def damages(self) -> list[Damage]:
        """Files that were found damaged and set aside, with what was lost."""
        return damages(self.root)

    def close(self) -> None:
        """Lets go of the books."""
        self.books.close()


def create(folder: str | Path, *, buckets: int = BUCKET_COUNT) -> Store:
    """A new, empty store in ``folder/.shoal``; its number of buckets is fixed for good."""
    assert 1 <= buckets <= 4096
    folder = Path(folder)
    root = store_folder(folder)
    if (root / FORMAT_FILE).exists():
        raise StoreError(f"`{folder}` has a store already")
    try:
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        for name in (BUCKETS, IDENTIFIERS, QUARANTINE, TOMBSTONES, LOG):
            (root / name).mkdir(exist_ok=True)
    except OSError as error:
        raise write_error(root, error) from error
    with writing(root / KEY) as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(secrets.token_bytes(32))
    store = Store(folder)
    store.books.create()
    publish(root, Manifest(1, tuple(BucketFiles() for _ in range(buckets))))
    # The format comes last: without it there is no store.
    with writing(root / FORMAT_FILE) as file:
        file.write(f"shoal store {FORMAT}\n".encode())
    sync_folder(root)
    return store


def open_store(folder: str | Path) -> Store:
    """The store of a project folder, brought to this Shoal's format if it is older."""
    folder = Path(folder)
    root = store_folder(folder)
    found = check_format(root)
    if found < FORMAT:
        with owning(root, wait=WAIT):
            migrate(root, found)
    if lacks_links(root):
        with owning(root, wait=WAIT):
            add_links(root)
    return Store(folder)
