"""Which values of people a segment is compared by: the project's own traits, then what its data hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from shoal.audits.channels import CONTACT_TRAITS
from shoal.core.instants import DAY
from shoal.core.spans import Span
from shoal.language import value_type
from shoal.language.english import label, plural
from shoal.language.told import Told
from shoal.language.tree import (
    Age,
    Aggregate,
    AggregateFunction,
    BooleanLiteral,
    Case,
    EventRef,
    InLast,
    Node,
    Not,
    Rule,
    Selection,
    SequenceAggregate,
    SequenceMatch,
    TraitValue,
    Value,
    When,
)
from shoal.language.vocabulary import ValueType, Vocabulary
from shoal.segments.reach import reached

DAYS = 90
MOST_TRAITS, MOST_EVENTS = 24, 8
_COMPARABLE = {ValueType.NUMBER, ValueType.SPAN, ValueType.BOOLEAN, ValueType.TEXT}
_TASTES = ("category", "department", "brand", "channel")
_NEVER_COMPARED = ("_id", "_name", "_token", "name", "id", "user_id")

Key: TypeAlias = tuple[tuple[str, ...], str | None]
"""Events and a property, or no events and a trait: what a value is made from."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A value to ask for everybody."""

    name: str
    title: str
    value: Value
    type: ValueType
    by_rule: bool = False
    is_profile: bool = False

    @property
    def unit(self) -> tuple[float, str]:
        """Spans are told in days."""
        return (float(DAY), Told(" days")) if self.type is ValueType.SPAN else (1.0, "")


def as_value(asked: Rule | Value) -> Value:
    """A rule as a value: true, false, or unset where it is unknown."""
    if not isinstance(asked, Rule):
        return asked
    yes = When(asked, BooleanLiteral(truth=True))
    return Case((yes, When(Not(asked), BooleanLiteral(truth=False))))


def behaviours(
    rule: Rule, vocabulary: Vocabulary, rows: Mapping[str, int], outcome: str | None
) -> list[Asked]:
    """Computed traits, how often each of the most frequent events happened, and profile traits.

    ``rows`` says how many of each received event there are.
    """
    own = set(_keys(rule, vocabulary))
    found: dict[Value, Asked] = {}
    for asked in (
        *_computed(vocabulary),
        *_usual(vocabulary, outcome),
        *_events(vocabulary, rows),
        *_profile(vocabulary),
    ):
        by_rule = bool(own & set(_keys(asked.value, vocabulary)))
        named = Asked(asked.name, asked.title, asked.value, asked.type, by_rule, asked.is_profile)
        found.setdefault(asked.value, named)
    return list(found.values())


def _computed(vocabulary: Vocabulary) -> Iterator[Asked]:
    count = 0
    for name, entry in vocabulary.traits.items():
        if entry.value is None or count >= MOST_TRAITS:
            continue
        is_rule = isinstance(entry.value, Rule)
        kind = ValueType.BOOLEAN if is_rule else value_type(TraitValue(name), vocabulary)
        if kind in _COMPARABLE:
            count += 1
            yield Asked(name, _lower(entry.title) or label(name), as_value(entry.value), kind)


def _usual(vocabulary: Vocabulary, outcome: str | None) -> Iterator[Asked]:
    """What is worth knowing of the event that says success: how long ago, how much, how varied."""
    entry = vocabulary.events.get(outcome or "")
    if outcome is None or entry is None:
        return
    event = EventRef((outcome,))
    thing = _thing(outcome)
    ever = Selection(event)
    since = Age(Aggregate(AggregateFunction.LAST, ever))
    yield Asked(f"since_{outcome}", Told("time since the last {0}", thing), since, ValueType.SPAN)
    lines = vocabulary.events.get(entry.lines or "")
    for name in _TASTES:
        for carrier in (entry, lines):
            if carrier is None or carrier.properties.get(name) is not ValueType.TEXT:
                continue
            taste = Selection(EventRef((carrier.name,)), name)
            variety = Aggregate(AggregateFunction.DISTINCT, taste)
            top = Aggregate(AggregateFunction.TOP, taste)
            yield Asked(
                f"distinct_{name}",
                Told("different {0}", plural(name)),
                variety,
                ValueType.NUMBER,
            )
            yield Asked(f"top_{name}", Told("mostly {0}", name), top, ValueType.TEXT)
            break


def _events(vocabulary: Vocabulary, rows: Mapping[str, int]) -> Iterator[Asked]:
    received = [
        name
        for name, entry in vocabulary.events.items()
        if rows.get(name) and entry.parent is None and not name.startswith("$")
    ]
    window = InLast(Span(DAYS, "d"))
    for name in sorted(received, key=lambda it: -rows[it])[:MOST_EVENTS]:
        often = Aggregate(AggregateFunction.COUNT, Selection(EventRef((name,)), window=window))
        title = Told("{0} in {1} days", _things(name), DAYS)
        yield Asked(f"count_{name}", title, often, ValueType.NUMBER)


def _profile(vocabulary: Vocabulary) -> Iterator[Asked]:
    for name, entry in vocabulary.traits.items():
        if entry.value is not None or entry.type not in _COMPARABLE:
            continue
        if name in CONTACT_TRAITS or name.endswith(_NEVER_COMPARED):
            continue
        yield Asked(
            name, _lower(entry.title) or label(name), TraitValue(name), entry.type, is_profile=True
        )


def _keys(node: Node, vocabulary: Vocabulary) -> Iterator[Key]:
    for part in reached(node, vocabulary):
        match part:
            case Selection(event, named):
                yield event.names, named
            case SequenceMatch(sequence) | SequenceAggregate(_, sequence):
                for step in sequence.steps:
                    yield step.event.names, None
            case TraitValue(name) if _is_of_profile(name, vocabulary):
                yield (), name
            case _:
                pass


def _is_of_profile(name: str, vocabulary: Vocabulary) -> bool:
    entry = vocabulary.traits.get(name)
    return entry is None or entry.value is None


def _thing(event: str) -> str:
    """``order_completed`` is an order; ``campaign_received`` stays what it is."""
    return label(event.removesuffix("_completed"))


def _things(event: str) -> str:
    """``order_completed`` gives orders; of any other event only its name is certain."""
    return plural(_thing(event)) if event.endswith("_completed") else label(event)


def _lower(title: str | None) -> str | None:
    if not title:
        return None
    return title[:1].lower() + title[1:] if title[1:2].islower() else title
