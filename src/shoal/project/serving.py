"""A project that is being served: its store owned, its intake open, its keys at hand."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from shoal.access import (
    AuditEntry,
    Bucket,
    Key,
    KeyKind,
    Rate,
    Role,
    TooManyError,
    digest_of,
    new_secret,
    take,
)
from shoal.access.keys import ENTROPY
from shoal.capture.app import Sender
from shoal.capture.queueing import LiveIntake
from shoal.core.errors import ShoalError
from shoal.project.delivering import Deliveries, Outlet
from shoal.project.import_apart import Importers
from shoal.project.living import Living
from shoal.project.settings import Now, read_settings
from shoal.store.accounts import Accounts, User
from shoal.store.child import Child

if TYPE_CHECKING:
    from shoal.project.opening import Project
    from shoal.store import Writer

journal = logging.getLogger("shoal.serve")

FOLD_EVERY = 60.0
"""Seconds after which what came in is moved from the log into the buckets."""
FOLD_FROM = 20_000
FOLD_SIZE = 32 << 20
"""Events in the log, or bytes of it, from which on that is done sooner."""
LOG_AHEAD = 8 << 20
LONG_TO_READ = 2_000
"""Events in the log that a question has moved into the buckets first."""
QUESTION_WAITS = 0.5
LOOK_EVERY = 1.0
TRY_AGAIN = 5.0
OWNER_WAIT = 3.0
"""Seconds to wait for another owner: one that was asked to stop may still be finishing."""
KEY_RATE = Rate(per_second=2_000, burst=10_000)
"""Requests of one write key: beyond this a client runs away."""
READ_RATE = Rate(per_second=10, burst=20)
"""How often the books are asked for keys that nobody knows."""


@dataclass
class Keyring:
    """The valid keys, in memory: looked up for every request, read from the books now and then."""

    project: Project
    accounts: Accounts
    _keys: dict[str, Key] = field(default_factory=dict[str, Key])
    _rates: dict[int, Bucket] = field(default_factory=dict[int, Bucket])
    _read_at: int = -(1 << 60)
    _reads: Bucket | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    fresh: int = 2_000_000
    """Microseconds for which what was read holds: so long a revoked key may go on."""

    def find(self, secret: str) -> Key | None:
        """The valid key of a secret."""
        now = self.project.clock()
        digest = digest_of(secret)
        with self._lock:
            if now - self._read_at > self.fresh or digest not in self._keys:
                self._read(now)
            return self._keys.get(digest)

    def sender(self, secret: str) -> Sender | None:
        """The sender that the capture door asks for; TooManyError beyond the key's rate."""
        key = self.find(secret)
        if key is None:
            return None
        with self._lock:
            bucket, wait = take(self._rates.get(key.id), KEY_RATE, self.project.clock())
            self._rates[key.id] = bucket
        if wait is not None:
            raise TooManyError(wait)
        return Sender(f"key:{key.id}")

    def _read(self, now: int) -> None:
        self._reads, wait = take(self._reads, READ_RATE, now)
        if wait is not None:  # somebody tries keys: the books are not asked each time
            return
        self._keys = {key.digest: key for key in self.accounts.all_keys() if key.is_valid}
        self._read_at = now


@dataclass
class Served:
    """What the doors of a served project stand on."""

    project: Project
    writer: Writer
    intake: LiveIntake
    accounts: Accounts
    keyring: Keyring
    started_at: int
    living: Living = field(init=False)
    """Who is in which segment now."""
    deliveries: Deliveries = field(init=False)
    """Who is told of it."""
    is_leaving: Callable[[], bool] = lambda: False
    """Whether open streams have to end."""
    trouble: str | None = None
    """What the last piece of upkeep failed with, if it did."""
    damaged: int = 0
    """Files that were found damaged and set aside."""
    folds: int = 0
    tries: dict[str, Bucket] = field(default_factory=dict[str, Bucket])
    """How often somebody tried to log in, by address."""
    _live: int = 0
    _asked: threading.Event = field(default_factory=threading.Event)
    _folded: threading.Condition = field(default_factory=threading.Condition)
    _stopping: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self.living = Living(self.project.folder, self.writer, self.project.clock)
        outlet = Outlet(lambda: self.project, lambda: self.living.last_seq)
        self.deliveries = Deliveries(outlet)

    def note(self, actor: str, action: str, subject: str = "", **detail: object) -> None:
        """Adds to the audit trail."""
        self.accounts.note(AuditEntry(self.project.clock(), actor, action, subject, detail))

    @property
    def is_ready(self) -> bool:
        """Whether events are taken."""
        return not self._stopping.is_set() and self.trouble is None

    def keep_house(self) -> None:
        """Moves what came in into the buckets, until the served stops. For a thread of its own."""
        last = time.monotonic()
        while not self._stopping.is_set():
            is_asked = self._asked.wait(LOOK_EVERY)
            self._asked.clear()
            self.follow_the_clock()
            tail = self.writer.state.tail
            is_long = len(tail) >= FOLD_FROM or tail.size >= FOLD_SIZE
            is_old = time.monotonic() - last >= FOLD_EVERY
            if not self._stopping.is_set() and tail and (is_long or is_old or is_asked):
                last = time.monotonic() - (0 if self._fold() else FOLD_EVERY - TRY_AGAIN)
            with self._folded:
                self._folded.notify_all()

    def shorten_log(self) -> None:
        """Before a question is answered: a long log is the child's work, if it is done soon."""
        if len(self.writer.state.tail) < LONG_TO_READ:
            return
        with self._folded:
            self._asked.set()
            self._folded.wait(QUESTION_WAITS)

    def follow_the_clock(self) -> None:
        """Old data asked about at its latest event becomes live data, asked about now."""
        live, self._live = self._live, self.intake.counted.events
        if live == self._live:
            return
        try:
            settings = read_settings(self.project.folder)
            self.project = replace(self.project, settings=settings)
            if settings.now is Now.CLOCK:
                return
            self.project = self.project.with_now(Now.CLOCK)
        except (OSError, ShoalError) as error:
            journal.error("shoal.yml is no use", extra={"error": type(error).__name__})
            return
        self.note("serve", "settings.change", "now", now=str(Now.CLOCK))
        journal.warning(
            "events come in live: questions without a time are now asked at the clock's time "
            "(`now: clock` in shoal.yml)"
        )

    def look_again(self) -> None:
        """Goes by what ``shoal.yml`` says now: something else may have written it."""
        self.project = replace(self.project, settings=read_settings(self.project.folder))

    def stop(self) -> None:
        """Takes nothing more; what was taken is durable on return."""
        self._stopping.set()
        self._asked.set()
        self.intake.close()

    def _fold(self) -> bool:
        """Whether it could be done; told by /readyz and the metrics if not, the log holds it all."""
        try:
            moved = self.writer.fold()
        except ShoalError as error:
            self.trouble = error.message
            journal.error("upkeep failed", extra={"error": type(error).__name__})
            return False
        self.folds += 1
        self.trouble = None
        journal.info("moved events into the buckets", extra={"events": moved})
        return True


@contextmanager
def serving(project: Project) -> Generator[Served]:
    """The project's store owned and its intake open; in the end everything taken is durable.

    Files that cannot be read are set aside first, and told.
    """
    with project.store.write(wait=OWNER_WAIT, mend=True, doing="shoal serve") as writer:
        _get_ready(project)
        child = Child()
        writer.folds_itself = False
        writer.state.log.ahead = LOG_AHEAD
        writer.hand = writer.rewrite = child
        importers = Importers()
        writer.importer = importers
        accounts = Accounts(project.store.books)
        intake = LiveIntake(writer)
        keyring = Keyring(project, accounts)
        served = Served(project, writer, intake, accounts, keyring, project.clock())
        served.damaged = len(project.store.damages())
        upkeep = threading.Thread(target=served.keep_house, name="upkeep", daemon=True)
        upkeep.start()
        served.living.start()
        served.deliveries.start()
        project.store.before_looking = served.shorten_log
        try:
            yield served
        finally:
            project.store.before_looking = None
            served.stop()
            served.deliveries.stop()
            importers.close()
            served.living.stop()
            upkeep.join()
            child.close()


def _get_ready(project: Project) -> None:
    """Loads what the first event would have to wait for."""
    from shoal.capture.calls import calls_in
    from shoal.events.event import Event
    from shoal.store.live_identity import live_fingerprints

    now = project.clock()
    calls_in(b'{"batch":[{"type":"track","event":"warm","userId":"nobody","properties":{"a":1}}]}')
    live_fingerprints([Event("warm", "nobody", None, now, now, "m")])


def create_key(project: Project, kind: KeyKind, name: str, actor: str) -> tuple[Key, str]:
    """A new key and its secret, which is kept nowhere."""
    secret = new_secret(kind, os.urandom(ENTROPY))
    accounts = Accounts(project.store.books)
    key = accounts.add_key(kind, name, digest_of(secret), project.clock())
    accounts.note(
        AuditEntry(project.clock(), actor, "key.create", f"key:{key.id}", {"kind": str(kind)})
    )
    return key, secret


def create_user(project: Project, email: str, role: Role, password: str | None, actor: str) -> User:
    """A new user, noted in the audit trail; ``password`` is what is kept of it."""
    accounts = Accounts(project.store.books)
    user = accounts.add_user(email, role, password, project.clock())
    detail = {"role": str(role)}
    accounts.note(AuditEntry(project.clock(), actor, "user.create", f"user:{user.id}", detail))
    return user


def revoke_key(project: Project, number: int, actor: str) -> None:
    """Closes a key for good."""
    accounts = Accounts(project.store.books)
    accounts.revoke_key(number, project.clock())
    accounts.note(AuditEntry(project.clock(), actor, "key.revoke", f"key:{number}"))
