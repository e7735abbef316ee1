"""The first rows of a file, to guess from and to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from shoal.sources.batch import Batch, Elements, Notices, Reader
from shoal.sources.mapping import FileMapping
from shoal.sources.rows import pick
from shoal.sources.stream import open_reader

ROWS = 1_000


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """A file's columns and its first rows; a reader of those rows only."""

    name: str
    columns: tuple[str, ...]
    complete: bool
    notices: Notices
    batch: Batch | None

    def batches(self) -> Iterator[Batch]:
        """The first rows, as one batch."""
        if self.batch is not None:
            yield self.batch


def sample(path: str | Path, mapping: FileMapping | None = None, rows: int = ROWS) -> Sample:
    """The first rows of the file. Raises ImportFileError where it cannot be read at all."""
    reader: Reader = open_reader(path, mapping, first_rows=rows)
    batches = reader.batches()
    first = next(batches, None)
    if first is not None:
        first = _cut(first, rows)
    return Sample(Path(path).name, reader.columns, reader.complete, reader.notices, first)


def _cut(batch: Batch, rows: int) -> Batch:
    places = np.arange(min(rows, len(batch)))
    last = int(batch.numbers[places[-1]]) if len(places) else rows
    elements: dict[str, Elements] = {}
    for name, one in batch.elements.items():
        kept = np.flatnonzero(one.parent < len(places))
        columns = {key: pick(array, kept) for key, array in one.columns.items()}
        elements[name] = replace(one, parent=one.parent[kept], columns=columns)
    return replace(
        batch,
        columns={name: pick(array, places) for name, array in batch.columns.items()},
        pointed={name: pick(array, places) for name, array in batch.pointed.items()},
        numbers=batch.numbers[places],
        lines=None if batch.lines is None else batch.lines[places],
        elements=elements,
        rejected=tuple(one for one in batch.rejected if one.row <= last),
    )
