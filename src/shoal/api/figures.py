"""Figures by segment and over time, and how segments stand beside each other."""

from __future__ import annotations

import math
from typing import Annotated, Any

from fastapi import APIRouter, Query

from shoal.access import Action
from shoal.api.figure_shapes import OverlapsFound, RfmGrid
from shoal.api.principals import Spoken, asks
from shoal.api.segments import Moment
from shoal.core.errors import UsageError
from shoal.measurement.periods import MOST_POINTS, Unit
from shoal.project.measurement.kpis import KpiAsked, kpi_report
from shoal.project.measurement.lifecycle import rfm_grid, segment_overlaps
from shoal.project.opening import Project
from shoal.project.reading import Reading, read

router = APIRouter(prefix="/api/v1", tags=["figures"])

Names = Annotated[
    list[str] | None, Query(alias="name", description="Segments, or a partition's name.")
]
Targets = Annotated[
    list[str] | None, Query(alias="target", description="The least of a figure: revenue=20000.")
]


def _read(project: Project, as_of: str | None) -> tuple[Reading, int]:
    reading = read(project)
    return reading, reading.at(None if as_of is None else reading.vocabulary.zone.parse(as_of))


def _target(text: str) -> tuple[str, float]:
    name, _, number = text.partition("=")
    try:
        bound = float(number)
    except ValueError:
        bound = math.nan
    if not math.isfinite(bound):
        raise UsageError(f"`{text}` is no target", hint="write conversion_rate=0.05")
    return name, bound


@router.get("/kpis", dependencies=[asks(Action.LOOK)])
def kpis(  # noqa: PLR0913, PLR0917  what can be asked
    project: Spoken,
    names: Names = None,
    by: Unit = Unit.MONTH,
    count: Annotated[int, Query(ge=1, le=MOST_POINTS)] = 12,
    start: Annotated[str | None, Query(alias="from")] = None,
    goal: str | None = None,
    amount: str | None = None,
    value: str | None = None,
    targets: Targets = None,
    as_of: Moment = None,
) -> dict[str, Any]:
    """Conversion, retention, engagement, revenue, value and size, as series of at most 400 points."""
    reading, at = _read(project, as_of)
    since = None if start is None else reading.vocabulary.zone.parse(start)
    bounds = dict(_target(one) for one in targets or ())
    asked = KpiAsked(tuple(names or ()), by, count, since, goal, amount, value, bounds)
    return kpi_report(reading, asked, at)


@router.get("/lifecycle/rfm", dependencies=[asks(Action.LOOK)], response_model=RfmGrid)
def rfm(
    project: Spoken, event: str | None = None, value: str | None = None, as_of: Moment = None
) -> dict[str, Any]:
    """Buyers by fifths of recency and of frequency, each cell with its rule."""
    return rfm_grid(*_read(project, as_of), event, value)


@router.get("/lifecycle/overlap", dependencies=[asks(Action.LOOK)], response_model=OverlapsFound)
def overlap(project: Spoken, names: Names = None, as_of: Moment = None) -> dict[str, Any]:
    """How far segments hold the same people."""
    reading, at = _read(project, as_of)
    return segment_overlaps(reading, names or (), at)
