from __future__ import annotations

from math import exp, lgamma, log

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.experiments import ratio_alarms
from shoal.experiments.sample_ratio import CONCENTRATIONS, log_evidence, sample_ratio

COUNTS = st.lists(st.integers(0, 10_000), min_size=2, max_size=5)


def _evidence(counts, shares):
    """The average of Dirichlet-multinomial likelihoods over the planned one, by plain Python."""
    total = sum(counts)
    found = []
    for size in CONCENTRATIONS:
        logged = lgamma(size) - lgamma(size + total)
        for count, share in zip(counts, shares, strict=True):
            logged += lgamma(size * share + count) - lgamma(size * share) - count * log(share)
        found.append(logged)
    most = max(found)
    return most + log(sum(exp(it - most) for it in found) / len(found))


@given(COUNTS, st.data())
def test_the_evidence_is_the_formulas(counts, data):
    weights = data.draw(st.lists(st.floats(0.05, 1), min_size=len(counts), max_size=len(counts)))
    shares = [weight / sum(weights) for weight in weights]
    found = float(log_evidence(np.array(counts, dtype=float), np.array(shares)))
    assert found == pytest.approx(_evidence(counts, shares), rel=1e-8, abs=1e-6)


@given(COUNTS)
def test_one_more_person_changes_the_evidence_on_average_by_nothing(counts):
    """What makes it valid at every instant: under the planned shares it is a martingale."""
    shares = np.full(len(counts), 1 / len(counts))
    now = np.array(counts, dtype=float)
    after = [log_evidence(now + step, shares) for step in np.eye(len(counts))]
    before = log_evidence(now, shares)
    assert np.exp(np.array(after) - before).mean() == pytest.approx(1, rel=1e-5)


def test_small_and_gross_mismatches_are_found_and_even_arms_are_not():
    assert sample_ratio([0, 0], [1, 1]).p == 1
    assert sample_ratio([5_000, 5_050], [1, 1]).ok
    assert not sample_ratio([1_000, 1_300], [1, 1]).ok
    assert not sample_ratio([300, 700], [1, 1]).ok
    assert sample_ratio([900, 100], [90, 10]).ok
    assert not sample_ratio([500, 500], [90, 10]).ok
    assert not sample_ratio([100_000, 0], [1, 1]).ok


def test_a_slice_of_looking_after_every_person():
    assert ratio_alarms(0.5, runs=200, people=10_000, seed=1) <= 0.02
    assert ratio_alarms(0.55, runs=100, people=6_000, seed=2) > 0.9


@pytest.mark.slow
def test_it_errs_once_in_a_hundred_and_finds_one_in_fifty_too_many():
    assert ratio_alarms(0.5, runs=2_000, people=60_000, seed=3) <= 0.01
    assert ratio_alarms(0.51, runs=2_000, people=60_000, seed=4) >= 0.90
