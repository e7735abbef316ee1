"""A rule with one of its numbers moved a little: how arbitrary is the threshold?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from shoal.audits.rewriting import rewritten
from shoal.core.spans import MICROSECONDS, Span
from shoal.language import to_text
from shoal.language.shape import walk
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    Comparator,
    Compare,
    Did,
    InLast,
    NumberLiteral,
    Rank,
    Rule,
    SpanLiteral,
    TimePart,
)

TENTH = 0.1
MOST = 16
_COUNTS = {AggregateFunction.COUNT, AggregateFunction.DAYS, AggregateFunction.DISTINCT}
_MOVABLE = {Comparator.AT_LEAST, Comparator.GREATER, Comparator.AT_MOST, Comparator.LESS}


@dataclass(frozen=True, slots=True)
class Nudged:
    """A condition, the number in it that is moved and to what, and the whole rule with that."""

    text: str
    number: str
    to: str
    rule: Rule


def nudged(rule: Rule) -> list[Nudged]:
    """The rule with each threshold and each window moved down and up by about a tenth."""
    found: list[Nudged] = []
    for node in dict.fromkeys(walk(rule)):
        if not isinstance(node, Did | Compare):
            continue
        for number, to, other in _moved(node):
            changed = rewritten(rule, lambda it, old=node, new=other: new if it == old else None)
            found.append(Nudged(to_text(node), number, to, changed))
    return found[:MOST]


def _moved(node: Did | Compare) -> Iterator[tuple[str, str, Rule]]:
    """The number as it stands, what it becomes, and the condition with that."""
    if (
        isinstance(node, Compare)
        and node.comparator in _MOVABLE
        and not isinstance(node.left, Rank)
    ):
        yield from _thresholds(node)
    holder = node if isinstance(node, Did) else node.left
    selection = holder.selection if isinstance(holder, Did | Aggregate) else None
    if selection is None or not isinstance(selection.window, InLast):
        return
    for span in _spans(selection.window.span):
        changed = replace(selection, window=InLast(span))
        names = str(selection.window.span), str(span)
        if isinstance(node, Did):
            yield (*names, replace(node, selection=changed))
        else:
            assert isinstance(node.left, Aggregate)
            yield (*names, replace(node, left=replace(node.left, selection=changed)))


def _thresholds(node: Compare) -> Iterator[tuple[str, str, Rule]]:
    right = node.right
    if isinstance(right, SpanLiteral):
        for span in _spans(right.span):
            yield str(right.span), str(span), replace(node, right=SpanLiteral(span))
    if not isinstance(right, NumberLiteral) or right.number == 0:
        return
    number, left = right.number, node.left
    if isinstance(left, TimePart):
        step = 1.0
    elif isinstance(left, Aggregate) and left.function in _COUNTS and number.is_integer():
        step = max(1.0, float(round(abs(number) * TENTH)))
    else:
        step = abs(number) * TENTH
    for moved in (number - step, number + step):
        shown = float(f"{moved:.6g}")
        if shown > 0 or number < 0:
            literal = replace(right, number=shown)
            yield to_text(right), to_text(literal), replace(node, right=literal)


def _spans(span: Span) -> Iterator[Span]:
    if span.is_calendar:
        months = span.months
        step = max(1, round(months * TENTH))
        for moved in (months - step, months + step):
            if moved > 0:
                yield Span(moved, "mo")
        return
    for factor in (1 - TENTH, 1 + TENTH):
        yield _readable(round(span.microseconds * factor))


def _readable(microseconds: int) -> Span:
    """A span of that length, in the largest unit that loses at most a fiftieth of it."""
    for unit in ("d", "h", "m"):
        count = round(microseconds / MICROSECONDS[unit])
        if count and abs(count * MICROSECONDS[unit] - microseconds) <= microseconds / 50:
            return Span(count, unit)
    return Span(max(1, round(microseconds / MICROSECONDS["s"])), "s")
