"""When a rule first became true, of rules that stay true once they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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


def first_true(
    snapshot: Snapshot, rules: Mapping[str, Rule], vocabulary: Vocabulary, as_of: int
) -> dict[str, list[Instants]]:
    """The instant at which each rule first became true for each profile, bucket by bucket.

    NEVER (the maximum of int64) where it is not true at ``as_of``. Each rule must stay true once
    an event has made it so, until ``as_of``, and ask nothing of other profiles: then the event is
    found by halving a person's rows, with the engine saying on which side it lies.
    """
    prepared = prepare(rules, vocabulary)
    assert not prepared.ranks
    histories = with_derived(prepared, histories_of(snapshot), EARLIEST, as_of, NEVER)

    def work(bucket: int) -> list[Instants]:
        bound = bind(prepared.final, histories[bucket])
        everyone = everyone_in(histories[bucket])
        answer = run_program(
            bound, everyone, np.array([as_of], dtype=np.int64), NEVER, want_unknown=False
        )
        return [
            _firsts(bound, place, np.flatnonzero(unpack(bits, answer.size)), as_of)
            for place, bits in enumerate(answer.members[: len(rules)])
        ]

    found: Sequence[list[Instants]] = spread(work, histories)
    return {name: [bucket[place] for bucket in found] for place, name in enumerate(rules)}


def _firsts(bound: Bound, place: int, members: npt.NDArray[np.int64], as_of: int) -> Instants:
    """Halves the rows of each member until the one is left that made the rule true."""
    history = bound.history
    times, offsets = np.asarray(history.occurred_at), np.asarray(history.offsets)
    found = np.full(len(history.profiles), NEVER, dtype=np.int64)
    low, high = offsets[members].astype(np.int64), offsets[members + 1].astype(np.int64) - 1
    waiting = np.arange(len(members))
    while len(waiting):
        middle = (low[waiting] + high[waiting]) // 2
        instants = np.minimum(times[middle], as_of)
        answer = run_program(bound, members[waiting], instants, NEVER, want_unknown=False)
        holds = unpack(answer.members[place], len(waiting))
        high[waiting] = np.where(holds, middle, high[waiting])
        low[waiting] = np.where(holds, low[waiting], middle + 1)
        waiting = waiting[low[waiting] < high[waiting]]
    found[members] = np.minimum(times[low], as_of)
    return found


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
