"""What may be shown: stock, margin, caps, against plain Python."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.recommendations.items import Rules, property_of, shelf_of

NOBODY = np.zeros(0, np.int64)
kinds = st.lists(st.sampled_from([None, "a", "b", "c"]), min_size=1, max_size=40)


@given(kinds, st.integers(1, 3), st.integers(1, 10), st.randoms(use_true_random=False))
def test_no_more_of_a_kind_than_may_be_and_the_best_first(codes, most, count, random):
    scores = [random.uniform(-1, 1) for _ in codes]
    shelf = shelf_of(len(codes), Rules(most_per={"kind": most}), {"kind": property_of(codes)})
    expected, held = [], {}
    for item in sorted(range(len(codes)), key=lambda it: -scores[it]):
        kind = codes[item]
        if kind is not None and held.get(kind, 0) >= most:
            continue
        held[kind] = held.get(kind, 0) + 1
        expected.append(item)
    assert shelf.best(np.array(scores), NOBODY, count) == expected[:count]


def test_stock_and_hidden_values_and_margin():
    properties = {
        "left": property_of(["0", "3", None, "-1", "x"]),
        "brand": property_of(["One", "two", None, "one", "ONE"]),
        "margin": property_of(["1", "1", "3", "2", None]),
    }
    rules = Rules(stock="left", hide={"brand": ("ONE",)}, margin="margin", margin_counts=0.5)
    shelf = shelf_of(5, rules, properties)
    assert shelf.hidden.tolist() == [True, False, False, True, True]
    assert shelf.factor.tolist() == [1.0, 1.0, 1.5, 1.25, 1.0]
    assert shelf.best(np.array([9.0, 1.0, 0.8, 9.0, 9.0]), NOBODY, 5) == [2, 1]
    assert shelf.best(np.array([0.0, -1.0, -0.8, 0.0, 0.0]), NOBODY, 5) == [2, 1]


def test_a_property_nobody_knows_hides_nothing():
    shelf = shelf_of(2, Rules(stock="left", most_per={"brand": 1}, margin="margin"), {})
    assert shelf.best(np.array([1.0, 2.0]), NOBODY, 5) == [1, 0]
    assert shelf.category is None


@pytest.mark.parametrize("text", ["nan", "inf", "text", ""])
def test_what_is_no_number_is_not_out_of_stock(text):
    shelf = shelf_of(1, Rules(stock="left"), {"left": property_of([text])})
    assert shelf.hidden.tolist() == [False]
