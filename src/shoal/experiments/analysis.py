"""An experiment analysed: every variant against the control, on every metric, in one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from shoal.core.errors import UsageError
from shoal.experiments.balance import unlike_before, unlike_unset
from shoal.experiments.comparing import Comparison, Horizon, compare
from shoal.experiments.discoveries import RATE, adjusted, level_among
from shoal.experiments.distributions import normal_quantile
from shoal.experiments.effects import LEVEL, LIKELY, effect_of
from shoal.experiments.metric import Metric, Outcome, cap_of, events_of
from shoal.experiments.moments import Floats, Moments
from shoal.experiments.pooling import Pooled, pooled
from shoal.experiments.sample_ratio import SampleRatio, sample_ratio
from shoal.experiments.verdicts import Verdict, verdict
from shoal.language.told import Figure, Told, joined

Codes = npt.NDArray[np.int64]
MOST_SEGMENTS = 200


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Who took part: each person's arm, as a place in ``arms``, whose first is the control.

    ``covariates`` were known before the experiment, one number a person, by name.
    """

    arms: tuple[str, ...]
    arm: Codes
    covariates: Mapping[str, Floats] = field(default_factory=dict[str, Floats])


@dataclass(frozen=True, slots=True, eq=False)
class Arm:
    """An arm on one metric. ``mean`` is as it was, unadjusted; ``unset`` counts unknown outcomes."""

    name: str
    count: int
    mean: float | None
    unset: int
    comparison: Comparison | None = None
    found: Found | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """A comparison among all of the analysis: its false-discovery rate, and whether it holds.

    The interval, where it holds, is at the level that so many findings leave.
    """

    rate: float
    holds: bool
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """One metric over all arms; ``cap`` is where amounts were winsorised."""

    metric: Metric
    arms: tuple[Arm, ...]
    cap: float | None


@dataclass(frozen=True, slots=True)
class SegmentEffect:
    """A segment's effect as measured, and drawn towards the common one."""

    segment: str
    arm: str
    counts: tuple[int, int]
    measured: float
    measured_low: float
    measured_high: float
    effect: float
    low: float
    high: float
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class SegmentEffects:
    """Effects by segment of one metric and arm, the common one and the spread around it."""

    metric: str
    arm: str
    common: float
    spread: float
    rows: tuple[SegmentEffect, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Analysis:
    """All of it."""

    measured: tuple[Measured, ...]
    sample_ratio: SampleRatio
    warnings: tuple[str, ...]


def analyse(
    people: People,
    outcomes: Sequence[Outcome],
    horizon: Horizon,
    shares: Sequence[float] | None = None,
    own: Sequence[People] | None = None,
) -> Analysis:
    """Every arm against the first, on every metric; ``shares`` are the planned ones, else equal.

    ``own`` are the same people once for each metric, where covariates are a metric's own. Raises
    UsageError where there is one arm only.
    """
    if len(people.arms) < 2:
        raise UsageError("there is one arm only", hint="a comparison needs a control and a variant")
    counts = np.bincount(people.arm, minlength=len(people.arms))
    ratio = sample_ratio(counts.tolist(), shares or [1.0] * len(people.arms))
    warnings: list[str] = []
    measured = _among_all(
        [
            _measured(whom, outcome, horizon, warnings)
            for whom, outcome in zip(own or [people] * len(outcomes), outcomes, strict=True)
        ]
    )
    for outcome in outcomes:
        warnings += unlike_unset(people.arms, people.arm, outcome)
    for name, values in people.covariates.items():
        warnings += unlike_before(people.arms, people.arm, name, values)
    if not ratio.ok:
        warnings.insert(0, _mismatch(people.arms, ratio))
    return Analysis(measured, ratio, tuple(dict.fromkeys(warnings)))


def _mismatch(arms: Sequence[str], ratio: SampleRatio) -> str:
    total = sum(ratio.counts)
    told = [
        Told("{0} {1} where {2} were planned", name, Figure(count), Figure(share * total, ",.0f"))
        for name, count, share in zip(arms, ratio.counts, ratio.shares, strict=True)
    ]
    return Told(
        "people did not land in the arms as planned ({0}; p {1}): find out why before believing "
        "any effect",
        joined(told),
        Figure(ratio.p, ".2g"),
    )


def moments_of(
    people: People, outcome: Outcome, chosen: npt.NDArray[np.bool_], cap: float | None
) -> Moments:
    """The sufficient statistics of the chosen people on one metric; unset covariates are the mean."""
    chosen = chosen & outcome.known
    values = outcome.values[chosen]
    columns = [values if cap is None else np.minimum(values, cap)]
    if outcome.below is not None:
        columns.append(outcome.below[chosen])
    for covariate in people.covariates.values():
        known = covariate[~np.isnan(covariate)]
        usual = float(known.mean()) if len(known) else 0.0
        columns.append(np.nan_to_num(covariate[chosen], nan=usual))
    return Moments.of(columns)


def _measured(people: People, outcome: Outcome, horizon: Horizon, warnings: list[str]) -> Measured:
    cap = cap_of(outcome)
    arms: list[Arm] = []
    control: Moments | None = None
    control_events = 0
    for place, name in enumerate(people.arms):
        inside = people.arm == place
        moments = moments_of(people, outcome, inside, cap)
        events = events_of(outcome, outcome.values[inside & outcome.known])
        count = int(moments.count)
        unset = int(inside.sum()) - count
        mean = mean_of(moments, outcome)
        if control is None:
            control, control_events = moments, events
            arms.append(Arm(name, count, mean, unset))
            continue
        told = compare(
            control,
            moments,
            outcome.metric,
            horizon,
            events=min(control_events, events),
        )
        if told.reason:
            warnings.append(Told("{0}, {1}: {2}", outcome.metric.name, name, told.reason))
        arms.append(Arm(name, count, mean, unset, told))
    return Measured(outcome.metric, tuple(arms), cap)


def mean_of(moments: Moments, outcome: Outcome) -> float | None:
    """The arm's mean, or its ratio; None of nobody, or over nothing."""
    if not moments.count:
        return None
    if outcome.below is None:
        return float(moments.means[0])
    below = float(moments.means[1])
    return float(moments.means[0]) / below if below else None


def _among_all(measured: Sequence[Measured]) -> tuple[Measured, ...]:
    """Every comparison with its false-discovery rate among them all."""
    told = [arm.comparison for one in measured for arm in one.arms if arm.comparison is not None]
    all_rates = adjusted([it.evidence_level for it in told])
    found = [rate for rate in all_rates if rate is not None and rate <= RATE]
    level = level_among(len(found), sum(rate is not None for rate in all_rates))
    rates = iter(all_rates)

    def among(arm: Arm) -> Arm:
        if arm.comparison is None:
            return arm
        rate = next(rates)
        if rate is None:
            return arm
        low, high = arm.comparison.interval(level) if rate <= RATE else (None, None)
        return replace(arm, found=Found(rate, rate <= RATE, low, high))

    return tuple(replace(one, arms=tuple(among(arm) for arm in one.arms)) for one in measured)


def by_segment(
    people: People,
    outcomes: Sequence[Outcome],
    segment: Codes,
    names: Sequence[str],
) -> list[SegmentEffects]:
    """Effects in each segment, drawn together; ``segment`` is a place in ``names``, -1 for none.

    Raises UsageError for more segments than anybody could mean.
    """
    if len(names) > MOST_SEGMENTS:
        raise UsageError(f"{len(names):,} segments are too many", hint=f"at most {MOST_SEGMENTS}")
    found = [
        _pooled_over(people, outcome, segment, names, place)
        for outcome in outcomes
        for place in range(1, len(people.arms))
    ]
    return [it for it in found if it is not None]


def _pooled_over(
    people: People, outcome: Outcome, segment: Codes, names: Sequence[str], place: int
) -> SegmentEffects | None:
    cap = cap_of(outcome)
    inside: list[tuple[str, tuple[int, int], float, float]] = []
    for code, name in enumerate(names):
        both = [
            moments_of(people, outcome, (people.arm == arm) & (segment == code), cap)
            for arm in (0, place)
        ]
        if min(float(it.count) for it in both) < 2:
            continue
        effect = effect_of(both[0], both[1], ratio=outcome.below is not None)
        error = float(effect.standard_error)
        if error > 0:
            counts = (int(both[0].count), int(both[1].count))
            inside.append((name, counts, float(effect.difference), error))
    if len(inside) < 2:
        return None
    effects, errors = (np.array([it[at] for it in inside]) for at in (2, 3))
    drawn = pooled(effects, errors)
    rows = tuple(_row(drawn, at, it, people.arms[place], outcome) for at, it in enumerate(inside))
    return SegmentEffects(outcome.metric.name, people.arms[place], drawn.common, drawn.spread, rows)


def _row(
    drawn: Pooled,
    at: int,
    inside: tuple[str, tuple[int, int], float, float],
    arm: str,
    outcome: Outcome,
) -> SegmentEffect:
    name, counts, measured, error = inside
    half = normal_quantile((1 + LEVEL) / 2) * error
    sure, likely = drawn.interval(at, LEVEL), drawn.interval(at, LIKELY)
    said = verdict(sure, likely, less_is_better=outcome.metric.less_is_better)
    return SegmentEffect(
        name, arm, counts, measured, measured - half, measured + half,
        float(drawn.effects[at]), *sure, said,
    )  # fmt: skip
