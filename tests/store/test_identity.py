"""The store's people are the plain reading's, whatever came in which batches and ways."""

from __future__ import annotations

import itertools
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shoal.events.event import Event
from shoal.events.table import EventTable
from shoal.identity import Identifier, Limits, ignored_identifiers, mentions_of
from shoal.identity.mentions import Mention, decided_text
from shoal.store import Store, create
from shoal.store.identities import IdentityRules
from tests.identity.plain import Fact, PlainIdentity
from tests.store.model import SOURCE

LIMITS = Limits(most_user_ids=3, most_people_per_identifier=2)
RULES = IdentityRules(LIMITS)
IGNORED = ignored_identifiers()
NOW = 10**15
MARKS = itertools.count(1)
KINDS = {Mention.MERGED: "merge", Mention.UNMERGED: "unmerge"}

ids = st.sampled_from(["a", "b", "c", "d"])
users = st.sampled_from(["ana", "rui", "zoe"])
devices = st.sampled_from(["x", "y", "null", "email:1@x"])
anybody = st.one_of(users.map(Identifier), devices.map(lambda it: Identifier(it, anonymous=True)))


@st.composite
def events(draw: st.DrawFn) -> Event:
    name = draw(st.sampled_from(["viewed", "viewed", "bought", "$identify", "$link", "$merge",
                                 "$unmerge"]))  # fmt: skip
    user = draw(st.none() | users)
    device = draw(devices if user is None else st.none() | devices)
    properties = {}
    if name == "$identify":
        properties = draw(st.sampled_from([{"email": " 1@X "}, {"phone": "+12 34 56"}, {"age": 3}]))
    elif name == "$link":
        properties = {"previous_id": draw(st.one_of(users, devices))}
    elif name in {"$merge", "$unmerge"}:
        properties = {"other": decided_text(draw(anybody))}
    else:
        properties = {"x": draw(st.integers(0, 9))}
    return Event(name, user, device, draw(st.integers(0, 8)), NOW, None, properties)


def own(event: Event) -> Identifier:
    if event.user_id is not None:
        return Identifier(event.user_id)
    return Identifier(str(event.anonymous_id), anonymous=True)


def facts_of(some: list[Event]) -> list[Fact]:
    """The facts that rows state, where both ends of an alias or a decision are somebody."""
    there = {own(event) for event in some}
    facts: list[Fact] = []
    for event in some:
        for mention, other in mentions_of(event):
            one = own(event)
            equal = one.strength == other.strength
            if one == other or (equal and mention in {"beside", "email", "phone"}):
                continue
            stated = KINDS.get(mention, "alias" if equal else "seen")
            bound = mention not in {"beside", "email", "phone", "unmerged"}
            if bound and not other.anonymous and other not in there:
                continue
            facts.append(Fact(stated, one, other, event.occurred_at))
    return facts


def plainly(some: list[Event]) -> dict[str, list[tuple[str, int, str]]]:
    """Everybody's rows: name, instant and under whom they came."""
    plain = PlainIdentity(facts_of(some), LIMITS, IGNORED)
    found: dict[str, list[tuple[str, int, str]]] = {}
    for event in some:
        person = plain.person(own(event), event.occurred_at)
        row = (event.name, event.occurred_at, own(event).display)
        found.setdefault(person.display, []).append(row)
    return {person: sorted(rows) for person, rows in found.items()}


def held(store: Store) -> dict[str, list[tuple[str, int, str]]]:
    """The same as the store has it."""
    snapshot = store.snapshot()
    found: dict[str, list[tuple[str, int, str]]] = {}
    total = 0
    for bucket in range(snapshot.buckets):
        history = snapshot.history(bucket)
        came = snapshot.original_ids(bucket)
        for index, person in enumerate(snapshot.user_ids(bucket).to_pylist()):
            start, end = int(history.offsets[index]), int(history.offsets[index + 1])
            assert start < end
            at = history.occurred_at[start:end].tolist()
            assert at == sorted(at)
            names = [history.event_names[code] for code in history.event[start:end].tolist()]
            shown = came[start:end].to_pylist()
            assert person not in found
            found[person] = sorted(zip(names, at, shown, strict=True))
            assert snapshot.find(person) == (bucket, index)
            total += end - start
    assert total == snapshot.rows
    return found


def bring(store: Store, some: list[Event], way: str) -> None:
    with store.write() as writer:
        if way == "import":
            writer.import_tables(SOURCE, list(tables_of(some)), imported_at=NOW)
        else:
            writer.append(some)
        if way == "fold":
            writer.fold()
        if way == "compact":
            writer.compact()


def tables_of(some: list[Event]):
    for name in dict.fromkeys(event.name for event in some):
        rows = [event for event in some if event.name == name]
        keys = {key for event in rows for key in event.properties}
        columns = {key: pa.array([row.properties.get(key) for row in rows]) for key in keys}
        yield EventTable(
            name,
            name,
            pa.array([row.user_id for row in rows], pa.string()),
            pa.array([row.anonymous_id for row in rows], pa.string()),
            np.array([row.occurred_at for row in rows], np.int64),
            np.arange(len(rows)),
            np.array([(next(MARKS), 1) for _ in rows], np.uint64),
            columns,
        )


@dataclass(frozen=True)
class Batch:
    events: list[Event]
    way: str


ways = st.sampled_from(["append", "fold", "compact", "import"])
batches = st.lists(st.builds(Batch, st.lists(events(), min_size=1, max_size=6), ways), max_size=4)


@settings(max_examples=25)
@given(batches, st.randoms(use_true_random=False))
def test_the_store_s_people_are_the_plain_reading_s(some: list[Batch], random) -> None:
    every = [event for batch in some for event in batch.events]
    with tempfile.TemporaryDirectory() as folder:
        store = create(Path(folder), buckets=3)
        store.rules = RULES
        for batch in some:
            bring(store, batch.events, batch.way)
        assert held(store) == plainly(every)
        store.close()
    mixed = list(every)
    random.shuffle(mixed)
    with tempfile.TemporaryDirectory() as folder:
        store = create(Path(folder), buckets=2)
        store.rules = RULES
        bring(store, mixed, random.choice(["append", "import"]))
        assert held(store) == plainly(every)
        store.close()


@settings(max_examples=15)
@given(batches, st.lists(events(), min_size=1, max_size=6))
def test_an_import_taken_back_takes_its_links_along(some: list[Batch], more) -> None:
    every = [event for batch in some for event in batch.events]
    with tempfile.TemporaryDirectory() as folder:
        store = create(Path(folder), buckets=2)
        store.rules = RULES
        for batch in some:
            bring(store, batch.events, batch.way)
        with store.write() as writer:
            added = writer.import_tables(SOURCE, list(tables_of(more)), imported_at=NOW)
        assert held(store) == plainly(every + more)
        with store.write() as writer:
            writer.undo(added.import_id)
        assert held(store) == plainly(every)
        store.close()


SAID = {
    "$consent": ("purpose", "granted", "denied"),
    "$subscription": ("channel", "subscribed", "unsubscribed"),
    "$suppression": ("channel", "lifted", "suppressed"),
}


def said(name: str, who: str, at: int, state: str) -> Event:
    user, device = (who, None) if not who.startswith("anon:") else (None, who[5:])
    return Event(name, user, device, at, NOW, None, {SAID[name][0]: "mail", "state": state})


@pytest.mark.parametrize("name", list(SAID))
def test_a_grant_before_two_were_known_to_be_one_undoes_no_denial(
    tmp_path: Path, name: str
) -> None:
    _, free, strict = SAID[name]
    denied, granted = said(name, "ana", 3, strict), said(name, "anon:x", 5, free)
    for at, states in ((9, [strict, strict]), (4, [strict, free])):
        store = create(tmp_path / str(at), buckets=2)
        bring(store, [denied, granted, Event("viewed", "ana", "x", at, NOW)], "append")
        snapshot = store.snapshot()
        found = snapshot.find("anon:x")
        assert found is not None
        column = snapshot.history(found[0]).column(name, "state")
        assert column is not None
        assert column.dictionary is not None
        assert column.dictionary.take(pa.array(column.values)).to_pylist() == states
