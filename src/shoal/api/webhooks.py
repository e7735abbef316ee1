"""Subscriptions to transitions: messages, signed, to addresses that an admin names."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from shoal.access import Action, Principal
from shoal.api.numbers import LARGEST, Number
from shoal.api.principals import Serving, asks
from shoal.project.webhooks import (
    add_webhook,
    remove_webhook,
    replay_webhook,
    resume_webhook,
    show_webhook,
    try_webhook,
    webhook_rows,
)

router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])

Seq = Annotated[int | None, Field(ge=0, le=LARGEST)]


class NewWebhook(BaseModel):
    """Where to send which segments' transitions; all of them without names."""

    url: Annotated[str, Field(max_length=2_000)]
    segments: Annotated[list[str], Field(max_length=1_000)] = []
    after: Seq = None


class Resume(BaseModel):
    """From which seq on everything is sent again; without it, where it was left."""

    after: Seq = None


@router.get("", dependencies=[asks(Action.MANAGE)])
def webhooks(served: Serving) -> list[dict[str, Any]]:
    """Every subscription, how far it is and how it goes."""
    return webhook_rows(served.project)


@router.post("", status_code=201)
def add(
    given: NewWebhook, served: Serving, asking: Annotated[Principal, asks(Action.MANAGE)]
) -> dict[str, Any]:
    """A new subscription; its secret is shown this once."""
    added, secret = add_webhook(served.project, given.url, given.segments, given.after, asking.name)
    return {**show_webhook(served.project, added.id), "secret": secret}


@router.get("/{number}", dependencies=[asks(Action.MANAGE)])
def webhook(number: Number, served: Serving) -> dict[str, Any]:
    """One subscription, with the messages that were laid aside."""
    return show_webhook(served.project, number)


@router.delete("/{number}", status_code=204)
def remove(
    number: Number, served: Serving, asking: Annotated[Principal, asks(Action.MANAGE)]
) -> None:
    """Takes a subscription away."""
    remove_webhook(served.project, number, asking.name)


@router.post("/{number}/test", dependencies=[asks(Action.MANAGE)])
def test(number: Number, served: Serving) -> dict[str, Any]:
    """Sends a message that says it is a test; what the other side answered."""
    return try_webhook(served.project, number)


@router.post("/{number}/resume")
def resume(
    number: Number,
    given: Resume,
    served: Serving,
    asking: Annotated[Principal, asks(Action.MANAGE)],
) -> dict[str, Any]:
    """Has a subscription tried again at once."""
    resume_webhook(served.project, number, asking.name, given.after)
    return show_webhook(served.project, number)


@router.post("/{number}/replay")
def replay(
    number: Number, served: Serving, asking: Annotated[Principal, asks(Action.MANAGE)]
) -> dict[str, Any]:
    """Has everything sent again that was laid aside."""
    return {"messages": replay_webhook(served.project, number, asking.name)}
