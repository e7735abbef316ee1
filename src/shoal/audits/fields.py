"""What a rule reads: profile traits, events, and their properties, definitions it names included."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from shoal.language.resolution import events_of, property_carrier
from shoal.language.shape import walk
from shoal.language.tree import (
    EventRef,
    Node,
    PropertyValue,
    Selection,
    Sequence,
    SequenceAggregate,
    SequenceMatch,
    Step,
    TraitValue,
)
from shoal.language.vocabulary import Vocabulary
from shoal.segments.reach import reached


@dataclass(frozen=True, slots=True)
class Read:
    """A trait of the profile (no event), an event (no property), or a property of an event."""

    event: str | None
    name: str | None

    @property
    def text(self) -> str:
        """As a rule writes it."""
        return ".".join(it for it in (self.event, self.name) if it)


def fields_of(node: Node, vocabulary: Vocabulary) -> tuple[Read, ...]:
    """Everything the rule or value reads, each once; what nobody ever sent too."""
    found: dict[Read, None] = {}
    for part in reached(node, vocabulary):
        for read in _reads(part, vocabulary):
            found[read] = None
    return tuple(found)


def _reads(part: Node, vocabulary: Vocabulary) -> Iterator[Read]:
    match part:
        case TraitValue(name):
            entry = vocabulary.traits.get(name)
            if entry is None or entry.value is None:
                yield Read(None, name)
        case Selection(event, named, where):
            yield from _events(event)
            if named is not None:
                yield from _property(event, named, vocabulary)
            yield from _condition(event, where, vocabulary)
        case Step(event, _, where):
            yield from _events(event)
            yield from _condition(event, where, vocabulary)
        case SequenceAggregate(_, sequence, str() as named):
            yield from _property(sequence.steps[0].event, named, vocabulary)
            yield from _keys(sequence, vocabulary)
        case SequenceAggregate(_, sequence) | SequenceMatch(sequence):
            yield from _keys(sequence, vocabulary)
        case _:
            return


def _keys(sequence: Sequence, vocabulary: Vocabulary) -> Iterator[Read]:
    for step in sequence.steps if sequence.by is not None else ():
        assert sequence.by is not None
        yield from _property(step.event, sequence.by, vocabulary)


def _condition(event: EventRef, where: Node | None, vocabulary: Vocabulary) -> Iterator[Read]:
    for inner in walk(where) if where is not None else ():
        if isinstance(inner, PropertyValue):
            yield from _property(event, inner.name, vocabulary)


def _events(event: EventRef) -> Iterator[Read]:
    for name in event.names:
        yield Read(name, None)


def _property(event: EventRef, name: str, vocabulary: Vocabulary) -> Iterator[Read]:
    carried = False
    for entry in events_of(event, vocabulary):
        found = property_carrier(entry, name, vocabulary)
        if found is not None:
            carried = True
            yield Read(found[0].name, found[1])
    if not carried and not event.is_any:
        yield Read(event.names[0], name)
