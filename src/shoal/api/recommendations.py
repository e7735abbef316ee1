"""What to show somebody, from a model in memory."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from pydantic import Field

from shoal.access import Action
from shoal.api.principals import Spoken, Telling, asks
from shoal.api.shapes import Shape
from shoal.core.errors import UsageError
from shoal.core.instants import format_instant
from shoal.project.reading import read
from shoal.project.recommending import (
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
from shoal.project.recommending_asked import having_asked
from shoal.project.recommending_kept import Models
from shoal.project.recommending_segments import segment_meant

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


class Recommended(Shape):
    """The lists: ``new`` and ``again`` of what is for somebody, else ``items``.

    ``is_current`` is false while a model of newer data is being learned: what people themselves had is
    of now all the same.
    """

    kind: Kind
    new: list[RecommendedItem] | None = None
    again: list[RecommendedItem] | None = None
    items: list[RecommendedItem] | None = None
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
) -> dict[str, Any]:
    """New items, items to buy again, similar ones, what comes next, what rises: each with its reason."""
    reading = read(project)
    asked = having_asked(project.folder, event, property)
    found = models.of(reading, asked)
    lists = _lists(found, kind, k, user, item, segment)
    return {
        "kind": kind,
        **speech.document(lists),
        "as_of": format_instant(found.at),
        "learned_to": format_instant(found.model.at),
        "is_current": found.model.version == reading.snapshot.version,
    }
