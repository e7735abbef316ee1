"""Live membership of one store: told, at every instant, is what an evaluation from scratch says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
from pyroaring import BitMap64

from shoal.core.errors import ShoalError
from shoal.engine.calendars import NEVER
from shoal.engine.evaluation import Prepared, midnights
from shoal.engine.history import Int64s
from shoal.engine.running import spread
from shoal.language.vocabulary import Vocabulary
from shoal.live.judging import Found, Judged, Stuck, Touched, caused, judge, touches_in
from shoal.live.narrowing import Followed, Narrower, looks
from shoal.live.persons import Moves
from shoal.live.remembering import recall, remember
from shoal.live.rows import Rows, messages_of
from shoal.live.standing import LONG_AGO
from shoal.live.waiting import Waiting
from shoal.live.watched import Group, Watched, grouped, meaning_of, prepared, watch
from shoal.live.whole import FAILURES, Seen, differences, evaluate_bucket, ranked_members, seen_in
from shoal.store.catalogue import Catalogue
from shoal.store.entries import NOTHING, Entries, joined
from shoal.store.identities import IdentityRules
from shoal.store.log import Place
from shoal.store.transitions import Cause, Frame, Position, Told, Transitions, nothing_told

PEOPLE_AT_ONCE = 20_000
MOST_MIDNIGHTS = 40
"""Midnights that are looked at one by one after a long absence."""
Names = Callable[[Catalogue], Vocabulary]


@dataclass(frozen=True, slots=True)
class Failure:
    """A segment that could not be evaluated: why, and up to which instant it is true."""

    reason: str
    as_of: int


@dataclass(frozen=True, slots=True)
class Definitions:
    """What is applied: a version, the vocabulary it makes of a catalogue, and who counts as one."""

    version: int
    vocabulary: Names
    identity: IdentityRules = field(default_factory=IdentityRules)


@dataclass(slots=True)
class Counts:
    """What was done since it began."""

    events: int = 0
    people: int = 0
    transitions: int = 0
    frames: int = 0
    whole: int = 0
    """How often everybody was evaluated."""


class Live:
    """One thread's: every method is called by the same thread. Tells by frames, each durable first."""

    def __init__(
        self,
        root: Path,
        transitions: Transitions,
        definitions: Definitions,
        clock: Callable[[], int],
        tell: Callable[[Frame], None] = lambda _: None,
    ) -> None:
        self._transitions = transitions
        self._definitions = definitions
        self._clock = clock
        self._tell = tell
        self.standing = recall(transitions)
        self._ranked_to = self.standing.as_of
        self.rows = Rows(root, definitions.identity)
        self.failed: dict[str, Failure] = {}
        self.counts = Counts()
        self._facts: dict[str, object] = {}
        self._last_arrival = self.standing.position.arrival
        self._true_since = NEVER
        """From when on what was told is so at each instant: before, rows or rules were others."""
        self._watch()

    def close(self) -> None:
        """Lets go of the store's version."""
        self.rows.close()

    def remember(self) -> None:
        """Keeps what was told in a file, so that the next begin need not read all of the log."""
        remember(self.standing, self._transitions)

    # --- what is watched -----------------------------------------------------------------------

    def _watch(self, *, only_told: bool = False) -> None:
        """Makes the segments ready; one that cannot be is failed, and the others are true.

        ``only_told`` leaves those out that were not told by the rule they have now.
        """
        vocabulary = self._definitions.vocabulary(self.rows.catalogue)
        single: dict[str, Prepared] = {}
        for name in vocabulary.segments:
            try:
                alone = prepared((name,), vocabulary)
            except FAILURES as error:
                self._fail(name, error)
            else:
                self.failed.pop(name, None)
                told = self.standing.meanings.get(name) == meaning_of(name, vocabulary)
                if told or not only_told:
                    single[name] = alone
        self._go_by(grouped(single, vocabulary))
        self._facts = _facts_of(self.rows.catalogue)

    def _go_by(self, watched: Watched) -> None:
        self.watched = watched
        self._narrower = Narrower(watched)

    def _fail(self, name: str, error: BaseException) -> None:
        said = (
            error.message if isinstance(error, ShoalError) else f"{type(error).__name__}: {error}"
        )
        self.failed[name] = Failure(said, self.standing.as_of)

    # --- the life ------------------------------------------------------------------------------

    def begin(self, durable: Callable[[], Place], now: int) -> None:
        """Goes on where what was told ends, or begins to tell."""
        position = self.standing.position
        logged = self.rows.read_on(Place(position.segment, position.end))
        self.rows.taken_moves()  # who was who by all that is told already
        logged = joined([logged, self.rows.read_on(durable())])
        if not self.standing.version and not self.standing.meanings:
            self._watch()
            self._last_arrival = (
                int(logged.arrivals.max()) if len(logged) else self.rows.known_arrival()
            )
            self.rows.taken_moves()
            self.everybody(now, Cause.DEFINITION)
            return
        self._watch(only_told=True)
        self._look_ahead()
        new = logged.where(logged.arrivals > position.arrival)
        folded: tuple[Int64s, Int64s] | None = None
        moves: dict[int, int] = {}
        if position.segment < self.rows.manifest.log:
            folded = self.rows.since(position.arrival)
            moves = dict.fromkeys(self.rows.around(position.arrival).tolist(), LONG_AGO)
            self._last_arrival = max(self._last_arrival, self.rows.known_arrival())
        moves = {**self.rows.taken_moves(), **moves}
        self._last_arrival = max(self._last_arrival, int(new.arrivals.max(initial=0)))
        self._reflect(new, max(now, self.as_of), folded, moves)
        self._judge_ranked(max(now, self.as_of))
        self._watch()
        self.everybody(max(now, self.as_of), Cause.CORRECTION)

    def tick(self, durable: Callable[[], Place], now: int) -> int:
        """Reflects what is durable in the log and what the clock brings; transitions told.

        ``now`` never goes back.
        """
        told = self.counts.transitions
        now = max(now, self.as_of)
        new = self.rows.read_on(durable())
        lost: tuple[Int64s, Int64s] | None = None
        is_whole = False
        if self.rows.newest() != self.rows.manifest.number:
            before, more = self.rows.renew(durable)
            new = joined([new, more])
            is_whole = self.rows.has_other_rows(before)
            if self.rows.manifest.tombstones != before.tombstones:
                lost = self.rows.since(self._last_arrival)
                self._last_arrival = max(self._last_arrival, self.rows.known_arrival())
                self._forget_missing(is_alone=not is_whole)
        is_other = self._refresh()
        if is_whole or is_other:
            self._true_since = NEVER
        self._last_arrival = max(self._last_arrival, int(new.arrivals.max(initial=0)))
        self._reflect(new, now, lost, self.rows.taken_moves())
        self._judge_ranked(now)
        if is_whole or is_other:
            self.everybody(now, Cause.IMPORT if is_whole else Cause.CORRECTION)
        return self.counts.transitions - told

    def rest(self, now: int) -> None:
        """Nothing is new and nobody is due: what was told stays true as time goes on."""
        now = max(now, self.as_of)
        self._judge_ranked(now)
        self.standing.as_of = now

    def define(self, definitions: Definitions, now: int) -> None:
        """Goes on by other definitions. What is due is told by the old ones before."""
        self._reflect(NOTHING, max(now, self.standing.as_of), None, self.rows.taken_moves())
        self._definitions = definitions
        self.rows.go_by(definitions.identity)
        self._watch()
        self.everybody(now, Cause.DEFINITION)

    @property
    def as_of(self) -> int:
        """The instant at which all that was told is true."""
        return self.standing.as_of

    def _forget_missing(self, *, is_alone: bool) -> None:
        """Whoever nobody knows any more was erased: nothing is told of that.

        Unless rows of an import went with the same look: who is no more by that has left.
        """
        numbers = self.standing.numbers()
        missing = numbers[~self.rows.are_known(numbers)]
        # Others may still name them, by an address that more than one has.
        erased = self._transitions.erased
        gone = erased[~self.rows.have_rows(erased)]
        self.standing.forget(missing if is_alone else missing[np.isin(missing, erased)])
        self.standing.forget(gone)
        self._transitions.tell_again(gone[self.rows.are_known(gone)])

    def _refresh(self) -> bool:
        """Whether the catalogue changed in a way that may matter to anybody."""
        facts = _facts_of(self.rows.catalogue)
        if facts == self._facts:
            return False
        self._watch()
        return True

    # --- a few people --------------------------------------------------------------------------

    def _reflect(
        self,
        new: Entries,
        now: int,
        lost: tuple[Int64s, Int64s] | None,
        moves: Moves,
    ) -> None:
        """Tells what follows from new rows, from persons joined and parted, and from the clock."""
        touched = Touched(
            touches_in(new, self.rows.persons_of(new.profiles, new.occurred_at)),
            moves,
            (dict(messages_of(new)), self.rows.tail.messages),
        )
        before = self.as_of
        waiting = self._waiting(touched, lost)
        due = self.standing.due
        self.counts.events += len(new)
        while True:
            some, waiting = waiting.parted(PEOPLE_AT_ONCE)
            if len(some) < PEOPLE_AT_ONCE:
                some = some.joined(due.due(now, PEOPLE_AT_ONCE - len(some)), before)
            if not len(some):
                break
            told, events = self._few(some, now, touched)
            is_last = not len(waiting) and due.next_at > now
            if len(told):
                self._append(self._frame(told, events, now if is_last else before, is_last=is_last))
        self.standing.as_of = now

    def _waiting(self, touched: Touched, lost: tuple[Int64s, Int64s] | None) -> Waiting:
        """Who is to be judged, ascending, and from which instant on each is followed."""
        touches = touched.touches
        persons, ats = touches.persons, np.minimum(touches.at - 1, self.as_of)
        since = {person: max(at, LONG_AGO) for person, at in touched.moves.items()}
        if lost is not None:
            for number, at in zip(
                self.rows.persons_of(*lost).tolist(), lost[1].tolist(), strict=True
            ):
                since[number] = min(at, since.get(number, at))
        if not since:
            return Waiting(persons, ats, np.ones(len(persons), dtype=bool))
        starts = dict(zip(persons.tolist(), ats.tolist(), strict=True))
        for number, at in since.items():
            starts[number] = min(at - 1, starts.get(number, self.as_of))
        both = np.array(sorted(starts.items()), dtype=np.int64).reshape(-1, 2)
        numbers = both[:, 0].copy()
        unsettled = np.fromiter(since, np.int64, len(since))
        return Waiting(numbers, both[:, 1].copy(), ~np.isin(numbers, unsettled))

    def _few(self, some: Waiting, now: int, touched: Touched) -> tuple[Told, tuple[str, ...]]:
        """What is to be told of a few people; sets when they are due."""
        ordered = some.ordered(self.rows.by_bucket(some.numbers))
        judged = self._judged(ordered, now, touched)
        if isinstance(judged, Stuck):
            self._isolate(judged.group, judged.error)
            return self._few(some, now, touched)
        self.standing.due.set(judged.numbers, judged.next_at)
        self.counts.people += len(some)
        if not len(judged):
            return nothing_told(), ()
        telling = caused(judged, touched, self.watched.vocabulary, self.standing)
        return telling.told, telling.events

    def _judged(self, some: Waiting, now: int, touched: Touched) -> Judged | Stuck:
        """What is found of a few people."""
        standing, horizon = self.standing, self.standing.horizon
        history = self.rows.gathered(some.numbers)
        followed = Followed(
            history,
            some.numbers,
            np.maximum(some.starts, horizon),
            some.is_settled & (some.starts >= max(horizon, self._true_since)),
            standing.due.of(some.numbers),
        )
        lately = standing.told_since(some.numbers, followed.starts)
        found: list[Found] = []
        next_at = np.full(len(some), NEVER, dtype=np.int64)
        for place, whole in enumerate(self.watched.groups):
            began = int(standing.begun(whole.names).max())
            is_whole = np.zeros(len(some), dtype=bool)
            for look in looks(place, self._narrower, followed, touched.touches, now, began):
                try:
                    one, following = judge(look.group, history, look.some, now, standing, lately)
                except FAILURES as error:
                    return Stuck(look.group, error)
                found.append(one)
                points = look.some.points
                next_at[points] = np.minimum(next_at[points], following)
                is_whole[points] = look.group is whole
            # for the segments that were not looked at they stay due when they were
            rest = np.flatnonzero(~is_whole)
            next_at[rest] = np.minimum(next_at[rest], followed.due[rest])
        return Judged(found, history, history.arrival, some.numbers, next_at)

    def _isolate(self, group: Group, error: BaseException) -> None:
        """Finds out which segment of a group fails, and goes on without it."""
        names = group.names
        if len(names) == 1:
            bad = [names[0]]
        else:
            bad = [name for name in names if self._fails(name)]
            if not bad:  # together they fail, each alone does not
                raise error
        for name in bad:
            self._fail(name, error)
        kept = [name for name in self.watched.names if name not in self.failed]
        self._go_by(watch(kept, self.watched.vocabulary))

    def _fails(self, name: str) -> bool:
        group = watch((name,), self.watched.vocabulary).groups[0]
        try:
            for history in self.rows.everyone():
                evaluate_bucket(group, history, self.as_of)
        except FAILURES as error:
            self._fail(name, error)
            return True
        return False

    # --- everybody -----------------------------------------------------------------------------

    def everybody(self, now: int, cause: Cause) -> None:
        """Evaluates everybody at ``now`` and tells the differences, with their cause.

        Segments that were not told before begin with those who are in them.
        """
        self.counts.whole += 1
        members: dict[str, BitMap64] = {name: BitMap64() for name in self.watched.names}
        self._look_ahead(members, now)
        ranked = self.watched.ranked
        if ranked is not None:
            members |= ranked_members(ranked, list(self.rows.everyone()), now)
        standing = self.standing
        meanings = {name: meaning_of(name, self.watched.vocabulary) for name in members}
        begun = {
            name: found.serialize() for name, found in members.items()
            if name not in standing.meanings
        }  # fmt: skip
        changed = {
            name: meaning for name, meaning in meanings.items()
            if standing.meanings.get(name) != meaning
        }  # fmt: skip
        ended = tuple(
            name for name in standing.meanings
            if name not in members and name not in self.failed
        )  # fmt: skip
        causes = {name: Cause.DEFINITION if name in changed else cause for name in members}
        told = differences(
            self.standing,
            {name: found for name, found in members.items() if name not in begun},
            causes,
            now,
        )
        frame = replace(
            self._frame(told, (), now, is_last=True), begun=begun, meanings=changed, ended=ended
        )
        self._append(frame)
        self._true_since = now

    def _look_ahead(
        self, members: dict[str, BitMap64] | None = None, now: int | None = None
    ) -> None:
        """Learns when everybody is due after ``now``, and who is in what."""
        at = self.as_of if now is None else now
        histories = [one for one in self.rows.everyone() if len(one.profiles)]
        groups = self.watched.groups

        def look(place: int) -> Seen | Stuck:
            return seen_in(groups, histories[place], at, names_members=members is not None)

        for one in spread(look, histories):
            if isinstance(one, Stuck):
                self._isolate(one.group, one.error)
                if members is not None:
                    for name in self.failed:
                        members.pop(name, None)
                self._look_ahead(members, now)
                return
            self.standing.due.set(one.numbers, one.next_at)
            if members is not None:
                for name, inside in one.members.items():
                    members[name] |= inside

    # --- those who depend on others ------------------------------------------------------------

    def _judge_ranked(self, now: int) -> None:
        """Segments with ranks, at each local midnight that has come."""
        ranked = self.watched.ranked
        if ranked is None:
            return
        begun = max((self.standing.began.get(name, now) for name in ranked.names), default=now)
        since = max(self._ranked_to, begun)
        for midnight in midnights(self.watched.vocabulary, since, now)[-MOST_MIDNIGHTS:]:
            members = ranked_members(ranked, list(self.rows.everyone()), midnight)
            told = differences(
                self.standing, members, dict.fromkeys(members, Cause.CLOCK), midnight
            )
            if len(told):
                self._append(self._frame(told, (), now, is_last=True))
        self._ranked_to = now

    # --- telling -------------------------------------------------------------------------------

    def _frame(self, told: Told, events: tuple[str, ...], as_of: int, *, is_last: bool) -> Frame:
        """A frame; the position moves on with the last of what belongs together."""
        ids, places = np.unique(told.segment, return_inverse=True)
        position = self.standing.position
        if is_last:
            read = self.rows.read_to
            position = Position(
                self._last_arrival, read.segment, read.end, self.rows.manifest.imports
            )
        return Frame(
            position,
            as_of,
            self._clock(),
            self._definitions.version,
            tuple(self.standing.names[int(one)] for one in ids),
            events,
            replace(told, segment=places.astype(np.int32)),
        )

    def _append(self, frame: Frame) -> None:
        self._transitions.append(frame, self._tell)
        self.standing.apply(frame)
        self.counts.frames += 1
        self.counts.transitions += len(frame.told)


def _facts_of(catalogue: Catalogue) -> dict[str, object]:
    """What of the catalogue matters to everybody: names and types, and which numbers are exact."""
    return {
        name: (
            facts.lines,
            facts.parent,
            tuple((key, it.type, it.exact) for key, it in facts.properties.items()),
        )
        for name, facts in catalogue.events.items()
    }
