"""Sources of a served project: those whose time has come are run by a process beside, one at a time."""

from __future__ import annotations

import logging
import sqlite3
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError, StoreBusyError
from shoal.project.source_files import FOLDER
from shoal.project.source_process import PROGRAM
from shoal.project.source_running import due_sources
from shoal.store.beside import Beside
from shoal.store.talking import Message

if TYPE_CHECKING:
    from shoal.project.opening import Project

journal = logging.getLogger("shoal.serve")

LOOK_EVERY = 5.0
"""Seconds between two looks at which sources are due."""
LONGEST_WAIT = 600.0
"""Seconds to the next look, at the most, after looks that failed: each waits twice as long."""
END_WAIT = 30.0
ENDED = "the process that runs sources ended early; the next run begins where it stopped"
TROUBLES = (OSError, LookupError, TypeError, ValueError, sqlite3.Error)


def run_beside(
    project: Project, names: Sequence[str], is_wanted: Callable[[], bool] = lambda: True
) -> list[dict[str, Any]]:
    """Runs sources in a process of their own; where they are not wanted any more, it is killed.

    Raises ShoalError: a run that was killed is done again by the next one.
    """
    beside = Beside(PROGRAM, [str(project.folder.resolve())], ENDED)
    beside.start()
    try:
        answer = beside.talk(Message({"run": list(names)}), None, is_wanted)
    finally:
        beside.close()
    return list(answer.form["rows"])


class SourceSchedule:
    """Looks which sources are due and has them run, until it is stopped."""

    def __init__(self, project: Callable[[], Project]) -> None:
        self._project = project
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sources", daemon=True)
        self.trouble: str | None = None
        """What the last look failed with; a source that fails says so itself."""

    def start(self) -> None:
        """From now on, until it is stopped."""
        self._thread.start()

    def stop(self) -> None:
        """Nothing more is begun; a run under way is given up, the next one does it again."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(END_WAIT)

    def _run(self) -> None:
        wait = LOOK_EVERY
        while not self._stopping.wait(wait):
            wait, before = LOOK_EVERY, wait
            try:
                self._look()
                self.trouble = None
            except StoreBusyError:  # somebody runs them by hand
                continue
            except (ShoalError, *TROUBLES) as error:
                is_ours = isinstance(error, ShoalError)
                self._tell(error.message if is_ours else type(error).__name__, error)
                wait = min(before * 2, LONGEST_WAIT)

    def _look(self) -> None:
        project = self._project()
        if not (project.folder / FOLDER).is_dir():
            return
        names = due_sources(project, project.clock())
        if not names:
            return
        for row in run_beside(project, names, lambda: not self._stopping.is_set()):
            extra = {"source": row["name"], "rows": row["rows"], "imported": row["imported"]}
            journal.info("ran a source", extra={**extra, "failed": row["failure"] is not None})

    def _tell(self, said: str, error: Exception) -> None:
        if said != self.trouble and not self._stopping.is_set():
            journal.error("sources are in trouble", extra={"error": type(error).__name__})
        self.trouble = said
