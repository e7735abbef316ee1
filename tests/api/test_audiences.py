"""Audiences and what people said, over HTTP: the same answers as the project's own."""

from __future__ import annotations

import pytest

from shoal.access import KeyKind
from shoal.project.people.audiences import audience_asked, resolve
from shoal.project.reading import read


@pytest.fixture
def ask(client, keys):
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}

    def call(method, path, **words):
        return client.request(method, f"/api/v1{path}", headers=headers, **words)

    return call


@pytest.fixture
def crowd(client, keys):
    """Twenty people who came by, with an address each."""
    send = {"authorization": f"Bearer {keys[KeyKind.WRITE]}"}
    calls = [
        {"type": kind, "userId": f"a{n:02}", "event": "Came By", "messageId": f"{kind}{n}",
         "traits": {"email": f"a{n}@example.org"}, "timestamp": "2026-10-01T00:00:00Z"}
        for n in range(20) for kind in ("identify", "track")
    ]  # fmt: skip
    assert client.post("/v1/batch", json={"batch": calls}, headers=send).status_code == 200
    return [f"a{n:02}" for n in range(20)]


def test_what_is_recorded_changes_the_audience_at_once(ask, crowd, served):
    wanted = {"rule": "did came_by", "purpose": "audiences", "channel": "email"}
    assert ask("GET", "/audiences", params=wanted).json()["sendable"] == 0
    for user in crowd:
        given = {"user": user, "purpose": "audiences", "state": "granted", "wording": "v2"}
        told = ask("POST", "/people/consent", json=given)
        assert (told.status_code, told.json()["wording"]) == (200, "v2")
    found = ask("GET", "/audiences", params={**wanted, "holdout": "25%"}).json()
    assert (found["matched"], found["consented"], found["reachable"]) == (20, 20, 20)
    assert found["held_out"] + found["sendable"] == 20
    reading = read(served.project)
    own = audience_asked(reading, None, "did came_by", purpose="audiences", holdout=0.25)
    assert resolve(reading, own, reading.at(None)).as_json() == {
        key: found[key] for key in list(found)[:7]
    }
    left = {"user": "a00", "channel": "email", "state": "unsubscribed", "reason": "too often"}
    assert ask("POST", "/people/subscription", json=left).json()["state"] == "unsubscribed"
    stop = {"user": "a01", "state": "suppressed", "reason": "by phone"}
    assert ask("POST", "/people/suppression", json=stop).json()["channel"] == "all"
    page = ask("GET", "/audiences/members", params={**wanted, "limit": 3}).json()
    assert (page["count"], [it["state"] for it in page["people"]]) == (
        20, ["unreachable", "suppressed", "sendable"],
    )  # fmt: skip
    later = {**wanted, "offset": 19, "as_of": page["as_of"]}
    rest = ask("GET", "/audiences/members", params=later).json()
    assert rest["as_of"] == page["as_of"]
    assert [it["user_id"] for it in rest["people"]] == ["a19"]
    narrow = {**wanted, "state": "suppressed"}
    assert ask("GET", "/audiences/members", params=narrow).json()["count"] == 1
    listed = ask("GET", "/suppressions").json()["people"]
    assert {"user_id": "a01", "channel": "all", "reason": "by phone"} in listed


def test_a_person_s_statements_are_told_in_order(ask, crowd):
    for state in ("granted", "denied"):
        given = {"user": "a02", "purpose": "surveys", "state": state, "source": "call centre"}
        ask("POST", "/people/consent", json=given)
    told = ask("GET", "/people/statements", params={"user": "a02"}).json()
    assert [it["state"] for it in told["history"] if it["about"] == "surveys"] == [
        "granted", "denied",
    ]  # fmt: skip
    (now,) = (it for it in told["consents"] if it["purpose"] == "surveys")
    assert (now["state"], now["source"]) == ("denied", "call centre")
    trail = ask("GET", "/audit").json()
    assert "consent.set" in str(trail)
    assert "a02" not in str(trail)


@pytest.mark.parametrize(
    ("path", "given"),
    [
        ("/people/consent", {"user": "", "purpose": "x", "state": "granted"}),
        ("/people/consent", {"user": "a", "purpose": "x", "state": "perhaps"}),
        ("/people/subscription", {"user": "a", "channel": "pigeon", "state": "subscribed"}),
        ("/people/suppression", {"user": "a", "state": "gone"}),
    ],
)
def test_what_makes_no_sense_is_refused(ask, path, given):
    told = ask("POST", path, json=given)
    assert told.status_code in {400, 422}
    assert told.headers["content-type"] == "application/problem+json"
