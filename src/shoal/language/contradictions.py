"""What can never be true, or always is: only where it is simple and certain."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from shoal.core.errors import Problem
from shoal.language.negation import MIRRORED
from shoal.language.shape import walk
from shoal.language.text import to_text
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    And,
    Between,
    Comparator,
    Compare,
    Did,
    HolidayDays,
    InSegment,
    Node,
    Not,
    NumberLiteral,
    Rank,
    RankFunction,
    Rule,
    SequenceAggregate,
    SpanLiteral,
    TextLiteral,
    TimePart,
    TimePartFunction,
    Value,
)

_COUNTS = {AggregateFunction.COUNT, AggregateFunction.DAYS, AggregateFunction.DISTINCT}
_RANKS = {
    RankFunction.QUINTILE: (1, 5),
    RankFunction.DECILE: (1, 10),
    RankFunction.PERCENTILE: (0, 100),
}
_TIMES = {
    TimePartFunction.HOUR: (0, 23),
    TimePartFunction.WEEKDAY: (1, 7),
    TimePartFunction.DAY: (1, 31),
    TimePartFunction.MONTH: (1, 12),
    TimePartFunction.DAY_OF_YEAR: (1, 366),
}


@dataclass(frozen=True, slots=True)
class _Range:
    """Numbers from ``low`` to ``high``; ``open`` ends are left out."""

    low: float = -math.inf
    high: float = math.inf
    low_open: bool = False
    high_open: bool = False

    @property
    def is_empty(self) -> bool:
        return self.low > self.high or (self.low == self.high and (self.low_open or self.high_open))

    def meet(self, other: _Range) -> _Range:
        low = max((self.low, self.low_open), (other.low, other.low_open))
        high = min((self.high, not self.high_open), (other.high, not other.high_open))
        return _Range(low[0], high[0], low[1], not high[1])


def contradictions(rule: Node, vocabulary: object = None) -> list[Problem]:
    """A warning for every part of the rule that no profile can ever meet."""
    del vocabulary
    problems: list[Problem] = []
    for node in walk(rule):
        if isinstance(node, Compare | Between):
            problems.extend(_out_of_range(node))
        elif isinstance(node, And):
            problems.extend(_among(node.parts))
    return problems


def _out_of_range(rule: Compare | Between) -> Iterator[Problem]:
    """``count(a) < 0``, ``hour(time) = 24``."""
    for value, wanted in _ranges(rule):
        possible = _possible(value)
        if possible is not None and possible.meet(wanted).is_empty:
            low, high = possible.low, possible.high
            bounds = f"at least {low:g}" if math.isinf(high) else f"from {low:g} to {high:g}"
            yield _warning(f"never true: `{to_text(value)}` is {bounds}", rule)


def _among(parts: tuple[Rule, ...]) -> Iterator[Problem]:
    """``x > 5 and x < 3``; ``x = 'a' and x = 'b'``; ``did a and did not a``."""
    seen: set[Rule] = set()
    ranges: dict[Value, _Range] = {}
    texts: dict[Value, str] = {}
    for part in parts:
        if _opposite(part) in seen:
            yield _warning(f"never true together with its opposite: `{to_text(part)}`", part)
        seen.add(part)
        if isinstance(part, Compare | Between):
            for value, wanted in _ranges(part):
                before = ranges.get(value, _Range())
                ranges[value] = before.meet(wanted)
                if ranges[value].is_empty and not (before.is_empty or wanted.is_empty):
                    yield _warning(f"no `{to_text(value)}` meets all of this", part)
        if isinstance(part, Compare) and part.comparator is Comparator.EQUAL:
            right = part.right
            if isinstance(right, TextLiteral) and texts.setdefault(part.left, right.text) != (
                right.text
            ):
                yield _warning(f"`{to_text(part.left)}` cannot equal two texts at once", part)


def _opposite(rule: Rule) -> Rule:
    match rule:
        case Did() | InSegment():
            return replace(rule, negated=not rule.negated)
        case Not(part):
            return part
        case _:
            return Not(rule)


def _ranges(rule: Compare | Between) -> Iterator[tuple[Value, _Range]]:
    """Which numbers (or exact durations) the rule leaves to which value."""
    if isinstance(rule, Between):
        low, high = _measure(rule.low), _measure(rule.high)
        if low is not None and high is not None and not rule.negated:
            yield rule.value, _Range(low, high)
        return
    value, comparator, measure = rule.left, rule.comparator, _measure(rule.right)
    if measure is None:
        value, measure = rule.right, _measure(rule.left)
        comparator = MIRRORED[comparator]
    if measure is None or _measure(value) is not None:
        return
    match comparator:
        case Comparator.EQUAL:
            yield value, _Range(measure, measure)
        case Comparator.GREATER | Comparator.AT_LEAST:
            yield value, _Range(low=measure, low_open=comparator is Comparator.GREATER)
        case Comparator.LESS | Comparator.AT_MOST:
            yield value, _Range(high=measure, high_open=comparator is Comparator.LESS)
        case Comparator.NOT_EQUAL:
            pass


def _measure(value: Value) -> float | None:
    match value:
        case NumberLiteral(number):
            return number
        case SpanLiteral(span) if not span.is_calendar:
            return float(span.microseconds)
        case _:
            return None


def _possible(value: Value) -> _Range | None:
    """The numbers a value can be at all, where that is certain."""
    match value:
        case Aggregate(function) if function in _COUNTS:
            return _Range(low=0)
        case Aggregate(function) if function is AggregateFunction.SHARE:
            return _Range(0, 1)
        case SequenceAggregate(AggregateFunction.COUNT) | HolidayDays():
            return _Range(low=0)
        case Rank(function):
            return _Range(*_RANKS[function])
        case TimePart(function):
            return _Range(*_TIMES[function])
        case _:
            return None


def _warning(message: str, node: Node) -> Problem:
    return Problem(message, node.place, None, "warning")
