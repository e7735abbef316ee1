"""Compiled passes that hash columns row by row into 128 bits, and count equal hashes.

The mixing is that of the public-domain MurmurHash3 (x64, 128 bits), with every 64-bit word given
to both halves, and with the state kept per row, so that columns may come one at a time. It is
stable across machines and versions: stored identities depend on it (a test holds some values).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from shoal.core.compiled import compiled

Int64s = npt.NDArray[np.int64]
UInt64s = npt.NDArray[np.uint64]
Bytes = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]

TEXT, WHOLE, DOUBLE, BOOLEAN, INSTANT, LIST = (np.uint64(kind) for kind in range(1, 7))
"""What a value is, so that the text ``1`` and the number 1 differ."""

_C1, _C2 = np.uint64(0x87C37B91114253D5), np.uint64(0x4CF5AD432745937F)
_D1, _D2 = np.uint64(0x52DCE729), np.uint64(0x38495AB5)
_F1, _F2 = np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53)
_FIVE, _ONE, _ZERO = np.uint64(5), np.uint64(1), np.uint64(0)
_R33 = np.uint64(33)
_NAN = np.uint64(0x7FF8000000000000)


@compiled
def _turn(word: np.uint64, by: int) -> np.uint64:
    return (word << np.uint64(by)) | (word >> np.uint64(64 - by))


@compiled
def _mixed(a: np.uint64, b: np.uint64, word: np.uint64) -> tuple[np.uint64, np.uint64]:
    a = (_turn(a ^ (_turn(word * _C1, 31) * _C2), 27) + b) * _FIVE + _D1
    b = (_turn(b ^ (_turn(word * _C2, 33) * _C1), 31) + a) * _FIVE + _D2
    return a, b


@compiled
def _scattered(word: np.uint64) -> np.uint64:
    word = (word ^ (word >> _R33)) * _F1
    word = (word ^ (word >> _R33)) * _F2
    return word ^ (word >> _R33)


@compiled
def _named(state: UInt64s, i: int, name: UInt64s, kind: np.uint64) -> tuple[np.uint64, np.uint64]:
    """The row's state with the column's name and the value's kind taken in."""
    a, b = _mixed(state[i, 0], state[i, 1], name[0] ^ kind)
    return _mixed(a, b, name[1])


@compiled
def absorb_text(state: UInt64s, name: UInt64s, offsets: Int64s, data: Bytes, is_set: Mask) -> None:
    """Takes in the text of each row that has any; an unset cell leaves no trace."""
    for i in range(len(is_set)):
        if not is_set[i]:
            continue
        a, b = _named(state, i, name, TEXT)
        at, end = offsets[i], offsets[i + 1]
        a, b = _mixed(a, b, np.uint64(end - at))
        while end - at >= 8:
            word = (
                np.uint64(data[at])
                | np.uint64(data[at + 1]) << np.uint64(8)
                | np.uint64(data[at + 2]) << np.uint64(16)
                | np.uint64(data[at + 3]) << np.uint64(24)
                | np.uint64(data[at + 4]) << np.uint64(32)
                | np.uint64(data[at + 5]) << np.uint64(40)
                | np.uint64(data[at + 6]) << np.uint64(48)
                | np.uint64(data[at + 7]) << np.uint64(56)
            )
            a, b = _mixed(a, b, word)
            at += 8
        if at < end:
            word = _ZERO
            while at < end:
                end -= 1
                word = word << np.uint64(8) | np.uint64(data[end])
            a, b = _mixed(a, b, word)
        state[i, 0], state[i, 1] = a, b


@compiled
def absorb_words(
    state: UInt64s, name: UInt64s, kind: np.uint64, words: UInt64s, is_set: Mask
) -> None:
    """Takes in one 64-bit value per row."""
    for i in range(len(is_set)):
        if is_set[i]:
            a, b = _named(state, i, name, kind)
            state[i, 0], state[i, 1] = _mixed(a, b, words[i])


@compiled
def absorb_doubles(
    state: UInt64s, name: UInt64s, values: npt.NDArray[np.float64], bits: UInt64s, is_set: Mask
) -> None:
    """Takes in doubles; whole ones as the integers they are, all NaN as one."""
    for i in range(len(is_set)):
        if not is_set[i]:
            continue
        value = values[i]
        if value == np.floor(value) and abs(value) < 2.0**63:
            a, b = _named(state, i, name, WHOLE)
            state[i, 0], state[i, 1] = _mixed(a, b, np.uint64(np.int64(value)))
        else:
            a, b = _named(state, i, name, DOUBLE)
            state[i, 0], state[i, 1] = _mixed(a, b, _NAN if np.isnan(value) else bits[i])


@compiled
def absorb_groups(
    state: UInt64s, name: UInt64s, offsets: Int64s, members: UInt64s, is_set: Mask
) -> None:
    """Takes in, for each row, the hashes of its members in order."""
    for i in range(len(is_set)):
        if not is_set[i]:
            continue
        a, b = _named(state, i, name, LIST)
        a, b = _mixed(a, b, np.uint64(offsets[i + 1] - offsets[i]))
        for j in range(offsets[i], offsets[i + 1]):
            a, b = _mixed(a, b, members[j, 0])
            a, b = _mixed(a, b, members[j, 1])
        state[i, 0], state[i, 1] = a, b


@compiled
def finish(state: UInt64s, counts: Int64s) -> None:
    """Ends every row's hash; ``counts`` tells equal rows apart."""
    for i in range(len(state)):
        a, b = _mixed(state[i, 0], state[i, 1], np.uint64(counts[i]))
        a, b = a + b, a + b + b
        a, b = _scattered(a), _scattered(b)
        state[i, 0], state[i, 1] = a + b, a + b + b


@compiled
def _slot(keys: UInt64s, key: np.uint64) -> np.uint64:
    """Where the key stands, or the empty place for it."""
    wide = np.uint64(len(keys) - 1)
    at = _scattered(key) & wide
    while keys[at] != _ZERO and keys[at] != key:
        at = (at + _ONE) & wide
    return at


@compiled
def count_repeats(
    state: UInt64s, seen: UInt64s, again: UInt64s, times: Int64s, counts: Int64s
) -> tuple[int, int]:
    """How often each row's hash came before; how many new keys both tables took.

    ``seen`` holds every hash once, ``again`` only those that came twice, with their ``times``:
    most files repeat little, so most rows cost eight bytes.
    """
    new, repeated = 0, 0
    for i in range(len(state)):
        key = state[i, 0] if state[i, 0] != _ZERO else _ONE
        at = _slot(seen, key)
        if seen[at] == _ZERO:
            seen[at] = key
            new += 1
            counts[i] = 0
            continue
        at = _slot(again, key)
        if again[at] == _ZERO:
            again[at] = key
            repeated += 1
        times[at] += 1
        counts[i] = times[at]
    return new, repeated


@compiled
def rehash(old: UInt64s, old_times: Int64s, keys: UInt64s, times: Int64s) -> None:
    """Moves every key, and its times where there are any, to larger tables."""
    for i in range(len(old)):
        if old[i] != _ZERO:
            at = _slot(keys, old[i])
            keys[at] = old[i]
            if len(times):
                times[at] = old_times[i]
