"""The lists of one person: what is new to them, what to buy again, what comes next."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property

import numpy as np

from shoal.core.instants import DAY
from shoal.recommendations.having import Floats, Having, Int64s
from shoal.recommendations.interest import Signal, looked, searched
from shoal.recommendations.items import Shelf, Truths, plain_shelf
from shoal.recommendations.likeness import like, said_for, speaker
from shoal.recommendations.popular import rising, scaled
from shoal.recommendations.weighing import (
    Learned,
    Weights,
    best_weights,
    learned,
    said_by_done,
    said_next,
    window,
)

FEW = 5
"""People below which too few had an item to know what it goes with."""
FRESH = 30
"""Days for which an item is new, from the first time that anybody had it."""
BEST_OF_KIND = 3
OF_KIND = 0.9
"""What a new item is worth beside the best of its category for the same person."""


class Why(StrEnum):
    """Why an item stands on a list."""

    HAD = "had"
    LOOKED = "looked"
    SEARCHED = "searched"
    NEW = "new"
    POPULAR = "popular"
    RISING = "rising"
    TOGETHER = "together"
    AFTER = "after"
    VISITS = "visits"


@dataclass(frozen=True, slots=True)
class Listed:
    """An item, its score, and why: the item that says most for it, or None where none does.

    ``word`` is what somebody searched for; ``times`` and ``before`` count people or occasions.
    """

    item: int
    score: float
    because: int | None = None
    times: int = 0
    last_at: int | None = None
    why: Why = Why.POPULAR
    word: str | None = None
    before: int = 0


@dataclass(frozen=True, eq=False)
class Sources:
    """What is learned from: who had what, what they looked at and what words they searched for.

    Looks count items as ``having`` does, searches their own words. ``titles`` are the items'.
    """

    having: Having
    looks: tuple[tuple[str, Having], ...] = ()
    searches: tuple[tuple[str, Having], ...] = ()
    titles: Sequence[str] = ()

    def before(self, instant: int) -> tuple[Having, tuple[Signal, ...]]:
        """What had happened before an instant."""
        having = self.having.before(instant)
        looks = [looked(event, it.before(instant)) for event, it in self.looks]
        searches = [
            searched(event, it.before(instant), having, self.titles) for event, it in self.searches
        ]
        return having, (*looks, *searches)


@dataclass(frozen=True, eq=False)
class Person:
    """What somebody had, row by row in its order, and what they did of each signal lately."""

    items: Int64s
    at: Int64s
    done: tuple[Int64s, ...] = ()

    @cached_property
    def had(self) -> Int64s:
        """The items they had, each once."""
        return np.unique(self.items)

    @property
    def did_nothing(self) -> bool:
        """Whether they had nothing, and neither looked nor searched lately."""
        return not len(self.items) and not any(map(len, self.done))


@dataclass(frozen=True, eq=False)
class Fitted:
    """What was learned up to an instant, and how much each part of it counts."""

    learned: Learned
    weights: Weights

    @property
    def having(self) -> Having:
        """Who had what before the instant."""
        return self.learned.having

    @property
    def lately(self) -> Floats:
        """How popular each item is lately; at most EVER for one that nobody had lately."""
        return self.learned.lately

    def person(self, user: int) -> Person:
        """Somebody as they were when it was learned."""
        low, high = np.searchsorted(self.having.users, [user, user + 1])
        signals, as_of = self.learned.signals, self.learned.as_of
        done = tuple(it.lately(user, as_of) for it in signals)
        return Person(self.having.items[low:high], self.having.at[low:high], done)

    @cached_property
    def is_new(self) -> Truths:
        """Items that nobody had yet, or few people, and those not for long."""
        having = self.having
        first = np.full(len(having.names), np.iinfo(np.int64).max)
        np.minimum.at(first, having.items, having.at)
        return (self.learned.likeness.people < FEW) & (first >= self.learned.as_of - FRESH * DAY)

    @cached_property
    def rising(self) -> tuple[Floats, Floats, Floats]:
        """How much each item rises with everybody."""
        return rising(self.having, self.learned.as_of)

    @cached_property
    def everything(self) -> Shelf:
        """A shelf on which all items may be shown."""
        return plain_shelf(len(self.having.names))


def fit(sources: Sources, as_of: int, days: int, weights: Weights | None = None) -> Fitted:
    """Learns from what happened before an instant.

    How much each part counts is what served best in the ``days`` before, learned without them.
    """
    if weights is None:
        weights = weights_for(sources, as_of, days)
    having, signals = sources.before(as_of)
    return Fitted(learned(having, as_of, signals), weights)


def weights_for(sources: Sources, as_of: int, days: int) -> Weights:
    """How much each part counts, by the whole days before an instant."""
    start, end = window(as_of, days)
    having, signals = sources.before(start)
    return best_weights(learned(having, start, signals), sources.having.between(start, end))


def new_items(  # noqa: PLR0913  what a list is made of
    fitted: Fitted,
    person: Person,
    count: int,
    shelf: Shelf | None = None,
    popular: Floats | None = None,
    *,
    owned: bool = False,
) -> list[Listed]:
    """The best items that somebody never had; for who did nothing yet, what is popular.

    ``popular`` takes the place of what is popular with everybody; ``owned`` lets in what they had.
    """
    shelf = shelf or fitted.everything
    own, parts = _said(fitted, person)
    known = own.any() or any(it.any() for it in parts)
    weight = fitted.weights.popular if known else 1.0
    most = weight * (fitted.lately if popular is None else popular)
    scores = own + sum(parts, np.zeros(len(own))) + most
    fresh = _for_new(fitted, scores, shelf)
    scores = np.maximum(scores, fresh)
    without = np.zeros(0, np.int64) if owned else person.had
    return [
        replace(_reason(fitted, person, item, own, parts, most), score=float(scores[item]))
        if scores[item] > fresh[item]
        else Listed(item, float(scores[item]), why=Why.NEW)
        for item in shelf.best(scores, without, count)
        if scores[item] > 0
    ]


def _said(fitted: Fitted, person: Person) -> tuple[Floats, list[Floats]]:
    known = fitted.learned
    own = said_for(known.likeness, person.had)
    parts = [
        weight * said_by_done(known, signal, done)
        for signal, done, weight in zip(
            known.signals, person.done, fitted.weights.signals, strict=False
        )
    ]
    return own, parts


def _reason(  # noqa: PLR0913, PLR0917  what a score is made of
    fitted: Fitted,
    person: Person,
    item: int,
    own: Floats,
    parts: Sequence[Floats],
    popular: Floats,
) -> Listed:
    """Whatever part of the score is most."""
    known = fitted.learned
    shares = [popular[item], own[item], *(it[item] for it in parts)]
    best = int(np.argmax(shares))
    if best == 0:
        return Listed(item, 0.0)
    if best == 1:
        because = speaker(known.likeness, person.had, item)
        return Listed(item, 0.0, because, why=Why.HAD if because is not None else Why.POPULAR)
    signal, done = known.signals[best - 2], person.done[best - 2]
    if signal.leads is None:
        because = item if item in done else speaker(known.likeness, done, item)
        return Listed(item, 0.0, because, why=Why.LOOKED)
    says = np.asarray(signal.leads[done][:, [item]].toarray()).ravel()
    word = signal.deeds.names[int(done[int(np.argmax(says))])]
    return Listed(item, 0.0, why=Why.SEARCHED, word=word)


def _for_new(fitted: Fitted, scores: Floats, shelf: Shelf) -> Floats:
    """What new items are worth to somebody, by the best of their category; 0 for all others."""
    found = np.zeros(len(scores))
    if shelf.category is None or not fitted.is_new.any():
        return found
    codes = shelf.category.codes
    old = np.flatnonzero(~fitted.is_new & (codes >= 0) & ~shelf.hidden)
    order = old[np.lexsort((-scores[old], codes[old]))]
    begins = np.searchsorted(codes[order], np.arange(len(shelf.category.values)))
    rank = np.arange(len(order)) - begins[codes[order]]
    best = order[rank < BEST_OF_KIND]
    sums = np.bincount(codes[best], scores[best], minlength=len(shelf.category.values))
    counts = np.bincount(codes[best], minlength=len(shelf.category.values))
    worth = OF_KIND * np.append(sums / np.maximum(counts, 1), 0.0)
    return np.where(fitted.is_new, np.maximum(worth[codes], 0.0), 0.0)


def items_again(
    fitted: Fitted, person: Person, count: int, shelf: Shelf | None = None
) -> list[Listed]:
    """What somebody had most often; of equals what is popular lately comes first."""
    hidden = (shelf or fitted.everything).hidden
    times: dict[int, set[int]] = {}
    for item, instant in zip(person.items.tolist(), person.at.tolist(), strict=True):
        times.setdefault(item, set()).add(instant)
    scores = {
        item: len(some) + float(fitted.lately[item]) / 2
        for item, some in times.items()
        if not hidden[item]
    }
    best = sorted(scores, key=lambda item: (-scores[item], item))[:count]
    return [
        Listed(it, scores[it], None, len(times[it]), max(times[it]), why=Why.HAD) for it in best
    ]


def next_items(
    fitted: Fitted, items: Int64s, count: int, shelf: Shelf | None = None
) -> list[Listed]:
    """What others had on the occasion after these items, or on visits like this one."""
    shelf = shelf or fitted.everything
    order, because = said_next(fitted.learned.occasions, items)
    visits = np.zeros(len(order))
    if fitted.weights.visits:
        visits = fitted.weights.visits * scaled(fitted.learned.visits.like(items))
    scores = order + visits
    return [
        Listed(it, float(scores[it]), int(because[it]), why=Why.AFTER)
        if because[it] >= 0 and order[it] >= visits[it]
        else Listed(it, float(scores[it]), why=Why.VISITS)
        for it in shelf.best(scores, np.zeros(0, np.int64), count)
        if scores[it] > 0
    ]


def similar_to(
    fitted: Fitted, item: int, count: int, shelf: Shelf | None = None, without: Int64s | None = None
) -> list[Listed]:
    """Items that the same people had; ``times`` are the people who had both."""
    likeness = fitted.learned.likeness
    scores = like(likeness, item)
    both = np.asarray(likeness.together[[item]].toarray()).ravel()
    return [
        Listed(it, float(scores[it]), item, int(both[it]), why=Why.TOGETHER)
        for it in (shelf or fitted.everything).best(scores, _and(item, without), count)
        if scores[it] > 0
    ]


def had_together(
    fitted: Fitted, item: int, count: int, shelf: Shelf | None = None, without: Int64s | None = None
) -> list[Listed]:
    """Items had on the same occasions; ``times`` are the occasions with both."""
    scores, both = fitted.learned.occasions.bought_together(item)
    return [
        Listed(it, float(scores[it]), item, int(both[it]), why=Why.TOGETHER)
        for it in (shelf or fitted.everything).best(scores, _and(item, without), count)
        if scores[it] > 0
    ]


def _and(item: int, without: Int64s | None) -> Int64s:
    return np.append(np.zeros(0, np.int64) if without is None else without, item)


def trending(
    fitted: Fitted,
    having: Having,
    count: int,
    shelf: Shelf | None = None,
    without: Int64s | None = None,
) -> list[Listed]:
    """What rises among those whose having it is; ``times`` and ``before`` count people."""
    everybody = having is fitted.having
    scores, lately, before = fitted.rising if everybody else rising(having, fitted.learned.as_of)
    nothing = np.zeros(0, np.int64) if without is None else without
    return [
        Listed(it, float(scores[it]), None, int(lately[it]), why=Why.RISING, before=int(before[it]))
        for it in (shelf or fitted.everything).best(scores, nothing, count)
        if scores[it] > 0
    ]
