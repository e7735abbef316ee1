"""Membership through the doors: told as it changes, followed by pages and by a stream."""

from __future__ import annotations

import json
import os
import signal
import time
from itertools import count

import httpx
import pytest

from shoal.access import KeyKind
from shoal.core.instants import to_datetime
from shoal.project.definitions import read_files
from shoal.store.files import TRANSITIONS

pytestmark = pytest.mark.serving

NUMBERS = count()


@pytest.fixture
def admin(keys):
    return {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}


@pytest.fixture(scope="module", autouse=True)
def applied(shop, served):
    texts = dict(read_files(shop.folder).texts)
    texts["segments/live.yml"] = (
        "segments:\n"
        "  lookers:\n    rule: count(page_viewed in last 30d) >= 2\n"
        "  hasty:\n    rule: did page_viewed in last 3s\n"
    )
    shop.store.books.apply_definitions(texts, shop.clock(), "test")
    until = time.monotonic() + 60
    while not {"lookers", "hasty"} <= {it["name"] for it in served.living.status()["segments"]}:
        assert time.monotonic() < until, served.living.status()
        time.sleep(0.05)


def send(client, keys, user, *, now):
    body = {
        "type": "track", "event": "Page Viewed", "userId": user, "messageId": f"live-{next(NUMBERS)}",
        "timestamp": to_datetime(now).isoformat(), "writeKey": keys[KeyKind.WRITE],
    }  # fmt: skip
    answer = client.post("/v1/track", json=body)
    assert answer.status_code == 200, answer.text
    return body["messageId"]


def told_of(client, admin, user, many):
    """Transitions of somebody, in their order, as soon as there are so many."""
    until = time.monotonic() + 60
    while True:
        after, found = 0, []
        while True:
            answer = client.get("/api/v1/transitions", params={"after": after}, headers=admin)
            assert answer.status_code == 200, answer.text
            page = answer.json()
            found += [row for row in page["transitions"] if row["user_id"] == user]
            if page["next_after"] == after:
                break
            after = page["next_after"]
        if len(found) >= many:
            return found
        assert time.monotonic() < until, found
        time.sleep(0.05)


def test_an_event_makes_a_member_and_the_clock_unmakes_one(client, keys, admin, shop):
    first = send(client, keys, "ines", now=shop.clock())
    found = told_of(client, admin, "ines", 2)
    entered, left = (row for row in found if row["segment"] == "hasty")
    assert (entered["kind"], left["kind"]) == ("entered", "left")
    assert entered["cause"]["kind"] == "event"
    assert entered["cause"]["event"] == "page_viewed"
    assert entered["cause"]["message_id"] == first
    assert left["cause"] == {"kind": "clock"}
    assert left["seq"] > entered["seq"]


def test_what_was_told_agrees_with_the_segment(client, keys, admin, shop):
    for _ in range(2):
        send(client, keys, "rui", now=shop.clock())
    rows = [row for row in told_of(client, admin, "rui", 2) if row["segment"] == "lookers"]
    assert [row["kind"] for row in rows] == ["entered"]
    members = client.get("/api/v1/segments/members", params={"name": "lookers"}, headers=admin)
    assert "rui" in members.json()["user_ids"]
    status = client.get("/api/v1/live", headers=admin).json()
    assert status["state"] == "live"
    sizes = {it["name"]: it["members"] for it in status["segments"]}
    assert sizes["lookers"] == members.json()["count"]
    assert status["correct_as_of"] > rows[0]["at"]


def test_a_stream_goes_on_where_it_was_left(address, client, keys, admin, shop):
    send(client, keys, "eva", now=shop.clock())
    known = told_of(client, admin, "eva", 2)
    heard = []
    headers = {**admin, "last-event-id": str(known[0]["seq"] - 1)}
    with (
        httpx.Client(base_url=address, timeout=60) as other,
        other.stream("GET", "/api/v1/transitions/stream", headers=headers) as answer,
    ):
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("data: "):
                heard.append(json.loads(line[6:]))
            if sum(row["user_id"] == "eva" for row in heard) >= len(known):
                break
    assert [row for row in heard if row["user_id"] == "eva"] == known
    assert [row["seq"] for row in heard] == sorted({row["seq"] for row in heard})


def test_metrics_say_how_true_it_is(client, admin):
    text = client.get("/metrics", headers=admin).text
    assert "shoal_live 1" in text
    assert "shoal_live_failed_segments 0" in text


def test_names_are_for_those_who_may_see_people(client, keys):
    bearer = {"authorization": f"Bearer {keys[KeyKind.WRITE]}"}
    assert client.get("/api/v1/transitions", headers=bearer).status_code == 403
    assert client.get("/api/v1/transitions").status_code == 401
    for headers, status in ((bearer, 403), ({}, 401)):
        path = "/api/v1/transitions/stream"
        answer = client.get(path, params={"seconds": 0}, headers=headers)
        assert answer.status_code == status


def test_it_goes_on_after_its_process_was_killed(client, keys, admin, shop, served):
    send(client, keys, "olga", now=shop.clock())
    before = told_of(client, admin, "olga", 2)
    number = served.living.number
    os.kill(number, signal.SIGKILL)
    send(client, keys, "olga", now=shop.clock())
    after = told_of(client, admin, "olga", len(before) + 3)
    assert after[: len(before)] == before
    assert served.living.number != number
    for name in ("lookers", "hasty"):
        kinds = [row["kind"] for row in after if row["segment"] == name]
        assert kinds == ["entered", "left", "entered", "left"][: len(kinds)]
    failure = client.get("/api/v1/live", headers=admin).json()["last_failure"]
    assert failure is None or "ended early" in failure["reason"]


def test_who_is_erased_is_erased_from_what_was_told(client, keys, admin, shop, served):
    for user in ("ada", "ben"):
        send(client, keys, user, now=shop.clock())
        told_of(client, admin, user, 2)
    files = sorted((shop.store.root / TRANSITIONS).glob("segment-*.log"))
    before = sum(file.stat().st_size for file in files)
    served.writer.erase("ada")
    assert told_of(client, admin, "ada", 0) == []
    os.kill(served.living.number, signal.SIGKILL)
    served.writer.erase("ben")
    assert sum(file.stat().st_size for file in files) < before
    send(client, keys, "cleo", now=shop.clock())
    assert told_of(client, admin, "cleo", 2)
    assert told_of(client, admin, "ben", 0) == []
