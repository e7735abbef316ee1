"""Numbers kept in millionths are rounded once, however large they and their sums are."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import example, given
from hypothesis import strategies as st

from shoal.engine.aggregates import exact_sum
from shoal.engine.rows import from_millionths

MOST = 9 * 10**18
exact_numbers = st.one_of(
    st.integers(-MOST, MOST),
    st.integers(-(10**9), 10**9),
    st.integers(-3000, 3000).map(lambda step: 2**53 + step),
    st.sampled_from([MOST, -MOST, 2**53, -(2**53), 2**62, -1, 0, 1]),
)


def nearest(millionths: int) -> float:
    """The double nearest to so many millionths."""
    return float(Fraction(millionths, 1_000_000))


@given(exact_numbers)
@example(2**53 + 1)
@example(-(2**53) - 1)
@example(MOST)
def test_an_exact_number_is_the_nearest_double(value):
    assert from_millionths(value) == nearest(value)


@given(st.lists(st.tuples(exact_numbers, st.booleans()), max_size=40))
@example([(MOST, True)] * 40)
@example([(-MOST, True)] * 39 + [(1, True)])
@example([(2**53 + 1, True), (-(2**53), True)])
def test_a_sum_is_the_double_nearest_to_the_sum(given_values):
    exact = np.array([value for value, _ in given_values], np.int64)
    values = np.array([1.0 if is_set else np.nan for _, is_set in given_values])
    total, count = exact_sum(values, exact, 0, len(exact))
    assert count == sum(is_set for _, is_set in given_values)
    assert total == nearest(sum(value for value, is_set in given_values if is_set))


@given(st.lists(exact_numbers, min_size=1, max_size=20), st.randoms(use_true_random=False))
def test_a_sum_has_no_order(given_values, random):
    shuffled = list(given_values)
    random.shuffle(shuffled)
    ones = np.ones(len(shuffled))
    first, second = np.array(given_values, np.int64), np.array(shuffled, np.int64)
    assert exact_sum(ones, first, 0, len(ones)) == exact_sum(ones, second, 0, len(ones))
