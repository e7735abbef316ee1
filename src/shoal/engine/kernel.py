# Compiled: types are found by the compiler, which exports `carray` without saying so.
# pyright: basic, reportPrivateImportUsage=false
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

from functools import partial

import numpy as np
import numpy.typing as npt
from numba import carray, int64

from shoal.core.compiled import as_pointer, compiled, inner, lend, plain
from shoal.engine import opcodes as op
from shoal.engine.aggregates import (
    LOWEST,
    fill_empty,
    fill_exact,
    fill_texts,
    fill_times,
    fill_values,
    window_bounds,
    window_next,
    window_ranges,
)
from shoal.engine.calendars import DAY, NEVER
from shoal.engine.choosing import choose_rows, in_table, skip_early
from shoal.engine.history import Int64s
from shoal.engine.occasions import PART, follow_occasion, occasion, own_texts, parts_of_times
from shoal.engine.operations import follow, operate, ranks
from shoal.engine.rows import column_positions, exact_at, stream_ranges, take_values
from shoal.engine.sequence_runs import run_sequence
from shoal.engine.tables import Arrays, Tables, apart, make_work

Bits = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float64]

BLOCK = 512
"""Points in a block, at most."""
BLOCK_ROWS = 32_768
"""Rows after which a block ends early."""


@apart
def aggregate_group(program, group, arrays, n, live, work, lows, highs, varied, f):
    """Fill the registers of all aggregates that read one column (or none) of one selection."""
    bounds, times = work.bounds, work.chosen_times
    count = bounds[live]
    column = group[0]
    kind = -1
    if column >= 0:
        kind = arrays.columns[column, 3]
        positions = work.chosen_ordinals
        if kind == PART:
            part = arrays.columns[column, 0]
            parts_of_times(part, times, count, work.values, arrays.starts, arrays.offsets)
        else:
            if arrays.columns[column, 6] != 1:  # not dense: the column's own rows are searched
                positions = work.positions
                column_positions(
                    arrays.columns[column], work.chosen_rows, work.chosen_ordinals, count, positions
                )
            take_values(arrays.columns[column], positions, count, work.values)
        if group[1] == 1 and kind == 0:
            exact_at(arrays.columns[column], positions, count, work.exact)
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
            window_ranges(
                times, bounds, lows[window], highs[window], varied, work.live, live, begins, ends
            )
        target = f[to]
        fill_empty(function, target, n)
        if function <= op.GAP_STD:
            fill_times(
                function, target, times, begins, ends, work.live, live,
                arrays.starts, arrays.offsets,
            )  # fmt: skip
        elif function <= op.AVG and kind == 0:
            fill_exact(function, target, work.values, work.exact, begins, ends, work.live, live)
        elif kind == 2 and op.DISTINCT <= function <= op.SHARE:
            fill_texts(function, target, work.values, begins, ends, work.live, live, work.tally)
        else:
            fill_values(function, target, work.values, begins, ends, work.live, live, work.scratch)


@inner
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


ONES = np.uint64(0x0101010101010101)  # the lowest bit of eight truths
GATHER = np.uint64(0x0102040810204080)  # times this, their lowest bits stand in the highest byte
ONE, HIGHEST = np.uint64(1), np.uint64(56)


@plain
def pack_known(words, size, known, at):
    """Pack which points are known into bits, eight points a byte, the first point lowest."""
    for w in range(size):
        known[at + w] = np.uint8((((words[0, w] >> ONE) & ONES) * GATHER) >> HIGHEST)


@plain
def pack(words, register, size, index, members, unknowns, at, want_unknown):
    """Pack a truth register into bits of members and unknowns; ``at`` is a byte of theirs.

    ``words`` are the truth registers, eight points a word; register 0 says who is known.
    """
    unsure = np.uint64(0)
    for w in range(size):
        sure = (words[0, w] >> ONE) & ONES
        word = words[register, w]
        unsure |= word & sure
        members[index, at + w] = np.uint8((((word >> ONE) & sure) * GATHER) >> HIGHEST)
    if want_unknown and unsure != 0:  # mostly nothing is unknown, and the bits are zero already
        for w in range(size):
            sure = (words[0, w] >> ONE) & ONES
            unknowns[index, at + w] = np.uint8(((words[register, w] & sure) * GATHER) >> HIGHEST)


@plain
def floor_windows(program, selection, lows, floors, track):
    """The earliest instant any aggregate of the selection looks at, for each point.

    Returns whether any is another than it was.
    """
    moved = False
    for k in range(len(floors)):
        floor = NEVER
        for a in range(program.groups[selection[5], 2], program.groups[selection[6] - 1, 3]):
            window = program.aggregates[a, 2]
            if program.windows[window, 0] == op.UNBOUNDED:
                floor = LOWEST
                break
            floor = min(floor, lows[window, k] - (6 * DAY if track else 0))
        moved = moved or floor != floors[k]
        floors[k] = floor
    return moved


@apart
def track_group(program, group, arrays, instants, n, live, work, slopes, next_at):
    """When the clock could next change an aggregate: for each point the soonest of all."""
    for a in range(group[2], group[3]):
        window = program.windows[program.aggregates[a, 2]]
        for k in range(n):
            slopes[program.aggregates[a, 1], k] = 0.0
        for j in range(live):
            k = work.live[j]
            soonest = window_next(
                window,
                work.chosen_times,
                work.bounds[j],
                work.bounds[j + 1],
                instants[k] if len(instants) > 1 else instants[0],
                arrays.starts,
                arrays.offsets,
            )
            next_at[k] = min(next_at[k], soonest)


@apart
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
    own_texts(
        program.sizes[4], arrays, points, instants, n, known_at, track, next_at, offsets, work
    )
    times = carray(as_pointer(base[0]), base[5], np.int64)
    no_matches = np.empty(0, dtype=np.int64)
    floors = np.zeros(n if varied else 1, dtype=np.int64)
    stream_now, candidates = -1, np.int64(0)
    for s in program.order:
        selection = program.selections[s]
        stream = carray(
            as_pointer(arrays.streams[selection[0], 0]), arrays.streams[selection[0], 1], np.int32
        )
        if selection[0] != stream_now:
            stream_ranges(stream, points, offsets, work.starts, work.ends)
        moved = floor_windows(program, selection, lows, floors, track)
        if moved or selection[0] != stream_now:
            stream_now = selection[0]
            candidates = skip_early(
                stream, times, work.starts, work.ends, work.begins, n, floors, varied,
                work.candidates,
            )  # fmt: skip
        live = choose_rows(program, selection, arrays, candidates, known_at, work)
        for g in range(selection[5], selection[6]):
            group = program.groups[g]
            aggregate_group(program, group, arrays, n, live, work, lows, highs, varied, f)
            if track:
                track_group(program, group, arrays, instants, n, live, work, slopes, next_at)
    for q in range(len(program.sequences)):
        run_sequence(
            program, program.sequences[q], arrays, points, instants, n, known_at, track,
            lows, highs, varied, f, work, next_at, offsets, no_matches, no_matches,
        )  # fmt: skip
        if track:
            for k in range(n):
                slopes[program.sequences[q, 5], k] = 0.0
    known_points(arrays, points, instants, n, known_at, track, t[0], next_at, offsets, event)
    for o in range(len(program.operations)):
        row = program.operations[o]
        run_point_operation(program, row, arrays, points, instants, n, f, t, work.own)
        if track:
            follow_point_operation(program, row, arrays, instants, n, f, t, slopes, next_at)


@inner
def follow_point_operation(program, row, arrays, instants, n, f, t, slopes, next_at):
    """After an instruction: how its result moves, and when the clock could next change it."""
    if row[0] >= op.UNTIL:
        follow_occasion(row, n, f, slopes, next_at, arrays, instants)
    else:
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


@apart
def run_point_operation(program, row, arrays, points, instants, n, f, t, own):
    """Run one instruction over the registers of a block's points."""
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
    elif code >= op.UNTIL:
        occasion(row, n, f, arrays, instants, own)
    else:
        operate(row, n, f, t, program.constants, instants, arrays.starts, arrays.offsets)


@partial(apart, result=int64)
def look_up(program, arrays, points, instants, known_at, track, asked, chosen, offsets):
    """Rows of one point behind a selection or a sequence; see ``run``."""
    rows = offsets[points[0] + 1] - offsets[points[0]]
    n, texts = len(points), len(asked) - 3  # 1 and 0: as literals they would be compiled apart
    buffers = make_work(rows, n, texts, program.sizes[2], program.sizes[3])
    work = lend(buffers)
    lows = np.zeros((len(program.windows), 1), dtype=np.int64)
    highs = np.zeros((len(program.windows), 1), dtype=np.int64)
    for w in range(len(program.windows)):
        lows[w, 0], highs[w, 0] = window_bounds(
            program.windows[w], instants[0], arrays.starts, arrays.offsets
        )
    found = np.zeros(1, dtype=np.int64)
    own_texts(program.sizes[4], arrays, points, instants, 1, known_at, False, found, offsets, work)
    if asked[2] >= 0:
        run_sequence(
            program, program.sequences[asked[2]], arrays, points, instants, n, known_at, track,
            lows, highs, track, np.zeros((program.sizes[0], 1), dtype=np.float64), work,
            np.empty(1, dtype=np.int64), offsets, found, chosen,
        )  # fmt: skip
        return found[0] + len(buffers.exact) - rows  # the buffers must live until here
    selection = program.selections[asked[0]]
    stream = carray(
        as_pointer(arrays.streams[selection[0], 0]), arrays.streams[selection[0], 1], np.int32
    )
    stream_ranges(stream, points, offsets, work.begins, work.ends)
    work.candidates[0] = 0
    live = choose_rows(program, selection, arrays, n, known_at, work)
    for i in range(work.bounds[live]):
        if lows[asked[1], 0] <= work.chosen_times[i] < highs[asked[1], 0]:
            chosen[found[0]] = work.chosen_rows[i]
            found[0] += 1
    return found[0] + len(buffers.exact) - rows


@partial(apart, result=int64)
def run_points(
    program, arrays, points, instants, known_at, track, want_unknown, texts,
    members, unknowns, known, answers, next_at, kept_floats, kept_truths, asked, chosen,
):  # fmt: skip
    """See ``run``."""
    offsets = carray(as_pointer(arrays.base[3]), arrays.base[6] + 1, np.int64)
    if len(chosen):
        return look_up(program, arrays, points, instants, known_at, track, asked, chosen, offsets)
    total = len(points)
    width = min(BLOCK, (total + 7) // 8 * 8)
    f = np.zeros((program.sizes[0], width), dtype=np.float64)
    t = np.zeros((program.sizes[1], width), dtype=np.int8)
    words = t.view(np.uint64)
    slopes = np.zeros((program.sizes[0] if track else 1, width), dtype=np.float64)
    varied = len(instants) > 1
    capacity = np.int64(0)  # as a literal, buffers would be compiled twice
    buffers = make_work(capacity, width, texts, program.sizes[2], program.sizes[3])
    work = lend(buffers)
    lows = np.zeros((len(program.windows), width if varied else 1), dtype=np.int64)
    highs = np.zeros((len(program.windows), width if varied else 1), dtype=np.int64)
    waits = np.zeros(width if track else 1, dtype=np.int64)
    start = 0
    while start < total:
        end, rows = start, 0
        while end < total and end - start < width and (rows < BLOCK_ROWS or (end - start) % 8):
            rows += offsets[points[end] + 1] - offsets[points[end]]
            end += 1
        n = end - start
        for k in range(width):
            t[0, k] = 0
        for k in range(len(waits)):
            waits[k] = NEVER
        if rows > capacity:
            capacity = max(rows, 2 * capacity)
            buffers = make_work(capacity, width, texts, program.sizes[2], program.sizes[3])
            work = lend(buffers)
        run_block(
            program, arrays, points[start:end], instants[start:end] if varied else instants,
            n, known_at, track, f, t, slopes, waits, lows, highs, work,
        )  # fmt: skip
        at = start // 8
        size = (n + 7) // 8
        pack_known(words, size, known, at)
        for o in range(len(program.outputs)):
            output = program.outputs[o]
            kind, register, index = output[0], output[1], output[2]
            if kind == 0:
                pack(words, register, size, index, members, unknowns, at, want_unknown)
            else:
                for k in range(n):
                    answers[index, start + k] = f[register, k] if t[0, k] == 2 else np.nan
        if track:
            for k in range(n):
                next_at[start + k] = waits[k]
        if len(kept_floats):
            for k in range(len(kept_floats)):
                kept_floats[k] = f[k, 0]
            for k in range(len(kept_truths)):
                kept_truths[k] = t[k, 0]
        start = end
    return len(buffers.exact) - capacity  # 0; the buffers must live until here


@compiled
def run(
    program: Tables,
    arrays: Arrays,
    points: Int64s,
    instants: Int64s,
    known_at: int,
    track: bool,
    want_unknown: bool,
    texts: int,
    members: Bits,
    unknowns: Bits,
    known: Bits,
    values: Floats,
    next_at: Int64s,
    kept_floats: Floats,
    kept_truths: npt.NDArray[np.int8],
    asked: Int64s,
    chosen: Int64s,
) -> int:
    """Evaluate a program at points (ascending profiles; instants: one for all, or one each).

    Fills ``members`` and ``unknowns`` (output x bytes of packed bits; unknowns only if wanted),
    ``known`` (packed bits), ``values`` (output x point) and, with ``track``, ``next_at``.

    For explaining, the same machine code serves twice more: with room in ``kept_floats``, a single
    point's registers are left there; with room in ``chosen``, it only looks up the rows behind
    selection ``asked[0]`` in window ``asked[1]``, or sequence ``asked[2]``, and returns how many.
    """
    return run_points(
        lend(program), lend(arrays), points, instants, known_at, track, want_unknown, texts,
        members, unknowns, known, values, next_at, kept_floats, kept_truths, asked, chosen,
    )  # fmt: skip
