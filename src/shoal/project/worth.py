"""What a person is worth to this project: one expression, chosen in the open.

It is the trait ``customer_value`` or ``value`` if one is defined, else what a person's orders (or
the like) came to in the last 365 days.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shoal.core.errors import UsageError
from shoal.language import check_rule, parse_value, sentence
from shoal.language.tree import TraitValue
from shoal.language.types import value_type
from shoal.language.vocabulary import ValueType
from shoal.project.checking import refuse_errors

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


def number_worth(reading: Reading, text: str | None = None) -> Worth | None:
    """As :func:`worth_of`; refused where it is no number, or names something that is not there."""
    worth = worth_of(reading, text)
    if worth is None:
        return None
    problems = check_rule(worth.value, reading.vocabulary)
    # a value must not be nothing for everybody because a name in it is unknown
    refuse_errors(replace(it, severity="error") for it in problems)
    if value_type(worth.value, reading.vocabulary) not in {ValueType.NUMBER, ValueType.UNKNOWN}:
        raise UsageError(
            f"`{worth.text}` is no number", hint="say what people are worth: sum(order.revenue)"
        )
    return worth


def worth_words(worth: Worth, vocabulary: Vocabulary) -> str:
    """What it is, for people: a trait's title, else the expression in words."""
    value = worth.value
    entry = vocabulary.traits.get(value.name) if isinstance(value, TraitValue) else None
    return (entry.title if entry else None) or sentence(value, vocabulary).rstrip(".")


def _suggested(vocabulary: Vocabulary) -> str | None:
    for name in TRAITS:
        if name in vocabulary.traits:
            return name
    found = amount_of(vocabulary)
    return None if found is None else f"sum({found[0]}.{found[1]} in last 365d)"


def amount_of(vocabulary: Vocabulary) -> tuple[str, str] | None:
    """The event that brings money in, and its property that says how much."""
    for event in EVENTS:
        entry = vocabulary.events.get(event)
        for amount in AMOUNTS if entry is not None else ():
            assert entry is not None
            if entry.properties.get(amount) is ValueType.NUMBER:
                return event, amount
    return None
