"""Why somebody has their score: worked out for one person, from their own rows alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.core.errors import NotFoundError
from shoal.core.instants import format_instant
from shoal.engine.evaluation import evaluate_histories
from shoal.language import to_text
from shoal.language.foretelling import MODEL, score_value
from shoal.language.told import Figure, Told
from shoal.language.tree import Aggregate, And, IsSet, PropertyValue
from shoal.predictions.sight import Column, Feature, Kind, Sight
from shoal.predictions.weighing import chance
from shoal.project.people.timelines import history_of_person
from shoal.project.predictions.fitting import foreseeing_of, prediction_named, stored_model
from shoal.project.predictions.foreseeing import KINDS, column_of_one
from shoal.project.predictions.scores import rounded
from shoal.segments.reach import others_decide

if TYPE_CHECKING:
    from shoal.engine.one_profile import OneProfile
    from shoal.language.definitions import PredictionDefinition
    from shoal.language.tree import Rule, Value
    from shoal.predictions.model import Model
    from shoal.predictions.sight import Floats
    from shoal.project.predictions.foreseeing import Foreseeing
    from shoal.project.reading import Reading

REASONS = 5
HOLDS = 2
"""What the engine says of a rule that is true."""


def explain_prediction(reading: Reading, name: str, user_id: str, at: int) -> dict[str, Any]:
    """Why somebody has their score: what each feature adds, the largest first, in words.

    ``kept`` is the score in their history, as rules read it: the last at or before the instant.
    """
    definition = prediction_named(reading, name)
    assert definition.target is not None, "applied definitions have no errors"
    stored = stored_model(reading, definition, at)
    foreseeing, model = foreseeing_of(reading, definition, stored.body)
    one = _sight(foreseeing, user_id, at)
    if one is None:
        raise NotFoundError(
            f"`{name}` is not about `{user_id}` at {format_instant(at)}",
            hint="its `population` leaves them out, or they were not known yet",
        )
    sums, each = model.sums(one), model.contributions(one)
    score = model.calibration.apply(sums)
    low, high = model.calibration.interval(score)
    reasons = _reasons(model, one, each[0][0], float(each[0][0].sum() + each[1][0]))
    return {
        "user_id": user_id,
        "prediction": name,
        "as_of": format_instant(at),
        "target": to_text(definition.target),
        "score": float(rounded(score)[0]),
        "low": float(low[0]),
        "high": float(high[0]),
        "model": f"{name}-{stored.id}",
        "model_as_of": format_instant(stored.as_of),
        "base": float(each[1][0]),
        "reasons": reasons[:REASONS],
        "others": sum(it["adds"] for it in reasons[REASONS:]),
        "unit": "log-odds" if model.calibration.is_rule else "log of the amount",
        "kept": _kept(reading, definition, history_of_person(reading, user_id, at)[2], at),
    }


def _sight(foreseeing: Foreseeing, user_id: str, at: int) -> Sight | None:
    """What is known of somebody at an instant; None where the prediction is not about them."""
    reading = foreseeing.reading
    bucket, place, history = history_of_person(reading, user_id, at)
    asked: dict[str, Rule | Value] = {"population": foreseeing.population}
    asked |= {f"value {number}": it.value for number, it in enumerate(foreseeing.behaviours)}
    if any(others_decide(it, reading.vocabulary) for it in asked.values()):
        people = foreseeing.people(at)
        before = sum(len(reading.snapshot.history(it).profiles) for it in range(bucket))
        here = np.flatnonzero(people.places == before + place)
        return people.sight.rows(here) if len(here) else None
    answers = evaluate_histories([history], asked, reading.vocabulary, at, at)
    if answers["population"][0][0] != HOLDS:
        return None
    features: list[Feature] = []
    columns: list[Column] = []
    for number, it in enumerate(foreseeing.behaviours):
        kind = KINDS[it.type]
        features.append(Feature(it.name, it.title, kind))
        keep = foreseeing.keep.get(it.name, frozenset())
        columns.append(column_of_one(answers[f"value {number}"][0][0], kind, keep))
    return Sight(tuple(features), tuple(columns), 1)


def _kept(
    reading: Reading, definition: PredictionDefinition, history: OneProfile, at: int
) -> dict[str, Any] | None:
    """The last score of somebody's history, with its model and the instant it speaks for."""
    value = score_value(definition)
    assert isinstance(value, Aggregate)
    theirs = IsSet(PropertyValue(definition.name))
    chosen = value.selection
    where = theirs if chosen.where is None else And((chosen.where, theirs))
    asked: dict[str, Rule | Value] = {
        "score": value,
        "model": replace(value, selection=replace(chosen, property=MODEL, where=where)),
        "at": replace(value, selection=replace(chosen, property=None, where=where)),
    }
    answers = evaluate_histories([history], asked, reading.vocabulary, at)
    score, model, when = (answers[it][0][0] for it in ("score", "model", "at"))
    if score is None:
        return None
    return {"score": float(score), "model": model, "as_of": format_instant(int(when))}


def _reasons(model: Model, one: Sight, adds: Floats, total: float) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for place in map(int, np.argsort(-np.abs(adds), kind="stable")):
        if adds[place] == 0:
            continue
        feature, column = one.features[place], one.columns[place]
        value = shown(feature, float(column.values[0]), column.names)
        phrase = "{0}: {1}, which raises it" if adds[place] > 0 else "{0}: {1}, which lowers it"
        without = float(chance(np.array([total - adds[place]]))[0])
        found.append({
            "feature": feature.name,
            "title": feature.title,
            "value": value,
            "adds": float(adds[place]),
            "points": float(chance(np.array([total]))[0]) - without
            if model.calibration.is_rule else None,
            "words": Told(phrase, feature.title, value),
        })  # fmt: skip
    return found


def shown(feature: Feature, value: float, names: tuple[str, ...]) -> str:
    """A value of a feature as people are told it."""
    if np.isnan(value):
        return Told("not known")
    match feature.kind:
        case Kind.TEXT:
            return names[int(value)] or Told("another")
        case Kind.BOOLEAN:
            return Told("yes") if value else Told("no")
        case Kind.SPAN:
            return Told("{0} {0:day|days}", _figure(round(value, 1), 1))
        case Kind.NUMBER:
            return _figure(value, 2)


def _figure(value: float, decimals: int) -> Figure:
    """A number with no more decimals than it has."""
    most = round(value, decimals)
    digits = next(it for it in range(decimals + 1) if round(most, it) == most)
    return Figure(most, f",.{digits}f")
