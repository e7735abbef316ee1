"""Live membership while a project is served: a thread that reflects what comes in and what is due."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from shoal.core.errors import ShoalError
from shoal.core.instants import format_instant
from shoal.engine.calendars import NEVER
from shoal.live.telling import Lately, page_of
from shoal.project.definitions import applied_definitions
from shoal.project.settings import Now, Settings
from shoal.project.words import words_of
from shoal.store.files import TRANSITIONS
from shoal.store.transitions import Frame, read_transitions

if TYPE_CHECKING:
    from shoal.engine.history import Int64s
    from shoal.live.live import Definitions, Live
    from shoal.project.opening import Project
    from shoal.store import Catalogue, Writer
    from shoal.store.log import Place

journal = logging.getLogger("shoal.serve")

PACE = 0.02
"""Seconds between two looks at the log and the clock."""
LOOK_EVERY = 1.0
"""Seconds between two looks at what is applied."""
TRY_AGAIN = 5.0
TROUBLES = (
    ShoalError, OSError, ArithmeticError, AssertionError, LookupError, TypeError, ValueError,
    MemoryError, pa.ArrowException,
)  # fmt: skip


class Living:
    """Live membership of a served project. Everything but the thread's own work is for any thread."""

    def __init__(self, project: Callable[[], Project], writer: Writer) -> None:
        self._project = project
        self._writer = writer
        self._live: Live | None = None
        self._settings: Settings | None = None
        self._version = -1
        self._looked = -LOOK_EVERY
        self._seen: Place | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self.trouble: str | None = None
        """What the last refresh failed with, if it did."""
        self.last_failure: dict[str, str] | None = None
        self.lately = Lately(writer.state.telling().last_seq)
        self._tombstones = writer.state.manifest.tombstones

    def start(self) -> None:
        """From now on, until it is stopped."""
        self._thread.start()

    def stop(self) -> None:
        """What is in work is finished; then nothing is told any more."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()

    @property
    def is_stopping(self) -> bool:
        """Whether it tells nothing more."""
        return self._stopping.is_set()

    # --- what it says --------------------------------------------------------------------------

    @property
    def correct_as_of(self) -> int | None:
        """The instant at which all that was told is true; None before anything was."""
        return None if self._live is None else self._live.as_of

    def page(self, after: int, limit: int) -> dict[str, Any]:
        """Transitions after a seq, in their order, and where to go on."""
        live = self._live
        frames: Iterator[Frame] | None = self.lately.after(after)
        if frames is None:
            frames = read_transitions(self._folder, max(after, 1) if after else 0)
        names = self._names if live is not None else _unnamed
        rows, last = page_of(frames, after, limit, names)
        return {
            "transitions": rows,
            "next_after": last,
            "correct_as_of": _shown(self.correct_as_of),
        }

    def status(self) -> dict[str, Any]:
        """How true it is, what waits, what failed, and how every segment stands."""
        live = self._live
        now = self._project().clock()
        if live is None:
            return {
                "state": "failed" if self.trouble else "waiting",
                "correct_as_of": None,
                "last_failure": self.last_failure,
                "segments": [],
            }
        standing = live.standing
        due = standing.due.next_at
        position = live.rows.read_to
        durable = self._writer.state.log.durable
        lag = max(0, now - standing.as_of) if self._is_by_clock else 0
        return {
            "state": "failed" if self.trouble else "live",
            "correct_as_of": _shown(standing.as_of),
            "behind_seconds": round(lag / 1e6, 3),
            "backlog": {
                "is_read": position == durable,
                "due": standing.due.count(now) if due <= now else 0,
            },
            "next_clock_exit": _shown(due) if due < NEVER else None,
            "last_seq": self.lately.last_seq,
            "definitions_version": self._version,
            "told": live.counts.transitions,
            "reflected_events": live.counts.events,
            "last_failure": self.last_failure,
            "segments": [*_segments(live)],
        }

    def _names(self, numbers: Int64s) -> list[str | None]:
        live = self._live
        return _unnamed(numbers) if live is None else live.rows.names_of(numbers)

    @property
    def _folder(self) -> Path:
        return self._writer.state.root / TRANSITIONS

    @property
    def _is_by_clock(self) -> bool:
        return self._project().settings.now is Now.CLOCK

    # --- what it does --------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            wait = PACE
            try:
                self._step()
                self.trouble = None
            except TROUBLES as error:
                self._fail(error)
                wait = TRY_AGAIN
            self._stopping.wait(wait)
        self._let_go()

    def _fail(self, error: BaseException) -> None:
        """Loudly; it goes on from what was told durably."""
        said = (
            error.message if isinstance(error, ShoalError) else f"{type(error).__name__}: {error}"
        )
        self.trouble = said
        self.last_failure = {"at": format_instant(self._project().clock()), "reason": said}
        journal.error("live membership failed", extra={"error": type(error).__name__})
        self._let_go()

    def _let_go(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            live.close()

    def _step(self) -> None:
        project = self._project()
        live = self._live
        if live is None:
            self._begin(project)
            return
        if time.monotonic() - self._looked >= LOOK_EVERY:
            self._looked = time.monotonic()
            self._look(project, live)
        now = self._now(project, live)
        durable = self._writer.state.log.durable
        is_still = durable == self._seen and live.rows.newest() == live.rows.manifest.number
        if is_still and now < live.standing.due.next_at:
            live.rest(now)
            return
        self._seen = durable
        live.tick(lambda: self._writer.state.log.durable, now)
        if self._writer.state.manifest.tombstones != self._tombstones:
            self._tombstones = self._writer.state.manifest.tombstones
            self.lately.forget()

    def _begin(self, project: Project) -> None:
        """Goes on where what was told ends; old data that nobody sent live has to be there first."""
        from shoal.live.live import Live

        state = self._writer.state
        definitions = self._definitions(project)
        live = Live(state.root, state.telling(), definitions, project.clock, self.lately.add)
        if not self._is_by_clock and live.rows.manifest.latest_event_at is None:
            live.close()
            return
        try:
            live.begin(lambda: state.log.durable, self._now(project, live))
        except TROUBLES:
            live.close()
            raise
        self._live = live

    def _look(self, project: Project, live: Live) -> None:
        """Whether other definitions or settings are in force."""
        version = project.store.books.definitions_version()
        if version != self._version or project.settings != self._settings:
            definitions = self._definitions(project)
            live.define(definitions, self._now(project, live))
            journal.info("live membership goes by other definitions", extra={"version": version})
        for name, failure in live.failed.items():
            said = {"segment": name, "reason": failure.reason}
            if self.last_failure != said:
                self.last_failure = said
                journal.error("a segment cannot be evaluated", extra={"segment": name})

    def _definitions(self, project: Project) -> Definitions:
        from shoal.live.live import Definitions

        version = project.store.books.definitions_version()
        found = applied_definitions(project.store.books)
        settings = project.settings
        self._version, self._settings = version, settings

        def vocabulary(catalogue: Catalogue) -> Any:
            return words_of(settings, catalogue, found)

        return Definitions(version, vocabulary)

    def _now(self, project: Project, live: Live) -> int:
        """The clock's now, or the latest event where the settings say so."""
        if project.settings.now is Now.LATEST_EVENT:
            latest = live.rows.latest_event_at
            if latest is not None:
                return latest
        return project.clock()


def _segments(live: Live) -> Iterator[dict[str, Any]]:
    ranked = live.watched.ranked.names if live.watched.ranked is not None else ()
    told, failed = dict(live.standing.members), dict(live.failed)  # they may change meanwhile
    for name in sorted({*told, *failed}):
        failure = failed.get(name)
        members = told.get(name, ())
        row: dict[str, Any] = {"name": name, "members": len(members), "state": "live"}
        if name in ranked:
            row["state"] = "at midnight"
        if failure is not None:
            row |= {"state": "failed", "reason": failure.reason}
            row["correct_as_of"] = _shown(failure.as_of)
        yield row


def _unnamed(numbers: Int64s) -> list[str | None]:
    return [None] * len(np.asarray(numbers))


def _shown(instant: int | None) -> str | None:
    """The instant as text; None where there is none."""
    return None if instant is None or instant < -(1 << 61) else format_instant(instant)
