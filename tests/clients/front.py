"""What stands between a client and the server: it passes everything on, and fails when told to."""

from __future__ import annotations

import http.client
import json
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

HOP = {"connection", "keep-alive", "transfer-encoding", "content-length"}
SETTINGS = ("/flags", "/decide", "/sourceConfig")
"""Posts that carry no event."""


@dataclass(frozen=True)
class Passed:
    """A request as it came, and how it was answered; status 0, the answer got lost."""

    method: str
    path: str
    headers: dict[str, str]
    status: int

    @property
    def is_preflight(self) -> bool:
        return self.method == "OPTIONS"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address) -> None:
        """Clients go away when they please."""


@dataclass
class Front:
    """A proxy to the server, with what passed it.

    The next ``busy`` requests that carry events are answered 503, as a server at its limit does;
    of the ``lost`` after them the answer gets lost once the server has kept the events.
    """

    target: int
    passed: list[Passed] = field(default_factory=list)
    busy: int = 0
    lost: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self):
        handler = type("Handler", (_Handler,), {"front": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def posts(self) -> list[Passed]:
        """What carried events."""
        return [
            one
            for one in list(self.passed)
            if one.method == "POST" and not one.path.startswith(SETTINGS)
        ]

    def fate(self, method: str, path: str) -> str:
        """What becomes of the next request."""
        if method != "POST" or path.startswith(SETTINGS):
            return "pass"
        with self._lock:
            if self.busy:
                self.busy -= 1
                return "busy"
            if self.lost:
                self.lost -= 1
                return "lose"
        return "pass"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    front: Front

    def _answer(self) -> None:
        body = self._body()
        fate = self.front.fate(self.command, self.path)
        if fate == "busy":
            self._busy()
            return
        connection = http.client.HTTPConnection("127.0.0.1", self.front.target, timeout=30)
        try:
            headers = {name: value for name, value in self.headers.items()
                       if name.lower() not in HOP}  # fmt: skip
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            data = answer.read()
        except OSError:  # the server is not there: neither is the answer
            self.close_connection = True
            return
        finally:
            connection.close()
        if fate == "lose":
            self._note(0)
            self.close_connection = True
            return
        self._note(answer.status)
        kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in HOP]
        self._send(answer.status, kept, data)

    do_GET = do_POST = do_PUT = do_OPTIONS = do_HEAD = _answer

    def _body(self) -> bytes:
        if "chunked" in self.headers.get("transfer-encoding", ""):
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("content-length", 0)))

    def _busy(self) -> None:
        self._note(503)
        origin = self.headers.get("origin")
        cors = [("access-control-allow-origin", origin), ("vary", "origin")] if origin else []
        told = {"type": "about:blank", "title": "busy", "status": 503, "code": "busy"}
        headers = [("content-type", "application/problem+json"), ("retry-after", "1"), *cors]
        self._send(503, headers, json.dumps({**told, "message": "busy"}).encode())

    def _send(self, status: int, headers: list[tuple[str, str]], data: bytes) -> None:
        with suppress(OSError):
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            if status != 204:
                self.send_header("content-length", str(len(data)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(data)

    def _note(self, status: int) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.front.passed.append(Passed(self.command, self.path, headers, status))

    def log_message(self, *args) -> None:
        """Tests say what went wrong, not the log."""
