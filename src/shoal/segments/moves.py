"""What may still happen to a person: the events that could turn one condition over.

A *unit* is the smallest thing that may happen once (an order, a visit of a page, a granted
consent). Units are read off the form of a condition; whether so many of them really turn it over
is for the engine to say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeGuard

from shoal.core.instants import format_instant, from_datetime
from shoal.core.names import snake_case
from shoal.language.foretelling import SCORE
from shoal.language.resolution import find_event, is_received, property_carrier
from shoal.language.shape import children, walk
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    ConsentsTo,
    Did,
    EventRef,
    Has,
    InList,
    Node,
    Not,
    Rule,
    Selection,
    Sequence,
    Step,
    TextLiteral,
    TextMatch,
    TraitValue,
    Value,
)
from shoal.language.vocabulary import Vocabulary
from shoal.segments.satisfy import Plain, literals_of, satisfying, unlike_all
from shoal.segments.timeline import IDENTIFY, TimelineEvent

CONSENT = "$consent"
LINES = "lines"


@dataclass(frozen=True, slots=True)
class Happening:
    """One event that may happen, as the store would see it and as people say it."""

    name: str
    properties: Mapping[str, Plain] = field(default_factory=dict[str, Plain])
    lines: bool = False  # the properties belong to a line of the event

    def event(self, at: int) -> TimelineEvent:
        """The event, when it happens at the instant."""
        given = {LINES: [dict(self.properties)]} if self.lines else self.properties
        return TimelineEvent(self.name, at, given)

    @property
    def key(self) -> tuple[object, ...]:
        """Equal for equal happenings."""
        given = tuple(sorted((name, str(value)) for name, value in self.properties.items()))
        return self.name, given, self.lines

    def __hash__(self) -> int:
        return hash(self.key)


@dataclass(frozen=True, slots=True)
class Unit:
    """Happenings in order, that may happen several times, ``daily`` ones once a day, or ``once``."""

    happenings: tuple[Happening, ...]
    daily: bool = False
    once: bool = False
    numbered: str | None = None  # a property that differs from one time to the next


def units_of(leaf: Rule, vocabulary: Vocabulary, current: Mapping[Value, float]) -> Iterator[Unit]:
    """Units that could turn the condition over. ``current`` gives the value each sum has now."""
    limits = literals_of(_values_beside(leaf), vocabulary.zone)
    for node in walk(leaf):
        match node:
            case ConsentsTo():
                for state in ("granted", "denied"):
                    given = {"purpose": node.purpose, "state": state}
                    yield Unit((Happening(CONSENT, given),), once=True)
            case Did():
                yield from _of_selection(node.selection, None, [], vocabulary)
            case Aggregate():
                amounts = _amounts(node, limits, current)
                yield from _of_selection(node.selection, node.function, amounts, vocabulary)
            case Sequence():
                yield from _of_sequence(node, vocabulary)
            case TraitValue() if _is_profile_trait(node.name, vocabulary):
                for wish in (leaf, _negated(leaf)):
                    given = satisfying(wish, vocabulary.zone)
                    if given and node.name in given:
                        wanted_trait = {node.name: given[node.name]}
                        yield Unit((Happening(IDENTIFY, wanted_trait),), once=True)
            case _:
                pass


def current_of(leaf: Rule) -> list[Aggregate]:
    """The aggregates whose present value ``units_of`` wants: sums, and averages with counts."""
    found: list[Aggregate] = []
    for node in walk(leaf):
        if isinstance(node, Aggregate) and node.function is AggregateFunction.SUM:
            found.append(node)
        if isinstance(node, Aggregate) and node.function is AggregateFunction.AVG:
            found += [node, _count_of(node)]
    return found


def _count_of(node: Aggregate) -> Aggregate:
    """How many events the aggregate is over."""
    return Aggregate(
        AggregateFunction.COUNT, replace(node.selection, property=None, time_part=None)
    )


def described(happening: Happening, times: int, *, daily: bool, vocabulary: Vocabulary) -> str:
    """``2 more `order_completed` with category 'toys'``."""
    given = " and ".join(f"{name} {shown(value)}" for name, value in happening.properties.items())
    if happening.name == CONSENT:
        purpose, state = happening.properties["purpose"], happening.properties["state"]
        return f"consent to {purpose} {state}"
    if happening.name == IDENTIFY:
        return f"{given} as a trait"
    entry = vocabulary.events.get(happening.name)
    name = f"`{entry.name if entry else happening.name}`"
    with_it = f" with {'a line of ' if happening.lines else ''}{given}" if given else ""
    if daily:
        return f"{name}{with_it} on {times} more {'day' if times == 1 else 'days'}"
    return f"{times} more {name}{with_it}"


def shown(value: Plain) -> str:
    """A property's value as people write it."""
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return format_instant(from_datetime(value))
        case float() | int():
            return f"{value:.15g}"
        case str():
            return f"'{value}'"


def _of_selection(
    selection: Selection,
    function: AggregateFunction | None,
    amounts: list[Plain],
    vocabulary: Vocabulary,
) -> Iterator[Unit]:
    given = satisfying(selection.where, vocabulary.zone)
    if given is None or SCORE in selection.event.names:  # nobody can do a score
        return
    name = _event_name(selection.event, selection.property, vocabulary)
    if name is None:
        return
    daily = function is AggregateFunction.DAYS
    if selection.property is None:
        yield Unit((_happening(name, given, vocabulary),), daily=daily)
        return
    for amount in amounts:
        properties = {**given, selection.property: amount}
        numbered = selection.property if function is AggregateFunction.DISTINCT else None
        yield Unit((_happening(name, properties, vocabulary),), numbered=numbered)


def _of_sequence(sequence: Sequence, vocabulary: Vocabulary) -> Iterator[Unit]:
    """The sequence from any of its steps on; and the event of each ``not`` step, which breaks it."""
    happenings: list[Happening] = []
    for step in sequence.steps:
        happening = _of_step(step, sequence.by, vocabulary)
        if happening is None:
            return
        if step.negated:
            yield Unit((happening,))
        else:
            happenings.append(happening)
    for first in range(len(happenings)):
        yield Unit(tuple(happenings[first:]))


def _of_step(step: Step, by: str | None, vocabulary: Vocabulary) -> Happening | None:
    given = satisfying(step.where, vocabulary.zone)
    name = _event_name(step.event, by, vocabulary)
    if given is None or name is None:
        return None
    if by is not None:
        given.setdefault(by, "the same")
    return _happening(name, given, vocabulary)


def _event_name(event: EventRef, wanted: str | None, vocabulary: Vocabulary) -> str | None:
    if event.is_any:
        received = filter(is_received, vocabulary.events.values())
        having = (it.name for it in received if wanted is None or wanted in it.properties)
        return next(having, None)
    found = find_event(event.names[0], vocabulary)
    return found.name if found is not None else snake_case(event.names[0])


def _happening(name: str, given: Mapping[str, Plain], vocabulary: Vocabulary) -> Happening:
    """The event with its properties; on a line, where only the lines carry one of them."""
    entry = vocabulary.events.get(name)
    if entry is None:
        return Happening(name, given)
    if entry.parent is not None:
        return Happening(entry.parent, given, lines=True)
    carried = [property_carrier(entry, name, vocabulary) for name in given]
    return Happening(name, given, lines=any(it is not None and it[0].parent for it in carried))


def _amounts(node: Aggregate, limits: list[Plain], current: Mapping[Value, float]) -> list[Plain]:
    """Values of the aggregated property worth trying; negative ones where the rule names one."""
    numbers = [x for x in limits if _is_number(x)]
    amounts = _tried(node, limits, numbers, current)
    if any(it < 0 for it in numbers):
        return amounts
    return [it for it in amounts if not _is_number(it) or it >= 0]


def _tried(
    node: Aggregate,
    limits: list[Plain],
    numbers: list[int | float],
    current: Mapping[Value, float],
) -> list[Plain]:
    others = [x for x in limits if not _is_number(x)]
    match node.function:
        case AggregateFunction.SUM:
            now = current.get(node, 0.0)
            missing = [round(limit - now, 6) for limit in numbers]
            return [amount for it in missing for amount in (it, round(it + 0.01, 6))]
        case AggregateFunction.AVG:
            now, count = current.get(node, 0.0), current.get(_count_of(node), 0.0)
            lifting = [round(limit + count * (limit - now), 2) for limit in numbers]
            return [amount for it in lifting for amount in (it, it + 0.01, it - 0.01)]
        case AggregateFunction.DISTINCT:
            return ["another"]
        case _:
            below = [it / 2 if 0 < it < 1 else it - 1 for it in numbers]
            near = [it for at, low in zip(numbers, below, strict=True) for it in (at, at + 1, low)]
            unlike = [unlike_all(others)] if others else []
            return [*near, *others, *unlike] or [1.0]


def _is_number(value: Plain) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _values_beside(leaf: Rule) -> tuple[Value, ...]:
    """The literals a leaf compares with: not those inside a ``where``."""
    match leaf:
        case Has() | InList():
            return leaf.literals
        case TextMatch():
            return (TextLiteral(text=leaf.text),)
        case _:
            return tuple(_literals_outside_selections(leaf))


def _literals_outside_selections(node: Node) -> Iterator[Value]:
    for part in children(node):
        if isinstance(part, Selection | Sequence | Rule):
            continue
        if isinstance(part, Value):
            yield part
        yield from _literals_outside_selections(part)


def _is_profile_trait(name: str, vocabulary: Vocabulary) -> bool:
    entry = vocabulary.traits.get(name)
    return entry is None or entry.value is None


def _negated(leaf: Rule) -> Rule:
    return Not(part=leaf)
