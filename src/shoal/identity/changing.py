"""What a change of links changes: the numbers whose rows may belong to somebody else now."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from shoal.identity.links import Int64s, LinkLayer
from shoal.identity.resolution import Resolution


def changed(old: Resolution, new: Resolution, touched: Int64s | None = None) -> Int64s:
    """The numbers, ascending, whose persons differ between two states of the same store.

    ``touched`` are weak ends of links seen again since: a pair may be known and yet move a span.
    Layers that both share are not looked at, so a few new links cost little beside millions.
    """
    starts = _starts(old, new)
    if touched is not None:
        starts = np.union1d(starts, touched)
    if not len(starts):
        return starts
    numbers = np.union1d(old.hanging_on(starts), new.hanging_on(starts))
    before, after = old.resolve(numbers), new.resolve(numbers)
    differs = before.persons != after.persons
    for number in before.spans.keys() | after.spans.keys():
        at = int(np.searchsorted(numbers, number))
        differs[at] = before.spans_of(number) != after.spans_of(number)
    return numbers[differs]


def _starts(old: Resolution, new: Resolution) -> Int64s:
    shared = {id(layer) for layer in old.links.layers} & {id(layer) for layer in new.links.layers}
    ends = [
        _weak_of_single(
            [layer for layer in old.links.layers if id(layer) not in shared],
            [layer for layer in new.links.layers if id(layer) not in shared],
        )
    ]
    few: set[int] = set(old.links.ignored ^ new.links.ignored)
    if old.links.decisions is not new.links.decisions:
        for one in set(old.links.decisions) ^ set(new.links.decisions):
            few |= {one.weak, one.strong}
    if old.groups is not new.groups:
        before, after = old.groups.of_root, new.groups.of_root
        for root, _ in before.items() ^ after.items():  # members ascend
            few.update(before.get(root, ()), after.get(root, ()))
    ends.append(np.array(sorted(few), dtype=np.int64))
    return np.unique(np.concatenate(ends))


def _weak_of_single(old: Sequence[LinkLayer], new: Sequence[LinkLayer]) -> Int64s:
    """Weak ends of pairs that only one side has."""
    sides = [_pairs(old), _pairs(new)]
    both = np.concatenate(sides)
    if not len(both):
        return np.zeros(0, dtype=np.int64)
    pairs, counts = np.unique(both, axis=0, return_counts=True)
    return np.unique(pairs[counts == 1, 0])


def _pairs(layers: Sequence[LinkLayer]) -> Int64s:
    if not layers:
        return np.zeros((0, 2), dtype=np.int64)
    pairs = [np.column_stack((layer.weak, layer.strong)) for layer in layers]
    return np.unique(np.concatenate(pairs), axis=0)
