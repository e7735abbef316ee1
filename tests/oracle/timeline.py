"""People as lists of events, and the rows of their history in (t, arrival)."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction

from shoal.core.instants import EARLIEST, SECOND

SESSION_GAP = 30 * 60 * SECOND


@dataclass(frozen=True, slots=True, order=True)
class At:
    """An instant as a value, in microseconds."""

    us: float


@dataclass(frozen=True, slots=True, order=True)
class For:
    """A span as a value; an age remembers ``since`` when, so that calendars can judge it.

    What is still to come remembers ``till`` when.
    """

    us: float
    since: float | None = field(default=None, compare=False)
    till: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Ev:
    """A received event, a dated identify (``$identify``) or a consent (``$consent``).

    Numbers are int, Decimal or float; instants are ``At``.
    """

    name: str
    t: int
    properties: Mapping[str, object] = field(default_factory=dict)
    lines: tuple[Mapping[str, object], ...] = ()
    received: int | None = None  # None: when it happened


@dataclass(frozen=True, slots=True)
class Person:
    """Events in the order of their arrival; ``traits`` are the undated ones."""

    id: int
    events: tuple[Ev, ...] = ()
    traits: Mapping[str, object] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Row:
    name: str
    t: int
    arrival: float
    properties: Mapping[str, object]
    kind: str  # received, line, derived, reserved
    parent: Row | None = None
    lines: list[Row] = field(default_factory=list)

    @property
    def place(self) -> tuple[int, float]:
        return self.t, self.arrival

    @property
    def order(self) -> tuple[int, float, int]:
        """Lines of one event share its place, and follow each other."""
        return self.t, self.arrival, 0 if self.parent is None else 1 + self.parent.lines.index(self)


def rows_of(
    person: Person,
    known_at: int | None = None,
    session_gap: int = SESSION_GAP,
    in_session: Callable[[str], bool] = lambda name: not name.startswith("email_"),
) -> list[Row]:
    """In (t, arrival): lines directly after their parent, a session's start before its first."""
    rows = [Row("$identify", EARLIEST, -1, person.traits, "reserved")] if person.traits else []
    for arrival, event in enumerate(person.events):
        received = event.t if event.received is None else event.received
        if known_at is not None and received > known_at:
            continue
        kind = "reserved" if event.name.startswith("$") else "received"
        parent = Row(event.name, event.t, arrival, event.properties, kind)
        parent.lines = [
            Row(f"{event.name}_line", event.t, arrival, line, "line", parent)
            for line in event.lines
        ]
        rows += [parent, *parent.lines]
    rows.sort(key=lambda row: row.place)
    return sorted([*rows, *sessions(rows, session_gap, in_session)], key=lambda row: row.place)


def sessions(rows: list[Row], gap: int, in_session: Callable[[str], bool]) -> Iterator[Row]:
    """What is done on a site, at most a gap apart, makes a session; it ends a gap after its last."""
    session: list[Row] = []
    received = [row for row in rows if row.kind == "received" and in_session(row.name)]
    for row, following in zip(received, [*received[1:], None], strict=False):
        session.append(row)
        if following is None or following.t - row.t > gap:
            first = session[0]
            yield Row("session_started", first.t, first.arrival - 0.5, {}, "derived")
            facts = {
                "pages": sum(each.name == "page_viewed" for each in session),
                "seconds": Decimal(row.t - first.t) / SECOND,
            }
            yield Row("session_ended", row.t + gap, math.inf, facts, "derived")
            session = []


# --- numbers ------------------------------------------------------------------------------------


def is_number(raw: object) -> bool:
    return isinstance(raw, int | float | Decimal) and not isinstance(raw, bool)


def is_unset(raw: object) -> bool:
    return raw is None or (is_number(raw) and not math.isfinite(raw))


def exactly(number: float | Decimal) -> Fraction:
    """The number that its decimal text says."""
    return Fraction(repr(number) if isinstance(number, float) else number)


def is_exact(number: float | Decimal) -> bool:
    """At most six decimals, at most nine million million."""
    exact = exactly(number)
    return abs(exact) <= 9 * 10**12 and (exact * 10**6).denominator == 1


def inexact(people: tuple[Person, ...]) -> set[tuple[str, str]]:
    """The (event, property) of which some value is not exact: all its values are doubles."""
    return {
        (name, key)
        for person in people
        for name, properties in carriers(person)
        for key, raw in properties.items()
        if is_number(raw) and not is_unset(raw) and not is_exact(raw)
    }


def carriers(person: Person) -> Iterator[tuple[str, Mapping[str, object]]]:
    yield "$identify", person.traits
    for event in person.events:
        yield event.name, event.properties
        yield from ((f"{event.name}_line", line) for line in event.lines)
