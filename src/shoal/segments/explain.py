"""Why somebody is a member or not: the rule as a tree of verdicts, values and events.

Nothing here judges: verdicts, values and events come from the engine's trace of the very program
that answers for everybody. What is added is the order of telling.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, cast

from shoal.core.instants import SECOND, Zone, format_instant, from_datetime
from shoal.language import to_text
from shoal.language.shape import walk
from shoal.language.tree import (
    And,
    Between,
    Changed,
    Compare,
    ConsentsTo,
    Did,
    Has,
    InList,
    InSegment,
    InTop,
    IsSet,
    Node,
    Not,
    Or,
    Rule,
    SpanLiteral,
    TextMatch,
    TraitTruth,
    TraitValue,
    Value,
)
from shoal.language.vocabulary import Vocabulary
from shoal.segments.deciding import NodeTrace, Trace, TracedEvent, deciding_events
from shoal.segments.reach import trait_of
from shoal.segments.satisfy import plain_literal

MOST_EVENTS = 10
VERDICTS = {True: "true", False: "false", None: "unknown"}


def because(rule: Rule, trace: Trace, vocabulary: Vocabulary) -> dict[str, Any]:
    """The contract's tree: rule, verdict, value, threshold, events, children."""
    return _told(rule, trace, vocabulary, frozenset())


def _told(
    node: Rule | Value, trace: Trace, vocabulary: Vocabulary, inside: frozenset[str]
) -> dict[str, Any]:
    found = trace.of(node)
    value, threshold = _value_and_threshold(node, trace, vocabulary.zone)
    children = [
        _told(child, trace, vocabulary, inside | {name})
        for child, name in _children(node, vocabulary)
        if name not in inside or not name
    ]
    if children and not isinstance(node, Changed):
        events: list[TracedEvent] = []
    else:
        events = deciding_events(node, trace, MOST_EVENTS)
    return {
        "rule": to_text(node),
        "verdict": VERDICTS[_verdict(node, found)],
        "value": value,
        "threshold": threshold,
        "events": [_event(event) for event in events],
        "children": children,
    }


def _children(node: Node, vocabulary: Vocabulary) -> Iterator[tuple[Rule | Value, str]]:
    """Parts that are told one by one, with the name of the definition they come from, if any."""
    match node:
        case And() | Or():
            yield from ((part, "") for part in node.parts)
        case Not():
            yield node.part, ""
        case InSegment() | Changed():
            segment = vocabulary.segments.get(node.name)
            if segment is not None:
                yield segment.rule, f"segment {node.name}"
        case TraitValue():
            trait = trait_of(node, vocabulary)
            if trait is not None and trait.value is not None:
                yield trait.value, f"trait {node.name}"
        case _:
            named = [
                part
                for part in walk(node)
                if isinstance(part, TraitValue) and trait_of(part, vocabulary) is not None
            ]
            yield from ((part, "") for part in dict.fromkeys(named))


def _verdict(node: Node, found: NodeTrace) -> bool | None:
    """A rule's verdict; of a value, whether it is set: true or unknown."""
    if isinstance(node, Rule):
        return found.verdict
    return True if found.value is not None else None


def _value_and_threshold(  # noqa: PLR0911  one case per form
    node: Node, trace: Trace, zone: Zone
) -> tuple[Any, Any]:
    """What was compared with what, as JSON."""

    def of(value: Value) -> Any:
        literal = _literal(value, zone)
        return literal if literal is not None else plain(trace.of(value).value)

    match node:
        case Compare():
            if _literal(node.left, zone) is not None:
                return of(node.right), of(node.left)
            return of(node.left), of(node.right)
        case InList() | Has():
            return of(node.value), [of(literal) for literal in node.literals]
        case Between():
            return of(node.value), [of(node.low), of(node.high)]
        case TextMatch():
            return of(node.value), node.text
        case IsSet() | TraitTruth():
            return of(node.value), None
        case InTop():
            return of(node.value), plain(trace.of(node).value)
        case Did():
            return plain(trace.of(node).value), 1
        case ConsentsTo():
            return plain(trace.of(node).value), "granted"
        case _ if not isinstance(node, Rule):
            return plain(trace.of(node).value), None
        case _:
            return None, None


def _literal(value: Value, zone: Zone) -> Any:
    """A literal as JSON: spans in seconds, instants RFC 3339; None for anything else."""
    if isinstance(value, SpanLiteral):
        span = value.span
        return str(span) if span.is_calendar else _number(span.microseconds / SECOND)
    found = plain_literal(value, zone)
    return None if found is None else plain(found)


def plain(value: object) -> Any:
    """A traced value as JSON has it."""
    match value:
        case datetime():
            return format_instant(from_datetime(value))
        case float():
            return _number(value)
        case list() | tuple():
            return [plain(item) for item in cast("Sequence[object]", value)]
        case _:
            return value


def _number(value: float) -> int | float:
    return int(value) if value.is_integer() and abs(value) < 2**53 else value


def _event(event: TracedEvent) -> dict[str, Any]:
    return {
        "name": event.name,
        "at": format_instant(event.at),
        "properties": {name: plain(value) for name, value in event.properties.items()},
    }
