"""The consent of somebody known by several identifiers: the strictest that any of them stands at.

An answer counts for all identifiers that were linked by then. So a grant given under one id does
not undo what was denied under another before the two were known to be one person; a grant given
afterwards is an answer of the whole person.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Answer:
    """What was said for one purpose under one identifier."""

    identifier: int
    at: int
    is_granted: bool


@dataclass(frozen=True, slots=True)
class Joined:
    """Two identifiers of the person, known to be one from an instant on."""

    one: int
    other: int
    at: int


def strictest(answers: Sequence[Answer], joined: Iterable[Joined]) -> list[bool]:
    """After each answer (in the order in which they were given): whether the person grants.

    >>> denied, granted = Answer(1, 3, False), Answer(2, 5, True)
    >>> strictest([denied, granted], [Joined(1, 2, 9)])
    [False, False]
    >>> strictest([denied, granted], [Joined(1, 2, 4)])
    [False, True]
    """
    waiting = sorted(joined, key=lambda each: each.at, reverse=True)
    group: dict[int, frozenset[int]] = {}
    state: dict[int, bool] = {}
    found: list[bool] = []
    for answer in answers:
        while waiting and waiting[-1].at <= answer.at:
            link = waiting.pop()
            both = group.get(link.one, frozenset({link.one})) | group.get(
                link.other, frozenset({link.other})
            )
            group |= dict.fromkeys(both, both)
        whole = group.get(answer.identifier, frozenset({answer.identifier}))
        state |= dict.fromkeys(whole, answer.is_granted)
        found.append(all(state.values()))
    return found
