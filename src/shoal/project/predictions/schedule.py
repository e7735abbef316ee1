"""Predictions of a served project: scored anew as of each local midnight, in a process beside.

A server that was down at midnight does it when it is back, for the last midnight only. One that is
killed over it does it again: the same scores twice are there once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from shoal.core.errors import ShoalError
from shoal.core.instants import SECOND, format_instant
from shoal.language.definitions import DAILY
from shoal.predictions.judging import MOVED
from shoal.project.definitions import applied_definitions
from shoal.project.predictions.beside import Step, run_step_beside
from shoal.project.predictions.fitting import digest_of
from shoal.project.predictions.runs import SCORE
from shoal.project.reading import default_as_of
from shoal.project.schedule import TROUBLES, Schedule
from shoal.project.settings import Now
from shoal.store.model_books import ModelBooks, StoredRun

if TYPE_CHECKING:
    from shoal.project.opening import Project

journal = logging.getLogger("shoal.serve")

LOOK_EVERY = 60.0
"""Seconds between two looks at what has to be scored."""
LONGEST_WAIT = 3_600.0
"""Seconds to the next look, at the most, after looks that failed: each waits twice as long."""
AGAIN_AFTER = 3_600 * SECOND
"""After so long one that failed is tried again."""


class Due(NamedTuple):
    """What has to be scored as of an instant, and what was wrong when it last was tried."""

    names: list[str]
    at: int
    failed: dict[str, str]


def due_predictions(project: Project, now: int) -> Due:
    """Fitted predictions that are refreshed daily and have no scores of the last local midnight.

    ``now`` is by the clock; a project of old data has its midnight by its latest event.
    """
    found = applied_definitions(project.store.books).found.predictions
    daily = [it for it in found if it.refresh == DAILY and it.target is not None]
    if not daily:
        return Due([], now, {})
    books, zone = ModelBooks(project.store.books), project.settings.time_zone
    at = now
    if project.settings.now is not Now.CLOCK:
        with project.store.snapshot() as snapshot:
            at = default_as_of(project, snapshot)
    midnight = zone.midnight(zone.to_local(at).date())
    names: list[str] = []
    failed: dict[str, str] = {}
    for it in daily:
        digest = digest_of(it)
        models = [one for one in books.all(it.name) if one.digest == digest]
        if not any(one.as_of <= midnight for one in models):
            continue
        runs = [one for one in books.runs(it.name) if one.step == SCORE and one.digest == digest]
        last = _last(runs, well=True)
        if last is not None and midnight <= last.as_of <= at:
            continue
        trouble = _last(runs, well=False)
        if trouble is not None and trouble.as_of >= midnight and trouble.failure is not None:
            failed[it.name] = trouble.failure["message"]
            if now < trouble.ran_at + AGAIN_AFTER:
                continue
        names.append(it.name)
    return Due(names, midnight, failed)


class PredictionSchedule(Schedule):
    """Looks what has to be scored and has it done, until it is stopped."""

    def __init__(self, project: Callable[[], Project]) -> None:
        super().__init__("predictions", every=LOOK_EVERY, longest=LONGEST_WAIT)
        self._project = project
        self._failed: dict[str, str] = {}

    @property
    def troubles(self) -> list[str]:
        """What is wrong, in words: predictions that could not be scored, and the last look."""
        told = [f"prediction `{name}` was not scored: {why}" for name, why in self._failed.items()]
        return [*told, *([f"predictions: {self.trouble}"] if self.trouble else [])]

    def _look(self) -> None:
        project = self._project()
        due = due_predictions(project, project.clock())
        self._failed = due.failed
        trouble: Exception | None = None
        for name in due.names:
            if not self._is_wanted():
                return
            try:
                self._score(project, name, due.at)
            except (ShoalError, *TROUBLES) as error:  # which holds no other
                trouble = error
        if due.names:  # those that refuse now are named at once
            self._failed = due_predictions(project, project.clock()).failed
        if trouble is not None:
            raise trouble

    def _score(self, project: Project, name: str, at: int) -> None:
        before = _failures(project, name)
        try:
            told = run_step_beside(project, Step(name, SCORE, at), is_wanted=self._is_wanted)
        except ShoalError as error:
            if _failures(project, name) == before:  # it ended without a word: that is not its fault
                raise
            facts = {"prediction": name, "error": type(error).__name__}
            journal.error("a prediction was not scored", extra=facts)
            return
        moved = told["drift"]["scores"] >= MOVED
        facts = {"prediction": name, "people": told["scored"], "as_of": format_instant(at)}
        journal.info("scored a prediction", extra=facts)
        if moved:
            journal.warning("scores have drifted: fit it again", extra={"prediction": name})


def _last(runs: list[StoredRun], *, well: bool) -> StoredRun | None:
    found = [it for it in runs if (it.failure is None) is well]
    return found[-1] if found else None


def _failures(project: Project, name: str) -> list[int]:
    """The number of the last scoring that is kept as failed, if one is."""
    runs = ModelBooks(project.store.books).runs(name)
    return [it.id for it in runs if it.step == SCORE and it.failure is not None]
