"""Effects against plain formulas, against resampling and against tea-tasting."""

from __future__ import annotations

import importlib.util
import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shoal.experiments.effects import effect_of, half_width, p_value, relative
from shoal.experiments.moments import Moments

AMOUNTS = st.floats(-1e6, 1e6)
PEOPLE = st.lists(st.tuples(AMOUNTS, AMOUNTS), min_size=2, max_size=30)
needs_tea = pytest.mark.skipif(
    importlib.util.find_spec("tea_tasting") is None, reason="tea-tasting is not installed"
)


def _moments(rows):
    return Moments.of(list(np.array(rows, dtype=np.float64).T))


@given(PEOPLE, PEOPLE)
def test_moments_add_up_to_those_of_everybody(some, others):
    added, whole = _moments(some) + _moments(others), _moments(some + others)
    scale = 1 + np.abs(whole.products).max()
    assert float(added.count) == len(some) + len(others)
    assert added.means == pytest.approx(whole.means, rel=1e-9, abs=1e-6)
    assert added.products / scale == pytest.approx(whole.products / scale, abs=1e-9)
    assert whole.covariance / scale == pytest.approx(
        np.cov(np.array(some + others).T) / scale, abs=1e-9
    )


@given(PEOPLE)
def test_plain_sums_give_the_same_moments(rows):
    table = np.array(rows)
    from_sums = Moments.from_sums(np.float64(len(table)), table.sum(axis=0), table.T @ table)
    of = _moments(rows)
    scale = 1 + (table**2).sum()
    assert from_sums.means == pytest.approx(of.means)
    assert from_sums.products / scale == pytest.approx(of.products / scale, abs=1e-12)


@given(st.integers(0, 2**32 - 1))
def test_a_plain_difference_is_welchs(seed):
    rng = np.random.default_rng(seed)
    one, other = rng.gamma(1, 3, rng.integers(2, 60)), rng.gamma(2, 2, rng.integers(2, 60))
    effect = effect_of(Moments.of([one]), Moments.of([other]))
    wanted = stats.ttest_ind(other, one, equal_var=False)
    interval = wanted.confidence_interval(0.95)
    assert p_value(effect) == pytest.approx(wanted.pvalue, rel=1e-7)
    assert float(effect.difference) - half_width(effect) == pytest.approx(interval.low)
    assert float(effect.difference) + half_width(effect) == pytest.approx(interval.high)


def _visits(rng, people, lift=0.0):
    exposures = 1.0 + rng.poisson(3, people)
    chance = np.minimum(rng.beta(2, 18, people) * (1 + lift), 1)
    return rng.binomial(exposures.astype(int), chance).astype(float), exposures


def test_the_delta_method_says_how_much_a_ratio_varies():
    rng = np.random.default_rng(1)
    ratios = []
    errors = []
    for _ in range(2_000):
        clicked, exposures = _visits(rng, 300)
        arm = Moments.of([clicked, exposures])
        effect = effect_of(arm, arm, ratio=True)
        ratios.append(float(effect.control))
        errors.append(float(effect.control_variance) ** 0.5)
    assert np.mean(errors) == pytest.approx(np.std(ratios), rel=0.05)
    assert np.mean(ratios) == pytest.approx(0.1, rel=0.01)


def test_many_experiments_at_once_are_each_one_of_them():
    rng = np.random.default_rng(2)
    tables = rng.normal(size=(2, 5, 3, 40)) + rng.normal(size=(2, 5, 1, 40))
    tables[:, :, 1] += 10
    whole = [
        Moments.from_sums(np.full(5, 40.0), arm.sum(axis=2), np.einsum("eip,ejp->eij", arm, arm))
        for arm in tables
    ]
    for ratio in (False, True):
        together = effect_of(*whole, ratio=ratio)
        for at in range(5):
            alone = effect_of(*(Moments.of(list(arm[at])) for arm in tables), ratio=ratio)
            assert together.difference[at] == pytest.approx(float(alone.difference))
            assert together.standard_error[at] == pytest.approx(float(alone.standard_error))
            assert together.explained[at] == pytest.approx(float(alone.explained))


def test_covariates_that_repeat_each_other_or_never_vary_change_nothing():
    rng = np.random.default_rng(3)
    known = rng.normal(size=(2, 200))
    outcome = known + rng.normal(size=(2, 200))
    alone = effect_of(*(Moments.of([outcome[at], known[at]]) for at in (0, 1)))
    crowded = effect_of(
        *(
            Moments.of([outcome[at], known[at], 1000 * known[at] - 7, np.full(200, 3.0)])
            for at in (0, 1)
        )
    )
    assert float(crowded.difference) == pytest.approx(float(alone.difference))
    assert float(crowded.standard_error) == pytest.approx(float(alone.standard_error))
    assert 0.3 < float(alone.explained) < 0.7


def test_an_adjusted_interval_covers_as_often_as_it_says():
    rng = np.random.default_rng(4)
    covered = narrower = 0
    for _ in range(1_000):
        known = rng.normal(size=(2, 100))
        outcome = known + rng.normal(size=(2, 100)) + np.array([[0.0], [0.3]])
        plain, adjusted = (
            effect_of(*(Moments.of([outcome[at], *more[at]]) for at in (0, 1)))
            for more in (((), ()), known[:, None])
        )
        covered += abs(float(adjusted.difference) - 0.3) <= half_width(adjusted)
        narrower += half_width(adjusted) < half_width(plain)
    assert 930 <= covered <= 970
    assert narrower > 990


def _tea(columns, metric):
    import pandas as pd

    frames = [
        pd.DataFrame({name: values[arm] for name, values in columns.items()} | {"variant": arm})
        for arm in (0, 1)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import tea_tasting

        return tea_tasting.Experiment(metric=metric).analyze(pd.concat(frames))["metric"]


def _same(effect, told):
    half = half_width(effect)
    interval = relative(effect)
    assert float(effect.difference) == pytest.approx(told.effect_size, abs=1e-9)
    assert float(effect.difference) - half == pytest.approx(told.effect_size_ci_lower, abs=1e-9)
    assert float(effect.difference) + half == pytest.approx(told.effect_size_ci_upper, abs=1e-9)
    assert p_value(effect) == pytest.approx(told.pvalue, abs=1e-9)
    assert interval == pytest.approx(
        (told.rel_effect_size, told.rel_effect_size_ci_lower, told.rel_effect_size_ci_upper),
        abs=1e-9,
    )


def _shop(seed=5):
    """Two arms of people with a revenue that depends on what they spent before."""
    rng = np.random.default_rng(seed)
    before = rng.gamma(2, 20, (2, 4_000))
    spent = np.where(rng.random((2, 4_000)) < 0.4, before * rng.gamma(2, 0.5, (2, 4_000)), 0)
    spent[1] *= 1.1
    return before, spent


@needs_tea
def test_cuped_is_tea_tastings():
    import tea_tasting

    before, spent = _shop()
    for covariate in (None, "before"):
        effect = effect_of(
            *(Moments.of([spent[at], *([before[at]] if covariate else [])]) for at in (0, 1))
        )
        told = _tea(
            {"spent": spent, "before": before}, tea_tasting.Mean("spent", covariate=covariate)
        )
        _same(effect, told)


@needs_tea
def test_a_ratio_is_tea_tastings():
    import tea_tasting

    rng = np.random.default_rng(6)
    arms = [_visits(rng, 3_000), _visits(rng, 2_500, 0.1)]
    effect = effect_of(*(Moments.of(list(arm)) for arm in arms), ratio=True)
    told = _tea(
        {"clicked": [arm[0] for arm in arms], "shown": [arm[1] for arm in arms]},
        tea_tasting.RatioOfMeans("clicked", "shown"),
    )
    _same(effect, told)


def test_cuped_is_what_tea_tasting_said():
    """tea-tasting 1.14.0, ``Mean("spent", covariate="before")`` on the people of ``_shop``."""
    before, spent = _shop()
    effect = effect_of(*(Moments.of([spent[at], before[at]]) for at in (0, 1)))
    low, high = (float(effect.difference) + sign * half_width(effect) for sign in (-1, 1))
    assert (float(effect.difference), low, high) == pytest.approx(TOLD[:3], abs=5e-6)
    assert relative(effect) == pytest.approx(TOLD[3:6], abs=5e-6)
    assert p_value(effect) == pytest.approx(TOLD[6], abs=5e-6)


TOLD = (2.453590, 1.046893, 3.860287, 0.162228, 0.066799, 0.266194, 0.000631)
