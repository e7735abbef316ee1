"""What answers look like, for those who read the API's description. Answers may hold more."""

from __future__ import annotations

from typing import Any, Literal

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


class SettingsFacts(Shape):
    """What `shoal.yml` says, and which version of Shoal reads it."""

    name: str
    time_zone: str
    currency: str | None
    country: str | None
    language: str
    now: str
    session_gap: str
    shoal: str


class KeyRow(Shape):
    """A key without its secret."""

    id: int
    kind: str
    name: str
    created_at: str
    revoked_at: str | None


class KeyMade(Shape):
    """A new key; its secret is told this once."""

    id: int
    kind: str
    name: str
    key: str


class UserRow(Shape):
    """Somebody who may log in, or might."""

    id: int
    email: str
    role: str
    created_at: str
    disabled_at: str | None


class TrailRow(Shape):
    """Something that was done, and by whom."""

    at: str
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


class SegmentRow(Shape):
    """A segment in the list."""

    name: str
    title: str | None
    size: int
    sentence: str
    partition: str | None
    correct_as_of: str


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


class Fix(Shape):
    """What mends it: ``remove`` the row at ``node``, or ``rename`` ``from`` one name ``to`` another."""

    do: str


class Warned(Shape):
    """What to look at before saving; ``node`` is the row at fault, where one is."""

    code: str
    message: str
    hint: str | None
    severity: str
    node: str | None
    figures: dict[str, Any]
    fix: Fix | None


class Reached(Shape):
    """How many members there is a way to, or have agreed to a purpose."""

    kind: str
    name: str
    count: int


class Previewed(Counted):
    """A rule that nobody has saved yet, counted."""

    rule: str
    tree: dict[str, Any]
    sentence: str
    version: str
    nodes: list[Node]
    sample: list[str]
    overlaps: list[Overlap]
    reach: list[Reached]
    warnings: list[Warned]
    ms: float


class AuditFinding(Shape):
    """One thing found: what it is about, how good, in one sentence."""

    aspect: str
    verdict: str
    sentence: str
    figures: dict[str, Any]


class Audited(Shape):
    """Whether a segment is worth acting on: a verdict for each aspect, and what it rests on."""

    name: str | None
    title: str
    sentence: str
    as_of: str
    verdict: str
    summary: str
    aspects: dict[str, str]
    findings: list[AuditFinding]
    notes: list[str]


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
    correct_as_of: str


class DecidingEvent(Shape):
    """An event that decides a verdict."""

    name: str
    at: str
    properties: dict[str, Any]


class Reason(Shape):
    """One part of a rule, and how it came out for one person."""

    rule: str
    sentence: str
    kind: str | None
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


class Member(Shape):
    """A member in the roster; ``since`` is null where other people decide."""

    user_id: str
    worth: float | None
    last_seen_at: str | None
    since: str | None


class Roster(Shape):
    """Some of the members, with what tells them apart."""

    count: int
    offset: int
    worth_of: str | None
    worth_words: str | None
    rows: list[Member]


class PortraitValue(Shape):
    """What members are worth, beside everybody else."""

    of: str
    currency: str | None
    total: float
    share: float | None
    per_member: float | None
    per_other: float | None


class SetApart(Shape):
    """A behaviour in which members differ from everybody else."""

    name: str
    title: str
    words: str
    here: float
    others: float
    unit: str | None
    rank_biserial: float
    by_its_own_rule: bool


class Favourite(Shape):
    """What members take more often than everybody else."""

    title: str
    value: Any
    share: float
    everyone: float
    lift: float


class Portrait(Shape):
    """What a segment is like: what it is worth, and what sets its members apart."""

    name: str
    as_of: str
    size: int
    share: float
    value: PortraitValue | None
    sets_apart: list[SetApart]
    favourites: list[Favourite]


class PeopleFound(Shape):
    """Ids that hold a text."""

    count: int
    user_ids: list[str]


class PersonTrait(Shape):
    """A trait that is set; instants are RFC 3339, spans seconds."""

    name: str
    title: str | None
    type: str
    value: Any
    computed: bool


class PersonWorth(Shape):
    """What somebody is worth, and by which expression; ``words`` say the same."""

    of: str
    words: str
    currency: str | None
    value: float | None


class Membership(Shape):
    """A segment somebody is in; ``since`` is null where other people decide."""

    name: str
    title: str | None
    partition: str | None
    since: str | None


class Consent(Shape):
    """The last word on a purpose: where it was said, of which wording, and its proof."""

    purpose: str
    state: str
    at: str
    source: str | None = None
    wording: str | None = None
    proof: str | None = None


class PersonFacts(Shape):
    """Who somebody is, as far as it is known."""

    user_id: str
    as_of: str
    known: bool
    first_seen_at: str | None
    last_seen_at: str | None
    traits: list[PersonTrait]
    worth: PersonWorth | None
    consents: list[Consent]
    segments: list[Membership]


class EventTotal(Shape):
    """How often an event happened."""

    name: str
    title: str | None
    count: int


class TimelineEvent(Shape):
    """An event with its properties and lines; ``at`` is null for what always holds."""

    name: str
    title: str | None
    at: str | None
    properties: dict[str, Any]
    lines: list[dict[str, Any]]
    line_count: int


class Timeline(Shape):
    """What somebody did, newest first."""

    user_id: str
    count: int
    offset: int
    totals: list[EventTotal]
    events: list[TimelineEvent]


class Found(Shape):
    """Something wrong in a rule's text, and where: line and column begin with 1."""

    message: str
    hint: str | None
    severity: str
    line: int | None
    column: int | None


class CheckedText(Shape):
    """A text as a tree, if it is a rule, and what is wrong with it."""

    rule: dict[str, Any] | None
    problems: list[Found]


class Tree(Shape):
    """A rule in both forms."""

    rule: dict[str, Any]
    text: str


class Template(Shape):
    """A rule to begin with, in words: of a pack, or one of the patterns that fit any shop."""

    name: str
    title: str
    rule: str
    sentence: str
    why: str | None
    pack: str | None
    pack_title: str | None
    defined: bool


class KnownProperty(Shape):
    """A property of an event."""

    name: str
    title: str | None
    type: str


class KnownEvent(Shape):
    """An event that a rule may name."""

    name: str
    title: str | None
    rows: int
    parent: str | None
    lines: str | None
    properties: list[KnownProperty]


class KnownTrait(Shape):
    """A trait that a rule may name; ``predicts``: the score of a prediction, a chance or an amount."""

    name: str
    title: str | None
    type: str
    computed: bool
    predicts: Literal["chance", "amount"] | None


class KnownSegment(Shape):
    """A segment that a rule may name."""

    name: str
    title: str | None


class WordsKnown(Shape):
    """What a rule may name."""

    events: list[KnownEvent]
    traits: list[KnownTrait]
    segments: list[KnownSegment]
    purposes: list[str]
    keywords: list[str]


class SegmentChange(Shape):
    """What would become of one segment."""

    name: str
    change: str
    size_before: int
    size_after: int
    entering: int
    leaving: int
    dependants: list[str]


class CampaignChange(Shape):
    """What would become of one campaign: whom it would newly reach, who would fall out."""

    name: str
    change: str
    state: str
    size_before: int
    size_after: int
    entering: int
    leaving: int


class PredictionChange(Shape):
    """What would become of one prediction; ``unfit``: its models would answer no more."""

    name: str
    change: str
    parts: list[str]
    size_before: int
    size_after: int
    unfit: bool


class Plan(Shape):
    """What applying would change."""

    segments: list[SegmentChange]
    campaigns: list[CampaignChange]
    predictions: list[PredictionChange]
    problems: list[dict[str, Any]]
    as_of: str


class Saved(Plan):
    """What was changed, by which version."""

    version: int
