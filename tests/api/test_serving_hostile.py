"""Clients that are slow, endless or mad cost no more than they may, and nobody else anything."""

from __future__ import annotations

import contextlib
import gzip
import socket
import threading
import time

import httpx
import pytest

from shoal.access import KeyKind
from shoal.api.patience import LONGEST_HEADERS, Holding, PatientProtocol
from shoal.api.server import bound, server_of
from shoal.capture.bodies import Limits
from shoal.core.errors import StoreBusyError
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.serving.served import create_key, serving

pytestmark = pytest.mark.serving


class Hasty(PatientProtocol):
    seconds = 0.6


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    folder = tmp_path_factory.mktemp("hostile")
    init_project(folder)
    project = open_project(folder)
    with serving(project) as served:
        secret = create_key(project, KeyKind.WRITE, "w", "test")[1]
        ready = threading.Event()
        listening = bound("127.0.0.1", 0)
        server = server_of(served, ready.set, Limits(body_seconds=0.6), Hasty)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        assert ready.wait(30)
        yield listening.getsockname()[1], secret, served
        server.should_exit = True
        thread.join(30)
        listening.close()


def talk(port, *pieces, pause=0.0, limit=5.0):
    """What comes back until the other side closes, and after how long it did."""
    began = time.monotonic()
    got = b""
    with socket.create_connection(("127.0.0.1", port), timeout=limit) as it:
        with contextlib.suppress(OSError):
            for piece in pieces:
                it.sendall(piece)
                time.sleep(pause)
        with contextlib.suppress(ConnectionError):
            while some := it.recv(65_536):
                got += some
    return got, time.monotonic() - began


HEAD = b"POST /v1/batch HTTP/1.1\r\nhost: x\r\n"


@pytest.mark.parametrize(
    "pieces", [[], [HEAD], [b"P"], [HEAD, *[b"x-%d: y\r\n" % n for n in range(20)]]]
)
def test_slow_headers_end_the_connection(hostile, pieces):
    _, spent = talk(hostile[0], *pieces, pause=0.1)
    assert spent < 4


@pytest.mark.parametrize("path", [b"/v1/batch", b"/api/v1/login"])
def test_a_slow_body_is_answered_408_and_closed(hostile, path):
    head = b"POST " + path + b" HTTP/1.1\r\nhost: x\r\ncontent-length: 50\r\n\r\n{"
    got, spent = talk(hostile[0], head)
    assert b" 408 " in got.split(b"\r\n")[0]
    assert spent < 4


@pytest.mark.parametrize("size", [70_000, 400_000, 5_000_000])
def test_oversized_headers_are_refused(hostile, size):
    piece = b"x-long: " + b"y" * 1000 + b"\r\n"
    got, spent = talk(hostile[0], HEAD, *[piece * 10] * (size // 10_000), b"\r\n")
    assert spent < 4
    if size > 4 * LONGEST_HEADERS:
        assert b"200" not in got


@pytest.mark.parametrize("path", ["/v1/batch", "/api/v1/login"])
@pytest.mark.parametrize("is_told", [True, False])
def test_a_body_of_60_mb_is_refused_before_it_is_all_there(hostile, path, is_told):
    port, secret, _ = hostile
    sent = 0

    def pieces():
        nonlocal sent
        for _ in range(60):
            sent += 1 << 20
            yield b" " * (1 << 20)

    headers = {"authorization": f"Bearer {secret}"}
    if is_told:
        headers["content-length"] = str(60 << 20)
    with contextlib.suppress(httpx.HTTPError):
        answer = httpx.post(
            f"http://127.0.0.1:{port}{path}", content=pieces(), headers=headers, timeout=10
        )
        assert answer.status_code == 413
    assert sent < 30 << 20


def test_a_bomb_is_refused(hostile):
    port, secret, _ = hostile
    bomb = gzip.compress(b" " * (64 << 20), 1)
    answer = httpx.post(
        f"http://127.0.0.1:{port}/v1/batch",
        content=bomb,
        headers={"authorization": f"Bearer {secret}"},
    )
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"GET / HTTP/1.1\r\nhost: x\r\n\r\n\0\0\0garbage\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\nPOST /v1/batch HTTP/9.9\r\n\r\n",
        b"POST /v1/batch HTTP/1.1\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n",
        b"POST /v1/batch HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
        b"POST /v1/batch HTTP/1.1\r\nhost: x\r\ncontent-length: -5\r\n\r\n",
    ],
)
def test_garbage_ends_the_connection_and_nothing_else(hostile, garbage):
    got, spent = talk(hostile[0], garbage)
    assert spent < 5
    assert b"500 " not in got
    assert httpx.get(f"http://127.0.0.1:{hostile[0]}/healthz").text == "ok"


def test_many_slow_clients_keep_nobody_from_sending(hostile):
    port, secret, _ = hostile
    slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    try:
        for it in slow:
            it.sendall(HEAD)
        call = {"event": "Ping", "userId": "u"}
        headers = {"authorization": f"Bearer {secret}"}
        answer = httpx.post(f"http://127.0.0.1:{port}/v1/track", json=call, headers=headers)
        assert answer.status_code == 200
    finally:
        for it in slow:
            it.close()


def test_all_bodies_together_are_bounded():
    import asyncio

    holding = Holding(most=1000)

    async def app(scope, receive, send):
        await receive()
        await receive()

    async def receive():
        return {"type": "http.request", "body": b"x" * 600, "more_body": True}

    async def send(_):
        return None

    with pytest.raises(StoreBusyError):
        asyncio.run(holding(app, {}, receive, send))
    assert holding.held == 0


def test_whoever_goes_away_while_much_is_held_is_no_trouble():
    import asyncio

    holding = Holding(most=1000)
    holding.held = 2000
    told = []

    async def app(scope, receive, send):
        told.append(await receive())

    async def receive():
        return {"type": "http.disconnect"}

    async def send(_):
        return None

    asyncio.run(holding(app, {}, receive, send))
    assert told == [{"type": "http.disconnect"}]


def test_a_key_beyond_its_rate_is_told_to_wait(hostile, monkeypatch):
    from shoal.access import Rate
    from shoal.project import asked as place

    port, secret, served = hostile
    monkeypatch.setattr(place, "KEY_RATE", Rate(per_second=0.001, burst=3))
    served.keyring._rates.clear()
    headers = {"authorization": f"Bearer {secret}"}
    answers = [
        httpx.post(f"http://127.0.0.1:{port}/v1/track", json={"event": "A", "userId": "u"},
                   headers=headers)
        for _ in range(6)
    ]  # fmt: skip
    statuses = [it.status_code for it in answers]
    assert statuses[0] == 200
    assert statuses[-1] == 429
    assert int(answers[-1].headers["retry-after"]) >= 1
    served.keyring._rates.clear()
