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
from shoal.engine.aggregates import exact_sum, of_times, of_values, search, window_bounds, window_next
from shoal.engine.calendars import NEVER, time_part
from shoal.engine.compiled import as_pointer, compiled
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
def evaluate_condition(
    program, selection, arrays, rows, ordinals, times, n, f, t, positions
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
        else:
            operate(
                row, n, f, t, program.constants, no_instant, arrays.starts, arrays.offsets
            )


@compiled
def in_table(row, n, f, t, arrays):
    table = carray(as_pointer(arrays.tables[row[3], 0]), arrays.tables[row[3], 1], np.uint8)
    for i in range(n):
        v = f[row[2], i]
        t[row[1], i] = 1 if v != v else 2 * table[np.int64(v)]


@compiled
def choose_rows(
    program, selection, arrays, points, n, known_at, range_starts, range_ends,
    f, t, positions, chunk_rows, chunk_ordinals, chunk_times,
    chosen_rows, chosen_ordinals, chosen_times, bounds,
):
    """Rows of each point that meet the selection: ``bounds[k]`` to ``bounds[k + 1]``.

    Returns how many; the chosen arrays must hold all candidates.
    """
    stream = carray(
        as_pointer(arrays.streams[selection[0], 0]), arrays.streams[selection[0], 1], np.int32
    )
    times = carray(as_pointer(arrays.base[0]), arrays.base[5], np.int64)
    received = carray(as_pointer(arrays.base[2]), arrays.base[5], np.int64)
    event = carray(as_pointer(arrays.base[1]), arrays.base[5], np.uint16)
    count = 0
    if selection[3] < 0 and selection[4] < 0 and known_at == NEVER:
        for k in range(n):
            bounds[k] = count
            for i in range(range_starts[k], range_ends[k]):
                row = stream[i]
                chosen_rows[count] = row
                chosen_ordinals[count] = i
                chosen_times[count] = times[row]
                count += 1
        bounds[n] = count
        return count
    k, position = 0, range_starts[0] if n else 0
    bounds[0] = 0
    owner = np.empty(CHUNK, dtype=np.int32)
    done = -1
    while k < n:
        filled = 0
        while k < n and filled < CHUNK:
            if position >= range_ends[k]:
                k += 1
                if k < n:
                    position = range_starts[k]
                continue
            row = stream[position]
            if received[row] <= known_at:
                chunk_rows[filled] = row
                chunk_ordinals[filled] = position
                chunk_times[filled] = times[row]
                owner[filled] = k
                filled += 1
            position += 1
        if selection[3] >= 0:
            evaluate_condition(
                program, selection, arrays, chunk_rows, chunk_ordinals, chunk_times, filled,
                f, t, positions,
            )
        for i in range(filled):
            if selection[3] >= 0 and t[selection[3], i] != 2:
                continue
            row = chunk_rows[i]
            if selection[4] >= 0:
                parent = arrays.parents[selection[4], event[row]]
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
    return count


@compiled
def aggregate_group(
    program, group, arrays, n, chosen_rows, chosen_ordinals, chosen_times, bounds,
    lows, highs, varied, positions, values, exact, scratch, f,
):
    """Fill the registers of all aggregates that read one column (or none) of one selection."""
    count = bounds[n]
    column = group[0]
    kind = -1
    if column >= 0:
        kind = arrays.columns[column, 3]
        column_positions(
            arrays.columns[column], chosen_rows, chosen_ordinals, count, positions
        )
        take_values(arrays.columns[column], positions, count, values)
        if group[1] == 1 and kind == 0:
            exact_at(arrays.columns[column], positions, count, exact)
    for a in range(group[2], group[3]):
        function, to, window = (
            program.aggregates[a, 0], program.aggregates[a, 1], program.aggregates[a, 2],
        )
        target = f[to]
        for k in range(n):
            begin, end = bounds[k], bounds[k + 1]
            low = lows[window, k if varied else 0]
            high = highs[window, k if varied else 0]
            if begin < end:
                if chosen_times[begin] < low:
                    begin = search(chosen_times, begin, end, low)
                if begin < end and chosen_times[end - 1] >= high:
                    end = search(chosen_times, begin, end, high)
            if function == op.COUNT:
                target[k] = end - begin
            elif function <= op.GAP_STD:
                target[k] = of_times(
                    function, chosen_times, begin, end, arrays.starts, arrays.offsets
                )
            elif function <= op.AVG and kind == 0:
                total, number = exact_sum(values, exact, begin, end)
                if function == op.SUM:
                    target[k] = total
                else:
                    target[k] = total / number if number else np.nan
            else:
                target[k] = of_values(function, values, begin, end, scratch)


@compiled
def run_sequence(
    program, sequence, arrays, points, instants, n, known_at, track, lows, highs, varied,
    range_starts, range_ends, f, rf, rt, chunks, chosen_rows, chosen_ordinals, chosen_times,
    bounds, positions, values, next_at, offsets, matches, match_rows,
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
        selection = program.selections[steps[s, 5]]
        stream = carray(
            as_pointer(arrays.streams[selection[0], 0]), arrays.streams[selection[0], 1], np.int32
        )
        stream_ranges(stream, points, offsets, range_starts, range_ends)
        count = choose_rows(
            program, selection, arrays, points, n, known_at, range_starts, range_ends,
            rf, rt, positions, chunks[0], chunks[1], chunks[2],
            chosen_rows, chosen_ordinals, chosen_times, bounds,
        )
        grown_rows = np.empty(total + count, dtype=np.int64)
        grown_times = np.empty(total + count, dtype=np.int64)
        grown_by = np.zeros(total + count, dtype=np.float64)
        grown_has = np.full(total + count, np.nan)
        grown_chosen = np.empty(total + count, dtype=np.int64)
        grown_rows[:total], grown_times[:total] = entry_rows, entry_times
        grown_chosen[:total] = entry_chosen
        grown_by[:total], grown_has[:total] = entry_by, entry_has
        grown_chosen[total:] = chosen_rows[:count]
        for i in range(count):
            row = chosen_rows[i]
            parent = arrays.line_parents[event[row]]
            while parent >= 0 and row > 0 and event[row] != parent:
                row -= 1
            grown_rows[total + i] = row
        grown_times[total:] = chosen_times[:count]
        if steps[s, 6] >= 0:
            column = arrays.columns[steps[s, 6]]
            column_positions(column, chosen_rows, chosen_ordinals, count, positions)
            take_values(column, positions, count, values)
            grown_by[total:] = values[:count]
        if s == 0 and sequence[7] >= 0:
            column = arrays.columns[sequence[7]]
            column_positions(column, chosen_rows, chosen_ordinals, count, positions)
            take_values(column, positions, count, values)
            grown_has[:] = values[:count]
        entry_rows, entry_times, entry_by, entry_has = grown_rows, grown_times, grown_by, grown_has
        entry_chosen = grown_chosen
        for k in range(n + 1):
            step_bounds[s, k] = total + bounds[k]
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
        for s in range(number):
            for e in range(step_bounds[s, k], step_bounds[s, k + 1]):
                if sequence[6] == 1 and entry_by[e] != entry_by[e]:
                    continue
                p_rows[size], p_times[size] = entry_rows[e], entry_times[e]
                p_by[size], p_step[size], p_entry[size] = entry_by[e], s, e
                size += 1
        if track:
            soonest = sequence_next(
                size, p_times, p_step, steps, instant, program.windows[window],
                arrays.starts, arrays.offsets,
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
                kept, p_by, p_rows, p_times, p_step, steps, sequence[2], instant,
                lows[window, k if varied else 0], highs[window, k if varied else 0],
                arrays.starts, arrays.offsets, order, chain, matched,
            )
        if sequence[4] == op.SEQUENCE_COUNT:
            f[sequence[5], k] = found
        else:
            hit = 0.0
            for j in range(found):
                value = entry_has[p_entry[matched[j]]]
                for c in range(sequence[8], sequence[9]):
                    if value == program.constants[c]:
                        hit = 1.0
            f[sequence[5], k] = hit
        if len(matches):
            for j in range(min(found, len(match_rows))):
                match_rows[j] = entry_chosen[p_entry[matched[j]]]
            matches[0] = found


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
def run_block(
    program, arrays, points, instants, n, known_at, track, f, t, slopes, rf, rt, next_at,
    lows, highs, capacity,
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
    range_starts = np.empty(n, dtype=np.int64)
    range_ends = np.empty(n, dtype=np.int64)
    chosen_rows = np.empty(capacity, dtype=np.int32)
    chosen_ordinals = np.empty(capacity, dtype=np.int32)
    chosen_times = np.empty(capacity, dtype=np.int64)
    bounds = np.empty(n + 1, dtype=np.int64)
    positions = np.empty(max(capacity, CHUNK), dtype=np.int32)
    values = np.empty(capacity, dtype=np.float64)
    exact = np.empty(capacity, dtype=np.int64)
    scratch = np.empty(capacity, dtype=np.float64)
    chunk_rows = np.empty(CHUNK, dtype=np.int32)
    chunk_ordinals = np.empty(CHUNK, dtype=np.int32)
    chunk_times = np.empty(CHUNK, dtype=np.int64)
    no_matches = np.empty(0, dtype=np.int64)
    stream_now = -1
    for s in range(len(program.selections)):
        selection = program.selections[s]
        if selection[5] == selection[6]:
            continue
        if selection[0] != stream_now:
            stream_now = selection[0]
            stream = carray(
                as_pointer(arrays.streams[stream_now, 0]), arrays.streams[stream_now, 1], np.int32
            )
            stream_ranges(stream, points, offsets, range_starts, range_ends)
        choose_rows(
            program, selection, arrays, points, n, known_at, range_starts, range_ends,
            rf, rt, positions, chunk_rows, chunk_ordinals, chunk_times,
            chosen_rows, chosen_ordinals, chosen_times, bounds,
        )
        for g in range(selection[5], selection[6]):
            group = program.groups[g]
            aggregate_group(
                program, group, arrays, n, chosen_rows, chosen_ordinals, chosen_times, bounds,
                lows, highs, varied, positions, values, exact, scratch, f,
            )
            if track:
                for a in range(group[2], group[3]):
                    window = program.windows[program.aggregates[a, 2]]
                    slopes[program.aggregates[a, 1], :n] = 0.0
                    for k in range(n):
                        soonest = window_next(
                            window, chosen_times, bounds[k], bounds[k + 1],
                            instants[k] if varied else instants[0],
                            arrays.starts, arrays.offsets,
                        )
                        next_at[k] = min(next_at[k], soonest)
    for q in range(len(program.sequences)):
        run_sequence(
            program, program.sequences[q], arrays, points, instants, n, known_at, track,
            lows, highs, varied, range_starts, range_ends, f, rf, rt,
            (chunk_rows, chunk_ordinals, chunk_times), chosen_rows, chosen_ordinals,
            chosen_times, bounds, positions, values, next_at, offsets,
            no_matches, no_matches,
        )
        if track:
            slopes[program.sequences[q, 5], :n] = 0.0
    known_points(arrays, points, instants, n, known_at, track, t[0], next_at, offsets, event)
    for o in range(len(program.operations)):
        row = program.operations[o]
        run_point_operation(program, row, arrays, points, instants, n, f, t)
        if track:
            follow(
                row, n, f, t, slopes, next_at, program.constants, instants,
                arrays.starts, arrays.offsets,
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
    elif code >= op.IN_TOP:
        table = np.empty(0, dtype=np.float64)
        if code == op.SHARE_RANK:
            table = carray(
                as_pointer(arrays.rank_tables[row[4], 0]), arrays.rank_tables[row[4], 1],
                np.float64,
            )
        ranks(code, row, n, f, t, program.constants, table)
    else:
        operate(row, n, f, t, program.constants, instants, arrays.starts, arrays.offsets)


@compiled
def run(
    program, arrays, points, instants, known_at, track, want_unknown,
    members, unknowns, known, values, next_at,
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
    rf = np.zeros((program.sizes[2], CHUNK), dtype=np.float64)
    rt = np.zeros((program.sizes[3], CHUNK), dtype=np.int8)
    varied = len(instants) > 1
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
        run_block(
            program, arrays, points[start:end], instants[start:end] if varied else instants, n,
            known_at, track, f, t, slopes, rf, rt, waits, lows, highs, rows,
        )
        at = start // 8
        pack(t[0], all_known, n, known, known, at, False)
        for o in range(len(program.outputs)):
            kind, register, index = (
                program.outputs[o, 0], program.outputs[o, 1], program.outputs[o, 2],
            )
            if kind == 0:
                pack(t[register], t[0], n, members[index], unknowns[index if want_unknown else 0],
                     at, want_unknown)
            else:
                for k in range(n):
                    values[index, start + k] = f[register, k] if t[0, k] == 2 else np.nan
        if track:
            for k in range(n):
                next_at[start + k] = waits[k]
        start = end


@compiled
def trace(program, arrays, points, instants, known_at, f, t, next_at):
    """Evaluate one point and leave every register in ``f`` and ``t``; with tracking."""
    offsets = carray(as_pointer(arrays.base[3]), arrays.base[6] + 1, np.int64)
    width = f.shape[1]
    slopes = np.zeros((program.sizes[0], width), dtype=np.float64)
    rf = np.zeros((program.sizes[2], CHUNK), dtype=np.float64)
    rt = np.zeros((program.sizes[3], CHUNK), dtype=np.int8)
    lows = np.zeros((len(program.windows), width), dtype=np.int64)
    highs = np.zeros((len(program.windows), width), dtype=np.int64)
    next_at[0] = NEVER
    rows = offsets[points[0] + 1] - offsets[points[0]]
    run_block(
        program, arrays, points, instants, 1, known_at, True, f, t, slopes, rf, rt, next_at,
        lows, highs, rows,
    )


@compiled
def selected(program, arrays, which, window, points, instants, known_at, chosen):
    """Rows of one point that a selection chooses within a window; returns how many."""
    base = arrays.base
    offsets = carray(as_pointer(base[3]), base[6] + 1, np.int64)
    rows = offsets[points[0] + 1] - offsets[points[0]]
    selection = program.selections[which]
    range_starts = np.empty(1, dtype=np.int64)
    range_ends = np.empty(1, dtype=np.int64)
    stream = carray(
        as_pointer(arrays.streams[selection[0], 0]), arrays.streams[selection[0], 1], np.int32
    )
    stream_ranges(stream, points, offsets, range_starts, range_ends)
    chosen_rows = np.empty(rows, dtype=np.int32)
    chosen_times = np.empty(rows, dtype=np.int64)
    bounds = np.empty(2, dtype=np.int64)
    choose_rows(
        program, selection, arrays, points, 1, known_at, range_starts, range_ends,
        np.zeros((program.sizes[2], CHUNK), dtype=np.float64),
        np.zeros((program.sizes[3], CHUNK), dtype=np.int8),
        np.empty(max(rows, CHUNK), dtype=np.int32), np.empty(CHUNK, dtype=np.int32),
        np.empty(CHUNK, dtype=np.int32), np.empty(CHUNK, dtype=np.int64),
        chosen_rows, np.empty(rows, dtype=np.int32), chosen_times, bounds,
    )
    low, high = window_bounds(
        program.windows[window], instants[0], arrays.starts, arrays.offsets
    )
    count = 0
    for i in range(bounds[1]):
        if low <= chosen_times[i] < high:
            chosen[count] = chosen_rows[i]
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
    run_sequence(
        program, program.sequences[which], arrays, points, instants, 1, known_at, False,
        lows, highs, False, np.empty(1, dtype=np.int64), np.empty(1, dtype=np.int64),
        np.zeros((program.sizes[0], 1), dtype=np.float64),
        np.zeros((program.sizes[2], CHUNK), dtype=np.float64),
        np.zeros((program.sizes[3], CHUNK), dtype=np.int8),
        (
            np.empty(CHUNK, dtype=np.int32), np.empty(CHUNK, dtype=np.int32),
            np.empty(CHUNK, dtype=np.int64),
        ),
        np.empty(capacity, dtype=np.int32), np.empty(capacity, dtype=np.int32),
        np.empty(capacity, dtype=np.int64), np.empty(2, dtype=np.int64),
        np.empty(max(capacity, CHUNK), dtype=np.int32), np.empty(capacity, dtype=np.float64),
        np.empty(1, dtype=np.int64), offsets, matches, chosen,
    )
    return min(matches[0], len(chosen))
