"""Columns of cells as values of one type, exactly, and the type that a column's cells speak for.

The rules, for every kind of file:

* A **number** is a sign, digits with a point, an exponent: ``12``, ``-3.50``, ``1e3``; no thousands
  separators. At most six decimals and at most 9e12 in size: kept exactly, in millionths, from the
  decimal text. Others are doubles. NaN and infinities are unset.
* Digits that a number would lose are no number: leading zeros (``007``), telephone numbers
  (``+351912345678``), integers beyond 2^53.
* A **boolean** is ``true`` or ``false`` in any case.
* An **instant** is ISO 8601: ``2026-11-01`` (its midnight), ``2026-11-01 09:30`` (in the given
  zone), ``2026-11-01T09:30:00Z`` or with an offset, from 1684 to 2255.
* An empty cell is unset.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.instants import DAY, EARLIEST, LATEST, Zone

EXACT_LIMIT = 9_000_000_000_000
"""The largest number kept exactly; its millionths still fit 64 bits."""

_SAMPLE = 100_000
_STRAY = 3
_STRAY_SHARE = 0.1
_PLACEHOLDERS = (
    "null",
    "none",
    "n/a",
    "na",
    "nil",
    "#n/a",
    "-",
    "\\n",
    "undefined",
    "unknown",
    "?",
)

Mask = npt.NDArray[np.bool_]
Int64s = npt.NDArray[np.int64]


class PropertyType(StrEnum):
    """What the catalogue fixes for a property."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    MONEY = "money"


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


def majority_type(array: pa.Array) -> PropertyType:
    """The type of the clear majority of the cells that are set; text where there is none.

    A majority is clear when it is more than half of them and the others are at most three cells or
    at most a tenth. Words such as ``n/a`` or ``null`` speak neither for nor against. Up to
    100,000 cells, evenly spread, are asked. A typed array answers by its own type.

    >>> majority_type(pa.array(["1", "2.5", "oops"]))
    <PropertyType.NUMBER: 'number'>
    >>> majority_type(pa.array(["1000", "007"]))
    <PropertyType.TEXT: 'text'>
    """
    array = plain(array)
    kind = array.type
    if not _is_text(kind):
        if pa.types.is_boolean(kind):
            return PropertyType.BOOLEAN
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            return PropertyType.INSTANT
        if _is_number(kind) or pa.types.is_duration(kind):
            return PropertyType.NUMBER
        return PropertyType.TEXT
    if len(array) > _SAMPLE:
        step = -(-len(array) // _SAMPLE)
        array = array.take(pa.array(np.arange(0, len(array), step)))
    return _majority_of_text(array)


def _majority_of_text(array: pa.Array) -> PropertyType:
    from shoal.events import cells

    buffers = cells.text_buffers(array)
    codes = np.empty(len(array), dtype=np.uint8)
    scratch = np.empty(len(array), dtype=np.int64)
    cells.read_numbers(*buffers, scratch, np.empty(len(array)), codes)
    asked = codes != cells.UNSET
    placeholders = pc.is_in(
        pc.ascii_lower(pc.utf8_trim_whitespace(array)),
        value_set=pa.array(_PLACEHOLDERS, type=array.type),
    )
    asked &= ~placeholders.to_numpy(zero_copy_only=False) & (codes != cells.NONFINITE)
    total = int(asked.sum())

    def speaks_for(votes: Mask) -> bool:
        count = int((votes & asked).sum())
        others = total - count
        return 2 * count > total and (others <= _STRAY or others <= _STRAY_SHARE * total)

    numbers = (codes == cells.EXACT) | (codes == cells.INEXACT) | (codes == cells.BY_TEXT)
    identifiers = int((codes == cells.IDENTIFIER).sum())
    # One `007` tells what the column is; in a thousand cells it may be a slip.
    if speaks_for(numbers) and identifiers <= 0.001 * total:
        return PropertyType.NUMBER
    cells.read_instants(*buffers, scratch, codes)
    if speaks_for((codes == cells.UTC) | (codes == cells.LOCAL)):
        return PropertyType.INSTANT
    cells.read_booleans(*buffers, np.empty(len(array), dtype=np.uint8), codes)
    if speaks_for(codes == cells.EXACT):
        return PropertyType.BOOLEAN
    return PropertyType.TEXT


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


def as_text(array: pa.Array) -> pa.StringArray:  # noqa: PLR0911 - one way out per arrow type
    """The cells as they would be written.

    Whole numbers without a point, ``true``, instants in ISO 8601, bytes as UTF-8 or else in hex,
    anything nested as JSON.
    """
    array = plain(array)
    kind = array.type
    if pa.types.is_string(kind):
        return array
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        try:
            return array.cast(pa.string())
        except pa.ArrowInvalid:
            return pa.array([_bytes_as_text(cell) for cell in array.to_pylist()], type=pa.string())
    if pa.types.is_timestamp(kind):
        return _timestamps_as_text(array)
    if pa.types.is_nested(kind):
        import json

        return pa.array(
            [
                None if cell is None else json.dumps(cell, default=str, ensure_ascii=False)
                for cell in array.to_pylist()
            ],
            type=pa.string(),
        )
    if pa.types.is_floating(kind):
        return _floats_as_text(array)
    if pa.types.is_decimal(kind):
        # 12.00 and 12 are the same number, written by the column's scale and not by anybody.
        text = array.cast(pa.string())
        dotted = pc.replace_substring_regex(text, r"(\.\d*?)0+$", r"\1")
        return pc.replace_substring_regex(dotted, r"\.$", "") if kind.scale > 0 else text
    return array.cast(pa.string())


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


def plain(array: pa.Array) -> pa.Array:
    """The array without chunks, dictionary or views: one of arrow's basic layouts."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    kind = array.type
    if pa.types.is_dictionary(kind):
        array = array.dictionary_decode()
        kind = array.type
    if kind in (pa.string_view(), pa.large_string()):
        return array.cast(pa.string())
    if kind == pa.binary_view() or pa.types.is_fixed_size_binary(kind):
        return array.cast(pa.binary())
    return array.cast(pa.float32()) if pa.types.is_float16(kind) else array


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind)


def _is_number(kind: pa.DataType) -> bool:
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def _set_cells(array: pa.Array) -> Mask:
    return array.is_valid().to_numpy(zero_copy_only=False)


def _dense(array: pa.Array, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """The array's values with zeros where it is null."""
    if array.null_count:
        array = array.fill_null(pa.scalar(0).cast(array.type))
    return array.to_numpy(zero_copy_only=False).astype(dtype, copy=False)


def _none_of(array: pa.Array, kind: str, dtype: npt.DTypeLike) -> Converted:
    """No cell converts."""
    failed = _set_cells(array)
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
    if pa.types.is_decimal(kind) or _is_text(kind):
        return _text_to_numbers(as_text(array))
    return _none_of(array, "exact", np.int64)


def _integers_to_numbers(array: pa.Array) -> Converted:
    valid = _set_cells(array)
    failed = np.zeros(len(array), dtype=np.bool_)
    whole = _dense(array, np.uint64 if array.type == pa.uint64() else np.int64)
    within = (whole <= EXACT_LIMIT) & (
        (whole >= -EXACT_LIMIT) if whole.dtype != np.uint64 else True
    )
    if within.all():
        return Converted("exact", whole.astype(np.int64) * 1_000_000, valid, failed)
    # As in text: an integer that a double cannot hold is somebody's identifier.
    exact_double = whole <= 2**53
    if whole.dtype != np.uint64:
        exact_double &= whole >= -(2**53)
    failed = valid & ~exact_double
    if within[~failed].all():
        kept = np.where(failed, 0, whole).astype(np.int64) * 1_000_000
        return Converted("exact", kept, valid & ~failed, failed)
    return Converted("double", whole.astype(np.float64), valid & ~failed, failed)


def _floats_to_numbers(array: pa.Array) -> Converted:
    if array.type == pa.float32():
        # 0.1 in 32 bits is the number 0.1 and not its nearest neighbour in 64.
        return _text_to_numbers(_floats_as_text(array))
    values = _dense(array, np.float64)
    is_set = _set_cells(array)
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
        by_text = _text_to_numbers(_floats_as_text(pa.array(values[wide])))
        if by_text.kind == "exact":
            millionths[wide] = by_text.values
            return Converted("exact", millionths, valid, failed, nonfinite)
    return Converted("double", values, valid, failed, nonfinite)


def _decimals_to_numbers(array: pa.Array) -> Converted | None:
    """Decimals whose 128 bits all fit the millionths of 64; None where one does not."""
    valid = _set_cells(array)
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
    by_text = np.flatnonzero(codes == cells.BY_TEXT)
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
        return Converted(
            "boolean", values, _set_cells(array), np.zeros(len(values), dtype=np.bool_)
        )
    if not _is_text(array.type):
        return _none_of(array, "boolean", np.uint8)
    values, codes = np.empty(len(array), dtype=np.uint8), np.empty(len(array), dtype=np.uint8)
    cells.read_booleans(*cells.text_buffers(array), values, codes)
    return Converted("boolean", values, codes == cells.EXACT, codes == cells.FAILED)


def _to_instants(array: pa.Array, zone: Zone) -> Converted:
    from shoal.events import cells

    kind = array.type
    if _is_text(kind):
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
    valid = _set_cells(array)
    if pa.types.is_date32(kind):
        values = _dense(array.cast(pa.int32()), np.int64) * DAY
    else:
        ticks = _dense(array.cast(pa.int64()), np.int64)
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


def _timestamps_as_text(array: pa.Array) -> pa.StringArray:
    text = array.cast(pa.timestamp(array.type.unit)).cast(pa.string())
    text = pc.replace_substring(text, " ", "T", max_replacements=1)
    text = pc.replace_substring_regex(text, r"\.?0*$", "") if array.type.unit != "s" else text
    return pc.binary_join_element_wise(text, "Z", "") if array.type.tz is not None else text


def _floats_as_text(array: pa.Array) -> pa.StringArray:
    """Shortest text that gives the same number; whole ones below 2^53 without point or exponent."""
    values = _dense(array, np.float64)
    whole = np.isfinite(values) & (np.abs(values) <= 2**53) & (values == np.rint(values))
    is_set = _set_cells(array)
    if whole[is_set].all():
        return pa.array(np.where(whole, values, 0.0).astype(np.int64), mask=~is_set).cast(
            pa.string()
        )
    text = array.cast(pa.string())
    if not whole.any():
        return text
    as_whole = pa.array(np.where(whole, values, 0.0).astype(np.int64)).cast(pa.string())
    return pc.if_else(pa.array(whole & is_set), as_whole, text)


def _bytes_as_text(cell: bytes | None) -> str | None:
    if cell is None:
        return None
    try:
        return cell.decode()
    except UnicodeDecodeError:
        return cell.hex()
