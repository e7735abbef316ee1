"""How good recommendations would have been: learned up to a cut, held against what came after."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.core.errors import TooFewError, UsageError
from shoal.core.instants import DAY, format_instant
from shoal.project.recommendations.asked import HavingAsked
from shoal.project.recommendations.recommending import WINDOW, had
from shoal.recommendations.having import Floats, Having
from shoal.recommendations.judging import SHOWN, interval_of_mean, ndcg, recall
from shoal.recommendations.lists import Fitted, fit, items_again, new_items, next_items
from shoal.recommendations.popular import NEVER_BEFORE, best_of
from shoal.recommendations.weighing import (
    Weights,
    first_occasions,
    items_of,
    new_to,
    said_next,
)

if TYPE_CHECKING:
    from shoal.project.reading import Reading

FEWEST = 30
"""People who had something after the cut: of fewer nothing can be said."""
List = Callable[[int], Sequence[int]]


def recommend_backtest(
    reading: Reading, asked: HavingAsked, cut: int | None, at: int
) -> dict[str, Any]:
    """The contract's mapping. Nothing from the cut on is learned from, not even how much counts what.

    ``new`` is held against items somebody never had before; ``again`` against everything they had
    after the cut.
    """
    cut = at - WINDOW * DAY if cut is None else cut
    if cut >= at:
        raise UsageError("the cut is before the end of what is looked at")
    sources, _ = had(reading, asked, at)
    having = sources.having
    before, after = having.before(cut), having.between(cut, at + 1)
    fitted = fit(sources, cut, WINDOW)
    new, every = new_to(before, after), _had_after(before, after)
    if len(new) < FEWEST:
        raise TooFewError(
            f"{len(new)} people had something new to them after the cut, {FEWEST} are needed",
            hint="take an earlier --cut",
        )
    return {
        "cut": format_instant(cut),
        "as_of": format_instant(at),
        "people": before.people and len(set(before.users.tolist())),
        "items": len(set(before.items.tolist())),
        "popularity_weight": fitted.weights.popular,
        "signal_weights": {
            signal.event: weight
            for signal, weight in zip(fitted.learned.signals, fitted.weights.signals, strict=False)
        },
        "visits_weight": fitted.weights.visits,
        "new": _new(fitted, new),
        "again": _again(fitted, every),
        "next": _next(fitted, first_occasions(after)),
    }


def _new(fitted: Fitted, wanted: Mapping[int, set[int]]) -> dict[str, Any]:
    having = fitted.having

    def popular(scores: Floats) -> List:
        return lambda user: best_of(scores, np.unique(items_of(having, user)), SHOWN)

    ours = _judged(
        lambda user: [it.item for it in new_items(fitted, fitted.person(user), SHOWN)], wanted
    )
    lately = _judged(popular(fitted.lately), wanted)
    ever = _judged(popular(having.popularity(NEVER_BEFORE)), wanted)
    low, high = interval_of_mean(ours[0] - lately[0])
    return {
        **_means(ours),
        "n": len(wanted),
        "over_recent_popularity": {"ndcg": _mean(ours[0] - lately[0]), "low": low, "high": high},
        "baselines": {"popularity": _means(ever), "recent_popularity": _means(lately)},
    }


def _again(fitted: Fitted, wanted: Mapping[int, set[int]]) -> dict[str, Any]:
    having = fitted.having
    nothing = replace(fitted.learned, lately=np.zeros(len(having.names)))
    plain = Fitted(nothing, Weights(0.0))

    def listed(by: Fitted) -> List:
        return lambda user: [it.item for it in items_again(by, by.person(user), SHOWN)]

    def popular(user: int) -> Sequence[int]:
        own = np.unique(items_of(having, user))
        return own[np.argsort(-fitted.lately[own], kind="stable")][:SHOWN].tolist()

    ours, own = _judged(listed(fitted), wanted), _judged(listed(plain), wanted)
    low, high = interval_of_mean(ours[0] - own[0])
    return {
        **_means(ours),
        "n": len(wanted),
        "over_own_frequency": {"ndcg": _mean(ours[0] - own[0]), "low": low, "high": high},
        "baselines": {
            "own_frequency": _means(own),
            "recent_popularity": _means(_judged(popular, wanted)),
        },
    }


def _next(fitted: Fitted, wanted: Mapping[int, set[int]]) -> dict[str, Any]:
    """What is on somebody's first occasion after the cut, whether they had it before or not."""
    having, nobody = fitted.having, np.zeros(0, np.int64)
    people = set(having.users.tolist())
    wanted = {user: goal for user, goal in wanted.items() if user in people}

    def ours(user: int) -> Sequence[int]:
        return [it.item for it in next_items(fitted, items_of(having, user), SHOWN)]

    def in_order(user: int) -> Sequence[int]:
        order, _ = said_next(fitted.learned.occasions, items_of(having, user))
        return best_of(order, nobody, SHOWN)

    popular = best_of(fitted.lately, nobody, SHOWN)
    return {
        **_means(_judged(ours, wanted)),
        "n": len(wanted),
        "baselines": {
            "order_alone": _means(_judged(in_order, wanted)),
            "recent_popularity": _means(_judged(lambda _: popular, wanted)),
        },
    }


def _had_after(before: Having, after: Having) -> dict[int, set[int]]:
    """Of each person known before, the items had after the cut that anybody had before it."""
    people, items = set(before.users.tolist()), set(before.items.tolist())
    found: dict[int, set[int]] = {}
    for user, item in zip(after.users.tolist(), after.items.tolist(), strict=True):
        if user in people and item in items:
            found.setdefault(user, set()).add(item)
    return found


def _judged(listed: List, wanted: Mapping[int, set[int]]) -> tuple[Floats, Floats]:
    lists = [(listed(user), goal) for user, goal in sorted(wanted.items())]
    return _of(ndcg, lists), _of(recall, lists)


def _of(measure: Callable[..., float], lists: Iterable[tuple[Sequence[int], set[int]]]) -> Floats:
    return np.array([measure(listed, goal) for listed, goal in lists])


def _means(judged: tuple[Floats, Floats]) -> dict[str, float]:
    return {"ndcg": _mean(judged[0]), "recall": _mean(judged[1])}


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else 0.0
