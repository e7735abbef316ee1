"""What customers will still buy, and what it will be worth: lifetime value over a horizon."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import isfinite
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.core.errors import TooFewError, UsageError
from shoal.core.spans import Span
from shoal.language.vocabulary import ValueType
from shoal.predictions.buying import (
    FEWEST,
    Buying,
    Floats,
    Purchases,
    chance_active,
    expected_purchases,
    fit_buying,
)
from shoal.predictions.spending import Spending, expected_value, fit_spending
from shoal.project.missing import no_event, no_property
from shoal.runners.purchase_days import PurchaseDays, purchase_days

if TYPE_CHECKING:
    from shoal.project.reading import Reading

WEEK = 7.0
EPOCH_DAY = date(1970, 1, 1)
RELATED = 0.3
"""From this correlation on, how much people spend is not free of how often they buy."""


@dataclass(frozen=True, slots=True)
class LifetimeAsked:
    """Purchases are days with ``event``; ``value`` is what they are worth.

    Nothing after the local day ``until`` is looked at.
    """

    event: str
    value: str
    until: date
    horizon: Span


@dataclass(frozen=True, slots=True)
class Calibration:
    """What the model would have said at an earlier day of the time up to the last one."""

    cutoff: date
    expected: float
    actual: int

    @property
    def ratio(self) -> float:
        """By how much more was bought than it said."""
        return self.actual / self.expected


@dataclass(frozen=True, eq=False)
class Lifetimes:
    """The models, and what they expect of each customer in the horizon."""

    profiles: np.ndarray[Any, np.dtype[np.int64]]
    purchases: Purchases
    means: Floats
    buying: Buying
    spending: Spending
    raw: Floats
    """Purchases in the horizon, as the model says."""
    calibration: Calibration | None
    value: Floats
    """What a purchase is worth."""
    active: Floats
    """How likely each still is a customer."""
    warnings: tuple[str, ...]

    @property
    def expected(self) -> Floats:
        """Purchases in the horizon, more or fewer by what the model missed before."""
        return self.raw if self.calibration is None else self.raw * self.calibration.ratio

    def as_json(self, asked: LifetimeAsked) -> dict[str, Any]:
        """Totals and parameters; times are in weeks."""
        buying, spending = self.buying, self.spending
        return {
            "event": asked.event,
            "value": asked.value,
            "calibrate_until": asked.until.isoformat(),
            "horizon": str(asked.horizon),
            "customers": len(self.purchases),
            "came_back": int((self.purchases.repeats > 0).sum()),
            "params": {
                "r": buying.r, "alpha": buying.alpha, "a": buying.a, "b": buying.b,
                "p": spending.p, "q": spending.q, "v": spending.v,
            },
            "log_likelihood": buying.log_likelihood,
            "spend_log_likelihood": spending.log_likelihood,
            "expected_total": float(self.expected.sum()),
            "expected_value_total": float((self.expected * self.value).sum()),
            "expected_active": float(self.active.sum()),
            "raw_expected_total": float(self.raw.sum()),
            "raw_expected_value_total": float((self.raw * self.value).sum()),
            "calibration": None if self.calibration is None else {
                "cutoff": self.calibration.cutoff.isoformat(),
                "expected": self.calibration.expected,
                "actual": self.calibration.actual,
                "ratio": self.calibration.ratio,
            },
            "warnings": list(self.warnings),
        }  # fmt: skip


def lifetimes(reading: Reading, asked: LifetimeAsked) -> Lifetimes:
    """Fits both models to the purchases up to a day, and looks a horizon ahead."""
    _check(reading, asked)
    zone = reading.vocabulary.zone
    end = zone.midnight(asked.until + timedelta(days=1)) - 1
    found = purchase_days(reading.snapshot, asked.event, asked.value, zone, end)
    if not len(found):
        raise TooFewError(f"nobody did `{asked.event}` up to {asked.until.isoformat()}")
    profiles, purchases, means = summed(found, asked.until)
    buying = fit_buying(purchases)
    spending = fit_spending(purchases.repeats, means)
    value = expected_value(spending, purchases.repeats, means)
    if not np.isfinite(value).all():
        raise TooFewError(
            "what a purchase is worth has no mean by these purchases (q is at most 1)",
            hint="a few are worth far more than the others: look for errors in the amounts",
        )
    days = days_ahead(reading, asked.until, asked.horizon)
    raw = expected_purchases(buying, purchases, days / WEEK)
    calibration = _calibration(found, asked.until, days)
    warnings = _warnings(purchases, spending, days / WEEK)
    if calibration is None:
        warnings.append("too little was bought by an earlier day to hold the model against it")
    active = chance_active(buying, purchases)
    return Lifetimes(
        profiles, purchases, means, buying, spending, raw, calibration, value, active,
        tuple(warnings),
    )  # fmt: skip


def _calibration(found: PurchaseDays, until: date, days: int) -> Calibration | None:
    """The model of an earlier day held against what came after it, up to the last one.

    As long before as the horizon is, but not before the middle of what was seen.
    """
    today = (until - EPOCH_DAY).days
    back = min(days, (today - int(found.days.min())) // 2)
    earlier = found.up_to(today - back)
    if not back or not len(earlier):
        return None
    _, purchases, _ = summed(earlier, until - timedelta(days=back))
    try:
        model = fit_buying(purchases)
    except TooFewError:
        return None
    expected = float(expected_purchases(model, purchases, back / WEEK).sum())
    later = np.isin(found.profiles, earlier.profiles) & (found.days > today - back)
    actual = int(later.sum())
    if actual < FEWEST:
        return None
    return Calibration(until - timedelta(days=back), expected, actual)


def _check(reading: Reading, asked: LifetimeAsked) -> None:
    vocabulary = reading.vocabulary
    if asked.event not in vocabulary.events:
        raise no_event(vocabulary, asked.event)
    kind = vocabulary.events[asked.event].properties.get(asked.value)
    if kind is None:
        raise no_property(vocabulary, asked.event, asked.value)
    if kind is not ValueType.NUMBER:
        raise UsageError(
            f"`{asked.event}.{asked.value}` holds no numbers, so nothing can be summed"
        )


def days_ahead(reading: Reading, until: date, horizon: Span) -> int:
    """Days from the last one looked at to the end of the horizon."""
    zone = reading.vocabulary.zone
    ahead = zone.to_local(zone.add(zone.midnight(until), horizon)).date()
    days = (ahead - until).days
    if days < 1:
        raise UsageError("the horizon is a day at least")
    return days


def summed(found: PurchaseDays, until: date) -> tuple[Any, Purchases, Floats]:
    """Of each customer: how often, when last, how long known (weeks), and the mean of the repeats."""
    starts = np.flatnonzero(np.r_[True, np.diff(found.profiles) != 0])
    ends = np.r_[starts[1:], len(found)]
    first, last = found.days[starts], found.days[ends - 1]
    today = (until - EPOCH_DAY).days
    repeats = (ends - starts - 1).astype(np.float64)
    purchases = Purchases(repeats, (last - first) / WEEK, (today - first) / WEEK)
    after = np.add.reduceat(found.worth, starts) - found.worth[starts]
    means = np.divide(after, repeats, out=np.zeros(len(starts)), where=repeats > 0)
    return found.profiles[starts], purchases, means


def _warnings(purchases: Purchases, spending: Spending, weeks: float) -> list[str]:
    found: list[str] = []
    seen = float(purchases.known.max())
    if weeks > seen:
        found.append(
            f"the horizon of {weeks:.0f} weeks is longer than the {seen:.0f} weeks that were looked at"
        )
    if isfinite(spending.correlation) and abs(spending.correlation) > RELATED:
        found.append(
            f"who buys more often spends {'more' if spending.correlation > 0 else 'less'} a time "
            f"(correlation {spending.correlation:.2f}): the model takes these to be unrelated"
        )
    return found
