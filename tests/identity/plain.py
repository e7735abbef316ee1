"""Whose row it is, read off a list of facts by plain loops: what the resolution is held against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from shoal.identity import Identifier, Limits


@dataclass(frozen=True)
class Fact:
    """``seen``: weak with strong at an instant; ``alias``; ``merge`` and ``unmerge``: a decision."""

    kind: str
    one: Identifier
    other: Identifier
    at: int

    @property
    def pair(self) -> frozenset[Identifier]:
        return frozenset((self.one, self.other))

    @property
    def is_equal(self) -> bool:
        return self.one.strength == self.other.strength


class PlainIdentity:
    """The rules of identity, word by word."""

    def __init__(
        self, facts: Sequence[Fact], limits: Limits, ignored: frozenset[Identifier]
    ) -> None:
        self.limits = limits
        said: dict[frozenset[Identifier], Fact] = {}
        for fact in facts:
            if fact.kind in {"merge", "unmerge"}:
                before = said.get(fact.pair)
                rank = (fact.at, fact.kind == "unmerge")
                if before is None or rank >= (before.at, before.kind == "unmerge"):
                    said[fact.pair] = fact
        valid = [
            fact
            for fact in facts
            if not (fact.pair & ignored)
            and fact.one != fact.other
            and fact.kind in {"seen", "alias"}
            and not (fact.pair in said and said[fact.pair].kind == "unmerge")
        ]
        valid += [
            fact for fact in said.values() if fact.kind == "merge" and not (fact.pair & ignored)
        ]
        self.groups = self._joined([fact for fact in valid if fact.is_equal])
        self.links = [
            fact if fact.one.strength < fact.other.strength
            else Fact("seen", fact.other, fact.one, fact.at)
            for fact in valid
            if not fact.is_equal
        ]  # fmt: skip
        self.person = cache(self._person)
        self.reached = cache(self._reached)

    def _joined(self, facts: list[Fact]) -> dict[Identifier, frozenset[Identifier]]:
        aliases = {fact.pair for fact in facts if fact.kind == "alias"}
        merges = {fact.pair for fact in facts if fact.kind == "merge"}
        aliases -= merges  # the decision stands in the alias's place
        partners: dict[Identifier, int] = {}
        for pair in aliases:
            for one in pair:
                partners[one] = partners.get(one, 0) + 1
        most = self.limits.most_user_ids
        edges = [pair for pair in aliases if all(partners[one] <= most for one in pair)]
        edges += merges
        groups: dict[Identifier, frozenset[Identifier]] = {}
        for start in {one for pair in edges for one in pair}:
            group = {start}
            while True:
                more = group.union(*(pair for pair in edges if pair & group))
                if more == group:
                    break
                group = more
            if len(group) <= most:
                groups[start] = frozenset(group)
        return groups

    def root(self, one: Identifier) -> Identifier:
        return min(self.groups.get(one, {one}), key=lambda each: each.text)

    def targets(self, root: Identifier) -> list[tuple[int, str, Identifier]]:
        """(instant, name, root) of what it was seen with, but for what is cut."""
        return sorted(
            (link.at, self.root(link.other).text, self.root(link.other))
            for link in self.links
            if self.root(link.one) == root and not self.is_cut(self.root(link.other))
        )

    def _reached(self, root: Identifier) -> frozenset[Identifier]:
        """Everybody its rows can come to belong to; empty where its links are cut."""
        targets = {target for _, _, target in self.targets(root)}
        if not targets:
            return frozenset({root})
        instants = [link.at for link in self.links] + [99]
        people = {self.person(target, at) for target in targets for at in instants}
        if len(people) > self.limits.most_people_per_identifier:
            return frozenset()
        return frozenset(people)

    def is_cut(self, root: Identifier) -> bool:
        return not self.reached(root)

    def _person(self, one: Identifier, at: int) -> Identifier:
        root = self.root(one)
        targets = self.targets(root)
        if not targets or self.is_cut(root):
            return root
        later = [each for each in targets if each[0] >= at]
        if later:
            return self.person(later[0][2], at)
        last = max(instant for instant, _, _ in targets)
        return self.person(next(each[2] for each in targets if each[0] == last), at)
