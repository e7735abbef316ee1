"""When somebody buys next: what is drawn from the model lies where the model says, and inverses are such."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.predictions.buying import Buying, Purchases
from shoal.predictions.returning import chance_within, level_at, shift_to, shifted, time_at

MODEL = Buying(0.2426, 4.4136, 0.7929, 2.4259, 0.0)


def of(repeats, last, known):
    return Purchases(*(np.array([it], np.float64) for it in (repeats, last, known)))


@given(
    st.integers(0, 40), st.floats(0.1, 1), st.floats(1, 400), st.floats(0.1, 500), st.floats(0, 1)
)
def test_levels_and_times_are_each_other_s_inverse(repeats, share, known, ahead, level):
    one = of(repeats, share * known if repeats else 0.0, known)
    time = time_at(MODEL, one, ahead, level)
    assert 0 <= time[0] <= ahead
    assert level_at(MODEL, one, ahead, time)[0] == pytest.approx(level, abs=1e-6)
    assert 0 <= chance_within(MODEL, one, ahead)[0] <= chance_within(MODEL, one, ahead * 2)[0] <= 1


def test_what_is_drawn_comes_as_it_is_said():
    """Customers drawn from the model, seen for 39 weeks: the next purchase of those who came in 39 more."""
    random = np.random.default_rng(4)
    count, seen, ahead = 60_000, 39.0, 39.0
    rate = random.gamma(MODEL.r, 1 / MODEL.alpha, count)
    leaves = random.beta(MODEL.a, MODEL.b, count)
    now, last, repeats = np.zeros(count), np.zeros(count), np.zeros(count)
    upcoming = np.full(count, np.inf)
    is_there = np.ones(count, np.bool_)
    while is_there.any():
        now = np.where(is_there, now + random.exponential(1, count) / np.maximum(rate, 1e-300), now)
        is_next = is_there & (now > seen)
        upcoming[is_next] = now[is_next] - seen
        is_there &= ~is_next
        repeats[is_there] += 1
        last[is_there] = now[is_there]
        is_there &= random.random(count) >= leaves
    people = Purchases(repeats, last, np.full(count, seen))
    came = upcoming <= ahead
    assert chance_within(MODEL, people, ahead).mean() == pytest.approx(came.mean(), abs=0.005)
    for level in (0.1, 0.5, 0.9):
        by_then = upcoming <= time_at(MODEL, people, ahead, level)
        assert by_then[came].mean() == pytest.approx(level, abs=0.015)


@given(st.lists(st.floats(0.001, 0.999), min_size=2, max_size=30), st.floats(0.05, 0.95))
def test_shifted_chances_add_up(chances, share):
    some = np.array(chances)
    wanted = share * len(some)
    assert shifted(some, shift_to(some, wanted)).sum() == pytest.approx(wanted, abs=1e-6)
