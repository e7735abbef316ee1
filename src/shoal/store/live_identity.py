"""The identity of live events: one pass over all of them, whatever their names and senders.

It is that of :func:`shoal.events.fingerprint.id_fingerprints`, which takes one name at a time.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from hashlib import blake2b

import numpy as np
import pyarrow as pa

from shoal.events.event import Event
from shoal.store.run import UInt64s


def live_fingerprints(events: Sequence[Event]) -> UInt64s:
    """The identity the sender gave each event, or one of its own; one (n, 2) row each."""
    from shoal.events import cells, hashing

    ids = [event.message_id for event in events]
    named = [at for at, one in enumerate(ids) if one is not None] if None in ids else None
    if named is None:
        some = events
    elif named:
        some, ids = [events[at] for at in named], [ids[at] for at in named]
    else:
        return _fresh(len(events))
    seeds = b"".join([_seed(event.source, event.name) for event in some])
    state = np.frombuffer(seeds, dtype="<u8").reshape(-1, 2).astype(np.uint64)
    texts = cells.text_buffers(pa.array(ids, pa.string()))
    hashing.absorb_text(state, _words(b"id"), *texts)
    hashing.finish(state, np.zeros(len(some), dtype=np.int64))
    if named is None:
        return state
    found = _fresh(len(events))
    found[named] = state
    return found


def _fresh(count: int) -> UInt64s:
    return np.frombuffer(os.urandom(16 * count), dtype=np.uint64).reshape(-1, 2).copy()


@lru_cache(maxsize=4096)
def _seed(source: str, event: str) -> bytes:
    return _digest(f"id\0{source}\0{event}".encode("utf-8", "surrogatepass"))


@lru_cache(maxsize=1)
def _words(name: bytes) -> UInt64s:
    return np.frombuffer(_digest(name), dtype="<u8").astype(np.uint64)


def _digest(text: bytes) -> bytes:
    return blake2b(text, digest_size=16).digest()
