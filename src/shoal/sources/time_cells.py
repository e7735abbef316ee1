# ruff: noqa: PLR0912, PLR0913, PLR0915, PLR0917, PLR1714
# A compiled pass is one long loop: calls with arrays in and out cost more than branches.
"""Compiled passes over cells that hold times other than ISO 8601."""

from __future__ import annotations

import numba as nb
import numpy as np
import numpy.typing as npt

from shoal.events.cells import (
    FAILED,
    LOCAL,
    UNSET,
    UTC,
    days_of,
    is_date,
    offset_of,
    trimmed,
)

Int64s = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

AUTO, SECONDS, MILLISECONDS, MICROSECONDS, NANOSECONDS = range(5)
_DAY = 86_400_000_000
_MONTHS = np.frombuffer(b"janfebmaraprmayjunjulaugsepoctnovdec", dtype=np.uint8)
_MONTHS_REST = tuple(
    np.frombuffer(rest, dtype=np.uint8)
    for rest in (
        b"uary", b"ruary", b"ch", b"il", b"", b"e", b"y", b"ust", b"tember", b"ober", b"ember",
        b"ember",
    )
)  # fmt: skip
_REST = np.zeros((12, 6), dtype=np.uint8)
for _place, _letters in enumerate(_MONTHS_REST):
    _REST[_place, : len(_letters)] = _letters
_LATEST_SECOND, _LATEST_MILLI, _LATEST_MICRO = 10**11, 10**14, 10**17


@nb.njit(cache=True, nogil=True)
def _digits(data: Bytes, at: int, count: int) -> int:
    value = 0
    for i in range(at, at + count):
        value = value * 10 + int(data[i] - 48)
    return value


@nb.njit(cache=True, nogil=True)
def read_epochs(
    offsets: Int64s, data: Bytes, wanted: Mask, unit: int, values: Int64s, codes: Bytes
) -> None:
    """Numbers since 1970, in the unit or in the one their size speaks for.

    With AUTO also ``20260131`` and ``20260131235959``, as local dates and times.
    """
    for i in range(len(wanted)):
        if not wanted[i]:
            continue
        values[i] = 0
        codes[i] = UNSET
        at, end = trimmed(data, offsets[i], offsets[i + 1])
        if at == end:
            continue
        codes[i] = FAILED
        negative = data[at] == 45
        if negative:
            at += 1
        start = at
        whole = 0
        while at < end and 48 <= data[at] <= 57 and at - start < 19:
            whole = whole * 10 + int(data[at] - 48)
            at += 1
        digits = at - start
        if digits == 0 or whole < 0:
            continue
        fraction = 0  # in billionths
        if at < end and data[at] == 46:
            at += 1
            size = 100_000_000
            while at < end and 48 <= data[at] <= 57:
                fraction += int(data[at] - 48) * size
                size //= 10
                at += 1
        if at < end:
            continue
        chosen = unit
        if unit == AUTO:
            if not negative and (digits == 8 or digits == 14):
                year = _digits(data, start, 4)
                month = _digits(data, start + 4, 2)
                day = _digits(data, start + 6, 2)
                if 1900 <= year <= 2100 and is_date(year, month, day):
                    time = 0
                    if digits == 14:
                        hour = _digits(data, start + 8, 2)
                        minute = _digits(data, start + 10, 2)
                        second = _digits(data, start + 12, 2)
                        if hour > 23 or minute > 59 or second > 59:
                            continue
                        time = (hour * 3600 + minute * 60 + second) * 1_000_000
                    values[i] = days_of(year, month, day) * _DAY + time
                    codes[i] = LOCAL
                    continue
            if whole < _LATEST_SECOND:
                chosen = SECONDS
            elif whole < _LATEST_MILLI:
                chosen = MILLISECONDS
            elif whole < _LATEST_MICRO:
                chosen = MICROSECONDS
            else:
                chosen = NANOSECONDS
        if chosen == SECONDS:
            if whole > 9_000_000_000_000:
                continue
            value = whole * 1_000_000 + fraction // 1_000
        elif chosen == MILLISECONDS:
            if whole > 9_000_000_000_000_000:
                continue
            value = whole * 1_000 + fraction // 1_000_000
        elif chosen == MICROSECONDS:
            value = whole
        else:
            value = whole // 1_000
        values[i] = -value if negative else value
        codes[i] = UTC


@nb.njit(cache=True, nogil=True)
def _number(data: Bytes, at: int, end: int, most: int) -> tuple[int, int]:
    """A number of at least one and at most so many digits, and where it ends; -1 for none."""
    value, start = 0, at
    while at < end and at - start < most and 48 <= data[at] <= 57:
        value = value * 10 + int(data[at] - 48)
        at += 1
    return (value if at > start else -1), at


@nb.njit(cache=True, nogil=True)
def _month(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """The month of an English name, short or whole, and where it ends; 0 for none."""
    if at + 3 > end:
        return 0, at
    for month in range(12):
        same = True
        for k in range(3):
            if (data[at + k] | 32) != _MONTHS[3 * month + k]:
                same = False
        if same:
            rest = 0
            while rest < 6 and _REST[month, rest] != 0:
                rest += 1
            if at + 3 + rest <= end:
                for k in range(rest):
                    if (data[at + 3 + k] | 32) != _REST[month, k]:
                        return month + 1, at + 3
                return month + 1, at + 3 + rest
            return month + 1, at + 3
    return 0, at


@nb.njit(cache=True, nogil=True)
def read_formatted(
    offsets: Int64s,
    data: Bytes,
    is_set: Mask,
    program: Bytes,
    is_sign: Mask,
    values: Int64s,
    codes: Bytes,
) -> None:
    """Times of a strptime format: ``program`` holds its letters, ``is_sign`` marks the signs."""
    for i in range(len(is_set)):
        values[i] = 0
        codes[i] = UNSET
        if not is_set[i]:
            continue
        at, end = trimmed(data, offsets[i], offsets[i + 1])
        if at == end:
            continue
        codes[i] = FAILED
        year, month, day, hour, minute, second, micro = 1900, 1, 1, 0, 0, 0, 0
        half, twelve, zoned = -1, False, False
        offset = 0
        fine = True
        for step in range(len(program)):
            sign = program[step]
            if not is_sign[step]:
                if sign == 32:
                    begin = at
                    while at < end and (data[at] == 32 or data[at] == 9):
                        at += 1
                    fine = at > begin
                else:
                    fine = at < end and (
                        data[at] == sign
                        or (65 <= (sign & 223) <= 90 and (data[at] | 32) == (sign | 32))
                    )
                    at += 1
            elif sign == 89:  # Y
                begin = at
                year, at = _number(data, at, end, 4)
                fine = at - begin == 4
            elif sign == 121:  # y
                begin = at
                year, at = _number(data, at, end, 2)
                fine = at - begin == 2
                year += 2000 if year < 69 else 1900
            elif sign == 109:  # m
                month, at = _number(data, at, end, 2)
                fine = 1 <= month <= 12
            elif sign == 98:  # b
                month, at = _month(data, at, end)
                fine = month > 0
            elif sign == 100:  # d
                if at < end and data[at] == 32:
                    at += 1
                day, at = _number(data, at, end, 2)
                fine = day > 0
            elif sign == 72:  # H
                hour, at = _number(data, at, end, 2)
                fine = 0 <= hour <= 23
            elif sign == 73:  # I
                hour, at = _number(data, at, end, 2)
                fine = 1 <= hour <= 12
                twelve = True
            elif sign == 77:  # M
                minute, at = _number(data, at, end, 2)
                fine = 0 <= minute <= 59
            elif sign == 83:  # S
                second, at = _number(data, at, end, 2)
                fine = 0 <= second <= 59
            elif sign == 102:  # f
                begin = at
                micro, at = _number(data, at, end, 6)
                fine = at > begin
                for _ in range(6 - (at - begin)):
                    micro *= 10
                while at < end and 48 <= data[at] <= 57:
                    at += 1
            elif sign == 112:  # p
                fine = at + 2 <= end and (data[at + 1] | 32) == 109
                if fine:
                    letter = data[at] | 32
                    half = 0 if letter == 97 else 12
                    fine = letter == 97 or letter == 112
                at += 2
            else:  # z, Z
                begin = at
                while at < end and data[at] != 32:
                    at += 1
                fine = at > begin
                if fine:
                    offset = offset_of(data, begin, at)
                    fine = -_DAY < offset < _DAY
                zoned = True
            if not fine:
                break
        if not fine or at != end or not is_date(year, month, day):
            continue
        if twelve:
            hour = hour % 12 + (12 if half == 12 else 0)
        time = (hour * 3600 + minute * 60 + second) * 1_000_000 + micro
        values[i] = days_of(year, month, day) * _DAY + time - offset
        codes[i] = UTC if zoned else LOCAL
