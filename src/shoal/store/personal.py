"""Everything of one person, whichever identifiers it came under: what an erasure is about."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoal.identity import ALWAYS, BEFORE, Identifier, Mention
from shoal.identity.links import Int64s, LinkLayer
from shoal.store.identifiers import ABSENT
from shoal.store.identities import Identities
from shoal.store.linking import COLUMNS
from shoal.store.run import Run
from shoal.store.snapshot import Snapshot

_NAMING = (
    Mention.PREVIOUS_USER, Mention.PREVIOUS_ANONYMOUS, Mention.MERGED, Mention.UNMERGED,
)  # fmt: skip


@dataclass(frozen=True, slots=True, eq=False)
class Person:
    """A person's identifiers that are nobody else's, with their numbers, and their rows' slices.

    ``logged`` are events of theirs in the tail of the log.
    """

    identifiers: tuple[Identifier, ...]
    numbers: tuple[int, ...] = ()
    slices: tuple[tuple[int, int, int], ...] = ()
    logged: int = 0

    @property
    def told(self) -> tuple[int, ...]:
        """Numbers under which nobody but the person was told of, if others name them too."""
        whole = {number for number, *span in self.slices if span == [BEFORE, ALWAYS]}
        return tuple(sorted(whole.union(self.numbers)))

    def others(self, run: Run) -> npt.NDArray[np.bool_]:
        """Which rows of a run are not the person's, and name none of their own identifiers.

        A row that says that somebody else is, or is not, the person goes with the person.
        """
        kept = np.ones(len(run), dtype=bool)
        for number, after, until in self.slices:
            at = int(np.searchsorted(run.profiles, number))
            if at < len(run.profiles) and int(run.profiles[at]) == number:
                rows = slice(int(run.offsets[at]), int(run.offsets[at + 1]))
                occurred_at = run.occurred_at[rows]
                kept[rows] &= (occurred_at <= after) & (after != BEFORE) | (occurred_at > until)
        for mention in _NAMING:
            column = run.columns.get(COLUMNS[mention])
            if column is not None:
                kept[column.rows[np.isin(column.values >> 2, self.numbers)]] = False
        return kept


def person_of(snapshot: Snapshot, user_id: str) -> Person:
    """Whom a shown name means: the reading that is known; for one unknown, what it says."""
    readings = Identifier.readings(user_id)
    identities = snapshot.identities
    known = [one for one in readings if identities.number_of(one) != ABSENT]
    if not known:
        return Person(readings[-1:])
    number = identities.number_of(known[0])
    resolution = identities.resolution
    found = resolution.resolve(np.array([number], np.int64))
    slices = resolution.slices_of(int(found.persons[0]))
    numbers = _own(identities, slices)
    identifiers = dict.fromkeys([known[0], *identities.identifiers(numbers)])
    if number not in numbers:  # somebody else had it too
        identifiers.pop(known[0])
    whose = Person(tuple(identifiers), tuple(numbers), tuple(slices))
    logged = sum(
        int((~whose.others(run))[run.seen.rows].sum()) for run in snapshot.tail_runs.values()
    )
    return Person(whose.identifiers, whose.numbers, whose.slices, logged)


def _own(identities: Identities, slices: list[tuple[int, int, int]]) -> list[int]:
    """The numbers that are wholly the person's, and that no row of anybody else speaks of."""
    theirs = np.unique(np.array([number for number, _, _ in slices], dtype=np.int64))
    whole = {number for number, after, until in slices if (after, until) == (BEFORE, ALWAYS)}
    links = identities.resolution.links
    shared = _shared(links.above(theirs), theirs, weak=True)
    shared |= _shared(links.below(theirs), theirs, weak=False)
    return sorted(whole - shared)


def _shared(links: LinkLayer, theirs: Int64s, *, weak: bool) -> set[int]:
    """Of links of the person's numbers, those whose other end is not the person's."""
    ours, others = (links.weak, links.strong) if weak else (links.strong, links.weak)
    # A stronger identifier is named by nobody's rows but its own and weaker ones'.
    kept = links.strengths & 3 != 3 if not weak else np.ones(len(ours), dtype=bool)
    return set(ours[kept & ~np.isin(others, theirs)].tolist())
