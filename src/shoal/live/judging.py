"""A few people judged: what has to be told of them so that all that was told is true at an instant.

Each person is followed from an instant of their own, under all that is known now. What follows
from that and what was told of them after that instant are laid side by side: what was told and is
not so is retracted, what is so and was not told is told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from shoal.engine.history import History, Int32s, Int64s, unwritable
from shoal.engine.placing import find_places
from shoal.language.vocabulary import Vocabulary
from shoal.live.persons import Moves
from shoal.live.standing import Recent, Standing
from shoal.live.walking import Bools, Changes, Known, walk
from shoal.live.watched import Group
from shoal.store.entries import Entries
from shoal.store.transitions import Cause, Kind, Told

Messages = Mapping[int, str | None]
MANY = 3_000
"""People from which on it is quicker to look up who was told to be inside than to evaluate it."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """What is to be told: whose (place among the people), of which segment (its id), when, how.

    ``is_start`` says of what is set right as of the instant from which somebody was followed.
    """

    places: Int64s
    segments: Int64s
    at: Int64s
    kind: npt.NDArray[np.uint8]
    of: Int64s
    is_start: Bools

    def __len__(self) -> int:
        return len(self.places)


@dataclass(frozen=True, slots=True, eq=False)
class Touches:
    """The row by which each of some persons (ascending) is touched: the earliest that is new.

    ``event`` is a place among the names; ``is_alone`` says that all new rows of theirs are of
    that event.
    """

    persons: Int64s
    at: Int64s
    event: Int32s
    is_alone: Bools
    arrival: Int64s
    names: tuple[str, ...]

    def of(self, person: int) -> tuple[str, int] | None:
        """The event and the arrival of the row that touches somebody."""
        place = int(np.searchsorted(self.persons, person))
        if place == len(self.persons) or int(self.persons[place]) != person:
            return None
        return self.names[int(self.event[place])], int(self.arrival[place])


def touches_in(new: Entries, persons: Int64s) -> Touches:
    """Whom new rows touch; ``persons`` are those whose rows they are."""
    order = np.lexsort((new.occurred_at, persons))  # of one instant the first stays the first
    whose = persons[order]
    begins = np.flatnonzero(np.diff(whose, prepend=-1))
    first, names = order[begins], new.name[order]
    is_alone = (
        np.minimum.reduceat(names, begins) == np.maximum.reduceat(names, begins)
        if len(begins)
        else np.empty(0, dtype=bool)
    )
    return Touches(
        persons[first], new.occurred_at[first], new.name[first], is_alone, new.arrivals[first],
        new.names,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Touched:
    """Why people are judged: a new row of theirs, or that rows of theirs are others than before.

    ``messages`` are message ids by arrival, in two parts.
    """

    touches: Touches
    moves: Moves
    messages: tuple[Messages, Messages]


@dataclass(frozen=True, slots=True, eq=False)
class Some:
    """People of a history: their places in it (ascending), their numbers, where each is followed from.

    With ``first``, what was told holds at the starts, and nothing changes before it.
    """

    points: Int64s
    numbers: Int64s
    starts: Int64s
    first: Int64s | None


def judge(
    group: Group, history: History, some: Some, now: int, standing: Standing, lately: Recent
) -> tuple[Found, Int64s]:
    """What is to be told of some people up to ``now``, and when each is due next.

    Nothing is told of a segment before it began. ``lately`` is what was told of all people of the
    history since they are followed.
    """
    numbers = some.numbers
    ids = np.array([standing.id_of(name) for name in group.names], dtype=np.int64)
    since = Since(some.starts, standing.begun(group.names))
    told = _of_group(lately, ids, some.points, since)
    stood = known = None
    if some.first is None or len(numbers) >= MANY:
        stood = standing.inside(group.names, numbers)
        _turn(stood, told.segment, told.number)
        known = None if some.first is None else Known(stood, some.first)
    found = walk(group, history, some.points, some.starts, now, known)
    before, changes = _since(found.before, found.changes, since)
    wrong_segments = wrong_places = np.zeros(0, dtype=np.int64)
    if some.first is None:  # else what was told is so, whether it was looked up or is evaluated
        wrong_segments, wrong_places = np.nonzero(before != stood)
    untold, unsaid = _apart(changes, told, len(numbers))
    places = [wrong_places, told.number[untold], changes.points[unsaid]]
    segments = [wrong_segments, told.segment[untold], changes.segments[unsaid]]
    at = [since.of(wrong_segments, wrong_places), told.at[untold], changes.at[unsaid]]
    kind = [
        before[wrong_segments, wrong_places].astype(np.uint8),
        told.entered[untold].astype(np.uint8) + np.uint8(Kind.LEFT_RETRACTED),
        changes.entered[unsaid].astype(np.uint8),
    ]
    of = [np.zeros(len(wrong_places), np.int64), told.seq[untold], np.zeros(len(unsaid), np.int64)]
    return Found(
        some.points[np.concatenate(places)],
        ids[np.concatenate(segments)],
        np.concatenate(at),
        np.concatenate(kind),
        np.concatenate(of),
        np.arange(sum(map(len, places))) < len(wrong_places),
    ), found.next_at


@dataclass(frozen=True, slots=True, eq=False)
class Since:
    """From when on is told of a person and a segment: from the later of two instants."""

    starts: Int64s
    began: Int64s

    def of(self, segments: Int64s, places: Int64s) -> Int64s:
        """The instant of each pair."""
        return np.maximum(self.starts[places], self.began[segments])


def _of_group(told: Recent, ids: Int64s, points: Int64s, since: Since) -> Recent:
    """What was told of some people and of the group's segments since each began.

    ``segment`` of the answer is a place in the group, ``number`` one among the points.
    """
    order = np.argsort(ids)
    place = order[np.minimum(np.searchsorted(ids[order], told.segment), len(ids) - 1)]
    whose = np.minimum(np.searchsorted(points, told.number), len(points) - 1)
    ours = (ids[place] == told.segment) & (points[whose] == told.number)
    chosen = np.flatnonzero(ours)
    chosen = chosen[told.at[chosen] > since.of(place[chosen], whose[chosen])]
    return Recent(
        told.seq[chosen], whose[chosen], told.at[chosen], place[chosen],
        told.entered[chosen], told.holds[chosen], told.as_of,
    )  # fmt: skip


def _since(before: Bools, changes: Changes, since: Since) -> tuple[Bools, Changes]:
    """Membership at the instants ``since``, and the changes after them."""
    early = changes.at <= since.of(changes.segments, changes.points)
    if not early.any():
        return before, changes
    some, rest = np.flatnonzero(early), np.flatnonzero(~early)
    _turn(before, changes.segments[some], changes.points[some])
    left = Changes(
        changes.points[rest], changes.segments[rest], changes.at[rest], changes.entered[rest]
    )
    return before, left


def _turn(members: Bools, segments: Int64s, places: Int64s) -> None:
    """Turns membership over for each pair of segment and person, as often as the pair stands here."""
    pairs, count = np.unique(segments * members.shape[1] + places, return_counts=True)
    flat = members.reshape(-1)
    flat[pairs[count % 2 == 1]] ^= True


def _apart(changes: Changes, told: Recent, people: int) -> tuple[Int64s, Int64s]:
    """What was told and is not so, and what is so and was not told."""
    if not len(told.seq):
        return np.empty(0, dtype=np.int64), np.arange(len(changes.at))
    pair = np.concatenate(
        (changes.segments * people + changes.points, told.segment * people + told.number)
    )
    at = np.concatenate((changes.at, told.at))
    entered = np.concatenate((changes.entered, told.entered))
    order = np.lexsort((entered, at, pair))
    same = (
        (pair[order[1:]] == pair[order[:-1]])
        & (at[order[1:]] == at[order[:-1]])
        & (entered[order[1:]] == entered[order[:-1]])
    )
    alone = np.ones(len(order), dtype=bool)
    alone[1:] &= ~same
    alone[:-1] &= ~same
    left = np.sort(order[alone])
    count = len(changes.at)
    return left[left >= count] - count, left[left < count]


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """What was found of the people of a history, and when each is due next.

    ``arrivals`` are those of the history's rows.
    """

    found: Sequence[Found]
    history: History
    arrivals: Int64s
    numbers: Int64s
    next_at: Int64s

    def __len__(self) -> int:
        return sum(map(len, self.found))


@dataclass(frozen=True, slots=True, eq=False)
class Stuck:
    """Segments that could not be judged, one of them at least, and why."""

    group: Group
    error: BaseException


@dataclass(frozen=True, slots=True, eq=False)
class Telling:
    """Transitions with their causes, in the order in which they are told."""

    told: Told
    events: tuple[str, ...]


def caused(judged: Judged, touched: Touched, vocabulary: Vocabulary, standing: Standing) -> Telling:
    """What was found, each with the row or the clock that caused it, in order of its instant.

    A retraction is caused by what is new: a row, or that persons were joined or parted.
    """
    found, history = judged.found, judged.history
    places = np.concatenate([one.places for one in found])
    by_person = np.argsort(places, kind="stable")  # rows are found faster one person after another
    places = places[by_person]
    at = np.concatenate([one.at for one in found])[by_person]
    kind = np.concatenate([one.kind for one in found])[by_person]
    is_start = np.concatenate([one.is_start for one in found])[by_person]
    retracted = kind >= Kind.LEFT_RETRACTED
    rows = find_places(
        unwritable(history.offsets), unwritable(history.occurred_at), unwritable(places),
        unwritable(at), False,
    ) - 1  # fmt: skip
    here = rows >= history.offsets[places]
    here[here] = history.occurred_at[rows[here]] == at[here]
    names: dict[str, int] = {}
    event = np.full(len(at), -1, dtype=np.int32)
    arrival = np.zeros(len(at), dtype=np.int64)
    cause = np.full(len(at), int(Cause.CLOCK), dtype=np.uint8)
    parents = {
        name: entry.parent for name, entry in vocabulary.events.items() if entry.parent is not None
    }
    codes = np.array(
        [names.setdefault(parents.get(name, name), len(names)) for name in history.event_names]
        or [0],
        dtype=np.int32,
    )
    event[here] = codes[history.event[rows[here]]]
    arrival[here] = judged.arrivals[rows[here]]
    cause[here] = int(Cause.EVENT)
    numbers = judged.numbers[places]
    for place in np.flatnonzero(retracted | is_start).tolist():
        whose = int(numbers[place])
        if whose in touched.moves:
            cause[place], event[place], arrival[place] = int(Cause.MERGE), -1, 0
        elif retracted[place]:
            touch = touched.touches.of(whose)
            event[place] = -1 if touch is None else names.setdefault(touch[0], len(names))
            arrival[place] = 0 if touch is None else touch[1]
            cause[place] = int(Cause.CORRECTION if touch is None else Cause.EVENT)
    order = np.lexsort((places, at, ~retracted))
    told = Told(
        np.arange(standing.next_seq, standing.next_seq + len(at), dtype=np.int64),
        np.concatenate([one.segments for one in found])[by_person][order].astype(np.int32),
        numbers[order],
        at[order],
        kind[order],
        cause[order],
        event[order],
        arrival[order],
        ((at <= standing.as_of) | retracted)[order].astype(np.uint8),
        np.concatenate([one.of for one in found])[by_person][order],
        _messages_of(arrival[order], touched.messages),
    )
    return Telling(told, tuple(names))


def _messages_of(arrivals: Int64s, messages: tuple[Messages, Messages]) -> list[str | None]:
    """The message id of each arrival: many transitions have one cause."""
    distinct, places = np.unique(arrivals, return_inverse=True)
    new, known = messages
    found = [
        known.get(one) if (text := new.get(one)) is None else text for one in distinct.tolist()
    ]
    return np.array([*found, None], dtype=object)[places].tolist()
