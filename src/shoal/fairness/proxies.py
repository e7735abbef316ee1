"""What goes with something sensitive: how well one thing known of people tells another.

The measure is Cramér's V, freed of bias as Bergsma proposed: 0 where the two have nothing to do with
each other, 1 where one tells the other. Numbers are cut at their quartiles first, unset is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoal.audits.differences import cramers_v

NOTABLE = 0.2
"""Cramér's V from which something is told to stand for something else."""
LEAST = 50
"""People with both known, below which nothing is said."""
MOST_VALUES = 50
"""Different values above which a text is an id and no trait."""


@dataclass(frozen=True, slots=True)
class Association:
    """How closely two things go together, among so many people of whom both are known."""

    strength: float
    people: int

    @property
    def is_notable(self) -> bool:
        """Whether one may stand for the other."""
        return self.strength >= NOTABLE


def association(one: Sequence[object], other: Sequence[object]) -> Association | None:
    """How closely two columns go together; None where too few are known or a value is everybody's."""
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a is not None and b is not None]
    if len(pairs) < LEAST:
        return None
    left, right = (_codes([pair[side] for pair in pairs]) for side in (0, 1))
    if left is None or right is None:
        return None
    table = np.zeros((left.max() + 1, right.max() + 1))
    np.add.at(table, (left, right), 1)
    if min(table.shape) < 2:
        return None
    return Association(cramers_v(table), len(pairs))


def _codes(values: Sequence[object]) -> np.ndarray[tuple[int], np.dtype[np.int64]] | None:
    """Values as numbers from 0 on; numbers by their quarter; None for what is like an id."""
    if all(isinstance(it, int | float) and not isinstance(it, bool) for it in values):
        numbers = np.array(values, dtype=np.float64)
        if len(np.unique(numbers)) > 4:
            cuts = np.unique(np.quantile(numbers, [0.25, 0.5, 0.75]))
            codes = np.searchsorted(cuts, numbers, "right")
            return np.unique(codes, return_inverse=True)[1].reshape(-1)
    names = [str(it) for it in values]
    known = {name: code for code, name in enumerate(sorted(set(names)))}
    if len(known) > min(MOST_VALUES, len(values) // 2):
        return None
    return np.array([known[it] for it in names], dtype=np.int64)
