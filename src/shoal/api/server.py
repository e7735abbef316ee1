"""The process that serves a project: it takes events, and passes questions on."""

from __future__ import annotations

import gc
import logging
import signal
import socket
import sys
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from shoal.api.answering import Answers
from shoal.api.app import api_app, own_app, own_paths
from shoal.api.forwarding import Forwarding, own_or
from shoal.api.journal import Noted, is_noted, journal, note_request
from shoal.api.patience import App, Holding, PatientProtocol, Receive, Scope, Send, whole_body
from shoal.api.problems import problem, told
from shoal.capture.app import Answered, CaptureApp, CaptureSettings, path_of
from shoal.capture.bodies import Limits
from shoal.capture.endpoints import endpoints
from shoal.core.errors import StoreBusyError, UsageError
from shoal.project.hooks import Hooks
from shoal.project.serving.saying import sayings
from shoal.project.serving.served import Served

MOST_CONNECTIONS = 2_000
API_BODY = 2 << 20
"""Bytes of one request to the API."""
STOPS = (signal.SIGINT, signal.SIGTERM)
GRACE = 20
"""Seconds open requests have to finish when the served stops."""
SWITCH = 0.001
"""Seconds after which a thread that computes lets the others go on."""
REFUSED = {400: "the body was cut off", 408: "the body took too long", 413: "the body is too large"}


@dataclass
class Doors:
    """Capture where its paths are, the API everywhere else: its requests are read within limits."""

    capture: CaptureApp
    api: App
    limits: Limits = field(default_factory=Limits)
    holding: Holding = field(default_factory=Holding)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes one request on."""
        if self.capture.knows(path_of(scope)):
            await self.holding(self.capture, scope, receive, send)
        else:
            await self.holding(self._asked, scope, receive, send)

    async def _asked(self, scope: Scope, receive: Receive, send: Send) -> None:
        """A request to the API, its body read within limits first."""
        try:
            body = await whole_body(receive, API_BODY, self.limits.body_seconds)
        except StoreBusyError as error:
            await told(error)(scope, receive, send)
            return
        if isinstance(body, int):
            refusal = problem(body, REFUSED[body])
            refusal.headers["connection"] = "close"
            await refusal(scope, receive, send)
            return
        given = iter([{"type": "http.request", "body": body, "more_body": False}])

        async def again() -> Any:
            message = next(given, None)
            return await receive() if message is None else message

        await self.api(scope, again, send)


def doors_of(served: Served, limits: Limits | None = None, api: App | None = None) -> Doors:
    """The doors of a served; the API is answered by this process unless ``api`` says by whom."""
    project = served.project
    limits = limits or Limits()
    zone = project.settings.time_zone
    settings = CaptureSettings(project.clock, zone, limits, on_answer=_note_captured)
    served.writer.says = sayings(served)
    find_hook = Hooks(project.folder).find
    capture = CaptureApp(served.intake, served.keyring.sender, endpoints(find_hook), settings)
    return Doors(capture, api or Noted(api_app(served)), limits)


def _note_captured(answered: Answered) -> None:
    if not is_noted(answered.status):
        return
    facts: dict[str, Any] = {"method": answered.method, "route": answered.endpoint or "capture"}
    facts |= {"status": answered.status, "ms": round(answered.microseconds / 1000, 1)}
    facts |= {"bytes": answered.size, "events": answered.events, "refused": answered.refused}
    if answered.code:
        facts["code"] = answered.code
    note_request(facts)


class Server(uvicorn.Server):
    """Tells when it takes requests."""

    def __init__(self, config: uvicorn.Config, tell: Callable[[], None]) -> None:
        super().__init__(config)
        self._tell = tell

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """A request to stop is one: what is open is finished, and the process ends well."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {one: signal.signal(one, self.handle_exit) for one in STOPS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

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


def server_of(
    served: Served,
    tell: Callable[[], None],
    limits: Limits | None = None,
    protocol: type[PatientProtocol] = PatientProtocol,
    api: App | None = None,
) -> Server:
    """A server, not yet running; ``tell`` is called when it takes requests."""
    logging.getLogger("uvicorn.error").setLevel(logging.ERROR)
    config = uvicorn.Config(
        doors_of(served, limits, api),
        http=protocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=GRACE,
    )
    server = Server(config, tell)
    served.is_leaving = lambda: server.should_exit
    return server


def run(served: Served, listening: socket.socket, tell: Callable[[], None]) -> None:
    """Serves until the process is asked to stop; open requests are finished first."""
    gc.collect()
    gc.freeze()  # what is loaded by now stays: looking at it again and again only costs
    gc.set_threshold(20_000, 20, 20)
    sys.setswitchinterval(SWITCH)
    answers = Answers(served.project.folder, served.project.store.root)
    answers.start()
    served.unanswered = lambda: answers.trouble
    own = Noted(own_app(served))
    server = server_of(served, tell, api=own_or(own_paths(), own, Forwarding(answers.path)))
    try:
        server.run(sockets=[listening])
    finally:
        answers.stop()
        listening.close()
    journal.info("stopped")
