"""Rows that were there before: recognised by fingerprint, without a limit of time."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from shoal.store.assembly import assemble
from shoal.store.run import Run, Seen


def without_duplicates(run: Run, before: Sequence[Seen]) -> tuple[Run | None, int]:
    """The run without events that ``before`` or the run itself has already, and how many fell.

    Lines fall with their parent. Of equal events the first to arrive stays.
    """
    repeated = _repeated(run)
    for seen in before:
        repeated |= known(run.seen, seen)
    rows = run.seen.rows[repeated]
    if not len(rows):
        return run, 0
    kept = np.ones(len(run), dtype=bool)
    kept[rows] = False
    # Lines have no fingerprint; each stands behind its parent and shares its fate.
    own = np.zeros(len(run), dtype=bool)
    own[run.seen.rows] = True
    parent = np.maximum.accumulate(np.where(own, np.arange(len(run)), 0))
    kept = kept[parent]
    return assemble([run.as_part()], [kept]), len(rows)


def known(seen: Seen, before: Seen) -> npt.NDArray[np.bool_]:
    """Which of the fingerprints ``before`` has."""
    found = np.zeros(len(seen.high), dtype=bool)
    if not len(before.high) or not len(seen.high):
        return found
    at = np.searchsorted(before.high, seen.high)
    while True:
        here = np.minimum(at, len(before.high) - 1)
        alike = (at < len(before.high)) & (before.high[here] == seen.high)
        found |= alike & (before.low[here] == seen.low)
        open_still = alike & ~found
        if not bool(open_still.any()):
            return found
        at = np.where(open_still, at + 1, len(before.high))


def _repeated(run: Run) -> npt.NDArray[np.bool_]:
    """Which fingerprints the run has had at an earlier arrival."""
    seen = run.seen
    found = np.zeros(len(seen.high), dtype=bool)
    if len(seen.high) < 2:
        return found
    alike = np.flatnonzero(seen.high[1:] == seen.high[:-1])
    if not len(alike):
        return found
    some = np.unique(np.concatenate((alike, alike + 1)))
    arrival = run.arrival[seen.rows[some]]
    some = some[np.lexsort((seen.rows[some], arrival, seen.low[some], seen.high[some]))]
    same = (seen.high[some][1:] == seen.high[some][:-1]) & (
        seen.low[some][1:] == seen.low[some][:-1]
    )
    found[some[1:][same]] = True
    return found
