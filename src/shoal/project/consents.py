"""Consents from files: rows become ``$consent`` events; a state that is none goes to quarantine."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from shoal.consent.state import CONSENT, parse_purpose, parse_state
from shoal.core.errors import ShoalError
from shoal.events.columns import as_text
from shoal.events.quarantine import Reason, Rejected
from shoal.events.table import EventTable

if TYPE_CHECKING:
    from shoal.sources import FileMapping, ImportStream


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a file say who agreed to what."""

    user: str
    purpose: str
    state: str
    time: str | None = None


def consents_in(request: Mapping[str, Any]) -> tuple[ImportStream, Iterator[EventTable]]:
    """The file of a request, open, and the consents it holds."""
    from shoal.core.instants import Zone
    from shoal.sources import read_file

    columns = Columns(request["user"], request["purpose"], request["state"], request["time"])
    stream = read_file(request["path"], mapping_for(columns), Zone(request["zone"]))
    at = request["at"] if columns.time is None else None
    return stream, (table for one in stream.tables for table in consents_of(one, stream, at))


def mapping_for(columns: Columns) -> FileMapping:
    """How such a file is read, before its states are understood."""
    from shoal.events.property_type import PropertyType
    from shoal.sources import FileMapping
    from shoal.sources.mapping import EventRows

    rows = EventRows(
        event="consent",
        user=columns.user,
        time=columns.time,
        properties={"purpose": f"`{columns.purpose}`", "state": f"`{columns.state}`"},
        types={"purpose": PropertyType.TEXT, "state": PropertyType.TEXT},
    )
    return FileMapping((rows,), source="consents")


def consents_of(table: EventTable, stream: ImportStream, at: int | None) -> Iterator[EventTable]:
    """The rows as consents, at ``at`` if it is given; what cannot be understood is rejected."""
    nothing = pa.nulls(len(table), pa.string())
    given = {
        name: as_text(table.properties.get(name, nothing)).to_pylist()
        for name in ("purpose", "state")
    }
    purposes: list[str] = []
    states: list[str] = []
    good: list[int] = []
    for row, (purpose, state) in enumerate(zip(given["purpose"], given["state"], strict=True)):
        try:
            understood = parse_purpose((purpose or "").strip()), str(parse_state(state or ""))
        except ShoalError as error:
            raw = {"user": table.user_ids[row].as_py(), "purpose": purpose, "state": state}
            stream.rejected.add(
                Rejected(
                    int(table.order[row]) + 1,
                    str(error),
                    json.dumps(raw, ensure_ascii=False),
                    Reason.UNREADABLE,
                )
            )
            continue
        good.append(row)
        purposes.append(understood[0])
        states.append(understood[1])
    if good:
        yield _chosen(table, np.array(good, np.int64), purposes, states, at)


def _chosen(
    table: EventTable,
    rows: np.ndarray[tuple[int], np.dtype[np.int64]],
    purposes: list[str],
    states: list[str],
    at: int | None,
) -> EventTable:
    times = table.occurred_at[rows]
    return replace(
        table,
        event=CONSENT,
        raw_event=CONSENT,
        user_ids=table.user_ids.take(pa.array(rows)),
        occurred_at=times if at is None else np.full(len(rows), at, np.int64),
        order=table.order[rows],
        fingerprints=table.fingerprints[rows],
        properties={
            "purpose": pa.array(purposes, pa.string()),
            "state": pa.array(states, pa.string()),
        },
    )
