# Compiled: types are found by the compiler.
# pyright: basic
"""Compiled aggregates: one number per point from the rows its selection chose.

``times`` and ``values`` hold the chosen rows of all points of a block, point after point, in the
order (instant, arrival); ``begin`` to ``end`` is one point's window. Formulas as documented in
``docs/language.md``; sums of exact numbers are kept in two whole halves and rounded once.
"""

from __future__ import annotations

import numpy as np

from shoal.core.compiled import compiled, inner, plain
from shoal.engine import opcodes as op
from shoal.engine.calendars import (
    DAY,
    NEVER,
    calendar_next,
    months_before,
    offset_place,
)
from shoal.engine.rows import rounded_millionths

LOWEST = np.iinfo(np.int64).min


@plain
def window_bounds(window, instant, starts, offsets):
    """Half-open bounds ``low <= t < high`` of a window at an instant."""
    low_kind, low, high_kind, high = window[0], window[1], window[2], window[3]
    if low_kind == op.UNBOUNDED:
        lowest = LOWEST
    elif low_kind == op.ABSOLUTE:
        lowest = low
    elif low_kind == op.EXACT_AGO:
        lowest = instant - low + 1
    else:
        lowest = months_before(instant, low, starts, offsets) + 1
    if high_kind == op.UNBOUNDED:
        highest = instant + 1
    elif high_kind == op.ABSOLUTE:
        highest = min(high, instant + 1)
    elif high_kind == op.EXACT_AGO:
        highest = instant - high + 1
    else:
        highest = months_before(instant, high, starts, offsets) + 1
    return lowest, highest


@plain
def search(times, begin, end, instant):
    """First position in ``times[begin:end]`` that is not before the instant."""
    if end - begin <= 8:
        while begin < end and times[begin] < instant:
            begin += 1
        return begin
    while begin < end:
        middle = (begin + end) // 2
        if times[middle] < instant:
            begin = middle + 1
        else:
            end = middle
    return begin


@plain
def bound_next(kind, amount, times, begin, end, instant, starts, offsets):
    """When a bound next passes a row: a conservative instant, NEVER if it cannot."""
    if kind in (op.UNBOUNDED, op.ABSOLUTE):
        return NEVER
    if kind == op.EXACT_AGO:
        at = search(times, begin, end, instant - amount + 1)
        return times[at] + amount if at < end else NEVER
    soonest = NEVER
    bound = months_before(instant, amount, starts, offsets)
    for i in range(search(times, begin, end, bound - 5 * DAY), end):
        soonest = min(soonest, calendar_next(instant, times[i], amount, starts, offsets))
        if times[i] > bound + 6 * DAY:
            break
    return soonest


@plain
def window_next(window, times, begin, end, instant, starts, offsets):
    """When the clock could next change which of the rows are in the window."""
    soonest = NEVER
    following = search(times, begin, end, instant + 1)
    if following < end:
        soonest = times[following]
    soonest = min(
        soonest, bound_next(window[0], window[1], times, begin, end, instant, starts, offsets)
    )
    return min(
        soonest, bound_next(window[2], window[3], times, begin, end, instant, starts, offsets)
    )


@plain
def local_days(times, begin, end, starts, offsets):
    """Distinct local days. Clocks set back over midnight may return to the day before."""
    count, last, before = 0, LOWEST, LOWEST
    low, until, changes = 0, LOWEST, LOWEST  # until: the end of the day counted last
    for i in range(begin, end):
        if times[i] < until:
            continue
        if times[i] >= changes:  # the first, or past the next change of the clock
            low = offset_place(times[i], starts)
            changes = starts[low + 1] if low + 1 < len(starts) else NEVER
        day = (times[i] + offsets[low]) // DAY
        until = min((day + 1) * DAY - offsets[low], changes)
        if day not in (last, before):
            count += 1
            before, last = last, day
    return float(count)


@plain
def gap_deviation(times, begin, end):
    """Sample standard deviation of the times between consecutive events."""
    n = end - begin - 1
    if n < 2:
        return np.nan
    total = 0.0
    for i in range(begin + 1, end):
        total += float(times[i] - times[i - 1])
    mean = total / n
    squares = 0.0
    for i in range(begin + 1, end):
        squares += (float(times[i] - times[i - 1]) - mean) ** 2
    return np.sqrt(squares / (n - 1))


@plain
def of_times(function, times, begin, end, starts, offsets):
    """Aggregates that need no property."""
    n = end - begin
    if function == op.COUNT:
        return float(n)
    if function == op.DAYS:
        return local_days(times, begin, end, starts, offsets)
    if n == 0:
        return np.nan
    if function == op.FIRST_AT:
        return float(times[begin])
    if function == op.LAST_AT:
        return float(times[end - 1])
    if function == op.GAP:
        return np.nan if n < 2 else float(times[end - 1] - times[begin]) / (n - 1)
    return gap_deviation(times, begin, end)


@compiled
def exact_sum(values, exact, begin, end):
    """Sum of exact numbers and their count: whole halves, rounded once."""
    high, low, n = 0, 0, 0
    for i in range(begin, end):
        if values[i] == values[i]:
            high += exact[i] >> 32
            low += exact[i] & 0xFFFFFFFF
            n += 1
    carry = low >> 32
    high += carry
    low -= carry << 32
    if -2097152 <= high < 2097152:
        return float((high << 32) + low) / 1e6, n
    return rounded_millionths(float(high) * 4294967296.0, float(low)), n


@plain
def plain_sum(values, begin, end):
    """Sum of doubles in order, unset where it left the numbers; and how many were set."""
    total, n = 0.0, 0
    for i in range(begin, end):
        if values[i] == values[i]:
            total += values[i]
            n += 1
    return total if np.isfinite(total) else np.nan, n


@plain
def gather(values, begin, end, to):
    """The set values, in order; how many."""
    n = 0
    for i in range(begin, end):
        if values[i] == values[i]:
            to[n] = values[i]
            n += 1
    return n


@plain
def deviation(values, n):
    """Sample standard deviation, two passes in order."""
    if n < 2:
        return np.nan
    total = 0.0
    for i in range(n):
        total += values[i]
    mean = total / n
    squares = 0.0
    for i in range(n):
        squares += (values[i] - mean) * (values[i] - mean)
    result = np.sqrt(squares / (n - 1))
    return result if np.isfinite(result) else np.nan


@plain
def distinct_few(values, n):
    """Distinct values among a few: compare each with those before it."""
    count = 0
    for i in range(n):
        seen = False
        for j in range(i):
            if values[j] == values[i]:
                seen = True
                break
        if not seen:
            count += 1
    return count


@plain
def favourite_few(values, n):
    """Most frequent value (tie: seen most recently) and its count, among a few."""
    best, best_count = np.nan, 0
    for i in range(n - 1, -1, -1):
        seen = False
        for j in range(i + 1, n):
            if values[j] == values[i]:
                seen = True
                break
        if not seen:
            count = 1
            for j in range(i):
                if values[j] == values[i]:
                    count += 1
            if count > best_count:
                best, best_count = values[i], count
    return best, best_count


@plain
def sift(values, start, end):
    """Restore the heap below ``start``."""
    root = start
    while 2 * root + 1 < end:
        child = 2 * root + 1
        if child + 1 < end and values[child] < values[child + 1]:
            child += 1
        if values[root] >= values[child]:
            return
        values[root], values[child] = values[child], values[root]
        root = child


@plain
def sort_values(values, n):
    """Sort the first n values in place: few by insertion, many as a heap."""
    if n <= 32:
        for i in range(1, n):
            value, j = values[i], i
            while j > 0 and values[j - 1] > value:
                values[j] = values[j - 1]
                j -= 1
            values[j] = value
        return
    for start in range(n // 2 - 1, -1, -1):
        sift(values, start, n)
    for end in range(n - 1, 0, -1):
        values[0], values[end] = values[end], values[0]
        sift(values, end - end, end)


@inner
def favourite_many(values, n):
    """The same for many values: counts from a sorted copy, ties by a look from the end."""
    ordered = np.empty(n, dtype=np.float64)
    for i in range(n):
        ordered[i] = values[i]
    sort_values(ordered, n)
    best_count, run = 0, 0
    for i in range(n):
        run = run + 1 if i > 0 and ordered[i] == ordered[i - 1] else 1
        best_count = max(best_count, run)
    for i in range(n - 1, -1, -1):
        low, high = 0, n
        while low < high:
            middle = (low + high) // 2
            if ordered[middle] < values[i]:
                low = middle + 1
            else:
                high = middle
        at = low + best_count - 1
        if at < n and ordered[at] == values[i]:
            return values[i], best_count
    return np.nan, 0


@plain
def distinct_many(values, n):
    """Distinct values; sorts them in place."""
    sort_values(values, n)
    count = 1
    for i in range(1, n):
        if values[i] != values[i - 1]:
            count += 1
    return count


@plain
def of_texts(function, codes, begin, end, tally):
    """Distinct strings, the most frequent one (tie: seen most recently), or its share.

    Counted by code; ``tally`` is left at zero.
    """
    distinct, n, best, best_count = 0, 0, np.nan, 0
    for i in range(begin, end):
        if codes[i] == codes[i]:
            code = np.int64(codes[i])
            distinct += 1 if tally[code] == 0 else 0
            tally[code] += 1
            n += 1
    for i in range(end - 1, begin - 1, -1):
        if codes[i] == codes[i]:
            code = np.int64(codes[i])
            if tally[code] > best_count:
                best, best_count = codes[i], tally[code]
            tally[code] = 0
    if function == op.DISTINCT:
        return float(distinct)
    if function == op.TOP:
        return best
    return best_count / n if n else np.nan


@inner
def of_values(function, values, begin, end, scratch):
    """Aggregates of a property, sums and averages of exact numbers aside."""
    if function == op.FIRST_VALUE:
        for i in range(begin, end):
            if values[i] == values[i]:
                return values[i]
        return np.nan
    if function == op.LAST_VALUE:
        for i in range(end - 1, begin - 1, -1):
            if values[i] == values[i]:
                return values[i]
        return np.nan
    if function in (op.SUM, op.AVG):
        total, n = plain_sum(values, begin, end)
        if function == op.SUM:
            return total
        return total / n if n else np.nan
    n = gather(values, begin, end, scratch)
    if n == 0:
        return 0.0 if function == op.DISTINCT else np.nan
    if function == op.DISTINCT:
        return float(distinct_few(scratch, n) if n <= 24 else distinct_many(scratch, n))
    if function in (op.TOP, op.SHARE):
        best, count = favourite_few(scratch, n) if n <= 24 else favourite_many(scratch, n)
        return best if function == op.TOP else count / n
    if function in (op.MIN, op.MAX):
        best = scratch[0]
        for i in range(1, n):
            better = scratch[i] < best if function == op.MIN else scratch[i] > best
            if better:
                best = scratch[i]
        return best
    if function == op.STD:
        return deviation(scratch, n)
    sort_values(scratch, n)
    if n % 2:
        return scratch[n // 2]
    middle = (scratch[n // 2 - 1] + scratch[n // 2]) / 2.0
    return middle if np.isfinite(middle) else np.nan


# --- over all points of a block ------------------------------------------------------------------


@plain
def window_ranges(times, bounds, lows, highs, varied, live, n, begins, ends):
    """Where in the chosen rows each live point's window begins and ends."""
    for j in range(n):
        begin, end = bounds[j], bounds[j + 1]
        k = live[j]
        low, high = lows[k if varied else 0], highs[k if varied else 0]
        if begin < end and times[begin] < low:
            begin = search(times, begin, end, low)
        if begin < end and times[end - 1] >= high:
            end = search(times, begin, end, high)
        begins[j], ends[j] = begin, end


@plain
def fill_empty(function, to, n):
    """What an aggregate is where there are no rows, for all points."""
    zero = function in (op.COUNT, op.DAYS, op.SUM, op.DISTINCT)
    nothing = 0.0 if zero else np.nan
    for k in range(n):
        to[k] = nothing


@plain
def fill_times(function, to, times, begins, ends, live, n, starts, offsets):
    """Aggregates that need no property, for the live points."""
    if function == op.COUNT:
        for j in range(n):
            to[live[j]] = ends[j] - begins[j]
    elif function == op.FIRST_AT:
        for j in range(n):
            to[live[j]] = times[begins[j]] if begins[j] < ends[j] else np.nan
    elif function == op.LAST_AT:
        for j in range(n):
            to[live[j]] = times[ends[j] - 1] if begins[j] < ends[j] else np.nan
    else:
        for j in range(n):
            to[live[j]] = of_times(function, times, begins[j], ends[j], starts, offsets)


@plain
def fill_exact(function, to, values, exact, begins, ends, live, n):
    """Sums and averages of exact numbers, for the live points."""
    for j in range(n):
        total, number = 0.0, 0
        if begins[j] < ends[j]:
            total, number = exact_sum(values, exact, begins[j], ends[j])
        if function == op.SUM:
            to[live[j]] = total
        else:
            to[live[j]] = total / number if number else np.nan


@plain
def fill_texts(function, to, codes, begins, ends, live, n, tally):
    """Aggregates of strings, for the live points."""
    for j in range(n):
        to[live[j]] = of_texts(function, codes, begins[j], ends[j], tally)


@inner
def fill_values(function, to, values, begins, ends, live, n, scratch):
    """Aggregates of a property, sums and averages of exact numbers aside, for the live points."""
    for j in range(n):
        to[live[j]] = of_values(function, values, begins[j], ends[j], scratch)
