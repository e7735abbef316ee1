"""What a purchase of each customer is worth: the Gamma-Gamma model.

A customer's purchases scatter around a mean of their own, and the means over customers; both are
gamma distributed, and neither has to do with how often somebody buys. Fader and Hardie (2013), The
gamma-gamma model of monetary value; Fader, Hardie and Lee (2005), Journal of Marketing Research 42(4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.core.errors import TooFewError
from shoal.predictions.buying import FEWEST, Floats
from shoal.predictions.learning import Often, gammas, scipy

BOUND = 15.0
STEEPEST = 1e-5


@dataclass(frozen=True, slots=True)
class Spending:
    """A fitted model: shapes ``p`` within and ``q`` between customers, scale ``v``."""

    p: float
    q: float
    v: float
    log_likelihood: float
    correlation: float
    """Of how often and how much; far from 0, the model's ground is not given."""

    @property
    def mean(self) -> float:
        """What a purchase of somebody of whom nothing is known is worth; infinite for q ≤ 1."""
        return self.p * self.v / (self.q - 1) if self.q > 1 else float("inf")


def fit_spending(repeats: Floats, means: Floats) -> Spending:
    """From customers who came back: how often, and what these purchases were worth on average.

    Those worth nothing say nothing here. TooFewError where it cannot be told.
    """
    some = (repeats > 0) & (means > 0)
    x, m = repeats[some], means[some]
    if len(x) < FEWEST:
        raise TooFewError(
            f"{len(x)} customers paid for a second purchase, {FEWEST} are needed",
            hint="wait for more purchases, or look further back",
        )
    if np.ptp(m) == 0:
        raise TooFewError("every purchase is worth the same, so there is nothing to learn")
    unit = float(m.mean())
    found = scipy("optimize").minimize(
        _loss, np.zeros(3), args=(Often.in_all(x), m / unit), jac=True, method="L-BFGS-B",
        bounds=[(-BOUND, BOUND)] * 3,
        options={"maxiter": 1_000, "ftol": 1e-15, "gtol": STEEPEST / 100},
    )  # fmt: skip
    if np.abs(found.x).max() >= BOUND - 1 or np.abs(found.jac).max() > STEEPEST:
        raise TooFewError(
            "these purchases do not say what a purchase is worth",
            hint="more customers who came back would",
        )
    p, q, v = (float(it) for it in np.exp(found.x))
    likelihood = -float(found.fun) * len(x) - len(x) * float(np.log(unit))
    related = float(np.corrcoef(x, m)[0, 1]) if np.ptp(x) > 0 else 0.0
    return Spending(p, q, v * unit, likelihood, related)


def expected_value(model: Spending, repeats: Floats, means: Floats) -> Floats:
    """What the next purchase of each customer is worth: their own mean, drawn to everybody's.

    For who has not come back it is everybody's; infinite where the model has no mean.
    """
    p, q, v = model.p, model.q, model.v
    x = np.where(means > 0, repeats, 0.0)
    below = p * x + q - 1
    with np.errstate(divide="ignore"):
        return np.where(below > 0, p * (v + x * np.where(x > 0, means, 0.0)) / below, np.inf)


def _loss(logs: Floats, often: Often, m: Floats) -> tuple[float, Floats]:
    """Less the mean log-likelihood, and its slope in the logs of the three parameters."""
    gammaln, digamma = gammas()
    p, q, v = np.exp(logs)
    times, x = often.times, often.of(often.times)
    px, whole = p * times, v + x * m
    long, known = np.log(whole), np.log(m)
    each = (
        often.of(gammaln(px + q) - gammaln(px) - gammaln(q) + q * np.log(v) + px * np.log(times))
        + (p * x - 1) * known - (p * x + q) * long
    )  # fmt: skip
    slopes = np.stack([
        x * (often.of(digamma(px + q) - digamma(px) + np.log(times)) + known - long),
        often.of(digamma(px + q) - digamma(q) + np.log(v)) - long,
        q / v - (p * x + q) / whole,
    ])  # fmt: skip
    return -float(each.mean()), -slopes.mean(axis=1) * np.exp(logs)
