"""The capture door: a raw ASGI app, since this is the one place where every request costs.

A request passes: route, size and time limits, unpacking, parsing, key, reading into events, and the
wait until they are durable. Then, and only then, it is answered 200. Nothing else may turn an event
away: 4xx is for what no retry can mend, 503 with Retry-After for what one can.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Protocol
from urllib.parse import parse_qsl

from shoal.access import TooManyError
from shoal.capture.bodies import BodyTooLargeError, Limits, NotJsonError, parsed, unpacked
from shoal.capture.captured import Captured, Circumstances
from shoal.capture.consents import with_privacy_control
from shoal.capture.credentials import secret_of
from shoal.capture.routing import Found, Routes
from shoal.capture.wire import Endpoint, Incoming, NotProvenError, Reply, problem
from shoal.core.errors import NotFoundError, ShoalError, StoreBusyError
from shoal.core.instants import Zone

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

RETRY_AFTER = "5"


class Keeping(Protocol):
    """Whoever makes what was captured durable."""

    async def keep(self, captured: Captured, size: int = 0) -> None:
        """Durable on return; StoreBusyError to come again later, StoreError when it cannot be.

        ``size`` is that of the body in bytes.
        """
        ...


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose a write key is: ``source`` stands beside every event it sent."""

    source: str
    is_write: bool = True


FindSender = Callable[[str], Sender | None]
"""The sender of a secret; StoreError when the books cannot be read, TooManyError beyond a rate."""


@dataclass(slots=True)
class Answered:
    """What may be said of a request in a log: nothing of whom it is about, and no key.

    ``endpoint`` is the pattern, not the path, which may hold an id; a query is left out whole.
    """

    method: str
    endpoint: str
    status: int = 0
    code: str = ""
    source: str = ""
    size: int = 0
    events: int = 0
    refused: int = 0
    microseconds: int = 0


@dataclass(frozen=True, slots=True)
class CaptureSettings:
    """What the door goes by. ``clock`` gives microseconds; ``on_answer`` is told of each request."""

    clock: Callable[[], int]
    zone: Zone = field(default_factory=Zone)
    limits: Limits = field(default_factory=Limits)
    on_answer: Callable[[Answered], None] | None = None


class CaptureApp:
    """An ASGI app for the capture endpoints; ``knows`` says which paths are its own."""

    def __init__(
        self,
        keeping: Keeping,
        find_sender: FindSender,
        endpoints: Iterable[Endpoint],
        settings: CaptureSettings,
    ) -> None:
        self._keeping = keeping
        self._find_sender = find_sender
        self._routes = Routes(endpoints)
        self._settings = settings

    def knows(self, path: str) -> bool:
        """Whether the path is one that clients send to."""
        return bool(self._routes.methods(path))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answers one request."""
        headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in scope["headers"]
        }
        began = self._settings.clock()
        found = self._routes.find(_wanted(scope, headers), path_of(scope))
        noted = Answered(scope["method"], "" if found is None else found.endpoint.pattern)
        reply = await self._reply(scope, headers, receive, found, noted)
        may_bring_cookies = found is not None and found.endpoint.credentials
        cors = _cors(headers, may_bring_cookies=may_bring_cookies)
        await _send(send, reply, cors, is_head=scope["method"] == "HEAD")
        if self._settings.on_answer is not None:
            noted.status, noted.code = reply.status, reply.code
            noted.microseconds = self._settings.clock() - began
            self._settings.on_answer(noted)

    async def _reply(
        self,
        scope: Scope,
        headers: dict[str, str],
        receive: Receive,
        found: Found | None,
        noted: Answered,
    ) -> Reply:
        method, path = scope["method"], path_of(scope)
        methods = self._routes.methods(path)
        if method == "OPTIONS" and methods:
            return _preflight(headers, methods)
        if found is None:
            if methods:
                allow = {"allow": ", ".join(sorted({*methods, "OPTIONS"}))}
                return problem(405, "method_not_allowed", f"{path} takes no {method}", allow)
            return problem(404, "not_found", "there is nothing here")
        try:
            body = await _body(receive, headers, self._settings.limits)
            noted.size = len(body)
            incoming = _incoming(scope, headers, body, found, self._settings.limits)
            return await self._kept(incoming, found.endpoint, noted)
        except ShoalError as error:
            return _told(error)

    async def _kept(self, incoming: Incoming, endpoint: Endpoint, noted: Answered) -> Reply:
        at = self._settings.clock()
        source = ""
        if endpoint.prove is not None:
            source = await asyncio.to_thread(endpoint.prove, incoming, at) or ""
        if endpoint.needs_key and not source:
            secret = secret_of(incoming, endpoint)
            sender = self._find_sender(secret) if secret else None
            if sender is None:
                told = "unknown write key" if secret else "no write key"
                return problem(401, "unknown_key", told)
            if not sender.is_write:
                return problem(403, "not_allowed", "this key does not send")
            source = sender.source
        noted.source = source
        if endpoint.read is not None:
            read = endpoint.read(incoming, Circumstances(at, source, self._settings.zone))
            captured = with_privacy_control(read, incoming.headers, at)
            if captured.events or captured.refused:
                await self._keeping.keep(captured, len(incoming.body))
            noted.events, noted.refused = len(captured.events), len(captured.refused)
        return endpoint.reply if isinstance(endpoint.reply, Reply) else endpoint.reply(incoming)


class _LateError(ShoalError):
    """The body took longer than it may."""


class _GoneError(ShoalError):
    """The client went away in the middle."""


def _told(error: ShoalError) -> Reply:  # noqa: PLR0911  one answer an error
    """What a client is told: 4xx where no retry can mend it, 503 where one can."""
    match error:
        case _LateError():
            return problem(408, "too_slow", error.message, {"connection": "close"})
        case _GoneError():
            return problem(400, "cut_off", error.message)
        case BodyTooLargeError():
            return problem(413, "too_large", error.message, {"connection": "close"})
        case NotJsonError():
            return problem(400, "not_json", error.message)
        case NotFoundError():
            return problem(404, "not_found", error.message)
        case NotProvenError():
            return problem(401, "bad_signature", error.message)
        case TooManyError():
            wait = {"retry-after": str(max(1, round(error.wait)))}
            return problem(429, "too_many", error.message, wait)
        case StoreBusyError():
            return problem(503, "busy", error.message, {"retry-after": RETRY_AFTER})
        case _:  # the store cannot be written or read: by the next try that may be mended
            return problem(503, "unavailable", error.message, {"retry-after": RETRY_AFTER})


async def _body(receive: Receive, headers: dict[str, str], limits: Limits) -> bytes:
    """The body, as it came; never more of it in memory than the limit."""
    length = headers.get("content-length", "")
    if length.isdigit() and int(length) > limits.body:
        raise BodyTooLargeError(f"the body is larger than {limits.body:,} bytes")
    parts: list[bytes] = []
    size = 0
    try:
        async with asyncio.timeout(limits.body_seconds):
            while True:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise _GoneError("the body was cut off")
                part = message.get("body", b"")
                size += len(part)
                if size > limits.body:
                    raise BodyTooLargeError(f"the body is larger than {limits.body:,} bytes")
                parts.append(part)
                if not message.get("more_body", False):
                    return b"".join(parts)
    except TimeoutError:
        raise _LateError("the body did not come in time") from None


def _incoming(
    scope: Scope, headers: dict[str, str], body: bytes, found: Found, limits: Limits
) -> Incoming:
    query: dict[str, str] = {}
    if scope["query_string"]:
        try:
            query = dict(parse_qsl(scope["query_string"].decode("latin-1"), max_num_fields=200))
        except ValueError as error:
            raise NotJsonError("the query has too many parts") from error
    method, path, data = scope["method"], path_of(scope), unpacked(body, limits)
    document = None
    if found.endpoint.parse is not None:
        incoming = Incoming(method, path, query, headers, data, None, found.parts)
        document = found.endpoint.parse(incoming, limits)
    elif found.endpoint.is_json:
        document = parsed(data, limits)
    return Incoming(method, path, query, headers, data, document, found.parts)


def _preflight(headers: dict[str, str], methods: frozenset[str]) -> Reply:
    """Whatever headers the client wants to send, it may: on a retry it sends more than at first."""
    wanted = headers.get("access-control-request-headers", "authorization, content-type")
    allowed = {
        "access-control-allow-methods": ", ".join(sorted({*methods, "OPTIONS"})),
        "access-control-allow-headers": wanted[:1_000],
        "access-control-max-age": "86400",
    }
    return Reply(204, b"", "text/plain", allowed)


def path_of(scope: Scope) -> str:
    """The path as it was sent: an escaped slash in it separates nothing."""
    raw = scope.get("raw_path")
    return raw.decode("latin-1").partition("?")[0] if raw else scope["path"]


def _wanted(scope: Scope, headers: dict[str, str]) -> str:
    """The method that is meant: a preflight asks for another one."""
    if scope["method"] == "OPTIONS":
        return headers.get("access-control-request-method", "POST")
    return scope["method"]


def _cors(headers: dict[str, str], *, may_bring_cookies: bool) -> dict[str, str]:
    """Any site may send; none can read anything here, and no cookie is looked at."""
    origin = headers.get("origin")
    if origin is None:
        return {}
    allowed = {"access-control-allow-origin": origin, "vary": "origin"}
    return allowed | ({"access-control-allow-credentials": "true"} if may_bring_cookies else {})


async def _send(send: Send, reply: Reply, cors: dict[str, str], *, is_head: bool) -> None:
    raw = [
        (b"content-type", reply.content_type.encode("latin-1", "replace")),
        (b"content-length", b"%d" % len(reply.body)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    if cors or reply.headers:
        more = {**cors, **reply.headers}
        own = {name.encode("latin-1", "replace"): value.encode("latin-1", "replace")
               for name, value in more.items()}  # fmt: skip
        raw = list({**dict(raw), **own}.items())
    await send({"type": "http.response.start", "status": reply.status, "headers": raw})
    await send({"type": "http.response.body", "body": b"" if is_head else reply.body})
