"""What runs and what waits: health, status, metrics, quarantine, alerts."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse, Response
from pydantic import BaseModel, Field

from shoal.access import Action, Principal
from shoal.api.data_shapes import AlertsFound, QuarantinePage, Replayed, ServingStatus
from shoal.api.numbers import Offset
from shoal.api.principals import Serving, asks
from shoal.api.problems import problem
from shoal.core.instants import format_instant
from shoal.project.alerting import alerts_of
from shoal.project.importing import quarantine_items
from shoal.project.metrics import metrics_text
from shoal.project.preparing import is_prepared
from shoal.project.quarantining import drop_item, mend_item, replay_items, show_item
from shoal.project.reading import read
from shoal.project.watching import served_status

router = APIRouter(tags=["operations"])


class Mended(BaseModel):
    """What should have been received."""

    raw: Annotated[str, Field(min_length=1, max_length=64_000)]


class Replay(BaseModel):
    """Which rows: all of them unless some are named."""

    ids: Annotated[list[str], Field(max_length=10_000)] = []
    reason: str | None = None


@router.get("/healthz", response_class=PlainTextResponse)
def healthy() -> str:
    """Whether the process answers at all."""
    return "ok"


@router.get("/readyz", response_class=PlainTextResponse)
def ready(served: Serving) -> Response:
    """Whether events are taken and kept."""
    if not served.is_ready:
        return problem(503, "not ready", "stopping or in trouble: see the log")
    damaged = f"{served.damaged} damaged files were set aside: see `shoal doctor`"
    return PlainTextResponse(f"ready\n{damaged}" if served.damaged else "ready")


@router.get("/metrics", response_class=PlainTextResponse, dependencies=[asks(Action.LOOK)])
def metrics(served: Serving) -> PlainTextResponse:
    """Prometheus metrics; nobody's name is in them."""
    return PlainTextResponse(metrics_text(served), media_type="text/plain; version=0.0.4")


@router.get("/api/v1/status", dependencies=[asks(Action.LOOK)], response_model=ServingStatus)
def status(served: Serving) -> dict[str, Any]:
    """What came in, what waits, how true it is, and what is wrong: nobody is named."""
    counted = served.intake.counted
    return {
        "started_at": format_instant(served.started_at),
        "ready": served.is_ready,
        "engine_ready": is_prepared(),
        "trouble": served.trouble,
        "waiting": served.intake.waiting,
        "in_log": len(served.writer.state.tail),
        "events": counted.events,
        "duplicates": counted.duplicates,
        "quarantined": counted.quarantined,
        "version": served.project.store.snapshot().version,
        **served_status(served),
    }


@router.get("/api/v1/quarantine", dependencies=[asks(Action.MANAGE)], response_model=QuarantinePage)
def quarantine(
    served: Serving,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    offset: Offset = 0,
) -> dict[str, Any]:
    """What could not become an event, with the reason, a page at a time."""
    items = quarantine_items(served.project)
    return {"items": list(islice(items, offset, offset + limit)), "count": len(items)}


@router.get("/api/v1/quarantine/{item}", dependencies=[asks(Action.MANAGE)])
def quarantined(served: Serving, item: str) -> dict[str, Any]:
    """One row in quarantine, wholly."""
    return show_item(served.project, item)


@router.put("/api/v1/quarantine/{item}")
def mend(
    served: Serving, item: str, given: Mended, asking: Annotated[Principal, asks(Action.MANAGE)]
) -> dict[str, Any]:
    """Puts other text in place of what was received, to be replayed."""
    mend_item(served.project, item, given.raw, asking.name)
    return show_item(served.project, item)


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
def alerts(served: Serving) -> dict[str, Any]:
    """Vital segments that moved, targets that fall behind."""
    reading = read(served.project)
    return alerts_of(reading, reading.at(None)).as_json()
