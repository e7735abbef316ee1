"""The due-list against a plain dictionary."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoal.engine.calendars import NEVER
from shoal.live.due import BLOCK, DueList

NUMBERS = st.sampled_from([0, 1, 2, BLOCK - 1, BLOCK, 3 * BLOCK + 5, 9 * BLOCK])
AT = st.integers(0, 50) | st.just(NEVER)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("set"), st.dictionaries(NUMBERS, AT, max_size=5)),
        st.tuples(st.just("look"), st.integers(-1, 60)),
        st.tuples(st.just("forget"), st.sets(NUMBERS)),
    ),
    max_size=20,
)


@given(STEPS)
def test_it_is_a_dictionary_of_instants(steps) -> None:
    due, plain = DueList(), {}
    for what, given_ in steps:
        if what == "set":
            due.set(np.array(list(given_), np.int64), np.array(list(given_.values()), np.int64))
            plain |= given_
        elif what == "forget":
            due.forget(np.array(list(given_), np.int64))
            plain = {number: at for number, at in plain.items() if number not in given_}
        else:
            wanted = sorted(number for number, at in plain.items() if at <= given_)
            assert due.due(given_, 100).tolist() == wanted
            assert due.count(given_) == len(wanted)
        assert due.next_at <= min(plain.values(), default=NEVER)
        assert due.numbers().tolist() == sorted(n for n, at in plain.items() if at != NEVER)


def test_not_more_are_given_than_are_wanted_at_once() -> None:
    due = DueList()
    numbers = np.arange(3 * BLOCK, dtype=np.int64)
    due.set(numbers, np.zeros(len(numbers), np.int64))
    some = due.due(0, 10)
    assert len(some) == BLOCK
    due.set(some, np.full(len(some), NEVER))
    assert len(due.due(0, 10 * BLOCK)) == 2 * BLOCK
