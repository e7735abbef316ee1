"""Buckets as they are once every row stands with the person it belongs to.

Files keep rows where they came to lie, under the number of their own identifier. Who reads a
bucket sees the rows of its persons: without those that belong to others, with those that came
under other numbers. Nothing is copied before it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from shoal.consent.statement import BY_EVENT
from shoal.consent.statement import Kind as StatementKind
from shoal.consent.strictest import Answer, Joined, strictest
from shoal.engine.history import Column, Int64s, Kind
from shoal.engine.keeping import KEEPING, owned_bytes
from shoal.identity import buckets_of, distinct
from shoal.store.assembly import assemble, joined_texts
from shoal.store.bucket_history import BucketHistory
from shoal.store.catalogue import Catalogue
from shoal.store.gathering import gather
from shoal.store.identities import Identities, Moved
from shoal.store.run import ANY_EVENT, ColumnKey, Part, People, Run, RunColumn

ORIGINAL = ColumnKey(ANY_EVENT, "original_number")
"""The number under which a row came, where it is not its person's."""


class JoinedHistory(BucketHistory):
    """Rows of people, some of whom came under several numbers.

    What they said of a purpose or a channel is the strictest that any of the numbers stands at.
    """

    def _is_made(self, key: ColumnKey) -> bool:
        del key
        return True

    def _load(self, key: ColumnKey) -> Column | None:
        column = super()._load(key)
        kind = BY_EVENT.get(key.event) if key.property == "state" else None
        return column if kind is None or column is None else self._strictest(kind, column)

    def _person(self, index: int) -> int:
        """The number of a profile."""
        return int(self.profiles[index])

    def _known_as_one(self, person: int) -> Sequence[Joined]:
        """Since when each two identifiers of a person are known to be one."""
        raise NotImplementedError

    def _strictest(self, kind: StatementKind, state: Column) -> Column:
        """The states, a free one strict where another id of the person stood at the strict one."""
        purpose = self.column(kind.event, kind.about)
        came = self.column(ANY_EVENT, ORIGINAL.property)
        if purpose is None or came is None or state.dictionary is None:
            return state
        words = state.dictionary.to_pylist()
        said = dict(zip(state.rows.tolist(), (words[code] for code in state.values), strict=True))
        about = dict(zip(purpose.rows.tolist(), purpose.values.tolist(), strict=True))
        original = dict(zip(came.rows.tolist(), came.values.tolist(), strict=True))
        merged = state.rows[np.isin(state.rows, came.rows)]
        denied: list[int] = []
        for index in np.unique(np.searchsorted(self.offsets, merged, side="right") - 1).tolist():
            first, last = np.searchsorted(state.rows, self.offsets[index : index + 2])
            rows = [row for row in state.rows[first:last].tolist() if row in about]
            person = self._person(index)
            answers = [
                (about[row], row, Answer(original.get(row, person), int(self.occurred_at[row]),
                                         said[row] == kind.free))
                for row in rows
                if said[row] in {kind.free, kind.strict}
            ]  # fmt: skip
            denied += overridden(answers, lambda it=person: self._known_as_one(it))
        if not denied:
            return state
        if kind.strict not in words:
            words.append(str(kind.strict))
        values = state.values.copy()
        values[np.searchsorted(state.rows, denied)] = words.index(kind.strict)
        return Column(state.kind, state.rows, values, pa.array(words, pa.string()))


class MovedHistory(JoinedHistory):
    """A bucket whose rows are put together from several; what is made is kept while there is room."""

    def __init__(self, moving: Moving, bucket: int, catalogue: Catalogue) -> None:
        super().__init__((), catalogue)
        self._moving = moving
        self._bucket = bucket

    @property
    def runs(self) -> tuple[Run, ...]:
        """One run of all its rows, or none."""
        return KEEPING.get(self, "moved", lambda: self._moving.assembled(self._bucket), _bytes_of)

    def _known_as_one(self, person: int) -> Sequence[Joined]:
        return self._moving.joined(person)


class GatheredHistory(JoinedHistory):
    """Some people's rows; profile i of it is ``persons[i]``."""

    def __init__(
        self, runs: Sequence[Run], catalogue: Catalogue, persons: Int64s, identities: Identities
    ) -> None:
        super().__init__(runs, catalogue)
        self._persons = persons
        self._identities = identities

    def _person(self, index: int) -> int:
        return int(self._persons[index])

    def _known_as_one(self, person: int) -> Sequence[Joined]:
        return self._identities.joined(person)


def gather_moved(runs: Sequence[Run], moved: Moved, persons: Int64s) -> Run | None:
    """The rows of these slices as one run in which profile i is ``persons[i]``; None for no row.

    Each row keeps the number it came under.
    """
    found = gather(runs, moved.numbers, moved.after, moved.until)
    part = found.part
    if not len(part.numbers):
        return None
    order = np.argsort(persons)
    places = order[np.searchsorted(persons, moved.persons, sorter=order)]
    numbers = places[found.slices]
    nobody = pa.nulls(len(persons), pa.large_string())
    people = People(np.arange(len(persons)), nobody, np.zeros(len(persons), np.uint8))
    return assemble([_owned(part, numbers, people)], lazily=True)


def overridden(
    answers: Sequence[tuple[int, int, Answer]], joined: Callable[[], Sequence[Joined]]
) -> list[int]:
    """Rows of grants that count for nothing, of (purpose, row, answer) in the order of the rows."""
    found: list[int] = []
    for purpose in {each[0] for each in answers}:
        some = [(row, answer) for about, row, answer in answers if about == purpose]
        said = {(answer.identifier, answer.is_granted) for _, answer in some}
        if len({one for one, _ in said}) > 1 and len({yes for _, yes in said}) > 1:
            held = strictest([answer for _, answer in some], joined())
            found += [
                row
                for (row, answer), granted in zip(some, held, strict=True)
                if answer.is_granted and not granted
            ]
    return sorted(found)


class Moving:
    """What goes where in one version of a store."""

    def __init__(self, runs: Sequence[Sequence[Run]], identities: Identities) -> None:
        self._runs = runs
        self._identities = identities
        self._moved = identities.moved

    def __bool__(self) -> bool:
        return len(self._moved) > 0

    def touches(self, bucket: int) -> bool:
        """Whether rows leave the bucket or come into it."""
        return bool(np.any(self._from == bucket) or np.any(self._to == bucket))

    def joined(self, person: int) -> list[Joined]:
        """Since when each two identifiers of a person are known to be one."""
        return self._identities.joined(person)

    def assembled(self, bucket: int) -> tuple[Run, ...]:
        """All rows of the bucket's persons."""
        parts = [part for part in self._parts(bucket) if len(part.numbers)]
        run = assemble(parts, lazily=True) if parts else None
        return () if run is None else (run,)

    @cached_property
    def _from(self) -> Int64s:
        return buckets_of(self._moved.numbers, len(self._runs))

    @cached_property
    def _to(self) -> Int64s:
        return buckets_of(self._moved.persons, len(self._runs))

    def _parts(self, bucket: int) -> Iterator[Part]:
        own = [np.asarray(run.profiles) for run in self._runs[bucket]]
        leaving = self._moved.numbers[self._from == bucket]
        stay = distinct(np.zeros(0, np.int64), *own)
        stay = stay[~np.isin(stay, leaving)]
        part = gather(self._runs[bucket], stay, keeps=False).part
        coming = self._moved.where(self._to == bucket)
        people = self._with(part.people, distinct(coming.persons))
        yield replace(part, people=people)
        sources = self._from[self._to == bucket]
        for source in np.unique(sources).tolist():
            yield self._taken(source, coming.where(sources == source), people)

    def _with(self, people: People, numbers: Int64s) -> People:
        """The people and those of the numbers who have no rows of their own."""
        more = numbers[~np.isin(numbers, people.numbers)]
        if not len(more):
            return people
        added = self._identities.people(more)
        order = np.argsort(np.concatenate((people.numbers, added.numbers)))
        return People(
            np.concatenate((people.numbers, added.numbers))[order],
            joined_texts([people.texts, added.texts]).take(pa.array(order)),
            np.concatenate((people.anonymous, added.anonymous))[order],
        )

    def _taken(self, source: int, slices: Moved, people: People) -> Part:
        """Rows of one bucket that belong to persons of another."""
        found = gather(self._runs[source], slices.numbers, slices.after, slices.until, keeps=False)
        return _owned(found.part, slices.persons[found.slices], people)


def _owned(part: Part, persons: Int64s, people: People) -> Part:
    """The rows under the numbers of their persons, beside those they came under."""
    rows = np.arange(len(persons), dtype=np.int32)
    original = RunColumn(Kind.EXACT, rows, part.numbers)
    columns = _Beside(part.columns, {ORIGINAL: original})
    return replace(part, numbers=persons, columns=columns, people=people)


class _Beside(Mapping[ColumnKey, RunColumn]):
    """Columns made when asked for, with some that are there."""

    def __init__(
        self, made: Mapping[ColumnKey, RunColumn], there: Mapping[ColumnKey, RunColumn]
    ) -> None:
        self._made = made
        self._there = there

    def __getitem__(self, key: ColumnKey) -> RunColumn:
        return self._there[key] if key in self._there else self._made[key]

    def __iter__(self) -> Iterator[ColumnKey]:
        yield from self._there
        yield from self._made

    def __len__(self) -> int:
        return len(self._there) + len(self._made)


def _bytes_of(runs: tuple[Run, ...]) -> int:
    return sum(
        owned_bytes(
            run.offsets, run.first_seen, run.occurred_at, run.received_at, run.arrival, run.event,
            run.import_id, run.event_rows, run.people.numbers,
        )
        + 4 * len(run)
        for run in runs
    )  # fmt: skip
