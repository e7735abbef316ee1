"""The project's settings, for those who may change them."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from shoal.access import Action, Principal
from shoal.api.principals import Serving, asks
from shoal.api.shapes import SettingsFacts
from shoal.project.configuring import change_settings, settings_facts

router = APIRouter(prefix="/api/v1", tags=["project"])

Line = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\n\r]+$")]


class SettingsChange(BaseModel):
    """What shall be different; what is left out stays."""

    name: Line | None = None
    time_zone: Line | None = None
    currency: Line | None = None
    country: Line | None = None
    language: Line | None = None
    now: Line | None = None


@router.get("/settings", dependencies=[asks(Action.LOOK)], response_model=SettingsFacts)
def settings(served: Serving) -> dict[str, Any]:
    """What `shoal.yml` says, and which version of Shoal reads it."""
    return {**settings_facts(served.project.settings), "shoal": version("shoal")}


@router.patch("/settings", response_model=SettingsFacts)
def change(
    served: Serving, given: SettingsChange, asking: Annotated[Principal, asks(Action.MANAGE)]
) -> dict[str, Any]:
    """Writes settings into `shoal.yml`; questions are answered by them from then on."""
    wanted = given.model_dump(exclude_none=True)
    change_settings(served.project, wanted)
    served.note(asking.name, "settings.change", ",".join(sorted(wanted)), **wanted)
    return settings(served)
