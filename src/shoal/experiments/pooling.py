"""Effects by segment, each drawn towards the common one as far as chance explains the spread.

A normal model in two stages (Rubin 1981; Gelman, Carlin, Stern, Dunson, Vehtari and Rubin, *Bayesian
Data Analysis*, 5.4): each measured effect is its own true one with known error, true ones lie around
a common mean with spread τ. The mean is integrated out, τ summed over a grid with a half-Cauchy prior
as wide as the median error, so that few segments do not pretend to know τ.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.experiments.distributions import normal_quantile
from shoal.experiments.moments import Floats

_STEPS = 400


@dataclass(frozen=True, slots=True, eq=False)
class Pooled:
    """Drawn effects with their standard deviations; the common effect and the spread around it."""

    effects: Floats
    deviations: Floats
    common: float
    spread: float

    def interval(self, place: int, level: float) -> tuple[float, float]:
        """The interval of one drawn effect."""
        half = normal_quantile((1 + level) / 2) * float(self.deviations[place])
        middle = float(self.effects[place])
        return middle - half, middle + half


def pooled(effects: Floats, errors: Floats) -> Pooled:
    """Effects of at least two segments and their standard errors, all above 0."""
    scale = float(np.median(errors))
    spread = scale * np.tan(np.linspace(0, 0.5, _STEPS, endpoint=False) * np.pi)
    total = errors[None, :] ** 2 + spread[:, None] ** 2
    precision = (1 / total).sum(axis=1)
    mean = (effects / total).sum(axis=1) / precision
    logged = -0.5 * np.log(precision) - 0.5 * np.log(total).sum(axis=1)
    logged -= 0.5 * ((effects - mean[:, None]) ** 2 / total).sum(axis=1)
    # Steps are equal in the angle, under which a half-Cauchy prior is flat.
    weight = np.exp(logged - logged.max())
    weight /= weight.sum()
    kept = spread[:, None] ** 2 / total
    middle = kept * effects + (1 - kept) * mean[:, None]
    variance = kept * errors**2 + (1 - kept) ** 2 / precision[:, None]
    drawn = weight @ middle
    whole = weight @ (variance + (middle - drawn) ** 2)
    return Pooled(drawn, np.sqrt(whole), float(weight @ mean), float(weight @ spread))
