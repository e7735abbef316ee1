"""Webhooks through both doors, and what is sent by a real server."""

from __future__ import annotations

import json
import subprocess

import pytest

from shoal.access import KeyKind
from shoal.cli import main
from shoal.core.instants import SECOND
from tests.api.loading import ENV, command, new_project, serving, until_live
from tests.api.test_tail import send
from tests.channels.listening import listening, verified


@pytest.fixture
def listener():
    with listening() as it:
        yield it


@pytest.fixture
def admin(keys):
    return {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}


def test_an_admin_makes_and_takes_away_by_the_api(client, admin, keys, listener, shop):
    settings = shop.folder / "shoal.yml"
    text = settings.read_text()
    url = "/api/v1/webhooks"
    given = {"url": listener.url, "segments": []}
    answer = client.post(url, json=given, headers=admin)
    assert answer.status_code == 400
    assert "not on the open internet" in answer.json()["title"]
    settings.write_text(f"{text}webhooks:\n  allow: [127.0.0.1]\n")
    try:
        made = client.post(url, json=given, headers=admin).json()
        assert made["secret"].startswith("whsec_")
        assert made["state"] == "active"
        one = f"{url}/{made['id']}"
        assert "secret" not in client.get(one, headers=admin).json()
        assert [it["id"] for it in client.get(url, headers=admin).json()] == [made["id"]]
        assert client.post(f"{one}/test", headers=admin).json()["status"] == 204
        [heard] = listener.heard
        assert verified(made["secret"], heard, now=shop.clock() / SECOND)
        resumed = client.post(f"{one}/resume", json={"after": 0}, headers=admin)
        assert resumed.json()["cursor"] == 0
        assert client.post(f"{one}/replay", headers=admin).json() == {"messages": 0}
        trail = client.get("/api/v1/audit", headers=admin).json()
        assert [it["action"] for it in trail[:3]] == [
            "webhook.replay", "webhook.resume", "webhook.create",
        ]  # fmt: skip
        assert made["secret"] not in json.dumps(trail)
        assert client.delete(one, headers=admin).status_code == 204
        assert client.get(one, headers=admin).status_code == 404
    finally:
        settings.write_text(text)
    wrong = {"url": "https://127.0.0.1/", "segments": ["none_such"]}
    assert client.post(url, json=wrong, headers=admin).status_code == 400


@pytest.mark.parametrize("role", ["viewer", "marketer"])
def test_nobody_else_sees_them(client, logged_in, role, keys):
    headers = logged_in(role)
    assert client.get("/api/v1/webhooks", headers=headers).status_code == 403
    given = {"url": "https://example.org/"}
    assert client.post("/api/v1/webhooks", json=given, headers=headers).status_code == 403


@pytest.mark.slow
def test_what_a_server_tells_is_sent_across_kills(tmp_path, listener, capsys):
    folder, secret = new_project(tmp_path / "shop")
    (folder / "segments" / "all.yml").write_text("segments:\n  pinged: did ping\n")
    with (folder / "shoal.yml").open("a") as file:
        file.write("webhooks:\n  allow: [127.0.0.1]\n")
    subprocess.run(command(folder, "apply"), env=ENV, check=True, capture_output=True)
    at = ["--project", str(folder)]
    assert main(["webhook", "list", *at]) == 0
    assert "no webhooks" in capsys.readouterr().out
    assert main(["webhook", "add", listener.url, "--segment", "pinged", "--json", *at]) == 0
    made = json.loads(capsys.readouterr().out)
    assert main(["webhook", "test", "1", *at]) == 0
    assert capsys.readouterr().out == "It answered 204.\n"
    listener.heard.clear()
    for number in range(3):
        with serving(folder) as served:
            until_live(folder)
            send(served.port, secret, f"user {number}", f"m{number}")
            listener.until(lambda heard, number=number: len(told(heard)) > number)
            served.kill()
    found = told(listener.heard)
    assert found == {seq: f"user {seq - 1}" for seq in (1, 2, 3)}
    assert all(verified(made["secret"], it, now=2**31, tolerance=2**31) for it in listener.heard)
    bodies = {}
    for it in listener.heard:
        assert bodies.setdefault(it.headers["webhook-id"], it.body) == it.body
    for words in (["show", "1"], ["replay", "1"], ["resume", "1", "--after", "0"], ["remove", "1"]):
        assert main(["webhook", *words, *at]) == 0
    assert main(["webhook", "show", "1", *at]) == 1
    assert "there is no webhook 1" in capsys.readouterr().err
    assert main(["webhook", "add", "http://10.0.0.1/", *at]) == 1
    assert "not on the open internet" in capsys.readouterr().err
    assert main(["webhook", "test", "7", *at]) == 1


def told(heard) -> dict[int, str]:
    return {row["seq"]: row["user_id"] for it in heard for row in it.message["data"]["transitions"]}
