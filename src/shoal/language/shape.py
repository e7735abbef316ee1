"""The shape of trees: their children, their depth, and what may stand where.

The parser and the JSON form both end here, so a tree that exists is a tree that can be written
down as text again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from typing import cast

from shoal.core.errors import Problem
from shoal.language.told import Told
from shoal.language.tree import (
    And,
    Arithmetic,
    Between,
    BooleanLiteral,
    Compare,
    HolidayDays,
    InList,
    InstantLiteral,
    IsSet,
    Node,
    Not,
    NumberLiteral,
    Or,
    PropertyValue,
    Selection,
    SpanLiteral,
    Step,
    TextLiteral,
    TextMatch,
    TimePart,
    TraitValue,
)

DEEPEST = 100
"""Levels of nesting a rule may have; people stop at five, and every reader may recurse safely."""

LITERALS = (NumberLiteral, TextLiteral, BooleanLiteral, SpanLiteral, InstantLiteral)
_OF_EVENT = (PropertyValue, TimePart, HolidayDays)
_CONDITION_VALUES = (*LITERALS, *_OF_EVENT, Arithmetic)
_CONDITION_RULES = (And, Or, Not, Compare, InList, Between, TextMatch, IsSet)


@cache
def _child_fields(kind: type[Node]) -> tuple[str, ...]:
    return tuple(
        item.name
        for item in fields(kind)
        if item.name != "place" and item.type not in {"str", "str | None", "bool", "float"}
    )


def children(node: Node) -> Iterator[Node]:
    """The nodes directly below, in the order of the text."""
    for name in _child_fields(type(node)):
        part = getattr(node, name)
        if isinstance(part, Node):
            yield part
        elif isinstance(part, tuple):
            yield from (item for item in cast("tuple[object, ...]", part) if isinstance(item, Node))


def walk(node: Node) -> Iterator[Node]:
    """The node and every node below it, parents first, in the order of the text."""
    waiting = [node]
    while waiting:
        current = waiting.pop()
        yield current
        waiting.extend(reversed(list(children(current))))


def misplaced(root: Node) -> list[Problem]:
    """What is too deep, and what stands inside ``where`` that must not, or outside it."""
    problems: list[Problem] = []
    waiting: list[tuple[Node, int, bool]] = [(root, 1, False)]
    while waiting:
        node, depth, inside = waiting.pop()
        if depth > DEEPEST:
            return [too_deep(node)]
        if inside:
            if complaint := condition_complaint(node):
                problems.append(complaint)
                continue
        elif isinstance(node, TimePart):
            problems.append(
                Problem(
                    Told("`{0}(time)` has no event to ask", node.function),
                    node.place,
                    Told("it stands inside `where`: count(order_completed where hour(time) >= 18)"),
                )
            )
        elif isinstance(node, HolidayDays):
            problems.append(
                Problem(
                    Told("`{0}(time)` has no event to ask", node.function),
                    node.place,
                    Told(
                        "it stands inside `where`; until(next_holiday()) and age(last_holiday()) "
                        "count from now"
                    ),
                )
            )
        elif isinstance(node, PropertyValue):
            problems.append(Problem(Told("a property stands inside `where` only"), node.place))
        where = node.where if isinstance(node, Selection | Step) else None
        waiting.extend((part, depth + 1, inside or part is where) for part in children(node))
    return problems


def condition_complaint(node: Node) -> Problem | None:
    """Why the node, looked at by itself, cannot be part of a ``where`` condition."""
    if isinstance(node, Compare | InList | Between | TextMatch | IsSet):
        if any(isinstance(below, _OF_EVENT) for below in _values_below(node)):
            return None
        return Problem(
            Told("this comparison in `where` names no property of the event"),
            node.place,
            Told(
                "compare a property, or hour(time), weekday(time), day(time), "
                "month(time), day_of_year(time), days_to_holiday(time), "
                "days_since_holiday(time)"
            ),
        )
    if isinstance(node, (*_CONDITION_RULES, *_CONDITION_VALUES)):
        return None
    return Problem(
        Told("`where` compares the event's own properties, with literals and with each other"),
        node.place,
        Told("put anything else outside, joined by `and`"),
    )


def is_condition(node: Node) -> bool:
    """True if everything in the node may stand in ``where`` (its names read as properties)."""
    return all(
        isinstance(below, TraitValue) or condition_complaint(_as_property(below)) is None
        for below in walk(node)
    )


def _as_property(node: Node) -> Node:
    return PropertyValue(node.name, place=node.place) if isinstance(node, TraitValue) else node


def _values_below(node: Node) -> Iterator[Node]:
    """As ``walk``, and a trait not yet known to be a property counts as one."""
    for below in walk(node):
        yield _as_property(below)


def depth(root: Node) -> int:
    """Levels of the tree."""
    deepest, waiting = 0, [(root, 1)]
    while waiting:
        node, level = waiting.pop()
        deepest = max(deepest, level)
        waiting.extend((part, level + 1) for part in children(node))
    return deepest


def too_deep(node: Node) -> Problem:
    """The problem of a tree that nobody can read."""
    return Problem(
        Told("this is nested more than {0} levels deep", DEEPEST),
        node.place,
        Told("give parts of it names, as segments or traits"),
    )
