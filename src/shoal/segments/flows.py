"""Flows: who was in which of several groups at one instant, and in which at the next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoal.engine.history import Int64s

NONE = "(none)"
"""Known, and in none of the groups."""
UNKNOWN = "(not yet known)"
"""Not met before the instant."""

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Flow:
    """How many profiles went from each place to each place between two instants.

    ``matrix[i, j]`` counts those who were in place ``i`` at ``start`` and in ``j`` at ``end``; the
    places are the groups, then ``(none)``, then ``(not yet known)``.
    """

    start: int
    end: int
    matrix: Int64s


def places_of(members: Sequence[Bools], known: Bools) -> npt.NDArray[np.int32]:
    """Each profile's place: the first group it is a member of, else none, else not yet known.

    >>> places_of([np.array([True, False, False])], np.array([True, True, False])).tolist()
    [0, 1, 2]
    """
    found = np.where(known, len(members), len(members) + 1).astype(np.int32)
    for place in range(len(members) - 1, -1, -1):
        found[members[place]] = place
    return found


def flow(
    start: int,
    end: int,
    before: npt.NDArray[np.int32],
    after: npt.NDArray[np.int32],
    places: int,
) -> Flow:
    """The flow from the places of one instant to those of a later one, the same profiles in both.

    >>> flow(1, 2, np.array([0, 1], np.int32), np.array([1, 1], np.int32), 2).matrix.tolist()
    [[0, 1], [0, 1]]
    """
    pairs = before.astype(np.int64) * places + after
    counts = np.bincount(pairs, minlength=places * places)
    return Flow(start, end, counts.reshape(places, places).astype(np.int64))
