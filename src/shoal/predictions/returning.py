"""When somebody buys next, by a fitted BG/NBD model (:mod:`shoal.predictions.buying`).

Who is still a customer has a rate of their own, gamma distributed by what was seen of them; so the
time to the next purchase has a Pareto distribution of the second kind, in a closed form. A median of it
may lie years ahead. What can be held against what came is said instead: how likely the next one is
within a horizon, and when in it, if it comes in it.
"""

from __future__ import annotations

import numpy as np

from shoal.predictions.buying import Buying, Floats, Purchases, chance_active

TINY = 1e-300
MOST_SHIFT = 30.0


def chance_within(model: Buying, purchases: Purchases, ahead: float) -> Floats:
    """How likely each buys again in so much time from now."""
    return chance_active(model, purchases) * (1 - _still_waiting(model, purchases, ahead))


def time_at(
    model: Buying, purchases: Purchases, ahead: float, level: float | Floats = 0.5
) -> Floats:
    """The time by which this share of those like each has bought, of all who do in so much time.

    In the unit of the model; ``level`` 0.5 is the median.
    """
    waiting = np.maximum(1 - level * (1 - _still_waiting(model, purchases, ahead)), TINY)
    shape = model.r + purchases.repeats
    found = (model.alpha + purchases.known) * np.expm1(-np.log(waiting) / shape)
    return np.minimum(found, ahead)


def level_at(model: Buying, purchases: Purchases, ahead: float, time: Floats) -> Floats:
    """The other way round: the share that has bought by this time, of all who do in so much time."""
    return (1 - _still_waiting(model, purchases, time)) / (
        1 - _still_waiting(model, purchases, ahead)
    )


def _still_waiting(model: Buying, purchases: Purchases, time: float | Floats) -> Floats:
    """The share of those who are customers still that has not bought by then."""
    start = model.alpha + purchases.known
    return np.exp((model.r + purchases.repeats) * (np.log(start) - np.log(start + time)))


def shift_to(chances: Floats, came: float) -> float:
    """What is to be added to the log-odds of chances so that they add up to what came."""
    low, high = -MOST_SHIFT, MOST_SHIFT
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (middle, high) if shifted(chances, middle).sum() < came else (low, middle)
    return (low + high) / 2


def shifted(chances: Floats, shift: float) -> Floats:
    """Chances whose log-odds are so much higher."""
    odds = np.exp(shift) * chances
    return odds / (odds + 1 - chances)
