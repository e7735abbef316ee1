"""Recommendations asked of a project: for somebody, for everybody, like an item, after an item."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from shoal.core.errors import NotFoundError, TooFewError, UsageError
from shoal.recommendations.having import Having, Int64s
from shoal.recommendations.likeness import like
from shoal.recommendations.lists import (
    EVER,
    RECENT,
    Fitted,
    Listed,
    fit,
    items_again,
    items_of,
    new_items,
    next_items,
)
from shoal.runners.having import having_of

if TYPE_CHECKING:
    from shoal.project.reading import Reading

MOST = 100
WINDOW = 30
"""Days before the last one by which it is chosen how much popularity counts."""
FEWEST_PEOPLE = 2


@dataclass(frozen=True, slots=True)
class HavingAsked:
    """Somebody has an item by the ``event``, whose property ``item`` names it."""

    event: str
    item: str


@dataclass(frozen=True, eq=False)
class Recommending:
    """What was learned of a project up to an instant."""

    fitted: Fitted
    profiles: Int64s
    reading: Reading

    def user(self, user_id: str) -> int:
        """The place of a person; -1 for one who had nothing. NotFoundError for nobody."""
        found = self.reading.snapshot.find(user_id)
        if found is None:
            raise NotFoundError(
                f"nobody is known as `{user_id}`", hint="ids are as written: 007 is not 7"
            )
        bucket, index = found
        number = int(self.reading.snapshot.history(bucket).profiles[index])
        place = int(np.searchsorted(self.profiles, number))
        is_there = place < len(self.profiles) and int(self.profiles[place]) == number
        return place if is_there else -1

    def item(self, name: str) -> int:
        """The number of an item; NotFoundError where nobody had it."""
        names = self.fitted.having.names
        place = int(np.searchsorted(np.array(names), name)) if names else 0
        if place == len(names) or names[place] != name:
            raise NotFoundError(f"nobody had an item `{name}`")
        return place


def had(reading: Reading, asked: HavingAsked, at: int) -> tuple[Having, Int64s]:
    """Who had what up to an instant; the property may be one that only the lines carry."""
    events = reading.vocabulary.events
    if asked.event not in events:
        raise NotFoundError(f"there is no event `{asked.event}`")
    event, line = asked.event, f"{asked.event}_line"
    if asked.item not in events[event].properties:
        if line not in events or asked.item not in events[line].properties:
            raise NotFoundError(f"`{event}` has no property `{asked.item}`")
        event = line
    having, profiles = having_of(reading.snapshot, event, asked.item, at)
    if having.people < FEWEST_PEOPLE:
        raise TooFewError(
            f"{having.people} people had anything by `{asked.event}.{asked.item}`, "
            f"{FEWEST_PEOPLE} are needed"
        )
    return having, profiles


def recommending(
    reading: Reading, asked: HavingAsked, at: int, weight: float | None = None
) -> Recommending:
    """Learns from all that happened up to an instant; nothing after it is looked at."""
    having, profiles = had(reading, asked, at)
    return Recommending(fit(having, at + 1, WINDOW, weight), profiles, reading)


def recommend_for(found: Recommending, user_id: str, count: int) -> dict[str, Any]:
    """The contract's mapping: new items, and items to buy again, each with its reason."""
    _check(count)
    place = found.user(user_id)
    names = found.fitted.having.names
    return {
        "new": [_shown(it, names, found) for it in new_items(found.fitted, place, count)],
        "again": [_shown(it, names, found) for it in items_again(found.fitted, place, count)],
    }


def recommend_all(found: Recommending, count: int) -> pa.Table:
    """user_id, list, rank and item of everybody who is known, sorted by user_id."""
    _check(count)
    rows = sorted(_rows(found, count))
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    return pa.table({
        "user_id": pa.array(columns[0], pa.string()),
        "list": pa.array([("again", "new")[it] for it in columns[1]], pa.string()),
        "rank": pa.array(columns[2], pa.int64()),
        "item": pa.array(columns[3], pa.string()),
    })  # fmt: skip


def similar_items(found: Recommending, name: str, count: int) -> dict[str, Any]:
    """Items that the same people had."""
    _check(count)
    item = found.item(name)
    likeness, names = found.fitted.likeness, found.fitted.having.names
    scores = like(likeness, item)
    best = [it for it in np.argsort(-scores, kind="stable")[:count].tolist() if scores[it] > 0]
    together = likeness.together[likeness.place[item]]
    return {
        "items": [
            {
                "item": names[int(likeness.items[it])],
                "score": float(scores[it]),
                "reason": f"{int(together[it]):,} people had both",
            }
            for it in best
        ]
    }


def items_next(found: Recommending, user_id: str, count: int) -> dict[str, Any]:
    """What others had on the occasion after the items that this person had last."""
    _check(count)
    having = found.fitted.having
    items = items_of(having, found.user(user_id))[::-1]
    last = list(dict.fromkeys(items.tolist()))
    return {
        "items": [
            {
                "item": having.names[it.item],
                "score": it.score,
                "reason": f"what people had next after `{having.names[it.because]}`",
            }
            for it in next_items(having, last, count)
            if it.because is not None
        ]
    }


def _rows(found: Recommending, count: int) -> Iterator[tuple[str, int, int, str]]:
    snapshot, names = found.reading.snapshot, found.fitted.having.names
    nothing = new_items(found.fitted, -1, count)
    for bucket in range(snapshot.buckets):
        history = snapshot.history(bucket)
        known = np.asarray(history.first_seen) < found.fitted.as_of
        ids = snapshot.user_ids(bucket).to_pylist()
        places = np.searchsorted(found.profiles, history.profiles)
        for index in np.flatnonzero(known).tolist():
            place = int(places[index])
            has = place < len(found.profiles) and found.profiles[place] == history.profiles[index]
            new = new_items(found.fitted, place, count) if has else nothing
            again = items_again(found.fitted, place, count) if has else []
            for number, listed in enumerate((again, new)):
                for rank, one in enumerate(listed, 1):
                    yield ids[index], number, rank, names[one.item]


def _shown(one: Listed, names: Sequence[str], found: Recommending) -> dict[str, Any]:
    if one.last_at is not None:
        day = found.reading.vocabulary.zone.to_local(one.last_at).date().isoformat()
        times = "once" if one.times == 1 else f"{one.times} times"
        reason = f"had {times}, last on {day}"
    elif one.because is not None:
        reason = f"because of `{names[one.because]}`"
    else:
        is_lately = found.fitted.lately[one.item] > EVER
        reason = f"popular in the last {RECENT} days" if is_lately else "popular"
    return {"item": names[one.item], "score": one.score, "reason": reason}


def _check(count: int) -> None:
    if not 1 <= count <= MOST:
        raise UsageError(f"--k is 1 to {MOST}")
