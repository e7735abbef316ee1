"""Definitions: checking, planning, applying, going back; and questions of a single rule."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter

from shoal.access import Action, Principal
from shoal.api.principals import Serving, Telling, asks
from shoal.project.changes.planning import apply_plan, make_plan
from shoal.project.changes.versions import meanings_of, versions_of
from shoal.project.checking import check_project

router = APIRouter(prefix="/api/v1", tags=["definitions"])


@router.get("/check", dependencies=[asks(Action.LOOK)])
def check(served: Serving, speech: Telling) -> dict[str, Any]:
    """Every problem of the definition files."""
    return speech.document(check_project(served.project).as_json())


@router.get("/plan", dependencies=[asks(Action.DEFINE)])
def plan(served: Serving, speech: Telling) -> dict[str, Any]:
    """What applying the files would change; nothing is changed by it."""
    return speech.document(make_plan(served.project, None).as_json())


@router.post("/apply")
def apply(
    served: Serving, speech: Telling, asking: Annotated[Principal, asks(Action.DEFINE)]
) -> dict[str, Any]:
    """Makes the definition files the ones that answer."""
    planned = make_plan(served.project, None)
    if planned.errors or planned.is_empty:
        return speech.document(planned.as_json())
    version = apply_plan(served.project, planned, asking.name)
    served.note(asking.name, "definitions.apply", f"version:{version}")
    return speech.document({**planned.as_json(), "version": version})


@router.get("/versions", dependencies=[asks(Action.LOOK)])
def versions(served: Serving) -> list[dict[str, Any]]:
    """Every applied version and what it changed."""
    return [version.as_json() for version in versions_of(served.project)]


@router.get("/versions/of/{name}", dependencies=[asks(Action.LOOK)])
def wordings(served: Serving, name: str) -> list[dict[str, Any]]:
    """Every wording a segment or trait has had."""
    return [meaning.as_json() for meaning in meanings_of(served.project, name)]
