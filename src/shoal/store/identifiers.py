"""Identifier to profile number, for millions at a time: hashes in order, texts to be sure."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from shoal.core.arrow import numbers_of, strings_of
from shoal.core.errors import StoreDamagedError
from shoal.engine.history import Int64s
from shoal.identity import Identifier, hash_text, hash_texts
from shoal.store.assembly import joined_texts
from shoal.store.files import writing
from shoal.store.run import People, UInt64s

ABSENT = -1
LARGE = 1 << 17
"""Identifiers of a block that is not merged with others any more: nobody waits longer for it."""
MOST_RECENT = 200_000
"""Texts whose numbers are remembered beside the blocks."""


@dataclass(frozen=True, eq=False)
class IdentifierBlock:
    """Identifiers in the order of their hashes."""

    hashes: UInt64s
    numbers: Int64s
    anonymous: npt.NDArray[np.uint8]
    texts: pa.LargeStringArray

    def __len__(self) -> int:
        return len(self.hashes)

    def find(self, texts: pa.LargeStringArray, hashes: UInt64s, *, anonymous: bool) -> Int64s:
        """The number of each identifier, or ABSENT."""
        numbers = np.full(len(hashes), ABSENT, dtype=np.int64)
        if not len(self.hashes) or not len(hashes):
            return numbers
        order = np.argsort(hashes)
        at = np.empty(len(hashes), dtype=np.int64)
        at[order] = np.searchsorted(self.hashes, hashes[order])
        here = np.minimum(at, len(self.hashes) - 1)
        wanted = np.flatnonzero(self.hashes[here] == hashes)
        found = here[wanted]
        same = pc.equal(self.texts.take(pa.array(found)), texts.take(pa.array(wanted))).to_numpy(
            zero_copy_only=False
        )
        same &= self.anonymous[found] == anonymous
        numbers[wanted[same]] = self.numbers[found[same]]
        for row in wanted[~same].tolist():  # two texts of one hash: look on
            numbers[row] = self._find_on(
                texts[row].as_py(), np.uint64(hashes[row]), anonymous, int(at[row])
            )
        return numbers

    def find_one(self, identifier: Identifier) -> int:
        """The number of one identifier, or ABSENT."""
        wanted = np.uint64(hash_text(identifier.text, anonymous=identifier.anonymous))
        at = int(np.searchsorted(self.hashes, wanted))
        return self._find_on(identifier.text, wanted, identifier.anonymous, at)

    def _find_on(self, text: str, wanted: np.uint64, anonymous: bool, at: int) -> int:  # noqa: FBT001
        while at < len(self.hashes) and self.hashes[at] == wanted:
            if self.texts[at].as_py() == text and bool(self.anonymous[at]) == anonymous:
                return int(self.numbers[at])
            at += 1
        return ABSENT

    def without(self, numbers: Int64s) -> IdentifierBlock:
        """The others."""
        return self._at(np.flatnonzero(~np.isin(self.numbers, numbers)))

    def only(self, numbers: Int64s) -> IdentifierBlock:
        """Those of these numbers."""
        return self._at(np.flatnonzero(np.isin(self.numbers, numbers)))

    def _at(self, kept: Int64s) -> IdentifierBlock:
        return IdentifierBlock(
            self.hashes[kept],
            self.numbers[kept],
            self.anonymous[kept],
            self.texts.take(pa.array(kept)),
        )

    def of(self, numbers: Int64s) -> People:
        """Those of the numbers (ascending) that are here."""
        order = self._by_number
        if len(order):
            at = np.searchsorted(self.numbers, numbers, sorter=order).clip(0, len(order) - 1)
            order = order[at]
            order = order[self.numbers[order] == numbers]
        texts = self.texts.take(pa.array(order))
        return People(self.numbers[order], texts, self.anonymous[order])

    @cached_property
    def _by_number(self) -> Int64s:
        return np.argsort(self.numbers)


def empty_block() -> IdentifierBlock:
    """No identifiers."""
    return IdentifierBlock(
        np.zeros(0, np.uint64),
        np.zeros(0, np.int64),
        np.zeros(0, np.uint8),
        strings_of([]).cast(pa.large_string()),
    )


def merged(blocks: Sequence[IdentifierBlock]) -> IdentifierBlock:
    """All identifiers of the blocks, which share none, as one."""
    there = [block for block in blocks if len(block)]
    if len(there) <= 1:
        return there[0] if there else empty_block()
    hashes = np.concatenate([block.hashes for block in there])
    order = np.argsort(hashes, kind="stable")
    return IdentifierBlock(
        hashes[order],
        np.concatenate([block.numbers for block in there])[order],
        np.concatenate([block.anonymous for block in there])[order],
        joined_texts([block.texts for block in there]).take(pa.array(order)),
    )


def write_block(path: Path, block: IdentifierBlock) -> int:
    """Bytes written, durable on return (its folder not yet)."""
    batch = pa.record_batch(
        {
            "hash": pa.array(block.hashes),
            "number": pa.array(block.numbers),
            "anonymous": pa.array(block.anonymous),
            "text": block.texts,
        }
    )
    with writing(path) as file, pa.ipc.new_file(file, batch.schema) as writer:
        writer.write_batch(batch)
    return path.stat().st_size


def read_block(path: Path) -> IdentifierBlock:
    """The block, memory-mapped."""
    try:
        batch = pa.ipc.open_file(pa.memory_map(str(path))).get_batch(0)
    except (OSError, pa.ArrowInvalid) as error:
        raise StoreDamagedError(f"`{path.name}` cannot be read: {error}") from error
    return IdentifierBlock(
        numbers_of(batch.column("hash")),
        numbers_of(batch.column("number")),
        numbers_of(batch.column("anonymous")),
        batch.column("text"),
    )


@dataclass(slots=True)
class Pile:
    """Blocks that share no identifier: a new one is merged with those of its size, up to a limit."""

    blocks: tuple[IdentifierBlock, ...] = ()

    def add(self, block: IdentifierBlock) -> None:
        """One more block."""
        if not len(block):
            return
        kept = [*self.blocks, block]
        while len(kept) > 1 and len(kept[-2]) <= min(2 * len(kept[-1]), LARGE):
            kept[-2:] = [merged(kept[-2:])]
        self.blocks = tuple(kept)


def look_up(
    texts: pa.LargeStringArray,
    hashes: UInt64s,
    blocks: Sequence[IdentifierBlock],
    *,
    anonymous: bool,
) -> Int64s:
    """The number of each identifier in any of the blocks, or ABSENT."""
    numbers = np.full(len(hashes), ABSENT, dtype=np.int64)
    missing = np.arange(len(hashes))
    for block in blocks:
        if not len(missing):
            break
        if not len(block):
            continue
        some = len(missing) < len(hashes)
        found = block.find(
            texts.take(pa.array(missing)) if some else texts,
            hashes[missing],
            anonymous=anonymous,
        )
        numbers[missing] = found
        missing = missing[found == ABSENT]
    return numbers


def block_of(
    texts: pa.LargeStringArray, hashes: UInt64s, numbers: Int64s, *, anonymous: bool
) -> IdentifierBlock:
    """Distinct identifiers of one kind as a block."""
    order = np.argsort(hashes, kind="stable")
    kind = np.full(len(numbers), anonymous, dtype=np.uint8)
    return IdentifierBlock(hashes[order], numbers[order], kind, texts.take(pa.array(order)))


Numbers = dict[str, int]


class Identifiers:
    """The identifiers the owner knows: those on disk and the ones met since.

    Those met one by one are kept by text until somebody asks for all of the new ones together.
    Numbers *promised* to an import under way hold for everybody, but only what has come in
    otherwise is written before the import is.
    """

    def __init__(self, blocks: Sequence[IdentifierBlock], next_number: int) -> None:
        self.blocks = tuple(blocks)
        self.next_number = next_number
        self._new = Pile()
        self._promised = Pile()
        self._met: tuple[Numbers, Numbers] = ({}, {})
        self._recent: tuple[Numbers, Numbers] = ({}, {})
        """Numbers looked up lately, with those met: user ids, anonymous ids."""
        self._lock = threading.RLock()

    @property
    def new(self) -> IdentifierBlock:
        """Those met since the last commit, the promised ones too."""
        with self._lock:
            return merged(self._since())

    def writable(self, wanted: Int64s) -> IdentifierBlock:
        """What the next version is to hold: the new ones, of the promised ones the wanted numbers."""
        with self._lock:
            self._settle()
            new, promised = self._new.blocks, self._promised.blocks
        return merged((*new, *(block.only(wanted) for block in promised)))

    @property
    def has_promised(self) -> bool:
        """Whether an import under way has numbers of its own."""
        return bool(self._promised.blocks)

    def keep_promises(self) -> None:
        """The promised ones are new ones like the others: their rows are part of the next version."""
        with self._lock:
            for block in self._promised.blocks:
                self._new.add(block)
            self._promised = Pile()

    def numbers_of(
        self, texts: pa.LargeStringArray, *, anonymous: bool = False, promised: bool = False
    ) -> Int64s:
        """The number of each of these distinct identifiers; unknown ones get the next numbers."""
        hashes = hash_texts(texts, anonymous=anonymous)
        with self._lock:
            before = self._since()
        looked = (*before, *self.blocks)
        # Nobody waits meanwhile: what is met by then is looked for again, among that alone.
        numbers = look_up(texts, hashes, looked, anonymous=anonymous)
        unknown = np.flatnonzero(numbers == ABSENT)
        if not len(unknown):
            return numbers
        texts, hashes = texts.take(pa.array(unknown)), hashes[unknown]
        with self._lock:
            seen = set(map(id, looked))
            since = [it for it in (*self._since(), *self.blocks) if id(it) not in seen]
            found = look_up(texts, hashes, since, anonymous=anonymous)
            absent = np.flatnonzero(found == ABSENT)
            first = self.next_number
            found[absent] = np.arange(first, first + len(absent))
            self.next_number += len(absent)
            if len(absent) < len(found):
                texts, hashes = texts.take(pa.array(absent)), hashes[absent]
            pile = self._promised if promised else self._new
            pile.add(block_of(texts, hashes, found[absent], anonymous=anonymous))
        numbers[unknown] = found
        return numbers

    def numbers_of_few(self, texts: Sequence[str], *, anonymous: bool = False) -> list[int]:
        """The same for texts that may repeat, a few thousand at a time, over and over again."""
        with self._lock:
            recent, met = self._recent[anonymous], self._met[anonymous]
            if len(recent) > MOST_RECENT:
                recent.clear()
                recent.update(met)
            numbers = list(map(recent.get, texts))
            if None in numbers:
                known = zip(texts, numbers, strict=True)
                unknown = list(dict.fromkeys([text for text, number in known if number is None]))
                array = pa.array(unknown, pa.large_string())
                hashes = hash_texts(array, anonymous=anonymous)
                blocks = (*self._new.blocks, *self._promised.blocks, *self.blocks)
                found = look_up(array, hashes, blocks, anonymous=anonymous)
                for text, number in zip(unknown, found.tolist(), strict=True):
                    if number == ABSENT:
                        recent[text] = met[text] = self.next_number
                        self.next_number += 1
                    else:
                        recent[text] = number
                numbers = [recent[text] for text in texts]
            return cast("list[int]", numbers)

    def adopt(self, blocks: Sequence[IdentifierBlock], written: IdentifierBlock) -> None:
        """Reads from these blocks from now on, which hold what was ``written`` of the new ones."""
        with self._lock:
            self.blocks = tuple(blocks)
            self._settle()
            self._new = _less(self._new, written)
            self._promised = _less(self._promised, written)
            self._forget_recent()

    def forget_new(self, wanted: Int64s) -> None:
        """Forgets identifiers met since the last commit, but for the wanted numbers."""
        with self._lock:
            kept = self.new.only(wanted)
            self._new, self._promised = Pile(), Pile()
            self._new.add(kept)
            self._forget_recent()

    def find(self, identifier: Identifier) -> int:
        """The number of one identifier, or ABSENT."""
        for block in (self.new, *self.blocks):
            found = block.find_one(identifier)
            if found != ABSENT:
                return found
        return ABSENT

    def restore(self, given: Mapping[str, int], *, anonymous: bool = False) -> None:
        """Takes back numbers given before, as the log says."""
        if not given:
            return
        texts = pa.array(list(given), pa.large_string())
        numbers = np.fromiter(given.values(), np.int64, len(given))
        hashes = hash_texts(texts, anonymous=anonymous)
        with self._lock:
            found = look_up(texts, hashes, (*self._since(), *self.blocks), anonymous=anonymous)
            unknown = np.flatnonzero(found == ABSENT)
            added = texts.take(pa.array(unknown))
            self._new.add(block_of(added, hashes[unknown], numbers[unknown], anonymous=anonymous))
            self.next_number = max(self.next_number, int(numbers.max()) + 1)

    def _since(self) -> tuple[IdentifierBlock, ...]:
        """Blocks of everything met since the last commit."""
        self._settle()
        return (*self._new.blocks, *self._promised.blocks)

    def _settle(self) -> None:
        """What was met one by one becomes a block."""
        for anonymous in (False, True):
            met = self._met[anonymous]
            if met:
                texts = pa.array(list(met), pa.large_string())
                hashes = hash_texts(texts, anonymous=anonymous)
                numbers = np.fromiter(met.values(), np.int64, len(met))
                met.clear()
                self._new.add(block_of(texts, hashes, numbers, anonymous=anonymous))

    def _forget_recent(self) -> None:
        for some in self._recent:
            some.clear()


def _less(pile: Pile, written: IdentifierBlock) -> Pile:
    """The pile without what was written."""
    rest = Pile()
    if len(written):
        for block in pile.blocks:
            rest.add(block.without(written.numbers))
        return rest
    return pile
