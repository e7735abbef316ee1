"""Who had, looked at and searched for which item when, read from the rows of events."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from shoal.engine.history import Column, History, Kind
from shoal.recommendations.having import Having, Int64s
from shoal.recommendations.interest import words_of
from shoal.runners.machine import histories_of
from shoal.store.snapshot import Snapshot

MILLIONTHS = 1_000_000


@dataclass(frozen=True, slots=True)
class Source:
    """An event, and the property that names an item; or, of a search, what was searched for."""

    event: str
    item: str
    is_search: bool = False


@dataclass(frozen=True, eq=False)
class Deeds:
    """The havings of several sources, whose people are numbered alike, and each one's profile.

    The first source and all that are no searches count the same items.
    """

    havings: tuple[Having, ...]
    profiles: Int64s


Cells = tuple[Int64s, Int64s, Int64s]


def deeds_of(
    snapshot: Snapshot, sources: Sequence[Source], as_of: int, also: Collection[str] = ()
) -> Deeds:
    """Rows up to an instant that name an item; ``also`` are items that nobody need have had."""
    shared: dict[str, int] = {name: code for code, name in enumerate(dict.fromkeys(also))}
    coded = [
        _coded(snapshot, it, as_of, {} if it.is_search else shared) for it in sources
    ]  # codes of items go on from source to source
    numbers = np.unique(np.concatenate([cells[0] for cells, _ in coded] or [_EMPTY]))
    havings: list[Having] = []
    for cells, codes in coded:
        names = tuple(sorted(codes))
        place = np.empty(len(codes), np.int64)  # in alphabetical order, whatever came first
        place[[codes[name] for name in names]] = np.arange(len(names))
        profiles, items, at = cells
        order = np.lexsort((at, profiles))
        users = np.searchsorted(numbers, profiles[order])
        havings.append(Having(users, place[items[order]], at[order], len(numbers), names))
    return Deeds(tuple(havings), numbers)


_EMPTY = np.zeros(0, np.int64)


def _coded(
    snapshot: Snapshot, source: Source, as_of: int, codes: dict[str, int]
) -> tuple[Cells, dict[str, int]]:
    """Profiles, codes and instants of a source's rows."""
    parts: list[Cells] = []
    for history in histories_of(snapshot):
        column = history.column(source.event, source.item)
        if column is None or not len(column.rows):
            continue
        times = np.asarray(history.occurred_at)[column.rows]
        some = np.flatnonzero(times <= as_of)
        owners = np.searchsorted(history.offsets, column.rows[some], side="right") - 1
        profiles = np.asarray(history.profiles)[owners]
        texts, own = texts_of(column)
        own = own[some]
        if source.is_search:
            parts.append(_words(texts, own, profiles, times[some], codes))
            continue
        known = np.array([codes.setdefault(text, len(codes)) for text in texts], np.int64)
        parts.append((profiles, known[own] if len(known) else own, times[some]))
    if not parts:
        return (_EMPTY, _EMPTY, _EMPTY), codes
    profiles, items, at = (np.concatenate(cells) for cells in zip(*parts, strict=True))
    return (profiles, items, at), codes


def _words(
    texts: Sequence[str], own: Int64s, profiles: Int64s, times: Int64s, codes: dict[str, int]
) -> Cells:
    """One row for each word of each search."""
    split = [[codes.setdefault(it, len(codes)) for it in words_of(text)] for text in texts]
    sizes = np.array([len(it) for it in split], np.int64)
    flat = np.array([code for some in split for code in some], np.int64)
    starts = np.cumsum(sizes) - sizes
    each = sizes[own] if len(sizes) else own
    rows = np.repeat(np.arange(len(own)), each)
    inside = np.arange(len(rows)) - np.repeat(np.cumsum(each) - each, each)
    return profiles[rows], flat[starts[own][rows] + inside] if len(rows) else _EMPTY, times[rows]


def rows_of(
    history: History, profile: int, source: Source, as_of: int, places: Mapping[str, int]
) -> tuple[Int64s, Int64s]:
    """One person's items (or words) and instants, in order, as they are known by ``places``."""
    column = history.column(source.event, source.item)
    if column is None:
        return _EMPTY, _EMPTY
    low, high = np.searchsorted(column.rows, history.offsets[profile : profile + 2])
    rows = column.rows[low:high]
    times = np.asarray(history.occurred_at)[rows]
    texts = _texts_at(column, int(low), int(high))
    found: list[int] = []
    at: list[int] = []
    for text, instant in zip(texts, times.tolist(), strict=True):
        if instant > as_of:
            break
        for name in words_of(text) if source.is_search else (text,):
            place = places.get(name)
            if place is not None:
                found.append(place)
                at.append(instant)
    return np.array(found, np.int64), np.array(at, np.int64)


def values_of_items(
    snapshot: Snapshot, source: Source, name: str, as_of: int, items: Mapping[str, int]
) -> list[str | None]:
    """What the latest row of each item says of a property; None where none does."""
    found: list[str | None] = [None] * len(items)
    latest = np.full(len(items), np.iinfo(np.int64).min)
    for history in histories_of(snapshot):
        of, wanted = history.column(source.event, source.item), history.column(source.event, name)
        if of is None or wanted is None:
            continue
        _, own, others = np.intersect1d(of.rows, wanted.rows, return_indices=True)
        times = np.asarray(history.occurred_at)[of.rows[own]]
        item_texts, item_codes = texts_of(of)
        texts, codes = texts_of(wanted)
        places = np.array([items.get(it, -1) for it in item_texts], np.int64)
        place = places[item_codes[own]] if len(places) else own
        some = (times <= as_of) & (place >= 0)
        for one in _last_of_each(place[some], times[some]).tolist():
            row = np.flatnonzero(some)[one]
            if times[row] >= latest[place[row]]:
                latest[place[row]] = times[row]
                found[int(place[row])] = texts[int(codes[others[row]])]
    return found


def _last_of_each(items: Int64s, times: Int64s) -> Int64s:
    """For each item the place of its latest row."""
    order = np.lexsort((times, items))
    ends = np.flatnonzero(np.append(items[order][1:] != items[order][:-1], True))
    return order[ends] if len(order) else order


def _texts_at(column: Column, low: int, high: int) -> Iterable[str]:
    """The values of some rows as texts."""
    values = np.asarray(column.values)[low:high]
    if column.kind is Kind.TEXT:
        assert column.dictionary is not None
        some: Any = column.dictionary.take(pa.array(values)).to_pylist()
        return some
    texts, own = texts_of(Column(column.kind, column.rows[low:high], values))
    codes: list[int] = own.tolist()
    return [texts[it] for it in codes]


def texts_of(column: Column) -> tuple[list[str], Int64s]:
    """The different values as texts, and of each row which of them."""
    values = np.asarray(column.values)
    if column.kind is Kind.TEXT:
        assert column.dictionary is not None
        return column.dictionary.to_pylist(), values.astype(np.int64)
    distinct, own = np.unique(values, return_inverse=True)
    if column.kind is Kind.EXACT:
        texts = [_number(int(it)) for it in distinct]
    elif column.kind is Kind.BOOLEAN:
        texts = ["true" if it else "false" for it in distinct]
    else:
        texts = pc.cast(pa.array(distinct), pa.string()).to_pylist()
    return texts, own.astype(np.int64)


def _number(millionths: int) -> str:
    whole, part = divmod(abs(millionths), MILLIONTHS)
    sign = "-" if millionths < 0 else ""
    return f"{sign}{whole}" + (f".{part:06d}".rstrip("0") if part else "")
