"""The least a server must do: read a request, parse its body, append it, make it durable, answer.

It shares Shoal's HTTP library and its way of making many bodies durable by one fsync, and has none
of the rest: no keys, identities, duplicates, quarantine, limits. What it takes is what HTTP takes.
"""

from __future__ import annotations

import asyncio
import os
import socket
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
import uvicorn

ANSWER = b'{"success":true}'
HEADERS = [(b"content-type", b"application/json"), (b"content-length", b"16")]


class BareServer:
    """An ASGI app and the one thread that writes."""

    def __init__(self, path: str) -> None:
        self._handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        self._waiting: list[tuple[bytes, asyncio.Future[None], asyncio.AbstractEventLoop]] = []
        self._wake = threading.Condition()
        threading.Thread(target=self._work, daemon=True).start()

    async def __call__(self, _: Any, receive: Callable[[], Awaitable[Any]], send: Any) -> None:
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        assert msgspec.json.decode(body)["batch"]
        loop = asyncio.get_running_loop()
        done = loop.create_future()
        with self._wake:
            self._waiting.append((body, done, loop))
            self._wake.notify()
        await done
        await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
        await send({"type": "http.response.body", "body": ANSWER})

    def _work(self) -> None:
        while True:
            with self._wake:
                while not self._waiting:
                    self._wake.wait()
                some, self._waiting = self._waiting, []
            os.write(self._handle, b"".join(body for body, _, _ in some))
            os.fdatasync(self._handle)
            for _, done, loop in some:
                loop.call_soon_threadsafe(done.set_result, None)


def main(path: str) -> None:
    """Serves on a free port, which it prints, until it is ended."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(BareServer(path), log_level="critical", lifespan="off", ws="none")
    print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main(sys.argv[1])
