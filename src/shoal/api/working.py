"""Work that takes longer than a request: one piece at a time, told while it goes on."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Any

import pyarrow as pa
from fastapi import Depends, Request

from shoal.core.errors import ShoalError, UsageError

journal = logging.getLogger("shoal.serve")

TROUBLES = (
    OSError, ArithmeticError, AssertionError, LookupError, TypeError, ValueError, MemoryError,
    RuntimeError, pa.ArrowException,
)  # fmt: skip
"""What must not leave somebody waiting for ever, should it happen."""

FAILED = {"title": "it failed; the log says why", "detail": None}


@dataclass(slots=True)
class Work:
    """One piece of work: what it is, how far it is, and how it ended."""

    kind: str
    subject: str
    state: str = "running"
    done: int | None = None
    total: int | None = None
    answer: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None

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
        }


@dataclass
class Works:
    """The piece of work that goes on, or the last one."""

    last: Work | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, kind: str, subject: str, make: Callable[[Work], dict[str, Any]]) -> Work:
        """Begins it in a thread of its own; UsageError while another one goes on."""
        with self._lock:
            if self.last is not None and self.last.state == "running":
                raise UsageError(f"`{self.last.subject}` is being imported; wait until it is done")
            work = self.last = Work(kind, subject)
        threading.Thread(target=self._do, args=(work, make), name=kind, daemon=True).start()
        return work

    def _do(self, work: Work, make: Callable[[Work], dict[str, Any]]) -> None:
        try:
            work.answer = make(work)
        except ShoalError as error:
            work.problem = {"title": error.message, "detail": error.hint}
            work.state = "failed"
        except TROUBLES as error:
            journal.exception("work failed", extra={"error": type(error).__name__})
            work.problem = dict(FAILED)
            work.state = "failed"
        else:
            work.state = "done"
        finally:
            if work.state == "running":  # nothing that was foreseen: the next one may begin anyhow
                work.problem = dict(FAILED)
                work.state = "failed"


def works_of(request: Request) -> Works:
    """The work of this app."""
    return request.app.state.works


Working = Annotated[Works, Depends(works_of)]
