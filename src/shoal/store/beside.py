"""A process beside the owner's, asked by lines: a request is a line of JSON, and so is its answer.

It ends when its owner does: its input ends then.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

from shoal.core import errors
from shoal.core.errors import ShoalError, StoreError
from shoal.store.owner_signals import leave_to_the_owner, unheard
from shoal.store.talking import Ask, Message, receive, send

ISOLATED = ("-P", "-m")
"""How a module of our own is run: what lies in the folder we were started in is no part of it."""
LOOK_EVERY = 1.0
"""Seconds after which it is asked again whether anybody still wants an answer."""
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
        pipes = subprocess.PIPE
        with self._lock:
            if self.number is not None:
                return
            self._let_go()
            try:
                with unheard():
                    self._process = subprocess.Popen(  # noqa: S603 -- a module of our own
                        [sys.executable, *ISOLATED, self._module, *self._arguments],
                        stdin=pipes,
                        stdout=pipes,
                        env=environment_beside(),
                        process_group=0,  # Ctrl+C is the owner's to hear
                    )
            except OSError as error:
                raise StoreError(f"no process could be started: {error.strerror}") from error

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        """The answer to one request, its own error if that is it; StoreError where there is none."""
        return self.talk(Message(request)).form

    def talk(
        self,
        request: Message,
        hear: Ask | None = None,
        is_wanted: Callable[[], bool] = lambda: True,
    ) -> Message:
        """The same with bytes; ``hear`` answers what it asks meanwhile.

        Where the answer is not wanted any more, the process is killed.
        """
        with self._lock:
            answer = None
            try:
                answer = self._answer(request, hear, is_wanted)
            finally:
                if answer is None:
                    self.kill()
                    self._let_go()
            if answer is None:
                raise StoreError(self._ended)
        if "error" in answer.form:
            kind = getattr(errors, str(answer.form["error"]), StoreError)
            raise kind(answer.form["message"], hint=answer.form.get("hint"))
        return answer

    def kill(self) -> None:
        """Ends it at once; whoever waits for an answer is told that there is none."""
        process = self._process
        if process is not None:
            process.kill()

    def close(self) -> None:
        """Lets it finish what it does, and end."""
        with self._lock:
            self._let_go()

    def _answer(
        self, request: Message, hear: Ask | None, is_wanted: Callable[[], bool]
    ) -> Message | None:
        process = self._process
        if process is None:
            return None
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            send(process.stdin, request)
            poll = select.poll()  # which takes any number of open files
            poll.register(process.stdout, select.POLLIN)
            while True:
                # A message is read whole before the next is sent: none waits in the buffer.
                while not poll.poll(LOOK_EVERY * 1000):
                    if not is_wanted():
                        return None
                said = receive(process.stdout)
                if said is None or "asks" not in said.form:
                    return said
                assert hear is not None
                send(process.stdin, hear(said))
        except OSError:
            return None

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


def environment_beside() -> dict[str, str]:
    """What a process beside finds: the same code as this one."""
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}


def answer_all(answer_to: Callable[[dict[str, Any]], dict[str, Any]], nice: int) -> None:
    """The other end: answers requests until there are no more, with low priority."""
    leave_to_the_owner()
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
