"""``shoal serve`` as a process of its own: starting, stopping, logging, and commands beside it."""

from __future__ import annotations

import http.client
import json
import re
import socket
import subprocess
import threading
import time

import pytest

from shoal.project.opening import open_project
from shoal.project.settings import Now
from tests.api.loading import ENV, Served, batch, command, new_project, pings, serving

pytestmark = pytest.mark.serving

SECRETIVE = "ana@example.org"


def send(port, secret, call, path="/v1/track"):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    body = call if isinstance(call, bytes) else json.dumps(call)
    connection.request("POST", path, body, {"authorization": f"Bearer {secret}"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status


def run(folder, *words):
    done = subprocess.run(
        command(folder, *words), capture_output=True, text=True, env=ENV, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    folder, secret = new_project(tmp_path_factory.mktemp("serve") / "shop")
    orders = folder / "orders.csv"
    orders.write_text("c,date,total\nbo,2026-01-02,6\ncy,2026-01-03,7\n")
    (folder / "segments" / "it.yml").write_text(
        "segments:\n  pinged:\n    title: Pinged\n    rule: did ping\n"
    )
    open_project(folder).with_now(Now.LATEST_EVENT)
    return folder, secret


@pytest.fixture(scope="module")
def served(project):
    with serving(project[0], "--log-level", "debug") as it:
        yield it


def test_commands_beside_a_running_server_have_it_do_their_writes(project, served):
    folder, secret = project
    call = {"event": "Ping", "userId": SECRETIVE, "messageId": "m1", "properties": {"name": "m1"}}
    assert send(served.port, secret, call) == 200
    words = ("--event", "order", "--user", "c", "--time", "date", "--json")
    assert json.loads(run(folder, "import", str(folder / "orders.csv"), *words))["imported"] == 2
    run(folder, "apply", "--yes")
    assert json.loads(run(folder, "segment", "count", "pinged", "--json"))["count"] == 1
    run(folder, "consent", "set", SECRETIVE, "marketing", "granted")
    receipt = json.loads(run(folder, "privacy", "erase", SECRETIVE, "--yes", "--json"))
    assert receipt["erased"]["events"] + receipt["erased"]["log"] >= 1
    assert send(served.port, secret, call) == 200
    assert pings(folder) == {}


def test_a_second_server_says_who_owns_the_project(project, served):
    folder, _ = project
    done = subprocess.run(
        command(folder, "serve", "--port", "0"),
        capture_output=True,
        text=True,
        env=ENV,
        check=False,
    )
    assert done.returncode == 1
    assert f"process {served.process.pid} (shoal serve)" in done.stderr


def test_a_bad_row_is_mended_and_replayed_while_serving(project, served):
    folder, secret = project
    bad = {"type": "track", "event": "Ping", "messageId": "m9", "properties": {"name": "m9"}}
    assert send(served.port, secret, {"batch": [bad]}, "/v1/batch") == 200
    (item,) = json.loads(run(folder, "quarantine", "list", "--json"))["items"]
    run(folder, "quarantine", "mend", item["id"], "--raw", json.dumps({**bad, "userId": "dee"}))
    done = json.loads(run(folder, "quarantine", "replay", "--json"))
    assert (done["replayed"], done["left"]) == (1, 0)
    assert pings(folder) == {"m9": 1}


def test_stopping_finishes_what_is_open_and_logs_name_nobody(project, served):
    folder, secret = project
    call = {"event": "Ping", "userId": SECRETIVE, "messageId": "m1", "properties": {"name": "m1"}}
    assert send(served.port, secret, call) == 200
    body = batch(["last"])
    connection = socket.create_connection(("127.0.0.1", served.port))
    head = f"POST /v1/batch?writeKey={secret} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(body)}\r\n\r\n"
    connection.sendall(head.encode() + body[:20])
    time.sleep(0.3)
    rest = threading.Timer(0.7, lambda: connection.sendall(body[20:]))
    rest.start()
    code, err = served.stop()
    answer = connection.recv(1000)
    connection.close()
    assert answer.startswith(b"HTTP/1.1 200"), answer
    assert code == 0
    assert pings(folder)["last"] == 1
    assert open_project(folder).settings.now is Now.CLOCK, "live events are asked about now"
    lines = [json.loads(line) for line in err.splitlines() if line.startswith("{")]
    assert any("now: clock" in line["message"] for line in lines)
    assert any(line.get("route") == "/v1/track" and line["status"] == 200 for line in lines)
    others = [line for line in err.splitlines() if not line.startswith("{")]
    assert all("Open it once" in line for line in others), others
    for told in (SECRETIVE, secret, "writeKey", "m1", "dee"):
        assert not re.search(rf"\b{re.escape(told)}\b", err), told


def test_a_damaged_file_does_not_keep_it_from_starting(project):
    folder, secret = project
    with open_project(folder).store.write() as writer:
        writer.compact()
    path = max((folder / ".shoal" / "buckets").iterdir(), key=lambda it: it.stat().st_size)
    path.write_bytes(path.read_bytes()[:64])
    with serving(folder) as it:
        assert send(it.port, secret, {"event": "Ping", "userId": "x"}) == 200
        connection = http.client.HTTPConnection("127.0.0.1", it.port, timeout=30)
        connection.request("GET", "/readyz")
        told = connection.getresponse().read().decode()
        connection.close()
        assert told.startswith("ready\n1 damaged file")
        code, err = it.stop()
    assert code == 0
    assert "damaged files were set aside" in err
    (damage,) = open_project(folder).store.damages()
    assert path.name in damage.file


def test_a_port_that_is_taken_is_said(project):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(AssertionError, match="cannot listen"):
            Served(project[0], "--port", str(taken.getsockname()[1]))
