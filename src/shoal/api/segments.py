"""Questions about segments: sizes, members, reasons, history."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query

from shoal.access import Action
from shoal.api.figure_shapes import FlowsFound
from shoal.api.keeping import Keeping, Kept, state_of
from shoal.api.numbers import Offset
from shoal.api.principals import Serving, Spoken, Telling, asks
from shoal.api.shapes import (
    Counted,
    Explanation,
    HistoryRow,
    Members,
    Portrait,
    Roster,
    SegmentFacts,
    SegmentRow,
    SizesOverTime,
)
from shoal.core.errors import UsageError
from shoal.core.instants import format_instant
from shoal.project.answers import (
    Question,
    asked,
    count_members,
    member_table,
    segment_counts,
    segment_list,
    show_segment,
    size_history,
)
from shoal.project.asked import Asked
from shoal.project.audits.personas import draw_personas
from shoal.project.measurement.moving import segment_flows
from shoal.project.measurement.sizes import (
    SizesNow,
    anchor_of,
    instants_before,
    sizes_at,
    sizes_now,
)
from shoal.project.opening import Project
from shoal.project.people.explaining import explain_member, in_words
from shoal.project.people.memberships import roster
from shoal.project.reading import Reading, read
from shoal.project.settings import Now, parse_span
from shoal.segments.history import steps

router = APIRouter(prefix="/api/v1/segments", tags=["segments"])

Name = Annotated[str | None, Query(description="An applied segment, or a partition's part.")]
RuleText = Annotated[str | None, Query(description="A rule instead of a name.")]
Moment = Annotated[
    str | None, Query(description="2026-11-01 (local midnight) or 2026-11-01T09:30:00Z.")
]
MOST_MEMBERS = 10_000
MOST_STEPS = 2_000
"""Instants of one question, each of which is answered exactly: five years of days. What takes
longer would keep the others waiting; the command line takes more."""


def _read(project: Project, as_of: str | None) -> tuple[Reading, int]:
    reading = read(project)
    return reading, reading.at(None if as_of is None else _instant(reading, as_of))


def _instant(reading: Reading, text: str) -> int:
    return reading.vocabulary.zone.parse(text)


def _sizes(served: Asked, keeping: Kept, reading: Reading, at: int, *, is_now: bool) -> SizesNow:
    """Sizes at ``at``; counted once for each state of the data where the instant stands still."""
    if is_now and reading.project.settings.now is Now.CLOCK:
        return sizes_now(reading, at, served.live_status)
    key = "sizes", state_of(reading), reading.snapshot.manifest.rows, at
    sizes = keeping.beyond(key, lambda: segment_counts(reading, at, None))
    return SizesNow(sizes, format_instant(at))


def _question(reading: Reading, name: str | None, rule: str | None) -> Question:
    return asked(reading, name, rule)


@router.get("", dependencies=[asks(Action.LOOK)], response_model=list[SegmentRow])
def list_segments(
    served: Serving, project: Spoken, keeping: Keeping, as_of: Moment = None
) -> list[dict[str, Any]]:
    """Name, title, size, sentence and partition of every applied segment.

    ``correct_as_of`` says at which instant the sizes are true: without ``as_of`` they are those
    that live membership tells, where it is up to date.
    """
    reading, at = _read(project, as_of)
    found = _sizes(served, keeping, reading, at, is_now=as_of is None)
    rows = segment_list(reading, at, found.sizes)
    return [{**row, "correct_as_of": found.correct_as_of} for row in rows]


@router.get("/count", dependencies=[asks(Action.LOOK)], response_model=Counted)
def count(
    project: Spoken, name: Name = None, rule: RuleText = None, as_of: Moment = None
) -> dict[str, Any]:
    """How many profiles a rule is true for."""
    reading, at = _read(project, as_of)
    return count_members(reading, _question(reading, name, rule), at)


@router.get("/members", dependencies=[asks(Action.PEOPLE)], response_model=Members)
def members(  # noqa: PLR0913, PLR0917  what can be asked
    project: Spoken,
    name: Name = None,
    rule: RuleText = None,
    as_of: Moment = None,
    limit: Annotated[int, Query(ge=1, le=MOST_MEMBERS)] = 1_000,
    offset: Offset = 0,
) -> dict[str, Any]:
    """Who: user ids in their order, a page at a time."""
    reading, at = _read(project, as_of)
    ids = member_table(reading, _question(reading, name, rule), at)["user_id"]
    some = ids.slice(min(offset, len(ids)), limit).to_pylist()
    return {"count": len(ids), "user_ids": some, "offset": offset}


@router.get("/roster", dependencies=[asks(Action.PEOPLE)], response_model=Roster)
def members_with_facts(  # noqa: PLR0913, PLR0917  what can be asked
    project: Spoken,
    name: Name = None,
    rule: RuleText = None,
    as_of: Moment = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
    offset: Annotated[int, Query(ge=0)] = 0,
) -> dict[str, Any]:
    """Who, what they are worth, when they were last seen, since when they are in."""
    reading, at = _read(project, as_of)
    return roster(reading, _question(reading, name, rule), at, limit=limit, offset=offset)


@router.get("/explain", dependencies=[asks(Action.PEOPLE)], response_model=Explanation)
def explain(
    project: Spoken,
    user: str,
    name: Name = None,
    rule: RuleText = None,
    as_of: Moment = None,
) -> dict[str, Any]:
    """Why somebody is a member or not, and what would change it."""
    reading, at = _read(project, as_of)
    found = explain_member(reading, _question(reading, name, rule), user, at)
    return in_words(found, reading.vocabulary)


@router.get("/history", dependencies=[asks(Action.LOOK)], response_model=list[HistoryRow])
def history(  # noqa: PLR0913, PLR0917  what can be asked
    project: Spoken,
    start: Annotated[str, Query(alias="from")],
    end: Annotated[str, Query(alias="to")],
    name: Name = None,
    rule: RuleText = None,
    every: str = "1d",
) -> list[dict[str, Any]]:
    """Size, entered and left at every step."""
    reading, first = _read(project, start)
    last = _instant(reading, end)
    local = len(start) == len("2026-11-01")
    question = _question(reading, name, rule)
    table = size_history(
        reading, question, first, last, parse_span(every), local=local, most=MOST_STEPS
    )
    return [
        {**row, "at": row["at"].isoformat().replace("+00:00", "Z")} for row in table.to_pylist()
    ]


@router.get("/flows", dependencies=[asks(Action.LOOK)], response_model=FlowsFound)
def flows(
    project: Spoken,
    names: Annotated[list[str], Query(alias="name")],
    start: Annotated[str, Query(alias="from")],
    end: Annotated[str, Query(alias="to")],
    every: str | None = None,
) -> dict[str, Any]:
    """How people moved between segments, or between the parts of a partition."""
    reading, first = _read(project, start)
    last = _instant(reading, end)
    if first >= last:
        raise UsageError("`from` is not before `to`")
    local = len(start) == len("2026-11-01")
    zone = reading.vocabulary.zone
    instants = [first, last]
    if every is not None:
        instants = steps(first, last, parse_span(every), zone, local=local, most=MOST_STEPS)
    return segment_flows(reading, names, instants).as_json()


@router.get("/sizes", dependencies=[asks(Action.LOOK)], response_model=SizesOverTime)
def sizes_over_time(  # noqa: PLR0913  what can be asked
    served: Serving,
    keeping: Keeping,
    as_of: Moment = None,
    every: str = "1w",
    steps_back: Annotated[int, Query(ge=1, le=60)] = 12,
    *,
    latest: Annotated[
        bool, Query(description="What was is not counted: it is told at once.")
    ] = False,
) -> dict[str, Any]:
    """Sizes of every segment at the same instants, from so many steps back until now.

    What was is counted once for each state of the data; where *now* goes by the clock, the steps
    are counted from the present hour's beginning. ``latest``: as it was counted last, at the
    instants of then, for whoever cannot wait; where it never was, the sizes of now alone.
    """
    reading, at = _read(served.project, as_of)
    span = parse_span(every)
    start = anchor_of(reading, at) if as_of is None else at
    instants = instants_before(reading, start, span, steps_back)
    # what is only in the log yet is younger than that, but for what came late: a minute at most
    data, *rest = state_of(reading)
    rows = reading.snapshot.manifest.rows
    key = "sizes before", data.partition(":")[0], rows, *rest, *instants
    last = None if as_of is not None else ("latest sizes before", *rest, every, steps_back)
    if latest and last is not None:
        instants, before = keeping.latest(last) or ((), ())
    else:
        _, before = keeping.beyond(
            key, lambda: (instants, sizes_at(reading, instants)), latest_of=last
        )
    found = _sizes(served, keeping, reading, at, is_now=as_of is None)
    return {
        "instants": [*map(format_instant, instants), found.correct_as_of],
        "sizes": {
            name: [*(each[name] for each in before), size]
            for name, size in found.sizes.items()
            if all(name in each for each in before)
        },
        "correct_as_of": found.correct_as_of,
    }


@router.get("/{name}/portrait", dependencies=[asks(Action.LOOK)], response_model=Portrait)
def portrait(project: Spoken, speech: Telling, name: str, as_of: Moment = None) -> dict[str, Any]:
    """What members are worth and what sets them apart from everybody else."""
    reading, at = _read(project, as_of)
    document = draw_personas(reading, [name], at)[0].document
    told = {key: it for key, it in document.items() if key != "typical_member"}
    return speech.document(told)


@router.get("/{name}", dependencies=[asks(Action.LOOK)], response_model=SegmentFacts)
def show(project: Spoken, name: str, as_of: Moment = None) -> dict[str, Any]:
    """Everything there is to say about one segment."""
    reading, at = _read(project, as_of)
    return show_segment(reading, name, at)
