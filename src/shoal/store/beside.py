"""A process beside the owner's, asked by lines: a request is a line of JSON, and so is its answer.

It ends when its owner does: its input ends then.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from shoal.core import errors
from shoal.core.errors import ShoalError, StoreError

PATIENCE = 30
"""Seconds it has to finish what it does when it is let go."""


class Beside:
    """The process as its owner sees it. Any thread may ask; one after the other is answered."""

    def __init__(self, module: str, arguments: Sequence[str], ended: str) -> None:
        self._module, self._arguments = module, tuple(arguments)
        self._ended = ended
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    @property
    def number(self) -> int | None:
        """The process id; None while there is none."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    def start(self) -> None:
        """Starts it unless it is there."""
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        pipes = subprocess.PIPE
        with self._lock:
            if self.number is not None:
                return
            self._let_go()
            try:
                self._process = subprocess.Popen(  # noqa: S603 -- a module of our own
                    [sys.executable, "-m", self._module, *self._arguments],
                    stdin=pipes,
                    stdout=pipes,
                    env=environment,
                )
            except OSError as error:
                raise StoreError(f"no process could be started: {error.strerror}") from error

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request, its own error if that is it; StoreError where there is none."""
        with self._lock:
            line = self._line(request)
            if not line.endswith(b"\n"):
                if self._process is not None:
                    self._process.kill()
                self._let_go()
                raise StoreError(self._ended)
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            kind = getattr(errors, str(answer["error"]), StoreError)
            raise kind(answer["message"], hint=answer.get("hint"))
        return answer

    def close(self) -> None:
        """Lets it finish what it does, and end."""
        with self._lock:
            self._let_go()

    def _line(self, request: dict[str, Any]) -> bytes:
        process = self._process
        if process is None:
            return b""
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps(request).encode() + b"\n")
            process.stdin.flush()
            return process.stdout.readline()
        except OSError:
            return b""

    def _let_go(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):  # half a line for a process that is gone
                    pipe.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def answer_all(answer_to: Callable[[dict[str, Any]], dict[str, Any]], nice: int) -> None:
    """The other end: answers requests until there are no more, with low priority."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner decides when to stop
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.nice(nice)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed is no answer
    for line in sys.stdin.buffer:
        try:
            answer = answer_to(json.loads(line))
        except ShoalError as error:
            answer = {"error": type(error).__name__, "message": error.message, "hint": error.hint}
        out.write(json.dumps(answer).encode() + b"\n")
        out.flush()
