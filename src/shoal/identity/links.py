"""The set of links: which weaker identifier was seen together with which stronger one.

Identifiers are profile numbers here. A set is made of layers that never change, each sorted, so
that a few new links lie beside millions of old ones without touching them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shoal.identity.identifier import Strength

Int64s = npt.NDArray[np.int64]
UInt8s = npt.NDArray[np.uint8]
Instants = Callable[[Int64s, Int64s], tuple[Int64s, Int64s]]
"""Of pairs (weak, strong): every instant at which one was seen, as (which pair, instant)."""
_SEVERAL = 8


@dataclass(frozen=True, eq=False)
class LinkLayer:
    """Distinct links: ``weak`` ascends, then ``strong``; ``strengths`` says how strong both are.

    None is there twice; weak is weaker than strong.
    """

    weak: Int64s
    strong: Int64s
    strengths: UInt8s

    def __len__(self) -> int:
        return len(self.weak)

    @cached_property
    def by_strong(self) -> Int64s:
        """The order in which ``strong`` ascends."""
        return np.argsort(self.strong, kind="stable")

    def above(self, numbers: Int64s) -> Int64s:
        """Places of the links whose weak end is one of the numbers, which ascend."""
        return _places(self.weak, numbers, None)

    def below(self, numbers: Int64s) -> Int64s:
        """Places of the links whose strong end is one of the numbers, which ascend."""
        return _places(self.strong, numbers, self.by_strong)


@dataclass(frozen=True, slots=True)
class Decision:
    """Somebody's word on a pair: that two identifiers are one person, or that they are not."""

    weak: int
    strong: int
    strengths: int
    at: int
    is_merge: bool


@dataclass(frozen=True, slots=True, eq=False)
class LinkSet:
    """All that is known of who belongs together.

    ``layers`` may repeat one another. ``aliases`` are pairs of equal strength, ``decisions`` what
    people said; both are few.
    """

    layers: tuple[LinkLayer, ...] = ()
    aliases: tuple[tuple[int, int], ...] = ()
    decisions: tuple[Decision, ...] = ()
    ignored: frozenset[int] = field(default_factory=frozenset[int])
    """Numbers that make no link."""

    def __bool__(self) -> bool:
        return bool(self.aliases or self.decisions or any(map(len, self.layers)))

    def above(self, numbers: Int64s) -> LinkLayer:
        """Links of these weak ends (ascending), which may repeat."""
        return _taken(self.layers, [layer.above(numbers) for layer in self.layers])

    def below(self, numbers: Int64s) -> LinkLayer:
        """Links to these strong ends (ascending), which may repeat."""
        return _taken(self.layers, [layer.below(numbers) for layer in self.layers])


def link_layer(weak: Int64s, strong: Int64s, strengths: UInt8s) -> LinkLayer:
    """A layer of these links, in any order and repeating.

    >>> link_layer(np.array([3, 1, 3]), np.array([9, 9, 9]), np.full(3, 3, np.uint8)).weak
    array([1, 3])
    """
    order = np.lexsort((strong, weak))
    weak, strong, strengths = weak[order], strong[order], strengths[order]
    first = np.ones(len(weak), dtype=bool)
    first[1:] = (weak[1:] != weak[:-1]) | (strong[1:] != strong[:-1])
    return LinkLayer(weak[first], strong[first], strengths[first])


def strengths_of(weak: int, strong: int) -> int:
    """How strong both ends are, as one small number.

    >>> ends_of(strengths_of(Strength.ANONYMOUS, Strength.USER))
    (<Strength.ANONYMOUS: 0>, <Strength.USER: 3>)
    """
    return weak * 4 + strong


def ends_of(strengths: int) -> tuple[Strength, Strength]:
    """What :func:`strengths_of` was made of."""
    return Strength(strengths >> 2), Strength(strengths & 3)


def latest_decisions(decisions: Iterable[Decision]) -> dict[tuple[int, int], Decision]:
    """The word that holds for each pair: the latest; of two at once, the one that parts them."""
    found: dict[tuple[int, int], Decision] = {}
    for one in decisions:
        pair = (min(one.weak, one.strong), max(one.weak, one.strong))
        before = found.get(pair)
        if before is None or (one.at, not one.is_merge) >= (before.at, not before.is_merge):
            found[pair] = one
    return found


def _places(ends: Int64s, numbers: Int64s, order: Int64s | None) -> Int64s:
    if not len(ends) or not len(numbers):
        return np.zeros(0, dtype=np.int64)
    if len(numbers) * _SEVERAL > len(ends):  # a walk over the links finds them sooner
        at = np.searchsorted(numbers, ends).clip(0, len(numbers) - 1)
        return np.flatnonzero(numbers[at] == ends)
    ascending = ends if order is None else ends[order]
    low = np.searchsorted(ascending, numbers, side="left")
    high = np.searchsorted(ascending, numbers, side="right")
    places = ranges(low, high)
    return places if order is None else order[places]


def ranges(low: npt.NDArray[np.integer], high: npt.NDArray[np.integer]) -> Int64s:
    """The numbers from each low up to its high, one range after another.

    >>> ranges(np.array([2, 7]), np.array([4, 8])).tolist()
    [2, 3, 7]
    """
    counts = (high - low).astype(np.int64)
    ends = np.cumsum(counts)
    if not len(ends):
        return np.zeros(0, dtype=np.int64)
    return np.arange(ends[-1], dtype=np.int64) + np.repeat(low - (ends - counts), counts)


def distinct(*arrays: Int64s) -> Int64s:
    """The numbers of all arrays, each once, ascending.

    It sorts: numpy's own way, a table of hashes, takes many times as long for numbers like these.

    >>> distinct(np.array([3, 1]), np.array([3])).tolist()
    [1, 3]
    """
    numbers = np.sort(np.concatenate(arrays))
    return numbers[np.diff(numbers, prepend=numbers[:1] - 1) != 0]


def _taken(layers: Sequence[LinkLayer], places: Sequence[Int64s]) -> LinkLayer:
    pairs = [(layer, at) for layer, at in zip(layers, places, strict=True) if len(at)]
    if not pairs:
        return LinkLayer(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.uint8))
    return LinkLayer(
        np.concatenate([layer.weak[at] for layer, at in pairs]),
        np.concatenate([layer.strong[at] for layer, at in pairs]),
        np.concatenate([layer.strengths[at] for layer, at in pairs]),
    )
