"""Single events: into the log at once, into the buckets later."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from shoal.core.errors import StoreError
from shoal.core.instants import EARLIEST, LATEST
from shoal.events.event import Event
from shoal.events.fingerprint import id_fingerprints
from shoal.identity import Identifier, buckets_of
from shoal.store.run import Seen
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


def append(state: State, events: Sequence[Event]) -> AppendCounts:
    """The events are durable on return, each once, however often it was sent."""
    people = [_checked(event) for event in events]
    with state.lock:
        cover = state.tombstones.cover
        wanted = [event for event, who in zip(events, people, strict=True) if not cover(who)]
        fresh = _fresh(state, wanted)
        if fresh:
            place = state.log.write(encode(fresh))
            for one in fresh:
                state.tail.append((place, one))
                state.tail_seen.add(one.fingerprint)
        else:
            place = state.log.end  # what it repeats may not be durable yet
    try:
        state.log.make_durable(place)
    except StoreError:
        with state.lock:
            state.tail = [(at, one) for at, one in state.tail if state.log.is_kept(at)]
            state.tail_seen = {one.fingerprint for _, one in state.tail}
        raise
    return AppendCounts(len(fresh), len(wanted) - len(fresh), len(events) - len(wanted))


def fold(state: State) -> int:
    """Moves the tail of the log into the buckets; the number of events moved."""
    with state.lock:
        if not state.tail:
            return 0
        segment = state.log.roll()
        tail = [one for _, one in state.tail]
    change = state.change()
    change.log = segment
    for bucket, run in tail_runs(tail, change.naming, len(change.buckets)).items():
        state.add(change, bucket, [run])
    state.commit(change)
    with state.lock:
        state.tail = state.tail[len(tail) :]
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
    fingerprints = [_fingerprint(event) for event in events]
    known = _in_buckets(state, profiles, fingerprints)
    fresh: list[Logged] = []
    seen: set[Fingerprint] = set()
    for event, fingerprint in zip(events, fingerprints, strict=True):
        if fingerprint in known or fingerprint in state.tail_seen or fingerprint in seen:
            continue
        seen.add(fingerprint)
        number = profiles[identifier_of(event)]
        fresh.append(Logged(event, number, state.next_arrivals(1), fingerprint))
    return fresh


def _profiles(state: State, events: Sequence[Event]) -> dict[Identifier, int]:
    found: dict[Identifier, int] = {}
    identifiers = dict.fromkeys(identifier_of(event) for event in events)
    for anonymous in (False, True):
        some = [one for one in identifiers if one.anonymous == anonymous]
        if some:
            texts = pa.array([one.text for one in some], pa.large_string())
            numbers = state.identifiers.numbers_of(texts, anonymous=anonymous)
            found.update(zip(some, numbers.tolist(), strict=True))
    return found


def _fingerprint(event: Event) -> Fingerprint:
    """The identity the sender gave the event, or one of its own."""
    if event.message_id is None:
        high, low = np.frombuffer(os.urandom(16), dtype=np.uint64).tolist()
    else:
        ids = pa.array([event.message_id], pa.string())
        high, low = id_fingerprints(event.source, event.name, ids)[0].tolist()
    return high, low


def _in_buckets(
    state: State, profiles: dict[Identifier, int], fingerprints: Sequence[Fingerprint]
) -> set[Fingerprint]:
    """Which of the fingerprints the buckets of these people hold."""
    known: set[Fingerprint] = set()
    numbers = np.array(list(profiles.values()), dtype=np.int64)
    for bucket in np.unique(buckets_of(numbers, len(state.manifest.buckets))):
        for run in state.runs(state.manifest.buckets[int(bucket)]):
            known.update(one for one in fingerprints if _holds(run.seen, one))
    return known


def _holds(seen: Seen, fingerprint: Fingerprint) -> bool:
    high, low = np.uint64(fingerprint[0]), np.uint64(fingerprint[1])
    at = int(np.searchsorted(seen.high, high))
    while at < len(seen.high) and seen.high[at] == high:
        if seen.low[at] == low:
            return True
        at += 1
    return False
