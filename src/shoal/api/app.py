"""The app behind ``/api``, and what stands beside it: health, metrics, and the page."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.responses import JSONResponse

from shoal.api import (
    access,
    audiences,
    audits,
    bringing,
    building,
    campaigns,
    data,
    definitions,
    explore,
    facts,
    fairness,
    figures,
    health,
    identity,
    leaving,
    live,
    operations,
    people,
    predictions,
    previews,
    privacy,
    recommendations,
    segments,
    settings,
    sources,
    statements,
    webhooks,
)
from shoal.api.data import Findings
from shoal.api.keeping import Kept
from shoal.api.lasting import Lasting
from shoal.api.listening import Turns
from shoal.api.page import Page
from shoal.api.problems import tell_problems
from shoal.api.working import Works
from shoal.project.asked import Asked
from shoal.project.imports.uploading import FOLDER, Uploads
from shoal.project.previewing import Compared
from shoal.project.recommendations.beside import learn_beside
from shoal.project.recommendations.kept import Models
from shoal.project.serving.served import Served
from shoal.store.files import ANSWERS, store_folder

OWN = (health.router, live.router)
"""What only the process can tell that owns the store."""
ROUTERS = (
    access.router,
    facts.router,
    settings.router,
    previews.router,
    privacy.router,
    audits.router,
    segments.router,
    people.router,
    statements.router,
    audiences.router,
    identity.router,
    building.router,
    explore.router,
    figures.router,
    definitions.router,
    data.router,
    bringing.router,
    sources.router,
    operations.router,
    webhooks.router,
    campaigns.router,
    recommendations.router,
    predictions.router,
    fairness.router,
    leaving.router,
    *OWN,
)


def own_paths() -> frozenset[str]:
    """The paths of what only the owner tells."""
    return frozenset(route.path for router in OWN for route in router.routes)  # type: ignore[attr-defined]


def own_app(served: Served) -> FastAPI:
    """What only the owner tells; the rest of the API is answered beside it."""
    app = _app(OWN)
    app.state.served = served
    return app


def api_app(served: Asked) -> FastAPI:
    """The API of what is served. Every route but health and log-in asks who is asking."""
    app = _app(ROUTERS)
    app.state.served = served
    app.state.turns = Turns()
    app.state.compared = Compared()
    app.state.findings = Findings()
    app.state.kept = Kept(lasting=Lasting(store_folder(served.project.folder) / ANSWERS))
    app.state.works = Works()
    app.state.predicting = Works()
    app.state.models = Models(learn_beside)
    place = store_folder(served.project.folder) / FOLDER
    app.state.uploads = Uploads(place, lambda: os.urandom(16).hex())
    app.router.default = Page()
    return app


def described() -> dict[str, Any]:
    """The OpenAPI document of every route."""
    return _app(ROUTERS).openapi()


def _app(routers: Iterable[APIRouter]) -> FastAPI:
    app = FastAPI(
        title="Shoal",
        summary="Exact segments of what customers do.",
        openapi_url="/api/openapi.json",
        docs_url=None,
        redoc_url=None,
        default_response_class=JSONResponse,
        separate_input_output_schemas=False,
    )
    tell_problems(app)
    for router in routers:
        app.include_router(router)
    return app
