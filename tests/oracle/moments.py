"""When a rule can change for a person: every instant at which it must be evaluated.

Deliberately too many: what happened or is said to (instants among values and literals), each a span
of the rule later, each a microsecond earlier and later, and where an age overtakes a value.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from shoal.core.instants import DAY, EARLIEST, LATEST, Zone, to_datetime
from shoal.core.spans import Span
from shoal.language import tree as T
from tests.oracle.occasions import turning_days
from tests.oracle.timeline import At, Person

if TYPE_CHECKING:
    from tests.oracle.oracle import World


def changes(
    world: World, rule: T.Rule, person: Person, start: int, end: int
) -> Iterator[tuple[int, bool]]:
    """(instant, entered) in ``(start, end]``: membership differs from a microsecond before."""
    for moment in sorted(moments(world, rule, person)):
        if start < moment <= end:
            now = world.member(rule, person, moment)
            if now != world.member(rule, person, moment - 1):
                yield moment, now


def judged_changes(
    world: World, name: str, person: Person, as_of: int, window: T.Window
) -> Iterator[tuple[int, bool]]:
    """Changes of membership in the window; where others have a say, between local midnights."""
    rule = world.vocabulary.segments[name].rule
    if not world.depends_on_others(rule):
        found = changes(world, rule, person, EARLIEST, as_of)
        yield from (each for each in found if world.inside(window, each[0], as_of))
        return
    match window:
        case T.InLast(span=span) | T.BetweenAgo(older=span):
            low = world.zone.add(as_of, span, -1)
        case T.Since(start=start) | T.FromTo(start=start):
            low = world.zone.parse(start.text)
        case _:
            low = min(said(world, rule, world.people), default=as_of)
    instants = sorted({*midnights(world.zone, low - 2 * DAY, as_of), as_of})
    for before, moment in pairwise(instants):
        if world.inside(window, moment, as_of):
            change = world.member(rule, person, moment)
            if change != world.member(rule, person, before):
                yield moment, change


def stayed(world: World, name: str, person: Person, as_of: int, span: Span) -> bool:
    """A member at every instant of ``[as_of - span, as_of]``."""
    rule, start = world.vocabulary.segments[name].rule, world.zone.add(as_of, span, -1)
    if world.depends_on_others(rule):
        judged = midnights(world.zone, start - 2 * DAY, as_of)
        judged = [max(m for m in judged if m <= start), *(m for m in judged if m > start), as_of]
    else:
        judged = [start, as_of, *(m for m in moments(world, rule, person) if start < m < as_of)]
    return all(world.member(rule, person, moment) for moment in judged)


def midnights(zone: Zone, start: int, end: int) -> list[int]:
    """Local midnights in ``[start, end]``."""
    first, last = zone.to_local(start).date(), zone.to_local(end).date()
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [m for m in map(zone.midnight, days) if start <= m <= end]


def said(world: World, rule: T.Rule, people: tuple[Person, ...]) -> set[int]:
    """When something happened, and the instants among properties and in the rule."""
    literals = [part for part in world.parts(rule) if isinstance(part, T.InstantLiteral)]
    found = {world.zone.parse(literal.text) for literal in literals}
    for row in (row for person in people for row in world.rows[person.id]):
        found |= {row.t, *(round(x.us) for x in row.properties.values() if isinstance(x, At))}
    return {moment for moment in found if moment > EARLIEST + 1}


def moments(world: World, rule: T.Rule, person: Person) -> set[int]:
    """All candidates; what ``entered`` and ``for at least`` look back on changes when it does."""
    key = ("moments", id(rule), person.id)
    if key in world.memory:
        return world.memory[key]
    world.kept.append(rule)
    parts = list(world.parts(rule, into_past=False))
    found = said(world, rule, (person,))
    for part in parts:
        if looks_back(part):
            past = world.vocabulary.segments[part.name].rule
            found |= {moment for moment, _ in changes(world, past, person, EARLIEST, LATEST)}
    spans = {part for part in parts if isinstance(part, Span)}
    found |= set(turning_days(world, parts, person, found))
    ways = (1, -1) if any(isinstance(part, T.Until) for part in parts) else (1,)
    found |= {
        m for t in found for span in spans for way in ways for m in later(world.zone, t, span, way)
    }
    found = {m + n for m in found for n in (-1, 0, 1)}
    for part in parts:
        if isinstance(part, T.Compare):
            inside = [type(x) for x in world.parts((part.left, part.right))]
            direct = T.SpanLiteral in (type(part.left), type(part.right))
            moving = T.Age in inside or T.Until in inside
            if moving and (T.Arithmetic in inside or not direct):
                found |= crossings(world, part, person, sorted(found))
    world.memory[key] = found
    return found


def looks_back(node: object) -> bool:
    at_least = isinstance(node, T.InSegment) and node.at_least is not None
    return at_least or isinstance(node, T.Changed)


def later(zone: Zone, t: int, span: Span, way: int = 1) -> set[int]:
    """Every instant at which ``that instant - span`` may pass t; ``+ span`` if ``way`` is -1.

    Calendar spans clip days and meet clock changes, so going back a month is a shift that is
    constant only between certain breaks: local midnights, clock changes, and the times of day of
    the clock changes near t.
    """
    near = zone.add(t, span, way)
    if not span.is_calendar:
        return {near}
    starts, offsets = zone.transitions()
    clock = {time()}
    for i in range(max(bisect_left(starts, t - 3 * DAY), 1), bisect_right(starts, t + 3 * DAY)):
        for offset in (offsets[i - 1], offsets[i]):
            clock.add(to_datetime(starts[i] + offset).time())
    breaks = {
        near,
        *starts[bisect_left(starts, near - 5 * DAY) : bisect_right(starts, near + 5 * DAY)],
    }
    day = zone.to_local(near).date()
    for n in range(-1, 5) if way == 1 else range(-4, 5):
        breaks |= {zone.from_local(datetime.combine(day + timedelta(days=n), c)) for c in clock}
    return breaks | {b + t - zone.add(b, span, -way) for b in breaks}


def crossings(world: World, compare: T.Compare, person: Person, ascending: list[int]) -> set[int]:
    """Where, between moments, one side of the comparison overtakes the other."""

    def sign(as_of: int) -> tuple[bool | None, ...]:
        left, right = (world.value(x, person, as_of) for x in (compare.left, compare.right))
        return tuple(world.compare(left, x, right, as_of) for x in ("<", "=", ">"))

    def between(low: int, high: int) -> Iterator[int]:
        if sign(low) != sign(high):
            if high - low == 1:
                yield high
            else:
                middle = (low + high) // 2
                yield from between(low, middle)
                yield from between(middle, high)

    ends = [*ascending, ascending[-1] + 4000 * DAY] if ascending else []
    return {m for low, high in pairwise(ends) for m in between(low, high)}
