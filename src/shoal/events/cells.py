# ruff: noqa: PLR0911, PLR0913, PLR0917, PLR1714, SIM110
# A compiled pass is one long loop: calls with arrays in and out cost more than branches, and the
# compiler knows neither `in (…)` over numbers well nor generators.
"""Compiled passes over columns of text: one loop per question, no Python object per cell.

A column of text is three arrays (see :func:`text_buffers`): where each cell begins, the bytes, and
which cells are set. Each pass writes a code per cell and, where there is one, its value.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.compiled import compiled

Int64s = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

UNSET, EXACT, INEXACT, FAILED, NONFINITE, IDENTIFIER, BY_TEXT, LONG = 0, 1, 2, 3, 4, 5, 6, 7
"""Codes of :func:`read_numbers`. IDENTIFIER: digits that mean no number (``007``, telephone
numbers). BY_TEXT: a number whose double only its whole text can give. LONG: an integer beyond 2^53,
of which the same is true, and which among others of its kind is an identifier."""
UTC, LOCAL = 1, 2
"""Codes of :func:`read_instants`, beside UNSET and FAILED."""

_LARGEST = np.uint64(9_000_000_000_000_000_000)
_TEN = np.uint64(10)
_ZERO = np.uint64(0)
_MANTISSA = np.uint64(2**53)
_POWERS = np.array([10.0**power for power in range(23)])


def text_buffers(
    array: pa.Array,
) -> tuple[Int64s, Bytes, Mask]:
    """Offsets, bytes and set cells of a string or binary array; the offsets begin at its slice."""
    wide = pa.types.is_large_string(array.type) or pa.types.is_large_binary(array.type)
    _, places, content = array.buffers()
    count = len(array)
    if places is None or count == 0:
        offsets = np.zeros(count + 1, dtype=np.int64)
    else:
        whole = np.frombuffer(places, dtype=np.int64 if wide else np.int32)
        offsets = whole[array.offset : array.offset + count + 1].astype(np.int64)
    data = (
        np.empty(0, dtype=np.uint8) if content is None else np.frombuffer(content, dtype=np.uint8)
    )
    data.flags.writeable = False
    if array.null_count:
        is_set = array.is_valid().to_numpy(zero_copy_only=False)
    else:
        is_set = np.ones(count, dtype=np.bool_)
    return offsets, data, is_set


@compiled
def _is_blank(byte: int) -> bool:
    return byte == 32 or 9 <= byte <= 13


@compiled
def trimmed(data: Bytes, start: int, end: int) -> tuple[int, int]:
    """The stretch without blanks around it."""
    while start < end and _is_blank(data[start]):
        start += 1
    while end > start and _is_blank(data[end - 1]):
        end -= 1
    return start, end


@compiled
def _is_word(data: Bytes, start: int, end: int, word: Bytes) -> bool:
    """Whether the bytes are the lower-case word, in any case."""
    if end - start != len(word):
        return False
    for i in range(len(word)):
        if (data[start + i] | 32) != word[i]:
            return False
    return True


_WORDS = tuple(
    np.frombuffer(word.encode(), dtype=np.uint8)
    for word in ("nan", "inf", "infinity", "true", "false", "utc")
)
_NAN, _INF, _INFINITY, _TRUE, _FALSE, _UTC_WORD = _WORDS


@compiled
def _is_nonfinite(data: Bytes, at: int, end: int) -> bool:
    return (
        _is_word(data, at, end, _NAN)
        or _is_word(data, at, end, _INF)
        or _is_word(data, at, end, _INFINITY)
    )


@compiled
def _digits(data: Bytes, at: int, end: int) -> tuple[np.uint64, int, bool, int, bool, int]:
    """Digits with a point among them, as ``mantissa * 10 ** power``.

    Also: whether digits beyond the nineteenth were lost, how many stood before the point (-1 for
    none at all), whether there was a point, and where the digits end.
    """
    mantissa, power, lost = _ZERO, 0, False
    digits, whole = 0, 0
    seen, point = False, False
    while at < end:
        byte = data[at]
        if byte == 46 and not point:
            point = True
        elif 48 <= byte <= 57:
            seen = True
            if not point:
                whole += 1
            digit = np.uint64(byte - 48)
            if digits < 19:
                mantissa = mantissa * _TEN + digit
                if mantissa > _ZERO:
                    digits += 1
                if point:
                    power -= 1
            else:
                lost = lost or digit != _ZERO
                if not point:
                    power += 1
        else:
            break
        at += 1
    return mantissa, power, lost, (whole if seen else -1), point, at


@compiled
def _exponent(data: Bytes, at: int, end: int) -> tuple[int, bool]:
    """The number after an ``e``, and whether the cell ends with it."""
    at += 1
    down = False
    if at < end and (data[at] == 45 or data[at] == 43):
        down = data[at] == 45
        at += 1
    exponent, begin = 0, at
    while at < end and 48 <= data[at] <= 57:
        if exponent < 100_000:
            exponent = exponent * 10 + int(data[at] - 48)
        at += 1
    return (-exponent if down else exponent), begin < at == end


@compiled
def _valued(mantissa: np.uint64, power: int, negative: bool) -> tuple[int, np.int64 | int, float]:  # noqa: FBT001
    """The code of ``mantissa * 10 ** power``, and its millionths or its double."""
    if mantissa == _ZERO:
        return EXACT, 0, 0.0
    while power < -6 and mantissa % _TEN == _ZERO:
        mantissa //= _TEN
        power += 1
    if power >= -6:
        scaled = mantissa
        step = power + 6
        while step > 0 and scaled <= _LARGEST // _TEN:
            scaled *= _TEN
            step -= 1
        if step == 0 and scaled <= _LARGEST:
            value = np.int64(scaled)
            return EXACT, (-value if negative else value), 0.0
    if mantissa <= _MANTISSA and -22 <= power <= 22:
        # Both factors are doubles without error, so one rounding is the right one.
        near = float(mantissa)
        near = near * _POWERS[power] if power >= 0 else near / _POWERS[-power]
        return INEXACT, 0, (-near if negative else near)
    return BY_TEXT, 0, 0.0


@compiled
def _number(data: Bytes, at: int, end: int) -> tuple[int, np.int64 | int, float]:
    """The code of a cell that is not blank, and its millionths or its double."""
    negative, plus = data[at] == 45, data[at] == 43
    if negative or plus:
        at += 1
    if at == end:
        return FAILED, 0, 0.0
    if data[at] > 57:
        return (NONFINITE if _is_nonfinite(data, at, end) else FAILED), 0, 0.0
    zero = data[at] == 48
    mantissa, power, lost, whole, point, at = _digits(data, at, end)
    if whole < 0:
        return FAILED, 0, 0.0
    plain = not point
    if at < end:
        if (data[at] | 32) != 101:
            return FAILED, 0, 0.0
        exponent, ends = _exponent(data, at, end)
        if not ends:
            return FAILED, 0, 0.0
        power += exponent
        plain = False
    if zero and whole > 1:
        return IDENTIFIER, 0, 0.0
    if plain and plus and whole >= 7:
        return IDENTIFIER, 0, 0.0
    if plain and (lost or power > 0 or mantissa > _MANTISSA):
        return LONG, 0, 0.0
    if lost:
        return BY_TEXT, 0, 0.0
    return _valued(mantissa, power, negative)


@compiled
def read_numbers(
    offsets: Int64s,
    data: Bytes,
    is_set: Mask,
    exact: Int64s,
    doubles: npt.NDArray[np.float64],
    codes: Bytes,
) -> None:
    """Numbers as whole millionths where they have at most six decimals, else as doubles.

    Accepts an optional sign, digits with an optional point, and an optional exponent; blanks
    around. No thousands separators, which differ from country to country.
    """
    for i in range(len(is_set)):
        exact[i] = 0
        doubles[i] = 0.0
        codes[i] = UNSET
        if is_set[i]:
            at, end = trimmed(data, offsets[i], offsets[i + 1])
            if at < end:
                codes[i], exact[i], doubles[i] = _number(data, at, end)


@compiled
def read_booleans(offsets: Int64s, data: Bytes, is_set: Mask, values: Bytes, codes: Bytes) -> None:
    """``true`` and ``false`` in any case; EXACT marks one of them."""
    for i in range(len(is_set)):
        values[i] = 0
        codes[i] = UNSET
        if not is_set[i]:
            continue
        start, end = trimmed(data, offsets[i], offsets[i + 1])
        if start == end:
            continue
        if _is_word(data, start, end, _TRUE):
            values[i] = 1
            codes[i] = EXACT
        elif _is_word(data, start, end, _FALSE):
            codes[i] = EXACT
        else:
            codes[i] = FAILED


@compiled
def _two(data: Bytes, at: int, end: int) -> int:
    """The number of two digits, or -1."""
    if at + 2 > end or not 48 <= data[at] <= 57 or not 48 <= data[at + 1] <= 57:
        return -1
    return int(data[at] - 48) * 10 + int(data[at + 1] - 48)


@compiled
def days_of(year: int, month: int, day: int) -> int:
    """Days from 1970-01-01 to a Gregorian date."""
    year -= 1 if month <= 2 else 0  # years begin in March here, so that leap days come last
    era = year // 400
    of_era = year - era * 400
    of_year = (153 * (month + (-3 if month > 2 else 9)) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


@compiled
def is_date(year: int, month: int, day: int) -> bool:
    """Whether the calendar has such a day."""
    if year < 1 or not 1 <= month <= 12 or day < 1:
        return False
    if month == 2:
        leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
        return day <= (29 if leap else 28)
    return day <= (30 if month == 4 or month == 6 or month == 9 or month == 11 else 31)


@compiled
def _time_of_day(data: Bytes, at: int, end: int) -> tuple[int, int]:
    """Microseconds of ``10:30``, ``10:30:15`` or ``10:30:15.123456``, or -1; and where it stopped.

    Further decimals are cut.
    """
    hour = _two(data, at, end)
    minute = _two(data, at + 3, end)
    if not 0 <= hour <= 23 or not 0 <= minute <= 59 or data[at + 2] != 58:
        return -1, at
    at += 5
    time = (hour * 60 + minute) * 60_000_000
    if at < end and data[at] == 58:
        second = _two(data, at + 1, end)
        if not 0 <= second <= 59:
            return -1, at
        at += 3
        time += second * 1_000_000
        if at < end and (data[at] == 46 or data[at] == 44):
            at += 1
            unit = 100_000
            begin = at
            while at < end and 48 <= data[at] <= 57:
                time += int(data[at] - 48) * unit
                unit //= 10
                at += 1
            if at == begin:
                return -1, at
    return time, at


@compiled
def offset_of(data: Bytes, at: int, end: int) -> int:
    """Microseconds of ``Z``, ``UTC``, ``+01``, ``+0100`` or ``+01:00``; a day or more if wrong."""
    wrong = 86_400_000_000
    if end - at == 1 and (data[at] | 32) == 122:
        return 0
    if _is_word(data, at, end, _UTC_WORD):
        return 0
    if data[at] != 43 and data[at] != 45:
        return wrong
    hours = _two(data, at + 1, end)
    minutes = 0
    rest = at + 3
    if rest < end and data[rest] == 58:
        rest += 1
        minutes = _two(data, rest, end)
        rest += 2
    elif rest < end:
        minutes = _two(data, rest, end)
        rest += 2
    if rest != end or not 0 <= hours <= 23 or not 0 <= minutes <= 59:
        return wrong
    span = (hours * 60 + minutes) * 60_000_000
    return -span if data[at] == 45 else span


@compiled
def read_instants(offsets: Int64s, data: Bytes, is_set: Mask, values: Int64s, codes: Bytes) -> None:
    """ISO 8601 dates and times: UTC where the text has an offset, else LOCAL microseconds."""
    for i in range(len(is_set)):
        values[i] = 0
        codes[i] = UNSET
        if not is_set[i]:
            continue
        at, end = trimmed(data, offsets[i], offsets[i + 1])
        if at == end:
            continue
        codes[i] = FAILED
        if end - at < 10 or data[at + 4] != 45 or data[at + 7] != 45:
            continue
        century, rest = _two(data, at, end), _two(data, at + 2, end)
        month, day = _two(data, at + 5, end), _two(data, at + 8, end)
        if century < 0 or rest < 0 or not is_date(century * 100 + rest, month, day):
            continue
        local = days_of(century * 100 + rest, month, day) * 86_400_000_000
        at += 10
        if at == end:
            values[i] = local
            codes[i] = LOCAL
            continue
        if data[at] != 32 and (data[at] | 32) != 116:
            continue
        time, at = _time_of_day(data, at + 1, end)
        if time < 0:
            continue
        if at == end:
            values[i] = local + time
            codes[i] = LOCAL
            continue
        if data[at] == 32 and at + 1 < end:
            at += 1
        offset = offset_of(data, at, end)
        if offset < 86_400_000_000:
            values[i] = local + time - offset
            codes[i] = UTC
