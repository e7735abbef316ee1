"""Single events: into the log at once, into the buckets later."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.errors import StoreError
from shoal.core.instants import EARLIEST, LATEST
from shoal.engine.history import Int64s
from shoal.events.event import Event
from shoal.events.fingerprint import id_fingerprints
from shoal.identity import Identifier, buckets_of
from shoal.store.duplicates import known
from shoal.store.quarantine import Quarantined, Refused, write_quarantine
from shoal.store.run import Seen, UInt64s
from shoal.store.state import State
from shoal.store.tail import Fingerprint, Logged, encode, identifier_of, tail_runs

FOLD_AT = 50_000
"""Events in the tail from which on it is folded into the buckets."""


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
    people = [_checked(event) for event in events]
    with state.lock:
        wanted = list(events)
        if state.tombstones.marks:
            cover = state.tombstones.cover
            wanted = [event for event, who in zip(events, people, strict=True) if not cover(who)]
            refused = [it for it in refused if not any(map(cover, it.people))]
        fresh = _fresh(state, wanted)
        kept = _quarantined(state, refused)
        if fresh or kept:
            place = state.log.write(encode(fresh, kept))
            state.tail += [(place, one) for one in fresh]
            state.tail_seen.update(one.fingerprint for one in fresh)
            state.refused += [(place, one) for one in kept]
        else:
            place = state.log.end  # what it repeats may not be durable yet
    try:
        state.log.make_durable(place)
    except StoreError:
        with state.lock:
            state.tail = [(at, one) for at, one in state.tail if state.log.is_kept(at)]
            state.tail_seen = {one.fingerprint for _, one in state.tail}
            state.refused = [(at, one) for at, one in state.refused if state.log.is_kept(at)]
        raise
    return AppendCounts(len(fresh), len(wanted) - len(fresh), len(events) - len(wanted), len(kept))


def fold(state: State) -> int:
    """Moves the tail of the log into the buckets; the number of events moved."""
    with state.lock:
        if not state.tail and not state.refused:
            return 0
        segment = state.log.roll()
        tail = [one for _, one in state.tail]
        refused = [one for _, one in state.refused]
    change = state.change()
    change.log = segment
    name = f"live-{state.manifest.number + 1:08d}.jsonl"
    if write_quarantine(state.root, name, refused):
        change.quarantine = (*change.quarantine, name)
    for bucket, run in tail_runs(tail, change.naming, len(change.buckets)).items():
        state.add(change, bucket, [run])
    state.commit(change)
    with state.lock:
        state.tail = state.tail[len(tail) :]
        state.refused = state.refused[len(refused) :]
        state.tail_seen = {one.fingerprint for _, one in state.tail}
    return len(tail)


def _checked(event: Event) -> Identifier:
    if not EARLIEST <= event.occurred_at <= LATEST:
        raise StoreError(f"an event `{event.name}` has an impossible time")
    if event.user_id is None and event.anonymous_id is None:
        raise StoreError(f"an event `{event.name}` belongs to nobody")
    return identifier_of(event)


def _fresh(state: State, events: Sequence[Event]) -> list[Logged]:
    """Those not seen before, with the numbers they get."""
    profiles = _profiles(state, events)
    fingerprints = _fingerprints(events)
    known_before = _in_buckets(state, profiles, fingerprints)
    marks: list[list[int]] = fingerprints.tolist()
    numbers: list[int] = profiles.tolist()
    fresh: list[Logged] = []
    seen: set[Fingerprint] = set()
    arrival = state.next_arrivals(len(events))  # a duplicate's number stays unused
    for at, (high, low) in enumerate(marks):
        if known_before[at] or (high, low) in state.tail_seen or (high, low) in seen:
            continue
        seen.add((high, low))
        fresh.append(Logged(events[at], numbers[at], arrival + at, (high, low)))
    return fresh


def _quarantined(state: State, refused: Sequence[Refused]) -> list[Quarantined]:
    """What was refused, each under a name of its own."""
    first = state.next_arrivals(len(refused))
    return [
        Quarantined(
            f"live-{first + at}", None, None, None, it.code, it.reason, it.raw, it.received_at,
            it.source,
        )
        for at, it in enumerate(refused)
    ]  # fmt: skip


def _profiles(state: State, events: Sequence[Event]) -> Int64s:
    """The profile number of each event."""
    found: dict[Identifier, int] = {}
    identifiers = [identifier_of(event) for event in events]
    for anonymous in (False, True):
        some = [one for one in dict.fromkeys(identifiers) if one.anonymous == anonymous]
        if some:
            texts = pa.array([one.text for one in some], pa.large_string())
            numbers = state.identifiers.numbers_of(texts, anonymous=anonymous)
            found.update(zip(some, numbers.tolist(), strict=True))
    return np.array([found[one] for one in identifiers], dtype=np.int64)


def _fingerprints(events: Sequence[Event]) -> UInt64s:
    """The identity the sender gave each event, or one of its own."""
    found = np.frombuffer(os.urandom(16 * len(events)), dtype=np.uint64).reshape(-1, 2).copy()
    named: dict[tuple[str, str], list[int]] = {}
    for at, event in enumerate(events):
        if event.message_id is not None:
            named.setdefault((event.source, event.name), []).append(at)
    for (source, name), places in named.items():
        ids = pa.array([events[at].message_id for at in places], pa.string())
        found[places] = id_fingerprints(source, name, ids)
    return found


def _in_buckets(state: State, profiles: Int64s, fingerprints: UInt64s) -> npt.NDArray[np.bool_]:
    """Which of the fingerprints the buckets of their people hold."""
    found = np.zeros(len(profiles), dtype=bool)
    bucket_of = buckets_of(profiles, len(state.manifest.buckets))
    for bucket in np.unique(bucket_of):
        at = np.flatnonzero(bucket_of == bucket)
        marks = Seen(fingerprints[at, 0], fingerprints[at, 1], at.astype(np.int32))
        for run in state.runs(state.manifest.buckets[int(bucket)]):
            found[at] |= known(marks, run.seen)
    return found
