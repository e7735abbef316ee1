"""From rules and values to a program.

``compile_program`` lowers any number of questions at once. Traits and segments are written out in
place, equal parts are computed once, and everything that reads the same selection is put beside
each other, so that the kernel visits a selection's rows once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from shoal.core.errors import DefinitionError, Problem
from shoal.core.names import nearest
from shoal.core.spans import Span
from shoal.engine import opcodes as op
from shoal.engine.kernel import Tables
from shoal.engine.lowering import LITERALS, Constants, Lowering, Operand
from shoal.engine.program import (
    DERIVED,
    ENTERED,
    LEFT,
    ColumnNeed,
    Output,
    Program,
    RankNeed,
    Reading,
    table,
)
from shoal.engine.selections import ConditionLowering, Needs, Source, event_names, source_of
from shoal.language import tree
from shoal.language.tree import AggregateFunction as Function
from shoal.language.tree import Rule, Value
from shoal.language.vocabulary import ValueType, Vocabulary

IDENTIFY = "$identify"
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


@dataclass(frozen=True, slots=True)
class Selected:
    """A selection in the tables, with where it reads."""

    index: int
    source: Source


@dataclass(frozen=True, slots=True)
class AggregateNeed:
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
        self.tracing = tracing
        self._ranks = ranks
        self._selections: dict[object, Selected] = {}
        self._open: list[str] = []
        self.truths = 1  # register 0 says whether the profile is known

    def note(self, node: tree.Node, kind: str, register: int) -> None:
        if self.tracing:
            self.registers[node] = (kind, register)

    def seen(self, value: Value) -> None:
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

    def _segment(self, name: str, place: object) -> int:
        entry = self.vocabulary.segments.get(name)
        if entry is None:
            near = nearest(name, self.vocabulary.segments)
            hint = f"did you mean `{near}`?" if near else None
            raise DefinitionError([Problem(f"no segment `{name}`", place, hint)])  # type: ignore[arg-type]
        if name in self._open:
            cycle = " → ".join([*self._open[self._open.index(name) :], name])
            raise DefinitionError([Problem(f"segments name each other in a circle: {cycle}")])
        self._open.append(name)
        register = self.truth(op.IS_TRUE, self.rule(entry.rule))
        self._open.pop()
        return register

    # --- leaves --------------------------------------------------------------------------------

    def leaf_rule(self, rule: Rule) -> int:
        match rule:
            case tree.Everyone():
                return self.truth(op.KNOWN)
            case tree.Nobody():
                return self.truth(op.TRUTH, op.FALSE)
            case tree.Did(selection=selection, negated=negated):
                count = self.value(
                    tree.Aggregate(Function.COUNT, replace(selection, property=None))
                )
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
        match value:
            case tree.Aggregate(function=function, selection=selection):
                return self._aggregate(function, selection, value)
            case tree.SequenceAggregate(function=Function.COUNT, sequence=sequence):
                register = self._sequence(sequence, op.SEQUENCE_COUNT, None, ())
                self.read(value, register, sequence=len(self.sequences) - 1)
                return Operand(register, ValueType.NUMBER)
            case tree.SequenceAggregate(sequence=sequence, property=name):
                register = self._sequence(sequence, op.SEQUENCE_COUNT, name, ())
                self.read(
                    value, register, column=self.sequences[-1][7], sequence=len(self.sequences) - 1
                )
                return replace(self.unset(), type=ValueType.LIST)
            case tree.TraitValue(name=name):
                return self._trait(name)
            case tree.Rank():
                return self._rank(value)
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
            if name in self._open:
                raise DefinitionError([Problem(f"trait `{name}` is defined by itself")])
            self._open.append(name)
            register = self.float(op.TRUTH_TO_FLOAT, self.rule(entry.value))  # type: ignore[arg-type]
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
        if name is None:
            if function not in TIME_FUNCTIONS:
                raise DefinitionError(
                    [Problem(f"`{function}` needs a property, as in {function}(event.property)")]
                )
            code, type_ = TIME_FUNCTIONS[function]
        else:
            found = self.needs.column(chosen.source, name, chosen=True)
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

    def _selection_of(self, selection: tree.Selection) -> tuple[int, int, int]:
        chosen = self.selected(selection.event, selection.where)
        return chosen.index, self.window(selection.window), -1

    def is_list(self, value: Value) -> bool:
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
        given: tree.Condition = tree.IsSet(tree.PropertyValue(selection.property or ""))
        where = given if selection.where is None else tree.And((selection.where, given))
        return self.rule(tree.Did(replace(selection, property=None, where=where)))

    def _has(self, rule: tree.Has) -> int:
        value = self.plain(rule.value)
        self.seen(rule.value)
        self.alias(rule, value)
        if isinstance(value, tree.Aggregate) and value.function == Function.VALUES:
            selection = value.selection
            assert selection.property is not None, "values() has a property"
            listed: tree.Condition = tree.InList(
                tree.PropertyValue(selection.property), rule.literals
            )
            where = listed if selection.where is None else tree.And((selection.where, listed))
            return self.rule(tree.Did(replace(selection, property=None, where=where)))
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


VALUE_NODES = (
    tree.NumberLiteral, tree.TextLiteral, tree.BooleanLiteral, tree.SpanLiteral,
    tree.InstantLiteral, tree.Aggregate, tree.SequenceAggregate, tree.TraitValue, tree.Age,
    tree.Coalesce, tree.Rank, tree.Case, tree.Arithmetic, tree.PropertyValue, tree.TimePart,
)  # fmt: skip


def ago(span: Span) -> tuple[int, int]:
    """Kind and amount of a bound that lies a span before the instant."""
    if span.is_calendar:
        return op.CALENDAR_AGO, span.months
    return op.EXACT_AGO, span.microseconds


def span_row(span: Span | None) -> tuple[int, int]:
    return (op.UNBOUNDED, 0) if span is None else ago(span)


def compile_program(
    questions: Mapping[str, Rule | Value],
    vocabulary: Vocabulary,
    ranks: Mapping[tree.Rank | tree.InTop, int] | None = None,
    *,
    tracing: bool = False,
) -> Program:
    """One program for all questions; the order of outputs is the order of questions.

    ``ranks`` gives each rank node the place of its stored operand (see ``ranking.py``).
    """
    lowering = PointLowering(vocabulary, ranks, tracing=tracing)
    outputs: list[Output] = []
    for name, question in questions.items():
        if isinstance(question, VALUE_NODES):
            outputs.append(_value_output(lowering, name, question))
        else:
            outputs.append(Output(name, truth=True, register=lowering.rule(question)))
    return assemble(lowering, outputs, vocabulary)


def _value_output(lowering: PointLowering, name: str, question: Value) -> Output:
    operand = lowering.value(question)
    plain = lowering.plain(question)
    if operand.type != ValueType.LIST:
        return Output(name, truth=False, register=operand.register, type=operand.type)
    if isinstance(plain, tree.Aggregate):
        selection = plain.selection
        chosen = lowering.selected(
            selection.event, selection.where, (selection.property,) if selection.property else ()
        )
        found = lowering.needs.column(chosen.source, selection.property or "", chosen=True)
        return Output(
            name,
            truth=False,
            register=operand.register,
            type=ValueType.LIST,
            selection=chosen.index,
            window=lowering.window(selection.window),
            column=found[0] if found else -1,
        )
    assert isinstance(plain, tree.SequenceAggregate), "lists come from values(…)"
    number = len(lowering.sequences) - 1
    for index, row in enumerate(lowering.sequences):
        if row[7] >= 0 and row[4] == op.SEQUENCE_COUNT:
            number = index
    return Output(
        name,
        truth=False,
        register=operand.register,
        type=ValueType.LIST,
        column=lowering.sequences[number][7],
        sequence=number,
    )


def assemble(lowering: PointLowering, outputs: list[Output], vocabulary: Vocabulary) -> Program:
    """Tables from a finished lowering: selections by stream, aggregates by selection and column."""
    row_operations: list[tuple[int, ...]] = []
    selections: list[list[int]] = []
    row_floats = row_truths = 1
    to_parent: list[tuple[tuple[str, str], ...]] = []
    for source, condition, register in lowering.conditions:
        start = len(row_operations)
        if condition is not None:
            row_operations.extend(condition.rows)
            row_floats = max(row_floats, condition.floats)
            row_truths = max(row_truths, condition.truths)
        parent_table = -1
        if source.to_parent:
            parent_table = len(to_parent)
            to_parent.append(source.to_parent)
        stream = lowering.needs.stream(source.events)
        selections.append([stream, start, len(row_operations), register, parent_table, 0, 0])
    groups: list[tuple[int, ...]] = []
    aggregates: list[tuple[int, ...]] = []
    by_selection: dict[int, dict[int, list[AggregateNeed]]] = {}
    for need in lowering.aggregates.values():
        by_selection.setdefault(need.selection, {}).setdefault(need.column, []).append(need)
    for index, selection in enumerate(selections):
        selection[5] = len(groups)
        for column, needs in by_selection.get(index, {}).items():
            exact = any(need.function in (op.SUM, op.AVG) for need in needs)
            groups.append((column, int(exact), len(aggregates), len(aggregates) + len(needs)))
            needs.sort(key=lambda need: need.window)
            aggregates.extend((need.function, need.register, need.window) for need in needs)
        selection[6] = len(groups)
    rows, truth_count, float_count = lowering.rows, lowering.truths, lowering.floats
    counts = {True: 0, False: 0}
    output_rows: list[tuple[int, ...]] = []
    for output in outputs:
        output_rows.append((0 if output.truth else 1, output.register, counts[output.truth]))
        counts[output.truth] += 1
    events = {name for stream in lowering.needs.streams for name in stream.events}
    tables = Tables(
        constants=np.array([*lowering.constants.numbers, float("nan")], dtype=np.float64),
        windows=table(lowering.windows, 4),
        selections=table([tuple(selection) for selection in selections], 7),
        groups=table(groups, 4),
        aggregates=table(aggregates, 3),
        row_operations=table(row_operations, 6),
        operations=table(rows, 6),
        sequences=table(lowering.sequences, 10),
        steps=table(lowering.steps, 7),
        outputs=table(output_rows, 3),
        sizes=np.array(
            [max(float_count, 1), max(truth_count, 1), row_floats, row_truths], dtype=np.int64
        ),
    )
    return Program(
        tables=tables,
        streams=tuple(lowering.needs.streams),
        columns=tuple(lowering.needs.columns),
        texts=dict(lowering.constants.texts),
        predicates=tuple(lowering.constants.predicates),
        ranks=tuple(lowering.rank_needs),
        stored=len(lowering.rank_needs),
        stored_truth=len(lowering.rank_needs),
        outputs=tuple(outputs),
        zone=vocabulary.zone,
        registers=dict(lowering.registers),
        readings=dict(lowering.readings),
        aliases=dict(lowering.aliases),
        types={node: operand.type for node, operand in lowering.operands() if lowering.tracing},
        line_events={
            entry.name: entry.parent
            for entry in vocabulary.events.values()
            if entry.parent is not None
        },
        to_parent=tuple(to_parent),
        changed_segments=frozenset(lowering.changed),
        uses_sessions=bool(events & DERIVED),
        nonlinear=lowering.nonlinear,
    )


def rank_nodes(
    questions: Iterable[Rule | Value], vocabulary: Vocabulary
) -> list[tree.Rank | tree.InTop]:
    """Every rank the questions depend on, each after those its own operand and scope need."""
    found: dict[tree.Rank | tree.InTop, None] = {}
    seen: set[tree.Node] = set()
    names: set[str] = set()

    def walk(node: tree.Node) -> None:
        if node in seen:
            return
        seen.add(node)
        for child in children(node, vocabulary, names):
            walk(child)
        if isinstance(node, tree.Rank | tree.InTop):
            found[node] = None

    for question in questions:
        walk(question)
    return list(found)


def children(
    node: tree.Node, vocabulary: Vocabulary, names: set[str] | None = None
) -> Iterable[tree.Node]:
    """Direct parts of a node that are rules or values; named traits and segments included."""
    names = set() if names is None else names
    match node:
        case tree.And(parts=parts) | tree.Or(parts=parts):
            return parts
        case tree.Not(part=part):
            return (part,)
        case tree.Compare(left=left, right=right) | tree.Arithmetic(left=left, right=right):
            return (left, right)
        case tree.Between(value=value, low=low, high=high):
            return (value, low, high)
        case tree.InTop(value=value, scope=scope) | tree.Rank(value=value, scope=scope):
            return (value,) if scope is None else (value, scope)
        case (
            tree.InList(value=value) | tree.TextMatch(value=value) | tree.IsSet(value=value)
            | tree.TraitTruth(value=value) | tree.Has(value=value) | tree.Age(value=value)
        ):  # fmt: skip
            return (value,)
        case tree.Coalesce(first=first, second=second):
            return (first, second)
        case tree.Case(whens=whens, otherwise=otherwise):
            parts = tuple(part for when in whens for part in (when.rule, when.value))
            return parts if otherwise is None else (*parts, otherwise)
        case tree.InSegment(name=name) | tree.Changed(name=name):
            entry = vocabulary.segments.get(name)
            if entry is None or f"segment {name}" in names:
                return ()
            names.add(f"segment {name}")
            return (entry.rule,)
        case tree.TraitValue(name=name):
            trait = vocabulary.traits.get(name)
            if trait is None or trait.value is None or f"trait {name}" in names:
                return ()
            names.add(f"trait {name}")
            return (trait.value,)
        case _:
            return ()
