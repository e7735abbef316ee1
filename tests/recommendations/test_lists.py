"""E4: Lists against plain Python, and laws that any of them keeps."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.core.instants import DAY
from shoal.recommendations.having import Having
from shoal.recommendations.judging import interval_of_mean, ndcg, recall
from shoal.recommendations.likeness import learn_likeness, like, said_for, speaker
from shoal.recommendations.lists import (
    Sources,
    fit,
    items_again,
    new_items,
    next_items,
    trending,
)
from shoal.recommendations.occasions import Occasions
from shoal.recommendations.popular import best_of, rising
from shoal.recommendations.visits import Visits
from shoal.recommendations.weighing import items_of, new_to

NAMES = tuple("abcdefgh")
rows = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 7), st.integers(0, 60)), min_size=1, max_size=60
)


def having_of(triples, names=NAMES, people=6):
    ordered = sorted(triples, key=lambda it: (it[0], it[2]))
    columns = zip(*((u, i, day * DAY) for u, i, day in ordered), strict=True)
    users, items, at = (np.array(column, np.int64) for column in columns)
    return Having(users, items, at, people, names)


@given(rows)
def test_pairs_and_popularity_are_what_counting_gives(triples):
    having = having_of(triples)
    occasions = Counter((u, i) for u, i, _ in set(triples))
    assert dict(zip(zip(*(it.tolist() for it in having.pairs()[:2]), strict=True),
                    having.pairs()[2].tolist(), strict=True)) == dict(occasions)  # fmt: skip
    popular = Counter(i for _, i in {(u, i) for u, i, day in triples if day >= 30})
    assert having.popularity(30 * DAY).tolist() == [popular[i] for i in range(len(NAMES))]


@given(rows)
@settings(deadline=None)
def test_new_is_new_and_again_is_not_and_nothing_later_counts(triples):
    having = having_of(triples)
    fitted = fit(Sources(having), 40 * DAY, 10)
    earlier = having_of([it for it in triples if it[2] < 40] or [(0, 0, 0)])
    then = fit(Sources(earlier), 40 * DAY, 10)
    for user in range(6):
        had = {i for u, i, day in triples if u == user and day < 40}
        person = fitted.person(user)
        new, again = new_items(fitted, person, 5), items_again(fitted, person, 5)
        assert had.isdisjoint(it.item for it in new)
        assert {it.item for it in again} <= had
        assert [it.score for it in new] == sorted((it.score for it in new), reverse=True)
        assert all(it.because is None or it.because in had for it in new)
        if any(day < 40 for _, _, day in triples):
            assert [it.item for it in new] == [
                it.item for it in new_items(then, then.person(user), 5)
            ]
        days = {i: {d for u, j, d in triples if (u, j) == (user, i) and d < 40} for i in had}
        assert [it.times for it in again] == sorted(
            (len(it) for it in days.values()), reverse=True
        )[:5]
        assert all(it.last_at == max(days[it.item]) * DAY for it in again)


@given(rows)
def test_what_comes_next_is_counted_over_neighbouring_occasions(triples):
    having = having_of(triples)
    for item in range(len(NAMES)):
        people = set()
        for user in range(6):
            days = sorted({day for u, _, day in triples if u == user})
            for one, other in pairwise(days):
                if (user, item, one) in triples:
                    people |= {(user, j) for u, j, day in triples if (u, day) == (user, other)}
        expected = Counter(j for _, j in people)
        after = Occasions(having).after(item)
        assert after.tolist() == [expected[j] for j in range(len(NAMES))]


@given(rows)
def test_what_goes_together_is_counted_over_occasions(triples):
    having = having_of(triples)
    baskets = {}
    for user, item, day in triples:
        baskets.setdefault((user, day), set()).add(item)
    for item in range(len(NAMES)):
        here = [it for it in baskets.values() if item in it]
        expected = Counter(j for some in here for j in some if j != item)
        found, occasions = Occasions(having).along(item)
        assert (found.tolist(), occasions) == (
            [expected[j] for j in range(len(NAMES))], len(here),
        )  # fmt: skip
        scores, both = Occasions(having).bought_together(item)
        assert both.tolist() == found.tolist()
        assert all((score > 0) == (count > 0) for score, count in zip(scores, found, strict=True))


@given(rows, st.lists(st.integers(0, 7), max_size=6))
def test_visits_speak_only_for_items_of_visits_that_share_one(triples, current):
    having = having_of(triples)
    visits = {}
    for user, item, day in triples:
        visits.setdefault((user, day), set()).add(item)  # days apart: a visit is an occasion
    shared = [it for it in visits.values() if it & set(current)]
    found = Visits(Occasions(having)).like(np.array(current, np.int64))
    assert {it for it in range(len(NAMES)) if found[it] > 0} == set().union(*shared)


@given(rows)
def test_what_rises_is_counted_before_and_after(triples):
    having = having_of(triples)
    scores, lately, before = rising(having, 50 * DAY)
    now = Counter(i for _, i in {(u, i) for u, i, day in triples if 29 <= day < 50})
    then = Counter(i for _, i in {(u, i) for u, i, day in triples if 8 <= day < 29})
    assert lately.tolist() == [now[i] for i in range(len(NAMES))]
    assert before.tolist() == [then[i] for i in range(len(NAMES))]
    assert all(0 <= score <= count for score, count in zip(scores, lately, strict=True))


@given(rows)
def test_new_to_is_what_sets_give(triples):
    having = having_of(triples)
    before = {(u, i) for u, i, day in triples if day < 30}
    people = {u for u, _ in before}
    expected = {}
    for u, i, day in triples:
        if day >= 30 and u in people and (u, i) not in before:
            expected.setdefault(u, set()).add(i)
    assert new_to(having.before(30 * DAY), having.between(30 * DAY, 99 * DAY)) == expected


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=20), st.integers(1, 12),
       st.sets(st.integers(0, 19), max_size=5))  # fmt: skip
def test_the_best_are_those_a_sort_gives(scores, count, without):
    without = {it for it in without if it < len(scores)}
    left = [it for it in range(len(scores)) if it not in without]
    expected = sorted(left, key=lambda it: (-scores[it], it))[:count]
    assert best_of(np.array(scores), np.array(sorted(without), np.int64), count) == expected


def test_weights_are_those_that_foretell_each_item_from_the_others():
    random = np.random.default_rng(5)
    triples = {(int(u), int(i), 0) for u, i in random.integers(0, [40, 6], (120, 2))}
    having = having_of(triples, tuple("abcdef"), 40)
    found = learn_likeness(having, ridge=3.0)
    table = np.zeros((40, 6))
    for u, i, _ in triples:
        table[u, i] = 1
    for item in range(6):  # ridge regression on the other columns, solved for each by itself
        others = [it for it in range(6) if it != item]
        left = table[:, others].T @ table[:, others] + 3.0 * np.eye(5)
        expected = np.linalg.solve(left, table[:, others].T @ table[:, item])
        assert found.weights[others, item] == pytest.approx(expected, abs=1e-5)
        assert found.weights[item, item] == 0
    assert found.together.toarray().tolist() == (table.T @ table).tolist()


def test_only_what_most_people_had_is_learned_from():
    having = having_of([(0, 0, 0), (1, 0, 0), (2, 0, 0), (0, 1, 0), (1, 1, 0), (0, 2, 0)])
    found = learn_likeness(having, most=2)
    assert found.items.tolist() == [0, 1]
    assert said_for(found, np.array([1]))[2] == 1  # its nearest neighbours speak for the third
    assert said_for(found, np.array([2])).tolist() == [0] * len(NAMES)
    assert speaker(found, np.array([0, 1]), 2) == 1
    assert speaker(found, np.array([3]), 2) is None
    assert like(found, 0).argmax() == 1
    assert like(found, 2)[1] > like(found, 2)[3] == 0


def test_somebody_who_had_nothing_is_shown_what_is_popular_lately():
    having = having_of([(0, 1, 39), (1, 1, 39), (2, 2, 39), (3, 3, 1)])
    fitted = fit(Sources(having), 40 * DAY, 10)
    nobody = fitted.person(5)
    assert [NAMES[it.item] for it in new_items(fitted, nobody, 10)] == ["b", "c", "d"]
    assert {it.because for it in new_items(fitted, nobody, 10)} == {None}
    assert items_of(having, 5).tolist() == []
    assert items_again(fitted, nobody, 10) == []
    assert next_items(fitted, nobody.items, 10) == []
    assert [NAMES[it.item] for it in trending(fitted, having, 10)] == ["b", "c"]


@given(
    st.lists(st.integers(0, 9), unique=True, max_size=10), st.sets(st.integers(0, 9), min_size=1)
)
def test_measures_lie_between_nothing_and_all(listed, wanted):
    for measure in (ndcg, recall):
        assert 0 <= measure(listed, wanted) <= 1 + 1e-12
        assert measure(sorted(wanted), wanted) == pytest.approx(1)


def test_an_interval_holds_the_mean_as_often_as_it_says():
    random = np.random.default_rng(2)
    held = 0
    for seed in range(60):
        low, high = interval_of_mean(random.exponential(1, 80), seed)
        held += low <= 1 <= high
    assert 49 <= held <= 60
