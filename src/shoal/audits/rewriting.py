"""Trees with parts replaced, and the parts of a rule that can be looked at one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from typing import Any, TypeVar, cast

from shoal.language.tree import (
    And,
    BooleanLiteral,
    Case,
    InSegment,
    Node,
    Not,
    Or,
    Rule,
    TraitTruth,
    TraitValue,
    When,
)
from shoal.language.vocabulary import Vocabulary

AnyNode = TypeVar("AnyNode", bound=Node)
Change = Callable[[Node], Node | None]


def rewritten(node: AnyNode, change: Change) -> AnyNode:
    """The tree with every node that ``change`` gives another for replaced, parents first.

    What was put in is not looked at again.
    """
    found = change(node)
    if found is not None:
        return cast("AnyNode", found)
    changed: dict[str, Any] = {}
    for item in fields(node):
        part = getattr(node, item.name)
        if isinstance(part, Node):
            new: object = rewritten(part, change)
        elif isinstance(part, tuple):
            some = cast("tuple[object, ...]", part)
            other = tuple(rewritten(it, change) if isinstance(it, Node) else it for it in some)
            unchanged = all(a is b for a, b in zip(some, other, strict=True))
            new = some if unchanged else other
        else:
            continue
        if new is not part:
            changed[item.name] = new
    return replace(node, **changed) if changed else node


def without_each(rule: Rule) -> Iterator[tuple[Rule, Rule]]:
    """Each part of an ``and`` or ``or``, however deep, and the rule without it."""
    for group in _groups(rule):
        for index, part in enumerate(group.parts):
            rest = group.parts[:index] + group.parts[index + 1 :]
            smaller: Rule = rest[0] if len(rest) == 1 else replace(group, parts=rest)
            yield (
                part,
                rewritten(rule, lambda it, old=group, new=smaller: new if it is old else None),
            )


def _groups(rule: Rule) -> Iterator[And | Or]:
    match rule:
        case And(parts) | Or(parts):
            yield rule
            for part in parts:
                yield from _groups(part)
        case Not(part):
            yield from _groups(part)
        case _:
            return


def inlined(rule: Rule, vocabulary: Vocabulary) -> Rule:
    """The rule with computed traits and plainly named segments replaced by what they mean."""

    def change(node: Node) -> Node | None:  # noqa: PLR0911  one case per form
        match node:
            case TraitTruth(TraitValue(name)) | TraitValue(name):
                entry = vocabulary.traits.get(name)
                if entry is None or entry.value is None:
                    return None
                value = entry.value
                if isinstance(value, Rule):
                    if isinstance(node, TraitTruth):
                        return rewritten(value, change)
                    yes = When(value, BooleanLiteral(truth=True))
                    return rewritten(
                        Case((yes, When(Not(value), BooleanLiteral(truth=False)))), change
                    )
                inner = rewritten(value, change)
                return TraitTruth(inner) if isinstance(node, TraitTruth) else inner
            case InSegment(name, negated, None):
                entry = vocabulary.segments.get(name)
                if entry is None:
                    return None
                # a segment is true or false, never unknown
                yes = When(rewritten(entry.rule, change), BooleanLiteral(truth=True))
                inside = TraitTruth(Case((yes,), BooleanLiteral(truth=False)))
                return Not(inside) if negated else inside
            case _:
                return None

    return rewritten(rule, change)
