"""Parts in, one sorted run out: how imports, merges, undo and erasure all write rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.engine.history import Int32s, Int64s, Kind
from shoal.store.run import (
    ColumnKey,
    EventSpan,
    Part,
    People,
    Run,
    RunColumn,
    Seen,
    as_doubles,
    frozen,
)

Keep = npt.NDArray[np.bool_]
_Places = dict[tuple[int, ...], tuple[list[Int32s], Int32s, npt.NDArray[Any] | None]]
"""Old rows (kept, so that their ids stay theirs), new rows, order."""
_FEW_ROWS = 4096
_SAMPLE = 4096


def assemble(
    parts: Sequence[Part], keep: Sequence[Keep | None] | None = None, *, lazily: bool = False
) -> Run | None:
    """One run of all rows of the parts under ``keep`` (everything, if not given); None if empty.

    ``lazily``, a column is made each time it is asked for, and none of the kinds is known.
    """
    masks = list(keep) if keep is not None else [None] * len(parts)
    lengths = [len(part.occurred_at) for part in parts]
    bases = np.concatenate(([0], np.cumsum(lengths)))
    if any(mask is not None for mask in masks):
        kept = np.flatnonzero(
            np.concatenate(
                [
                    np.ones(length, dtype=bool) if mask is None else mask
                    for mask, length in zip(masks, lengths, strict=True)
                ]
            )
        )
    else:
        kept = None
    numbers = _joined([part.numbers for part in parts], kept)
    if not len(numbers):
        return None
    occurred_at = _joined([part.occurred_at for part in parts], kept)
    arrival = _joined([part.arrival for part in parts], kept)
    names, codes = _event_codes(parts)
    profiles, rank = _ranked(numbers)
    order = _order(rank, len(profiles), occurred_at, arrival)
    places = np.full(int(bases[-1]), -1, dtype=np.int32)
    places[order if kept is None else kept[order]] = np.arange(len(order), dtype=np.int32)
    counts = np.bincount(rank, minlength=len(profiles))
    offsets = np.concatenate((np.zeros(1, np.int64), np.cumsum(counts, dtype=np.int64)))
    occurred_at, arrival = occurred_at[order], arrival[order]
    received_at = _joined([part.received_at for part in parts], kept)[order]
    event = _joined(codes, kept)[order]
    import_id = _joined([part.import_id for part in parts], kept)[order]
    names, event = _used_names(names, event)
    event_rows = np.argsort(event, kind="stable").astype(np.int32)
    event_offsets = np.concatenate(
        (np.zeros(1, np.int64), np.cumsum(np.bincount(event, minlength=len(names)), dtype=np.int64))
    )
    columns: Mapping[ColumnKey, RunColumn]
    columns = _Lazily(parts, bases, places) if lazily else _columns(parts, bases, places)
    kinds = {} if lazily else {key: (it.kind, len(it.rows)) for key, it in columns.items()}
    return Run(
        _people(parts, profiles),
        offsets,
        _first_seen(offsets, occurred_at, names, event),
        occurred_at,
        received_at,
        arrival,
        event,
        import_id,
        names,
        event_rows,
        event_offsets,
        _spans(names, event_rows, event_offsets, occurred_at),
        _latest(names, event, occurred_at, received_at),
        _seen(parts, bases, places),
        columns,
        kinds,
        tuple(int(one) for one in np.unique(import_id)),
    )


def joined_texts(
    arrays: Sequence[pa.LargeStringArray],
) -> pa.LargeStringArray:
    """The arrays one after another."""
    return arrays[0] if len(arrays) == 1 else pa.concat_arrays(list(arrays))


def joined_columns(columns: Sequence[RunColumn], *, double: bool = False) -> RunColumn:
    """The values one after another under one kind; ``rows`` too, so they need not ascend."""
    rows = _joined([column.rows for column in columns], None)
    kind = columns[0].kind
    if kind is Kind.TEXT:
        return _joined_text_column(columns, rows)
    if kind in (Kind.EXACT, Kind.DOUBLE):
        if double or any(column.kind is Kind.DOUBLE for column in columns):
            values = [
                as_doubles(column.values) if column.kind is Kind.EXACT else column.values
                for column in columns
            ]
            return RunColumn(Kind.DOUBLE, rows, _joined(values, None))
        return RunColumn(Kind.EXACT, rows, _joined([one.values for one in columns], None))
    assert all(column.kind is kind for column in columns)
    return RunColumn(kind, rows, _joined([column.values for column in columns], None))


def text_column(rows: Int32s, texts: pa.Array) -> RunColumn:
    """Strings as a column: coded where they repeat, as they are where they hardly do."""
    count = len(texts)
    if pa.types.is_dictionary(texts.type):
        dictionary = texts.dictionary.cast(pa.large_string())
        return RunColumn(Kind.TEXT, rows, texts.indices.to_numpy().astype(np.int32), dictionary)
    if texts.type != pa.large_string():
        texts = texts.cast(pa.large_string())
    sample = texts.slice(0, _SAMPLE)
    if count and len(sample.unique()) <= len(sample) // 2:
        coded = texts.dictionary_encode()
        if len(coded.dictionary) <= count // 2:
            codes = coded.indices.to_numpy().astype(np.int32, copy=False)
            return RunColumn(Kind.TEXT, rows, codes, coded.dictionary)
    return RunColumn(Kind.TEXT, rows, np.zeros(0, np.int32), texts=texts)


def _joined(arrays: Sequence[npt.NDArray[Any]], kept: npt.NDArray[Any] | None) -> npt.NDArray[Any]:
    whole = arrays[0] if len(arrays) == 1 else np.concatenate(arrays)
    return whole if kept is None else whole[kept]


def _event_codes(parts: Sequence[Part]) -> tuple[tuple[str, ...], list[npt.NDArray[np.uint16]]]:
    names: dict[str, int] = {}
    codes: list[npt.NDArray[np.uint16]] = []
    for part in parts:
        mapping = [names.setdefault(name, len(names)) for name in part.event_names]
        if mapping == list(range(len(mapping))):
            codes.append(part.event)
        else:
            codes.append(np.array(mapping, dtype=np.uint16)[part.event])
    assert len(names) <= 65_536
    return tuple(names), codes


def _used_names(
    names: tuple[str, ...], event: npt.NDArray[np.uint16]
) -> tuple[tuple[str, ...], npt.NDArray[np.uint16]]:
    used = np.flatnonzero(np.bincount(event, minlength=len(names)))
    if len(used) == len(names):
        return names, event
    mapping = np.zeros(len(names), dtype=np.uint16)
    mapping[used] = np.arange(len(used), dtype=np.uint16)
    return tuple(names[code] for code in used.tolist()), mapping[event]


def _ranked(numbers: Int64s) -> tuple[Int64s, Int64s]:
    highest = int(numbers.max())
    if highest <= 64 * len(numbers) + 1024:
        there = np.zeros(highest + 1, dtype=bool)
        there[numbers] = True
        ranks = np.cumsum(there, dtype=np.int64) - 1
        return np.flatnonzero(there).astype(np.int64), ranks[numbers]
    profiles, rank = np.unique(numbers, return_inverse=True)
    return profiles, rank.astype(np.int64)


def _order(rank: Int64s, profiles: int, occurred_at: Int64s, arrival: Int64s) -> Int32s:
    if len(rank) <= _FEW_ROWS:
        return np.lexsort((arrival, occurred_at, rank)).astype(np.int32)
    from shoal.store.arranging import sort_rows

    return sort_rows(frozen(rank), profiles, frozen(occurred_at), frozen(arrival))


def _first_seen(
    offsets: Int64s, occurred_at: Int64s, names: tuple[str, ...], event: npt.NDArray[np.uint16]
) -> Int64s:
    counts = np.array([makes_known(name) for name in names], dtype=bool)
    if len(event) > _FEW_ROWS:
        from shoal.store.arranging import first_seen

        return first_seen(frozen(offsets), frozen(occurred_at), frozen(counts), frozen(event))
    never = np.iinfo(np.int64).max
    instants = np.where(counts[event], occurred_at, never)
    return np.minimum.reduceat(instants, offsets[:-1])


def makes_known(event: str) -> bool:
    """Whether a row of the event makes its profile known."""
    return event == "$identify" or not event.startswith("$")


def _spans(
    names: tuple[str, ...], event_rows: Int32s, event_offsets: Int64s, occurred_at: Int64s
) -> tuple[EventSpan, ...]:
    spans: list[EventSpan] = []
    for code in range(len(names)):
        instants = occurred_at[event_rows[event_offsets[code] : event_offsets[code + 1]]]
        spans.append(EventSpan(len(instants), int(instants.min()), int(instants.max())))
    return tuple(spans)


def _latest(
    names: tuple[str, ...],
    event: npt.NDArray[np.uint16],
    occurred_at: Int64s,
    received_at: Int64s,
) -> int | None:
    """The last instant of an event that had not been dated ahead of its receipt."""
    counted = np.array([not name.startswith("$") for name in names], dtype=bool)
    instants = occurred_at[counted[event] & (occurred_at <= received_at)]
    return int(instants.max()) if len(instants) else None


def _people(parts: Sequence[Part], profiles: Int64s) -> People:
    distinct: list[People] = []
    for part in parts:
        if all(part.people is not one for one in distinct):
            distinct.append(part.people)
    if len(distinct) == 1:
        return distinct[0].of(profiles)
    found: list[People] = []
    missing = profiles
    for people in distinct:
        at = np.searchsorted(people.numbers, missing).clip(0, len(people.numbers) - 1)
        here = people.numbers[at] == missing
        some = at[here]
        found.append(
            People(missing[here], people.texts.take(pa.array(some)), people.anonymous[some])
        )
        missing = missing[~here]
        if not len(missing):
            break
    order = np.argsort(np.concatenate([people.numbers for people in found]))
    return People(
        profiles,
        joined_texts([people.texts for people in found]).take(pa.array(order)),
        np.concatenate([people.anonymous for people in found])[order],
    )


def _seen(parts: Sequence[Part], bases: Int64s, places: Int32s) -> Seen:
    high = _joined([part.seen.high for part in parts], None)
    low = _joined([part.seen.low for part in parts], None)
    rows = np.concatenate(
        [
            places[base + part.seen.rows.astype(np.int64)]
            for base, part in zip(bases.tolist(), parts, strict=False)
        ]
    )
    if len(rows) and int(rows.min()) < 0:
        kept = rows >= 0
        high, low, rows = high[kept], low[kept], rows[kept]
    # A stable sort merges what is already sorted (runs) in one pass; it is slow with anything else.
    sorted_already = all(_ascends(part.seen.high) for part in parts)
    order = np.argsort(high, kind="stable" if sorted_already else None)
    return Seen(high[order], low[order], rows[order])


def _ascends(array: npt.NDArray[Any]) -> bool:
    return bool(np.all(array[1:] >= array[:-1]))


def _columns(parts: Sequence[Part], bases: Int64s, places: Int32s) -> dict[ColumnKey, RunColumn]:
    found: dict[ColumnKey, list[tuple[int, RunColumn]]] = {}
    for base, part in zip(bases.tolist(), parts, strict=False):
        for key, column in part.columns.items():
            if len(column.rows):
                found.setdefault(key, []).append((base, column))
    placed: _Places = {}
    columns: dict[ColumnKey, RunColumn] = {}
    for key, pieces in found.items():
        column = _placed(pieces, places, placed)
        if len(column.rows):
            columns[key] = column
    return columns


class _Lazily(Mapping[ColumnKey, RunColumn]):
    """The columns of the parts where their rows belong now, each made when it is asked for."""

    def __init__(self, parts: Sequence[Part], bases: Int64s, places: Int32s) -> None:
        self._given = [
            (base, part.columns) for base, part in zip(bases.tolist(), parts, strict=False)
        ]
        self._places = places

    def __getitem__(self, key: ColumnKey) -> RunColumn:
        found = [(base, columns.get(key)) for base, columns in self._given]
        pieces = [(base, column) for base, column in found if column is not None]
        if not pieces:
            raise KeyError(key)
        column = _placed(pieces, self._places, {})
        if not len(column.rows):
            raise KeyError(key)
        return column

    def __iter__(self) -> Iterator[ColumnKey]:
        yield from dict.fromkeys(key for _, columns in self._given for key in columns)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _placed(
    pieces: list[tuple[int, RunColumn]],
    places: Int32s,
    placed: _Places,
) -> RunColumn:
    """The column with its rows where they belong now, ascending, dropped ones left out."""
    # Columns set in the same rows of a part share one array of rows, and so one order.
    old = [column.rows for _, column in pieces]
    shared = tuple(id(rows) for rows in old)
    known = placed.get(shared)
    if known is None:
        rows = np.concatenate([places[base + one.rows.astype(np.int64)] for base, one in pieces])
        order = _ascending(rows, len(places))
        known = placed[shared] = (old, rows if order is None else rows[order], order)
    _, rows, order = known
    whole = joined_columns([one for _, one in pieces])
    return _picked(whole, rows, order)


def _ascending(rows: Int32s, count: int) -> npt.NDArray[Any] | None:
    """Order that makes the rows ascend and drops those below 0; None if they are right as is."""
    if not len(rows) or (int(rows[0]) >= 0 and bool(np.all(rows[1:] > rows[:-1]))):
        return None
    if len(rows) * 8 > count:
        at = np.full(count, -1, dtype=np.int32)
        there = np.flatnonzero(rows >= 0)
        at[rows[there]] = there
        return at[at >= 0]
    # A stable sort merges a few ascending runs in one pass; it is slow with anything else.
    few_runs = int(np.count_nonzero(rows[1:] < rows[:-1])) < 4
    order = np.argsort(rows, kind="stable" if few_runs else None)
    return order[int(np.searchsorted(rows[order], 0)) :]


def _picked(column: RunColumn, rows: Int32s, order: npt.NDArray[Any] | None) -> RunColumn:
    if column.kind is not Kind.TEXT:
        return RunColumn(
            column.kind, rows, column.values if order is None else column.values[order]
        )
    if column.texts is not None:
        texts = column.texts if order is None else column.texts.take(pa.array(order))
        return text_column(rows, texts)
    codes = column.values if order is None else column.values[order]
    dictionary = column.dictionary
    assert dictionary is not None
    # A dictionary outlives no row that needed it: what nobody says any more is gone.
    used = np.flatnonzero(np.bincount(codes, minlength=len(dictionary)))
    if len(used) < len(dictionary):
        mapping = np.zeros(len(dictionary), dtype=np.int32)
        mapping[used] = np.arange(len(used), dtype=np.int32)
        codes, dictionary = mapping[codes], dictionary.take(pa.array(used))
    if len(dictionary) > max(1, len(codes) // 2):
        return RunColumn(
            Kind.TEXT, rows, np.zeros(0, np.int32), texts=dictionary.take(pa.array(codes))
        )
    return RunColumn(Kind.TEXT, rows, codes.astype(np.int32, copy=False), dictionary)


def _joined_text_column(columns: Sequence[RunColumn], rows: Int32s) -> RunColumn:
    if len(columns) == 1:
        one = columns[0]
        return RunColumn(Kind.TEXT, rows, one.values, one.dictionary, one.texts)
    if any(column.dictionary is None for column in columns):
        texts = joined_texts([column.plain_texts() for column in columns])
        return RunColumn(Kind.TEXT, rows, np.zeros(0, np.int32), texts=texts)
    dictionaries: list[Any] = [column.dictionary for column in columns]
    coded = joined_texts(dictionaries).dictionary_encode()
    mapping = coded.indices.to_numpy().astype(np.int32, copy=False)
    starts = np.concatenate(([0], np.cumsum([len(one) for one in dictionaries])))
    codes = [
        mapping[start:end][column.values]
        for (start, end), column in zip(pairwise(starts.tolist()), columns, strict=True)
    ]
    return RunColumn(Kind.TEXT, rows, np.concatenate(codes), coded.dictionary)
