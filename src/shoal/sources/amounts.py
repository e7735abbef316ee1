"""Exact arithmetic over columns: whole numbers with a common number of decimals.

``12.50`` and ``3`` are 1250 and 3 with two decimals and none; a product has the decimals of both.
Where 64 bits are too few, Python's own whole numbers take over; only a number that is no exact one
to begin with turns the whole column into doubles.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.instants import Zone
from shoal.events.conversion import EXACT_LIMIT, PropertyType, convert

_SAFE = 2**62
_UTC = Zone()

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A number per row: ``values / 10 ** decimals``, or doubles where ``decimals`` is None."""

    values: npt.NDArray[Any]
    decimals: int | None
    valid: Mask


def read_amounts(array: pa.Array) -> tuple[Amounts, int]:
    """The column's numbers, and how many set cells are none."""
    found = convert(array, PropertyType.NUMBER, _UTC)
    failed = int(found.failed.sum())
    if found.kind == "double":
        return Amounts(found.values, None, found.valid), failed
    values = np.where(found.valid, found.values, 0)
    decimals = 6
    while decimals and not (values % 10 ** (7 - decimals)).any():
        decimals -= 1
    return Amounts(values // 10 ** (6 - decimals), decimals, found.valid), failed


def constant(value: Decimal, rows: int) -> Amounts:
    """The same number in every row."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    decimals = max(0, -exponent)
    whole = int(value.scaleb(decimals))
    return Amounts(np.full(rows, whole, dtype=_kind(whole)), decimals, np.ones(rows, np.bool_))


def combine(sign: str, left: Amounts, right: Amounts) -> Amounts:
    """Left ``+``, ``-`` or ``*`` right; unset where one of them is."""
    valid = left.valid & right.valid
    if left.decimals is None or right.decimals is None:
        a, b = _doubles(left), _doubles(right)
        with np.errstate(all="ignore"):
            values = a * b if sign == "*" else a + b if sign == "+" else a - b
        return Amounts(values, None, valid & np.isfinite(values))
    if sign == "*":
        a, b = _roomy(left.values, right.values, _largest(left) * _largest(right))
        return _narrow(Amounts(a * b, left.decimals + right.decimals, valid))
    decimals = max(left.decimals, right.decimals)
    a, b = (_scaled(side.values, decimals - (side.decimals or 0)) for side in (left, right))
    a, b = _roomy(a, b, _size(a) + _size(b))
    return _narrow(Amounts(a + b if sign == "+" else a - b, decimals, valid))


def sums(amounts: Amounts, starts: npt.NDArray[np.int64]) -> Amounts:
    """Sums of stretches of rows; unset where none of them is set."""
    some = np.maximum.reduceat(amounts.valid, starts)
    zero = amounts.values.dtype.type(0) if amounts.values.dtype != object else 0
    values = np.where(amounts.valid, amounts.values, zero)
    if (
        amounts.decimals is not None
        and values.dtype != object
        and _size(values) * len(values) > _SAFE
    ):
        values = values.astype(object)
    return _narrow(Amounts(np.add.reduceat(values, starts), amounts.decimals, some))


def extremes(amounts: Amounts, starts: npt.NDArray[np.int64], *, largest: bool) -> Amounts:
    """The smallest or largest of stretches of rows; unset where none of them is set."""
    some = np.maximum.reduceat(amounts.valid, starts)
    if amounts.decimals is None:
        end = -np.inf if largest else np.inf
    else:
        size = _size(amounts.values) + 1
        end = -size if largest else size
    pick = np.maximum if largest else np.minimum
    values = pick.reduceat(np.where(amounts.valid, amounts.values, end), starts)
    return Amounts(np.where(some, values, 0), amounts.decimals, some)


def to_array(amounts: Amounts) -> pa.Array:
    """An arrow array: decimals where the numbers are exact and fit, else doubles."""
    rows = len(amounts.valid)
    nothing = None if amounts.valid.all() else ~amounts.valid
    if (
        amounts.decimals is None
        or amounts.decimals > 6
        or _size(amounts.values) > EXACT_LIMIT * 10**amounts.decimals
    ):
        return pa.array(_doubles(amounts), mask=nothing)
    low = np.where(amounts.valid, amounts.values, 0).astype(np.int64)
    halves = np.empty((rows, 2), dtype=np.int64)
    halves[:, 0], halves[:, 1] = low, low >> 63
    bitmap = None if nothing is None else pa.py_buffer(np.packbits(~nothing, bitorder="little"))
    kind = pa.decimal128(19, amounts.decimals)
    return pa.Array.from_buffers(kind, rows, [bitmap, pa.py_buffer(halves)])


def _kind(whole: int) -> npt.DTypeLike:
    return np.int64 if abs(whole) < _SAFE else object


def _size(values: npt.NDArray[Any]) -> int:
    return max(abs(int(values.max())), abs(int(values.min()))) if len(values) else 0


def _largest(amounts: Amounts) -> int:
    return _size(amounts.values)


def _roomy(
    left: npt.NDArray[Any], right: npt.NDArray[Any], size: int
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    return (left.astype(object), right.astype(object)) if size > _SAFE else (left, right)


def _scaled(values: npt.NDArray[Any], digits: int) -> npt.NDArray[Any]:
    times = 10**digits
    return (values.astype(object) if _size(values) * times > _SAFE else values) * times


def _narrow(amounts: Amounts) -> Amounts:
    """With at most six decimals and in 64 bits, where nothing is lost by it."""
    values, decimals = amounts.values, amounts.decimals
    if decimals is None:
        return amounts
    while decimals > 6 and not (values % 10).any():
        values, decimals = values // 10, decimals - 1
    if values.dtype == object and _size(values) < _SAFE:
        values = values.astype(np.int64)
    return Amounts(values, decimals, amounts.valid)


def _doubles(amounts: Amounts) -> npt.NDArray[np.float64]:
    if amounts.decimals is None:
        return amounts.values
    unit = 10**amounts.decimals
    if _size(amounts.values) <= 2**53 and amounts.decimals <= 22:
        return amounts.values.astype(np.float64) / float(unit)
    # Whole by whole number is rounded once.
    return np.array([int(value) / unit for value in amounts.values], dtype=np.float64)
