from __future__ import annotations

import pytest

from shoal.access import KeyKind, Role, digest_of
from shoal.core.errors import UsageError
from shoal.project.serving.first_run import opening_link
from tests.api.conftest import PASSWORD


def test_a_wrong_password_and_an_unknown_address_are_told_alike(client, users):
    wrong = client.post("/api/v1/login", json={"email": "viewer@example.org", "password": "no"})
    nobody = client.post("/api/v1/login", json={"email": "nobody@example.org", "password": "no"})
    assert wrong.status_code == nobody.status_code == 401
    assert wrong.json() == nobody.json()


def test_trying_passwords_is_slowed_down_for_that_address_alone(client, users):
    given = {"email": "victim@example.org", "password": "no"}
    statuses = [client.post("/api/v1/login", json=given).status_code for _ in range(10)]
    assert statuses[0] == 401
    assert statuses[-1] == 429
    good = {"email": "admin@example.org", "password": PASSWORD}
    assert client.post("/api/v1/login", json=good).status_code == 200


def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(client, users, served):
    given = {"email": "viewer@example.org", "password": PASSWORD}
    told = client.post("/api/v1/login", json=given).headers["set-cookie"].lower()
    assert "httponly" in told
    assert "samesite=strict" in told
    secret = client.cookies["shoal"]
    assert served.accounts.session(secret) is None, "the secret itself is not kept"
    assert served.accounts.session(digest_of(secret)) is not None
    proxied = {"x-forwarded-proto": "https"}
    over_tls = client.post("/api/v1/login", json=given, headers=proxied).headers["set-cookie"]
    assert over_tls.startswith("__Host-shoal=")
    assert "secure" in over_tls.lower()


def test_logging_out_ends_the_session(client, logged_in):
    token = logged_in(Role.VIEWER)
    cookie = client.cookies["shoal"]
    assert client.post("/api/v1/logout", headers=token).status_code == 204
    client.cookies.set("shoal", cookie)
    assert client.get("/api/v1/me").status_code == 401


def test_shutting_somebody_out_ends_their_sessions(client, logged_in, users):
    logged_in(Role.MARKETER)
    theirs = client.cookies["shoal"]
    token = logged_in(Role.ADMIN)
    number = users[Role.MARKETER].id
    assert (
        client.patch(f"/api/v1/users/{number}", json={"disabled": True}, headers=token).status_code
        == 204
    )
    own = client.patch(
        f"/api/v1/users/{users[Role.ADMIN].id}", json={"role": "viewer"}, headers=token
    )
    assert own.status_code == 400
    client.cookies.clear()
    client.cookies.set("shoal", theirs)
    assert client.get("/api/v1/me").status_code == 401
    token = logged_in(Role.ADMIN)
    assert (
        client.patch(f"/api/v1/users/{number}", json={"disabled": False}, headers=token).status_code
        == 204
    )


@pytest.mark.parametrize("change", [{"disabled": True}, {"role": "viewer"}], ids=["out", "less"])
def test_the_last_admin_stays(client, keys, users, change):
    bearer = {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}
    rows = client.get("/api/v1/users", headers=bearer).json()
    admins = [it["id"] for it in rows if it["role"] == "admin" and it["disabled_at"] is None]
    assert admins == [users[Role.ADMIN].id]
    refused = client.patch(f"/api/v1/users/{admins[0]}", json=change, headers=bearer)
    assert refused.status_code == 400
    assert refused.json()["title"] == "this is the last admin who can log in"
    assert client.get("/api/v1/users", headers=bearer).json() == rows


def test_the_first_link_opens_once_and_only_on_this_machine(shop, served, client, monkeypatch):
    monkeypatch.setattr("shoal.project.serving.first_run.admins_of", lambda _: [])
    with pytest.raises(UsageError, match="no admin yet"):
        opening_link(served, "0.0.0.0")
    link = opening_link(served, "127.0.0.1")
    client.cookies.clear()
    opened = client.get(link)
    assert (opened.status_code, opened.headers["location"]) == (303, "/")
    assert "manage" in client.get("/api/v1/me").json()["actions"]
    assert client.get(link).status_code == 403
    monkeypatch.undo()
    assert opening_link(served, "0.0.0.0") is None, "an admin with a password is there"


def test_what_was_done_is_in_the_trail_without_secrets(client, logged_in):
    token = logged_in(Role.ADMIN)
    made = client.post(
        "/api/v1/users", json={"email": "new@example.org", "role": "viewer"}, headers=token
    )
    assert made.status_code == 201
    trail = client.get("/api/v1/audit").json()
    assert trail[0]["action"] == "user.create"
    assert trail[0]["actor"].startswith("user:")
    assert PASSWORD not in str(trail)
