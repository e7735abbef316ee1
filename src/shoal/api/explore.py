"""Where people drop, what they do next, whether they come back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from shoal.access import Action
from shoal.api.figure_shapes import FunnelFound, GroupsFound, PathsFound, RetentionFound
from shoal.api.keeping import Keeping, Kept, state_of
from shoal.api.listening import Turn, listened
from shoal.api.principals import Spoken, Telling, asks
from shoal.core.instants import DAY
from shoal.language import to_text
from shoal.measurement.funnels import funnel_of
from shoal.measurement.periods import Unit
from shoal.project.answers import Question, asked
from shoal.project.measurement.funnelling import Wanted, funnel_report
from shoal.project.measurement.pathing import MOST_NODES, MOST_STEPS, PathAsked, path_report
from shoal.project.measurement.retaining import MOST_COHORTS, RetentionAsked, retention_report
from shoal.project.opening import Project
from shoal.project.reading import Reading, read
from shoal.project.settings import parse_span

router = APIRouter(prefix="/api/v1/explore", tags=["explore"])

MOST_SEARCHES = 6
"""Searches for groups that go on or are waited for at once: each holds a thread that other
questions need."""
MOST_GROUPS = 12
"""Groups that somebody can keep apart."""


class Looked(BaseModel):
    """Of whom and as of when: everybody now, unless it says otherwise."""

    segment: str | None = Field(None, description="Only members of this applied segment.")
    rule: str | None = Field(None, description="Only people this rule is true for.")
    as_of: str | None = None


class FunnelAsked(Looked):
    """Steps in order, each as in a rule's ``sequence``; or one whole ``sequence (…)``."""

    steps: list[str] = Field(min_length=1, max_length=20)
    by: str | None = None
    within: str | None = None
    window: str = ""
    breakdown: list[str] = Field(default_factory=list, max_length=50)
    barriers: bool = False


class PathsAsked(Looked):
    """An event to start at, and how its paths are told."""

    start: str
    steps: int = Field(4, ge=1, le=MOST_STEPS)
    top: int = Field(6, ge=1, le=MOST_NODES)
    before: bool = False
    latest: bool = False
    within: str | None = None
    repeats: bool = False
    details: list[str] = Field(default_factory=list, max_length=20)


class CohortsAsked(Looked):
    """What people begin with, and what keeps them."""

    first: str | None = None
    entering: str | None = None
    kept: str | None = None
    by: Unit = Unit.WEEK
    count: int = Field(12, ge=1, le=MOST_COHORTS)


class GroupsAsked(Looked):
    """Among whom to look for groups, and for how many: by stability, unless it is said."""

    k: int | None = Field(None, ge=2, le=MOST_GROUPS)


def _read(project: Project, looked: Looked) -> tuple[Reading, int, Question | None]:
    reading = read(project)
    zone = reading.vocabulary.zone
    at = reading.at(None if looked.as_of is None else zone.parse(looked.as_of))
    nobody_named = looked.segment is None and looked.rule is None
    return reading, at, None if nobody_named else asked(reading, looked.segment, looked.rule)


@router.post("/funnel", dependencies=[asks(Action.LOOK)], response_model=FunnelFound)
def funnel(project: Spoken, body: FunnelAsked) -> dict[str, Any]:
    """Persons by step, how fast they come there, who drops where, as rules one can save."""
    reading, at, among = _read(project, body)
    within = None if body.within is None else parse_span(body.within)
    found = funnel_of(body.steps, by=body.by, within=within, window=body.window)
    return funnel_report(reading, found, at, Wanted(among, body.breakdown, body.barriers))


@router.post("/paths", dependencies=[asks(Action.LOOK)], response_model=PathsFound)
def paths(project: Spoken, body: PathsAsked) -> dict[str, Any]:
    """What people did after an event, or before it: levels and links that reconcile."""
    reading, at, among = _read(project, body)
    within = None if body.within is None else parse_span(body.within)
    wanted = PathAsked(
        body.start, body.steps, body.top, body.before, body.latest, within, body.repeats,
        tuple(body.details), among,
    )  # fmt: skip
    return path_report(reading, wanted, at)


@router.post("/retention", dependencies=[asks(Action.LOOK)], response_model=RetentionFound)
def retention(project: Spoken, body: CohortsAsked) -> dict[str, Any]:
    """Of those who began in a period, how many were kept in each one after."""
    reading, at, among = _read(project, body)
    wanted = RetentionAsked(body.first, body.entering, body.kept, body.by, body.count, among)
    return retention_report(reading, wanted, at)


@router.post("/groups", dependencies=[asks(Action.LOOK)], response_model=GroupsFound)
async def groups(
    request: Request, project: Spoken, speech: Telling, keeping: Keeping, body: GroupsAsked
) -> dict[str, Any]:
    """People who behave alike, found without being asked for, each group with an editable rule.

    It draws people again many times to see what comes back, so it takes its time, and stops when
    nobody waits any longer; the same question of the same data is answered at once.
    """
    async with listened(request, Turn()) as turn:
        found = await run_in_threadpool(partial(_groups, project, keeping, body, turn))
    return speech.document(found)


def _groups(project: Project, keeping: Kept, body: GroupsAsked, turn: Turn) -> dict[str, Any]:
    from shoal.project.discovery.discovering import clusters_json, discover_clusters

    reading, at, among = _read(project, body)
    scope = None if among is None else to_text(among.rule)
    day = at // DAY if body.as_of is None else at
    key = "groups", state_of(reading), day, scope, body.k

    def searched(look_up: Callable[[], None]) -> dict[str, Any]:
        found = discover_clusters(reading, at, scope=scope, k=body.k, look_up=look_up)
        return clusters_json(found)

    return keeping.while_wanted(key, searched, turn, at_once=MOST_SEARCHES)
