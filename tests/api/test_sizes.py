from __future__ import annotations

import time

import httpx
import pytest

from shoal.access import KeyKind

PATIENCE = 120


@pytest.fixture(scope="module")
def ask(address, keys):
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    with httpx.Client(base_url=f"{address}/api/v1/", timeout=300, headers=headers) as client:
        sender = {"authorization": f"Bearer {keys[KeyKind.WRITE]}"}
        for number in range(4):
            call = {"event": "Order Completed", "userId": f"s{number}", "messageId": f"s{number}",
                    "timestamp": f"2026-10-{10 + number}T10:00:00Z"}  # fmt: skip
            answer = client.post(f"{address}/v1/track", json=call, headers=sender)
            assert answer.status_code == 200
        client.post("apply")

        def call(path, **params):
            answer = client.get(path, params=params)
            assert answer.status_code == 200, answer.text
            return answer.json()

        yield call


def reflected(ask):
    """Waits until live membership has told what was sent."""
    until = time.monotonic() + PATIENCE
    while True:
        live = ask("live")
        if [it["members"] for it in live["segments"]] == [4]:
            return live
        assert time.monotonic() < until, live
        time.sleep(0.05)


def test_sizes_now_are_those_that_live_membership_tells_and_the_counted_ones(ask):
    reflected(ask)
    (row,) = ask("segments")
    over = ask("segments/sizes")
    counted = ask("segments/count", name="buyers")
    assert row["size"] == over["sizes"]["buyers"][-1] == counted["count"] == 4
    assert row["correct_as_of"] <= over["correct_as_of"] == over["instants"][-1]


def test_sizes_of_the_past_are_as_the_history_counts_them(ask):
    over = ask("segments/sizes", steps_back=8)
    assert len(over["instants"]) == len(over["sizes"]["buyers"]) == 9
    for at, size in zip(over["instants"], over["sizes"]["buyers"], strict=True):
        assert ask("segments/count", name="buyers", as_of=at)["count"] == size
    again = ask("segments/sizes", steps_back=8)
    assert again["sizes"] == over["sizes"]
    was = ask("segments/sizes", as_of="2026-10-12", steps_back=1, every="1d")
    assert was["sizes"]["buyers"] == [1, 2]


def test_what_was_is_told_at_once_as_it_was_counted_last(ask):
    alone = ask("segments/sizes", steps_back=3, every="2d", latest=True)
    assert [len(it) for it in alone["sizes"].values()] == [len(alone["instants"])] == [1]
    over = ask("segments/sizes", steps_back=3, every="2d")
    ask("segments/sizes", steps_back=3, every="2d", as_of="2026-10-12")  # that is no latest
    latest = ask("segments/sizes", steps_back=3, every="2d", latest=True)
    assert latest["instants"][:-1] == over["instants"][:-1]
    assert latest["sizes"] == over["sizes"]
