"""Laws of sending: caps hold across campaigns, and nobody gets a message of an occasion twice."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.channels.email import Outcome, Told
from tests.project.campaign_shop import DAY, NOON, Shop, shop_in

PEOPLE = 8
ONE = """\
  {name}:
    audience: did visit
    purpose: offers
    goal: did visit in next 7d
    subject: A visit
    text: You made a visit
    timing: {timing}
    priority: {priority}
    cap: {cap} per 3d
    holdout: 0%
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return shop_in(tmp_path_factory.mktemp("laws") / "shop", PEOPLE)


class Moody:
    """A mail server of which each answer is drawn; it remembers who got what, and when."""

    def __init__(self, shop, moods):
        self.shop = shop
        self.moods = moods
        self.got = []

    def __call__(self, envelopes):
        told = []
        for envelope in envelopes:
            mood = self.moods.pop() if self.moods else Outcome.SENT
            if mood in {Outcome.SENT, Outcome.UNCERTAIN}:
                key = envelope.message.partition(b"Message-ID: <")[2].partition(b"@")[0]
                self.got.append((envelope.to, self.shop.at, key))
            told.append(Told(mood, "so it said"))
        return told


@settings(max_examples=6)
@given(
    cap=st.integers(1, 3),
    priorities=st.permutations((0, 5, 9)),
    hours=st.lists(st.integers(1, 60), min_size=3, max_size=6),
    moods=st.lists(st.sampled_from(list(Outcome)), max_size=30),
)
def test_caps_hold_across_campaigns_whatever_a_server_answers(made, cap, priorities, hours, moods):
    timings = ("once", "every 1d", "every 2d")
    with tempfile.TemporaryDirectory() as above:
        shop = Shop(Path(shutil.copytree(made.folder, Path(above) / "shop")))
        names = ("first", "second", "third")
        shop.define(
            "campaigns:\n"
            + "".join(
                ONE.format(name=name, timing=timing, priority=priority, cap=cap)
                for name, timing, priority in zip(names, timings, priorities, strict=True)
            )
        )
        for name in names:
            shop.go(name)
        shop.mailbox = Moody(shop, list(moods))
        for hour in hours:
            shop.run()
            shop.at += hour * DAY // 24
        got = shop.mailbox.got
    assert len({key for _, _, key in got}) == len(got), "a message went twice"
    for who, at, _ in got:
        window = [it for it in got if it[0] == who and at - 3 * DAY < it[1] <= at]
        assert len(window) <= cap, (who, window)
    # Where one of them waits first, it is the one of the highest priority.
    first = Counter(at for _, at, _ in got if at == NOON)
    assert sum(first.values()) <= PEOPLE * cap
