"""Ever longer waits, half of them by chance, and what an answer means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.channels.posting import Answer
from shoal.channels.retrying import Patience, Verdict, verdict_of


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (200, Verdict.TAKEN), (204, Verdict.TAKEN), (299, Verdict.TAKEN), (410, Verdict.GONE),
        (400, Verdict.REJECTED), (413, Verdict.REJECTED), (422, Verdict.REJECTED),
        (301, Verdict.AGAIN), (401, Verdict.AGAIN), (403, Verdict.AGAIN), (404, Verdict.AGAIN),
        (408, Verdict.AGAIN), (429, Verdict.AGAIN), (500, Verdict.AGAIN), (503, Verdict.AGAIN),
    ],
)  # fmt: skip
def test_what_an_answer_means(status, verdict):
    assert verdict_of(Answer(status)) is verdict


@given(
    tries=st.integers(1, 10_000),
    chance=st.floats(0, 1),
    asked=st.none() | st.floats(0, 1e9),
)
def test_waits_grow_within_their_bounds(tries, chance, asked):
    patience = Patience(first=1, longest=600)
    wait = patience.wait(tries, lambda: chance, asked)
    full = min(600, 2 ** min(tries - 1, 20))
    assert wait >= full / 2
    if asked is None:
        assert wait <= full
    else:
        assert wait == max(patience.wait(tries, lambda: chance), min(asked, 3_600))
