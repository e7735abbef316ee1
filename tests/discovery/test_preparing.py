from __future__ import annotations

import numpy as np

from shoal.discovery.features import Feature, Kind, matrix_of, sampled
from shoal.discovery.preparing import prepare
from shoal.language import parse_value
from tests.discovery.people import ORDERS, SINCE, three_kinds


def feature(name, kind=Kind.NUMBER):
    return Feature(name, parse_value(name), name.capitalize(), kind)


def test_d4_points_are_comparable_and_choices_are_said():
    matrix, _ = three_kinds()
    prepared = prepare(matrix, np.arange(matrix.people))
    assert np.allclose(prepared.points.mean(axis=0), 0, atol=1e-4)
    assert np.allclose(prepared.points.std(axis=0), 1, atol=1e-3)
    assert any(note.startswith("Average order value: unset for") for note in prepared.notes)
    assert any(note.startswith("by the logarithm") and SINCE.title in note
               for note in prepared.notes)  # fmt: skip


def test_d4_constant_repeated_and_mostly_unset_features_are_left_out_and_said():
    random = np.random.default_rng(0)
    a = random.normal(size=400)
    rarely = np.where(np.arange(400) < 100, a, np.nan)
    names = ["a", "same", "twin", "opposite", "rarely"]
    columns = [a, np.ones(400), a * 3 + 1, -a, rarely]
    matrix = matrix_of([feature(name) for name in names], columns, 400)
    prepared = prepare(matrix, np.arange(400))
    assert [it.name for it in prepared.features] == ["a"]
    assert {it.feature.name: it.why for it in prepared.left_out} == {
        "same": "everybody with a value has the same one",
        "twin": "says the same as “A”",
        "opposite": "says the same as “A”",
        "rarely": "unset for 75% of the people",
    }


def test_an_unset_span_is_the_longest_and_an_unset_number_the_middle():
    column = np.r_[np.linspace(1, 100, 199), np.nan]
    matrix = matrix_of([feature("gap", Kind.SPAN), feature("n")], [column, -column], 200)
    gap, number = prepare(matrix, np.arange(200)).scales[0], 1
    assert gap.fill > 98
    matrix = matrix_of([feature("n")], [column], 200)
    assert prepare(matrix, np.arange(200)).scales[0].fill == np.nanmedian(column)
    assert number == 1


def test_outliers_are_pulled_in():
    random = np.random.default_rng(0)
    column = random.normal(size=1000)
    column[0] = 1e9
    matrix = matrix_of([feature("a")], [column], 1000)
    assert prepare(matrix, np.arange(1000)).points.max() < 4


def test_samples_are_the_same_for_the_same_seed():
    assert sampled(10, 20, 0).tolist() == list(range(10))
    assert (sampled(1000, 100, 3) == sampled(1000, 100, 3)).all()
    assert len(np.unique(sampled(1000, 100, 3))) == 100


def test_whole_numbers_and_shares_are_seen():
    matrix, _ = three_kinds()
    assert matrix.whole == (True, False, False, False)
    assert matrix.shares == (False, False, False, True)
    assert matrix.features[0] == ORDERS
