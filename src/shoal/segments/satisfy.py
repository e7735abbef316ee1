"""An event that satisfies a condition: which property values would make a ``where`` true."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from shoal.core.instants import Zone, to_datetime
from shoal.language.negation import MIRRORED, OPPOSITES
from shoal.language.tree import (
    And,
    Between,
    BooleanLiteral,
    Comparator,
    Compare,
    Condition,
    InList,
    InstantLiteral,
    IsSet,
    Not,
    NumberLiteral,
    Or,
    PropertyValue,
    SpanLiteral,
    TextLiteral,
    TextMatch,
    TraitTruth,
    TraitValue,
    Value,
)

Plain = bool | float | str | datetime

OTHER_TEXTS = ("something else", "-", "=")


def satisfying(condition: Condition | None, zone: Zone) -> dict[str, Plain] | None:
    """Property values with which the condition holds; None where its form does not tell.

    Whoever uses them verifies them by evaluation.
    """
    return {} if condition is None else _solved(condition, zone, wanted=True)


def plain_literal(value: Value, zone: Zone) -> Plain | None:
    """What a literal stands for in an event; None for a span or anything that is no literal."""
    match value:
        case NumberLiteral():
            return value.number
        case TextLiteral():
            return value.text
        case BooleanLiteral():
            return value.truth
        case InstantLiteral():
            return to_datetime(zone.parse(value.text)).replace(tzinfo=UTC)
        case _:
            return None


def _solved(  # noqa: PLR0911, PLR0912  one case per form
    condition: Condition, zone: Zone, *, wanted: bool
) -> dict[str, Plain] | None:
    match condition:
        case And() | Or():
            if isinstance(condition, And) is wanted:
                return _all(condition.parts, zone, wanted=wanted)
            return _any(condition.parts, zone, wanted=wanted)
        case Not():
            return _solved(condition.part, zone, wanted=not wanted)
        case Compare():
            return _compared(condition, zone, wanted=wanted)
        case InList(value=PropertyValue(name=name) | TraitValue(name=name)):
            if wanted is condition.negated:
                return {name: OTHER_TEXTS[0]}
            found = plain_literal(condition.literals[0], zone)
            return None if found is None else {name: found}
        case Between(value=PropertyValue(name=name) | TraitValue(name=name)):
            low = plain_literal(condition.low, zone)
            if low is None:
                return None
            outside = wanted is condition.negated
            return {name: _below(low) if outside else low}
        case TextMatch(value=PropertyValue(name=name) | TraitValue(name=name)):
            if wanted is condition.negated:
                return {name: "-" if condition.text not in {"", "-"} else "="}
            return {name: condition.text}
        case IsSet(value=PropertyValue(name=name) | TraitValue(name=name)):
            return {} if wanted is condition.negated else {name: 1.0}
        case TraitTruth(value=PropertyValue(name=name) | TraitValue(name=name)):
            return {name: wanted}
        case _:
            return None


def _all(parts: tuple[Condition, ...], zone: Zone, *, wanted: bool) -> dict[str, Plain] | None:
    merged: dict[str, Plain] = {}
    for part in parts:
        found = _solved(part, zone, wanted=wanted)
        if found is None:
            return None
        for name, value in found.items():
            merged.setdefault(name, value)
    return merged


def _any(parts: tuple[Condition, ...], zone: Zone, *, wanted: bool) -> dict[str, Plain] | None:
    found = (_solved(part, zone, wanted=wanted) for part in parts)
    return next((values for values in found if values is not None), None)


def _compared(node: Compare, zone: Zone, *, wanted: bool) -> dict[str, Plain] | None:
    comparator, left, right = node.comparator, node.left, node.right
    if isinstance(right, PropertyValue | TraitValue):
        left, right, comparator = right, left, MIRRORED[comparator]
    limit = plain_literal(right, zone)
    if not isinstance(left, PropertyValue | TraitValue) or limit is None:
        return None
    if not wanted:
        comparator = OPPOSITES[comparator]
    match comparator:
        case Comparator.EQUAL | Comparator.AT_LEAST | Comparator.AT_MOST:
            return {left.name: limit}
        case Comparator.GREATER:
            return {left.name: _above(limit)}
        case Comparator.LESS:
            return {left.name: _below(limit)}
        case Comparator.NOT_EQUAL:
            return {left.name: (not limit) if isinstance(limit, bool) else _above(limit)}


def _above(limit: Plain) -> Plain:
    match limit:
        case bool():
            return True
        case float() | int():
            return limit + 1
        case str():
            return f"{limit}~"
        case datetime():
            return limit.replace(year=limit.year + 1, day=1)


def _below(limit: Plain) -> Plain:
    match limit:
        case bool():
            return False
        case float() | int():
            # Amounts are not negative, but for a rule that asks for it.
            return limit / 2 if 0 < limit < 1 else limit - 1
        case str():
            return ""
        case datetime():
            return limit.replace(year=limit.year - 1, day=1)


def unlike_all(values: Sequence[Plain]) -> Plain:
    """A value like the first of them in kind, and unlike all of them."""
    match values[0]:
        case bool() as first:
            return not first
        case float() | int():
            return _above(max(it for it in values if isinstance(it, float | int)))
        case datetime():
            return _above(max(it for it in values if isinstance(it, datetime)))
        case str():
            texts = [it for it in values if isinstance(it, str)]
            free = (it for it in OTHER_TEXTS if not any(text in it for text in texts))
            return next(free, "".join(texts))


def literals_of(values: tuple[Value, ...], zone: Zone) -> list[Plain]:
    """The literals among values, as an event would hold them."""
    found = [plain_literal(v, zone) for v in values if not isinstance(v, SpanLiteral)]
    return [value for value in found if value is not None]
