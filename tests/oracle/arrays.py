"""People as the engine reads them: a ``History`` per bucket, in plain Python and numpy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import pyarrow as pa

from shoal.engine.history import Column, Kind
from tests.oracle.timeline import At, Person, Row, exactly, inexact, is_number, is_unset, rows_of

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True, slots=True, eq=False)
class ListedHistory:
    """A bucket made of rows, as ``shoal.engine.history.History`` asks for it."""

    profiles: np.ndarray
    offsets: np.ndarray
    first_seen: np.ndarray
    occurred_at: np.ndarray
    received_at: np.ndarray
    event: np.ndarray
    event_names: tuple[str, ...]
    rows: dict[str, np.ndarray]
    columns: dict[tuple[str, str], Column]

    def rows_of(self, event: str) -> np.ndarray:
        return self.rows.get(event, np.empty(0, np.int32))

    def column(self, event: str, property: str) -> Column | None:  # noqa: A002 (the protocol)
        return self.columns.get((event, property))


def history_of(people: Iterable[Person], buckets: int = 1) -> list[ListedHistory]:
    """The buckets of these people; person i lives in bucket ``id % buckets``, ascending by id."""
    everyone = tuple(people)
    doubles = inexact(everyone)
    return [
        bucket_of(sorted((p for p in everyone if p.id % buckets == b), key=id_of), doubles)
        for b in range(buckets)
    ]


def id_of(person: Person) -> int:
    return person.id


def bucket_of(people: list[Person], doubles: set[tuple[str, str]]) -> ListedHistory:
    histories = [stored_rows(person) for person in people]
    rows = [row for history in histories for row, _ in history]
    names = tuple(sorted({row.name for row in rows}))
    seen = [
        min((row.t for row, _ in history if row.name != "$consent"), default=NEVER)
        for history in histories
    ]
    held: dict[tuple[str, str], list[tuple[int, object]]] = {}
    for position, row in enumerate(rows):
        for key, raw in row.properties.items():
            if not is_unset(raw):
                held.setdefault((row.name, key), []).append((position, raw))
    return ListedHistory(
        profiles=np.array([person.id for person in people], np.int64),
        offsets=np.array(list(accumulate(map(len, histories), initial=0)), np.int64),
        first_seen=np.array(seen, np.int64),
        occurred_at=np.array([row.t for row in rows], np.int64),
        received_at=np.array([at for history in histories for _, at in history], np.int64),
        event=np.array([names.index(row.name) for row in rows], np.uint16),
        event_names=names,
        rows={
            name: np.array([i for i, row in enumerate(rows) if row.name == name], np.int32)
            for name in names
        },
        columns={key: column_of(items, double=key in doubles) for key, items in held.items()},
    )


def stored_rows(person: Person) -> list[tuple[Row, int]]:
    """What a store would hold of the person, with the times of receipt; derived rows it does not."""
    received = [event.t if event.received is None else event.received for event in person.events]
    return [
        (row, row.t if row.arrival < 0 else received[int(row.arrival)])
        for row in rows_of(person)
        if row.kind != "derived"
    ]


def column_of(items: list[tuple[int, object]], *, double: bool) -> Column:
    rows = np.array([position for position, _ in items], np.int32)
    raw = [value for _, value in items]
    if isinstance(raw[0], bool):
        return Column(Kind.BOOLEAN, rows, np.array(raw, np.uint8))
    if isinstance(raw[0], str):
        words = sorted(set(raw), reverse=True)
        codes = np.array([words.index(word) for word in raw], np.int32)
        return Column(Kind.TEXT, rows, codes, pa.array(words, pa.string()))
    if isinstance(raw[0], At):
        return Column(Kind.INSTANT, rows, np.array([at.us for at in raw], np.int64))
    assert all(map(is_number, raw))
    if double:
        return Column(Kind.DOUBLE, rows, np.array([float(x) for x in raw], np.float64))
    return Column(Kind.EXACT, rows, np.array([int(exactly(x) * 10**6) for x in raw], np.int64))
