"""How fitting, scoring and testing a prediction went, kept so that nobody has to wait for it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.core.errors import ShoalError, TooFewError
from shoal.predictions.sight import Floats
from shoal.project.predictions.fitting import ShortageError, digest_of
from shoal.project.predictions.scores import rounded
from shoal.store.model_books import ModelBooks, StoredRun

if TYPE_CHECKING:
    from shoal.language.definitions import PredictionDefinition
    from shoal.project.reading import Reading

FIT, SCORE, BACKTEST = "fit", "score", "backtest"
HUNDREDTHS = [it / 100 for it in range(100)]
"""Thresholds of a chance, as rules write them: 0%, 1%, … 99%."""
PARTS = 50
"""Parts that amounts are counted in."""
MOST = 0.99
"""What lies above this share of the amounts is one part: a few large ones say nothing of the rest."""


@dataclass(frozen=True, eq=False)
class Run:
    """What is run: a step of a prediction, as of an instant."""

    reading: Reading
    definition: PredictionDefinition
    step: str
    at: int


def recorded(run: Run, make: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What ``make`` tells, kept in the books; so is the reason where it refuses."""
    try:
        told = make()
    except ShoalError as error:
        _keep(run, {}, failure_of(error))
        raise
    keep(run, told)
    return told


def keep(run: Run, told: dict[str, Any]) -> None:
    """Keeps what a run told."""
    _keep(run, told, None)


def failure_of(error: ShoalError) -> dict[str, Any]:
    """Why it failed; where there is too little, how much there is and how much is needed."""
    told: dict[str, Any] = {
        "is_refused": isinstance(error, TooFewError),
        "message": error.message,
        "hint": error.hint,
    }
    if isinstance(error, ShortageError):
        told |= {
            "people": error.people,
            "there": error.there,
            "needed": error.needed,
            "missing": error.needed - error.there,
            "share": error.share,
        }
    return told


def spread_told(scores: Floats, *, is_chance: bool) -> list[dict[str, Any]]:
    """How many have a score of at least ``from`` and less than ``to``, the last ``to`` included."""
    if not len(scores):
        return []
    told = rounded(scores)
    if is_chance:
        edges = np.array([*HUNDREDTHS, 1.0])
    else:
        low, high = float(told.min()), float(np.quantile(told, MOST))
        edges = np.linspace(low, high, PARTS + 1) if high > low else np.array([low, low])
        edges = np.unique(np.append(edges, told.max()))
    if len(edges) == 1:
        edges = np.repeat(edges, 2)
    places = np.clip(np.searchsorted(edges, told, "right") - 1, 0, len(edges) - 2)
    counts = np.bincount(places, minlength=len(edges) - 1)
    return [
        {"from": float(start), "to": float(end), "people": int(count)}
        for start, end, count in zip(edges[:-1], edges[1:], counts, strict=True)
    ]


def _keep(run: Run, told: dict[str, Any], failure: dict[str, Any] | None) -> None:
    project = run.reading.project
    ModelBooks(project.store.books).keep_run(
        StoredRun(
            0, run.definition.name, run.step, digest_of(run.definition), run.at, project.clock(),
            run.reading.snapshot.version, failure, told,
        )
    )  # fmt: skip
