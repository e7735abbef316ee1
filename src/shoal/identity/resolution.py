"""Whose row it is: from the set of links, never from the order in which they became known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from shoal.identity.groups import Groups, Names, join
from shoal.identity.identifier import Strength
from shoal.identity.links import (
    Instants,
    Int64s,
    LinkLayer,
    LinkSet,
    distinct,
    latest_decisions,
    link_layer,
)

ALWAYS = np.iinfo(np.int64).max
BEFORE = np.iinfo(np.int64).min
_WEAKER = (Strength.EMAIL, Strength.PHONE, Strength.ANONYMOUS)
Spans = tuple[tuple[int, int], ...]
"""(until, person): up to an instant and with it, the last one for ever."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Beyond these an identifier is nobody's own: a shared device, a test account, a form."""

    most_user_ids: int = 20
    most_people_per_identifier: int = 10


@dataclass(frozen=True, slots=True, eq=False)
class Resolved:
    """For ``numbers``, ascending: the person, or spans where it was not always the same one.

    ``cut`` says of identifiers whose links count for nothing how many people they led to.
    """

    numbers: Int64s
    persons: Int64s
    spans: Mapping[int, Spans] = field(default_factory=dict[int, Spans])
    cut: Mapping[int, int] = field(default_factory=dict[int, int])

    def spans_of(self, number: int) -> Spans:
        """The spans of one of the numbers."""
        at = int(np.searchsorted(self.numbers, number))
        return self.spans.get(number) or ((ALWAYS, int(self.persons[at])),)


class Resolution:
    """Who the rows of each number belong to, at every instant.

    ``names`` gives texts of numbers and ``instants`` when a pair was seen; both are asked for few.
    Nothing is worked out before it is asked, and then only what it hangs on. What is the same as of
    the resolution ``like`` is taken over from it.
    """

    def __init__(
        self,
        links: LinkSet,
        names: Names,
        instants: Instants,
        limits: Limits | None = None,
        like: Resolution | None = None,
    ) -> None:
        self.links = links
        self.limits = limits or Limits()
        self._names = names
        self._instants = instants
        if like is not None and self._says_the_same(like):
            self.decided = like.decided
            if "groups" in like.__dict__:
                self.__dict__["groups"] = like.groups
        else:
            self.decided = latest_decisions(links.decisions)

    def _says_the_same(self, other: Resolution) -> bool:
        """Whether groups and decisions are the other's: what alone is dear to work out anew."""
        one, two = self.links, other.links
        return (one.aliases, one.decisions, one.ignored, self.limits) == (
            two.aliases, two.decisions, two.ignored, other.limits,
        )  # fmt: skip

    def __bool__(self) -> bool:
        """Whether there is any link at all."""
        return bool(self.links)

    def person_of(self, numbers: Int64s, ats: Int64s) -> Int64s:
        """The person each row of a number at an instant belongs to."""
        if not self.links:
            return numbers
        every, inverse = np.unique(numbers, return_inverse=True)
        found = self.resolve(every)
        persons = found.persons[inverse]
        for number, spans in found.spans.items():
            rows = np.flatnonzero(numbers == number)
            untils = np.array([until for until, _ in spans])
            owners = np.array([person for _, person in spans])
            persons[rows] = owners[np.searchsorted(untils, ats[rows])]
        return persons

    def slices_of(self, person: int) -> list[tuple[int, int, int]]:
        """(number, after, until) of all rows of a person: those with after < instant <= until.

        The person's own number comes first; nothing is a person's whose rows are another's.
        """
        below = self.hanging_on(np.array([person], dtype=np.int64))
        found = self.resolve(distinct(below, np.array([person], dtype=np.int64)))
        slices: list[tuple[int, int, int]] = []
        for number in found.numbers.tolist():
            after = BEFORE
            for until, owner in found.spans_of(number):
                if owner == person:
                    slices.append((number, after, until))
                after = until
        return sorted(slices, key=lambda each: (each[0] != person, each))

    def resolve(self, numbers: Int64s) -> Resolved:
        """Each of the numbers (ascending, distinct), with what it was cut for."""
        roots = self.groups.roots_of(numbers)
        units, links = self._upward(distinct(roots))
        if not len(links):
            return Resolved(numbers, roots)
        work = _Work(units, units.copy(), np.zeros(len(units), bool), np.zeros(len(units), bool))
        for strength in _WEAKER:
            self._settle(work, links.of(strength))
        at = np.searchsorted(units, roots)
        several = work.several[at]
        return Resolved(
            numbers,
            work.persons[at],
            {
                number: work.spans[root]
                for number, root in zip(
                    numbers[several].tolist(), roots[several].tolist(), strict=True
                )
            },
            {
                number: work.cut[root]
                for number, root in zip(numbers.tolist(), roots.tolist(), strict=True)
                if root in work.cut
            }
            if work.cut
            else {},
        )

    @cached_property
    def groups(self) -> Groups:
        """Identifiers of equal strength that are one."""
        merges = [
            (one.weak, one.strong)
            for one in self.decided.values()
            if one.is_merge and one.strengths % 5 == 0  # as strong as the other
        ]
        aliases = [
            pair
            for pair in self.links.aliases
            if (min(pair), max(pair)) not in self.decided and self.links.ignored.isdisjoint(pair)
        ]
        merges = [pair for pair in merges if self.links.ignored.isdisjoint(pair)]
        return join(aliases, merges, self._names, self.limits.most_user_ids)

    @cached_property
    def _said(self) -> LinkLayer:
        """Links that somebody's word makes."""
        made = [one for one in self.decided.values() if one.is_merge and one.strengths % 5]
        return link_layer(
            np.array([one.weak for one in made], dtype=np.int64),
            np.array([one.strong for one in made], dtype=np.int64),
            np.array([one.strengths for one in made], dtype=np.uint8),
        )

    @cached_property
    def _parted(self) -> frozenset[tuple[int, int]]:
        return frozenset(pair for pair, one in self.decided.items() if not one.is_merge)

    @cached_property
    def _parted_weak(self) -> Int64s:
        return np.unique(np.array([one for pair in self._parted for one in pair], np.int64))

    @cached_property
    def _ignored(self) -> Int64s:
        return np.array(sorted(self.links.ignored), dtype=np.int64)

    @cached_property
    def _all(self) -> LinkSet:
        return LinkSet((*self.links.layers, self._said))

    def _valid(self, layer: LinkLayer) -> LinkLayer:
        """Without what is ignored and what was parted."""
        wrong = np.zeros(len(layer), dtype=bool)
        if len(self._ignored):
            wrong |= np.isin(layer.weak, self._ignored) | np.isin(layer.strong, self._ignored)
        if self._parted:
            for at in np.flatnonzero(np.isin(layer.weak, self._parted_weak)).tolist():
                pair = int(layer.weak[at]), int(layer.strong[at])
                wrong[at] |= (min(pair), max(pair)) in self._parted
        if not bool(wrong.any()):
            return layer
        return LinkLayer(layer.weak[~wrong], layer.strong[~wrong], layer.strengths[~wrong])

    def _upward(self, units: Int64s) -> tuple[Int64s, _UnitLinks]:
        """All units that these hang on, ascending, and the links between them."""
        known = frontier = units
        found: list[LinkLayer] = []
        while len(frontier):
            layer = self._valid(self._all.above(self.groups.with_members(frontier)))
            if not len(layer):
                break
            found.append(layer)
            targets = distinct(self.groups.roots_of(layer.strong))
            frontier = targets[~np.isin(targets, known)]
            known = distinct(known, frontier)
        layers = LinkSet(tuple(found)).layers
        weak = np.concatenate([np.zeros(0, np.int64), *(one.weak for one in layers)])
        strong = np.concatenate([np.zeros(0, np.int64), *(one.strong for one in layers)])
        strengths = np.concatenate([np.zeros(0, np.uint8), *(one.strengths for one in layers)])
        return known, _UnitLinks(
            self.groups.roots_of(weak), self.groups.roots_of(strong), weak, strong, strengths
        )

    def hanging_on(self, numbers: Int64s) -> Int64s:
        """Everybody who hangs on these, with them and their groups, ascending."""
        known = frontier = self.groups.with_members(self.groups.roots_of(numbers))
        while len(frontier):
            layer = self._valid(self._all.below(frontier))
            weak = self.groups.with_members(distinct(self.groups.roots_of(layer.weak)))
            frontier = weak[~np.isin(weak, known)]
            known = distinct(known, frontier)
        return known

    def _settle(self, work: _Work, links: _UnitLinks) -> None:
        """The persons of all units of one strength, whose stronger ones are settled."""
        links = links.where(~work.is_cut[np.searchsorted(work.units, links.target)])
        if not len(links):
            return
        target = np.searchsorted(work.units, links.target)
        order = np.argsort(links.unit, kind="stable")
        starts = np.flatnonzero(np.diff(links.unit[order], prepend=-1))
        owners = work.persons[target][order]
        same = np.minimum.reduceat(owners, starts) == np.maximum.reduceat(owners, starts)
        same &= ~np.logical_or.reduceat(work.several[target][order], starts)
        units = links.unit[order[starts]]
        at = np.searchsorted(work.units, units)
        work.persons[at[same]] = owners[starts[same]]
        if bool(same.all()):
            return
        wanted = units[~same]
        here = np.searchsorted(wanted, links.unit).clip(0, len(wanted) - 1)
        self._settle_several(work, links.where(wanted[here] == links.unit))

    def _settle_several(self, work: _Work, links: _UnitLinks) -> None:
        """Units that led to more than one person: each span is of the next one identified."""
        reached: dict[int, set[int]] = {}
        for unit, target in set(zip(links.unit.tolist(), links.target.tolist(), strict=True)):
            reached.setdefault(unit, set()).update(work.owners_of(target))
        for unit, people in reached.items():
            if len(people) > self.limits.most_people_per_identifier:
                work.cut[unit] = len(people)
                work.is_cut[np.searchsorted(work.units, unit)] = True
            elif len(people) == 1:
                work.persons[np.searchsorted(work.units, unit)] = next(iter(people))
        one = np.array(
            [unit in work.cut or len(reached[unit]) == 1 for unit in links.unit.tolist()]
        )
        links = links.where(~one)
        if not len(links):
            return
        seen: dict[int, list[tuple[int, str, int]]] = {}
        targets = np.unique(links.target).tolist()
        names = dict(zip(targets, self._names(targets), strict=True))
        unit_of, target_of = links.unit.tolist(), links.target.tolist()
        for place, at in self._seen_at(links):
            target = target_of[place]
            seen.setdefault(unit_of[place], []).append((at, names[target], target))
        for unit, some in seen.items():
            spans = _spans(sorted(some), work)
            at = int(np.searchsorted(work.units, unit))
            if len(spans) == 1:
                work.persons[at] = spans[0][1]
            else:
                work.several[at] = True
                work.persons[at] = spans[-1][1]
                work.spans[unit] = spans

    def _seen_at(self, links: _UnitLinks) -> Sequence[tuple[int, int]]:
        places, ats = self._instants(links.weak, links.strong)
        seen = list(zip(places.tolist(), ats.tolist(), strict=True))
        if len(self._said):
            for place, pair in enumerate(
                zip(links.weak.tolist(), links.strong.tolist(), strict=True)
            ):
                word = self.decided.get((min(pair), max(pair)))
                if word is not None:
                    seen.append((place, word.at))
        return seen


@dataclass(frozen=True, slots=True, eq=False)
class _UnitLinks:
    """Links with the groups of both ends."""

    unit: Int64s
    target: Int64s
    weak: Int64s
    strong: Int64s
    strengths: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.unit)

    def of(self, strength: Strength) -> _UnitLinks:
        return self.where(self.strengths >> 2 == strength)

    def where(self, kept: npt.NDArray[np.bool_]) -> _UnitLinks:
        return _UnitLinks(
            self.unit[kept],
            self.target[kept],
            self.weak[kept],
            self.strong[kept],
            self.strengths[kept],
        )


@dataclass(slots=True, eq=False)
class _Work:
    """What is settled so far, unit by unit."""

    units: Int64s
    persons: Int64s
    several: npt.NDArray[np.bool_]
    is_cut: npt.NDArray[np.bool_]
    spans: dict[int, Spans] = field(default_factory=dict[int, Spans])
    cut: dict[int, int] = field(default_factory=dict[int, int])

    def owners_of(self, unit: int) -> set[int]:
        spans = self.spans.get(unit)
        if spans is not None:
            return {person for _, person in spans}
        return {int(self.persons[np.searchsorted(self.units, unit)])}

    def spans_of(self, unit: int) -> Spans:
        found = self.spans.get(unit)
        return found or ((ALWAYS, int(self.persons[np.searchsorted(self.units, unit)])),)


def _spans(seen: Sequence[tuple[int, str, int]], work: _Work) -> Spans:
    """(instant, name, unit) ascending, as spans of persons: each up to when it was seen next.

    Of several units at one instant the first by name holds.
    """
    chosen: dict[int, int] = {}
    for at, _, unit in seen:
        chosen.setdefault(at, unit)
    last = max(chosen)
    found: list[tuple[int, int]] = []
    after = BEFORE
    for at, unit in chosen.items():
        until = ALWAYS if at == last else at
        for end, person in work.spans_of(unit):
            if end <= after:
                continue
            if found and found[-1][1] == person:
                found.pop()
            found.append((min(end, until), person))
            if end >= until:
                break
        after = until
    return tuple(found)
