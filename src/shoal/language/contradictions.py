"""What can never be true, or always is: only where it is simple and certain."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

from shoal.core.errors import Problem
from shoal.language.interval import Interval, interval_of
from shoal.language.shape import walk
from shoal.language.text import to_text
from shoal.language.told import Figure, Told
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
    Rank,
    RankFunction,
    Rule,
    SequenceAggregate,
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
    asked = interval_of(rule)
    if asked is not None:
        value, wanted = asked
        possible = _possible(value)
        if possible is not None and possible.meet(wanted).is_empty:
            low, high = possible.low, possible.high
            bounds = (
                Told("at least {0}", Figure(low, "g"))
                if math.isinf(high)
                else Told("from {0} to {1}", Figure(low, "g"), Figure(high, "g"))
            )
            yield _warning(Told("never true: `{0}` is {1}", to_text(value), bounds), rule)


def _among(parts: tuple[Rule, ...]) -> Iterator[Problem]:
    """``x > 5 and x < 3``; ``x = 'a' and x = 'b'``; ``did a and did not a``."""
    seen: set[Rule] = set()
    ranges: dict[Value, Interval] = {}
    texts: dict[Value, str] = {}
    for part in parts:
        if _opposite(part) in seen:
            yield _warning(
                Told("never true together with its opposite: `{0}`", to_text(part)), part
            )
        seen.add(part)
        if isinstance(part, Compare | Between):
            asked = interval_of(part)
            if asked is not None:
                value, wanted = asked
                before = ranges.get(value, Interval())
                ranges[value] = before.meet(wanted)
                if ranges[value].is_empty and not (before.is_empty or wanted.is_empty):
                    yield _warning(Told("no `{0}` meets all of this", to_text(value)), part)
        if isinstance(part, Compare) and part.comparator is Comparator.EQUAL:
            right = part.right
            if isinstance(right, TextLiteral) and texts.setdefault(part.left, right.text) != (
                right.text
            ):
                yield _warning(
                    Told("`{0}` cannot equal two texts at once", to_text(part.left)), part
                )


def _opposite(rule: Rule) -> Rule:
    match rule:
        case Did() | InSegment():
            return replace(rule, negated=not rule.negated)
        case Not(part):
            return part
        case _:
            return Not(rule)


def _possible(value: Value) -> Interval | None:
    """The numbers a value can be at all, where that is certain."""
    match value:
        case Aggregate(function) if function in _COUNTS:
            return Interval(low=0)
        case Aggregate(function) if function is AggregateFunction.SHARE:
            return Interval(0, 1)
        case SequenceAggregate(AggregateFunction.COUNT) | HolidayDays():
            return Interval(low=0)
        case Rank(function):
            return Interval(*_RANKS[function])
        case TimePart(function):
            return Interval(*_TIMES[function])
        case _:
            return None


def _warning(message: str, node: Node) -> Problem:
    return Problem(message, node.place, None, "warning")
