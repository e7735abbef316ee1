"""The real clients, unchanged, against `shoal serve` as anybody runs it: `make clients`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import pytest

from shoal.cli import main
from tests.clients.front import Front
from tests.clients.shop import PATIENCE, Shop

HERE = Path(__file__).parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")


def pytest_collection_modifyitems(items):
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.clients)


@dataclass(frozen=True)
class Story:
    """Who does what when: what a client is told to tell."""

    user: str
    visitor: str
    former: str
    order: str
    at: int

    @classmethod
    def new(cls) -> Story:
        user, former, order = (f"{kind}-{uuid4().hex[:12]}" for kind in ("user", "former", "order"))
        return cls(user, str(uuid4()), former, order, round((time.time() - 3600) * 1000))

    def __str__(self) -> str:
        return json.dumps(vars(self))


def missing(reason: str) -> None:
    """Skips, but not where everything has to be there."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def node():
    """The program that runs Node programs."""
    found = shutil.which("node")
    if found is None:
        missing("needs Node.js 20 or newer: `node` is not found")
    if not (HERE / "node_modules" / ".package-lock.json").exists():
        missing("the clients are not installed: run `make clients`")
    return found


@pytest.fixture(scope="session")
def chromium():
    """The browser."""
    named = os.environ.get("CHROMIUM")
    found = named or next((it for name in BROWSERS if (it := shutil.which(name))), None)
    if found is None:
        missing("needs Chromium: run `make browser`, or say where it is: CHROMIUM=/path")
    return found


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    folder = tmp_path_factory.mktemp("clients") / "shop"
    assert main(["init", str(folder), "--name", "Test shop"]) == 0
    shop = Shop(folder)
    shop.start()
    yield shop
    shop.stop()


@pytest.fixture(scope="session")
def key(server):
    return server.ask("key", "create", "--kind", "write", "--name", "clients")["key"]


@pytest.fixture(scope="session")
def way(server):
    front = Front(server.port)
    yield front
    front.close()


@pytest.fixture
def front(way):
    """What clients talk to; it passes everything on."""
    way.passed.clear()
    way.busy = way.lost = 0
    return way


@pytest.fixture
def shop(server):
    """What was kept since the test began. In the end nothing is in quarantine."""
    server.mark()
    yield server
    assert server.ask("quarantine", "list") == {"items": []}


@pytest.fixture
def story():
    return Story.new()


@pytest.fixture
def run(node, front, key):
    """Runs a Node program to its end; it says what its client complained of."""

    def start(name, story):
        return subprocess.Popen(
            [node, HERE / "node" / f"{name}.mjs", front.url, key, str(story)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def end(process):
        out, err = process.communicate(timeout=2 * PATIENCE)
        assert process.returncode == 0, err
        return json.loads(out.splitlines()[-1])["errors"]

    def call(name, story):
        return end(start(name, story))

    call.start, call.end = start, end
    return call


class Page:
    """A page of our site, open in a browser."""

    def __init__(self, process):
        self._process = process
        self.site = self._answer()["site"]

    def __call__(self, call, **given):
        self._process.stdin.write(json.dumps({"call": call, "with": given}) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self):
        line = self._process.stdout.readline()
        assert line, "the browser gave up"
        return json.loads(line)


@pytest.fixture
def browse(node, chromium):
    """A page with a client, open for a while; nothing it does goes wrong or elsewhere."""

    @contextmanager
    def opened(name):
        script = HERE / "pages" / f"{name}.mjs"  # or `name` itself, where it is a whole path
        command = [node, HERE / "browse.mjs", chromium, script if script.exists() else name]
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        try:
            page = Page(process)
            yield page
            assert page("end") == {"foreign": [], "errors": []}
        finally:
            process.stdin.close()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()

    return opened
