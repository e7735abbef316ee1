"""Sources over HTTP: how they stand, what a run would do, and a run that does not wait for its time."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query

from shoal.access import Action, Principal
from shoal.api.data_shapes import SourceTold, SourceTried, WorkTold
from shoal.api.principals import Serving, Spoken, Telling, asks
from shoal.api.working import Work, Working
from shoal.project.sources.files import load_source
from shoal.project.sources.sourcing import source_rows, try_source

if TYPE_CHECKING:
    from shoal.language.told import Speech
    from shoal.project.asked import Asked

Anew = Annotated[bool, Query(description="Everything there is, also what was read before.")]

router = APIRouter(prefix="/api/v1/sources", tags=["sources"])


@router.get("", dependencies=[asks(Action.DEFINE)], response_model=list[SourceTold])
def sources(served: Serving, speech: Telling) -> list[dict[str, Any]]:
    """Every source: how its last run went, when the next is due, what changed of its columns."""
    return [_told(row, speech) for row in source_rows(served.project)]


@router.post("/{name}/try", dependencies=[asks(Action.DEFINE)], response_model=SourceTried)
def try_one(name: str, project: Spoken, speech: Telling, *, anew: Anew = False) -> dict[str, Any]:
    """What a run would do, in words; nothing is imported."""
    source = load_source(project.folder, name)
    return speech.document(_told(try_source(project, source, anew=anew), speech))


@router.post("/{name}/run", status_code=202, response_model=WorkTold)
def run(
    name: str,
    served: Serving,
    working: Working,
    asking: Annotated[Principal, asks(Action.DEFINE)],
    *,
    anew: Anew = False,
) -> dict[str, Any]:
    """Imports what is new of a source; `/data/work` tells how it ended."""
    load_source(served.project.folder, name)
    make = partial(_run, served, name, asking.name, anew=anew)
    return working.start("source", name, make).as_json()


def _told(row: dict[str, Any], speech: Speech) -> dict[str, Any]:
    """A source in the reader's language: what was kept of its run is plain text by now."""
    files = [{**it, "why": it["why"] and speech.in_parts(it["why"])} for it in row["files"]]
    kept = {key: speech.in_parts(row[key]) for key in ("failure",) if row.get(key)}
    drift = {"drift": [speech.again(it) for it in row["drift"]]} if "drift" in row else {}
    return {**row, "files": files, **kept, **drift}


def _run(served: Asked, name: str, actor: str, work: Work, *, anew: bool) -> dict[str, Any]:
    from shoal.project.sources.schedule import run_beside

    del work  # it tells no steps
    (row,) = run_beside(served.project, [name], anew=anew)
    served.note(actor, "source.run", f"source:{name}", rows=row["rows"], anew=anew)
    return row
