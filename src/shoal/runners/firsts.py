"""When a rule first became true, of rules that stay true once they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoal.core.instants import EARLIEST
from shoal.engine.binding import Bound, bind
from shoal.engine.calendars import NEVER
from shoal.engine.evaluation import prepare, transitions_of, with_derived
from shoal.engine.running import everyone_in, run_program, spread, unpack
from shoal.language.tree import Rule
from shoal.language.vocabulary import Vocabulary
from shoal.runners.machine import histories_of
from shoal.store.snapshot import Snapshot

Instants = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Lasting:
    """A rule that only a row of one of ``events`` makes true, and that stays true from then on.

    It asks nothing of other profiles. ``since`` is an instant for each profile, bucket by bucket,
    before which it is surely not true.
    """

    rule: Rule
    events: frozenset[str]
    since: Sequence[Instants] | None = None


def first_true(
    snapshot: Snapshot, lasting: Lasting, vocabulary: Vocabulary, as_of: int
) -> list[Instants]:
    """The instant at which the rule first became true for each profile, bucket by bucket.

    NEVER (the maximum of int64) where it is not true at ``as_of``. Of a person's rows that may have
    made it so the one that did is found by halving, with the engine saying on which side it lies.
    """
    prepared = prepare({"rule": lasting.rule}, vocabulary)
    assert not prepared.ranks
    histories = with_derived(prepared, histories_of(snapshot), EARLIEST, as_of, NEVER)

    def work(bucket: int) -> Instants:
        history = histories[bucket]
        bound = bind(prepared.final, history)
        instants = np.array([as_of], dtype=np.int64)
        answer = run_program(bound, everyone_in(history), instants, NEVER, want_unknown=False)
        members = np.flatnonzero(unpack(answer.members[0], answer.size))
        named = np.array([name in lasting.events for name in history.event_names], dtype=np.bool_)
        times = np.asarray(history.occurred_at)
        rows = np.flatnonzero(named[history.event] & (times <= as_of))
        if lasting.since is not None:
            owners = np.searchsorted(history.offsets, rows, side="right") - 1
            rows = rows[times[rows] >= lasting.since[bucket][owners]]
        found = np.full(len(history.profiles), NEVER, dtype=np.int64)
        found[members] = times[rows[_firsts(bound, members, rows)]]
        return found

    return spread(work, histories)


def _firsts(
    bound: Bound, members: npt.NDArray[np.int64], rows: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """For each member the place among ``rows`` of the one that made the rule true."""
    times, offsets = np.asarray(bound.history.occurred_at), np.asarray(bound.history.offsets)
    low = np.searchsorted(rows, offsets[members])
    high = np.searchsorted(rows, offsets[members + 1]) - 1
    assert (low <= high).all()
    waiting = np.flatnonzero(low < high)
    middle = low[waiting]  # most often it was the first that could
    while len(waiting):
        instants = times[rows[middle]]
        answer = run_program(bound, members[waiting], instants, NEVER, want_unknown=False)
        holds = unpack(answer.members[0], len(waiting))
        high[waiting] = np.where(holds, middle, high[waiting])
        low[waiting] = np.where(holds, low[waiting], middle + 1)
        waiting = waiting[low[waiting] < high[waiting]]
        middle = (low[waiting] + high[waiting]) // 2
    return low


def first_entered(
    snapshot: Snapshot, rule: Rule, vocabulary: Vocabulary, start: int, end: int
) -> list[Instants]:
    """When each profile first became a member in ``(start, end]``, bucket by bucket; else NEVER.

    By events and by the clock; where other profiles decide, as judged at local midnights.
    """
    histories = histories_of(snapshot)
    found: list[Instants] = []
    for history, changes in zip(
        histories, transitions_of(histories, rule, vocabulary, start, end), strict=True
    ):
        at = np.full(len(history.profiles), NEVER, dtype=np.int64)
        np.minimum.at(at, changes.profiles[changes.entered], changes.at[changes.entered])
        found.append(at)
    return found
