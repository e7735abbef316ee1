"""A project that is being served: its store owned, its intake open, its keys at hand."""

from __future__ import annotations

import os
import threading
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
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
from shoal.store.accounts import Accounts, User

if TYPE_CHECKING:
    from shoal.project.opening import Project
    from shoal.store import Writer

FOLD_EVERY = 60.0
"""Seconds after which what came in is moved from the log into the buckets."""
FOLD_FROM = 20_000
"""Events in the log from which on that is done sooner."""
LOOK_EVERY = 1.0
KEY_RATE = Rate(per_second=2_000, burst=10_000)
"""Requests of one write key: beyond this a client runs away."""


@dataclass
class Keyring:
    """The valid keys, in memory: looked up for every request, read from the books now and then."""

    project: Project
    accounts: Accounts
    _keys: dict[str, Key] = field(default_factory=dict[str, Key])
    _rates: dict[int, Bucket] = field(default_factory=dict[int, Bucket])
    _read_at: int = -(1 << 60)
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
        if now - self._read_at < 100_000:  # somebody tries keys: the books are not asked each time
            return
        self._keys = {key.digest: key for key in self.accounts.all_keys() if key.is_valid}
        self._read_at = now


@dataclass
class Served:
    """What the doors of what is served project stand on."""

    project: Project
    writer: Writer
    intake: LiveIntake
    accounts: Accounts
    keyring: Keyring
    started_at: int
    trouble: str | None = None
    """What the last piece of upkeep failed with, if it did."""
    tries: dict[str, Bucket] = field(default_factory=dict[str, Bucket])
    """How often somebody tried to log in, by address."""
    _stopping: threading.Event = field(default_factory=threading.Event)

    def note(self, actor: str, action: str, subject: str = "", **detail: object) -> None:
        """Adds to the audit trail."""
        self.accounts.note(AuditEntry(self.project.clock(), actor, action, subject, detail))

    @property
    def is_ready(self) -> bool:
        """Whether events are taken."""
        return not self._stopping.is_set() and self.trouble is None

    def keep_house(self) -> None:
        """Moves what came in into the buckets, until it stops. For a thread of its own."""
        waited = 0.0
        while not self._stopping.wait(LOOK_EVERY):
            waited += LOOK_EVERY
            waiting = len(self.writer.state.tail)
            if waiting < FOLD_FROM and (waited < FOLD_EVERY or not waiting):
                continue
            waited = 0.0
            try:
                self.writer.fold()
                self.trouble = None
            except ShoalError as error:  # told by /readyz and the metrics; the log holds it all
                self.trouble = error.message

    def stop(self) -> None:
        """Takes nothing more; what was taken is durable on return."""
        self._stopping.set()
        self.intake.close()


@contextmanager
def serving(project: Project) -> Generator[Served]:
    """The project's store owned and its intake open; in the end everything taken is durable."""
    with project.store.write() as writer:
        writer.folds_itself = False
        accounts = Accounts(project.store.books)
        intake = LiveIntake(writer)
        served = Served(
            project, writer, intake, accounts, Keyring(project, accounts), project.clock()
        )
        upkeep = threading.Thread(target=served.keep_house, name="upkeep", daemon=True)
        upkeep.start()
        try:
            yield served
        finally:
            served.stop()
            upkeep.join()


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
