"""Fairness over HTTP: outcomes by group, what stands for what, and decisions that people make."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from shoal.access import Action, Principal, may
from shoal.api.fairness_shapes import (
    Decided,
    FairnessEntry,
    GuardedTraits,
    OutcomesByGroup,
    StandIns,
)
from shoal.api.principals import Serving, Spoken, asks
from shoal.api.segments import Moment, Name, RuleText
from shoal.fairness import LEAST, NOTABLE
from shoal.project.answers import asked
from shoal.project.fairness import (
    compare_outcomes,
    decide,
    fairness_log,
    groupable_traits,
    stand_ins,
)
from shoal.project.reading import Reading, read

router = APIRouter(prefix="/api/v1/fairness", tags=["fairness"])

Text = Annotated[str, Field(max_length=1_000)]


class DecisionMade(BaseModel):
    """What a person decided about somebody, why, and who that was."""

    segment: Text
    user: Text
    outcome: Text
    because: Text
    by: Text


@router.get("/traits", dependencies=[asks(Action.LOOK)], response_model=GuardedTraits)
def traits(project: Spoken) -> dict[str, Any]:
    """Traits that people can be grouped by; those first that the tracking plan guards."""
    return groupable_traits(read(project))


@router.get("/compare", response_model=OutcomesByGroup)
def compare(  # noqa: PLR0913, PLR0917  what can be asked
    project: Spoken,
    asking: Annotated[Principal, asks(Action.LOOK)],
    trait: str,
    name: Name = None,
    rule: RuleText = None,
    among: Annotated[
        str | None, Query(description="A rule: only people it is true for, those who applied.")
    ] = None,
    outcome: Annotated[
        str | None, Query(description="in or out; left out: out of a negative segment.")
    ] = None,
    as_of: Moment = None,
) -> dict[str, Any]:
    """How often each group of a trait has the outcome: rates, ratios with intervals, four fifths flagged.

    Who may not look at people is not told groups of fewer than 30: a trait's value may be somebody's own.
    """
    reading = read(project)
    question, at = asked(reading, name, rule), _at(reading, as_of)
    found = compare_outcomes(reading, question, trait, at, among=among, outcome=outcome)
    return found.as_json(least=0 if may(asking, Action.PEOPLE) else LEAST)


@router.get("/proxies", dependencies=[asks(Action.LOOK)], response_model=StandIns)
def proxies(project: Spoken, trait: str, as_of: Moment = None) -> dict[str, Any]:
    """Every other trait by how closely it goes with this one (Cramér's V)."""
    reading = read(project)
    found = stand_ins(reading, trait, _at(reading, as_of))
    return {"trait": trait, "measure": "Cramér's V", "threshold": NOTABLE, "traits": found}


@router.get("/log", dependencies=[asks(Action.DEFINE)], response_model=list[FairnessEntry])
def log(
    served: Serving,
    limit: Annotated[int, Query(ge=1, le=1_000)] = 100,
    segment: Annotated[str | None, Query(description="Only what is of this segment.")] = None,
) -> list[dict[str, Any]]:
    """Reasons given and decisions made, newest first; nobody they are about is named."""
    heads = ("at", "actor", "action", "subject")
    return [
        {
            **{head: it[head] for head in heads},
            "detail": {key: value for key, value in it.items() if key not in heads},
        }
        for it in fairness_log(served.project, limit, segment)
    ]


@router.post("/decisions", response_model=Decided)
def record_decision(
    served: Serving, made: DecisionMade, asking: Annotated[Principal, asks(Action.DEFINE)]
) -> dict[str, Any]:
    """Keeps that a person decided about somebody, and why; the segment decides nothing."""
    return decide(
        read(served.project),
        made.segment,
        made.user,
        outcome=made.outcome,
        because=made.because,
        by=made.by,
        actor=asking.name,
    )


def _at(reading: Reading, as_of: str | None) -> int:
    return reading.at(None if as_of is None else reading.vocabulary.zone.parse(as_of))
