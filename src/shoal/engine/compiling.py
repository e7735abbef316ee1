"""From rules and values to a program.

``compile_program`` lowers any number of questions at once, and puts everything that reads the same
selection beside each other, so that the kernel visits a selection's rows once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from shoal.engine import opcodes as op
from shoal.engine.history import Int64s
from shoal.engine.lowered_rules import VALUE_NODES, AggregateNeed, PointLowering
from shoal.engine.program import DERIVED, Output, Program, table
from shoal.engine.tables import Tables
from shoal.language import tree
from shoal.language.tree import Rule, Value
from shoal.language.vocabulary import ValueType, Vocabulary


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
        found = lowering.measured(chosen.source, selection)
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
    number = lowering.lists[plain]
    return Output(
        name,
        truth=False,
        register=operand.register,
        type=ValueType.LIST,
        column=lowering.sequences[number][7],
        sequence=number,
    )


def reading_order(
    selections: Sequence[Sequence[int]],
    groups: Sequence[Sequence[int]],
    aggregates: Sequence[Sequence[int]],
    windows: Sequence[Sequence[int]],
) -> Int64s:
    """Selections that feed aggregates, those of one stream together, and of one reach among them.

    So each profile's place in a stream is looked up once, and its rows in reach once a window.
    """

    def reach(index: int) -> tuple[int, ...]:
        first, last = selections[index][5], selections[index][6] - 1
        read = [windows[aggregates[a][2]] for a in range(groups[first][2], groups[last][3])]
        if any(window[0] == op.UNBOUNDED for window in read):
            return (selections[index][0], op.UNBOUNDED)
        return (selections[index][0], *max((window[0], window[1]) for window in read))

    fed = [index for index, row in enumerate(selections) if row[5] < row[6]]
    return np.array(sorted(fed, key=reach), dtype=np.int64)


def assemble(lowering: PointLowering, outputs: list[Output], vocabulary: Vocabulary) -> Program:
    """A program from a finished lowering."""
    to_parent: list[tuple[tuple[str, str], ...]] = []
    tables = _tables(lowering, outputs, to_parent)
    events = {name for stream in lowering.needs.streams for name in stream.events}
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
        calendars=tuple(lowering.needs.calendars),
    )


def _tables(
    lowering: PointLowering, outputs: list[Output], to_parent: list[tuple[tuple[str, str], ...]]
) -> Tables:
    """All tables; fills ``to_parent`` with the selections' pairs of line event and parent."""
    row_operations: list[tuple[int, ...]] = []
    selections: list[list[int]] = []
    row_floats = row_truths = 1
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
    groups, aggregates = _groups(lowering, selections)
    counts = {True: 0, False: 0}
    output_rows: list[tuple[int, ...]] = []
    for output in outputs:
        output_rows.append((0 if output.truth else 1, output.register, counts[output.truth]))
        counts[output.truth] += 1
    return Tables(
        constants=np.array([*lowering.constants.numbers, float("nan")], dtype=np.float64),
        windows=table(lowering.windows, 4),
        order=reading_order(selections, groups, aggregates, lowering.windows),
        selections=table([tuple(selection) for selection in selections], 7),
        groups=table(groups, 4),
        aggregates=table(aggregates, 3),
        row_operations=table(row_operations, 6),
        operations=table(lowering.rows, 6),
        sequences=table(lowering.sequences, 10),
        steps=table(lowering.steps, 7),
        outputs=table(output_rows, 3),
        sizes=np.array(
            [
                max(lowering.floats, 1),
                max(lowering.truths, 1),
                row_floats,
                row_truths,
                lowering.needs.own_text,
            ],
            dtype=np.int64,
        ),
    )


def _groups(
    lowering: PointLowering, selections: list[list[int]]
) -> tuple[list[tuple[int, ...]], list[tuple[int, ...]]]:
    """Aggregates by selection, column and window; tells each selection where its groups stand."""
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
    return groups, aggregates
