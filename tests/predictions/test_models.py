"""Models of people whose outcomes follow a known law: what is fitted, said, and warned of."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from shoal.predictions.calibrating import calibrate_amounts, calibrate_chances
from shoal.predictions.judging import (
    auc,
    auc_gain,
    calibration_error,
    likely_share,
    rank_correlation,
    stability,
    top_share,
)
from shoal.predictions.model import BOOSTED, WEIGHED, Model, Seen, fit_models, pooled
from shoal.predictions.sight import Column, Feature, Kind, Sight
from shoal.predictions.watching import drift, leaks_of, moved, spread_of
from shoal.predictions.weighing import chance, fit_linear, fit_logistic

NAMES = ("app", "shop", "web", "")


def people(count, seed, *, level=0.0):
    """Log-odds are linear in one number, bent in another, and by channel; a third says nothing."""
    random = np.random.default_rng(seed)
    orders = random.poisson(3, count).astype(np.float32)
    days = random.exponential(40, count).astype(np.float32)
    days[random.random(count) < 0.1] = np.nan
    channel = random.integers(0, 3, count).astype(np.float32)
    noise = random.normal(size=count).astype(np.float32)
    odds = level - 1 + 0.5 * orders - np.minimum(np.nan_to_num(days, nan=60), 60) / 20
    odds += np.where(channel == 0, 1.0, 0.0)
    sight = Sight(
        (Feature("orders", "orders"), Feature("days", "days since", Kind.SPAN),
         Feature("channel", "channel", Kind.TEXT), Feature("noise", "noise")),
        (Column(orders), Column(days), Column(channel, NAMES), Column(noise)),
        count,
    )  # fmt: skip
    true = chance(odds.astype(np.float64))
    return Seen(sight, random.random(count) < true), true


@pytest.fixture(scope="module")
def fitted():
    times = [people(1_500, seed)[0] for seed in (1, 2, 3)]
    return fit_models(times, 50)


@pytest.mark.parametrize("kind", [WEIGHED, BOOSTED])
def test_chances_come_near_the_true_ones(fitted, kind):
    seen, true = people(4_000, 9)
    scores = fitted.others[kind].scores(seen.sight)
    assert np.abs(scores - true).mean() < 0.05
    assert auc(scores, seen.came) > auc(true, seen.came) - 0.01
    assert calibration_error(scores, seen.came) < 0.035


def test_the_plain_model_is_kept_where_trees_are_not_surely_better(fitted):
    assert fitted.by_time
    assert fitted.model.kind == WEIGHED
    assert "the simple one is kept" in fitted.why


def test_trees_are_kept_where_they_surely_win():
    random = np.random.default_rng(4)

    def crossed(count):
        a, b = random.normal(size=(2, count)).astype(np.float32)
        did = random.random(count) < np.where(a * b > 0, 0.8, 0.2)
        sight = Sight((Feature("a", "a"), Feature("b", "b")), (Column(a), Column(b)), count)
        return Seen(sight, did)

    found = fit_models([crossed(1_500), crossed(1_500)], 50)
    assert found.model.kind == BOOSTED
    assert "surely better" in found.why


@pytest.mark.parametrize("kind", [WEIGHED, BOOSTED])
def test_reasons_add_up_and_a_kept_model_says_the_same(fitted, kind):
    seen, _ = people(200, 5)
    model = fitted.others[kind]
    each, base = model.contributions(seen.sight)
    assert np.abs(chance(each.sum(axis=1) + base) - model.scores(seen.sight)).max() < 1e-9
    again = Model.from_json(json.loads(json.dumps(model.as_json())))
    assert np.array_equal(again.scores(seen.sight), model.scores(seen.sight))
    low, high = model.calibration.interval(model.scores(seen.sight))
    assert ((low <= model.scores(seen.sight)) & (model.scores(seen.sight) <= high)).all()


def test_texts_and_numbers_that_were_never_seen_are_answered(fitted):
    seen, _ = people(3, 6)
    columns = list(seen.sight.columns)
    columns[0] = Column(np.array([1e30, -1e30, np.nan], np.float32))
    columns[2] = Column(np.array([0, 1, np.nan], np.float32), ("fax", ""))
    for model in fitted.others.values():
        scores = model.scores(Sight(seen.sight.features, tuple(columns), 3))
        assert ((scores > 0) & (scores < 1)).all()
        nobody = model.scores(seen.sight.rows(np.zeros(3, np.bool_)))
        assert len(nobody) == 0


def test_a_level_that_moved_is_learned_from_the_later_time():
    times = [people(2_000, 1)[0], people(2_000, 2, level=-1.0)[0]]
    found = fit_models(times, 50)
    assert found.model.calibration.shift < -0.3


def test_features_that_tell_nobody_apart_give_everyone_the_share():
    sight = Sight((Feature("same", "same"),), (Column(np.ones(400, np.float32)),), 400)
    came = np.arange(400) % 4 == 0
    found = fit_models([Seen(sight, came), Seen(sight, came)], 50)
    for model in found.others.values():
        assert model.scores(sight) == pytest.approx(np.full(400, 0.25), abs=0.01)
        assert not model.contributions(sight)[0].any()


def test_too_few_before_are_calibrated_on_people_left_out():
    seen, _ = people(400, 3)
    found = fit_models([seen], 50)
    assert not found.by_time
    assert abs(found.model.scores(seen.sight).mean() - seen.came.mean()) < 0.05


def test_amounts_are_said_as_the_mean_of_what_came():
    random = np.random.default_rng(3)

    def spenders(count):
        orders = random.poisson(3, count).astype(np.float32)
        spent = np.where(random.random(count) < 0.5, orders * random.gamma(2, 10, count), 0.0)
        return Seen(Sight((Feature("orders", "orders"),), (Column(orders),), count), spent)

    found = fit_models([spenders(1_500), spenders(1_500)], 50)
    new = spenders(5_000)
    scores = found.model.scores(new.sight)
    assert scores.sum() == pytest.approx(new.came.sum(), rel=0.15)
    best = rank_correlation(new.sight.columns[0].values.astype(np.float64), new.came)
    assert rank_correlation(scores, new.came) > best - 0.01
    ats = [at for at, _ in found.model.calibration.knots]
    assert ats == sorted(set(ats))


# --- against other ways of reckoning -------------------------------------------------------------


def test_weights_are_those_of_another_library():
    random = np.random.default_rng(0)
    points = random.normal(size=(500, 6))
    did = random.random(500) < chance(points @ np.arange(-2, 4) * 0.4 - 0.5)
    found = fit_logistic(points, did, held_back=2.0)
    other = LogisticRegression(C=0.5, tol=1e-10, max_iter=1_000).fit(points, did)
    assert np.allclose(found.each, other.coef_[0], atol=1e-5)
    assert found.constant == pytest.approx(other.intercept_[0], abs=1e-5)


def test_people_who_can_be_told_apart_without_fail_get_finite_weights():
    points = np.array([[-1.0], [-1.0], [1.0], [1.0]])
    found = fit_logistic(points, np.array([False, False, True, True]))
    assert np.isfinite(found.each).all()
    assert found.each[0] > 0
    flat = fit_linear(points, np.array([1.0, 1.0, 3.0, 3.0]), held_back=0.0)
    assert (flat.constant, flat.each[0]) == (2.0, 1.0)


SCORED = st.lists(
    st.tuples(st.integers(0, 6), st.integers(0, 6), st.booleans()), min_size=4, max_size=40
).filter(lambda it: 2 <= sum(did for *_, did in it) <= len(it) - 2)


@settings(max_examples=60, deadline=None)
@given(rows=SCORED)
def test_gain_and_area_as_reckoned_pair_by_pair(rows):
    one, other, did = (np.array(it) for it in zip(*rows, strict=True))
    did = did.astype(np.bool_)

    def placed(scores):
        won = (scores[did][:, None] > scores[~did]) + 0.5 * (scores[did][:, None] == scores[~did])
        return won.mean(axis=1), won.mean(axis=0)

    first, second = placed(one.astype(float)), placed(other.astype(float))
    assert auc(one.astype(float), did) == pytest.approx(first[0].mean())
    gain, error = auc_gain(one.astype(float), other.astype(float), did)
    assert gain == pytest.approx(first[0].mean() - second[0].mean())
    spread = sum(np.var(a - b, ddof=1) / len(a) for a, b in zip(first, second, strict=True))
    assert error == pytest.approx(np.sqrt(spread))


def test_figures_where_everybody_is_alike():
    same, did = np.full(20, 0.5), np.arange(20) % 2 == 0
    assert auc(same, did) == 0.5
    assert top_share(same, did) == pytest.approx(0.1)
    assert top_share(same, np.zeros(20)) == 0.0
    assert rank_correlation(same, np.arange(20.0)) == 0.0
    assert likely_share(0, 0) == (0.0, 1.0)
    low, high = likely_share(0, 50)
    assert low == 0.0
    assert high < 0.1
    assert stability(np.array([0.5, 0.5]), np.array([0.5, 0.5])) == 0.0


def test_calibration_never_turns_scores_round():
    random = np.random.default_rng(2)
    sums = random.normal(size=500)
    did = random.random(500) < chance(-2 * sums)
    found = calibrate_chances(sums, did)
    assert found.stretch == 0.0
    assert found.apply(sums).mean() == pytest.approx(did.mean(), abs=0.01)
    rising = calibrate_amounts(sums, -sums)
    assert (np.diff(rising.apply(np.sort(sums))) >= 0).all()


# --- what is warned of ---------------------------------------------------------------------------


def test_leaks_are_named_and_honest_features_are_not():
    seen, _ = people(2_000, 7)
    random = np.random.default_rng(8)
    told = np.where(seen.came, random.normal(5, 1, 2_000), random.normal(0, 1, 2_000))
    after = np.where(seen.came, 1.0, np.nan)
    sight = Sight(
        (*seen.sight.features, Feature("told", "told"), Feature("after", "after")),
        (*seen.sight.columns, Column(told.astype(np.float32)), Column(after.astype(np.float32))),
        2_000,
    )
    found = {it.feature: it for it in leaks_of(Seen(sight, seen.came))}
    assert set(found) == {"told", "after"}
    assert found["after"].by_being_set
    assert "exist only after the outcome" in found["after"].text
    assert "too good to be true" in found["told"].text


def test_drift_names_what_moved(fitted):
    before, _ = people(2_000, 1)
    model = fitted.model
    kept = json.loads(json.dumps(spread_of(before.sight, model.scores(before.sight))))
    same, _ = people(2_000, 2)
    assert moved(drift(kept, same.sight, model.scores(same.sight))) == []
    columns = list(same.sight.columns)
    columns[0] = Column(columns[0].values + 4)
    columns[2] = Column(np.full(2_000, 2, np.float32), NAMES)
    other = Sight(same.sight.features, tuple(columns), 2_000)
    found = drift(kept, other, model.scores(other))
    assert set(moved(found)) == {"orders", "channel"}
    assert found[""] > 0.1


def test_pooled_texts_keep_their_meaning():
    one = Sight(
        (Feature("x", "x", Kind.TEXT),),
        (Column(np.array([0, 1, np.nan], np.float32), ("b", "")),),
        3,
    )
    two = Sight(
        (Feature("x", "x", Kind.TEXT),), (Column(np.array([1, 0], np.float32), ("a", "b")),), 2
    )
    both = pooled([Seen(one, np.zeros(3, np.bool_)), Seen(two, np.ones(2, np.bool_))])
    column = both.sight.columns[0]
    assert column.is_one("b").tolist() == [1, 0, 0, 1, 0]
    assert column.is_one("a").tolist() == [0, 0, 0, 0, 1]
