"""Expressions over columns: what they mean, exactly, and what is said of a wrong one."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.errors import ShoalError
from shoal.events.columns import as_text
from shoal.sources.evaluation import Rows, evaluate, matches
from shoal.sources.expression import Aggregate, ColumnCell, columns_of, parse
from shoal.sources.mapping import Condition


def value_of(text, columns, starts=None):
    told = []
    arrays = {name: pa.array(cells) for name, cells in columns.items()}
    count = len(next(iter(arrays.values())))
    rows = Rows(arrays, count, lambda name, n: told.append((name, n)), starts)
    return as_text(evaluate(parse(text, tuple(columns)), rows)).to_pylist(), told


def number(text):
    return None if text is None else Decimal(text)


amount = st.decimals(-(10**6), 10**6, places=4).map(str)
cells = st.lists(st.one_of(st.none(), amount), min_size=1, max_size=20)


@given(st.data())
def test_arithmetic_is_that_of_decimal(data):
    a = data.draw(cells)
    b = data.draw(st.lists(st.one_of(st.none(), st.integers(-1000, 1000)), min_size=len(a),
                           max_size=len(a)))  # fmt: skip
    found, _ = value_of("a * b - (a + 1.25) * 2", {"a": a, "b": pa.array(b, pa.int64())})
    for one, left, right in zip(found, a, b, strict=True):
        if left is None or right is None:
            assert one is None
        else:
            assert number(one) == Decimal(left) * right - (Decimal(left) + Decimal("1.25")) * 2


@given(st.lists(st.tuples(st.integers(0, 3), st.one_of(st.none(), amount)), min_size=1))
def test_sums_over_groups_are_exact(rows):
    rows.sort(key=lambda row: row[0])
    keys = [key for key, _ in rows]
    starts = np.flatnonzero(np.diff([-1, *keys]))
    found, _ = value_of("sum(x * 1.5)", {"x": pa.array([x for _, x in rows], pa.string())}, starts)
    expected = []
    for key in sorted(set(keys)):
        values = [Decimal(x) * Decimal("1.5") for k, x in rows if k == key and x is not None]
        expected.append(sum(values) if values else None)
    assert [number(one) for one in found] == expected


def test_large_sums_and_products_lose_nothing():
    found, _ = value_of("sum(x)", {"x": ["8999999999999.999999", "-8999999999999.999998"] * 3}, [0])
    assert number(found[0]) == Decimal("0.000003")
    found, _ = value_of("a * b", {"a": ["3000000.123456"], "b": ["1000000"]})
    assert number(found[0]) == Decimal(3000000123456)
    found, _ = value_of("a * b", {"a": ["0.123457"], "b": ["0.1"]})
    assert float(found[0]) == 0.0123457


def test_a_number_that_is_not_exact_spoils_only_what_it_takes_part_in():
    columns = {"x": [0.1, 0.2, 1.7e-15, 0.3], "n": [1, 1, 1, 3]}
    found, _ = value_of("sum(x * n)", columns, np.array([0, 2]))
    assert [float(one) for one in found] == [0.3, 0.9 + 1.7e-15]
    found, _ = value_of("max(x)", columns, np.array([0, 2]))
    assert [float(one) for one in found] == [0.2, 0.3]
    found, _ = value_of("x - 0.1", columns)
    assert [float(one) for one in found[:2]] == [0.0, 0.1]


def test_aggregates_over_groups():
    columns = {"x": ["2", None, "n/a", "5"], "name": [None, "a", "b", None]}
    starts = np.array([0, 3])
    for text, expected in {
        "count()": ["3", "1"],
        "count(name)": ["2", "0"],
        "min(x)": ["2", "5"],
        "max(-x)": ["-2", "-5"],
        "first(name)": ["a", None],
        "last(name)": ["b", None],
        "name": ["a", None],
        "sum(x) * 2 + count()": ["7", "11"],
        "'EUR'": ["EUR", "EUR"],
    }.items():
        found, told = value_of(text, columns, starts)
        assert found == expected, text
        assert set(told) <= {("x", 1)}


def test_names_are_columns_first():
    assert parse("Unit-Price", ("Unit-Price",)) == ColumnCell("Unit-Price")
    assert parse("sum(`Unit Price`)", ()) == Aggregate("sum", ColumnCell("Unit Price"))
    assert list(columns_of(parse("sum(a * b) - c.d + count()", ()))) == ["a", "b", "c.d"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a column or a number is missing"),
        ("a +", "a column or a number is missing"),
        ("a b", "`b` is not expected there"),
        ("sum(a", "a closing `)` is missing"),
        ("(a", "a closing `)` is missing"),
        ("avg(a)", "there is no `avg(…)`"),
        ("sum(sum(a))", "holds another sum"),
        ("a / b", "`/` is not understood"),
        ("__import__('os')", "there is no `__import__(…)`"),
    ],
)
def test_what_is_wrong_is_said(text, says):
    with pytest.raises(ShoalError) as caught:
        parse(text, ())
    assert says in str(caught.value)


def test_conditions():
    columns = {"a": pa.array(["C1", "2", None, "2.0"]), "n": pa.array([1, None, 3, -4])}
    rows = Rows(columns, 4, lambda *_: None)
    for operator, column, operand, expected in [
        ("starts with", "a", "C", [1, 0, 0, 0]),
        ("not starts with", "a", "C", [0, 1, 1, 1]),
        ("=", "a", "2", [0, 1, 0, 0]),
        ("!=", "a", "2", [1, 0, 1, 1]),
        ("=", "a", 2, [0, 1, 0, 1]),
        ("!=", "a", 2, [1, 0, 1, 0]),
        (">", "n", 0, [1, 0, 1, 0]),
        ("<=", "n", 1, [1, 0, 0, 1]),
        ("in", "a", ("C1", 2), [1, 1, 0, 1]),
        ("not in", "a", ("C1", 2), [0, 0, 1, 0]),
        ("is set", "a", True, [1, 1, 0, 1]),
        ("is set", "a", False, [0, 0, 1, 0]),
        ("is set", "nowhere", True, [0, 0, 0, 0]),
    ]:
        found = matches((Condition(column, operator, operand),), rows)
        assert found.tolist() == [bool(one) for one in expected], (operator, operand)
    flags = Rows({"f": pa.array([True, False, None])}, 3, lambda *_: None)
    assert matches((Condition("f", "=", True),), flags).tolist() == [True, False, False]
