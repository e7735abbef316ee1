"""A message to a destination: one request to a guarded address, within a time, no redirects.

The answer's status is what matters: its body is read only to keep the connection.
"""

from __future__ import annotations

import contextlib
import http.client
import socket
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from shoal.channels.addresses import Allowed, Destination, Resolve, address_of, resolved
from shoal.core.errors import ShoalError

CONNECT = 5.0
TOTAL = 15.0
"""Seconds until there is a connection, and until the whole answer is there."""
KEPT = 60.0
"""Seconds after which a name is resolved anew."""
LONGEST_ANSWER = 16_384
LATE = "no answer in time"


class UnreachableError(ShoalError):
    """No answer: what could not be done, without a word of what was sent."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said; ``retry_after`` in seconds, if it asked for that."""

    status: int
    retry_after: float | None = None

    @property
    def is_good(self) -> bool:
        """Whether the message was taken."""
        return 200 <= self.status < 300


class Line:
    """A connection to one destination, kept for the next message. One thread posts; any may abort."""

    def __init__(
        self,
        destination: Destination,
        allowed: Callable[[], Allowed],
        *,
        resolve: Resolve = resolved,
        total: float = TOTAL,
    ) -> None:
        self._destination = destination
        self._allowed = allowed
        self._resolve = resolve
        self._total = total
        self._connection: http.client.HTTPConnection | None = None
        self._opened_at = 0.0
        self._lock = threading.Lock()
        self._is_aborted = False

    def post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """The answer; UnreachableError or RefusedAddressError if there is none."""
        is_kept = self._connection is not None and time.monotonic() - self._opened_at < KEPT
        if not is_kept:
            self.close()
        try:
            return self._posted(body, headers)
        except _GoneError:
            if not is_kept:
                raise
        return self._posted(body, headers)  # the other side had closed it meanwhile

    def close(self) -> None:
        """Lets go of the connection."""
        with self._lock:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def abort(self) -> None:
        """Ends whatever is under way, and all that comes."""
        self._is_aborted = True
        self._cut()

    def _posted(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        is_over = threading.Event()

        def end() -> None:
            is_over.set()
            self._cut()

        timer = threading.Timer(self._total, end)
        timer.daemon = True
        timer.start()
        try:
            connection = self._connection or self._open()
            connection.request("POST", self._destination.target, body, self._headers(headers))
            answer = connection.getresponse()
            rest = answer.read(LONGEST_ANSWER + 1)
            if is_over.is_set():  # cut off in the middle, what came looks like a whole answer
                raise TimeoutError
            if len(rest) > LONGEST_ANSWER or answer.will_close:
                self.close()
            return Answer(answer.status, _seconds(answer.getheader("retry-after")))
        except (OSError, http.client.HTTPException, ValueError) as error:
            self.close()
            if is_over.is_set():
                raise UnreachableError(LATE) from error
            if isinstance(error, http.client.RemoteDisconnected | ConnectionError):
                raise _GoneError("the connection was closed without an answer") from error
            raise UnreachableError(_reason(error)) from error
        finally:
            timer.cancel()

    def _headers(self, headers: Mapping[str, str]) -> dict[str, str]:
        return {
            "host": self._destination.shown_host,
            "user-agent": "shoal",
            "content-type": "application/json",
            "accept-encoding": "identity",
            **headers,
        }

    def _open(self) -> http.client.HTTPConnection:
        there = self._destination
        address = address_of(there, self._allowed(), self._resolve)
        raw = socket.create_connection((address, there.port), timeout=min(CONNECT, self._total))
        connection = http.client.HTTPConnection(there.host, there.port)
        connection.auto_open = 0  # it would look the name up again
        connection.sock = raw
        with self._lock:
            self._connection = connection
        if self._is_aborted:
            raise UnreachableError("stopped")
        raw.settimeout(self._total)
        if there.scheme == "https":
            wrapped = _context().wrap_socket(
                raw, server_hostname=there.host, do_handshake_on_connect=False
            )
            connection.sock = wrapped
            wrapped.do_handshake()
        self._opened_at = time.monotonic()
        return connection

    def _cut(self) -> None:
        with self._lock:
            connection = self._connection
        if connection is not None and connection.sock is not None:
            with contextlib.suppress(OSError):
                connection.sock.shutdown(socket.SHUT_RDWR)


class _GoneError(UnreachableError):
    """The other side closed the connection before it answered."""


@lru_cache(maxsize=1)
def _context() -> ssl.SSLContext:
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _seconds(text: str | None) -> float | None:
    """What ``Retry-After`` says in seconds; a date is not taken."""
    if text is None or not text.strip().isascii() or not text.strip().isdigit():
        return None
    return float(text.strip()[:9])


def _reason(error: BaseException) -> str:
    if isinstance(error, TimeoutError):
        return LATE
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"its certificate does not hold: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"no encrypted connection: {error.reason or type(error).__name__}"
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    return f"it does not speak HTTP: {type(error).__name__}"
