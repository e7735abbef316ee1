"""A run: some rows of one bucket in the order of a history, with their sparse columns.

A base, a delta, a spilled piece of an import and the tail of the log are all runs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.engine.history import Int32s, Int64s, Kind
from shoal.identity import LinkLayer

UInt64s = npt.NDArray[np.uint64]
MILLION = 1_000_000


class ColumnKey(NamedTuple):
    """A property of an event; ``raw`` are the values that did not convert, as received."""

    event: str
    property: str
    raw: bool = False


class EventSpan(NamedTuple):
    """How many rows an event has in a run, and from when to when."""

    rows: int
    first_at: int
    last_at: int


ANY_EVENT = ""
"""The event of columns that any row may have."""
ANONYMOUS_ID = ColumnKey(ANY_EVENT, "anonymous_id")
"""The anonymous id that came beside a user id."""


@dataclass(frozen=True, slots=True, eq=False)
class RunColumn:
    """Values of the rows that have one, ``rows`` ascending.

    TEXT is either codes into ``dictionary``, or ``texts`` as they are (``values`` is then empty).
    """

    kind: Kind
    rows: Int32s
    values: npt.NDArray[Any]
    dictionary: pa.LargeStringArray | None = None
    texts: pa.LargeStringArray | None = None

    def plain_texts(self) -> pa.LargeStringArray:
        """The strings of a TEXT column, row by row."""
        if self.texts is not None:
            return self.texts
        assert self.dictionary is not None
        return self.dictionary.take(pa.array(self.values))


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """Profiles by number, ascending, each with its identifier."""

    numbers: Int64s
    texts: pa.LargeStringArray
    anonymous: npt.NDArray[np.uint8]

    def of(self, numbers: Int64s) -> People:
        """The people of these numbers, which must all be here."""
        if len(numbers) == len(self.numbers):
            return self
        at = np.searchsorted(self.numbers, numbers)
        return People(numbers, self.texts.take(pa.array(at)), self.anonymous[at])


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """Fingerprints of rows: ``high`` ascending, then ``low`` and the row of each."""

    high: UInt64s
    low: UInt64s
    rows: Int32s


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Rows in any order, on their way into a run. ``seen`` need not be sorted here."""

    numbers: Int64s
    occurred_at: Int64s
    received_at: Int64s
    arrival: Int64s
    event: npt.NDArray[np.uint16]
    event_names: tuple[str, ...]
    import_id: npt.NDArray[np.int32]
    seen: Seen
    columns: Mapping[ColumnKey, RunColumn]
    people: People


@dataclass(frozen=True, slots=True, eq=False)
class RunLinks:
    """Whom the rows of a run link, each link once.

    ``seen`` goes from weaker to stronger identifiers. Pairs are the rare rest, aliases and
    decisions: a row's own number, the other, and ``form``: kind, own strength, other strength.
    """

    seen: LinkLayer
    owner: Int64s
    other: Int64s
    form: npt.NDArray[np.uint8]

    def __bool__(self) -> bool:
        return bool(len(self.seen) or len(self.owner))


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Run:
    """Rows sorted by (profile, occurred_at, arrival)."""

    people: People
    offsets: Int64s
    first_seen: Int64s
    occurred_at: Int64s
    received_at: Int64s
    arrival: Int64s
    event: npt.NDArray[np.uint16]
    import_id: npt.NDArray[np.int32]
    event_names: tuple[str, ...]
    event_rows: Int32s
    event_offsets: Int64s
    event_spans: tuple[EventSpan, ...]
    latest_event_at: int | None
    seen: Seen
    columns: Mapping[ColumnKey, RunColumn]
    kinds: Mapping[ColumnKey, tuple[Kind, int]] = field(
        default_factory=dict[ColumnKey, "tuple[Kind, int]"]
    )
    """Kind and number of values of each column, known without loading it."""
    imports: tuple[int, ...] = ()
    links: RunLinks | None = None
    """None where they are to be read off the columns."""

    @property
    def profiles(self) -> Int64s:
        """Surrogate number of each profile, ascending."""
        return self.people.numbers

    def __len__(self) -> int:
        return len(self.occurred_at)

    def rows_of(self, event: str) -> Int32s:
        """Rows of an event, ascending."""
        if event not in self.event_names:
            return np.zeros(0, dtype=np.int32)
        code = self.event_names.index(event)
        return self.event_rows[self.event_offsets[code] : self.event_offsets[code + 1]]

    def as_part(self) -> Part:
        """The same rows as a part of a run to be."""
        return Part(
            np.repeat(self.profiles, np.diff(self.offsets)),
            self.occurred_at,
            self.received_at,
            self.arrival,
            self.event,
            self.event_names,
            self.import_id,
            self.seen,
            self.columns,
            self.people,
        )


def as_doubles(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Exact numbers (millionths) as doubles."""
    return values.astype(np.float64) / MILLION


def frozen(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """A view that cannot be written, so that compiled loops meet one kind of array only."""
    view = array.view()
    view.flags.writeable = False
    return view
