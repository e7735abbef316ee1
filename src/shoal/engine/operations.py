# Compiled: types are found by the compiler.
# pyright: basic
"""Compiled operations over registers: the one meaning of every comparison and every arithmetic.

``operate`` runs one instruction over the first ``n`` lanes of the registers; the same code serves
conditions over rows and rules over points. ``follow`` tells, for the instruction just run, how its
result moves with time (slopes, in units per microsecond) and when the clock alone could next
change it (``next_at``), so that membership changes are found exactly.
"""

from __future__ import annotations

import numpy as np

from shoal.core.compiled import plain
from shoal.engine import opcodes as op
from shoal.engine.calendars import NEVER, calendar_next, months_before
from shoal.engine.tables import apart


@plain
def holds(left, comparator, right):
    """Truth of a comparison between two set numbers."""
    if comparator == op.EQUAL:
        return left == right
    if comparator == op.NOT_EQUAL:
        return left != right
    if comparator == op.GREATER:
        return left > right
    if comparator == op.AT_LEAST:
        return left >= right
    if comparator == op.LESS:
        return left < right
    return left <= right


@plain
def compare_constant(to, values, n, comparator, constant):
    """Compare lanes with one number: 0, 1 (a lane is unset) or 2; one tight loop a comparator."""
    if np.isnan(constant):
        for i in range(n):
            to[i] = 1
    elif comparator == op.EQUAL:
        for i in range(n):
            v = values[i]
            to[i] = (2 if v == constant else 0) if v == v else 1
    elif comparator == op.NOT_EQUAL:
        for i in range(n):
            v = values[i]
            to[i] = (2 if v != constant else 0) if v == v else 1
    elif comparator == op.GREATER:
        for i in range(n):
            v = values[i]
            to[i] = (2 if v > constant else 0) if v == v else 1
    elif comparator == op.AT_LEAST:
        for i in range(n):
            v = values[i]
            to[i] = (2 if v >= constant else 0) if v == v else 1
    elif comparator == op.LESS:
        for i in range(n):
            v = values[i]
            to[i] = (2 if v < constant else 0) if v == v else 1
    else:
        for i in range(n):
            v = values[i]
            to[i] = (2 if v <= constant else 0) if v == v else 1


@plain
def finite(value):
    """The value, or unset where arithmetic left the numbers."""
    return value if np.isfinite(value) else np.nan


@plain
def arithmetic(code, to, left, right, n):
    """Sums, differences, products and quotients; unset where they leave the numbers."""
    if code == op.ADD:
        for i in range(n):
            to[i] = finite(left[i] + right[i])
    elif code == op.SUBTRACT:
        for i in range(n):
            to[i] = finite(left[i] - right[i])
    elif code == op.MULTIPLY:
        for i in range(n):
            to[i] = finite(left[i] * right[i])
    else:
        for i in range(n):
            to[i] = finite(left[i] / right[i]) if right[i] != 0.0 else np.nan


@plain
def in_list(to, values, n, listed):
    """Whether each lane is among the listed numbers: 0, 1 (unset) or 2."""
    for i in range(n):
        v = values[i]
        if v != v:
            to[i] = 1
        else:
            found = 0
            for item in listed:
                if v == item:
                    found = 2
                    break
            to[i] = found


@plain
def calendar_age(to, values, n, comparator, months, instants, starts, offsets):
    """age(x) > m months means x < instant - m months, and so on."""
    varied = len(instants) > 1
    bound = months_before(instants[0], months, starts, offsets)
    for i in range(n):
        if varied:
            bound = months_before(instants[i], months, starts, offsets)
        v = values[i]
        to[i] = 1 if v != v else (2 if holds(float(bound), comparator, v) else 0)


@plain
def places_until(ascending, low, high, value, inclusive):
    """How many of ``ascending[low:high]`` lie below the value, or at it, if inclusive."""
    first = low
    while low < high:
        middle = (low + high) // 2
        if ascending[middle] < value or (inclusive and ascending[middle] == value):
            low = middle + 1
        else:
            high = middle
    return low - first


@plain
def ranks(code, row, n, f, t, constants, table):
    """The operations that place a value among all: top shares, quintiles, percentiles."""
    to, a, b, c, d = row[1], row[2], row[3], row[4], row[5]
    if code == op.IN_TOP:
        cut = constants[c]
        for i in range(n):
            v = f[a, i]
            if t[b, i] != 2:
                t[to, i] = 0
            elif v != v:
                t[to, i] = 1
            elif d == 1:
                t[to, i] = 2 if v <= cut else 0
            else:
                t[to, i] = 2 if v >= cut else 0
    elif code == op.STEP_RANK:
        for i in range(n):
            v = f[a, i]
            if t[b, i] != 2 or v != v:
                f[to, i] = np.nan
            else:
                f[to, i] = 1.0 + float(places_until(constants, c, d, v, True))
    else:
        half = len(table) // 2
        for i in range(n):
            v = f[a, i]
            if t[b, i] != 2 or v != v:
                f[to, i] = np.nan
            else:
                f[to, i] = table[half + places_until(table, 0, half, v, False)]


@plain
def logic(code, to, left, right, n):
    """Kleene's three-valued logic: and is the lesser, or the greater, not the mirror."""
    if code == op.AND:
        for i in range(n):
            to[i] = left[i] if left[i] < right[i] else right[i]
    elif code == op.OR:
        for i in range(n):
            to[i] = left[i] if left[i] > right[i] else right[i]
    elif code == op.NOT:
        for i in range(n):
            to[i] = 2 - left[i]
    else:
        for i in range(n):
            to[i] = left[i] & 2


@apart
def operate(row, n, f, t, constants, instants, starts, offsets):
    """Run one instruction that needs nothing but registers, constants and the instant."""
    code, to, a, b, c, d = row[0], row[1], row[2], row[3], row[4], row[5]
    if code == op.COMPARE_CONSTANT:
        compare_constant(t[to], f[a], n, d, constants[b])
    elif code == op.COMPARE:
        for i in range(n):
            left, right = f[a, i], f[b, i]
            if left != left or right != right:
                t[to, i] = 1
            else:
                t[to, i] = 2 if holds(left, d, right) else 0
    elif code in (op.AND, op.OR, op.NOT, op.IS_TRUE):
        logic(code, t[to], t[a], t[b], n)
    elif code == op.CONSTANT:
        for i in range(n):
            f[to, i] = constants[a]
    elif code == op.TRUTH:
        for i in range(n):
            t[to, i] = a
    elif op.ADD <= code <= op.DIVIDE:
        arithmetic(code, f[to], f[a], f[b], n)
    elif code == op.AGE:
        if len(instants) == 1:
            for i in range(n):
                f[to, i] = instants[0] - f[a, i]
        else:
            for i in range(n):
                f[to, i] = instants[i] - f[a, i]
    elif code == op.IS_SET:
        for i in range(n):
            t[to, i] = 2 if f[a, i] == f[a, i] else 0
    elif code == op.BETWEEN:
        for i in range(n):
            v, low, high = f[a, i], f[b, i], f[c, i]
            if v != v or low != low or high != high:
                t[to, i] = 1
            else:
                t[to, i] = 2 if low <= v <= high else 0
    elif code == op.IN_LIST:
        in_list(t[to], f[a], n, constants[b:c])
    elif code == op.COALESCE:
        for i in range(n):
            f[to, i] = f[a, i] if f[a, i] == f[a, i] else f[b, i]
    elif code == op.CHOOSE:
        for i in range(n):
            f[to, i] = f[b, i] if t[a, i] == 2 else f[c, i]
    elif code == op.TRUTH_TO_FLOAT:
        for i in range(n):
            f[to, i] = np.nan if t[a, i] == 1 else float(t[a, i] // 2)
    elif code == op.FLOAT_TO_TRUTH:
        for i in range(n):
            v = f[a, i]
            t[to, i] = 1 if v != v else (2 if v != 0.0 else 0)
    elif code == op.SHIFT:
        for i in range(n):
            if f[a, i] == f[a, i]:
                f[to, i] = float(months_before(np.int64(f[a, i]), -b, starts, offsets))
            else:
                f[to, i] = np.nan
    elif code == op.COMPARE_CALENDAR_AGE:
        calendar_age(t[to], f[a], n, d, b, instants, starts, offsets)


@plain
def crossing(next_at, i, instant, difference, slope):
    """Note when ``difference + slope * wait`` next changes its sign, to the microsecond."""
    if slope == 0.0 or difference != difference or slope != slope:
        return
    wait = -difference / slope
    if wait < 0.0 or wait > 4.0e16:
        return
    whole = np.int64(np.floor(wait))
    if whole > 9_000_000_000_000_000:
        whole -= 64  # beyond 2**53 doubles skip microseconds: come close, then look again
    at = instant + max(whole, 1)
    if at < next_at[i]:
        next_at[i] = at


@apart
def follow(row, n, f, t, slopes, next_at, constants, instants, starts, offsets):
    """After an instruction: how its result moves, and when the clock could next change it."""
    code, to, a, b, c = row[0], row[1], row[2], row[3], row[4]
    varied = len(instants) > 1
    for i in range(n):
        now = instants[i] if varied else instants[0]
        if code == op.AGE:
            slopes[to, i] = 1.0 if f[a, i] == f[a, i] else 0.0
        elif code == op.ADD:
            slopes[to, i] = slopes[a, i] + slopes[b, i]
        elif code == op.SUBTRACT:
            slopes[to, i] = slopes[a, i] - slopes[b, i]
        elif code == op.MULTIPLY:
            slopes[to, i] = slopes[a, i] * f[b, i] + slopes[b, i] * f[a, i]
        elif code == op.DIVIDE:
            slopes[to, i] = slopes[a, i] / f[b, i] if f[b, i] != 0.0 else 0.0
        elif code == op.COALESCE:
            slopes[to, i] = slopes[a, i] if f[a, i] == f[a, i] else slopes[b, i]
        elif code == op.CHOOSE:
            slopes[to, i] = slopes[b, i] if t[a, i] == 2 else slopes[c, i]
        elif code == op.COMPARE:
            crossing(next_at, i, now, f[a, i] - f[b, i], slopes[a, i] - slopes[b, i])
        elif code == op.COMPARE_CONSTANT:
            crossing(next_at, i, now, f[a, i] - constants[b], slopes[a, i])
        elif code == op.BETWEEN:
            crossing(next_at, i, now, f[a, i] - f[b, i], slopes[a, i] - slopes[b, i])
            crossing(next_at, i, now, f[a, i] - f[c, i], slopes[a, i] - slopes[c, i])
        elif code == op.IN_LIST:
            for k in range(b, c):
                crossing(next_at, i, now, f[a, i] - constants[k], slopes[a, i])
        elif code == op.COMPARE_CALENDAR_AGE:
            if f[a, i] == f[a, i]:
                at = calendar_next(now, np.int64(f[a, i]), b, starts, offsets)
                if at != NEVER and at < next_at[i]:
                    next_at[i] = at
        elif code in (
            op.CONSTANT,
            op.STORED,
            op.STEP_RANK,
            op.SHARE_RANK,
            op.TRUTH_TO_FLOAT,
            op.SHIFT,
        ):
            slopes[to, i] = 0.0
