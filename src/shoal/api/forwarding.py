"""Requests passed on to the process that answers them, and its answers passed back as they come."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httptools

from shoal.api.patience import Receive, Scope, Send
from shoal.api.problems import problem

AT_ONCE = 1 << 16
WHY = "what answers questions ended early: ask again; if it stays so, the log says why"
OF_THE_LINE = frozenset(
    b"connection content-length expect forwarded keep-alive proxy-connection te trailer "
    b"transfer-encoding upgrade x-forwarded-for x-forwarded-host x-forwarded-proto".split()
)
"""Headers that speak of one connection only (RFC 9110 §7.6.1), or of who is behind it."""


class Forwarding:
    """An app whose answers are another process's, asked over a socket of this machine."""

    def __init__(self, path: Path) -> None:
        self._path = path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Asks once; whoever goes away before the answer is through is not answered any more."""
        body = await _body_of(receive)
        answer = asyncio.create_task(self._answer(scope, body, send))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait({answer, leaving}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                answer.result()
        finally:
            for task in (answer, leaving):
                task.cancel()
                with suppress(asyncio.CancelledError, OSError):
                    await task

    async def _answer(self, scope: Scope, body: bytes, send: Send) -> None:
        passing = _Passing(send, has_body=scope["method"] != "HEAD")
        try:
            reader, writer = await asyncio.open_unix_connection(str(self._path))
            try:
                writer.write(_head_of(scope, len(body)) + body)
                await writer.drain()
                while not passing.is_through and (data := await reader.read(AT_ONCE)):
                    await passing.feed(data)
            finally:
                writer.close()
        except (OSError, httptools.HttpParserError):
            pass  # it has ended, and begins again
        if passing.has_begun:  # without its end the server closes: nobody takes a part for whole
            return
        refusal = problem(503, "not answered", WHY)
        refusal.headers["retry-after"] = "1"
        await refusal(scope, receive_nothing, send)


class _Passing:
    """One answer on its way: what is parsed of it is sent on at once."""

    def __init__(self, send: Send, *, has_body: bool) -> None:
        self.has_begun = self.is_through = False
        self._send, self._has_body = send, has_body
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[tuple[bytes, bytes]] = []
        self._parts: list[bytes] = []
        self._has_head = False

    async def feed(self, data: bytes) -> None:
        """Sends on what more has come."""
        self._parser.feed_data(data)
        if not self._has_head:
            return
        if not self.has_begun:
            self.has_begun = True
            status = self._parser.get_status_code()
            await self._send(
                {"type": "http.response.start", "status": status, "headers": self._headers}
            )
        self.is_through = self.is_through or not self._has_body
        body = b"".join(self._parts)
        self._parts.clear()
        if body or self.is_through:
            more = not self.is_through
            await self._send({"type": "http.response.body", "body": body, "more_body": more})

    # --- what the parser tells -----------------------------------------------------------------

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header of the answer."""
        lower = name.lower()
        if lower not in OF_THE_LINE or lower == b"content-length":
            self._headers.append((lower, value))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._has_head = True

    def on_body(self, body: bytes) -> None:
        """A part of the body."""
        self._parts.append(body)

    def on_message_complete(self) -> None:
        """The answer is whole."""
        self.is_through = True


def own_or(paths: frozenset[str], own: Any, other: Any) -> Callable[..., Any]:
    """An app that answers these paths itself and has the others answered."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await (own if scope["path"] in paths else other)(scope, receive, send)

    return app


async def receive_nothing() -> Any:
    """Of a request that was read."""
    return {"type": "http.disconnect"}


async def _body_of(receive: Receive) -> bytes:
    """The body, which the doors have read within limits."""
    message = await receive()
    return message.get("body", b"")


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _head_of(scope: Scope, size: int) -> bytes:
    target: bytes = scope.get("raw_path") or scope["path"].encode()
    if scope["query_string"]:
        target += b"?" + scope["query_string"]
    lines = [scope["method"].encode() + b" " + target + b" HTTP/1.1"]
    lines += [name + b": " + value for name, value in _headers_of(scope)]
    lines += [b"connection: close", b"content-length: %d" % size, b"", b""]
    return b"\r\n".join(lines)


def _headers_of(scope: Scope) -> Iterable[tuple[bytes, bytes]]:
    for name, value in scope["headers"]:
        if name.lower() not in OF_THE_LINE:
            yield name, value
    client = scope.get("client")
    if client:
        yield b"x-forwarded-for", str(client[0]).encode()
    yield b"x-forwarded-proto", scope["scheme"].encode()
