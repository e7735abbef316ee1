"""What is odd about a rule as it is written: from its tree alone, before any data is asked."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import permutations

from shoal.audits.implication import implies
from shoal.language import to_text
from shoal.language.contradictions import contradictions
from shoal.language.negation import without_not
from shoal.language.shape import walk
from shoal.language.told import Told
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    And,
    Between,
    Comparator,
    Compare,
    Did,
    Has,
    InList,
    IsSet,
    Not,
    Or,
    PropertyValue,
    Rule,
    Selection,
    Step,
    TextMatch,
    TraitTruth,
    Value,
)
from shoal.language.vocabulary import Vocabulary

_ALWAYS_SET = {
    AggregateFunction.COUNT,
    AggregateFunction.DAYS,
    AggregateFunction.DISTINCT,
    AggregateFunction.SUM,
}


class Oddity(StrEnum):
    """What can be wrong with a rule as it is written."""

    UNSATISFIABLE = "unsatisfiable"
    REDUNDANT = "redundant"
    NULL_SENSITIVE = "null_sensitive"


@dataclass(frozen=True, slots=True)
class Lint:
    """Something odd, the part of the rule that it is about, and that part as a rule of its own.

    ``condition`` is None for what stands inside a ``where``.
    """

    oddity: Oddity
    text: str
    sentence: str
    condition: Rule | None = None
    remedy: str = ""


def lint(rule: Rule, vocabulary: Vocabulary) -> list[Lint]:
    """Everything odd about the rule, the gravest first."""
    return [*_unsatisfiable(rule), *_redundant(rule, vocabulary), *_null_sensitive(rule)]


def _unsatisfiable(rule: Rule) -> Iterator[Lint]:
    for problem in contradictions(rule):
        text = problem.message
        yield Lint(Oddity.UNSATISFIABLE, text, Told("A part can never be met: {0}.", text))


def _redundant(rule: Rule, vocabulary: Vocabulary) -> Iterator[Lint]:
    """Parts of an ``and`` that another part implies; of an ``or`` those that imply another."""
    for node in walk(rule):
        if not isinstance(node, And | Or):
            continue
        said: set[int] = set()
        pairs = permutations(enumerate(node.parts), 2)
        for (index, part), (other_index, other) in pairs:
            # of two that say the same, only the later is too much
            if index in said or other_index in said:
                continue
            follows = (
                implies(other, part, vocabulary)
                if isinstance(node, And)
                else implies(part, other, vocabulary)
            )
            back = implies(part, other, vocabulary) and implies(other, part, vocabulary)
            if not follows or (back and index < other_index) or _is_guard(part, other):
                continue
            said.add(index)
            yield Lint(
                Oddity.REDUNDANT,
                to_text(part),
                Told(
                    "`{0}` says nothing new: whoever meets `{1}` meets it anyway."
                    if isinstance(node, And)
                    else "`{0}` says nothing new: whoever meets it meets `{1}` anyway.",
                    to_text(part),
                    to_text(other),
                ),
                part,
            )


def _is_guard(part: Rule, other: Rule) -> bool:
    """``did a`` beside ``age(last(a)) > 180d``: not needed, yet it makes the rule plain to read."""
    if not isinstance(part, Did) or not isinstance(other, Compare | Between):
        return False
    if part.selection.window is not None:
        return False
    counted = (
        isinstance(node, Aggregate) and node.function is AggregateFunction.COUNT
        for node in walk(other)
    )
    return not any(counted)


def conditions_of(rule: Rule) -> list[Rule]:
    """The conditions that ``and`` and ``or`` join, each with the ``not`` before it, each once."""
    return list(dict.fromkeys(_ends(without_not(rule))))


def _ends(rule: Rule) -> Iterator[Rule]:
    if isinstance(rule, And | Or):
        for part in rule.parts:
            yield from _ends(part)
    else:
        yield rule


def _null_sensitive(rule: Rule) -> Iterator[Lint]:
    """Negative comparisons leave out those for whom the value is unset."""
    guarded = {node.value for node in walk(rule) if isinstance(node, IsSet)}
    for leaf in conditions_of(rule):
        value = _denied(leaf)
        if value is None or value in guarded or not may_be_unset(value):
            continue
        name = to_text(value)
        yield Lint(
            Oddity.NULL_SENSITIVE,
            to_text(leaf),
            Told("`{0}` leaves out everybody for whom `{1}` is not set", to_text(leaf), name),
            leaf,
            Told("write `({0} or {1} is not set)`", to_text(leaf), name),
        )
    for node in walk(rule):
        where = node.where if isinstance(node, Selection | Step) else None
        if where is not None:
            yield from _inside(where)


def _inside(where: Rule) -> Iterator[Lint]:
    """The same within ``where``: events without the property are not chosen."""
    guarded = {node.value for node in walk(where) if isinstance(node, IsSet)}
    for leaf in conditions_of(where):
        value = _denied(leaf)
        if isinstance(value, PropertyValue) and value not in guarded:
            yield Lint(
                Oddity.NULL_SENSITIVE,
                to_text(leaf),
                Told("`{0}` passes over events whose `{1}` is not set", to_text(leaf), value.name),
                None,
                Told("write `({0} or {1} is not set)`", to_text(leaf), value.name),
            )


def _denied(leaf: Rule) -> Value | None:
    """The value a negative condition is about."""
    match leaf:
        case Compare(left, Comparator.NOT_EQUAL, _):
            return left
        case InList(value, _, True) | TextMatch(value, _, _, True) | Has(value, _, True):
            return value
        case Between(value, _, _, True):
            return value
        case Not(TraitTruth(value)):
            return value
        case _:
            return None


def may_be_unset(value: Value) -> bool:
    """Whether a value can be unset for somebody at all."""
    return not (isinstance(value, Aggregate) and value.function in _ALWAYS_SET)
