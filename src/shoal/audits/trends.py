"""A segment at several instants as sizes, comings and goings, and value."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from shoal.audits.facts import Numbers, Truths, Week
from shoal.core.instants import DAY

WEEK = 7 * DAY


def weeks_of(asked: Iterable[tuple[int, Truths, Numbers | None]]) -> tuple[Week, ...]:
    """One row per instant from (instant, who belongs, everybody's value) in order of time.

    >>> rows = weeks_of([(1, np.array([True, True]), None), (2, np.array([True, False]), None)])
    >>> [(row.size, row.entered, row.left, row.kept, row.alike) for row in rows][1]
    (1, 0, 1, 0.5, 0.5)
    """
    found: list[Week] = []
    before: Truths | None = None
    last_at = 0
    for at, now, values in asked:
        size = int(now.sum())
        entered = left = 0
        kept = alike = float("nan")
        after = 0 if before is None else round((at - last_at) / WEEK)
        if before is not None:
            was, stayed = int(before.sum()), int((before & now).sum())
            entered, left = size - stayed, was - stayed
            kept = stayed / was if was else float("nan")
            either = size + was - stayed
            alike = stayed / either if either else float("nan")
        value = everyone = None
        if values is not None:
            value, everyone = float(np.nansum(values[now])), float(np.nansum(values))
        found.append(Week(at, after, size, entered, left, kept, alike, value, everyone))
        before, last_at = now, at
    return tuple(found)
