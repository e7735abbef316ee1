"""Transitions sent to who subscribed, while a project is served: a thread for each subscription.

A message is made of the transitions of one frame, a hundred at most, so that it is the same one
however often it is sent; it is made anew from what was told for each try, so that nothing of a
person outlives their erasure. A destination that is slow or dead is waited for by its own thread.
"""

from __future__ import annotations

import json
import logging
import random
import sqlite3
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from shoal.channels.addresses import RefusedAddressError, parse_destination
from shoal.channels.posting import TOTAL, Answer, Line
from shoal.channels.retrying import Patience, Verdict, verdict_of
from shoal.channels.signing import signed_headers
from shoal.core.errors import ShoalError
from shoal.core.instants import SECOND
from shoal.live.telling import as_json
from shoal.project.webhooks import allowed_by, webhook_rows
from shoal.store.files import TRANSITIONS
from shoal.store.following import People, TransitionReader
from shoal.store.subscriptions import Progress, Subscription, Subscriptions

if TYPE_CHECKING:
    from shoal.project.opening import Project
    from shoal.store.transitions import Frame

journal = logging.getLogger("shoal.serve")

PACE = 0.05
LOOK_EVERY = 1.0
"""Seconds between two looks at who is subscribed, and between two notes of how far each is."""
TRY_AGAIN = 5.0
AT_ONCE = 100
"""Transitions of one message at most."""
END_WAIT = 5.0
TROUBLES = (ShoalError, OSError, LookupError, TypeError, ValueError, ArithmeticError, sqlite3.Error)
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Outlet:
    """What a delivery stands on: the project now, and the seq up to which is durable."""

    project: Callable[[], Project]
    last_seq: Callable[[], int]
    patience: Patience = field(default_factory=Patience)
    total: float = TOTAL


class Deliveries:
    """Everybody who subscribed is told, each by a thread of their own."""

    def __init__(self, outlet: Outlet) -> None:
        self._outlet = outlet
        self._kept = Subscriptions(outlet.project().store.books)
        self._stopping = threading.Event()
        self._working: dict[int, Delivery] = {}
        self._thread = threading.Thread(target=self._run, name="webhooks", daemon=True)

    def start(self) -> None:
        """From now on, until it is stopped."""
        self._thread.start()

    def stop(self) -> None:
        """Nothing more is sent; what is under way is broken off and sent again another time."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._let_go(list(self._working))

    def status(self) -> list[Row]:
        """How it goes with each, without its address."""
        rows = webhook_rows(self._outlet.project(), last=self._outlet.last_seq())
        return [{name: cell for name, cell in row.items() if name != "url"} for row in rows]

    def _run(self) -> None:
        while not self._stopping.is_set():
            wait = LOOK_EVERY
            try:
                self._look()
            except TROUBLES as error:
                journal.error("webhooks cannot be read", extra={"error": type(error).__name__})
                wait = TRY_AGAIN
            self._stopping.wait(wait)

    def _look(self) -> None:
        """Starts and stops threads by what the books say now."""
        wanted = {it.id: it for it in self._kept.all() if it.progress.paused_at is None}
        self._let_go(
            [
                number
                for number, one in self._working.items()
                if number not in wanted or wanted[number].epoch != one.epoch
            ]
        )
        for number, subscription in wanted.items():
            if number not in self._working:
                self._working[number] = Delivery(self._outlet, self._kept, subscription)

    def _let_go(self, numbers: list[int]) -> None:
        gone = [self._working.pop(number) for number in numbers]
        for one in gone:
            one.end()
        for one in gone:
            one.join(END_WAIT)


class _EndedError(ShoalError):
    """The thread has to end."""


class Delivery:
    """The messages of one subscription, in their order."""

    def __init__(self, outlet: Outlet, kept: Subscriptions, subscription: Subscription) -> None:
        self._outlet = outlet
        self._kept = kept
        self._subscription = subscription
        self._progress = subscription.progress
        self._saved = self._progress
        self._saved_at = time.monotonic()
        self.epoch = subscription.epoch
        root = outlet.project().store.root
        self._folder = root / TRANSITIONS
        self._people = People(root)
        self._ending = threading.Event()
        self._chance = random.Random()  # noqa: S311  waits, no secrets
        self._line = self._new_line()
        name = f"webhook-{subscription.id}"
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """Breaks off what is under way."""
        self._ending.set()
        self._line.abort()

    def join(self, seconds: float) -> None:
        """Waits for the thread, which may hang on a name that is being resolved."""
        self._thread.join(seconds)

    def _new_line(self) -> Line:
        destination = parse_destination(self._subscription.url)
        project = self._outlet.project
        return Line(destination, lambda: allowed_by(project()), total=self._outlet.total)

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                self._send_on()
            except _EndedError:
                break
            except TROUBLES as error:
                journal.error("a webhook is in trouble", extra={
                    "webhook": self._subscription.id, "error": type(error).__name__,
                })  # fmt: skip
                self._progress = self._saved
                self._ending.wait(TRY_AGAIN)
        self._line.close()

    def _send_on(self) -> None:
        try:
            self._send_laid_aside()
            reader = TransitionReader(self._folder, self._progress.cursor)
            while not self._ending.is_set():
                last = self._outlet.last_seq()
                if last > reader.after:
                    for frame in reader.read(last):
                        self._send_frame(frame)
                    reader.after = last  # whoever was told of last may be erased by now
                    self._progress = replace(self._progress, cursor=last)
                self._save()
                self._ending.wait(PACE)
        finally:
            self._save(now=True)

    def _send_frame(self, frame: Frame) -> None:
        for rows in self._messages(frame):
            first, last = rows[0]["seq"], rows[-1]["seq"]
            reason = self._deliver(first, last, rows)
            if reason is not None:
                at = self._outlet.project().clock()
                self._note(replace(self._progress, cursor=last), dead=(first, last, at, reason))
                journal.error("a webhook's message was laid aside", extra={
                    "webhook": self._subscription.id, "seq": first,
                })  # fmt: skip
            self._progress = replace(self._progress, cursor=last)
            self._save()
        self._progress = replace(self._progress, cursor=int(frame.told.seq[-1]))

    def _send_laid_aside(self) -> None:
        """What was laid aside and is wanted again: whatever was told since went on meanwhile."""
        for letter in self._kept.dead_letters(self._subscription.id):
            if letter.is_wanted:
                rows = self._rows(letter.first_seq, letter.last_seq)
                self._kept.settle(
                    letter,
                    self._deliver(letter.first_seq, letter.last_seq, rows) if rows else None,
                )

    # --- messages ------------------------------------------------------------------------------

    def _messages(self, frame: Frame) -> list[list[Row]]:
        """The frame's transitions that are wanted, message by message."""
        wanted = self._subscription.segments
        rows = [
            row
            for row in as_json(frame, 0, len(frame.told), self._people.names_of)
            if not wanted or row["segment"] in wanted
        ]
        return [list(some) for _, some in groupby(rows, key=lambda row: row["seq"] // AT_ONCE)]

    def _rows(self, first: int, last: int) -> list[Row]:
        """The transitions of a message, as they stand now."""
        rows: list[Row] = []
        for frame in TransitionReader(self._folder, first - 1).read():
            if int(frame.told.seq[0]) > last:
                break
            rows += [row for some in self._messages(frame) for row in some if row["seq"] <= last]
        return rows

    def _deliver(self, first: int, last: int, rows: list[Row]) -> str | None:
        """Returns when the message was taken; or with the reason why it never will be."""
        rejections = 0
        while rows:
            verdict, said, asked = self._try(first, last, rows)
            if verdict is Verdict.TAKEN:
                self._progress = replace(
                    self._progress, failures=0, failing_since=None, last_error=None,
                    delivered=self._progress.delivered + 1,
                    delivered_at=self._outlet.project().clock(),
                )  # fmt: skip
                return None
            rejections += verdict is Verdict.REJECTED
            if rejections >= self._outlet.patience.rejections:
                return said
            self._fail(verdict, said, asked)
            rows = self._rows(first, last)  # somebody may have been erased meanwhile
        return None

    def _try(self, first: int, last: int, rows: list[Row]) -> tuple[Verdict, str, float | None]:
        number = self._subscription.id
        message = {
            "type": "transitions",
            "timestamp": rows[-1]["told_at"],
            "data": {"webhook": number, "transitions": rows},
        }
        body = json.dumps(message, ensure_ascii=False).encode("utf-8", "replace")
        at = self._outlet.project().clock() // SECOND
        name = f"shoal-{number}-{first}-{last}"
        headers = signed_headers(self._subscription.secret, name, at, body)
        try:
            answer = self._line.post(body, headers)
        except RefusedAddressError as error:
            return Verdict.AGAIN, error.message, None
        except ShoalError as error:
            if self._ending.is_set():
                raise _EndedError("stopped") from error
            return Verdict.AGAIN, error.message, None
        return verdict_of(answer), _said(answer), answer.retry_after

    def _fail(self, verdict: Verdict, said: str, asked: float | None) -> None:
        """Notes it and waits; ends when there is no use in trying on."""
        now = self._outlet.project().clock()
        how = self._progress
        since = how.failing_since if how.failing_since is not None else now
        how = replace(how, failures=how.failures + 1, failing_since=since, last_error=said)
        patience = self._outlet.patience
        if verdict is Verdict.GONE or now - since >= patience.pause_after * SECOND:
            self._note(replace(how, paused_at=now))
            journal.error("a webhook is paused", extra={"webhook": self._subscription.id})
            raise _EndedError("paused")
        self._note(how)
        if self._ending.wait(patience.wait(how.failures, self._chance.random, asked)):
            raise _EndedError("stopped")

    # --- how far it is -------------------------------------------------------------------------

    def _save(self, *, now: bool = False) -> None:
        """Now and then: what was sent since is sent again after a kill, under the same name."""
        is_due = now or time.monotonic() - self._saved_at >= LOOK_EVERY
        if is_due and self._progress != self._saved:
            self._note(self._progress)

    def _note(self, progress: Progress, dead: tuple[int, int, int, str] | None = None) -> None:
        if not self._kept.note(self._subscription, progress, dead):
            self._ending.set()
            raise _EndedError("somebody changed it")
        self._progress = self._saved = progress
        self._saved_at = time.monotonic()


def _said(answer: Answer) -> str:
    return f"it answered {answer.status}"
