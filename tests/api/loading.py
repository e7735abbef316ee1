"""A server in a process of its own, and writers that know what was acknowledged to them."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from shoal.access import KeyKind
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.serving.served import create_key
from shoal.store.files import TRANSITIONS
from shoal.store.following import last_frame

ENV = {**os.environ, "PYTHONPATH": os.pathsep.join([*filter(None, sys.path), "."])}


def command(folder: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "shoal", "--project", str(folder), *words]


class Served:
    """``shoal serve`` on a free port of this machine."""

    def __init__(self, folder: Path, *words: str, **more: bool) -> None:
        self.process = subprocess.Popen(
            command(folder, "serve", "--port", "0", *words),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=ENV,
            **more,
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:(\d+)", line)
        if found is None:
            self.process.kill()
            raise AssertionError(f"it did not start: {line} {self.process.communicate()[1]}")
        self.line = line
        self.port = int(found[1])

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def stop(self) -> tuple[int, str]:
        """Asked to stop: its exit code, and everything it logged."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        _, err = self.process.communicate(timeout=60)
        return self.process.returncode, err


@contextmanager
def serving(folder: Path, *words: str, **more: bool):
    served = Served(folder, *words, **more)
    try:
        yield served
    finally:
        if served.process.poll() is None:
            served.kill()


def new_project(folder: Path) -> tuple[Path, str]:
    """A project, and the secret of a write key for it."""
    init_project(folder)
    return folder, create_key(open_project(folder), KeyKind.WRITE, "load", "test")[1]


def until_live(folder: Path) -> None:
    """Waits until membership is told: segments begin with whoever is in them by then."""
    until = time.monotonic() + 60
    while last_frame(folder / ".shoal" / TRANSITIONS) is None:
        assert time.monotonic() < until
        time.sleep(0.02)


def batch(names: list[str]) -> bytes:
    calls = [
        {"type": "track", "event": "Ping", "userId": f"u{hash(name) % 97}", "messageId": name,
         "properties": {"name": name}}
        for name in names
    ]  # fmt: skip
    return json.dumps({"batch": calls}).encode()


@dataclass
class Writer:
    """Sends message after message and remembers which were acknowledged."""

    name: str
    secret: str
    size: int = 5
    acknowledged: list[str] = field(default_factory=list)
    unsure: list[list[str]] = field(default_factory=list)
    refused: Counter = field(default_factory=Counter)
    sent: int = 0

    def run(self, port: int, stop: threading.Event) -> None:
        """Until stopped, or until the server is gone."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        try:
            while not stop.is_set():
                names = [f"{self.name}-{self.sent + at}" for at in range(self.size)]
                self.sent += self.size
                self.unsure.append(names)
                if not self._send(connection, names):
                    return
        finally:
            connection.close()

    def send_again(self, port: int) -> None:
        """Everything whose fate is not known, and a little of what was acknowledged."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for names in self.unsure.copy():
            assert self._send(connection, names)
        if self.acknowledged:
            assert self._send(connection, self.acknowledged[-20:], known=True)
        connection.close()

    def _send(self, connection, names: list[str], *, known: bool = False) -> bool:
        headers = {"authorization": f"Bearer {self.secret}"}
        try:
            connection.request("POST", "/v1/batch", batch(names), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        if answer.status != 200:
            self.refused[answer.status] += 1
            return answer.status == 503
        if not known:
            self.acknowledged += names
            self.unsure.remove(names)
        return True


def pings(folder: Path) -> Counter:
    """How often each message is in the store."""
    found: Counter = Counter()
    with open_project(folder).store.snapshot() as snapshot:
        for bucket in range(snapshot.buckets):
            column = snapshot.history(bucket).column("ping", "name")
            if column is not None:
                texts = column.dictionary.to_pylist()
                found.update(texts[code] for code in column.values.tolist())
    return found
