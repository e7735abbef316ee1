"""The process beside a served project that gives arms and sends: its answers to the server.

A pass evaluates for long and holds the interpreter while it does; here it keeps no event waiting.
It reads the files, and hands what it appends over to the owner like anybody else.
"""

from __future__ import annotations

import sqlite3
import sys
import time
from pathlib import Path
from typing import Any

from shoal.core.errors import ShoalError, StoreError
from shoal.project.answering import Answering
from shoal.project.campaigns.campaigns import passing
from shoal.project.campaigns.passing import pass_campaigns
from shoal.project.campaigns.sending import Sender, finish
from shoal.project.opening import open_project
from shoal.store.beside import answer_all
from shoal.store.campaign_books import CampaignBooks
from shoal.store.outbox import Outbox

NICE = 5
SLICE = 2.0
"""Seconds after which it is said how it goes, and asked whether to go on."""
TROUBLES = (ShoalError, OSError, LookupError, TypeError, ValueError, ArithmeticError, sqlite3.Error)
"""What may go wrong in a slice: the next one begins anew."""
PASSES = "passes"
"""In a request: whether it is time to ask who is due."""


class Slices:
    """Gives arms and sends, a slice at a time; what it learnt of destinations is kept between them."""

    def __init__(self, asked: Answering) -> None:
        self._asked = asked
        self._sender: Sender | None = None

    def slice(self, *, is_due: bool) -> dict[str, Any]:
        """One: who is due is given an arm if it ``is_due``, then what waits goes, for a while.

        StoreBusyError where another process does it.
        """
        project = self._asked.project
        sender = self._sender_for()
        with passing(project):
            sender.recover()
            if is_due:
                pass_campaigns(project, project.store.append)
            until = time.monotonic() + SLICE
            sender.is_ending = lambda: time.monotonic() >= until
            counts = sender.run()
            books = project.store.books
            done = finish(CampaignBooks(books), Outbox(books), project.clock())
        return {"messages": counts, "done": [it.name for it in done], "channels": sender.status()}

    def close(self) -> None:
        """Lets go of the mail server."""
        if self._sender is not None:
            self._sender.close()

    def _sender_for(self) -> Sender:
        """The one there was, unless ``shoal.yml`` says something else by now."""
        project = self._asked.project
        if self._sender is None or self._sender.project is not project:
            self.close()
            self._sender = Sender(project, project.store.append)
        return self._sender


def main() -> None:
    """Answers until the server lets go."""
    slices: Slices | None = None

    def answer(request: dict[str, Any]) -> dict[str, Any]:
        nonlocal slices
        try:
            if slices is None:
                slices = Slices(Answering(open_project(Path(sys.argv[1]))))
            return slices.slice(is_due=bool(request[PASSES]))
        except TROUBLES as error:
            if isinstance(error, ShoalError):
                raise
            slices = None  # and with it its connections
            raise StoreError(f"campaigns stopped: {type(error).__name__}") from error

    answer_all(answer, NICE)
    if slices is not None:
        slices.close()


if __name__ == "__main__":
    main()
