"""Exact arithmetic over columns: whole numbers with a common number of decimals.

``12.50`` and ``3`` are 1250 and 3 with two decimals and none; a product has the decimals of both.
Where 64 bits are too few, Python's own whole numbers take over. A number that is no exact one to
begin with (``1.7e-15``) makes doubles of what it takes part in, and of nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.instants import Zone
from shoal.events.conversion import EXACT_LIMIT, convert
from shoal.events.property_type import PropertyType

_SAFE = 2**62
_UTC = Zone()

Mask = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Amounts:
    """A number per row: ``values / 10 ** decimals``, or its double where ``inexact``.

    ``doubles`` is None where every number is exact; else it holds every number, rounded.
    """

    values: npt.NDArray[Any]
    decimals: int
    valid: Mask
    inexact: Mask | None = None
    doubles: Doubles | None = None


def read_amounts(array: pa.Array) -> tuple[Amounts, int]:
    """The column's numbers, and how many set cells are none."""
    found = convert(array, PropertyType.NUMBER, _UTC)
    failed = int(found.failed.sum())
    if found.kind == "exact":
        return _trimmed(np.where(found.valid, found.values, 0), found.valid), failed
    doubles: Doubles = np.where(found.valid, found.values, 0.0)
    millionths = np.rint(np.where(np.abs(doubles) < 2.0**32, doubles, 0.0) * 1e6)
    inexact = millionths / 1e6 != doubles
    exact = _trimmed(millionths.astype(np.int64), found.valid)
    return Amounts(exact.values, exact.decimals, found.valid, inexact, doubles), failed


def constant(value: Decimal, rows: int) -> Amounts:
    """The same number in every row."""
    exponent = value.as_tuple().exponent
    assert isinstance(exponent, int)
    decimals = max(0, -exponent)
    whole = int(value.scaleb(decimals))
    kind = np.int64 if abs(whole) < _SAFE else object
    return Amounts(np.full(rows, whole, dtype=kind), decimals, np.ones(rows, np.bool_))


def combine(sign: str, left: Amounts, right: Amounts) -> Amounts:
    """Left ``+``, ``-`` or ``*`` right; unset where one of them is."""
    valid = left.valid & right.valid
    if sign == "*":
        a, b = _roomy(left.values, right.values, _size(left.values) * _size(right.values))
        exact = _narrow(a * b, left.decimals + right.decimals, valid)
    else:
        decimals = max(left.decimals, right.decimals)
        a, b = (_scaled(side.values, decimals - side.decimals) for side in (left, right))
        a, b = _roomy(a, b, _size(a) + _size(b))
        exact = _narrow(a + b if sign == "+" else a - b, decimals, valid)
    if left.inexact is None and right.inexact is None:
        return exact
    a, b = to_doubles(left), to_doubles(right)
    with np.errstate(all="ignore"):
        doubles = a * b if sign == "*" else a + b if sign == "+" else a - b
    inexact = _mask(left) | _mask(right)
    finite = np.isfinite(doubles) | ~inexact
    return Amounts(exact.values, exact.decimals, valid & finite, inexact, doubles)


def sums(amounts: Amounts, starts: npt.NDArray[np.int64]) -> Amounts:
    """Sums of stretches of rows; unset where none of them is set."""
    some = np.maximum.reduceat(amounts.valid, starts)
    values = _where(amounts.valid, amounts.values, 0)
    if values.dtype != object and _size(values) * len(values) > _SAFE:
        values = values.astype(object)
    exact = _narrow(np.add.reduceat(values, starts), amounts.decimals, some)
    if amounts.inexact is None:
        return exact
    inexact = np.maximum.reduceat(amounts.inexact & amounts.valid, starts)
    with np.errstate(all="ignore"):
        doubles = np.add.reduceat(np.where(amounts.valid, to_doubles(amounts), 0.0), starts)
    finite = np.isfinite(doubles) | ~inexact
    return Amounts(exact.values, exact.decimals, some & finite, inexact, doubles)


def extremes(amounts: Amounts, starts: npt.NDArray[np.int64], *, largest: bool) -> Amounts:
    """The smallest or largest of stretches of rows; unset where none of them is set."""
    some = np.maximum.reduceat(amounts.valid, starts)
    pick = np.maximum if largest else np.minimum
    if amounts.inexact is None:
        size = _size(amounts.values) + 1
        values = _where(amounts.valid, amounts.values, -size if largest else size)
        values = _where(some, pick.reduceat(values, starts), 0)
        return Amounts(values, amounts.decimals, some)
    end = -np.inf if largest else np.inf
    doubles = pick.reduceat(np.where(amounts.valid, to_doubles(amounts), end), starts)
    found, _ = read_amounts(pa.array(np.where(some, doubles, 0.0)))
    return Amounts(found.values, found.decimals, some, found.inexact, found.doubles)


def to_doubles(amounts: Amounts) -> Doubles:
    """Every number as the nearest double."""
    unit = 10**amounts.decimals
    if _size(amounts.values) <= 2**53 and amounts.decimals <= 22:
        exact = amounts.values.astype(np.float64) / float(unit)
    else:  # whole by whole number is rounded once
        exact = np.array([int(value) / unit for value in amounts.values], dtype=np.float64)
    if amounts.inexact is None or amounts.doubles is None:
        return exact
    return np.where(amounts.inexact, amounts.doubles, exact)


def to_array(amounts: Amounts) -> pa.Array:
    """An arrow array: decimals where the numbers are exact and fit, else doubles."""
    rows = len(amounts.valid)
    nothing = None if amounts.valid.all() else ~amounts.valid
    values = _where(amounts.valid, amounts.values, 0)
    if (
        (amounts.inexact is not None and (amounts.inexact & amounts.valid).any())
        or amounts.decimals > 6
        or _size(values) > EXACT_LIMIT * 10**amounts.decimals
    ):
        return pa.array(to_doubles(amounts), mask=nothing)
    halves = np.empty((rows, 2), dtype=np.int64)
    halves[:, 0] = values.astype(np.int64)
    halves[:, 1] = halves[:, 0] >> 63
    bitmap = None if nothing is None else pa.py_buffer(np.packbits(~nothing, bitorder="little"))
    kind = pa.decimal128(19, amounts.decimals)
    return pa.Array.from_buffers(kind, rows, [bitmap, pa.py_buffer(halves)])


def _trimmed(millionths: npt.NDArray[np.int64], valid: Mask) -> Amounts:
    decimals = 6
    while decimals and not (millionths % 10 ** (7 - decimals)).any():
        decimals -= 1
    return Amounts(millionths // 10 ** (6 - decimals), decimals, valid)


def _mask(amounts: Amounts) -> Mask:
    return np.zeros(len(amounts.valid), np.bool_) if amounts.inexact is None else amounts.inexact


def _where(mask: Mask, values: npt.NDArray[Any], other: int) -> npt.NDArray[Any]:
    return values if mask.all() else np.where(mask, values, other)


def _size(values: npt.NDArray[Any]) -> int:
    return max(abs(int(values.max())), abs(int(values.min()))) if len(values) else 0


def _roomy(
    left: npt.NDArray[Any], right: npt.NDArray[Any], size: int
) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    return (left.astype(object), right.astype(object)) if size > _SAFE else (left, right)


def _scaled(values: npt.NDArray[Any], digits: int) -> npt.NDArray[Any]:
    times = 10**digits
    return (values.astype(object) if _size(values) * times > _SAFE else values) * times


def _narrow(values: npt.NDArray[Any], decimals: int, valid: Mask) -> Amounts:
    """With at most six decimals and in 64 bits, where nothing is lost by it."""
    while decimals > 6 and not (values % 10).any():
        values, decimals = values // 10, decimals - 1
    if values.dtype == object and _size(values) < _SAFE:
        values = values.astype(np.int64)
    return Amounts(values, decimals, valid)
