"""From many requests to one durable write: a bounded queue and the one thread behind it.

A request waits until its events are on disk. Whatever has come in by the time the thread is free is
written together, so the price of making it durable is shared by all who wait for it.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from shoal.capture.captured import Captured
from shoal.core.errors import ShoalError, StoreBusyError, StoreError
from shoal.events.event import Event
from shoal.store import AppendCounts, Refused

MOST_WAITING = 20_000
MOST_BYTES = 128 << 20
"""Events that may wait, and roughly their bytes; beyond that a sender is asked to come again."""
EVENT_BYTES = 500
"""What an event holds beside its texts."""
TOGETHER = 5_000
"""Events written at once."""


class Appender(Protocol):
    """Whoever writes: the store's writer."""

    def append(self, events: Sequence[Event], refused: Sequence[Refused] = ()) -> AppendCounts:
        """Durable on return."""
        ...


@dataclass(slots=True)
class Counted:
    """What went through since the start, for the metrics."""

    events: int = 0
    duplicates: int = 0
    dropped: int = 0
    quarantined: int = 0
    writes: int = 0
    failures: int = 0
    turned_away: int = 0


@dataclass(slots=True, eq=False)
class _Waiting:
    captured: Captured
    weight: int
    loop: asyncio.AbstractEventLoop
    done: asyncio.Future[None] = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        self.done = self.loop.create_future()
        self.size = len(self.captured.events) + len(self.captured.refused)


class LiveIntake:
    """Keeps what requests bring, durably, in the order in which they came."""

    def __init__(
        self,
        appender: Appender,
        *,
        most: int = MOST_WAITING,
        on_kept: Callable[[], None] | None = None,
    ) -> None:
        self._appender = appender
        self._most = most
        self._on_kept = on_kept
        self._waiting: deque[_Waiting] = deque()
        self._size = 0
        self._weight = 0
        self._wake = threading.Condition()
        self._closing = False
        self.counted = Counted()
        self._thread = threading.Thread(target=self._work, name="intake", daemon=True)
        self._thread.start()

    @property
    def waiting(self) -> int:
        """Events that are not durable yet."""
        return self._size

    async def keep(self, captured: Captured, size: int = 0) -> None:
        """Durable on return. StoreBusyError when too much waits already, or when closing.

        ``size`` is that of the body in bytes: about what its texts hold in memory.
        """
        weight = size + EVENT_BYTES * len(captured.events)
        one = _Waiting(captured, weight, asyncio.get_running_loop())
        with self._wake:
            is_much = self._size + one.size > self._most or self._weight + one.weight > MOST_BYTES
            if self._closing or (self._size and is_much):
                self.counted.turned_away += 1
                raise StoreBusyError("too many events wait to be written", hint="come again soon")
            self._waiting.append(one)
            self._size += one.size
            self._weight += one.weight
            self._wake.notify()
        await one.done

    def close(self) -> None:
        """Takes nothing more, writes what waits, and returns when all of it is durable."""
        with self._wake:
            self._closing = True
            self._wake.notify()
        self._thread.join()

    def _work(self) -> None:
        while True:
            some = self._next()
            if not some:
                return
            for part, error in self._written(some):
                with self._wake:
                    self._size -= sum(one.size for one in part)
                    self._weight -= sum(one.weight for one in part)
                for one in part:
                    _settle(one, error)
                if error is None and self._on_kept is not None:
                    self._on_kept()

    def _written(self, some: list[_Waiting]) -> Iterator[tuple[list[_Waiting], ShoalError | None]]:
        """Everything written together; each by itself where one cannot be written at all."""
        try:
            yield some, self._write(some)
        except (ValueError, TypeError, KeyError) as fault:
            if len(some) == 1:
                self.counted.failures += 1
                yield some, StoreError(f"it cannot be written ({type(fault).__name__})")
                return
            for one in some:
                yield from self._written([one])

    def _next(self) -> list[_Waiting]:
        """Everything that waits, as far as it goes into one write; nothing when closed."""
        with self._wake:
            while not self._waiting and not self._closing:
                self._wake.wait()
            some: list[_Waiting] = []
            size = 0
            while self._waiting and (not some or size + self._waiting[0].size <= TOGETHER):
                some.append(self._waiting.popleft())
                size += some[-1].size
            return some

    def _write(self, some: list[_Waiting]) -> ShoalError | None:
        together = Captured.together(one.captured for one in some)
        try:
            counts = self._appender.append(together.events, together.refused)
        except ShoalError as error:
            self.counted.failures += 1
            return error
        self.counted.writes += 1
        self.counted.events += counts.appended
        self.counted.duplicates += counts.duplicates
        self.counted.dropped += counts.dropped
        self.counted.quarantined += counts.quarantined
        return None


def _settle(one: _Waiting, error: ShoalError | None) -> None:
    """Tells the request, on its own loop; one that has gone away is told nothing."""

    def tell() -> None:
        if one.done.done():
            return
        if error is None:
            one.done.set_result(None)
        else:
            one.done.set_exception(error)

    if not one.loop.is_closed():
        one.loop.call_soon_threadsafe(tell)
