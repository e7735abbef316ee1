"""Who is who, asked of a server, and an admin's word on it."""

from __future__ import annotations

from shoal.access import KeyKind, Role


def sent(client, keys, **who):
    call = {"type": "track", "event": "Order Completed", "properties": {"revenue": 5}, **who}
    headers = {"authorization": f"Bearer {keys[KeyKind.WRITE]}"}
    assert client.post("/v1/batch", json={"batch": [call]}, headers=headers).status_code == 200


def test_a_person_is_shown_with_every_identifier_joined_and_parted_again(client, keys, logged_in):
    sent(client, keys, userId="ada", anonymousId="laptop")
    sent(client, keys, userId="ada_l")
    admin = logged_in(Role.ADMIN)

    def shown(wanted):
        return client.get("/api/v1/identity", params={"id": wanted}, headers=admin)

    found = shown("anon:laptop").json()
    assert found["user_id"] == "ada"
    assert [one["id"] for one in found["identifiers"]] == ["ada", "anon:laptop"]
    assert found["identifiers"][1]["links"][0]["by"] == "seen together"
    two = {"one": "ada", "other": "ada_l"}
    joined = client.post("/api/v1/identity/merge", json=two, headers=admin).json()
    assert (joined["are_one"], joined["user_ids"]) == (True, ["ada"])
    assert {one["id"] for one in shown("ada_l").json()["identifiers"]} >= {"ada", "ada_l"}
    parted = client.post("/api/v1/identity/unmerge", json=two, headers=admin).json()
    assert (parted["are_one"], parted["user_ids"]) == (False, ["ada", "ada_l"])
    assert shown("ada_l").json()["user_id"] == "ada_l"
    assert shown("nobody").status_code == 404
    same = client.post("/api/v1/identity/merge", json={"one": "ada", "other": "ada"}, headers=admin)
    assert same.status_code == 400
    assert client.get("/api/v1/identity/shared", headers=admin).json() == {"shared": []}
    said = client.get("/api/v1/audit", headers=admin).json()
    assert {"identity.merge", "identity.unmerge"} <= {row["action"] for row in said}


def test_an_admin_gets_everything_held_about_a_person_and_the_trail_names_nobody(
    client, keys, logged_in
):
    sent(client, keys, userId="cleo", event="order_completed", properties={"revenue": 9.5})
    admin = logged_in(Role.ADMIN)

    def export(user):
        return client.get("/api/v1/privacy/export", params={"user": user}, headers=admin)

    asked = export("cleo")
    assert asked.status_code == 200
    assert [it["properties"] for it in asked.json()["events"]] == [{"revenue": 9.5}]
    assert asked.json()["held"]["log"] == 1
    assert asked.headers["cache-control"] == "no-store"
    assert export("nobody").status_code == 404
    trail = client.get("/api/v1/audit", headers=admin).json()
    noted = [row for row in trail if row["action"] == "privacy.export"]
    assert len(noted) == 1
    assert "cleo" not in str(noted)
