"""Figures of a segment over time: whom they are of, and how they are reckoned.

Rates are of those who were members when the period began: what they did in it cannot be why they
are counted. Sizes and what people are worth are of the members when it ended.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Truths = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
MILLION = 1_000_000

MEASURES: Mapping[str, str] = {
    "size": "Members when the period ended.",
    "members": "Members when the period began: those whom the rates are of.",
    "conversion_rate": "Share of them who reached the goal in the period.",
    "retention_rate": "Of those of them who reached it in the period before, the share who did again.",
    "engagement_rate": "What they clicked in the period by what they were shown.",
    "revenue": "What their goals came to in the period.",
    "lifetime_value": "What a member's goals have come to so far, on average, when the period ended.",
    "value": "What the members are worth together when the period ended.",
}
"""What every figure is."""


@dataclass(frozen=True, slots=True, eq=False)
class Deeds:
    """What everybody did in a period, and what they came to by its end; NaN or None is unset."""

    did: Truths
    did_before: Truths
    revenue: Floats | None
    lifetime: Floats | None
    clicks: Floats | None
    exposures: Floats | None
    worth: Floats | None


def figures(before: Truths, after: Truths, deeds: Deeds) -> dict[str, float | None]:
    """The figures of a segment from its members when a period began, and when it ended."""
    size, members = int(after.sum()), int(before.sum())
    had = before & deeds.did_before
    shown = None if deeds.exposures is None else total(deeds.exposures[before])
    clicked = None if deeds.clicks is None else total(deeds.clicks[before])
    lifetime = None if deeds.lifetime is None else total(deeds.lifetime[after])
    return {
        "size": size,
        "members": members,
        "conversion_rate": _rate(int((before & deeds.did).sum()), members),
        "retention_rate": _rate(int((had & deeds.did).sum()), int(had.sum())),
        "engagement_rate": _rate(clicked, shown),
        "revenue": None if deeds.revenue is None else total(deeds.revenue[before]),
        "lifetime_value": _rate(lifetime, size),
        "value": None if deeds.worth is None else total(deeds.worth[after]),
    }


def total(values: Floats) -> float | None:
    """The sum of what is set: to the millionth where all numbers have at most six decimals.

    None where it is beyond all numbers.

    >>> total(np.array([0.1, 0.2, np.nan]))
    0.3
    """
    known = values[~np.isnan(values)]
    scaled = np.rint(known * MILLION)
    is_exact = bool(np.all(scaled / MILLION == known))
    if is_exact and float(np.abs(scaled).sum()) < 2**62:
        return int(scaled.astype(np.int64).sum()) / MILLION
    try:
        return math.fsum(known.tolist())
    except OverflowError:
        return None


def latest(values: Sequence[float | None], over: Sequence[bool]) -> float | None:
    """The value of the last period that is over; where none is, of the last one."""
    done = [value for value, is_over in zip(values, over, strict=True) if is_over]
    return (done or values)[-1]


def _rate(part: float | None, whole: float | None) -> float | None:
    return part / whole if part is not None and whole else None
