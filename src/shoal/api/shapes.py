"""What answers look like, for those who read the API's description. Answers may hold more."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict


def _say_no_more(schema: dict[str, Any]) -> None:
    """What is not described may come, but nobody should build on it."""
    schema.pop("additionalProperties", None)


class Shape(BaseModel):
    """The keys that an answer certainly has."""

    model_config = ConfigDict(extra="allow", json_schema_extra=_say_no_more)


class Me(Shape):
    """Who is asking."""

    name: str
    actions: list[str]
    csrf: str | None


class ProjectFacts(Shape):
    """What every screen says somewhere: whose data, of what size, up to when."""

    name: str
    language: str
    time_zone: str
    currency: str | None
    now: str
    as_of: str
    version: str
    events: int
    first_event_at: str | None
    latest_event_at: str | None
    sample: bool


class SegmentRow(Shape):
    """A segment in the list."""

    name: str
    title: str | None
    size: int
    sentence: str
    partition: str | None


class Sized(Shape):
    """How many, of whom, as of when."""

    known: int
    unknown: int
    anonymous: int
    as_of: str
    correct_as_of: str


class Counted(Sized):
    """How many profiles a rule is true for."""

    count: int


class Node(Shape):
    """A row or a group of a rule: how many it holds for, and how many there were without it."""

    id: str
    rule: str
    count: int
    unknown: int
    without: int
    difference: int


class Overlap(Shape):
    """An applied segment that is nearly the same people."""

    segment: str
    jaccard: float
    shared: int


class Warned(Shape):
    """What to look at before saving; ``node`` is the row at fault, where one is."""

    code: str
    message: str
    hint: str | None
    severity: str
    node: str | None


class Previewed(Counted):
    """A rule that nobody has saved yet, counted."""

    rule: str
    tree: dict[str, Any]
    sentence: str
    version: str
    nodes: list[Node]
    sample: list[str]
    overlaps: list[Overlap]
    warnings: list[Warned]
    ms: float


class SegmentFacts(Sized):
    """Everything there is to say about one segment."""

    name: str
    title: str | None
    sentence: str
    rule: str
    size: int
    partition: str | None
    why: str | None
    polarity: str | None
    purpose: str | None
    place: str | None


class Members(Shape):
    """Some of the members, in the order of their ids."""

    count: int
    user_ids: list[str]
    offset: int


class HistoryRow(Shape):
    """A segment's size at an instant, and who came and went since the row before."""

    at: str
    size: int
    entered: int
    left: int


class SizesOverTime(Shape):
    """Sizes of every segment at the same instants, the last one now."""

    instants: list[str]
    sizes: dict[str, list[int]]


class DecidingEvent(Shape):
    """An event that decides a verdict."""

    name: str
    at: str
    properties: dict[str, Any]


class Reason(Shape):
    """One part of a rule, and how it came out for one person."""

    rule: str
    sentence: str
    verdict: str
    value: Any
    threshold: Any
    events: list[DecidingEvent]
    children: list[Reason]


class PossibleEvents(Shape):
    """Events that would change a verdict, were they to happen."""

    name: str
    count: int
    properties: dict[str, Any]


class NearestChange(Shape):
    """The least that would flip a verdict."""

    text: str
    events: list[PossibleEvents]
    wait_until: str | None
    member: bool


class Explanation(Shape):
    """Why somebody is a member or not, until when, and what would change it."""

    user_id: str
    member: bool
    known: bool
    as_of: str
    sentence: str
    because: Reason
    changes_at: str | None
    changes_at_reason: str | None
    nearest_change: NearestChange | None
