"""Matches of a sequence, by exhaustive search."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.language import tree as T
from tests.oracle.timeline import Person, Row

if TYPE_CHECKING:
    from tests.oracle.oracle import World

Pick = tuple[Row, str]  # a row, and the event under whose name a selection took it


def matches(world: World, person: Person, sequence: T.Sequence, as_of: int) -> list[list[Pick]]:
    """Non-overlapping matches, earliest first; each is the picks of its positive steps.

    The first step's events are tried in order. For each, the match is the earliest (event by
    event, with backtracking) that satisfies every ``within`` and ``not``; where there is one,
    the search goes on with the rows after its last one. ``by p``: so for every value of p on its
    own, and all those matches together.
    """
    by = sequence.by
    steps = [(s, world.picks(person, s.event, s.where, by, as_of)) for s in sequence.steps]
    if by is None:
        return matches_among(world, steps, sequence.window, as_of)
    found: list[list[Pick]] = []
    for item in dict.fromkeys(world.read(pick, by) for pick in steps[0][1]):
        if item is not None:
            same = [(s, [p for p in picks if world.read(p, by) == item]) for s, picks in steps]
            found += matches_among(world, same, sequence.window, as_of)
    return found


def matches_among(
    world: World, steps: list[tuple[T.Step, list[Pick]]], window: T.Window | None, as_of: int
) -> list[list[Pick]]:
    def clear(step: T.Step, picks: list[Pick], previous: Row, following: Row | None) -> bool:
        after = [row for row, _ in picks if row.place > previous.place]
        if step.within is not None:
            end = world.zone.add(previous.t, step.within)
            return end <= as_of and not any(row.t <= end for row in after)
        return not any(following is None or row.place < following.place for row in after)

    def complete(match: list[Pick], position: int) -> list[Pick] | None:
        previous, nots = match[-1][0], []
        while position < len(steps) and steps[position][0].negated:
            nots.append(steps[position])
            position += 1
        if position == len(steps):
            return match if all(clear(*no, previous, None) for no in nots) else None
        step, picks = steps[position]
        for row, event in picks:
            late = step.within and row.t > world.zone.add(previous.t, step.within)
            if row.place <= previous.place or late or not world.inside(window, row.t, as_of):
                continue
            if all(clear(*no, previous, row) for no in nots):
                whole = complete([*match, (row, event)], position + 1)
                if whole is not None:
                    return whole
        return None

    found: list[list[Pick]] = []
    for row, event in steps[0][1]:
        overlaps = found and row.order <= found[-1][-1][0].order
        if not overlaps and world.inside(window, row.t, as_of):
            match = complete([(row, event)], 1)
            found += [] if match is None else [match]
    return found
