"""Whom rows speak of, as columns of numbers; and the distinct links that a run holds.

A row's own identifier is its profile. Others that it names (the anonymous id beside a user id, an
e-mail address among traits, the id before an alias) stand in sparse columns, so that whatever
moves or drops rows moves or drops their links with them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.engine.history import Int64s, Kind
from shoal.events.columns import as_text
from shoal.identity import (
    PROPERTIES,
    Identifier,
    LinkLayer,
    Mention,
    Strength,
    link_layer,
    read_mention,
)
from shoal.identity.identifier import EMAIL_PREFIX, PHONE_PREFIX
from shoal.store.run import ANONYMOUS_ID, ANY_EVENT, ColumnKey, People, Run, RunColumn, RunLinks

NumbersOf = Callable[[pa.LargeStringArray, bool], Int64s]
"""Numbers of distinct texts, anonymous ids or user ids; 0 for those that make no link."""

COLUMNS = {mention: ColumnKey(ANY_EVENT, f"{mention}_number") for mention in Mention}
"""Each holds ``number << 2 | strength`` of the identifier that is mentioned."""


class PairKind(IntEnum):
    """What a pair says that is more than having been seen together."""

    ALIAS = 1
    MERGED = 2
    UNMERGED = 3


_KINDS = {
    Mention.PREVIOUS_USER: PairKind.ALIAS,
    Mention.PREVIOUS_ANONYMOUS: PairKind.ALIAS,
    Mention.MERGED: PairKind.MERGED,
    Mention.UNMERGED: PairKind.UNMERGED,
}


@dataclass(frozen=True, slots=True, eq=False)
class Mentioned:
    """The columns of numbers, and the anonymous ids that are left beside user ids."""

    columns: Mapping[ColumnKey, RunColumn]
    anonymous_ids: RunColumn | None


def mentioned(
    event: str, beside: RunColumn | None, properties: Mapping[str, Any], numbers_of: NumbersOf
) -> Mentioned:
    """Whom the rows of an event's table mention.

    An anonymous id that makes no link (that of somebody forgotten) is left out beside as well.
    """
    columns: dict[ColumnKey, RunColumn] = {}
    if beside is not None:
        beside, numbers = _beside(beside, numbers_of)
        if numbers is not None:
            columns[COLUMNS[Mention.BESIDE]] = numbers
    for name in PROPERTIES.get(event, ()):
        array = properties.get(name)
        if array is not None:
            columns |= _named(event, name, array, numbers_of)
    return Mentioned(columns, beside)


def linked(run: Run) -> RunLinks:
    """The distinct links of a run's rows, read off its columns."""
    seen: list[tuple[Int64s, Int64s, npt.NDArray[np.uint8]]] = []
    pairs: list[tuple[Int64s, Int64s, npt.NDArray[np.uint8]]] = []
    strengths: npt.NDArray[np.uint8] | None = None
    for mention, key in COLUMNS.items():
        column = run.columns.get(key)
        if column is None:
            continue
        if strengths is None:
            strengths = _strengths(run.people)
        owner, values = _distinct(run, column)
        ours, theirs = strengths[owner], (values & 3).astype(np.uint8)
        number, other = run.profiles[owner], values >> 2
        kept = number != other
        kind = _KINDS.get(mention)
        alone = mention is not Mention.PREVIOUS_ANONYMOUS
        special = np.full(len(kept), kind is not None and alone) | (
            (ours == theirs) & (kind is not None)
        )
        plain = kept & ~special & (ours != theirs)
        weaker = ours < theirs
        seen.append(
            (
                np.where(weaker, number, other)[plain],
                np.where(weaker, other, number)[plain],
                (np.minimum(ours, theirs) * 4 + np.maximum(ours, theirs))[plain],
            )
        )
        form = ours * 4 + theirs + np.uint8(16 * (kind or 0))
        pairs.append((number[kept & special], other[kept & special], form[kept & special]))
    if not seen:
        return NO_LINKS
    layer = link_layer(*(np.concatenate(some) for some in zip(*seen, strict=True)))
    return RunLinks(layer, *(np.concatenate(some) for some in zip(*pairs, strict=True)))


def links_of(run: Run) -> RunLinks:
    """The distinct links of a run."""
    return linked(run) if run.links is None else run.links


def mentioned_numbers(run: Run) -> Int64s:
    """Everybody whom a link of the run is about, its own profiles among them, ascending."""
    links = links_of(run)
    ends = (links.seen.weak, links.seen.strong, links.owner, links.other)
    return np.unique(np.concatenate(ends))


def with_numbers(run: Run, numbers_of: NumbersOf) -> dict[ColumnKey, RunColumn]:
    """The columns of numbers of a run that was written without any."""
    found = {
        key: [column]
        for key, column in mentioned(
            "", run.columns.get(ANONYMOUS_ID), {}, numbers_of
        ).columns.items()
    }
    for event, names in PROPERTIES.items():
        for key in (ColumnKey(event, name, raw) for name in names for raw in (False, True)):
            column = run.columns.get(key)
            if column is None:
                continue
            for where, numbers in _named(event, key.property, _plain(column), numbers_of).items():
                rows = column.rows[numbers.rows]
                found.setdefault(where, []).append(RunColumn(Kind.EXACT, rows, numbers.values))
    return {key: _ascending(columns) for key, columns in found.items()}


def _ascending(columns: Sequence[RunColumn]) -> RunColumn:
    """Columns of different rows as one."""
    rows = np.concatenate([column.rows for column in columns])
    values = np.concatenate([column.values for column in columns])
    order = np.argsort(rows, kind="stable")
    return RunColumn(Kind.EXACT, rows[order], values[order])


NO_LINKS = RunLinks(
    LinkLayer(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8)),
    np.zeros(0, np.int64),
    np.zeros(0, np.int64),
    np.zeros(0, np.uint8),
)


def _beside(column: RunColumn, numbers_of: NumbersOf) -> tuple[RunColumn | None, RunColumn | None]:
    distinct, codes = column.dictionary, column.values
    if column.texts is not None:
        coded = column.texts.dictionary_encode()
        distinct, codes = coded.dictionary, coded.indices.to_numpy()
    assert distinct is not None
    numbers = numbers_of(distinct, True)
    values = np.where(numbers > 0, numbers << 2 | _strengths_of(distinct), 0)[codes]
    linked = values > 0
    if bool(linked.all()):
        return column, RunColumn(Kind.EXACT, column.rows, values)
    from shoal.store.assembly import text_column

    rows = column.rows[linked]
    if not len(rows):
        return None, None
    kept = column.plain_texts().filter(pa.array(linked))
    return text_column(rows, kept), RunColumn(Kind.EXACT, rows, values[linked])


def _named(event: str, name: str, array: Any, numbers_of: NumbersOf) -> dict[ColumnKey, RunColumn]:
    """Numbers of those whom a property names, row by row."""
    if not pa.types.is_dictionary(array.type):
        kind = array.type
        simple = pa.types.is_integer(kind) or pa.types.is_floating(kind)
        array = (array if simple else as_text(array)).dictionary_encode()
    codes = array.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    read = [read_mention(event, name, value) for value in array.dictionary.to_pylist()]
    found: dict[ColumnKey, RunColumn] = {}
    for mention in dict.fromkeys(mention for some in read for mention, _ in some):
        whom = [dict(some).get(mention) for some in read]
        values = _numbered([one for one in whom if one is not None], numbers_of)
        by_code = np.array([*(_value(values, one) for one in whom), 0], dtype=np.int64)
        rows = np.flatnonzero(by_code[codes]).astype(np.int32)
        if len(rows):
            found[COLUMNS[mention]] = RunColumn(Kind.EXACT, rows, by_code[codes[rows]])
    return found


def _numbered(some: Sequence[Identifier], numbers_of: NumbersOf) -> dict[Identifier, int]:
    """What stands in a column for each of them."""
    values: dict[Identifier, int] = {}
    for anonymous in (False, True):
        distinct = list(dict.fromkeys(one for one in some if one.anonymous is anonymous))
        if distinct:
            texts = pa.array([one.text for one in distinct], pa.large_string())
            for one, number in zip(distinct, numbers_of(texts, anonymous).tolist(), strict=True):
                if number > 0:
                    values[one] = number << 2 | one.strength
    return values


def _value(values: Mapping[Identifier, int], one: Identifier | None) -> int:
    return 0 if one is None else values.get(one, 0)


def _plain(column: RunColumn) -> Any:
    """The values of a stored column as they may have come."""
    if column.kind is Kind.TEXT:
        return column.plain_texts()
    if column.kind is Kind.EXACT:
        return pa.array(column.values / 1e6)
    return pa.array(column.values)


def _distinct(run: Run, column: RunColumn) -> tuple[Int64s, Int64s]:
    """Distinct (profile's place, value) of a column."""
    owner = np.searchsorted(run.offsets, column.rows, side="right") - 1
    values = column.values
    first = np.ones(len(owner), dtype=bool)  # most repeat what stands right before them
    first[1:] = (owner[1:] != owner[:-1]) | (values[1:] != values[:-1])
    owner, values = owner[first], values[first]
    order = np.lexsort((values, owner))
    owner, values = owner[order], values[order]
    first = np.ones(len(owner), dtype=bool)
    first[1:] = (owner[1:] != owner[:-1]) | (values[1:] != values[:-1])
    return owner[first], values[first]


def _strengths(people: People) -> npt.NDArray[np.uint8]:
    named = people.anonymous == 0
    if bool(named.all()):
        return np.full(len(named), Strength.USER, dtype=np.uint8)
    return np.where(named, np.uint8(Strength.USER), _strengths_of(people.texts))


def _strengths_of(anonymous: pa.LargeStringArray) -> npt.NDArray[np.uint8]:
    """How strong each anonymous id is."""
    found = np.full(len(anonymous), Strength.ANONYMOUS, dtype=np.uint8)
    for prefix, strength in ((EMAIL_PREFIX, Strength.EMAIL), (PHONE_PREFIX, Strength.PHONE)):
        here = pc.starts_with(anonymous, prefix).to_numpy(zero_copy_only=False)
        found[here] = strength
    return found
