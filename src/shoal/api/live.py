"""Membership as it changes: pages of transitions, a stream of them, and how true it all is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Header, Query
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from shoal.access import Action
from shoal.api.principals import Owning, asks
from shoal.project.serving.served import Served

router = APIRouter(prefix="/api/v1", tags=["live"])

MOST = 10_000
LAST = 1 << 62
AT_ONCE = 1_000
LOOK_EVERY = 0.05
BREATH = 15.0
"""Seconds after which a stream that has nothing to tell says that it is still there."""

After = Annotated[
    int | None,
    Query(ge=0, le=LAST, description="The seq of the last one known; none: what comes from now."),
]


@router.get("/live", dependencies=[asks(Action.LOOK)])
def live(served: Owning) -> dict[str, Any]:
    """Up to when membership is true, what waits, what failed, and how every segment stands."""
    return served.living.status()


@router.get("/transitions", dependencies=[asks(Action.PEOPLE)])
def transitions(
    served: Owning,
    after: Annotated[int, Query(ge=0, le=LAST, description="The seq of the last one known.")] = 0,
    limit: Annotated[int, Query(ge=1, le=MOST)] = AT_ONCE,
) -> dict[str, Any]:
    """Who entered and left what, in the order in which it was told."""
    return served.living.page(after, limit)


@router.get("/transitions/stream", dependencies=[asks(Action.PEOPLE)], include_in_schema=False)
def stream(
    served: Owning,
    after: After = None,
    last_event_id: Annotated[int | None, Header(ge=0, le=LAST)] = None,
    seconds: Annotated[float | None, Query(ge=0)] = None,
) -> StreamingResponse:
    """Transitions as they are told, as server-sent events; each event's id is its seq.

    A client that comes again with ``Last-Event-ID`` misses nothing and hears nothing twice. It
    ends when either side ends it, or after ``seconds``.
    """
    given = last_event_id if last_event_id is not None else after
    start = served.living.last_seq if given is None else given
    return StreamingResponse(
        _events(served, start, seconds),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _events(served: Served, after: int, seconds: float | None) -> AsyncIterator[bytes]:
    living = served.living
    began = spoken = time.monotonic()
    yield b": transitions\n\n"
    while not (served.is_leaving() or living.is_stopping):
        if seconds is not None and time.monotonic() - began >= seconds:
            return
        if living.last_seq > after:
            page = await run_in_threadpool(living.page, after, AT_ONCE)
            for row in page["transitions"]:
                data = msgspec.json.encode(row).decode()
                yield f"id: {row['seq']}\nevent: transition\ndata: {data}\n\n".encode()
            if page["next_after"] == after:  # it begins again
                await asyncio.sleep(LOOK_EVERY)
            after = page["next_after"]
            spoken = time.monotonic()
        elif time.monotonic() - spoken > BREATH:
            spoken = time.monotonic()
            yield b": still here\n\n"
        else:
            await asyncio.sleep(LOOK_EVERY)
