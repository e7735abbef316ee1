"""The smallest change that may still happen and turns a verdict over, verified by the engine.

Events cannot be undone, so a change is a few more events, waiting, or both. Ways to turn each
condition over are found by trying; ``and`` and ``or`` say how they combine; only what the engine
confirms for the whole rule is told. Fewest events first; waiting where no events do.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import combinations, product
from typing import Protocol

from shoal.core.instants import DAY, SECOND, Zone, format_instant
from shoal.core.spans import Span
from shoal.language.shape import walk
from shoal.language.tree import And, Changed, InSegment, InTop, Not, NumberLiteral, Or, Rule, Value
from shoal.language.tree import Sequence as Steps
from shoal.language.vocabulary import Vocabulary
from shoal.segments.moves import Happening, Unit, current_of, described, units_of
from shoal.segments.reach import expanded, others_decide
from shoal.segments.satisfy import Plain
from shoal.segments.timeline import TimelineEvent

TIMES = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 15, 20, 30, 50, 100, 200, 500, 1000)
MANY_TIMES = (2_000, 5_000, 10_000, 20_000)
PAIRS = tuple(product((1, 2, 3), repeat=2))
MOST_DAYS = 10
MOST_PAIRED = 6
KEPT = 4
MOST_COMBINED = 24

Verdict = bool | None


class Goal(Enum):
    """What a part has to become; a member's whole rule is TRUE."""

    TRUE = "true"
    NOT_TRUE = "not true"
    FALSE = "false"
    NOT_FALSE = "not false"

    def met(self, verdict: Verdict) -> bool:
        """Whether the verdict is what is wanted."""
        match self:
            case Goal.TRUE:
                return verdict is True
            case Goal.NOT_TRUE:
                return verdict is not True
            case Goal.FALSE:
                return verdict is False
            case Goal.NOT_FALSE:
                return verdict is not False

    @property
    def inside_not(self) -> Goal:
        """What the part of a ``not`` has to become for the whole to meet this."""
        mirrored = {
            Goal.TRUE: Goal.FALSE,
            Goal.FALSE: Goal.TRUE,
            Goal.NOT_TRUE: Goal.NOT_FALSE,
            Goal.NOT_FALSE: Goal.NOT_TRUE,
        }
        return mirrored[self]


@dataclass(frozen=True, slots=True)
class Way:
    """Happenings, each so many times, and the instant at which they have had their effect."""

    times: tuple[tuple[Unit, int], ...] = ()
    until: int = 0

    @property
    def count(self) -> int:
        """How many events have to happen."""
        return sum(len(unit.happenings) * times for unit, times in self.times)

    def cost(self, as_of: int) -> tuple[bool, int, int]:
        """Smaller is nearer: without waiting before with, then fewer events, then sooner."""
        return self.until > as_of, self.count, self.until

    def events(self, as_of: int, zone: Zone) -> list[TimelineEvent]:
        """What happens; daily events once a day from ``as_of`` on, others at ``as_of``."""
        found: list[TimelineEvent] = []
        for unit, times in self.times:
            for turn in range(times):
                at = zone.add(as_of, Span(1, "d"), turn) if unit.daily else as_of
                found += [_numbered(it, unit, turn).event(at) for it in unit.happenings]
        return found


class Judge(Protocol):
    """The engine, asked about one person."""

    @property
    def as_of(self) -> int:
        """The instant of the question."""
        ...

    def verdicts(self, rule: Rule, ways: Sequence[Way]) -> list[Verdict]:
        """The rule's verdict under each way, at the way's ``until``."""
        ...

    def values(self, values: Sequence[Value]) -> list[float | None]:
        """Numbers as they are now."""
        ...

    def changes_at(self, rule: Rule) -> int | None:
        """When the verdict changes if nothing more happens."""
        ...

    def cut(self, node: InTop) -> float | None:
        """The value from which on one is in the top now."""
        ...

    def ranked(self, rule: Rule, way: Way) -> Verdict:
        """The rule's verdict under a way without waiting, everybody ranked anew."""
        ...


@dataclass(frozen=True, slots=True)
class NearestChange:
    """What to tell: in words and as data."""

    text: str
    events: tuple[tuple[str, int, dict[str, Plain]], ...]
    wait_until: int | None
    member: bool


def nearest_change(
    rule: Rule, *, member: bool, vocabulary: Vocabulary, judge: Judge
) -> NearestChange | None:
    """The nearest way to turn the whole rule over; None where none was found.

    Where other people decide, ways are sought as if the cuts stayed where they are, and told only
    if they hold with everybody ranked anew.
    """
    goal = Goal.NOT_TRUE if member else Goal.TRUE
    if others_decide(rule, vocabulary):
        return _among_others(rule, goal, vocabulary, judge)
    found = _verified(rule, goal, _ways(expanded(rule, vocabulary), goal, vocabulary, judge), judge)
    waits = [Way(until=at) for at in [judge.changes_at(rule)] if at is not None]
    found += _verified(rule, goal, waits, judge)
    if not found:
        return None
    return _told(
        min(found, key=lambda way: way.cost(judge.as_of)), vocabulary, judge, member=not member
    )


def _among_others(
    rule: Rule, goal: Goal, vocabulary: Vocabulary, judge: Judge
) -> NearestChange | None:
    alone = expanded(rule, vocabulary, judge.cut)
    if others_decide(alone, vocabulary):
        return None
    found = [way for way in _ways(alone, goal, vocabulary, judge) if way.until == judge.as_of]
    told = next((way for way in found if way.times and goal.met(judge.ranked(rule, way))), None)
    if told is None:
        return None
    return _told(told, vocabulary, judge, member=goal is Goal.TRUE)


def _ways(rule: Rule, goal: Goal, vocabulary: Vocabulary, judge: Judge) -> list[Way]:
    """Ways to make the rule meet the goal, nearest first; the empty way where it does now."""
    stay = Way(until=judge.as_of)
    if goal.met(judge.verdicts(rule, [stay])[0]):
        return [stay]
    match rule:
        case Not():
            return _ways(rule.part, goal.inside_not, vocabulary, judge)
        case And() | Or():
            parts = [_ways(part, goal, vocabulary, judge) for part in rule.parts]
            needs_all = isinstance(rule, And) == (goal in (Goal.TRUE, Goal.NOT_FALSE))
            combined = _combined(parts) if needs_all else [way for ways in parts for way in ways]
            return _nearest(_verified(rule, goal, combined, judge), judge)
        case Changed() | InSegment():
            return _nearest(_of_segment(rule, goal, vocabulary, judge), judge)
        case _:
            return _nearest(_of_leaf(rule, goal, vocabulary, judge), judge)


def _of_leaf(leaf: Rule, goal: Goal, vocabulary: Vocabulary, judge: Judge) -> list[Way]:
    sums = current_of(leaf)
    current: dict[Value, float] = {
        node: value
        for node, value in zip(sums, judge.values(sums) if sums else [], strict=True)
        if value is not None
    }
    found: list[Way] = []
    for unit in _distinct(units_of(leaf, vocabulary, current)):
        way = _fewest(leaf, goal, unit, judge, _waits_of(leaf, judge, vocabulary.zone))
        if way is not None:
            found.append(way)
    if not found:
        units = _distinct(units_of(leaf, vocabulary, current))[:MOST_PAIRED]
        some = [((one, k), (two, m)) for one, two in combinations(units, 2) for k, m in PAIRS]
        found = _verified(leaf, goal, [Way(pair, judge.as_of) for pair in some], judge)
    at = judge.changes_at(leaf)
    return found + _verified(leaf, goal, [Way(until=at)] if at is not None else [], judge)


def _of_segment(
    leaf: Changed | InSegment, goal: Goal, vocabulary: Vocabulary, judge: Judge
) -> list[Way]:
    """Turning the named segment over, and staying so for as long as is asked."""
    segment = vocabulary.segments.get(leaf.name)
    if segment is None:
        return []
    span = leaf.at_least if isinstance(leaf, InSegment) else None
    inside = expanded(segment.rule, vocabulary)
    ways = [
        way
        for wanted in (Goal.TRUE, Goal.NOT_TRUE)
        for way in _ways(inside, wanted, vocabulary, judge)
    ]
    if span is not None:
        longer = [Way(it.times, vocabulary.zone.add(it.until, span)) for it in ways]
        ways = [*ways, *longer]
    at = judge.changes_at(leaf)
    return _verified(leaf, goal, [*ways, *([Way(until=at)] if at is not None else [])], judge)


def _fewest(leaf: Rule, goal: Goal, unit: Unit, judge: Judge, waits: Sequence[int]) -> Way | None:
    """The fewest times the unit has to happen; in the first pass by leaps, then between them."""
    zone_days = [judge.as_of + DAY * days for days in range(MOST_DAYS + 1)]

    def tries(times: Iterable[int]) -> list[Way]:
        if unit.daily:
            return [Way(((unit, k),), zone_days[k]) for k in times if k <= MOST_DAYS]
        return [Way(((unit, k),), judge.as_of) for k in times]

    below = 0
    many = _largest_number(leaf) > TIMES[-1] and not unit.daily
    ways = tries((*TIMES, *MANY_TIMES) if many else TIMES[:1] if unit.once else TIMES)
    while True:
        hit = next(iter(_verified(leaf, goal, ways, judge)), None)
        if hit is None:
            break
        times = hit.times[0][1]
        below = max((way.times[0][1] for way in ways if way.times[0][1] < times), default=below)
        if times - below <= 1:
            return hit
        gap = times - below
        ways = tries(sorted({below + max(1, gap * part // 10) for part in range(1, 11)}))
    later = [Way(((unit, k),), at) for at in waits for k in (1, 2, 3)]
    return next(iter(_verified(leaf, goal, later, judge)), None)


def _largest_number(leaf: Rule) -> float:
    """The largest number the condition compares with."""
    numbers = (node.number for node in walk(leaf) if isinstance(node, NumberLiteral))
    return max(numbers, default=0.0)


def _waits_of(leaf: Rule, judge: Judge, zone: Zone) -> list[int]:
    """Instants worth waiting for after events: when a ``not … within`` is over."""
    spans = [
        step.within
        for node in walk(leaf)
        if isinstance(node, Steps)
        for step in node.steps
        if step.negated and step.within is not None
    ]
    return [zone.add(judge.as_of, span) for span in dict.fromkeys(spans)]


def _verified(rule: Rule, goal: Goal, ways: Sequence[Way], judge: Judge) -> list[Way]:
    if not ways:
        return []
    verdicts = judge.verdicts(rule, ways)
    return [way for way, verdict in zip(ways, verdicts, strict=True) if goal.met(verdict)]


def _nearest(ways: Iterable[Way], judge: Judge) -> list[Way]:
    return sorted(dict.fromkeys(ways), key=lambda way: way.cost(judge.as_of))[:KEPT]


def _combined(parts: Sequence[list[Way]]) -> list[Way]:
    """One way of every part together: sharing equal events where that may do, then not."""
    found: dict[Way, None] = {}
    for chosen in product(*parts):
        found[_together(chosen, share=True)] = None
        found[_together(chosen, share=False)] = None
        if len(found) > MOST_COMBINED:
            break
    return list(found)


def _together(ways: Sequence[Way], *, share: bool) -> Way:
    times: dict[Unit, int] = {}
    for way in ways:
        for unit, count in way.times:
            before = times.get(unit, 0)
            times[unit] = max(before, count) if share else before + count
    return Way(tuple(times.items()), max((way.until for way in ways), default=0))


def _distinct(units: Iterable[Unit]) -> list[Unit]:
    return list(
        {(tuple(it.key for it in unit.happenings), unit.daily): unit for unit in units}.values()
    )


def _numbered(happening: Happening, unit: Unit, turn: int) -> Happening:
    name = unit.numbered
    if name is None or turn == 0 or name not in happening.properties:
        return happening
    value = happening.properties[name]
    again: Plain = f"{value} {turn + 1}" if isinstance(value, str) else value
    return Happening(happening.name, {**happening.properties, name: again}, happening.lines)


def _told(way: Way, vocabulary: Vocabulary, judge: Judge, *, member: bool) -> NearestChange:
    parts: list[str] = []
    events: list[tuple[str, int, dict[str, Plain]]] = []
    for unit, times in way.times:
        said = [
            described(it, times, daily=unit.daily, vocabulary=vocabulary) for it in unit.happenings
        ]
        parts.append(", then ".join(said))
        events += [(it.name, times, dict(it.properties)) for it in unit.happenings]
    waits = way.until > judge.as_of and not any(unit.daily for unit, _ in way.times)
    if waits:
        parts.append(f"wait until {_moment(way.until, vocabulary.zone)}")
    text = " and ".join(parts)
    return NearestChange(text, tuple(events), way.until if waits else None, member)


def _moment(at: int, zone: Zone) -> str:
    second = at - at % SECOND
    local = zone.to_local(second)
    if local == local.replace(hour=0, minute=0, second=0):
        return str(local.date())
    return format_instant(second)
