"""The app behind ``/api``, and what stands beside it: health and metrics."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.responses import JSONResponse

from shoal.api import access, definitions, operations, segments
from shoal.api.problems import tell_problems
from shoal.project.serving import Served

ROUTERS = (access.router, segments.router, definitions.router, operations.router)


def api_app(served: Served) -> FastAPI:
    """The API of what is served. Every route but health and log-in asks who is asking."""
    app = FastAPI(
        title="Shoal",
        summary="Exact segments of what customers do.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        default_response_class=JSONResponse,
    )
    app.state.served = served
    tell_problems(app)
    for router in ROUTERS:
        app.include_router(router)
    return app
