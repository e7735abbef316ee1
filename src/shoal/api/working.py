"""Work that takes longer than a request: one piece at a time, told while it goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any

import pyarrow as pa
from fastapi import Depends, Request

from shoal.core.errors import ShoalError, UsageError
from shoal.runners.stopping import StoppedError

if TYPE_CHECKING:
    from shoal.language.told import Speech

journal = logging.getLogger("shoal.serve")

TROUBLES = (
    OSError, ArithmeticError, AssertionError, LookupError, TypeError, ValueError, MemoryError,
    RuntimeError, pa.ArrowException,
)  # fmt: skip
"""What must not leave somebody waiting for ever, should it happen."""

RUNNING = "running"
CANCELLED = "it was cancelled; what it had kept by then is kept"
FAILED = {"title": "it failed; the log says why", "detail": None}


@dataclass(slots=True)
class Work:
    """One piece of work: what it is, how far it is, and how it ended."""

    kind: str
    subject: str
    state: str = RUNNING
    done: int | None = None
    total: int | None = None
    answer: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None
    step: str | None = None
    given: object = None
    is_cancelled: bool = False

    def is_wanted(self) -> bool:
        """Whether nobody has cancelled it."""
        return not self.is_cancelled

    def hear(self, step: str, done: int, total: int) -> None:
        """What is being done, how many steps are done, and of how many; StoppedError once cancelled."""
        if self.is_cancelled:
            raise StoppedError(CANCELLED)
        self.step, self.done, self.total = step, done, total

    def tell(self, _: str, done: int, total: int | None) -> None:
        """How far it is; what an import tells as it goes on."""
        self.done, self.total = done, total

    def as_json(self) -> dict[str, Any]:
        """What the page polls."""
        return {
            "kind": self.kind,
            "subject": self.subject,
            "state": self.state,
            "done": self.done,
            "total": self.total,
            "answer": self.answer,
            "problem": self.problem,
            "step": self.step if self.state == RUNNING else None,
            "is_cancelled": self.is_cancelled,
        }


@dataclass
class Works:
    """The piece of work that goes on, or the last one."""

    last: Work | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(
        self,
        kind: str,
        subject: str,
        make: Callable[[Work], dict[str, Any]],
        *,
        joins: bool = False,
        given: object = None,
    ) -> Work:
        """Begins it in a thread of its own; UsageError while another one goes on.

        With ``joins`` the one that goes on is the answer where it is of that kind and subject, and
        the same was ``given`` for it; not where it was cancelled, for it comes to nothing.
        """
        with self._lock:
            if self.last is not None and self.last.state == RUNNING:
                is_same = (self.last.kind, self.last.subject) == (kind, subject)
                if joins and is_same and not self.last.is_cancelled:
                    if self.last.given == given:
                        return self.last
                    raise UsageError(
                        f"`{subject}` is under way with other parameters",
                        hint="wait until it is done, or cancel it",
                    )
                raise UsageError(f"`{self.last.subject}` is still under way; wait until it is done")
            work = self.last = Work(kind, subject, given=given)
        threading.Thread(target=self._do, args=(work, make), name=kind, daemon=True).start()
        return work

    def cancel(self, subject: str) -> Work:
        """Asks the one that goes on to end soon; UsageError where none of that subject goes on."""
        with self._lock:
            if self.last is None or (self.last.subject, self.last.state) != (subject, RUNNING):
                raise UsageError(f"nothing of `{subject}` is under way")
            self.last.is_cancelled = True
            return self.last

    def _do(self, work: Work, make: Callable[[Work], dict[str, Any]]) -> None:
        try:
            work.answer = make(work)
        except ShoalError as error:
            # the process that was killed for it says only that it ended
            work.problem = (
                {"title": CANCELLED, "detail": None}
                if work.is_cancelled
                else {"title": error.message, "detail": error.hint}
            )
            work.state = "failed"
        except TROUBLES as error:
            journal.exception("work failed", extra={"error": type(error).__name__})
            work.problem = dict(FAILED)
            work.state = "failed"
        else:
            work.state = "done"
        finally:
            if work.state == RUNNING:  # nothing that was foreseen: the next one may begin anyhow
                work.problem = dict(FAILED)
                work.state = "failed"


def problem_told(work: Work, speech: Speech) -> dict[str, Any] | None:
    """Why it failed, in the reader's language: another process may have said it, as plain text."""
    if work.problem is None:
        return None
    title, detail = work.problem["title"], work.problem["detail"]
    return {"title": speech.in_parts(title), "detail": detail and speech.in_parts(detail)}


def works_of(request: Request) -> Works:
    """The work of this app."""
    return request.app.state.works


Working = Annotated[Works, Depends(works_of)]
