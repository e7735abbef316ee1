"""``shoal predict``: predictions fitted, scored, explained and listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.errors import NotFoundError, UsageError
from shoal.core.instants import format_instant
from shoal.language import sentence, to_text
from shoal.predictions.model import Model
from shoal.predictions.sight import Feature, Floats, Kind, Sight
from shoal.predictions.watching import drift, moved
from shoal.predictions.weighing import chance
from shoal.project.fitting import (
    Fit,
    digest_of,
    fit_at,
    foreseeing_for_fit,
    foreseeing_of,
    meanings,
    prediction_named,
    stored_model,
)
from shoal.project.foreseeing import People
from shoal.project.prediction_scores import Scores, rounded, store_scores, user_ids
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


def fit_prediction(
    reading: Reading, name: str, at: int, *, back: int = 0, store: bool = True
) -> dict[str, Any]:
    """Fits a prediction as of an instant, keeps the model, and scores everyone it is about.

    With ``back``, so many models of earlier instants are made first, a horizon apart, each with
    the scores of its time.
    """
    definition = _whole(reading, name)
    if not 0 <= back <= MOST_BACK:
        raise UsageError(f"--backfill is 0 to {MOST_BACK}")
    foreseeing = foreseeing_for_fit(reading, definition, at)
    before = [_fit_and_score(reading, definition, foreseeing.earlier(at, times), store=store)
              for times in range(back, 0, -1)]  # fmt: skip
    fit, model_id, scored, added = _fit_and_score(reading, definition, at, store=store)
    return {
        **{key: value for key, value in fit.report.items() if key != "spread"},
        "model": f"{name}-{model_id}",
        "scored": len(scored.scores),
        "stored": added + sum(it[3] for it in before),
        "mean_score": float(scored.scores.mean()) if len(scored.scores) else None,
        "backfilled": [it[0].report["as_of"] for it in before],
    }


def score_prediction(
    reading: Reading, name: str, at: int, *, store: bool = True
) -> tuple[Scored, dict[str, Any]]:
    """Scores of everyone a prediction is about, by the newest model of the instant or before.

    They are added to people's histories unless ``store`` says otherwise. Nothing is trained.
    """
    definition = _whole(reading, name)
    stored = stored_model(reading, definition, at)
    scored = _scored(reading, definition, stored, at)
    added = store_scores(reading, _as_rows(definition, scored)) if store else 0
    drifted = drift(stored.body["report"]["spread"], scored.people.sight, scored.scores)
    return scored, {
        "prediction": name,
        "as_of": format_instant(at),
        "model": f"{name}-{stored.id}",
        "model_as_of": format_instant(stored.as_of),
        "scored": len(scored.scores),
        "stored": added,
        "drift": drift_json(drifted),
    }


def explain_prediction(reading: Reading, name: str, user_id: str, at: int) -> dict[str, Any]:
    """Why somebody has their score: what each feature adds, the largest first, in words."""
    definition = _whole(reading, name)
    stored = stored_model(reading, definition, at)
    foreseeing, model = foreseeing_of(reading, definition, stored.body)
    place = _place(reading, user_id)
    people = foreseeing.people(at)
    here = np.flatnonzero(people.places == place)
    if not len(here):
        raise NotFoundError(
            f"`{name}` is not about `{user_id}` at {format_instant(at)}",
            hint="its `population` leaves them out, or they were not known yet",
        )
    one = people.sight.rows(here)
    sums, each = model.sums(one), model.contributions(one)
    score = model.calibration.apply(sums)
    low, high = model.calibration.interval(score)
    reasons = _reasons(model, one, each[0][0], float(each[0][0].sum() + each[1][0]))
    return {
        "user_id": user_id,
        "prediction": name,
        "as_of": format_instant(at),
        "target": to_text(definition.target) if definition.target is not None else None,
        "score": float(rounded(score)[0]),
        "low": float(low[0]),
        "high": float(high[0]),
        "model": f"{name}-{stored.id}",
        "base": float(each[1][0]),
        "reasons": reasons[:REASONS],
        "others": sum(it["adds"] for it in reasons[REASONS:]),
        "unit": "log-odds" if model.calibration.is_rule else "log of the amount",
    }


def list_predictions(reading: Reading, at: int) -> list[dict[str, Any]]:
    """Every applied prediction: what it says, and the model it would be scored by."""
    books = ModelBooks(reading.project.store.books)
    found: list[dict[str, Any]] = []
    for it in reading.definitions.found.predictions:
        if it.target is None:
            continue
        newest = books.newest(it.name, digest_of(it), at)
        report: Mapping[str, Any] = newest.body["report"] if newest is not None else {}
        title = it.title.chosen(reading.definitions.language) if it.title else None
        found.append({
            "name": it.name,
            "title": title,
            "target": to_text(it.target),
            "sentence": sentence(it.target, reading.vocabulary),
            "population": to_text(it.population) if it.population is not None else None,
            "purpose": it.purpose,
            "model": None if newest is None else f"{it.name}-{newest.id}",
            "model_as_of": None if newest is None else format_instant(newest.as_of),
            "kind": report.get("kind"),
            "base_rate": report.get("base_rate"),
            "positives": report.get("positives"),
            "warnings": report.get("warnings", []),
        })  # fmt: skip
    return found


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
    reading: Reading, definition: PredictionDefinition, at: int, *, store: bool
) -> tuple[Fit, int, Scored, int]:
    foreseeing = foreseeing_for_fit(reading, definition, at)
    fit = fit_at(foreseeing, at)
    body = {**fit.body, "meanings": meanings(reading, foreseeing.behaviours)}
    kept = StoredModel(
        0, definition.name, digest_of(definition), at, reading.project.clock(),
        reading.snapshot.version, body,
    )  # fmt: skip
    model_id = ModelBooks(reading.project.store.books).keep(kept)
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


def _place(reading: Reading, user_id: str) -> int:
    """The place of a person among all profiles of the snapshot."""
    found = reading.snapshot.find(user_id)
    if found is None:
        hint = "ids are as written: 007 is not 7"
        raise NotFoundError(f"nobody is known as `{user_id}`", hint=hint)
    bucket, index = found
    before = (len(reading.snapshot.history(it).profiles) for it in range(bucket))
    return sum(before) + index


def _reasons(model: Model, one: Sight, adds: Floats, total: float) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for place in map(int, np.argsort(-np.abs(adds), kind="stable")):
        if adds[place] == 0:
            continue
        feature, column = one.features[place], one.columns[place]
        value = shown(feature, float(column.values[0]), column.names)
        raises = adds[place] > 0
        without = float(chance(np.array([total - adds[place]]))[0])
        found.append({
            "feature": feature.name,
            "title": feature.title,
            "value": value,
            "adds": float(adds[place]),
            "points": float(chance(np.array([total]))[0]) - without
            if model.calibration.is_rule else None,
            "words": f"{feature.title}: {value}, which {'raises' if raises else 'lowers'} it",
        })  # fmt: skip
    return found


def shown(feature: Feature, value: float, names: tuple[str, ...]) -> str:
    """A value of a feature as people are told it."""
    if np.isnan(value):
        return "not known"
    match feature.kind:
        case Kind.TEXT:
            return names[int(value)] or "another"
        case Kind.BOOLEAN:
            return "yes" if value else "no"
        case Kind.SPAN:
            days = "day" if round(value, 1) == 1 else "days"
            return f"{value:,.1f}".removesuffix(".0") + f" {days}"
        case Kind.NUMBER:
            return f"{value:,.2f}".rstrip("0").rstrip(".")
