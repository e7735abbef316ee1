"""The distributions that tests of effects need: the normal, Student's t, the log of gamma.

Written out so that a base install analyses experiments; tests hold them against scipy.
"""

from __future__ import annotations

from math import erfc, exp, lgamma, log, log1p, pi, sqrt
from statistics import NormalDist

import numpy as np

from shoal.experiments.moments import Floats

_TINY = 1e-300
_MANY = 1e6
"""Degrees of freedom above which a corrected normal is nearer than logs of gamma that cancel."""
_NORMAL = NormalDist()


def normal_quantile(probability: float) -> float:
    """The z below which that share of a standard normal lies."""
    return _NORMAL.inv_cdf(probability)


def normal_two_sided(z: float) -> float:
    """The chance that a standard normal lies at least so far from 0."""
    return erfc(abs(z) / sqrt(2))


def t_two_sided(t: float, freedom: float) -> float:
    """The chance that Student's t with so many degrees of freedom lies at least so far from 0."""
    if freedom <= 0:
        return 1.0
    square = t * t
    if freedom > _MANY:
        shrunk = (8 * freedom + 1) / (8 * freedom + 3)  # Wallace 1959
        return normal_two_sided(shrunk * sqrt(freedom * log1p(square / freedom)))
    log_rest = -log1p(square / freedom)  # of freedom / (freedom + t²), exact for small t too
    log_taken = log(square / (freedom + square)) if square else -float("inf")
    return _beta_share(exp(log_rest), log_rest, log_taken, freedom / 2, 0.5)


def t_quantile(probability: float, freedom: float) -> float:
    """The t above 0 below which that share lies; ``probability`` is at least one half."""
    outside = 2 * (1 - probability)
    if outside >= 1 or freedom <= 0:
        return 0.0 if freedom > 0 else float("inf")
    z = normal_quantile(probability)
    t = z + z * (z * z + 1) / (4 * freedom)
    low, high = 0.0, float("inf")
    # Newton's steps on the log of the tails, inside a bracket that closes.
    for _ in range(100):
        tails = t_two_sided(t, freedom)
        low, high = (t, high) if tails > outside else (low, t)
        step = log(tails / outside) * tails / (2 * _t_density(t, freedom)) if tails else -t
        new = t + step
        if not low < new < high:
            new = 2 * t if high == float("inf") else (low + high) / 2
        if abs(new - t) <= 1e-13 * t:
            return new
        t = new
    return t


def _t_density(t: float, freedom: float) -> float:
    front = lgamma((freedom + 1) / 2) - lgamma(freedom / 2) - 0.5 * log(freedom * pi)
    return exp(front - (freedom + 1) / 2 * log1p(t * t / freedom))


def _beta_share(x: float, log_x: float, log_rest: float, a: float, b: float) -> float:
    """The regularised incomplete beta function; both logs given, since x may be next to 1."""
    if x >= 1:
        return 1.0
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log_x + b * log_rest)
    if x < (a + 1) / (a + b + 2):
        return front * _continued(x, a, b) / a
    return 1 - front * _continued(exp(log_rest), b, a) / b


def _continued(x: float, a: float, b: float) -> float:
    """The continued fraction of the incomplete beta function (Lentz's way)."""
    c, d = 1.0, 1 / _away(1 - (a + b) * x / (a + 1))
    result = d
    for m in range(1, 10_000):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        d, c = 1 / _away(1 + even * d), _away(1 + even / c)
        result *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d, c = 1 / _away(1 + odd * d), _away(1 + odd / c)
        result *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return result


def _away(value: float) -> float:
    return value if abs(value) > _TINY else _TINY


def log_gamma(x: Floats) -> Floats:
    """The log of the gamma function of positive numbers (Stirling's series from 10 on)."""
    x = np.asarray(x, dtype=np.float64)
    shift = np.zeros_like(x)
    for _ in range(10):
        small = x < 10
        shift -= np.log(np.where(small, x, 1.0))
        x = x + small
    inverse = 1 / x
    square = inverse * inverse
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square / 1680)))
    return shift + (x - 0.5) * np.log(x) - x + 0.5 * log(2 * pi) + series
