"""Whether a segment is worth acting on."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from shoal.access import Action
from shoal.api.principals import Spoken, Telling, asks
from shoal.api.segments import Moment, Name, RuleText
from shoal.api.shapes import Audited
from shoal.project.answers import asked
from shoal.project.audits.auditing import audit_segment
from shoal.project.reading import read

router = APIRouter(prefix="/api/v1/segments", tags=["segments"])


@router.get("/audit", dependencies=[asks(Action.LOOK)], response_model=Audited)
def audit(  # noqa: PLR0913, PLR0917  what can be asked
    project: Spoken,
    speech: Telling,
    name: Name = None,
    rule: RuleText = None,
    as_of: Moment = None,
    value: str | None = None,
) -> dict[str, Any]:
    """Eight questions of a segment or a rule, each answered in sentences with a verdict."""
    reading = read(project)
    at = reading.at(None if as_of is None else reading.vocabulary.zone.parse(as_of))
    found = audit_segment(reading, asked(reading, name, rule), at, value)
    return speech.document(found.as_json())
