from __future__ import annotations

import threading

import httpx
import pytest

from shoal.access import KeyKind, Role
from shoal.api import previews
from shoal.api.listening import Turns
from shoal.project.discovery import discovering
from shoal.runners.stopping import StoppedError

RULE = {"rule": "did order_completed or did page_viewed", "as_of": "2026-10-02"}


@pytest.fixture(scope="module")
def bought(address, keys):
    with httpx.Client(base_url=address, timeout=300) as client:
        for number in range(3):
            call = {"event": "Order Completed", "userId": f"p{number}", "messageId": f"v{number}",
                    "timestamp": "2026-10-01T10:00:00Z"}  # fmt: skip
            sender = {"authorization": f"Bearer {keys[KeyKind.WRITE]}"}
            assert client.post("/v1/track", json=call, headers=sender).status_code == 200


def test_a_rule_is_counted_before_it_is_saved_and_names_are_for_those_who_may_see_them(
    client, logged_in, bought
):
    seen = {}
    for role in (Role.VIEWER, Role.MARKETER):
        answer = client.post("/api/v1/segments/preview", json=RULE, headers=logged_in(role))
        assert answer.status_code == 200, answer.text
        seen[role] = answer.json()
    assert seen[Role.VIEWER]["sample"] == []
    assert sorted(seen[Role.MARKETER]["sample"]) == ["p0", "p1", "p2"]
    for found in seen.values():
        assert found["count"] == 3
        assert [(it["id"], it["count"], it["without"]) for it in found["nodes"]] == [
            ("", 3, 3), ("/rules/0", 3, 0), ("/rules/1", 0, 3),
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("asked", "status"),
    [({"rule": "did ("}, 422), ({"rule": {"form": "did"}}, 422), ({}, 422),
     ({"rule": "everyone", "as_of": "soon"}, 400), ({"rule": "everyone", "sample": 99}, 422)],
)  # fmt: skip
def test_what_is_no_rule_is_a_problem_document(client, keys, asked, status):
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    answer = client.post("/api/v1/segments/preview", json=asked, headers=headers)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_newer_turn_ends_the_one_before_and_no_other_client_s():
    turns = Turns()
    one, other = turns.take(("a", "x")), turns.take(("b", "x"))
    two = turns.take(("a", "x"))
    assert [turn.going_on() for turn in (one, other, two)] == [False, True, True]
    turns.leave(("a", "x"), one)
    assert two.going_on()
    turns.leave(("a", "x"), two)
    turns.leave(("b", "x"), other)
    assert turns.newest == {}


@pytest.fixture
def endless(monkeypatch):
    """Previews of one rule that take until nobody waits for them."""
    begun, ended, real = threading.Semaphore(0), threading.Semaphore(0), previews.preview

    def slow(reading, rule, at, wished, going_on):
        if rule != "nobody":
            return real(reading, rule, at, wished, going_on)
        begun.release()
        while going_on():
            threading.Event().wait(0.01)
        ended.release()
        raise StoppedError("nobody waits for this answer any longer")

    monkeypatch.setattr(previews, "preview", slow)
    return begun, ended


def test_a_newer_question_of_the_same_client_stops_the_older_one(address, keys, endless):
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    found = []

    def ask(rule):
        with httpx.Client(base_url=address, timeout=300) as it:
            asked = {"rule": rule, "client": "builder 1", "as_of": "2026-10-02"}
            found.append(it.post("/api/v1/segments/preview", json=asked, headers=headers))

    older = threading.Thread(target=ask, args=["nobody"])
    older.start()
    assert endless[0].acquire(timeout=60)
    ask("everyone")
    older.join(60)
    assert sorted(it.status_code for it in found) == [200, 409]


def test_a_dropped_connection_stops_the_search_for_groups(address, keys, monkeypatch):
    begun, ended = threading.Semaphore(0), threading.Semaphore(0)

    def slow(reading, at, *, look_up, **_):
        begun.release()
        try:
            while True:
                look_up()
                threading.Event().wait(0.01)
        finally:
            ended.release()

    monkeypatch.setattr(discovering, "discover_clusters", slow)
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    impatient = httpx.Client(base_url=address, timeout=httpx.Timeout(60, read=1.0))
    with impatient, pytest.raises(httpx.ReadTimeout):
        impatient.post("/api/v1/explore/groups", json={"k": 3}, headers=headers)
    assert begun.acquire(timeout=60)
    assert ended.acquire(timeout=60)


def test_a_dropped_connection_stops_its_question(address, keys, endless):
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    impatient = httpx.Client(base_url=address, timeout=httpx.Timeout(60, read=1.0))
    with impatient, pytest.raises(httpx.ReadTimeout):
        impatient.post("/api/v1/segments/preview", json={"rule": "nobody"}, headers=headers)
    assert endless[0].acquire(timeout=60)
    assert endless[1].acquire(timeout=60)
