"""The loop that keeps membership live: a thread that reflects what comes in and what is due."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from shoal.core.errors import ShoalError, StoreError
from shoal.core.instants import format_instant
from shoal.engine.calendars import NEVER
from shoal.live.telling import Lately, page_of
from shoal.project.definitions import applied_definitions
from shoal.project.opening import rules_of
from shoal.project.settings import SETTINGS_FILE, Now, read_settings
from shoal.project.words import words_of
from shoal.store.files import TRANSITIONS
from shoal.store.log import Place
from shoal.store.transitions import Frame, Transitions, read_transitions

if TYPE_CHECKING:
    from shoal.live.live import Definitions, Live
    from shoal.project.opening import Project
    from shoal.store import Catalogue

PACE, CALM = 0.02, 0.1
"""Seconds between two looks at the log and the clock, and when nothing happens."""
REST = 2.0
"""For how many times as long as a look took is waited before the next, up to CALM: most of what a
look costs does not depend on how much there is, so that under load more is reflected at once."""
LOOK_EVERY = 1.0
"""Seconds between two looks at what is applied."""
TRY_AGAIN = 5.0
REMEMBER_EVERY = 1_000_000
"""Transitions after which what was told is kept in a file, to begin sooner the next time."""
MOST_NOTES = 100
TROUBLES = (
    ShoalError, OSError, ArithmeticError, AssertionError, LookupError, TypeError, ValueError,
    MemoryError, RuntimeError, AttributeError, EOFError, BufferError, pa.ArrowException,
)  # fmt: skip


class Loop:
    """Live membership of a project. Everything but the thread's own work is for any thread."""

    def __init__(self, project: Project, erased: Sequence[int] = ()) -> None:
        self._project = project
        self._root = project.store.root
        self._erased = tuple(erased)
        self._live: Live | None = None
        self._transitions: Transitions | None = None
        self._is_open = threading.Event()
        self._settings_at = _changed_at(project)
        self._version = -1
        self._looked = -LOOK_EVERY
        self._seen: Place | None = None
        self._remembered = 0
        self._reflected = Place(0, 0)
        """Up to where in the log everything follows that was told."""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="live", daemon=True)
        self._notes: list[dict[str, str]] = []
        self._durable = Place(0, 0)
        self._woken = threading.Event()
        self.trouble: str | None = None
        """What the last refresh failed with, if it did."""
        self.last_failure: dict[str, str] | None = None
        self.lately = Lately()

    @property
    def durable(self) -> Place:
        """Up to where the log is durable, as its owner said last."""
        return self._durable

    @durable.setter
    def durable(self, place: Place) -> None:
        if place != self._durable:
            self._durable = place
            self._woken.set()

    def start(self) -> None:
        """From now on, until it is stopped."""
        self._thread.start()

    def stop(self) -> None:
        """What is in work is finished; then nothing is told any more."""
        self._stopping.set()
        self._woken.set()
        if self._thread.is_alive():
            self._thread.join()

    def erase(self, numbers: Sequence[int]) -> int:
        """Takes away all that was told of these profiles; how many transitions that were."""
        if not self._is_open.wait(TRY_AGAIN * 15):
            raise StoreError("what was told of memberships cannot be opened", hint=self.trouble)
        assert self._transitions is not None
        removed = self._transitions.erase(numbers)
        self.lately.forget()
        return removed

    # --- what it says --------------------------------------------------------------------------

    @property
    def correct_as_of(self) -> int | None:
        """The instant at which all that was told is true; None before anything was."""
        live = self._live
        return None if live is None else live.as_of

    def notes(self) -> list[dict[str, str]]:
        """What the journal should say, and was not taken before."""
        found, self._notes = self._notes, []
        return found

    def page(self, after: int, limit: int) -> dict[str, Any]:
        """Transitions after a seq, in their order, and where to go on.

        While nobody knows how people are called (it begins, or begins again), none are shown.
        """
        live = self._live
        rows: list[dict[str, Any]] = []
        last = after
        if live is not None:
            frames: Iterator[Frame] | None = self.lately.after(after)
            if frames is None:
                frames = read_transitions(self._root / TRANSITIONS, max(after, 1) if after else 0)
            rows, last = page_of(frames, after, limit, live.rows.names_of)
        return {
            "transitions": rows,
            "next_after": last,
            "correct_as_of": shown(self.correct_as_of),
        }

    def status(self) -> dict[str, Any]:
        """How true it is, what waits, what failed, and how every segment stands."""
        live = self._live
        now = self._project.clock()
        if live is None:
            return nothing_to_say(self.trouble, self.last_failure)
        standing = live.standing
        due = standing.due.next_at
        position = live.rows.read_to
        lag = max(0, now - standing.as_of) if self._is_by_clock else 0
        return {
            "state": "failed" if self.trouble else "live",
            "correct_as_of": shown(standing.as_of),
            "behind_seconds": round(lag / 1e6, 3),
            "backlog": {
                "is_read": position == self.durable,
                "due": standing.due.count(now) if due <= now else 0,
            },
            "reflected_to": list(self._reflected),
            "next_clock_exit": shown(due) if due < NEVER else None,
            "last_seq": self.lately.last_seq,
            "definitions_version": self._version,
            "told": live.counts.transitions,
            "reflected_events": live.counts.events,
            "last_failure": self.last_failure,
            "segments": [*_segments(live)],
        }

    @property
    def _is_by_clock(self) -> bool:
        return self._project.settings.now is Now.CLOCK

    def _note(self, level: str, message: str, **facts: str) -> None:
        self._notes = [*self._notes[-MOST_NOTES:], {"level": level, "message": message, **facts}]

    # --- what it does --------------------------------------------------------------------------

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._woken.clear()
            began = time.monotonic()
            try:
                self._step()
                self.trouble = None
            except TROUBLES as error:
                self._fail(error)
                self._stopping.wait(TRY_AGAIN)
            took = time.monotonic() - began
            self._stopping.wait(min(max(PACE, REST * took), CALM))
            self._woken.wait(self._calm())
        if self._live is not None:
            with suppress(*TROUBLES):  # it is a shortcut: the log says all of it
                self._live.remember()
        self._let_go()
        if self._transitions is not None:
            self._transitions.close()

    def _calm(self) -> float:
        """For how long nothing has to be done unless something comes in."""
        live = self._live
        if live is None:
            return CALM
        due = (live.standing.due.next_at - self._now(live)) / 1e6
        return min(max(due, 0), CALM)

    def _fail(self, error: BaseException) -> None:
        """Loudly; it goes on from what was told durably."""
        said = (
            error.message if isinstance(error, ShoalError) else f"{type(error).__name__}: {error}"
        )
        self.trouble = said
        self.last_failure = {"at": format_instant(self._project.clock()), "reason": said}
        self._note("error", "live membership failed", error=type(error).__name__)
        self._let_go()

    def _let_go(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            live.close()

    def _step(self) -> None:
        if self._transitions is None:
            self._transitions = self._opened()
            self._is_open.set()
        live = self._live
        if time.monotonic() - self._looked >= LOOK_EVERY:
            self._looked = time.monotonic()
            self._look(live)
        if live is None:
            self._begin(self._transitions)
            return
        now = self._now(live)
        durable = self.durable
        is_still = durable == self._seen and live.rows.newest() == live.rows.manifest.number
        if is_still and now < live.standing.due.next_at:
            live.rest(now)
            return
        self._seen = durable
        live.tick(lambda: self.durable, now)
        if live.counts.transitions - self._remembered >= REMEMBER_EVERY:
            self._remembered = live.counts.transitions
            live.remember()
        self._reflected = live.rows.read_to

    def _opened(self) -> Transitions:
        found = Transitions(self._root / TRANSITIONS)
        if self._erased:  # by one that died before the store's next version was there
            found.erase(self._erased)
        self.lately = Lately(found.last_seq)
        return found

    def _begin(self, transitions: Transitions) -> None:
        """Goes on where what was told ends; old data that nobody sent live has to be there first."""
        from shoal.live.live import Live

        live = Live(
            self._root, transitions, self._definitions(), self._project.clock, self.lately.add
        )
        if not self._is_by_clock and live.rows.manifest.latest_event_at is None:
            live.close()
            return
        try:
            live.begin(lambda: self.durable, self._now(live))
        except TROUBLES:
            live.close()
            raise
        self._reflected = live.rows.read_to
        self._live, self._remembered = live, 0

    def _look(self, live: Live | None) -> None:
        """Whether other settings or definitions are in force."""
        is_other = self._reads_settings()
        if live is None:
            return
        if is_other or self._project.store.books.definitions_version() != self._version:
            live.define(self._definitions(), self._now(live))
            version = str(self._version)
            self._note("info", "live membership goes by other definitions", version=version)
        for name, failure in live.failed.items():
            said = {"segment": name, "reason": failure.reason}
            if self.last_failure != said:
                self.last_failure = said
                self._note("error", "a segment cannot be evaluated", segment=name)

    def _reads_settings(self) -> bool:
        """Whether they are others than before; those that are no use change nothing."""
        changed_at = _changed_at(self._project)
        if changed_at == self._settings_at:
            return False
        self._settings_at = changed_at
        try:
            settings = read_settings(self._project.folder)
        except ShoalError as error:
            self._note("error", "shoal.yml is no use", error=type(error).__name__)
            return False
        is_other = settings != self._project.settings
        self._project = replace(self._project, settings=settings)
        return is_other

    def _definitions(self) -> Definitions:
        from shoal.live.live import Definitions

        project = self._project
        version = self._version = project.store.books.definitions_version()
        found = applied_definitions(project.store.books)
        settings = project.settings

        def vocabulary(catalogue: Catalogue) -> Any:
            return words_of(settings, catalogue, found)

        return Definitions(version, vocabulary, rules_of(settings))

    def _now(self, live: Live) -> int:
        """The clock's now, or the latest event where the settings say so."""
        latest = None if self._is_by_clock else live.rows.latest_event_at
        return self._project.clock() if latest is None else latest


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
            row["correct_as_of"] = shown(failure.as_of)
        yield row


def nothing_to_say(trouble: str | None, last_failure: dict[str, str] | None) -> dict[str, Any]:
    """The status while nothing is told."""
    return {
        "state": "failed" if trouble else "waiting",
        "correct_as_of": None,
        "last_failure": last_failure,
        "segments": [],
    }


def _changed_at(project: Project) -> int:
    """When the settings' file changed, 0 without one."""
    try:
        return (project.folder / SETTINGS_FILE).stat().st_mtime_ns
    except OSError:
        return 0


def shown(instant: int | None) -> str | None:
    """The instant as text; None where there is none."""
    return None if instant is None or instant < -(1 << 61) else format_instant(instant)
