"""The type of a property, and the type that a column's cells speak for."""

from __future__ import annotations

from enum import StrEnum

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.events.columns import Mask, is_number, is_text, plain

_SAMPLE = 100_000
_STRAY = 3
_STRAY_SHARE = 0.1
PLACEHOLDERS = (
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
"""Words, in lower case, that stand where nothing is known."""


class PropertyType(StrEnum):
    """What the catalogue fixes for a property."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    MONEY = "money"


def majority_type(array: pa.Array) -> PropertyType:
    """The type of the clear majority of the cells that are set; text where there is none.

    A majority is clear when it is more than half of them and the others are at most three cells or
    at most a tenth. Words such as ``n/a`` or ``null`` speak neither for nor against. Where most
    are integers beyond 2^53 they are identifiers, which a number would mix up. Up to 100,000 cells,
    evenly spread, are asked. A typed array answers by its own type.

    >>> majority_type(pa.array(["1", "2.5", "oops"]))
    <PropertyType.NUMBER: 'number'>
    >>> majority_type(pa.array(["1000", "007"]))
    <PropertyType.TEXT: 'text'>
    """
    array = plain(array)
    kind = array.type
    if not is_text(kind):
        if pa.types.is_boolean(kind):
            return PropertyType.BOOLEAN
        if pa.types.is_timestamp(kind) or pa.types.is_date(kind):
            return PropertyType.INSTANT
        if is_number(kind) or pa.types.is_duration(kind):
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
        value_set=pa.array(PLACEHOLDERS, type=array.type),
    )
    asked &= ~placeholders.to_numpy(zero_copy_only=False) & (codes != cells.NONFINITE)
    total = int(asked.sum())

    def speaks_for(votes: Mask) -> bool:
        count = int((votes & asked).sum())
        others = total - count
        return 2 * count > total and (others <= _STRAY or others <= _STRAY_SHARE * total)

    numbers = (codes == cells.EXACT) | (codes == cells.INEXACT) | (codes == cells.BY_TEXT)
    longs = codes == cells.LONG
    if 2 * int(longs.sum()) <= total:
        numbers |= longs
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
