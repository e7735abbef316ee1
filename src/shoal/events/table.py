"""Events of one name as columns: what an import hands to the store, a batch at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.events.property_type import PropertyType, majority_type

Int64s = npt.NDArray[np.int64]
UInt64s = npt.NDArray[np.uint64]

IDENTIFY = "$identify"
"""The reserved event whose properties are profile traits; undated ones stand at EARLIEST."""


@dataclass(frozen=True, slots=True, eq=False)
class LineTable:
    """The elements of an array in each event, in element order within their parent.

    ``parent[i]`` is the position of line i's parent in the table it belongs to; parents ascend.
    """

    event: str
    parent: Int64s
    order: Int64s
    properties: Mapping[str, pa.Array]
    types: Mapping[str, PropertyType] = field(default_factory=dict[str, PropertyType])
    received: Mapping[str, pa.Array] = field(default_factory=dict[str, pa.Array])


@dataclass(frozen=True, slots=True, eq=False)
class EventTable:
    """Some events of one name.

    ``properties`` are arrays as received (text for a text file, typed for a typed one), as long as
    the table, null where unset, never wholly null. ``types`` holds the types that the file or the
    mapping declares; any other property is typed by the catalogue or by
    :func:`shoal.events.property_type.majority_type`. Of equal instants the smaller ``order`` came
    first. ``fingerprints`` are two 64-bit halves each; equal ones are the same event. ``received``
    are the cells as received of properties whose numbers the file writes in another way.
    """

    event: str
    raw_event: str
    user_ids: pa.StringArray
    anonymous_ids: pa.StringArray | None
    occurred_at: Int64s
    order: Int64s
    fingerprints: UInt64s
    properties: Mapping[str, pa.Array]
    lines: LineTable | None = None
    types: Mapping[str, PropertyType] = field(default_factory=dict[str, PropertyType])
    received: Mapping[str, pa.Array] = field(default_factory=dict[str, pa.Array])

    def __len__(self) -> int:
        return len(self.occurred_at)


def cells_of(
    part: EventTable | LineTable, known: Callable[[str, str], PropertyType | None]
) -> Mapping[str, pa.Array]:
    """The properties; as received where they are rewritten as numbers and their type is another.

    ``known`` gives types that are known already, by event and property.
    """
    if not part.received:
        return part.properties
    cells = dict(part.properties)
    for name in cells.keys() & part.received.keys():
        kind = known(part.event, name) or part.types.get(name) or majority_type(cells[name])
        if kind not in (PropertyType.NUMBER, PropertyType.MONEY):
            cells[name] = part.received[name]
    return cells
