"""Identifiers that come a few at a time, over and over, have the numbers of those that come at once."""

from __future__ import annotations

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from shoal.store import identifiers
from shoal.store.identifiers import Identifiers

TEXTS = st.lists(st.sampled_from("abcdefgh"), max_size=6)
STEPS = st.lists(st.tuples(TEXTS, st.booleans(), st.sampled_from(["few", "many", "written"])))


@given(STEPS, st.integers(0, 4))
def test_a_number_given_stays(steps, remembered):
    known = Identifiers((), 1)
    given: dict[tuple[str, bool], int] = {}
    most, identifiers.MOST_RECENT = identifiers.MOST_RECENT, remembered
    try:
        for some, anonymous, how in steps:
            texts = some if how == "few" else list(dict.fromkeys(some))
            if how == "few":
                numbers = known.numbers_of_few(texts, anonymous=anonymous)
            else:
                array = pa.array(texts, pa.large_string())
                numbers = known.numbers_of(array, anonymous=anonymous).tolist()
            for text, number in zip(texts, numbers, strict=True):
                assert given.setdefault((text, anonymous), number) == number
            if how == "written":
                block = known.new
                known.adopt((*known.blocks, block), block)
    finally:
        identifiers.MOST_RECENT = most
    assert sorted(given.values()) == list(range(1, len(given) + 1))
    assert len(known.new) + sum(map(len, known.blocks)) == len(given)
