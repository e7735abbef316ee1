"""Expressions and conditions, evaluated over the columns of some rows or of groups of rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.events.columns import as_text
from shoal.sources import amounts
from shoal.sources.amounts import Amounts
from shoal.sources.expression import Aggregate, ColumnCell, Constant, Expression, Operation
from shoal.sources.mapping import Condition

Int64s = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Columns of some rows; with ``starts`` the rows stand in groups, each at least one row.

    ``fallacies`` is told of a column's cells that are no numbers where numbers are needed.
    """

    columns: Mapping[str, pa.Array]
    count: int
    fallacies: Callable[[str, int], None]
    starts: Int64s | None = None

    @property
    def size(self) -> int:
        """How many values an expression has here."""
        return self.count if self.starts is None else len(self.starts)

    def column(self, name: str) -> pa.Array:
        """The column, all unset where the file has none of that name."""
        found = self.columns.get(name)
        return pa.nulls(self.count, pa.string()) if found is None else found

    def alone(self) -> Rows:
        """The same rows without their groups."""
        return Rows(self.columns, self.count, self.fallacies)


def evaluate(expression: Expression, rows: Rows) -> pa.Array:
    """One value per row or group; columns stay as they are, arithmetic is exact."""
    if isinstance(expression, ColumnCell):
        return _picked(rows.column(expression.name), rows, first=True)
    if isinstance(expression, Constant) and isinstance(expression.value, str):
        return pa.repeat(pa.scalar(expression.value, pa.string()), rows.size)
    if (
        isinstance(expression, Aggregate)
        and expression.function in ("first", "last")
        and expression.inner is not None
    ):
        inner = evaluate(expression.inner, rows.alone())
        return _picked(inner, rows, first=expression.function == "first")
    return amounts.to_array(_amounts(expression, rows))


def matches(
    conditions: tuple[Condition, ...], rows: Rows, numbers: Mapping[str, pa.Array] | None = None
) -> Mask:
    """Where all conditions hold. An empty cell equals nothing and begins with nothing.

    What is compared with a number is read from ``numbers``, where these differ from the rows.
    """
    result = np.ones(rows.count, dtype=np.bool_)
    for condition in conditions:
        result &= _holds(condition, rows, numbers or {})
    return result


def _amounts(expression: Expression, rows: Rows) -> Amounts:  # noqa: PLR0911 - one way out per node
    if isinstance(expression, Constant):
        value = expression.value
        return amounts.constant(value if isinstance(value, Decimal) else Decimal(0), rows.size)
    if isinstance(expression, Operation):
        left, right = _amounts(expression.left, rows), _amounts(expression.right, rows)
        return amounts.combine(expression.sign, left, right)
    if isinstance(expression, ColumnCell) or expression.function in ("first", "last"):
        array = evaluate(expression, rows)
        found, failed = amounts.read_amounts(array)
        if failed:
            name = expression.name if isinstance(expression, ColumnCell) else expression.function
            rows.fallacies(name, failed)
        return found
    starts = np.arange(rows.count, dtype=np.int64) if rows.starts is None else rows.starts
    if expression.inner is None:
        counts = np.diff(np.append(starts, rows.count))
        return Amounts(counts, 0, np.ones(len(starts), dtype=np.bool_))
    if expression.function == "count":
        is_set = evaluate(expression.inner, rows.alone()).is_valid()
        flags = is_set.to_numpy(zero_copy_only=False).astype(np.int64)
        return Amounts(np.add.reduceat(flags, starts), 0, np.ones(len(starts), dtype=np.bool_))
    inner = _amounts(expression.inner, rows.alone())
    if expression.function == "sum":
        return amounts.sums(inner, starts)
    return amounts.extremes(inner, starts, largest=expression.function == "max")


def _picked(array: pa.Array, rows: Rows, *, first: bool) -> pa.Array:
    """The array itself, or for groups the first or last value of each that is set."""
    if rows.starts is None:
        return array
    places = np.arange(rows.count, dtype=np.int64)
    if array.null_count:
        is_set = array.is_valid().to_numpy(zero_copy_only=False)
        places = np.where(is_set, places, rows.count if first else -1)
    pick = np.minimum if first else np.maximum
    chosen = pick.reduceat(places, rows.starts)
    return array.take(pa.array(chosen, mask=(chosen < 0) | (chosen == rows.count)))


def _holds(condition: Condition, rows: Rows, numbers: Mapping[str, pa.Array]) -> Mask:
    array = rows.column(condition.column)
    operator, operand = condition.operator, condition.operand
    is_set = array.is_valid().to_numpy(zero_copy_only=False)
    if operator == "is set":
        return is_set == bool(operand)
    if operator in ("in", "not in"):
        assert isinstance(operand, tuple)
        found = np.zeros(rows.count, dtype=np.bool_)
        for one in operand:
            found |= _holds(Condition(condition.column, "=", one), rows, numbers)
        return found if operator == "in" else ~found
    if operator.endswith("starts with"):
        starts = pc.starts_with(as_text(array), pattern=str(operand)).fill_null(False)
        found = starts.to_numpy(zero_copy_only=False)
        return ~found if operator.startswith("not") else found
    if isinstance(operand, int | float) and not isinstance(operand, bool):
        cells = numbers.get(condition.column, array)
        return _compares(cells, operator, Decimal(str(operand)))
    text = str(operand).lower() if isinstance(operand, bool) else str(operand)
    cells = as_text(array)
    if isinstance(operand, bool):
        cells = pc.ascii_lower(cells)
    found = pc.equal(cells, text).fill_null(False).to_numpy(zero_copy_only=False)
    return ~found if operator == "!=" else found


def _compares(array: pa.Array, operator: str, number: Decimal) -> Mask:
    left, _ = amounts.read_amounts(array)
    right = amounts.constant(number, len(array))
    difference = amounts.combine("-", left, right)
    values, valid = difference.values, difference.valid
    if difference.inexact is not None:
        values = amounts.to_doubles(difference)
    if operator == "!=":
        return ~(valid & (values == 0))
    tests: dict[str, npt.NDArray[np.bool_]] = {
        "=": values == 0,
        "<": values < 0,
        "<=": values <= 0,
        ">": values > 0,
        ">=": values >= 0,
    }
    return valid & tests[operator].astype(np.bool_)
