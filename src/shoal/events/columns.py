"""Columns of cells before they mean anything: arrow's layouts made plain, and written as text."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Mask = npt.NDArray[np.bool_]


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
        return floats_as_text(array)
    if pa.types.is_decimal(kind):
        # 12.00 and 12 are the same number, written by the column's scale and not by anybody.
        text = array.cast(pa.string())
        dotted = pc.replace_substring_regex(text, r"(\.\d*?)0+$", r"\1")
        return pc.replace_substring_regex(dotted, r"\.$", "") if kind.scale > 0 else text
    return array.cast(pa.string())


def floats_as_text(array: pa.Array) -> pa.StringArray:
    """Shortest text that gives the same number; whole ones below 2^53 without point or exponent."""
    values = dense(array, np.float64)
    whole = np.isfinite(values) & (np.abs(values) <= 2**53) & (values == np.rint(values))
    is_set = set_cells(array)
    if whole[is_set].all():
        return pa.array(np.where(whole, values, 0.0).astype(np.int64), mask=~is_set).cast(
            pa.string()
        )
    text = array.cast(pa.string())
    if not whole.any():
        return text
    as_whole = pa.array(np.where(whole, values, 0.0).astype(np.int64)).cast(pa.string())
    return pc.if_else(pa.array(whole & is_set), as_whole, text)


def is_text(kind: pa.DataType) -> bool:
    """Whether cells of this kind are texts."""
    return pa.types.is_string(kind)


def is_number(kind: pa.DataType) -> bool:
    """Whether cells of this kind are numbers."""
    return pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)


def set_cells(array: pa.Array) -> Mask:
    """Which cells are set."""
    return array.is_valid().to_numpy(zero_copy_only=False)


def dense(array: pa.Array, dtype: npt.DTypeLike) -> npt.NDArray[Any]:
    """The array's values with zeros where it is null."""
    if array.null_count:
        array = array.fill_null(pa.scalar(0).cast(array.type))
    return array.to_numpy(zero_copy_only=False).astype(dtype, copy=False)


def _timestamps_as_text(array: pa.Array) -> pa.StringArray:
    text = array.cast(pa.timestamp(array.type.unit)).cast(pa.string())
    text = pc.replace_substring(text, " ", "T", max_replacements=1)
    text = pc.replace_substring_regex(text, r"\.?0*$", "") if array.type.unit != "s" else text
    return pc.binary_join_element_wise(text, "Z", "") if array.type.tz is not None else text


def _bytes_as_text(cell: bytes | None) -> str | None:
    if cell is None:
        return None
    try:
        return cell.decode()
    except UnicodeDecodeError:
        return cell.hex()
