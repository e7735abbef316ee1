from __future__ import annotations

import threading

import httpx
import pytest

from shoal.access import KeyKind, Role
from shoal.access.passwords import hash_password
from shoal.api.server import bound, server_of
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.serving.served import create_key, create_user, serving

PASSWORD = "three tired herons"


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    folder = tmp_path_factory.mktemp("served")
    init_project(folder)
    (folder / "segments" / "all.yml").write_text(
        "segments:\n  buyers:\n    title: Buyers\n    rule: did order_completed\n"
    )
    return open_project(folder)


@pytest.fixture(scope="module")
def served(shop):
    with serving(shop) as served:
        yield served


@pytest.fixture(scope="module")
def keys(shop, served):
    """A secret of each kind of key."""
    return {kind: create_key(shop, kind, f"for {kind}", "test")[1] for kind in KeyKind}


@pytest.fixture(scope="module")
def users(shop, served):
    kept = hash_password(PASSWORD)
    return {role: create_user(shop, f"{role}@example.org", role, kept, "test") for role in Role}


@pytest.fixture(scope="module")
def address(served):
    """Where the served really listens."""
    ready = threading.Event()
    listening = bound("127.0.0.1", 0)
    server = server_of(served, ready.set)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
    thread.start()
    assert ready.wait(30)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    server.should_exit = True
    thread.join(30)
    listening.close()


@pytest.fixture
def client(address):
    """A client on plain HTTP, as loopback is served."""
    with httpx.Client(base_url=address, timeout=300) as it:
        yield it


@pytest.fixture
def logged_in(client, users):
    """Logs in as a role; the headers that changes need."""

    def log_in(role):
        client.cookies.clear()
        given = {"email": f"{role}@example.org", "password": PASSWORD}
        answer = client.post("/api/v1/login", json=given)
        assert answer.status_code == 200, answer.text
        return {"x-csrf-token": answer.json()["csrf"]}

    return log_in
