"""Everybody evaluated at once: who is in what at an instant, and how that differs from what was told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from pyroaring import BitMap64

from shoal.core.errors import ShoalError
from shoal.engine.calendars import NEVER
from shoal.engine.evaluation import evaluate_prepared
from shoal.engine.history import History, Int64s
from shoal.engine.running import everyone_in, run_program, unpack
from shoal.live.judging import Stuck
from shoal.live.standing import Standing
from shoal.live.walking import Bools, bound_to, first_flips, members_of
from shoal.live.watched import Group
from shoal.store.transitions import Cause, Told, nothing_told

FAILURES = (ShoalError, ArithmeticError, AssertionError, LookupError, TypeError, ValueError,
            MemoryError, pa.ArrowException)  # fmt: skip
"""What may be wrong with one segment without being wrong with the others."""


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Who of a bucket is in which segment at an instant, and when each person is due next."""

    numbers: Int64s
    members: Mapping[str, BitMap64]
    next_at: Int64s


def seen_in(
    groups: Sequence[Group], history: History, at: int, *, names_members: bool
) -> Seen | Stuck:
    """A whole bucket, looked at for all groups; its members are named on request."""
    next_at = np.full(len(history.profiles), NEVER, dtype=np.int64)
    members: dict[str, BitMap64] = {}
    for group in groups:
        try:
            inside, following = evaluate_bucket(group, history, at)
        except FAILURES as error:
            return Stuck(group, error)
        next_at = np.minimum(next_at, following)
        for row, name in enumerate(group.names if names_members else ()):
            members[name] = BitMap64(history.profiles[inside[row]])
    return Seen(history.profiles, members, next_at)


def evaluate_bucket(group: Group, history: History, at: int) -> tuple[Bools, Int64s]:
    """A bucket's members (segment by profile) at an instant, and when each is due next."""
    bound = bound_to(group, history, at, at)
    points = everyone_in(history)
    instants = np.full(1, at, dtype=np.int64)
    answer = run_program(bound, points, instants, NEVER, track=True, want_unknown=False)
    inside = members_of(answer)
    if not bound.program.nonlinear:
        return inside, answer.next_at
    starts = np.full(len(points), at, dtype=np.int64)
    return inside, first_flips(bound, points, starts, answer.next_at, inside)


def ranked_members(group: Group, histories: Sequence[History], at: int) -> dict[str, BitMap64]:
    """Members of segments that depend on others, at an instant."""
    answers = evaluate_prepared(group.prepared, histories, at, NEVER, want_unknown=False)
    found: dict[str, BitMap64] = {}
    for row, name in enumerate(group.names):
        members = BitMap64()
        for history, answer in zip(histories, answers, strict=True):
            members |= BitMap64(history.profiles[unpack(answer.members[row], answer.size)])
        found[name] = members
    return found


def differences(
    standing: Standing, members: Mapping[str, BitMap64], causes: Mapping[str, Cause], at: int
) -> Told:
    """What has to be told at an instant so that what was told becomes these members."""
    numbers: list[Int64s] = []
    segments: list[Int64s] = []
    kinds: list[Int64s] = []
    why: list[Int64s] = []
    for name, found in members.items():
        moved = found ^ standing.members.get(name, BitMap64())
        if not moved:
            continue
        some = np.array(moved.to_array(), dtype=np.int64)
        entered = np.isin(some, np.array((moved & found).to_array(), dtype=np.int64))
        numbers.append(some)
        segments.append(np.full(len(some), standing.id_of(name)))
        kinds.append(entered.astype(np.int64))
        why.append(np.full(len(some), int(causes[name])))
    if not numbers:
        return nothing_told()
    count = sum(map(len, numbers))
    zeros = np.zeros(count, dtype=np.int64)
    return Told(
        np.arange(standing.next_seq, standing.next_seq + count, dtype=np.int64),
        np.concatenate(segments).astype(np.int32),
        np.concatenate(numbers),
        np.full(count, at, dtype=np.int64),
        np.concatenate(kinds).astype(np.uint8),
        np.concatenate(why).astype(np.uint8),
        np.full(count, -1, dtype=np.int32),
        zeros,
        zeros.astype(np.uint8),
        zeros,
        [None] * count,
    )
