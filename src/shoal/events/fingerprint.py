"""The identity of an imported row: 128 bits of its message id, or of its content.

A row that brings an id is (source, event, id). Any other is its content: the event's name and the
source's columns by name, in the order of their names; an unset cell leaves no trace, so it differs
from empty text and a column that is absent differs from nothing. Of equal rows in a file the k-th
is the k-th such event, so two equal rows are two events and the same file again adds none.

Text counts by its UTF-8 bytes, so a file packed or not, read in large batches or small, gives the
same identities. In typed files whole numbers count as numbers whatever their width, instants as
microseconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.instants import Zone
from shoal.events.columns import as_text, plain
from shoal.events.conversion import typed_instants

Int64s = npt.NDArray[np.int64]
UInt64s = npt.NDArray[np.uint64]

_UTC = Zone()


def id_fingerprints(source: str, event: str, ids: pa.Array) -> UInt64s:
    """Identities of rows that bring an id, one (n, 2) row each."""
    from shoal.events import hashing

    state = _seeded(f"id\0{source}\0{event}", len(ids))
    _absorb(state, _name("id"), as_text(ids))
    hashing.finish(state, np.zeros(len(ids), dtype=np.int64))
    return state


def content_hashes(event: str, columns: Mapping[str, pa.Array], rows: int) -> UInt64s:
    """The content of each row, not yet an identity: see :class:`Repetitions`."""
    state = _seeded(f"row\0{event}", rows)
    for name in sorted(columns):
        _absorb(state, _name(name), plain(columns[name]))
    return state


def add_members(contents: UInt64s, name: str, members: UInt64s, offsets: Int64s) -> None:
    """Adds to each row's content that of its members, in order; a row without any stays.

    Row i has the members from ``offsets[i]`` up to ``offsets[i + 1]``.
    """
    from shoal.events import hashing

    some = offsets[1:] > offsets[:-1]
    hashing.absorb_groups(contents, _name(name), offsets, members, some)


class Repetitions:
    """Counts equal rows over a whole file, a batch at a time."""

    def __init__(self) -> None:
        self._seen = np.zeros(1 << 10, dtype=np.uint64)
        self._again = np.zeros(1 << 10, dtype=np.uint64)
        self._times = np.zeros(1 << 10, dtype=np.int64)
        self._rows = 0
        self._repeated = 0

    def fingerprints(self, contents: UInt64s) -> UInt64s:
        """Identities of rows by content; equal rows differ by how many came before."""
        from shoal.events import hashing

        self._make_room(len(contents))
        counts = np.empty(len(contents), dtype=np.int64)
        new, repeated = hashing.count_repeats(
            contents, self._seen, self._again, self._times, counts
        )
        self._rows += int(new)
        self._repeated += int(repeated)
        state = contents.copy()
        hashing.finish(state, counts)
        return state

    def _make_room(self, rows: int) -> None:
        from shoal.events import hashing

        none = np.empty(0, dtype=np.int64)
        size = _table_size(self._rows + rows)
        if size > len(self._seen):
            seen = np.zeros(size, dtype=np.uint64)
            hashing.rehash(self._seen, none, seen, none)
            self._seen = seen
        size = _table_size(self._repeated + rows)
        if size > len(self._again):
            again, times = np.zeros(size, dtype=np.uint64), np.zeros(size, dtype=np.int64)
            hashing.rehash(self._again, self._times, again, times)
            self._again, self._times = again, times


def _table_size(keys: int) -> int:
    """A power of two that stays at most two thirds full."""
    return 1 << max(10, (keys + keys // 2).bit_length())


def _seeded(purpose: str, rows: int) -> UInt64s:
    return np.tile(_name(purpose), (rows, 1))


@lru_cache(maxsize=4096)
def _name(text: str) -> UInt64s:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
    return np.frombuffer(digest, dtype="<u8").astype(np.uint64)


def _absorb(state: UInt64s, name: UInt64s, array: pa.Array) -> None:
    from shoal.events import cells, hashing

    kind = array.type
    if pa.types.is_null(kind):
        return
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        _absorb_list(state, name, array)
        return
    if pa.types.is_struct(kind):
        for field, inner in zip(kind, array.flatten(), strict=True):
            _absorb(state, _name(f"{name.tobytes().hex()}.{field.name}"), plain(inner))
        return
    is_set = array.is_valid().to_numpy(zero_copy_only=False)
    if pa.types.is_boolean(kind):
        words = array.fill_null(False).to_numpy(zero_copy_only=False).astype(np.uint64)
        hashing.absorb_words(state, name, hashing.BOOLEAN, words, is_set)
    elif pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        instants, is_set = typed_instants(array, _UTC)
        hashing.absorb_words(state, name, hashing.INSTANT, instants.view(np.uint64), is_set)
    elif pa.types.is_integer(kind):
        whole = array.fill_null(0) if array.null_count else array
        words = whole.to_numpy(zero_copy_only=False)
        words = words.astype(np.uint64 if kind == pa.uint64() else np.int64).view(np.uint64)
        hashing.absorb_words(state, name, hashing.WHOLE, words, is_set)
    elif pa.types.is_floating(kind):
        filled = array.fill_null(0.0) if array.null_count else array
        values = filled.to_numpy(zero_copy_only=False).astype(np.float64)
        hashing.absorb_doubles(state, name, values, values.view(np.uint64), is_set)
    else:
        hashing.absorb_text(state, name, *cells.text_buffers(as_text(array)))


def _absorb_list(state: UInt64s, name: UInt64s, array: pa.Array) -> None:
    from shoal.events import hashing

    inner = plain(array.values)
    members = _seeded("element", len(inner))
    _absorb(members, _name("value"), inner)
    offsets = array.offsets.to_numpy(zero_copy_only=False).astype(np.int64)
    is_set = array.is_valid().to_numpy(zero_copy_only=False)
    hashing.absorb_groups(state, name, offsets, members, is_set)
