"""Which of the events behind a condition made it so: the last order decides ``last(…)``, not all.

The engine's trace gives every event that was looked at. An aggregate that picks one of them leaves
the others without a part in the answer, and they would crowd it out of a list that is kept short.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from shoal.language.shape import walk
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    Did,
    Node,
    SequenceAggregate,
    SequenceMatch,
)

PICKING = frozenset(
    {
        AggregateFunction.FIRST,
        AggregateFunction.LAST,
        AggregateFunction.MIN,
        AggregateFunction.MAX,
    }
)


class TracedEvent(Protocol):
    """An event that had a part in an answer."""

    @property
    def name(self) -> str:
        """The event's name."""
        ...

    @property
    def at(self) -> int:
        """When it happened."""
        ...

    @property
    def properties(self) -> Mapping[str, object]:
        """The properties that were looked at."""
        ...


class NodeTrace(Protocol):
    """What the engine found for one node."""

    @property
    def verdict(self) -> bool | None:
        """Of a rule: true, false, or None for unknown."""
        ...

    @property
    def value(self) -> object:
        """Of a value: what it is, None for unset."""
        ...

    @property
    def events(self) -> Sequence[TracedEvent]:
        """The events that were looked at, in order."""
        ...


class Trace(Protocol):
    """What the engine found for every node of a rule, definitions it names included."""

    def of(self, node: Node) -> NodeTrace:
        """The trace of a node."""
        ...


def deciding_events(node: Node, trace: Trace, most: int) -> list[TracedEvent]:
    """The events that made the node's answer, in order: those picked first, then the latest."""
    events = trace.of(node).events
    picked: set[int] = set()
    read: set[int] = set()
    for part in walk(node):
        match part:
            case Aggregate(function) if function in PICKING:
                one = _picked(part, trace.of(part).events)
                places = [] if one is None else _places(events, [one])
                picked.update(places[:1] if function is AggregateFunction.FIRST else places[-1:])
            case Aggregate() | Did() | SequenceMatch() | SequenceAggregate():
                read.update(_places(events, trace.of(part).events))
            case _:
                pass
    if not picked:
        return list(events[-most:])
    by_worth = [*sorted(picked), *sorted(read - picked, reverse=True)]
    return [events[place] for place in sorted(by_worth[:most])]


def _picked(node: Aggregate, events: Sequence[TracedEvent]) -> TracedEvent | None:
    """The one event whose instant or value the aggregate is."""
    if node.selection.property is not None:
        events = [event for event in events if event.properties]
    if not events:
        return None
    match node.function:
        case AggregateFunction.FIRST:
            return events[0]
        case AggregateFunction.MIN:
            return min(events, key=_looked_at)
        case AggregateFunction.MAX:
            return max(events, key=_looked_at)
        case _:
            return events[-1]


def _looked_at(event: TracedEvent) -> Any:
    """The value an aggregate of one property saw."""
    return next(iter(event.properties.values()), event.at)


def _places(events: Sequence[TracedEvent], wanted: Sequence[TracedEvent]) -> list[int]:
    """Where the wanted stand: a node's event holds what each of its parts looked at."""
    looked: dict[tuple[str, int], list[Mapping[str, object]]] = {}
    for event in wanted:
        looked.setdefault((event.name, event.at), []).append(event.properties)
    return [
        place
        for place, event in enumerate(events)
        if any(
            given.items() <= event.properties.items()
            for given in looked.get((event.name, event.at), ())
        )
    ]
