"""What a variant changed: the difference of two arms, how uncertain it is, adjusted or plain.

A mean is its own estimate. A ratio of sums (clicks over exposures) is linearised: the delta method.
Columns that were known before the experiment take out the part of the noise they explain (CUPED;
Deng, Xu, Kohavi and Walker 2013), with the coefficients of both arms together.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, sqrt

import numpy as np

from shoal.experiments.distributions import t_quantile, t_two_sided
from shoal.experiments.moments import Floats, Moments

LEVEL = 0.95
LIKELY = 0.80


@dataclass(frozen=True, slots=True, eq=False)
class Effect:
    """Two estimates with the variances of both, after adjustment if there was one.

    ``explained`` is the share of the variance that the covariates took away.
    """

    control: Floats
    treated: Floats
    control_variance: Floats
    treated_variance: Floats
    control_count: Floats
    treated_count: Floats
    explained: Floats

    @property
    def difference(self) -> Floats:
        """Treated less control."""
        return self.treated - self.control

    @property
    def standard_error(self) -> Floats:
        """Of the difference."""
        return np.sqrt(self.control_variance + self.treated_variance)

    @property
    def people(self) -> Floats:
        """In both arms."""
        return self.control_count + self.treated_count


def effect_of(control: Moments, treated: Moments, *, ratio: bool = False) -> Effect:
    """The effect of being treated on column 0, or on column 0 over column 1 with ``ratio``.

    Every further column is a covariate, known before the experiment.
    """
    outcome = 2 if ratio else 1
    both = control + treated
    weights = _coefficients(both, ratio=ratio)
    shift = both.means[..., outcome:]

    def adjusted(arm: Moments) -> Floats:
        known = ((arm.means[..., outcome:] - shift) * weights).sum(axis=-1)
        return _value(arm, ratio=ratio) - known

    def variance(arm: Moments, by: Floats) -> Floats:
        return _variance(arm, _gradient(arm, by, ratio=ratio))

    own, other = variance(control, weights), variance(treated, weights)
    explained = np.zeros(np.shape(own))
    if weights.shape[-1]:
        plain = np.zeros_like(weights)
        before = variance(control, plain) + variance(treated, plain)
        explained = np.where(before > 0, 1 - (own + other) / np.where(before > 0, before, 1.0), 0.0)
    return Effect(
        control=adjusted(control),
        treated=adjusted(treated),
        control_variance=own,
        treated_variance=other,
        control_count=control.count,
        treated_count=treated.count,
        explained=explained,
    )


def _value(arm: Moments, *, ratio: bool) -> Floats:
    if not ratio:
        return arm.means[..., 0]
    below = arm.means[..., 1]
    return arm.means[..., 0] / np.where(below == 0, np.nan, below)


def _gradient(arm: Moments, weights: Floats, *, ratio: bool) -> Floats:
    """How the estimate moves with each column's mean."""
    count = arm.means.shape[:-1]
    if ratio:
        below = np.where(arm.means[..., 1] == 0, np.nan, arm.means[..., 1])
        outcome = np.stack([1 / below, -_value(arm, ratio=True) / below], axis=-1)
    else:
        outcome = np.ones((*count, 1))
    return np.concatenate([outcome, -np.broadcast_to(weights, (*count, weights.shape[-1]))], -1)


def _variance(arm: Moments, gradient: Floats) -> Floats:
    spread = np.einsum("...i,...ij,...j->...", gradient, arm.covariance, gradient)
    return np.maximum(spread, 0.0) / np.maximum(arm.count, 1.0)


def _coefficients(both: Moments, *, ratio: bool) -> Floats:
    """The regression of the (linearised) outcome on the covariates, over both arms together.

    A covariate that says what others say already, or that never varies, gets no weight of its own.
    """
    outcome = 2 if ratio else 1
    known = both.means.shape[-1] - outcome
    if not known:
        return np.zeros((*both.means.shape[:-1], 0))
    covariance = both.covariance
    scale = np.sqrt(np.einsum("...ii->...i", covariance[..., outcome:, outcome:]))
    scale = np.where(scale > 0, scale, 1.0)
    correlated = covariance[..., outcome:, outcome:] / (scale[..., :, None] * scale[..., None, :])
    gradient = _gradient(both, np.zeros(0), ratio=ratio)
    along = np.einsum("...ij,...j->...i", covariance[..., outcome:, :outcome], gradient) / scale
    inverse = np.linalg.pinv(correlated, rcond=1e-10, hermitian=True)
    return np.einsum("...ij,...j->...i", inverse, along) / scale


def freedom_of(effect: Effect) -> float:
    """Welch's degrees of freedom of one difference."""
    return _freedom(
        float(effect.control_variance),
        float(effect.treated_variance),
        float(effect.control_count),
        float(effect.treated_count),
    )


def _freedom(one: float, other: float, one_count: float, other_count: float) -> float:
    if one + other <= 0 or min(one_count, other_count) < 2:
        return 0.0
    share = one / (one + other)
    return 1 / (share**2 / (one_count - 1) + (1 - share) ** 2 / (other_count - 1))


def p_value(effect: Effect) -> float | None:
    """Of Welch's t test; None where nothing varied."""
    freedom = freedom_of(effect)
    if not freedom:
        return None
    return t_two_sided(float(effect.difference / effect.standard_error), freedom)


def half_width(effect: Effect, level: float = LEVEL) -> float | None:
    """Half the width of the fixed-horizon interval; None where nothing varied."""
    freedom = freedom_of(effect)
    if not freedom:
        return None
    return t_quantile((1 + level) / 2, freedom) * float(effect.standard_error)


def relative(effect: Effect, stretch: float | None = None) -> tuple[float, float, float] | None:
    """The relative difference and its interval, by the delta method on the log; None below 0.

    ``stretch`` is how many standard errors the interval takes to each side; without it Welch's t
    at 95 %.
    """
    control, treated = float(effect.control), float(effect.treated)
    if not (control > 0 and treated > 0):
        return None
    one = float(effect.control_variance) / control**2
    other = float(effect.treated_variance) / treated**2
    if stretch is None:
        freedom = _freedom(one, other, float(effect.control_count), float(effect.treated_count))
        if not freedom:
            return None
        stretch = t_quantile((1 + LEVEL) / 2, freedom)
    ratio = treated / control
    factor = exp(min(stretch * sqrt(one + other), 700.0))
    return ratio - 1, ratio / factor - 1, ratio * factor - 1
