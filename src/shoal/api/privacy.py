"""Everything held about a person, for an administrator to give to them."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from shoal.access import Action, Principal
from shoal.api.principals import Serving, asks
from shoal.project.people.personal_data import export_person

router = APIRouter(prefix="/api/v1/privacy", tags=["people"])

Asking = Annotated[Principal, asks(Action.MANAGE)]


class PersonalData(BaseModel):
    """What is held about a person; ``held`` counts it place by place, as an erasure would."""

    user_id: str
    exported_at: str
    project: str
    held: dict[str, int]
    identifiers: list[str]
    profile: dict[str, Any] | None
    identity: dict[str, Any] | None
    statements: dict[str, Any] | None
    memberships: dict[str, Any] | None
    events: list[dict[str, Any]]
    records: dict[str, list[dict[str, Any]]]
    outbox: list[dict[str, Any]]
    told: list[dict[str, Any]]
    quarantined: list[dict[str, Any]]


@router.get("/export", response_model=PersonalData)
def export(
    served: Serving,
    response: Response,
    asking: Asking,
    user: Annotated[str, Query(max_length=1_000, description="A user id, or anon:ID.")],
) -> dict[str, Any]:
    """Profile, events, consents, scores, memberships, messages and what was rejected: all of it."""
    found = export_person(served.project, user)
    response.headers["content-disposition"] = 'attachment; filename="personal-data.json"'
    response.headers["cache-control"] = "no-store"
    served.note(asking.name, "privacy.export")  # the audit trail names nobody
    return found
