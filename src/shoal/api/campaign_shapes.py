"""What the API answers about campaigns: the shapes of its answers, and of what it is told."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from shoal.api.shapes import Shape

State = Literal["draft", "checked", "approved", "running", "paused", "done"]
Short = Annotated[str, Field(max_length=2_000)]
Long = Annotated[str, Field(max_length=200_000)]
Name = Annotated[str, Field(max_length=200)]
Told = Short | dict[Name, Short]
"""A text, or one per language."""


class Part(BaseModel):
    """One message: Liquid templates, and its weight beside the other variants."""

    model_config = ConfigDict(extra="forbid")

    weight: Annotated[float | None, Field(ge=0, le=1e6)] = None
    subject: Short | None = None
    text: Long | None = None
    html: Long | None = None
    offer: Short | None = None
    fields: Annotated[dict[Name, Long] | None, Field(max_length=100)] = None


class MeasureWanted(BaseModel):
    """Something measured beside the goal, of which less may be better."""

    model_config = ConfigDict(extra="forbid")

    measure: Short
    less_is_better: bool = False


class CampaignFields(BaseModel):
    """What a campaign's file says of it, as it is written there; without a field it says nothing."""

    model_config = ConfigDict(extra="forbid")

    title: Told | None = None
    why: Told | None = None
    audience: Long | None = None
    purpose: Name | None = None
    goal: Long | None = None
    metrics: Annotated[dict[Name, Short | MeasureWanted] | None, Field(max_length=50)] = None
    channel: Name | None = None
    subject: Short | None = None
    text: Long | None = None
    html: Long | None = None
    offer: Short | None = None
    fields: Annotated[dict[Name, Long] | None, Field(max_length=100)] = None
    variants: Annotated[dict[Name, Part] | None, Field(max_length=20)] = None
    items: Long | None = None
    timing: Name | None = None
    quiet_hours: Name | None = None
    cap: Name | None = None
    priority: Annotated[int | None, Field(ge=-1000, le=1000)] = None
    ends_at: Name | None = None
    holdout: Annotated[str | None, Field(max_length=200, description="10%")] = None
    reward: Short | None = None


class CampaignWanted(CampaignFields):
    """A campaign to be written."""

    name: Annotated[str, Field(max_length=100)]


class CampaignDrafted(CampaignFields):
    """A campaign that is being written, and to whom a message of it is made."""

    name: Annotated[str, Field(max_length=100)] = ""
    user: Annotated[str, Field(max_length=2_000)]
    variant: Annotated[str | None, Field(max_length=200)] = None


class Counts(Shape):
    """A waterfall: what remains after three steps, what three more take away, what is left."""

    matched: int
    consented: int
    reachable: int
    suppressed: int
    held_out: int
    capped: int
    sendable: int


class CampaignRow(Shape):
    """How a campaign stands; what its definition says is null where that is gone."""

    name: str
    title: str | None
    state: State
    changed_at: str | None
    changed_by: str | None
    started_at: str | None
    audience: str | None
    purpose: str | None
    channel: str | None
    timing: str | None
    priority: int | None
    holdout: float | None
    variants: list[str]
    is_changed: bool
    sendable: int | None
    next_due: str | None
    messages: dict[str, int]


class CampaignPass(Shape):
    """One pass, and who was where then."""

    at: str
    occasion: str | None
    waterfall: Counts


class CampaignDeed(Shape):
    """Something done to a campaign, by whom and when."""

    at: str
    actor: str
    action: str
    detail: dict[str, Any]


class CampaignShown(CampaignRow):
    """One campaign; what its definition says is absent where that is gone."""

    sentence: str = ""
    why: str | None = None
    goal: str = ""
    metrics: dict[str, str] = Field(default_factory=dict)
    items: str | None = None
    quiet_hours: str | None = None
    cap: str | None = None
    ends_at: str | None = None
    reward: str | None = None
    definition: str = ""
    reasons: dict[str, int]
    log: list[CampaignDeed]
    passes: list[CampaignPass]
    warnings: list[str] = Field(default_factory=list)


class CampaignProblem(Shape):
    """What is wrong with a campaign, and where its file says so."""

    message: str
    hint: str | None
    line: int | None


class Finding(Shape):
    """Where a message does not fit what the group did."""

    code: str
    message: str
    hint: str | None


class HoldoutProposed(Shape):
    """How many are left alone, and what that rests on."""

    share: float
    because: str
    audience: int | None
    baseline: float | None
    smallest_effect: float | None
    power: float | None


class CampaignChecked(Shape):
    """Whether a campaign can be sent."""

    name: str
    state: State
    problems: list[CampaignProblem]
    warnings: list[CampaignProblem]
    settings: list[str]
    fit: list[Finding]
    holdout: HoldoutProposed | None


class MessageShown(Shape):
    """A message as it would go out, or why there is none."""

    user_id: str
    variant: str
    held_out: bool
    channel: str | None
    parts: dict[str, str]
    problem: str | None


class Lacking(Shape):
    """A value that a message needs and people lack."""

    value: str
    people: int
    examples: list[str]


class CampaignPreview(Shape):
    """The dry run."""

    campaign: str
    as_of: str
    waterfall: Counts
    looked_at: int
    lacking: list[Lacking]
    messages: list[MessageShown]
    fit: list[Finding]
    settings: list[str]


class ProblemShown(Shape):
    """What is wrong with a draft, or worth a look."""

    message: str
    hint: str | None


class DraftPreview(Shape):
    """A draft as it stands: its problems, and one message of it."""

    problems: list[ProblemShown]
    warnings: list[ProblemShown]
    fit: list[ProblemShown]
    message: MessageShown | None


class ArmShown(Shape):
    """An arm on one metric; what compares it with the control is absent of the control itself."""

    arm: str
    n: int
    mean: float | None
    effect: float | None = None
    low: float | None = None
    high: float | None = None
    p: float | None = None
    verdict: str | None = None
    relative: float | None = None
    relative_low: float | None = None
    relative_high: float | None = None
    total: float | None = None
    total_low: float | None = None
    total_high: float | None = None
    unset: int = 0


class Engagement(Shape):
    """Messages, opens and clicks of an arm; ``rate`` is clicks by messages."""

    arm: str
    sent: int
    opened: int
    clicked: int
    rate: float | None
    low: float | None
    high: float | None


class SplitShown(Shape):
    """Whether people landed in the arms as planned."""

    p: float
    ok: bool
    planned: dict[str, float]


class CampaignResults(Shape):
    """Did it help, by how much, how sure, and when it is decided."""

    campaign: str
    as_of: str
    state: State
    goal: str
    decides_at: str | None
    is_decided: bool
    method: Literal["once", "whenever"]
    assigned: dict[str, int]
    counted: int
    waiting: int
    crossed: int
    control: str | None
    metrics: dict[str, list[ArmShown]]
    kinds: dict[str, Literal["conversion", "mean", "ratio", "retention"]] = Field(
        default_factory=dict
    )
    engagement: list[Engagement]
    srm: SplitShown | None
    verdict: str | None
    best: str | None = None
    warnings: list[str]
    passes: list[CampaignPass]


class MessageKept(Shape):
    """A message of the outbox and how it stands; its text is kept nowhere."""

    id: int
    user_id: str
    occasion: str
    variant: str
    state: str
    tries: int
    reason: str | None
    changed_at: str
    next_at: str


class Replayed(Shape):
    """How many messages go again."""

    messages: int
