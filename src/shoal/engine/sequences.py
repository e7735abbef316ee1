# Compiled: types are found by the compiler.
# pyright: basic
"""Compiled sequences: steps one after another, within their times, with nothing forbidden between.

One point's entries (a row that meets a step; a row may meet several) are grouped by the value of
``by`` and ordered by row. Walking each group backwards tells for every positive entry whether a
match can be completed from it, and with which next entry: the earliest that completes is the best
for every bound, so one pass is enough. Walking forwards then takes matches greedily: the earliest
start after the end of the last match.
"""

from __future__ import annotations

import numpy as np

from shoal.core.compiled import compiled, inner, plain
from shoal.engine import opcodes as op
from shoal.engine.calendars import NEVER, calendar_next, months_before

# A step is a row (positive index or -1, negated, kind of within, within, follows positive index)
POSITIVE, NEGATED, WITHIN_KIND, WITHIN, AFTER = 0, 1, 2, 3, 4


@plain
def after(by, rows, i, j):
    """Whether entry i belongs after entry j."""
    return by[i] > by[j] or (by[i] == by[j] and rows[i] > rows[j])


@compiled
def order_entries(by, rows, n, order):
    """``order`` = entries by (value of by, row).

    By insertion over ever smaller gaps (D. L. Shell, 1959).
    """
    for i in range(n):
        order[i] = i
    gap = 1
    while gap * 9 // 4 < n:
        gap = gap * 9 // 4 + 1
    while gap >= 1:
        for i in range(gap, n):
            entry, j = order[i], i
            while j >= gap and after(by, rows, order[j - gap], entry):
                order[j] = order[j - gap]
                j -= gap
            order[j] = entry
        gap = gap * 4 // 9 if gap > 1 else 0


@plain
def reach(kind, amount, instant, starts, offsets):
    """The last instant within a span after an instant."""
    if kind == op.EXACT_AGO:
        return instant + amount
    if kind == op.CALENDAR_AGO:
        return months_before(instant, -amount, starts, offsets)
    return NEVER


@plain
def completes(position, steps, m, instant, time, next_row, next_time, starts, offsets):
    """Whether an entry at a positive step is followed as its negated and next steps demand."""
    successor_row = NEVER
    if position + 1 < m:
        successor_row = next_row[position + 1]
        if successor_row == NEVER:
            return False
    for s in range(len(steps)):
        step = steps[s]
        if step[POSITIVE] == position + 1:
            limit = reach(step[WITHIN_KIND], step[WITHIN], time, starts, offsets)
            if next_time[position + 1] > limit:
                return False
        elif step[NEGATED] == 1 and step[AFTER] == position:
            if step[WITHIN_KIND] == op.UNBOUNDED:
                if next_row[m + s] < successor_row:
                    return False
            else:
                limit = reach(step[WITHIN_KIND], step[WITHIN], time, starts, offsets)
                if instant < limit:
                    return False
                if next_row[m + s] != NEVER and next_time[m + s] <= limit:
                    return False
    return True


@plain
def complete_group(
    order,
    begin,
    end,
    rows,
    times,
    step_of,
    steps,
    m,
    instant,
    low,
    high,
    starts,
    offsets,
    chain,
    next_row,
    next_time,
    next_entry,
):
    """``chain[e]``: the entry that follows e in its earliest completion.

    -1: none needed; -2: cannot be completed, or is no positive entry.
    """
    for slot in range(m + len(steps)):
        next_row[slot] = NEVER
        next_time[slot] = NEVER
        next_entry[slot] = -1
    i = end - 1
    while i >= begin:
        first = i
        while first > begin and rows[order[first - 1]] == rows[order[i]]:
            first -= 1
        for k in range(first, i + 1):
            entry = order[k]
            chain[entry] = -2
            position = steps[step_of[entry]][POSITIVE]
            if position < 0 or not (low <= times[entry] < high):
                continue
            if completes(
                position, steps, m, instant, times[entry], next_row, next_time, starts, offsets
            ):
                chain[entry] = next_entry[position + 1] if position + 1 < m else -1
        for k in range(first, i + 1):
            entry = order[k]
            position = steps[step_of[entry]][POSITIVE]
            if position >= 0:
                if chain[entry] == -2:
                    continue
                slot = position
            else:
                slot = m + step_of[entry]
            next_row[slot] = rows[entry]
            next_time[slot] = times[entry]
            next_entry[slot] = entry
        i = first - 1


@inner
def match_sequence(
    n,
    by,
    rows,
    times,
    step_of,
    steps,
    m,
    instant,
    low,
    high,
    starts,
    offsets,
    order,
    chain,
    matched,
):
    """Count non-overlapping matches; ``matched[j]`` is the entry that begins match j.

    Entries later than the instant must have been left out.
    """
    order_entries(by, rows, n, order)
    slots = m + len(steps)
    next_row = np.empty(slots, dtype=np.int64)
    next_time = np.empty(slots, dtype=np.int64)
    next_entry = np.empty(slots, dtype=np.int64)
    count = 0
    begin = np.int64(0)
    while begin < n:
        end = begin + 1
        while end < n and by[order[end]] == by[order[begin]]:
            end += 1
        complete_group(
            order,
            begin,
            end,
            rows,
            times,
            step_of,
            steps,
            m,
            instant,
            low,
            high,
            starts,
            offsets,
            chain,
            next_row,
            next_time,
            next_entry,
        )
        last = -1
        for k in range(begin, end):
            entry = order[k]
            if chain[entry] == -2 or steps[step_of[entry]][POSITIVE] != 0 or rows[entry] <= last:
                continue
            matched[count] = entry
            count += 1
            while chain[entry] != -1:
                entry = chain[entry]
            last = rows[entry]
        begin = end
    return count


@plain
def sequence_next(n, times, steps, instant, window, starts, offsets):
    """When the clock could next change a match; conservative.

    Entries come, spans run out, windows pass: all of a point's entries, later ones included.
    """
    soonest = NEVER
    for e in range(n):
        if times[e] > instant:
            soonest = min(soonest, times[e])
            continue
        for side in range(2):
            kind, amount = window[2 * side], window[2 * side + 1]
            if kind == op.EXACT_AGO and times[e] + amount > instant:
                soonest = min(soonest, times[e] + amount)
            elif kind == op.CALENDAR_AGO:
                soonest = min(soonest, calendar_next(instant, times[e], amount, starts, offsets))
        for s in range(len(steps)):
            if steps[s, NEGATED] == 1 and steps[s, WITHIN_KIND] != op.UNBOUNDED:
                limit = reach(steps[s, WITHIN_KIND], steps[s, WITHIN], times[e], starts, offsets)
                if limit > instant:
                    soonest = min(soonest, limit)
    return soonest
