from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.experiments.pooling import pooled

EFFECTS = st.lists(st.tuples(st.floats(-50, 50), st.floats(0.1, 20)), min_size=2, max_size=15)


@given(EFFECTS)
def test_effects_are_drawn_towards_the_common_one_and_never_past_it(pairs):
    effects, errors = (np.array(it) for it in zip(*pairs, strict=True))
    found = pooled(effects, errors)
    low, high = effects.min() - 1e-6, effects.max() + 1e-6
    assert ((found.effects >= low) & (found.effects <= high)).all()
    assert low <= found.common <= high
    for place, (sure, likely) in enumerate(
        (found.interval(at, 0.95), found.interval(at, 0.8)) for at in range(len(effects))
    ):
        assert sure[0] < likely[0] <= found.effects[place] + 1e-6
        assert sure[1] > likely[1] >= found.effects[place] - 1e-6


def test_eight_schools():
    """Rubin 1981; *Bayesian Data Analysis* table 5.3 gives medians 10 7 6 7 5 6 10 8 (flat prior)."""
    found = pooled(
        np.array([28, 8, -3, 7, -1, 1, 18, 12.0]), np.array([15, 10, 16, 11, 9, 11, 10, 18.0])
    )
    assert found.effects == pytest.approx([10, 8, 7, 8, 5.5, 6.5, 10, 8.5], abs=1.5)
    assert found.common == pytest.approx(8, abs=1)


@pytest.mark.parametrize(
    ("segments", "spread"), [(3, 0.0), (3, 1.0), (10, 0.0), (10, 1.0), (10, 4.0)]
)
def test_drawn_intervals_cover_and_drawn_effects_err_less(segments, spread):
    rng = np.random.default_rng(segments + int(10 * spread))
    covered, drawn, plain = [], [], []
    for _ in range(300):
        errors = rng.uniform(0.5, 2.0, segments)
        truth = 2 + spread * rng.normal(size=segments)
        measured = truth + errors * rng.normal(size=segments)
        found = pooled(measured, errors)
        low, high = found.interval(0, 0.95)
        covered.append(low <= truth[0] <= high)
        drawn.append((found.effects - truth) ** 2)
        plain.append((measured - truth) ** 2)
    assert np.mean(covered) >= 0.92
    assert np.mean(drawn) <= np.mean(plain)


def test_one_wild_segment_among_equals_is_taken_less_at_its_word():
    errors = np.full(12, 1.0)
    measured = np.array([0.0] * 11 + [2.5])
    found = pooled(measured, errors)
    low, high = found.interval(11, 0.95)
    assert found.effects[11] < 1.5
    assert low < 0 < high
