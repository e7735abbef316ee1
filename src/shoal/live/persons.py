"""Who is who among the rows that were read: grown by each batch, never worked out from all links.

What more links change is found among those who hang on them: whose rows are somebody else's now,
and from which instant on. Whoever had them, and whoever has them now, is judged from there.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import numpy.typing as npt

from shoal.engine.history import Int64s
from shoal.identity import (
    ALWAYS,
    BEFORE,
    LinkLayer,
    LinkSet,
    Resolution,
    changed,
    link_layer,
)
from shoal.identity.resolution import Spans
from shoal.store.identities import Identities
from shoal.store.run import RunLinks
from shoal.store.stated import Stated

MUCH_LARGER = 3
"""A layer that is not so many times larger than the next is made one with it."""
Moves = Mapping[int, int]
"""Persons whose rows are others than they were, each with an instant not after the first of them."""


class Persons:
    """The links known so far, and the resolution that follows from them."""

    def __init__(self) -> None:
        self._stated = Stated()
        self._layers: list[LinkLayer] = []
        self.resolution: Resolution

    def begin(
        self, identities: Identities, links: Sequence[RunLinks], ignored: Iterable[int]
    ) -> None:
        """These links and no others, of rows that ``identities`` has."""
        self._stated = Stated()
        self._stated.add(links, identities.have_rows, identities.decided_at)
        seen = [some.seen for some in links if len(some.seen)]
        self._layers = [_together(seen)] if seen else []
        self._resolve(identities, identities.ignored.union(ignored))

    def keep(self, identities: Identities) -> None:
        """The same links, of rows that lie elsewhere by now."""
        resolution = self.resolution
        identities.resolution = identities.resolved(resolution.links, resolution)
        self.resolution = identities.resolution

    def grow(
        self, identities: Identities, links: RunLinks, come: Int64s, ignored: frozenset[int]
    ) -> Moves:
        """More links, those of rows that have come since; what they change.

        ``come`` are the numbers of these rows, ``ignored`` those among them that link nothing.
        """
        old = self.resolution
        decisions = self._stated.decisions
        some = (links,) if links else ()
        self._stated.add(some, identities.have_rows, identities.decided_at, come.tolist())
        fresh = _unknown(old.links, links.seen)
        layers = [*self._layers, fresh] if len(fresh) else self._layers
        ignored |= old.links.ignored
        grown = self._stated.with_layers(layers, ignored)
        same = (grown.aliases, grown.decisions, grown.ignored)
        is_same = same == (old.links.aliases, old.links.decisions, old.links.ignored)
        seen_again = _again(old, links)
        if is_same and len(layers) == len(self._layers) and not len(seen_again):
            self.keep(identities)
            return {}
        new = identities.resolved(grown, old)
        self.resolution = identities.resolution = new
        moves = moves_between(old, new, changed(old, new, _unsettled(new, seen_again)), identities)
        decided = set(self._stated.decisions) ^ set(decisions)
        ends = np.unique(np.array([(one.weak, one.strong) for one in decided], np.int64))
        moves = dict(moves) | dict.fromkeys(_owners(old, ends) | _owners(new, ends), BEFORE)
        if len(fresh):
            self._layers = _tidy(layers)
            self._resolve(identities, ignored)
        return moves

    def _resolve(self, identities: Identities, ignored: frozenset[int]) -> None:
        links = self._stated.with_layers(self._layers, ignored)
        like = self.resolution if hasattr(self, "resolution") else None
        self.resolution = identities.resolution = identities.resolved(links, like)


def moves_between(
    old: Resolution, new: Resolution, numbers: Int64s, identities: Identities
) -> Moves:
    """Whose rows are others in the one than in the other, of rows of these numbers."""
    if not len(numbers):
        return {}
    first = identities.first_rows(numbers)
    numbers, first = numbers[first != ALWAYS], first[first != ALWAYS]
    before, after = old.resolve(numbers), new.resolve(numbers)
    found: dict[int, int] = {}
    for number, start in zip(numbers.tolist(), first.tolist(), strict=True):
        had, have = before.spans_of(number), after.spans_of(number)
        since = _first_difference(had, have)
        if since == ALWAYS:
            continue
        at = start if since == BEFORE else max(start, since + 1)
        for _, person in (*had, *have):
            found[person] = min(found.get(person, at), at)
    return found


def all_around(resolution: Resolution, numbers: Int64s) -> Int64s:
    """Whoever has ever had, or by any link could have had, rows of those who hang on these."""
    known = frontier = resolution.hanging_on(numbers)
    pairs = np.array(
        [
            *resolution.links.aliases,
            *((one.weak, one.strong) for one in resolution.links.decisions),
        ],
        dtype=np.int64,
    ).reshape(-1, 2)
    while len(frontier):
        above = [resolution.links.above(frontier).strong]
        above += [pairs[np.isin(pairs[:, at], frontier), 1 - at] for at in (0, 1)]
        frontier = np.setdiff1d(np.concatenate(above), known)
        known = np.union1d(known, frontier)
    return np.union1d(known, np.array(sorted(_owners(resolution, known)), dtype=np.int64))


def several(links: LinkSet) -> Int64s:
    """Numbers that were linked to more than one: their rows may belong to several in turn."""
    if not links.layers:
        return np.zeros(0, np.int64)
    whole = _together(links.layers)
    numbers, count = np.unique(whole.weak, return_counts=True)
    return numbers[count > 1]


def _owners(resolution: Resolution, numbers: Int64s) -> set[int]:
    """Everybody who has rows of these numbers."""
    if not len(numbers):
        return set()
    found = resolution.resolve(numbers)
    spans = {person for some in found.spans.values() for _, person in some}
    return spans | set(found.persons.tolist())


def _first_difference(one: Spans, other: Spans) -> int:
    """The instant after which the first row belongs to somebody else; ALWAYS for none."""
    since, at, place = BEFORE, 0, 0
    while True:
        if one[at][1] != other[place][1]:
            return since
        since = min(one[at][0], other[place][0])
        if since == ALWAYS:
            return ALWAYS
        at += one[at][0] == since
        place += other[place][0] == since


def _unknown(links: LinkSet, seen: LinkLayer) -> LinkLayer:
    """Those of the links that are not in the set."""
    if not len(seen):
        return seen
    known = links.above(np.unique(seen.weak))
    pairs = set(zip(known.weak.tolist(), known.strong.tolist(), strict=True))
    new = [pair not in pairs for pair in zip(seen.weak.tolist(), seen.strong.tolist(), strict=True)]
    kept: npt.NDArray[np.bool_] = np.array(new, dtype=bool)
    return LinkLayer(seen.weak[kept], seen.strong[kept], seen.strengths[kept])


def _again(old: Resolution, links: RunLinks) -> Int64s:
    """Weak ends, of known links too: being seen again may move spans."""
    if not links:
        return np.zeros(0, np.int64)
    ends = np.concatenate((links.seen.weak, links.owner, links.other))
    return _unsettled(old, np.unique(ends))


def _unsettled(resolution: Resolution, weak: Int64s) -> Int64s:
    """Those that lead to several, so that when they were seen decides whose their rows are."""
    if not len(weak):
        return weak
    groups = resolution.groups
    units = groups.roots_of(weak)
    above = resolution.links.above(groups.with_members(np.unique(units)))
    pairs = np.column_stack((groups.roots_of(above.weak), groups.roots_of(above.strong)))
    distinct = np.unique(pairs, axis=0) if len(pairs) else pairs
    found, count = np.unique(distinct[:, 0], return_counts=True)
    return weak[np.isin(units, found[count > 1])]


def _tidy(layers: list[LinkLayer]) -> list[LinkLayer]:
    """The same in a few layers, each much larger than the next."""
    layers = list(layers)
    while len(layers) > 1 and len(layers[-2]) < MUCH_LARGER * len(layers[-1]):
        layers[-2:] = [_together(layers[-2:])]
    return layers


def _together(layers: Sequence[LinkLayer]) -> LinkLayer:
    if len(layers) == 1:
        return layers[0]
    return link_layer(
        np.concatenate([one.weak for one in layers]),
        np.concatenate([one.strong for one in layers]),
        np.concatenate([one.strengths for one in layers]),
    )
