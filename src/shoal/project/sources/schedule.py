"""Sources of a served project: those whose time has come are run by a process beside, one at a time."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from shoal.core.errors import StoreError
from shoal.project.schedule import Schedule
from shoal.project.sources.files import FOLDER
from shoal.project.sources.process import PROGRAM
from shoal.project.sources.running import due_sources, keep_failure
from shoal.store.beside import Beside
from shoal.store.talking import Message

if TYPE_CHECKING:
    from shoal.project.opening import Project

journal = logging.getLogger("shoal.serve")

LOOK_EVERY = 5.0
"""Seconds between two looks at which sources are due."""
LONGEST_WAIT = 600.0
"""Seconds to the next look, at the most, after looks that failed: each waits twice as long."""
ENDED = "the process that runs sources ended early; the next run begins where it stopped"


def run_beside(
    project: Project,
    names: Sequence[str],
    is_wanted: Callable[[], bool] = lambda: True,
    *,
    anew: bool = False,
) -> list[dict[str, Any]]:
    """Runs sources in a process of their own; where they are not wanted any more, it is killed.

    Raises ShoalError: a run that was killed is done again by the next one. That a process ended
    early by itself is kept.
    """
    rows: list[dict[str, Any]] = []
    with _process(project) as beside:
        for name in names:
            try:
                rows += _run(beside, name, is_wanted, anew=anew)
            except StoreError as error:
                if error.message == ENDED and is_wanted():
                    keep_failure(project, name, ENDED)
                raise
    return rows


@contextmanager
def _process(project: Project) -> Generator[Beside]:
    beside = Beside(PROGRAM, [str(project.folder.resolve())], ENDED)
    try:
        yield beside
    finally:
        beside.close()


def _run(
    beside: Beside, name: str, is_wanted: Callable[[], bool], *, anew: bool = False
) -> list[dict[str, Any]]:
    """Runs one source, by a new process where the last one ended."""
    beside.start()
    asked = Message({"run": [name], "anew": anew})
    return list(beside.talk(asked, None, is_wanted).form["rows"])


class SourceSchedule(Schedule):
    """Looks which sources are due and has them run, until it is stopped."""

    def __init__(self, project: Callable[[], Project]) -> None:
        super().__init__("sources", every=LOOK_EVERY, longest=LONGEST_WAIT)
        self._project = project
        self._ended: dict[str, tuple[int, float]] = {}
        """Sources whose process ended early: how often in a row, and when they are tried again."""

    def _look(self) -> None:
        project = self._project()
        if not (project.folder / FOLDER).is_dir():
            return
        now = time.monotonic()
        names = [
            name
            for name in due_sources(project, project.clock())
            if now >= self._ended.get(name, (0, 0.0))[1]
        ]
        if not names:
            return
        with _process(project) as beside:
            for name in sorted(names, key=lambda it: it in self._ended):
                self._run_one(project, beside, name)

    def _run_one(self, project: Project, beside: Beside, name: str) -> None:
        """Runs a source; where its process ends early, that is kept, and the others go on."""
        if not self._is_wanted():
            return
        try:
            rows = _run(beside, name, self._is_wanted)
        except StoreError as error:
            if error.message != ENDED or not self._is_wanted():
                raise
            count = self._ended.get(name, (0, 0.0))[0] + 1
            wait = min(LOOK_EVERY * 2**count, LONGEST_WAIT)
            self._ended[name] = count, time.monotonic() + wait
            journal.error("a source's process ended early", extra={"source": name})
            keep_failure(project, name, ENDED)
            return
        self._ended.pop(name, None)
        for row in rows:
            extra = {"source": row["name"], "rows": row["rows"], "imported": row["imported"]}
            journal.info("ran a source", extra={**extra, "failed": row["failure"] is not None})
