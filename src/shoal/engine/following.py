"""Following membership through time: every instant at which a rule turns true or ceases to be.

A profile is evaluated, told when anything could next change, and evaluated again then. All
profiles of a bucket walk together, each at its own instant; those with nothing left drop out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoal.core.instants import LATEST
from shoal.engine.binding import Bound
from shoal.engine.history import Int64s
from shoal.engine.running import everyone_in, run_program, unpack

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class MembershipChanges:
    """Changes in order of (profile, instant); ``entered`` says which way."""

    profiles: Int64s  # positions in the bucket
    at: Int64s
    entered: npt.NDArray[np.bool_]


def first_flips(
    bound: Bound, points: Int64s, before: Int64s, following: Int64s, state: Bools, known_at: int
) -> Int64s:
    """Where between two instants the state flips, else the second.

    For rules with products or quotients of ages: such a comparison turns at most once between two
    breakpoints, so halving finds it.
    """

    def at(chosen: Int64s, instants: Int64s) -> Bools:
        answer = run_program(bound, points[chosen], instants, known_at, want_unknown=False)
        return unpack(answer.members[0], len(chosen))

    low, high = before.copy(), np.minimum(following, LATEST) - 1
    chosen = np.flatnonzero(high > low)
    if len(chosen):
        chosen = chosen[at(chosen, high[chosen]) != state[chosen]]
    result = following.copy()
    while len(chosen):
        open_ = high[chosen] - low[chosen] > 1
        result[chosen[~open_]] = high[chosen[~open_]]
        chosen = chosen[open_]
        if not len(chosen):
            break
        middle = (low[chosen] + high[chosen]) // 2
        flipped = at(chosen, middle) != state[chosen]
        high[chosen[flipped]] = middle[flipped]
        low[chosen[~flipped]] = middle[~flipped]
    return result


def follow_membership(
    bound: Bound,
    start: int,
    end: int,
    known_at: int,
    points: Int64s | None = None,
) -> MembershipChanges:
    """Changes of the program's first output in ``(start, end]``, to the microsecond."""
    points = everyone_in(bound.history) if points is None else points
    answer = run_program(
        bound, points, np.array([start], dtype=np.int64), known_at, track=True, want_unknown=False
    )
    state = unpack(answer.members[0], len(points))
    instants = answer.next_at
    if bound.program.nonlinear:
        origin = np.full(len(points), start, dtype=np.int64)
        instants = first_flips(bound, points, origin, instants, state, known_at)
    owners: list[Int64s] = []
    times: list[Int64s] = []
    ways: list[npt.NDArray[np.bool_]] = []
    while True:
        alive = instants <= end
        points, instants, state = points[alive], instants[alive], state[alive]
        if not len(points):
            break
        # a single point must still be run with its own instant
        answer = run_program(bound, points, instants, known_at, track=True, want_unknown=False)
        now = unpack(answer.members[0], len(points))
        changed = now != state
        owners.append(points[changed])
        times.append(instants[changed])
        ways.append(now[changed])
        assert (answer.next_at > instants).all(), "time goes forward"
        following = answer.next_at
        if bound.program.nonlinear:
            following = first_flips(bound, points, instants, following, now, known_at)
        state, instants = now, following
    if not owners:
        nothing = np.empty(0, dtype=np.int64)
        return MembershipChanges(nothing, nothing, np.empty(0, dtype=bool))
    profiles, at, entered = np.concatenate(owners), np.concatenate(times), np.concatenate(ways)
    order = np.lexsort((at, profiles))
    return MembershipChanges(profiles[order], at[order], entered[order])


def next_change(bound: Bound, point: int, as_of: int, known_at: int, limit: int) -> int | None:
    """The first instant after ``as_of`` at which a profile's membership changes by the clock alone.

    None if it never does (before ``limit``).
    """
    changes = follow_membership(bound, as_of, limit, known_at, np.array([point], dtype=np.int64))
    return int(changes.at[0]) if len(changes.at) else None
