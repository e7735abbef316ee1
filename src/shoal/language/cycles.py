"""Definitions that mean themselves, directly or by way of others."""

from __future__ import annotations

from collections.abc import Mapping

from shoal.core.errors import Problem
from shoal.language.shape import walk
from shoal.language.told import Told
from shoal.language.tree import Changed, InSegment, Node, TraitValue
from shoal.language.vocabulary import SegmentEntry, TraitEntry, Vocabulary

_Name = tuple[str, str]
"""``("segment", name)`` or ``("trait", name)``."""


def references(node: Node) -> dict[_Name, Node]:
    """The segments and traits a rule or value names, each with where it does so first."""
    found: dict[_Name, Node] = {}
    for below in walk(node):
        if isinstance(below, InSegment | Changed):
            found.setdefault(("segment", below.name), below)
        elif isinstance(below, TraitValue):
            found.setdefault(("trait", below.name), below)
    return found


def find_cycles(vocabulary: Vocabulary) -> list[Problem]:
    """A problem for every circle of segments and traits, naming it; each circle once."""
    edges = _edges(vocabulary.segments, vocabulary.traits)
    done: set[_Name] = set()
    problems: list[Problem] = []
    for start in edges:
        path: list[_Name] = []
        waiting: list[tuple[_Name, bool]] = [(start, False)]
        on_path: set[_Name] = set()
        while waiting:
            name, leaving = waiting.pop()
            if leaving:
                on_path.discard(path.pop())
                done.add(name)
            elif name in on_path:
                problems.append(_problem([*path[path.index(name) :], name], edges))
            elif name not in done:
                path.append(name)
                on_path.add(name)
                waiting.append((name, True))
                waiting.extend((below, False) for below in reversed(edges[name]) if below in edges)
    return problems


def _edges(
    segments: Mapping[str, SegmentEntry], traits: Mapping[str, TraitEntry]
) -> dict[_Name, dict[_Name, Node]]:
    edges = {("segment", name): references(entry.rule) for name, entry in segments.items()}
    for name, entry in traits.items():
        if entry.value is not None:
            edges["trait", name] = references(entry.value)
    return edges


def _problem(circle: list[_Name], edges: dict[_Name, dict[_Name, Node]]) -> Problem:
    kind, name = circle[0]
    if len(circle) == 2:
        message = Told("{0} `{1}` is defined by itself", Told(kind), name)
    else:
        shown = " → ".join(f"`{name}`" for _, name in circle)
        message = Told("{0} `{1}` is defined in a circle: {2}", Told(kind), name, shown)
    return Problem(message, edges[circle[0]][circle[1]].place)
