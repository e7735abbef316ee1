"""Ranks: the second, global step. Where among all profiles does a value stand?

Each rank node's operand and scope are evaluated in every bucket; their values together give the
cuts, exactly, however many buckets (or machines) there are.
"""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np
import numpy.typing as npt

from shoal.language.tree import InTop, Rank, RankFunction

Floats = npt.NDArray[np.float64]


def cuts_of(node: Rank | InTop, values: Floats) -> Floats:
    """The numbers a rank compares with, from all scoped, set values (in any order).

    For a top or bottom share: one cut; ties at it are in. For quintiles and deciles: the lowest
    value of each step but the first. For percentiles: distinct values, then their percentiles.
    """
    size = len(values)
    if isinstance(node, InTop):
        count = min(ceil(Fraction(repr(node.share)) * size), size)
        if count <= 0:
            return np.array([-np.inf if node.bottom else np.inf])
        at = count - 1 if node.bottom else size - count
        return np.partition(values, at)[at : at + 1]
    if node.function == RankFunction.PERCENTILE:
        distinct, counts = np.unique(values, return_counts=True)
        shares = np.cumsum(counts) * 100.0 / max(size, 1)
        return np.concatenate([distinct, shares])
    steps = 5 if node.function == RankFunction.QUINTILE else 10
    if size == 0:
        return np.full(steps - 1, np.inf)
    places = [step * size // steps for step in range(1, steps)]
    return np.partition(values, sorted(set(places)))[places]
