# Compiled: types are found by the compiler, which exports `carray` without saying so.
# pyright: basic, reportPrivateImportUsage=false
"""Compiled occasions: what is still to come, anniversaries, and days that a calendar lists.

A table of days is chosen by the code of a text, as the profile's country at the instant: the text
that ``own_texts`` finds for every point of a block before anything else is looked at.
"""

from __future__ import annotations

import numpy as np
from numba import carray

from shoal.core.compiled import as_pointer, inner
from shoal.engine import opcodes as op
from shoal.engine.calendars import (
    DAY,
    NEVER,
    civil,
    day_number,
    local_to_instant,
    offset_at,
    time_part,
)
from shoal.engine.rows import TEXT, stream_ranges

PART = 5
"""A column's kind that is no column: a part of each row's own time."""
FARTHEST = 9007199254740992.0


@inner
def parts_of_times(part, times, n, to, starts, offsets):
    """A part of each row's local time, as if a column held it."""
    for i in range(n):
        to[i] = time_part(part, times[i], starts, offsets)


@inner
def local_day(instant, starts, offsets):
    """Days since 1970-01-01 of the local day of an instant."""
    return (instant + offset_at(instant, starts, offsets)) // DAY


@inner
def same_day(year, month, dom):
    """The day of a year with that month and day; 28 February for a 29th that is not there."""
    if month == 2 and dom == 29 and day_number(year, 3, 1) - day_number(year, 2, 1) == 28:
        dom = 28
    return day_number(year, month, dom)


@inner
def anniversary(mark, today, last, starts, offsets):
    """The next day, ``today`` included, with the month and day of an instant (or the last one)."""
    year, month, dom = civil(local_day(np.int64(np.floor(mark)), starts, offsets))
    year = civil(today)[0]
    day = same_day(year, month, dom)
    if last:
        return day if day <= today else same_day(year - 1, month, dom)
    return day if day >= today else same_day(year + 1, month, dom)


@inner
def listed_day(table, code, day, last):
    """The next listed day that is not before a day (or the last not after it); NEVER if none."""
    place = np.int64(code) if code == code else -1
    if place < 0 or place + 1 >= table[1]:
        return NEVER
    bounds = carray(as_pointer(table[0]), table[1], np.int64)
    days = carray(as_pointer(table[2]), table[3], np.int64)
    begin, end = bounds[place], bounds[place + 1]
    low, high = begin, end
    wanted = day + 1 if last else day
    while low < high:
        middle = (low + high) // 2
        if days[middle] < wanted:
            low = middle + 1
        else:
            high = middle
    if last:
        return days[low - 1] if low > begin else NEVER
    return days[low] if low < end else NEVER


@inner
def days_to_listed(row, times, n, f, arrays):
    """For each row the whole days from its own to the next listed one (or since the last)."""
    table = arrays.days[row[3]]
    last = row[4] == 1
    for i in range(n):
        day = local_day(times[i], arrays.starts, arrays.offsets)
        found = listed_day(table, f[row[2], i], day, last)
        f[row[1], i] = np.nan if found == NEVER else abs(float(found - day))


@inner
def own_texts(column, arrays, points, instants, n, known_at, track, next_at, offsets, work):
    """Fill ``work.own`` with the code of each point's latest text, unset where it has none.

    With ``track``, ``next_at`` learns when the next one comes.
    """
    work.own[:n] = np.nan
    if column < 0 or arrays.columns[column, 3] != TEXT or arrays.columns[column, 2] == 0:
        return
    held = arrays.columns[column]
    rows = carray(as_pointer(held[0]), held[2], np.int32)
    codes = carray(as_pointer(held[1]), held[2], np.int32)
    lookup = carray(as_pointer(held[4]), held[5], np.int32)
    times = carray(as_pointer(arrays.base[0]), arrays.base[5], np.int64)
    received = carray(as_pointer(arrays.base[2]), arrays.base[5], np.int64)
    stream_ranges(rows, points, offsets, work.starts, work.ends)
    for k in range(n):
        instant = instants[k] if len(instants) > 1 else instants[0]
        for i in range(work.starts[k], work.ends[k]):
            row = rows[i]
            if known_at != NEVER and received[row] > known_at:
                continue
            if times[row] > instant:
                if track:
                    next_at[k] = min(next_at[k], times[row])
                break
            work.own[k] = float(lookup[codes[i]])


@inner
def occasion(row, n, f, arrays, instants, own):
    """Run one instruction about an occasion over the registers of a block's points."""
    code, to, a, b, c = row[0], row[1], row[2], row[3], row[4]
    starts, offsets = arrays.starts, arrays.offsets
    for i in range(n):
        now = instants[i] if len(instants) > 1 else instants[0]
        v = f[a, i]
        if code == op.UNTIL:
            f[to, i] = v - now
        elif code == op.OWN_TEXT:
            f[to, i] = own[i]
        elif code == op.ANNIVERSARY:
            f[to, i] = np.nan
            if abs(v) <= FARTHEST:
                today = local_day(now, starts, offsets)
                day = anniversary(v, today, b == 1, starts, offsets)
                f[to, i] = float(local_to_instant(day * DAY, starts, offsets))
        else:
            day = listed_day(arrays.days[b], v, local_day(now, starts, offsets), c == 1)
            f[to, i] = np.nan
            if day != NEVER:
                f[to, i] = float(local_to_instant(day * DAY, starts, offsets))


@inner
def day_begins(day, instant, starts, offsets):
    """When a later local day begins; the next change of the clock, if that comes before."""
    at = day * DAY - offset_at(instant, starts, offsets)
    place = np.searchsorted(starts, instant, side="right")
    return min(at, starts[place]) if place < len(starts) else at


@inner
def follow_occasion(row, n, f, slopes, next_at, arrays, instants):
    """How an occasion moves with time, and when the clock could next change which one it is."""
    code, to, a, b, c = row[0], row[1], row[2], row[3], row[4]
    starts, offsets = arrays.starts, arrays.offsets
    for i in range(n):
        now = instants[i] if len(instants) > 1 else instants[0]
        v = f[a, i]
        slopes[to, i] = 0.0
        if code == op.UNTIL:
            slopes[to, i] = -1.0 if v == v else 0.0
        elif code == op.ANNIVERSARY and abs(v) <= FARTHEST:
            today = local_day(now, starts, offsets)
            if b == 1:
                day = anniversary(v, today + 1, False, starts, offsets)
            else:
                day = anniversary(v, today, False, starts, offsets) + 1
            next_at[i] = min(next_at[i], day_begins(day, now, starts, offsets))
        elif code == op.LISTED_DAY:
            today = local_day(now, starts, offsets)
            day = listed_day(arrays.days[b], v, today + 1 if c == 1 else today, False)
            if day != NEVER:
                day += 0 if c == 1 else 1
                next_at[i] = min(next_at[i], day_begins(day, now, starts, offsets))
