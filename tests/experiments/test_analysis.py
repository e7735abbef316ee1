"""F4: The whole analysis: real figures, the words of verdicts, several arms, segments, burn-in."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import UsageError
from shoal.experiments.analysis import People, analyse, by_segment
from shoal.experiments.comparing import Looks, Once, Whenever
from shoal.experiments.looks import even_looks
from shoal.experiments.metric import Kind, Metric, Outcome
from shoal.experiments.verdicts import Verdict, verdict
from tests.sources.reading import DATA

HILLSTROM = DATA / "hillstrom" / "hillstrom.csv.gz"
needs_data = pytest.mark.skipif(not HILLSTROM.exists(), reason="shared data not there")
ARMS = ("No E-Mail", "Mens E-Mail", "Womens E-Mail")
# As published with the data and verified there: people, and per metric mean and standard error of
# the effect (visits and conversions by the pooled z of two shares, spending by its standard error).
PEOPLE_BY_ARM = (21_306, 21_307, 21_387)
MEANS = {
    "visit": (0.106167, 0.182757, 0.151400),
    "conversion": (0.005726, 0.012531, 0.008837),
    "spend": (0.65279, 1.42262, 1.07720),
}
EFFECTS = {
    "visit": ((0.07659, 22.49), (0.04523, 13.95)),
    "conversion": ((0.00681, 7.39), (0.00311, 3.78)),
}
SPENDING = ((0.7698, 0.1452), (0.4244, 0.1303))


def _hillstrom():
    frame = pd.read_csv(HILLSTROM)
    arm = frame["segment"].map({name: at for at, name in enumerate(ARMS)}).to_numpy()
    people = People(ARMS, arm.astype(np.int64), {})
    kinds = {"visit": Kind.CONVERSION, "conversion": Kind.CONVERSION, "spend": Kind.MEAN}
    outcomes = [
        Outcome(Metric(name, kind), frame[name].to_numpy(dtype=float))
        for name, kind in kinds.items()
    ]
    return frame, people, outcomes


@needs_data
def test_hillstroms_means_effects_and_intervals_are_the_verified_ones():
    _, people, outcomes = _hillstrom()
    found = analyse(people, outcomes, Once())
    assert found.sample_ratio.counts == PEOPLE_BY_ARM
    assert found.sample_ratio.ok
    for measured in found.measured:
        name = measured.metric.name
        assert [arm.count for arm in measured.arms] == list(PEOPLE_BY_ARM)
        assert [arm.mean for arm in measured.arms] == pytest.approx(MEANS[name], abs=6e-6)
        assert {arm.comparison.verdict for arm in measured.arms[1:]} == {Verdict.VERY_LIKELY_HELPED}
        assert all(arm.found.holds for arm in measured.arms[1:])
    visit, conversion, spend = found.measured
    for measured in (visit, conversion):
        for arm, (effect, z) in zip(measured.arms[1:], EFFECTS[measured.metric.name], strict=True):
            told = arm.comparison
            counts = np.array([PEOPLE_BY_ARM[0], arm.count])
            shares = np.array([measured.arms[0].mean, arm.mean])
            pooled = (shares * counts).sum() / counts.sum()
            error = (pooled * (1 - pooled) * (1 / counts).sum()) ** 0.5
            assert told.difference == pytest.approx(effect, abs=6e-6)
            assert told.difference / error == pytest.approx(z, abs=0.006)
            own = (shares * (1 - shares) / (counts - 1)).sum() ** 0.5
            assert (told.low, told.high) == pytest.approx(
                (told.difference - 1.96 * own, told.difference + 1.96 * own), abs=1e-6
            )
    for arm, (effect, error) in zip(spend.arms[1:], SPENDING, strict=True):
        told = arm.comparison
        assert told.difference == pytest.approx(effect, abs=6e-5)
        assert float(told.effect.standard_error) == pytest.approx(error, abs=6e-5)
        assert told.low == pytest.approx(effect - 1.96 * error, abs=3e-4)
        assert told.high == pytest.approx(effect + 1.96 * error, abs=3e-4)


@needs_data
def test_what_was_spent_before_explains_next_to_nothing_at_hillstrom_and_that_is_said():
    frame, people, outcomes = _hillstrom()
    covariates = {"history": frame["history"].to_numpy(dtype=float)}
    found = analyse(People(ARMS, people.arm, covariates), outcomes, Once())
    for measured in found.measured:
        for arm in measured.arms[1:]:
            assert 0 <= float(arm.comparison.effect.explained) < 0.023


@needs_data
def test_always_valid_intervals_are_wider_and_hold_the_fixed_ones():
    _, people, outcomes = _hillstrom()
    once, whenever = analyse(people, outcomes, Once()), analyse(people, outcomes, Whenever())
    for fixed, wide in zip(once.measured, whenever.measured, strict=True):
        for one, other in zip(fixed.arms[1:], wide.arms[1:], strict=True):
            assert other.comparison.low < one.comparison.low
            assert other.comparison.high > one.comparison.high
            assert other.comparison.p is None
            assert (other.comparison.evidence >= 20) == (
                other.comparison.low > 0 or other.comparison.high < 0
            )


def _two_arms(seed, people=400, lift=0.0, kind=Kind.MEAN):
    rng = np.random.default_rng(seed)
    arm = np.arange(people) % 2
    values = (
        rng.normal(lift * arm, 1)
        if kind is Kind.MEAN
        else (rng.random(people) < 0.3 + lift * arm).astype(float)
    )
    return People(("a", "b"), arm), Outcome(Metric("m", kind), values)


HORIZONS = (Once(), Looks(even_looks(4), 3), Whenever(400))


@given(st.integers(0, 10_000), st.floats(-0.4, 0.4), st.sampled_from(HORIZONS), st.booleans())
def test_verdicts_are_what_the_intervals_say(seed, lift, horizon, less_is_better):
    people, outcome = _two_arms(seed, lift=lift)
    outcome = Outcome(Metric("m", Kind.MEAN, less_is_better=less_is_better), outcome.values)
    told = analyse(people, [outcome], horizon).measured[0].arms[1].comparison
    sure, likely = (told.low, told.high), told.interval(0.8)
    assert sure[0] <= likely[0] <= told.difference <= likely[1] <= sure[1]
    for interval, word in ((sure, "very likely "), (likely, "likely ")):
        if interval[0] > 0 or interval[1] < 0:
            good = (interval[0] > 0) != less_is_better
            assert told.verdict == word + ("helped" if good else "hurt")
            break
    else:
        assert told.verdict == "can't tell yet"
    assert (told.evidence_level < 0.05) == (sure[0] > 0 or sure[1] < 0) or abs(
        told.evidence_level - 0.05
    ) < 1e-6


def test_the_words_are_fixed():
    assert [str(it) for it in Verdict] == [
        "very likely helped", "likely helped", "can't tell yet", "likely hurt", "very likely hurt",
    ]  # fmt: skip
    assert verdict(None, None, less_is_better=False) is Verdict.CANNOT_TELL


def test_nothing_is_called_before_the_burn_in():
    arm = np.arange(400) % 2
    values = np.zeros(400)
    values[arm == 1] = (np.arange(200) < 120).astype(float)
    values[np.flatnonzero(arm == 0)[:24]] = 1
    outcome = Outcome(Metric("m", Kind.CONVERSION), values)
    people = People(("a", "b"), arm)
    told = analyse(people, [outcome], Whenever()).measured[0].arms[1].comparison
    assert told.burning_in
    assert told.low == 0
    assert told.verdict is Verdict.CANNOT_TELL
    values[np.flatnonzero(arm == 0)[24]] = 1
    told = analyse(people, [outcome], Whenever()).measured[0].arms[1].comparison
    assert not told.burning_in
    assert told.verdict is Verdict.VERY_LIKELY_HELPED


def test_amounts_are_winsorised_at_one_cap_for_all_arms():
    people, outcome = _two_arms(1)
    values = outcome.values.copy()
    values[1] = 1e6
    wild = Outcome(Metric("m", Kind.MEAN, winsorise=0.99), values)
    found = analyse(people, [wild], Once()).measured[0]
    assert found.cap == np.sort(values)[-4]
    capped = np.minimum(values, found.cap)
    assert found.arms[1].mean == pytest.approx(capped[people.arm == 1].mean())
    assert found.arms[1].comparison.high < 1


def test_a_retention_counts_those_old_enough_and_a_ratio_divides_sums():
    people = People(("a", "b"), np.array([0, 0, 0, 1, 1, 1]))
    kept = Outcome(Metric("kept", Kind.RETENTION), np.array([1, 0, np.nan, 1, 1, np.nan]))
    rate = Outcome(
        Metric("rate", Kind.RATIO),
        np.array([1, 0, 2, 3, 1, 1.0]),
        np.array([4, 1, 5, 5, 2, np.nan]),
    )
    found = analyse(people, [kept, rate], Once()).measured
    assert [(arm.count, arm.mean, arm.unset) for arm in found[0].arms] == [(2, 0.5, 1), (2, 1, 1)]
    assert [(arm.count, arm.mean) for arm in found[1].arms] == [
        (3, pytest.approx(3 / 10)), (2, pytest.approx(4 / 7)),
    ]  # fmt: skip


def test_among_many_metrics_few_are_found_by_chance_and_a_real_one_is():
    rng = np.random.default_rng(3)
    arm = np.arange(2_000) % 3
    people = People(("a", "b", "c"), arm)
    outcomes = [
        Outcome(
            Metric(f"m{at}", Kind.MEAN),
            rng.normal(size=2_000) + (0.5 * (arm == 2) if not at else 0),
        )
        for at in range(30)
    ]
    found = analyse(people, outcomes, Once())
    told = {(one.metric.name, arm.name): arm for one in found.measured for arm in one.arms[1:]}
    assert [key for key, arm in told.items() if arm.found.holds] == [("m0", "c")]
    chance = [arm for arm in told.values() if arm.comparison.verdict.startswith("very")]
    assert len(chance) > 1
    real = told["m0", "c"]
    assert real.found.low < real.comparison.low < real.comparison.high < real.found.high


def test_arms_that_cannot_be_compared_are_said_and_break_nothing():
    people = People(("a", "b", "c"), np.array([0, 0, 0, 1, 1, 2]))
    outcome = Outcome(Metric("m", Kind.MEAN), np.array([1.0, 1, 1, 1, 1, 5]))
    found = analyse(people, [outcome], Once())
    for arm in found.measured[0].arms[1:]:
        assert arm.comparison.low is None
        assert arm.comparison.verdict is Verdict.CANNOT_TELL
    assert len(found.warnings) == 2
    with pytest.raises(UsageError, match="one arm only"):
        analyse(People(("a",), np.zeros(6, dtype=np.int64)), [outcome], Once())


def test_a_mismatch_of_arms_is_told_first():
    people = People(("a", "b"), (np.arange(4_000) % 3 == 0).astype(np.int64))
    outcome = Outcome(Metric("m", Kind.MEAN), np.random.default_rng(1).normal(size=4_000))
    found = analyse(people, [outcome], Once())
    assert not found.sample_ratio.ok
    assert found.warnings[0].startswith("people did not land in the arms as planned (a 2,666 where")
    assert analyse(people, [outcome], Once(), [2, 1]).sample_ratio.ok


def test_a_covariate_that_the_experiment_moved_and_outcomes_missing_in_one_arm_are_told():
    rng = np.random.default_rng(5)
    arm = np.arange(4_000) % 2
    values = rng.normal(size=4_000)
    values[(arm == 1) & (rng.random(4_000) < 0.1)] = np.nan
    covariates = {"good": rng.normal(size=4_000), "after": rng.normal(0.3 * arm, 1)}
    outcome = Outcome(Metric("m", Kind.MEAN), values)
    found = analyse(People(("a", "b"), arm, covariates), [outcome], Once())
    missing, moved = found.warnings
    assert missing.startswith("m is unset for 0.0% of a and 9.9% of b: ")
    assert moved.startswith("`after` differs between a and b (p ")


def test_segments_are_drawn_together_by_arm_and_metric():
    rng = np.random.default_rng(4)
    arm, segment = rng.integers(0, 2, 9_000), rng.integers(-1, 3, 9_000)
    values = rng.normal(0.2 * arm, 1)
    people = People(("a", "b"), arm)
    (found,) = by_segment(people, [Outcome(Metric("m", Kind.MEAN), values)], segment, "xyz")
    assert [row.segment for row in found.rows] == ["x", "y", "z"]
    assert found.common == pytest.approx(0.2, abs=0.06)
    for row in found.rows:
        inside = segment == "xyz".index(row.segment)
        gap = values[inside & (arm == 1)].mean() - values[inside & (arm == 0)].mean()
        assert row.measured == pytest.approx(gap)
        assert abs(row.effect - found.common) <= abs(row.measured - found.common) + 1e-4
        assert row.high - row.low < row.measured_high - row.measured_low
    assert by_segment(people, [Outcome(Metric("m", Kind.MEAN), values)], segment * 0, "x") == []
