"""Boxes as a rule of the language."""

from __future__ import annotations

from shoal.core.spans import Span
from shoal.discovery.boxes import Bound, Box, Boxes
from shoal.discovery.features import Feature, Kind, Matrix
from shoal.language.tree import (
    And,
    Between,
    Comparator,
    Compare,
    IsSet,
    Literal,
    Nobody,
    Not,
    NumberLiteral,
    Or,
    Rule,
    SpanLiteral,
    TextLiteral,
    TraitTruth,
    Value,
)


def rule_of(boxes: Boxes, matrix: Matrix) -> Rule:
    """The rule that says of everyone whether they are in one of the boxes."""
    told = [_all_of(box, matrix) for box in boxes]
    if not told:
        return Nobody()
    return told[0] if len(told) == 1 else Or(tuple(told))


def _all_of(box: Box, matrix: Matrix) -> Rule:
    parts: list[Rule] = []
    for place, bound in sorted(box.items()):
        feature = matrix.features[place]
        if feature.kind in {Kind.BOOLEAN, Kind.CATEGORY}:
            parts.append(_either(_truth(feature, bound), bound, feature))
            continue
        told = _compared(feature, bound, whole=matrix.whole[place], share=matrix.shares[place])
        parts.append(_either(told, bound, feature))
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _either(told: Rule | None, bound: Bound, feature: Feature) -> Rule:
    """The comparison, or that the value is not set where people without one are let in."""
    missing = IsSet(feature.value, negated=True)
    if told is None:
        return missing if bound.unset else IsSet(feature.value)
    return Or((told, missing)) if bound.unset else told


def _truth(feature: Feature, bound: Bound) -> Rule | None:
    if bound.is_empty:
        return None
    yes = bound.low is not None and bound.low > 0
    if feature.kind is Kind.CATEGORY:
        comparator = Comparator.EQUAL if yes else Comparator.NOT_EQUAL
        return Compare(feature.value, comparator, TextLiteral(feature.category or ""))
    holds = TraitTruth(feature.value)
    return holds if yes else Not(holds)


def _compared(feature: Feature, bound: Bound, *, whole: bool, share: bool) -> Rule | None:
    def literal(number: float) -> Literal:
        if feature.kind is Kind.SPAN:
            return _days(number)
        return NumberLiteral(number, percent=share and number != 0)

    value: Value = feature.value
    if bound.low is not None and bound.high is not None:
        if bound.low == bound.high:
            return Compare(value, Comparator.EQUAL, literal(bound.low))
        return Between(value, literal(bound.low), literal(bound.high))
    if bound.low is not None:
        return Compare(value, Comparator.AT_LEAST, literal(bound.low))
    if bound.high is not None:
        below = Comparator.AT_MOST if whole else Comparator.LESS
        return Compare(value, below, literal(bound.high))
    return None


def _days(number: float) -> SpanLiteral:
    """A length of time in days where it is a whole number of them, else in hours."""
    if number == round(number):
        return SpanLiteral(Span(max(0, round(number)), "d"))
    return SpanLiteral(Span(max(1, round(number * 24)), "h"))
