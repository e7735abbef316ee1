from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import special, stats

from shoal.experiments.distributions import (
    log_gamma,
    normal_two_sided,
    t_quantile,
    t_two_sided,
)


@given(st.floats(-60, 60), st.floats(0.5, 1e9))
def test_students_t_is_scipys(t, freedom):
    wanted = 2 * stats.t.sf(abs(t), freedom)
    assert t_two_sided(t, freedom) == pytest.approx(wanted, rel=1e-6, abs=1e-300)


@given(st.floats(0.5, 0.9999), st.floats(1, 1e8))
def test_its_quantile_is_scipys(probability, freedom):
    wanted = stats.t.ppf(probability, freedom)
    assert t_quantile(probability, freedom) == pytest.approx(wanted, rel=1e-7, abs=1e-7)


@given(st.floats(-37, 37))
def test_the_normal_is_scipys(z):
    assert normal_two_sided(z) == pytest.approx(2 * stats.norm.sf(abs(z)), rel=1e-12)


@given(st.lists(st.floats(1e-6, 1e9), min_size=1, max_size=20))
def test_the_log_of_gamma_is_scipys(values):
    wanted = special.gammaln(values)
    assert log_gamma(np.array(values)) == pytest.approx(wanted, rel=1e-11, abs=1e-11)
