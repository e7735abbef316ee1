"""Effects by segment, each drawn towards the common one as far as chance explains the spread.

A normal model in two stages (Rubin 1981; Gelman, Carlin, Stern, Dunson, Vehtari and Rubin, *Bayesian
Data Analysis*, 5.4): each measured effect is its own true one with known error, and true ones lie
around a common mean with some spread. The mean is integrated out; the spread is summed over a grid,
so that few segments do not pretend to know it, under a half-Cauchy prior three median errors wide.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from shoal.experiments.distributions import normal_quantile
from shoal.experiments.moments import Floats

_STEPS = 400
_WIDTH = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """Drawn effects; the common effect and the (median) spread around it.

    ``middles`` and ``deviations`` are what each effect would be under each spread of the grid, and
    ``weights`` how likely each of those is.
    """

    effects: Floats
    common: float
    spread: float
    middles: Floats
    deviations: Floats
    weights: Floats

    def interval(self, place: int, level: float) -> tuple[float, float]:
        """The interval of one drawn effect: quantiles over all spreads."""
        outside = (1 - level) / 2
        return self._quantile(place, outside), self._quantile(place, 1 - outside)

    def _quantile(self, place: int, share: float) -> float:
        middle, deviation = self.middles[:, place], self.deviations[:, place]
        # The quantile of a mixture lies between the least and the greatest of its parts'.
        parts = middle + normal_quantile(share) * deviation
        low, high = float(parts.min()), float(parts.max())
        for _ in range(50):
            at = (low + high) / 2
            if float(self.weights @ _below((at - middle) / deviation)) < share:
                low = at
            else:
                high = at
        return high


def _below(z: Floats) -> Floats:
    """The standard normal's distribution (Abramowitz and Stegun 7.1.26, to 1e-7)."""
    x = np.abs(z) / sqrt(2)
    t = 1 / (1 + 0.3275911 * x)
    series = t * (
        0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    )
    upper = 0.5 * series * np.exp(-x * x)
    return np.where(z < 0, upper, 1 - upper)


def pooled(effects: Floats, errors: Floats) -> Pooled:
    """Effects of at least two segments and their standard errors, all above 0."""
    angles = (np.arange(_STEPS) + 0.5) / _STEPS * np.pi / 2
    spread = _WIDTH * float(np.median(errors)) * np.tan(angles)
    total = errors[None, :] ** 2 + spread[:, None] ** 2
    precision = (1 / total).sum(axis=1)
    mean = (effects / total).sum(axis=1) / precision
    logged = -0.5 * np.log(precision) - 0.5 * np.log(total).sum(axis=1)
    logged -= 0.5 * ((effects - mean[:, None]) ** 2 / total).sum(axis=1)
    # Steps are equal in the angle, under which a half-Cauchy prior is flat.
    weights = np.exp(logged - logged.max())
    weights /= weights.sum()
    kept = spread[:, None] ** 2 / total
    middles = kept * effects + (1 - kept) * mean[:, None]
    variances = kept * errors**2 + (1 - kept) ** 2 / precision[:, None]
    return Pooled(
        effects=weights @ middles,
        common=float(weights @ mean),
        spread=float(spread[np.searchsorted(weights.cumsum(), 0.5)]),
        middles=middles,
        deviations=np.sqrt(variances),
        weights=weights,
    )
