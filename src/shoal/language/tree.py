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
    EQUAL = "="
    NOT_EQUAL = "!="
    GREATER = ">"
    AT_LEAST = ">="
    LESS = "<"
    AT_MOST = "<="


class TextTest(StrEnum):
    CONTAINS = "contains"
    STARTS_WITH = "starts with"
    ENDS_WITH = "ends with"


class AggregateFunction(StrEnum):
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
    QUINTILE = "quintile"
    DECILE = "decile"
    PERCENTILE = "percentile"


class TimePartFunction(StrEnum):
    HOUR = "hour"
    WEEKDAY = "weekday"
    DAY = "day"
    MONTH = "month"
    DAY_OF_YEAR = "day_of_year"


class ArithmeticOperator(StrEnum):
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
    text: str


@dataclass(frozen=True, slots=True)
class BooleanLiteral(Node):
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
    span: Span


@dataclass(frozen=True, slots=True)
class BetweenAgo(Node):
    """``between OLDER and NEWER ago``."""

    older: Span
    newer: Span


@dataclass(frozen=True, slots=True)
class Since(Node):
    start: InstantLiteral


@dataclass(frozen=True, slots=True)
class Before(Node):
    end: InstantLiteral


@dataclass(frozen=True, slots=True)
class FromTo(Node):
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
        return not self.names


@dataclass(frozen=True, slots=True)
class Selection(Node):
    event: EventRef
    property: str | None = None
    where: Condition | None = None
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Step(Node):
    event: EventRef
    negated: bool = False
    where: Condition | None = None
    within: Span | None = None


@dataclass(frozen=True, slots=True)
class Sequence(Node):
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


# --- values -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Aggregate(Node):
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
    value: Value


@dataclass(frozen=True, slots=True)
class Coalesce(Node):
    first: Value
    second: Value


@dataclass(frozen=True, slots=True)
class Rank(Node):
    function: RankFunction
    value: Value
    scope: Rule | None = None


@dataclass(frozen=True, slots=True)
class When(Node):
    rule: Rule
    value: Value


@dataclass(frozen=True, slots=True)
class Case(Node):
    whens: tuple[When, ...]
    otherwise: Value | None = None


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
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
    | Age
    | Coalesce
    | Rank
    | Case
    | Arithmetic
)

# --- rules (a Condition is a rule whose values are PropertyValue, TimePart, literals, arithmetic)


@dataclass(frozen=True, slots=True)
class And(Node):
    """Two or more parts; nested ``and`` is flattened by the parser."""

    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    parts: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    part: Rule


@dataclass(frozen=True, slots=True)
class Did(Node):
    """``did S``, or with ``negated`` ``did not S``."""

    selection: Selection
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Compare(Node):
    left: Value
    comparator: Comparator
    right: Value


@dataclass(frozen=True, slots=True)
class InList(Node):
    value: Value
    literals: tuple[Literal, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Between(Node):
    value: Value
    low: Value
    high: Value
    negated: bool = False


@dataclass(frozen=True, slots=True)
class TextMatch(Node):
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
    purpose: str


@dataclass(frozen=True, slots=True)
class Everyone(Node):
    pass


@dataclass(frozen=True, slots=True)
class Nobody(Node):
    pass


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
