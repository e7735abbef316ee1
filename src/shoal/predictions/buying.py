"""How often people buy, and whether they still do: the BG/NBD model.

While a customer is active, purchases come at random at a rate of their own; after each, the
customer may leave for good. Rates are gamma distributed over customers, chances of leaving
beta distributed. Fader, Hardie and Lee (2005), "Counting your customers" the easy way,
Marketing Science 24(2): the likelihood is closed, so that four numbers say it all.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoal.core.errors import TooFewError
from shoal.predictions.learning import Often, gammas, scipy

Floats = npt.NDArray[np.float64]

FEWEST = 50
"""Customers who came back: with fewer the four numbers are not to be had."""
STEEPEST = 1e-5
"""The gradient per customer at which the search may end."""
BOUND = 15.0
"""The log of the largest number that is tried; beyond it the model has no maximum."""


@dataclass(frozen=True, eq=False)
class Purchases:
    """Of each customer: purchases after the first, the time of the last, and how long known.

    Both times count from the first purchase, in the same unit; ``last`` is 0 for who never came
    back. Days on which somebody bought several times count once.
    """

    repeats: Floats
    last: Floats
    known: Floats

    def __post_init__(self) -> None:
        assert len(self.repeats) == len(self.last) == len(self.known)
        assert ((self.repeats >= 0) & (self.last <= self.known)).all()
        assert ((self.repeats > 0) == (self.last > 0)).all()

    def __len__(self) -> int:
        return len(self.repeats)


@dataclass(frozen=True, slots=True)
class Buying:
    """A fitted model: rates are gamma (``r``, ``alpha``), chances of leaving beta (``a``, ``b``)."""

    r: float
    alpha: float
    a: float
    b: float
    log_likelihood: float


def fit_buying(purchases: Purchases) -> Buying:
    """The model under which what was seen is most likely; TooFewError where it cannot be told."""
    came_back = int((purchases.repeats > 0).sum())
    if came_back < FEWEST:
        raise TooFewError(
            f"{came_back} customers bought on a second day, {FEWEST} are needed",
            hint="wait for more purchases, or look further back",
        )
    distinct, counts = _distinct(purchases)
    unit = float(np.average(distinct.known, weights=counts)) or 1.0
    scaled = Purchases(distinct.repeats, distinct.last / unit, distinct.known / unit)
    people = float(counts.sum())
    often = Often.in_all(distinct.repeats)

    def loss(logs: Floats) -> tuple[float, Floats]:
        each, slopes = _likelihood(np.exp(logs), scaled, often)
        slope = (slopes @ counts) * np.exp(logs)
        return -float(each @ counts) / people, -slope / people

    found = scipy("optimize").minimize(
        loss, np.zeros(4), jac=True, method="L-BFGS-B", bounds=[(-BOUND, BOUND)] * 4,
        options={"maxiter": 1_000, "ftol": 1e-15, "gtol": STEEPEST / 100},
    )  # fmt: skip
    if np.abs(found.x).max() >= BOUND - 1 or np.abs(found.jac).max() > STEEPEST:
        raise TooFewError(
            "these purchases do not say how often people buy and when they leave",
            hint="more time, or more customers who came back, would",
        )
    r, alpha, a, b = (float(it) for it in np.exp(found.x))
    repeats = float(distinct.repeats @ counts)
    # In the unit of the caller each purchase is that much less dense.
    return Buying(r, alpha * unit, a, b, -float(found.fun) * people - repeats * np.log(unit))


def expected_purchases(model: Buying, purchases: Purchases, ahead: float) -> Floats:
    """How many purchases of each customer to expect in so much time from now (2005, eq. 10)."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x, known = purchases.repeats, purchases.known
    if abs(a - 1) < 1e-9:  # the formula's limit there, near enough
        a = 1 + 1e-9
    whole = alpha + known + ahead
    special = scipy("special").hyp2f1(r + x, b + x, a + b + x - 1, ahead / whole)
    stays = 1 - np.exp((r + x) * (np.log(alpha + known) - np.log(whole))) * special
    return (a + b + x - 1) / (a - 1) * stays * chance_active(model, purchases)


def chance_active(model: Buying, purchases: Purchases) -> Floats:
    """How likely each customer still is one; 1 for who has bought once only, by this model."""
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    x = purchases.repeats
    bought = np.maximum(x, 1)
    quiet = np.log(alpha + purchases.known) - np.log(alpha + purchases.last)
    odds = np.where(x > 0, np.exp(np.log(a / (b + bought - 1)) + (r + x) * quiet), 0.0)
    return 1 / (1 + odds)


def _distinct(purchases: Purchases) -> tuple[Purchases, Floats]:
    """Each different history once, and how many customers have it."""
    order = np.lexsort((purchases.known, purchases.last, purchases.repeats))
    rows = np.stack([purchases.repeats, purchases.last, purchases.known])[:, order]
    starts = np.flatnonzero(np.r_[True, (rows[:, 1:] != rows[:, :-1]).any(axis=0)])
    counts = np.diff(np.r_[starts, rows.shape[1]]).astype(np.float64)
    return Purchases(*rows[:, starts]), counts


def _likelihood(parameters: Floats, seen: Purchases, often: Often) -> tuple[Floats, Floats]:
    """The log-likelihood of each history, and its slope in each of the four parameters."""
    gammaln, digamma = gammas()
    r, alpha, a, b = parameters
    x, last, known = seen.repeats, seen.last, seen.known
    back = x > 0
    bought = np.where(back, x, 1)
    long, short = np.log(alpha + known), np.log(alpha + last)
    stays = -(r + x) * long
    leaves = np.where(back, np.log(a) - np.log(b + bought - 1) - (r + x) * short, -np.inf)
    either = np.logaddexp(stays, leaves)
    times = often.times
    each = often.of(
        gammaln(r + times) - gammaln(r) + r * np.log(alpha)
        + gammaln(a + b) + gammaln(b + times) - gammaln(b) - gammaln(a + b + times)
    ) + either  # fmt: skip
    stayed = np.exp(stays - either)
    left = 1 - stayed
    sum_of = digamma(a + b) - digamma(a + b + times)
    slopes = np.stack([
        often.of(digamma(r + times) - digamma(r) + np.log(alpha)) - stayed * long - left * short,
        r / alpha - (r + x) * (stayed / (alpha + known) + left / (alpha + last)),
        often.of(sum_of) + left / a,
        often.of(sum_of + digamma(b + times) - digamma(b)) - left / (b + bought - 1),
    ])  # fmt: skip
    return each, slopes
