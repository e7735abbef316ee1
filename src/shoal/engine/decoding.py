"""Registers back to what people read: truths by profile, numbers, strings, lists."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.instants import Zone
from shoal.engine import opcodes as op
from shoal.engine.binding import Bound
from shoal.engine.history import Column, Kind
from shoal.engine.lending import column_of
from shoal.engine.program import Output
from shoal.engine.running import BucketAnswer, rows_behind, unpack
from shoal.language.vocabulary import ValueType


def decode_truths(answer: BucketAnswer, index: int) -> npt.NDArray[np.int8]:
    """0 false, 1 unknown, 2 true, -1 not known."""
    size = answer.size
    known = unpack(answer.known, size)
    states = 2 * unpack(answer.members[index], size).astype(np.int8)
    if answer.unknowns is not None:
        states += unpack(answer.unknowns[index], size).astype(np.int8)
    states[~known] = -1
    return states


def decode_values(
    answer: BucketAnswer, output: Output, index: int, as_of: int, known_at: int
) -> npt.NDArray[np.object_]:
    """Values as Python objects; None where unset."""
    numbers = answer.values[index]
    if output.type == ValueType.LIST:
        return decode_lists(answer, output, as_of, known_at)
    result = np.full(len(numbers), None, dtype=object)
    is_set = ~np.isnan(numbers)
    type_ = output.type
    for place in np.flatnonzero(is_set):
        result[place] = decode_one(answer, type_, numbers[place])
    return result


def decode_one(answer: BucketAnswer, type_: ValueType, number: float) -> object:
    """One register as what it stands for."""
    if type_ == ValueType.TEXT:
        return answer.bound.pool[int(number)].as_py()
    if type_ == ValueType.BOOLEAN:
        return bool(number)
    if type_ == ValueType.INSTANT:
        return int(number)
    return float(number)


def decode_lists(
    answer: BucketAnswer, output: Output, as_of: int, known_at: int
) -> npt.NDArray[np.object_]:
    """``values(…)``: distinct values of the chosen rows, latest first."""
    bound = whole(answer)
    history = bound.history
    size = len(history.profiles)
    known = unpack(answer.known, size)
    result = np.full(size, None, dtype=object)
    for profile in np.flatnonzero(known):
        rows = rows_behind(
            bound, int(profile), as_of, known_at,
            selection=output.selection, window=output.window, sequence=output.sequence,
        )  # fmt: skip
        result[profile] = values_at(answer, output.column, rows[::-1])
    return result


def whole(answer: BucketAnswer) -> Bound:
    """The binding the answer came from; of programs that make lists it is still there."""
    assert isinstance(answer.bound, Bound), "lists are read from a binding"
    return answer.bound


def plain_list_type(answer: BucketAnswer, output: Output) -> pa.DataType:
    """Arrow type of a list's values."""
    kind = answer.bound.kinds[output.column] if output.column >= 0 else None
    types = {
        Kind.TEXT: pa.string(), Kind.BOOLEAN: pa.bool_(), Kind.INSTANT: pa.timestamp("us", "UTC"),
    }  # fmt: skip
    type_ = answer.bound.program.columns[output.column].type if output.column >= 0 else None
    if kind is None and type_ == ValueType.TEXT:
        return pa.string()
    return pa.float64() if kind is None else types.get(kind, pa.float64())


def values_at(answer: BucketAnswer, column: int, rows: npt.NDArray[np.int64]) -> list[object]:
    """Distinct set values of a column at rows, in the order of the rows."""
    if column < 0:
        return []
    bound = whole(answer)
    need = bound.program.columns[column]
    if need.part >= 0:
        times, zone = bound.history.occurred_at, bound.program.zone
        return list(dict.fromkeys(part_of(need.part, int(times[row]), zone) for row in rows))
    found = column_of(bound.history, need)
    if found is None:
        return []
    values: dict[object, None] = {}
    for row in map(int, rows):
        at = int(np.searchsorted(found.rows, row))
        if at < len(found.rows) and found.rows[at] == row:
            values[plain_value(found, at)] = None
    return list(values)


def part_of(part: int, instant: int, zone: Zone) -> float:
    """A part of an instant's local time."""
    local = zone.to_local(instant)
    parts = {
        op.HOUR: local.hour,
        op.WEEKDAY: local.isoweekday(),
        op.DAY_OF_MONTH: local.day,
        op.MONTH: local.month,
        op.DAY_OF_YEAR: local.timetuple().tm_yday,
    }
    return float(parts[part])


def plain_value(column: Column, at: int) -> object:
    """One stored value as a Python object."""
    value = column.values[at]
    if column.kind == Kind.TEXT:
        assert column.dictionary is not None, "strings have a dictionary"
        return column.dictionary[int(value)].as_py()
    if column.kind == Kind.EXACT:
        return int(value) / 1_000_000
    if column.kind == Kind.BOOLEAN:
        return bool(value)
    if column.kind == Kind.INSTANT:
        return int(value)
    return float(value)
