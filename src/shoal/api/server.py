"""One process that serves a project: capture, API, and the loop they share."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from typing import Any

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from shoal.api.app import api_app
from shoal.capture.app import CaptureApp, CaptureSettings
from shoal.capture.bodies import Limits
from shoal.capture.endpoints import endpoints
from shoal.core.errors import UsageError
from shoal.project.serving import Served

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]

LONGEST_HEADERS = 65_536
MOST_CONNECTIONS = 2_000
GRACE = 20
"""Seconds open requests have to finish when it stops."""


@dataclass(frozen=True)
class Doors:
    """Capture where its paths are, the API everywhere else."""

    capture: CaptureApp
    api: Callable[[Scope, Receive, Send], Awaitable[None]]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on."""
        if scope["type"] == "http" and self.capture.knows(scope["path"]):
            await self.capture(scope, receive, send)
        else:
            await self.api(scope, receive, send)


def doors_of(served: Served, limits: Limits | None = None) -> Doors:
    """The doors of what is served."""
    project = served.project
    settings = CaptureSettings(project.clock, project.settings.time_zone, limits or Limits())
    capture = CaptureApp(served.intake, served.keyring.sender, endpoints(), settings)
    return Doors(capture, api_app(served))


class PatientProtocol(HttpToolsProtocol):
    """HTTP, with an end to patience: headers come in time and in size, or the connection closes."""

    seconds = 10.0

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
        if self._deadline is not None:
            self._before += len(data)
            if self._before > LONGEST_HEADERS and len(data) < LONGEST_HEADERS:
                self.transport.close()
                return
        super().data_received(data)

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
        if not self.transport.is_closing():
            self.transport.close()


class Server(uvicorn.Server):
    """Tells when it takes requests."""

    def __init__(self, config: uvicorn.Config, tell: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = tell

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listens, then tells."""
        await super().startup(sockets)
        if self.started:
            self._tell()


def bound(host: str, port: int) -> socket.socket:
    """A socket that listens there; UsageError where it cannot."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((host, port))
    except OSError as error:
        listening.close()
        reason = error.strerror or str(error)
        raise UsageError(
            f"cannot listen on {host}:{port}: {reason}", hint="take another --port or --host"
        ) from error
    return listening


def server_of(served: Served, tell: Callable[[], None]) -> Server:
    """A server, not yet running; ``tell`` is called when it takes requests."""
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    config = uvicorn.Config(
        doors_of(served),
        http=PatientProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE,
    )
    return Server(config, tell)


def run(served: Served, listening: socket.socket, tell: Callable[[], None]) -> None:
    """Serves until the process is asked to stop; open requests are finished first."""
    try:
        server_of(served, tell).run(sockets=[listening])
    except KeyboardInterrupt:  # asked to stop, and stopped
        return
    finally:
        listening.close()
