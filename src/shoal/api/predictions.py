"""Predictions over HTTP: how far each may be believed, why somebody has their score, and the steps."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, cast

from fastapi import APIRouter, Depends, Query, Request

from shoal.access import Action, Principal
from shoal.api.data_shapes import WorkTold
from shoal.api.prediction_shapes import (
    FitWanted,
    PersonPredicted,
    PredictionsFound,
    PredictionTold,
    ScoreWanted,
    TestWanted,
)
from shoal.api.principals import Serving, Spoken, Telling, asks
from shoal.api.working import Work, Works, problem_told
from shoal.core.instants import format_instant
from shoal.project.predictions.beside import Step, run_step_beside
from shoal.project.predictions.fitting import prediction_named
from shoal.project.predictions.reasons import explain_prediction
from shoal.project.predictions.rows import list_predictions, prediction_report
from shoal.project.predictions.runs import BACKTEST, FIT, SCORE
from shoal.project.reading import read

if TYPE_CHECKING:
    from shoal.language.told import Speech
    from shoal.project.asked import Asked
    from shoal.project.opening import Project
    from shoal.project.reading import Reading

router = APIRouter(prefix="/api/v1/predictions", tags=["predictions"])

Moment = Annotated[
    str | None, Query(description="2026-11-01 (local midnight) or 2026-11-01T09:30:00Z.")
]
KEPT = frozenset({"because", "why", "warnings", "notes", "message", "hint", "words", "value"})
"""Keys whose sentences were kept as plain text."""


def works_of(request: Request) -> Works:
    """The steps of predictions, one at a time; an import does not wait for them."""
    return request.app.state.predicting


Stepping = Annotated[Works, Depends(works_of)]


@router.get("", dependencies=[asks(Action.LOOK)], response_model=PredictionsFound)
def predictions(
    project: Spoken, speech: Telling, stepping: Stepping, as_of: Moment = None
) -> dict[str, Any]:
    """Every prediction: what it says, how it stands, its model, and what the last test found."""
    reading, at = _read(project, as_of)
    rows = [_told(it, speech) for it in list_predictions(reading, at)]
    return {"as_of": format_instant(at), "predictions": rows, "work": _work(stepping, speech)}


@router.get("/{name}", dependencies=[asks(Action.LOOK)], response_model=PredictionTold)
def prediction(
    name: str, project: Spoken, speech: Telling, stepping: Stepping, as_of: Moment = None
) -> dict[str, Any]:
    """One prediction: what it is made of, its last test and scores, and why it refuses if it does."""
    reading, at = _read(project, as_of)
    found = _told(prediction_report(reading, name, at), speech)
    return {**found, "work": _work(stepping, speech)}


@router.get(
    "/{name}/people/{user_id:path}",
    dependencies=[asks(Action.PEOPLE)],
    response_model=PersonPredicted,
)
def person(
    name: str, user_id: str, project: Spoken, speech: Telling, as_of: Moment = None
) -> dict[str, Any]:
    """Somebody's score, how sure it is, and what makes it, the largest first."""
    reading, at = _read(project, as_of)
    return speech.document(explain_prediction(reading, name, user_id, at))


@dataclass(frozen=True, slots=True)
class StepRequest:
    """Who asks for a step, of which project, in which language, and where steps are kept."""

    served: Asked
    speech: Speech
    stepping: Works
    asking: Principal

    def begin(self, name: str, kind: str, wanted: ScoreWanted, **more: int) -> dict[str, Any]:
        """Begins a step, or joins the same one that goes on; UsageError where that is another."""
        reading = read(self.served.project)
        prediction_named(reading, name)
        zone, said = reading.vocabulary.zone, wanted.as_of
        step = Step(name, kind, None if said is None else reading.at(zone.parse(said)), more)
        make = partial(_run, self.served, step, self.asking.name)
        return _worked(self.stepping.start(kind, name, make, joins=True, given=step), self.speech)


def step_request(
    served: Serving,
    speech: Telling,
    stepping: Stepping,
    asking: Annotated[Principal, asks(Action.DEFINE)],
) -> StepRequest:
    """What every step takes; whoever may define may ask for one."""
    return StepRequest(served, speech, stepping, asking)


Requesting = Annotated[StepRequest, Depends(step_request)]


@router.post("/{name}/fit", status_code=202, response_model=WorkTold)
def fit(name: str, request: Requesting, given: FitWanted | None = None) -> dict[str, Any]:
    """Learns it and scores everyone it is about; `work` of the prediction tells how far it is."""
    wanted = given or FitWanted()
    return request.begin(name, FIT, wanted, back=wanted.backfill)


@router.post("/{name}/score", status_code=202, response_model=WorkTold)
def score(name: str, request: Requesting, given: ScoreWanted | None = None) -> dict[str, Any]:
    """Scores everyone it is about by the model there is; nothing is learned."""
    return request.begin(name, SCORE, given or ScoreWanted())


@router.post("/{name}/backtest", status_code=202, response_model=WorkTold)
def backtest(name: str, request: Requesting, given: TestWanted | None = None) -> dict[str, Any]:
    """Holds what it would have said at past instants against what came; the report is kept."""
    wanted = given or TestWanted()
    return request.begin(name, BACKTEST, wanted, tests=wanted.cutoffs)


@router.post("/{name}/cancel", response_model=WorkTold)
def cancel(name: str, request: Requesting) -> dict[str, Any]:
    """Ends the step of a prediction that goes on; what it had kept by then stays."""
    work = request.stepping.cancel(name)
    request.served.note(
        request.asking.name, "prediction.cancel", f"prediction:{name}", step=work.kind
    )
    return _worked(work, request.speech)


def _run(served: Asked, step: Step, actor: str, work: Work) -> dict[str, Any]:
    found = run_step_beside(served.project, step, work.hear, work.is_wanted)
    subject, model = f"prediction:{step.name}", found.get("model")
    served.note(actor, f"prediction.{step.step}", subject, as_of=found["as_of"], model=model)
    return found


def _read(project: Project, as_of: str | None) -> tuple[Reading, int]:
    reading = read(project)
    return reading, reading.at(None if as_of is None else reading.vocabulary.zone.parse(as_of))


def _work(stepping: Works, speech: Speech) -> dict[str, Any] | None:
    return None if stepping.last is None else _worked(stepping.last, speech)


def _worked(work: Work, speech: Speech) -> dict[str, Any]:
    """How far a step is. What it told is asked of the prediction: here it would be sent at each look."""
    found = work.as_json()
    step, problem = found["step"], problem_told(work, speech)
    return {**found, "answer": None, "problem": problem, "step": step and speech.again(step)}


def _told(found: Any, speech: Speech, key: str = "") -> Any:
    """A report in the reader's language, sentences that were kept as plain text included."""
    match found:
        case str():
            return speech.again(found) if key in KEPT else speech.of(found)
        case dict():
            rows = cast("dict[str, Any]", found)
            return {name: _told(it, speech, name) for name, it in rows.items()}
        case list():
            return [_told(it, speech, key) for it in cast("list[Any]", found)]
        case _:
            return found
