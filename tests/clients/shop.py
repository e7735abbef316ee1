"""A project that `shoal serve` serves in a process of its own, and what it keeps."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from shoal.cli import main
from shoal.events.event import Event
from shoal.store.files import LOG
from shoal.store.log import read_log, segment_numbers, segment_path
from shoal.store.tail import decode, once

PATIENCE = 60
"""Seconds to wait for what must come; much longer than it takes where nothing else runs."""
SETTLE = 0.5
"""Seconds in which an event that came twice would come again."""


@dataclass
class Shop:
    """The project, its server, and the events that came in."""

    folder: Path
    port: int = 0
    _process: subprocess.Popen[str] | None = None
    _seen: int = 0

    def __post_init__(self):
        self._log = self.folder / ".shoal" / LOG
        self._copy = self.folder / "log"
        self._copy.mkdir()

    def start(self) -> None:
        """Starts the server, on the port it had."""
        command = [sys.executable, "-m", "shoal", "serve", "--port", str(self.port)]
        with (self.folder / "serve.log").open("a") as journal:
            self._process = subprocess.Popen(
                [*command, "--project", str(self.folder)],
                stdout=subprocess.PIPE,
                stderr=journal,
                text=True,
            )
        assert self._process.stdout is not None
        told = self._process.stdout.readline()
        assert "on http://" in told, (self.folder / "serve.log").read_text()
        self.port = int(told.strip().rpartition(":")[2])

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Stops the server."""
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE)
            assert self._process.stdout is not None
            self._process.stdout.close()
            self._process = None

    def mark(self) -> None:
        """Forgets what came so far."""
        self._seen = len(self.events())

    def events(self) -> list[Event]:
        """Every event that was ever kept, as it stands in the log.

        What was moved into the buckets leaves the log; what stood there stays at hand by a second
        name of its file.
        """
        for number in segment_numbers(self._log):
            place = segment_path(self._copy, number)
            if not place.exists():
                with contextlib.suppress(FileNotFoundError):
                    os.link(segment_path(self._log, number), place)
        logged = [one for frame in read_log(self._copy, 0)[0] for one in decode(frame)[0]]
        return [one.event for one in once(logged)]

    def wait(self, count: int) -> list[Event]:
        """The events since the mark: exactly so many, in the order they were kept."""
        until = time.monotonic() + PATIENCE
        while len(self.events()) - self._seen < count and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(SETTLE)
        found = self.events()[self._seen :]
        assert len(found) == count, [(one.name, one.properties) for one in found]
        return found

    def ask(self, *words: str) -> object:
        """What a command answers, as JSON."""
        told = io.StringIO()
        with contextlib.redirect_stdout(told):
            code = main([*words, "--json", "--project", str(self.folder)])
        assert code == 0, told.getvalue()
        return json.loads(told.getvalue())

    def count(self, user: str) -> dict[str, int]:
        """How many of each event a question finds of somebody."""
        query = f"SELECT event, count(*) AS n FROM events WHERE user_id = '{user}' GROUP BY event"
        return {row["event"]: row["n"] for row in self.ask("sql", query)}
