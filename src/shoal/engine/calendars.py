# Compiled: types are found by the compiler.
# pyright: basic
"""Compiled calendar arithmetic: local days, months back, and when a calendar bound next moves.

The same readings as :class:`shoal.core.instants.Zone` (checked against it in the tests), for use
inside the kernel. A zone arrives as two arrays: ``starts`` of its offsets and the ``offsets``.
Civil dates follow H. Hinnant's algorithm "days_from_civil" (proleptic Gregorian calendar).
"""

from __future__ import annotations

import numpy as np

from shoal.core.compiled import compiled

DAY = 86_400_000_000
NEVER = np.iinfo(np.int64).max
QUARTER_HOUR = 900_000_000
LOWEST = -(2**53)


@compiled
def offset_place(instant, starts):
    """Which of the zone's offsets holds at an instant."""
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        if starts[middle] <= instant:
            low = middle
        else:
            high = middle
    return low


@compiled
def offset_at(instant, starts, offsets):
    """Microseconds from UTC to local time."""
    return offsets[offset_place(instant, starts)]


@compiled
def local_to_instant(local, starts, offsets):
    """First reading of a local time that does not exist or exists twice."""
    low, high = 0, len(starts)
    while high - low > 1:
        middle = (low + high) // 2
        if starts[middle] + max(offsets[middle - 1], offsets[middle]) <= local:
            low = middle
        else:
            high = middle
    return local - offsets[low]


@compiled
def civil(day):
    """Year, month, day of month of a day number since 1970-01-01."""
    z = day + 719468
    era = z // 146097
    doe = z - era * 146097
    yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    mp = (5 * doy + 2) // 153
    month = mp + 3 if mp < 10 else mp - 9
    year = yoe + era * 400 + (1 if month <= 2 else 0)
    return year, month, doy - (153 * mp + 2) // 5 + 1


@compiled
def day_number(year, month, day):
    """Day number since 1970-01-01 of a civil date."""
    y = year - 1 if month <= 2 else year
    era = y // 400
    yoe = y - era * 400
    doy = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146097 + yoe * 365 + yoe // 4 - yoe // 100 + doy - 719468


@compiled
def months_before(instant, months, starts, offsets):
    """The instant so many calendar months earlier: local time of day kept, day clipped."""
    local = instant + offset_at(instant, starts, offsets)
    day = local // DAY
    year, month, dom = civil(day)
    index = year * 12 + month - 1 - months
    to_year, to_month = index // 12, index % 12 + 1
    if to_year < 1:
        return LOWEST
    length = day_number(to_year + (1 if to_month == 12 else 0), to_month % 12 + 1, 1) - day_number(
        to_year, to_month, 1
    )
    to_day = day_number(to_year, to_month, min(dom, length))
    return local_to_instant(to_day * DAY + local - day * DAY, starts, offsets)


@compiled
def time_part(part, instant, starts, offsets):
    """Hour 0-23, weekday 1 (Monday) - 7, day of month, month, day of year, all local."""
    local = instant + offset_at(instant, starts, offsets)
    day = local // DAY
    if part == 0:
        return float((local - day * DAY) // 3_600_000_000)
    if part == 1:
        return float((day + 3) % 7 + 1)
    year, month, dom = civil(day)
    if part == 2:
        return float(dom)
    if part == 3:
        return float(month)
    return float(day - day_number(year, 1, 1) + 1)


@compiled
def near_transition(instant, starts):
    """Whether the zone changes its offset within six days of the instant."""
    low = offset_place(instant, starts)
    if low > 0 and instant - starts[low] < 6 * DAY:
        return True
    return low + 1 < len(starts) and starts[low + 1] - instant < 6 * DAY


@compiled
def calendar_next(instant, mark, months, starts, offsets):
    """An instant not after the next change of "``mark`` is later than so many months ago".

    NEVER if that cannot change.
    The bound may jump (clipped days, clock changes), by less than five days in all: far from the
    mark one leap is safe, near it the steps end at local midnights, or at quarter hours where the
    clock changes.
    """
    bound = months_before(instant, months, starts, offsets)
    if mark < bound - 5 * DAY:
        return NEVER
    if mark - bound > 5 * DAY:
        return instant + (mark - bound) - 5 * DAY
    if near_transition(instant, starts) or near_transition(mark, starts):
        step = (instant // QUARTER_HOUR + 1) * QUARTER_HOUR
    else:
        offset = offset_at(instant, starts, offsets)
        step = ((instant + offset) // DAY + 1) * DAY - offset
    if mark >= bound:
        step = min(step, instant + max(mark - bound, 1))
    return step
