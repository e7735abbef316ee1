"""Running campaigns while a project is served: a thread that gives arms and sends, pass by pass."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError, StoreBusyError
from shoal.project.campaign_passing import Append, pass_campaigns
from shoal.project.campaign_sending import Sender, finish
from shoal.project.campaigns import passing
from shoal.store.campaign_books import CampaignBooks, CampaignState
from shoal.store.outbox import Outbox

if TYPE_CHECKING:
    from shoal.project.opening import Project

journal = logging.getLogger("shoal.serve")

LOOK_EVERY = 1.0
PASS_EVERY = 60.0
"""Seconds between two looks at what waits, and between two passes that ask who is due."""
TRY_AGAIN = 5.0
SOME = 500
"""Messages after which it is looked again whether to go on, and who is due."""
END_WAIT = 30.0
TROUBLES = (ShoalError, OSError, LookupError, TypeError, ValueError, ArithmeticError, sqlite3.Error)


class Campaigning:
    """Gives arms to whoever is due and sends what waits, until it is stopped."""

    def __init__(self, project: Callable[[], Project], append: Append) -> None:
        self._project = project
        self._append = append
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="campaigns", daemon=True)
        self._passed_at = 0.0
        self._seen: int = -1
        self.trouble: str | None = None
        """What the last pass failed with, if it did."""

    def start(self) -> None:
        """From now on, until it is stopped."""
        self._thread.start()

    def stop(self) -> None:
        """Nothing more is begun; messages under way are finished."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(END_WAIT)

    def status(self) -> dict[str, Any]:
        """How it goes."""
        return {"trouble": self.trouble}

    def _run(self) -> None:
        while not self._stopping.is_set():
            wait = LOOK_EVERY
            try:
                if not self._look():
                    wait = TRY_AGAIN
                self.trouble = None
            except StoreBusyError:  # somebody does it by hand
                wait = TRY_AGAIN
            except TROUBLES as error:
                self.trouble = error.message if isinstance(error, ShoalError) else None
                self.trouble = self.trouble or type(error).__name__
                journal.error("campaigns are in trouble", extra={"error": type(error).__name__})
                wait = TRY_AGAIN
            self._stopping.wait(wait)

    def _look(self) -> bool:
        """Does nothing but look, where no campaign runs; False where what waits cannot go yet."""
        project = self._project()
        books = project.store.books
        running = [
            it for it in CampaignBooks(books).all().values() if it.state is CampaignState.RUNNING
        ]
        if not running:
            return True
        newest: int = max(it.changed_at for it in running)
        is_due = time.monotonic() - self._passed_at >= PASS_EVERY or newest != self._seen
        if not is_due and not Outbox(books).is_waiting(project.clock()):
            return True
        with passing(project):
            sender = Sender(project, self._append, is_ending=self._stopping.is_set)
            try:
                sender.recover()
                if is_due:
                    self._passed_at, self._seen = time.monotonic(), newest
                    pass_campaigns(project, self._append)
                sent = sender.run(SOME)
            finally:
                sender.close()
            finish(CampaignBooks(books), Outbox(books), project.clock())
        return bool(sent)
