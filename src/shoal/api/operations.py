"""What runs and what waits: health, status, metrics, quarantine, alerts."""

from __future__ import annotations

from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import PlainTextResponse, Response

from shoal.access import Action
from shoal.api.principals import Serving, asks
from shoal.api.problems import problem
from shoal.core.instants import format_instant
from shoal.project.alerting import alerts_of
from shoal.project.importing import quarantine_items
from shoal.project.metrics import metrics_text
from shoal.project.reading import read

router = APIRouter(tags=["operations"])


@router.get("/healthz", response_class=PlainTextResponse)
def healthy() -> str:
    """Whether the process answers at all."""
    return "ok"


@router.get("/readyz", response_class=PlainTextResponse)
def ready(served: Serving) -> Response:
    """Whether events are taken and kept."""
    if served.is_ready:
        return PlainTextResponse("ready")
    return problem(503, "not ready", "stopping or in trouble: see the log")


@router.get("/metrics", response_class=PlainTextResponse, dependencies=[asks(Action.LOOK)])
def metrics(served: Serving) -> PlainTextResponse:
    """Prometheus metrics; nobody's name is in them."""
    return PlainTextResponse(metrics_text(served), media_type="text/plain; version=0.0.4")


@router.get("/api/v1/status", dependencies=[asks(Action.LOOK)])
def status(served: Serving) -> dict[str, Any]:
    """What came in, what waits, and what is wrong."""
    counted = served.intake.counted
    return {
        "started_at": format_instant(served.started_at),
        "ready": served.is_ready,
        "trouble": served.trouble,
        "waiting": served.intake.waiting,
        "in_log": len(served.writer.state.tail),
        "events": counted.events,
        "duplicates": counted.duplicates,
        "quarantined": counted.quarantined,
        "version": served.project.store.snapshot().version,
    }


@router.get("/api/v1/quarantine", dependencies=[asks(Action.MANAGE)])
def quarantine(
    served: Serving,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1_000,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    """What could not become an event, with the reason, a page at a time."""
    items = quarantine_items(served.project)
    return {"items": list(islice(items, offset, offset + limit)), "count": len(items)}


@router.get("/api/v1/alerts", dependencies=[asks(Action.LOOK)])
def alerts(served: Serving) -> dict[str, Any]:
    """Vital segments that moved, targets that fall behind."""
    reading = read(served.project)
    return alerts_of(reading, reading.at(None)).as_json()
