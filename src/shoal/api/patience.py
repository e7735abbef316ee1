"""An end to patience: connections, headers and bodies that take too long or too much."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shoal.core.errors import StoreBusyError

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LONGEST_HEADERS = 65_536
HEADER_SECONDS = 10.0
MOST_HELD = 256 << 20
"""Bytes of bodies in memory at once, of all requests together."""


class PatientProtocol(HttpToolsProtocol):
    """HTTP whose headers come in time and in size, or the connection closes."""

    seconds = HEADER_SECONDS

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Starts the clock: a client that connects says what it wants."""
        super().connection_made(transport)
        self._deadline: asyncio.TimerHandle | None = None
        self._before = 0
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stops the clock."""
        self._came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Counts what comes before the headers are complete."""
        self._before += len(data)
        super().data_received(data)
        if self._deadline is not None and self._before > LONGEST_HEADERS:
            self._close()

    def on_message_begin(self) -> None:
        """The next request on the same connection."""
        super().on_message_begin()
        if self._deadline is None:
            self._wait()

    def on_headers_complete(self) -> None:
        """The headers came; the body has its own time."""
        self._came()
        super().on_headers_complete()

    def _wait(self) -> None:
        self._before = 0
        self._deadline = self.loop.call_later(self.seconds, self._late)

    def _came(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _late(self) -> None:
        self._deadline = None
        self._close()

    def _close(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()


class Holding:
    """The bodies of all requests together: beyond :data:`MOST_HELD` nobody may send more."""

    def __init__(self, most: int = MOST_HELD) -> None:
        self.most = most
        self.held = 0

    async def __call__(self, app: App, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes a request on; what it sends counts until it is answered."""
        own = 0

        async def counted() -> Any:
            nonlocal own
            message = await receive()
            size = len(message.get("body", b""))
            own += size
            self.held += size
            if size and self.held > self.most:
                raise StoreBusyError("too much is being sent at once", hint="come again soon")
            return message

        try:
            await app(scope, counted, send)
        finally:
            self.held -= own


async def whole_body(receive: Receive, most: int, seconds: float) -> bytes | int:
    """A request's body, or the status that says why it is none: 413, 408, 400."""
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                if message["type"] != "http.request":
                    return 400
                parts.append(message.get("body", b""))
                size += len(parts[-1])
                if size > most:
                    return 413
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        return 408
