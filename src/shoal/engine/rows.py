# Compiled: types are found by the compiler, which exports `carray` without saying so.
# pyright: basic, reportPrivateImportUsage=false
"""Compiled access to rows: which of a stream belong to a point, and what a property is there."""

from __future__ import annotations

import numpy as np
from numba import carray

from shoal.core.compiled import as_pointer, compiled, inner, plain
from shoal.engine.history import Int32s, Int64s

EXACT, DOUBLE, TEXT, BOOLEAN, INSTANT = 0, 1, 2, 3, 4
TWO_53 = 9007199254740992


@plain
def rounded_millionths(high, low):
    """``(high + low) / 1e6`` rounded once to a double; both parts are whole and exact."""
    quotient = (high + low) / 1e6
    factor = 134217729.0
    scaled = quotient * factor
    q_high = scaled - (scaled - quotient)
    q_low = quotient - q_high
    # quotient * 1e6 as an exact pair: 1e6 has 20 bits, so both products are exact
    first, second = q_high * 1e6, q_low * 1e6
    remainder = ((high - first) - second) + low
    return quotient + remainder / 1e6


@compiled
def from_millionths(value):
    """The double nearest to a number kept in millionths."""
    if -TWO_53 <= value <= TWO_53:
        return value / 1e6
    low = value & 0xFFFFFFFF
    return rounded_millionths(float(value - low), float(low))


@plain
def lower_bound(rows, low, high, row):
    """First position in ``rows[low:high]`` that is not below ``row``; gallops, then bisects."""
    step = 1
    start = low
    while start + step < high and rows[start + step] < row:
        start += step
        step *= 2
    high = min(high, start + step)
    low = start
    while low < high:
        middle = (low + high) // 2
        if rows[middle] < row:
            low = middle + 1
        else:
            high = middle
    return low


@plain
def stream_ranges(rows, points, offsets, starts, ends):
    """For each point the positions ``starts[k]`` to ``ends[k]`` of its profile's rows in a stream.

    Points are in ascending order of profile.
    """
    size = len(rows)
    cursor = np.int64(0)
    if len(points):
        low, high = np.int64(0), size
        first = offsets[points[0]]
        while low < high:
            middle = (low + high) // 2
            if rows[middle] < first:
                low = middle + 1
            else:
                high = middle
        cursor = low
    for k in range(len(points)):
        profile = points[k]
        first, last = offsets[profile], offsets[profile + 1]
        if cursor < size and rows[cursor] < first:
            cursor = lower_bound(rows, cursor, size, first)
        starts[k] = cursor
        if last - first > 64:
            if cursor < size and rows[cursor] < last:
                cursor = lower_bound(rows, cursor, size, last)
        else:
            while cursor < size and rows[cursor] < last:
                cursor += 1
        ends[k] = cursor


@inner
def value_at(kind, address, lut, position, size, lut_size):
    """The value at a position of a column, as a float."""
    if kind == EXACT:
        return from_millionths(carray(as_pointer(address), size, np.int64)[position])
    if kind == DOUBLE:
        return carray(as_pointer(address), size, np.float64)[position]
    if kind == TEXT:
        code = carray(as_pointer(address), size, np.int32)[position]
        return float(carray(as_pointer(lut), lut_size, np.int32)[code])
    if kind == BOOLEAN:
        return float(carray(as_pointer(address), size, np.uint8)[position])
    return float(carray(as_pointer(address), size, np.int64)[position])


@inner
def take_values(column, positions, n, to):
    """``to[i]`` = the column's value at ``positions[i]``, unset where the position is negative."""
    address, size, kind, lut, lut_size = column[1], column[2], column[3], column[4], column[5]
    if kind == EXACT:
        exact = carray(as_pointer(address), size, np.int64)
        for i in range(n):
            p = positions[i]
            to[i] = from_millionths(exact[p]) if p >= 0 else np.nan
    elif kind == DOUBLE:
        double = carray(as_pointer(address), size, np.float64)
        for i in range(n):
            p = positions[i]
            to[i] = double[p] if p >= 0 else np.nan
    elif kind == TEXT:
        codes = carray(as_pointer(address), size, np.int32)
        table = carray(as_pointer(lut), lut_size, np.int32)
        for i in range(n):
            p = positions[i]
            to[i] = float(table[codes[p]]) if p >= 0 else np.nan
    elif kind == BOOLEAN:
        truth = carray(as_pointer(address), size, np.uint8)
        for i in range(n):
            p = positions[i]
            to[i] = float(truth[p]) if p >= 0 else np.nan
    else:
        instant = carray(as_pointer(address), size, np.int64)
        for i in range(n):
            p = positions[i]
            to[i] = float(instant[p]) if p >= 0 else np.nan


@inner
def column_positions(column, rows, ordinals, n, positions):
    """``positions[i]``: where in the column the value of row ``rows[i]`` lies, or -1.

    A dense column is addressed by the row's ordinal in its stream. Otherwise the column's own
    rows are walked along with the ascending ``rows``.
    """
    size = column[2]
    if column[6] == 1:
        for i in range(n):
            positions[i] = ordinals[i]
        return
    own = carray(as_pointer(column[0]), size, np.int32)
    cursor = np.int64(0)
    for i in range(n):
        row = np.int64(rows[i])
        if cursor < size and own[cursor] < row:
            cursor = lower_bound(own, cursor, size, row)
        positions[i] = cursor if cursor < size and own[cursor] == row else -1


@compiled
def lines_of_parents(lines: Int32s, parents: Int32s, holders: Int32s) -> tuple[Int64s, Int64s]:
    """Lines whose parent is among ``holders``: places in ``lines``, and the parents' in ``holders``.

    All rows ascend; a parent stands right before its lines.
    """
    chosen = np.empty(len(lines), dtype=np.int64)
    places = np.empty(len(lines), dtype=np.int64)
    count, parent, holder = 0, 0, 0
    for i in range(len(lines)):
        while parent + 1 < len(parents) and parents[parent + 1] < lines[i]:
            parent += 1
        if len(parents) == 0 or parents[parent] > lines[i]:
            continue
        while holder < len(holders) and holders[holder] < parents[parent]:
            holder += 1
        if holder < len(holders) and holders[holder] == parents[parent]:
            chosen[count] = i
            places[count] = holder
            count += 1
    return chosen[:count], places[:count]


@inner
def exact_at(column, positions, n, to):
    """Whole millionths at the positions, 0 where unset (for exact sums)."""
    exact = carray(as_pointer(column[1]), column[2], np.int64)
    for i in range(n):
        p = positions[i]
        to[i] = exact[p] if p >= 0 else 0
