"""What behaviour says about the product: unmet needs, barriers, gaps, each with size and value."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shoal.audits.fields import Read
from shoal.audits.wording import amount, people

MOST_ROWS = 10


class Theme(StrEnum):
    """What is looked for."""

    SEARCHES = "searches without result"
    UNBOUGHT = "viewed, never bought"
    BARRIERS = "steps with barriers"
    JOURNEY = "drop-off on the way to an order"
    FEATURES = "features unused"
    REVIEWS = "reviews by theme"
    RETURNS = "returns by reason"
    HELP = "help wanted"


READS = frozenset(
    Read(event, name)
    for event, names in {
        "products_searched": ("query", "results"),
        "product_viewed": ("product_id", "name", "price"),
        "order_completed_line": ("product_id",),
        "checkout_step_failed": ("step", "reason"),
        "payment_failed": ("reason",),
        "feature_used": ("feature",),
        "review_posted": ("theme", "sentiment", "rating"),
        "order_refunded": ("reason", "total"),
        "ticket_opened": ("topic", "sentiment"),
    }.items()
    for name in names
)
"""Fields that product insight reads."""


@dataclass(frozen=True, slots=True)
class InsightRow:
    """One of them: a query, an item, a step; how often, by how many, and the value at stake."""

    name: str
    events: int
    people: int
    at_stake: float | None = None
    figures: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def as_json(self) -> dict[str, Any]:
        """The row as data."""
        value = None if self.at_stake is None else round(self.at_stake, 2)
        return {
            "name": self.name,
            "events": self.events,
            "people": self.people,
            "at_stake": value,
            **self.figures,
        }


@dataclass(frozen=True, slots=True)
class Insight:
    """What was found about one theme.

    ``reckoned`` says how the value at stake was worked out; ``needs`` names fields that did not come
    and without which this theme says nothing, or less.
    """

    theme: Theme
    sentence: str
    events: int = 0
    people: int = 0
    at_stake: float | None = None
    reckoned: str | None = None
    rows: tuple[InsightRow, ...] = ()
    needs: tuple[str, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether there was anything to look at."""
        return bool(self.events)

    def as_json(self) -> dict[str, Any]:
        """The insight as data."""
        value = None if self.at_stake is None else round(self.at_stake, 2)
        return {
            "theme": str(self.theme),
            "sentence": self.sentence,
            "events": self.events,
            "people": self.people,
            "at_stake": value,
            "reckoned": self.reckoned,
            "rows": [it.as_json() for it in self.rows],
            "needs": list(self.needs),
        }


@dataclass(frozen=True, slots=True)
class InsightReport:
    """All themes, those with most at stake first; ``as_of`` is RFC 3339."""

    as_of: str
    days: int
    currency: str | None
    insights: tuple[Insight, ...]
    notes: tuple[str, ...] = ()

    def of(self, theme: Theme) -> Insight:
        """The insight about one theme."""
        return next(it for it in self.insights if it.theme is theme)

    def as_json(self) -> dict[str, Any]:
        """The document of ``shoal data insight --json``."""
        return {
            "as_of": self.as_of,
            "days": self.days,
            "currency": self.currency,
            "insights": [it.as_json() for it in self.insights],
            "notes": list(self.notes),
        }


def by_stake(insights: Sequence[Insight]) -> tuple[Insight, ...]:
    """What could be told first, by value and then by people; what needs more data last."""
    return tuple(
        sorted(insights, key=lambda it: (not it.is_told, -(it.at_stake or 0.0), -it.people))
    )


def needing(theme: Theme, *fields: str) -> Insight:
    """Nothing to tell, and which fields it would take."""
    names = ", ".join(f"`{name}`" for name in fields)
    return Insight(theme, f"Nothing to tell: it needs {names}.", needs=tuple(fields))


def staked(number: float | None, currency: str | None) -> str:
    """``, about 1,204 EUR at stake``; nothing where that is not known."""
    if number is None or number <= 0:
        return ""
    return f", about {amount(number, currency)} at stake"


def by_people(number: int) -> str:
    """``by 1 person``."""
    return f"by {people(number)}"
