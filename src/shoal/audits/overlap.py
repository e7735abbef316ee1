"""How far segments hold the same people, from packed bits."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Bits = Sequence[npt.NDArray[np.uint8]]


def shared(one: Bits, other: Bits) -> int:
    """How many belong to both.

    >>> shared([np.array([0b0110], np.uint8)], [np.array([0b0011], np.uint8)])
    1
    """
    return sum(int(np.bitwise_count(a & b).sum()) for a, b in zip(one, other, strict=True))


def differing(one: Bits, other: Bits) -> int:
    """How many belong to exactly one of the two."""
    return sum(int(np.bitwise_count(a ^ b).sum()) for a, b in zip(one, other, strict=True))


def jaccard(one: Bits, other: Bits) -> float:
    """Those in both among those in either; 1 where nobody is in any."""
    both, apart = shared(one, other), differing(one, other)
    return both / (both + apart) if both + apart else 1.0
