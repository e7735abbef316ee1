"""The typed tree of a rule: what the grammar parses into and everything else reads.

Nodes are frozen and compare by meaning: two texts that differ only in white space, comments
or keyword case give equal trees. ``place`` tells where a node stood in the text and takes no
part in equality. See ``docs/language.md`` for the meaning of every form.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from shoal.core.errors import Place
from shoal.core.spans import Span


class Comparator(StrEnum):
    """How two values are compared."""

    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="


class TextTest(StrEnum):
    """What a string is tested for."""

    CONTAINS = "contains"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"


class AggregateFunction(StrEnum):
    """What is made of the chosen events."""

    COUNT = "count"
    DAYS = "days"
    SUM = "sum"
    AVG = "avg"
    MIN = "min"
    MAX = "max"
    FIRST = "first"
    LAST = "last"
    DISTINCT = "distinct"
    TOP = "top"
    SHARE = "share"
    VALUES = "values"
    MEDIAN = "median"
    STD = "std"
    GAP = "gap"
    GAP_STD = "gap_std"


class RankFunction(StrEnum):
    """Into how many steps a rank divides everyone."""

    QUINTILE = "quintile"
    DECILE = "decile"
    PERCENTILE = "percentile"


class TimePartFunction(StrEnum):
    """A part of an event's local time."""

    HOUR = "hour"
    WEEKDAY = "weekday"
    DAY = "day"
    MONTH = "month"
    DAY_OF_YEAR = "day_of_year"


class AnniversaryFunction(StrEnum):
    """On which side of today an anniversary is looked for."""

    NEXT = "next_anniversary"
    LAST = "last_anniversary"


class HolidayFunction(StrEnum):
    """On which side of today a public holiday is looked for."""

    NEXT = "next_holiday"
    LAST = "last_holiday"


class HolidayDaysFunction(StrEnum):
    """On which side of an event its days to a public holiday are counted."""

    TO = "days_to_holiday"
    SINCE = "days_since_holiday"


class ArithmeticOperator(StrEnum):
    """What is done with two values."""

    ADD = "+"
    SUBTRACT = "-"
    MULTIPLY = "*"
    DIVIDE = "/"


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """Any node; ``place`` is where it stood in its text, if it came from one."""

    place: Place | None = field(default=None, compare=False, repr=False)


# --- literals (they are values too) -------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NumberLiteral(Node):
    """A number; ``60%`` is ``NumberLiteral(0.6, percent=True)``."""

    number: float
    percent: bool = False


@dataclass(frozen=True, slots=True)
class TextLiteral(Node):
    """``'text'``."""

    text: str


@dataclass(frozen=True, slots=True)
class BooleanLiteral(Node):
    """``true`` or ``false``."""

    truth: bool


@dataclass(frozen=True, slots=True)
class SpanLiteral(Node):
    """``180d``, ``6mo``."""

    span: Span


@dataclass(frozen=True, slots=True)
class InstantLiteral(Node):
    """``2026-11-01`` or ``2026-11-01T09:30:00Z``, kept as written.

    A bare date, or a time without an offset, gets its instant from the project's zone when the
    rule is bound.
    """

    text: str


Literal: TypeAlias = NumberLiteral | TextLiteral | BooleanLiteral | SpanLiteral | InstantLiteral

# --- windows ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class InLast(Node):
    """``in last 30d``."""

    span: Span


@dataclass(frozen=True, slots=True)
class BetweenAgo(Node):
    """``between OLDER and NEWER ago``."""

    older: Span
    newer: Span


@dataclass(frozen=True, slots=True)
class Since(Node):
    """``since 2026-11-01``: that instant included."""

    start: InstantLiteral


@dataclass(frozen=True, slots=True)
class Before(Node):
    """``before 2026-11-01``: that instant not included."""

    end: InstantLiteral


@dataclass(frozen=True, slots=True)
class FromTo(Node):
    """``from START to END``: the start included, the end not."""

    start: InstantLiteral
    end: InstantLiteral


@dataclass(frozen=True, slots=True)
class Ever(Node):
    """Also what no window means; ``Selection.window`` is None where none was written."""


@dataclass(frozen=True, slots=True)
class InNext(Node):
    """Only in the target of a prediction."""

    span: Span


Window: TypeAlias = InLast | BetweenAgo | Since | Before | FromTo | Ever | InNext

# --- selections and sequences -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EventRef(Node):
    """``order_completed`` · ``any of (a, b)`` (several names) · ``any event`` (no names).

    Names are as written: snake_case, or the raw name that stood in backticks with ``raw`` True
    at the same position.
    """

    names: tuple[str, ...]
    raw: tuple[bool, ...] = ()

    @property
    def is_any(self) -> bool:
        """Whether it names no event, and so means any."""
        return not self.names


@dataclass(frozen=True, slots=True)
class Selection(Node):
    """Events, or a property of them or a part of their time, that meet a condition in a window."""

    event: EventRef
    property: str | None = None
    where: Condition | None = None
    window: Window | None = None
    time_part: TimePartFunction | None = None

    def is_bare(self) -> bool:
        """Whether the events themselves are meant: no property, no part of their time."""
        return self.property is None and self.time_part is None


@dataclass(frozen=True, slots=True)
class Step(Node):
    """One step of a sequence, within a span after the step before it if one is given."""

    event: EventRef
    negated: bool = False
    where: Condition | None = None
    within: Span | None = None


@dataclass(frozen=True, slots=True)
class Sequence(Node):
    """``sequence (…)``: steps one after another, with the same ``by`` if one is given."""

    steps: tuple[Step, ...]
    by: str | None = None
    window: Window | None = None


# --- conditions: over one event ----------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PropertyValue(Node):
    """A bare name in ``where``: a property of that event (dotted paths allowed)."""

    name: str


@dataclass(frozen=True, slots=True)
class TimePart(Node):
    """``hour(time)`` and its kin, in the project's zone; weekday is 1 (Monday) to 7."""

    function: TimePartFunction


@dataclass(frozen=True, slots=True)
class HolidayDays(Node):
    """``days_to_holiday(time)``: whole local days from an event to the next holiday (of a name)."""

    function: HolidayDaysFunction
    name: str | None = None


# --- values -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
    """``avg(order_completed.revenue in last 90d)``."""

    function: AggregateFunction
    selection: Selection


@dataclass(frozen=True, slots=True)
class SequenceAggregate(Node):
    """``count(sequence (…))`` or ``values(sequence (…).property)``."""

    function: AggregateFunction
    sequence: Sequence
    property: str | None = None


@dataclass(frozen=True, slots=True)
class TraitValue(Node):
    """A trait by name: profile trait, computed trait or prediction (dotted names allowed)."""

    name: str


@dataclass(frozen=True, slots=True)
class Age(Node):
    """``age(instant)``: how long ago it was."""

    value: Value


@dataclass(frozen=True, slots=True)
class Until(Node):
    """``until(instant)``: how long it is still to come."""

    value: Value


@dataclass(frozen=True, slots=True)
class Anniversary(Node):
    """``next_anniversary(instant)``: the midnight of the next day with its month and day."""

    function: AnniversaryFunction
    value: Value


@dataclass(frozen=True, slots=True)
class Holiday(Node):
    """``next_holiday('Christmas Day')``: the midnight of the next holiday where the person is."""

    function: HolidayFunction
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Coalesce(Node):
    """``coalesce(first, second)``: the first that is set."""

    first: Value
    second: Value


@dataclass(frozen=True, slots=True)
class Rank(Node):
    """``quintile(value)`` among everyone, or among those in a scope."""

    function: RankFunction
    value: Value
    scope: Rule | None = None


@dataclass(frozen=True, slots=True)
class When(Node):
    """One ``when … then …`` of a ``case``."""

    rule: Rule
    value: Value


@dataclass(frozen=True, slots=True)
class Case(Node):
    """``case when … then … else … end``: the value of the first rule that is true."""

    whens: tuple[When, ...]
    otherwise: Value | None = None


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """``left + right`` and its kin."""

    operator: ArithmeticOperator
    left: Value
    right: Value


Value: TypeAlias = (
    Literal
    | Aggregate
    | SequenceAggregate
    | TraitValue
    | PropertyValue
    | TimePart
    | HolidayDays
    | Age
    | Until
    | Anniversary
    | Holiday
    | Coalesce
    | Rank
    | Case
    | Arithmetic
)

# --- rules (a Condition is a rule over PropertyValue, TimePart, HolidayDays, literals, arithmetic)


@dataclass(frozen=True, slots=True)
class And(Node):
    """Two or more parts; nested ``and`` is flattened by the parser."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    """Two or more parts; nested ``or`` is flattened by the parser."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    """``not part``."""

    part: Rule


@dataclass(frozen=True, slots=True)
class Did(Node):
    """``did S``, or with ``negated`` ``did not S``."""

    selection: Selection
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Compare(Node):
    """``left >= right`` and its kin."""

    left: Value
    comparator: Comparator
    right: Value


@dataclass(frozen=True, slots=True)
class InList(Node):
    """``value in (…)``, or with ``negated`` ``not in``."""

    value: Value
    literals: tuple[Literal, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between(Node):
    """``value between low and high``: both ends included."""

    value: Value
    low: Value
    high: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class TextMatch(Node):
    """``value contains 'text'`` and its kin."""

    value: Value
    test: TextTest
    text: str
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Has(Node):
    """``values(…) has 'x'`` (one literal) or ``has any of ('x', 'y')``."""

    value: Value
    literals: tuple[Literal, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class IsSet(Node):
    """``is set``, or with ``negated`` ``is not set``; never unknown."""

    value: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class InTop(Node):
    """``value in top 20% [of (scope)]``; ``share`` is 0.2; ``bottom`` mirrors it."""

    value: Value
    share: float
    bottom: bool = False
    scope: Rule | None = None


@dataclass(frozen=True, slots=True)
class InSegment(Node):
    """``in segment NAME``, or with ``at_least`` ``… for at least 30d``."""

    name: str
    negated: bool = False
    at_least: Span | None = None


@dataclass(frozen=True, slots=True)
class Changed(Node):
    """``entered segment NAME window`` (``entered`` True) or ``left segment NAME window``."""

    entered: bool
    name: str
    window: Window


@dataclass(frozen=True, slots=True)
class ConsentsTo(Node):
    """``consents to PURPOSE``: the last word on it is a grant."""

    purpose: str


@dataclass(frozen=True, slots=True)
class Everyone(Node):
    """True for everybody."""


@dataclass(frozen=True, slots=True)
class Nobody(Node):
    """True for nobody."""


@dataclass(frozen=True, slots=True)
class SequenceMatch(Node):
    """A sequence used as a rule: true if any match exists."""

    sequence: Sequence


@dataclass(frozen=True, slots=True)
class TraitTruth(Node):
    """A boolean value used as a rule: a trait, ``case`` … Unset is unknown."""

    value: Value


Rule: TypeAlias = (
    And
    | Or
    | Not
    | Did
    | Compare
    | InList
    | Between
    | TextMatch
    | Has
    | IsSet
    | InTop
    | InSegment
    | Changed
    | ConsentsTo
    | Everyone
    | Nobody
    | SequenceMatch
    | TraitTruth
)
Condition: TypeAlias = Rule
