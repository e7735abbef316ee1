# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911
"""``not`` carried down to the leaves: three-valued logic keeps De Morgan's laws."""

from __future__ import annotations

from dataclasses import replace

from shoal.language.tree import (
    And,
    Between,
    Comparator,
    Compare,
    Did,
    Everyone,
    Has,
    InList,
    InSegment,
    IsSet,
    Nobody,
    Not,
    Or,
    Rule,
    TextMatch,
)

OPPOSITES = {
    Comparator.EQUAL: Comparator.NOT_EQUAL,
    Comparator.NOT_EQUAL: Comparator.EQUAL,
    Comparator.GREATER: Comparator.AT_MOST,
    Comparator.AT_MOST: Comparator.GREATER,
    Comparator.LESS: Comparator.AT_LEAST,
    Comparator.AT_LEAST: Comparator.LESS,
}
"""The comparator that says the contrary."""
MIRRORED = {
    Comparator.EQUAL: Comparator.EQUAL,
    Comparator.NOT_EQUAL: Comparator.NOT_EQUAL,
    Comparator.GREATER: Comparator.LESS,
    Comparator.AT_LEAST: Comparator.AT_MOST,
    Comparator.LESS: Comparator.GREATER,
    Comparator.AT_MOST: Comparator.AT_LEAST,
}
"""The comparator that says the same with its sides exchanged."""


def without_not(rule: Rule) -> Rule:
    """The same rule with ``not`` only where a leaf has no opposite form; flat."""
    match rule:
        case Not(part):
            return _opposite(part)
        case And(parts):
            return _flat(And, tuple(map(without_not, parts)))
        case Or(parts):
            return _flat(Or, tuple(map(without_not, parts)))
        case _:
            return rule


def _opposite(rule: Rule) -> Rule:
    match rule:
        case Not(part):
            return without_not(part)
        case And(parts):
            return _flat(Or, tuple(map(_opposite, parts)))
        case Or(parts):
            return _flat(And, tuple(map(_opposite, parts)))
        case Compare(comparator=comparator):
            return replace(rule, comparator=OPPOSITES[comparator])
        case Did() | InSegment() | InList() | Between() | TextMatch() | Has() | IsSet():
            return replace(rule, negated=not rule.negated)
        case Everyone():
            return Nobody()
        case Nobody():
            return Everyone()
        case _:
            return Not(rule)


def _flat(kind: type[And | Or], parts: tuple[Rule, ...]) -> Rule:
    return kind(
        tuple(
            inner for part in parts for inner in (part.parts if isinstance(part, kind) else (part,))
        )
    )
