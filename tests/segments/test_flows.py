from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoal.segments.flows import flow, places_of

TRUTHS = st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans()), max_size=30)


def test_the_first_group_decides_and_the_rest_are_none_or_unknown():
    first = np.array([True, False, False, False])
    second = np.array([True, True, False, False])
    known = np.array([True, True, True, False])
    assert places_of([first, second], known).tolist() == [0, 1, 2, 3]


@given(TRUTHS, st.data())
def test_a_flow_counts_everybody_once_and_its_sums_are_the_sizes(before, data):
    """D6, D9: nobody is lost between two instants."""
    after = data.draw(
        st.lists(st.tuples(*[st.booleans()] * 3), min_size=len(before), max_size=len(before))
    )

    def places(rows):
        columns = np.array(rows, dtype=bool).reshape(-1, 3)
        return places_of([columns[:, 0], columns[:, 1]], columns[:, 2])

    one, two = places(before), places(after)
    found = flow(1, 2, one, two, 4)
    assert found.matrix.sum() == len(before)
    assert found.matrix.sum(axis=1).tolist() == [int((one == at).sum()) for at in range(4)]
    assert found.matrix.sum(axis=0).tolist() == [int((two == at).sum()) for at in range(4)]
