# ruff: noqa: PLR0911, PLR0912, PLR0913, PLR0917, PLR1714
# A compiled scanner is one long loop over bytes, which it names by their numbers.
"""A compiled pass over frames of the log: where the parts of each event stand, and nothing is built.

It knows what the log's own encoder writes. Of frames that hold anything else it says nothing at
all: they are decoded value by value.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from shoal.core.compiled import compiled, inner
from shoal.store.frame_layout import (
    ANONYMOUS,
    ARRIVAL,
    BOOLEAN,
    COLUMN,
    DECIMAL,
    END,
    EVENT,
    FORM,
    FROM,
    KEY,
    KIND,
    LINE,
    MENTIONED,
    MESSAGE,
    NOT_UNDERSTOOD,
    OCCURRED,
    ODD,
    OTHER,
    OWNER,
    PROFILE,
    RECEIVED,
    SLOTS,
    SPOKEN,
    START,
    TEXT,
    TO,
    USER,
    WHOLE,
)

_EXACT_DIGITS, _WHOLE_DIGITS = 15, 18
_MANTISSA = 1 << 53
_POWERS = np.array([10.0**power for power in range(23)])
_PRIME = np.uint64(0x100000001B3)
_BASIS = np.uint64(0xCBF29CE484222325)


def _word(text: str) -> Any:
    return np.frombuffer(text.encode(), np.uint8)


_NAME, _RAW, _USER, _ANONYMOUS = (
    _word("name"), _word("raw_name"), _word("user_id"), _word("anonymous_id"),
)  # fmt: skip
_OCCURRED, _RECEIVED, _MESSAGE = _word("occurred_at"), _word("received_at"), _word("message_id")
_PROPERTIES, _LINES = _word("properties"), _word("lines")


@inner
def _is(data: Any, at: int, end: int, word: Any) -> bool:
    if end - at != len(word):
        return False
    for i in range(len(word)):  # noqa: SIM110
        if data[at + i] != word[i]:
            return False
    return True


@inner
def _hex(data: Any, at: int) -> int:
    """The number of four hexadecimal digits; -1 where they are none."""
    found = 0
    for i in range(at, at + 4):
        byte = data[i]
        if 48 <= byte <= 57:
            found = found * 16 + (byte - 48)
        elif 97 <= (byte | 32) <= 102:
            found = found * 16 + ((byte | 32) - 87)
        else:
            return -1
    return found


@inner
def _text(data: Any, at: int, end: int) -> int:
    """Behind a text whose opening quote is at ``at``; -1 where it is none, or has surrogates."""
    at += 1
    while at < end:
        byte = data[at]
        if byte == 34:
            return at + 1
        if byte == 92:
            at += 1
            if at >= end:
                return -1
            if data[at] == 117:
                if at + 5 > end:
                    return -1
                point = _hex(data, at + 1)
                if point < 0 or 0xD800 <= point <= 0xDFFF:
                    return -1
                at += 4
        at += 1
    return -1


@inner
def _skip(data: Any, at: int, end: int) -> int:
    """Behind a value of any kind; -1 where it does not end."""
    depth = 0
    while at < end:
        byte = data[at]
        if byte == 34:
            at = _text(data, at, end)
            if at < 0:
                return -1
            if depth == 0:
                return at
            continue
        if byte == 123 or byte == 91:
            depth += 1
        elif byte == 125 or byte == 93:
            if depth == 0:
                return at
            depth -= 1
            if depth == 0:
                return at + 1
        elif byte == 44 and depth == 0:
            return at
        at += 1
    return -1


@inner
def _integer(data: Any, at: int, end: int) -> tuple[int, int]:
    """A number of up to 18 digits and what is behind it; -1 where there is none."""
    is_negative = data[at] == 45
    at += is_negative
    first, found = at, 0
    while at < end and 48 <= data[at] <= 57:
        found = found * 10 + int(data[at] - 48)
        at += 1
    if at == first or at - first > _WHOLE_DIGITS:
        return 0, -1
    return (-found if is_negative else found), at


@inner
def _unsigned(data: Any, at: int, end: int) -> tuple[np.uint64, int]:
    """A number of 64 bits without a sign and what is behind it; -1 where there is none."""
    first, found = at, np.uint64(0)
    while at < end and 48 <= data[at] <= 57:
        found = found * np.uint64(10) + np.uint64(data[at] - 48)
        at += 1
    return found, (-1 if at == first or at - first > 20 else at)


@inner
def _number(data: Any, at: int, end: int) -> tuple[int, int, float]:
    """The form of a number, what is behind it, and its double where it has one."""
    began = at
    is_negative = data[at] == 45
    at += is_negative
    first, mantissa, digits, decimals, point = at, 0, 0, 0, -1
    while at < end:
        byte = data[at]
        if byte == 46 and point < 0:
            point = at
        elif 48 <= byte <= 57:
            digits += 1
            if digits <= _WHOLE_DIGITS:
                mantissa = mantissa * 10 + int(byte - 48)
            decimals += point >= 0
        else:
            break
        at += 1
    if digits == 0 or data[at] == 101 or data[at] == 69 or digits > _WHOLE_DIGITS:
        return OTHER, _skip(data, began, end), 0.0
    if point < 0:
        is_odd = is_negative and mantissa == 0
        return (OTHER if is_odd else WHOLE), at, 0.0
    if mantissa > _MANTISSA or decimals == 0:
        return OTHER, at, 0.0
    near = float(mantissa) / _POWERS[decimals]  # both are doubles without error: rounded once
    is_short = digits <= _EXACT_DIGITS and (decimals == 1 or data[at - 1] != 48)
    is_small = data[first] == 48 and decimals > 4
    for i in range(point + 1, point + 5):
        is_small = is_small and data[i] == 48
    form = DECIMAL if is_short and not is_small else ODD
    return form, at, (-near if is_negative else near)


@inner
def _hash(data: Any, at: int, end: int, seed: np.uint64) -> np.uint64:
    found = (_BASIS ^ seed) * _PRIME
    for i in range(at, end):
        found = (found ^ np.uint64(data[i])) * _PRIME
    return found ^ (found >> np.uint64(29))


@inner
def _same(data: Any, at: int, end: int, other: int, last: int) -> bool:
    if end - at != last - other:
        return False
    for i in range(end - at):  # noqa: SIM110
        if data[at + i] != data[other + i]:
            return False
    return True


@inner
def _name_of(data: Any, at: int, end: int, slots: Any, names: Any, counts: Any) -> int:
    """The place of a name among the names, where it is put at its first time; -1 for no room."""
    slot = np.int64(_hash(data, at, end, np.uint64(1)) & np.uint64(SLOTS - 1))
    while True:
        found = slots[slot]
        if found < 0:
            if counts[1] == len(names):
                return -1
            found = counts[1]
            names[found, 0], names[found, 1] = at, end
            slots[slot] = found
            counts[1] += 1
            return found
        if _same(data, at, end, names[found, 0], names[found, 1]):
            return found
        slot = (slot + 1) & (SLOTS - 1)


@inner
def _kind_of(data: Any, name: int, at: int, end: int, slots: Any, kinds: Any, counts: Any) -> int:
    """The place of a name with a raw name among the kinds; -1 for no room."""
    seed = np.uint64(name * 2 + (at < 0))
    slot = np.int64(_hash(data, max(at, 0), max(end, 0), seed) & np.uint64(SLOTS - 1))
    while True:
        found = slots[slot]
        if found < 0:
            if counts[2] == len(kinds):
                return -1
            found = counts[2]
            kinds[found, 0], kinds[found, 1], kinds[found, 2] = name, at, end
            slots[slot] = found
            counts[2] += 1
            return found
        first, last = kinds[found, 1], kinds[found, 2]
        is_like = kinds[found, 0] == name and (at < 0) == (first < 0)
        if is_like and (at < 0 or _same(data, at, end, first, last)):
            return found
        slot = (slot + 1) & (SLOTS - 1)


@inner
def _column_of(
    data: Any, name: int, is_line: int, at: int, end: int, slots: Any, columns: Any, counts: Any
) -> int:
    """The place of a property of an event among the columns; -1 for no room."""
    seed = np.uint64(name * 2 + is_line)
    slot = np.int64(_hash(data, at, end, seed) & np.uint64(SLOTS - 1))
    while True:
        found = slots[slot]
        if found < 0:
            if counts[3] == len(columns):
                return -1
            found = counts[3]
            columns[found, EVENT], columns[found, LINE] = name, is_line
            columns[found, KEY], columns[found, KEY + 1] = at, end
            slots[slot] = found
            counts[3] += 1
            return found
        is_like = columns[found, EVENT] == name and columns[found, LINE] == is_line
        if is_like and _same(data, at, end, columns[found, KEY], columns[found, KEY + 1]):
            return found
        slot = (slot + 1) & (SLOTS - 1)


@inner
def _cells(
    data: Any, at: int, end: int, name: int, is_line: int, owner: int,
    slots: Any, columns: Any, cells: Any, doubles: Any, counts: Any,
) -> int:  # fmt: skip
    """Notes the cells of an object that begins at ``at``: behind it, or -1."""
    if data[at] != 123:
        return -1
    at += 1
    if data[at] == 125:
        return at + 1
    while True:
        if data[at] != 34:
            return -1
        behind = _text(data, at, end)
        if behind < 0 or behind >= end or data[behind] != 58:
            return -1
        column = _column_of(data, name, is_line, at + 1, behind - 1, slots, columns, counts)
        if column < 0:
            return -1
        at = behind + 1
        if at >= end:
            return -1
        byte = data[at]
        began, form, double = at, OTHER, 0.0
        if byte == 34:
            form = TEXT
            at = _text(data, at, end)
        elif byte == 116:
            form, double, at = BOOLEAN, 1.0, at + 4
        elif byte == 102:
            form, at = BOOLEAN, at + 5
        elif byte == 110:
            form, at = -1, at + 4
        elif byte == 45 or 48 <= byte <= 57:
            form, at, double = _number(data, at, end)
        else:
            at = _skip(data, at, end)
        if at < 0 or at >= end:
            return -1
        if form >= 0:
            cell = counts[4]
            counts[4] += 1
            cells[cell, COLUMN], cells[cell, OWNER], cells[cell, FORM] = column, owner, form
            cells[cell, FROM] = began + (form == TEXT)
            cells[cell, TO] = at - (form == TEXT)
            doubles[cell] = double
        if data[at] == 125:
            return at + 1
        if data[at] != 44:
            return -1
        at += 1


@inner
def _lines(
    data: Any, at: int, end: int, name: int, place: int, slots: Any, columns: Any, cells: Any,
    doubles: Any, parents: Any, counts: Any,
) -> int:  # fmt: skip
    """Notes the lines of an event: behind their array, or -1."""
    if data[at] != 91 or at + 1 >= end:
        return -1
    at += 1
    if data[at] == 93:
        return at + 1
    while True:
        line = counts[5]
        counts[5] += 1
        parents[line] = place
        at = _cells(data, at, end, name, 1, line, slots, columns, cells, doubles, counts)
        if at < 0 or at >= end:
            return -1
        if data[at] == 93:
            return at + 1
        if data[at] != 44:
            return -1
        at += 1


@inner
def _event(
    data: Any, at: int, end: int, row: Any, place: int, name_slots: Any, kind_slots: Any,
    column_slots: Any, names: Any, kinds: Any, columns: Any, cells: Any, doubles: Any,
    parents: Any, counts: Any,
) -> int:  # fmt: skip
    """Notes the parts of an event that begins at ``at``: behind it, or -1."""
    name, raw, raw_end = -1, -1, -1
    if data[at] != 123 or at + 1 >= end:
        return -1
    at += 1
    while True:
        if at >= end or data[at] != 34:
            return -1
        behind = _text(data, at, end)
        if behind < 0 or behind + 1 >= end or data[behind] != 58:
            return -1
        first, last, at = at + 1, behind - 1, behind + 1
        is_null = data[at] == 110
        if _is(data, first, last, _OCCURRED):
            row[OCCURRED], at = _integer(data, at, end)
        elif _is(data, first, last, _RECEIVED):
            row[RECEIVED], at = _integer(data, at, end)
        elif _is(data, first, last, _PROPERTIES):
            if name < 0:
                return -1
            at = _cells(
                data, at, end, name, 0, place, column_slots, columns, cells, doubles, counts
            )
        elif _is(data, first, last, _LINES):
            if name < 0:
                return -1
            at = _lines(
                data, at, end, name, place, column_slots, columns, cells, doubles, parents, counts
            )
        else:
            began = at
            at = _text(data, at, end) if data[at] == 34 else _skip(data, at, end)
            if at < 0:
                return -1
            target = -1
            if _is(data, first, last, _NAME):
                if is_null:
                    return -1
                name = _name_of(data, began + 1, at - 1, name_slots, names, counts)
                if name < 0:
                    return -1
            elif _is(data, first, last, _RAW):
                raw, raw_end = (-1, -1) if is_null else (began + 1, at - 1)
            elif _is(data, first, last, _USER):
                target = USER
            elif _is(data, first, last, _ANONYMOUS):
                target = ANONYMOUS
            elif _is(data, first, last, _MESSAGE):
                target = MESSAGE
            if target >= 0:
                row[target] = -1 if is_null else began + 1
                row[target + 1] = -1 if is_null else at - 1
        if at < 0 or at >= end:
            return -1
        if data[at] == 125:
            break
        if data[at] != 44:
            return -1
        at += 1
    if name < 0:
        return -1
    row[KIND] = _kind_of(data, name, raw, raw_end, kind_slots, kinds, counts)
    return -1 if row[KIND] < 0 else at + 1


@compiled
def scan(
    data: Any, starts: Any, ends: Any, rows: Any, marks: Any, names: Any, kinds: Any,
    columns: Any, cells: Any, doubles: Any, parents: Any, counts: Any,
) -> int:  # fmt: skip
    """Notes every event of the frames, and what counts there is of everything; 0 or NOT_UNDERSTOOD.

    ``counts`` are events, names, kinds, columns, cells, lines. What was refused is passed over.
    """
    name_slots = np.full(SLOTS, -1, np.int32)
    kind_slots = np.full(SLOTS, -1, np.int32)
    column_slots = np.full(SLOTS, -1, np.int32)
    counts[:] = 0
    for frame in range(len(starts)):
        at, end = starts[frame], ends[frame]
        if data[at] != 91 or data[end - 1] != 93:
            return NOT_UNDERSTOOD
        at += 1
        while data[at] != 93:
            if data[at] == 123:  # what was refused
                at = _skip(data, at, end)
            elif data[at] == 91:
                place = counts[0]
                counts[0] += 1
                row = rows[place]
                row[:] = -1
                row[START], row[SPOKEN], row[MENTIONED] = at, 0, 0
                at = _event(
                    data, at + 1, end, row, place, name_slots, kind_slots, column_slots, names,
                    kinds, columns, cells, doubles, parents, counts,
                )  # fmt: skip
                if at < 0 or at + 1 >= end or data[at] != 44:
                    return NOT_UNDERSTOOD
                at += 1
                is_list = data[at] == 91
                at += is_list
                row[PROFILE], at = _integer(data, at, end)
                if at < 0:
                    return NOT_UNDERSTOOD
                if is_list:
                    if data[at] == 44:
                        row[SPOKEN] = 1
                        row[MENTIONED], at = _integer(data, at + 1, end)
                    while at >= 0 and data[at] == 44:
                        _, at = _integer(data, at + 1, end)
                    if at < 0 or data[at] != 93:
                        return NOT_UNDERSTOOD
                    at += 1
                if data[at] != 44:
                    return NOT_UNDERSTOOD
                row[ARRIVAL], at = _integer(data, at + 1, end)
                if at < 0 or data[at] != 44:
                    return NOT_UNDERSTOOD
                marks[place, 0], at = _unsigned(data, at + 1, end)
                if at < 0 or data[at] != 44:
                    return NOT_UNDERSTOOD
                marks[place, 1], at = _unsigned(data, at + 1, end)
                if at < 0 or data[at] != 93:
                    return NOT_UNDERSTOOD
                at += 1
                row[END] = at
            else:
                return NOT_UNDERSTOOD
            if at < 0 or at >= end:
                return NOT_UNDERSTOOD
            if data[at] == 44:
                at += 1
            elif data[at] != 93:
                return NOT_UNDERSTOOD
        if at != end - 1:
            return NOT_UNDERSTOOD
    return 0


@compiled
def by_column(cells: Any, count: int, order: Any, ends: Any) -> bool:
    """Cells by their column, in their order; whether each event or line has one of each at most."""
    ends[:] = 0
    for cell in range(len(order)):
        ends[cells[cell, COLUMN]] += 1
    total = 0
    for column in range(count):
        many = ends[column]
        ends[column] = total
        total += many
    for cell in range(len(order)):
        column = cells[cell, COLUMN]
        order[ends[column]] = cell
        ends[column] += 1
    for place in range(1, len(order)):
        one, before = order[place], order[place - 1]
        if (
            cells[one, COLUMN] == cells[before, COLUMN]
            and cells[one, OWNER] == cells[before, OWNER]
        ):
            return False
    return True


@inner
def _put(out: Any, to: int, point: int) -> int:
    """Writes a character of a text in UTF-8."""
    if point < 0x80:
        out[to] = point
        return to + 1
    if point < 0x800:
        out[to] = 0xC0 | point >> 6
        out[to + 1] = 0x80 | point & 63
        return to + 2
    out[to] = 0xE0 | point >> 12
    out[to + 1] = 0x80 | point >> 6 & 63
    out[to + 2] = 0x80 | point & 63
    return to + 3


@compiled
def write_texts(data: Any, spans: Any, out: Any, offsets: Any) -> None:
    """Writes texts one behind the other, as they are meant; a span that begins at -1 is none."""
    to = 0
    for i in range(len(spans)):
        offsets[i] = to
        at, end = spans[i, 0], spans[i, 1]
        if at < 0:
            continue
        while at < end:
            byte = data[at]
            at += 1
            if byte != 92:
                out[to] = byte
                to += 1
                continue
            byte = data[at]
            at += 1
            if byte == 117:
                to = _put(out, to, _hex(data, at))
                at += 4
                continue
            if byte == 98:
                byte = 8
            elif byte == 102:
                byte = 12
            elif byte == 110:
                byte = 10
            elif byte == 114:
                byte = 13
            elif byte == 116:
                byte = 9
            out[to] = byte
            to += 1
    offsets[len(spans)] = to


@compiled
def copy_texts(data: Any, offsets: Any, chosen: Any, out: Any, ends: Any) -> None:
    """Copies some of the texts of a buffer one behind the other."""
    to = 0
    for i in range(len(chosen)):
        ends[i] = to
        for at in range(offsets[chosen[i]], offsets[chosen[i] + 1]):
            out[to] = data[at]
            to += 1
    ends[len(chosen)] = to
