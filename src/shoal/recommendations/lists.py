"""The lists of one person: what is new to them, what to buy again, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from shoal.core.instants import DAY
from shoal.recommendations.having import Floats, Having, Int64s
from shoal.recommendations.judging import ndcg
from shoal.recommendations.likeness import Likeness, learn_likeness, said_for

RECENT = 21
"""Days that count as lately, for what is popular."""
WEIGHTS = (0.0, 0.25, 0.5, 1.0, 2.0)
"""Of what is popular lately, beside 1 for what a person's own items say."""
EVER = 1e-4
"""What popularity of all times counts beside that of late: it decides between equals only."""
NEVER_BEFORE = -(1 << 62)
MOST_JUDGED = 2_000
"""People by whom the weight is chosen."""
LAST = 5
FADING = 0.8
"""What comes next follows from the last items had; each earlier one says that much of the next."""
MOST_TOGETHER = 50


@dataclass(frozen=True, slots=True)
class Listed:
    """An item, its score, and why: the item that says most for it, or None for popularity."""

    item: int
    score: float
    because: int | None = None
    times: int = 0
    last_at: int | None = None


@dataclass(frozen=True, eq=False)
class Fitted:
    """What was learned up to an instant."""

    having: Having
    as_of: int
    likeness: Likeness
    lately: Floats
    """Of each item, how popular it is lately; :data:`EVER` at most for one nobody had lately."""
    weight: float


def fit(having: Having, as_of: int, days: int, weight: float | None = None) -> Fitted:
    """Learns from what happened before an instant.

    How much popularity counts is what served best in the ``days`` before it, learned without them.
    """
    seen = having.before(as_of)
    if weight is None:
        weight = best_weight(seen, as_of, days)
    return Fitted(seen, as_of, learn_likeness(seen), lately_of(seen, as_of), weight)


def lately_of(having: Having, as_of: int) -> Floats:
    """How popular each item is lately, the most popular 1; where that is equal, how popular ever."""
    lately, ever = having.popularity(as_of - RECENT * DAY), having.popularity(NEVER_BEFORE)
    most = [max(counts.max(initial=0.0), 1.0) for counts in (lately, ever)]
    return lately / most[0] + EVER * ever / most[1]


def best_weight(having: Having, as_of: int, days: int) -> float:
    """The weight of popularity under which new items were foretold best in the days before."""
    cut = as_of - days * DAY
    before, after = having.before(cut), having.between(cut, as_of)
    wanted = new_to(before, after)
    if not wanted:
        return 0.5
    people = sorted(wanted)
    if len(people) > MOST_JUDGED:
        people = people[:: -(-len(people) // MOST_JUDGED)]
    fitted = Fitted(before, cut, learn_likeness(before), lately_of(before, cut), 0.0)
    parts = [(said_by_own(fitted, user), items_of(before, user), wanted[user]) for user in people]
    found = [
        float(
            np.mean(
                [ndcg(best_of(own + it * fitted.lately, had), goal) for own, had, goal in parts]
            )
        )
        for it in WEIGHTS
    ]
    return WEIGHTS[int(np.argmax(found))]


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


def items_of(having: Having, user: int) -> Int64s:
    """The items somebody had, row by row in their order."""
    low, high = np.searchsorted(having.users, [user, user + 1])
    return having.items[low:high]


def said_by_own(fitted: Fitted, user: int) -> Floats:
    """What a person's own items say for each item."""
    found = np.zeros(len(fitted.having.names))
    found[fitted.likeness.items] = said_for(
        fitted.likeness, np.unique(items_of(fitted.having, user))
    )
    return found


def new_items(fitted: Fitted, user: int, count: int) -> list[Listed]:
    """The best items that somebody never had; for who had none, what is popular lately."""
    had = np.unique(items_of(fitted.having, user))
    own = said_by_own(fitted, user)
    popular = (fitted.weight if own.any() else 1.0) * fitted.lately
    scores = own + popular
    best = best_of(scores, had, count)
    return [
        Listed(
            item, float(scores[item]),
            _speaker(fitted.likeness, had, item) if own[item] > popular[item] else None,
        )
        for item in best if scores[item] > 0
    ]  # fmt: skip


def items_again(fitted: Fitted, user: int, count: int) -> list[Listed]:
    """What somebody had most often; of equals what is popular lately comes first."""
    low, high = np.searchsorted(fitted.having.users, [user, user + 1])
    items, at = fitted.having.items[low:high], fitted.having.at[low:high]
    times: dict[int, set[int]] = {}
    for item, instant in zip(items.tolist(), at.tolist(), strict=True):
        times.setdefault(item, set()).add(instant)
    scores = {item: len(some) + float(fitted.lately[item]) / 2 for item, some in times.items()}
    best = sorted(scores, key=lambda item: (-scores[item], item))[:count]
    return [Listed(it, scores[it], None, len(times[it]), max(times[it])) for it in best]


def _speaker(likeness: Likeness, had: Int64s, item: int) -> int | None:
    """The item had that says most for another one."""
    rows = likeness.place[had]
    rows = rows[rows >= 0]
    if not len(rows):
        return None
    says = likeness.weights[rows, likeness.place[item]]
    return int(likeness.items[rows[int(np.argmax(says))]])


def best_of(scores: Floats, without: Int64s, count: int = 10) -> list[int]:
    """The items with the highest scores; of equals the one that comes first."""
    scores = scores.copy()
    scores[without] = -np.inf
    count = min(count, len(scores))
    if not count:
        return []
    edge = np.partition(scores, -count)[-count]
    some = np.flatnonzero((scores >= edge) & (scores > -np.inf))
    return some[np.argsort(-scores[some], kind="stable")][:count].tolist()


def next_items(having: Having, last: Sequence[int], count: int) -> list[Listed]:
    """What others had on the occasion after these items, the last of them first."""
    wanted = {item: FADING**place for place, item in reversed(list(enumerate(last[:LAST])))}
    scores = np.zeros(len(having.names))
    most = np.zeros(len(having.names))
    because = np.full(len(having.names), -1, np.int64)
    for item, share in wanted.items():
        follows = after_item(having, item)
        total = follows.sum()
        if not total:
            continue
        said = share * follows / total
        scores += said
        because = np.where(said > most, item, because)
        most = np.maximum(said, most)
    found = best_of(scores, np.zeros(0, np.int64), count)
    return [Listed(it, float(scores[it]), int(because[it])) for it in found if scores[it] > 0]


def after_item(having: Having, item: int) -> Floats:
    """How many people had each item on the occasion right after one with this item."""
    starts = np.flatnonzero(_new_occasion(having))
    occasion = np.cumsum(_new_occasion(having)) - 1
    here = np.unique(occasion[having.items == item])
    follows = here + 1
    follows = follows[follows < len(starts)]
    follows = follows[having.users[starts[follows]] == having.users[starts[follows - 1]]]
    ends = np.append(starts[1:], len(having))
    at = _rows_of(starts[follows], np.minimum(ends[follows], starts[follows] + MOST_TOGETHER))
    pairs = np.unique(np.stack([having.users[at], having.items[at]]), axis=1)
    return np.bincount(pairs[1], minlength=len(having.names)).astype(np.float64)


def _rows_of(starts: Int64s, ends: Int64s) -> Int64s:
    """The rows from each start up to its end."""
    sizes = ends - starts
    return np.repeat(starts - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum()))


def _new_occasion(having: Having) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    found = np.ones(len(having), np.bool_)
    if len(found):
        found[1:] = (having.users[1:] != having.users[:-1]) | (having.at[1:] != having.at[:-1])
    return found
