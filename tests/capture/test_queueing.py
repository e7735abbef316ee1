from __future__ import annotations

import asyncio
import threading

import pytest

from shoal.capture.captured import Captured
from shoal.capture.queueing import LiveIntake
from shoal.core.errors import StoreBusyError, StoreError
from shoal.events.event import Event
from shoal.store import AppendCounts

AT = 1_760_000_000_000_000


def captured(number, count=1):
    return Captured(tuple(Event("a", f"u{number}-{at}", None, AT, AT) for at in range(count)))


class Slow:
    """Writes only when it may."""

    def __init__(self):
        self.may, self.writes, self.error = threading.Event(), [], None

    def append(self, events, refused=()):
        assert self.may.wait(10)
        if self.error:
            raise self.error
        self.writes.append([event.user_id for event in events])
        return AppendCounts(len(events))


def test_what_comes_in_meanwhile_is_written_together_in_order():
    slow = Slow()
    intake = LiveIntake(slow)

    async def work():
        first = asyncio.create_task(intake.keep(captured(0)))
        await asyncio.sleep(0.05)
        rest = [asyncio.create_task(intake.keep(captured(at))) for at in range(1, 9)]
        await asyncio.sleep(0.05)
        assert not first.done()
        slow.may.set()
        await asyncio.gather(first, *rest)

    asyncio.run(work())
    intake.close()
    assert slow.writes == [["u0-0"], [f"u{at}-0" for at in range(1, 9)]]
    assert (intake.counted.events, intake.counted.writes, intake.waiting) == (9, 2, 0)


def test_beyond_the_bound_a_sender_is_sent_away_and_a_failure_reaches_its_own():
    slow = Slow()
    intake = LiveIntake(slow, most=10)

    async def work():
        first = asyncio.create_task(intake.keep(captured(0, 8)))
        await asyncio.sleep(0.05)
        with pytest.raises(StoreBusyError):
            await intake.keep(captured(1, 3))
        second = asyncio.create_task(intake.keep(captured(2, 2)))
        await asyncio.sleep(0.05)
        slow.error = StoreError("no room")
        slow.may.set()
        results = await asyncio.gather(first, second, return_exceptions=True)
        assert [type(one) for one in results] == [StoreError, StoreError]
        slow.error = None
        await intake.keep(captured(3))

    asyncio.run(work())
    intake.close()
    assert (intake.counted.turned_away, intake.counted.events) == (1, 1)


def test_closing_writes_what_waits_and_takes_nothing_more():
    slow = Slow()
    intake = LiveIntake(slow)

    async def work():
        some = [asyncio.create_task(intake.keep(captured(at))) for at in range(5)]
        await asyncio.sleep(0.05)
        slow.may.set()
        await asyncio.to_thread(intake.close)
        await asyncio.gather(*some)
        with pytest.raises(StoreBusyError):
            await intake.keep(captured(9))

    asyncio.run(work())
    assert sum(map(len, slow.writes)) == 5


def test_a_request_that_went_away_does_not_stop_the_thread():
    slow = Slow()
    intake = LiveIntake(slow)

    async def work():
        gone = asyncio.create_task(intake.keep(captured(0)))
        await asyncio.sleep(0.05)
        gone.cancel()
        slow.may.set()
        await intake.keep(captured(1))

    asyncio.run(work())
    intake.close()
    assert intake.counted.events == 2
