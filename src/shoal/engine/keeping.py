"""What is kept from one question to the next: so many bytes in all, the rest is made again.

Arrays that a bucket has to be asked for more than once (columns of several events merged, derived
rows put in their places) are kept, as making them takes longer than reading them. What lies in
mapped files costs nothing and is not counted.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from threading import RLock
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

T = TypeVar("T")
LIMIT = 512 * 2**20
"""Bytes that are kept in all. What is in use at the moment comes on top."""
RECENT = 8
"""Passes over the buckets after which what nobody asked for gives way."""


@dataclass(slots=True)
class _Kept:
    value: Any
    size: int
    used: int


class Keeping:
    """Values by their owner; an owner that goes takes its values along.

    A value stays at least until its owner is ``finished``: as long as a task works with it. Then,
    if there is too much, what was not used in the last passes goes first. After that the finished
    owner's own values go and not those of others: who goes round and round over more than there is
    room for would otherwise never find anything.
    """

    def __init__(self, limit: int = LIMIT) -> None:
        self.limit = limit
        self.size = 0
        self._owners: dict[int, dict[Hashable, _Kept]] = {}
        self._pass = 0
        self._lock = RLock()

    def begin_pass(self) -> None:
        """Another pass over the buckets begins."""
        self._pass += 1

    def get(
        self,
        owner: object,
        key: Hashable,
        make: Callable[[], T],
        size: Callable[[T], int],
    ) -> T:
        """The owner's value of that key, made if it is not there."""
        with self._lock:
            kept = self._owners.get(id(owner), {}).get(key)
            if kept is not None:
                kept.used = self._pass
                return kept.value
        value = make()
        with self._lock:
            if self._known(owner):
                self._owners[id(owner)][key] = _Kept(value, size(value), self._pass)
                self.size += self._owners[id(owner)][key].size
        return value

    def finished(self, owner: object) -> None:
        """A task is done with the owner's values; what is too much may go."""
        with self._lock:
            if self.size <= self.limit:
                return
            stale = [
                (kept.used, place, key)
                for place, values in self._owners.items()
                for key, kept in values.items()
                if kept.used < self._pass - RECENT
            ]
            for _, place, key in sorted(stale, key=lambda each: each[0]):
                if self.size <= self.limit:
                    return
                self._drop(place, key)
            own = self._owners.get(id(owner), {})
            for key in sorted(own, key=lambda key: -own[key].size):
                if self.size <= self.limit:
                    return
                self._drop(id(owner), key)

    def _known(self, owner: object) -> bool:
        """Whether the owner can have values: whether it can be seen to go."""
        if id(owner) in self._owners:
            return True
        try:
            weakref.finalize(owner, self._forget, id(owner)).atexit = False
        except TypeError:
            return False
        self._owners[id(owner)] = {}
        return True

    def _forget(self, place: int) -> None:
        with self._lock:
            for key in list(self._owners.get(place, {})):
                self._drop(place, key)
            self._owners.pop(place, None)

    def _drop(self, place: int, key: Hashable) -> None:
        self.size -= self._owners[place].pop(key).size


KEEPING = Keeping()
"""The one store of everything that is kept in this process."""


def owned_bytes(*arrays: npt.NDArray[np.generic]) -> int:
    """Bytes of memory of one's own behind the arrays; views of mapped files have none."""
    roots = {id(root): root for root in map(_root, arrays)}
    return sum(root.nbytes for root in roots.values() if root.base is None)


def _root(array: npt.NDArray[np.generic]) -> npt.NDArray[np.generic]:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


class _Numbers:
    """0, 1, 2 …: the rows of any bucket all of whose rows are wanted; one array serves all."""

    def __init__(self) -> None:
        self._array = np.empty(0, dtype=np.int32)

    def up_to(self, size: int) -> npt.NDArray[np.int32]:
        array = self._array
        if len(array) < size:
            array = np.arange(size, dtype=np.int32)
            array.flags.writeable = False
            self._array = array
        return array[:size]


_NUMBERS = _Numbers()


def all_rows(size: int) -> npt.NDArray[np.int32]:
    """Every row of a bucket, ascending; not to be written to, and kept once for all buckets."""
    return _NUMBERS.up_to(size)
