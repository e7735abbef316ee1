"""Answers that cost much are kept while what they were made from stands."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

if TYPE_CHECKING:
    from shoal.project.reading import Reading

MOST = 64
"""Answers that are kept at once; the longest unused goes first."""


@dataclass
class _Place:
    """Where one answer will stand, and whose turn it is to make it."""

    making: Lock = field(default_factory=Lock)
    answer: Any = None
    is_made: bool = False


@dataclass
class Kept:
    """Answers by the question and the state of what was asked."""

    most: int = MOST
    _places: OrderedDict[Hashable, _Place] = field(default_factory=OrderedDict[Hashable, _Place])
    _lock: Lock = field(default_factory=Lock)

    def of(self, key: Hashable, make: Callable[[], Any]) -> Any:
        """The answer to what ``key`` says whole; made once, those who ask meanwhile wait for it.

        What fails is not kept: the next one tries again.
        """
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            while len(self._places) > self.most:
                self._places.popitem(last=False)
        with place.making:
            if not place.is_made:
                place.answer = make()
                place.is_made = True
            return place.answer


def state_of(reading: Reading) -> tuple[str, int, str]:
    """What an answer rests on: the data, the definitions and the settings."""
    version = reading.project.store.books.definitions_version()
    return reading.snapshot.version, version, repr(reading.project.settings)


def kept_by(request: Request) -> Kept:
    """The answers this app keeps."""
    return request.app.state.kept


Keeping = Annotated[Kept, Depends(kept_by)]
