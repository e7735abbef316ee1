"""Compiled loops that take spans of rows out of a run: only what is taken is touched."""

from __future__ import annotations

from typing import Any

import numpy as np

from shoal.core.compiled import compiled


@compiled
def narrow(starts: Any, ends: Any, occurred_at: Any, after: Any, until: Any) -> None:
    """Narrows each span of one profile's rows to those with ``after < occurred_at <= until``."""
    for span in range(starts.shape[0]):
        for limit, is_start in ((after[span], True), (until[span], False)):
            low, high = starts[span], ends[span]
            while low < high:
                middle = (low + high) // 2
                if occurred_at[middle] <= limit:
                    low = middle + 1
                else:
                    high = middle
            if is_start:
                starts[span] = low
            else:
                ends[span] = low


@compiled
def copy_spans(  # noqa: PLR0913, PLR0917  (spans of one array to places of another)
    source: Any, size: int, starts: Any, counts: Any, to: Any, places: Any
) -> None:
    """Copies ``counts`` values of ``size`` bytes from ``starts`` to ``places``; both are bytes."""
    for span in range(starts.shape[0]):
        first, place = starts[span] * size, places[span] * size
        for byte in range(counts[span] * size):
            to[place + byte] = source[first + byte]


@compiled
def find_spans(rows: Any, starts: Any, counts: Any) -> Any:
    """Where in ascending ``rows`` each span's begin, and how many there are.

    Spans ascend mostly, so each is looked for from where the last one ended, in growing steps.
    """
    size = rows.shape[0]
    first = np.empty(starts.shape[0], dtype=np.int64)
    many = np.empty(starts.shape[0], dtype=np.int64)
    at = 0
    for span in range(starts.shape[0]):
        for side in range(2):
            wanted = starts[span] + (counts[span] if side else 0)
            if at > 0 and rows[at - 1] >= wanted:
                at = 0
            step, high = 1, at
            while high < size and rows[high] < wanted:
                at = high + 1
                high += step
                step *= 2
            high = min(high, size)
            while at < high:
                middle = (at + high) // 2
                if rows[middle] < wanted:
                    at = middle + 1
                else:
                    high = middle
            if side:
                many[span] = at - first[span]
            else:
                first[span] = at
    return first, many


@compiled
def place_rows(rows: Any, first: Any, many: Any, moved: Any, to: Any) -> None:
    """The rows of each span where they go: ``moved`` is what is added to each span's rows."""
    place = 0
    for span in range(first.shape[0]):
        for at in range(first[span], first[span] + many[span]):
            to[place] = rows[at] + moved[span]
            place += 1


@compiled
def count_events(event: Any, occurred_at: Any, names: int) -> Any:
    """Rows by event, where each event's begin, and its first and last instant."""
    offsets = np.zeros(names + 1, dtype=np.int64)
    first = np.full(names, np.iinfo(np.int64).max, dtype=np.int64)
    last = np.full(names, np.iinfo(np.int64).min, dtype=np.int64)
    for row in range(event.shape[0]):
        code = event[row]
        offsets[code + 1] += 1
        first[code] = min(first[code], occurred_at[row])
        last[code] = max(last[code], occurred_at[row])
    for code in range(names):
        offsets[code + 1] += offsets[code]
    fill = offsets[:-1].copy()
    rows = np.empty(event.shape[0], dtype=np.int32)
    for row in range(event.shape[0]):
        rows[fill[event[row]]] = row
        fill[event[row]] += 1
    return rows, offsets, first, last
