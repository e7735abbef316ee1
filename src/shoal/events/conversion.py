"""Columns of cells as values of one type, exactly.

The rules, for every kind of file:

* A **number** is a sign, digits with a point, an exponent: ``12``, ``-3.50``, ``1e3``; no thousands
  separators. At most six decimals and at most 9e12 in size: kept exactly, in millionths, from the
  decimal text. Others are doubles. NaN and infinities are unset.
* Digits that mean no number are none: leading zeros (``007``), telephone numbers
  (``+351912345678``).
* A **boolean** is ``true`` or ``false`` in any case.
* An **instant** is ISO 8601: ``2026-11-01`` (its midnight), ``2026-11-01 09:30`` (in the given
  zone), ``2026-11-01T09:30:00Z`` or with an offset, from 1684 to 2255.
* An empty cell is unset.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.instants import DAY, EARLIEST, LATEST, Zone
from shoal.events.columns import (
    Mask,
    as_text,
    dense,
    floats_as_text,
    is_text,
    plain,
    set_cells,
)
from shoal.events.property_type import PropertyType

EXACT_LIMIT = 9_000_000_000_000
"""The largest number kept exactly; its millionths still fit 64 bits."""

Int64s = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Converted:
    """A column as one type.

    ``kind`` is ``exact`` (int64 millionths), ``double`` (float64), ``text`` (a pa.StringArray),
    ``boolean`` (uint8) or ``instant`` (int64 microseconds). ``values`` is as long as the column;
    only those under ``valid`` mean anything. ``failed`` marks cells that hold something else: they
    stay as received (see :func:`as_text`) and are read as unset. ``nonfinite`` counts NaN and
    infinities: unset, neither valid nor failed.
    """

    kind: str
    values: npt.NDArray[np.generic] | pa.StringArray
    valid: Mask
    failed: Mask
    nonfinite: int = 0


def convert(array: pa.Array, type: PropertyType, zone: Zone) -> Converted:  # noqa: A002
    """The column as the type; what does not convert without loss is marked as failed.

    >>> convert(pa.array(["12.50", "n/a", None]), PropertyType.NUMBER, Zone()).values[:1]
    array([12500000])
    """
    array = plain(array)
    if type in (PropertyType.NUMBER, PropertyType.MONEY):
        return _to_numbers(array)
    if type is PropertyType.BOOLEAN:
        return _to_booleans(array)
    if type is PropertyType.INSTANT:
        return _to_instants(array, zone)
    text = as_text(array)
    valid = pc.greater(pc.binary_length(text), 0).fill_null(False)
    mask = valid.to_numpy(zero_copy_only=False)
    return Converted("text", text, mask, np.zeros(len(text), dtype=np.bool_))


def local_to_utc(local: Int64s, zone: Zone) -> Int64s:
    """Instants of local microseconds.

    Where a local time does not exist or exists twice: its first reading, as in
    :meth:`Zone.from_local`.
    """
    starts, offsets = (np.array(part, dtype=np.int64) for part in zone.transitions())
    if len(starts) == 1:
        return local - offsets[0]
    # Until the later of both readings has passed, the old offset holds.
    turns = starts[1:] + np.maximum(offsets[:-1], offsets[1:])
    return local - offsets[np.searchsorted(turns, local, side="right")]


def _none_of(array: pa.Array, kind: str, dtype: npt.DTypeLike) -> Converted:
    """No cell converts."""
    failed = set_cells(array)
    values = np.zeros(len(array), dtype=dtype)
    return Converted(kind, values, np.zeros(len(array), dtype=np.bool_), failed)


def _to_numbers(array: pa.Array) -> Converted:
    kind = array.type
    if pa.types.is_duration(kind):
        seconds = {"s": 1.0, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]
        array = pc.divide(array.cast(pa.int64()).cast(pa.float64()), pa.scalar(seconds))
        kind = array.type
    if pa.types.is_floating(kind):
        return _floats_to_numbers(array)
    if pa.types.is_integer(kind):
        return _integers_to_numbers(array)
    if pa.types.is_decimal128(kind) and 0 <= kind.scale <= 6:
        numbers = _decimals_to_numbers(array)
        if numbers is not None:
            return numbers
    if pa.types.is_decimal(kind) or is_text(kind):
        return _text_to_numbers(as_text(array))
    return _none_of(array, "exact", np.int64)


def _integers_to_numbers(array: pa.Array) -> Converted:
    valid = set_cells(array)
    failed = np.zeros(len(array), dtype=np.bool_)
    whole = dense(array, np.uint64 if array.type == pa.uint64() else np.int64)
    within = (whole <= EXACT_LIMIT) & (
        (whole >= -EXACT_LIMIT) if whole.dtype != np.uint64 else True
    )
    if within.all():
        return Converted("exact", whole.astype(np.int64) * 1_000_000, valid, failed)
    return Converted("double", whole.astype(np.float64), valid, failed)


def _floats_to_numbers(array: pa.Array) -> Converted:
    if array.type == pa.float32():
        # 0.1 in 32 bits is the number 0.1 and not its nearest neighbour in 64.
        return _text_to_numbers(floats_as_text(array))
    values = dense(array, np.float64)
    is_set = set_cells(array)
    finite = np.isfinite(values)
    valid = is_set & finite
    values = values if valid.all() else np.where(valid, values, 0.0)
    failed = np.zeros(len(values), dtype=np.bool_)
    nonfinite = int((is_set & ~finite).sum())
    small = np.abs(values) <= EXACT_LIMIT
    scaled = np.rint(np.where(small, values, 0.0) * 1e6)
    if small.all() and np.array_equal(scaled / 1e6, values):
        millionths = scaled.astype(np.int64)
        wide = np.flatnonzero(np.abs(scaled) >= 2.0**52)
        if len(wide) == 0:
            return Converted("exact", millionths, valid, failed, nonfinite)
        # Here a product of doubles may be off by some millionths; the decimal text is not.
        by_text = _text_to_numbers(floats_as_text(pa.array(values[wide])))
        if by_text.kind == "exact":
            millionths[wide] = by_text.values
            return Converted("exact", millionths, valid, failed, nonfinite)
    return Converted("double", values, valid, failed, nonfinite)


def _decimals_to_numbers(array: pa.Array) -> Converted | None:
    """Decimals whose 128 bits all fit the millionths of 64; None where one does not."""
    valid = set_cells(array)
    content = array.buffers()[1]
    halves = np.frombuffer(content, dtype=np.int64).reshape(-1, 2)
    halves = halves[array.offset : array.offset + len(array)]
    low = np.where(valid, halves[:, 0], 0)
    high = np.where(valid, halves[:, 1], 0)
    times = 10 ** (6 - array.type.scale)
    limit = EXACT_LIMIT * 1_000_000 // times
    if not ((high == low >> 63) & (low <= limit) & (low >= -limit)).all():
        return None
    return Converted("exact", low * times, valid, np.zeros(len(low), dtype=np.bool_))


def _text_to_numbers(array: pa.StringArray) -> Converted:
    from shoal.events import cells

    count = len(array)
    exact = np.empty(count, dtype=np.int64)
    doubles = np.empty(count, dtype=np.float64)
    codes = np.empty(count, dtype=np.uint8)
    cells.read_numbers(*cells.text_buffers(array), exact, doubles, codes)
    is_exact = codes == cells.EXACT
    failed = (codes == cells.FAILED) | (codes == cells.IDENTIFIER)
    nonfinite = codes == cells.NONFINITE
    inexact = codes == cells.INEXACT
    by_text = np.flatnonzero((codes == cells.BY_TEXT) | (codes == cells.LONG))
    if len(by_text) == 0 and not inexact.any():
        return Converted("exact", exact, is_exact, failed, int(nonfinite.sum()))
    doubles[is_exact] = exact[is_exact] / 1e6
    for place in np.flatnonzero(is_exact & (np.abs(exact) > 2**53)).tolist():
        doubles[place] = int(exact[place]) / 1_000_000  # whole by whole: rounded once
    inexact[by_text] = True
    for place, text in zip(
        by_text.tolist(), array.take(pa.array(by_text)).to_pylist(), strict=True
    ):
        doubles[place] = float(text)
    nonfinite |= inexact & ~np.isfinite(doubles)
    valid = (is_exact | inexact) & ~nonfinite
    return Converted("double", doubles, valid, failed, int(nonfinite.sum()))


def _to_booleans(array: pa.Array) -> Converted:
    from shoal.events import cells

    if pa.types.is_boolean(array.type):
        values = array.fill_null(False).to_numpy(zero_copy_only=False).astype(np.uint8)
        return Converted("boolean", values, set_cells(array), np.zeros(len(values), dtype=np.bool_))
    if not is_text(array.type):
        return _none_of(array, "boolean", np.uint8)
    values, codes = np.empty(len(array), dtype=np.uint8), np.empty(len(array), dtype=np.uint8)
    cells.read_booleans(*cells.text_buffers(array), values, codes)
    return Converted("boolean", values, codes == cells.EXACT, codes == cells.FAILED)


def _to_instants(array: pa.Array, zone: Zone) -> Converted:
    from shoal.events import cells

    kind = array.type
    if is_text(kind):
        values, codes = np.empty(len(array), dtype=np.int64), np.empty(len(array), dtype=np.uint8)
        cells.read_instants(*cells.text_buffers(array), values, codes)
        local = codes == cells.LOCAL
        if local.any():
            values[local] = local_to_utc(values[local], zone)
        valid, failed = local | (codes == cells.UTC), codes == cells.FAILED
    elif pa.types.is_timestamp(kind) or pa.types.is_date(kind):
        values, valid = typed_instants(array, zone)
        failed = np.zeros(len(values), dtype=np.bool_)
    else:
        return _none_of(array, "instant", np.int64)
    outside = valid & ((values < EARLIEST) | (values > LATEST))
    return Converted("instant", values, valid & ~outside, failed | outside)


def typed_instants(array: pa.Array, zone: Zone) -> tuple[Int64s, Mask]:
    """Instants of a timestamp or date array, and where it has any.

    Those without a time zone are local. What int64 cannot hold in microseconds becomes the end of
    time.
    """
    kind = array.type
    valid = set_cells(array)
    if pa.types.is_date32(kind):
        values = dense(array.cast(pa.int32()), np.int64) * DAY
    else:
        ticks = dense(array.cast(pa.int64()), np.int64)
        unit = "ms" if pa.types.is_date64(kind) else kind.unit
        if unit == "ns":
            values = ticks // 1_000
        else:
            times = {"s": 1_000_000, "ms": 1_000, "us": 1}[unit]
            limit = 2**62 // times
            values = np.clip(ticks, -limit, limit) * times
    if pa.types.is_date(kind) or kind.tz is None:
        values = local_to_utc(values, zone)
    return values, valid
