"""Campaigns over HTTP, and the link by which somebody leaves."""

from __future__ import annotations

import pytest

from shoal.access import KeyKind
from shoal.consent.channel import Channel
from shoal.events.event import Event
from shoal.project.answers import asked, count_members
from shoal.project.campaigns.links import unsubscribe_url
from shoal.project.changes.planning import apply_plan, make_plan
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.reading import read

SPRING = """\
campaigns:
  spring:
    audience: did order_completed
    purpose: marketing
    goal: did order_completed in next 7d
    subject: Your order
    text: "You placed an order. {{ unsubscribe_url | default: '' }}"
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    init_project(folder)
    settings = folder / "shoal.yml"
    settings.write_text(
        settings.read_text()
        + "email: {host: 127.0.0.1, port: 1, tls: none, from: shop@example.org}\n"
        + "public_url: https://shop.example.org\n"
    )
    (folder / "campaigns").mkdir()
    (folder / "campaigns" / "spring.yml").write_text(SPRING)
    return open_project(folder)


@pytest.fixture(scope="module")
def admin(keys):
    return {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}


@pytest.fixture(scope="module")
def spring(served):
    apply_plan(served.project, make_plan(served.project, None), "test")
    return served


def test_a_campaign_goes_its_way_by_http(client, admin, spring):
    base = "/api/v1/campaigns/spring"
    assert [it["name"] for it in client.get("/api/v1/campaigns", headers=admin).json()] == [
        "spring"
    ]
    refused = client.post(f"{base}/state", json={"action": "start"}, headers=admin)
    assert refused.status_code == 400
    assert "approve it first" in refused.text
    assert client.post(f"{base}/check", headers=admin).json()["state"] == "checked"
    shown = client.get(f"{base}/preview", params={"count": 2}, headers=admin).json()
    assert set(shown["waterfall"]) >= {"matched", "sendable"}
    for action, state in (
        ("approve", "approved"), ("start", "running"), ("pause", "paused"), ("stop", "done")
    ):  # fmt: skip
        found = client.post(f"{base}/state", json={"action": action}, headers=admin)
        assert found.json()["state"] == state
    assert found.json()["log"][0]["actor"].startswith("key:")
    assert client.get(f"{base}/results", headers=admin).json()["verdict"] is None
    assert client.get(f"{base}/messages", headers=admin).json() == []
    assert client.get("/api/v1/campaigns/winter", headers=admin).status_code == 404


NEW = {"audience": "did order_completed", "purpose": "marketing", "subject": "Your order",
       "goal": "did order_completed in next 7d", "text": "You placed an order."}  # fmt: skip


def test_a_campaign_is_written_and_changed_by_http(client, admin, spring):
    base = "/api/v1/campaigns"
    made = client.post(base, json={"name": "autumn", **NEW}, headers=admin)
    assert made.status_code == 201, made.text
    assert "autumn:" in (spring.project.folder / "campaigns" / "autumn.yml").read_text()
    assert client.post(base, json={"name": "autumn", **NEW}, headers=admin).status_code == 400
    told = client.get(f"{base}/autumn/fields", headers=admin).json()
    assert told == {**NEW, "channel": "email", "timing": "once", "priority": 0}
    told |= {"variants": {"a": {"subject": "You", "text": "An order."},
                          "b": {"subject": "You", "text": "Orders.", "weight": 2.0}}}  # fmt: skip
    changed = {key: value for key, value in told.items() if key not in {"text", "subject"}}
    found = client.put(f"{base}/autumn", json=changed, headers=admin)
    assert found.json()["version"] == made.json()["version"] + 1
    assert client.get(f"{base}/autumn", headers=admin).json()["variants"] == ["a", "b"]
    assert client.get(f"{base}/autumn/fields", headers=admin).json() == changed
    wrong = client.put(f"{base}/autumn", json={**NEW, "text": "{{ a"}, headers=admin)
    assert wrong.status_code == 422
    planned = client.post(f"{base}/autumn/plan", json={**NEW, "text": "{{ a"}, headers=admin)
    assert planned.json()["problems"]
    assert client.get(f"{base}/autumn/fields", headers=admin).json() == changed
    assert client.put(f"{base}/none", json=NEW, headers=admin).status_code == 404
    assert client.put(f"{base}/autumn", json={**NEW, "x": 1}, headers=admin).status_code == 422


def test_one_click_leaves_and_looking_does_not(client, spring):
    project = spring.project
    at = project.clock()
    spring.writer.append([Event("order_completed", "leaver", None, at, at, "m1")])
    url = unsubscribe_url(project, "leaver", Channel.EMAIL, "spring")
    path = url.removeprefix("https://shop.example.org")

    def gone():
        reading = read(project)
        rule = "last(`$subscription`.state where channel = 'email') = 'unsubscribed'"
        return count_members(reading, asked(reading, None, rule), reading.at(None))["count"]

    page = client.get(path)
    assert (page.status_code, gone()) == (200, 0)
    assert "<form" in page.text
    assert client.post(f"{path}x").status_code == 404
    body = {"List-Unsubscribe": "One-Click"}
    assert client.post(path, data=body).status_code == 200
    assert gone() == 1
    assert client.post(path, data=body).status_code == 200
    assert gone() == 1
