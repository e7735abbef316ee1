"""What processes tell each other over pipes: messages, and a child that asks before it answers.

A message is a line of JSON, and behind it the bytes it says it has.
"""

from __future__ import annotations

import errno
import json
import os
import queue
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import IO, Any, NamedTuple

from shoal.core.errors import ShoalError
from shoal.store.owner_signals import leave_to_the_owner


class Message(NamedTuple):
    """What one side tells the other."""

    form: dict[str, Any]
    data: bytes = b""


Ask = Callable[[Message], Message]
"""How a child asks its owner something before it answers."""


def send(pipe: IO[bytes], message: Message) -> None:
    """Tells the other side."""
    form = {**message.form, "bytes": len(message.data)} if message.data else message.form
    pipe.write(json.dumps(form).encode() + b"\n" + message.data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Message | None:
    """What the other side told; None where it has gone."""
    line = pipe.readline()
    if not line.endswith(b"\n"):
        return None
    form: dict[str, Any] = json.loads(line)
    size = form.pop("bytes", 0)
    data = pipe.read(size) if size else b""
    return Message(form, data) if len(data) == size else None


def answer_asking(work: Callable[[Message, Ask], Message], nice: int, doing: str) -> None:
    """The child's end: answers requests, with low priority, until there are no more.

    It ends at once with its owner, whatever it does. ``doing`` is what may fail.
    """
    leave_to_the_owner()
    os.nice(nice)
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else is printed is no answer
    heard: queue.SimpleQueue[Message] = queue.SimpleQueue()
    is_idle = threading.Event()
    is_idle.set()

    def listen() -> None:
        while (message := receive(sys.stdin.buffer)) is not None:
            heard.put(message)
        if not is_idle.is_set():
            os._exit(1)  # nobody is left to want what is being done
        heard.put(Message({}))

    def ask(question: Message) -> Message:
        send(out, question)
        return heard.get()

    threading.Thread(target=listen, daemon=True).start()
    while (request := heard.get()).form:
        is_idle.clear()
        answer = _done(work, request, ask, doing)
        with suppress(BrokenPipeError):
            send(out, answer)
        is_idle.set()


def _done(
    work: Callable[[Message, Ask], Message], request: Message, ask: Ask, doing: str
) -> Message:
    try:
        return work(request, ask)
    except ShoalError as error:
        told = {"error": type(error).__name__, "message": error.message, "hint": error.hint}
    except OSError as error:
        is_full = error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
        why = "no space left; nothing was changed" if is_full else str(error)
        told = {"error": "StoreError", "message": f"{doing}: {why}"}
    except MemoryError:
        told = {"error": "StoreError", "message": f"{doing}: there is not enough memory"}
    return Message(told)
