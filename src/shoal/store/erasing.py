"""Erasing a person from every place that holds something about them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shoal.privacy import ErasurePlan
from shoal.store.folding import fold
from shoal.store.personal import Person, person_of
from shoal.store.places import PERSONAL
from shoal.store.snapshot import take_snapshot
from shoal.store.state import State
from shoal.store.tombstones import Tombstones, write_tombstones


@dataclass(frozen=True, slots=True)
class ErasureCounts:
    """What was removed, place by place."""

    places: Mapping[str, int]

    @property
    def total(self) -> int:
        """Everything removed."""
        return sum(self.places.values())


def person_in(state: State, user_id: str) -> Person:
    """The person as the store has them now, with everything that is in the log."""
    with take_snapshot(state.root, rules=state.rules) as snapshot:
        return person_of(snapshot, user_id)


def plan_erasure(state: State, user_id: str) -> ErasurePlan:
    """What erasing the person would remove."""
    person = person_in(state, user_id)
    return ErasurePlan({one.place.name: one.find(state, person) for one in PERSONAL})


def erase(state: State, user_id: str) -> ErasureCounts:
    """What was removed of the person, everywhere.

    Every file that speaks of them is rewritten and the old one removed at once, even from under
    readers. A keyed mark turns away what comes later.
    """
    # Marked before the fold, so that no event of theirs gets into the log in between.
    before = state.tombstones
    identifiers = person_in(state, user_id).identifiers
    marks = before.marks | {before.mark(one) for one in identifiers}
    with state.lock:
        state.tombstones = Tombstones(before.key, marks)
    try:
        logged = plan_erasure(state, user_id).found["log"]
        fold(state)
        person = person_in(state, user_id)
        change = state.change()
        change.at_once = True
        counts = {one.place.name: one.erase(state, change, person) for one in PERSONAL}
        change.tombstones = f"{state.manifest.number + 1:08d}.txt"
        write_tombstones(state.root, change.tombstones, marks)
        state.commit(change)
        before = state.tombstones  # which hold from now on
    finally:
        with state.lock:
            state.tombstones = before
    counts["events"] -= logged
    counts["log"] = logged
    return ErasureCounts(counts)
