"""Gamma-Gamma: the published example to the digits published, and known truth found again."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import TooFewError
from shoal.predictions.learning import Often
from shoal.predictions.spending import Spending, _loss, expected_value, fit_spending
from tests.predictions.test_buying import needs_data, summary

FIRST_TEN = (24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17)


@needs_data
def test_the_published_parameters_and_values_of_cdnow():
    x, _, _, means = summary()
    found = fit_spending(x, means)
    assert found.p == pytest.approx(6.25, abs=0.01)
    assert found.q == pytest.approx(3.74, abs=0.01)
    assert found.v == pytest.approx(15.44, abs=0.01)
    assert found.log_likelihood == pytest.approx(-4055.92, abs=0.01)
    assert expected_value(found, x, means)[:10] == pytest.approx(FIRST_TEN, abs=0.02)


def test_what_made_up_customers_were_made_with_is_found_again():
    random = np.random.default_rng(3)
    p, q, v = 4.0, 5.0, 30.0
    x = random.integers(1, 9, 20_000).astype(float)
    scale = random.gamma(q, 1 / v, len(x))
    means = random.gamma(p * x, 1 / (scale * x))
    found = fit_spending(x, means)
    assert (found.p, found.q) == pytest.approx((p, q), rel=0.05)
    assert found.mean == pytest.approx(p * v / (q - 1), rel=0.03)
    assert abs(found.correlation) < 0.05
    truth = Spending(p, q, v, 0.0, 0.0)
    assert expected_value(found, x, means) == pytest.approx(
        expected_value(truth, x, means), rel=0.05
    )


@given(
    st.tuples(*[st.floats(-2, 2)] * 3),
    st.lists(st.tuples(st.integers(1, 20), st.floats(0.01, 100)), min_size=1, max_size=6),
)
def test_slopes_are_those_of_the_likelihood(logs, seen):
    x, means = (np.array(column, np.float64) for column in zip(*seen, strict=True))
    at, often = np.array(logs), Often.in_all(x)
    _, slopes = _loss(at, often, means)
    for place in range(3):
        step = np.zeros(3)
        step[place] = 1e-6
        about = (_loss(at + step, often, means)[0] - _loss(at - step, often, means)[0]) / 2e-6
        assert slopes[place] == pytest.approx(about, rel=1e-3, abs=1e-3)


def test_who_never_came_back_is_worth_what_everybody_is():
    model = Spending(6.25, 3.74, 15.44, 0.0, 0.0)
    one = expected_value(model, np.array([0.0, 3.0]), np.array([0.0, 0.0]))
    assert one == pytest.approx([model.mean, model.mean])


@pytest.mark.parametrize(("x", "means", "said"), [
    ([1.0] * 49, [5.0] * 49, "49 customers paid"),
    ([1.0] * 60, [5.0] * 60, "worth the same"),
    ([1.0] * 60, [0.0] * 60, "0 customers paid"),
], ids=["few", "equal", "nothing"])  # fmt: skip
def test_too_little_is_told(x, means, said):
    with pytest.raises(TooFewError, match=said):
        fit_spending(np.array(x), np.array(means))
