"""Paths: what people did next, step by step, folded to what can be looked at; all columnar.

Every level holds everybody who started: those of its most frequent events, everyone else, and those
who did nothing more. So the totals of all levels are equal, and links add up to both their ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int64s = npt.NDArray[np.int64]
Truths = npt.NDArray[np.bool_]
END, ELSE = -1, -2
NAMES = {END: "(nothing more)", ELSE: "(everyone else)"}


@dataclass(frozen=True, slots=True, eq=False)
class Trail:
    """Rows that may be steps, in the order of (person, time, arrival): of a bucket, or part of one.

    ``labels`` are codes from 0 up.
    """

    persons: Int64s
    times: Int64s
    labels: Int64s


@dataclass(frozen=True, slots=True)
class Node:
    """People at one step who did the same; ``label`` is a code, END or ELSE."""

    label: int
    count: int


@dataclass(frozen=True, slots=True)
class Link:
    """People who went from a node of one level to one of the next."""

    source: int
    target: int
    count: int


@dataclass(frozen=True, slots=True)
class PathGrid:
    """Nodes by level, from the first step on, and links from each level to the next.

    ``people`` is everybody who started, the count of every level.
    """

    people: int
    levels: tuple[tuple[Node, ...], ...]
    links: tuple[tuple[Link, ...], ...]


def walked(  # noqa: PLR0913  # a walk depends on all of it
    trail: Trail, anchors: Int64s, limits: Int64s, steps: int, *, back: bool, repeats: bool
) -> Int64s:
    """Labels of the next ``steps`` rows after each anchor (a place in the trail), END where none is.

    ``limits`` are the last instants that count (the first, with ``back``, which walks to earlier
    rows). Without ``repeats`` the same label again and again is one step.
    """
    persons, times, labels = trail.persons, trail.times, trail.labels
    size = len(labels)
    if repeats:
        kept = np.arange(size)
    else:
        # of a run of equals the end that is met first stays
        differs = np.ones(size, dtype=np.bool_)
        same = (persons[1:] == persons[:-1]) & (labels[1:] == labels[:-1])
        differs[slice(0, -1) if back else slice(1, None)] = ~same
        kept = np.flatnonzero(differs)
    found = np.full((len(anchors), steps), END, dtype=np.int64)
    if not size or not len(anchors):
        return found
    first = np.searchsorted(kept, anchors, side="left" if back else "right") - (1 if back else 0)
    whose = persons[anchors]
    for step in range(steps):
        places = first - step if back else first + step
        inside = (places >= 0) & (places < len(kept))
        rows = kept[np.clip(places, 0, len(kept) - 1)]
        soon = times[rows] >= limits if back else times[rows] <= limits
        there = inside & (persons[rows] == whose) & soon
        found[there, step] = labels[rows[there]]
    return found


def folded(walks: Int64s, names: Sequence[str], most: int) -> PathGrid:
    """Walks (people by steps) as levels of at most ``most`` events each, and what links them.

    >>> grid = folded(np.array([[0, 1], [0, -1], [1, -1]]), ["a", "b"], 1)
    >>> [[(node.label, node.count) for node in level] for level in grid.levels]
    [[(0, 2), (-2, 1)], [(1, 1), (-1, 2)]]
    """
    width = len(names)
    people, steps = walks.shape
    levels: list[tuple[Node, ...]] = []
    links: list[tuple[Link, ...]] = []
    before: Int64s | None = None
    for step in range(steps):
        column = walks[:, step]
        counts = np.bincount(column[column >= 0], minlength=width)
        order = sorted(np.flatnonzero(counts).tolist(), key=lambda it: (-counts[it], names[it]))
        shown = np.zeros(width + 1, dtype=np.bool_)
        shown[order[:most]] = True
        now = np.where((column >= 0) & ~shown[column], ELSE, column)
        nodes = [Node(label, int(counts[label])) for label in order[:most]]
        nodes += [
            Node(label, count) for label in (ELSE, END) if (count := int((now == label).sum()))
        ]
        levels.append(tuple(nodes))
        if before is not None:
            links.append(_linked(before, now, width))
        before = now
    return PathGrid(people, tuple(levels), tuple(links))


def _linked(before: Int64s, after: Int64s, width: int) -> tuple[Link, ...]:
    """Counts of every pair that occurs, the largest first."""
    pairs, counts = np.unique((before + 2) * (width + 2) + after + 2, return_counts=True)
    found = [
        Link(int(pair // (width + 2)) - 2, int(pair % (width + 2)) - 2, int(count))
        for pair, count in zip(pairs, counts, strict=True)
    ]
    return tuple(sorted(found, key=lambda it: (-it.count, it.source, it.target)))
