"""What a campaign on so many people could notice: two shares, two means, people needed.

Two-sided at 5 %, with 80 % power, by the normal approximation with the pooled variance under
"no effect" (Fleiss, Levin and Paik 2003, formula 4.14 without continuity correction).
"""

from __future__ import annotations

from math import ceil, sqrt
from statistics import NormalDist

SURE = NormalDist().inv_cdf(1 - 0.05 / 2)
POWER = NormalDist().inv_cdf(0.80)
LEAST_ARM = 10
"""People an arm needs before a normal approximation means anything."""


def _needed_gap(base: float, other: float, control: float, treated: float) -> float:
    """The difference that two arms of these sizes would notice at these two shares."""
    pooled = (base * control + other * treated) / (control + treated)
    null = SURE * sqrt(pooled * (1 - pooled) * (1 / control + 1 / treated))
    return null + POWER * sqrt(base * (1 - base) / control + other * (1 - other) / treated)


def detectable_share(base: float, control: int, treated: int) -> float | None:
    """The smallest share above ``base`` that would be noticed; None if not even 100 % would.

    >>> round(detectable_share(0.10, 14751, 14751), 4)
    0.11
    """
    if min(control, treated) < LEAST_ARM or base >= 1:
        return None
    low, high = base, 1.0
    if _needed_gap(base, high, control, treated) > high - base:
        return None
    for _ in range(60):
        middle = (low + high) / 2
        if _needed_gap(base, middle, control, treated) > middle - base:
            low = middle
        else:
            high = middle
    return high


def detectable_mean(deviation: float, control: int, treated: int) -> float | None:
    """The smallest difference of two means that would be noticed."""
    if min(control, treated) < LEAST_ARM:
        return None
    return (SURE + POWER) * deviation * sqrt(1 / control + 1 / treated)


def people_needed(base: float, lift: float = 0.10) -> int | None:
    """People in both halves together, to notice a rise of ``base`` by ``lift``; None from 0 or to 1.

    >>> people_needed(0.10)
    29502
    """
    raised = base * (1 + lift)
    if base <= 0 or raised >= 1:
        return None
    pooled = (base + raised) / 2
    spread = SURE * sqrt(2 * pooled * (1 - pooled))
    spread += POWER * sqrt(base * (1 - base) + raised * (1 - raised))
    return 2 * ceil((spread / (raised - base)) ** 2)


def people_needed_for_mean(mean: float, deviation: float, lift: float = 0.10) -> int | None:
    """People in both halves together, to notice a rise of a mean by ``lift``; None from nothing.

    >>> people_needed_for_mean(100.0, 100.0)
    3140
    """
    if mean <= 0:
        return None
    return 2 * ceil(2 * ((SURE + POWER) * deviation / (lift * mean)) ** 2)
