"""Some columns of a file as they stand, without any mapping: for tables that are no events."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.errors import ImportFileError
from shoal.core.instants import Zone
from shoal.core.names import nearest
from shoal.events.conversion import PropertyType, as_text, convert
from shoal.sources.stream import open_reader

MOST = 1e100
"""An amount beyond this is nobody's: its square would be no number any more."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """Rows that were read, by column; ``rejected`` counts those that could not be read.

    ``numbers`` holds each row's number in the file, from 1.
    """

    name: str
    arrays: Mapping[str, Sequence[pa.Array]]
    numbers: npt.NDArray[np.int64]
    rejected: int
    notices: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.numbers)

    def codes(self, column: str) -> tuple[npt.NDArray[np.int64], list[str]]:
        """Each cell as a place among the column's different texts, -1 where unset."""
        places: dict[str, int] = {}
        codes: list[npt.NDArray[np.int64]] = []
        for part in self.arrays[column]:
            coded = as_text(part).dictionary_encode()
            known = [
                places.setdefault(text, len(places)) if text else -1
                for text in coded.dictionary.to_pylist()
            ]
            inside = coded.indices.fill_null(len(known)).to_numpy(zero_copy_only=False)
            codes.append(np.array([*known, -1], dtype=np.int64)[inside])
        whole = np.concatenate(codes) if codes else np.zeros(0, dtype=np.int64)
        return whole, list(places)

    def amounts(self, column: str) -> tuple[Floats, int]:
        """The column's numbers, NaN where unset, and how many cells hold none that could be meant.

        ``true`` and ``false`` are 1 and 0.
        """
        values: list[Floats] = []
        failed = 0
        for part in self.arrays[column]:
            numbers, bad = _amounts(part)
            values.append(numbers)
            failed += bad
        return (np.concatenate(values) if values else np.zeros(0)), failed


def read_columns(path: str | Path, wanted: Sequence[str]) -> Columns:
    """The wanted columns of the file. Raises ImportFileError for a column it does not have."""
    reader = open_reader(path)
    name = Path(path).name
    names = list(dict.fromkeys(wanted))
    if reader.complete:
        _check(name, names, reader.columns)
    arrays: dict[str, list[pa.Array]] = {column: [] for column in names}
    seen: set[str] = set()
    columns = dict.fromkeys(reader.columns)
    numbers: list[npt.NDArray[np.int64]] = []
    rejected = 0
    for batch in reader.batches():
        rejected += len(batch.rejected)
        numbers.append(batch.numbers)
        columns |= dict.fromkeys(batch.columns)
        for column in names:
            array = batch.columns.get(column)
            seen |= {column} if array is not None else set()
            arrays[column].append(pa.nulls(len(batch), pa.string()) if array is None else array)
    places = np.concatenate(numbers) if numbers else np.zeros(0, dtype=np.int64)
    if not reader.complete or len(places):
        _check(name, names, tuple(columns))
    return Columns(name, arrays, places, rejected, tuple(reader.notices))


def _check(file: str, wanted: Sequence[str], columns: Sequence[str]) -> None:
    for column in wanted:
        if column in columns:
            continue
        near = nearest(column, columns)
        told = ", ".join(f"`{it}`" for it in columns[:12]) + (" …" if len(columns) > 12 else "")
        raise ImportFileError(
            f"`{file}` has no column `{column}`",
            hint=f"did you mean `{near}`?" if near else f"its columns are {told}",
        )


def _amounts(array: pa.Array) -> tuple[Floats, int]:
    numbers = convert(array, PropertyType.NUMBER, Zone())
    values = np.full(len(array), np.nan)
    found = np.asarray(numbers.values, dtype=np.float64)
    values[numbers.valid] = found[numbers.valid] / (1e6 if numbers.kind == "exact" else 1.0)
    failed = numbers.failed.copy()
    if failed.any() or not numbers.valid.any():
        words = convert(array, PropertyType.BOOLEAN, Zone())
        said = words.valid & ~numbers.valid
        values[said] = np.asarray(words.values, dtype=np.float64)[said]
        failed &= ~said
    failed |= np.abs(values) > MOST  # NaN is not
    values[failed] = np.nan
    return values, int(failed.sum())
