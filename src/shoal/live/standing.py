"""What has been told so far, in memory: who is in which segment, and what was told lately."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap64

from shoal.engine.history import Int64s
from shoal.live.due import DueList
from shoal.store.transitions import Frame, Kind, Position, Told

Bools = npt.NDArray[np.bool_]
MOST_RECENT = 2_000_000
"""Transitions that are kept at hand, to know what a late event corrects."""
CHUNKS = 64
FEW = 250
"""Members that are turned over one by one."""
LONG_AGO = -(1 << 62)


@dataclass(slots=True, eq=False)
class Recent:
    """Changes told and not retracted, ``seq`` ascending."""

    seq: Int64s
    number: Int64s
    at: Int64s
    segment: Int64s
    entered: Bools
    holds: Bools
    as_of: int
    """Up to which instant was told before these."""

    def without(self, numbers: Int64s) -> Recent:
        """What is not about these profiles."""
        kept = ~np.isin(self.number, numbers)
        return Recent(
            self.seq[kept],
            self.number[kept],
            self.at[kept],
            self.segment[kept],
            self.entered[kept],
            self.holds[kept],
            self.as_of,
        )

    @property
    def latest(self) -> int:
        """The latest instant of a change."""
        return int(self.at.max())


class Standing:
    """Who is in which segment as it was told, and when each profile is due."""

    def __init__(self) -> None:
        self.members: dict[str, BitMap64] = {}
        self.began: dict[str, int] = {}
        """From when on each segment is told by its present rule."""
        self.meanings: dict[str, str] = {}
        self.position = Position()
        self.version = 0
        self.due = DueList()
        self.as_of = LONG_AGO
        self.horizon = LONG_AGO
        """What happened up to here is corrected as of here."""
        self.next_seq = 1
        self.names: list[str] = []
        """Segments by their ids."""
        self._ids: dict[str, int] = {}
        self.recent: list[Recent] = []
        """What was told lately, in chunks."""

    def id_of(self, name: str) -> int:
        """A number for a segment, for as long as this lives."""
        found = self._ids.get(name)
        if found is None:
            found = self._ids[name] = len(self.names)
            self.names.append(name)
        return found

    def begun(self, names: Sequence[str]) -> Int64s:
        """From when on each segment is told by its present rule."""
        return np.array([self.began.get(name, LONG_AGO) for name in names], dtype=np.int64)

    def inside(self, names: Sequence[str], numbers: Int64s) -> Bools:
        """Whether each of these profiles is in each segment: segment by profile."""
        found = np.zeros((len(names), len(numbers)), dtype=bool)
        asked = BitMap64(numbers)
        order = np.argsort(numbers)
        ascending = numbers[order]
        for row, name in enumerate(names):
            members = self.members.get(name)
            if members is None or not members.intersect(asked):
                continue
            there = _array(members & asked)
            found[row, order[np.searchsorted(ascending, there)]] = True
        return found

    def told_since(self, numbers: Int64s, starts: Int64s) -> Recent:
        """What was told of each of these profiles after an instant of its own.

        ``number`` of the answer is the place among ``numbers``.
        """
        order = np.argsort(numbers)
        ascending = numbers[order]
        first = int(starts.min()) if len(starts) else 0
        parts: list[tuple[npt.NDArray[np.generic], ...]] = []
        for some in self.recent:
            if not len(some.seq) or some.latest <= first:
                continue
            at = np.searchsorted(ascending, some.number)
            at = np.minimum(at, len(ascending) - 1)
            place = order[at]
            fits = (ascending[at] == some.number) & some.holds & (some.at > starts[place])
            chosen = np.flatnonzero(fits)
            parts.append(
                (some.seq[chosen], place[chosen], some.at[chosen], some.segment[chosen],
                 some.entered[chosen], some.holds[chosen])
            )  # fmt: skip
        none = np.empty(0, dtype=np.int64)
        no = np.empty(0, dtype=bool)
        columns = [
            np.concatenate([empty, *(part[at] for part in parts)])
            for at, empty in enumerate((none, none, none, none, no, no))
        ]
        return Recent(*columns, self.as_of)  # type: ignore[arg-type]

    def apply(self, frame: Frame) -> None:
        """Takes note of a frame: the one way in which what was told changes."""
        for name, data in frame.begun.items():
            self.members[name] = BitMap64.deserialize(data)
        for name, meaning in frame.meanings.items():
            self.meanings[name] = meaning
            self.began[name] = frame.as_of
        for name in frame.ended:
            self.members.pop(name, None)
            self.began.pop(name, None)
            self.meanings.pop(name, None)
        self.position, self.version = frame.position, frame.version
        told = frame.told
        if len(told):
            self._apply(frame, told)
        self.next_seq = max(self.next_seq, frame.last_seq + 1)
        if self.horizon == LONG_AGO:
            self.horizon = frame.as_of
        self.as_of = max(self.as_of, frame.as_of)

    def numbers(self) -> Int64s:
        """Everybody of whom anything was told or is due, ascending."""
        inside = BitMap64()
        for members in self.members.values():
            inside |= members
        told = [some.number for some in self.recent]
        return np.unique(np.concatenate([_array(inside), self.due.numbers(), *told]))

    def forget(self, numbers: Int64s) -> None:
        """These were erased: they are out, and nothing is told of that."""
        gone = BitMap64(numbers)
        for name, members in self.members.items():
            self.members[name] = members - gone
        self.recent = [some.without(numbers) for some in self.recent]
        self.due.forget(numbers)

    def _apply(self, frame: Frame, told: Told) -> None:
        way = told.kind & 1
        is_retraction = told.kind >= Kind.LEFT_RETRACTED
        # what is retracted counts backwards: the last thing told of a pair need not be the latest
        order = np.lexsort((told.number, told.segment))
        segment, number = told.segment[order], told.number[order]
        starts = np.flatnonzero(
            np.concatenate(([True], (np.diff(segment) != 0) | (np.diff(number) != 0)))
        )
        odd = starts[np.diff(np.append(starts, len(order))) % 2 == 1]
        segment, number = segment[odd], number[odd]
        for place, turned in zip(*_by_segment(segment, number), strict=True):
            name = frame.segments[place]
            self.members[name] = _turned(self.members.get(name, BitMap64()), turned)
        self._retract(told.of[is_retraction])
        new = np.flatnonzero(~is_retraction)
        if len(new):
            ids = np.array([self.id_of(name) for name in frame.segments], dtype=np.int64)
            self.recent.append(
                Recent(
                    told.seq[new],
                    told.number[new],
                    told.at[new],
                    ids[told.segment[new]],
                    way[new].astype(bool),
                    np.ones(len(new), dtype=bool),
                    self.as_of,
                )
            )
            self._tidy()

    def _retract(self, seqs: Int64s) -> None:
        if not len(seqs):
            return
        for some in self.recent:
            at = np.searchsorted(some.seq, seqs)
            inside = at < len(some.seq)
            at = at[inside]
            some.holds[at[some.seq[at] == seqs[inside]]] = False

    def _tidy(self) -> None:
        """Few chunks, and not more than are kept: then the horizon moves on."""
        if len(self.recent) > CHUNKS:
            half = self.recent[: CHUNKS // 2]
            kept = [np.flatnonzero(some.holds) for some in half]
            names = ("seq", "number", "at", "segment", "entered", "holds")
            columns: dict[str, Any] = {
                name: np.concatenate(
                    [getattr(some, name)[at] for some, at in zip(half, kept, strict=True)]
                )
                for name in names
            }
            self.recent = [
                Recent(**columns, as_of=half[0].as_of),
                *self.recent[CHUNKS // 2 :],
            ]
        while len(self.recent) > 1 and sum(len(it.seq) for it in self.recent) > MOST_RECENT:
            gone = self.recent.pop(0)
            # several frames of one look stand on the same instant, so what goes may be later
            latest = gone.latest if len(gone.seq) else LONG_AGO
            self.horizon = max(self.horizon, self.recent[0].as_of, latest)


def _by_segment(segment: npt.NDArray[np.int32], number: Int64s) -> tuple[list[int], list[Int64s]]:
    """The numbers of each segment; segments ascend."""
    starts = np.flatnonzero(np.diff(segment, prepend=-1))
    return segment[starts].tolist(), np.split(number, starts[1:])[: len(starts)]


def _turned(members: BitMap64, numbers: Int64s) -> BitMap64:
    """Members with each of these turned over; a few in place, as others would copy all there are."""
    if len(numbers) > FEW:
        return members ^ BitMap64(numbers)
    for number in numbers.tolist():
        if number in members:
            members.discard(number)
        else:
            members.add(number)
    return members


def _array(members: BitMap64) -> Int64s:
    return np.array(members.to_array(), dtype=np.int64)
