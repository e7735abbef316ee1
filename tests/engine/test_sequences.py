"""Entries of a sequence stand in the order in which they are matched."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoal.engine.sequences import order_entries

entries = st.lists(st.tuples(st.integers(0, 5).map(float), st.integers(0, 40)), max_size=120)


@given(entries)
def test_entries_are_ordered_by_key_then_row(given_entries):
    size = len(given_entries)
    by = np.array([key for key, _ in given_entries], np.float64)
    rows = np.array([row for _, row in given_entries], np.int64)
    order = np.full(size + 3, -7, np.int64)
    order_entries(by, rows, size, order)
    assert sorted(order[:size]) == list(range(size))
    assert [given_entries[entry] for entry in order[:size]] == sorted(given_entries)
    assert (order[size:] == -7).all()
