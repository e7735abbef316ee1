"""Compiled loops that put rows in the order of a history: profile, occurred_at, arrival.

Imported only where rows are put in order; reading a store with nothing to merge needs none.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from shoal.core.compiled import compiled

_INSERTION = 24


@compiled
def sort_rows(  # noqa: PLR0912  (one compiled loop)
    rank: Any, profiles: int, occurred_at: Any, arrival: Any
) -> Any:
    """Old row of each new row. Rows equal in all three keep the order they came in."""
    count = rank.shape[0]
    starts = np.zeros(profiles + 1, dtype=np.int64)
    for row in range(count):
        starts[rank[row] + 1] += 1
    for profile in range(profiles):
        starts[profile + 1] += starts[profile]
    order = np.empty(count, dtype=np.int32)
    fill = starts[:-1].copy()
    for row in range(count):
        profile = rank[row]
        order[fill[profile]] = row
        fill[profile] += 1
    at = occurred_at[order]
    spare = np.empty(0, dtype=np.int64)
    spare_at = np.empty(0, dtype=np.int64)
    for profile in range(profiles):
        start, end = starts[profile], starts[profile + 1]
        ordered = True
        for place in range(start + 1, end):
            if at[place - 1] > at[place] or (
                at[place - 1] == at[place] and arrival[order[place - 1]] > arrival[order[place]]
            ):
                ordered = False
                break
        if ordered:
            continue
        for low in range(start, end, _INSERTION):
            for place in range(low + 1, min(low + _INSERTION, end)):
                row, instant = order[place], at[place]
                hole = place
                while hole > low and (
                    at[hole - 1] > instant
                    or (at[hole - 1] == instant and arrival[order[hole - 1]] > arrival[row])
                ):
                    order[hole] = order[hole - 1]
                    at[hole] = at[hole - 1]
                    hole -= 1
                order[hole] = row
                at[hole] = instant
        width = _INSERTION
        if end - start > width and spare.shape[0] < end - start:
            spare = np.empty(end - start, dtype=np.int64)
            spare_at = np.empty(end - start, dtype=np.int64)
        while width < end - start:
            for low in range(start, end, 2 * width):
                middle, high = min(low + width, end), min(low + 2 * width, end)
                left, right = low, middle
                for place in range(high - low):
                    take_left = left < middle
                    if take_left and right < high:
                        take_left = at[left] < at[right] or (
                            at[left] == at[right] and arrival[order[left]] <= arrival[order[right]]
                        )
                    chosen = left if take_left else right
                    spare[place] = order[chosen]
                    spare_at[place] = at[chosen]
                    if take_left:
                        left += 1
                    else:
                        right += 1
                for place in range(high - low):
                    order[low + place] = spare[place]
                    at[low + place] = spare_at[place]
            width *= 2
    return order


@compiled
def merge_rows(  # noqa: PLR0913, PLR0917  (the arrays of two runs)
    profiles_a: Any,
    offsets_a: Any,
    at_a: Any,
    arrival_a: Any,
    profiles_b: Any,
    offsets_b: Any,
    at_b: Any,
    arrival_b: Any,
) -> Any:
    """Two sorted runs as one: its profiles and offsets, and the new place of each row of both."""
    count_a, count_b = profiles_a.shape[0], profiles_b.shape[0]
    profiles = np.empty(count_a + count_b, dtype=np.int64)
    offsets = np.zeros(count_a + count_b + 1, dtype=np.int64)
    places_a = np.empty(at_a.shape[0], dtype=np.int32)
    places_b = np.empty(at_b.shape[0], dtype=np.int32)
    a, b, count, place = 0, 0, 0, 0
    while a < count_a or b < count_b:
        from_a = a < count_a and (b >= count_b or profiles_a[a] <= profiles_b[b])
        from_b = b < count_b and (a >= count_a or profiles_b[b] <= profiles_a[a])
        profiles[count] = profiles_a[a] if from_a else profiles_b[b]
        left, left_end, right, right_end = 0, 0, 0, 0
        if from_a:
            left, left_end = offsets_a[a], offsets_a[a + 1]
            a += 1
        if from_b:
            right, right_end = offsets_b[b], offsets_b[b + 1]
            b += 1
        while left < left_end and right < right_end:
            if at_a[left] < at_b[right] or (
                at_a[left] == at_b[right] and arrival_a[left] <= arrival_b[right]
            ):
                places_a[left] = place
                left += 1
            else:
                places_b[right] = place
                right += 1
            place += 1
        while left < left_end:
            places_a[left] = place
            left += 1
            place += 1
        while right < right_end:
            places_b[right] = place
            right += 1
            place += 1
        count += 1
        offsets[count] = place
    return profiles[:count].copy(), offsets[: count + 1].copy(), places_a, places_b


@compiled
def first_seen(offsets: Any, occurred_at: Any, counts: Any, event: Any) -> Any:
    """Per profile the first instant of an event that makes it known (``counts[event]``)."""
    profiles = offsets.shape[0] - 1
    found = np.empty(profiles, dtype=np.int64)
    for profile in range(profiles):
        found[profile] = np.iinfo(np.int64).max
        for row in range(offsets[profile], offsets[profile + 1]):
            if counts[event[row]]:
                found[profile] = occurred_at[row]
                break
    return found
