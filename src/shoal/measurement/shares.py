"""Shares and the intervals of 95 % around them."""

from __future__ import annotations

from math import sqrt

Z95 = 1.959963984540054
"""Standard deviations on either side that hold 95 % of a normal distribution."""


def wilson(part: int, whole: int) -> tuple[float, float]:
    """The interval of 95 % for a share (Wilson 1927): honest for few people and near 0 and 1.

    ``whole`` is at least 1.

    >>> [round(it, 3) for it in wilson(8, 10)]
    [0.49, 0.943]
    """
    share, square = part / whole, Z95 * Z95
    middle = share + square / (2 * whole)
    width = Z95 * sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    below = 1 + square / whole
    return max(0.0, (middle - width) / below), min(1.0, (middle + width) / below)
