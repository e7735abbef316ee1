"""How many people an experiment takes, and what each way of looking at it costs.

All three ways end in the same question: the z expected at the end (the *drift*) from which on the
effect is called with the wanted chance. People needed grow with its square, so the price of peeking
is the square of a ratio of drifts, whatever is measured.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from math import ceil, sqrt
from statistics import NormalDist

import numpy as np

from shoal.core.errors import UsageError
from shoal.experiments import always_valid
from shoal.experiments.looks import crossing, even_looks, obrien_fleming, peeking_rate
from shoal.experiments.moments import Floats

POWER = 0.80
PEEKS = 28
"""Looks of somebody who peeks, where nobody says how many days the experiment takes."""
MOST_PEEKS = 60
"""Looks that are worked out; more of them change the people needed by a few per cent, downwards."""

_CDF = NormalDist().cdf
_QUANTILE = NormalDist().inv_cdf


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be noticed, and how the people are divided.

    ``baseline`` and ``raised`` are the means without and with the effect, the deviations those of
    one person. ``control_share`` and ``variant_share`` are shares of all people; ``explained`` is
    the share of the variance that covariates take away.
    """

    baseline: float
    raised: float
    deviation: float
    raised_deviation: float
    control_share: float = 0.5
    variant_share: float = 0.5
    explained: float = 0.0

    @property
    def variance(self) -> float:
        """Of the estimated effect, times the number of all people."""
        own = self.deviation**2 / self.control_share
        other = self.raised_deviation**2 / self.variant_share
        return (own + other) * (1 - self.explained)

    def drift(self, people: float) -> float:
        """The z that is expected with so many people."""
        return abs(self.raised - self.baseline) / sqrt(self.variance / people)

    def people(self, drift: float) -> int:
        """People it takes to expect that z."""
        return ceil(self.variance * (drift / (self.raised - self.baseline)) ** 2 - 1e-9)


def about_share(baseline: float, raised: float) -> Question:
    """A question about a share of people. Raises UsageError for what is no share."""
    if not 0 < baseline < 1 or not 0 < raised < 1:
        raise UsageError("a conversion or retention lies between 0 and 1, before and after")
    return Question(baseline, raised, sqrt(baseline * (1 - baseline)), sqrt(raised * (1 - raised)))


@dataclass(frozen=True, slots=True)
class Way:
    """One way of looking, and what it takes.

    ``people`` in all arms at most, ``expected_people`` on average if the effect is there (one stops
    when it is called). ``price`` is people over those of a single look. ``power_at_once`` is the
    power that this way has with the people a single look needs; ``false_positives`` the chance to
    call an effect that is not there.
    """

    name: str
    looks: int
    people: int
    expected_people: int
    price: float
    power_at_once: float
    smallest: float
    false_positives: float
    days: int | None = None


def power_once(drift: float, alpha: float = 0.05) -> float:
    """The power of one look."""
    bound = _QUANTILE(1 - alpha / 2)
    return _CDF(drift - bound) + _CDF(-drift - bound)


def _power_of_looks(drift: float, looks: int, alpha: float) -> Floats:
    bounds = np.array(obrien_fleming(even_looks(looks), 1 - alpha))
    return crossing(even_looks(looks), bounds, drift)


def _power_whenever(drift: float, looks: int, alpha: float) -> Floats:
    """By each of the looks, with an interval made tightest at the end."""
    rho = always_valid.mixture(1.0, alpha)
    times = np.array(even_looks(looks))
    return crossing(times, always_valid.stretch(times, rho, 1 - alpha), drift)


_WAYS: dict[str, Callable[[float, int, float], Floats]] = {
    "once": lambda drift, _, alpha: np.array([power_once(drift, alpha)]),
    "looks": _power_of_looks,
    "whenever": _power_whenever,
}


def power_of(way: str, looks: int, drift: float, alpha: float = 0.05) -> float:
    """The chance that a way of looking (``once``, ``looks``, ``whenever``) calls the effect."""
    return float(_WAYS[way](drift, looks, alpha)[-1])


@lru_cache(maxsize=256)
def drift_needed(way: str, looks: int, power: float, alpha: float = 0.05) -> float:
    """The smallest drift at which a way of looking calls the effect with that chance."""
    reach = _WAYS[way]
    low, high = 0.0, 6.0
    while reach(high, looks, alpha)[-1] < power:
        low, high = high, 2 * high
    while high - low > 1e-4:
        middle = (low + high) / 2
        low, high = (low, middle) if reach(middle, looks, alpha)[-1] >= power else (middle, high)
    return high


@dataclass(frozen=True, slots=True)
class Looking:
    """How the data would be looked at: planned looks, or as many peeks, else one a day.

    ``per_day`` is how many people take part a day.
    """

    looks: int = 4
    peeks: int | None = None
    per_day: float | None = None
    power: float = POWER
    alpha: float = 0.05

    def __post_init__(self) -> None:
        if not 1 <= self.looks <= 100:
            raise UsageError("looks are 1 to 100")
        if self.per_day is not None and not self.per_day > 0:
            raise UsageError("people per day are more than 0")
        if not 0.05 < self.power < 1 or not 0 < self.alpha < 0.5:
            raise UsageError("power lies between 5 % and 100 %, and alpha between 0 and 50 %")


def ways_of(question: Question, looking: Looking) -> tuple[Way, ...]:
    """What a single look, planned looks and looking whenever one likes take for the same question.

    Raises UsageError where nothing would change.
    """
    if question.raised == question.baseline:
        raise UsageError("there is nothing to notice: the effect is 0")
    looks, per_day, power, alpha = looking.looks, looking.per_day, looking.power, looking.alpha
    once = question.people(drift_needed("once", 1, power, alpha))
    peeks = looking.peeks
    if peeks is None:
        peeks = max(2, ceil(once / per_day)) if per_day else PEEKS
    peeks = min(MOST_PEEKS, peeks)
    had = question.drift(once)
    result: list[Way] = []
    for name, count in (("once", 1), ("looks", looks), ("whenever", peeks)):
        drift = drift_needed(name, count, power, alpha)
        people = question.people(drift)
        by_look = _WAYS[name](drift, count, alpha)
        result.append(
            Way(
                name=name,
                looks=count,
                people=people,
                expected_people=ceil(people * _stops_at(by_look)),
                price=people / once,
                power_at_once=float(_WAYS[name](had, count, alpha)[-1]),
                smallest=drift * sqrt(question.variance / once),
                false_positives=float(_WAYS[name](0.0, count, alpha)[-1]),
                days=None if per_day is None else ceil(people / per_day),
            )
        )
    return tuple(result)


def _stops_at(by_look: Floats) -> float:
    """The expected share of the people that have taken part when one stops."""
    ongoing = 1 - np.concatenate([[0.0], by_look[:-1]])
    return float(ongoing.sum() / len(by_look))


def price_of_peeking(looks: int, alpha: float = 0.05) -> float:
    """How often "no effect" is called one by who peeks at a single look's interval so often."""
    return peeking_rate(looks, 1 - alpha)
