"""Paths asked of a project: where people start is the engine's answer, where they go is in the rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.errors import NotFoundError, UsageError
from shoal.core.instants import format_instant
from shoal.core.names import nearest
from shoal.core.spans import Span
from shoal.engine.calendars import NEVER
from shoal.engine.history import History
from shoal.language import check_rule, parse_value, to_text
from shoal.language.resolution import events_of, is_received
from shoal.language.tree import Aggregate, AggregateFunction, Everyone, Rule, Selection, Value
from shoal.measurement.paths import NAMES, Node, Trail, folded, walked
from shoal.project.answers import Question
from shoal.project.checking import refuse_errors
from shoal.project.views import histories_of, received_names, row_values

if TYPE_CHECKING:
    from shoal.project.reading import Reading

Int64s = npt.NDArray[np.int64]
MOST_STEPS, MOST_NODES = 10, 20
FURTHEST = 2**60


@dataclass(frozen=True, slots=True)
class PathAsked:
    """A path's start and how it is told.

    ``start`` is an event with its conditions and window, as inside ``first(…)``: each person starts
    at the first of them (at the last, with ``latest``). ``back`` tells what came before it.
    ``details`` are properties, ``page_viewed.url``, whose values tell steps of that event apart.
    """

    start: str
    steps: int = 4
    most: int = 6
    back: bool = False
    latest: bool = False
    within: Span | None = None
    repeats: bool = False
    details: Sequence[str] = ()
    among: Question | None = None


@dataclass(slots=True)
class _Labels:
    """Names of steps, numbered as they come."""

    names: list[str] = field(default_factory=list[str])
    codes: dict[str, int] = field(default_factory=dict[str, int])

    def code(self, name: str) -> int:
        found = self.codes.setdefault(name, len(self.names))
        if found == len(self.names):
            self.names.append(name)
        return found


def path_report(reading: Reading, asked: PathAsked, at: int) -> dict[str, Any]:
    """People by what they did step by step: levels, links, and totals that reconcile."""
    if not 1 <= asked.steps <= MOST_STEPS or not 1 <= asked.most <= MOST_NODES:
        raise UsageError(
            f"1 to {MOST_STEPS} steps and 1 to {MOST_NODES} events a step can be shown"
        )
    if asked.within is not None and asked.within.is_calendar:
        raise UsageError("a path's time has an exact length", hint="write 30d in place of 1mo")
    selection = _selection(asked)
    function = AggregateFunction.LAST if asked.latest else AggregateFunction.FIRST
    value = Aggregate(function, selection)
    warnings = refuse_errors(check_rule(value, reading.vocabulary))
    starts, chosen = _starts(reading, value, asked.among, at)
    events = _received(reading, selection)
    details = _details(reading, asked.details)
    labels = _Labels()
    walks: list[Int64s] = []
    for bucket, history in enumerate(histories_of(reading.snapshot)):
        trail, own = _trail(reading, history, events, details, labels, at)
        since = np.where(chosen[bucket], starts[bucket], NEVER)
        walks.append(_walks(trail, own, since, asked))
    whole = np.concatenate([np.empty((0, asked.steps), dtype=np.int64), *walks])
    grid = folded(whole, labels.names, asked.most)

    def named(label: int) -> str:
        return NAMES.get(label) or labels.names[label]

    def told(node: Node) -> dict[str, Any]:
        share = node.count / grid.people
        return {"name": named(node.label), "count": node.count, "share": share}

    start = to_text(value).split("(", 1)[1].removesuffix(")")
    first = {"step": 0, "nodes": [{"name": start, "count": grid.people, "share": 1.0}]}
    levels: list[dict[str, Any]] = [
        {"step": step, "nodes": list(map(told, nodes))}
        for step, nodes in enumerate(grid.levels, 1)
        if nodes
    ]
    links: list[dict[str, Any]] = [
        {"step": 0, "from": start, "to": named(it.label), "count": it.count}
        for it in (grid.levels[0] if grid.levels else ())
    ]
    links += [
        {"step": step, "from": named(it.source), "to": named(it.target), "count": it.count}
        for step, some in enumerate(grid.links, 1)
        for it in some
    ]
    return {
        "as_of": format_instant(at),
        "start": start,
        "direction": "before" if asked.back else "after",
        "people": grid.people,
        "levels": [first, *levels],
        "links": links,
        "warnings": list(warnings),
    }


def next_events(
    reading: Reading, since: Int64s, events: set[str], at: int
) -> list[tuple[str, int]]:
    """What people did first after an instant of theirs, most frequent first.

    ``since`` stands by place among all profiles, NEVER for those who do not count; at that instant
    they did one of ``events`` (a line of it counts), which is not what they did next.
    """
    known = reading.vocabulary.events
    events = {(known[it].parent or it) if it in known else it for it in events}
    labels = _Labels()
    counts: dict[int, int] = {}
    asked = PathAsked("", steps=1, repeats=True, latest=True)
    begin = 0
    for history in histories_of(reading.snapshot):
        trail, own = _trail(reading, history, events, {}, labels, at)
        some = since[begin : begin + len(history.profiles)]
        begin += len(some)
        codes, times = np.unique(_walks(trail, own, some, asked), return_counts=True)
        for code, count in zip(codes.tolist(), times.tolist(), strict=True):
            counts[code] = counts.get(code, 0) + count
    named = [(NAMES.get(code) or labels.names[code], count) for code, count in counts.items()]
    return sorted(named, key=lambda it: (-it[1], it[0]))


def _selection(asked: PathAsked) -> Selection:
    value = parse_value(f"first({asked.start})")
    if not isinstance(value, Aggregate) or not value.selection.is_bare():
        raise UsageError(
            f"`{asked.start}` is no event to start at",
            hint="write order_completed, or order_completed where revenue > 50 in last 30d",
        )
    return value.selection


def _received(reading: Reading, selection: Selection) -> set[str]:
    """The events a path may start at: what people did, not lines of it, nor what follows from it."""
    found = list(events_of(selection.event, reading.vocabulary))
    odd = next((it for it in found if not is_received(it)), None)
    if odd is not None:
        instead = f"start at `{odd.parent}`" if odd.parent else "start at an event that is sent"
        raise UsageError(f"nobody does `{odd.name}`: it follows from what they do", hint=instead)
    return {it.name for it in found}


def _starts(
    reading: Reading, value: Aggregate, among: Question | None, at: int
) -> tuple[list[Int64s], list[npt.NDArray[np.bool_]]]:
    """When each profile starts, and whether it does, bucket by bucket: as the engine says."""
    from shoal.runners import RuleAnswer, ValueAnswer, evaluate

    questions: dict[str, Rule | Value] = {
        "start": value,
        "among": among.rule if among else Everyone(),
    }
    answers = evaluate(reading.snapshot, questions, reading.vocabulary, at)
    start, chosen = answers["start"], answers["among"]
    assert isinstance(start, ValueAnswer)
    assert isinstance(chosen, RuleAnswer)
    times: list[Int64s] = []
    truths: list[npt.NDArray[np.bool_]] = []
    for bucket, members in zip(start.buckets, chosen.chosen(), strict=True):
        found = bucket.values[start.index]
        unset = np.isnan(found)
        times.append(np.where(unset, 0, found).astype(np.int64))
        truths.append(members & ~unset)
    return times, truths


def _details(reading: Reading, wanted: Sequence[str]) -> dict[str, str]:
    """The property that tells steps of an event apart, by event."""
    found: dict[str, str] = {}
    for one in wanted:
        event, _, name = one.partition(".")
        facts = reading.snapshot.catalogue.events.get(event)
        if facts is None or name not in facts.properties:
            known = [f"{event}.{it}" for it in facts.properties] if facts else ()
            meant = nearest(one, known)
            hint = f"did you mean `{meant}`?" if meant else "write page_viewed.url"
            raise NotFoundError(f"no event has the property `{one}`", hint=hint)
        found[event] = name
    return found


def _trail(  # noqa: PLR0913, PLR0917  what a bucket's trail is made of
    reading: Reading,
    history: History,
    events: set[str],
    details: Mapping[str, str],
    labels: _Labels,
    at: int,
) -> tuple[Trail, npt.NDArray[np.bool_]]:
    """A bucket's received rows up to the instant, labelled, and which of them are of ``events``."""
    received = set(received_names(reading.snapshot))
    names = history.event_names
    taken = np.array([name in received for name in names], dtype=np.bool_)
    rows = np.flatnonzero(taken[history.event] & (np.asarray(history.occurred_at) <= at))
    by_event = np.array([labels.code(it) if it in received else 0 for it in names], dtype=np.int64)
    codes = np.asarray(history.event)[rows]
    found = by_event[codes]
    for event, name in details.items():
        own = np.flatnonzero(codes == names.index(event)) if event in names else np.empty(0, int)
        if len(own):
            found[own] = _detailed(history, event, name, rows[own], labels)
    is_start = np.array([name in events for name in names], dtype=np.bool_)[codes]
    person = np.searchsorted(history.offsets, rows, side="right") - 1
    trail = Trail(person.astype(np.int64), np.asarray(history.occurred_at)[rows], found)
    return trail, is_start


def _detailed(history: History, event: str, name: str, rows: Int64s, labels: _Labels) -> Int64s:
    column = history.column(event, name)
    values = row_values(column, rows.astype(np.int32), pa.string()).cast(pa.string())
    encoded = values.dictionary_encode()
    own = [labels.code(f"{event}: {text}") for text in encoded.dictionary.to_pylist()]
    own.append(labels.code(event))  # of rows without a value
    places = encoded.indices.fill_null(len(own) - 1).to_numpy(zero_copy_only=False)
    return np.array(own, dtype=np.int64)[places]


def _walks(trail: Trail, own: npt.NDArray[np.bool_], since: Int64s, asked: PathAsked) -> Int64s:
    """The steps of everybody who starts: their row of the event at that very instant, and on."""
    at_start = since[trail.persons] == trail.times
    places = np.flatnonzero(at_start & own)
    persons = trail.persons[places]
    # of several at the same instant the first, or the last
    edge = np.ones(len(places), dtype=np.bool_)
    edge[slice(0, -1) if asked.latest else slice(1, None)] = persons[1:] != persons[:-1]
    anchors = places[edge]
    far = np.int64(FURTHEST if asked.within is None else min(FURTHEST, asked.within.microseconds))
    times = trail.times[anchors]
    limits = times - far if asked.back else times + far
    return walked(trail, anchors, limits, asked.steps, back=asked.back, repeats=asked.repeats)
