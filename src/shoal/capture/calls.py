"""The calls of a batch as the scanner finds them, and their properties as JSON under our names."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from shoal.capture.scanning import (
    END,
    KEY,
    PAIR,
    PAIRS,
    START,
    VALUE,
    WIDTH,
    scan,
    sort_by_keys,
    write_properties,
)
from shoal.capture.shaping import LONGEST, names_of
from shoal.capture.telling import LONGEST_ID, LONGEST_NAME
from shoal.store.written import Written

_LIMITS = np.array([LONGEST_NAME, LONGEST_ID, LONGEST], np.int64)
_SEEDS = np.frombuffer(os.urandom(16), np.uint64)
"""Nobody can tell beforehand which lists of keys would be taken for one another."""
_MOST_LISTS = 4_096
_LONGEST_LIST = 8_000
_MOST_IN_BATCH = 64
"""Lists of keys of one batch that are looked at; a call with another is read by itself."""


@dataclass(slots=True, eq=False)
class Calls:
    """Calls of a body: their spans, their instants, and their properties where they are plain."""

    body: bytes
    whole: str | None
    """The body as text, where its bytes and its characters are the same."""
    start: int
    stop: int
    rows: npt.NDArray[np.int64]
    properties: list[Written | None]
    """None for a call that is not a usual one."""

    def __len__(self) -> int:
        return len(self.rows)

    def text(self, first: int, last: int) -> str:
        """The text that stands there."""
        return self.body[first:last].decode() if self.whole is None else self.whole[first:last]

    def call(self, place: int) -> bytes:
        """One call as it was sent."""
        return self.body[int(self.rows[place, START]) : int(self.rows[place, END])]


def calls_in(body: bytes) -> Calls | None:
    """The calls of a batch; None where its bytes alone do not tell."""
    whole = None
    if body.isascii():
        whole = body.decode()
    else:
        try:
            body.decode()
        except UnicodeDecodeError:
            return None
    data = np.frombuffer(body, np.uint8)
    rows = np.empty((body.count(b"{"), WIDTH), np.int64)
    pairs = np.empty((body.count(b":"), PAIR), np.int64)
    count, start, stop = scan(data, rows, pairs, _LIMITS)
    if count < 0:
        return None
    rows = rows[:count]
    return Calls(body, whole, start, stop, rows, _properties(body, data, rows, pairs))


@dataclass(frozen=True, slots=True, eq=False)
class _Names:
    """What the keys of an object become: each ``"name":`` as bytes, one behind the other."""

    spans: npt.NDArray[np.int64]
    data: bytes


_NO_NAMES = _Names(np.zeros((0, 2), np.int64), b"")
_known: dict[tuple[int, int], _Names | None] = {}


def _properties(
    body: bytes, data: npt.NDArray[np.uint8], rows: npt.NDArray[np.int64], pairs: Any
) -> list[Written | None]:
    if not len(rows):
        return []
    found = np.empty((_MOST_IN_BATCH, 3), np.uint64)
    kinds = np.empty(len(rows), np.int64)
    count = sort_by_keys(data, rows, pairs, _SEEDS, found, kinds)
    lists: list[_Names] = []
    for kind, (high, low, first) in enumerate(found[:count].tolist()):
        key = (high, low)
        names = _known[key] if key in _known else _named(key, body, rows[first], pairs)
        if names is None:
            kinds[kinds == kind] = -1
        lists.append(names or _NO_NAMES)
    firsts = np.zeros(count + 1, np.int64)
    spans, texts = lists[0].spans if lists else _NO_NAMES.spans, b""
    if count > 1:
        np.cumsum([len(names.spans) for names in lists], out=firsts[1:])
        bases = np.cumsum([0, *(len(names.data) for names in lists)])
        spans = np.concatenate([it.spans + base for it, base in zip(lists, bases, strict=False)])
    texts = b"".join([names.data for names in lists])
    longest = max((len(names.data) for names in lists), default=0)
    out = np.empty(len(body) + len(rows) * (longest + 2), np.uint8)
    ends = np.empty(len(rows), np.int64)
    names_in = np.frombuffer(texts, np.uint8)
    write_properties(data, rows, pairs, kinds, firsts, spans, names_in, out, ends)
    written = out[: int(ends[-1])].tobytes()
    began = 0
    made: list[Written | None] = []
    for end in ends.tolist():
        made.append(Written(written[began:end]) if end > began else None)
        began = end
    return made


def _named(
    key: tuple[int, int], body: bytes, row: npt.NDArray[np.int64], pairs: Any
) -> _Names | None:
    """The names of one call's keys; None where they are not taken as they come."""
    some = pairs[int(row[PAIRS]) : int(row[PAIRS + 1])].tolist()
    try:
        keys = [body[one[KEY] + 1 : one[KEY + 1] - 1].decode() for one in some]
    except UnicodeDecodeError:
        return None
    kept = tuple(text for text, one in zip(keys, some, strict=True) if one[VALUE] >= 0)
    names = names_of(kept)
    if len(set(keys)) < len(keys) or any("\\" in text for text in keys):
        names = None  # which of two counts, only the value tells
    found = None
    if names is not None:
        parts = [json.dumps(name, ensure_ascii=False).encode() + b":" for name in names or kept]
        ends = np.cumsum([len(part) for part in parts], dtype=np.int64)
        spans = np.stack((ends - [len(part) for part in parts], ends), axis=1)
        found = _Names(spans.reshape(-1, 2).astype(np.int64), b"".join(parts))
    if sum(map(len, keys)) <= _LONGEST_LIST:
        if len(_known) >= _MOST_LISTS:
            _known.clear()
        _known[key] = found
    return found
