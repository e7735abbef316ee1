"""Campaigns: how they stand, their dry runs and results, and who lets them go."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from shoal.access import Action, Principal
from shoal.api.numbers import LARGEST
from shoal.api.principals import Serving, Spoken, Telling, asks
from shoal.language.told import Speech
from shoal.project import campaigns as kept
from shoal.project.campaign_previews import preview as previewed
from shoal.project.campaign_results import campaign_results
from shoal.project.reading import read

router = APIRouter(prefix="/api/v1/campaigns", tags=["campaigns"])

Id = Annotated[int, Field(ge=0, le=LARGEST)]


class Step(BaseModel):
    """What is done to a campaign."""

    action: Literal["approve", "start", "pause", "resume", "stop"]


class Replay(BaseModel):
    """Which messages are sent again: all that are dead, or uncertain ones, or some of them."""

    state: Literal["dead", "uncertain"] = "dead"
    ids: Annotated[list[Id], Field(max_length=1_000)] = []


@router.get("", dependencies=[asks(Action.LOOK)])
def campaigns(project: Spoken) -> list[dict[str, Any]]:
    """Every campaign, how it stands and how many messages."""
    return kept.campaign_rows(read(project))


@router.get("/{name}", dependencies=[asks(Action.LOOK)])
def campaign(name: str, project: Spoken, speech: Telling) -> dict[str, Any]:
    """One campaign: what it says, who did what to it, each pass with its waterfall."""
    return _told(kept.show_campaign(read(project), name), speech)


@router.post("/{name}/check")
def check(
    name: str,
    served: Serving,
    speech: Telling,
    asking: Annotated[Principal, asks(Action.DEFINE)],
) -> dict[str, Any]:
    """Problems, whether the message fits the group, and how many to leave alone."""
    return speech.document(kept.check(read(served.project), name, asking.name))


@router.get("/{name}/preview", dependencies=[asks(Action.PEOPLE)])
def preview(
    name: str,
    project: Spoken,
    speech: Telling,
    user: str | None = None,
    count: Annotated[int, Query(ge=1, le=100)] = 10,
) -> dict[str, Any]:
    """The dry run: messages as they would go out, the waterfall, who lacks what."""
    found = speech.document(previewed(read(project), name, user=user, count=count))
    for message in found["messages"]:
        message["problem"] = message["problem"] and speech.again(message["problem"])
    return found


@router.post("/{name}/state")
def step(
    name: str,
    given: Step,
    served: Serving,
    speech: Telling,
    asking: Annotated[Principal, asks(Action.DEFINE)],
) -> dict[str, Any]:
    """Approves, starts, pauses, resumes or stops a campaign; how it stands then."""
    return _told(kept.act(read(served.project), name, given.action, asking.name), speech)


def _told(found: dict[str, Any], speech: Speech) -> dict[str, Any]:
    """A campaign in the reader's language, reasons that were kept included."""
    reasons = {speech.again(reason): count for reason, count in found["reasons"].items()}
    return {**speech.document(found), "reasons": reasons}


@router.get("/{name}/results", dependencies=[asks(Action.LOOK)])
def results(
    name: str, project: Spoken, speech: Telling, as_of: str | None = None
) -> dict[str, Any]:
    """Did it help, by how much, how sure, and when it is decided."""
    reading = read(project)
    at = None if as_of is None else reading.vocabulary.zone.parse(as_of)
    return speech.document(campaign_results(reading, name, at))


@router.get("/{name}/messages", dependencies=[asks(Action.PEOPLE)])
def messages(
    name: str, served: Serving, speech: Telling, state: str = "uncertain"
) -> list[dict[str, Any]]:
    """Messages of a campaign that stand so, at most a thousand."""
    rows = kept.letters(served.project, name, state)
    return [{**it, "reason": it["reason"] and speech.again(it["reason"])} for it in rows]


@router.post("/{name}/replay")
def replay(
    name: str, given: Replay, served: Serving, asking: Annotated[Principal, asks(Action.DEFINE)]
) -> dict[str, Any]:
    """Has messages sent again that were refused, or that may have arrived."""
    count = kept.replay(served.project, name, given.state, given.ids, asking.name)
    return {"messages": count}
