"""Answers that cost much are kept while what they were made from stands."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict
from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Request

from shoal.api.listening import Turn
from shoal.core.errors import StoreBusyError
from shoal.runners.stopping import StoppedError

if TYPE_CHECKING:
    from shoal.api.lasting import Lasting
    from shoal.project.reading import Reading

MOST = 64
"""Answers that are kept at once; the longest unused goes first."""


@dataclass
class _Place:
    """Where one answer will stand, and whose turn it is to make it."""

    making: Lock = field(default_factory=Lock)
    waiting: list[Turn] = field(default_factory=list[Turn])
    answer: Any = None
    is_made: bool = False


@dataclass
class Kept:
    """Answers by the question and the state of what was asked."""

    most: int = MOST
    lasting: Lasting | None = None
    _places: OrderedDict[Hashable, _Place] = field(default_factory=OrderedDict[Hashable, _Place])
    _lock: Lock = field(default_factory=Lock)
    _slow: int = 0

    def beyond(
        self, key: Hashable, make: Callable[[], Any], *, latest_of: Hashable | None = None
    ) -> Any:
        """The same, kept beyond this process, too: for what takes long and is plain data.

        It is then also what :meth:`latest` answers for ``latest_of``, whatever is asked later.
        """
        lasting = self.lasting
        if lasting is None:
            return self.of(key, make)

        def found() -> Any:
            answer = lasting.find(key)
            if answer is None:
                answer = make()
                lasting.keep(key, answer)
                if latest_of is not None:
                    lasting.keep(latest_of, answer)
            return answer

        return self.of(key, found)

    def latest(self, of: Hashable) -> Any:
        """What was made last of these answers, whatever it rested on; None where none was."""
        return None if self.lasting is None else self.lasting.find(of)

    def of(self, key: Hashable, make: Callable[[], Any], *, at_once: int | None = None) -> Any:
        """The answer to what ``key`` says whole; made once, those who ask meanwhile wait for it.

        What fails is not kept: the next one tries again. StoreBusyError where ``at_once`` answers
        that have such a bound are being made or waited for already.
        """
        place = self._place(key)
        if place.is_made:
            return place.answer
        with self._bounded(at_once), place.making:
            if not place.is_made:
                place.answer = make()
                place.is_made = True
            return place.answer

    def while_wanted(
        self,
        key: Hashable,
        make: Callable[[Callable[[], None]], Any],
        turn: Turn,
        *,
        at_once: int | None = None,
    ) -> Any:
        """The same for what takes long: ``make`` is given what to call now and then.

        It raises StoppedError once nobody waits any longer: not whoever began it, and not those
        who asked the same meanwhile.
        """
        place = self._place(key)
        place.waiting.append(turn)

        def look_up() -> None:
            if not any(it.is_on for it in place.waiting.copy()):
                raise StoppedError("nobody waits for this answer any longer")

        def made() -> Any:
            if not turn.is_on:  # whoever it is made for now comes next
                raise StoppedError("nobody waits for this answer any longer")
            return make(look_up)

        try:
            return self.of(key, made, at_once=at_once)
        finally:
            place.waiting.remove(turn)

    def _place(self, key: Hashable) -> _Place:
        with self._lock:
            place = self._places.setdefault(key, _Place())
            self._places.move_to_end(key)
            while len(self._places) > self.most:
                self._places.popitem(last=False)
            return place

    @contextmanager
    def _bounded(self, at_once: int | None) -> Generator[None]:
        if at_once is None:
            yield
            return
        with self._lock:
            if self._slow >= at_once:
                raise StoreBusyError("too much is being searched at once", hint="come again soon")
            self._slow += 1
        try:
            yield
        finally:
            with self._lock:
                self._slow -= 1


def state_of(reading: Reading) -> tuple[str, str, str]:
    """What an answer rests on: the data, the definitions and the settings.

    All of the ``reading`` itself: what is applied meanwhile is not what it was made from.
    """
    texts = json.dumps(sorted(reading.definitions.files.texts.items()))
    definitions = hashlib.sha256(texts.encode()).hexdigest()
    return reading.snapshot.version, definitions, repr(reading.project.settings)


def kept_by(request: Request) -> Kept:
    """The answers this app keeps."""
    return request.app.state.kept


Keeping = Annotated[Kept, Depends(kept_by)]
