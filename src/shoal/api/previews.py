"""The count under a rule while it is written: the newest question of a client is the one answered."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from functools import partial
from threading import Lock
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from shoal.access import Action, Principal, may
from shoal.api.principals import Spoken, Telling, asks, principal_of
from shoal.api.shapes import Previewed
from shoal.project.opening import Project
from shoal.project.previewing import Wished, preview
from shoal.project.reading import read

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


@dataclass(slots=True)
class Turn:
    """One question's turn: on until a newer one of the same client comes or nobody listens."""

    is_on: bool = True

    def going_on(self) -> bool:
        """Whether somebody still waits."""
        return self.is_on


@dataclass(slots=True)
class Turns:
    """Whose question is the newest."""

    newest: dict[tuple[str, str], Turn] = field(default_factory=dict[tuple[str, str], Turn])
    lock: Lock = field(default_factory=Lock)

    def take(self, key: tuple[str, str]) -> Turn:
        """The next turn of a client; the one before is over."""
        turn = Turn()
        with self.lock:
            before = self.newest.get(key)
            if before is not None:
                before.is_on = False
            self.newest[key] = turn
        return turn

    def leave(self, key: tuple[str, str], turn: Turn) -> None:
        """A question is answered, or given up."""
        turn.is_on = False
        with self.lock:
            if self.newest.get(key) is turn:
                del self.newest[key]


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
    wished = Wished(asked.sample if sees_people else 0, asked.twins, asked.reach)
    listening = asyncio.create_task(_until_gone(request, turn))
    try:
        found = await run_in_threadpool(partial(_answered, project, asked, wished, turn))
        return speech.document(found)
    finally:
        listening.cancel()
        turns.leave(key, turn)


def _answered(project: Project, asked: PreviewAsked, wished: Wished, turn: Turn) -> dict[str, Any]:
    reading = read(project)
    at = reading.at(None if asked.as_of is None else reading.vocabulary.zone.parse(asked.as_of))
    return preview(reading, asked.rule, at, wished, turn.going_on)


async def _until_gone(request: Request, turn: Turn) -> None:
    """Ends the turn when the connection closes."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    turn.is_on = False
