"""Everything about the rows of one bucket that a check needs, counted column by column."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.audits.quality_calendar import BLOCK, Calendar
from shoal.core.arrow import numbers_of
from shoal.core.instants import DAY, SECOND
from shoal.engine.history import Column, History, Int32s, Int64s, Kind
from shoal.events.table import IDENTIFY

MOST_VALUES = 2_000
"""A text with more different values than these is no category: what it holds is not compared."""
LATENESS = (60 * SECOND, 3_600 * SECOND, DAY, 7 * DAY)
LATENESS_NAMES = ("a minute", "an hour", "a day", "a week", "longer")
CENTS, FINE = 10_000, 100
"""Millionths of a hundredth, and of a ten-thousandth."""


class Bucket(History, Protocol):
    """A history that also tells how each row came, and what did not convert."""

    @property
    def import_id(self) -> Int32s:
        """The import each row came by; 0 for one that came in live."""
        ...

    def unconverted(self, event: str, name: str) -> Column | None:
        """Values that did not convert, as received."""
        ...


@dataclass(slots=True, eq=False)
class EventTally:
    """Rows of an event by local day and month; how many stand at local midnight."""

    days: Int64s
    months: Int64s
    midnights: int = 0


@dataclass(slots=True, eq=False)
class ColumnTally:
    """A property of an event.

    ``months`` counts its values and ``of_months`` the event's rows, both in the buckets where the
    column was looked at; ``people`` are those who have one. ``texts`` with ``counts`` are its
    different values; ``many`` says that they were too many to tell.
    """

    months: Int64s
    of_months: Int64s
    people: int = 0
    values: int = 0
    many: bool = False
    texts: pa.StringArray | None = None
    counts: Int64s = field(default_factory=lambda: np.zeros(0, np.int64))
    least: float = np.inf
    most: float = -np.inf
    zeros: int = 0
    negative: int = 0
    fine: int = 0
    dust: int = 0

    @property
    def distinct(self) -> int | None:
        """Different values: exact for texts, 1 or None for others."""
        if self.many:
            return None
        if self.texts is not None:
            return len(self.texts)
        return 1 if self.values and self.least == self.most else None


@dataclass(slots=True, eq=False)
class TimeTally:
    """Receipt beside occurrence, of received events."""

    live: Int64s = field(default_factory=lambda: np.zeros(len(LATENESS_NAMES), np.int64))
    ahead: int = 0
    latest_ahead: int = 0
    epoch: int = 0
    outside: int = 0
    rows: int = 0


@dataclass(slots=True, eq=False)
class Tallies:
    """What was counted so far, bucket by bucket. ``received`` are events neither reserved nor lines."""

    calendar: Calendar
    received: frozenset[str]
    columns: dict[tuple[str, str], ColumnTally]
    events: dict[str, EventTally] = field(default_factory=dict[str, EventTally])
    times: TimeTally = field(default_factory=TimeTally)
    profiles: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A bucket's rows with what several checks need: whose they are, and when, locally."""

    bucket: Bucket
    person: Int32s
    places: Int32s
    received: npt.NDArray[np.bool_]
    known: int


def tallies_for(
    calendar: Calendar, received: Iterable[str], columns: Iterable[tuple[str, str]]
) -> Tallies:
    """Empty tallies of these events and columns."""
    months = len(calendar.month_names)
    made = {
        key: ColumnTally(np.zeros(months, np.int64), np.zeros(months, np.int64)) for key in columns
    }
    return Tallies(calendar, frozenset(received), made)


def rows_of(bucket: Bucket, tallies: Tallies) -> Rows:
    """The bucket's rows, placed."""
    sizes = np.diff(bucket.offsets)
    person = np.repeat(np.arange(len(sizes), dtype=np.int32), sizes)
    is_received = np.array([name in tallies.received for name in bucket.event_names], np.bool_)
    received = is_received[bucket.event] if len(is_received) else np.zeros(0, np.bool_)
    places = tallies.calendar.places(bucket.occurred_at)
    return Rows(bucket, person, places, received, int((sizes > 0).sum()))


def measure(rows: Rows, tallies: Tallies) -> None:
    """Adds a bucket's rows to the tallies."""
    tallies.profiles += rows.known
    _measure_times(rows, tallies)
    months = tallies.calendar.months[rows.places]
    here = _measure_events(rows, tallies, months)
    for (event, name), tally in tallies.columns.items():
        if event not in here or tally.many:
            continue
        tally.of_months += here[event]
        column = rows.bucket.column(event, name)
        if column is None or not len(column.rows):
            continue
        tally.months += np.bincount(months[column.rows], minlength=len(tally.months))
        if event == IDENTIFY:
            people = rows.person[column.rows]
            tally.people += 1 + int((np.diff(people) != 0).sum())
        _measure_values(column, tally)


def _measure_times(rows: Rows, tallies: Tallies) -> None:
    bucket, times = rows.bucket, tallies.times
    at = bucket.occurred_at[rows.received]
    delay = bucket.received_at[rows.received] - at
    live = bucket.import_id[rows.received] == 0
    times.rows += len(at)
    times.live += np.bincount(np.searchsorted(LATENESS, delay[live]), minlength=len(LATENESS_NAMES))
    ahead = delay < 0
    times.ahead += int(ahead.sum())
    times.latest_ahead = max(times.latest_ahead, int(-delay.min(initial=0)))
    times.epoch += int((at == 0).sum())
    times.outside += int((tallies.calendar.days[rows.places[rows.received]] == 0).sum())


def _measure_events(
    rows: Rows, tallies: Tallies, months: npt.NDArray[np.int16]
) -> Mapping[str, Int64s]:
    """Counts every event of the bucket; its rows by month."""
    calendar = tallies.calendar
    days = calendar.days[rows.places]
    first = calendar.midnights[rows.places]
    midnight = first.copy()
    midnight[first] = rows.bucket.occurred_at[first] % BLOCK == 0
    found: dict[str, Int64s] = {}
    for name in rows.bucket.event_names:
        chosen = rows.bucket.rows_of(name)
        if not len(chosen):
            continue
        tally = tallies.events.get(name)
        if tally is None:
            shape = len(calendar.month_names)
            tally = EventTally(np.zeros(calendar.size, np.int64), np.zeros(shape, np.int64))
            tallies.events[name] = tally
        found[name] = np.bincount(months[chosen], minlength=len(calendar.month_names))
        tally.months += found[name]
        tally.days += np.bincount(days[chosen], minlength=calendar.size)
        tally.midnights += int(midnight[chosen].sum())
    return found


def _measure_values(column: Column, tally: ColumnTally) -> None:
    tally.values += len(column.rows)
    match column.kind:
        case Kind.TEXT:
            _measure_texts(column, tally)
        case Kind.BOOLEAN | Kind.INSTANT:
            values = cast("npt.NDArray[Any]", column.values)
            tally.least = min(tally.least, float(values.min()))
            tally.most = max(tally.most, float(values.max()))
        case Kind.EXACT:
            values = cast("Int64s", column.values)
            low, high = int(values.min()), int(values.max())
            tally.least, tally.most = min(tally.least, low / 1e6), max(tally.most, high / 1e6)
            tally.zeros += int((values == 0).sum())
            tally.negative += int((values < 0).sum()) if low < 0 else 0
            beyond = values[values % CENTS != 0]
            tally.fine += len(beyond)
            tally.dust += int((beyond % FINE != 0).sum())
        case Kind.DOUBLE:
            _measure_doubles(cast("npt.NDArray[np.float64]", column.values), tally)


def _measure_doubles(values: npt.NDArray[np.float64], tally: ColumnTally) -> None:
    tally.least, tally.most = min(tally.least, values.min()), max(tally.most, values.max())
    tally.zeros += int((values == 0).sum())
    tally.negative += int((values < 0).sum())
    beyond = values[np.rint(values * 1e2) / 1e2 != values]
    tally.fine += len(beyond)
    tally.dust += int((np.rint(beyond * 1e4) / 1e4 != beyond).sum())


def _measure_texts(column: Column, tally: ColumnTally) -> None:
    assert column.dictionary is not None
    if len(column.dictionary) > MOST_VALUES:
        _forget(tally)
        return
    counts = np.bincount(cast("Int32s", column.values), minlength=len(column.dictionary))
    used = np.flatnonzero(counts)
    texts = column.dictionary.take(pa.array(used))
    if tally.texts is None:
        tally.texts, tally.counts = texts, counts[used]
        return
    together = pa.concat_arrays([tally.texts, texts]).dictionary_encode()
    weights = np.concatenate([tally.counts, counts[used]])
    tally.texts = together.dictionary
    codes = numbers_of(together.indices)
    tally.counts = np.bincount(codes, weights=weights).astype(np.int64)
    if len(together.dictionary) > MOST_VALUES:
        _forget(tally)


def _forget(tally: ColumnTally) -> None:
    tally.many, tally.texts, tally.counts = True, None, np.zeros(0, np.int64)
