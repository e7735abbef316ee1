"""What the page says on every screen: whose data these are, and up to when."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from shoal.access import Action
from shoal.api.principals import Serving, asks
from shoal.api.shapes import ProjectFacts
from shoal.project.facts import project_facts
from shoal.project.reading import read

router = APIRouter(prefix="/api/v1", tags=["project"])


@router.get("/project", dependencies=[asks(Action.LOOK)], response_model=ProjectFacts)
def project(served: Serving) -> dict[str, Any]:
    """The project's name, language, zone and currency, and how much it holds."""
    return project_facts(read(served.project))
