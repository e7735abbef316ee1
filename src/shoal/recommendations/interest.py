"""What people looked at and searched for, beside what they had.

A look at an item speaks for that item; a word that somebody searched for speaks for the items that
people had, or whose names have it. How much either counts is found out on an earlier window.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from shoal.core.instants import DAY
from shoal.predictions.learning import scipy
from shoal.recommendations.having import Floats, Having, Int64s

INTERESTED = 30
"""Days for which a look or a search says what somebody wants."""
LEADS = 7
"""Days after a search in which an item that is had may come of it."""
SUPPORT = 5.0
"""People at whom what a word leads to counts half."""
MOST_SEARCHES = 500_000
"""Searches that are learned from, the latest."""


@dataclass(frozen=True, eq=False)
class Signal:
    """Something that people do before they have an item, in the order of person and instant.

    Of looks, ``deeds`` counts items as the having does. Of searches it counts words, and ``leads``
    (sparse, words by items) says what each leads to.
    """

    event: str
    deeds: Having
    leads: Any = None

    def of(self, done: Int64s, count: int) -> Floats:
        """How much these items or words, each once, speak for each of ``count`` items; at most 1."""
        scores = np.zeros(count)
        if not len(done):
            return scores
        if self.leads is None:
            scores[done] = 1.0
            return scores
        said = np.asarray(self.leads[done].sum(axis=0)).ravel()
        most = said.max(initial=0.0)
        return said / most if most > 0 else scores

    def lately(self, user: int, as_of: int) -> Int64s:
        """What one person did within the days that count, each item or word once."""
        low, high = np.searchsorted(self.deeds.users, [user, user + 1])
        at = self.deeds.at[low:high]
        since = as_of - INTERESTED * DAY
        return np.unique(self.deeds.items[low:high][(at >= since) & (at < as_of)])


def looked(event: str, deeds: Having) -> Signal:
    """Looks at items."""
    return Signal(event, deeds)


def searched(event: str, deeds: Having, having: Having, titles: Sequence[str] = ()) -> Signal:
    """Searches for words: what was had in the days after, and the items whose titles have the word.

    ``titles`` are those of the having's items, in their order; their names where there are none.
    """
    sparse = scipy("sparse")
    rows = _latest(deeds)
    low = _first_after(having, deeds.users[rows], deeds.at[rows])
    high = _first_after(having, deeds.users[rows], deeds.at[rows] + LEADS * DAY)
    sizes = np.maximum(high - low, 0)
    at = np.repeat(low - np.cumsum(sizes) + sizes, sizes) + np.arange(int(sizes.sum()))
    words = np.repeat(deeds.items[rows], sizes)
    users = np.repeat(deeds.users[rows], sizes)
    count = len(having.names)
    triples = np.unique(np.stack([users, words, having.items[at]]), axis=1)
    shape = (len(deeds.names), count)
    ones = np.ones(triples.shape[1])
    led = sparse.csr_matrix((ones, (triples[1], triples[2])), shape=shape)
    people = np.unique(np.stack([deeds.users[rows], deeds.items[rows]]), axis=1)
    searchers = np.bincount(people[1], minlength=len(deeds.names))
    shares = sparse.diags(1.0 / (searchers + SUPPORT)) @ led
    return Signal(event, deeds, (shares + _named(deeds.names, titles or having.names)).tocsr())


def words_of(text: str) -> list[str]:
    """The words of a search, in lower case; the first eight of at least two characters.

    >>> words_of("Blue TEA-cup, a big one")
    ['blue', 'tea', 'cup', 'big', 'one']
    """
    plain = "".join(it if it.isalnum() else " " for it in text.casefold())
    return list(dict.fromkeys(it for it in plain.split() if len(it) > 1))[:8]


def _latest(deeds: Having) -> Int64s:
    rows = np.arange(len(deeds))
    if len(rows) <= MOST_SEARCHES:
        return rows
    return np.sort(np.argsort(-deeds.at, kind="stable")[:MOST_SEARCHES])


def _first_after(having: Having, users: Int64s, at: Int64s) -> Int64s:
    """For each person and instant the first row of theirs that is not before it."""
    order = np.lexsort((np.ones(len(users)), at, users))
    keys_users = np.concatenate([having.users, users[order]])
    keys_at = np.concatenate([having.at, at[order]])
    is_asked = np.concatenate([np.zeros(len(having), np.int64), np.ones(len(users), np.int64)])
    # Of what happens at the same instant the question comes first: that row is not before it.
    sorted_rows = np.lexsort((1 - is_asked, keys_at, keys_users))
    before = np.cumsum(is_asked[sorted_rows] == 0)
    places = sorted_rows[is_asked[sorted_rows] == 1] - len(having)
    found = np.empty(len(users), np.int64)
    found[order[places]] = before[is_asked[sorted_rows] == 1]
    return found


def _named(words: Sequence[str], titles: Sequence[str]) -> Any:
    """Words by items: the more of a title a word is, the more it speaks for the item."""
    sparse = scipy("sparse")
    place = {word: row for row, word in enumerate(words)}
    cells: list[tuple[int, int, float]] = []
    for item, title in enumerate(titles):
        parts = words_of(title)
        cells += [(place[it], item, 1 / len(parts)) for it in parts if it in place]
    rows, columns, values = zip(*cells, strict=True) if cells else ((), (), ())
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(words), len(titles)))
