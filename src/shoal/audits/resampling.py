"""The cuts of ranked rules, drawn again as if other people had come.

``in top 20%`` is a comparison with a cut that the people themselves set. Draw as many people with
replacement, set the cut anew, ask who belongs now: the Jaccard of then and now says how far
membership hangs on who happened to be there (Hennig 2007, with the rule in the place of a
clustering). Of n drawn with replacement, the k-th smallest is the original value at place
floor(n·U), U the k-th of n uniform order statistics, so that a draw costs nothing: U is Beta.
Two ranks in one rule are drawn apart.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor

import numpy as np

from shoal.audits.facts import Numbers
from shoal.audits.rewriting import rewritten
from shoal.core.instants import format_instant
from shoal.core.spans import Span
from shoal.language import value_type
from shoal.language.tree import (
    And,
    Case,
    Comparator,
    Compare,
    Everyone,
    InstantLiteral,
    InTop,
    IsSet,
    Literal,
    Node,
    NumberLiteral,
    Rank,
    RankFunction,
    Rule,
    SpanLiteral,
    Value,
    When,
)
from shoal.language.vocabulary import ValueType, Vocabulary

DRAWS = 20
STABLE, FIRM = 0.75, 0.85
"""Hennig's bounds: a Jaccard above them is a stable, a highly stable group."""
_STEPS = {RankFunction.QUINTILE: 5, RankFunction.DECILE: 10}
_UP = {Comparator.AT_LEAST, Comparator.LESS}


@dataclass(frozen=True, slots=True)
class Ranked:
    """A rank as it stands in a rule: a share or steps, or the comparison of a percentile."""

    node: InTop | Rank | Compare

    @property
    def rank(self) -> InTop | Rank:
        """The rank itself."""
        if isinstance(self.node, Compare):
            assert isinstance(self.node.left, Rank)
            return self.node.left
        return self.node

    @property
    def scope(self) -> Rule:
        """Among whom it ranks."""
        return self.rank.scope or Everyone()


def ranks_in(rule: Rule) -> tuple[Ranked, ...] | None:
    """The outermost ranks of a rule; None if one of them cannot be drawn again."""
    found: dict[Node, Ranked] = {}
    hopeless = False

    def look(node: Node) -> Node | None:
        nonlocal hopeless
        if isinstance(node, InTop) or (isinstance(node, Rank) and node.function in _STEPS):
            found[node] = Ranked(node)
            return node
        if isinstance(node, Compare) and _is_percentile(node):
            found[node] = Ranked(node)
            return node
        if isinstance(node, Rank):
            hopeless = True
            return node
        return None

    rewritten(rule, look)
    return None if hopeless else tuple(found.values())


def _is_percentile(node: Compare) -> bool:
    return (
        isinstance(node.left, Rank)
        and node.left.function is RankFunction.PERCENTILE
        and isinstance(node.right, NumberLiteral)
        and node.comparator not in {Comparator.EQUAL, Comparator.NOT_EQUAL}
    )


def drawn_cuts(ranked: Ranked, values: Numbers, draws: int, seed: int) -> Numbers | None:
    """Cuts of ``draws`` samples drawn with replacement: one row each; None where nobody is ranked.

    ``values`` are those of the people in scope, set.
    """
    size = len(values)
    places = [place for place in cut_places(ranked, size) if 0 <= place < size]
    if not places or len(places) != len(cut_places(ranked, size)):
        return None
    order = np.random.default_rng(seed)
    # gaps between uniform order statistics are Dirichlet: gamma variables over their sum
    bounds = [0, *(place + 1 for place in places), size + 1]
    gaps = order.gamma(np.diff(bounds).clip(min=1e-12), size=(draws, len(places) + 1))
    uniform = np.cumsum(gaps, axis=1)[:, :-1] / gaps.sum(axis=1, keepdims=True)
    chosen = np.minimum((uniform * size).astype(np.int64), size - 1)
    wanted = np.unique(chosen)
    return np.partition(values, wanted)[chosen]


def cut_places(ranked: Ranked, size: int) -> list[int]:
    """Where the cuts stand among ``size`` values in ascending order."""
    node = ranked.node
    if isinstance(node, InTop):
        count = min(ceil(Fraction(repr(node.share)) * size), size)
        return [count - 1 if node.bottom else size - count]
    if isinstance(node, Rank):
        steps = _STEPS[node.function]
        return sorted({step * size // steps for step in range(1, steps)})
    assert isinstance(node.right, NumberLiteral)
    part = Fraction(repr(node.right.number)) * size / 100
    return [ceil(part) - 1 if node.comparator in _UP else floor(part)]


def with_cuts(rule: Rule, cuts: Mapping[Ranked, Numbers], vocabulary: Vocabulary) -> Rule:
    """The rule with its ranks replaced by comparisons with these cuts."""
    known = {ranked.node: found for ranked, found in cuts.items()}

    def change(node: Node) -> Node | None:
        found = known.get(node) if isinstance(node, InTop | Rank | Compare) else None
        if found is None:
            return None
        return _compared(Ranked(node), found, vocabulary)  # pyright: ignore[reportArgumentType]

    return rewritten(rule, change)


def _compared(ranked: Ranked, cuts: Numbers, vocabulary: Vocabulary) -> Rule | Value:
    node, rank = ranked.node, ranked.rank
    kind = value_type(rank.value, vocabulary)
    literals = [_literal(float(cut), kind) for cut in cuts]
    if isinstance(node, Rank):
        steps = [Compare(rank.value, Comparator.AT_LEAST, it) for it in literals]
        whens = [
            When(And((ranked.scope, step)), NumberLiteral(float(number)))
            for number, step in reversed(list(enumerate(steps, start=2)))
        ]
        lowest = When(And((ranked.scope, IsSet(rank.value))), NumberLiteral(1.0))
        return Case((*whens, lowest))
    if isinstance(node, InTop):
        comparator = Comparator.AT_MOST if node.bottom else Comparator.AT_LEAST
    elif node.comparator in {Comparator.AT_LEAST, Comparator.GREATER}:
        comparator = Comparator.AT_LEAST
    else:
        comparator = Comparator.LESS
    return And((ranked.scope, Compare(rank.value, comparator, literals[0])))


def _literal(cut: float, kind: ValueType) -> Literal:
    if kind is ValueType.SPAN:
        return SpanLiteral(Span(round(cut / 1e6), "s"))
    if kind is ValueType.INSTANT:
        return InstantLiteral(format_instant(round(cut)))
    return NumberLiteral(cut)
