"""Identifiers of equal strength that are one person: joined by an alias or somebody's word."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from shoal.identity.links import distinct

Int64s = npt.NDArray[np.int64]
Names = Callable[[Sequence[int]], Sequence[str]]
"""The text of each of these numbers."""
Pair = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Who is joined: each member's root is the one with the smallest text.

    ``hubs`` had too many aliases and lost them; ``crowds`` would have belonged to a group that was
    too large, so that none of it was joined. Both say how many there were.
    """

    members: Int64s = field(default_factory=lambda: np.zeros(0, np.int64))
    roots: Int64s = field(default_factory=lambda: np.zeros(0, np.int64))
    of_root: Mapping[int, tuple[int, ...]] = field(default_factory=dict[int, "tuple[int, ...]"])
    hubs: Mapping[int, int] = field(default_factory=dict[int, int])
    crowds: Mapping[int, int] = field(default_factory=dict[int, int])

    def roots_of(self, numbers: Int64s) -> Int64s:
        """The root of each number: itself, where it is joined with nothing."""
        if not len(self.members):
            return numbers
        at = np.searchsorted(self.members, numbers).clip(0, len(self.members) - 1)
        return np.where(self.members[at] == numbers, self.roots[at], numbers)

    def with_members(self, roots: Int64s) -> Int64s:
        """The roots and everybody joined with them, ascending."""
        if not len(self.members):
            return distinct(roots)
        return distinct(roots, self.members[np.isin(self.roots, roots)])


def join(aliases: Sequence[Pair], merges: Sequence[Pair], names: Names, most: int) -> Groups:
    """The groups that these pairs make, none of more than ``most`` members.

    A number with more than ``most`` aliases is a collecting box: its aliases count for nothing. So
    the groups are what the set of pairs says, in whatever order it became known.

    >>> join([(1, 2), (2, 3)], [], lambda some: [str(9 - one) for one in some], 20).of_root
    {3: (1, 2, 3)}
    """
    partners: dict[int, set[int]] = {}
    for one, other in aliases:
        partners.setdefault(one, set()).add(other)
        partners.setdefault(other, set()).add(one)
    hubs = {number: len(some) for number, some in partners.items() if len(some) > most}
    edges = [pair for pair in aliases if hubs.keys().isdisjoint(pair)]
    edges = [(one, other) for one, other in (*edges, *merges) if one != other]
    if not edges:
        return Groups(hubs=hubs)
    pairs = np.array(edges, dtype=np.int64)
    numbers, places = np.unique(pairs, return_inverse=True)
    labels = _labels(places.reshape(-1, 2), len(numbers))
    order = np.argsort(labels, kind="stable")
    starts = np.flatnonzero(np.diff(labels[order], prepend=-1))
    of_root: dict[int, tuple[int, ...]] = {}
    crowds: dict[int, int] = {}
    every = numbers.tolist()
    text = dict(zip(every, names(every), strict=True))
    for at in np.split(order, starts[1:]):
        some = numbers[at].tolist()
        if len(some) > most:
            crowds.update(dict.fromkeys(some, len(some)))
            continue
        of_root[min(some, key=lambda one: (text[one], one))] = tuple(some)
    members = {member: root for root, some in of_root.items() for member in some}
    ascending = sorted(members)
    return Groups(
        np.array(ascending, dtype=np.int64),
        np.array([members[number] for number in ascending], dtype=np.int64),
        of_root,
        hubs,
        crowds,
    )


def _labels(edges: Int64s, count: int) -> Int64s:
    """For each place, the smallest place it is connected with."""
    labels = np.arange(count, dtype=np.int64)
    one, other = edges[:, 0], edges[:, 1]
    while True:
        least = np.minimum(labels[one], labels[other])
        before = labels.copy()
        for ends in (labels[one], labels[other], one, other):
            np.minimum.at(labels, ends, least)
        labels = labels[labels]
        if np.array_equal(labels, before):
            return labels
