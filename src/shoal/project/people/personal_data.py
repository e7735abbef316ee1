"""Everything held about a person, as one document they can be given.

What is told is found as an erasure would find it, place by place, so that what is held and what would
be erased are the same. Rows are told as they lie in the store, in the order of what happened.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.core.errors import NotFoundError
from shoal.core.instants import EARLIEST, LATEST, format_instant
from shoal.engine.evaluation import transitions_of
from shoal.identity import Identifier
from shoal.language.sentences import sentence
from shoal.project.people.identifying import show_identity
from shoal.project.people.memberships import person_facts
from shoal.project.people.statements import person_named, show_statements
from shoal.project.people.timelines import history_of_person
from shoal.project.reading import Reading, read
from shoal.project.views import arrow_type, row_values
from shoal.segments.explain import plain
from shoal.segments.reach import others_decide
from shoal.store.bucket_history import BucketHistory
from shoal.store.outbox import Outbox
from shoal.store.personal import Person, person_of
from shoal.store.places import is_theirs
from shoal.store.run import ANY_EVENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pyarrow as pa

    from shoal.engine.history import Column, Int32s, Int64s
    from shoal.project.opening import Project
    from shoal.store.run import Run

RECORDS = {
    "$identify": "traits_given",
    "$link": "links",
    "$merge": "links",
    "$unmerge": "links",
    "$consent": "statements",
    "$subscription": "statements",
    "$suppression": "statements",
    "$score": "scores",
    "$assignment": "assignments",
    "$send": "messages",
}
"""What rows under reserved names are; any other is among ``others``."""
NUMBER = "_number"
"""How columns end that hold numbers of identifiers, not values."""


def export_person(project: Project, user_id: str) -> dict[str, Any]:
    """Everything held about a person; NotFoundError if that is nothing, saying if they were erased.

    ``held`` says how many records each place of the store has of them: what an erasure would remove.
    """
    named = person_named(user_id)
    reading = read(project)
    person = person_of(reading.snapshot, named)
    rejected = list(filter(is_theirs(person), project.store.quarantine()))
    held = project.store.perform("find person", {"user_id": named})["held"]
    if not any(held.values()) and not rejected:
        raise _nobody(project, named)
    rows = _rows(reading, person)
    records: dict[str, list[Any]] = {
        name: [] for name in (*dict.fromkeys(RECORDS.values()), "others")
    }
    for row in rows:
        if row["name"].startswith("$"):
            records[RECORDS.get(row["name"], "others")].append(row)
    at = reading.at(None)
    return {
        "user_id": named,
        "exported_at": format_instant(project.clock()),
        "project": project.settings.name,
        "held": held,
        "identifiers": [one.display for one in person.identifiers],
        **_known(reading, named, at),
        "events": [row for row in rows if not row["name"].startswith("$")],
        "records": records,
        "outbox": _letters(project, person),
        "told": _told(reading, person),
        "quarantined": [
            {"id": row.id, "reason": row.reason, "received_at": format_instant(row.received_at),
             "import": row.import_id, "row": row.row, "raw": row.raw}
            for row in rejected
        ],
    }  # fmt: skip


def _nobody(project: Project, user_id: str) -> NotFoundError:
    from shoal.store.manifest import newest_manifest
    from shoal.store.tombstones import read_tombstones

    root = project.store.root
    marks = read_tombstones(root, newest_manifest(root).tombstones)
    if any(marks.cover(one) for one in Identifier.readings(user_id)):
        return NotFoundError(
            f"`{user_id}` was erased: nothing is held about them",
            hint="but a keyed mark by which what still comes of them is dropped",
        )
    return NotFoundError(
        f"nothing is held about `{user_id}`", hint="ids are as written: 007 is not 7"
    )


def _known(reading: Reading, user_id: str, at: int) -> dict[str, Any]:
    """Who they are, and where they belong now and belonged before, by the applied definitions."""
    if reading.snapshot.find(user_id) is None:
        return {"profile": None, "identity": None, "statements": None, "memberships": None}
    facts = person_facts(reading, user_id, at)
    vocabulary = reading.vocabulary
    segments = [
        {**it, "sentence": sentence(vocabulary.segments[it["name"]].rule, vocabulary)}
        for it in facts.pop("segments")
    ]
    return {
        "profile": facts,
        "identity": show_identity(reading, user_id),
        "statements": show_statements(reading, user_id, at),
        "memberships": {"now": segments, "history": _changes(reading, user_id, at)},
    }


def _changes(reading: Reading, user_id: str, at: int) -> list[dict[str, Any]]:
    """When they came into segments and left them, as far as no one else decides that."""
    history = history_of_person(reading, user_id, at)[2]
    start = min(max(int(history.first_seen[0]) - 1, -LATEST), at)
    found: list[tuple[int, str, bool]] = []
    for name, entry in reading.vocabulary.segments.items():
        if not others_decide(entry.rule, reading.vocabulary):
            changes = transitions_of([history], entry.rule, reading.vocabulary, start, at)[0]
            pairs = zip(changes.at.tolist(), changes.entered.tolist(), strict=True)
            found += [(int(moment), name, bool(entered)) for moment, entered in pairs]
    return [
        {"segment": name, "change": "entered" if entered else "left", "at": format_instant(moment)}
        for moment, name, entered in sorted(found)
    ]


def _letters(project: Project, person: Person) -> list[dict[str, Any]]:
    """Messages of campaigns to them: sent, waiting, or dropped."""
    books = project.store.books
    return [
        {"campaign": it.campaign, "occasion": it.occasion, "arm": it.arm, "channel": it.channel,
         "state": str(it.standing), "reason": it.reason,
         "assigned_at": format_instant(it.assigned_at), "changed_at": format_instant(it.changed_at)}
        for it in Outbox(books).of([one.display for one in person.identifiers])
    ]  # fmt: skip


def _told(reading: Reading, person: Person) -> list[dict[str, Any]]:
    """What was told of their membership while it was followed live."""
    from pyroaring import BitMap64

    from shoal.live.telling import as_json
    from shoal.store.files import TRANSITIONS
    from shoal.store.transitions import read_transitions

    theirs = set(person.told)

    def mine(numbers: Int64s) -> list[str | None]:
        return ["" if number in theirs else None for number in numbers.tolist()]

    found: list[dict[str, Any]] = []
    for frame in read_transitions(reading.project.store.root / TRANSITIONS):
        for name, members in frame.begun.items():
            if any(number in BitMap64.deserialize(members) for number in theirs):
                at = format_instant(frame.told_at)
                found.append({"segment": name, "kind": "was in", "told_at": at})
        rows = as_json(frame, 0, len(frame.told), mine)
        found += [{key: value for key, value in row.items() if key != "user_id"} for row in rows]
    return found


@dataclass(frozen=True, slots=True)
class _Found:
    """A row, and where it stands among the others."""

    occurred_at: int
    arrival: int
    told: dict[str, Any]


def _rows(reading: Reading, person: Person) -> list[dict[str, Any]]:
    """Every row that an erasure would remove, lines with their events, in the order of time."""
    files = {one.id: one.source.path for one in reading.project.store.imports()}
    found: list[_Found] = []
    for bucket in range(reading.snapshot.buckets):
        for run in reading.snapshot.runs(bucket):
            rows = np.flatnonzero(~person.others(run)).astype(np.int32)
            if len(rows):
                found += _rows_of(reading, run, rows, files)
    return [one.told for one in sorted(found, key=lambda it: (it.occurred_at, it.arrival))]


def _rows_of(reading: Reading, run: Run, rows: Int32s, files: Mapping[int, str]) -> list[_Found]:
    """Rows of one run. An event's lines stand right behind it."""
    facts = reading.snapshot.catalogue.events
    values = _values(reading, run, rows)
    owners = np.searchsorted(run.offsets, rows, side="right") - 1
    names = {owner: _name_in(run, owner) for owner in np.unique(owners).tolist()}
    found: list[_Found] = []
    for place, row in enumerate(rows.tolist()):
        name = run.event_names[int(run.event[row])]
        its = {"properties": values[row].pop("", {}), **values[row]}
        is_line = name in facts and facts[name].parent is not None
        arrival = int(run.arrival[row])
        if is_line and found and found[-1].arrival == arrival:
            found[-1].told["lines"].append(its)
            continue
        at, number = int(run.occurred_at[row]), int(run.import_id[row])
        told: dict[str, Any] = {
            "name": name,
            "at": None if at <= EARLIEST else format_instant(at),
            "received_at": format_instant(int(run.received_at[row])),
            "of": names[owners[place]],
            **({"import": number, "file": files.get(number)} if number else {}),
            **its,
            "lines": [],
        }
        found.append(_Found(at, arrival, told))
    for one in found:
        if not one.told["lines"]:
            del one.told["lines"]
    return found


def _name_in(run: Run, owner: int) -> str:
    text = run.people.texts[owner].as_py()
    return Identifier(text, anonymous=bool(run.people.anonymous[owner])).display


def _values(reading: Reading, run: Run, rows: Int32s) -> dict[int, dict[str, Any]]:
    """What is set in each row: its properties under ``""``, and what could not be read as its type."""
    catalogue = reading.snapshot.catalogue
    history = BucketHistory([run], catalogue)
    found: dict[int, dict[str, Any]] = {row: {} for row in rows.tolist()}
    codes = run.event[rows]
    of_event = {name: rows[codes == code] for code, name in enumerate(run.event_names)}
    of_event[ANY_EVENT] = rows
    for key in run.columns:
        mine = of_event.get(key.event, rows[:0])
        if not len(mine) or (key.event == ANY_EVENT and key.property.endswith(NUMBER)):
            continue  # numbers of identifiers are told by what `identity` says
        facts = catalogue.property(key.event, key.property)
        if key.raw:
            column, kind = history.unconverted(key.event, key.property), arrow_type("text")
        else:
            column = history.column(key.event, key.property)
            kind = arrow_type(str(facts.type) if facts is not None else "text")
        if column is not None:
            _put(found, mine, (column, kind), "unread" if key.raw else "", key.property)
    return found


def _put(
    found: dict[int, dict[str, Any]],
    rows: Int32s,
    column: tuple[Column, pa.DataType],
    under: str,
    name: str,
) -> None:
    values = row_values(column[0], rows, column[1]).to_pylist()
    for row, value in zip(rows.tolist(), values, strict=True):
        if value is not None:
            found[row].setdefault(under, {})[name] = plain(value)
