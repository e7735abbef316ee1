"""The segments that are watched, made ready to be asked about a few people over and over."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import blake2b

from shoal.engine.dependencies import children
from shoal.engine.evaluation import Prepared, prepare
from shoal.language import tree
from shoal.language.text import to_text
from shoal.language.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Segments that one program answers: ``names`` are its first outputs.

    Segments whose past changes they read are asked beside them, so that the clock's next move of
    those is seen too.
    """

    names: tuple[str, ...]
    prepared: Prepared

    @property
    def is_derived(self) -> bool:
        """Whether rows that follow from other rows are read, or ages are multiplied or divided."""
        final = self.prepared.final
        return bool(self.prepared.changes) or final.uses_sessions or final.nonlinear


@dataclass(frozen=True, slots=True, eq=False)
class Watched:
    """Segments by how they are followed.

    ``groups`` depend on one person's own rows and are true at every instant. ``ranked`` depend on
    others (ranks) and are judged at local midnights. ``reads`` are, by segment, the events whose
    rows can change it; None if those of any can.
    """

    vocabulary: Vocabulary
    groups: tuple[Group, ...]
    ranked: Group | None
    reads: Mapping[str, frozenset[str] | None]

    @property
    def names(self) -> tuple[str, ...]:
        """Every watched segment."""
        ranked = self.ranked.names if self.ranked is not None else ()
        return (*(name for group in self.groups for name in group.names), *ranked)


def meaning_of(name: str, vocabulary: Vocabulary) -> str:
    """A digest of what a segment means: its rule, and all that the rule names."""
    read: dict[str, str] = {}
    waiting: list[tree.Node] = [vocabulary.segments[name].rule]
    seen = set[tree.Node]()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        match node:
            case tree.InSegment(name=other) | tree.Changed(name=other):
                if other in vocabulary.segments:
                    read[f"segment {other}"] = to_text(vocabulary.segments[other].rule)
            case tree.TraitValue(name=other):
                trait = vocabulary.traits.get(other)
                if trait is not None and trait.value is not None:
                    read[f"trait {other}"] = to_text(trait.value)
            case _:
                pass
        waiting.extend(children(node, vocabulary))
    said = [
        to_text(vocabulary.segments[name].rule),
        repr(sorted(read.items())),
        repr((vocabulary.zone, vocabulary.session_gap, vocabulary.country)),
    ]
    return blake2b("\n".join(said).encode(), digest_size=12).hexdigest()


def watch(names: Iterable[str], vocabulary: Vocabulary) -> Watched:
    """The segments, grouped by how they can be followed."""
    return grouped({name: prepared((name,), vocabulary) for name in names}, vocabulary)


def grouped(single: Mapping[str, Prepared], vocabulary: Vocabulary) -> Watched:
    """The same of segments that were each prepared alone."""
    ranked = tuple(name for name, one in single.items() if one.ranks or one.ranks_behind_changes)
    own = [name for name in single if name not in ranked]
    bent = [name for name in own if single[name].final.nonlinear]
    straight = [name for name in own if name not in bent]
    in_sessions = [name for name in straight if single[name].final.uses_sessions]
    looking_back = [name for name in straight if single[name].changes and name not in in_sessions]
    apart = {*in_sessions, *looking_back}
    plain = [name for name in straight if name not in apart]
    groups = [
        Group(tuple(some), prepared(tuple(some), vocabulary))
        for some in (plain, in_sessions, looking_back)
        if some
    ]
    groups += [Group((name,), single[name]) for name in bent]
    return Watched(
        vocabulary,
        tuple(groups),
        Group(ranked, prepared(ranked, vocabulary)) if ranked else None,
        {name: events_read(single[name]) for name in own},
    )


def events_read(one: Prepared) -> frozenset[str] | None:
    """The events whose rows can change what was prepared; None if those of any can.

    Where lines are read, so is the event that has them: it brings them along.
    """
    final = one.final
    if one.changes or final.uses_sessions or final.nonlinear:
        return None
    read: set[str] = set()
    for stream in final.streams:
        if not stream.events:
            return None
        read.update(stream.events)
    entries = [one.vocabulary.events.get(name) for name in read]
    parents = {entry.parent for entry in entries if entry is not None and entry.parent is not None}
    return frozenset(read | parents)


def prepared(names: tuple[str, ...], vocabulary: Vocabulary) -> Prepared:
    """What is asked of segments together, and of those whose past changes they read."""
    rules = {name: vocabulary.segments[name].rule for name in names}
    found = prepare(rules, vocabulary)
    behind = {name: vocabulary.segments[name].rule for name in found.changes if name not in rules}
    return prepare(rules | behind, vocabulary) if behind else found
