"""Intervals that hold at every instant at once: look as often as you like, stop when you like.

Asymptotic confidence sequences by the normal mixture of Robbins (Waudby-Smith, Arbour, Sinha,
Kennedy and Ramdas 2021, *Time-uniform central limit theory and asymptotic confidence sequences*,
theorem 2.2). With N people in both arms and the standard error s of the effect, the interval is::

    effect ± s * sqrt( 2 (N r² + 1) / (N r²) * log( sqrt(N r² + 1) / alpha ) )

r (rho in the paper) says where the interval is tightest, and must not depend on what was seen: it is set from the
number of people that were planned.
"""

from __future__ import annotations

from math import log, sqrt

import numpy as np

from shoal.experiments.moments import Floats

PLANNED = 10_000
"""People for whom the interval is made tightest where nobody planned a number."""

BURN_IN = 25
"""People with an outcome that each arm needs before anything is called, and in a share as many without.

Before that the variance is hardly known; the intervals are stretched to hold 0.
"""


def mixture(planned: float, alpha: float = 0.05) -> float:
    """The rho that makes the interval at ``alpha`` tightest at that many people."""
    doubled = -2 * log(alpha)
    return sqrt((doubled + log(doubled) + 1) / planned)


def stretch(people: Floats | float, rho: float, level: float = 0.95) -> Floats:
    """How many standard errors the interval takes to each side."""
    grown = np.asarray(people, dtype=np.float64) * rho**2
    return np.sqrt(2 * (grown + 1) / grown * np.log(np.sqrt(grown + 1) / (1 - level)))


def e_value(z: Floats | float, people: Floats | float, rho: float) -> Floats:
    """The evidence against "no effect": 1 is none, 20 is what a 95 % interval asks for.

    The level at which the interval just reaches 0 is one over it.
    """
    grown = np.asarray(people, dtype=np.float64) * rho**2
    exponent = np.asarray(z, dtype=np.float64) ** 2 * grown / (2 * (grown + 1))
    return np.exp(np.minimum(exponent, 700.0)) / np.sqrt(grown + 1)
