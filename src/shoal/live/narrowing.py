"""Only the segments that can change: what of a group is looked at of whom, and from when on.

Rows of an event change only segments that read that event. Beside that a segment changes for
somebody by the clock, of which the due-list knows, and as they become known, which every segment
sees. Who is joined or parted, or lost rows, is looked at whole.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from shoal.engine.calendars import NEVER
from shoal.engine.history import History, Int64s
from shoal.live.judging import Some, Touches
from shoal.live.walking import Bools
from shoal.live.watched import Group, Watched, prepared

PAYS = 150_000
"""Segments spared, person by person, from which on one more look pays."""
MOST = 64
"""Narrower groups that are kept ready."""
OTHER = -1


class Narrower:
    """The groups that are watched, each with its narrower ones by event, made when first needed."""

    def __init__(self, watched: Watched) -> None:
        self.watched = watched
        self._named: dict[tuple[int, str], tuple[str, ...]] = {}
        self._made: OrderedDict[tuple[int, str], Group] = OrderedDict()

    def of(self, place: int, event: str, people: int) -> Group | None:
        """What of the group at a place rows of an event can change; None if that is nothing.

        All of it, where so many people are too few for less to pay.
        """
        group = self.watched.groups[place]
        names = self._named.get((place, event))
        if names is None:
            names = self._named[place, event] = tuple(self._reading(group, event))
        if people * (len(group.names) - len(names)) < max(PAYS, 1):
            return group
        return self._ready(place, event, names) if names else None

    def _reading(self, group: Group, event: str) -> Iterator[str]:
        for name in group.names:
            read = self.watched.reads[name]
            if read is None or event in read:
                yield name

    def _ready(self, place: int, event: str, names: tuple[str, ...]) -> Group:
        found = self._made.get((place, event))
        if found is None:
            found = Group(names, prepared(names, self.watched.vocabulary))
            self._made[place, event] = found
            if len(self._made) > MOST:
                self._made.popitem(last=False)
        self._made.move_to_end((place, event))
        return found


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Every person of a history, and from when on each is followed.

    ``is_settled`` says of whom nothing is new but the rows that touch them; ``due`` is when the
    clock may change something for each, as was known before.
    """

    history: History
    numbers: Int64s
    starts: Int64s
    is_settled: Bools
    due: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """Some people, and the segments that are looked at for them."""

    group: Group
    some: Some


def looks(
    place: int, narrower: Narrower, followed: Followed, touches: Touches, now: int, began: int
) -> list[Look]:
    """What is looked at of the group at a place; ``began`` is when the last of its segments did.

    What was told of somebody settled holds up to the row or the instant that touches them, so it
    is not evaluated anew. Of those with rows of one event the segments that read it are looked at.
    """
    group = narrower.watched.groups[place]
    everyone = np.arange(len(followed.numbers), dtype=np.int64)
    if group.is_derived:
        return [Look(group, _chosen(followed, everyone, None))]
    at, event = _touched(followed.numbers, touches)
    first = np.maximum(np.minimum(at, followed.due), followed.starts + 1)
    holds = followed.is_settled & (followed.starts >= began)
    found: list[Look] = []
    is_narrow = holds & (followed.history.first_seen < at) & (followed.due > now)
    event[~is_narrow] = OTHER
    codes, counts = np.unique(event[event != OTHER], return_counts=True)
    several: list[tuple[int, int]] = list(zip(codes.tolist(), counts.tolist(), strict=True))
    for code, people in several:
        narrow = narrower.of(place, touches.names[code], people)
        if narrow is group:
            event[event == code] = OTHER
        elif narrow is not None:
            chosen = np.flatnonzero(event == code)
            found.append(Look(narrow, _chosen(followed, chosen, first)))
    rest = event == OTHER
    for chosen, start in ((rest & holds, first), (rest & ~holds, None)):
        if chosen.any():
            found.append(Look(group, _chosen(followed, np.flatnonzero(chosen), start)))
    return found


def _chosen(followed: Followed, points: Int64s, first: Int64s | None) -> Some:
    return Some(
        points,
        followed.numbers[points],
        followed.starts[points],
        None if first is None else first[points],
    )


def _touched(numbers: Int64s, touches: Touches) -> tuple[Int64s, Int64s]:
    """When each is touched by a row (NEVER: is not) and, of one event only, which (OTHER: of several)."""
    at = np.full(len(numbers), NEVER, dtype=np.int64)
    event = np.full(len(numbers), OTHER, dtype=np.int64)
    if len(touches.persons):
        place = np.searchsorted(touches.persons, numbers)
        place = np.minimum(place, len(touches.persons) - 1)
        here = touches.persons[place] == numbers
        at[here] = touches.at[place[here]]
        alone = here & touches.is_alone[place]
        event[alone] = touches.event[place[alone]]
    return at, event
