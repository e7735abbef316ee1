"""The count under a rule while it is written: the newest question of a client is the one answered."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from shoal.access import Action, Principal, may
from shoal.api.listening import Turn, Turns, listened
from shoal.api.principals import Spoken, Telling, asks, principal_of
from shoal.api.shapes import Previewed
from shoal.project.opening import Project
from shoal.project.previewing import Compared, Wished, preview
from shoal.project.reading import read
from shoal.project.settings import Now

MINUTE = 60_000_000

router = APIRouter(prefix="/api/v1/segments", tags=["segments"])

Asking = Annotated[Principal | None, Depends(principal_of)]


class PreviewAsked(BaseModel):
    """A rule to be counted, as its text or as its JSON tree."""

    rule: str | dict[str, Any]
    as_of: str | None = None
    client: str = Field("", max_length=100, description="One builder: newer stops older.")
    sample: int = Field(8, ge=0, le=50, description="Members to name, to who may see them.")
    twins: bool = Field(default=True, description="Look for segments that are nearly the same.")
    reach: bool = Field(default=True, description="Count whom an address or a consent reaches.")


@router.post("/preview", dependencies=[asks(Action.LOOK)], response_model=Previewed)
async def preview_segment(
    request: Request, asked: PreviewAsked, project: Spoken, speech: Telling, asking: Asking
) -> dict[str, Any]:
    """Count, per row and without each row, a sample, warnings; stopped by a newer question."""
    assert asking is not None
    turns: Turns = request.app.state.turns
    key = (asking.name, asked.client)
    # who names no client waits for every answer
    turn = turns.take(key) if asked.client else Turn()
    sees_people = may(asking, Action.PEOPLE)
    compared: Compared = request.app.state.compared
    sample = asked.sample if sees_people else 0
    wished = Wished(sample, asked.twins, asked.reach, compared=compared)
    try:
        async with listened(request, turn):
            found = await run_in_threadpool(partial(_answered, project, asked, wished, turn))
        return speech.document(found)
    finally:
        turns.leave(key, turn)


def _answered(project: Project, asked: PreviewAsked, wished: Wished, turn: Turn) -> dict[str, Any]:
    reading = read(project)
    at = reading.at(None if asked.as_of is None else reading.vocabulary.zone.parse(asked.as_of))
    if asked.as_of is None and reading.project.settings.now is Now.CLOCK:
        # segments as of the minute that has begun: the next keystroke finds them worked out
        wished = replace(wished, twins_at=at - at % MINUTE)
    return preview(reading, asked.rule, at, wished, turn.going_on)
