"""Live membership of a served project, as its server sees it: a process beside, asked and told.

The server says up to where the log is durable; the process tells transitions, each durable before
it is shown, and answers what is asked about them. It reads files only, so that acknowledging
events never waits for it.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError, StoreError
from shoal.core.instants import format_instant
from shoal.project.serving.live_loop import CALM, PACE, TRY_AGAIN, nothing_to_say
from shoal.store.beside import Beside
from shoal.store.files import TRANSITIONS
from shoal.store.talking import Message
from shoal.store.transitions import erase_transitions

if TYPE_CHECKING:
    from shoal.store import Writer
    from shoal.store.log import Place

journal = logging.getLogger("shoal.serve")

PATIENCE = 120.0
"""Seconds that an answer may take; an erasure waits for another process to end, at most."""
ENDED = "the process of live membership ended early; it begins again where it stopped"


class Living:
    """Live membership of a served project. For any thread."""

    def __init__(self, folder: Path, writer: Writer, clock: Callable[[], int]) -> None:
        self._writer = writer
        self._clock = clock
        self._beside = Beside("shoal.project.serving.live_process", [str(folder.resolve())], ENDED)
        self._starting = threading.Lock()
        self._erased: dict[int, int] = {}
        """Of whom what was told was taken away, and at which version of the store."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self.trouble: str | None = None
        """What the last refresh failed with, if it did."""
        self.last_failure: dict[str, str] | None = None
        self.last_seq = 0
        """The seq of the last transition told."""
        self.correct_as_of: int | None = None
        """The instant at which all that was told is true; None before anything was."""

    def start(self) -> None:
        """From now on, until it is stopped."""
        self._writer.state.telling = self
        self._thread.start()

    def stop(self) -> None:
        """What is in work is finished; then nothing is told any more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._beside.close()
        self._writer.state.telling = None

    @property
    def is_stopping(self) -> bool:
        """Whether it tells nothing more."""
        return self._stopping.is_set()

    @property
    def number(self) -> int | None:
        """The process id; None while there is none."""
        return self._beside.number

    def page(self, after: int, limit: int) -> dict[str, Any]:
        """Transitions after a seq, in their order, and where to go on."""
        try:
            return self._ask("page", after=after, limit=limit)
        except StoreError:  # it begins again: nobody has missed anything
            return {"transitions": [], "next_after": after, "correct_as_of": None}

    def status(self) -> dict[str, Any]:
        """How true it is, what waits, what failed, and how every segment stands."""
        try:
            return self._ask("status")
        except StoreError:
            return nothing_to_say(self.trouble, self.last_failure)

    def erase(self, numbers: Sequence[int]) -> int:
        """Takes away all that was told of these profiles, for good; how many transitions."""
        with self._starting:
            version = self._writer.state.manifest.number
            self._erased |= dict.fromkeys(map(int, numbers), version)
            try:
                return int(self._ask("erase", numbers=list(map(int, numbers)))["removed"])
            except StoreError:
                if self._beside.number is not None:
                    raise
                return erase_transitions(self._writer.state.root / TRANSITIONS, numbers)

    def _not_yet_gone(self) -> list[int]:
        """Those whose erasure is under way: their rows are there until the next version."""
        version = self._writer.state.manifest.number
        return sorted(number for number, at in self._erased.items() if at == version)

    def _ask(self, what: str, **more: Any) -> dict[str, Any]:
        """What the process says; one that says nothing for too long is ended."""
        form = {"ask": what, "durable": self._writer.state.log.durable, **more}
        until = time.monotonic() + PATIENCE
        return self._beside.talk(Message(form), is_wanted=lambda: time.monotonic() < until).form

    # --- the beat ------------------------------------------------------------------------------

    def _run(self) -> None:
        before: Place | None = None
        while not self._stopping.is_set():
            durable = self._writer.state.log.durable
            wait = CALM if durable == before else PACE
            before = durable
            try:
                self._beat()
            except ShoalError as error:
                self._fail(error)
                wait = TRY_AGAIN
            self._stopping.wait(wait)

    def _beat(self) -> None:
        """Says what is durable, hears what was told."""
        if self._beside.number is None:
            with self._starting:
                self._beside.start()
                heard = self._ask("begin", erased=self._not_yet_gone())
        else:
            heard = self._ask("beat")
        self.last_seq = max(self.last_seq, heard["last_seq"])
        self.correct_as_of = heard["correct_as_of"]
        self.trouble, self.last_failure = heard["trouble"], heard["last_failure"]
        for note in heard["notes"]:
            level, message = note.pop("level"), note.pop("message")
            journal.log(logging.getLevelNamesMapping()[level.upper()], message, extra=note)

    def _fail(self, error: ShoalError) -> None:
        """Loudly; it begins again where what was told durably ends."""
        self.trouble = error.message
        self.correct_as_of = None
        self.last_failure = {"at": format_instant(self._clock()), "reason": error.message}
        journal.error("live membership failed", extra={"error": type(error).__name__})
