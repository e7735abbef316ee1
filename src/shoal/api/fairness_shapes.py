"""What the API tells of fairness: outcomes by group, what stands for what, who decided."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from shoal.api.shapes import Shape


class GroupOutcome(Shape):
    """A group: people, how many have the outcome, the rate and its ratio to the highest, with 95 %."""

    group: str
    people: int
    with_outcome: int
    rate: float
    low: float
    high: float
    ratio: float | None
    ratio_low: float | None
    ratio_high: float | None
    standing: str
    flagged: bool


class OutcomesByGroup(Shape):
    """How often each group has the outcome: ``in`` the segment, or ``out`` of it."""

    segment: str | None
    sentence: str
    outcome: str
    by: str
    as_of: str
    highest: str | None
    groups: list[GroupOutcome]
    unset: int
    withheld: int = Field(
        description="Groups too small to be told to whoever may not look at people."
    )
    flagged: list[str]
    verdict: str


class StandIn(Shape):
    """A trait by how closely it goes with another one (Cramér's V)."""

    trait: str
    cramers_v: float
    people: int
    notable: bool
    declared: bool


class StandIns(Shape):
    """What stands for a trait: from ``threshold`` on it is notable."""

    trait: str
    measure: str
    threshold: float
    traits: list[StandIn]


class Decided(Shape):
    """A decision as it was kept."""

    decision: str
    user_id: str
    segment: str
    outcome: str
    because: str
    decided_by: str
    in_segment: bool
    at: str


class FairnessEntry(Shape):
    """A reason given, or a decision made; nobody it is about is named."""

    at: str
    actor: str
    action: str
    subject: str
    detail: dict[str, Any]


class GuardedTraits(Shape):
    """Traits that people can be grouped by, and which of them the tracking plan guards."""

    traits: list[str]
    guarded: list[str]
