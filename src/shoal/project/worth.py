"""What a person is worth to this project: one expression, chosen in the open.

It is the trait ``customer_value`` or ``value`` if one is defined, else what a person's orders (or
the like) came to in the last 365 days.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.language import parse_value
from shoal.language.vocabulary import ValueType

if TYPE_CHECKING:
    from shoal.language.tree import Value
    from shoal.language.vocabulary import Vocabulary
    from shoal.project.reading import Reading

TRAITS = ("customer_value", "value")
EVENTS = ("order_completed", "order_paid", "purchase", "purchased", "transaction", "sale")
AMOUNTS = ("revenue", "total", "value", "amount", "sales_value", "price")


@dataclass(frozen=True, slots=True)
class Worth:
    """An expression in ``currency`` (None where the project names none), as text and as a tree."""

    text: str
    value: Value
    currency: str | None = None


def worth_of(reading: Reading, text: str | None = None) -> Worth | None:
    """The expression given, else the one this project suggests; None where nothing has a price."""
    chosen = text or _suggested(reading.vocabulary)
    if chosen is None:
        return None
    return Worth(chosen, parse_value(chosen), reading.project.settings.currency)


def _suggested(vocabulary: Vocabulary) -> str | None:
    for name in TRAITS:
        if name in vocabulary.traits:
            return name
    for event in EVENTS:
        entry = vocabulary.events.get(event)
        for amount in AMOUNTS if entry is not None else ():
            assert entry is not None
            if entry.properties.get(amount) is ValueType.NUMBER:
                return f"sum({event}.{amount} in last 365d)"
    return None
