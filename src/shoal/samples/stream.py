"""Events of one name, as columns: who, when, and what is known of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
Values = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Stream:
    """Rows of one event; ``at`` is local time in microseconds, None in a column is unset.

    ``lines`` are the elements of the event's list of products: their columns, and where those of
    each row begin.
    """

    event: str
    person: Ints
    at: Ints
    columns: Mapping[str, Values] = field(default_factory=dict[str, Values])
    lines: Mapping[str, Values] | None = None
    offsets: Ints | None = None
    hidden: Mapping[str, Values] = field(default_factory=dict[str, Values])
    """What acts may take from a row though the event does not carry it."""

    def __len__(self) -> int:
        return len(self.person)

    def taken(self, rows: npt.NDArray[Any]) -> Stream:
        """Some of the rows, in the order given; a mask or numbers. Only for streams without lines."""
        assert self.lines is None
        return replace(
            self,
            person=self.person[rows],
            at=self.at[rows],
            columns={name: column[rows] for name, column in self.columns.items()},
            hidden={name: column[rows] for name, column in self.hidden.items()},
        )

    def known(self, name: str) -> Values:
        """A column, carried or hidden."""
        return self.columns[name] if name in self.columns else self.hidden[name]


def only_where(mask: Bools, column: Values) -> Values:
    """The column, unset where the mask is false."""
    found = column.copy()
    found[~mask] = None
    return found


def texts(values: Any) -> Values:
    """Values as a column of objects."""
    column = np.empty(len(values), dtype=object)
    column[:] = values
    return column
