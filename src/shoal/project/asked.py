"""What the API stands on: the project as it is now, who may ask it, and what its owner says."""

from __future__ import annotations

import logging
import threading
from abc import ABC, abstractmethod
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from shoal.access import (
    AuditEntry,
    Bucket,
    Key,
    Rate,
    TooManyError,
    digest_of,
    take,
)
from shoal.capture.app import Sender
from shoal.core.errors import ShoalError
from shoal.project.opening import rules_of
from shoal.project.settings import SETTINGS_FILE, read_settings
from shoal.store.accounts import Accounts

if TYPE_CHECKING:
    from shoal.project.opening import Project

journal = logging.getLogger("shoal.serve")

SERVING, LIVE, SHORTEN = "serving", "live", "shorten log"
"""What an owner may be asked by the process that answers."""

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


class Asked(ABC):
    """A project that is asked over HTTP, by the process that owns its store or by one beside it."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._settings_at = _stamp(project)
        self._looking = threading.Lock()
        self.accounts = Accounts(project.store.books)
        self.keyring = Keyring(project, self.accounts)
        self.tries: dict[str, Bucket] = {}
        """How often somebody tried to log in, by address."""

    @property
    def project(self) -> Project:
        """The project, by what ``shoal.yml`` says now: anybody may have written it meanwhile."""
        stamp = _stamp(self._project)
        if stamp != self._settings_at:
            with self._looking:
                if stamp != self._settings_at:
                    self._look_again()
                    self._settings_at = stamp
        return self._project

    def note(self, actor: str, action: str, subject: str = "", **detail: object) -> None:
        """Adds to the audit trail."""
        self.accounts.note(AuditEntry(self._project.clock(), actor, action, subject, detail))

    @abstractmethod
    def ask(self, what: str) -> dict[str, Any]:
        """What the owner of the store says of itself."""

    def status(self) -> dict[str, Any]:
        """How the server is: what came in, what waits, how true membership is, what is wrong."""
        return self.ask(SERVING)

    def live_status(self) -> dict[str, Any]:
        """How true live membership is, and how every segment stands."""
        return self.ask(LIVE)

    def _look_again(self) -> None:
        try:
            settings = read_settings(self._project.folder)
        except (OSError, ShoalError) as error:
            journal.error("shoal.yml is no use", extra={"error": type(error).__name__})
            return
        self._project = replace(self._project, settings=settings)
        self._project.store.rules = rules_of(settings)


def _stamp(project: Project) -> tuple[int, int, int] | None:
    """What changes whenever ``shoal.yml`` is written."""
    try:
        found = (project.folder / SETTINGS_FILE).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_ino, found.st_size
