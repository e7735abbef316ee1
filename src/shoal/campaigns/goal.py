"""What counts as success: a rule about the days after each person's assignment.

``in next D`` of an instant T is asked at T plus the longest D of the measure, where it is a window
of the past. So the same engine answers, and nobody's success is counted before their time is over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass, replace
from typing import cast

from shoal.core.errors import Problem
from shoal.core.spans import Span
from shoal.language.shape import walk
from shoal.language.told import Figure, Told
from shoal.language.tree import (
    BetweenAgo,
    InLast,
    InNext,
    Node,
    Rule,
    Selection,
    Sequence,
    Value,
)

LONGEST = 366
"""Days after an assignment that are looked at, at most."""

_OTHER = {
    "TraitValue": "a trait", "Age": "an age", "Until": "a time to come", "Anniversary": "an anniversary",
    "Holiday": "a holiday", "HolidayDays": "days to a holiday", "TimePart": "a time of day",
    "InSegment": "a segment", "Changed": "a segment", "ConsentsTo": "a consent", "InTop": "a rank",
    "Rank": "a rank",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure as it is asked ``horizon`` microseconds after each person's assignment."""

    asked: Rule | Value
    horizon: int


def measure_of(node: Rule | Value) -> Measure:
    """The measure of a tree without problems.

    >>> from shoal.language import parse_expression, to_text
    >>> to_text(measure_of(parse_expression("did paid in next 14d")).asked)
    'did paid in last 14d'
    """
    longest = max((it.span for it in _windows(node)), key=lambda span: span.microseconds)
    return Measure(cast("Rule | Value", _shifted(node, longest)), longest.microseconds)


def problems_of(node: Rule | Value, what: str) -> list[Problem]:
    """Why this cannot be measured of each person in the days after their assignment."""
    hint = Told("measure what people do: did order_completed in next 14d")
    found: list[Problem] = []
    for part in walk(node):
        if isinstance(part, Selection | Sequence) and not isinstance(part.window, InNext):
            message = Told("{0} says no time to come", what)
            found.append(Problem(message, part.place or node.place, Told("add `in next 14d`")))
        elif (other := _OTHER.get(type(part).__name__)) is not None:
            message = Told("{0} speaks of {1}, which has no days to come", what, Told(other))
            found.append(Problem(message, part.place or node.place, hint))
    for window in _windows(node):
        if window.span.is_calendar:
            message = Told("`in next {0}` has no exact length", str(window.span))
            found.append(Problem(message, window.place, Told("write days: in next 30d")))
        elif window.span.microseconds > Span(LONGEST, "d").microseconds:
            message = Told(
                "`in next {0}` is longer than {1} days", str(window.span), Figure(LONGEST)
            )
            found.append(Problem(message, window.place, Told("choose what tells sooner")))
    if not found and not list(_windows(node)):
        message = Told("{0} measures nothing that people do", what)
        found.append(Problem(message, node.place, hint))
    return found


def _windows(node: Node) -> Iterator[InNext]:
    return (it for it in walk(node) if isinstance(it, InNext))


def _shifted(node: Node, longest: Span) -> Node:
    """The tree with every window as it lies before the end of the longest one."""
    if isinstance(node, InNext):
        rest = longest.microseconds - node.span.microseconds
        if not rest:
            return InLast(node.span)
        return BetweenAgo(longest, Span(rest // 1_000_000, "s"))
    assert is_dataclass(node)
    changes: dict[str, object] = {}
    for item in fields(node):
        value: object = getattr(node, item.name)
        if isinstance(value, Node):
            changes[item.name] = _shifted(value, longest)
        elif isinstance(value, tuple):
            changes[item.name] = tuple(
                _shifted(part, longest) if isinstance(part, Node) else part
                for part in cast("tuple[object, ...]", value)
            )
    return replace(node, **changes) if changes else node
