"""A real server to send to, which answers as it is told, and a verifier of signatures.

The verifier is written from the text of Standard Webhooks alone: it shares nothing with what signs.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Heard:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def message(self) -> dict:
        return json.loads(self.body)


@dataclass
class Listener:
    """What came, and what is answered: a status, or a function of the request."""

    port: int
    heard: list[Heard] = field(default_factory=list)
    answer: Callable[[Heard], tuple[int, dict[str, str]]] = lambda _: (204, {})
    connections: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/in?a=1"

    def until(self, ready: Callable[[list[Heard]], bool]) -> list[Heard]:
        end = time.monotonic() + 60
        while not ready(self.heard):
            assert time.monotonic() < end, [it.message for it in self.heard]
            time.sleep(0.01)
        return self.heard


@contextmanager
def listening():
    class Doing(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def setup(self):
            super().setup()
            listener.connections += 1

        def do_POST(self):
            body = self.rfile.read(int(self.headers["content-length"]))
            headers = {name.lower(): value for name, value in self.headers.items()}
            heard = Heard(self.path, headers, body)
            status, more = listener.answer(heard)
            listener.heard.append(heard)
            if status == 0:  # hangs up without a word
                self.close_connection = True
                return
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            if status != 204:
                self.send_header("content-length", "2")
            self.end_headers()
            if status != 204:
                self.wfile.write(b"ok")

        def log_message(self, *_):
            return

    class Server(ThreadingHTTPServer):
        daemon_threads = True
        block_on_close = False

        def handle_error(self, *_):
            return

    server = Server(("127.0.0.1", 0), Doing)
    listener = Listener(server.server_address[1])
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield listener
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def verified(secret: str, heard: Heard, *, now: float, tolerance: float = 300) -> bool:
    """As the specification says: secret in base64 behind ``whsec_``; ``id.timestamp.payload``;
    space-delimited signatures, each ``v1,`` and base64; a timestamp within a tolerance."""
    assert secret.startswith("whsec_")
    key = base64.b64decode(secret[6:], validate=True)
    assert 24 <= len(key) <= 64
    message_id = heard.headers["webhook-id"]
    timestamp = heard.headers["webhook-timestamp"]
    if abs(now - int(timestamp)) > tolerance:
        return False
    signed = b".".join([message_id.encode(), timestamp.encode(), heard.body])
    expected = hmac.digest(key, signed, hashlib.sha256)
    for one in heard.headers["webhook-signature"].split(" "):
        version, _, signature = one.partition(",")
        if version == "v1" and hmac.compare_digest(
            base64.b64decode(signature, validate=True), expected
        ):
            return True
    return False
