from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from shoal.core.errors import UsageError
from shoal.experiments.looks import crossing, even_looks, obrien_fleming, peeking_rate

# Jennison and Turnbull (2000), *Group Sequential Methods*, table 2.3: two-sided, 5 % and 20 %... and
# the constants C of O'Brien and Fleming for K looks at 5 %.
PUBLISHED = {1: 1.960, 2: 1.977, 3: 2.004, 4: 2.024, 5: 2.040, 10: 2.087, 20: 2.126}


@pytest.mark.parametrize(("looks", "constant"), PUBLISHED.items())
def test_obrien_flemings_constants_are_the_published_ones(looks, constant):
    bounds = obrien_fleming(even_looks(looks))
    assert bounds[-1] == pytest.approx(constant, abs=0.0006)
    for look, bound in enumerate(bounds, start=1):
        assert bound == pytest.approx(bounds[-1] * (looks / look) ** 0.5)


@given(st.floats(0.1, 5), st.floats(-6, 6))
def test_one_look_is_the_normal_distribution(bound, drift):
    wanted = stats.norm.sf(bound - drift) + stats.norm.cdf(-bound - drift)
    assert crossing((1.0,), np.array([bound]), drift)[0] == pytest.approx(wanted, abs=1e-9)


@settings(max_examples=25)
@given(
    st.sets(st.integers(10, 1_000), min_size=1, max_size=6),
    st.floats(1.2, 3.5),
    st.floats(0, 4),
)
def test_crossing_is_what_walking_says(times, bound, drift):
    fractions = np.array(sorted(times)) / 1_000
    rng = np.random.default_rng(1)
    steps = np.diff(np.concatenate([[0.0], fractions]))
    walks = (rng.normal(size=(20_000, len(steps))) * np.sqrt(steps) + drift * steps).cumsum(axis=1)
    crossed = (np.abs(walks) / np.sqrt(fractions) >= bound).cumsum(axis=1) > 0
    found = crossing(fractions, np.full(len(steps), bound), drift)
    assert found == pytest.approx(crossed.mean(axis=0), abs=0.025)
    assert (np.diff(found) >= -1e-9).all()


def test_peeking_a_year_calls_nothing_something_nearly_every_second_time():
    assert peeking_rate(1) == pytest.approx(0.05, abs=1e-6)
    assert peeking_rate(5) == pytest.approx(0.142, abs=0.001)  # Armitage and others 1969, table 2
    assert peeking_rate(365) == pytest.approx(0.466, abs=0.002)


@pytest.mark.parametrize(
    "fractions", [(), (0.5,), (0.5, 0.5, 1.0), (0.0, 1.0), (0.5, 1.2)], ids=range(5)
)
def test_looks_that_make_no_sense_are_refused(fractions):
    with pytest.raises(UsageError):
        obrien_fleming(fractions)
