"""Intervals of numbers: what a comparison allows a value to be."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shoal.language.negation import MIRRORED
from shoal.language.tree import (
    Between,
    Comparator,
    Compare,
    NumberLiteral,
    Rule,
    SpanLiteral,
    Value,
)


@dataclass(frozen=True, slots=True)
class Interval:
    """Numbers from ``low`` to ``high``; ``open`` ends are left out.

    Spans stand in microseconds, if they are exact.
    """

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no number is in it."""
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def meet(self, other: Interval) -> Interval:
        """The numbers that are in both."""
        low = max((self.low, self.low_open), (other.low, other.low_open))
        high = min((self.high, not self.high_open), (other.high, not other.high_open))
        return Interval(low[0], high[0], low[1], not high[1])

    def within(self, other: Interval) -> bool:
        """Whether every number of it is one of the other's."""
        low = (self.low, self.low_open) >= (other.low, other.low_open)
        high = (self.high, not self.high_open) <= (other.high, not other.high_open)
        return low and high


def interval_of(  # noqa: PLR0911  one way out per form
    rule: Rule,
) -> tuple[Value, Interval] | None:
    """The value a comparison is about, and the numbers (or exact spans) it leaves to it.

    None where the rule is no comparison with a number, or leaves what is no interval.
    """
    if isinstance(rule, Between):
        low, high = _measure(rule.low), _measure(rule.high)
        if low is None or high is None or rule.negated:
            return None
        return rule.value, Interval(low, high)
    if not isinstance(rule, Compare):
        return None
    value, comparator, number = rule.left, rule.comparator, _measure(rule.right)
    if number is None:
        value, number = rule.right, _measure(rule.left)
        comparator = MIRRORED[comparator]
    if number is None or _measure(value) is not None:
        return None
    match comparator:
        case Comparator.EQUAL:
            return value, Interval(number, number)
        case Comparator.GREATER | Comparator.AT_LEAST:
            return value, Interval(low=number, low_open=comparator is Comparator.GREATER)
        case Comparator.LESS | Comparator.AT_MOST:
            return value, Interval(high=number, high_open=comparator is Comparator.LESS)
        case Comparator.NOT_EQUAL:
            return None


def _measure(value: Value) -> float | None:
    match value:
        case NumberLiteral(number):
            return number
        case SpanLiteral(span) if not span.is_calendar:
            return float(span.microseconds)
        case _:
            return None
