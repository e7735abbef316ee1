from __future__ import annotations

import pytest

from shoal.access import KeyKind


@pytest.fixture
def ask(client, keys):
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    sender = {"authorization": f"Bearer {keys[KeyKind.WRITE]}"}
    for number in range(3):
        call = {"event": "Order Completed", "userId": f"p{number}", "messageId": f"q{number}",
                "timestamp": "2026-10-01T10:00:00Z", "properties": {"revenue": 5.5}}  # fmt: skip
        assert client.post("/v1/track", json=call, headers=sender).status_code == 200
    client.post("/api/v1/apply", headers=headers)

    def get(path, **params):
        return client.get(f"/api/v1/{path}", params=params, headers=headers)

    return get


def test_questions_are_answered_as_the_command_line_does(ask):
    count = ask("segments/count", name="buyers", as_of="2026-10-02").json()
    assert (count["count"], count["as_of"]) == (3, "2026-10-02T00:00:00Z")
    found = ask("segments/members", name="buyers", as_of="2026-10-02", limit=2).json()
    assert found == {"count": 3, "user_ids": ["p0", "p1"], "offset": 0}
    assert ask("segments/explain", name="buyers", user="p1").json()["member"] is True
    rows = ask(
        "segments/history", **{"name": "buyers", "from": "2026-09-30", "to": "2026-10-02"}
    ).json()
    assert [(row["at"], row["size"]) for row in rows] == [
        ("2026-09-30T00:00:00Z", 0), ("2026-10-01T00:00:00Z", 0), ("2026-10-02T00:00:00Z", 3),
    ]  # fmt: skip
    flows = ask(
        "segments/flows", **{"name": "buyers", "from": "2026-09-30", "to": "2026-10-02"}
    ).json()
    assert sum(map(sum, flows["flows"][0]["matrix"])) >= 3
    assert ask("segments").json()[0]["title"] == "Buyers"
    assert ask("segments/buyers").json()["rule"] == "did order_completed"


@pytest.mark.parametrize(
    ("path", "params", "status"),
    [
        ("segments/count", {"rule": "did ("}, 422),
        ("segments/count", {"name": "nobody_knows"}, 404),
        ("segments/count", {}, 400),
        ("segments/count", {"name": "buyers", "as_of": "yesterday"}, 400),
        ("segments/explain", {"name": "buyers", "user": "nobody"}, 404),
        ("segments/history", {"name": "buyers", "from": "2026-10-02", "to": "2026-10-01"}, 400),
        ("segments/history", {"name": "buyers"}, 422),
        ("segments/members", {"name": "buyers", "limit": 0}, 422),
        ("nothing", {}, 404),
    ],
)
def test_what_cannot_be_answered_is_a_problem_document(ask, path, params, status):
    answer = ask(path, **params)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert answer.json()["title"]


def test_health_readiness_and_metrics(client, keys):
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").text == "ready"
    headers = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    text = client.get("/metrics", headers=headers).text
    assert "# TYPE shoal_events_total counter" in text
    assert all(line.startswith("#") or len(line.split()) == 2 for line in text.splitlines())
