"""Planned looks: how often a boundary is crossed, and O'Brien and Fleming's boundary.

The statistic at the looks is a Brownian motion seen at shares of the information; the chance of
leaving a corridor is integrated look by look (Armitage, McPherson and Rowe 1969). One function so
gives the price of peeking, O'Brien-Fleming bounds, and the power of always-valid intervals.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import pi, sqrt

import numpy as np

from shoal.core.errors import UsageError
from shoal.experiments.moments import Floats

_LEAST, _MOST = 65, 1_201
"""Nodes of the integration at one look."""
_FAR = 8.0
"""Standard deviations beyond which nothing is looked for."""


def crossing(fractions: Sequence[float] | Floats, bounds: Floats, drift: float = 0.0) -> Floats:
    """The chance that ``|z|`` has reached its bound by each look.

    ``fractions`` are the shares of the full information, ascending; ``drift`` is the z that is
    expected at full information. Exact to six digits for looks at least 1/1,000 apart.
    """
    times = np.asarray(fractions, dtype=np.float64)
    inside = np.empty(len(times))
    before, points, density, mass = 0.0, np.zeros(1), np.ones(1), np.ones(1)
    for look, (time, bound) in enumerate(zip(times, bounds, strict=True)):
        gap = time - before
        half = min(float(bound) * sqrt(time), _FAR * sqrt(time) + abs(drift) * time)
        at, weights = _nodes(_resolved(half, sqrt(gap)))
        new = half * at
        steps = (new[:, None] - points[None, :] - drift * gap) / sqrt(gap)
        kernel = np.exp(-0.5 * steps * steps) / sqrt(2 * pi * gap)
        density = kernel @ (density * mass)
        before, points, mass = time, new, half * weights
        inside[look] = (density * mass).sum()
    return 1 - inside


def _resolved(half: float, deviation: float) -> int:
    """Nodes that stand closer to each other than one step of the motion is wide."""
    wanted = int(np.ceil(1.25 * np.pi * half / deviation / 32) * 32) + 1
    return min(_MOST, max(_LEAST, wanted))


@lru_cache
def _nodes(count: int) -> tuple[Floats, Floats]:
    at, weights = np.polynomial.legendre.leggauss(count)
    return at, weights


@lru_cache
def obrien_fleming(fractions: tuple[float, ...], level: float = 0.95) -> tuple[float, ...]:
    """The |z| that each look asks for, so that all looks together err with chance 1 - level.

    >>> [round(bound, 3) for bound in obrien_fleming((0.5, 1.0))]
    [2.797, 1.977]
    """
    check_fractions(fractions)
    shape = 1 / np.sqrt(np.array(fractions))
    low, high = 0.5, 8.0
    for _ in range(60):
        middle = (low + high) / 2
        if crossing(fractions, middle * shape)[-1] > 1 - level:
            low = middle
        else:
            high = middle
    return tuple(float(bound) for bound in high * shape)


def even_looks(count: int) -> tuple[float, ...]:
    """So many looks at equal steps of information."""
    return tuple((look + 1) / count for look in range(count))


def check_fractions(fractions: Sequence[float]) -> None:
    """Raises UsageError unless looks ascend and end at 1."""
    ascending = all(one < other for one, other in pairwise(fractions))
    if not fractions or fractions[0] <= 0 or not ascending or abs(fractions[-1] - 1) > 1e-9:
        raise UsageError("looks are ascending shares of the whole, the last of them 1")


def peeking_rate(looks: int, level: float = 0.95) -> float:
    """How often "no effect" is called an effect by who peeks so often at fixed-horizon intervals.

    >>> round(peeking_rate(28), 2)
    0.27
    """
    from shoal.experiments.distributions import normal_quantile

    bound = normal_quantile((1 + level) / 2)
    return float(crossing(even_looks(looks), np.full(looks, bound))[-1])
