"""What a person said of purposes and channels: asked, and recorded on their behalf."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from shoal.access import Action, Principal
from shoal.api.audience_shapes import Statements, Subscription
from shoal.api.people import Moment
from shoal.api.principals import Serving, Spoken, asks
from shoal.api.shapes import Consent
from shoal.consent.statement import KINDS, LONGEST
from shoal.project.asked import Asked
from shoal.project.people.statements import record, show_statements
from shoal.project.reading import read

router = APIRouter(prefix="/api/v1/people", tags=["people"])

Asking = Annotated[Principal, asks(Action.DEFINE)]
Id = Annotated[str, Field(max_length=1_000, description="A user id, or anon:ID.")]
Word = Annotated[str, Field(max_length=LONGEST)]
Beside = Annotated[str | None, Field(max_length=LONGEST)]


class ConsentGiven(BaseModel):
    """A person granted or denied a purpose: where, in which wording, and what proves it."""

    user: Id
    purpose: Word
    state: Word
    source: Beside = None
    wording: Beside = None
    proof: Beside = None


class ChannelSaid(BaseModel):
    """Something said of a person and a channel, or of ``all`` of them."""

    user: Id
    channel: Word = "all"
    state: Word
    source: Beside = None
    reason: Beside = None


@router.get("/statements", dependencies=[asks(Action.PEOPLE)], response_model=Statements)
def statements(project: Spoken, user: str, as_of: Moment = None) -> dict[str, Any]:
    """Consents, subscriptions and suppressions in force, and all that was ever said, in order."""
    reading = read(project)
    at = reading.at(None if as_of is None else reading.vocabulary.zone.parse(as_of))
    return show_statements(reading, user, at)


@router.post("/consent", response_model=Consent)
def set_consent(served: Serving, given: ConsentGiven, asking: Asking) -> dict[str, Any]:
    """Records that a person granted or denied a purpose; it counts from now on."""
    beside = {"source": given.source, "wording": given.wording, "proof": given.proof}
    return _said(served, asking, "consent", given.user, given.purpose, given.state, beside)


@router.post("/subscription", response_model=Subscription)
def set_subscription(served: Serving, given: ChannelSaid, asking: Asking) -> dict[str, Any]:
    """Records that a person left a channel (`unsubscribed`), or came back (`subscribed`)."""
    beside = {"source": given.source, "reason": given.reason}
    return _said(served, asking, "subscription", given.user, given.channel, given.state, beside)


@router.post("/suppression", response_model=Subscription)
def set_suppression(served: Serving, given: ChannelSaid, asking: Asking) -> dict[str, Any]:
    """Puts a person on the list of those never written to (`suppressed`), or off it (`lifted`)."""
    beside = {"source": given.source, "reason": given.reason}
    return _said(served, asking, "suppression", given.user, given.channel, given.state, beside)


def _said(  # noqa: PLR0913, PLR0917  what is said of whom, by whom
    served: Asked,
    asking: Principal,
    kind: str,
    user: str,
    about: str,
    state: str,
    beside: dict[str, str | None],
) -> dict[str, Any]:
    """The statement, which is a row of the person's history; the audit trail names nobody."""
    answer = record(served.project, KINDS[kind], user, about, state, None, beside)
    served.note(asking.name, f"{kind}.set")
    return answer
