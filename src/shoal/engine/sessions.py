"""Sessions: what somebody does on a site with no more than a gap between one event and the next."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from shoal.core.compiled import compiled
from shoal.engine.derived import DerivedRows
from shoal.engine.history import History, Int64s, Kind, unwritable
from shoal.engine.program import DERIVED, SESSION_ENDED, SESSION_STARTED

MILLIONTHS = 1_000_000
"""A whole number in the unit of exact values."""


@compiled
def find_sessions(
    offsets: Int64s,
    times: Int64s,
    received: Int64s,
    event: npt.NDArray[np.uint16],
    counted: npt.NDArray[np.uint8],
    pages: int,
    gap: int,
    known_at: int,
) -> tuple[Int64s, Int64s, Int64s, Int64s, Int64s, Int64s]:
    """Sessions of received events: profile, start, end, receipts, pages and seconds of each."""
    size = len(times)
    owner = np.empty(size, dtype=np.int64)
    first = np.empty(size, dtype=np.int64)
    last = np.empty(size, dtype=np.int64)
    first_received = np.empty(size, dtype=np.int64)
    last_received = np.empty(size, dtype=np.int64)
    views = np.empty(size, dtype=np.int64)
    count = 0
    for profile in range(len(offsets) - 1):
        inside = False
        for row in range(offsets[profile], offsets[profile + 1]):
            if counted[event[row]] == 0 or received[row] > known_at:
                continue
            if not inside or times[row] - last[count - 1] > gap:
                owner[count] = profile
                first[count] = times[row]
                first_received[count] = received[row]
                views[count] = 0
                count += 1
                inside = True
            last[count - 1] = times[row]
            last_received[count - 1] = received[row]
            if event[row] == pages:
                views[count - 1] += 1
    return (
        owner[:count],
        first[:count],
        last[:count],
        first_received[:count],
        last_received[:count],
        views[:count],
    )


def sessions_of(
    history: History, in_session: Callable[[str], bool], gap: int, known_at: int
) -> tuple[DerivedRows, DerivedRows]:
    """``session_started`` at a session's first event, ``session_ended`` a gap after its last.

    ``in_session`` says of a received event whether it is part of one. The gap is in microseconds;
    what ended knows its ``pages`` and ``seconds``.
    """
    names = history.event_names
    counted = np.array(
        [not name.startswith("$") and name not in DERIVED and in_session(name) for name in names]
        or [False],
        dtype=np.uint8,
    )
    pages = names.index("page_viewed") if "page_viewed" in names else 65_535
    owner, first, last, first_received, last_received, views = find_sessions(
        unwritable(history.offsets),
        unwritable(history.occurred_at),
        unwritable(history.received_at),
        unwritable(history.event),
        counted,
        pages,
        gap,
        known_at,
    )
    started = DerivedRows(SESSION_STARTED, owner, first, first_received, first=True)
    ended = DerivedRows(
        SESSION_ENDED,
        owner,
        last + gap,
        last_received,
        properties={
            "pages": (Kind.EXACT, views * MILLIONTHS),
            "seconds": (Kind.EXACT, last - first),  # microseconds are millionths of a second
        },
    )
    return started, ended
