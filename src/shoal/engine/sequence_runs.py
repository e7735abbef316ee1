# Compiled: types are found by the compiler, which exports `carray` without saying so.
# pyright: basic, reportPrivateImportUsage=false
"""Compiled runs of sequences: the rows of all steps gathered, then matched point by point."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from numba import carray

from shoal.core.compiled import as_pointer, inner
from shoal.engine import opcodes as op
from shoal.engine.aggregates import LOWEST
from shoal.engine.calendars import DAY
from shoal.engine.choosing import choose_rows, skip_early
from shoal.engine.history import Int64s
from shoal.engine.rows import column_positions, stream_ranges, take_values
from shoal.engine.sequences import match_sequence, sequence_next


class Entries(NamedTuple):
    """Rows that meet a sequence's steps: step after step, in each point after point."""

    rows: Int64s  # lines of one parent stand at its place
    chosen: Int64s
    times: Int64s
    by: npt.NDArray[np.float64]
    has: npt.NDArray[np.float64]  # what the first step's rows hold, for `has`; else unset


class PointEntries(NamedTuple):
    """One point's entries of all steps, and room to match them."""

    rows: Int64s
    times: Int64s
    by: npt.NDArray[np.float64]
    step: Int64s
    entry: Int64s  # place among all points' entries
    order: Int64s
    chain: Int64s
    matched: Int64s


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
    floors = lows[sequence[3]] - (6 * DAY if track else 0)
    if program.windows[sequence[3], 0] == op.UNBOUNDED:
        floors[:] = LOWEST
    live = skip_early(
        stream, times, work.starts, work.ends, work.begins, n, floors, len(floors) > 1, work.live
    )
    choose_rows(program, selection, arrays, live, known_at, work)
    return live


@inner
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
def with_step(entries, arrays, work, count, event, by_column, has_column):
    """The entries, and after them the rows chosen for one more step."""
    total = len(entries.rows)
    rows = np.empty(total + count, dtype=np.int64)
    chosen = np.empty(total + count, dtype=np.int64)
    times = np.empty(total + count, dtype=np.int64)
    by = np.zeros(total + count, dtype=np.float64)
    has = np.full(total + count, np.nan)
    rows[:total], chosen[:total], times[:total] = entries.rows, entries.chosen, entries.times
    by[:total], has[:total] = entries.by, entries.has
    chosen[total:] = work.chosen_rows[:count]
    times[total:] = work.chosen_times[:count]
    for i in range(count):
        row = work.chosen_rows[i]
        parent = arrays.line_parents[event[row]]
        while parent >= 0 and row > 0 and event[row] != parent:
            row -= 1
        rows[total + i] = row
    if by_column >= 0:
        read_column(arrays, by_column, work, count)
        by[total:] = work.values[:count]
    if has_column >= 0:
        read_column(arrays, has_column, work, count)
        has[total:] = work.values[:count]
    return Entries(rows, chosen, times, by, has)


@inner
def gather_entries(
    program, sequence, arrays, points, n, known_at, track, work, lows, offsets, step_bounds
):
    """Entries of all steps; those of step s at point k are ``step_bounds[s, k]`` to ``[s, k + 1]``."""
    steps = program.steps[sequence[0] : sequence[1]]
    event = carray(as_pointer(arrays.base[1]), arrays.base[5], np.uint16)
    entries = Entries(
        np.empty(0, dtype=np.int64),
        np.empty(0, dtype=np.int64),
        np.empty(0, dtype=np.int64),
        np.empty(0, dtype=np.float64),
        np.empty(0, dtype=np.float64),
    )
    for s in range(len(steps)):
        live = gather_step(
            program, steps[s], sequence, arrays, points, n, known_at, track, work, lows, offsets
        )
        j = 0
        for k in range(n):
            step_bounds[s, k] = len(entries.rows) + work.bounds[j]
            if j < live and work.live[j] == k:
                j += 1
        step_bounds[s, n] = len(entries.rows) + work.bounds[live]
        has_column = sequence[7] if s == 0 else -1
        entries = with_step(
            entries, arrays, work, work.bounds[live], event, steps[s, 6], has_column
        )
    return entries


@inner
def make_point_entries(step_bounds, n):
    """Room for the point that has the most entries."""
    most = 0
    for k in range(n):
        size = 0
        for s in range(len(step_bounds)):
            size += step_bounds[s, k + 1] - step_bounds[s, k]
        most = max(most, size)
    return PointEntries(
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.float64),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
        np.empty(most, dtype=np.int64),
    )


@inner
def can_match(steps, step_bounds, k):
    """Whether every positive step has an entry at point k."""
    for s in range(len(steps)):
        if steps[s, 1] == 0 and step_bounds[s, k] == step_bounds[s, k + 1]:
            return False
    return True


@inner
def match_has(program, sequence, entries, point, kept, found):
    """1.0 where a match begins with a listed value (none listed: with any), else 0.0."""
    for j in range(found):
        for e in range(kept):
            if begins_match(e, point.matched[j], point.step, point.rows, point.by):
                value = entries.has[point.entry[e]]
                if sequence[8] < 0 and value == value:
                    return 1.0
                for c in range(sequence[8], sequence[9]):
                    if value == program.constants[c]:
                        return 1.0
    return 0.0


@inner
def keep_matches(entries, point, kept, found, matches, match_rows):
    """Add the rows that begin matches to ``match_rows``; ``matches[0]`` says how many there are."""
    for j in range(found):
        for e in range(kept):
            if begins_match(e, point.matched[j], point.step, point.rows, point.by):
                match_rows[matches[0]] = entries.chosen[point.entry[e]]
                matches[0] += 1


@inner
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
    rows, times, by = entries.rows, entries.times, entries.by
    point = make_point_entries(step_bounds, n)
    p_rows, p_times, p_by, p_step, p_entry, order, chain, matched = point
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
                starts, offsets_from_utc, order, chain, matched,
            )  # fmt: skip
        if sequence[4] == op.SEQUENCE_COUNT:
            f[sequence[5], k] = found
        else:
            f[sequence[5], k] = match_has(program, sequence, entries, point, kept, found)
        if len(matches):
            keep_matches(entries, point, kept, found, matches, match_rows)
