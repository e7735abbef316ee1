"""Whether the server is well, told by the process that owns the store."""

from __future__ import annotations

from fastapi import APIRouter
from fastapi.responses import PlainTextResponse, Response

from shoal.access import Action
from shoal.api.principals import Owning, asks
from shoal.api.problems import problem
from shoal.project.serving.metrics import metrics_text

router = APIRouter(tags=["operations"])


@router.get("/healthz", response_class=PlainTextResponse)
def healthy() -> str:
    """Whether the process answers at all."""
    return "ok"


@router.get("/readyz", response_class=PlainTextResponse)
def ready(served: Owning) -> Response:
    """Whether events are taken and kept; what is wrong beside that stands below."""
    if not served.is_ready:
        return problem(503, "not ready", "stopping or in trouble: see the log")
    said = ["ready"]
    if served.damaged:
        said.append(f"{served.damaged} damaged files were set aside: see `shoal doctor`")
    if unanswered := served.unanswered():
        said.append(unanswered)
    return PlainTextResponse("\n".join(said))


@router.get("/metrics", response_class=PlainTextResponse, dependencies=[asks(Action.LOOK)])
def metrics(served: Owning) -> PlainTextResponse:
    """Prometheus metrics; nobody's name is in them."""
    return PlainTextResponse(metrics_text(served), media_type="text/plain; version=0.0.4")
