"""Who is who: every identifier of a person, joining two of them and parting them again."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from shoal.access import Action, Principal
from shoal.api.identity_shapes import Decided, IdentityShown, SharedIdentifiers
from shoal.api.principals import Serving, asks
from shoal.project.asked import Asked
from shoal.project.people.identifying import decide, shared_identifiers, show_identity
from shoal.project.reading import read

router = APIRouter(prefix="/api/v1/identity", tags=["people"])

Asking = Annotated[Principal, asks(Action.MANAGE)]
MOST_LETTERS = 1_000
Wanted = Annotated[
    str,
    Query(
        alias="id",
        max_length=MOST_LETTERS,
        description="A user id, anon:ID, email:ADDRESS or phone:NUMBER.",
    ),
]


class Two(BaseModel):
    """Two identifiers, each a user id or anon:ID."""

    one: Annotated[str, Field(max_length=MOST_LETTERS)]
    other: Annotated[str, Field(max_length=MOST_LETTERS)]


@router.get("", dependencies=[asks(Action.PEOPLE)], response_model=IdentityShown)
def show(served: Serving, wanted: Wanted) -> dict[str, Any]:
    """The person, every identifier of theirs, since when and by which link, and what was cut."""
    return show_identity(read(served.project), wanted)


@router.get("/shared", dependencies=[asks(Action.PEOPLE)], response_model=SharedIdentifiers)
def shared(served: Serving) -> dict[str, Any]:
    """Identifiers that led to too many people to be anybody's own."""
    return shared_identifiers(read(served.project))


@router.post("/merge", response_model=Decided)
def merge(served: Serving, given: Two, asking: Asking) -> dict[str, Any]:
    """Says that two identifiers are one person, at every instant."""
    return _decided(served, given, asking, merge=True)


@router.post("/unmerge", response_model=Decided)
def unmerge(served: Serving, given: Two, asking: Asking) -> dict[str, Any]:
    """Says that two identifiers are not one person, whatever linked them."""
    return _decided(served, given, asking, merge=False)


def _decided(served: Asked, given: Two, asking: Principal, *, merge: bool) -> dict[str, Any]:
    """The word, which is a row of the person's history; the audit trail names nobody but who asks."""
    answer = decide(served.project, given.one, given.other, merge=merge)
    served.note(asking.name, "identity.merge" if merge else "identity.unmerge")
    return answer
