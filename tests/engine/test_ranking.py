"""Cuts of ranks are what a sorted list of everybody's values says."""

from __future__ import annotations

from fractions import Fraction
from math import ceil

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.engine.ranking import cuts_of
from shoal.language.tree import InTop, Rank, RankFunction, TraitValue

VALUE = TraitValue("spent")
numbers = st.lists(st.integers(-20, 20).map(float) | st.floats(-1e6, 1e6), max_size=60)
shares = st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)


@given(numbers, shares, st.booleans())
def test_a_top_share_is_that_many_people_and_ties(values, share, bottom):
    (cut,) = cuts_of(InTop(VALUE, share, bottom), np.array(values))
    count = min(ceil(Fraction(repr(share)) * len(values)), len(values))
    ordered = sorted(values, reverse=not bottom)
    inside = [value for value in values if (value <= cut if bottom else value >= cut)]
    assert len(inside) >= count
    assert inside == [value for value in values if value in set(ordered[:count])]


@pytest.mark.parametrize(
    ("function", "steps"), [(RankFunction.QUINTILE, 5), (RankFunction.DECILE, 10)]
)
@given(values=numbers)
def test_steps_begin_at_equal_parts_of_the_sorted_list(function, steps, values):
    cuts = cuts_of(Rank(function, VALUE), np.array(values))
    assert len(cuts) == steps - 1
    ordered = sorted(values)
    if values:
        assert list(cuts) == [ordered[step * len(values) // steps] for step in range(1, steps)]
    else:
        assert np.isinf(cuts).all()


@given(numbers)
def test_a_percentile_is_the_share_not_above(values):
    table = cuts_of(Rank(RankFunction.PERCENTILE, VALUE), np.array(values, dtype=np.float64))
    distinct, percentiles = np.split(table, 2)
    assert list(distinct) == sorted(set(values))
    for value, percentile in zip(distinct, percentiles, strict=True):
        below = sum(other <= value for other in values)
        assert percentile == below * 100.0 / len(values)


@pytest.mark.parametrize("bottom", [False, True])
def test_nobody_is_in_a_share_of_nobody(bottom):
    (cut,) = cuts_of(InTop(VALUE, 0.2, bottom), np.empty(0))
    assert cut == (-np.inf if bottom else np.inf)


def test_a_share_is_meant_as_written():
    # 0.07 * 100 is 7.000000000000001 in doubles: seven people, not eight.
    (cut,) = cuts_of(InTop(VALUE, 0.07), np.arange(100.0))
    assert cut == 93.0
