"""How much each thing counts: chosen by what would have served best in the days before."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from shoal.core.instants import DAY
from shoal.recommendations.having import Floats, Having, Int64s
from shoal.recommendations.interest import Signal
from shoal.recommendations.judging import ndcg
from shoal.recommendations.likeness import Likeness, learn_likeness, said_for
from shoal.recommendations.occasions import Occasions
from shoal.recommendations.popular import best_of, lately_of, scaled
from shoal.recommendations.visits import Visits

POPULAR = (0.0, 0.25, 0.5, 1.0, 2.0)
"""Of what is popular lately, beside 1 for what a person's own items say."""
SIGNALS = (0.0, 0.25, 0.5, 1.0, 2.0)
"""Of what somebody looked at or searched for."""
VISITS = (0.0, 0.5, 1.0, 2.0)
"""Of visits like this one, beside 1 for what people had next."""
USUAL = 0.5
"""Of what is popular, where nothing can be found out."""
MOST_JUDGED = 2_000
"""People by whom it is chosen."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much, beside 1 for a person's own items; of ``next``, beside 1 for order."""

    popular: float = USUAL
    signals: tuple[float, ...] = ()
    visits: float = 0.0


@dataclass(frozen=True, eq=False)
class Learned:
    """What was known at an instant: who had what, and what goes together."""

    having: Having
    as_of: int
    likeness: Likeness
    lately: Floats
    signals: tuple[Signal, ...]
    occasions: Occasions
    visits: Visits


def learned(having: Having, as_of: int, signals: Sequence[Signal] = ()) -> Learned:
    """All that is learned once, from what had happened before the instant."""
    occasions = Occasions(having)
    lately = lately_of(having, as_of)
    return Learned(
        having, as_of, learn_likeness(having), lately, tuple(signals), occasions, Visits(occasions)
    )


def best_weights(then: Learned, after: Having) -> Weights:
    """Under which what came ``after`` was foretold best, one weight after another."""
    found = Weights(USUAL, (0.0,) * len(then.signals))
    wanted = new_to(then.having, after)
    if wanted:
        found = _best_for_new(then, wanted)
    return replace(found, visits=_best_visits(then, after))


def _best_for_new(then: Learned, wanted: dict[int, set[int]]) -> Weights:
    people = _some(sorted(wanted))
    had = [np.unique(items_of(then.having, it)) for it in people]
    scores = [said_for(then.likeness, it) for it in had]
    goals = [wanted[it] for it in people]

    def judged(weight: float, part: Callable[[int], Floats]) -> float:
        return float(np.mean([
            ndcg(best_of(scores[it] + weight * part(it), had[it]), goals[it])
            for it in range(len(people))
        ]))  # fmt: skip

    popular = _best(POPULAR, lambda it: judged(it, lambda _: then.lately))
    scores = [it + popular * then.lately for it in scores]
    signals: list[float] = []
    for signal in then.signals:
        said = [said_by(then, signal, it) for it in people]
        weight = 0.0
        if any(it.any() for it in said):
            weight = _best(SIGNALS, lambda it, said=said: judged(it, said.__getitem__))
            scores = [it + weight * more for it, more in zip(scores, said, strict=True)]
        signals.append(weight)
    return Weights(popular, tuple(signals))


def _best_visits(then: Learned, after: Having) -> float:
    """By what people had on their next occasion."""
    first = first_occasions(after)
    known = [it for it in sorted(first) if len(items_of(then.having, it))]
    people = _some(known, MOST_JUDGED // 8)
    if not people:
        return 0.0
    parts: list[tuple[Floats, Floats, set[int]]] = []
    for user in people:
        items = items_of(then.having, user)
        order, visits = said_next(then.occasions, items), then.visits.like(items)
        parts.append((order[0], scaled(visits), first[user]))
    nobody = np.zeros(0, np.int64)
    return _best(
        VISITS,
        lambda weight: float(
            np.mean([ndcg(best_of(it + weight * of, nobody), goal) for it, of, goal in parts])
        ),
    )


def _best(tried: Sequence[float], judged: Callable[[float], float]) -> float:
    """The first of those that serve best."""
    return tried[int(np.argmax([judged(it) for it in tried]))]


def _some(people: list[int], most: int = MOST_JUDGED) -> list[int]:
    return people[:: -(-len(people) // most)] if len(people) > most else people


def said_by(known: Learned, signal: Signal, user: int) -> Floats:
    """What somebody's looks or searches say for each item."""
    return said_by_done(known, signal, signal.lately(user, known.as_of))


def said_by_done(known: Learned, signal: Signal, done: Int64s) -> Floats:
    """The same of what was done; a look speaks for what goes with the item too, half as much."""
    said = signal.of(done, len(known.having.names))
    if signal.leads is None and len(done):
        said = said + said_for(known.likeness, done) / 2
    return said


LAST = 5
FADING = 0.8
"""What comes next follows from the last items had; each earlier one says that much of the next."""


def said_next(occasions: Occasions, items: Int64s) -> tuple[Floats, Int64s]:
    """What people had on the occasion after these items, the last of them first, and after which."""
    count = len(occasions.having.names)
    scores, most = np.zeros(count), np.zeros(count)
    because = np.full(count, -1, np.int64)
    last = list(dict.fromkeys(items[::-1].tolist()))[:LAST]
    for place, item in reversed(list(enumerate(last))):
        follows = occasions.after(item)
        total = follows.sum()
        if not total:
            continue
        said = FADING**place * follows / total
        scores += said
        because = np.where(said > most, item, because)
        most = np.maximum(said, most)
    return scores, because


def new_to(before: Having, after: Having) -> dict[int, set[int]]:
    """Of each person known before, the items had after and never before."""
    owners, had, _ = before.pairs()
    known = set(zip(owners.tolist(), had.tolist(), strict=True))
    people = set(before.users.tolist())
    found: dict[int, set[int]] = {}
    users, items, _ = after.pairs()
    for user, item in zip(users.tolist(), items.tolist(), strict=True):
        if user in people and (user, item) not in known:
            found.setdefault(user, set()).add(item)
    return found


def first_occasions(having: Having) -> dict[int, set[int]]:
    """Of each person the items of their first occasion."""
    found: dict[int, set[int]] = {}
    starts: dict[int, int] = {}
    for user, item, at in zip(
        having.users.tolist(), having.items.tolist(), having.at.tolist(), strict=True
    ):
        if starts.setdefault(user, at) == at:
            found.setdefault(user, set()).add(item)
    return found


def items_of(having: Having, user: int) -> Int64s:
    """The items somebody had, row by row in their order."""
    low, high = np.searchsorted(having.users, [user, user + 1])
    return having.items[low:high]


def window(as_of: int, days: int) -> tuple[int, int]:
    """The days by which weights are chosen: whole ones, up to the midnight (UTC) before.

    So they are chosen once a day, however often somebody asks.
    """
    end = as_of // DAY * DAY
    return end - days * DAY, end
