# ruff: noqa: PLR0911, PLR0912, PLR0913, PLR0917, PLR1714
# A compiled scanner is one long loop over bytes, which it names by their numbers.
"""A compiled pass over a batch's bytes: where each call's parts stand, and nothing is built.

It knows only what nearly all clients send, and says so of a call where it meets anything else; of
a body it does not understand it says nothing at all. Texts may hold the short escapes.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from shoal.core.compiled import compiled, inner

START, END, USUAL, AT, EVENT, USER, ANONYMOUS, MESSAGE, PAIRS = 0, 1, 2, 3, 4, 6, 8, 10, 12
TRACK, TIMED, ORIGINAL = 14, 15, 16
WIDTH = 17
"""Columns of a call: its own span, whether it is a usual one, when it happened, then spans of its
parts (-1 for none) and of its pairs among all pairs; what of it is said."""
KEY, VALUE = 0, 2
PAIR = 4
"""Columns of a pair: the spans of key and value, quotes included; a null has no value."""
UNSAID = -(1 << 62)
"""An instant that was not told."""
NOT_UNDERSTOOD = -1
DEEPEST = 24
LONGEST_NUMBER = 24
EXACT_DIGITS = 15


def _word(text: str) -> Any:
    return np.frombuffer(text.encode(), np.uint8)


_BATCH, _TYPE, _EVENT, _TRACK = _word("batch"), _word("type"), _word("event"), _word("track")
_USER, _ANONYMOUS, _MESSAGE = _word("userId"), _word("anonymousId"), _word("messageId")
_TIMESTAMP, _ORIGINAL = _word("timestamp"), _word("originalTimestamp")
_RECEIVED, _SENT, _CONTEXT = _word("receivedAt"), _word("sentAt"), _word("context")
_PROPERTIES, _CONSENT, _CAMPAIGN = _word("properties"), _word("consent"), _word("campaign")
_TRUE, _FALSE, _NULL = _word("true"), _word("false"), _word("null")


@inner
def _is(data: Any, at: int, end: int, word: Any) -> bool:
    if end - at != len(word):
        return False
    for i in range(len(word)):  # noqa: SIM110
        if data[at + i] != word[i]:
            return False
    return True


@inner
def _space(data: Any, at: int) -> int:
    while at < len(data) and (data[at] == 32 or 9 <= data[at] <= 10 or data[at] == 13):
        at += 1
    return at


@inner
def _text(data: Any, at: int) -> int:
    """Behind a text whose opening quote is at ``at``; -1 where it is none."""
    at += 1
    while at < len(data):
        byte = data[at]
        if byte == 34:
            return at + 1
        if byte == 92:
            at += 1
            if at >= len(data):
                return -1
            byte = data[at]
            if not (byte == 34 or byte == 92 or byte == 47 or byte == 98 or byte == 102
                    or byte == 110 or byte == 114 or byte == 116):  # fmt: skip
                return -1
        elif byte < 32:
            return -1
        at += 1
    return -1


@inner
def _digits(data: Any, at: int) -> int:
    while at < len(data) and 48 <= data[at] <= 57:
        at += 1
    return at


@inner
def _plain(data: Any, at: int) -> int:
    """Behind a short number, a truth or a null; -1 where it is none."""
    byte = data[at]
    if byte == 116:
        return at + 4 if at + 4 <= len(data) and _is(data, at, at + 4, _TRUE) else -1
    if byte == 102:
        return at + 5 if at + 5 <= len(data) and _is(data, at, at + 5, _FALSE) else -1
    if byte == 110:
        return at + 4 if at + 4 <= len(data) and _is(data, at, at + 4, _NULL) else -1
    began = at
    at += byte == 45
    first = at
    at = _digits(data, at)
    if at == first or at - first > EXACT_DIGITS or (data[first] == 48 and at - first > 1):
        return -1
    if at < len(data) and data[at] == 46:
        first = at + 1
        at = _digits(data, first)
        if at == first or at - began > LONGEST_NUMBER:
            return -1
    if at < len(data) and (data[at] == 101 or data[at] == 69):
        return -1
    return at


@inner
def _key(data: Any, at: int) -> tuple[int, int, int]:
    """Where a key's quotes stand, and where its value begins, from before it on; -1 for none."""
    at = _space(data, at)
    if at >= len(data) or data[at] != 34:
        return -1, -1, -1
    end = _text(data, at)
    if end < 0:
        return -1, -1, -1
    value = _space(data, end)
    if value >= len(data) or data[value] != 58:
        return -1, -1, -1
    value = _space(data, value + 1)
    return (-1, -1, -1) if value >= len(data) else (at, end, value)


@inner
def _skip(data: Any, at: int, within: Any) -> int:
    """Behind a value of any kind, which begins at ``at``; -1 where it is none."""
    depth = 0
    while True:
        at = _space(data, at)
        if at >= len(data):
            return -1
        byte = data[at]
        if byte == 123 or byte == 91:
            if depth == len(within):
                return -1
            within[depth] = byte
            depth += 1
            inside = _space(data, at + 1)
            if inside >= len(data):
                return -1
            if data[inside] != byte + 2:
                if byte == 123:
                    _, _, at = _key(data, inside)
                    if at < 0:
                        return -1
                else:
                    at = inside
                continue
            depth -= 1
            at = inside + 1
        else:
            at = _text(data, at) if byte == 34 else _plain(data, at)
            if at < 0:
                return -1
        while depth:
            at = _space(data, at)
            if at >= len(data):
                return -1
            byte = data[at]
            if byte == within[depth - 1] + 2:
                depth -= 1
                at += 1
                continue
            if byte != 44:
                return -1
            at += 1
            if within[depth - 1] == 123:
                _, _, at = _key(data, at)
                if at < 0:
                    return -1
            break
        else:
            return at


@inner
def _number(data: Any, at: int, end: int) -> int:
    """The number of some digits; -1 where there is anything else."""
    found = 0
    for i in range(at, end):
        if not 48 <= data[i] <= 57:
            return -1
        found = found * 10 + (data[i] - 48)
    return found


@inner
def _instant(data: Any, at: int) -> int:
    """Microseconds of ``2026-11-01T10:00:00.000Z`` as it stands there; UNSAID for another form."""
    year, month, day = (
        _number(data, at, at + 4),
        _number(data, at + 5, at + 7),
        _number(data, at + 8, at + 10),
    )
    hour, minute = _number(data, at + 11, at + 13), _number(data, at + 14, at + 16)
    second, part = _number(data, at + 17, at + 19), _number(data, at + 20, at + 23)
    marks = (data[at + 4] == 45 and data[at + 7] == 45 and data[at + 10] == 84
             and data[at + 13] == 58 and data[at + 16] == 58 and data[at + 19] == 46
             and data[at + 23] == 90)  # fmt: skip
    if not marks or year < 1970 or not 1 <= month <= 12 or day < 1 or part < 0:
        return UNSAID
    if not (0 <= hour <= 23 and 0 <= minute <= 59 and 0 <= second <= 59):
        return UNSAID
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    longest = 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31
    if day > (28 + leap if month == 2 else longest):
        return UNSAID
    shifted = year - (month <= 2)  # years from March on, so that the leap day is the last
    of_era = shifted % 400
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    days = shifted // 400 * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468
    seconds = ((days * 24 + hour) * 60 + minute) * 60 + second
    return (seconds * 1_000 + part) * 1_000


@inner
def _simple(data: Any, at: int, end: int, longest: int) -> bool:
    """Whether a quoted text is short, without escapes and with no space at its ends."""
    if not 3 <= end - at <= longest + 2:
        return False
    for i in range(at + 1, end - 1):
        if data[i] == 92:
            return False
    first, last = data[at + 1], data[end - 2]
    return 32 < first < 127 and 32 < last < 127


@inner
def _pairs(data: Any, at: int, pairs: Any, pair: int, longest: int) -> tuple[int, int, bool]:
    """The pairs of an object: behind it, the next pair, and whether all of them are plain."""
    is_plain = True
    at = _space(data, at + 1)
    if at < len(data) and data[at] == 125:
        return at + 1, pair, True
    while True:
        first, last, at = _key(data, at)
        if at < 0:
            return -1, pair, False
        for i in range(first, last):
            is_plain = is_plain and data[i] != 92
        began = at
        byte = data[at]
        if byte == 123 or byte == 91:
            return -2, pair, False
        at = _text(data, at) if byte == 34 else _plain(data, at)
        if at < 0:
            return -2, pair, False
        if at - began > longest:
            is_plain = False
        pairs[pair, KEY], pairs[pair, KEY + 1] = first, last
        pairs[pair, VALUE] = -1 if byte == 110 else began
        pairs[pair, VALUE + 1] = -1 if byte == 110 else at
        pair += 1
        at = _space(data, at)
        if at >= len(data):
            return -1, pair, False
        if data[at] == 125:
            return at + 1, pair, is_plain
        if data[at] != 44:
            return -1, pair, False
        at += 1


@inner
def _context(data: Any, at: int, within: Any) -> bool:
    """Whether a context says nothing that becomes part of an event."""
    if data[at] == 110:
        return True
    if data[at] != 123:
        return False
    at = _space(data, at + 1)
    if data[at] == 125:
        return True
    while True:
        first, last, at = _key(data, at)
        if _is(data, first + 1, last - 1, _CONSENT) or _is(data, first + 1, last - 1, _CAMPAIGN):
            return False
        at = _space(data, _skip(data, at, within))
        if data[at] == 125:
            return True
        at += 1


@inner
def _part(
    data: Any, first: int, last: int, at: int, end: int, call: Any, within: Any, longest: Any
) -> bool:
    """Notes a part of a call, key and value, that is no object of properties; whether it is usual."""
    is_null, is_text = data[at] == 110, data[at] == 34
    if _is(data, first, last, _TYPE):
        call[TRACK] = is_text and _is(data, at + 1, end - 1, _TRACK)
        return True
    if _is(data, first, last, _EVENT):
        call[EVENT], call[EVENT + 1] = at + 1, end - 1
        return is_text and _simple(data, at, end, longest[0])
    if _is(data, first, last, _TIMESTAMP):
        call[AT], call[TIMED] = UNSAID, not is_null
        if is_text and end - at == 26:
            call[AT] = _instant(data, at + 1)
        return is_null or call[AT] != UNSAID
    if _is(data, first, last, _ORIGINAL):
        call[ORIGINAL] = not is_null
        return True
    if _is(data, first, last, _CONTEXT):
        return _context(data, at, within)
    if _is(data, first, last, _RECEIVED) or _is(data, first, last, _SENT):
        return is_null
    if _is(data, first, last, _PROPERTIES):
        call[PAIRS + 1] = call[PAIRS]
        return is_null
    place = -1
    if _is(data, first, last, _USER):
        place = USER
    elif _is(data, first, last, _ANONYMOUS):
        place = ANONYMOUS
    elif _is(data, first, last, _MESSAGE):
        place = MESSAGE
    if place < 0:
        return True
    call[place] = -1 if is_null else at + 1
    call[place + 1] = -1 if is_null else end - 1
    return is_null or (is_text and _simple(data, at, end, longest[1]))


@inner
def _call(
    data: Any, at: int, call: Any, pairs: Any, pair: int, within: Any, longest: Any
) -> tuple[int, int]:
    """Reads one call into its row: behind it, and the next pair."""
    call[:] = -1
    call[START], call[AT], call[TRACK], call[TIMED], call[ORIGINAL] = at, UNSAID, 0, 0, 0
    call[PAIRS] = call[PAIRS + 1] = pair
    is_usual = True
    at = _space(data, at + 1)
    if at < len(data) and data[at] == 125:
        call[END], call[USUAL] = at + 1, 0
        return at + 1, pair
    while True:
        first, last, at = _key(data, at)
        if at < 0:
            return -1, pair
        if data[at] == 123 and _is(data, first + 1, last - 1, _PROPERTIES):
            end, behind, is_part = _pairs(data, at, pairs, pair, longest[2])
            if end == -2:
                end, behind, is_part = _skip(data, at, within), pair, False
            call[PAIRS], call[PAIRS + 1] = pair, behind
            pair = behind
        else:
            end, is_part = _skip(data, at, within), False
            if end >= 0:
                is_part = _part(data, first + 1, last - 1, at, end, call, within, longest)
        if end < 0:
            return -1, pair
        is_usual = is_usual and is_part
        at = _space(data, end)
        if at >= len(data):
            return -1, pair
        if data[at] == 125:
            break
        if data[at] != 44:
            return -1, pair
        at += 1
    is_somebody = call[USER] >= 0 or call[ANONYMOUS] >= 0
    is_timed = call[TIMED] == 1 or call[ORIGINAL] == 0
    call[USUAL] = is_usual and call[TRACK] == 1 and call[EVENT] >= 0 and is_somebody and is_timed
    call[END] = at + 1
    return at + 1, pair


@compiled
def scan(data: Any, calls: Any, pairs: Any, longest: Any) -> tuple[int, int, int]:
    """How many calls, and the span of their array; NOT_UNDERSTOOD where it is no usual batch.

    ``longest`` are the bytes that names of events, ids and texts may have.
    """
    within = np.empty(DEEPEST, np.uint8)
    count, start, stop, pair = 0, -1, -1, 0
    at = _space(data, 0)
    if at >= len(data) or data[at] != 123:
        return NOT_UNDERSTOOD, 0, 0
    at += 1
    while True:
        first, last, at = _key(data, at)
        if at < 0:
            return NOT_UNDERSTOOD, 0, 0
        if not _is(data, first + 1, last - 1, _BATCH):
            at = _skip(data, at, within)
            if at < 0:
                return NOT_UNDERSTOOD, 0, 0
        else:
            if start >= 0 or data[at] != 91:
                return NOT_UNDERSTOOD, 0, 0
            start = at
            at = _space(data, at + 1)
            while at < len(data) and data[at] == 123 and count < len(calls):
                at, pair = _call(data, at, calls[count], pairs, pair, within, longest)
                if at < 0:
                    return NOT_UNDERSTOOD, 0, 0
                count += 1
                at = _space(data, at)
                if at >= len(data) or data[at] != 44:
                    break
                at = _space(data, at + 1)
                if at >= len(data) or data[at] != 123:
                    return NOT_UNDERSTOOD, 0, 0
            if at >= len(data) or data[at] != 93:
                return NOT_UNDERSTOOD, 0, 0
            at += 1
            stop = at
        at = _space(data, at)
        if at >= len(data):
            return NOT_UNDERSTOOD, 0, 0
        if data[at] == 125:
            break
        if data[at] != 44:
            return NOT_UNDERSTOOD, 0, 0
        at += 1
    if _space(data, at + 1) != len(data) or start < 0:
        return NOT_UNDERSTOOD, 0, 0
    return count, start, stop


@compiled
def sort_by_keys(data: Any, calls: Any, pairs: Any, seeds: Any, found: Any, kinds: Any) -> int:
    """Which calls have the same keys, in the same order and with the same of them null.

    ``kinds`` tells of each usual call which of the lists ``found`` it has: 128 bits and the call
    where it stands first. How many lists; a call beyond the room for them has none (-1).
    """
    prime = np.uint64(0x9E3779B97F4A7C15)
    lists = 0
    for i in range(len(calls)):
        kinds[i] = -1
        if calls[i, USUAL] != 1:
            continue
        a, b = seeds[0], seeds[1]
        for pair in range(calls[i, PAIRS], calls[i, PAIRS + 1]):
            for at in range(pairs[pair, KEY], pairs[pair, KEY + 1]):
                byte = np.uint64(data[at])
                a = (a ^ byte) * prime
                a ^= a >> np.uint64(29)
                b = (b + byte) * prime
                b ^= b >> np.uint64(31)
            null = np.uint64(256 + (pairs[pair, VALUE] < 0))
            a = (a ^ null) * prime
            a ^= a >> np.uint64(32)
            b = (b + null) * prime
            b ^= b >> np.uint64(33)
        kind = 0
        while kind < lists and not (found[kind, 0] == a and found[kind, 1] == b):
            kind += 1
        if kind == len(found):
            continue
        if kind == lists:
            found[kind, 0], found[kind, 1], found[kind, 2] = a, b, np.uint64(i)
            lists += 1
        kinds[i] = kind
    return lists


@compiled
def write_properties(
    data: Any,
    calls: Any,
    pairs: Any,
    kinds: Any,
    firsts: Any,
    spans: Any,
    names: Any,
    out: Any,
    ends: Any,
) -> None:
    """Writes each usual call's properties as JSON, under their names; ``ends`` is where each ends.

    ``kinds`` tells which list of names a call has (-1 for none), ``firsts`` where in ``spans`` the
    spans of the list's ``names`` begin.
    """
    to = 0
    for i in range(len(calls)):
        if kinds[i] >= 0:
            out[to] = 123
            to += 1
            begins = to
            name = firsts[kinds[i]]
            for pair in range(calls[i, PAIRS], calls[i, PAIRS + 1]):
                if pairs[pair, VALUE] < 0:
                    continue
                if to > begins:
                    out[to] = 44
                    to += 1
                for at in range(spans[name, 0], spans[name, 1]):
                    out[to] = names[at]
                    to += 1
                name += 1
                for at in range(pairs[pair, VALUE], pairs[pair, VALUE + 1]):
                    out[to] = data[at]
                    to += 1
            out[to] = 125
            to += 1
        ends[i] = to
