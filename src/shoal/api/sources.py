"""Sources over HTTP: how they stand, and a run of one that does not wait for its time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter

from shoal.access import Action, Principal
from shoal.api.data_shapes import SourceTold, WorkTold
from shoal.api.principals import Serving, asks
from shoal.api.working import Work, Working
from shoal.project.source_files import load_source
from shoal.project.sourcing import source_rows

if TYPE_CHECKING:
    from shoal.project.asked import Asked

router = APIRouter(prefix="/api/v1/sources", tags=["sources"])


@router.get("", dependencies=[asks(Action.DEFINE)], response_model=list[SourceTold])
def sources(served: Serving) -> list[dict[str, Any]]:
    """Every source: how its last run went, when the next is due, what changed of its columns."""
    return source_rows(served.project)


@router.post("/{name}/run", status_code=202, response_model=WorkTold)
def run(
    name: str,
    served: Serving,
    working: Working,
    asking: Annotated[Principal, asks(Action.DEFINE)],
) -> dict[str, Any]:
    """Imports what is new of a source; `/data/work` tells how it ended."""
    load_source(served.project.folder, name)
    return working.start("source", name, partial(_run, served, name, asking.name)).as_json()


def _run(served: Asked, name: str, actor: str, work: Work) -> dict[str, Any]:
    from shoal.project.source_schedule import run_beside

    del work  # it tells no steps
    (row,) = run_beside(served.project, [name])
    served.note(actor, "source.run", f"source:{name}", rows=row["rows"])
    return row
