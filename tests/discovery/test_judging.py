from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from shoal.discovery.features import Feature, matrix_of
from shoal.discovery.judging import folds_of
from shoal.discovery.predicting import ALONE_ONLY, NOTHING, find_predictors
from shoal.discovery.preparing import prepare
from shoal.discovery.resembling import resemble
from shoal.discovery.trends import bound_for, moved_mean, moved_size, moved_total
from shoal.language import parse_value
from shoal.predictions.judging import auc


def table(**columns):
    people = len(next(iter(columns.values())))
    features = [Feature(name, parse_value(name), name) for name in columns]
    return matrix_of(features, list(columns.values()), people)


def test_the_area_is_sklearn_s():
    random = np.random.default_rng(0)
    scores, positive = random.integers(0, 9, 500).astype(float), random.random(500) < 0.3
    assert auc(scores, positive) == pytest.approx(roc_auc_score(positive, scores))


def test_folds_have_the_same_share_of_positives():
    positive = np.arange(1000) % 10 == 0
    folds = folds_of(positive, 5, 0)
    assert [int(positive[folds == it].sum()) for it in range(5)] == [20] * 5


@pytest.fixture(scope="module")
def judged():
    random = np.random.default_rng(4)
    useful = random.normal(size=6000)
    echo = useful + random.normal(size=6000) * 0.8
    noise = random.normal(size=6000)
    positive = random.random(6000) < 1 / (1 + np.exp(2 - 1.6 * useful))
    prepared = prepare(table(useful=useful, echo=echo, noise=noise), np.arange(6000))
    return find_predictors(prepared, positive)


def test_b12_what_predicts_and_what_does_not_is_told_apart(judged):
    found = {it.feature.name: it for it in judged.predictors}
    assert found["useful"].verdict == "predictive"
    assert found["useful"].direction == "more"
    assert found["useful"].low > 0.05
    assert found["noise"].verdict == NOTHING
    assert found["noise"].low <= 0 <= found["noise"].high
    assert found["echo"].verdict == ALONE_ONLY
    assert judged.low < judged.auc < judged.high
    assert judged.auc > 0.75


def test_b12_nothing_is_found_in_noise():
    random = np.random.default_rng(5)
    columns = {f"n{it}": random.normal(size=1500) for it in range(4)}
    prepared = prepare(table(**columns), np.arange(1500))
    found = find_predictors(prepared, random.random(1500) < 0.3)
    assert 0.4 < found.auc < 0.6
    assert [it.verdict for it in found.predictors] == [NOTHING] * 4


def test_likeness_is_judged_out_of_fold():
    random = np.random.default_rng(6)
    members = random.random(1200) < 0.2
    useful = random.normal(size=1200) + members * 1.5
    prepared = prepare(table(useful=useful, noise=random.normal(size=1200)), np.arange(1200))
    found = resemble(prepared, members)
    assert 0.8 < found.auc < 0.92
    assert found.baseline_title == "useful"
    guessed = resemble(prepared, random.random(1200) < 0.2)
    assert guessed.auc < 0.6


def test_d6_a_move_is_told_from_noise():
    random = np.random.default_rng(7)
    before = random.gamma(2, 20, 2000)
    bound = bound_for(10)
    still = moved_mean("a", "A", before, before + random.normal(0, 5, 2000), bound)
    moved = moved_mean("a", "A", before, before * 1.2 + random.normal(0, 5, 2000), bound)
    assert still is not None
    assert moved is not None
    assert not still.is_notable
    assert moved.is_notable
    assert moved.relative == pytest.approx(0.2, abs=0.02)
    assert moved_mean("a", "A", before[:5], before[:5], bound) is None


def test_d6_false_moves_are_rare():
    random = np.random.default_rng(8)
    bound = bound_for(20)
    wrong = 0
    for _ in range(50):
        totals = [
            moved_total("e", "E", *random.poisson(2, (2, 300)).astype(float), bound)
            for _ in range(20)
        ]
        wrong += any(it.is_sure for it in totals)
    assert wrong <= 7  # 5 % of 50 are expected


def test_d6_a_segment_s_comings_and_goings_bound_its_noise():
    before, after = np.arange(1000) < 200, np.arange(1000) < 300
    assert moved_size("s", "S", before, after, 3).is_notable
    shifted = np.roll(before, 100)
    move = moved_size("s", "S", before, shifted, 3)
    assert (move.entered, move.left, move.change) == (100, 100, 0)
    assert not move.is_sure
