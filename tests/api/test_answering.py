"""Questions are answered by a process of their own; nobody who asks notices."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import signal
import socket
import threading
import time
from pathlib import Path

import pytest

from shoal.access import KeyKind, Role
from shoal.access.passwords import hash_password
from shoal.api.answering import Answers
from shoal.api.forwarding import Forwarding
from shoal.project.init import init_project
from shoal.project.opening import open_project
from shoal.project.serving.served import create_key, create_user
from tests.api.loading import batch, serving

pytestmark = pytest.mark.serving


def new_shop(folder):
    init_project(folder)
    project = open_project(folder)
    return [create_key(project, kind, "test", "test")[1] for kind in (KeyKind.WRITE, KeyKind.ADMIN)]


def child_of(pid: int) -> int | None:
    """The process that answers for a server, once it is there."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            if "shoal.api.answering" in Path(f"/proc/{child}/cmdline").read_text():
                return int(child)
    return None


def until(found, seconds=60):
    end = time.monotonic() + seconds
    while not (it := found()):
        assert time.monotonic() < end
        time.sleep(0.02)
    return it


def is_there(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def ask(port, path, admin, method="GET", body=None, **headers):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"authorization": f"Bearer {admin}", **headers}
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    return answer, data


def test_whoever_answers_is_killed_and_begins_again_while_events_are_taken(tmp_path):
    write, admin = new_shop(tmp_path)
    with serving(tmp_path) as served:
        assert ask(served.port, "/api/v1/segments", admin)[0].status == 200
        child = until(lambda: child_of(served.process.pid))
        os.kill(child, signal.SIGKILL)
        answer, _ = ask(
            served.port, "/v1/batch", admin, "POST", batch(["a"]), authorization=f"Bearer {write}"
        )
        assert answer.status == 200
        assert ask(served.port, "/healthz", admin)[0].status == 200
        answer, data = ask(served.port, "/api/v1/segments/count?rule=did%20ping", admin)
        assert (answer.status, json.loads(data)["count"]) == (200, 1)
        again = until(lambda: child_of(served.process.pid))
        assert again != child
        code, log = served.stop()
        assert code == 0
        assert "ended early" in log
        assert not is_there(again)


def test_whoever_answers_ends_with_a_server_that_is_killed(tmp_path):
    _, admin = new_shop(tmp_path)
    with serving(tmp_path) as served:
        assert ask(served.port, "/api/v1/me", admin)[0].status == 200
        child = child_of(served.process.pid)
        served.kill()
        until(lambda: not is_there(child))
    with serving(tmp_path) as served:  # what is left of the socket is in nobody's way
        assert ask(served.port, "/api/v1/me", admin)[0].status == 200


def test_a_changed_shoal_yml_is_heard_by_the_next_question(tmp_path):
    _, admin = new_shop(tmp_path)
    with serving(tmp_path) as served:
        zone = json.loads(ask(served.port, "/api/v1/settings", admin)[1])["time_zone"]
        settings = tmp_path / "shoal.yml"
        text = settings.read_text()
        assert zone in text
        settings.write_text(text.replace(zone, "Asia/Tokyo"))
        assert (
            json.loads(ask(served.port, "/api/v1/settings", admin)[1])["time_zone"] == "Asia/Tokyo"
        )
        settings.write_text("time_zone: [")  # what cannot be read changes nothing
        assert (
            json.loads(ask(served.port, "/api/v1/settings", admin)[1])["time_zone"] == "Asia/Tokyo"
        )
        assert '"error"' in served.stop()[1]


def test_heads_pages_and_long_answers_come_whole(tmp_path):
    _, admin = new_shop(tmp_path)
    with serving(tmp_path) as served:
        answer, data = ask(served.port, "/api/openapi.json", admin)
        assert answer.status == 200
        assert len(data) == int(answer.getheader("content-length")) > 100_000
        assert "/api/v1/transitions" in json.loads(data)["paths"]
        answer, data = ask(served.port, "/api/openapi.json", admin, "HEAD")
        assert (answer.status in {200, 405}, data) == (True, b"")
        assert len(answer.msg.get_all("date")) == 1
        assert answer.getheader("server") is None


def test_the_scheme_that_a_proxy_of_this_machine_tells_reaches_whoever_answers(tmp_path):
    _, admin = new_shop(tmp_path)
    kept = hash_password("three tired herons")
    create_user(open_project(tmp_path), "a@example.org", Role.ADMIN, kept, "test")
    given = json.dumps({"email": "a@example.org", "password": "three tired herons"})
    with serving(tmp_path) as served:
        cookies = [
            ask(
                served.port, "/api/v1/login", admin, "POST", given,
                **{"content-type": "application/json", "x-forwarded-proto": scheme},
            )[0].getheader("set-cookie").partition("=")[0]
            for scheme in ("https", "http")
        ]  # fmt: skip
    assert cookies == ["__Host-shoal", "shoal"]


def test_whoever_asks_what_cannot_begin_is_told_and_not_kept_waiting(tmp_path):
    _, admin = new_shop(tmp_path)
    settings = tmp_path / "shoal.yml"
    good = settings.read_text()
    with serving(tmp_path) as served:
        assert ask(served.port, "/api/v1/me", admin)[0].status == 200
        settings.write_text("time_zone: [")
        os.kill(until(lambda: child_of(served.process.pid)), signal.SIGKILL)
        answer, data = ask(served.port, "/api/v1/me", admin)  # it waits, while nobody is there
        assert (answer.status, answer.getheader("retry-after")) == (503, "1")
        assert "the log says why" in json.loads(data)["detail"]
        told = until(lambda: [it for it in ready(served.port, admin) if "not answered" in it])
        assert "see the log" in told[0]
        metrics = ask(served.port, "/metrics", admin)[1].decode()
        assert "\nshoal_answers 0" in metrics
        settings.write_text(good)
        until(lambda: ask(served.port, "/api/v1/me", admin)[0].status == 200)
        until(lambda: ready(served.port, admin) == ["ready"])
        _, log = served.stop()
    (said, *_) = [it for it in map(json.loads, lines_in(log)) if "why" in it]
    assert said["message"] == "nothing answers questions"
    assert "shoal.yml" in said["why"]
    assert "Traceback" not in log


def ready(port, admin):
    answer, data = ask(port, "/readyz", admin)
    assert answer.status == 200
    return data.decode().splitlines()


def lines_in(log):
    return [line for line in log.splitlines() if line.startswith("{")]


def test_what_lies_where_it_is_started_is_no_part_of_whoever_answers(tmp_path, monkeypatch):
    new_shop(tmp_path / "shop")
    (tmp_path / "uvicorn.py").write_text("raise SystemExit('mine')")
    monkeypatch.chdir(tmp_path)
    project = open_project(tmp_path / "shop")
    answers = Answers(project.folder, project.store.root)
    answers.start()
    try:
        sent = forwarded(answers.path, raw_path=b"/healthz")
    finally:
        answers.stop()
    assert sent[0]["status"] == 200


def test_ctrl_c_is_the_servers_alone_to_hear(tmp_path):
    new_shop(tmp_path)
    with serving(tmp_path, start_new_session=True) as served:
        os.killpg(served.process.pid, signal.SIGINT)  # while who answers is still beginning
        _, log = served.process.communicate(timeout=60)
    assert served.process.returncode == 0
    assert "Traceback" not in log
    assert "ended early" not in log


def test_a_signal_while_who_answers_is_beginning_does_not_end_it(tmp_path):
    new_shop(tmp_path)
    project = open_project(tmp_path)
    answers = Answers(project.folder, project.store.root)
    answers.start()
    try:
        number = until(lambda: answers.number)  # it has no group or handler of its own yet
        os.kill(number, signal.SIGINT)
        os.kill(number, signal.SIGTERM)
        sent = forwarded(answers.path, raw_path=b"/healthz")
        assert answers.number == number
    finally:
        answers.stop()
    assert sent[0]["status"] == 200


# --- an answering process that does everything wrong ---------------------------------------------


class Odd:
    """Answers each connection with these bytes, then closes it, or waits until it is let go."""

    def __init__(self, path, *answers, hold=False):
        self.asked, self.left, self._hold = [], threading.Event(), hold
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(path))
        self._listener.listen()
        threading.Thread(target=self._run, args=(answers,), daemon=True).start()

    def _run(self, answers):
        with self._listener:
            for answer in answers:
                connection, _ = self._listener.accept()
                with connection:
                    self.asked.append(connection.recv(1 << 20))
                    connection.sendall(answer)
                    if self._hold:
                        assert connection.recv(1) == b""
                        self.left.set()


def forwarded(path, method="GET", gone=None, headers=(), raw_path=b"/x%20y"):
    """What an app behind a server is told to send."""
    sent = []

    async def run():
        given = iter([{"type": "http.request", "body": b"asked", "more_body": False}])

        async def receive():
            message = next(given, None)
            if message is not None:
                return message
            await (gone.wait() if gone is not None else asyncio.Event().wait())
            return {"type": "http.disconnect"}

        async def send(message):
            sent.append(message)
            if gone is not None and message["type"] == "http.response.start":
                gone.set()

        scope = {
            "type": "http", "method": method, "path": "/x", "raw_path": raw_path,
            "query_string": b"a=b", "headers": list(headers), "scheme": "http",
            "client": ("127.0.0.9", 1),
        }  # fmt: skip
        await Forwarding(path)(scope, receive, send)

    asyncio.run(run())
    return sent


def test_an_answer_in_chunks_is_passed_on_without_them(tmp_path):
    path = tmp_path / "s"
    odd = Odd(
        path,
        b"HTTP/1.1 201 Created\r\nX-A: 1\r\nset-cookie: a\r\nset-cookie: b\r\nConnection: close\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
    )
    mad = [(b"host", b"h"), (b"x-forwarded-for", b"6.6.6.6"), (b"transfer-encoding", b"chunked"),
           (b"content-length", b"999")]  # fmt: skip
    sent = forwarded(path, "POST", headers=mad)
    assert sent[0]["status"] == 201
    assert sent[0]["headers"] == [(b"x-a", b"1"), (b"set-cookie", b"a"), (b"set-cookie", b"b")]
    assert b"".join(it["body"] for it in sent[1:]) == b"abcde"
    assert [it["more_body"] for it in sent[1:]][-1] is False
    (asked,) = odd.asked
    assert asked == (
        b"POST /x%20y?a=b HTTP/1.1\r\nhost: h\r\nx-forwarded-for: 127.0.0.9\r\n"
        b"x-forwarded-proto: http\r\nconnection: close\r\ncontent-length: 5\r\n\r\nasked"
    )


@pytest.mark.parametrize("said", [b"", b"HTTP/1.1 200 OK\r\nconte", b"nonsense\r\n\r\n"],
                         ids=["nothing", "half a head", "nonsense"])  # fmt: skip
def test_no_answer_is_told_as_one_to_ask_again_for(tmp_path, said):
    Odd(tmp_path / "s", said)
    sent = forwarded(tmp_path / "s")
    assert sent[0]["status"] == 503
    assert (b"retry-after", b"1") in sent[0]["headers"]


def test_nobody_there_is_told_the_same_way(tmp_path):
    assert forwarded(tmp_path / "s")[0]["status"] == 503


def test_an_answer_that_breaks_off_is_not_taken_for_whole(tmp_path):
    Odd(tmp_path / "s", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nabc")
    sent = forwarded(tmp_path / "s")
    assert [it.get("more_body") for it in sent] == [None, True]


def test_whoever_goes_away_is_not_answered_any_more(tmp_path):
    odd = Odd(tmp_path / "s", b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", hold=True)

    async def gone_of():
        return asyncio.Event()

    sent = forwarded(tmp_path / "s", gone=asyncio.run(gone_of()))
    assert sent[0]["status"] == 200
    assert odd.left.wait(10)


def test_a_head_has_no_body_to_wait_for(tmp_path):
    Odd(tmp_path / "s", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", hold=True)
    sent = forwarded(tmp_path / "s", "HEAD")
    assert sent[0]["headers"] == [(b"content-length", b"9")]
    assert sent[1] == {"type": "http.response.body", "body": b"", "more_body": False}
