"""Statements from files: rows become consents, subscriptions or suppressions of people.

A row whose purpose, channel or state is none goes to quarantine with the reason.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from shoal.consent.statement import KINDS, Kind, Statement, statement
from shoal.core.errors import ShoalError
from shoal.events.columns import as_text
from shoal.events.quarantine import Reason, Rejected
from shoal.events.table import EventTable
from shoal.identity.identifier import email_id

if TYPE_CHECKING:
    from shoal.sources import FileMapping, ImportStream


@dataclass(frozen=True, slots=True)
class Columns:
    """Which columns of a file say what of whom.

    Without a column of what it is about, or of the state, every row has ``always`` that. With
    ``is_address``, the column of the user holds e-mail addresses, whoever they are of.
    """

    kind: Kind
    user: str
    about: str | None = None
    state: str | None = None
    time: str | None = None
    beside: Mapping[str, str] = field(default_factory=dict[str, str])
    always: Mapping[str, str] = field(default_factory=dict[str, str])
    is_address: bool = False

    def as_json(self) -> dict[str, Any]:
        """As one process tells it another."""
        return {
            "kind": self.kind.name,
            "user": self.user,
            "about": self.about,
            "state": self.state,
            "time": self.time,
            "beside": dict(self.beside),
            "always": dict(self.always),
            "is_address": self.is_address,
        }

    @classmethod
    def from_json(cls, form: Mapping[str, Any]) -> Columns:
        """What :meth:`as_json` wrote."""
        words = {key: value for key, value in form.items() if key != "kind"}
        return cls(KINDS[form["kind"]], **words)

    @property
    def columns(self) -> dict[str, str]:
        """The column of each property that has one."""
        own = {self.kind.about: self.about, "state": self.state}
        return {**{name: it for name, it in own.items() if it is not None}, **self.beside}


def statements_in(request: Mapping[str, Any]) -> tuple[ImportStream, Iterator[EventTable]]:
    """The file of a request, open, and the statements it holds."""
    from shoal.core.instants import Zone
    from shoal.sources import read_file

    columns = Columns.from_json(request["columns"])
    stream = read_file(request["path"], mapping_for(columns), Zone(request["zone"]))
    at = request["at"] if columns.time is None else None
    found = (it for one in stream.tables for it in statement_tables(one, columns, stream, at))
    return stream, found


def mapping_for(columns: Columns) -> FileMapping:
    """How such a file is read, before its words are understood."""
    from shoal.events.property_type import PropertyType
    from shoal.sources import FileMapping
    from shoal.sources.mapping import EventRows

    named = columns.columns
    rows = EventRows(
        event=columns.kind.name,
        user=columns.user,
        time=columns.time,
        properties={name: f"`{column}`" for name, column in named.items()},
        constants=dict(columns.always),
        types=dict.fromkeys((*named, *columns.always), PropertyType.TEXT),
    )
    return FileMapping((rows,), source=f"{columns.kind.name}s")


def statement_tables(
    table: EventTable, columns: Columns, stream: ImportStream, at: int | None
) -> Iterator[EventTable]:
    """The rows as statements, at ``at`` if it is given; what cannot be understood is rejected."""
    kind = columns.kind
    nothing = pa.nulls(len(table), pa.string())
    names = (kind.about, "state", *kind.beside)
    given = {name: as_text(table.properties.get(name, nothing)).to_pylist() for name in names}
    good: list[int] = []
    said: list[Statement] = []
    for row in range(len(table)):
        cells = {name: given[name][row] for name in names}
        beside = {name: cells[name] for name in kind.beside}
        try:
            if columns.is_address:
                address_named(table.user_ids[row].as_py())
            one = statement(kind, "", cells[kind.about] or "", cells["state"] or "", 0, beside)
        except ShoalError as error:
            raw = {"user": table.user_ids[row].as_py(), **{it: cells[it] for it in columns.columns}}
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
        said.append(one)
    if good:
        chosen = _chosen(table, np.array(good, np.int64), said, at)
        yield _by_address(chosen) if columns.is_address else chosen


def address_named(text: str | None) -> str:
    """The anonymous id by which an e-mail address is known, whoever has it."""
    found = email_id(text)
    if found is None:
        raise ShoalError(f"`{text}` is no e-mail address", hint="write ana@example.org")
    return found


def _by_address(table: EventTable) -> EventTable:
    ids = [address_named(it) for it in table.user_ids.to_pylist()]
    nobody = pa.nulls(len(table), pa.string())
    return replace(table, user_ids=nobody, anonymous_ids=pa.array(ids, pa.string()))


def _chosen(
    table: EventTable,
    rows: np.ndarray[tuple[int], np.dtype[np.int64]],
    said: list[Statement],
    at: int | None,
) -> EventTable:
    kind, times = said[0].kind, table.occurred_at[rows]
    cells: dict[str, list[str | None]] = {
        kind.about: [it.about for it in said],
        "state": [it.state for it in said],
        **{name: [it.beside.get(name) for it in said] for name in kind.beside},
    }
    return replace(
        table,
        event=kind.event,
        raw_event=kind.event,
        user_ids=table.user_ids.take(pa.array(rows)),
        occurred_at=times if at is None else np.full(len(rows), at, np.int64),
        order=table.order[rows],
        fingerprints=table.fingerprints[rows],
        properties={
            name: pa.array(some, pa.string())
            for name, some in cells.items()
            if name not in kind.beside or any(some)
        },
    )
