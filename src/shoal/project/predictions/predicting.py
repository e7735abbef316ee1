"""``shoal predict``: predictions fitted, scored, explained and listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.errors import UsageError
from shoal.core.instants import format_instant
from shoal.language import to_text
from shoal.language.told import Told
from shoal.predictions.model import Model
from shoal.predictions.sight import Floats
from shoal.predictions.watching import drift, moved
from shoal.project.predictions.fitting import (
    Fit,
    Tell,
    digest_of,
    fit_at,
    foreseeing_for_fit,
    foreseeing_of,
    meanings,
    prediction_named,
    stored_model,
    unheard,
)
from shoal.project.predictions.foreseeing import People
from shoal.project.predictions.runs import FIT, SCORE, Run, keep, recorded, spread_told
from shoal.project.predictions.scores import Scores, rounded, store_scores, user_ids
from shoal.store.model_books import ModelBooks, StoredModel

if TYPE_CHECKING:
    from shoal.language.definitions import PredictionDefinition
    from shoal.project.reading import Reading

REASONS = 5
MOST_BACK = 24


@dataclass(frozen=True, eq=False)
class Scored:
    """Scores of an instant, with what they were made by."""

    reading: Reading
    stored: StoredModel
    model: Model
    people: People
    scores: Floats

    @property
    def table(self) -> pa.Table:
        """The contract's columns ``user_id, score``, sorted by user id."""
        ids = user_ids(self.reading, self.people.places)
        order = pc.sort_indices(ids)
        scores = pa.array(rounded(self.scores))
        return pa.table({"user_id": ids.take(order), "score": scores.take(order)})


def fit_prediction(  # noqa: PLR0913  what can be asked
    reading: Reading,
    name: str,
    at: int,
    *,
    back: int = 0,
    store: bool = True,
    tell: Tell = unheard,
) -> dict[str, Any]:
    """Fits a prediction as of an instant, keeps the model, and scores everyone it is about.

    With ``back``, so many models of earlier instants are made first, a horizon apart, each with
    the scores of its time.
    """
    definition = _whole(reading, name)
    if not 0 <= back <= MOST_BACK:
        raise UsageError(f"--backfill is 0 to {MOST_BACK}")
    return recorded(
        Run(reading, definition, FIT, at),
        lambda: _fit_all(reading, definition, at, back, store=store, tell=tell),
    )


def _fit_all(  # noqa: PLR0913  what can be asked
    reading: Reading,
    definition: PredictionDefinition,
    at: int,
    back: int,
    *,
    store: bool,
    tell: Tell,
) -> dict[str, Any]:
    foreseeing = foreseeing_for_fit(reading, definition, at)
    before: list[tuple[Fit, int, Scored, int]] = []
    for times in range(back, 0, -1):
        earlier = foreseeing.earlier(at, times)
        day = format_instant(earlier)[:10]
        tell(Told("making the model of {0}", day), len(before), back + 1)
        before.append(_fit_and_score(reading, definition, earlier, store=store))
    fit, model_id, scored, added = _fit_and_score(reading, definition, at, store=store, tell=tell)
    if store:
        keep(Run(reading, definition, SCORE, at), _scored_told(scored, added))
    return {
        **{key: value for key, value in fit.report.items() if key != "spread"},
        "model": f"{definition.name}-{model_id}",
        "scored": len(scored.scores),
        "stored": added + sum(it[3] for it in before),
        "mean_score": _mean(scored.scores),
        "backfilled": [it[0].report["as_of"] for it in before],
    }


def score_prediction(
    reading: Reading, name: str, at: int, *, store: bool = True, tell: Tell = unheard
) -> tuple[Scored, dict[str, Any]]:
    """Scores of everyone a prediction is about, by the newest model of the instant or before.

    They are added to people's histories unless ``store`` says otherwise. Nothing is trained.
    """
    definition = _whole(reading, name)
    made: list[Scored] = []

    def score() -> dict[str, Any]:
        tell(Told("scoring everybody"), 0, 1)
        stored = stored_model(reading, definition, at)
        scored = _scored(reading, definition, stored, at)
        made.append(scored)
        added = store_scores(reading, _as_rows(definition, scored)) if store else 0
        return _scored_told(scored, added)

    told = recorded(Run(reading, definition, SCORE, at), score) if store else score()
    return made[0], {
        key: value for key, value in told.items() if key not in {"spread", "mean_score"}
    }


def _scored_told(scored: Scored, added: int) -> dict[str, Any]:
    """What scoring tells: how many, how they are spread, and how far they moved since the fit."""
    stored = scored.stored
    drifted = drift(stored.body["report"]["spread"], scored.people.sight, scored.scores)
    return {
        "prediction": stored.prediction,
        "as_of": format_instant(scored.people.at),
        "model": f"{stored.prediction}-{stored.id}",
        "model_as_of": format_instant(stored.as_of),
        "scored": len(scored.scores),
        "stored": added,
        "drift": drift_json(drifted),
        "mean_score": _mean(scored.scores),
        "spread": spread_told(scored.scores, is_chance=scored.model.calibration.is_rule),
    }


def _mean(scores: Floats) -> float | None:
    return float(scores.mean()) if len(scores) else None


def drift_json(found: Mapping[str, float]) -> dict[str, Any]:
    """How far scores and features are from what they were at the calibration."""
    return {
        "scores": found[""],
        "moved": [{"feature": it, "psi": found[it]} for it in moved(found)],
    }


def _whole(reading: Reading, name: str) -> PredictionDefinition:
    definition = prediction_named(reading, name)
    assert definition.target is not None, "applied definitions have no errors"
    return definition


def _fit_and_score(
    reading: Reading,
    definition: PredictionDefinition,
    at: int,
    *,
    store: bool,
    tell: Tell = unheard,
) -> tuple[Fit, int, Scored, int]:
    foreseeing = foreseeing_for_fit(reading, definition, at)
    fit = fit_at(foreseeing, at, tell)
    body = {**fit.body, "meanings": meanings(reading, foreseeing.behaviours)}
    kept = StoredModel(
        0, definition.name, digest_of(definition), at, reading.project.clock(),
        reading.snapshot.version, body,
    )  # fmt: skip
    model_id = ModelBooks(reading.project.store.books).keep(kept)
    steps = len(fit.report["cutoffs"]) + 2
    tell(Told("scoring everybody"), steps - 1, steps)
    stored = stored_model(reading, definition, at)
    scored = _scored(reading, definition, stored, at)
    added = store_scores(reading, _as_rows(definition, scored)) if store else 0
    return fit, model_id, scored, added


def _scored(
    reading: Reading, definition: PredictionDefinition, stored: StoredModel, at: int
) -> Scored:
    foreseeing, model = foreseeing_of(reading, definition, stored.body)
    people = foreseeing.people(at)
    return Scored(reading, stored, model, people, model.scores(people.sight))


def _as_rows(definition: PredictionDefinition, scored: Scored) -> Scores:
    assert definition.target is not None
    return Scores(
        definition.name, to_text(definition.target), scored.stored.id, scored.people.at,
        scored.people.places, scored.scores,
    )  # fmt: skip
