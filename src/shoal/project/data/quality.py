"""``shoal data check``: one pass over the data, bucket by bucket, and what it tells in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from shoal.audits.quality import Arrived, Filled, QualityReport, by_importance
from shoal.audits.quality_bots import (
    NamedSuspect,
    judge_bots,
    judge_tests,
    looks_tried,
    suspects,
)
from shoal.audits.quality_calendar import Calendar, calendar_of
from shoal.audits.quality_duplicates import (
    DuplicateTally,
    judge_duplicates,
    measure_duplicates,
    measure_lines,
)
from shoal.audits.quality_measuring import Rows, Tallies, measure, rows_of, tallies_for
from shoal.audits.quality_missing import Refusals, judge_missing
from shoal.audits.quality_plan import (
    Came,
    Unconverted,
    judge_plan,
    judge_types,
    shape_of,
)
from shoal.audits.quality_times import judge_times, judge_volume
from shoal.audits.quality_values import judge_values
from shoal.core.instants import DAY, format_instant
from shoal.events.table import IDENTIFY
from shoal.language.told import Figure, Told
from shoal.project.views import received_names

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from shoal.audits.quality import QualityFinding
    from shoal.engine.history import Int64s
    from shoal.project.reading import Reading
    from shoal.store import Snapshot

OLDEST = 0
"""Days are counted from 1970 on: what lies before is told as impossible."""
AHEAD = 366 * DAY
SHAPES = 3
LOOKED_AT = 500
"""Different values whose shapes are told of a property of one bucket."""
MOST_REFUSED = 500_000
"""Rows in quarantine that are read; of more, the first tell why."""
CONTACTS = ("email", "name", "first_name", "last_name", "user_name")
SAMPLE = "sample"


@dataclass
class _Passed:
    """What a pass over all buckets found beside the tallies."""

    tallies: Tallies
    twice: DuplicateTally = field(default_factory=DuplicateTally)
    named: list[NamedSuspect] = field(default_factory=list[NamedSuspect])
    tried: int = 0
    tried_rows: int = 0


def check_data(reading: Reading) -> QualityReport:
    """Everything the stored data tell about themselves. Reads; never changes or removes."""
    snapshot, at = reading.snapshot, reading.at(None)
    catalogue = snapshot.catalogue
    if not received_names(snapshot) and IDENTIFY not in catalogue.events:
        refusals = list(judge_missing((), frozenset(), _refusals(reading)))
        return QualityReport(
            format_instant(at),
            0,
            0,
            by_importance(refusals),
            notes=(Told("There are no events yet."),),
        )
    passed = _pass_over(reading, _calendar(reading, at))
    plan = reading.definitions.found.events
    planned = frozenset((event.name, it.name) for event in plan for it in event.properties)
    filled = tuple(_filled(snapshot, passed.tallies))
    findings = [
        *judge_plan(plan, list(_came(snapshot))),
        *judge_types(list(_drifted(snapshot))),
        *judge_missing(filled, planned, _refusals(reading)),
        *_measured(reading, passed, at),
    ]
    return QualityReport(
        format_instant(at),
        snapshot.rows,
        passed.tallies.profiles,
        by_importance(findings),
        filled,
        tuple(_arrived(snapshot, passed.tallies)),
        (*sample_notes(snapshot), *_notes(passed.tallies)),
    )


def _calendar(reading: Reading, at: int) -> Calendar:
    names = received_names(reading.snapshot)
    facts = [reading.snapshot.catalogue.events[name] for name in names]
    latest = max((it.last_at for it in facts if it.last_at is not None), default=at)
    limit = max(reading.project.clock(), at) + AHEAD
    last = max(OLDEST, min(latest, limit))
    earliest = min((it.first_at for it in facts if it.first_at is not None), default=last)
    return calendar_of(min(max(earliest, OLDEST), last), last, reading.project.settings.time_zone)


def _pass_over(reading: Reading, calendar: Calendar) -> _Passed:
    """Each bucket once; nothing of a bucket outlives it but counts."""
    snapshot = reading.snapshot
    received = received_names(snapshot)
    facts = snapshot.catalogue.events
    columns = [
        (event, name)
        for event, it in facts.items()
        if not event.startswith("$") or event == IDENTIFY
        for name in it.properties
    ]
    passed = _Passed(tallies_for(calendar, received, columns))
    properties = {name: tuple(facts[name].properties) for name in received}
    lines = {it.name: tuple(it.properties) for it in facts.values() if it.parent is not None}
    for number in range(snapshot.buckets):
        bucket = snapshot.history(number)
        if not len(bucket.profiles):
            continue
        rows = rows_of(bucket, passed.tallies)
        measure(rows, passed.tallies)
        measure_duplicates(rows, properties, passed.twice)
        measure_lines(rows, lines, passed.twice)
        users: Any = None
        for suspect in suspects(rows, calendar):
            users = snapshot.user_ids(number) if users is None else users
            passed.named.append(NamedSuspect(users[suspect.index].as_py(), suspect))
        _find_tried(snapshot, number, rows, passed)
    return passed


def _find_tried(snapshot: Snapshot, number: int, rows: Rows, passed: _Passed) -> None:
    """Adds the profiles that are called like test accounts; generated people are passed over."""
    bucket = rows.bucket
    tried = looks_tried(snapshot.user_ids(number))
    for name in CONTACTS:
        column = bucket.column(IDENTIFY, name)
        if column is not None and column.dictionary is not None:
            codes = cast("npt.NDArray[np.int32]", column.values)
            tried[rows.person[column.rows[looks_tried(column.dictionary)[codes]]]] = True
    made_up = bucket.column(IDENTIFY, SAMPLE)
    if made_up is not None:
        tried[rows.person[made_up.rows]] = False
    if tried.any():
        passed.tried += int(tried.sum())
        passed.tried_rows += int((tried[rows.person] & rows.received).sum())


def _measured(reading: Reading, passed: _Passed, at: int) -> Iterator[QualityFinding]:
    """What the pass tells: duplicates, times, volumes, values, people."""
    snapshot, tallies = reading.snapshot, passed.tallies
    calendar = tallies.calendar
    facts = snapshot.catalogue.events
    rows = {name: it.rows for name, it in facts.items()}
    records = [it for it in reading.project.store.imports() if it.undone_at is None]
    again = [it for it in records if it.counts.get("duplicates", 0)]
    yield from judge_duplicates(
        passed.twice,
        rows,
        sum(it.counts.get("imported", 0) for it in records),
        sum(it.counts.get("duplicates", 0) for it in again),
        [it.source.name for it in again],
    )
    said = {
        name: it.properties["said_at"].set
        for name, it in facts.items()
        if "said_at" in it.properties and not name.startswith("$")
    }
    received = {name: it for name, it in tallies.events.items() if name in tallies.received}
    yield from judge_times(tallies.times, said, received)
    end = min(at, snapshot.latest_event_at or at)
    last = calendar.places(np.array([end], np.int64))
    last_day = int(calendar.days[last][0]) or calendar.size - 1
    yield from judge_volume(received, calendar, last_day)
    yield from judge_values(tallies.columns, reading.project.settings.currency)
    yield from judge_bots(passed.named, tallies.profiles, tallies.times.rows)
    yield from judge_tests(passed.tried, passed.tried_rows, tallies.times.rows, tallies.profiles)


def _came(snapshot: Snapshot) -> Iterator[Came]:
    for name, facts in snapshot.catalogue.events.items():
        types = {key: str(it.type) for key, it in facts.properties.items()}
        yield Came(name, facts.rows, types, facts.parent)


def _filled(snapshot: Snapshot, tallies: Tallies) -> Iterator[Filled]:
    """Every property, the emptiest first within its event."""
    months = tallies.calendar.month_names
    for (event, name), tally in tallies.columns.items():
        facts = snapshot.catalogue.events[event]
        found = facts.properties[name]
        if name == SAMPLE:
            continue
        if event == IDENTIFY:
            yield Filled(event, name, str(found.type), tally.people, tallies.profiles)
            continue
        by_month = {
            month: number / of
            for month, number, of in zip(
                months, tally.months.tolist(), tally.of_months.tolist(), strict=True
            )
            if of
        }
        yield Filled(event, name, str(found.type), found.set, facts.rows, by_month)


def _arrived(snapshot: Snapshot, tallies: Tallies) -> Iterator[Arrived]:
    for name, tally in tallies.events.items():
        facts = snapshot.catalogue.events[name]
        if name.startswith("$"):
            continue
        yield Arrived(
            name,
            facts.rows,
            None if facts.first_at is None else format_instant(facts.first_at),
            None if facts.last_at is None else format_instant(facts.last_at),
            _by_month(tally.months, tallies.calendar.month_names),
        )


def _by_month(counts: Int64s, names: tuple[str, ...]) -> Mapping[str, int]:
    return {name: count for name, count in zip(names, counts.tolist(), strict=True) if count}


def _drifted(snapshot: Snapshot) -> Iterator[Unconverted]:
    """Properties with values that did not convert; only those columns are opened."""
    for event, facts in snapshot.catalogue.events.items():
        for name, found in facts.properties.items():
            if not found.unconverted or name == SAMPLE:
                continue
            shapes: Counter[str] = Counter()
            first_at: int | None = None
            for number in range(snapshot.buckets):
                bucket = snapshot.history(number)
                column = bucket.unconverted(event, name)
                if column is None or not len(column.rows):
                    continue
                assert column.dictionary is not None
                earliest = int(bucket.occurred_at[column.rows].min())
                first_at = earliest if first_at is None else min(first_at, earliest)
                codes = cast("npt.NDArray[np.int32]", column.values)
                counts = np.bincount(codes, minlength=len(column.dictionary)).tolist()
                texts = column.dictionary.slice(0, LOOKED_AT).to_pylist()
                for text, count in zip(texts, counts, strict=False):
                    shapes[shape_of(text)] += count
            since = format_instant(first_at) if first_at is not None and first_at >= 0 else None
            top = tuple(shapes.most_common(SHAPES))
            kind = str(found.type)
            yield Unconverted(event, name, kind, found.set, found.unconverted, top, since)


def _refusals(reading: Reading) -> Refusals:
    """Rows in quarantine by reason. These are read one by one, as ``quarantine list`` does."""
    store = reading.project.store
    codes: Counter[str] = Counter()
    reasons: dict[str, str] = {}
    for it in islice(store.quarantine(), MOST_REFUSED):
        codes[it.code] += 1
        reasons.setdefault(it.code, it.reason)
    if not codes:
        return Refusals()
    records = [it for it in store.imports() if it.undone_at is None]
    facts = reading.snapshot.catalogue.events
    offered = refused = 0
    for record in records:
        refused += record.counts.get("rejected", 0)
        offered += record.counts.get("rejected", 0) + record.counts.get("duplicates", 0)
        # rows that make up one event together are its lines
        offered += sum(
            number
            for name, number in record.counts.get("events", {}).items()
            if name not in facts or facts[name].lines is None
        )
    live = max(0, sum(codes.values()) - refused)
    return Refusals(codes, reasons, offered + live)


def sample_notes(snapshot: Snapshot) -> tuple[str, ...]:
    """What is to be said where some of the events were made up."""
    marked = [it for it in snapshot.catalogue.events.values() if SAMPLE in it.properties]
    return (
        (Told("some of these events are marked as sample data: nobody did them"),) if marked else ()
    )


def _notes(tallies: Tallies) -> Iterator[str]:
    many = sum(it.many for it in tallies.columns.values())
    if many:
        yield Told(
            "{0} text fields hold more than {1} different values: their spellings are not "
            "compared, and their months are those of some of the people",
            Figure(many),
            Figure(2_000),
        )
