# ruff: noqa: PLR0911, PLR0913, PLR0917, PLR1714, SIM109
# A compiled pass is one long loop: calls with arrays in and out cost more than branches.
"""Compiled passes over cells that hold times other than ISO 8601."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shoal.core.compiled import compiled
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
YEAR, MONTH, DAY, HOUR, MINUTE, SECOND, MICRO, TWELVE, AFTERNOON, ZONED, OFFSET = range(11)
_NONE = -(2**63)
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


@compiled
def _digits(data: Bytes, at: int, count: int) -> int:
    value = 0
    for i in range(at, at + count):
        value = value * 10 + int(data[i] - 48)
    return value


@compiled
def _compact(data: Bytes, at: int, digits: int) -> int:
    """Local microseconds of ``20260131`` or ``20260131235959``; -1 below 1970 too."""
    year, month, day = _digits(data, at, 4), _digits(data, at + 4, 2), _digits(data, at + 6, 2)
    if not 1900 <= year <= 2100 or not is_date(year, month, day):
        return _NONE
    time = 0
    if digits == 14:
        hour, minute = _digits(data, at + 8, 2), _digits(data, at + 10, 2)
        second = _digits(data, at + 12, 2)
        if hour > 23 or minute > 59 or second > 59:
            return _NONE
        time = (hour * 3600 + minute * 60 + second) * 1_000_000
    return days_of(year, month, day) * _DAY + time


@compiled
def _since(whole: int, billionths: int, unit: int) -> int:
    """Microseconds of a number of units; with AUTO of the unit its size speaks for."""
    if unit == AUTO:
        if whole < _LATEST_SECOND:
            unit = SECONDS
        elif whole < _LATEST_MILLI:
            unit = MILLISECONDS
        else:
            unit = MICROSECONDS if whole < _LATEST_MICRO else NANOSECONDS
    if unit == SECONDS:
        fits = whole <= 9_000_000_000_000
        return whole * 1_000_000 + billionths // 1_000 if fits else _NONE
    if unit == MILLISECONDS:
        fits = whole <= 9_000_000_000_000_000
        return whole * 1_000 + billionths // 1_000_000 if fits else _NONE
    return whole if unit == MICROSECONDS else whole // 1_000


@compiled
def _epoch(data: Bytes, at: int, end: int, unit: int) -> tuple[int, int]:
    """The code of a cell that is not blank, and its microseconds."""
    negative = data[at] == 45
    if negative:
        at += 1
    start = at
    whole = 0
    while at < end and 48 <= data[at] <= 57 and at - start < 18:
        whole = whole * 10 + int(data[at] - 48)
        at += 1
    digits = at - start
    nanoseconds = at < end and digits == 18 and 48 <= data[at] <= 57
    if nanoseconds and (unit == AUTO or unit == NANOSECONDS):  # nineteen digits: nanoseconds
        at += 1
        whole, unit = whole // 100, MICROSECONDS
    billionths = 0
    if at < end and data[at] == 46:
        at += 1
        size = 100_000_000
        while at < end and 48 <= data[at] <= 57:
            billionths += int(data[at] - 48) * size
            size //= 10
            at += 1
    if digits == 0 or at < end:
        return FAILED, 0
    if unit == AUTO and not negative and (digits == 8 or digits == 14):
        local = _compact(data, start, digits)
        if local != _NONE:
            return LOCAL, local
    value = _since(whole, billionths, unit)
    if value == _NONE:
        return FAILED, 0
    return UTC, (-value if negative else value)


@compiled
def read_epochs(
    offsets: Int64s, data: Bytes, wanted: Mask, unit: int, values: Int64s, codes: Bytes
) -> None:
    """Numbers since 1970, in the unit or in the one their size speaks for.

    With AUTO also ``20260131`` and ``20260131235959``, as local dates and times.
    """
    for i in range(len(wanted)):
        if wanted[i]:
            values[i] = 0
            codes[i] = UNSET
            at, end = trimmed(data, offsets[i], offsets[i + 1])
            if at < end:
                codes[i], values[i] = _epoch(data, at, end, unit)


@compiled
def _number(data: Bytes, at: int, end: int, most: int) -> tuple[int, int]:
    """A number of at least one and at most so many digits, and where it ends; -1 for none."""
    value, start = 0, at
    while at < end and at - start < most and 48 <= data[at] <= 57:
        value = value * 10 + int(data[at] - 48)
        at += 1
    return (value if at > start else -1), at


@compiled
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


@compiled
def _literal(data: Bytes, at: int, end: int, sign: int) -> int:
    """Where the text goes on after a letter of the format; -1 if it is another."""
    if sign == 32:
        begin = at
        while at < end and (data[at] == 32 or data[at] == 9):
            at += 1
        return at if at > begin else -1
    same = at < end and (
        data[at] == sign or (65 <= (sign & 223) <= 90 and (data[at] | 32) == (sign | 32))
    )
    return at + 1 if same else -1


@compiled
def _dated(data: Bytes, at: int, end: int, sign: int, fields: Int64s) -> int:
    """Takes in the year, month or day; where the text goes on, or -1."""
    begin = at
    if sign == 89:  # Y
        fields[YEAR], at = _number(data, at, end, 4)
        return at if at - begin == 4 else -1
    if sign == 121:  # y
        fields[YEAR], at = _number(data, at, end, 2)
        fields[YEAR] += 2000 if fields[YEAR] < 69 else 1900
        return at if at - begin == 2 else -1
    if sign == 109:  # m
        fields[MONTH], at = _number(data, at, end, 2)
        return at if 1 <= fields[MONTH] <= 12 else -1
    if sign == 98:  # b
        fields[MONTH], at = _month(data, at, end)
        return at if fields[MONTH] > 0 else -1
    if at < end and data[at] == 32:  # d
        at += 1
    fields[DAY], at = _number(data, at, end, 2)
    return at if fields[DAY] > 0 else -1


@compiled
def _timed(data: Bytes, at: int, end: int, sign: int, fields: Int64s) -> int:
    """Takes in a part of the time of day; where the text goes on, or -1."""
    begin = at
    if sign == 72:  # H
        fields[HOUR], at = _number(data, at, end, 2)
        return at if 0 <= fields[HOUR] <= 23 else -1
    if sign == 73:  # I
        fields[HOUR], at = _number(data, at, end, 2)
        fields[TWELVE] = 1
        return at if 1 <= fields[HOUR] <= 12 else -1
    if sign == 77:  # M
        fields[MINUTE], at = _number(data, at, end, 2)
        return at if 0 <= fields[MINUTE] <= 59 else -1
    if sign == 83:  # S
        fields[SECOND], at = _number(data, at, end, 2)
        return at if 0 <= fields[SECOND] <= 59 else -1
    if sign == 102:  # f
        fields[MICRO], at = _number(data, at, end, 6)
        for _ in range(6 - (at - begin)):
            fields[MICRO] *= 10
        while at < end and 48 <= data[at] <= 57:
            at += 1
        return at if at > begin else -1
    if at + 2 > end or (data[at + 1] | 32) != 109:  # p
        return -1
    letter = data[at] | 32
    fields[AFTERNOON] = 1 if letter == 112 else 0
    return at + 2 if letter == 97 or letter == 112 else -1


@compiled
def _zoned(data: Bytes, at: int, end: int, fields: Int64s) -> int:
    """Takes in an offset; where the text goes on, or -1."""
    begin = at
    while at < end and data[at] != 32:
        at += 1
    if at == begin:
        return -1
    fields[OFFSET] = offset_of(data, begin, at)
    fields[ZONED] = 1
    return at if -_DAY < fields[OFFSET] < _DAY else -1


@compiled
def _formatted(
    data: Bytes, at: int, end: int, program: Bytes, is_sign: Mask, fields: Int64s
) -> bool:
    """Takes in a cell; whether it has the format."""
    fields[:] = 0
    fields[YEAR], fields[MONTH], fields[DAY] = 1900, 1, 1
    for step in range(len(program)):
        sign = program[step]
        if not is_sign[step]:
            at = _literal(data, at, end, sign)
        elif sign == 89 or sign == 121 or sign == 109 or sign == 98 or sign == 100:
            at = _dated(data, at, end, sign, fields)
        elif sign == 122 or sign == 90:
            at = _zoned(data, at, end, fields)
        else:
            at = _timed(data, at, end, sign, fields)
        if at < 0:
            return False
    return at == end and is_date(fields[YEAR], fields[MONTH], fields[DAY])


@compiled
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
    fields = np.zeros(11, dtype=np.int64)
    for i in range(len(is_set)):
        values[i] = 0
        codes[i] = UNSET
        if not is_set[i]:
            continue
        at, end = trimmed(data, offsets[i], offsets[i + 1])
        if at == end:
            continue
        if not _formatted(data, at, end, program, is_sign, fields):
            codes[i] = FAILED
            continue
        hour = fields[HOUR]
        if fields[TWELVE]:
            hour = hour % 12 + 12 * fields[AFTERNOON]
        time = (hour * 3600 + fields[MINUTE] * 60 + fields[SECOND]) * 1_000_000 + fields[MICRO]
        day = days_of(fields[YEAR], fields[MONTH], fields[DAY])
        values[i] = day * _DAY + time - fields[OFFSET]
        codes[i] = UTC if fields[ZONED] else LOCAL
