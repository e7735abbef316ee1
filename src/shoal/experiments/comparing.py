"""One variant against the control on one metric, under one of three ways of looking.

Once, at the end; at planned looks (O'Brien and Fleming); or whenever one likes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from shoal.core.errors import UsageError
from shoal.experiments import always_valid
from shoal.experiments.distributions import normal_two_sided
from shoal.experiments.effects import (
    LEVEL,
    LIKELY,
    Effect,
    effect_of,
    half_width,
    p_value,
    relative,
)
from shoal.experiments.looks import crossing, obrien_fleming
from shoal.experiments.metric import Kind, Metric
from shoal.experiments.moments import Moments
from shoal.experiments.verdicts import Interval, Verdict, verdict
from shoal.language.told import Figure, Told


@dataclass(frozen=True, slots=True)
class Once:
    """The data are looked at once, at an instant set before."""


@dataclass(frozen=True, slots=True)
class Looks:
    """The data are looked at at these shares of the planned people; ``look`` is the one now, from 1."""

    fractions: tuple[float, ...]
    look: int

    def __post_init__(self) -> None:
        if not 1 <= self.look <= len(self.fractions):
            raise UsageError(f"there is no look {self.look}: {len(self.fractions)} are planned")


@dataclass(frozen=True, slots=True)
class Whenever:
    """The data may be looked at at any instant; tightest at ``planned`` people in both arms."""

    planned: float = always_valid.PLANNED


Horizon = Once | Looks | Whenever


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What a variant changed, by how much at least and at most, and what to call that.

    ``p`` is None under always-valid intervals, which have ``evidence`` (an e-value) instead.
    ``low`` and ``high`` are None where nothing varied; ``reason`` says so.
    """

    effect: Effect
    horizon: Horizon
    low: float | None
    high: float | None
    relative: tuple[float, float, float] | None
    p: float | None
    evidence: float | None
    verdict: Verdict
    burning_in: bool = False
    reason: str | None = None

    @property
    def difference(self) -> float | None:
        """Treated less control; None where one of them has no value."""
        value = float(self.effect.difference)
        return value if value == value else None  # noqa: PLR0124  NaN is not itself

    @property
    def explained(self) -> float:
        """The share of the variance that covariates took away."""
        value = float(self.effect.explained)
        return value if value == value else 0.0  # noqa: PLR0124

    @property
    def evidence_level(self) -> float | None:
        """The p-value, or one over the evidence, which stands in its place."""
        if self.evidence is not None:
            return min(1.0, 1 / self.evidence)
        return self.p

    def interval(self, level: float) -> tuple[float, float] | tuple[None, None]:
        """The interval at another level."""
        found = _interval(self.effect, self.horizon, level, burning_in=self.burning_in)
        return found or (None, None)


def compare(
    control: Moments,
    treated: Moments,
    metric: Metric,
    horizon: Horizon,
    *,
    events: int,
) -> Comparison:
    """The variant against the control; ``events`` is what the burn-in counts, in the poorer arm."""
    effect = effect_of(control, treated, ratio=metric.kind is Kind.RATIO)
    if min(float(control.count), float(treated.count)) < 2 or not float(effect.standard_error) > 0:
        reason = Told("nothing varies, or an arm has fewer than two people; nothing can be told")
        return Comparison(
            effect, horizon, None, None, None, None, None, Verdict.CANNOT_TELL, reason=reason
        )
    z = float(effect.difference / effect.standard_error)
    p: float | None = None
    evidence: float | None = None
    burning_in = False
    reason = None
    match horizon:
        case Once():
            p = p_value(effect)
        case Looks():
            p = _repeated_p(z, horizon)
        case Whenever():
            rho = always_valid.mixture(horizon.planned)
            evidence = float(always_valid.e_value(z, effect.people, rho))
            burning_in = events < always_valid.BURN_IN
            if burning_in:
                evidence = min(evidence, 1.0)
                reason = Told(
                    "only {0} people with an outcome in the poorer arm; nothing is called before {1}",
                    Figure(events, "d"),
                    Figure(always_valid.BURN_IN, "d"),
                )
    sure = _interval(effect, horizon, LEVEL, burning_in=burning_in)
    likely = _interval(effect, horizon, LIKELY, burning_in=burning_in)
    assert sure is not None
    stretch = (sure[1] - sure[0]) / 2 / float(effect.standard_error)
    return Comparison(
        effect=effect,
        horizon=horizon,
        low=sure[0],
        high=sure[1],
        relative=relative(effect, None if isinstance(horizon, Once) else stretch),
        p=p,
        evidence=evidence,
        verdict=verdict(sure, likely, less_is_better=metric.less_is_better),
        burning_in=burning_in,
        reason=reason,
    )


def _interval(
    effect: Effect, horizon: Horizon, level: float, *, burning_in: bool
) -> Interval | None:
    error, middle = float(effect.standard_error), float(effect.difference)
    match horizon:
        case Once():
            half = half_width(effect, level)
        case Looks():
            half = obrien_fleming(horizon.fractions, level)[horizon.look - 1] * error
        case Whenever():
            rho = always_valid.mixture(horizon.planned)
            half = float(always_valid.stretch(effect.people, rho, level)) * error
    if half is None:
        return None
    if burning_in:
        return min(middle - half, 0.0), max(middle + half, 0.0)
    return middle - half, middle + half


def _repeated_p(z: float, horizon: Looks) -> float:
    """The level at which O'Brien and Fleming's boundary runs through this look's z."""
    if z == 0:
        return 1.0
    times = np.array(horizon.fractions)
    bounds = abs(z) * np.sqrt(times[horizon.look - 1] / times)
    if abs(z) > 7.5:
        return normal_two_sided(z)
    return min(1.0, max(float(crossing(horizon.fractions, bounds)[-1]), normal_two_sided(z)))
