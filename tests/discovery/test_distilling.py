from __future__ import annotations

import numpy as np
import pytest

from shoal.discovery.boxes import Bound, conditions, fit, inside
from shoal.discovery.distilling import distil, tree_fidelity
from shoal.discovery.features import Feature, Kind, matrix_of
from shoal.discovery.rounding import roundest_first
from shoal.discovery.wording import rule_of
from shoal.language import parse_rule, parse_value, to_text
from tests.discovery.people import three_kinds


def feature(name, kind=Kind.NUMBER, category=None):
    return Feature(name, parse_value(name), name, kind, category)


@pytest.fixture(scope="module")
def kinds():
    return three_kinds()


def test_d4_a_group_becomes_a_short_rule_that_finds_it(kinds):
    matrix, kind = kinds
    for label in range(3):
        boxes = distil(matrix, kind == label)
        found = fit(inside(boxes, matrix), kind == label)
        assert found.f1 >= 0.9
        assert conditions(boxes) <= 5
        text = to_text(rule_of(boxes, matrix))
        assert to_text(parse_rule(text)) == text
        assert "saved" not in text  # says nothing about the kind
    assert tree_fidelity(matrix, kind) >= 0.9


def test_limits_are_numbers_that_people_write(kinds):
    matrix, kind = kinds
    boxes = distil(matrix, kind == 0)
    numbers = [it for box in boxes for bound in box.values() for it in (bound.low, bound.high)]
    assert all(float(f"{it:.2g}") == it for it in numbers if it is not None)


def test_unset_is_in_neither_side_unless_let_in():
    column = np.array([1.0, 5.0, np.nan])
    assert Bound(low=2).holds(column, whole=True).tolist() == [False, True, False]
    assert Bound(high=2).holds(column, whole=True).tolist() == [True, False, False]
    assert Bound(high=2, unset=True).holds(column, whole=True).tolist() == [True, False, True]
    assert Bound(unset=True).holds(column, whole=True).tolist() == [False, False, True]
    assert Bound().holds(column, whole=True).tolist() == [True, True, False]
    assert Bound(high=5).holds(column, whole=False).tolist() == [True, False, False]


def test_people_without_a_value_can_be_the_group():
    random = np.random.default_rng(0)
    column = np.where(np.arange(600) % 3 == 0, np.nan, random.normal(size=600))
    matrix = matrix_of([feature("score")], [column], 600)
    boxes = distil(matrix, np.isnan(column))
    assert to_text(rule_of(boxes, matrix)) == "score is not set"


@pytest.mark.parametrize(
    ("box", "text"),
    [
        ({0: Bound(low=4)}, "orders >= 4"),
        ({0: Bound(high=4)}, "orders <= 4"),
        ({1: Bound(high=4.5)}, "spent < 4.5"),
        ({1: Bound(4, 5)}, "spent between 4 and 5"),
        ({2: Bound(high=30)}, "gap < 30d"),
        ({2: Bound(low=0.5)}, "gap >= 12h"),
        ({3: Bound(low=0.6)}, "part >= 60%"),
        ({3: Bound(low=0.6, unset=True)}, "part >= 60% or part is not set"),
        ({4: Bound(low=0.5)}, "vip"),
        ({4: Bound(high=0.5)}, "not vip"),
        ({5: Bound(low=0.5)}, 'shop = "north"'),
        ({5: Bound(high=0.5)}, 'shop != "north"'),
        ({0: Bound(low=4), 2: Bound(high=30)}, "orders >= 4 and gap < 30d"),
    ],
)
def test_boxes_are_written_in_the_language(box, text):
    features = [
        feature("orders"), feature("spent"), feature("gap", Kind.SPAN), feature("part"),
        feature("vip", Kind.BOOLEAN), feature("shop", Kind.CATEGORY, "north"),
    ]  # fmt: skip
    columns = [np.array(it, float) for it in ([1, 9], [1.5, 2], [1, 2], [0.1, 0.9], [0, 1], [0, 1])]
    matrix = matrix_of(features, columns, 2)
    assert to_text(rule_of((box,), matrix)) == text


def test_truths_and_categories_are_found():
    random = np.random.default_rng(2)
    vip, shop = random.random(800) < 0.4, random.random(800) < 0.5
    noise = random.normal(size=800)
    features = [feature("vip", Kind.BOOLEAN), feature("shop", Kind.CATEGORY, "north"), feature("n")]
    matrix = matrix_of(features, [vip.astype(float), shop.astype(float), noise], 800)
    assert to_text(rule_of(distil(matrix, vip & ~shop), matrix)) == 'vip and shop != "north"'


def test_numbers_come_the_roundest_first():
    matrix = matrix_of(
        [feature("gap", Kind.SPAN), feature("n"), feature("money"), feature("part")],
        [np.array([1.5, 2]), np.array([1.0, 2]), np.array([0.5, 99.9]), np.array([0.2, 0.3])],
        2,
    )
    assert next(iter(roundest_first(29.3, matrix, 0))) == 30
    assert list(roundest_first(17.2, matrix, 1)) == [17]
    assert next(iter(roundest_first(487.3, matrix, 2))) == 500
    assert next(iter(roundest_first(0.5812, matrix, 3))) == 0.6


def test_two_shapes_can_need_an_or():
    random = np.random.default_rng(3)
    a, b = random.random(2000), random.random(2000)
    matrix = matrix_of([feature("a"), feature("b")], [a * 10, b * 10], 2000)
    boxes = distil(matrix, (a < 0.2) | (b > 0.8))
    assert len(boxes) == 2
    assert fit(inside(boxes, matrix), (a < 0.2) | (b > 0.8)).f1 > 0.97
