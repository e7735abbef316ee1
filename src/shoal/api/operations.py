"""What runs and what waits: status, quarantine, alerts."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from shoal.access import Action, Principal
from shoal.api.data_shapes import AlertsFound, QuarantinePage, Replayed, ServingStatus
from shoal.api.numbers import Offset
from shoal.api.principals import Serving, Spoken, Telling, asks
from shoal.language.told import Speech
from shoal.project.imports.importing import quarantine_items
from shoal.project.imports.quarantining import drop_item, mend_item, replay_items, show_item
from shoal.project.measurement.alerting import alerts_of
from shoal.project.preparing import is_prepared
from shoal.project.reading import read

router = APIRouter(tags=["operations"])


class Mended(BaseModel):
    """What should have been received."""

    raw: Annotated[str, Field(min_length=1, max_length=64_000)]


class Replay(BaseModel):
    """Which rows: all of them unless some are named."""

    ids: Annotated[list[str], Field(max_length=10_000)] = []
    reason: str | None = None


@router.get("/api/v1/status", dependencies=[asks(Action.LOOK)], response_model=ServingStatus)
def status(served: Serving) -> dict[str, Any]:
    """What came in, what waits, how true it is, and what is wrong: nobody is named."""
    return {
        "engine_ready": is_prepared(),
        "version": served.project.store.snapshot().version,
        **served.status(),
    }


@router.get("/api/v1/quarantine", dependencies=[asks(Action.MANAGE)], response_model=QuarantinePage)
def quarantine(
    served: Serving,
    speech: Telling,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    offset: Offset = 0,
) -> dict[str, Any]:
    """What could not become an event, with the reason, a page at a time."""
    items = quarantine_items(served.project)
    shown = [_told(it, speech) for it in islice(items, offset, offset + limit)]
    return {"items": shown, "count": len(items)}


@router.get("/api/v1/quarantine/{item}", dependencies=[asks(Action.MANAGE)])
def quarantined(served: Serving, speech: Telling, item: str) -> dict[str, Any]:
    """One row in quarantine, wholly."""
    return _told(show_item(served.project, item), speech)


@router.put("/api/v1/quarantine/{item}")
def mend(
    served: Serving,
    speech: Telling,
    item: str,
    given: Mended,
    asking: Annotated[Principal, asks(Action.MANAGE)],
) -> dict[str, Any]:
    """Puts other text in place of what was received, to be replayed."""
    mend_item(served.project, item, given.raw, asking.name)
    return _told(show_item(served.project, item), speech)


def _told(row: dict[str, Any], speech: Speech) -> dict[str, Any]:
    """A row of the quarantine, its reason in the reader's language."""
    return {**row, "reason": speech.again(row["reason"])}


@router.delete("/api/v1/quarantine/{item}", status_code=204)
def drop(
    served: Serving,
    item: str,
    asking: Annotated[Principal, asks(Action.MANAGE)],
    why: Annotated[str, Query(max_length=1_000)] = "",
) -> None:
    """Throws a row away for good."""
    drop_item(served.project, item, asking.name, why)


@router.post("/api/v1/quarantine/replay", response_model=Replayed)
def replay(
    served: Serving, given: Replay, asking: Annotated[Principal, asks(Action.MANAGE)]
) -> dict[str, Any]:
    """Reads rows again: what is understood by now becomes events, the others stay."""
    return replay_items(served.project, given.ids, asking.name, given.reason)


@router.get("/api/v1/alerts", dependencies=[asks(Action.LOOK)], response_model=AlertsFound)
def alerts(project: Spoken, speech: Telling) -> dict[str, Any]:
    """Vital segments that moved, targets that fall behind."""
    reading = read(project)
    return speech.document(alerts_of(reading, reading.at(None)).as_json())
