"""A lot of messages looked at together: who may be written to, by which values, and until when that holds.

One evaluation answers for the whole lot. In the moment a message goes, only what came since is
asked: whoever anything was told of meanwhile is kept back, and looked at anew with the next lot.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from shoal.identity.mentions import DECISIONS
from shoal.project.campaigns.making import WHY, messages_values
from shoal.project.campaigns.terms import arms_for, terms_for
from shoal.project.people.audiences import states_now
from shoal.project.reading import Reading, read
from shoal.project.settings import Now
from shoal.store.since import Since

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shoal.engine.history import Int64s
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.project.opening import Project
    from shoal.project.values import Values
    from shoal.store import Snapshot
    from shoal.store.outbox import Letter

FOR_EVER = 1 << 62
Place = tuple[int, int]
"""A bucket and a profile in it."""


@dataclass(frozen=True, slots=True)
class Looked:
    """A message that was looked at: ``why`` it is not to go, else the receiver's values.

    That holds up to and without ``until``, when something that is known already comes into force.
    """

    letter: Letter
    why: str | None
    values: Values
    person: int
    until: int


class Lot:
    """Messages to different people, looked at in one reading. For one thread."""

    def __init__(self, project: Project) -> None:
        self._since = Since(project.store.root)
        self.version = project.store.books.definitions_version()
        """The definitions by which it is looked at."""
        self.reading: Reading = read(project)
        self._since.follow(self.reading.snapshot)
        self.now = self.reading.at(None)
        self._owners: dict[int, tuple[int, ...]] = {}
        self._told_of: set[int] = set()
        self.is_stale = False
        """Whether everything is to be looked at anew."""

    def close(self) -> None:
        """Lets go of the log."""
        self._since.close()

    @property
    def instant(self) -> int:
        """The instant it is: the clock's, or that of the latest event where this is what *now* is."""
        project = self.reading.project
        is_latest = project.settings.now is Now.LATEST_EVENT
        return self.now if is_latest else project.clock()

    def look(
        self, definitions: Mapping[str, CampaignDefinition], letters: Sequence[Letter],
        holdouts: Mapping[str, float],
    ) -> list[Looked]:  # fmt: skip
        """The messages in their order, looked at."""
        snapshot = self.reading.snapshot
        users = [it.user_id for it in letters]
        places = dict(zip(users, snapshot.find_all(users), strict=True))
        found: dict[int, Looked] = {}
        for name, definition in definitions.items():
            mine = [it for it in letters if it.campaign == name]
            if not mine:
                continue
            named = [it.user_id for it in mine]
            design = arms_for(self.reading, definition, holdouts[name]).design
            terms = terms_for(self.reading, definition)
            states = states_now(self.reading, named, terms, design, self.now)
            values = messages_values(self.reading, definition, named, self.now)
            for letter, state, known in zip(mine, states, values, strict=True):
                person, until = _stands(snapshot, places[letter.user_id], self.now)
                found[letter.id] = Looked(letter, WHY.get(state), known, person, until)
        persons = np.unique(np.array([it.person for it in found.values()], np.int64))
        self._owners = _owners(snapshot, persons[persons >= 0])
        return [found[it.id] for it in letters if it.id in found]

    def may_go(self, looked: Looked) -> bool:
        """Whether what was found still holds: nothing came since that speaks of the receiver."""
        self._hear()
        if self.is_stale or self.instant >= looked.until:
            return False
        return looked.person not in self._told_of

    def _hear(self) -> None:
        if self.is_stale:
            return
        came = self._since.read()
        if came is None:
            self.is_stale = True
            return
        for one in came:
            if one.event.name in DECISIONS:  # it may part or join others, too
                self.is_stale = True
                return
            for number in (one.profile, *one.mentioned):
                self._told_of.update(self._owners.get(number, ()))


def _stands(snapshot: Snapshot, place: Place | None, now: int) -> tuple[int, int]:
    """The number of the person in a place, and when a row of theirs comes that is yet to come."""
    if place is None:
        return -1, FOR_EVER
    history, profile = snapshot.history(place[0]), place[1]
    start, end = int(history.offsets[profile]), int(history.offsets[profile + 1])
    times = history.occurred_at[start:end]
    later = int(np.searchsorted(times, now, side="right"))
    until = int(times[later]) if later < len(times) else FOR_EVER
    return int(history.profiles[profile]), until


def _owners(snapshot: Snapshot, persons: Int64s) -> dict[int, tuple[int, ...]]:
    """By the number of an identifier: whose rows come under it, or once did."""
    found: dict[int, tuple[int, ...]] = {it: (it,) for it in persons.tolist()}
    resolution = snapshot.resolution
    if not len(persons) or not resolution:
        return found
    numbers = resolution.hanging_on(persons)
    resolved = resolution.resolve(numbers)
    for number, person in zip(resolved.numbers.tolist(), resolved.persons.tolist(), strict=True):
        found[number] = _more(found.get(number, ()), (person,))
    for number, spans in resolved.spans.items():
        found[number] = _more(found.get(number, ()), (person for _, person in spans))
    return found


def _more(known: Iterable[int], more: Iterable[int]) -> tuple[int, ...]:
    return tuple(dict.fromkeys((*known, *more)))
