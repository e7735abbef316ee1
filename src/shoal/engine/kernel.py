"""The kernel: one table-driven program over one bucket's columns, for many points at once.

A *point* is a profile at an instant. Points are taken in blocks that fit the processor's cache.
For each block the kernel runs, selection by selection, the *row phase* (which rows of a stream
meet the condition; aggregates and sequences over them fill float registers), then the *point
phase* (instructions from registers to registers), and packs the outputs. Batch evaluation gives
every profile the same instant; history, live refresh and backtests give each its own; explaining
runs one point and keeps the registers.

With ``track`` on, every point also learns ``next_at``: an instant not after the next one at which
the clock or a later row could change anything the program computed.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import carray

from shoal.engine import opcodes as op
from shoal.engine.aggregates import (
    LOWEST,
    fill_exact,
    fill_texts,
    fill_times,
    fill_values,
    window_bounds,
    window_next,
    window_ranges,
)
from shoal.engine.calendars import DAY, NEVER, time_part
from shoal.core.compiled import as_pointer, compiled
from shoal.engine.operations import follow, operate, ranks
from shoal.engine.rows import column_positions, exact_at, stream_ranges, take_values
from shoal.engine.sequences import match_sequence, sequence_next

BLOCK = 512
"""Points in a block, at most."""
BLOCK_ROWS = 32_768
"""Rows after which a block ends early."""
CHUNK = 2_048
"""Rows for which a condition is evaluated at once."""

Int64s = npt.NDArray[np.int64]


class Tables(NamedTuple):
    """A program as the kernel reads it; see ``program.py`` for what the rows mean."""

    constants: npt.NDArray[np.float64]
    windows: Int64s
    selections: Int64s
    groups: Int64s
    aggregates: Int64s
    row_operations: Int64s
    operations: Int64s
    sequences: Int64s
    steps: Int64s
    outputs: Int64s
    sizes: Int64s  # float registers, truth registers, row float registers, row truth registers


class Work(NamedTuple):
    """Buffers of one run, large enough for its largest block."""

    chosen_rows: npt.NDArray[np.int32]
    chosen_ordinals: npt.NDArray[np.int32]
    chosen_times: npt.NDArray[np.int64]
    positions: npt.NDArray[np.int32]
    values: npt.NDArray[np.float64]
    exact: npt.NDArray[np.int64]
    scratch: npt.NDArray[np.float64]
    tally: npt.NDArray[np.int32]  # by text code; zero between uses
    chunk_rows: npt.NDArray[np.int32]
    chunk_ordinals: npt.NDArray[np.int32]
    chunk_times: npt.NDArray[np.int64]
    owner: npt.NDArray[np.int32]
    bounds: npt.NDArray[np.int64]
    starts: npt.NDArray[np.int64]
    begins: npt.NDArray[np.int64]
    ends: npt.NDArray[np.int64]
    window_begins: npt.NDArray[np.int64]
    window_ends: npt.NDArray[np.int64]
    rf: npt.NDArray[np.float64]
    rt: npt.NDArray[np.int8]


class Arrays(NamedTuple):
    """Where a bucket's arrays lie: addresses and sizes."""

    base: Int64s  # occurred_at, event, received_at, offsets, first_seen, rows, profiles
    streams: Int64s  # rows, size
    columns: Int64s  # rows, values, size, kind, lookup, lookup size, dense
    tables: Int64s  # address, size of byte tables
    stored: Int64s  # addresses of float64 arrays over profiles
    stored_truth: Int64s  # addresses of int8 arrays over profiles
    rank_tables: Int64s  # address, size of float64 tables
    starts: Int64s  # of the zone's offsets
    offsets: Int64s
    makes_known: npt.NDArray[np.uint8]  # by event code
    parents: Int64s  # for a selection whose lines stand for parents: by event code, or -1
    line_parents: Int64s  # of every line event: its parent's event code, by event code, or -1


@compiled
def evaluate_condition(program, selection, arrays, rows, ordinals, times, n, f, t, positions):
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
        else:
            operate(row, n, f, t, program.constants, no_instant, arrays.starts, arrays.offsets)


@compiled
def in_table(row, n, f, t, arrays):
    table = carray(as_pointer(arrays.tables[row[3], 0]), arrays.tables[row[3], 1], np.uint8)
    for i in range(n):
        v = f[row[2], i]
        t[row[1], i] = 1 if v != v else 2 * table[np.int64(v)]


@compiled
def make_work(capacity, points, texts, row_floats, row_truths):
    """Buffers for blocks of at most so many rows and points."""
    wide = max(capacity, CHUNK)
    return Work(
        np.empty(capacity, dtype=np.int32),
        np.empty(capacity, dtype=np.int32),
        np.empty(capacity, dtype=np.int64),
        np.empty(wide, dtype=np.int32),
        np.empty(capacity, dtype=np.float64),
        np.empty(capacity, dtype=np.int64),
        np.empty(capacity, dtype=np.float64),
        np.zeros(texts, dtype=np.int32),
        np.empty(CHUNK, dtype=np.int32),
        np.empty(CHUNK, dtype=np.int32),
        np.empty(CHUNK, dtype=np.int64),
        np.empty(CHUNK, dtype=np.int32),
        np.empty(points + 1, dtype=np.int64),
        np.empty(points, dtype=np.int64),
        np.empty(points, dtype=np.int64),
        np.empty(points, dtype=np.int64),
        np.empty(points, dtype=np.int64),
        np.empty(points, dtype=np.int64),
        np.zeros((row_floats, CHUNK), dtype=np.float64),
        np.zeros((row_truths, CHUNK), dtype=np.int8),
    )


@compiled
def skip_early(stream, times, starts, ends, begins, n, floors, varied):
    """``begins[k]``: the first of a point's rows that is not before its floor. Read from the end,
    so that rows long past cost nothing."""
    for k in range(n):
        floor = floors[k if varied else 0]
        if floor == LOWEST:
            begins[k] = starts[k]
            continue
        at = ends[k]
        while at > starts[k] and times[stream[at - 1]] >= floor:
            at -= 1
        begins[k] = at


@compiled
def choose_all(stream, times, begins, ends, n, rows, ordinals, chosen_times, bounds):
    """Every candidate is chosen."""
    count = 0
    for k in range(n):
        bounds[k] = count
        for i in range(begins[k], ends[k]):
            row = stream[i]
            rows[count] = row
            ordinals[count] = i
            chosen_times[count] = times[row]
            count += 1
    bounds[n] = count


@compiled
def choose_rows(program, selection, arrays, n, known_at, work):
    """Rows of each point that meet the selection, from its stream's rows ``begins`` to ``ends``:
    point k owns ``bounds[k]`` to ``bounds[k + 1]`` of the chosen ones."""
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
    result, table = selection[3], selection[4]
    if result < 0 and table < 0 and known_at == NEVER:
        choose_all(
            stream, times, begins, ends, n, chosen_rows, chosen_ordinals, chosen_times, bounds
        )
        return
    count = 0
    k, position = 0, begins[0] if n else 0
    done = -1
    parents = arrays.parents
    while k < n:
        filled = 0
        while k < n and filled < CHUNK:
            if position >= ends[k]:
                k += 1
                if k < n:
                    position = begins[k]
                continue
            row = stream[position]
            if known_at == NEVER or received[row] <= known_at:
                chunk_rows[filled] = row
                chunk_ordinals[filled] = position
                owner[filled] = k
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


@compiled
def aggregate_group(program, group, arrays, n, work, lows, highs, varied, f):
    """Fill the registers of all aggregates that read one column (or none) of one selection."""
    bounds, times = work.bounds, work.chosen_times
    count = bounds[n]
    column = group[0]
    kind = -1
    if column >= 0:
        kind = arrays.columns[column, 3]
        column_positions(
            arrays.columns[column], work.chosen_rows, work.chosen_ordinals, count, work.positions
        )
        take_values(arrays.columns[column], work.positions, count, work.values)
        if group[1] == 1 and kind == 0:
            exact_at(arrays.columns[column], work.positions, count, work.exact)
    window_now = -1
    begins, ends = work.window_begins, work.window_ends
    for a in range(group[2], group[3]):
        function, to, window = (
            program.aggregates[a, 0],
            program.aggregates[a, 1],
            program.aggregates[a, 2],
        )
        if window != window_now:
            window_now = window
            window_ranges(times, bounds, lows[window], highs[window], varied, n, begins, ends)
        if function <= op.GAP_STD:
            fill_times(function, f[to], times, begins, ends, n, arrays.starts, arrays.offsets)
        elif function <= op.AVG and kind == 0:
            fill_exact(function, f[to], work.values, work.exact, begins, ends, n)
        elif kind == 2 and op.DISTINCT <= function <= op.SHARE:
            fill_texts(function, f[to], work.values, begins, ends, n, work.tally)
        else:
            fill_values(function, f[to], work.values, begins, ends, n, work.scratch)


@compiled
def gather_step(
    program, step, sequence, first, arrays, points, n, known_at, track, work, lows, offsets
):
    """Choose one step's rows into the buffers; rows before the window are not looked at."""
    selection = program.selections[step[5]]
    stream = carray(
        as_pointer(arrays.streams[selection[0], 0]), arrays.streams[selection[0], 1], np.int32
    )
    times = carray(as_pointer(arrays.base[0]), arrays.base[5], np.int64)
    stream_ranges(stream, points, offsets, work.starts, work.ends)
    floors = lows[sequence[3]] - (6 * DAY if track else 0)
    if program.windows[sequence[3], 0] == op.UNBOUNDED:
        floors[:] = LOWEST
    skip_early(stream, times, work.starts, work.ends, work.begins, n, floors, len(floors) > 1)
    choose_rows(program, selection, arrays, n, known_at, work)


@compiled
def begins_match(entry, first, steps, rows, by):
    """Whether an entry stands where a match begins: itself, or another line of the same event."""
    return steps[entry] == 0 and rows[entry] == rows[first] and by[entry] == by[first]


@compiled
def run_sequence(
    program,
    sequence,
    arrays,
    points,
    instants,
    n,
    known_at,
    track,
    lows,
    highs,
    varied,
    f,
    work,
    next_at,
    offsets,
    matches,
    match_rows,
):
    """Fill one register from a sequence; entries of all its steps are gathered first.

    With ``matches`` given (one point), the rows that begin matches are kept for explaining.
    """
    first, last = sequence[0], sequence[1]
    number = last - first
    steps = program.steps[first:last]
    step_bounds = np.zeros((number, n + 1), dtype=np.int64)
    total = 0
    event = carray(as_pointer(arrays.base[1]), arrays.base[5], np.uint16)
    entry_rows = np.empty(0, dtype=np.int64)  # lines of one parent stand at its place
    entry_chosen = np.empty(0, dtype=np.int64)
    entry_times = np.empty(0, dtype=np.int64)
    entry_by = np.empty(0, dtype=np.float64)
    entry_has = np.empty(0, dtype=np.float64)
    for s in range(number):
        gather_step(
            program,
            steps[s],
            sequence,
            s == 0,
            arrays,
            points,
            n,
            known_at,
            track,
            work,
            lows,
            offsets,
        )
        count = work.bounds[n]
        grown_rows = np.empty(total + count, dtype=np.int64)
        grown_times = np.empty(total + count, dtype=np.int64)
        grown_by = np.zeros(total + count, dtype=np.float64)
        grown_has = np.full(total + count, np.nan)
        grown_chosen = np.empty(total + count, dtype=np.int64)
        grown_rows[:total], grown_times[:total] = entry_rows, entry_times
        grown_chosen[:total] = entry_chosen
        grown_by[:total], grown_has[:total] = entry_by, entry_has
        grown_chosen[total:] = work.chosen_rows[:count]
        for i in range(count):
            row = work.chosen_rows[i]
            parent = arrays.line_parents[event[row]]
            while parent >= 0 and row > 0 and event[row] != parent:
                row -= 1
            grown_rows[total + i] = row
        grown_times[total:] = work.chosen_times[:count]
        if steps[s, 6] >= 0:
            column = arrays.columns[steps[s, 6]]
            column_positions(column, work.chosen_rows, work.chosen_ordinals, count, work.positions)
            take_values(column, work.positions, count, work.values)
            grown_by[total:] = work.values[:count]
        if s == 0 and sequence[7] >= 0:
            column = arrays.columns[sequence[7]]
            column_positions(column, work.chosen_rows, work.chosen_ordinals, count, work.positions)
            take_values(column, work.positions, count, work.values)
            grown_has[:] = work.values[:count]
        entry_rows, entry_times, entry_by, entry_has = grown_rows, grown_times, grown_by, grown_has
        entry_chosen = grown_chosen
        for k in range(n + 1):
            step_bounds[s, k] = total + work.bounds[k]
        total += count
    most = 0
    for k in range(n):
        size = 0
        for s in range(number):
            size += step_bounds[s, k + 1] - step_bounds[s, k]
        most = max(most, size)
    p_rows = np.empty(most, dtype=np.int64)
    p_times = np.empty(most, dtype=np.int64)
    p_by = np.empty(most, dtype=np.float64)
    p_step = np.empty(most, dtype=np.int64)
    p_entry = np.empty(most, dtype=np.int64)
    order = np.empty(most, dtype=np.int64)
    chain = np.empty(most, dtype=np.int64)
    matched = np.empty(most, dtype=np.int64)
    window = sequence[3]
    for k in range(n):
        instant = instants[k] if len(instants) > 1 else instants[0]
        size = 0
        possible = True
        for s in range(number):
            if steps[s, 1] == 0 and step_bounds[s, k] == step_bounds[s, k + 1]:
                possible = False
        if not possible and not track:
            f[sequence[5], k] = 0.0
            continue
        for s in range(number):
            for e in range(step_bounds[s, k], step_bounds[s, k + 1]):
                if sequence[6] == 1 and entry_by[e] != entry_by[e]:
                    continue
                p_rows[size], p_times[size] = entry_rows[e], entry_times[e]
                p_by[size], p_step[size], p_entry[size] = entry_by[e], s, e
                size += 1
        if track:
            soonest = sequence_next(
                size,
                p_times,
                p_step,
                steps,
                instant,
                program.windows[window],
                arrays.starts,
                arrays.offsets,
            )
            next_at[k] = min(next_at[k], soonest)
        kept = 0
        for e in range(size):
            if p_times[e] <= instant:
                p_rows[kept], p_times[kept], p_by[kept] = p_rows[e], p_times[e], p_by[e]
                p_step[kept], p_entry[kept] = p_step[e], p_entry[e]
                kept += 1
        found = 0
        if kept:
            found = match_sequence(
                kept,
                p_by,
                p_rows,
                p_times,
                p_step,
                steps,
                sequence[2],
                instant,
                lows[window, k if varied else 0],
                highs[window, k if varied else 0],
                arrays.starts,
                arrays.offsets,
                order,
                chain,
                matched,
            )
        if sequence[4] == op.SEQUENCE_COUNT:
            f[sequence[5], k] = found
        else:
            hit = 0.0
            for j in range(found):
                for e in range(kept):
                    if begins_match(e, matched[j], p_step, p_rows, p_by):
                        value = entry_has[p_entry[e]]
                        if sequence[8] < 0 and value == value:
                            hit = 1.0
                        for c in range(sequence[8], sequence[9]):
                            if value == program.constants[c]:
                                hit = 1.0
            f[sequence[5], k] = hit
        if len(matches):
            for j in range(found):
                for e in range(kept):
                    if begins_match(e, matched[j], p_step, p_rows, p_by):
                        match_rows[matches[0]] = entry_chosen[p_entry[e]]
                        matches[0] += 1


@compiled
def known_points(arrays, points, instants, n, known_at, track, t, next_at, offsets, event):
    """Which points know their profile: something of it seen at or before the instant."""
    first_seen = carray(as_pointer(arrays.base[4]), arrays.base[6], np.int64)
    times = carray(as_pointer(arrays.base[0]), arrays.base[5], np.int64)
    received = carray(as_pointer(arrays.base[2]), arrays.base[5], np.int64)
    for k in range(n):
        instant = instants[k] if len(instants) > 1 else instants[0]
        seen = first_seen[points[k]]
        if known_at != NEVER:
            seen = NEVER
            for row in range(offsets[points[k]], offsets[points[k] + 1]):
                if received[row] <= known_at and arrays.makes_known[event[row]] == 1:
                    seen = times[row]
                    break
        t[k] = 2 if seen <= instant else 0
        if track and seen > instant:
            next_at[k] = min(next_at[k], seen)


@compiled
def pack(truths, known, n, members, unknowns, at, want_unknown):
    """Pack truths into bits, eight points a byte, the first point lowest; ``at`` is a byte."""
    ones = np.uint64(0x0101010101010101)
    magic = np.uint64(0x0102040810204080)
    shift = np.uint64(56)
    one = np.uint64(1)
    words = truths.view(np.uint64)
    known_words = known.view(np.uint64)
    for w in range((n + 7) // 8):
        sure = (known_words[w] >> one) & ones
        members[at + w] = np.uint8((((words[w] >> one) & sure) * magic) >> shift)
        if want_unknown:
            unknowns[at + w] = np.uint8(((words[w] & sure) * magic) >> shift)


@compiled
def floor_windows(program, selection, lows, floors, track):
    """The earliest instant any aggregate of the selection looks at, for each point."""
    for k in range(len(floors)):
        floors[k] = NEVER
    for a in range(program.groups[selection[5], 2], program.groups[selection[6] - 1, 3]):
        window = program.aggregates[a, 2]
        for k in range(len(floors)):
            if program.windows[window, 0] == op.UNBOUNDED:
                floors[k] = LOWEST
            else:
                floors[k] = min(floors[k], lows[window, k] - (6 * DAY if track else 0))


@compiled
def track_group(program, group, arrays, instants, n, work, slopes, next_at):
    """When the clock could next change an aggregate: for each point the soonest of all."""
    for a in range(group[2], group[3]):
        window = program.windows[program.aggregates[a, 2]]
        slopes[program.aggregates[a, 1], :n] = 0.0
        for k in range(n):
            soonest = window_next(
                window,
                work.chosen_times,
                work.bounds[k],
                work.bounds[k + 1],
                instants[k] if len(instants) > 1 else instants[0],
                arrays.starts,
                arrays.offsets,
            )
            next_at[k] = min(next_at[k], soonest)


@compiled
def run_block(
    program,
    arrays,
    points,
    instants,
    n,
    known_at,
    track,
    f,
    t,
    slopes,
    next_at,
    lows,
    highs,
    work,
):
    """Row phase and point phase for one block; leaves all registers filled."""
    base = arrays.base
    offsets = carray(as_pointer(base[3]), base[6] + 1, np.int64)
    event = carray(as_pointer(base[1]), base[5], np.uint16)
    varied = len(instants) > 1
    for w in range(len(program.windows)):
        for k in range(n if varied else 1):
            lows[w, k], highs[w, k] = window_bounds(
                program.windows[w], instants[k], arrays.starts, arrays.offsets
            )
    times = carray(as_pointer(base[0]), base[5], np.int64)
    no_matches = np.empty(0, dtype=np.int64)
    floors = np.empty(n if varied else 1, dtype=np.int64)
    stream_now = -1
    for s in range(len(program.selections)):
        selection = program.selections[s]
        if selection[5] == selection[6]:
            continue
        stream = carray(
            as_pointer(arrays.streams[selection[0], 0]), arrays.streams[selection[0], 1], np.int32
        )
        if selection[0] != stream_now:
            stream_now = selection[0]
            stream_ranges(stream, points, offsets, work.starts, work.ends)
        floor_windows(program, selection, lows, floors, track)
        skip_early(stream, times, work.starts, work.ends, work.begins, n, floors, varied)
        choose_rows(program, selection, arrays, n, known_at, work)
        for g in range(selection[5], selection[6]):
            group = program.groups[g]
            aggregate_group(program, group, arrays, n, work, lows, highs, varied, f)
            if track:
                track_group(program, group, arrays, instants, n, work, slopes, next_at)
    for q in range(len(program.sequences)):
        run_sequence(
            program,
            program.sequences[q],
            arrays,
            points,
            instants,
            n,
            known_at,
            track,
            lows,
            highs,
            varied,
            f,
            work,
            next_at,
            offsets,
            no_matches,
            no_matches,
        )
        if track:
            slopes[program.sequences[q, 5], :n] = 0.0
    known_points(arrays, points, instants, n, known_at, track, t[0], next_at, offsets, event)
    for o in range(len(program.operations)):
        row = program.operations[o]
        run_point_operation(program, row, arrays, points, instants, n, f, t)
        if track:
            follow(
                row,
                n,
                f,
                t,
                slopes,
                next_at,
                program.constants,
                instants,
                arrays.starts,
                arrays.offsets,
            )


@compiled
def run_point_operation(program, row, arrays, points, instants, n, f, t):
    code = row[0]
    if code == op.STORED:
        stored = carray(as_pointer(arrays.stored[row[2]]), arrays.base[6], np.float64)
        for k in range(n):
            f[row[1], k] = stored[points[k]]
    elif code == op.STORED_TRUTH:
        truths = carray(as_pointer(arrays.stored_truth[row[2]]), arrays.base[6], np.int8)
        for k in range(n):
            t[row[1], k] = truths[points[k]]
    elif code == op.KNOWN:
        for k in range(n):
            t[row[1], k] = t[0, k]
    elif code == op.IN_TABLE:
        in_table(row, n, f, t, arrays)
    elif op.IN_TOP <= code <= op.SHARE_RANK:
        table = np.empty(0, dtype=np.float64)
        if code == op.SHARE_RANK:
            table = carray(
                as_pointer(arrays.rank_tables[row[4], 0]),
                arrays.rank_tables[row[4], 1],
                np.float64,
            )
        ranks(code, row, n, f, t, program.constants, table)
    else:
        operate(row, n, f, t, program.constants, instants, arrays.starts, arrays.offsets)


@compiled
def run(
    program,
    arrays,
    points,
    instants,
    known_at,
    track,
    want_unknown,
    texts,
    members,
    unknowns,
    known,
    values,
    next_at,
):
    """Evaluate a program at points (ascending profiles; instants: one for all, or one each).

    Fills ``members`` and ``unknowns`` (output x bytes of packed bits; unknowns only if wanted),
    ``known`` (packed bits), ``values`` (output x point) and, with ``track``, ``next_at``.
    """
    offsets = carray(as_pointer(arrays.base[3]), arrays.base[6] + 1, np.int64)
    total = len(points)
    width = min(BLOCK, (total + 7) // 8 * 8)
    f = np.zeros((program.sizes[0], width), dtype=np.float64)
    t = np.zeros((program.sizes[1], width), dtype=np.int8)
    slopes = np.zeros((program.sizes[0] if track else 1, width), dtype=np.float64)
    varied = len(instants) > 1
    capacity = 0
    work = make_work(capacity, width, texts, program.sizes[2], program.sizes[3])
    lows = np.zeros((len(program.windows), width if varied else 1), dtype=np.int64)
    highs = np.zeros((len(program.windows), width if varied else 1), dtype=np.int64)
    waits = np.zeros(width if track else 1, dtype=np.int64)
    all_known = np.full(width, 2, dtype=np.int8)
    start = 0
    while start < total:
        end, rows = start, 0
        while end < total and end - start < width and (rows < BLOCK_ROWS or (end - start) % 8):
            rows += offsets[points[end] + 1] - offsets[points[end]]
            end += 1
        n = end - start
        t[0, :] = 0
        waits[:] = NEVER
        if rows > capacity:
            capacity = max(rows, 2 * capacity)
            work = make_work(capacity, width, texts, program.sizes[2], program.sizes[3])
        run_block(
            program,
            arrays,
            points[start:end],
            instants[start:end] if varied else instants,
            n,
            known_at,
            track,
            f,
            t,
            slopes,
            waits,
            lows,
            highs,
            work,
        )
        at = start // 8
        pack(t[0], all_known, n, known, known, at, False)
        for o in range(len(program.outputs)):
            kind, register, index = (
                program.outputs[o, 0],
                program.outputs[o, 1],
                program.outputs[o, 2],
            )
            if kind == 0:
                pack(
                    t[register],
                    t[0],
                    n,
                    members[index],
                    unknowns[index if want_unknown else 0],
                    at,
                    want_unknown,
                )
            else:
                for k in range(n):
                    values[index, start + k] = f[register, k] if t[0, k] == 2 else np.nan
        if track:
            for k in range(n):
                next_at[start + k] = waits[k]
        start = end


@compiled
def trace(program, arrays, points, instants, known_at, texts, f, t, next_at):
    """Evaluate one point and leave every register in ``f`` and ``t``; with tracking."""
    offsets = carray(as_pointer(arrays.base[3]), arrays.base[6] + 1, np.int64)
    width = f.shape[1]
    slopes = np.zeros((program.sizes[0], width), dtype=np.float64)
    lows = np.zeros((len(program.windows), width), dtype=np.int64)
    highs = np.zeros((len(program.windows), width), dtype=np.int64)
    next_at[0] = NEVER
    rows = offsets[points[0] + 1] - offsets[points[0]]
    work = make_work(rows, width, texts, program.sizes[2], program.sizes[3])
    run_block(
        program,
        arrays,
        points,
        instants,
        1,
        known_at,
        True,
        f,
        t,
        slopes,
        next_at,
        lows,
        highs,
        work,
    )


@compiled
def selected(program, arrays, which, window, points, instants, known_at, chosen):
    """Rows of one point that a selection chooses within a window; returns how many."""
    base = arrays.base
    offsets = carray(as_pointer(base[3]), base[6] + 1, np.int64)
    rows = offsets[points[0] + 1] - offsets[points[0]]
    selection = program.selections[which]
    stream = carray(
        as_pointer(arrays.streams[selection[0], 0]), arrays.streams[selection[0], 1], np.int32
    )
    work = make_work(rows, 1, 0, program.sizes[2], program.sizes[3])
    stream_ranges(stream, points, offsets, work.begins, work.ends)
    choose_rows(program, selection, arrays, 1, known_at, work)
    low, high = window_bounds(program.windows[window], instants[0], arrays.starts, arrays.offsets)
    count = 0
    for i in range(work.bounds[1]):
        if low <= work.chosen_times[i] < high:
            chosen[count] = work.chosen_rows[i]
            count += 1
    return count


@compiled
def sequence_matches(program, arrays, which, points, instants, known_at, chosen):
    """Rows that begin the matches of a sequence for one point; returns how many."""
    base = arrays.base
    offsets = carray(as_pointer(base[3]), base[6] + 1, np.int64)
    capacity = offsets[points[0] + 1] - offsets[points[0]]
    windows = len(program.windows)
    lows = np.zeros((windows, 1), dtype=np.int64)
    highs = np.zeros((windows, 1), dtype=np.int64)
    for w in range(windows):
        lows[w, 0], highs[w, 0] = window_bounds(
            program.windows[w], instants[0], arrays.starts, arrays.offsets
        )
    matches = np.zeros(1, dtype=np.int64)
    work = make_work(capacity, 1, 0, program.sizes[2], program.sizes[3])
    run_sequence(
        program,
        program.sequences[which],
        arrays,
        points,
        instants,
        1,
        known_at,
        False,
        lows,
        highs,
        False,
        np.zeros((program.sizes[0], 1), dtype=np.float64),
        work,
        np.empty(1, dtype=np.int64),
        offsets,
        matches,
        chosen,
    )
    return matches[0]
