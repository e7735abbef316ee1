"""Qini against plain Python, learners on people whose effect is known, and when nothing may be ranked."""

from __future__ import annotations

from itertools import pairwise
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.predictions.linear import fit_amount, fit_chance
from shoal.predictions.qini import Tried, curve_points, drawn_qini, qini
from shoal.predictions.uplift import LEARNERS, compare, folds_of, out_of_fold

people = st.lists(
    st.tuples(st.booleans(), st.integers(0, 1), st.integers(0, 4)), min_size=2, max_size=40
)


def tried_of(rows):
    return Tried(np.array([t for t, _, _ in rows]), np.array([y for _, y, _ in rows], float))


def by_hand(rows):
    """The coefficient as it is defined, group of equals by group of equals."""

    def curve(key):
        points, seen = [(0.0, 0.0)], []
        for score in sorted({key(row) for row in rows}, reverse=True):
            seen += [row for row in rows if key(row) == score]
            treated = [y for t, y, _ in seen if t]
            control = [y for t, y, _ in seen if not t]
            share = len(treated) / len(control) if control else 0
            points.append((len(seen), sum(treated) - sum(control) * share))
        return points

    def area(points):
        return sum((b[0] - a[0]) * (a[1] + b[1]) / 2 for a, b in pairwise(points))

    found = curve(lambda row: row[2])
    chance = area([found[0], found[-1]])
    most = area(curve(lambda row: row[1] if row[0] else -row[1])) - chance
    return (area(found) - chance) / most if most > 0 else float("nan")


@given(people)
def test_the_coefficient_is_what_counting_gives(rows):
    found, expected = qini(tried_of(rows), np.array([s for _, _, s in rows], float)), by_hand(rows)
    assert isnan(found) == isnan(expected) or abs(expected) > 1e9
    if not isnan(expected):
        assert found == pytest.approx(expected)


@given(people)
def test_a_ranking_keeps_its_coefficient_whatever_its_numbers_are(rows):
    score = np.array([s for _, _, s in rows], float)
    tried = tried_of(rows)
    assert qini(tried, score) == pytest.approx(qini(tried, np.exp(score) * 3), nan_ok=True)


def made(count=6_000, seed=3):
    """Half gain .3 by the treatment, half nothing; another feature moves the outcome alone."""
    random = np.random.default_rng(seed)
    moved, likely = random.integers(0, 2, count), random.integers(0, 2, count)
    treated = random.random(count) < 0.5
    chance = 0.1 + 0.4 * likely + 0.3 * moved * treated
    tried = Tried(treated, (random.random(count) < chance).astype(float))
    return np.column_stack([moved, likely, random.normal(size=count)]).astype(float), tried, moved


@pytest.mark.parametrize("name", LEARNERS)
def test_learners_find_whom_the_treatment_moves_and_by_how_much(name):
    table, tried, moved = made()
    said = LEARNERS[name](table, tried)(table)
    assert said[moved == 1].mean() == pytest.approx(0.3, abs=0.05)
    assert said[moved == 0].mean() == pytest.approx(0.0, abs=0.05)


def test_the_response_alone_does_not_find_them():
    table, tried, _ = made()
    found = compare(table, tried)
    assert found.chosen.can_rank
    assert found.over_response[0] > 0
    assert found.points[0] == {"share": 0.0, "gain": 0.0}
    assert found.points[-1]["gain"] == pytest.approx(
        curve_points(tried, np.zeros(len(table)))[-1]["gain"]
    )


def test_where_the_treatment_moves_all_alike_nobody_is_ranked():
    random = np.random.default_rng(4)
    ranked = 0
    for _ in range(4):
        table = random.normal(size=(800, 3))
        treated = random.random(800) < 0.5
        outcome = (random.random(800) < 0.3 + 0.1 * treated).astype(float)
        ranked += compare(table, Tried(treated, outcome)).chosen.can_rank
    assert ranked <= 1


def test_folds_hold_everybody_once_and_each_its_share():
    _, tried, _ = made(1_003)
    parts = folds_of(tried)
    assert np.sort(np.concatenate(parts)).tolist() == list(range(1_003))
    rates = [tried.outcome[it].mean() for it in parts]
    assert max(rates) - min(rates) < 0.01


def test_what_is_said_of_somebody_does_not_rest_on_their_own_outcome():
    table, tried, _ = made(400)
    place = int(np.flatnonzero(~tried.treated)[0])
    other = tried.outcome.copy()
    other[place] = 1 - other[place]
    one = LEARNERS["t"](np.delete(table, place, 0), tried.of(np.delete(np.arange(400), place)))
    same = Tried(tried.treated, other).of(np.delete(np.arange(400), place))
    two = LEARNERS["t"](np.delete(table, place, 0), same)
    assert one(table[[place]]) == pytest.approx(two(table[[place]]))
    assert np.isfinite(out_of_fold(LEARNERS["t"], table, tried)).all()


def test_rankings_drawn_on_the_same_people_can_be_compared():
    table, tried, moved = made(2_000)
    good, same = drawn_qini(tried, [moved.astype(float), moved * 2.0], draws=20)
    assert good == pytest.approx(same)
    assert good.std() > 0
    assert qini(tried, np.zeros(len(table))) == pytest.approx(0)


def test_plain_models_find_the_weights_they_were_made_with():
    random = np.random.default_rng(1)
    table = random.normal(size=(20_000, 2))
    chance = 1 / (1 + np.exp(-(0.5 + table @ [1.0, -2.0])))
    model = fit_chance(table, (random.random(20_000) < chance).astype(float))
    assert model.chance(table) == pytest.approx(chance, abs=0.05)
    amount = fit_amount(table, 3 + table @ [2.0, 0.5], ridge=0.0)
    assert amount.of(np.array([[1.0, 1.0]])) == pytest.approx([5.5])
    constant = fit_chance(np.ones((10, 1)), np.array([1.0] * 4 + [0.0] * 6))
    assert constant.chance(np.ones((1, 1))) == pytest.approx([0.4])
