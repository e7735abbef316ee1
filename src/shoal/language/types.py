# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911
"""The type of every value, as far as a vocabulary tells."""

from __future__ import annotations

from collections.abc import Iterable

from shoal.language.resolution import property_type
from shoal.language.tree import (
    Age,
    Aggregate,
    AggregateFunction,
    Anniversary,
    Arithmetic,
    ArithmeticOperator,
    BooleanLiteral,
    Case,
    Coalesce,
    EventRef,
    Holiday,
    HolidayDays,
    InstantLiteral,
    NumberLiteral,
    PropertyValue,
    Rank,
    Rule,
    SequenceAggregate,
    SpanLiteral,
    TextLiteral,
    TimePart,
    TraitValue,
    Until,
    Value,
)
from shoal.language.vocabulary import ValueType, Vocabulary

NUMBER, SPAN, INSTANT, UNKNOWN = (
    ValueType.NUMBER,
    ValueType.SPAN,
    ValueType.INSTANT,
    ValueType.UNKNOWN,
)
_OF_FUNCTION = {
    AggregateFunction.COUNT: NUMBER,
    AggregateFunction.DAYS: NUMBER,
    AggregateFunction.SUM: NUMBER,
    AggregateFunction.AVG: NUMBER,
    AggregateFunction.MEDIAN: NUMBER,
    AggregateFunction.STD: NUMBER,
    AggregateFunction.DISTINCT: NUMBER,
    AggregateFunction.SHARE: NUMBER,
    AggregateFunction.VALUES: ValueType.LIST,
    AggregateFunction.GAP: SPAN,
    AggregateFunction.GAP_STD: SPAN,
}
_ADD, _SUBTRACT, _MULTIPLY, _DIVIDE = ArithmeticOperator
ARITHMETIC = {
    (NUMBER, _ADD, NUMBER): NUMBER,
    (SPAN, _ADD, SPAN): SPAN,
    (INSTANT, _ADD, SPAN): INSTANT,
    (SPAN, _ADD, INSTANT): INSTANT,
    (NUMBER, _SUBTRACT, NUMBER): NUMBER,
    (SPAN, _SUBTRACT, SPAN): SPAN,
    (INSTANT, _SUBTRACT, INSTANT): SPAN,
    (INSTANT, _SUBTRACT, SPAN): INSTANT,
    (NUMBER, _MULTIPLY, NUMBER): NUMBER,
    (SPAN, _MULTIPLY, NUMBER): SPAN,
    (NUMBER, _MULTIPLY, SPAN): SPAN,
    (NUMBER, _DIVIDE, NUMBER): NUMBER,
    (SPAN, _DIVIDE, NUMBER): SPAN,
    (SPAN, _DIVIDE, SPAN): NUMBER,
}
"""What arithmetic makes of two types; what is not here cannot be reckoned."""


def value_type(value: Value, vocabulary: Vocabulary, event: EventRef | None = None) -> ValueType:
    """The type of the value; ``event`` is whose properties a bare name in ``where`` means."""
    return _type(value, vocabulary, event, frozenset())


def shared_type(types: Iterable[ValueType]) -> ValueType | None:
    """The one type of them all; unknown as long as one is; None if they differ."""
    found = set(types)
    if len(found - {UNKNOWN}) > 1:
        return None
    return UNKNOWN if UNKNOWN in found or not found else found.pop()


def _type(
    value: Value, vocabulary: Vocabulary, event: EventRef | None, seen: frozenset[str]
) -> ValueType:
    def of(part: Value) -> ValueType:
        return _type(part, vocabulary, event, seen)

    match value:
        case NumberLiteral() | Rank() | TimePart() | HolidayDays():
            return NUMBER
        case TextLiteral():
            return ValueType.TEXT
        case BooleanLiteral():
            return ValueType.BOOLEAN
        case SpanLiteral() | Age() | Until():
            return SPAN
        case InstantLiteral() | Anniversary() | Holiday():
            return INSTANT
        case Aggregate():
            return _aggregate(value, vocabulary)
        case SequenceAggregate(function):
            return _OF_FUNCTION.get(function, UNKNOWN)
        case PropertyValue(name):
            found = property_type(event, name, vocabulary) if event is not None else None
            return found or UNKNOWN
        case TraitValue(name):
            return _trait(name, vocabulary, seen)
        case Coalesce(first, second):
            return shared_type((of(first), of(second))) or UNKNOWN
        case Case(whens, otherwise):
            parts = [when.value for when in whens] + ([otherwise] if otherwise else [])
            return shared_type(map(of, parts)) or UNKNOWN
        case Arithmetic(operator, left, right):
            return ARITHMETIC.get((of(left), operator, of(right)), UNKNOWN)


def _aggregate(value: Aggregate, vocabulary: Vocabulary) -> ValueType:
    if found := _OF_FUNCTION.get(value.function):
        return found
    selection = value.selection
    if selection.time_part is not None:
        return NUMBER
    if selection.property is None:
        picked = {AggregateFunction.FIRST, AggregateFunction.LAST}
        return INSTANT if value.function in picked else UNKNOWN
    return property_type(selection.event, selection.property, vocabulary) or UNKNOWN


def _trait(name: str, vocabulary: Vocabulary, seen: frozenset[str]) -> ValueType:
    entry = vocabulary.traits.get(name)
    if entry is None or name in seen:
        return UNKNOWN
    if entry.value is None or entry.type is not UNKNOWN:
        return entry.type
    if isinstance(entry.value, Rule):
        return ValueType.BOOLEAN
    return _type(entry.value, vocabulary, None, seen | {name})
