"""Running campaigns while a project is served: looked at here, passed and sent by a process beside."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError, StoreBusyError
from shoal.project.campaigns.process import PASSES, TROUBLES
from shoal.store.beside import Beside
from shoal.store.campaign_books import CampaignBooks, CampaignState
from shoal.store.outbox import Outbox

if TYPE_CHECKING:
    from shoal.project.opening import Project

journal = logging.getLogger("shoal.serve")

LOOK_EVERY = 1.0
PASS_EVERY = 60.0
"""Seconds between two looks at what waits, and between two passes that ask who is due."""
TRY_AGAIN = 5.0
END_WAIT = 30.0
ENDED = "the process that sends campaigns ended early; it begins again where it stopped"


class Campaigning:
    """Has arms given to whoever is due, and sent what waits, until it is stopped."""

    def __init__(self, project: Callable[[], Project]) -> None:
        self._project = project
        folder = project().folder.resolve()
        self._beside = Beside("shoal.project.campaigns.process", [str(folder)], ENDED)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="campaigns", daemon=True)
        self._passed_at = 0.0
        self._seen: int = -1
        self._channels: list[dict[str, Any]] = []
        self.trouble: str | None = None
        """What the last look failed with, if it did."""

    def start(self) -> None:
        """From now on, until it is stopped."""
        self._thread.start()

    def stop(self) -> None:
        """Nothing more is begun; messages under way are finished, if that is soon done."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(END_WAIT)
            if self._thread.is_alive():  # a mail server that does not answer
                self._beside.kill()
        self._beside.close()

    @property
    def number(self) -> int | None:
        """The id of the process beside; None while there is none."""
        return self._beside.number

    def status(self) -> dict[str, Any]:
        """How it goes, and which channels are in trouble."""
        return {"trouble": self.trouble, "channels": list(self._channels)}

    def _run(self) -> None:
        while not self._stopping.is_set():
            wait = LOOK_EVERY
            try:
                is_sent = self._look()
                self.trouble = None
                wait = {True: 0.0, False: TRY_AGAIN, None: LOOK_EVERY}[is_sent]
            except StoreBusyError:  # somebody does it by hand
                wait = TRY_AGAIN
            except TROUBLES as error:
                said = error.message if isinstance(error, ShoalError) else type(error).__name__
                if said != self.trouble:
                    journal.error("campaigns are in trouble", extra={"error": type(error).__name__})
                self.trouble = said
                wait = TRY_AGAIN
            self._stopping.wait(wait)

    def _look(self) -> bool | None:
        """Whether anything went; None where there was nothing to do.

        False: what waits cannot go yet.
        """
        project = self._project()
        books = project.store.books
        running = [
            it for it in CampaignBooks(books).all().values() if it.state is CampaignState.RUNNING
        ]
        if not running:
            self._beside.close()
            return None
        newest: int = max(it.changed_at for it in running)
        is_due = time.monotonic() - self._passed_at >= PASS_EVERY or newest != self._seen
        if not is_due and not Outbox(books).is_waiting(project.clock()):
            return None
        self._beside.start()
        told = self._beside.ask({PASSES: is_due})
        if is_due:
            self._passed_at, self._seen = time.monotonic(), newest
        self._channels = told["channels"]
        return bool(told["messages"])
