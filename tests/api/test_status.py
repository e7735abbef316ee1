"""How it is: asked of a server over its socket, of the API, and of the files when nobody runs."""

from __future__ import annotations

import json
import time

import httpx
import pytest

from shoal.access import KeyKind
from shoal.cli import main
from shoal.project.opening import open_project
from shoal.project.serving.served import create_key
from tests.api.loading import new_project, serving, until_live
from tests.api.test_tail import send
from tests.channels.listening import listening

pytestmark = pytest.mark.serving
GOOD = "segments:\n  pinged: did ping\n  lately: did ping in last 1d\n"
BAD = f"{GOOD}  broken: in segment broken\n"


def test_how_it_is(tmp_path, capsys) -> None:
    folder, secret = new_project(tmp_path / "shop")
    project = open_project(folder)
    admin = create_key(project, KeyKind.ADMIN, "watcher", "test")[1]
    at = ["--project", str(folder)]

    def status(code: int = 0):
        assert main(["status", "--json", *at]) == code
        told = capsys.readouterr()
        return json.loads(told.out), told.err

    def until(ready, code: int = 0):
        end = time.monotonic() + 60
        while True:
            main(["status", "--json", *at])
            found = json.loads(capsys.readouterr().out)
            if ready(found):
                assert status(code)[0]["well"] is (code == 0)
                return found
            assert time.monotonic() < end, found
            time.sleep(0.1)

    before, _ = status()
    assert (before["owner"], before["is_served"], before["live"]) == (None, False, "stopped")
    assert (before["correct_as_of"], before["backlog"]["rows"]) == (None, None)
    assert main(["status", *at]) == 0
    assert "not told yet" in capsys.readouterr().out
    project.store.books.apply_definitions({"segments/all.yml": GOOD}, 1, "test")
    with serving(folder) as served:
        until_live(folder)
        send(served.port, secret, "ludmila", "m0")
        found = until(lambda it: it["last_seq"] == 2 and it["live"] == "live")
        assert found["owner"]["pid"] == served.process.pid
        assert found["owner"]["doing"] == "shoal serve"
        assert found["owner"]["since"] <= found["correct_as_of"]
        assert found["segments"] == [
            {"name": "lately", "members": 1, "state": "live"},
            {"name": "pinged", "members": 1, "state": "live"},
        ]
        assert found["next_clock_exit"] > found["correct_as_of"]
        found = until(lambda it: it["backlog"]["rows"] == 0)
        assert (found["backlog"]["due"], found["problems"]) == (0, [])
        assert found["store"]["log_events"] == 1
        assert "ludmila" not in json.dumps(found)
        project.store.books.apply_definitions({"segments/all.yml": BAD}, 2, "test")
        with listening() as listener:
            listener.answer = lambda _: (500, {})
            with (folder / "shoal.yml").open("a") as file:
                file.write("webhooks:\n  allow: [127.0.0.1]\n")
            assert main(["webhook", "add", listener.url, "--after", "0", *at]) == 0
            capsys.readouterr()
            found = until(lambda it: len(it["problems"]) == 2, 1)
            [broken] = [it for it in found["segments"] if it["state"] == "failed"]
            assert (broken["name"], broken["definition"]) == ("broken", "segments/all.yml:4:3")
            assert found["webhooks"][0]["backlog"] == 2
            assert "url" not in found["webhooks"][0]
            assert {it["name"]: it["state"] for it in found["segments"]} == {
                "broken": "failed", "lately": "live", "pinged": "live",
            }  # fmt: skip
            assert main(["status", *at]) == 1
            told = capsys.readouterr()
            assert "Failed: segment `broken` (segments/all.yml:4:3) cannot be" in told.err
            assert "Failed: webhook 1 (127.0.0.1) has failed" in told.err
            assert "broken" in told.out
            headers = {"authorization": f"Bearer {admin}"}
            url = f"http://127.0.0.1:{served.port}"
            api = httpx.get(f"{url}/api/v1/status", headers=headers, timeout=60).json()
            assert {it["name"] for it in api["segments"]} == {"broken", "lately", "pinged"}
            assert (api["events"], api["live"], api["well"]) == (1, "live", False)
            text = httpx.get(f"{url}/metrics", headers=headers, timeout=60).text
            for line in (
                "shoal_live_failed_segments 1", "shoal_webhooks_failing 1", "shoal_problems 2",
                "shoal_webhook_backlog 2", "shoal_live_backlog_events 0",
            ):  # fmt: skip
                assert line in text
        assert served.stop()[0] == 0
    after, said = status(1)  # the webhook fails still
    assert "Failed: webhook 1" in said
    assert (after["owner"], after["live"], after["last_seq"]) == (None, "stopped", 2)
    assert after["segments"] == [
        {"name": "lately", "members": 1, "state": "stopped"},
        {"name": "pinged", "members": 1, "state": "stopped"},
    ]
    assert after["backlog"]["rows"] == 0
    assert after["backlog"]["seconds"] >= 0
    send_to_log(project)
    assert status(1)[0]["backlog"]["rows"] == 1
    with project.store.write() as writer:
        writer.fold()
        assert status(1)[0]["owner"]["pid"] is not None
    assert status(1)[0]["backlog"]["rows"] == 1


def send_to_log(project) -> None:
    from shoal.events.event import Event

    now = project.clock()
    project.store.append([Event("ping", "rui", None, now, now, "late")])
