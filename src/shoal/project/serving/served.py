"""A project that is being served: its store owned, its intake open, its keys at hand."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shoal.access import AuditEntry, Key, KeyKind, Role, digest_of, new_secret
from shoal.access.keys import ENTROPY
from shoal.capture.queueing import LiveIntake
from shoal.core.errors import ShoalError
from shoal.project.asked import Asked
from shoal.project.campaigns.beside import Campaigning
from shoal.project.owner.import_apart import Importers
from shoal.project.predictions.schedule import PredictionSchedule
from shoal.project.serving.delivering import Deliveries, Outlet
from shoal.project.serving.living import Living
from shoal.project.settings import Now
from shoal.project.sources.schedule import SourceSchedule
from shoal.store.accounts import Accounts, User
from shoal.store.child import Child
from shoal.store.owner import SERVING

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


class Served(Asked):
    """What the doors of a served project stand on: the store owned, the intake open."""

    def __init__(self, project: Project, writer: Writer) -> None:
        super().__init__(project)
        self.writer = writer
        self.intake = LiveIntake(writer)
        self.started_at = project.clock()
        self.living = Living(project.folder, writer, project.clock)
        """Who is in which segment now."""
        outlet = Outlet(lambda: self.project, lambda: self.living.last_seq)
        self.deliveries = Deliveries(outlet)
        """Who is told of it."""
        self.campaigning = Campaigning(lambda: self.project)
        """Who is written to."""
        self.sources = SourceSchedule(lambda: self.project)
        """What comes in by itself."""
        self.predictions = PredictionSchedule(lambda: self.project)
        """What is foretold anew every day."""
        self.is_leaving: Callable[[], bool] = lambda: False
        """Whether open streams have to end."""
        self.trouble: str | None = None
        """What the last piece of upkeep failed with, if it did."""
        self.unanswered: Callable[[], str | None] = lambda: None
        """Why questions are not answered, if they are not."""
        self.damaged = len(project.store.damages())
        """Files that were found damaged and set aside."""
        self.folds = 0
        self._live = 0
        self._asked = threading.Event()
        self._folded = threading.Condition()
        self._stopping = threading.Event()

    @property
    def is_ready(self) -> bool:
        """Whether events are taken."""
        return not self._stopping.is_set() and self.trouble is None

    def ask(self, what: str) -> dict[str, Any]:
        """What the owner says of itself."""
        return self.writer.says[what]()

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
        if live == self._live or self.project.settings.now is Now.CLOCK:
            return
        try:
            self.project.with_now(Now.CLOCK)
        except (OSError, ShoalError) as error:
            journal.error("shoal.yml is no use", extra={"error": type(error).__name__})
            return
        self.note("serve", "settings.change", "now", now=str(Now.CLOCK))
        journal.warning(
            "events come in live: questions without a time are now asked at the clock's time "
            "(`now: clock` in shoal.yml)"
        )

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
    with project.store.write(wait=OWNER_WAIT, mend=True, doing=SERVING) as writer:
        _get_ready(project)
        child = Child()
        writer.folds_itself = False
        writer.state.log.ahead = LOG_AHEAD
        writer.hand = writer.rewrite = child
        importers = Importers()
        writer.importer = importers
        served = Served(project, writer)
        upkeep = threading.Thread(target=served.keep_house, name="upkeep", daemon=True)
        upkeep.start()
        served.living.start()
        served.deliveries.start()
        served.campaigning.start()
        served.sources.start()
        served.predictions.start()
        project.store.before_looking = served.shorten_log
        try:
            yield served
        finally:
            project.store.before_looking = None
            served.stop()
            served.predictions.stop()
            served.sources.stop()
            served.campaigning.stop()
            served.deliveries.stop()
            importers.close()
            served.living.stop()
            upkeep.join()
            child.close()


def _get_ready(project: Project) -> None:
    """Loads what the first event would have to wait for."""
    from shoal.capture.calls import calls_in
    from shoal.events.event import Event
    from shoal.store.entries import joined
    from shoal.store.entry_reading import entries_in
    from shoal.store.live_identity import live_fingerprints
    from shoal.store.tail import encode

    now = project.clock()
    calls_in(b'{"batch":[{"type":"track","event":"warm","userId":"nobody","properties":{"a":1}}]}')
    event = Event("warm", "nobody", None, now, now, "m", {"a": 1})
    live_fingerprints([event])
    entries = entries_in([encode([(event, 1, 1, 1, 1)])])
    joined([entries, entries])  # the processes beside it find the scanner made


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
