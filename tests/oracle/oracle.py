"""What a rule means, read a second time: slowly, over plain lists of events.

Written from the language page alone, never from the engine, and kept simple enough to be believed
by reading. Numbers are fractions where the store keeps them exactly and doubles elsewhere; unset
and unknown are None. A ``World`` is some people and a vocabulary.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import fields
from fractions import Fraction
from itertools import zip_longest

from shoal.core.spans import Span
from shoal.language import tree as T
from shoal.language.vocabulary import Vocabulary
from tests.oracle.amounts import calculate, of_events, of_values, plain
from tests.oracle.moments import judged_changes, looks_back, stayed
from tests.oracle.occasions import days_to, occasion
from tests.oracle.sequences import Pick, matches
from tests.oracle.timeline import (
    At,
    For,
    Person,
    Row,
    exactly,
    inexact,
    is_number,
    is_unset,
    rows_of,
)


class World:
    def __init__(
        self, people: Iterable[Person], vocabulary: Vocabulary, known_at: int | None = None
    ) -> None:
        self.people, self.vocabulary, self.zone = tuple(people), vocabulary, vocabulary.zone
        self.inexact = inexact(self.people)
        gap = vocabulary.session_gap.microseconds
        self.rows = {
            person.id: rows_of(person, known_at, gap, vocabulary.in_session)
            for person in self.people
        }
        self.memory: dict[tuple, object] = {}
        self.kept: list[object] = []  # what is remembered by id must stay alive

    def visible(self, person: Person, as_of: int) -> list[Row]:
        return [row for row in self.rows[person.id] if row.t <= as_of]

    def known(self, person: Person, as_of: int) -> bool:
        return any(row.name != "$consent" for row in self.visible(person, as_of))

    def member(self, rule: T.Rule, person: Person, as_of: int) -> bool:
        key = ("member", id(rule), person.id, as_of)
        if key not in self.memory:
            self.kept.append(rule)
            known = self.known(person, as_of)
            self.memory[key] = known and self.truth(rule, person, as_of) is True
        return bool(self.memory[key])

    def inside(self, window: T.Window | None, t: int, as_of: int) -> bool:
        match window:
            case None | T.Ever():
                return t <= as_of
            case T.InLast(span=span):
                return self.zone.add(as_of, span, -1) < t <= as_of
            case T.BetweenAgo(older=older, newer=newer):
                return self.zone.add(as_of, older, -1) < t <= self.zone.add(as_of, newer, -1)
            case T.Since(start=start):
                return self.zone.parse(start.text) <= t <= as_of
            case T.Before(end=end):
                return t < self.zone.parse(end.text) and t <= as_of
            case T.FromTo(start=start, end=end):
                return self.zone.parse(start.text) <= t < self.zone.parse(end.text) and t <= as_of
        raise TypeError(window)

    # --- selections: events, their lines, their properties ----------------------------------------

    def carries(self, event: str | None, name: str) -> bool:
        return event in self.vocabulary.events and name in self.vocabulary.events[event].properties

    def only_lines_carry(self, event: str, name: str) -> bool:
        entry = self.vocabulary.events.get(event)
        return (
            entry is not None and not self.carries(event, name) and self.carries(entry.lines, name)
        )

    def read(self, pick: Pick, name: str) -> object:
        """A property of a picked row. A line picked as its parent's reads what only lines carry,
        one picked as itself what it carries; the rest is the parent's."""
        row, event = pick
        if row.parent is not None:
            as_line = self.carries if row.name == event else self.only_lines_carry
            row = row if as_line(event, name) else row.parent
        raw = row.properties.get(name)
        if is_unset(raw) or not is_number(raw):
            return None if is_unset(raw) else raw
        return float(raw) if (row.name, name) in self.inexact else exactly(raw)

    def picks(
        self,
        person: Person,
        event: T.EventRef,
        where: T.Condition | None,
        wanted: str | None,
        as_of: int,
    ) -> list[Pick]:
        """Rows of the event for which ``where`` is true: lines where only they carry ``wanted``,
        and an event of whose lines any one satisfies a ``where`` over what only they carry."""
        names = {self.event_name(*name) for name in zip_longest(event.names, event.raw)}
        mentioned = {part.name for part in self.parts(where) if isinstance(part, T.PropertyValue)}
        found: list[Pick] = []
        for row in self.visible(person, as_of):
            if not (row.kind == "received" if event.is_any else row.name in names):
                continue
            read_by = {row: [row]}
            if wanted is not None and self.only_lines_carry(row.name, wanted):
                read_by = {line: [line] for line in row.lines}
            elif any(self.only_lines_carry(row.name, name) for name in mentioned):
                read_by = {row: row.lines}
            for taken, readers in read_by.items():
                reads = ((reader, row.name) for reader in readers)
                if where is None or any(self.truth(where, person, as_of, r) is True for r in reads):
                    found.append((taken, row.name))
        return found

    def event_name(self, name: str, is_raw: bool | None) -> str:
        entries = self.vocabulary.events.values()
        return next((e.name for e in entries if is_raw and name in e.raw_names), name)

    # --- rules ------------------------------------------------------------------------------------

    def truth(
        self, rule: T.Rule, person: Person, as_of: int, event: Pick | None = None
    ) -> bool | None:
        """True, False or None (unknown), for a person known at ``as_of``."""
        given = (person, as_of, event)
        match rule:
            case T.And(parts=parts):
                return negate(any_of(negate(self.truth(part, *given)) for part in parts))
            case T.Or(parts=parts):
                return any_of(self.truth(part, *given) for part in parts)
            case T.Not(part=part):
                return negate(self.truth(part, *given))
            case T.Everyone():
                return True
            case T.Nobody():
                return False
            case T.Did(selection=selection):
                return bool(self.selected(person, selection, as_of)) != rule.negated
            case T.SequenceMatch(sequence=sequence):
                return bool(matches(self, person, sequence, as_of))
            case T.InTop(value=part, scope=scope):
                if scope is not None and self.truth(scope, *given) is not True:
                    return False
                held = self.value(part, *given)
                return None if held is None else self.at_top(rule, held, as_of)
            case T.InSegment(name=name, at_least=None):
                segment = self.vocabulary.segments[name].rule
                return self.member(segment, person, as_of) != rule.negated
            case T.InSegment(name=name, at_least=at_least):
                return stayed(self, name, person, as_of, at_least) != rule.negated
            case T.Changed(entered=entered, name=name, window=window):
                changes = judged_changes(self, name, person, as_of, window)
                return any(is_entry == entered for _, is_entry in changes)
            case T.ConsentsTo(purpose=purpose):
                rows = [row for row in self.visible(person, as_of) if row.name == "$consent"]
                asked = [row.properties for row in rows if row.properties.get("purpose") == purpose]
                return bool(asked) and asked[-1].get("state") == "granted"
            case T.TraitTruth(value=part):
                held = self.value(part, *given)
                return held if isinstance(held, bool) else None
            case T.IsSet(value=part):
                return (self.value(part, *given) not in (None, ())) != rule.negated
            case T.Compare(left=left, comparator=comparator, right=right):
                return self.compare(
                    self.value(left, *given), comparator, self.value(right, *given), as_of
                )
        found = self.tested(rule, self.value(rule.value, *given), *given)
        return negate(found) if rule.negated else found

    def tested(self, rule: T.Rule, held: object, *given: object) -> bool | None:
        as_of = given[1]
        match rule:
            case T.InList(literals=literals):
                items = [self.value(literal, *given) for literal in literals]
                return any_of(self.compare(held, "=", item, as_of) for item in items)
            case T.Has(literals=literals):
                items = [self.value(literal, *given) for literal in literals]
                pairs = ((x, item) for x in held or () for item in items)
                return None if held is None else any_of(x == item for x, item in pairs)
            case T.Between(low=low, high=high):
                above = self.compare(held, ">=", self.value(low, *given), as_of)
                below = self.compare(held, "<=", self.value(high, *given), as_of)
                return None if above is None or below is None else above and below
            case T.TextMatch(test=test, text=text):
                tests = {"contains": str.__contains__, "starts with": str.startswith}
                return tests.get(test, str.endswith)(held, text) if isinstance(held, str) else None
        raise TypeError(rule)

    def compare(self, left: object, comparator: str, right: object, as_of: int) -> bool | None:
        """Unknown when a side is unset or the types differ; an age against months asks when."""
        if isinstance(left, For) and isinstance(right, Span):
            left, right = self.on_calendar(left, right, as_of)
        elif isinstance(left, Span) and isinstance(right, For):
            right, left = self.on_calendar(right, left, as_of)
        if type(left) is not type(right) or left is None or isinstance(left, tuple | Span):
            return None
        if comparator in ("=", "!="):
            return (left == right) == (comparator == "=")
        if isinstance(left, bool):
            return None
        return {
            ">": left > right, ">=": left >= right, "<": left < right, "<=": left <= right
        }[comparator]  # fmt: skip

    def on_calendar(self, held: For, span: Span, as_of: int) -> tuple[object, object]:
        """Two instants in the order of the spans, where one is an age or still to come."""
        if held.since is not None:
            return At(self.zone.add(as_of, span, -1)), At(held.since)
        if held.till is not None:
            return At(held.till), At(self.zone.add(as_of, span))
        return held, span

    # --- ranks ------------------------------------------------------------------------------------

    def ranked(self, part: T.Value, scope: T.Rule | None, as_of: int) -> list:
        """The values of all known people in scope who have one, ascending."""
        key = ("ranked", id(part), id(scope), as_of)
        if key not in self.memory:
            self.kept += [part, scope]
            everyone = [person for person in self.people if self.known(person, as_of)]
            scoped = [p for p in everyone if scope is None or self.member(scope, p, as_of)]
            held = [self.value(part, person, as_of) for person in scoped]
            self.memory[key] = sorted(item for item in held if item is not None)
        return self.memory[key]

    def at_top(self, rule: T.InTop, held: object, as_of: int) -> bool:
        ranked = self.ranked(rule.value, rule.scope, as_of)
        rank = min(math.ceil(exactly(rule.share) * len(ranked)), len(ranked))
        if rank <= 0:
            return False
        return held <= ranked[rank - 1] if rule.bottom else held >= ranked[-rank]

    # --- values -----------------------------------------------------------------------------------

    def value(
        self, node: T.Value | T.Rule, person: Person, as_of: int, event: Pick | None = None
    ) -> object:
        """A float, str, bool, At, For, tuple, a calendar Span, or None for unset."""
        given = (person, as_of, event)
        match node:
            case T.NumberLiteral(number=number):
                return float(number)
            case T.TextLiteral(text=text):
                return text
            case T.BooleanLiteral(truth=truth):
                return truth
            case T.SpanLiteral(span=span):
                return span if span.is_calendar else For(span.microseconds)
            case T.InstantLiteral(text=text):
                return At(self.zone.parse(text))
            case T.PropertyValue(name=name):
                return plain(self.read(event, name))
            case T.TimePart(function=function):
                local = self.zone.to_local(event[0].t)
                own = {"weekday": local.isoweekday(), "day_of_year": local.timetuple().tm_yday}
                return float(own[function] if function in own else getattr(local, function))
            case T.HolidayDays():
                return days_to(self, node, person, as_of, event[0].t)
            case T.TraitValue(name=name):
                entry = self.vocabulary.traits.get(name)
                if entry is not None and entry.value is not None:
                    return self.value(entry.value, person, as_of)
                rows = [row for row in self.visible(person, as_of) if row.name == "$identify"]
                held = [self.read((row, row.name), name) for row in rows]
                return plain(next((item for item in reversed(held) if item is not None), None))
            case T.Age(value=part):
                held = self.value(part, *given)
                return For(as_of - held.us, since=held.us) if isinstance(held, At) else None
            case T.Until(value=part):
                held = self.value(part, *given)
                return For(held.us - as_of, till=held.us) if isinstance(held, At) else None
            case T.Anniversary(value=part):
                return occasion(self, node, person, as_of, self.value(part, *given))
            case T.Holiday():
                return occasion(self, node, person, as_of, None)
            case T.Coalesce(first=first, second=second):
                held = self.value(first, *given)
                return self.value(second, *given) if held is None else held
            case T.Case(whens=whens, otherwise=otherwise):
                chosen = (w.value for w in whens if self.truth(w.rule, *given) is True)
                part = next(chosen, otherwise)
                return None if part is None else self.value(part, *given)
            case T.Arithmetic(operator=operator, left=left, right=right):
                return calculate(
                    self.zone, self.value(left, *given), operator, self.value(right, *given)
                )
            case T.Rank(function=function, value=part, scope=scope):
                held = self.value(part, *given)
                if held is None or (scope and self.truth(scope, *given) is not True):
                    return None
                ranked = self.ranked(part, scope, as_of)
                share = Fraction(sum(other <= held for other in ranked), len(ranked))
                parts = {"quintile": 5, "decile": 10}.get(function)
                return float(math.ceil(parts * share) if parts else 100 * share)
            case T.Aggregate(function=function, selection=selection):
                picks = self.selected(person, selection, as_of)
                if selection.time_part is not None:
                    part = T.TimePart(selection.time_part)
                    found = [self.value(part, person, as_of, pick) for pick in picks]
                    return of_values(function, found)
                if selection.property is None:
                    return of_events(self.zone, function, [row.t for row, _ in picks])
                return of_values(function, [self.read(pick, selection.property) for pick in picks])
            case T.SequenceAggregate(function=function, sequence=sequence, property=name):
                firsts = [match[0] for match in matches(self, person, sequence, as_of)]
                firsts.sort(key=lambda pick: pick[0].place)
                if function == "count":
                    return float(len(firsts))
                firsts = [x for pick in firsts for x in self.items(pick, sequence, name, *given)]
                return of_values(function, [self.read(pick, name) for pick in firsts])
        return self.truth(node, *given)

    def items(self, first: Pick, sequence: T.Sequence, name: str, *given: object) -> list[Pick]:
        """The lines of a match's first event that meet its ``where``, if only they carry it."""
        row, event = first
        if row.parent is not None or not self.only_lines_carry(event, name):
            return [first]
        where, (person, as_of, _) = sequence.steps[0].where, given
        lines = [(line, event) for line in row.lines]
        return [x for x in lines if where is None or self.truth(where, person, as_of, x) is True]

    def selected(self, person: Person, selection: T.Selection, as_of: int) -> list[Pick]:
        event, where, window = selection.event, selection.where, selection.window
        picks = self.picks(person, event, where, selection.property, as_of)
        return [pick for pick in picks if self.inside(window, pick[0].t, as_of)]

    # --- the tree ---------------------------------------------------------------------------------

    def depends_on_others(self, rule: T.Rule) -> bool:
        return any(isinstance(part, T.InTop | T.Rank) for part in self.parts(rule))

    def parts(self, node: object, *, into_past: bool = True) -> Iterator[object]:
        """The node and everything in it, the segments and computed traits it names included."""
        if isinstance(node, T.Node | Span):
            yield node
        if isinstance(node, T.InSegment | T.Changed) and (into_past or not looks_back(node)):
            rule = self.vocabulary.segments[node.name].rule
            yield from self.parts(rule, into_past=into_past)
        if isinstance(node, T.TraitValue) and node.name in self.vocabulary.traits:
            computed = self.vocabulary.traits[node.name].value
            yield from self.parts(computed, into_past=into_past)
        if isinstance(node, T.Node):
            node = tuple(getattr(node, each.name) for each in fields(node))
        for item in node if isinstance(node, tuple) else ():
            yield from self.parts(item, into_past=into_past)


def negate(truth: bool | None) -> bool | None:
    return None if truth is None else not truth


def any_of(truths: Iterable[bool | None]) -> bool | None:
    """Kleene's ``or``: true beats unknown beats false."""
    seen = set(truths)
    return True if True in seen else (None if None in seen else False)


def truth(
    rule: T.Rule, person: Person, people: Iterable[Person], vocabulary: Vocabulary, as_of: int
) -> bool | None:
    return World(people, vocabulary).truth(rule, person, as_of)


def value(
    node: T.Value, person: Person, people: Iterable[Person], vocabulary: Vocabulary, as_of: int
) -> object:
    return World(people, vocabulary).value(node, person, as_of)
