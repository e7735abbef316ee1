"""Who is who in one version of a store: its links, and the resolution that follows from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from shoal.consent.strictest import Joined
from shoal.engine.history import Int64s
from shoal.identity import (
    ALWAYS,
    BEFORE,
    Identifier,
    Limits,
    LinkSet,
    Mention,
    Resolution,
    buckets_of,
    distinct,
    ignored_identifiers,
    ranges,
)
from shoal.store.identifiers import ABSENT, IdentifierBlock
from shoal.store.linking import COLUMNS, links_of
from shoal.store.run import People, Run
from shoal.store.stated import Stated
from shoal.store.tail import TailPeople

_SEEN = (
    Mention.BESIDE,
    Mention.EMAIL,
    Mention.PHONE,
    Mention.PREVIOUS_USER,
    Mention.PREVIOUS_ANONYMOUS,
)


@dataclass(frozen=True, slots=True)
class IdentityRules:
    """What a project says about identity: limits, and texts that stand for nobody."""

    limits: Limits = field(default_factory=Limits)
    ignored: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Rows that belong to others than their own number, slice by slice.

    Rows of ``numbers[i]`` with ``after[i] < occurred_at <= until[i]`` are ``persons[i]``'s.
    """

    numbers: Int64s
    after: Int64s
    until: Int64s
    persons: Int64s

    def __len__(self) -> int:
        return len(self.numbers)

    def where(self, kept: np.ndarray) -> Moved:
        """Some of them."""
        return Moved(self.numbers[kept], self.after[kept], self.until[kept], self.persons[kept])


@dataclass(frozen=True, slots=True)
class LinkSeen:
    """Two identifiers that were linked: since when, and by what."""

    one: int
    other: int
    since: int
    by: str


SEEN, ALIAS, MERGED, PARTED = "seen together", "alias", "merge", "unmerge"


class Identities:
    """The people of a version: ``runs`` bucket by bucket, identifiers on disk and in the tail."""

    def __init__(
        self,
        runs: Sequence[tuple[Run, ...]],
        blocks: Sequence[IdentifierBlock],
        tail: TailPeople,
        rules: IdentityRules,
    ) -> None:
        self._runs = runs
        self._blocks = blocks
        self._tail = tail
        self.rules = rules

    def number_of(self, identifier: Identifier) -> int:
        """The number of an identifier, or ABSENT."""
        for block in self._blocks:
            found = block.find_one(identifier)
            if found != ABSENT:
                return found
        found = self._tail.number(identifier)
        return ABSENT if found is None else found

    @cached_property
    def resolution(self) -> Resolution:
        """Whose row is whose."""
        return self.resolved(self._links())

    def resolved(self, links: LinkSet, like: Resolution | None = None) -> Resolution:
        """What these links make of the same people, with what is as in ``like`` taken from there."""
        return Resolution(links, self._names, self.instants, self.rules.limits, like)

    @cached_property
    def moved(self) -> Moved:
        """Every row that is somebody else's."""
        return self.moved_among(self._candidates())

    def moved_among(self, numbers: Int64s) -> Moved:
        """The rows of these numbers (ascending) that are somebody else's."""
        if not len(numbers):
            return Moved(*(np.zeros(0, np.int64) for _ in range(4)))
        found = self.resolution.resolve(numbers)
        several = np.isin(found.numbers, np.fromiter(found.spans, np.int64, len(found.spans)))
        away = (found.persons != found.numbers) & ~several
        whole = np.flatnonzero(away)
        spans: list[tuple[int, int, int, int]] = []
        for number, some in found.spans.items():
            since = BEFORE
            for end, person in some:
                spans.append((number, since, end, person))
                since = end
        table = np.array(spans, dtype=np.int64).reshape(-1, 4)
        return Moved(
            np.concatenate((found.numbers[whole], table[:, 0])),
            np.concatenate((np.full(len(whole), BEFORE), table[:, 1])),
            np.concatenate((np.full(len(whole), ALWAYS), table[:, 2])),
            np.concatenate((found.persons[whole], table[:, 3])),
        )

    def joined(self, person: int) -> list[Joined]:
        """Since when each two identifiers of a person are known to be one."""
        slices = self.resolution.slices_of(person)
        links = self.links_among([number for number, _, _ in slices])
        word = {frozenset((it.one, it.other)): it.by for it in links if it.by in {MERGED, PARTED}}
        return [
            Joined(it.one, it.other, it.since)
            for it in links
            if it.by != PARTED and word.get(frozenset((it.one, it.other))) != PARTED
        ]

    def people(self, numbers: Int64s) -> People:
        """Who these numbers (ascending) are, whether they have rows of their own or not."""
        some = self.identifiers(numbers.tolist())
        return People(
            numbers,
            pa.array([one.text for one in some], pa.large_string()),
            np.array([one.anonymous for one in some], dtype=np.uint8),
        )

    def links_among(self, numbers: Sequence[int]) -> list[LinkSeen]:
        """The links between these numbers by when they were seen first, decisions about them too."""
        links, wanted = self.resolution.links, set(numbers)
        found = links.above(np.array(sorted(wanted), dtype=np.int64))
        pairs = dict.fromkeys(zip(found.weak.tolist(), found.strong.tolist(), strict=True), SEEN)
        pairs |= dict.fromkeys(links.aliases, ALIAS)
        pairs = {pair: by for pair, by in pairs.items() if wanted.issuperset(pair)}
        ends = np.array(list(pairs), dtype=np.int64).reshape(-1, 2)
        places, ats = self.instants(ends[:, 0], ends[:, 1])
        first = np.full(len(ends), ALWAYS)
        np.minimum.at(first, places, ats)
        made = [
            LinkSeen(*pair, int(since), by)
            for (pair, by), since in zip(pairs.items(), first.tolist(), strict=True)
        ]
        made += [
            LinkSeen(one.weak, one.strong, one.at, MERGED if one.is_merge else PARTED)
            for one in links.decisions
            if {one.weak, one.strong} & wanted
        ]
        return sorted(made, key=lambda link: (link.since, link.by, link.one, link.other))

    def has_rows(self, number: int) -> bool:
        """Whether the number has rows of its own."""
        return bool(self.have_rows(np.array([number], dtype=np.int64))[0])

    def have_rows(self, numbers: Int64s) -> npt.NDArray[np.bool_]:
        """Which of the numbers have rows of their own."""
        found = np.zeros(len(numbers), dtype=bool)
        for here, run in self._by_run(numbers):
            found[here] |= _here(run.profiles, numbers[here])[1]
        return found

    def first_rows(self, numbers: Int64s) -> Int64s:
        """The instant of each number's first row; ALWAYS for one without rows."""
        found = np.full(len(numbers), ALWAYS)
        for here, run in self._by_run(numbers):
            place, there = _here(run.profiles, numbers[here])
            first = run.occurred_at[run.offsets[place[there]]]
            found[here[there]] = np.minimum(found[here[there]], first)
        return found

    def decided_at(self, owner: int, other: int, way: Mention) -> list[int]:
        """When rows of the one decided about the other."""
        one, another = np.array([owner]), np.array([other])
        return [
            at
            for _, run in self._by_run(one)
            for at in _seen_in(run, one, another, way)[1].tolist()
        ]

    def _by_run(self, numbers: Int64s) -> Iterator[tuple[Int64s, Run]]:
        """The runs in which rows of the numbers may lie, and which numbers those are."""
        bucket = buckets_of(numbers, len(self._runs))
        for at in map(int, np.unique(bucket)):
            here = np.flatnonzero(bucket == at)
            for run in self._runs[at]:
                if len(run.profiles):
                    yield here, run

    def _links(self) -> LinkSet:
        every = [links for runs in self._runs for run in runs if (links := links_of(run))]
        stated = Stated()
        stated.add(every, self.have_rows, self.decided_at)
        return stated.with_layers([links.seen for links in every], self.ignored)

    @cached_property
    def ignored(self) -> frozenset[int]:
        """Numbers of identifiers that make no link."""
        found = map(self.number_of, ignored_identifiers(self.rules.ignored))
        return frozenset(number for number in found if number != ABSENT)

    def _candidates(self) -> Int64s:
        """The numbers whose rows can be somebody else's, as far as they have rows."""
        resolution = self.resolution
        if not resolution:
            return np.zeros(0, np.int64)
        some = [
            run.profiles[run.people.anonymous != 0]
            for runs in self._runs
            for run in runs
            if bool(run.people.anonymous.any())
        ]
        return distinct(resolution.groups.members, *some)

    def _names(self, numbers: Sequence[int]) -> list[str]:
        return [one.text for one in self.identifiers(numbers)]

    def identifiers(self, numbers: Sequence[int]) -> list[Identifier]:
        """The identifiers of these numbers, looked for among rows, on disk and in the tail."""
        if not len(numbers):
            return []
        found: dict[int, Identifier] = {}
        wanted = np.unique(np.array(numbers, dtype=np.int64))
        for people in self._peoples(wanted):
            here = np.flatnonzero(np.isin(people.numbers, wanted))
            for at, text in zip(
                here.tolist(), people.texts.take(pa.array(here)).to_pylist(), strict=True
            ):
                found[int(people.numbers[at])] = Identifier(text, bool(people.anonymous[at]))
            if len(found) == len(wanted):
                break
        return [found[number] for number in numbers]

    def _peoples(self, wanted: Int64s) -> Iterator[People]:
        for here, run in self._by_run(wanted):
            some = wanted[here]
            yield run.people.of(some[_here(run.profiles, some)[1]])
        for block in self._blocks:
            yield block.of(wanted)
        for anonymous in (False, True):
            some = self._tail[anonymous]
            yield People(
                np.fromiter(some.values(), np.int64, len(some)),
                pa.array(list(some), pa.large_string()),
                np.full(len(some), anonymous, dtype=np.uint8),
            )

    def instants(self, weak: Int64s, strong: Int64s) -> tuple[Int64s, Int64s]:
        """When each pair was seen together."""
        places: list[Int64s] = [np.zeros(0, np.int64)]
        ats: list[Int64s] = [np.zeros(0, np.int64)]
        for owner, other in ((strong, weak), (weak, strong)):
            for here, run in self._by_run(owner):
                for mention in _SEEN:
                    found, instants = _seen_in(run, owner[here], other[here], mention)
                    places.append(here[found])
                    ats.append(instants)
        return np.concatenate(places), np.concatenate(ats)


def _here(profiles: Int64s, numbers: Int64s) -> tuple[Int64s, npt.NDArray[np.bool_]]:
    """Where each of the numbers stands among profiles, and whether it does."""
    at = np.searchsorted(profiles, numbers).clip(0, len(profiles) - 1)
    return at, profiles[at] == numbers


def _seen_in(run: Run, owners: Int64s, others: Int64s, mention: Mention) -> tuple[Int64s, Int64s]:
    """Rows of owners that mention the others: which pair, and when."""
    empty = np.zeros(0, np.int64)
    column = run.columns.get(COLUMNS[mention])
    if column is None or not len(run.profiles):
        return empty, empty
    at = np.searchsorted(run.profiles, owners).clip(0, len(run.profiles) - 1)
    pairs = np.flatnonzero(run.profiles[at] == owners)
    at = at[pairs]
    low = np.searchsorted(column.rows, run.offsets[at])
    high = np.searchsorted(column.rows, run.offsets[at + 1])
    places = ranges(low, high)
    pair = np.repeat(pairs, high - low)
    same = column.values[places] >> 2 == others[pair]
    return pair[same], run.occurred_at[column.rows[places[same]]]
