"""Parquet files as batches of typed columns.

Structs become dotted columns, a list of structs becomes elements, any other list its JSON. Strings
are declared text, unless they hold instants: the file had types to say that they are numbers.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.core.errors import ImportFileError
from shoal.events.columns import as_text, plain
from shoal.events.property_type import PropertyType, majority_type
from shoal.sources.batch import LINES, Batch, Elements, Notices
from shoal.sources.opening import Opened, blocks

_ROWS = 1 << 20
_CELLS = 1 << 24

MANY = 1_000
"""Strings in one stretch that settle whether they are instants."""


class ParquetReader:
    """A Parquet file; a packed one is unpacked to a temporary file first."""

    def __init__(self, opened: Opened, *, rows: int | None = None) -> None:
        self._opened = opened
        self._most = rows or _ROWS
        self._instants: dict[str, bool] = {}
        self.notices = Notices()
        self.complete = True
        with self._file() as file:
            self._schema = file.schema_arrow
            self.rows = int(file.metadata.num_rows)
        if not len(self._schema):
            raise ImportFileError(f"`{opened.name}` has no columns")
        self.columns = tuple(_names(self._schema))

    @contextmanager
    def _file(self) -> Generator[pa.Array]:
        if self._opened.packing is None:
            with self._parquet(str(self._opened.path)) as file:
                yield file
            return
        with tempfile.TemporaryFile(prefix="shoal-") as unpacked:
            self._unpack(unpacked)
            with self._parquet(unpacked) as file:
                yield file

    def _unpack(self, unpacked: IO[bytes]) -> None:
        try:
            for block, _ in blocks(self._opened, 1 << 24):
                unpacked.write(block)
            unpacked.seek(0)
        except OSError as error:
            name = self._opened.name
            raise ImportFileError(
                f"`{name}` finds no room on disk to be unpacked: {error}"
            ) from error

    def _parquet(self, source: object) -> pa.Array:
        import pyarrow.parquet as pq

        try:
            return pq.ParquetFile(source)
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(error) from error

    def batches(self) -> Iterator[Batch]:
        """The rows, up to a million at a time."""
        size = min(self._most, max(1 << 12, _CELLS // len(self._schema)))
        count = 0
        with self._file() as file:
            records = file.iter_batches(batch_size=size)
            while (record := self._next(records)) is not None:
                batch = self._batch(record, count)
                count += len(batch)
                yield batch

    def _next(self, records: Iterator[pa.RecordBatch]) -> pa.RecordBatch | None:
        try:
            return next(records, None)
        except (pa.ArrowException, OSError) as error:
            raise self._damaged(error) from error

    def _damaged(self, error: Exception) -> ImportFileError:
        what = str(error).partition("\n")[0].rstrip(".")
        return ImportFileError(
            f"`{self._opened.name}` is no whole Parquet file: {what}", hint="is the copy complete?"
        )

    def _batch(self, record: pa.RecordBatch, before: int) -> Batch:
        columns: dict[str, pa.Array] = {}
        elements: dict[str, Elements] = {}
        for field, array in zip(record.schema, record.columns, strict=True):
            _flatten(field.name, array, columns, elements)
        for name, one in elements.items():
            self.notices.add(LINES, name, count=len(one.parent))
            elements[name] = replace(one, types=self._declared(dict(one.columns), name))

        def raw(places: npt.NDArray[np.int64]) -> list[str]:
            rows = record.take(pa.array(places)).to_pylist()
            return [json.dumps(row, default=str, ensure_ascii=False) for row in rows]

        share = (before + len(record)) / max(1, self.rows)
        return Batch(
            columns=columns,
            numbers=np.arange(before + 1, before + len(record) + 1, dtype=np.int64),
            lines=None,
            raw=raw,
            position=int(self._opened.size * share),
            elements=elements,
            types=self._declared(columns),
        )

    def _declared(self, columns: dict[str, pa.Array], within: str = "") -> dict[str, PropertyType]:
        result: dict[str, PropertyType] = {}
        for name, array in columns.items():
            key = f"{within}\0{name}"
            count = len(array) - array.null_count
            if not count or not pa.types.is_string(array.type):
                continue
            instants = self._instants.get(key)
            if instants is None:
                instants = majority_type(array) is PropertyType.INSTANT
                if count >= MANY:
                    self._instants[key] = instants
            if not instants:
                result[name] = PropertyType.TEXT
        return result


def _names(schema: pa.Schema) -> Iterator[str]:
    for field in schema:
        yield from _names_of(field.name, field.type)


def _names_of(name: str, kind: pa.DataType) -> Iterator[str]:
    if pa.types.is_struct(kind):
        for field in kind:
            yield from _names_of(f"{name}.{field.name}", field.type)
    else:
        yield name


def _flatten(
    name: str, array: pa.Array, columns: dict[str, pa.Array], elements: dict[str, Elements]
) -> None:
    kind = array.type
    if pa.types.is_struct(kind):
        for field, inner in zip(kind, array.flatten(), strict=True):
            _flatten(f"{name}.{field.name}", inner, columns, elements)
    elif (pa.types.is_list(kind) or pa.types.is_large_list(kind)) and pa.types.is_struct(
        kind.value_type
    ):
        parents = array.value_parent_indices().to_numpy(zero_copy_only=False).astype(np.int64)
        inside: dict[str, pa.Array] = {}
        for field, inner in zip(kind.value_type, array.flatten().flatten(), strict=True):
            _flatten(field.name, inner, inside, {})
        elements[name] = Elements(parents, inside)
    else:
        array = plain(array)
        odd = pa.types.is_nested(kind) or pa.types.is_binary(array.type)
        columns[name] = as_text(array) if odd else array
