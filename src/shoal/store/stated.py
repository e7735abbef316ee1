"""What rows state of a pair beyond having seen both: aliases, and the decisions of people.

They are few beside the links that are seen, and read one by one as they become known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from shoal.engine.history import Int64s
from shoal.identity import Decision, LinkLayer, LinkSet, Mention, Strength, link_layer
from shoal.store.linking import PairKind
from shoal.store.run import RunLinks

Pair = tuple[int, int, int]
"""A row's own number, the other one, and ``form``: kind, own strength, other strength."""
HaveRows = Callable[[Int64s], npt.NDArray[np.bool_]]
"""Which of these numbers have rows of their own."""
DecidedAt = Callable[[int, int, Mention], Iterable[int]]
"""When rows of the first decided about the second."""


class Stated:
    """Aliases and decisions known so far.

    An alias may name what was never a user id: it waits until rows came from there.
    """

    def __init__(self) -> None:
        self.aliases: tuple[tuple[int, int], ...] = ()
        self.decisions: tuple[Decision, ...] = ()
        self.layer: LinkLayer = _layer(())
        """Links that aliases make between identifiers of different strength."""
        self._aliases: dict[tuple[int, int], None] = {}
        self._links: dict[tuple[int, int, int], None] = {}
        self._decisions: dict[Pair, tuple[Decision, ...]] = {}
        self._waiting: dict[int, set[Pair]] = {}

    def add(
        self,
        links: Iterable[RunLinks],
        have_rows: HaveRows,
        decided_at: DecidedAt,
        come: Iterable[int] = (),
    ) -> None:
        """Takes note of what more rows state; ``come`` are numbers that have rows since."""
        pairs = [pair for some in links for pair in _pairs(some)]
        for number in self._waiting.keys() & set(come):
            pairs += self._waiting.pop(number)
        if not pairs:
            return
        known = (len(self._aliases), len(self._links))
        is_decided = False
        for pair, is_there in zip(pairs, _are_there(pairs, have_rows), strict=True):
            owner, other, form = pair
            ours, theirs = form >> 2 & 3, form & 3
            weak, strong = (owner, other) if ours <= theirs else (other, owner)
            strengths = min(ours, theirs) * 4 + max(ours, theirs)
            kind = PairKind(form >> 4)
            if kind is not PairKind.UNMERGED and not is_there:
                self._waiting.setdefault(other, set()).add(pair)
            elif kind is not PairKind.ALIAS:
                is_merge = kind is PairKind.MERGED
                way = Mention.MERGED if is_merge else Mention.UNMERGED
                self._decisions[pair] = tuple(
                    Decision(weak, strong, strengths, at, is_merge)
                    for at in decided_at(owner, other, way)
                )
                is_decided = True
            elif ours == theirs:
                self._aliases[weak, strong] = None
            else:
                self._links[weak, strong, strengths] = None
        if len(self._aliases) > known[0]:
            self.aliases = tuple(self._aliases)
        if len(self._links) > known[1]:
            self.layer = _layer(self._links)
        if is_decided:
            self.decisions = tuple(one for some in self._decisions.values() for one in some)

    def with_layers(self, layers: Iterable[LinkLayer], ignored: frozenset[int]) -> LinkSet:
        """The set of links that this and links that were seen make."""
        every = tuple(layer for layer in (*layers, self.layer) if len(layer))
        if not every and not self.aliases and not self.decisions:
            return LinkSet()
        return LinkSet(every, self.aliases, self.decisions, ignored)


def _pairs(links: RunLinks) -> Iterator[Pair]:
    table = (links.owner.tolist(), links.other.tolist(), links.form.tolist())
    return iter(dict.fromkeys(zip(*table, strict=True)))


def _are_there(pairs: list[Pair], have_rows: HaveRows) -> list[bool]:
    """Whether the other one, if a user id, has come by itself."""
    table = np.array(pairs, dtype=np.int64)
    found = (table[:, 2] & 3) != Strength.USER
    asked = np.flatnonzero(~found)
    found[asked] = have_rows(table[asked, 1])
    return found.tolist()


def _layer(links: Iterable[tuple[int, int, int]]) -> LinkLayer:
    table = np.array(list(links), dtype=np.int64).reshape(-1, 3)
    return link_layer(table[:, 0], table[:, 1], table[:, 2].astype(np.uint8))
