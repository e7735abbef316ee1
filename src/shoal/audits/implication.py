# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911
"""Whether one condition follows from another: only where it is simple and certain.

Whoever meets ``count(order_completed in last 7d) >= 3`` also meets ``did order_completed in last
30d``. A False here only says that it was not seen.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from shoal.language.interval import Interval, interval_of
from shoal.language.tree import (
    Age,
    Aggregate,
    AggregateFunction,
    And,
    Between,
    BetweenAgo,
    Comparator,
    Compare,
    Did,
    Ever,
    Everyone,
    Has,
    InLast,
    InList,
    InNext,
    InSegment,
    InTop,
    IsSet,
    Nobody,
    Or,
    Rule,
    Selection,
    Since,
    TextLiteral,
    TextMatch,
    TraitValue,
    Value,
    Window,
)
from shoal.language.vocabulary import Vocabulary

_NEVER_UNSET = {
    AggregateFunction.COUNT,
    AggregateFunction.DAYS,
    AggregateFunction.DISTINCT,
    AggregateFunction.SUM,
}
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class HowOften:
    """That a selection holds at least, or at most, so many events.

    ``exact`` if the condition says just that; else it says more.
    """

    selection: Selection
    least: float = 0
    most: float = math.inf
    exact: bool = False


def implies(one: Rule, other: Rule, vocabulary: Vocabulary, depth: int = 0) -> bool:
    """Whether the other is true for everybody for whom the one is.

    >>> from shoal.language import parse_rule
    >>> implies(parse_rule("count(a) >= 3"), parse_rule("did a"), Vocabulary())
    True
    """
    if depth > _DEEPEST:
        return False
    if one == other or isinstance(one, Nobody) or isinstance(other, Everyone):
        return True
    match one, other:
        case Or(parts), _:
            return all(implies(part, other, vocabulary, depth + 1) for part in parts)
        case _, And(parts):
            return all(implies(one, part, vocabulary, depth + 1) for part in parts)
        case And(parts), _ if any(implies(it, other, vocabulary, depth + 1) for it in parts):
            return True
        case _, Or(parts):
            return any(implies(one, part, vocabulary, depth + 1) for part in parts)
        case InSegment(name, False), InSegment(wanted, False, None) if name == wanted:
            return True
        case InSegment(name, False), _ if name in vocabulary.segments:
            return implies(vocabulary.segments[name].rule, other, vocabulary, depth + 1)
        case _, InSegment(name, False, None) if name in vocabulary.segments:
            return implies(one, vocabulary.segments[name].rule, vocabulary, depth + 1)
        case _:
            return _leaf_implies(one, other, vocabulary)


def _leaf_implies(one: Rule, other: Rule, vocabulary: Vocabulary) -> bool:
    if isinstance(other, IsSet) and not other.negated:
        return _plain(other.value, vocabulary) in _compared_values(one, vocabulary)
    mine, wanted = _asked(one, vocabulary), _asked(other, vocabulary)
    if mine and wanted and mine[0] == wanted[0] and mine[1].within(wanted[1]):
        return True
    if _texts_within(one, other):
        return True
    often, least = how_often(one, vocabulary), how_often(other, vocabulary)
    if often is None or least is None or not least.exact:
        return False
    if least.least > 0 and math.isinf(least.most):
        return often.least >= least.least and _narrower(often.selection, least.selection)
    if least.least <= 0 and not math.isinf(least.most):
        return often.most <= least.most and _narrower(least.selection, often.selection)
    return False


def _asked(rule: Rule, vocabulary: Vocabulary) -> tuple[Value, Interval] | None:
    """The value a comparison is about, by its definition, and the numbers it leaves to it."""
    found = interval_of(rule)
    return None if found is None else (_plain(found[0], vocabulary), found[1])


def how_often(rule: Rule, vocabulary: Vocabulary) -> HowOften | None:
    """What a condition says about how often something happened."""
    if isinstance(rule, Did):
        selection = _events(rule.selection)
        if rule.negated:
            return HowOften(selection, most=0, exact=True)
        return HowOften(selection, 1, exact=True)
    found = _asked(rule, vocabulary)
    if found is None:
        for value in _compared_values(rule, vocabulary):
            if isinstance(value, Aggregate) and value.function not in _NEVER_UNSET:
                return HowOften(_events(value.selection), 1)
        return None
    value, interval = found
    if isinstance(value, Age) and isinstance(value.value, Aggregate):
        return _since_last(value.value, interval)
    if not isinstance(value, Aggregate):
        return None
    selection = _events(value.selection)
    if value.function is AggregateFunction.COUNT:
        return HowOften(selection, _ceiling(interval), _floor(interval), exact=True)
    if value.function in _NEVER_UNSET:  # days, distinct, sum: nothing without an event
        least = 0.0
        if interval.low > 0 or (interval.low == 0 and interval.low_open):
            least = 1.0
            if value.function is not AggregateFunction.SUM:
                least = _ceiling(interval)
        return HowOften(selection, least) if least else None
    return HowOften(selection, 1)


def _since_last(value: Aggregate, interval: Interval) -> HowOften:
    """``age(last(a)) < 30d`` is ``did a in last 30d``, where a has no window of its own."""
    selection = _events(value.selection)
    # the window is open at its far end, so "less than" is exact and "at most" is not
    exact = interval.high_open and not math.isinf(interval.high) and interval.high % 1e6 == 0
    if selection.window is not None or value.function is not AggregateFunction.LAST or not exact:
        return HowOften(selection, 1)
    from shoal.core.spans import Span

    window = InLast(Span(int(interval.high // 1e6), "s"))
    return HowOften(Selection(selection.event, None, selection.where, window), 1, exact=True)


def _events(selection: Selection) -> Selection:
    """The selection without its property, and with no word where the window is all time."""
    window = None if isinstance(selection.window, Ever) else selection.window
    return Selection(selection.event, None, selection.where, window)


def _ceiling(interval: Interval) -> float:
    if math.isinf(interval.low):
        return 0
    found = math.ceil(interval.low)
    return found + 1 if interval.low_open and found == interval.low else max(found, 0)


def _floor(interval: Interval) -> float:
    if math.isinf(interval.high):
        return math.inf
    found = math.floor(interval.high)
    return found - 1 if interval.high_open and found == interval.high else found


def _narrower(one: Selection, other: Selection) -> bool:
    """Whether every event of the one is an event of the other."""
    names, wanted = set(one.event.names), set(other.event.names)
    same = names <= wanted if names and wanted else names == wanted
    return same and _where_within(one.where, other.where) and _earlier(one.window, other.window)


def _where_within(one: Rule | None, other: Rule | None) -> bool:
    if other is None or one == other:
        return True
    return one is not None and implies(one, other, Vocabulary())


def _earlier(one: Window | None, other: Window | None) -> bool:
    """Whether the one window lies inside the other."""
    if isinstance(one, InNext) or isinstance(other, InNext):
        return one == other
    if one == other or other is None or isinstance(other, Ever):
        return True
    match one, other:
        case InLast(mine), InLast(wanted):
            return _shorter(mine.microseconds, mine.months, wanted.microseconds, wanted.months)
        case BetweenAgo(mine, _), InLast(wanted):
            return _shorter(mine.microseconds, mine.months, wanted.microseconds, wanted.months)
        case BetweenAgo(older, newer), BetweenAgo(old, new):
            return _shorter(
                older.microseconds, older.months, old.microseconds, old.months
            ) and _shorter(new.microseconds, new.months, newer.microseconds, newer.months)
        case Since(mine), Since(wanted):
            return len(mine.text) == len(wanted.text) == 10 and mine.text >= wanted.text
        case _:
            return False


def _shorter(mine: int, months: int, wanted: int, wanted_months: int) -> bool:
    """Exact spans compare with exact ones, calendar ones with calendar ones."""
    return bool(months) == bool(wanted_months) and (mine, months) <= (wanted, wanted_months)


def _texts_within(one: Rule, other: Rule) -> bool:
    mine, wanted = _texts(one), _texts(other)
    return mine is not None and wanted is not None and mine[0] == wanted[0] and mine[1] <= wanted[1]


def _texts(rule: Rule) -> tuple[Value, frozenset[str]] | None:
    """The value, and the texts it may be."""
    if isinstance(rule, Compare) and rule.comparator is Comparator.EQUAL:
        if isinstance(rule.right, TextLiteral):
            return rule.left, frozenset([rule.right.text])
        return None
    if isinstance(rule, InList) and not rule.negated:
        texts = [it.text for it in rule.literals if isinstance(it, TextLiteral)]
        return (rule.value, frozenset(texts)) if len(texts) == len(rule.literals) else None
    return None


def _compared_values(rule: Rule, vocabulary: Vocabulary) -> list[Value]:
    """Values that must be set for the rule to be true."""
    match rule:
        case Compare(left, _, right):
            found = [left, right]
        case Between(value, low, high):
            found = [value, low, high]
        case InList(value) | TextMatch(value) | Has(value) | InTop(value):
            found = [value]
        case IsSet(value, False):
            found = [value]
        case _:
            return []
    plain = [_plain(it, vocabulary) for it in found]
    return [*plain, *(it.value for it in plain if isinstance(it, Age))]


def _plain(value: Value, vocabulary: Vocabulary) -> Value:
    """A computed trait as what it is computed from; no word where the window is all time."""
    seen = 0
    while isinstance(value, TraitValue) and seen < _DEEPEST:
        entry = vocabulary.traits.get(value.name)
        if entry is None or entry.value is None or isinstance(entry.value, Rule):
            break
        value, seen = entry.value, seen + 1
    return value
