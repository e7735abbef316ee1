"""One message over a real connection: pinned, within a time, without redirects."""

from __future__ import annotations

import socket
import threading
import time

import pytest

from shoal.channels.addresses import RefusedAddressError, parse_allowed, parse_destination
from shoal.channels.posting import LONGEST_ANSWER, Line, UnreachableError
from shoal.core.errors import ShoalError
from tests.channels.listening import listening

LOCAL = parse_allowed(["127.0.0.1"])


def line_to(url, **more):
    return Line(parse_destination(url), lambda: LOCAL, **more)


@pytest.fixture
def listener():
    with listening() as it:
        yield it


def test_a_message_arrives_and_the_connection_is_kept(listener):
    line = line_to(listener.url)
    for at in range(3):
        assert line.post(b'{"n": %d}' % at, {"webhook-id": f"m{at}"}).is_good
    line.close()
    assert [it.message for it in listener.heard] == [{"n": at} for at in range(3)]
    assert listener.connections == 1
    [first, *_] = listener.heard
    assert first.path == "/in?a=1"
    assert first.headers["host"] == f"127.0.0.1:{listener.port}"
    assert first.headers["content-type"] == "application/json"
    assert first.headers["webhook-id"] == "m0"


def test_a_connection_that_was_closed_meanwhile_is_opened_anew(listener):
    line = line_to(listener.url)
    assert line.post(b"{}", {}).status == 204
    listener.answer = lambda _: (0, {})
    with pytest.raises(UnreachableError):
        line.post(b"{}", {})
    listener.answer = lambda _: (200, {"connection": "close"})
    assert line.post(b"{}", {}).status == 200
    assert line.post(b"{}", {}).status == 200
    line.close()


def test_redirects_are_not_followed(listener):
    with listening() as other:
        listener.answer = lambda _: (307, {"location": other.url})
        line = line_to(listener.url)
        assert line.post(b"{}", {}).status == 307
        line.close()
        assert other.heard == []


def test_what_the_other_side_asks_for_is_heard(listener):
    line = line_to(listener.url)
    for said, understood in (("7", 7.0), ("x", None), ("Wed, 21 Oct 2026 07:28:00 GMT", None)):
        listener.answer = lambda _, said=said: (503, {"retry-after": said})
        answer = line.post(b"{}", {})
        assert (answer.status, answer.retry_after) == (503, understood)
    line.close()


def test_the_address_that_was_looked_at_is_the_one_connected_to(listener):
    """A name that says something else the second time is not asked a second time."""
    asked = []

    def resolve(name, port):
        asked.append((name, port))
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    url = f"http://rebinding.example:{listener.port}/"
    line = line_to(url, resolve=resolve)
    assert line.post(b"{}", {}).is_good
    assert line.post(b"{}", {}).is_good
    assert asked == [("rebinding.example", listener.port)]
    assert listener.heard[0].headers["host"] == f"rebinding.example:{listener.port}"
    line.close()
    with pytest.raises(RefusedAddressError):
        line.post(b"{}", {})
    assert len(listener.heard) == 2


def test_this_machine_is_refused_unless_it_is_allowed(listener):
    line = Line(parse_destination(listener.url), lambda: parse_allowed([]))
    with pytest.raises(RefusedAddressError, match="not on the open internet"):
        line.post(b"{}", {})
    assert listener.connections == 0


def test_an_environment_of_proxies_is_not_asked(listener, monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    line = line_to(listener.url)
    assert line.post(b"{}", {}).is_good
    line.close()


def raw_server(said):
    """Accepts once and does what it is told with the connection."""
    server = socket.create_server(("127.0.0.1", 0))

    def work():
        connection, _ = server.accept()
        with connection:
            connection.recv(65_536)
            said(connection)

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return server, thread


def drip(connection):
    try:
        for sign in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 10_000:
            connection.sendall(bytes([sign]))
            time.sleep(0.01)
    except OSError:
        return


def nothing(connection):
    while connection.recv(65_536):  # the body may come behind the head
        pass


def endless(connection):
    try:
        connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 99999999\r\n\r\n")
        connection.sendall(b"x" * (LONGEST_ANSWER + 10))
        connection.recv(1)
    except OSError:
        return


@pytest.mark.parametrize("said", [drip, nothing])
def test_an_answer_that_does_not_come_is_not_waited_for(said):
    server, thread = raw_server(said)
    with server:
        line = line_to(f"http://127.0.0.1:{server.getsockname()[1]}/", total=0.3)
        with pytest.raises(UnreachableError, match="no answer in time"):
            line.post(b"{}", {})
        thread.join(30)


def test_a_long_answer_is_not_read():
    server, thread = raw_server(endless)
    with server:
        line = line_to(f"http://127.0.0.1:{server.getsockname()[1]}/")
        assert line.post(b"{}", {}).status == 200
        thread.join(30)


def test_what_is_no_http_is_said(listener):
    server, thread = raw_server(lambda connection: connection.sendall(b"SSH-2.0-x\r\n\r\n"))
    with server:
        line = line_to(f"http://127.0.0.1:{server.getsockname()[1]}/")
        with pytest.raises(UnreachableError, match="does not speak HTTP"):
            line.post(b"{}", {})
        thread.join(30)
    line = line_to(f"https://127.0.0.1:{listener.port}/")
    with pytest.raises(UnreachableError, match="no encrypted connection"):
        line.post(b"{}", {})


def test_nobody_there_is_said():
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    with pytest.raises(ShoalError):
        line_to(f"http://127.0.0.1:{port}/").post(b"{}", {})


def test_what_is_under_way_can_be_broken_off():
    is_there = threading.Event()

    def said(connection):
        is_there.set()
        connection.recv(1)

    server, thread = raw_server(said)
    with server:
        line = line_to(f"http://127.0.0.1:{server.getsockname()[1]}/", total=600)
        threading.Thread(target=lambda: is_there.wait(30) and line.abort(), daemon=True).start()
        with pytest.raises(UnreachableError):
            line.post(b"{}", {})
        thread.join(30)
