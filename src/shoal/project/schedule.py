"""What a served project does by itself: looks at what is due, again and again, until it is stopped.

Looks that fail come ever less often, and what is wrong is told once, until another thing is wrong.
"""

from __future__ import annotations

import logging
import sqlite3
import threading

from shoal.core.errors import ShoalError, StoreBusyError

journal = logging.getLogger("shoal.serve")

END_WAIT = 30.0
TROUBLES = (OSError, LookupError, TypeError, ValueError, sqlite3.Error)


class Schedule:
    """A loop in a thread of its own; what one look does is for those who make one."""

    def __init__(self, what: str, *, every: float, longest: float) -> None:
        """``what`` is looked at, in the plural; ``every`` so many seconds.

        After looks that failed each waits twice as long, and at most ``longest`` seconds.
        """
        self._what, self._every, self._longest = what, every, longest
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=what, daemon=True)
        self.trouble: str | None = None
        """What the last look failed with, if it did."""

    def start(self) -> None:
        """From now on, until it is stopped."""
        self._thread.start()

    def stop(self) -> None:
        """Nothing more is begun; what is under way is given up, the next start does it again."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(END_WAIT)

    def _look(self) -> None:
        """Do what is due; whatever it raises is told, and it is looked again later."""
        raise NotImplementedError

    def _is_wanted(self) -> bool:
        """False as soon as it is stopped."""
        return not self._stopping.is_set()

    def _run(self) -> None:
        wait = self._every
        while not self._stopping.wait(wait):
            wait, before = self._every, wait
            try:
                self._look()
                self.trouble = None
            except StoreBusyError:  # somebody does it by hand
                continue
            except (ShoalError, *TROUBLES) as error:
                if self._stopping.is_set():
                    return
                self._tell(error)
                wait = min(before * 2, self._longest)

    def _tell(self, error: Exception) -> None:
        said = error.message if isinstance(error, ShoalError) else type(error).__name__
        if said != self.trouble:
            extra = {"error": type(error).__name__}
            journal.error("%s are in trouble", self._what, extra=extra)
        self.trouble = said
