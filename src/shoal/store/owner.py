"""One owner: who holds the lock writes; the others hand their writes over to it by a local socket.

A request is one line of JSON with an ``operation``; the answer is one line too. The socket is for
the same user only (mode 0600, and the peer's user id is checked).
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import socket
import struct
import threading
import time
from collections.abc import Generator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core import errors
from shoal.core.errors import ShoalError, StoreBusyError, StoreError
from shoal.store.files import OWNER_LOCK, OWNER_SOCKET, store_folder
from shoal.store.local_socket import listen_locally, stop_listening
from shoal.store.operations import OPERATIONS, Request

if TYPE_CHECKING:
    from shoal.store.writer import Writer

HEAR_AGAIN = 0.1
"""Seconds after which is listened again where nobody could be heard."""
SERVING = "shoal serve"
"""What an owner does that does not end by itself."""

_caller: ContextVar[socket.socket | None] = ContextVar("caller", default=None)


class Owner:
    """This process as the owner, with an ear for the others."""

    def __init__(self, root: Path, handle: int, doing: str = "") -> None:
        self.root = root
        self.doing = doing
        self.since = time.time_ns() // 1000
        self._handle = handle
        self._socket: socket.socket | None = None
        self._path: Path | None = None
        self._thread: threading.Thread | None = None
        self._answering: list[threading.Thread] = []
        self._stopping = threading.Event()

    def serve(self, writer: Writer) -> None:
        """Takes the others' writes from now on."""
        try:
            listener, path = listen_locally(self.root, OWNER_SOCKET)
        except OSError:  # a file system without sockets: nobody can hand over, that is all
            return
        self._socket, self._path = listener, path
        self._say({"pid": os.getpid(), "socket": str(path)})
        self._thread = threading.Thread(target=self._listen, args=(writer,), daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Hears nobody any more; what was heard is finished first."""
        if self._socket is None or self._path is None:
            return
        self._stopping.set()
        self._say({"pid": os.getpid()})
        stop_listening(self._socket, self.root, self._path)
        if self._thread is not None:
            self._thread.join()
        for thread in self._answering:
            thread.join()
        self._socket = None

    def _say(self, facts: dict[str, Any]) -> None:
        data = json.dumps({**facts, "doing": self.doing, "since": self.since}).encode()
        with suppress(OSError):  # a full disk: the lock holds all the same
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, data, 0)

    def _listen(self, writer: Writer) -> None:
        listener = self._socket
        assert listener is not None
        while not self._stopping.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:  # stopped, or too many files are open: whoever waits is heard later
                self._stopping.wait(HEAR_AGAIN)
                continue
            thread = threading.Thread(target=_answer, args=(connection, writer), daemon=True)
            self._answering = [one for one in self._answering if one.is_alive()]
            self._answering.append(thread)
            thread.start()


@contextmanager
def owning(root: Path, *, wait: float, doing: str = "") -> Generator[Owner]:
    """This process holds the lock meanwhile; StoreBusyError if it does not get it in time.

    ``doing`` is what the others are told.
    """
    try:
        handle = os.open(root / OWNER_LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreError(f"the store in `{root}` cannot be written: {error.strerror}") from error
    try:
        _wait_for_lock(root, handle, wait)
        yield Owner(root, handle, doing)
    finally:
        os.close(handle)


def owner_of(root: Path) -> dict[str, Any] | None:
    """Who owns the store now (``pid``, ``doing``, ``since``); None for nobody."""
    try:
        handle = os.open(root / OWNER_LOCK, os.O_RDWR)
    except OSError:
        return None
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _owner_facts(root)
    finally:
        os.close(handle)
    return None


def is_caller_there() -> bool:
    """Whether the process for which this thread does something still waits for it."""
    connection = _caller.get()
    if connection is None:
        return True
    poll = select.poll()
    poll.register(connection, 0)  # hanging up is told without being asked for
    return not poll.poll(0)


def hand_over(folder: str | Path, request: Request, *, timeout: float | None = 600.0) -> Request:
    """The owner's answer to the request; StoreBusyError when nobody takes it.

    Without a ``timeout`` it may take as long as the owner lives.
    """
    root = store_folder(Path(folder))
    facts = _owner_facts(root)
    address = facts.get("socket")
    if address is None:
        raise _busy(root, "is not taking writes of others")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
        connection.settimeout(timeout)
        try:
            connection.connect(str(address))
            connection.sendall(json.dumps(request).encode() + b"\n")
            connection.shutdown(socket.SHUT_WR)
            with connection.makefile("rb") as file:
                line = file.readline()
        except OSError as error:
            raise _busy(root, f"cannot be reached ({error})") from error
    if not line.endswith(b"\n"):
        raise StoreError(
            "the process that owns the store went away before it answered",
            hint="look whether it is done, and do it again if not",
        )
    answer: Request = json.loads(line)
    if "error" in answer:
        kind = getattr(errors, str(answer["error"]), StoreError)
        raise kind(answer["message"], hint=answer.get("hint"))
    return answer


def _wait_for_lock(root: Path, handle: int, wait: float) -> None:
    until = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise _busy(root, f"has kept it for {wait:g} s") from error
            time.sleep(0.02)
        else:
            return


def _owner_facts(root: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads((root / OWNER_LOCK).read_bytes())
    except (OSError, ValueError):
        return {}
    return found


def _busy(root: Path, what: str) -> StoreBusyError:
    facts = _owner_facts(root)
    pid = facts.get("pid")
    who = f"process {pid}" if pid is not None else "another process"
    doing = facts.get("doing")
    if doing:
        who += f" ({doing})"
    return StoreBusyError(
        f"{who} owns the store in `{root}` and {what}",
        hint="stop it first" if doing == SERVING else "try again when it has finished",
    )


def _answer(connection: socket.socket, writer: Writer) -> None:
    with connection, suppress(OSError):
        if not _same_user(connection):
            return
        with connection.makefile("rb") as file:
            line = file.readline()
        _caller.set(connection)
        connection.sendall(json.dumps(_done(writer, line)).encode() + b"\n")


def _done(writer: Writer, line: bytes) -> Request:
    try:
        request: Request = json.loads(line)
        function = OPERATIONS.get(str(request.get("operation")))
        if function is None:
            raise StoreError(f"the owner does not know `{request.get('operation')}`")
        return function(writer, request)
    except ShoalError as error:
        return {
            "error": type(error).__name__
            if hasattr(errors, type(error).__name__)
            else "StoreError",
            "message": error.message,
            "hint": error.hint,
        }
    except (ValueError, KeyError, TypeError) as error:
        return {"error": "StoreError", "message": f"the request makes no sense: {error}"}


def _same_user(connection: socket.socket) -> bool:
    if not hasattr(socket, "SO_PEERCRED"):
        return True  # the socket's mode keeps the others out
    size = struct.calcsize("3i")
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size)
    _, user, _ = struct.unpack("3i", credentials)
    return user == os.getuid()
