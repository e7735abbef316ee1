"""Tracing: the same program run for one profile, with every register kept.

A trace answers for any node of the rule, or of a definition it names: what it came to, and which
rows made it so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from shoal.core.instants import to_datetime
from shoal.engine.binding import Bound, bind
from shoal.engine.calendars import NEVER
from shoal.engine.decoding import part_of, plain_value
from shoal.engine.dependencies import children
from shoal.engine.evaluation import Prepared, prepare, rank_inputs, with_derived
from shoal.engine.following import next_change
from shoal.engine.history import History, Kind
from shoal.engine.lending import column_of
from shoal.engine.one_profile import OneProfile
from shoal.engine.program import Reading
from shoal.engine.running import rows_behind, run_traced
from shoal.language import tree
from shoal.language.tree import Rule
from shoal.language.vocabulary import ValueType, Vocabulary

FOREVER = 2**53


@dataclass(frozen=True, slots=True)
class TracedEvent:
    """A row that had a part in an answer; ``properties`` are those that were looked at."""

    name: str
    at: int
    properties: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class NodeTrace:
    """What the engine found for a node, and the rows behind it in order.

    A rule has a verdict (None: unknown); a value is None where unset, of ``did`` the count, of a top
    share its cut.
    """

    verdict: bool | None
    value: object
    events: tuple[TracedEvent, ...] = ()


class Trace:
    """One profile at one instant, every node's answer at hand."""

    def __init__(
        self, prepared: Prepared, bound: Bound, profile: int, as_of: int, known_at: int
    ) -> None:
        self._prepared = prepared
        self._bound = bound
        self._profile = profile
        self._as_of = as_of
        self._known_at = known_at
        self._registers = run_traced(bound, profile, as_of, known_at)

    @property
    def known(self) -> bool:
        """Whether the profile is known at the instant."""
        return int(self._registers.truths[0]) == 2

    def of(self, node: tree.Node) -> NodeTrace:
        """The trace of a node of the rule, or of a segment or trait it names."""
        program = self._bound.program
        kind, register = program.registers.get(node, ("", -1))
        verdict: bool | None = None
        value: object = None
        if kind == "t":
            verdict = {0: False, 1: None, 2: True}[int(self._registers.truths[register])]
        elif kind == "f":
            value = self._value(node, register)
        if isinstance(node, tree.InTop):
            value = self._cut(node)
        reading = program.readings.get(node)
        if kind == "t" and reading is not None:
            value = self._number(reading.register)
        if kind == "t" and node in program.aliases:
            value = self.of(program.aliases[node]).value
        return NodeTrace(verdict, value, self._events(node))

    def _number(self, register: int) -> object:
        number = float(self._registers.floats[register])
        return None if np.isnan(number) else number

    def _value(self, node: tree.Node, register: int) -> object:  # noqa: PLR0911  # a return a type
        type_ = self._bound.program.types.get(node, ValueType.NUMBER)
        if type_ == ValueType.LIST:
            return self._list(self._bound.program.readings.get(node))
        number = float(self._registers.floats[register])
        if np.isnan(number):
            return None
        if type_ == ValueType.TEXT:
            return self._bound.pool[int(number)].as_py()
        if type_ == ValueType.BOOLEAN:
            return bool(number)
        if type_ == ValueType.INSTANT:
            return to_datetime(int(number))
        if type_ == ValueType.SPAN:
            return number / 1_000_000
        return number

    def _cut(self, node: tree.InTop) -> object:
        for need in self._bound.program.ranks:
            if need.node == node:
                cut = float(self._bound.tables.constants[need.constants[0]])
                return cut if np.isfinite(cut) else None
        return None

    def _list(self, reading: Reading | None) -> list[object]:
        if reading is None:
            return []
        values: dict[object, None] = {}
        for row in reversed(self._rows(reading)):
            found = self._property(reading.column, row)
            if found is not None:
                values[found] = None
        return list(values)

    def _property(self, column: int, row: int) -> object:
        if column < 0:
            return None
        need = self._bound.program.columns[column]
        if need.part >= 0:
            instant = int(self._bound.history.occurred_at[row])
            return part_of(need.part, instant, self._bound.program.zone)
        found = column_of(self._bound.history, need)
        if found is None:
            return None
        at = int(np.searchsorted(found.rows, row))
        if at == len(found.rows) or found.rows[at] != row:
            return None
        if found.kind == Kind.INSTANT:
            return to_datetime(int(found.values[at]))
        return plain_value(found, at)

    def _rows(self, reading: Reading) -> list[int]:
        if reading.selection < 0 and reading.sequence < 0:
            return []
        rows = rows_behind(
            self._bound, self._profile, self._as_of, self._known_at,
            selection=reading.selection, window=reading.window, sequence=reading.sequence,
        )  # fmt: skip
        return [int(row) for row in rows]

    def _events(self, node: tree.Node) -> tuple[TracedEvent, ...]:
        """Rows behind a node: its own reading's, else those of its parts."""
        program = self._bound.program
        looked: dict[int, dict[str, object]] = {}
        open_nodes, seen = [node], set[tree.Node]()
        while open_nodes:
            part = open_nodes.pop()
            if part in seen:
                continue
            seen.add(part)
            part = program.aliases.get(part, part)
            reading = program.readings.get(part)
            if reading is None:
                open_nodes.extend(children(part, self._prepared.vocabulary))
                continue
            for row in self._rows(reading):
                properties = looked.setdefault(row, {})
                if reading.column >= 0:
                    name = program.columns[reading.column].property
                    properties[name] = self._property(reading.column, row)
        history = self._bound.history
        return tuple(
            TracedEvent(
                history.event_names[int(history.event[row])],
                int(history.occurred_at[row]),
                {name: value for name, value in looked[row].items() if value is not None},
            )
            for row in sorted(looked)
        )


@dataclass(frozen=True, slots=True, eq=False)
class Traced:
    """A profile's trace, with its member's verdict and when that changes by the clock alone."""

    trace: Trace
    member: bool
    verdict: bool | None
    changes_at: int | None
    depends_on_others: bool


def trace_rule(
    histories: Sequence[History],
    bucket: int,
    profile: int,
    rule: Rule,
    vocabulary: Vocabulary,
    as_of: int,
    known_at: int | None = None,
) -> Traced:
    """Evaluate a rule for one profile and keep everything."""
    at = NEVER if known_at is None else known_at
    prepared = prepare({"rule": rule}, vocabulary, tracing=True)
    alone = not prepared.ranks and not prepared.ranks_behind_changes
    horizon = as_of
    if alone:
        # nobody else decides: the profile's own rows are enough, and the clock can be followed
        histories, bucket, profile = [OneProfile(histories[bucket], profile, as_of)], 0, 0
        horizon = FOREVER
    histories = with_derived(prepared, histories, as_of, horizon, at)
    instants = np.array([as_of], dtype=np.int64)
    stored, constants = rank_inputs(prepared, histories, instants, at)
    bound = bind(prepared.final, histories[bucket], stored[bucket], constants)
    trace = Trace(prepared, bound, profile, as_of, at)
    verdict = trace.of(rule).verdict
    changes_at = None
    if alone:
        changes_at = next_change(bound, profile, as_of, at, FOREVER)
    return Traced(trace, verdict is True and trace.known, verdict, changes_at, not alone)
