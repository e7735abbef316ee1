"""How much each part of a recommendation counts, kept beside the store.

Weights are chosen once for the same data and the same day, whichever process asks.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, cast

from shoal.core.errors import ShoalError
from shoal.recommendations.lists import Sources, weights_for
from shoal.recommendations.weighing import Weights, window
from shoal.store.files import RECOMMENDATION_WEIGHTS, store_folder, writing

if TYPE_CHECKING:
    from shoal.project.reading import Reading
    from shoal.project.recommendations.asked import HavingAsked

FORMAT = 1
"""Raised when weights are chosen otherwise."""
MOST_KEPT = 32


def weights_kept(
    reading: Reading, asked: HavingAsked, given: Sources, as_of: int, days: int
) -> Weights:
    """How much each part counts: as it was found out for the same data before, or found out now."""
    path = store_folder(reading.project.folder) / RECOMMENDATION_WEIGHTS
    key = _key(asked, given, as_of, days)
    kept = _read(path)
    if key in kept:
        with suppress(TypeError, KeyError, ValueError):  # somebody wrote something else there
            said = kept[key]
            signals = tuple(float(it) for it in said["signals"])
            return Weights(float(said["popular"]), signals, float(said["visits"]))
    found = weights_for(given, as_of, days)
    kept = dict(list({**kept, key: asdict(found)}.items())[-MOST_KEPT:])
    with suppress(OSError, ShoalError), writing(path) as file:
        file.write(json.dumps(kept).encode())
    return found


def _read(path: Any) -> dict[str, Any]:
    try:
        found: Any = json.loads(path.read_bytes())
    except (OSError, ValueError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _key(asked: HavingAsked, given: Sources, as_of: int, days: int) -> str:
    """By what the choice is known: the very rows it is made from."""
    start, end = window(as_of, days)
    named = (asked.event, asked.item, asked.looks, asked.searches)
    digest = blake2b(f"{FORMAT} {start} {end} {named!r}".encode("utf-8", "replace"), digest_size=16)
    for having in (given.having, *(it for _, it in (*given.looks, *given.searches))):
        seen = having.before(end)
        for column in (seen.users, seen.items, seen.at):
            digest.update(column.tobytes())
        digest.update("\n".join(having.names).encode("utf-8", "replace"))
    digest.update("\n".join(given.titles).encode("utf-8", "replace"))
    return digest.hexdigest()
