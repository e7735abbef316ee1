"""How predictions stand: what each says, its model, and what the last runs told; nothing is worked out anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError
from shoal.core.instants import format_instant
from shoal.language import sentence, to_text
from shoal.language.foretelling import longest_ahead
from shoal.language.told import Told
from shoal.language.tree import Rule
from shoal.predictions.judging import MOVED
from shoal.project.predictions.features import feature_of, features_of
from shoal.project.predictions.fitting import digest_of, meanings, prediction_named
from shoal.project.predictions.runs import BACKTEST, FIT, SCORE
from shoal.store.model_books import ModelBooks, StoredModel, StoredRun

if TYPE_CHECKING:
    from shoal.language.definitions import PredictionDefinition
    from shoal.project.reading import Reading

NEVER, FITTED, REFUSED, FAILED, CHANGED, STALE = (
    "never fitted", "fitted", "refused", "failed", "changed", "stale",
)  # fmt: skip
BRIEF = ("n", "positives", "auc", "rank_correlation", "brier", "ece", "lift", "top_decile",
         "top_decile_value")  # fmt: skip
TOLD = 12
"""Features that are told of a model: those that move scores most."""


@dataclass(frozen=True, eq=False)
class _Standing:
    """What the books know of a prediction as of an instant."""

    definition: PredictionDefinition
    model: StoredModel | None
    report: Mapping[str, Any]
    meanings: Mapping[str, Any] | None
    """What its features meant when it was fitted, of those that name traits or segments."""
    others: Sequence[StoredModel]
    runs: Sequence[StoredRun]

    def last(self, step: str, *, failed: bool = False) -> StoredRun | None:
        """The last run of this very definition that went well, or that failed."""
        digest = digest_of(self.definition)
        found = [it for it in self.runs if it.step == step and it.digest == digest
                 and (it.failure is not None) is failed]  # fmt: skip
        return found[-1] if found else None

    @property
    def refusal(self) -> StoredRun | None:
        """The fit that failed last, if none went well after it."""
        well, failed = self.last(FIT), self.last(FIT, failed=True)
        return failed if failed is not None and (well is None or well.id < failed.id) else None

    @property
    def unscored(self) -> str | None:
        """Why everybody could not be scored when that was last tried."""
        well, failed = self.last(SCORE), self.last(SCORE, failed=True)
        if failed is None or failed.failure is None or (well is not None and well.id > failed.id):
            return None
        return str(failed.failure["message"])

    @property
    def scored(self) -> StoredRun | None:
        """The last scores, if they are of the model that answers now."""
        run = self.last(SCORE)
        return run if run is not None and self.model is not None else None


def list_predictions(reading: Reading, at: int) -> list[dict[str, Any]]:
    """Every applied prediction: what it says, how it stands, and the model it would be scored by."""
    books = ModelBooks(reading.project.store.books)
    found = reading.definitions.found.predictions
    return [_row(reading, _standing(books, it, at)) for it in found if it.target is not None]


def prediction_report(reading: Reading, name: str, at: int) -> dict[str, Any]:
    """One prediction: what it says, its model in words, and what its last runs told."""
    definition = prediction_named(reading, name)
    one = _standing(ModelBooks(reading.project.store.books), definition, at)
    tested, refusal, scored = one.last(BACKTEST), one.refusal, one.scored
    untested = one.last(BACKTEST, failed=True)
    return {
        **_row(reading, one),
        "definition": _written(definition),
        "fit": None if one.model is None else _fit(reading, one.report),
        "test": None if tested is None else {
            "ran_at": format_instant(tested.ran_at),
            "data_version": tested.data_version,
            **tested.body,
            "features": _titled(reading, tested.body["features"]),
        },
        "test_refusal": _refused(untested)
        if untested is not None and (tested is None or tested.id < untested.id) else None,
        "refusal": _refused(refusal) if refusal is not None else None,
        "scores": None if scored is None else {
            **_scores(scored), "spread": scored.body["spread"], "drift": _drift(reading, scored),
        },
    }  # fmt: skip


def _standing(books: ModelBooks, definition: PredictionDefinition, at: int) -> _Standing:
    kept = books.all(definition.name)
    own = [it for it in kept if it.digest == digest_of(definition) and it.as_of <= at]
    model = max(own, key=lambda it: (it.as_of, it.id)) if own else None
    report, meant = (books.part(model.id, it) if model else None for it in ("report", "meanings"))
    runs = books.runs(definition.name)
    return _Standing(definition, model, report or {}, meant, kept, runs)


def _row(reading: Reading, one: _Standing) -> dict[str, Any]:
    it, model, report = one.definition, one.model, one.report
    assert it.target is not None
    status, because = _status(reading, one)
    tested, scored = one.last(BACKTEST), one.scored
    return {
        "name": it.name,
        "title": it.title.chosen(reading.definitions.language) if it.title else None,
        "why": it.why.chosen(reading.definitions.language) if it.why else None,
        "target": to_text(it.target),
        "sentence": sentence(it.target, reading.vocabulary),
        "population": to_text(it.population) if it.population is not None else None,
        "population_sentence": sentence(it.population, reading.vocabulary)
        if it.population is not None
        else None,
        "purpose": it.purpose,
        "of": "chance" if isinstance(it.target, Rule) else "amount",
        "horizon": str(longest_ahead(it.target)),
        "refresh": it.refresh,
        "status": status,
        "because": because,
        "model": None if model is None else f"{it.name}-{model.id}",
        "model_as_of": None if model is None else format_instant(model.as_of),
        "fitted_at": None if model is None else format_instant(model.fitted_at),
        "data_version": None if model is None else model.data_version,
        "kind": report.get("kind"),
        "base_rate": report.get("base_rate"),
        "positives": report.get("positives"),
        "warnings": list(report.get("warnings", ())),
        "last_scored": None if scored is None else _scores(scored),
        "last_test": None if tested is None else _brief(tested),
    }


def _status(reading: Reading, one: _Standing) -> tuple[str, str | None]:
    """How it stands, and in words why it is not simply fitted."""
    if one.model is not None:
        because = _outdated(reading, one)
        if because is not None:
            return STALE, because
        unscored = one.unscored
        return FITTED, Told("it could not be scored: {0}", unscored) if unscored else None
    refusal = one.refusal
    if refusal is not None and refusal.failure is not None:
        is_refused = refusal.failure["is_refused"]
        return (REFUSED if is_refused else FAILED), refusal.failure["message"]
    if any(it.digest == digest_of(one.definition) for it in one.others):
        return NEVER, Told("its models are of a later time than is asked about")
    if one.others:
        return CHANGED, Told("`{0}` was changed since it was fitted", one.definition.name)
    return NEVER, None


def _outdated(reading: Reading, one: _Standing) -> str | None:
    """Why the model should be fitted again, if it should."""
    changed, scored = _changed_under(reading, one), one.scored
    if changed is not None:
        return Told(
            "it rests on `{0}`, which was changed since it was fitted: fit it again", changed
        )
    if scored is not None and scored.body["drift"]["scores"] >= MOVED:
        return Told("its scores are no longer spread as they were: fit it again")
    return None


def _changed_under(reading: Reading, one: _Standing) -> str | None:
    """A feature of the model that means something else by now."""
    assert one.model is not None
    then = one.meanings
    if then is None:
        return None
    names = [it["name"] for it in one.report["features"]]
    try:
        now = meanings(reading, features_of(reading, names))
    except ShoalError:  # what a feature names is no longer there
        return names[0]
    return next((it for it in names if now.get(it) != then.get(it)), None)


def _fit(reading: Reading, report: Mapping[str, Any]) -> dict[str, Any]:
    """What a model was made of, and what moves its scores."""
    kept = ("kind", "why", "sorted", "n", "positives", "base_rate", "cutoffs", "warnings", "notes")
    features = _titled(reading, report["features"])
    return {**{key: report[key] for key in kept}, "features": features}


def _titled(reading: Reading, features: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The features that move scores most, in the reader's language, and each one's share of it."""
    whole = sum(it["importance"] for it in features) or 1.0
    return [
        {**it, "title": _title(reading, it), "share": it["importance"] / whole}
        for it in features[:TOLD]
    ]


def _title(reading: Reading, feature: Mapping[str, Any]) -> str:
    try:
        return feature_of(reading, feature["name"]).title
    except ShoalError:  # it names what is no longer there
        return str(feature["title"])


def _brief(tested: StoredRun) -> dict[str, Any]:
    """What a test found, in a few figures beside what is known without a model."""
    body = tested.body
    found = {key: body[key] for key in BRIEF if key in body}
    measure = "auc" if "auc" in body else "rank_correlation"
    return {
        "as_of": format_instant(tested.as_of),
        "ran_at": format_instant(tested.ran_at),
        **found,
        "recency": body["baselines"].get("recency", {}).get(measure),
        "warnings": len(body["warnings"]),
    }


def _scores(run: StoredRun) -> dict[str, Any]:
    body = run.body
    return {
        "as_of": format_instant(run.as_of),
        "ran_at": format_instant(run.ran_at),
        "data_version": run.data_version,
        "model": body["model"],
        "people": body["scored"],
        "mean": body["mean_score"],
    }


def _drift(reading: Reading, run: StoredRun) -> dict[str, Any]:
    """How far scores and features are from what they were when the model was fitted."""
    found = run.body["drift"]
    features = [
        {**it, "title": _title(reading, {"name": it["feature"], "title": it["feature"]})}
        for it in found["moved"][:TOLD]
    ]
    count = len(found["moved"])
    if found["scores"] >= MOVED:
        words = Told("Scores are spread unlike those it was calibrated by: fit it again.")
    elif count:
        words = Told("Scores are spread as they were, though what some of them rest on has moved.")
    else:
        words = Told("Nothing has moved since it was fitted.")
    return {"scores": found["scores"], "limit": MOVED, "moved": features, "count": count,
            "words": words}  # fmt: skip


def _refused(run: StoredRun) -> dict[str, Any]:
    assert run.failure is not None
    failure = run.failure
    counts = {key: failure.get(key) for key in ("people", "there", "needed", "missing", "share")}
    return {"ran_at": format_instant(run.ran_at), "as_of": format_instant(run.as_of),
            "is_refused": failure["is_refused"], "message": failure["message"],
            "hint": failure["hint"], **counts}  # fmt: skip


def _written(definition: PredictionDefinition) -> dict[str, Any]:
    """What the file says beside the target."""
    return {
        "target": definition.text,
        "features": [it.text for it in definition.features],
        "without": [it.text for it in definition.without],
        "sensitive_because": definition.sensitive_because,
        "file": definition.place.file if definition.place else None,
        "line": definition.place.line if definition.place else None,
    }
