"""Fitting a prediction: which past instants it is learned from, and what is kept of it.

Cutoffs lie one horizon apart, counted back from the instant of the fit, so that their outcomes do not
overlap. What calibrates and chooses between the kinds of model are cutoffs that were foretold from
those before them only.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from shoal.core.errors import NotFoundError, ShoalError, TooFewError
from shoal.core.instants import format_instant
from shoal.core.names import nearest
from shoal.language import to_text
from shoal.language.foretelling import reached
from shoal.language.told import Told
from shoal.language.vocabulary import ValueType
from shoal.predictions.model import Fitted, Model, Seen, fit_models
from shoal.predictions.watching import leaks_of, spread_of
from shoal.project.predictions.features import features_of, offered_features, undated_traits
from shoal.project.predictions.foreseeing import KINDS, Foreseeing
from shoal.store.model_books import ModelBooks, StoredModel

if TYPE_CHECKING:
    from shoal.language.definitions import PredictionDefinition
    from shoal.language.tree import Rule, Value
    from shoal.project.behaviours import Behaviour
    from shoal.project.reading import Reading

FEWEST = 50
"""Of whom it came true, and of whom it did not: with fewer nothing can be learned."""
MOST_CUTOFFS = 5
LEARNT_FROM = 120_000
SEED = 1
TOLD = 12


Tell = Callable[[str, int, int], None]
"""Told while it goes on: what is being done, how many steps are done, and of how many."""


def unheard(step: str, done: int, total: int) -> None:
    """Where nobody listens."""
    del step, done, total


class ShortageError(TooFewError):
    """Too few came to pass: of ``people``, ``there`` did where ``needed`` must; ``share`` of all did."""

    def __init__(self, message: str, hint: str, *, people: int, there: int, share: float) -> None:
        super().__init__(message, hint=hint)
        self.people, self.there, self.needed, self.share = people, there, FEWEST, share


@dataclass(frozen=True, eq=False)
class Fit:
    """A model of a prediction with all that is kept of how it came about."""

    definition: PredictionDefinition
    as_of: int
    model: Model
    others: Mapping[str, Model]
    """Every kind that was tried, the kept one too."""
    report: Mapping[str, Any]

    @property
    def body(self) -> dict[str, Any]:
        """As the books keep it."""
        return {"model": self.model.as_json(), "report": dict(self.report)}


def prediction_named(reading: Reading, name: str) -> PredictionDefinition:
    """The applied prediction of that name; NotFoundError with the nearest one."""
    known = {it.name: it for it in reading.definitions.found.predictions}
    if name in known:
        return known[name]
    meant = nearest(name, known)
    hint = f"did you mean `{meant}`?" if meant else "predictions are written in predictions/*.yml"
    raise NotFoundError(f"no prediction `{name}` is applied", hint=hint)


def digest_of(definition: PredictionDefinition) -> str:
    """What a model was fitted for: another target, population or choice of features is another."""
    assert definition.target is not None
    said = [
        to_text(definition.target),
        to_text(definition.population) if definition.population is not None else None,
        [it.text for it in definition.features],
        [it.text for it in definition.without],
        definition.purpose,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def foreseeing_for_fit(reading: Reading, definition: PredictionDefinition, at: int) -> Foreseeing:
    """The prediction, to be asked at instants up to one, with the features offered by then."""
    behaviours = [it for it in offered_features(reading, definition, at) if it.type in KINDS]
    if not behaviours:
        raise ShoalError(
            f"there is nothing to learn `{definition.name}` from at {format_instant(at)}",
            hint="import what people did before, or list `features`",
        )
    return Foreseeing(reading, definition, behaviours)


def fit_at(foreseeing: Foreseeing, at: int, tell: Tell = unheard) -> Fit:
    """The model of an instant: nothing after it is looked at. TooFewError where it cannot be told."""
    cutoffs = cutoffs_before(foreseeing, at)
    steps = len(cutoffs) + 2  # learning, and scoring after it
    seen: dict[int, Seen] = {}
    for cutoff in cutoffs:
        day = format_instant(cutoff)[:10]
        tell(Told("looking at what was known on {0}, and what came", day), len(seen), steps)
        seen[cutoff] = foreseeing.seen(cutoff)
    tell(Told("learning"), len(cutoffs), steps)
    return fit_seen(foreseeing, at, seen)


def fit_seen(foreseeing: Foreseeing, at: int, seen: Mapping[int, Seen]) -> Fit:
    """The model of an instant from people seen at cutoffs, newest first, whose horizons are over."""
    definition = foreseeing.definition
    refuse_few(definition, list(seen.values()))
    each = LEARNT_FROM // len(seen)
    times = [_some(it, each) for it in reversed(list(seen.values()))]
    fitted = fit_models(times, FEWEST)
    report = _report(foreseeing, at, seen, fitted)
    return Fit(definition, at, fitted.model, fitted.others, report)


def cutoffs_before(foreseeing: Foreseeing, at: int, most: int = MOST_CUTOFFS) -> list[int]:
    """Instants whose horizons are over, newest first, with half a horizon of history before each."""
    first = _first_at(foreseeing.reading)
    found: list[int] = []
    for times in range(1, most + 1):
        cutoff = foreseeing.earlier(at, times)
        if first is None or cutoff - (at - foreseeing.earlier(at, 1)) // 2 < first:
            break
        found.append(cutoff)
    if not found:
        span = foreseeing.span
        raise TooFewError(
            f"`{foreseeing.definition.name}` looks {span} ahead, and there is less history before "
            f"{format_instant(at)} than one and a half times that",
            hint="wait, import older events, or look less far ahead",
        )
    return found


def refuse_few(definition: PredictionDefinition, seen: Sequence[Seen]) -> None:
    """TooFewError with how many there are and are needed, and what to go by meanwhile."""
    yes = sum(int(np.count_nonzero(it.came)) for it in seen)
    people = sum(len(it.came) for it in seen)
    assert definition.target is not None
    target = to_text(definition.target)
    for count, whom in ((yes, "came true for"), (people - yes, "did not come true for")):
        if count < FEWEST:
            share = yes / people if people else 0.0
            raise ShortageError(
                f"`{target}` {whom} {count:,} of {people:,} people in the horizons before: at least "
                f"{FEWEST} are needed, {FEWEST - count} more",
                f"until then go by the share that it came true for, {share:.1%}, and by how long ago "
                "people did it last",
                people=people,
                there=count,
                share=share,
            )


def stored_model(reading: Reading, definition: PredictionDefinition, at: int) -> StoredModel:
    """The newest model of an instant that was fitted for this very definition."""
    books = ModelBooks(reading.project.store.books)
    found = books.newest(definition.name, digest_of(definition), at)
    if found is not None:
        return found
    name = definition.name
    others = books.all(name)
    if not others:
        raise NotFoundError(
            f"`{name}` was never fitted", hint=f"`shoal predict fit {name}` does it"
        )
    if all(it.digest != digest_of(definition) for it in others):
        message = f"`{name}` was changed since it was fitted"
        raise NotFoundError(message, hint=f"fit it again: `shoal predict fit {name}`")
    when = format_instant(at)
    raise NotFoundError(
        f"no model of `{name}` is of {when} or before: one that saw what came later must not answer",
        hint=f"`shoal predict fit {name} --as-of {when}` makes one of that time",
    )


def foreseeing_of(
    reading: Reading, definition: PredictionDefinition, body: Mapping[str, Any]
) -> tuple[Foreseeing, Model]:
    """A kept model, and the prediction to be asked with the features it was fitted to."""
    model = Model.from_json(body["model"])
    behaviours = features_of(reading, [it.name for it in model.features])
    for feature, it in zip(model.features, behaviours, strict=True):
        if it.type is not ValueType.UNKNOWN and KINDS.get(it.type) is not feature.kind:
            raise _changed(definition, it.name)
    now, then = meanings(reading, behaviours), body.get("meanings")
    for part in model.encoding.parts:
        name = behaviours[part.place].name
        if then is not None and now.get(name) != then.get(name):
            raise _changed(definition, name)
    return in_terms_of(model, Foreseeing(reading, definition, behaviours)), model


def _changed(definition: PredictionDefinition, feature: str) -> ShoalError:
    return ShoalError(
        f"`{definition.name}` rests on `{feature}`, which was changed since it was fitted",
        hint=f"fit it again: `shoal predict fit {definition.name}`",
    )


def meanings(reading: Reading, behaviours: Sequence[Behaviour]) -> dict[str, list[str]]:
    """By feature, what the traits and segments mean that it names; those that name none are left out."""
    found = {
        it.name: [
            to_text(cast("Rule | Value", one)) for one in reached(it.value, reading.vocabulary)
        ]
        for it in behaviours
    }
    return {name: texts for name, texts in found.items() if texts}


def in_terms_of(model: Model, foreseeing: Foreseeing) -> Foreseeing:
    """The prediction to be asked so that texts are told apart that the model tells apart."""
    parts = {it.place: frozenset(it.texts) for it in model.encoding.parts}
    keep = {it.name: parts.get(place, frozenset()) for place, it in enumerate(model.features)}
    return replace(foreseeing, keep=keep)


def _report(
    foreseeing: Foreseeing, at: int, seen: Mapping[int, Seen], fitted: Fitted
) -> dict[str, Any]:
    definition, model = foreseeing.definition, fitted.model
    assert definition.target is not None
    newest = _some(next(iter(seen.values())), LEARNT_FROM)
    scores = model.scores(newest.sight)
    return {
        "prediction": definition.name,
        "target": to_text(definition.target),
        "as_of": format_instant(at),
        "cutoffs": [format_instant(it) for it in sorted(seen)],
        "kind": model.kind,
        "why": fitted.why,
        "sorted": dict(fitted.sorted),
        "n": sum(len(it.came) for it in seen.values()),
        "positives": sum(int(np.count_nonzero(it.came)) for it in seen.values()),
        "base_rate": np.count_nonzero(newest.came) / max(1, len(newest.came)),
        "features": _importance(model, newest),
        "warnings": [it.text for it in leaks_of(newest)],
        "notes": list(_notes(foreseeing, fitted)),
        "spread": spread_of(newest.sight, scores),
    }


def _importance(model: Model, judged: Seen) -> list[dict[str, Any]]:
    """What moves scores most: the mean size of each feature's contribution."""
    some = _some(judged, 5_000).sight
    each, _ = model.contributions(some)
    sizes = np.abs(each).mean(axis=0)
    order = np.argsort(-sizes, kind="stable")
    return [
        {"name": model.features[it].name, "title": model.features[it].title,
         "importance": round(float(sizes[it]), 4)}
        for it in map(int, order) if sizes[it] > 0
    ]  # fmt: skip


def _notes(foreseeing: Foreseeing, fitted: Fitted) -> Iterator[str]:
    if foreseeing.reading.snapshot.manifest.imports:
        yield "rows that were imported are taken to have been known as soon as they happened"
    if not fitted.by_time:
        yield (
            "there is too little to hold a later time against an earlier one: calibrated on people left "
            "out in turn, which flatters"
        )
    undated = undated_traits(foreseeing.reading, foreseeing.behaviours)
    if undated:
        named = ", ".join(f"`{it}`" for it in undated[:TOLD])
        yield (
            f"values without a date hold at every instant, so these may know what came later: {named}"
        )


def _some(seen: Seen, most: int) -> Seen:
    if len(seen.came) <= most:
        return seen
    random = np.random.default_rng(SEED)
    return seen.rows(np.sort(random.choice(len(seen.came), most, replace=False)))


def _first_at(reading: Reading) -> int | None:
    facts = reading.snapshot.catalogue.events.values()
    known = [it.first_at for it in facts if it.first_at is not None and not it.name.startswith("$")]
    return min(known) if known else None
