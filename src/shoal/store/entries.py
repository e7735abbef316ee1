"""Events of the log as columns: read off a frame's bytes, joined, and chosen among.

The cells of a property stand together, in the order of their events, each with the form in which
it came: which type the property has is only known when all of its cells are there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.engine.history import Int32s, Int64s
from shoal.identity import Identifier, Mention, mentions_of
from shoal.store.frame_layout import BOOLEAN, DECIMAL, OTHER, TEXT, WHOLE
from shoal.store.run import UInt64s
from shoal.store.tail import TailPeople

Bytes = npt.NDArray[np.uint8]


class Property(NamedTuple):
    """A property of an event, or of its lines."""

    event: str
    name: str
    of_lines: bool = False


class Spoken(NamedTuple):
    """Somebody of whom a reserved event speaks: the event's place, who, and their number."""

    place: int
    identifier: Identifier
    number: int


@dataclass(frozen=True, slots=True, eq=False)
class Texts:
    """Texts one behind the other; none is as long as nothing."""

    offsets: Int64s
    data: Bytes

    def __len__(self) -> int:
        return len(self.offsets) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Cells with whose they are (an event's or a line's place), form, double and text.

    ``objects`` are those of form OTHER by their place; a boolean's double is 1 or 0.
    """

    owners: Int32s
    forms: Bytes
    doubles: npt.NDArray[np.float64]
    texts: Texts
    objects: Mapping[int, object]

    def __len__(self) -> int:
        return len(self.owners)


@dataclass(frozen=True, eq=False)
class Entries:
    """Events as they stand in the log, in their order, with the numbers they were given.

    ``kinds`` are names with raw names, ``kind`` the place among them of each event. ``beside`` is
    the number of the anonymous id beside a user id, 0 for none; ``parents`` the event of each line.
    ``columns`` says where among the cells those of each property stand.
    """

    kinds: tuple[tuple[str, str | None], ...]
    kind: Int32s
    users: pa.LargeStringArray
    anonymous: pa.LargeStringArray
    messages: pa.LargeStringArray
    occurred_at: Int64s
    received_at: Int64s
    profiles: Int64s
    arrivals: Int64s
    high: UInt64s
    low: UInt64s
    beside: Int64s
    spoken: tuple[Spoken, ...]
    parents: Int32s
    columns: Mapping[Property, tuple[int, int]]
    cells: Cells

    def __len__(self) -> int:
        return len(self.kind)

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The events' names, each once, in the order in which they came first."""
        return tuple(dict.fromkeys(name for name, _ in self.kinds))

    @cached_property
    def name(self) -> Int32s:
        """Each event's place among the names."""
        places = {name: at for at, name in enumerate(self.names)}
        return np.array([places[name] for name, _ in self.kinds], np.int32)[self.kind]

    @cached_property
    def people(self) -> TailPeople:
        """Whom the events speak of, with their numbers."""
        people = TailPeople({}, {})
        named = self.users.is_valid().to_numpy(zero_copy_only=False)
        for texts, here, known in (
            (self.users, named, people.users),
            (self.anonymous, ~named, people.anonymous),
        ):
            rows = np.flatnonzero(here)
            if len(rows):
                numbers, first = np.unique(self.profiles[rows], return_index=True)
                some = texts.take(pa.array(rows[first])).to_pylist()
                known.update(zip(some, numbers.tolist(), strict=True))
        for who, number in self.met():
            people[who.anonymous][who.text] = number
        return people

    def met(self) -> Iterable[tuple[Identifier, int]]:
        """Whom the events speak of beside their own, with their numbers; each at least once."""
        here = np.flatnonzero(self.beside)
        if len(here):
            numbers, first = np.unique(self.beside[here], return_index=True)
            texts = self.anonymous.take(pa.array(here[first])).to_pylist()
            for text, number in zip(texts, numbers.tolist(), strict=True):
                yield Identifier(text, anonymous=True), number
        for one in self.spoken:
            yield one.identifier, one.number

    def where(self, kept: npt.NDArray[np.bool_]) -> Entries:
        """Some of the events."""
        if bool(kept.all()):
            return self
        moved = np.cumsum(kept, dtype=np.int32) - np.int32(1)
        line_kept = kept[self.parents]
        line_moved = np.cumsum(line_kept, dtype=np.int32) - np.int32(1)
        cells, columns = self.cells, dict[Property, tuple[int, int]]()
        owners = cells.owners.copy()
        chosen: list[Int64s] = [np.zeros(0, np.int64)]
        total = 0
        for key, (start, end) in self.columns.items():
            mask, target = (line_kept, line_moved) if key.of_lines else (kept, moved)
            here = start + np.flatnonzero(mask[owners[start:end]])
            owners[here] = target[owners[here]]
            if len(here):
                columns[key] = total, total + len(here)
            total += len(here)
            chosen.append(here)
        some = np.flatnonzero(kept)
        at = pa.array(some)
        codes, first = np.unique(self.kind[some], return_index=True)
        used: list[int] = codes[np.argsort(first)].tolist()
        places = np.zeros(len(self.kinds), np.int32)
        places[used] = np.arange(len(used))
        return Entries(
            tuple(self.kinds[code] for code in used),
            places[self.kind[some]],
            self.users.take(at),
            self.anonymous.take(at),
            self.messages.take(at),
            self.occurred_at[some],
            self.received_at[some],
            self.profiles[some],
            self.arrivals[some],
            self.high[some],
            self.low[some],
            self.beside[some],
            tuple(it._replace(place=int(moved[it.place])) for it in self.spoken if kept[it.place]),
            moved[self.parents[line_kept]],
            columns,
            _chosen(cells, owners, np.concatenate(chosen)),
        )


def _chosen(cells: Cells, owners: Int32s, order: Int64s) -> Cells:
    """Some cells in another order."""
    from shoal.store.scanning import copy_texts

    whole = cells.texts
    sizes = np.diff(whole.offsets)[order]
    data = np.empty(int(sizes.sum()), np.uint8)
    offsets = np.empty(len(order) + 1, np.int64)
    copy_texts(whole.data, whole.offsets, order, data, offsets)
    objects: dict[int, object] = {}
    if cells.objects:
        places = np.full(len(cells), -1, np.int64)
        places[order] = np.arange(len(order))
        objects = {int(places[at]): it for at, it in cells.objects.items() if places[at] >= 0}
    return Cells(
        owners[order], cells.forms[order], cells.doubles[order], Texts(offsets, data), objects
    )


def joined(some: Sequence[Entries]) -> Entries:
    """Entries one after another."""
    some = [one for one in some if len(one)]
    if len(some) < 2:
        return some[0] if some else NOTHING
    kinds: dict[tuple[str, str | None], int] = {}
    kind = [
        np.array([kinds.setdefault(it, len(kinds)) for it in one.kinds] or [0], np.int32)[one.kind]
        for one in some
    ]
    bases = np.cumsum([0, *map(len, some)], dtype=np.int32).tolist()
    line_bases = np.cumsum([0, *(len(one.parents) for one in some)], dtype=np.int32).tolist()
    cell_bases: list[int] = np.cumsum([0, *(len(one.cells) for one in some)]).tolist()
    text_bases = np.cumsum([0, *(len(one.cells.texts.data) for one in some)]).tolist()
    pieces: dict[Property, list[Int64s]] = {}
    owners: list[Int32s] = []
    objects: dict[int, object] = {}
    for one, base, line_base, first in zip(some, bases, line_bases, cell_bases, strict=False):
        own: Int32s = one.cells.owners.copy()
        for key, (start, end) in one.columns.items():
            own[start:end] += line_base if key.of_lines else base
            pieces.setdefault(key, []).append(np.arange(first + start, first + end))
        owners.append(own)
        objects |= {first + at: it for at, it in one.cells.objects.items()}
    columns: dict[Property, tuple[int, int]] = {}
    total = 0
    for key, parts in pieces.items():
        columns[key] = total, total + (many := sum(map(len, parts)))
        total += many
    order = np.concatenate([_NONE, *(part for parts in pieces.values() for part in parts)])
    texts = [one.cells.texts.offsets[:-1] + at for one, at in zip(some, text_bases, strict=False)]
    whole = Cells(
        np.concatenate(owners),
        np.concatenate([one.cells.forms for one in some]),
        np.concatenate([one.cells.doubles for one in some]),
        Texts(
            np.concatenate([*texts, [text_bases[-1]]]),
            np.concatenate([one.cells.texts.data for one in some]),
        ),
        objects,
    )
    return Entries(
        tuple(kinds),
        np.concatenate(kind),
        pa.concat_arrays([one.users for one in some]),
        pa.concat_arrays([one.anonymous for one in some]),
        pa.concat_arrays([one.messages for one in some]),
        np.concatenate([one.occurred_at for one in some]),
        np.concatenate([one.received_at for one in some]),
        np.concatenate([one.profiles for one in some]),
        np.concatenate([one.arrivals for one in some]),
        np.concatenate([one.high for one in some]),
        np.concatenate([one.low for one in some]),
        np.concatenate([one.beside for one in some]),
        tuple(
            it._replace(place=it.place + base)
            for one, base in zip(some, bases, strict=False)
            for it in one.spoken
        ),
        np.concatenate([one.parents + base for one, base in zip(some, bases, strict=False)]),
        columns,
        _chosen(whole, whole.owners, order),
    )


def marks_of(entries: Entries) -> list[bytes]:
    """Each event's fingerprint."""
    both = np.column_stack((entries.high, entries.low))
    return both.view("V16").ravel().tolist()


def once(entries: Entries, known: set[bytes] | None = None) -> Entries:
    """Each event once: what could not be made durable may stand in the log beside its repetition.

    ``known`` are fingerprints of events that are not new; those of the entries are added.
    """
    if known is None and len(np.unique(entries.high)) == len(entries):  # nearly always
        return entries
    marks = marks_of(entries)
    new = set(marks)
    before = known if known is not None else set[bytes]()
    if len(new) == len(marks) and before.isdisjoint(new):
        before |= new
        return entries
    kept = np.zeros(len(marks), dtype=bool)
    for at, mark in enumerate(marks):
        kept[at] = mark not in before
        before.add(mark)
    return entries.where(kept)


def entries_of(logged: Iterable[Any]) -> Entries:
    """The same of events one by one, value by value."""
    some = list(logged)
    kinds: dict[tuple[str, str | None], int] = {}
    events = [one.event for one in some]
    kind = [kinds.setdefault((it.name, it.raw_name), len(kinds)) for it in events]
    spoken: list[Spoken] = []
    beside = np.zeros(len(some), np.int64)
    found: dict[Property, list[tuple[int, object]]] = {}
    parents: list[int] = []
    for place, one in enumerate(some):
        event = one.event
        for (way, who), number in zip(
            mentions_of(event) if one.mentioned else (), one.mentioned, strict=False
        ):
            if number and way is Mention.BESIDE:
                beside[place] = number
            elif number:
                spoken.append(Spoken(place, who, number))
        for name, value in event.properties.items():
            if value is not None:
                found.setdefault(Property(event.name, name), []).append((place, value))
        for line in event.lines:
            for name, value in line.items():
                if value is not None:
                    key = Property(event.name, name, of_lines=True)
                    found.setdefault(key, []).append((len(parents), value))
            parents.append(place)
    columns: dict[Property, tuple[int, int]] = {}
    flat: list[tuple[int, object]] = []
    for key, cells in found.items():
        columns[key] = len(flat), len(flat) + len(cells)
        flat += cells
    high = np.array([one.fingerprint for one in some], np.uint64).reshape(-1, 2)
    return Entries(
        tuple(kinds),
        np.array(kind, np.int32),
        pa.array([it.user_id for it in events], pa.large_string()),
        pa.array([it.anonymous_id for it in events], pa.large_string()),
        pa.array([it.message_id for it in events], pa.large_string()),
        np.array([it.occurred_at for it in events], np.int64),
        np.array([it.received_at for it in events], np.int64),
        np.array([one.profile for one in some], np.int64),
        np.array([one.arrival for one in some], np.int64),
        high[:, 0].copy(),
        high[:, 1].copy(),
        beside,
        tuple(spoken),
        np.array(parents, np.int32),
        columns,
        _cells_of(flat),
    )


def _cells_of(flat: Sequence[tuple[int, object]]) -> Cells:
    """Owners and values as cells."""
    forms = np.array([_FORMS.get(type(value), OTHER) for _, value in flat], np.uint8)
    texts = [
        b"" if form == OTHER else _written(value).encode()
        for (_, value), form in zip(flat, forms.tolist(), strict=True)
    ]
    return Cells(
        np.array([owner for owner, _ in flat], np.int32),
        forms,
        np.array(
            [value if isinstance(value, bool | float) else 0.0 for _, value in flat], np.float64
        ),
        Texts(
            np.cumsum([0, *map(len, texts)], dtype=np.int64),
            np.frombuffer(b"".join(texts), np.uint8),
        ),
        {at: it for at, (_, it) in enumerate(flat) if forms[at] == OTHER},
    )


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


_FORMS: dict[type, int] = {str: TEXT, bool: BOOLEAN, int: WHOLE, float: DECIMAL}
_NONE = np.zeros(0, np.int64)
_NO_TEXTS = pa.array([], pa.large_string())
NOTHING = Entries(
    (), np.zeros(0, np.int32), _NO_TEXTS, _NO_TEXTS, _NO_TEXTS, _NONE, _NONE, _NONE, _NONE,
    np.zeros(0, np.uint64), np.zeros(0, np.uint64), _NONE, (), np.zeros(0, np.int32), {},
    Cells(
        np.zeros(0, np.int32), np.zeros(0, np.uint8), np.zeros(0), Texts(np.zeros(1, np.int64),
        np.zeros(0, np.uint8)), {},
    ),
)  # fmt: skip
"""No events at all."""
