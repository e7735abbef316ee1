# One `case` per form of the language: many branches and returns, read as a table.
# ruff: noqa: PLR0911
"""Rules and values over points: aggregates, sequences, segments, ranks as instructions.

Traits and segments are written out in place, equal parts are computed once, and every selection
is kept once, however many aggregates and sequences read it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from shoal.core.errors import DefinitionError, Place, Problem
from shoal.core.names import nearest
from shoal.core.spans import Span
from shoal.engine import opcodes as op
from shoal.engine.lowering import LITERALS, Constants, Lowering, Operand
from shoal.engine.program import ENTERED, LEFT, ColumnNeed, RankNeed, Reading
from shoal.engine.selections import (
    IDENTIFY,
    ConditionLowering,
    Needs,
    Source,
    event_names,
    holiday,
    source_of,
)
from shoal.language import tree
from shoal.language.tree import AggregateFunction as Function
from shoal.language.tree import Rule, Value
from shoal.language.vocabulary import ValueType, Vocabulary

CONSENT = "$consent"
TIME_FUNCTIONS = {
    Function.COUNT: (op.COUNT, ValueType.NUMBER),
    Function.DAYS: (op.DAYS, ValueType.NUMBER),
    Function.FIRST: (op.FIRST_AT, ValueType.INSTANT),
    Function.LAST: (op.LAST_AT, ValueType.INSTANT),
    Function.GAP: (op.GAP, ValueType.SPAN),
    Function.GAP_STD: (op.GAP_STD, ValueType.SPAN),
}
VALUE_FUNCTIONS = {
    Function.SUM: op.SUM,
    Function.AVG: op.AVG,
    Function.MIN: op.MIN,
    Function.MAX: op.MAX,
    Function.FIRST: op.FIRST_VALUE,
    Function.LAST: op.LAST_VALUE,
    Function.DISTINCT: op.DISTINCT,
    Function.TOP: op.TOP,
    Function.SHARE: op.SHARE,
    Function.MEDIAN: op.MEDIAN,
    Function.STD: op.STD,
}
NUMERIC = {op.SUM, op.AVG, op.MEDIAN, op.STD}
ORDERED = {op.MIN, op.MAX}
ALWAYS_NUMBER = {op.DISTINCT, op.SHARE}
VALUE_NODES = (
    tree.NumberLiteral, tree.TextLiteral, tree.BooleanLiteral, tree.SpanLiteral,
    tree.InstantLiteral, tree.Aggregate, tree.SequenceAggregate, tree.TraitValue, tree.Age,
    tree.Coalesce, tree.Rank, tree.Case, tree.Arithmetic, tree.PropertyValue, tree.TimePart,
    tree.Until, tree.Anniversary, tree.Holiday, tree.HolidayDays,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Selected:
    """A selection in the tables, with where it reads."""

    index: int
    source: Source


@dataclass(frozen=True, slots=True)
class AggregateNeed:
    """One aggregate of a selection, and the register it fills."""

    selection: int
    column: int
    function: int
    window: int
    register: int


class PointLowering(Lowering):
    """Rules and values over points: aggregates, sequences, segments, ranks."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        ranks: Mapping[tree.Rank | tree.InTop, int] | None,
        *,
        tracing: bool = False,
    ) -> None:
        super().__init__(Constants(), vocabulary.zone.parse)
        self.vocabulary = vocabulary
        self.needs = Needs(vocabulary)
        self.windows: list[tuple[int, ...]] = []
        self.conditions: list[tuple[Source, ConditionLowering | None, int]] = []
        self.aggregates: dict[tuple[int, int, int, int], AggregateNeed] = {}
        self.sequences: list[tuple[int, ...]] = []
        self.steps: list[tuple[int, ...]] = []
        self.rank_needs: list[RankNeed] = []
        self.changed: set[str] = set()
        self.registers: dict[tree.Node, tuple[str, int]] = {}
        self.readings: dict[tree.Node, Reading] = {}
        self.aliases: dict[tree.Node, tree.Node] = {}
        self.lists: dict[tree.Node, int] = {}  # the sequence whose matches a list is made of
        self.tracing = tracing
        self._ranks = ranks
        self._selections: dict[object, Selected] = {}
        self._open: list[str] = []
        self.truths = 1  # register 0 says whether the profile is known

    def note(self, node: tree.Node, kind: str, register: int) -> None:
        """Keep, when tracing, where a node's answer is: ``t`` for a truth, ``f`` for a value."""
        if self.tracing:
            self.registers[node] = (kind, register)

    def seen(self, value: Value) -> None:
        """Lower, when tracing, a value that is only named."""
        if self.tracing and not isinstance(value, LITERALS):
            self.value(value)

    def read(
        self,
        node: tree.Node,
        register: int,
        selection: int = -1,
        window: int = -1,
        column: int = -1,
        sequence: int = -1,
    ) -> None:
        """Keep, when tracing, what a node reads: its rows, and its number where it has one."""
        if self.tracing:
            self.readings[node] = Reading(register, selection, window, column, sequence)

    def alias(self, node: tree.Node, other: tree.Node) -> None:
        """Keep, when tracing, that a node is judged by what another reads."""
        if self.tracing:
            self.aliases[node] = other

    # --- names ---------------------------------------------------------------------------------

    def plain(self, value: Value) -> Value:
        """The value with computed traits replaced by what computes them."""
        seen: set[str] = set()
        while isinstance(value, tree.TraitValue):
            entry = self.vocabulary.traits.get(value.name)
            if entry is None or entry.value is None or value.name in seen:
                return value
            if not isinstance(entry.value, VALUE_NODES):
                return value
            seen.add(value.name)
            value = entry.value
        return value

    def _segment(self, name: str, place: Place | None) -> int:
        entry = self.vocabulary.segments.get(name)
        if entry is None:
            near = nearest(name, self.vocabulary.segments)
            hint = f"did you mean `{near}`?" if near else None
            raise DefinitionError([Problem(f"no segment `{name}`", place, hint)])
        if name in self._open:
            cycle = " → ".join([*self._open[self._open.index(name) :], name])
            raise DefinitionError([Problem(f"segments name each other in a circle: {cycle}")])
        self._open.append(name)
        register = self.truth(op.IS_TRUE, self.rule(entry.rule))
        self._open.pop()
        return register

    # --- leaves --------------------------------------------------------------------------------

    def leaf_rule(self, rule: Rule) -> int:
        """Truth register of a rule about a profile."""
        match rule:
            case tree.Everyone():
                return self.truth(op.KNOWN)
            case tree.Nobody():
                return self.truth(op.TRUTH, op.FALSE)
            case tree.Did(selection=selection, negated=negated):
                count = self.value(tree.Aggregate(Function.COUNT, bare(selection)))
                place = self.constants.number(0.0)
                code = op.EQUAL if negated else op.GREATER
                self.read(rule, count.register, *self._selection_of(selection))
                return self.truth(op.COMPARE_CONSTANT, count.register, place, 0, code)
            case tree.InSegment():
                return self._in_segment(rule)
            case tree.Changed(entered=entered, name=name, window=window):
                self._exists(name, rule)
                event = (ENTERED if entered else LEFT) + name
                self.changed.add(name)
                return self._any_row(event, window)
            case tree.ConsentsTo(purpose=purpose):
                return self._consents(purpose)
            case tree.SequenceMatch(sequence=sequence):
                register = self._sequence(sequence, op.SEQUENCE_COUNT, None, ())
                self.read(rule, register, sequence=len(self.sequences) - 1)
                place = self.constants.number(0.0)
                return self.truth(op.COMPARE_CONSTANT, register, place, 0, op.GREATER)
            case tree.Has():
                return self._negated(self._has(rule), rule.negated)
            case tree.InTop():
                return self._in_top(rule)
            case tree.IsSet():
                return self._negated(self._list_is_set(rule), rule.negated)
            case _:
                raise AssertionError(f"no rule: {rule}")

    def leaf_value(self, value: Value) -> Operand:
        """Float register of a value of a profile."""
        match value:
            case tree.Aggregate(function=function, selection=selection):
                return self._aggregate(function, selection, value)
            case tree.SequenceAggregate(function=Function.COUNT, sequence=sequence):
                register = self._sequence(sequence, op.SEQUENCE_COUNT, None, ())
                self.read(value, register, sequence=len(self.sequences) - 1)
                return Operand(register, ValueType.NUMBER)
            case tree.SequenceAggregate(sequence=sequence, property=name):
                register = self._sequence(sequence, op.SEQUENCE_COUNT, name, ())
                number = len(self.sequences) - 1
                self.lists[value] = number
                self.read(value, register, column=self.sequences[number][7], sequence=number)
                return replace(self.unset(), type=ValueType.LIST)
            case tree.TraitValue(name=name):
                return self._trait(name)
            case tree.Rank():
                return self._rank(value)
            case tree.Holiday():
                return holiday(self, self.needs, value)
            case _:
                raise DefinitionError([Problem("a property stands only in `where`", value.place)])

    def _in_segment(self, rule: tree.InSegment) -> int:
        register = self._segment(rule.name, rule.place)
        if rule.at_least is not None:
            self.changed.add(rule.name)
            window = tree.InLast(rule.at_least)
            for prefix in (ENTERED, LEFT):
                moved = self._any_row(prefix + rule.name, window)
                register = self.truth(op.AND, register, self.truth(op.NOT, moved))
        return self._negated(register, rule.negated)

    def _exists(self, name: str, rule: tree.Node) -> None:
        if name not in self.vocabulary.segments:
            self._segment(name, rule.place)

    def _any_row(self, event: str, window: tree.Window) -> int:
        selection = tree.Selection(tree.EventRef((event,), (True,)), window=window)
        count = self.value(tree.Aggregate(Function.COUNT, selection))
        place = self.constants.number(0.0)
        return self.truth(op.COMPARE_CONSTANT, count.register, place, 0, op.GREATER)

    def _consents(self, purpose: str) -> int:
        where = tree.Compare(
            tree.PropertyValue("purpose"), tree.Comparator.EQUAL, tree.TextLiteral(purpose)
        )
        selection = tree.Selection(tree.EventRef((CONSENT,), (True,)), "state", where)
        last = tree.Aggregate(Function.LAST, selection)
        granted = tree.Compare(last, tree.Comparator.EQUAL, tree.TextLiteral("granted"))
        self.alias(tree.ConsentsTo(purpose), last)
        return self.truth(op.IS_TRUE, self.rule(granted))

    def _trait(self, name: str) -> Operand:
        entry = self.vocabulary.traits.get(name)
        if entry is not None and entry.value is not None:
            if name in self._open or isinstance(entry.value, VALUE_NODES):
                raise DefinitionError([Problem(f"trait `{name}` is defined by itself")])
            self._open.append(name)
            register = self.float(op.TRUTH_TO_FLOAT, self.rule(entry.value))
            self._open.pop()
            return Operand(register, ValueType.BOOLEAN)
        selection = tree.Selection(tree.EventRef((IDENTIFY,), (True,)), name)
        return self._aggregate(Function.LAST, selection, None)

    # --- aggregates ----------------------------------------------------------------------------

    def window(self, window: tree.Window | None) -> int:
        """Row of the window table."""
        parse = self.vocabulary.zone.parse
        match window:
            case None | tree.Ever():
                row = (op.UNBOUNDED, 0, op.UNBOUNDED, 0)
            case tree.InLast(span=span):
                row = (*ago(span), op.UNBOUNDED, 0)
            case tree.BetweenAgo(older=older, newer=newer):
                row = (*ago(older), *ago(newer))
            case tree.Since(start=start):
                row = (op.ABSOLUTE, parse(start.text), op.UNBOUNDED, 0)
            case tree.Before(end=end):
                row = (op.UNBOUNDED, 0, op.ABSOLUTE, parse(end.text))
            case tree.FromTo(start=start, end=end):
                row = (op.ABSOLUTE, parse(start.text), op.ABSOLUTE, parse(end.text))
            case tree.InNext():
                raise DefinitionError(
                    [Problem("`in next` stands only in the target of a prediction", window.place)]
                )
        if row not in self.windows:
            self.windows.append(row)
        return self.windows.index(row)

    def selected(
        self,
        event: tree.EventRef,
        where: tree.Condition | None,
        read: Collection[str] = (),
        *,
        as_step: bool = False,
    ) -> Selected:
        """The selection of an event and a condition, made once."""
        names = event_names(event, self.vocabulary)
        source = source_of(names, where, read, self.vocabulary, as_step=as_step)
        key = (source, where)
        if key not in self._selections:
            condition, register = None, -1
            if where is not None:
                condition = ConditionLowering(
                    self.constants, self.vocabulary.zone.parse, self.needs, source
                )
                register = condition.rule(where)
            self.needs.stream(source.events)
            self.conditions.append((source, condition, register))
            self._selections[key] = Selected(len(self.conditions) - 1, source)
        return self._selections[key]

    def _aggregate(
        self, function: Function, selection: tree.Selection, node: tree.Node | None
    ) -> Operand:
        name = selection.property
        chosen = self.selected(selection.event, selection.where, () if name is None else (name,))
        window = self.window(selection.window)
        column, type_ = -1, ValueType.NUMBER
        if selection.is_bare():
            if function not in TIME_FUNCTIONS:
                raise DefinitionError(
                    [Problem(f"`{function}` needs a property, as in {function}(event.property)")]
                )
            code, type_ = TIME_FUNCTIONS[function]
        else:
            found = self.measured(chosen.source, selection)
            if node is not None:
                self.read(node, -1, chosen.index, window, found[0] if found else -1)
            if function == Function.VALUES:
                return replace(self.unset(), type=ValueType.LIST)
            if function not in VALUE_FUNCTIONS:
                raise DefinitionError([Problem(f"`{function}` takes an event, not a property")])
            code = VALUE_FUNCTIONS[function]
            if found is None:
                empty = {op.SUM: 0.0, op.DISTINCT: 0.0}.get(code)
                if empty is None:
                    return self.unset(
                        ValueType.NUMBER if code in NUMERIC | ALWAYS_NUMBER else ValueType.UNKNOWN
                    )
                place = self.constants.number(empty)
                return Operand(self.float(op.CONSTANT, place), ValueType.NUMBER)
            column, type_ = found
            unfit = code in NUMERIC and type_ not in (ValueType.NUMBER, ValueType.UNKNOWN)
            if unfit or (code in ORDERED and type_ == ValueType.BOOLEAN):
                return self.unset(ValueType.NUMBER)
            if code in NUMERIC or code in ALWAYS_NUMBER:
                type_ = ValueType.NUMBER
        if node is not None:
            self.read(node, -1, chosen.index, window, column)
        key = (chosen.index, column, code, window)
        if key not in self.aggregates:
            self.aggregates[key] = AggregateNeed(*key, self.new_float())
        return Operand(self.aggregates[key].register, type_)

    def measured(self, source: Source, selection: tree.Selection) -> tuple[int, ValueType] | None:
        """Column of the property, or of the part of the time, that is aggregated."""
        if selection.time_part is not None:
            return self.needs.part(source, selection.time_part)
        return self.needs.column(source, selection.property or "", chosen=True)

    def _selection_of(self, selection: tree.Selection) -> tuple[int, int, int]:
        chosen = self.selected(selection.event, selection.where)
        return chosen.index, self.window(selection.window), -1

    def is_list(self, value: Value) -> bool:
        """Whether the value is ``values(…)``, by itself or as a trait."""
        plain = self.plain(value)
        return isinstance(plain, tree.Aggregate | tree.SequenceAggregate) and (
            plain.function == Function.VALUES
        )

    def _list_is_set(self, rule: tree.IsSet) -> int:
        """A list is set where it is not empty."""
        value = self.plain(rule.value)
        self.seen(rule.value)
        if isinstance(value, tree.SequenceAggregate):
            register = self._sequence(value.sequence, op.SEQUENCE_HAS, value.property, ())
            place = self.constants.number(0.0)
            return self.truth(op.COMPARE_CONSTANT, register, place, 0, op.GREATER)
        assert isinstance(value, tree.Aggregate), "lists come from values(…)"
        selection = value.selection
        return self.rule(tree.Did(bare(selection, tree.IsSet(item_of(selection)))))

    def _has(self, rule: tree.Has) -> int:
        value = self.plain(rule.value)
        self.seen(rule.value)
        self.alias(rule, value)
        if isinstance(value, tree.Aggregate) and value.function == Function.VALUES:
            selection = value.selection
            listed = tree.InList(item_of(selection), rule.literals)
            return self.rule(tree.Did(bare(selection, listed)))
        if isinstance(value, tree.SequenceAggregate):
            items = tuple(self.literal(literal)[0] for literal in rule.literals)
            register = self._sequence(value.sequence, op.SEQUENCE_HAS, value.property, items)
            place = self.constants.number(0.0)
            return self.truth(op.COMPARE_CONSTANT, register, place, 0, op.GREATER)
        return self.truth(op.TRUTH, op.UNKNOWN)

    def _sequence(
        self, sequence: tree.Sequence, mode: int, name: str | None, items: tuple[float | str, ...]
    ) -> int:
        start = len(self.steps)
        rows: list[tuple[int, ...]] = []
        positive, has = -1, -1
        for step in sequence.steps:
            read = [] if sequence.by is None else [sequence.by]
            if name is not None and not rows:
                read.append(name)
            chosen = self.selected(step.event, step.where, read, as_step=True)
            by = -1
            if sequence.by is not None:
                found = self.needs.column(chosen.source, sequence.by)
                by = found[0] if found else self._no_column(chosen.source, sequence.by)
            if not step.negated:
                positive += 1
            within = span_row(step.within)
            rows.append(
                (
                    -1 if step.negated else positive,
                    int(step.negated),
                    *within,
                    positive if step.negated else -1,
                    chosen.index,
                    by,
                )
            )
            if len(rows) == 1 and name is not None:
                found = self.needs.column(chosen.source, name)
                has = found[0] if found else self._no_column(chosen.source, name)
        # table order: positive, negated, within kind, within, after, selection, by column
        self.steps.extend(rows)
        listed = self.constants.several(list(items)) if items else (-1, -1)
        register = self.new_float()
        self.sequences.append(
            (
                start,
                len(self.steps),
                positive + 1,
                self.window(sequence.window),
                mode,
                register,
                int(sequence.by is not None),
                has,
                *listed,
            )
        )
        return register

    def _no_column(self, source: Source, name: str) -> int:
        """A column that is unset everywhere, for a property no event of the source has."""
        need = ColumnNeed(
            self.needs.stream(source.events), (), name, ValueType.UNKNOWN, dense=False
        )
        self.needs.columns.append(need)
        return len(self.needs.columns) - 1

    # --- ranks ---------------------------------------------------------------------------------

    def _rank_need(self, node: tree.Rank | tree.InTop, constants: int) -> RankNeed:
        if self._ranks is None or node not in self._ranks:
            raise AssertionError("ranks are computed before what reads them")
        index = self._ranks[node]
        for need in self.rank_needs:
            if need.node == node:
                return need
        is_share = isinstance(node, tree.Rank) and node.function == tree.RankFunction.PERCENTILE
        need = RankNeed(
            node, index, index, self.constants.reserve(constants), index if is_share else -1
        )
        self.rank_needs.append(need)
        return need

    def _in_top(self, rule: tree.InTop) -> int:
        need = self._rank_need(rule, 1)
        self.seen(rule.value)
        value = self.float(op.STORED, need.stored)
        scope = self.truth(op.STORED_TRUTH, need.stored_truth)
        return self.truth(op.IN_TOP, value, scope, need.constants[0], int(rule.bottom))

    def _rank(self, value: tree.Rank) -> Operand:
        steps = {tree.RankFunction.QUINTILE: 4, tree.RankFunction.DECILE: 9}.get(value.function, 0)
        need = self._rank_need(value, steps)
        stored = self.float(op.STORED, need.stored)
        scope = self.truth(op.STORED_TRUTH, need.stored_truth)
        if steps:
            register = self.float(op.STEP_RANK, stored, scope, *need.constants)
        else:
            register = self.float(op.SHARE_RANK, stored, scope, need.table)
        return Operand(register, ValueType.NUMBER)


def item_of(selection: tree.Selection) -> tree.PropertyValue | tree.TimePart:
    """What ``values(…)`` lists of each event, as a condition reads it."""
    if selection.time_part is not None:
        return tree.TimePart(selection.time_part)
    return tree.PropertyValue(selection.property or "")


def bare(selection: tree.Selection, also: tree.Condition | None = None) -> tree.Selection:
    """The events of a selection themselves; those that meet one more condition, if one is given."""
    where = selection.where
    if also is not None:
        where = also if where is None else tree.And((where, also))
    return replace(selection, property=None, time_part=None, where=where)


def ago(span: Span) -> tuple[int, int]:
    """Kind and amount of a bound that lies a span before the instant."""
    if span.is_calendar:
        return op.CALENDAR_AGO, span.months
    return op.EXACT_AGO, span.microseconds


def span_row(span: Span | None) -> tuple[int, int]:
    """Kind and amount of a step's ``within``."""
    return (op.UNBOUNDED, 0) if span is None else ago(span)
