"""What to show somebody, from a model in memory."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from shoal.access import Action
from shoal.api.people import Moment
from shoal.api.principals import Spoken, Telling, asks
from shoal.api.shapes import Shape
from shoal.core.errors import UsageError
from shoal.core.instants import format_instant
from shoal.project.reading import read
from shoal.project.recommendations.asked import FILE, asked_of
from shoal.project.recommendations.kept import Models
from shoal.project.recommendations.left_out import Kept, left_out, without_rules
from shoal.project.recommendations.recommending import (
    MOST,
    Playing,
    Recommending,
    items_in_a_row,
    items_next,
    items_together,
    items_trending,
    recommend_for,
    similar_items,
)
from shoal.project.recommendations.segments import segment_meant
from shoal.recommendations.items import Rules

router = APIRouter(prefix="/api/v1", tags=["recommendations"])


class Kind(StrEnum):
    """Which list is asked for."""

    FOR = "for"
    SIMILAR = "similar"
    TOGETHER = "together"
    AGAIN = "again"
    NEXT = "next"
    TRENDING = "trending"
    PLAYLIST = "playlist"


class RecommendedItem(Shape):
    """An item, and why it is there."""

    item: str
    title: str | None = None
    score: float
    reason: str


class LeftOutItem(Shape):
    """An item that would be on the list, the kind of rule that keeps it off, and what that reads."""

    item: str
    title: str | None = None
    why: Kept
    property: str | None = None
    value: str | None = None


class RecommendingSaid(Shape):
    """What recommendations of this project are made of; nothing is worked out to tell it.

    ``said`` is false where no file says it and what is usual is taken; without ``event`` neither is
    there, and ``why_not`` says so.
    """

    said: bool
    event: str | None
    item: str | None
    looks: list[str]
    searches: list[str]
    stock: str | None
    hidden: dict[str, list[str]]
    most_per: dict[str, int]
    margin: str | None
    owned: bool
    why_not: str | None


class Recommended(Shape):
    """The lists: ``new`` and ``again`` of what is for somebody, else ``items``.

    ``is_current`` is false while a model of newer data is being learned: what people themselves had is
    of now all the same.
    """

    kind: Kind
    new: list[RecommendedItem] | None = None
    again: list[RecommendedItem] | None = None
    items: list[RecommendedItem] | None = None
    did_nothing: bool | None = Field(
        default=None, description="Of `for`: whether nothing of theirs is known to go by."
    )
    left_out: list[LeftOutItem] | None = Field(
        default=None, description="What the project's rules keep off, where it was asked for."
    )
    as_of: str
    learned_to: str = Field(description="Up to when the model has learned.")
    is_current: bool


def models_of(request: Request) -> Models:
    """The models this app keeps."""
    return request.app.state.models


def _needed(value: str | None, name: str, kind: Kind) -> str:
    if value is None:
        raise UsageError(f"kind={kind} needs `{name}`")
    return value


def _lists(  # noqa: PLR0911, PLR0913, PLR0917  one list each
    found: Recommending,
    kind: Kind,
    count: int,
    user: str | None,
    item: str | None,
    segment: str | None,
) -> dict[str, Any]:
    among = segment_meant(found.reading, segment)
    match kind:
        case Kind.FOR:
            return recommend_for(found, _needed(user, "user", kind), count, among)
        case Kind.AGAIN:
            return {"items": recommend_for(found, _needed(user, "user", kind), count)["again"]}
        case Kind.NEXT:
            return items_next(found, _needed(user, "user", kind), count)
        case Kind.SIMILAR:
            return similar_items(found, _needed(item, "item", kind), count, user)
        case Kind.TOGETHER:
            return items_together(found, _needed(item, "item", kind), count, user)
        case Kind.PLAYLIST:
            return items_in_a_row(found, user, count, Playing(() if item is None else (item,)))
        case Kind.TRENDING:
            return items_trending(found, count, among, user)


@router.get(
    "/recommendations/settings",
    dependencies=[asks(Action.LOOK)],
    response_model=RecommendingSaid,
)
def said_of_recommendations(project: Spoken, speech: Telling) -> dict[str, Any]:
    """By which event somebody has an item, and which rules hold. Nothing is learned for it."""
    reading = read(project)
    why_not: str | None = None
    try:
        found = asked_of(reading, None, None)
    except UsageError as error:
        found, why_not = None, speech.again(error.message)
    rules = Rules() if found is None else found.rules
    return {
        "said": (project.folder / FILE).is_file(),
        "event": found and found.event,
        "item": found and found.item,
        "looks": [name for name, _ in found.looks] if found else [],
        "searches": [name for name, _ in found.searches] if found else [],
        "stock": rules.stock,
        "hidden": {name: list(values) for name, values in rules.hide.items()},
        "most_per": dict(rules.most_per),
        "margin": rules.margin,
        "owned": rules.owned,
        "why_not": why_not,
    }


@router.get(
    "/recommendations",
    dependencies=[asks(Action.PEOPLE)],
    response_model=Recommended,
    response_model_exclude_none=True,
)
def recommendations(  # noqa: PLR0913, PLR0917  what can be asked
    project: Spoken,
    speech: Telling,
    models: Annotated[Models, Depends(models_of)],
    kind: Kind = Kind.FOR,
    user: Annotated[str | None, Query(description="For whom, or without what they had.")] = None,
    item: Annotated[str | None, Query(description="Like what, or along with what.")] = None,
    segment: Annotated[
        str | None, Query(description="A segment's name or a rule: among whom.")
    ] = None,
    event: Annotated[
        str | None,
        Query(description="By what somebody has an item. Default: as recommendations.yml says."),
    ] = None,
    property: Annotated[  # noqa: A002  # the field's word
        str | None, Query(description="Its property that names the item.")
    ] = None,
    k: Annotated[int, Query(ge=1, le=MOST)] = 10,
    as_of: Moment = None,
    with_left_out: Annotated[  # noqa: FBT002  # a question in an address
        bool, Query(description="Whether to tell what the project's rules keep off the list.")
    ] = False,
) -> dict[str, Any]:
    """New items, items to buy again, similar ones, what comes next, what rises: each with its reason."""
    reading = read(project)
    at = None if as_of is None else reading.vocabulary.zone.parse(as_of)
    found = models.of(reading, asked_of(reading, event, property), as_of=at)
    lists = _lists(found, kind, k, user, item, segment)
    kept: dict[str, Any] = {}
    if kind is Kind.FOR and user is not None:
        kept["did_nothing"] = found.person(user).did_nothing
    if with_left_out and kind is not Kind.PLAYLIST:  # whose every item hangs on those before it
        free = _lists(without_rules(found), kind, k, user, item, segment)
        kept["left_out"] = left_out(found, lists, free)
    return {
        "kind": kind,
        **speech.document(lists),
        **kept,
        "as_of": format_instant(found.at),
        "learned_to": format_instant(found.model.at),
        "is_current": found.model.version == reading.snapshot.version,
    }
