"""Whether the server is well, told by the process that owns the store."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from shoal.access import Action
from shoal.api.principals import Owning, asks
from shoal.api.problems import problem
from shoal.project.metrics import metrics_text

router = APIRouter(tags=["operations"])


@router.get("/healthz", response_class=PlainTextResponse)
def healthy() -> str:
    """Whether the process answers at all."""
    return "ok"


@router.get("/readyz", response_class=PlainTextResponse)
def ready(served: Owning) -> Response:
    """Whether events are taken and kept."""
    if not served.is_ready:
        return problem(503, "not ready", "stopping or in trouble: see the log")
    damaged = f"{served.damaged} damaged files were set aside: see `shoal doctor`"
    return PlainTextResponse(f"ready\n{damaged}" if served.damaged else "ready")


@router.get("/metrics", response_class=PlainTextResponse, dependencies=[asks(Action.LOOK)])
def metrics(served: Owning) -> PlainTextResponse:
    """Prometheus metrics; nobody's name is in them."""
    return PlainTextResponse(metrics_text(served), media_type="text/plain; version=0.0.4")
