"""The best channel and hour: everybody's habit first, a person's own the more they did."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from shoal.campaigns.contact import ANSWERS, Answered, best_channel, best_hour
from shoal.consent.channel import Channel

EVERYBODY = {Channel.EMAIL: Answered(1_000, 200), Channel.SMS: Answered(1_000, 100),
             Channel.PUSH: Answered(0, 0)}  # fmt: skip
hours = st.lists(st.integers(0, 50), min_size=24, max_size=24)


def test_few_messages_of_ones_own_decide_little_and_many_much():
    best = best_channel({Channel.SMS: Answered(0, 0)}, EVERYBODY)
    assert (best.channel, best.is_own) == (Channel.EMAIL, False)
    best = best_channel({Channel.SMS: Answered(1, 1)}, EVERYBODY)
    usual = (100 + 50 * 300 / 2_000) / 1_050
    assert best.expected == (1 + 5 * usual) / 6
    assert (best.channel, best.is_own) == (Channel.SMS, False)  # of those tried with them
    few = EVERYBODY | {Channel.PUSH: Answered(1, 1)}
    assert best_channel({}, few).channel is Channel.EMAIL  # one message says little of a channel
    best = best_channel({Channel.EMAIL: Answered(20, 0), Channel.SMS: Answered(20, 15)}, EVERYBODY)
    assert (best.channel, best.sent, best.answers, best.is_own) == (Channel.SMS, 20, 15, True)
    assert best_channel({}, {it: Answered(9, 0) for it in ANSWERS}) is None


@given(
    st.dictionaries(
        st.sampled_from(list(ANSWERS)), st.tuples(st.integers(0, 99), st.integers(0, 99))
    )
)
def test_what_is_expected_is_a_share_and_never_of_a_channel_nobody_answers(rows):
    best = best_channel({it: Answered(*numbers) for it, numbers in rows.items()}, EVERYBODY)
    assert 0 < best.expected <= 1
    assert best.channel is not Channel.PUSH


@given(hours, hours)
def test_the_hour_holds_the_largest_share(own, everybody):
    best = best_hour(np.array(own, float), np.array(everybody, float))
    if not sum(everybody):
        assert best is None
        return
    usual = [it / sum(everybody) for it in everybody]
    shares = []
    for hour in range(24):
        beside = ((hour - 1) % 24, (hour + 1) % 24)
        mine = (own[hour] + sum(own[it] for it in beside) / 2) / 2
        all_of = (usual[hour] + sum(usual[it] for it in beside) / 2) / 2
        shares.append((mine + 10 * all_of) / (sum(own) + 10))
    assert abs(best.share - max(shares)) < 1e-9
    assert abs(shares[best.hour] - best.share) < 1e-9
    assert (best.deeds, best.is_own) == (sum(own), sum(own) >= 5)
