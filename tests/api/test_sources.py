"""Sources over HTTP: how they stand, what a run would do, and one that does not wait for its time."""

from __future__ import annotations

import time

import pytest

from shoal.access import KeyKind, Role
from shoal.project.sources.sourcing import new_source, write_source


@pytest.fixture
def admin(keys):
    return {"authorization": f"Bearer {keys[KeyKind.ADMIN]}"}


@pytest.mark.serving
def test_a_source_is_listed_and_run_beside(client, shop, admin, logged_in):
    (shop.folder / "in").mkdir()
    (shop.folder / "in" / "a.csv").write_text("who,at\nc1,2026-01-01\nc2,2026-01-02\n")
    (shop.folder / "map.yml").write_text("events: {event: called, user: who, time: at}\n")
    write_source(shop, new_source(shop, "calls", {"from": "in", "mapping": "map.yml"}))
    (told,) = client.get("/api/v1/sources", headers=admin).json()
    assert (told["name"], told["state"], told["from"]) == ("calls", "never run", "in")
    assert told["text"] == 'from: "in"\nmapping: "map.yml"\n'
    tried = client.post("/api/v1/sources/calls/try", headers=admin).json()
    assert [it["state"] for it in tried["files"]] == ["imported"]
    assert tried["says"][0] == "in/a.csv:"
    answer = client.post("/api/v1/sources/calls/run", headers=admin)
    assert (answer.status_code, answer.json()["kind"]) == (202, "source")
    end = time.monotonic() + 120
    work = answer.json()
    while work["state"] == "running" and time.monotonic() < end:
        time.sleep(0.1)
        work = client.get("/api/v1/data/work", headers=admin).json()
    assert (work["state"], work["answer"]["imported"]) == ("done", 2)
    seen = client.get("/api/v1/data/work", headers=logged_in(Role.VIEWER)).json()
    assert (seen["state"], seen["answer"]) == ("done", None)
    (told,) = client.get("/api/v1/sources", headers=admin).json()
    assert (told["state"], told["imported"], told["files"][0]["state"]) == ("well", 2, "imported")
    assert client.post("/api/v1/sources/calls/try", headers=admin).json()["files"] == []
    again = client.post("/api/v1/sources/calls/try?anew=true", headers=admin).json()
    assert [it["state"] for it in again["files"]] == ["imported"]
    assert client.post("/api/v1/sources/none/run", headers=admin).status_code == 404
