"""A stretch of a file as columns, before any mapping: what every reader hands on."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.events.property_type import PropertyType
from shoal.events.quarantine import Rejected
from shoal.language.told import Figure, Told

Int64s = npt.NDArray[np.int64]

LINES = "`{1}` is an array of objects; its {0} elements are lines of their events"


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """An array of objects in some rows: element i belongs to batch row ``parent[i]``; ascending."""

    parent: Int64s
    columns: Mapping[str, pa.Array]
    types: Mapping[str, PropertyType] = field(default_factory=dict[str, PropertyType])


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Rows that were read, and those that could not be.

    ``columns`` are text for a text file, else typed; null where unset. ``numbers`` are 1-based data
    rows of the file, ``lines`` its 1-based lines where it has any. ``raw`` gives rows, by
    their places in the batch, as received. ``position`` counts the bytes of the file read so far.
    ``pointed`` has columns of numbers with a decimal comma, written with a point.
    """

    columns: Mapping[str, pa.Array]
    numbers: Int64s
    lines: Int64s | None
    raw: Callable[[Int64s], list[str]]
    position: int
    elements: Mapping[str, Elements] = field(default_factory=dict[str, Elements])
    types: Mapping[str, PropertyType] = field(default_factory=dict[str, PropertyType])
    rejected: tuple[Rejected, ...] = ()
    pointed: Mapping[str, pa.Array] = field(default_factory=dict[str, pa.Array])

    @property
    def values(self) -> Mapping[str, pa.Array]:
        """The columns as numbers are read from them; texts, ids and contents are as received."""
        return {**self.columns, **self.pointed} if self.pointed else self.columns

    def __len__(self) -> int:
        return len(self.numbers)


class Notices:
    """What a reader did that somebody should know of, each said once with its count."""

    def __init__(self) -> None:
        self._counts: dict[tuple[str, tuple[str, ...]], int] = {}

    def add(self, phrase: str, *gaps: str, count: int = 1) -> None:
        """Counts; the first gap of the phrase, ``{0}``, is the count, the others are ``gaps``."""
        if count:
            said = phrase, gaps
            self._counts[said] = self._counts.get(said, 0) + count

    def __iter__(self) -> Iterator[Told]:
        for (phrase, gaps), count in self._counts.items():
            yield Told(phrase, Figure(count), *gaps)


class Reader(Protocol):
    """A file of some format."""

    @property
    def columns(self) -> tuple[str, ...]:
        """The names of its columns, those of nested objects dotted; more may turn up in JSON."""
        ...

    @property
    def complete(self) -> bool:
        """Whether no more columns can turn up."""
        ...

    @property
    def notices(self) -> Notices:
        """What was noticed so far."""
        ...

    def batches(self) -> Iterator[Batch]:
        """The file from its beginning. Raises ImportFileError where it cannot be read on."""
        ...
