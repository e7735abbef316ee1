"""Predictions fitted, scored and tested in a process beside: they compute for long."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from shoal.project.predictions.fitting import Tell, unheard
from shoal.store.beside import Beside
from shoal.store.talking import Message

if TYPE_CHECKING:
    from shoal.project.opening import Project

PROGRAM = "shoal.project.predictions.process"
ENDED = "the process that works predictions out ended early; what it had kept is kept"


@dataclass(frozen=True, slots=True)
class Step:
    """What is done with a prediction (``fit``, ``score``, ``backtest``), as of when, and what else is said."""

    name: str
    step: str
    at: int | None = None
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])


def run_step_beside(
    project: Project,
    step: Step,
    tell: Tell = unheard,
    is_wanted: Callable[[], bool] = lambda: True,
) -> dict[str, Any]:
    """What one step of a prediction told; where it is not wanted any more, it is killed.

    Raises ShoalError, its own where it refuses. One that was killed left nothing half done.
    """

    def hear(said: Message) -> Message:
        tell(said.form["step"], said.form["done"], said.form["total"])
        return Message({"go": "on"})

    beside = Beside(PROGRAM, [str(project.folder.resolve())], ENDED)
    beside.start()
    try:
        form = {"name": step.name, "step": step.step, "as_of": step.at, "more": dict(step.more)}
        return beside.talk(Message(form), hear, is_wanted).form
    finally:
        beside.close()
