"""Single events: into the log at once, into the buckets later."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from shoal.core.errors import StoreError
from shoal.core.instants import EARLIEST, LATEST
from shoal.engine.history import Int64s
from shoal.events.event import Event
from shoal.identity import Identifier, buckets_of, mentions_of
from shoal.store.duplicates import known
from shoal.store.folded import Folded, FoldTask, folded
from shoal.store.intake import Forgotten
from shoal.store.live_identity import live_fingerprints
from shoal.store.log import Place
from shoal.store.quarantine import Quarantined, Refused
from shoal.store.run import Seen, UInt64s
from shoal.store.state import State
from shoal.store.tail import Fresh, encode, identifier_of, numbers_in
from shoal.store.waiting import Written

FOLD_AT = 50_000
"""Events in the tail from which on it is folded into the buckets."""
FOLD_SIZE = 64 << 20
"""Bytes of the log that have it folded, however few events they are."""

Hand = Callable[[FoldTask], Folded]
"""Whoever does the work of a fold: this process, or a child of it."""


@dataclass(frozen=True, slots=True)
class AppendCounts:
    """What became of appended events; ``dropped`` belong to erased people."""

    appended: int
    duplicates: int = 0
    dropped: int = 0
    quarantined: int = 0


def append(state: State, events: Sequence[Event], refused: Sequence[Refused] = ()) -> AppendCounts:
    """The events are durable on return, each once, however often it was sent.

    What was ``refused`` is as durable, in quarantine.
    """
    _check(events)
    with state.lock:
        wanted = events
        if state.tombstones.marks:
            cover = state.tombstones.cover
            wanted = [
                without_forgotten(event, cover)
                for event in events
                if not cover(identifier_of(event))
            ]
            refused = [it for it in refused if not any(map(cover, it.people))]
        appended, place = _log(state, wanted, refused)
    try:
        state.log.make_durable(place)
    except StoreError:
        with state.lock:
            state.tail.keep(lambda frame: state.log.is_kept(frame.place))
        raise
    dropped = len(events) - len(wanted)
    return AppendCounts(appended, len(wanted) - appended, dropped, len(refused))


def fold(state: State, hand: Hand = folded, *, is_compact: bool = False) -> Folded | None:
    """Moves the tail of the log into the buckets; None where there is nothing to do.

    ``hand`` does what takes long, which changes nothing; the commit is this process's own.
    """
    if state.tail:
        state.log.prepare()  # appends wait while the log rolls, not while a file is made
    deltas = any(files.delta is not None for files in state.manifest.buckets)
    with state.lock:
        if not state.tail and not (is_compact and deltas):
            return None
        segment = state.log.roll()
    change = state.change()
    answer = hand(FoldTask(state.root, state.manifest, segment, is_compact))
    change.log = segment
    change.buckets = list(answer.buckets)
    change.naming = answer.naming
    change.facts = answer.catalogue, answer.latest_event_at
    if answer.quarantine is not None:
        change.quarantine = (*change.quarantine, answer.quarantine)
    state.commit(change)
    with state.lock:
        state.tail.drop_before(segment)
    return answer


def _check(events: Sequence[Event]) -> None:
    for event in events:
        if not EARLIEST <= event.occurred_at <= LATEST:
            raise StoreError(f"an event `{event.name}` has an impossible time")
        if event.user_id is None and event.anonymous_id is None:
            raise StoreError(f"an event `{event.name}` belongs to nobody")


def without_forgotten(event: Event, cover: Forgotten) -> Event:
    """The event without an anonymous id beside a user id that was somebody erased."""
    beside = event.anonymous_id
    if beside is None or event.user_id is None or not cover(Identifier(beside, anonymous=True)):
        return event
    return replace(event, anonymous_id=None)


def fresh_of(
    state: State, events: Sequence[Event], more: int = 0
) -> tuple[dict[bytes, Fresh], Place]:
    """Those not seen before with the numbers they get, and where the last of the others stands.

    ``more`` arrival numbers are set aside behind them. Hold ``state.lock``.
    """
    profiles = _profiles(state, events)
    mentioned = _mentioned(state, events)
    fingerprints = live_fingerprints(events)
    repeated = _in_buckets(state, np.array(profiles, np.int64), fingerprints)
    marks: list[bytes] = fingerprints.view("V16").ravel().tolist()
    high, low = fingerprints.T.tolist()
    first = state.next_arrivals(len(events) + more)  # a duplicate's number stays unused
    whose: list[int | list[int]] = [*profiles]
    for at, others in mentioned.items():
        whose[at] = [profiles[at], *others]
    logged = zip(events, whose, range(first, first + len(events)), high, low, strict=True)
    fresh: dict[bytes, Fresh] = {}
    place, places = Place(0, 0), state.tail.places
    is_new = not repeated.any() and places.keys().isdisjoint(marks)
    if is_new and len(set(marks)) == len(marks):  # nearly always
        return dict(zip(marks, logged, strict=True)), place
    for mark, one, is_repeated in zip(marks, logged, repeated.tolist(), strict=True):
        if mark in places:
            place = max(place, places[mark])  # what it repeats may not be durable yet
        elif not is_repeated and mark not in fresh:
            fresh[mark] = one
    return fresh, place


def _log(state: State, events: Sequence[Event], refused: Sequence[Refused]) -> tuple[int, Place]:
    """Writes what is new: how many events, and the place up to which all of it must be durable."""
    fresh, place = fresh_of(state, events, len(refused))
    kept = _quarantined(refused, state.next_arrival - len(refused))
    if fresh or kept:
        frame = encode(list(fresh.values()), kept)
        place = state.log.write(frame)
        whose, named = _numbers_of([one[1] for one in fresh.values()])
        state.tail.add(Written(place, len(frame), whose, tuple(fresh), len(kept), named))
    return len(fresh), place


def _numbers_of(numbers: list[int | list[int]]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Whose events they are, and whom these mention."""
    if {int}.issuperset(map(type, numbers)):  # nearly always: none mentions anybody
        return cast("tuple[int, ...]", tuple(numbers)), ()
    both = [numbers_in(one) for one in numbers]
    return tuple(own for own, _ in both), tuple(it for _, others in both for it in others)


def _quarantined(refused: Sequence[Refused], first: int) -> list[Quarantined]:
    """What was refused, each under a name of its own."""
    return [
        Quarantined(
            f"live-{first + at}", None, None, None, it.code, it.reason, it.raw, it.received_at,
            it.source,
        )
        for at, it in enumerate(refused)
    ]  # fmt: skip


def _profiles(state: State, events: Sequence[Event]) -> list[int]:
    """The profile number of each event."""
    few = state.identifiers.numbers_of_few
    users = [event.user_id for event in events if event.user_id is not None]
    if len(users) == len(events):
        return few(users)
    named = iter(few(users))
    unnamed = iter(
        few([str(event.anonymous_id) for event in events if event.user_id is None], anonymous=True)
    )
    return [next(unnamed if event.user_id is None else named) for event in events]


def _mentioned(state: State, events: Sequence[Event]) -> dict[int, list[int]]:
    """By place: the numbers of whom an event speaks of, 0 for somebody erased."""
    named = {at: some for at, event in enumerate(events) if (some := mentions_of(event))}
    if not named:
        return {}
    cover = state.tombstones.cover if state.tombstones.marks else None
    whom = {one for some in named.values() for _, one in some}
    wanted = [one for one in whom if cover is None or not cover(one)]
    numbers = dict.fromkeys(whom, 0)
    for anonymous in (False, True):
        some = [one for one in wanted if one.anonymous is anonymous]
        texts = [one.text for one in some]
        found = state.identifiers.numbers_of_few(texts, anonymous=anonymous)
        numbers |= zip(some, found, strict=True)
    return {at: [numbers[one] for _, one in some] for at, some in named.items()}


def _in_buckets(state: State, profiles: Int64s, fingerprints: UInt64s) -> npt.NDArray[np.bool_]:
    """Which of the fingerprints the buckets of their people hold."""
    found = np.zeros(len(profiles), dtype=bool)
    if not len(profiles) or not state.manifest.rows:
        return found
    bucket_of = buckets_of(profiles, len(state.manifest.buckets))
    order = np.argsort(bucket_of, kind="stable")
    starts = np.flatnonzero(np.diff(bucket_of[order], prepend=-1))
    for at in np.split(order, starts[1:]):
        bucket = state.manifest.buckets[int(bucket_of[at[0]])]
        marks = Seen(fingerprints[at, 0], fingerprints[at, 1], at.astype(np.int32))
        for run in state.runs(bucket):
            found[at] |= known(marks, run.seen)
    return found
