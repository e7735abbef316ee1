"""Running a bound program at points, and spreading buckets over threads."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from shoal.core.compiled import make_ready, tell_first_use
from shoal.engine.binding import Bound, Unbound
from shoal.engine.calendars import NEVER
from shoal.engine.derived import done_with, size_of
from shoal.engine.history import History
from shoal.engine.keeping import KEEPING
from shoal.engine.kernel import run
from shoal.engine.program import Program

T = TypeVar("T")
NO_FLOATS = np.empty(0, dtype=np.float64)
NO_TRUTHS = np.empty(0, dtype=np.int8)
NO_ROWS = np.empty(0, dtype=np.int64)
THREAD_ROWS = 200_000
"""Rows below which more threads do not pay."""
THREADS = 2


@dataclass(frozen=True, slots=True, eq=False)
class BucketAnswer:
    """One bucket's answers, over points in their order.

    Truths are packed bits by truth output, values stand by value output; ``next_at`` (of tracked
    runs) is when each point could next change. Only lists need the whole binding afterwards: else
    its arrays are let go, as those of all buckets together would fill the memory.
    """

    members: npt.NDArray[np.uint8]
    unknowns: npt.NDArray[np.uint8] | None
    known: npt.NDArray[np.uint8]
    values: npt.NDArray[np.float64]
    next_at: npt.NDArray[np.int64]
    bound: Bound | Unbound

    @property
    def size(self) -> int:
        """How many points were asked."""
        return self.values.shape[1]


def run_program(
    bound: Bound,
    points: npt.NDArray[np.int64],
    instants: npt.NDArray[np.int64],
    known_at: int,
    *,
    track: bool = False,
    want_unknown: bool = True,
) -> BucketAnswer:
    """Run a bound program at points (ascending profiles; one instant for all, or one each)."""
    tell_first_use(run)
    make_ready()
    program: Program = bound.program
    width = (len(points) + 7) // 8
    members = np.zeros((max(program.truths, 1), width), dtype=np.uint8)
    unknowns = np.zeros((max(program.truths, 1) if want_unknown else 1, width), dtype=np.uint8)
    known = np.zeros(width, dtype=np.uint8)
    values = np.full((max(program.values, 1), len(points)), np.nan)
    next_at = np.full(len(points) if track else 1, NEVER, dtype=np.int64)
    run(
        bound.tables, bound.arrays, points, instants, known_at, track, want_unknown, len(bound.pool),
        members, unknowns, known, values, next_at, NO_FLOATS, NO_TRUTHS, NO_ROWS, NO_ROWS,
    )  # fmt: skip
    kept = bound if any(output.is_list for output in program.outputs) else bound.unbound()
    return BucketAnswer(members, unknowns if want_unknown else None, known, values, next_at, kept)


@dataclass(frozen=True, slots=True, eq=False)
class Registers:
    """All registers of one point, and when the clock could next change any of them."""

    floats: npt.NDArray[np.float64]
    truths: npt.NDArray[np.int8]


def run_traced(bound: Bound, profile: int, as_of: int, known_at: int) -> Registers:
    """Run a bound program for one profile and keep its registers."""
    tell_first_use(run)
    make_ready()
    program = bound.program
    sizes = bound.tables.sizes
    floats, truths = np.zeros(sizes[0]), np.zeros(sizes[1], dtype=np.int8)
    bits = np.zeros((max(program.truths, 1), 1), dtype=np.uint8)
    run(
        bound.tables, bound.arrays, np.array([profile]), np.array([as_of]), known_at, False, False,
        len(bound.pool), bits, bits.copy(), np.zeros(1, dtype=np.uint8),
        np.zeros((max(program.values, 1), 1)), np.zeros(1, dtype=np.int64), floats, truths,
        NO_ROWS, NO_ROWS,
    )  # fmt: skip
    return Registers(floats, truths)


def rows_behind(
    bound: Bound,
    profile: int,
    as_of: int,
    known_at: int,
    *,
    selection: int = -1,
    window: int = -1,
    sequence: int = -1,
) -> npt.NDArray[np.int64]:
    """Ascending rows of one profile behind a selection in a window, or behind a sequence.

    Of a sequence they are the rows that begin its matches.
    """
    history = bound.history
    size = int(history.offsets[profile + 1] - history.offsets[profile])
    chosen = np.empty(max(size, 1), dtype=np.int64)
    bits = np.zeros((1, 1), dtype=np.uint8)
    make_ready()
    count = run(
        bound.tables, bound.arrays, np.array([profile]), np.array([as_of]), known_at, False, False,
        0, bits, bits.copy(), np.zeros(1, dtype=np.uint8), np.zeros((1, 1)),
        np.zeros(1, dtype=np.int64), NO_FLOATS, NO_TRUTHS,
        np.array([selection, window, sequence]), chosen,
    )  # fmt: skip
    return np.sort(chosen[:count])


def everyone_in(history: History) -> npt.NDArray[np.int64]:
    """All profiles of a bucket as points."""
    return np.arange(len(history.profiles), dtype=np.int64)


def unpack(bits: npt.NDArray[np.uint8], size: int) -> npt.NDArray[np.bool_]:
    """One truth a point from packed bits."""
    return np.unpackbits(bits, count=size, bitorder="little").astype(bool)


def spread(work: Callable[[int], T], histories: Sequence[History]) -> list[T]:
    """One task a bucket, on two threads where it pays; what a task made for its bucket may go."""

    def task(index: int) -> T:
        try:
            return work(index)
        finally:
            done_with(histories[index])

    KEEPING.begin_pass()
    rows = sum(size_of(history) for history in histories)
    if len(histories) < 2 or rows < THREAD_ROWS:
        return [task(index) for index in range(len(histories))]
    with ThreadPoolExecutor(max_workers=THREADS) as pool:
        return list(pool.map(task, range(len(histories))))
