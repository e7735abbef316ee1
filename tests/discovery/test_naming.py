from __future__ import annotations

import numpy as np
import pytest

from shoal.discovery.features import Feature, Kind
from shoal.discovery.naming import characteristics, name_of, phrase, titles, told
from shoal.discovery.preparing import prepare
from shoal.language import parse_value
from tests.discovery.people import three_kinds


def test_d4_groups_are_named_by_what_sets_them_apart():
    matrix, kind = three_kinds()
    rows = np.arange(matrix.people)
    prepared = prepare(matrix, rows)
    traits = [characteristics(prepared, kind == it, rows) for it in range(3)]
    found = titles([told(it, prepared, rows) for it in traits], traits)
    often, _, lapsed = found
    assert "many orders in 90 days" in often.lower()
    assert "low average order value" in often.lower()
    assert "last order" in lapsed.lower()
    assert "long ago" in lapsed
    assert len(set(found)) == 3
    assert not any("discount" in title for title in found)  # alike in all groups


@pytest.mark.parametrize(
    ("text", "title", "more", "words"),
    [
        ("count(a)", "Orders in 90 days", True, "many orders in 90 days"),
        ("count(a)", "Number of orders", False, "few orders"),
        ("age(last(a))", "Time since their last order", False, "recent last order"),
        ("age(last(a))", "Time since their last order", True, "last order long ago"),
        ("age(first(a))", "Time since their first order", False, "recent first order"),
        ("gap(a)", "Time between orders", True, "long time between orders"),
        ("sum(a.b)", "Revenue", True, "high revenue"),
        (
            "distinct(a.shop)", "Number of different values of shop among orders in the last year",
            True, "many different shops in the last year",
        ),
    ],
)  # fmt: skip
def test_words_fit_what_is_counted(text, title, more, words):
    value = parse_value(text)
    kind = Kind.SPAN if text.startswith(("age", "gap")) else Kind.NUMBER
    assert phrase(Feature("x", value, title, kind), more=more) == words


def test_names_are_new_and_can_be_written():
    assert name_of("Many orders in 90 days", ["many_orders"]) == "many_orders_2"
    assert name_of("5 stars", []) == "group_5_stars"
    assert name_of("…", []) == "group"
