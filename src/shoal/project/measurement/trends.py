"""What changed between two periods: traits, segments and events, each with its noise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError
from shoal.core.instants import DAY, format_instant
from shoal.core.spans import Span
from shoal.language import parse_value
from shoal.language.shape import walk
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    BetweenAgo,
    InLast,
    InSegment,
    Node,
    Rule,
    SpanLiteral,
    TraitValue,
    Value,
)
from shoal.language.vocabulary import SegmentEntry, ValueType
from shoal.project.behaviours import Behaviour, observe, trait_behaviours
from shoal.project.behaviours import chosen_behaviours as named_behaviours

if TYPE_CHECKING:
    from shoal.discovery.trends import Move
    from shoal.project.reading import Reading

PERIOD = Span(90, "d")
MOST_EVENTS = 40
_ADDING = {
    AggregateFunction.COUNT,
    AggregateFunction.DAYS,
    AggregateFunction.SUM,
    AggregateFunction.DISTINCT,
}


@dataclass(frozen=True, eq=False)
class Trends:
    """Everything that was looked at, the notable moves first; and what to beware of.

    ``beware`` says by name why a move may come from the data's beginning and not from people.
    """

    before: int
    after: int
    period: Span
    people: int
    moves: tuple[Move, ...]
    warnings: tuple[str, ...]
    beware: Mapping[str, str]

    def is_notable(self, move: Move) -> bool:
        """Whether the move is sure, large enough to tell, and not a matter of the data's edge."""
        return move.is_notable and move.name not in self.beware


def discover_trends(
    reading: Reading, at: int, *, period: Span = PERIOD, traits: str | None = None
) -> Trends:
    """The period up to ``at`` against the one before it."""
    import numpy as np

    from shoal.discovery.trends import bound_for, moved_mean, moved_size, moved_total

    zone = reading.vocabulary.zone
    earlier = zone.add(at, period, -1)
    events = _events(reading, period)
    quantities = trait_behaviours(reading) if traits is None else named_behaviours(reading, traits)
    segments = {name: InSegment(name) for name in reading.vocabulary.segments}
    asked = [*quantities, *events]
    now = observe(reading, asked, at, truths=segments)
    then = observe(reading, asked, earlier, truths=segments)
    if not len(then.places):
        raise ShoalError(
            f"nobody was known at {format_instant(earlier)}", hint="take a shorter --period"
        )
    if [it.name for it in now.matrix.features] != [it.name for it in then.matrix.features]:
        raise ShoalError("texts have no trend", hint="give quantities with --traits")
    both, rows, were = np.intersect1d(now.places, then.places, return_indices=True)
    size = len(now.places)
    aligned = np.full((size, len(now.matrix.features)), np.nan)
    aligned[rows] = then.matrix.values[were]
    bound = bound_for(len(now.matrix.features) + len(segments))
    names = {it.name for it in events}
    moves: list[Move] = []
    for place, feature in enumerate(now.matrix.features):
        before, after = aligned[:, place], now.matrix.values[:, place]
        if feature.name in names:
            moves.append(moved_total(feature.name, feature.title, before, after, bound))
            continue
        move = moved_mean(feature.name, feature.title, before, after, bound)
        if move is not None:
            moves.append(move)
    for name, entry in reading.vocabulary.segments.items():
        was = np.zeros(size, np.bool_)
        was[rows] = then.truths[name][were]
        title = entry.title or name
        moves.append(moved_size(name, title, was, now.truths[name], bound))
    beware = _beware(reading, earlier, quantities)
    return Trends(
        before=earlier,
        after=at,
        period=period,
        people=len(both),
        moves=tuple(sorted(moves, key=lambda it: (it.name in beware, *_order(it)))),
        warnings=tuple(_warnings(reading, at, period)),
        beware=beware,
    )


def _order(move: Move) -> tuple[bool, float]:
    relative = move.relative
    return not move.is_notable, -abs(relative) if relative is not None else float("-inf")


def _events(reading: Reading, period: Span) -> list[Behaviour]:
    """How often each event happened in the period."""
    facts = [
        it
        for it in reading.snapshot.catalogue.events.values()
        if not it.name.startswith("$") and it.parent is None
    ]
    facts.sort(key=lambda it: (-it.rows, it.name))
    entries = reading.vocabulary.events
    found: list[Behaviour] = []
    for it in facts[:MOST_EVENTS]:
        text = f"count({it.name} in last {period})"
        title = (entries[it.name].title if it.name in entries else None) or it.name
        found.append(Behaviour(text, parse_value(text), title, ValueType.NUMBER))
    return found


def _warnings(reading: Reading, at: int, period: Span) -> list[str]:
    zone = reading.vocabulary.zone
    first = _first_at(reading)
    told = ["The two periods follow each other: what returns with the seasons is not told apart."]
    if first is not None and first > zone.add(at, period, -2):
        told.append(
            f"The data begin at {format_instant(first)}, within the earlier period: "
            "what grew may only have begun to be recorded."
        )
    return told


def _first_at(reading: Reading) -> int | None:
    facts = reading.snapshot.catalogue.events.values()
    firsts = [
        it.first_at for it in facts if it.first_at is not None and not it.name.startswith("$")
    ]
    return min(firsts) if firsts else None


def _beware(reading: Reading, earlier: int, quantities: Sequence[Behaviour]) -> dict[str, str]:
    """What looks back beyond the data's beginning, or adds up without end, and so must grow."""
    first = _first_at(reading)
    if first is None:
        return {}
    reached = max(0, earlier - first)
    nodes: dict[str, Rule | Value] = {it.name: it.reads or it.value for it in quantities}
    nodes |= {name: entry.rule for name, entry in reading.vocabulary.segments.items()}
    found: dict[str, str] = {}
    for name, node in nodes.items():
        longest = max((_length(it) for it in _everything(node, reading)), default=0)
        if longest > reached:
            found[name] = (
                f"looks back {longest // DAY:,} days; at the earlier instant the data reached "
                f"back {reached // DAY:,}"
            )
        elif (
            isinstance(node, Aggregate)
            and node.function in _ADDING
            and node.selection.window is None
        ):
            found[name] = "adds up from the beginning on, so it can only grow"
    return found


def _everything(root: Rule | Value, reading: Reading) -> Iterator[Node]:
    """The node's tree, and those of the traits and segments it names."""
    waiting: list[Node] = [root]
    seen: set[tuple[bool, str]] = set()
    while waiting:
        for node in walk(waiting.pop()):
            yield node
            if not isinstance(node, InSegment | TraitValue):
                continue
            is_segment = isinstance(node, InSegment)
            known = reading.vocabulary.segments if is_segment else reading.vocabulary.traits
            entry = known.get(node.name)
            behind = entry.rule if isinstance(entry, SegmentEntry) else entry and entry.value
            if behind is not None and (is_segment, node.name) not in seen:
                seen.add((is_segment, node.name))
                waiting.append(behind)


def _length(node: Node) -> int:
    span = (
        node.span if isinstance(node, InLast | SpanLiteral)
        else node.older if isinstance(node, BetweenAgo)
        else None
    )  # fmt: skip
    return 0 if span is None else span.microseconds or span.months * 30 * DAY


def trends_json(found: Trends) -> dict[str, Any]:
    """The document of ``shoal discover trends --json``."""
    return {
        "before": format_instant(found.before),
        "after": format_instant(found.after),
        "period": str(found.period),
        "people_known_at_both": found.people,
        "moves": [
            {
                "kind": it.kind,
                "name": it.name,
                "title": it.title,
                "before": round(it.before, 6),
                "after": round(it.after, 6),
                "change": round(it.change, 6),
                "relative": None if it.relative is None else round(it.relative, 4),
                "noise": round(it.noise, 6),
                "sure": it.is_sure,
                "notable": found.is_notable(it),
                "beware": found.beware.get(it.name),
                "entered": it.entered,
                "left": it.left,
            }
            for it in found.moves
        ],
        "warnings": list(found.warnings),
    }
