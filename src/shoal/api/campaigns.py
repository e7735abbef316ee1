"""Campaigns: how they stand, their dry runs and results, and who lets them go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from shoal.access import Action, Principal
from shoal.api.campaign_shapes import (
    CampaignChecked,
    CampaignDrafted,
    CampaignFields,
    CampaignPreview,
    CampaignResults,
    CampaignRow,
    CampaignShown,
    CampaignWanted,
    DraftPreview,
    MessageKept,
    Replayed,
)
from shoal.api.numbers import LARGEST
from shoal.api.principals import Serving, Spoken, Telling, asks
from shoal.api.shapes import Plan, Saved
from shoal.project.campaigns import campaigns as kept
from shoal.project.campaigns.previews import preview as previewed
from shoal.project.campaigns.results import campaign_results
from shoal.project.changes.campaign_drafts import preview_draft
from shoal.project.changes.campaign_editing import campaign_fields, plan_campaign, save_campaign
from shoal.project.reading import read

if TYPE_CHECKING:
    from shoal.language.told import Speech
    from shoal.project.asked import Asked

router = APIRouter(prefix="/api/v1/campaigns", tags=["campaigns"])

Id = Annotated[int, Field(ge=0, le=LARGEST)]


class Step(BaseModel):
    """What is done to a campaign."""

    action: Literal["approve", "start", "pause", "resume", "stop"]


class Replay(BaseModel):
    """Which messages are sent again: all that are dead, or uncertain ones, or some of them."""

    state: Literal["dead", "uncertain"] = "dead"
    ids: Annotated[list[Id], Field(max_length=1_000)] = []


@router.get("", dependencies=[asks(Action.LOOK)], response_model=list[CampaignRow])
def campaigns(project: Spoken) -> list[dict[str, Any]]:
    """Every campaign, how it stands and how many messages."""
    return kept.campaign_rows(read(project))


@router.post("", response_model=Saved)
def create(
    served: Serving,
    speech: Telling,
    given: CampaignWanted,
    asking: Annotated[Principal, asks(Action.DEFINE)],
) -> Any:
    """Writes a new campaign into a file of its own, and applies the files."""
    return _saved(served, speech, given.name, _said(given), asking, is_new=True)


@router.post("/preview", dependencies=[asks(Action.PEOPLE)], response_model=DraftPreview)
def preview_unsaved(project: Spoken, speech: Telling, given: CampaignDrafted) -> dict[str, Any]:
    """What is wrong with a campaign that is being written, and a message of it to one person."""
    fields = given.model_dump(exclude={"name", "user", "variant"}, exclude_none=True)
    found = speech.document(
        preview_draft(read(project), given.name, fields, user=given.user, variant=given.variant)
    )
    for problem in (*found["problems"], *found["warnings"]):
        problem["message"] = speech.again(problem["message"])
        problem["hint"] = problem["hint"] and speech.again(problem["hint"])
    if found["message"] is not None and found["message"]["problem"]:
        found["message"]["problem"] = speech.again(found["message"]["problem"])
    return found


@router.get(
    "/{name}",
    dependencies=[asks(Action.LOOK)],
    response_model=CampaignShown,
    response_model_exclude_unset=True,
)
def campaign(name: str, project: Spoken, speech: Telling) -> dict[str, Any]:
    """One campaign: what it says, who did what to it, each pass with its waterfall."""
    return _told(kept.show_campaign(read(project), name), speech)


@router.put("/{name}", response_model=Saved)
def change(
    served: Serving,
    speech: Telling,
    name: str,
    given: CampaignFields,
    asking: Annotated[Principal, asks(Action.DEFINE)],
) -> Any:
    """Writes what a campaign is from now on into its file, and applies the files.

    What was approved was another: it has to be checked and approved again.
    """
    return _saved(served, speech, name, _said(given), asking, is_new=False)


@router.get(
    "/{name}/fields",
    dependencies=[asks(Action.LOOK)],
    response_model=CampaignFields,
    response_model_exclude_unset=True,
)
def fields(name: str, served: Serving) -> Any:
    """What the applied definition of a campaign says, field by field: what may be changed."""
    # As it is: a file may say more than may be sent here.
    return JSONResponse(campaign_fields(read(served.project), name))


@router.post("/{name}/plan", dependencies=[asks(Action.DEFINE)], response_model=Plan)
def difference(
    served: Serving, speech: Telling, name: str, given: CampaignFields
) -> dict[str, Any]:
    """What saving this would change, and what is wrong with it; nothing is changed by it."""
    return speech.document(plan_campaign(served.project, name, _said(given)).as_json())


@router.post("/{name}/check", response_model=CampaignChecked)
def check(
    name: str,
    served: Serving,
    speech: Telling,
    asking: Annotated[Principal, asks(Action.DEFINE)],
) -> dict[str, Any]:
    """Problems, whether the message fits the group, and how many to leave alone."""
    return speech.document(kept.check(read(served.project), name, asking.name))


@router.get("/{name}/preview", dependencies=[asks(Action.PEOPLE)], response_model=CampaignPreview)
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


@router.post("/{name}/state", response_model=CampaignShown, response_model_exclude_unset=True)
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


@router.get(
    "/{name}/results",
    dependencies=[asks(Action.LOOK)],
    response_model=CampaignResults,
    response_model_exclude_unset=True,
)
def results(
    name: str, project: Spoken, speech: Telling, as_of: str | None = None
) -> dict[str, Any]:
    """Did it help, by how much, how sure, and when it is decided."""
    reading = read(project)
    at = None if as_of is None else reading.vocabulary.zone.parse(as_of)
    return speech.document(campaign_results(reading, name, at))


@router.get(
    "/{name}/messages", dependencies=[asks(Action.PEOPLE)], response_model=list[MessageKept]
)
def messages(
    name: str, served: Serving, speech: Telling, state: str = "uncertain"
) -> list[dict[str, Any]]:
    """Messages of a campaign that stand so, at most a thousand."""
    rows = kept.letters(served.project, name, state)
    return [{**it, "reason": it["reason"] and speech.again(it["reason"])} for it in rows]


@router.post("/{name}/replay", response_model=Replayed)
def replay(
    name: str, given: Replay, served: Serving, asking: Annotated[Principal, asks(Action.DEFINE)]
) -> dict[str, Any]:
    """Has messages sent again that were refused, or that may have arrived."""
    count = kept.replay(served.project, name, given.state, given.ids, asking.name)
    return {"messages": count}


def _said(given: CampaignFields) -> dict[str, Any]:
    return given.model_dump(exclude={"name"}, exclude_none=True)


def _saved(  # noqa: PLR0913  what is saved, and for whom
    served: Asked,
    speech: Speech,
    name: str,
    fields: dict[str, Any],
    asking: Principal,
    *,
    is_new: bool,
) -> Any:
    plan, version = save_campaign(served.project, name, fields, asking.name, is_new=is_new)
    served.note(asking.name, "definitions.apply", f"version:{version}", campaign=name)
    return JSONResponse(
        speech.document({**plan.as_json(), "version": version}), 201 if is_new else 200
    )
