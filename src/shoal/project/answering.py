"""A project as the process sees it that answers beside the store's owner."""

from __future__ import annotations

from typing import Any

from shoal.core.errors import StoreError
from shoal.project.asked import SHORTEN, Asked
from shoal.project.opening import Project
from shoal.store import hand_over

WAIT = 30.0
"""Seconds in which the owner has said how it is."""


class Answering(Asked):
    """Reads the files like anybody else, hands its writes over, and asks the owner how it is."""

    def __init__(self, project: Project) -> None:
        super().__init__(project)
        project.store.before_looking = self._shorten_log

    def ask(self, what: str) -> dict[str, Any]:
        """As the owner says."""
        return hand_over(self.project.folder, {"operation": "say", "what": what}, timeout=WAIT)

    def _shorten_log(self) -> None:
        """A long log is moved into the buckets before a question reads it, if that is soon done."""
        try:
            self.ask(SHORTEN)
        except StoreError:  # it is read as it is, whatever the owner has trouble with
            return
