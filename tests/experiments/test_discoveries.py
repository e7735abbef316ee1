from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from shoal.experiments.discoveries import RATE, adjusted, level_among

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=40)


@given(P_VALUES)
def test_adjusted_p_values_are_scipys(p_values):
    assert adjusted(p_values) == pytest.approx(stats.false_discovery_control(p_values))


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=20))
def test_questions_without_an_answer_do_not_count(p_values):
    asked = [p for p in p_values if p is not None]
    found = adjusted(p_values)
    assert [rate is None for rate in found] == [p is None for p in p_values]
    assert [rate for rate in found if rate is not None] == (adjusted(asked) if asked else [])


def test_of_what_is_found_at_most_one_in_twenty_is_false_and_misses_its_interval():
    rng = np.random.default_rng(1)
    false_shares, missed_shares = [], []
    for _ in range(600):
        truth = np.where(rng.random(40) < 0.3, rng.normal(0, 3, 40), 0.0)
        z = truth + rng.normal(size=40)
        rates = np.array(adjusted((2 * stats.norm.sf(np.abs(z))).tolist()))
        found = rates <= RATE
        half = stats.norm.ppf((1 + level_among(int(found.sum()), 40)) / 2)
        count = max(int(found.sum()), 1)
        false_shares.append((found & (truth == 0)).sum() / count)
        missed_shares.append((found & (np.abs(z - truth) > half)).sum() / count)
    assert np.mean(false_shares) <= RATE
    assert np.mean(missed_shares) <= RATE
