"""What the parser's chains are made of while it is not yet settled which is what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeAlias, cast

from shoal.core.errors import Place
from shoal.language.shape import LITERALS
from shoal.language.tree import (
    Age,
    Aggregate,
    And,
    Anniversary,
    Arithmetic,
    Case,
    Coalesce,
    Did,
    EventRef,
    Holiday,
    HolidayDays,
    Or,
    Rank,
    Rule,
    SequenceAggregate,
    TimePart,
    TraitValue,
    Until,
    Value,
    Window,
)
from shoal.language.written_names import is_plain

VALUES = (
    *LITERALS,
    Aggregate,
    SequenceAggregate,
    TraitValue,
    TimePart,
    HolidayDays,
    Age,
    Until,
    Anniversary,
    Holiday,
    Coalesce,
    Rank,
    Case,
    Arithmetic,
)
"""What a value can be outside ``where``."""


@dataclass(frozen=True, slots=True)
class Grouped:
    """What stood in parentheses; they have done their work once they are read."""

    node: Rule | Value
    place: Place


@dataclass(frozen=True, slots=True)
class Negated:
    """``not`` so many times before an operand that is not settled yet."""

    times: int
    operand: Operand
    place: Place


@dataclass(frozen=True, slots=True)
class Windowed:
    """An operand with a window after it."""

    operand: Operand
    window: Window


@dataclass(frozen=True, slots=True)
class OpenDid:
    """``did … where`` and the first operand of its condition."""

    did: Did
    first: Operand


Operand: TypeAlias = Rule | Value | Grouped | Negated | Windowed | OpenDid
Chain: TypeAlias = list[tuple[str, Operand]]
"""Operands, each with the word before it."""


def without_window(operand: Operand) -> tuple[Operand, Window | None]:
    """The operand, and the window that stood after it, also after ``not``."""
    match operand:
        case Windowed(inner, window):
            return inner, window
        case Negated(times, Windowed(inner, window), place):
            return Negated(times, inner, place), window
        case _:
            return operand, None


def joined(parts: list[tuple[str, Rule]]) -> Rule:
    """``and`` binds tighter than ``or``; the first word counts for nothing. Flat."""
    groups: list[list[Rule]] = []
    for index, (word, rule) in enumerate(parts):
        if index == 0 or word == "or":
            groups.append([])
        groups[-1].append(rule)
    return _flat(Or, [_flat(And, group) for group in groups])


def _flat(kind: type[And | Or], rules: list[Rule]) -> Rule:
    if len(rules) == 1:
        return rules[0]
    parts: list[Rule] = []
    for rule in rules:
        parts.extend(cast("And", rule).parts if isinstance(rule, kind) else (rule,))
    return kind(tuple(parts), place=rules[0].place)


def event_ref(segments: Iterable[str], place: Place) -> EventRef:
    """The events of those names; raw is what only backticks can hold."""
    names = tuple(segments)
    raw = tuple(not is_plain(name) for name in names)
    return EventRef(names, raw if any(raw) else (), place=place)
