"""Compiled search for the places at which new rows stand among a history's own."""

from __future__ import annotations

import numpy as np

from shoal.core.compiled import compiled
from shoal.engine.history import Int64s


@compiled
def find_places(
    offsets: Int64s,
    times: Int64s,
    profiles: Int64s,
    instants: Int64s,
    first: bool,  # noqa: FBT001  # compiled functions take places, not names
) -> Int64s:
    """The base row before which each new row stands."""
    places = np.empty(len(profiles), dtype=np.int64)
    for i in range(len(profiles)):
        low, high = offsets[profiles[i]], offsets[profiles[i] + 1]
        while low < high:
            middle = (low + high) // 2
            if times[middle] < instants[i] or (not first and times[middle] == instants[i]):
                low = middle + 1
            else:
                high = middle
        places[i] = low
    return places
