# Compiled: types are found by the compiler, which exports `carray` without saying so.
# pyright: basic, reportPrivateImportUsage=false
"""Compiled runs of sequences: the rows of all steps gathered, then matched point by point."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import carray

from shoal.core.compiled import as_pointer, inner, plain
from shoal.engine import opcodes as op
from shoal.engine.aggregates import LOWEST
from shoal.engine.calendars import DAY
from shoal.engine.choosing import choose_rows, skip_early
from shoal.engine.rows import column_positions, stream_ranges, take_values
from shoal.engine.sequences import match_sequence, sequence_next
from shoal.engine.tables import apart


class Entries(NamedTuple):
    """Rows that meet a sequence's steps: step after step, in each point after point."""

    whole: npt.NDArray[np.int64]  # ROWS, CHOSEN, TIMES; lines of one parent stand at its place
    real: npt.NDArray[np.float64]  # BY; HAS: what the first step's rows hold, for `has`


ROWS, CHOSEN, TIMES = 0, 1, 2
BY, HAS = 0, 1

# One point's entries of all steps, and room to match them: lines of one table.
P_ROWS, P_TIMES, P_STEP, P_ENTRY, P_ORDER, P_CHAIN, P_MATCHED = range(7)


@inner
def gather_step(program, step, sequence, arrays, points, n, known_at, track, work, lows, offsets):
    """Choose one step's rows into the buffers; rows before the window are not looked at.

    Returns how many points have any.
    """
    selection = program.selections[step[5]]
    stream = carray(
        as_pointer(arrays.streams[selection[0], 0]), arrays.streams[selection[0], 1], np.int32
    )
    times = carray(as_pointer(arrays.base[0]), arrays.base[5], np.int64)
    stream_ranges(stream, points, offsets, work.starts, work.ends)
    floors = np.empty(lows.shape[1], dtype=np.int64)
    for k in range(len(floors)):
        floors[k] = lows[sequence[3], k] - (6 * DAY if track else 0)
        if program.windows[sequence[3], 0] == op.UNBOUNDED:
            floors[k] = LOWEST
    candidates = skip_early(
        stream, times, work.starts, work.ends, work.begins, n, floors, len(floors) > 1,
        work.candidates,
    )  # fmt: skip
    return choose_rows(program, selection, arrays, candidates, known_at, work)


@plain
def begins_match(entry, first, steps, rows, by):
    """Whether an entry stands where a match begins: itself, or another line of the same event."""
    return steps[entry] == 0 and rows[entry] == rows[first] and by[entry] == by[first]


@inner
def read_column(arrays, which, work, count):
    """A column's values for the chosen rows, in ``work.values``."""
    column = arrays.columns[which]
    column_positions(column, work.chosen_rows, work.chosen_ordinals, count, work.positions)
    take_values(column, work.positions, count, work.values)


@inner
def with_room(entries, total, count):
    """The entries, the first ``total`` of them kept, with room for so many more."""
    if total + count <= entries.whole.shape[1]:
        return entries
    room = max(total + count, 2 * total)
    more = Entries(np.empty((3, room), dtype=np.int64), np.empty((2, room), dtype=np.float64))
    for i in range(total):
        for line in range(3):
            more.whole[line, i] = entries.whole[line, i]
        for line in range(2):
            more.real[line, i] = entries.real[line, i]
    return more


@inner
def add_step(entries, arrays, work, total, count, event, by_column, has_column):
    """Put the rows chosen for one more step behind the first ``total`` entries."""
    whole, real = entries.whole, entries.real
    for i in range(count):
        row = work.chosen_rows[i]
        whole[CHOSEN, total + i] = row
        whole[TIMES, total + i] = work.chosen_times[i]
        parent = arrays.line_parents[event[row]]
        while parent >= 0 and row > 0 and event[row] != parent:
            row -= 1
        whole[ROWS, total + i] = row
        real[BY, total + i] = 0.0
        real[HAS, total + i] = np.nan
    for line in range(2):
        column = by_column if line == BY else has_column
        if column >= 0:
            read_column(arrays, column, work, count)
            for i in range(count):
                real[line, total + i] = work.values[i]


@inner
def gather_entries(
    program, sequence, arrays, points, n, known_at, track, work, lows, offsets, step_bounds
):
    """Entries of all steps; those of step s at point k are ``step_bounds[s, k]`` to ``[s, k + 1]``."""
    steps = program.steps[sequence[0] : sequence[1]]
    event = carray(as_pointer(arrays.base[1]), arrays.base[5], np.uint16)
    entries = Entries(np.empty((3, 0), dtype=np.int64), np.empty((2, 0), dtype=np.float64))
    total = np.int64(0)
    for s in range(len(steps)):
        live = gather_step(
            program, steps[s], sequence, arrays, points, n, known_at, track, work, lows, offsets
        )
        j = 0
        for k in range(n):
            step_bounds[s, k] = total + work.bounds[j]
            if j < live and work.live[j] == k:
                j += 1
        count = work.bounds[live]
        step_bounds[s, n] = total + count
        entries = with_room(entries, total, count)
        has_column = sequence[7] if s == 0 else np.int64(-1)
        add_step(entries, arrays, work, total, count, event, steps[s, 6], has_column)
        total += count
    return entries


@plain
def most_entries(step_bounds, n):
    """Entries of the point that has the most."""
    most = 0
    for k in range(n):
        size = 0
        for s in range(len(step_bounds)):
            size += step_bounds[s, k + 1] - step_bounds[s, k]
        most = max(most, size)
    return most


@plain
def can_match(steps, step_bounds, k):
    """Whether every positive step has an entry at point k."""
    for s in range(len(steps)):
        if steps[s, 1] == 0 and step_bounds[s, k] == step_bounds[s, k + 1]:
            return False
    return True


@plain
def match_has(program, sequence, entries, point, by, kept, found):
    """1.0 where a match begins with a listed value (none listed: with any), else 0.0."""
    for j in range(found):
        for e in range(kept):
            if begins_match(e, point[P_MATCHED, j], point[P_STEP], point[P_ROWS], by):
                value = entries.real[HAS, point[P_ENTRY, e]]
                if sequence[8] < 0 and value == value:
                    return 1.0
                for c in range(sequence[8], sequence[9]):
                    if value == program.constants[c]:
                        return 1.0
    return 0.0


@plain
def keep_matches(entries, point, by, kept, found, matches, match_rows):
    """Add the rows that begin matches to ``match_rows``; ``matches[0]`` says how many there are."""
    for j in range(found):
        for e in range(kept):
            if begins_match(e, point[P_MATCHED, j], point[P_STEP], point[P_ROWS], by):
                match_rows[matches[0]] = entries.whole[CHOSEN, point[P_ENTRY, e]]
                matches[0] += 1


@apart
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
    steps = program.steps[sequence[0] : sequence[1]]
    step_bounds = np.zeros((len(steps), n + 1), dtype=np.int64)
    entries = gather_entries(
        program, sequence, arrays, points, n, known_at, track, work, lows, offsets, step_bounds
    )
    rows, times, by = entries.whole[ROWS], entries.whole[TIMES], entries.real[BY]
    most = most_entries(step_bounds, n)
    point = np.empty((7, most), dtype=np.int64)
    p_rows, p_times, p_by = point[P_ROWS], point[P_TIMES], np.empty(most, dtype=np.float64)
    p_step, p_entry = point[P_STEP], point[P_ENTRY]
    keyed = sequence[6] == 1
    starts, offsets_from_utc = arrays.starts, arrays.offsets
    window = sequence[3]
    for k in range(n):
        instant = instants[k] if len(instants) > 1 else instants[0]
        if not track and not can_match(steps, step_bounds, k):
            f[sequence[5], k] = 0.0
            continue
        size = np.int64(0)
        for s in range(len(steps)):
            for e in range(step_bounds[s, k], step_bounds[s, k + 1]):
                if keyed and by[e] != by[e]:
                    continue
                p_rows[size], p_times[size], p_by[size] = rows[e], times[e], by[e]
                p_step[size], p_entry[size] = s, e
                size += 1
        if track:
            bounds = program.windows[window]
            soonest = sequence_next(size, p_times, steps, instant, bounds, starts, offsets_from_utc)
            next_at[k] = min(next_at[k], soonest)
        kept = np.int64(0)
        for e in range(size):
            if p_times[e] <= instant:
                p_rows[kept], p_times[kept], p_by[kept] = p_rows[e], p_times[e], p_by[e]
                p_step[kept], p_entry[kept] = p_step[e], p_entry[e]
                kept += 1
        found = np.int64(0)
        if kept:
            low = lows[window, k if varied else 0]
            high = highs[window, k if varied else 0]
            found = match_sequence(
                kept, p_by, p_rows, p_times, p_step, steps, sequence[2], instant, low, high,
                starts, offsets_from_utc, point[P_ORDER], point[P_CHAIN], point[P_MATCHED],
            )  # fmt: skip
        if sequence[4] == op.SEQUENCE_COUNT:
            f[sequence[5], k] = found
        else:
            f[sequence[5], k] = match_has(program, sequence, entries, point, p_by, kept, found)
        if len(matches):
            keep_matches(entries, point, p_by, kept, found, matches, match_rows)
