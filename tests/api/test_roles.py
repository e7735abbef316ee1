"""Who may call what: every role on every route of the OpenAPI document, and nothing forgotten."""

from __future__ import annotations

import re

import pytest

from shoal.access import Action, KeyKind, Principal, Role

pytestmark = pytest.mark.serving
OPEN = {("POST", "/api/v1/login"), ("GET", "/api/v1/open/{token}"), ("GET", "/healthz"),
        ("GET", "/readyz")}  # fmt: skip
NEEDED = {
    "/api/v1/segments/members": Action.PEOPLE,
    "/api/v1/segments/explain": Action.PEOPLE,
    "/api/v1/segments/roster": Action.PEOPLE,
    "/api/v1/people": Action.PEOPLE,
    "/api/v1/people/facts": Action.PEOPLE,
    "/api/v1/people/timeline": Action.PEOPLE,
    "/api/v1/people/statements": Action.PEOPLE,
    "/api/v1/people/consent": Action.DEFINE,
    "/api/v1/people/subscription": Action.DEFINE,
    "/api/v1/people/suppression": Action.DEFINE,
    "/api/v1/audiences/members": Action.PEOPLE,
    "/api/v1/suppressions": Action.PEOPLE,
    "/api/v1/recommendations": Action.PEOPLE,
    "/api/v1/predictions/{name}/people/{user_id}": Action.PEOPLE,
    **{
        f"/api/v1/predictions/{{name}}/{it}": Action.DEFINE
        for it in ("fit", "score", "backtest", "cancel")
    },
    "/api/v1/identity": Action.PEOPLE,
    "/api/v1/identity/shared": Action.PEOPLE,
    "/api/v1/identity/merge": Action.MANAGE,
    "/api/v1/identity/unmerge": Action.MANAGE,
    "/api/v1/segments/{name}/plan": Action.DEFINE,
    ("PUT", "/api/v1/segments/{name}"): Action.DEFINE,
    ("DELETE", "/api/v1/segments/{name}"): Action.DEFINE,
    "/api/v1/versions/{number}/undo": Action.DEFINE,
    ("PATCH", "/api/v1/settings"): Action.MANAGE,
    "/api/v1/transitions": Action.PEOPLE,
    "/api/v1/plan": Action.DEFINE,
    "/api/v1/apply": Action.DEFINE,
    "/api/v1/keys": Action.MANAGE,
    "/api/v1/keys/{number}": Action.MANAGE,
    "/api/v1/users": Action.MANAGE,
    "/api/v1/users/{number}": Action.MANAGE,
    "/api/v1/audit": Action.MANAGE,
    **dict.fromkeys(
        (
            "/api/v1/webhooks",
            *(f"/api/v1/webhooks/{{number}}{verb}" for verb in ("", "/test", "/resume", "/replay")),
        ),
        Action.MANAGE,
    ),
    "/api/v1/privacy/export": Action.MANAGE,
    "/api/v1/quarantine": Action.MANAGE,
    "/api/v1/quarantine/{item}": Action.MANAGE,
    "/api/v1/quarantine/replay": Action.MANAGE,
    "/api/v1/data/imports/{number}/undo": Action.MANAGE,
    **dict.fromkeys(
        (f"/api/v1/data/files{verb}" for verb in ("", "/part", "/read", "/import")), Action.DEFINE
    ),
    ("POST", "/api/v1/data/sample"): Action.DEFINE,
    "/api/v1/sources": Action.DEFINE,
    "/api/v1/sources/{name}/run": Action.DEFINE,
    "/api/v1/sources/{name}/try": Action.DEFINE,
    "/api/v1/fairness/log": Action.DEFINE,
    "/api/v1/fairness/decisions": Action.DEFINE,
    **{f"/api/v1/campaigns/{{name}}/{it}": Action.PEOPLE for it in ("preview", "messages")},
    **{
        f"/api/v1/campaigns/{{name}}/{it}": Action.DEFINE
        for it in ("check", "state", "replay", "plan")
    },
    ("POST", "/api/v1/campaigns"): Action.DEFINE,
    ("POST", "/api/v1/campaigns/preview"): Action.PEOPLE,
    ("PUT", "/api/v1/campaigns/{name}"): Action.DEFINE,
    ("DELETE", "/api/v1/data/sample"): Action.MANAGE,
}
QUERY = {"from": "2026-10-01", "to": "2026-11-01", "name": "buyers", "user": "u1", "every": "7d"}


def routes(client, keys):
    document = client.get(
        "/api/openapi.json", headers={"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    ).json()
    return [
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    ]


def call(client, method, path, headers=None):
    filled = re.sub(r"\{number\}", "999", path)
    filled = re.sub(r"\{\w+\}", "buyers", filled)
    sends = {"json": {}} if method in {"POST", "PATCH", "PUT"} else {}
    return client.request(method, filled, params=QUERY, headers=headers, **sends)


def test_every_route_refuses_whoever_may_not_and_lets_in_whoever_may(client, keys, logged_in):
    found = routes(client, keys)
    assert len(found) > 20
    for method, path in found:
        if (method, path) in OPEN:
            continue
        needed = NEEDED.get((method, path), NEEDED.get(path, Action.LOOK))
        client.cookies.clear()
        assert call(client, method, path).status_code == 401, (method, path)
        wrong = {"authorization": "Bearer sha_wrong"}
        assert call(client, method, path, wrong).status_code == 401, (method, path)
        write = {"authorization": f"Bearer {keys[KeyKind.WRITE]}"}
        assert call(client, method, path, write).status_code == 403, (method, path)
        for role in Role:
            token = logged_in(role)
            status = call(client, method, path, token).status_code
            allowed = needed in Principal.of_role("", role).actions
            assert (status not in {401, 403}) is allowed, (method, path, role, status)
            assert status < 500, (method, path, role, status)


def test_a_change_without_the_page_s_token_is_refused(client, logged_in):
    logged_in(Role.ADMIN)
    assert client.post("/api/v1/keys", json={"kind": "write", "name": "x"}).status_code == 403
    headers = {"x-csrf-token": "0" * 64}
    answer = client.post("/api/v1/keys", json={"kind": "write", "name": "x"}, headers=headers)
    assert answer.status_code == 403
    assert client.get("/api/v1/keys").status_code == 200


def test_a_write_key_sends_and_an_admin_key_asks(client, keys):
    # An event that nothing else tells of: the tries of every route bring the sample, too.
    sent = client.post("/v1/track", json={"event": "Role Tried", "userId": "u1"},
                       headers={"authorization": f"Bearer {keys[KeyKind.WRITE]}"})  # fmt: skip
    assert (sent.status_code, sent.json()) == (200, {"success": True})
    admin = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    found = client.get("/api/v1/segments/count", params={"rule": "did role_tried"}, headers=admin)
    assert found.json()["count"] == 1
    assert (
        client.post("/v1/track", json={"event": "A", "userId": "u1"}, headers=admin).status_code
        == 200
    )


def test_a_revoked_key_opens_nothing(client, keys, served):
    admin = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    made = client.post("/api/v1/keys", json={"kind": "admin", "name": "short"}, headers=admin)
    assert made.status_code == 201
    own = {"authorization": f"Bearer {made.json()['key']}"}
    assert client.get("/api/v1/me", headers=own).status_code == 200
    assert client.delete(f"/api/v1/keys/{made.json()['id']}", headers=admin).status_code == 204
    served.keyring.fresh = -1
    served.keyring._read_at = -(1 << 60)
    try:
        assert client.get("/api/v1/me", headers=own).status_code == 401
    finally:
        served.keyring.fresh = 2_000_000
    assert made.json()["key"] not in client.get("/api/v1/keys", headers=admin).text
