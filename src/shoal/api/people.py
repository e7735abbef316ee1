"""Questions about one person: who they are, what they did, where they belong."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from shoal.access import Action
from shoal.api.principals import Spoken, asks
from shoal.api.shapes import PeopleFound, PersonFacts, Timeline
from shoal.project.opening import Project
from shoal.project.people.finding import find_people
from shoal.project.people.memberships import person_facts
from shoal.project.people.timelines import timeline
from shoal.project.reading import Reading, read

router = APIRouter(prefix="/api/v1/people", tags=["people"])

Moment = Annotated[
    str | None, Query(description="2026-11-01 (local midnight) or 2026-11-01T09:30:00Z.")
]


def _read(project: Project, as_of: str | None) -> tuple[Reading, int]:
    reading = read(project)
    return reading, reading.at(None if as_of is None else reading.vocabulary.zone.parse(as_of))


@router.get("", dependencies=[asks(Action.PEOPLE)], response_model=PeopleFound)
def find(
    project: Spoken,
    text: Annotated[str, Query(max_length=320)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
) -> dict[str, Any]:
    """User ids that hold a text, and how many there are."""
    return find_people(read(project), text.strip(), limit)


@router.get("/facts", dependencies=[asks(Action.PEOPLE)], response_model=PersonFacts)
def facts(project: Spoken, user: str, as_of: Moment = None) -> dict[str, Any]:
    """Traits, worth, consents, and the segments somebody is in, with since when."""
    reading, at = _read(project, as_of)
    return person_facts(reading, user, at)


@router.get("/timeline", dependencies=[asks(Action.PEOPLE)], response_model=Timeline)
def events(  # noqa: PLR0913, PLR0917  what can be asked
    project: Spoken,
    user: str,
    as_of: Moment = None,
    event: Annotated[list[str] | None, Query()] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    """What somebody did, newest first, a page at a time."""
    reading, at = _read(project, as_of)
    return timeline(reading, user, at, events=event or (), limit=limit, offset=offset)
