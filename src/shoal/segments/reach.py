"""What a rule speaks of: its parts, the definitions it uses, and whether other people decide."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass, replace
from typing import TypeVar, cast

from shoal.core.instants import SECOND
from shoal.core.spans import Span
from shoal.language import value_type
from shoal.language.shape import walk
from shoal.language.tree import (
    And,
    Changed,
    Comparator,
    Compare,
    InSegment,
    InTop,
    Node,
    Not,
    NumberLiteral,
    Rank,
    Rule,
    SpanLiteral,
    TraitTruth,
    TraitValue,
    Value,
)
from shoal.language.vocabulary import TraitEntry, ValueType, Vocabulary

AnyNode = TypeVar("AnyNode", bound=Node)


def reached(node: Node, vocabulary: Vocabulary) -> Iterator[Node]:
    """The node and everything inside it, the definitions it names included, each once."""
    seen: set[tuple[str, str]] = set()

    def visit(part: Node) -> Iterator[Node]:
        for inner in walk(part):
            yield inner
            definition = _definition(inner, vocabulary)
            if definition is not None and definition[0] not in seen:
                seen.add(definition[0])
                yield from visit(definition[1])

    yield from visit(node)


def reads_alike(node: Node, one: Vocabulary, other: Vocabulary) -> bool:
    """Whether whatever the node names, and what that names, is defined alike in two vocabularies."""
    return all(_definition(part, one) == _definition(part, other) for part in reached(node, one))


def named(node: Node) -> list[str]:
    """The segments a definition names itself, each once."""
    names = (part.name for part in walk(node) if isinstance(part, InSegment | Changed))
    return list(dict.fromkeys(names))


def others_decide(node: Node, vocabulary: Vocabulary) -> bool:
    """Whether the answer for one person depends on other people: it ranks them."""
    return any(isinstance(part, InTop | Rank) for part in reached(node, vocabulary))


Cut = Callable[[InTop], float | None]
"""The value from which on one is in the top, where it is known."""


def no_cut(_: InTop) -> float | None:
    """Ranks are left as they are."""
    return None


def expanded(rule: Rule, vocabulary: Vocabulary, cut: Cut = no_cut) -> Rule:
    """The rule with computed traits and plain ``in segment`` replaced by their definitions.

    A share with a known cut is replaced by the comparison with it that holds now.
    """
    return cast(Rule, _expanded(rule, vocabulary, cut))


def trait_of(node: Node, vocabulary: Vocabulary) -> TraitEntry | None:
    """The computed trait a node names, if it names one."""
    if isinstance(node, TraitValue):
        entry = vocabulary.traits.get(node.name)
        return entry if entry is not None and entry.value is not None else None
    return None


def _definition(node: Node, vocabulary: Vocabulary) -> tuple[tuple[str, str], Node] | None:
    if isinstance(node, InSegment | Changed):
        segment = vocabulary.segments.get(node.name)
        return (("segment", node.name), segment.rule) if segment else None
    trait = trait_of(node, vocabulary)
    if trait is not None and trait.value is not None:
        return ("trait", trait.name), trait.value
    return None


def _expanded(  # noqa: PLR0911  one case per form
    node: Node, vocabulary: Vocabulary, cut: Cut
) -> Node:
    match node:
        case InSegment(at_least=None) if node.name in vocabulary.segments:
            inside = expanded(vocabulary.segments[node.name].rule, vocabulary, cut)
            return Not(part=inside) if node.negated else inside
        case TraitTruth(value=TraitValue() as named):
            trait = trait_of(named, vocabulary)
            if trait is not None and trait.value is not None:
                inside = _expanded(trait.value, vocabulary, cut)
                return inside if _is_rule(inside) else TraitTruth(value=cast(Value, inside))
            return node
        case InTop():
            return _compared(node, vocabulary, cut)
        case TraitValue():
            trait = trait_of(node, vocabulary)
            if trait is not None and trait.value is not None and not _is_rule(trait.value):
                return _expanded(trait.value, vocabulary, cut)
            return node
        case _:
            return _rebuilt(node, vocabulary, cut)


def _rebuilt(node: AnyNode, vocabulary: Vocabulary, cut: Cut) -> AnyNode:
    assert is_dataclass(node)
    changes: dict[str, object] = {}
    for item in fields(node):
        value: object = getattr(node, item.name)
        if isinstance(value, Node):
            changes[item.name] = _expanded(value, vocabulary, cut)
        elif isinstance(value, tuple):
            changes[item.name] = tuple(
                _expanded(part, vocabulary, cut) if isinstance(part, Node) else part
                for part in cast("tuple[object, ...]", value)
            )
    return cast(AnyNode, replace(node, **changes))


def _compared(node: InTop, vocabulary: Vocabulary, cut: Cut) -> Node:
    """A share as the comparison with its cut, inside its scope."""
    limit = cut(node)
    if limit is None:
        return _rebuilt(node, vocabulary, cut)
    comparator = Comparator.AT_MOST if node.bottom else Comparator.AT_LEAST
    value = cast(Value, _expanded(node.value, vocabulary, cut))
    literal = (
        SpanLiteral(Span(int(limit // SECOND), "s"))
        if value_type(node.value, vocabulary) is ValueType.SPAN
        else NumberLiteral(limit)
    )
    inside = Compare(value, comparator, literal)
    return inside if node.scope is None else And((expanded(node.scope, vocabulary, cut), inside))


def _is_rule(node: Node) -> bool:
    return isinstance(node, Rule)
