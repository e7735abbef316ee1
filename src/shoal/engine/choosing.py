# Compiled: types are found by the compiler, which exports `carray` without saying so.
# pyright: basic, reportPrivateImportUsage=false
"""Compiled choosing of rows: which of a stream's rows a selection's condition is true for."""

from __future__ import annotations

from functools import partial

import numpy as np
from numba import carray, int64

from shoal.core.compiled import as_pointer, inner, plain
from shoal.engine import opcodes as op
from shoal.engine.aggregates import LOWEST
from shoal.engine.calendars import NEVER, time_part
from shoal.engine.occasions import days_to_listed
from shoal.engine.operations import operate
from shoal.engine.rows import TEXT, column_positions, take_values
from shoal.engine.tables import CHUNK, apart


@inner
def evaluate_condition(
    program, selection, arrays, rows, ordinals, times, n, f, t, positions, owner, candidates, own
):
    """Run a selection's condition over up to CHUNK candidate rows."""
    no_instant = np.zeros(1, dtype=np.int64)
    for o in range(selection[1], selection[2]):
        row = program.row_operations[o]
        if row[0] == op.LOAD:
            column = arrays.columns[row[2]]
            column_positions(column, rows, ordinals, n, positions)
            take_values(column, positions, n, f[row[1]])
        elif row[0] == op.TIME_PART:
            for i in range(n):
                f[row[1], i] = time_part(row[2], times[i], arrays.starts, arrays.offsets)
        elif row[0] == op.IN_TABLE:
            in_table(row, n, f, t, arrays)
        elif row[0] == op.OWN_TEXT:
            for i in range(n):
                f[row[1], i] = own[candidates[owner[i]]]
        elif row[0] == op.DAYS_TO_LISTED:
            days_to_listed(row, times, n, f, arrays)
        else:
            operate(row, n, f, t, program.constants, no_instant, arrays.starts, arrays.offsets)


@inner
def in_table(row, n, f, t, arrays):
    """Whether each lane's string is among those a table lists."""
    table = carray(as_pointer(arrays.tables[row[3], 0]), arrays.tables[row[3], 1], np.uint8)
    for i in range(n):
        v = f[row[2], i]
        t[row[1], i] = 1 if v != v else 2 * table[np.int64(v)]


@plain
def skip_early(stream, times, starts, ends, begins, n, floors, varied, candidates):
    """``begins[k]``: the first of a point's rows that is not before its floor.

    Read from the end, so that rows long past cost nothing. Points that keep any rows are listed in
    ``candidates``; returns how many.
    """
    count = 0
    for k in range(n):
        at = ends[k]
        first = starts[k]
        if at == first:
            continue
        floor = floors[k if varied else 0]
        if floor == LOWEST:
            at = first
        else:
            while at > first and times[stream[at - 1]] >= floor:
                at -= 1
        if at < ends[k]:
            begins[k] = at
            candidates[count] = k
            count += 1
    return count


@plain
def choose_all(stream, times, begins, ends, n, work):
    """Every candidate row is chosen."""
    rows, ordinals, chosen_times, bounds = (
        work.chosen_rows,
        work.chosen_ordinals,
        work.chosen_times,
        work.bounds,
    )
    candidates, live = work.candidates, work.live
    count = 0
    for j in range(n):
        k = candidates[j]
        live[j] = k
        bounds[j] = count
        for i in range(begins[k], ends[k]):
            row = stream[i]
            rows[count] = row
            ordinals[count] = i
            chosen_times[count] = times[row]
            count += 1
    bounds[n] = count


@plain
def is_text_equal(program, selection, arrays):
    """Whether the condition is one string property, held by every row, equal to a constant."""
    first = selection[1]
    if selection[2] - first != 2 or selection[4] >= 0:
        return False
    if program.row_operations[first, 0] != op.LOAD:
        return False
    column = program.row_operations[first, 2]
    return (
        program.row_operations[first + 1, 0] == op.COMPARE_CONSTANT
        and program.row_operations[first + 1, 1] == selection[3]
        and program.row_operations[first + 1, 2] == program.row_operations[first, 1]
        and program.row_operations[first + 1, 5] == op.EQUAL
        and arrays.columns[column, 3] == TEXT
        and arrays.columns[column, 6] == 1
    )


@inner
def choose_equal(column, constant, stream, times, begins, ends, n, work):
    """The candidate rows that hold one string: of others only their codes are read.

    Returns how many points have any.
    """
    rows, ordinals, chosen_times, bounds = (
        work.chosen_rows,
        work.chosen_ordinals,
        work.chosen_times,
        work.bounds,
    )
    codes = carray(as_pointer(column[1]), column[2], np.int32)
    table = carray(as_pointer(column[4]), column[5], np.int32)
    wanted = np.int32(-1) if np.isnan(constant) else np.int32(constant)
    candidates, live = work.candidates, work.live
    count, points = 0, 0
    for j in range(n):
        k = candidates[j]
        bounds[points] = count
        for i in range(begins[k], ends[k]):
            if table[codes[i]] == wanted:
                row = stream[i]
                rows[count] = row
                ordinals[count] = i
                chosen_times[count] = times[row]
                count += 1
        if count > bounds[points]:
            live[points] = k
            points += 1
    bounds[points] = count
    return points


@plain
def drop_idle(candidates, n, bounds, live):
    """Keep the candidates that have chosen rows, in ``live``; returns how many."""
    points = 0
    for j in range(n):
        if bounds[j] < bounds[j + 1]:
            live[points] = candidates[j]
            bounds[points] = bounds[j]
            points += 1
    bounds[points] = bounds[n]
    return points


@partial(apart, result=int64)
def choose_rows(program, selection, arrays, n, known_at, work):
    """Chosen rows of n candidate points, of which those that have any are listed in ``live``.

    The j-th of these owns ``bounds[j]`` to ``bounds[j + 1]`` of the rows; returns how many.
    """
    stream = carray(
        as_pointer(arrays.streams[selection[0], 0]), arrays.streams[selection[0], 1], np.int32
    )
    times = carray(as_pointer(arrays.base[0]), arrays.base[5], np.int64)
    received = carray(as_pointer(arrays.base[2]), arrays.base[5], np.int64)
    event = carray(as_pointer(arrays.base[1]), arrays.base[5], np.uint16)
    bounds, begins, ends, owner = work.bounds, work.begins, work.ends, work.owner
    chosen_rows, chosen_ordinals = work.chosen_rows, work.chosen_ordinals
    chosen_times, chunk_rows = work.chosen_times, work.chunk_rows
    chunk_ordinals, chunk_times, truths = work.chunk_ordinals, work.chunk_times, work.rt
    candidates = work.candidates
    result, table = selection[3], selection[4]
    if result < 0 and table < 0 and known_at == NEVER:
        choose_all(stream, times, begins, ends, n, work)
        return n
    if result >= 0 and known_at == NEVER and is_text_equal(program, selection, arrays):
        load, compare = selection[1], selection[1] + 1
        return choose_equal(
            arrays.columns[program.row_operations[load, 2]],
            program.constants[program.row_operations[compare, 3]],
            stream, times, begins, ends, n, work,
        )  # fmt: skip
    count = 0
    j, position = 0, begins[candidates[0]] if n else 0
    done = -1
    parents = arrays.parents
    while j < n:
        filled = 0
        while j < n and filled < CHUNK:
            if position >= ends[candidates[j]]:
                j += 1
                if j < n:
                    position = begins[candidates[j]]
                continue
            row = stream[position]
            if known_at == NEVER or received[row] <= known_at:
                chunk_rows[filled] = row
                chunk_ordinals[filled] = position
                owner[filled] = j
                filled += 1
            position += 1
        if result >= 0:
            for i in range(filled):
                chunk_times[i] = times[chunk_rows[i]]
            evaluate_condition(
                program,
                selection,
                arrays,
                chunk_rows,
                chunk_ordinals,
                chunk_times,
                filled,
                work.rf,
                truths,
                work.positions,
                owner,
                candidates,
                work.own,
            )
        for i in range(filled):
            if result >= 0 and truths[result, i] != 2:
                continue
            row = chunk_rows[i]
            if table >= 0:
                parent = parents[table, event[row]]
                while parent >= 0 and row > 0 and event[row] != parent:
                    row -= 1
                if count > 0 and chosen_rows[count - 1] == row:
                    continue
            while done < owner[i]:
                done += 1
                bounds[done] = count
            chosen_rows[count] = row
            chosen_ordinals[count] = chunk_ordinals[i]
            chosen_times[count] = times[row]
            count += 1
    while done < n:
        done += 1
        bounds[done] = count
    return drop_idle(candidates, n, bounds, work.live)
