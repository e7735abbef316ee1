"""A store as a plain list of rows, and the store's own answer in the same words."""

from __future__ import annotations

import zlib
from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from shoal.core.instants import EARLIEST
from shoal.engine.history import Kind
from shoal.events.event import Event
from shoal.events.source import ImportSource
from shoal.events.table import EventTable, LineTable
from shoal.identity import Identifier, Limits, ignored_identifiers
from shoal.store import Snapshot
from tests.identity.plain import Fact, PlainIdentity

SOURCE = ImportSource("orders", "orders.csv", "csv", 10, "00", "{}")
NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Row:
    event: str
    user: str | None
    anonymous: str | None
    at: int
    key: int
    x: float | None = None
    word: str | None = None
    yes: bool | None = None
    lines: tuple[float, ...] = ()

    @property
    def person(self) -> str:
        return self.own.display

    @property
    def own(self) -> Identifier:
        if self.user is not None:
            return Identifier(self.user)
        return Identifier(str(self.anonymous), anonymous=True)


def tables(rows: list[Row], batch: int = 1000) -> list[EventTable]:
    """The rows of a source as the tables an import would hand over."""
    found = []
    for start in range(0, len(rows), batch):
        by_event: dict[str, list[tuple[int, Row]]] = {}
        for order, row in enumerate(rows[start : start + batch], start):
            by_event.setdefault(row.event, []).append((order, row))
        for event, some in by_event.items():
            found.append(table(event, [row for _, row in some], [order for order, _ in some]))
    return found


def table(event: str, rows: list[Row], order: list[int]) -> EventTable:
    columns = {
        "x": pa.array([row.x for row in rows], pa.float64()),
        "word": pa.array([row.word for row in rows], pa.string()),
        "yes": pa.array([row.yes for row in rows], pa.bool_()),
    }
    parents = [at for at, row in enumerate(rows) for _ in row.lines]
    lines = None
    if parents:
        parent = np.array(parents, np.int64)
        prices = pa.array([price for row in rows for price in row.lines], pa.float64())
        lines = LineTable(f"{event}_line", parent, np.arange(len(parent)), {"price": prices})
    return EventTable(
        event,
        event.title(),
        pa.array([row.user for row in rows], pa.string()),
        pa.array([row.anonymous for row in rows], pa.string()),
        np.array([row.at for row in rows], np.int64),
        np.array(order, np.int64),
        fingerprints(rows),
        {name: array for name, array in columns.items() if array.null_count < len(array)},
        lines,
    )


def fingerprints(rows: list[Row]) -> np.ndarray:
    # Whatever names a row names its event too. Half of the keys share their first 64 bits, so that both halves must be looked at.
    return np.array(
        [
            [zlib.crc32(row.person.encode()) % 97 + row.key // 2, row.key * 1000 + len(row.event)]
            for row in rows
        ],
        np.uint64,
    )


def event_of(row: Row, received_at: int) -> Event:
    properties = {"x": row.x, "word": row.word, "yes": row.yes}
    return Event(
        row.event,
        row.user,
        row.anonymous,
        row.at,
        received_at,
        f"{row.person}-{row.key}",
        properties,
        tuple({"price": price} for price in row.lines),
    )


@dataclass
class Kept:
    row: Row
    received_at: int
    arrival: int
    import_id: int
    identity: object


@dataclass
class Model:
    kept: list[Kept] = field(default_factory=list)
    erased: set[str] = field(default_factory=set)
    arrivals: int = 0
    imports: int = 0

    def bring(self, rows: list[Row], imported_at: int) -> int:
        self.imports += 1
        for row in rows:
            print_ = tuple(fingerprints([row])[0].tolist())
            self._add(row, min(row.at, imported_at), self.imports, (row.person, print_))
        return self.imports

    def append(self, rows: list[Row], received_at: int) -> None:
        for row in rows:
            self._add(row, received_at, 0, (row.person, row.event, "sent", row.key))

    def undo(self, import_id: int) -> None:
        self.kept = [one for one in self.kept if one.import_id != import_id]

    def identity(self) -> PlainIdentity:
        """Whose the rows are: an anonymous id beside a user id links the two."""
        facts = [
            Fact("seen", Identifier(row.anonymous, anonymous=True), Identifier(row.user), row.at)
            for row in (one.row for one in self.kept)
            if row.user is not None and row.anonymous is not None
        ]
        return PlainIdentity(facts, Limits(), ignored_identifiers())

    def erase(self, person: str) -> None:
        plain = self.identity()
        wanted = Identifier.readings(person)[-1]
        whose = plain.person(wanted, NEVER)
        linked: dict[Identifier, set[Identifier]] = {}
        for link in plain.links:
            linked.setdefault(link.one, set()).add(link.other)
        self.erased.add(whose.display)
        self.erased |= {one.display for one, users in linked.items() if users == {whose}}
        self.kept = [one for one in self.kept if plain.person(one.row.own, one.row.at) != whose]

    def _add(self, row: Row, received_at: int, import_id: int, identity: object) -> None:
        self.arrivals += 1
        if row.user is not None and f"anon:{row.anonymous}" in self.erased:
            row = replace(row, anonymous=None)
        if row.person in self.erased or any(one.identity == identity for one in self.kept):
            return
        self.kept.append(Kept(row, received_at, self.arrivals, import_id, identity))

    def people(self) -> dict[str, tuple[int, list[tuple]]]:
        found: dict[str, tuple[int, list[tuple]]] = {}
        plain = self.identity()
        for one in sorted(self.kept, key=lambda one: (one.row.at, one.arrival)):
            row = one.row
            person = plain.person(row.own, row.at).display
            first, rows = found.get(person, (NEVER, []))
            if row.event != "$consent":
                first = min(first, row.at)
            both = row.anonymous if row.user is not None else None
            told = {"x": row.x, "word": row.word, "yes": row.yes, "anonymous": both}
            told = {name: value for name, value in told.items() if value is not None}
            rows.append((row.event, row.at, one.received_at, one.import_id, told))
            for price in row.lines:
                line = (f"{row.event}_line", row.at, one.received_at, one.import_id)
                rows.append((*line, {"price": price}))
            found[person] = (first, rows)
        return found

    def latest(self) -> int | None:
        return max(
            (
                one.row.at
                for one in self.kept
                if not one.row.event.startswith("$") and one.row.at <= one.received_at
            ),
            default=None,
        )


def people_in(snapshot: Snapshot) -> dict[str, tuple[int, list[tuple]]]:
    """Everything the snapshot says of everybody."""
    found: dict[str, tuple[int, list[tuple]]] = {}
    for bucket in range(snapshot.buckets):
        history = snapshot.history(bucket)
        count = len(history.occurred_at)
        told: list[dict] = [{} for _ in range(count)]
        for code, event in enumerate(history.event_names):
            rows = history.rows_of(event)
            assert rows.tolist() == np.flatnonzero(history.event == code).tolist()
            for name in ("x", "word", "yes", "price"):
                _tell(told, name, history.column(event, name), set(rows.tolist()))
        _tell(told, "anonymous", history.column("", "anonymous_id"), set(range(count)))
        assert len(history.offsets) == len(history.profiles) + 1
        assert sorted(set(history.profiles.tolist())) == history.profiles.tolist()
        names = snapshot.user_ids(bucket).to_pylist()
        for index, name in enumerate(names):
            start, end = history.offsets[index], history.offsets[index + 1]
            assert start < end
            rows = [
                (
                    history.event_names[history.event[at]],
                    int(history.occurred_at[at]),
                    int(history.received_at[at]),
                    int(history.import_id[at]),
                    told[at],
                )
                for at in range(start, end)
            ]
            assert name not in found
            found[name] = (int(history.first_seen[index]), rows)
            assert snapshot.find(name) == (bucket, index)
            assert bool(snapshot.has_user_id(bucket)[index]) != name.startswith("anon:")
    return found


def _tell(told: list[dict], name: str, column, rows: set[int]) -> None:
    if column is None:
        return
    assert column.rows.dtype == np.int32
    assert column.rows.tolist() == sorted(set(column.rows.tolist()))
    assert set(column.rows.tolist()) <= rows
    values = column.values.tolist()
    if column.kind is Kind.EXACT:
        values = [value / 1e6 for value in values]
    elif column.kind is Kind.TEXT:
        words = column.dictionary.to_pylist()
        assert len(set(words)) == len(words)
        values = [words[code] for code in values]
    elif column.kind is Kind.BOOLEAN:
        values = [bool(value) for value in values]
    for row, value in zip(column.rows.tolist(), values, strict=True):
        told[row][name] = value


__all__ = ["EARLIEST", "NEVER", "SOURCE", "Model", "Row", "event_of", "people_in", "tables"]
