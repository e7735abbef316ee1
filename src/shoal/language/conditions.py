# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911
"""What belongs to ``where``: comparisons over the event's own properties, gathered and retyped.

``did a where x = 1 and y > 2 in last 7d and did b``: the chain holds four operands. Those after
the open ``where`` join it until a window closes it or one is no condition; what is left is the
rule.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar, cast

from shoal.core.errors import Problem
from shoal.language.shape import DEEPEST, condition_complaint, depth, is_condition, too_deep, walk
from shoal.language.tree import (
    And,
    Arithmetic,
    Between,
    Compare,
    Condition,
    InList,
    IsSet,
    Node,
    Not,
    Or,
    PropertyValue,
    Rule,
    TextMatch,
    TraitValue,
)

Part = TypeVar("Part", bound=Node)


def as_condition(node: Node) -> Condition | None:
    """The node with its bare names read as properties; None if it is no condition."""
    if isinstance(node, And | Or | Not | Compare | InList | Between | TextMatch | IsSet) and (
        depth(node) <= DEEPEST and is_condition(node)
    ):
        return as_properties(node)
    return None


def as_properties(node: Part) -> Part:
    """The same tree with every bare name read as a property of the event."""
    match node:
        case TraitValue(name):
            return cast("Part", PropertyValue(name, place=node.place))
        case And(parts) | Or(parts):
            return replace(node, parts=tuple(as_properties(part) for part in parts))
        case Not(part):
            return replace(node, part=as_properties(part))
        case Compare(left, _, right) | Arithmetic(_, left, right):
            return replace(node, left=as_properties(left), right=as_properties(right))
        case Between(value, low, high):
            return replace(
                node,
                value=as_properties(value),
                low=as_properties(low),
                high=as_properties(high),
            )
        case InList(value) | TextMatch(value) | IsSet(value):
            return replace(node, value=as_properties(value))
        case _:
            return node


def first_complaint(rule: Rule) -> Problem:
    """Why a rule is no condition, at the first part to blame."""
    if depth(rule) > DEEPEST:
        return too_deep(rule)
    complaints = [
        (isinstance(node, Compare | InList | Between | TextMatch | IsSet), complaint)
        for node in walk(as_properties(rule))
        if (complaint := condition_complaint(node))
    ]
    return min(complaints, key=lambda told: told[0])[1]
