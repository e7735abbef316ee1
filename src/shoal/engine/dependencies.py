# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911, PLR0912
"""What questions depend on: their parts, the ranks they need, the segments they look back on."""

from __future__ import annotations

from collections.abc import Iterable

from shoal.core.spans import Span
from shoal.language import tree
from shoal.language.tree import Rule, Value
from shoal.language.vocabulary import Vocabulary


def rank_nodes(
    questions: Iterable[Rule | Value], vocabulary: Vocabulary
) -> list[tree.Rank | tree.InTop]:
    """Every rank the questions depend on, each after those its own operand and scope need."""
    found: dict[tree.Rank | tree.InTop, None] = {}
    seen: set[tree.Node] = set()
    names: set[str] = set()

    def walk(node: tree.Node) -> None:
        if node in seen:
            return
        seen.add(node)
        for child in children(node, vocabulary, names):
            walk(child)
        if isinstance(node, tree.Rank | tree.InTop):
            found[node] = None

    for question in questions:
        walk(question)
    return list(found)


def changes_read(questions: Iterable[Rule | Value], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Segments whose past changes the questions read, dependencies first."""
    found: dict[str, None] = {}
    seen: set[tree.Node] = set()

    def walk(node: tree.Node) -> None:
        if node in seen:
            return
        seen.add(node)
        for child in children(node, vocabulary):
            walk(child)
        past = past_window(node)
        if past is not None:
            found[past[0]] = None

    for question in questions:
        walk(question)
    return tuple(found)


def past_window(node: tree.Node) -> tuple[str, tree.Window] | None:
    """The segment whose past changes a node reads, and the window it reads them in."""
    match node:
        case tree.Changed(name=name, window=window):
            return name, window
        case tree.InSegment(name=name, at_least=Span() as at_least):
            return name, tree.InLast(at_least)
        case _:
            return None


def children(
    node: tree.Node, vocabulary: Vocabulary, names: set[str] | None = None
) -> Iterable[tree.Node]:
    """Direct parts of a node that are rules or values; named traits and segments included."""
    names = set() if names is None else names
    match node:
        case tree.And(parts=parts) | tree.Or(parts=parts):
            return parts
        case tree.Not(part=part):
            return (part,)
        case tree.Compare(left=left, right=right) | tree.Arithmetic(left=left, right=right):
            return (left, right)
        case tree.Between(value=value, low=low, high=high):
            return (value, low, high)
        case tree.InTop(value=value, scope=scope) | tree.Rank(value=value, scope=scope):
            return (value,) if scope is None else (value, scope)
        case (
            tree.InList(value=value) | tree.TextMatch(value=value) | tree.IsSet(value=value)
            | tree.TraitTruth(value=value) | tree.Has(value=value) | tree.Age(value=value)
            | tree.Until(value=value) | tree.Anniversary(value=value)
        ):  # fmt: skip
            return (value,)
        case tree.Coalesce(first=first, second=second):
            return (first, second)
        case tree.Case(whens=whens, otherwise=otherwise):
            parts = tuple(part for when in whens for part in (when.rule, when.value))
            return parts if otherwise is None else (*parts, otherwise)
        case tree.InSegment(name=name) | tree.Changed(name=name):
            entry = vocabulary.segments.get(name)
            if entry is None or f"segment {name}" in names:
                return ()
            names.add(f"segment {name}")
            return (entry.rule,)
        case tree.TraitValue(name=name):
            trait = vocabulary.traits.get(name)
            if trait is None or trait.value is None or f"trait {name}" in names:
                return ()
            names.add(f"trait {name}")
            return (trait.value,)
        case _:
            return ()
