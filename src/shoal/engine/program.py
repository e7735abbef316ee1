"""A program: rules and values lowered to the tables that the kernel runs.

A program depends on definitions alone, neither on data nor on an instant, so one serves every
bucket and every ``as_of``. What depends on a bucket (where columns lie, which code a string has
there) is added by :mod:`shoal.engine.binding`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from shoal.core.instants import Zone
from shoal.engine.tables import Tables
from shoal.language.tree import InTop, Node, Rank, TextTest
from shoal.language.vocabulary import ValueType

ENTERED = "$entered:"
LEFT = "$left:"
SESSION_STARTED = "session_started"
SESSION_ENDED = "session_ended"
DERIVED = frozenset({SESSION_STARTED, SESSION_ENDED})


@dataclass(frozen=True, slots=True)
class Stream:
    """The rows of some events, in the order of the bucket; no names mean any received event."""

    events: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ColumnNeed:
    """A property as read for the rows of a stream.

    A holder is an event that has it and, where lines read what their parent has, the line event.
    A ``dense`` one may be addressed by the row's ordinal in the stream. With ``part``, what is read
    is that part of each row's own time.
    """

    stream: int
    holders: tuple[tuple[str, str | None], ...]
    property: str
    type: ValueType
    dense: bool = True
    part: int = -1


@dataclass(frozen=True, slots=True)
class TextPredicate:
    """A test over strings, tabulated once a bucket for its distinct strings."""

    test: TextTest
    text: str


@dataclass(frozen=True, slots=True)
class RankNeed:
    """A rank node, its stored operand and scope, and the constants (or table) its cut fills."""

    node: Rank | InTop
    stored: int
    stored_truth: int
    constants: tuple[int, int]
    table: int = -1


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a node's rows come from, and the float register of its number (-1: none)."""

    register: int
    selection: int
    window: int
    column: int
    sequence: int


@dataclass(frozen=True, slots=True)
class Output:
    """One question's answer: a truth (``truth``) or a float register."""

    name: str
    truth: bool
    register: int
    type: ValueType = ValueType.BOOLEAN
    selection: int = -1  # of a list
    window: int = -1
    column: int = -1
    sequence: int = -1

    @property
    def is_list(self) -> bool:
        """Whether the answer is read from rows afterwards."""
        return self.type == ValueType.LIST


@dataclass(frozen=True, eq=False)
class Program:
    """Tables for the kernel and what a bucket must lend to run them."""

    tables: Tables
    streams: tuple[Stream, ...]
    columns: tuple[ColumnNeed, ...]
    texts: Mapping[int, str]
    predicates: tuple[TextPredicate, ...]
    ranks: tuple[RankNeed, ...]
    stored: int
    stored_truth: int
    outputs: tuple[Output, ...]
    zone: Zone
    registers: Mapping[Node, tuple[str, int]] = field(default_factory=dict[Node, tuple[str, int]])
    readings: Mapping[Node, Reading] = field(default_factory=dict[Node, Reading])
    aliases: Mapping[Node, Node] = field(default_factory=dict[Node, Node])
    types: Mapping[Node, ValueType] = field(default_factory=dict[Node, ValueType])
    line_events: Mapping[str, str] = field(default_factory=dict[str, str])
    to_parent: tuple[tuple[tuple[str, str], ...], ...] = ()
    changed_segments: frozenset[str] = frozenset()
    uses_sessions: bool = False
    nonlinear: bool = False
    calendars: tuple[str | None, ...] = ()  # names of holidays whose days are asked; None is any

    @property
    def truths(self) -> int:
        """How many outputs are truths."""
        return sum(1 for output in self.outputs if output.truth)

    @property
    def values(self) -> int:
        """How many outputs are values."""
        return len(self.outputs) - self.truths


def table(rows: list[tuple[int, ...]], width: int) -> np.ndarray:
    """Rows as the contiguous int64 table the kernel expects, also where there are none."""
    if not rows:
        return np.empty((0, width), dtype=np.int64)
    return np.array(rows, dtype=np.int64).reshape(len(rows), width)
