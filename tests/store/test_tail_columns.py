"""The tail read as columns: what it says is what its events say, one by one."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.core.instants import LATEST, Zone
from shoal.events.event import Event
from shoal.events.property_type import PropertyType
from shoal.events.table import EventTable, LineTable
from shoal.identity import mentions_of
from shoal.store import entry_reading
from shoal.store.assembly import assemble
from shoal.store.catalogue import Naming
from shoal.store.entries import Entries, entries_of, joined, once
from shoal.store.entry_reading import entries_in
from shoal.store.intake import Circumstances, split, take_in
from shoal.store.quarantine import Quarantined
from shoal.store.run import Run, RunColumn
from shoal.store.tail import Fresh, Logged, TailPeople, decode, encode, logged_of
from shoal.store.tail_runs import tail_runs
from shoal.store.written import Written

# --- the oracle: a table for each event, made value by value ---------------------------------------


def table_of(some: Sequence[Logged]) -> EventTable:
    events = [one.event for one in some]
    parents = [at for at, event in enumerate(events) for _ in event.lines]
    lines = [line for event in events for line in event.lines]
    arrival = np.array([one.arrival for one in some], dtype=np.int64)
    parent = np.array(parents, dtype=np.int64)
    name = events[0].name
    return EventTable(
        name,
        events[0].raw_name or name,
        pa.array([event.user_id for event in events], pa.string()),
        pa.array([event.anonymous_id for event in events], pa.string()),
        np.array([event.occurred_at for event in events], dtype=np.int64),
        arrival,
        np.array([one.fingerprint for one in some], dtype=np.uint64).reshape(-1, 2),
        columns_of([event.properties for event in events]),
        LineTable(f"{name}_line", parent, arrival[parent], columns_of(lines), numbers_in(lines))
        if lines
        else None,
        numbers_in([event.properties for event in events]),
    )


def numbers_in(rows: Sequence[Mapping[str, object]]) -> dict[str, PropertyType]:
    values: dict[str, list[object]] = {}
    for row in rows:
        for name, value in row.items():
            if value is not None:
                values.setdefault(name, []).append(value)
    return {
        name: PropertyType.NUMBER
        for name, some in values.items()
        if all(type(value) in (int, float, Decimal) for value in some)
    }


def columns_of(rows: Sequence[Mapping[str, object]]) -> dict[str, pa.Array]:
    names = dict.fromkeys(name for row in rows for name in row)
    arrays = {name: array_of([row.get(name) for row in rows]) for name in names}
    return {name: array for name, array in arrays.items() if array.null_count < len(array)}


def array_of(values: Sequence[object]) -> pa.Array:
    kinds = {type(value) for value in values if value is not None}
    for kind, typed in (
        (bool, pa.bool_()),
        (float, pa.float64()),
        (datetime, pa.timestamp("us", tz="UTC")),
    ):
        if kinds == {kind}:
            return pa.array(values, typed)
    return pa.array([None if value is None else said(value) for value in values], pa.string())


def said(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat() if isinstance(value, datetime) else str(value)


def expected_people(tail: Sequence[Logged]) -> TailPeople:
    people = TailPeople({}, {})
    for one in tail:
        people.add(one.event, one.profile, one.mentioned)
    return people


def expected_runs(tail: Sequence[Logged], naming: Naming, buckets: int) -> dict[int, Run]:
    people, parts = expected_people(tail), {}
    for name in dict.fromkeys(one.event.name for one in tail):
        some = [one for one in tail if one.event.name == name]
        receipts = np.array([one.event.received_at for one in some], dtype=np.int64)
        part, _ = take_in(
            table_of(some), people, naming, Circumstances(0, 0, LATEST, Zone(), receipts)
        )
        for one in some:
            naming.add_event(name, one.event.raw_name or name)
        for bucket, piece in split(part, buckets):
            parts.setdefault(bucket, []).append(piece)
    return {bucket: run for bucket, some in parts.items() if (run := assemble(some)) is not None}


# --- runs and namings, to be compared ---------------------------------------------------------------


def shown_column(column: RunColumn) -> tuple[Any, ...]:
    values = column.plain_texts().to_pylist() if column.kind == "text" else None
    if column.texts is not None or column.dictionary is not None:
        values = column.plain_texts().to_pylist()
    plain = values if values is not None else column.values.view(np.uint8).tolist()
    return column.kind, column.rows.tolist(), plain


def shown(runs: Mapping[int, Run], naming: Naming) -> Any:
    return {
        bucket: (
            run.people.numbers.tolist(), run.people.texts.to_pylist(),
            run.people.anonymous.tolist(), run.offsets.tolist(), run.first_seen.tolist(),
            run.occurred_at.tolist(), run.received_at.tolist(), run.arrival.tolist(),
            [run.event_names[code] for code in run.event.tolist()], run.latest_event_at,
            dict(zip(run.event_names, run.event_spans, strict=True)),
            sorted(zip(run.seen.high.tolist(), run.seen.low.tolist(), run.seen.rows.tolist(),
                       strict=True)),
            {key: shown_column(run.columns[key]) for key in sorted(run.columns)},
            run.kinds,
        )
        for bucket, run in sorted(runs.items())
    }, {name: tuple(raw) for name, raw in naming.raw_names.items()}, naming.lines, naming.types  # fmt: skip


# --- events ----------------------------------------------------------------------------------------

TEXTS = st.text(st.sampled_from('ab "\\/\n\t\x01\x7fé€😀{}[],:'), max_size=6)
SPELT = st.sampled_from(
    ["9.90", "-0", "-0.0", "0.00001", "0.0001", "0.05", "1e5", "2E-3", "12345678901234567890",
     "123456789012345678", "1234567890123456789.5", "0.1", "100", "1.0", "007".lstrip("0"),
     "9007199254740993.0", "123456789.12345678", '"\\u0041\\/\\u20ac"', '"n/a"', "true", "null",
     '"\\ud83d\\ude00"', "3.00", "12.345678901234567"]
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20), st.integers(-5, 5), st.floats(allow_nan=False, allow_infinity=False),
    st.sampled_from([9.99, 0.5, 1e-7, 1e22, 20.0, 0.05, 2.0**53]),
    st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-999, max_value=999),
)  # fmt: skip
VALUES = st.one_of(
    NUMBERS, TEXTS, st.booleans(), st.none(),
    st.sampled_from(["12.5", "2026-01-02", "true", "", "ana@example.com", "+351912345678"]),
    st.integers(-(10**9), 10**10).map(lambda at: datetime.fromtimestamp(at, UTC)),
)  # fmt: skip
KEYS = st.sampled_from(["a", "b", "c.d", 'k"ey', "é", "email", "previous_id"])
CELLS = st.one_of(
    st.dictionaries(KEYS, VALUES, max_size=4),
    st.dictionaries(st.sampled_from(["a", "b"]), NUMBERS, max_size=2),
    st.dictionaries(st.sampled_from(["a", "b", "n"]), SPELT, max_size=3).map(
        lambda cells: Written(
            ("{" + ",".join(f"{json.dumps(key)}:{text}" for key, text in cells.items()) + "}").encode()
        )
    ),
)  # fmt: skip
IDS = st.sampled_from(["u1", "u2", "ana", "é"])
EVENTS = st.builds(
    Event,
    st.sampled_from(["viewed", "paid", "paid_line", "$identify", "$link", 'odd"name']),
    st.one_of(st.none(), IDS),
    st.sampled_from(["x1", "x2", "y"]),
    st.integers(10**15, 10**15 + 5),
    st.integers(10**15, 10**15 + 9),
    st.one_of(st.none(), TEXTS),
    CELLS,
    st.lists(st.dictionaries(KEYS, VALUES, max_size=2), max_size=2).map(tuple),
    st.sampled_from(["", "web"]),
    st.sampled_from([None, "Raw", "Raw \n two"]),
)
REFUSED = Quarantined("live-9", None, None, None, "code", "reason", '[{"a":[1]}]', 5, "web")


def fresh_of(events: Sequence[Event], *, is_alone: Sequence[bool]) -> list[Fresh]:
    """The events with numbers: one for each identifier, as a store gives them."""
    numbers: dict[tuple[str, bool], int] = {}

    def number(text: str, anonymous: bool) -> int:
        return numbers.setdefault((text, anonymous), len(numbers) + 1)

    found: list[Fresh] = []
    for at, (event, alone) in enumerate(zip(events, is_alone, strict=True)):
        if alone and event.user_id is not None:
            event = Event(**{**_fields(event), "anonymous_id": None})  # noqa: PLW2901
        own = (
            number(str(event.anonymous_id), anonymous=True)
            if event.user_id is None
            else number(event.user_id, anonymous=False)
        )
        others = [number(one.text, one.anonymous) for _, one in mentions_of(event)]
        found.append((event, [own, *others] if others else own, at + 1, 2**64 - 1 - at // 2, at))
    return found


def _fields(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in event.__struct_fields__}


@st.composite
def frames(draw: st.DrawFn) -> list[bytes]:
    events = draw(st.lists(EVENTS, min_size=1, max_size=12))
    alone = draw(st.lists(st.booleans(), min_size=len(events), max_size=len(events)))
    fresh = fresh_of(events, is_alone=alone)
    cuts = sorted(draw(st.sets(st.integers(1, len(fresh)), max_size=3)) | {0, len(fresh)})
    refused = [REFUSED] if draw(st.booleans()) else []
    return [encode(fresh[start:end], refused) for start, end in pairwise(cuts)]


def logged_in(given_frames: Sequence[bytes]) -> list[Logged]:
    return [one for frame in given_frames for one in decode(frame)[0]]


def runs_of(entries: Entries, buckets: int) -> Any:
    naming = Naming()
    return shown(tail_runs(entries, naming, buckets), naming)


def expected(tail: Sequence[Logged], buckets: int) -> Any:
    naming = Naming()
    return shown(expected_runs(tail, naming, buckets), naming)


def is_mixed(tail: Sequence[Logged]) -> bool:
    """Whether an event is called as another's lines are: their values decide on types together."""
    lines = {f"{one.event.name}_line" for one in tail if one.event.lines}
    return not lines.isdisjoint(one.event.name for one in tail)


@given(frames(), st.sampled_from([1, 4]))
def test_the_tail_as_columns_is_what_its_events_make_of_it(some, buckets) -> None:
    tail = logged_in(some)
    # The oracle, a table for each event, decides on the types of one before it sees the other.
    told = runs_of(entries_in(some), buckets) if is_mixed(tail) else expected(tail, buckets)
    assert runs_of(entries_in(some), buckets) == told
    assert runs_of(joined([entries_in([one]) for one in some]), buckets) == told
    assert runs_of(entries_of(tail), buckets) == told
    assert entries_in(some).people == expected_people(tail)


@given(frames(), st.data())
def test_some_of_the_entries_are_what_some_of_the_events_make(some, data) -> None:
    tail = logged_in(some)
    kept = data.draw(st.lists(st.booleans(), min_size=len(tail), max_size=len(tail)))
    chosen = entries_in(some).where(np.array(kept, dtype=bool))
    events = [one for one, is_kept in zip(tail, kept, strict=True) if is_kept]
    if not is_mixed(events):
        assert runs_of(chosen, 1) == expected(events, 1)
    assert len(chosen) == len(events)
    assert chosen.people == expected_people(events)


@given(frames(), st.integers(0, 5))
def test_what_is_repeated_counts_once(some, begin) -> None:
    tail = logged_in([*some, *some])
    entries = entries_in(some)
    known = set[bytes]()
    before = once(entries.where(np.arange(len(entries)) < begin), known)
    after = once(joined([entries, entries]), known)
    both = joined([before, after])
    seen = zip(both.high.tolist(), both.low.tolist(), strict=True)
    assert sorted(seen) == sorted({one.fingerprint for one in tail})
    assert once(joined([entries, entries])).arrivals.tolist() == entries.arrivals.tolist()


def test_a_shops_usual_events_are_read_by_their_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    said_of = {"price": 9.99, "quantity": 2, "category": 'tea "x"', "new": True, "none": None}
    events = [
        Event("paid", f"u{at}", f"x{at}", at, at, f"m{at}", said_of, ({"sku": "a", "n": at},))
        for at in range(1, 50)
    ]
    fresh = fresh_of(events, is_alone=[False] * len(events))

    def refuse(_: bytes) -> Any:
        raise AssertionError("not one by one")

    with monkeypatch.context() as patch:
        patch.setattr(entry_reading, "decode", refuse)
        found = entries_in([encode(fresh, [REFUSED])])
    assert runs_of(found, 2) == expected([logged_of(one) for one in fresh], 2)
