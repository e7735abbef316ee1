"""What a campaign's definition says: whom, why, what, when, how often, and what counts as success."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shoal.core.errors import Place
from shoal.core.spans import Span
from shoal.language.tree import Rule, Value
from shoal.language.words import Words

CHANNELS = ("email", "sms", "push", "webhook", "ticket", "preferred")
"""Ways a message goes; `preferred` is the one each person uses, of those they can be reached by."""


class When(StrEnum):
    """What sets a campaign off."""

    ONCE = "once"
    EVERY = "every"
    ENTERING = "entering"
    LEAVING = "leaving"
    EVENT = "event"
    OCCASION = "occasion"


@dataclass(frozen=True, slots=True)
class Timing:
    """When messages go: ``once at T``, ``every 1w``, ``on entering S``, ``on event E`` and so on.

    ``name`` is a segment, an event, a trait that holds a date, or a public holiday; ``at`` is as
    written, None for the instant of the start. ``before`` is how long ahead of an occasion.
    """

    when: When
    at: str | None = None
    every: Span | None = None
    name: str | None = None
    before: Span | None = None

    def __str__(self) -> str:
        match self.when:
            case When.ONCE:
                return f"once at {self.at}" if self.at else "once"
            case When.EVERY:
                return f"every {self.every}"
            case When.OCCASION:
                return f"on occasion {self.name} {self.before} before"
            case _:
                return f"on {self.when} {self.name}"


@dataclass(frozen=True, slots=True)
class QuietHours:
    """Local minutes of the day between which nothing is sent; they may run over midnight."""

    start: int
    end: int

    def __str__(self) -> str:
        return "-".join(f"{it // 60:02}:{it % 60:02}" for it in (self.start, self.end))


@dataclass(frozen=True, slots=True)
class VariantDefinition:
    """One message: Liquid templates as written, and its weight beside the other variants.

    ``fields`` are templates by name, sent beside the text to a webhook.
    """

    name: str
    weight: float = 1.0
    subject: str | None = None
    text: str | None = None
    html: str | None = None
    offer: str | None = None
    fields: Mapping[str, str] = field(default_factory=dict[str, str])
    place: Place | None = field(default=None, compare=False)

    @property
    def templates(self) -> dict[str, str]:
        """Every template of the message by the name of its part."""
        parts = {"subject": self.subject, "text": self.text, "html": self.html}
        named = {name: text for name, text in parts.items() if text is not None}
        return named | {f"fields.{name}": text for name, text in self.fields.items()}


@dataclass(frozen=True, slots=True)
class MetricDefinition:
    """Something measured beside the goal: a rule or a value about ``in next D``."""

    name: str
    text: str
    measure: Rule | Value | None
    less_is_better: bool = False
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignDefinition:
    """A campaign as its file says; ``text`` is the whole of its wording, for versions.

    ``holdout`` is a share, None where power decides; ``cap`` is as written.
    """

    name: str
    text: str
    audience_text: str
    audience: Rule | None
    goal_text: str
    goal: Rule | Value | None
    purpose: str | None = None
    title: Words | None = None
    why: Words | None = None
    metrics: tuple[MetricDefinition, ...] = ()
    variants: tuple[VariantDefinition, ...] = ()
    channel: str = "email"
    items_text: str | None = None
    items: Rule | Value | None = None
    timing: Timing = field(default_factory=lambda: Timing(When.ONCE))
    quiet_hours: QuietHours | None = None
    cap: str | None = None
    priority: int = 0
    ends_at: str | None = None
    holdout: float | None = None
    reward: str | None = None
    place: Place | None = field(default=None, compare=False)
