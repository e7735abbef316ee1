"""A bucket's history as arrays: what the engine reads and what a store, or a test, provides.

Rows are sorted by (profile, occurred_at, arrival). A row is an event of a profile: a received
one, a line of one (``order_completed_line``, directly after its parent, same instant), a derived
one (``session_started``), or a reserved one (``$identify``, ``$consent`` …). Properties are sparse:
a column holds the rows that have a value and the values, so an absent one costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Int64s = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]


class Kind(IntEnum):
    """How a column's values are kept."""

    EXACT = 0  # int64, millionths: a number of at most six decimals
    DOUBLE = 1  # float64
    TEXT = 2  # int32 codes into the column's own dictionary
    BOOLEAN = 3  # uint8, 0 or 1
    INSTANT = 4  # int64 microseconds since the epoch


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The values of one property of one event: ``values[i]`` belongs to bucket row ``rows[i]``.

    ``rows`` ascend and are a subset of the event's rows; unset values are absent. ``dictionary``
    is given for TEXT only and holds each distinct string once, in any order.
    """

    kind: Kind
    rows: Int32s
    values: npt.NDArray[np.generic]
    dictionary: pa.StringArray | None = None


def unwritable(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A view that cannot be written to, so that compiled code meets one kind of array only."""
    view = np.ascontiguousarray(array).view()
    view.flags.writeable = False
    return view


class History(Protocol):
    """One bucket. Arrays may be memory-mapped; the engine never writes to them."""

    @property
    def profiles(self) -> Int64s:
        """Surrogate number of each profile, in the order of the rows."""
        ...

    @property
    def offsets(self) -> Int64s:
        """Profile i owns rows ``offsets[i]`` up to ``offsets[i + 1]``."""
        ...

    @property
    def first_seen(self) -> Int64s:
        """When each profile became known: its first event or dated trait.

        EARLIEST for one with an undated trait; the maximum of int64 for one never seen (a consent
        alone does not make a profile known).
        """
        ...

    @property
    def occurred_at(self) -> Int64s:
        """When each row happened; ascending within a profile."""
        ...

    @property
    def received_at(self) -> Int64s:
        """When each row came to be known."""
        ...

    @property
    def event(self) -> npt.NDArray[np.uint16]:
        """Code of each row's event: its position in ``event_names``."""
        ...

    @property
    def event_names(self) -> tuple[str, ...]:
        """What the event codes mean."""
        ...

    def rows_of(self, event: str) -> Int32s:
        """Rows of an event, ascending; empty for one that never happened here."""
        ...

    def column(self, event: str, property: str) -> Column | None:  # noqa: A002  # the field's word
        """Values of a property of an event; None where no row has it."""
        ...
