"""`shoal tail` beside a server that comes and goes: every transition once, in its order."""

from __future__ import annotations

import json
import queue
import signal
import subprocess
import threading
import time
from contextlib import contextmanager

import httpx
import pytest

from tests.api.loading import ENV, command, new_project, serving, until_live

pytestmark = pytest.mark.serving

SEGMENTS = "segments:\n  pinged: did ping\n  often: count(ping) >= 2\n"


@pytest.fixture
def shop(tmp_path):
    folder, secret = new_project(tmp_path / "shop")
    (folder / "segments" / "all.yml").write_text(SEGMENTS)
    subprocess.run(command(folder, "apply"), env=ENV, check=True, capture_output=True)
    return folder, secret


@pytest.fixture(autouse=True)
def heeds_interrupts():
    """What a shell starts in the background is born deaf to Ctrl+C, and so is all it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


class Tail:
    """A `shoal tail` whose lines are read as they come."""

    def __init__(self, folder, *words: str) -> None:
        self.process = subprocess.Popen(
            command(folder, "tail", *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENV,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        self.rows: list[dict] = []
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        for line in self.process.stdout:
            self._lines.put(line)

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self._thread.join(30)
        self.process.communicate()

    def until(self, kind: str, many: int) -> list[dict]:
        until = time.monotonic() + 60
        while sum(row["type"] == kind for row in self.rows) < many:
            assert time.monotonic() < until, self.rows
            try:
                self.rows.append(json.loads(self._lines.get(timeout=1)))
            except queue.Empty:
                assert self.process.poll() is None, self.process.stderr.read()
        return [row for row in self.rows if row["type"] == kind]


@contextmanager
def tailing(folder, *words: str):
    tail = Tail(folder, *words)
    try:
        yield tail
    finally:
        tail.close()


def send(port: int, secret: str, user: str, message: str) -> None:
    body = {"event": "Ping", "userId": user, "messageId": message, "properties": {"n": 1}}
    answer = httpx.post(
        f"http://127.0.0.1:{port}/v1/track", json=body, auth=(secret, ""), timeout=30
    )
    assert answer.status_code == 200, answer.text


@pytest.mark.slow
def test_it_follows_through_kills_and_erasures(shop) -> None:
    folder, secret = shop
    with tailing(folder, "--json") as tail:
        with serving(folder) as served:
            until_live(folder)
            send(served.port, secret, "gone", "m0")
            tail.until("transition", 1)
            words = command(folder, "privacy", "erase", "gone", "--yes")
            subprocess.run(words, env=ENV, check=True, capture_output=True)
            send(served.port, secret, "ana", "m1")
            tail.until("transition", 2)
            served.kill()
        with serving(folder) as served:
            for at in (2, 3, 4):
                send(served.port, secret, "ana" if at < 4 else "rui", f"m{at}")
            transitions = tail.until("transition", 4)
            events = tail.until("event", 5)
            assert served.stop()[0] == 0
        told = [(it["seq"], it["user_id"], it["kind"], it["segment"]) for it in transitions]
        assert told == [
            (1, "gone", "entered", "pinged"),
            (2, "ana", "entered", "pinged"),
            (3, "ana", "entered", "often"),
            (4, "rui", "entered", "pinged"),
        ]
        assert transitions[1]["cause"]["message_id"] == "m1"
        assert [it["message_id"] for it in events] == [f"m{at}" for at in range(5)]
        assert [it["properties"] for it in events] == [{"n": 1}] * 5
    words = ("tail", "--no-follow", "--json", "--since", "0", "--transitions")
    found = run(folder, *words)
    assert [json.loads(line) for line in found.splitlines()] == transitions[1:]
    assert "gone" not in found
    rows = run(folder, "tail", "--no-follow", "--segment", "pinged", "--n", "1").splitlines()
    assert len(rows) == 1
    assert "rui  entered pinged  #4 (ping)" in rows[0]
    assert "often" in run(folder, "tail", "--no-follow", "--user", "ana")
    assert "rui" not in run(folder, "tail", "--no-follow", "--user", "ana")
    assert run(folder, "tail", "--no-follow", "--n", "0") == ""


def run(folder, *words: str) -> str:
    return subprocess.run(
        command(folder, *words), env=ENV, check=True, capture_output=True, text=True, timeout=60
    ).stdout


def test_a_wish_to_stop_and_a_closed_pipe_are_quiet(shop) -> None:
    folder, secret = shop
    with serving(folder) as served, tailing(folder, "--events", "--json") as tail:
        send(served.port, secret, "ana", "m0")
        tail.until("event", 1)
        tail.process.send_signal(signal.SIGINT)
        assert tail.process.wait(120) == 130
        assert tail.process.stderr.read() == ""
    words = command(folder, "tail", "--n", "1")
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=ENV
    ) as other:
        assert "ana  ping" in other.stdout.readline()
        other.stdout.close()
        assert other.wait(120) == 0  # nobody reads on, and nothing more comes
        assert other.stderr.read() == ""
