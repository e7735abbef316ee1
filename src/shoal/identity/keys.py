"""Hashes of identifiers and profile numbers: stable for ever, since files are laid out by them.

Equal hashes prove nothing: whoever looks up by hash compares the texts too.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    import pyarrow as pa

_MASK = (1 << 64) - 1
_MULTIPLY = 0x9E3779B97F4A7C15
_MIX_1 = 0xBF58476D1CE4E5B9
_MIX_2 = 0x94D049BB133111EB
_ANONYMOUS = 0xD6E8FEB86659FD93
_FEW = 256
"""Below this many texts, plain Python is quicker than loading the compiled loop."""

UInt64s = npt.NDArray[np.uint64]


def hash_text(text: str, *, anonymous: bool = False) -> int:
    """64 bits of an identifier; user ids and anonymous ids hash apart."""
    data = text.encode("utf-8", "surrogatepass")
    state = (_ANONYMOUS if anonymous else 0) ^ len(data)
    for start in range(0, len(data), 8):
        word = int.from_bytes(data[start : start + 8], "little")
        state = ((state ^ word) * _MULTIPLY) & _MASK
        state ^= state >> 29
    return _finish(state)


def hash_texts(texts: pa.Array, *, anonymous: bool = False) -> UInt64s:
    """:func:`hash_text` of each text of a string array without nulls."""
    if len(texts) < _FEW:
        found = [hash_text(text, anonymous=anonymous) for text in texts.to_pylist()]
        return np.array(found, dtype=np.uint64)
    import pyarrow as pa

    wide = texts.cast(pa.large_string())
    _, offsets, data = wide.buffers()
    starts = np.frombuffer(offsets, dtype=np.int64)[wide.offset : wide.offset + len(wide) + 1]
    content = np.frombuffer(data, dtype=np.uint8) if data is not None else np.zeros(0, np.uint8)
    seed = np.uint64(_ANONYMOUS if anonymous else 0)
    return _compiled()(starts, content, seed)


def buckets_of(numbers: npt.NDArray[np.int64], buckets: int) -> npt.NDArray[np.int64]:
    """The bucket of each profile number.

    >>> buckets_of(np.array([1, 1, 2]), 16).tolist()
    [15, 15, 4]
    """
    state = numbers.astype(np.uint64) * np.uint64(_MULTIPLY)
    state ^= state >> np.uint64(30)
    state *= np.uint64(_MIX_1)
    state ^= state >> np.uint64(27)
    state *= np.uint64(_MIX_2)
    state ^= state >> np.uint64(31)
    return (state % np.uint64(buckets)).astype(np.int64)


def _finish(state: int) -> int:
    state = ((state ^ (state >> 30)) * _MIX_1) & _MASK
    state = ((state ^ (state >> 27)) * _MIX_2) & _MASK
    return state ^ (state >> 31)


@lru_cache(maxsize=1)
def _compiled() -> Any:
    """The same hash over the buffers of a string array."""
    from shoal.core.compiled import compiled

    multiply, mix_1, mix_2 = np.uint64(_MULTIPLY), np.uint64(_MIX_1), np.uint64(_MIX_2)

    def loop(starts: Any, content: Any, seed: Any) -> Any:
        count = starts.shape[0] - 1
        found = np.empty(count, dtype=np.uint64)
        for row in range(count):
            start, end = starts[row], starts[row + 1]
            state = seed ^ np.uint64(end - start)
            while start < end:
                stop = min(start + 8, end)
                word = np.uint64(0)
                for at in range(stop - 1, start - 1, -1):
                    word = (word << np.uint64(8)) | np.uint64(content[at])
                state = (state ^ word) * multiply
                state ^= state >> np.uint64(29)
                start = stop
            state = (state ^ (state >> np.uint64(30))) * mix_1
            state = (state ^ (state >> np.uint64(27))) * mix_2
            found[row] = state ^ (state >> np.uint64(31))
        return found

    return compiled(loop)
