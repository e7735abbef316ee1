"""A few people walked through time: every instant at which any segment changes for any of them.

It is :mod:`shoal.engine.following` for many segments at once, each person from an instant of
their own. At the end stands when the clock could next change anything.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoal.core.instants import LATEST
from shoal.engine.binding import Bound, bind
from shoal.engine.calendars import NEVER
from shoal.engine.evaluation import merged_histories, with_derived
from shoal.engine.history import History, Int64s
from shoal.engine.running import BucketAnswer, run_program
from shoal.live.watched import Group

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """Changes of membership: whose (place among the people), of which segment of the group, when."""

    points: Int64s
    segments: Int64s
    at: Int64s
    entered: Bools


@dataclass(frozen=True, slots=True, eq=False)
class Walk:
    """Membership (segment by person) before, what changed after that, and the next look."""

    before: Bools
    changes: Changes
    next_at: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Known:
    """What need not be asked: membership (segment by person) before, and the first look after it.

    Nothing changes between the two.
    """

    before: Bools
    first: Int64s


def walk(
    group: Group,
    history: History,
    points: Int64s,
    starts: Int64s,
    end: int,
    known: Known | None = None,
) -> Walk:
    """Some people of the history, each from an instant of their own to ``end``.

    ``points`` are their places in the history, ascending; the answer speaks of them by their
    places among the points.
    """
    count = len(group.names)
    bound = bound_to(group, history, int(starts.min()), end)
    if known is None:
        answer = _asked(bound, points, starts)
        state = members_of(answer)
        instants = _next(bound, points, starts, answer, state)
    else:
        state, instants = known.before, known.first
    before = state[:count].copy()
    last = instants.copy()
    alive = np.arange(len(points))
    found: list[Changes] = []
    while True:
        still = instants <= end
        if not still.any():
            break
        if not still.all():
            alive, instants, state = alive[still], instants[still], state[:, still]
        answer = _asked(bound, points[alive], instants)
        now = members_of(answer)
        segments, places = np.nonzero(now[:count] != state[:count])
        found.append(Changes(alive[places], segments, instants[places], now[segments, places]))
        following = _next(bound, points[alive], instants, answer, now)
        last[alive] = following
        state, instants = now, following
    return Walk(before, together(found), last)


def bound_to(group: Group, history: History, since: int, until: int) -> Bound:
    """The group's program over a history, to be asked at any instant between the two."""
    prepared = group.prepared
    derived = (
        with_derived(prepared, [history], since, until, NEVER)
        if prepared.changes
        else merged_histories(prepared, [history], {}, NEVER)
    )
    return bind(prepared.final, derived[0])


def together(parts: Sequence[Changes]) -> Changes:
    """Changes one after another."""
    nothing = np.empty(0, dtype=np.int64)
    return Changes(
        np.concatenate([nothing, *(part.points for part in parts)]),
        np.concatenate([nothing, *(part.segments for part in parts)]),
        np.concatenate([nothing, *(part.at for part in parts)]),
        np.concatenate([np.empty(0, dtype=bool), *(part.entered for part in parts)]),
    )


def members_of(answer: BucketAnswer) -> Bools:
    """One truth a segment and person."""
    bits = np.unpackbits(answer.members, axis=1, count=answer.size, bitorder="little")
    return bits.view(np.bool_)


def _asked(bound: Bound, points: Int64s, instants: Int64s, *, track: bool = True) -> BucketAnswer:
    return run_program(bound, points, instants, NEVER, track=track, want_unknown=False)


def _next(
    bound: Bound, points: Int64s, instants: Int64s, answer: BucketAnswer, state: Bools
) -> Int64s:
    """When each person has to be looked at again."""
    assert (answer.next_at > instants).all(), "time goes forward"
    if not bound.program.nonlinear:
        return answer.next_at
    return first_flips(bound, points, instants, answer.next_at, state)


def first_flips(
    bound: Bound, points: Int64s, before: Int64s, following: Int64s, state: Bools
) -> Int64s:
    """Where between two instants anything flips, else the second.

    For rules with products or quotients of ages: such a comparison turns at most once between two
    breakpoints, so halving finds it.
    """

    def flipped(chosen: Int64s, instants: Int64s) -> Bools:
        now = members_of(_asked(bound, points[chosen], instants, track=False))
        return (now != state[:, chosen]).any(axis=0)

    low, high = before.copy(), np.minimum(following, LATEST) - 1
    chosen = np.flatnonzero(high > low)
    if len(chosen):
        chosen = chosen[flipped(chosen, high[chosen])]
    result = following.copy()
    while len(chosen):
        is_open = high[chosen] - low[chosen] > 1
        result[chosen[~is_open]] = high[chosen[~is_open]]
        chosen = chosen[is_open]
        if not len(chosen):
            break
        middle = (low[chosen] + high[chosen]) // 2
        later = flipped(chosen, middle)
        high[chosen[later]] = middle[later]
        low[chosen[~later]] = middle[~later]
    return result
