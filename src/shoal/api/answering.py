"""The process that answers questions beside the one that takes events.

Questions compute for long and hold the interpreter while they do; in a process of their own they
never keep an event waiting for its acknowledgement.
"""

from __future__ import annotations

import gc
import logging
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import uvicorn

from shoal.api.app import api_app
from shoal.api.journal import LogLevel, Noted, journal, open_journal
from shoal.core.errors import ShoalError
from shoal.project.answering import Answering
from shoal.project.imports.uploading import Uploads
from shoal.project.opening import open_project
from shoal.store.beside import ISOLATED, environment_beside
from shoal.store.files import ANSWERS_SOCKET
from shoal.store.local_socket import listen_locally, stop_listening
from shoal.store.owner_signals import leave_to_the_owner, unheard

NICE = 5
TRY_AGAIN = 1.0
GRACE = 20
PATIENCE = 5
"""Seconds to end in, once the server has finished with everybody who asked."""
STEADY = 10.0
"""Seconds after which one that ended was well until then."""
FORGET_EVERY = 600
"""Seconds between two looks for files that were sent and forgotten."""


class Answers:
    """The process as the server sees it: it begins again whenever it has ended."""

    def __init__(self, folder: Path, root: Path) -> None:
        self._folder, self._root = folder.resolve(), root
        self._listener, self.path = listen_locally(root, ANSWERS_SOCKET)
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._failures = 0
        self._thread = threading.Thread(target=self._keep, name="answers", daemon=True)

    @property
    def number(self) -> int | None:
        """The process id; None while there is none."""
        process = self._process
        return None if process is None or process.poll() is not None else process.pid

    @property
    def trouble(self) -> str | None:
        """Why questions are not answered; None while they are, or will be at once."""
        if self._failures < 2:
            return None
        return f"questions are not answered: {self._failures} times it ended early; see the log"

    def start(self) -> None:
        """From now on, until it is stopped."""
        self._thread.start()

    def stop(self) -> None:
        """What is being answered is finished first, if that is soon done."""
        self._stopping.set()
        self._let_go()
        self._thread.join()
        stop_listening(self._listener, self._root, self.path)

    def _keep(self) -> None:
        while not self._stopping.is_set():
            try:
                self._process = process = self._started()
            except OSError as error:
                self._failures += 1
                journal.error("nothing answers questions", extra={"error": type(error).__name__})
                self._turn_away()
                self._stopping.wait(TRY_AGAIN)
                continue
            if self._stopping.is_set():
                self._let_go()
            began = time.monotonic()
            code = self._ended(process)
            self._failures = 1 if time.monotonic() - began > STEADY else self._failures + 1
            if not self._stopping.is_set():
                journal.error("what answers questions ended early; it begins again")
                if code > 0:  # by itself, not killed: the next may do no better
                    self._turn_away()
                self._stopping.wait(TRY_AGAIN)

    def _ended(self, process: subprocess.Popen[bytes]) -> int:
        """Its exit code; while it goes on, what was before is forgotten."""
        try:
            return process.wait(STEADY)
        except subprocess.TimeoutExpired:
            self._failures = 0
            return process.wait()

    def _turn_away(self) -> None:
        """Whoever waits is told that there is no answer, and not kept waiting for one."""
        self._listener.setblocking(False)  # it is for whoever listens next, too
        with suppress(OSError):
            while True:
                self._listener.accept()[0].close()

    def _started(self) -> subprocess.Popen[bytes]:
        number = self._listener.fileno()
        level = logging.getLevelName(journal.getEffectiveLevel()).lower()
        arguments = [str(self._folder), str(number), level]
        with unheard():
            return subprocess.Popen(  # noqa: S603 -- a module of our own
                [sys.executable, *ISOLATED, "shoal.api.answering", *arguments],
                stdin=subprocess.PIPE,
                stdout=sys.stderr.fileno() if _has_number(sys.stderr) else subprocess.DEVNULL,
                env=environment_beside(),
                pass_fds=(number,),
                process_group=0,  # Ctrl+C is the owner's to hear
            )

    def _let_go(self) -> None:
        process = self._process
        if process is None or process.stdin is None:
            return
        process.stdin.close()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()


def _has_number(stream: Any) -> bool:
    try:
        stream.fileno()
    except (AttributeError, OSError):
        return False
    return True


class Server(uvicorn.Server):
    """Ends when its owner does."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """None: the owner decides when to stop."""
        yield

    def end_with(self, owner: Callable[[], bytes]) -> None:
        """Waits for the owner to let go; for a thread of its own."""
        while owner():
            pass
        self.should_exit = True


def main() -> None:
    """Serves the API on a socket that the owner listens on, until the owner lets go."""
    folder, number, level = sys.argv[1:]
    leave_to_the_owner()
    os.nice(NICE)
    open_journal(LogLevel(level))
    try:
        project = open_project(Path(folder))
    except ShoalError as error:
        facts = {"error": type(error).__name__, "why": str(error.message)}
        journal.error("nothing answers questions", extra=facts)
        sys.exit(1)
    gc.collect()
    gc.freeze()
    app = api_app(Answering(project))
    threading.Thread(
        target=_forget_uploads, args=(app.state.uploads,), name="uploads", daemon=True
    ).start()
    config = uvicorn.Config(
        Noted(app),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=False,
        proxy_headers=True,
        forwarded_allow_ips="*",
        timeout_graceful_shutdown=GRACE,
    )
    server = Server(config)
    owner = threading.Thread(
        target=server.end_with, args=(lambda: os.read(0, 1),), name="owner", daemon=True
    )
    owner.start()
    with socket.socket(fileno=int(number)) as listener:
        server.run(sockets=[listener])


def _forget_uploads(uploads: Uploads) -> None:
    """Files nobody imported go after a day, though no other is sent; for a thread of its own."""
    while True:
        time.sleep(FORGET_EVERY)
        uploads.forget_old()


if __name__ == "__main__":
    main()
