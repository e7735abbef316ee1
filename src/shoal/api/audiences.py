"""Questions about audiences: how many may be written to, who, and what stops the others."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from shoal.access import Action
from shoal.api.audience_shapes import AudienceMembers, AudienceShown, Suppressed
from shoal.api.numbers import Offset
from shoal.api.principals import Spoken, asks
from shoal.campaigns import parse_cap, parse_share
from shoal.consent.channel import parse_channel
from shoal.core.instants import format_instant
from shoal.project.people.audiences import Resolved, audience_asked, resolve, states_named
from shoal.project.people.suppressions import suppressed_people
from shoal.project.reading import read

router = APIRouter(prefix="/api/v1", tags=["audiences"])

MOST = 10_000
Limit = Annotated[int, Query(ge=1, le=MOST)]
Moment = Annotated[
    str | None, Query(description="2026-11-01 (local midnight) or 2026-11-01T09:30:00Z.")
]


def _resolved(  # noqa: PLR0913, PLR0917  what makes an audience
    project: Spoken,
    name: Annotated[str | None, Query(description="An applied segment.")] = None,
    rule: Annotated[str | None, Query(description="A rule instead of a name.")] = None,
    purpose: Annotated[
        str | None, Query(description="What they agreed to. Default: the segment's own.")
    ] = None,
    channel: Annotated[str | None, Query(description="Default: any that reaches them.")] = None,
    holdout: Annotated[str, Query(description="The share left alone: 10%.")] = "0%",
    campaign: Annotated[
        str | None,
        Query(max_length=200, description="Under whose name people are held out."),
    ] = None,
    cap: Annotated[str | None, Query(description="Messages to one person: 2 per 7d.")] = None,
    as_of: Moment = None,
) -> Resolved:
    """The audience that a request asks for."""
    reading = read(project)
    asked = audience_asked(
        reading,
        name,
        rule,
        purpose=purpose,
        channel=parse_channel(channel) if channel else None,
        holdout=parse_share(holdout),
        campaign=campaign or None,
        cap=parse_cap(cap) if cap else None,
    )
    at = None if as_of is None else reading.vocabulary.zone.parse(as_of)
    return resolve(reading, asked, reading.at(at))


Asked = Annotated[Resolved, Depends(_resolved)]


@router.get("/audiences", dependencies=[asks(Action.LOOK)], response_model=AudienceShown)
def show(found: Asked) -> dict[str, Any]:
    """How many remain after each step, from those matched to those who may be written to."""
    return {
        **found.as_json(),
        "purpose": found.asked.terms.purpose,
        "channels": [str(it) for it in found.asked.terms.channels],
        "as_of": format_instant(found.as_of),
        "warnings": list(found.asked.warnings),
    }


@router.get(
    "/audiences/members", dependencies=[asks(Action.PEOPLE)], response_model=AudienceMembers
)
def members(
    found: Asked,
    state: Annotated[list[str] | None, Query(description="Only those in these states.")] = None,
    limit: Limit = 1_000,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Everybody matched with their state, in the order of their ids, a page at a time."""
    table = found.table(states_named(state or ()))
    some = table.slice(min(offset, len(table)), limit)
    return {
        "count": len(table),
        "offset": offset,
        "as_of": format_instant(found.as_of),
        "people": some.to_pylist(),
    }


@router.get("/suppressions", dependencies=[asks(Action.PEOPLE)], response_model=Suppressed)
def suppressions(
    project: Spoken, as_of: Moment = None, limit: Limit = 1_000, offset: Offset = 0
) -> dict[str, Any]:
    """Everybody who must not be written to, by which channel, and why."""
    reading = read(project)
    at = reading.at(None if as_of is None else reading.vocabulary.zone.parse(as_of))
    table = suppressed_people(reading, at)
    some = table.slice(min(offset, len(table)), limit)
    return {"count": len(table), "offset": offset, "people": some.to_pylist()}
