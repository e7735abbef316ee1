"""Answers of the engine and of the oracle in one form: ``{question: {person id: answer}}``.

A rule's answer is -1 (not known at the instant), 0 (false), 1 (unknown) or 2 (true). A value is a
float, str, bool, int microseconds for an instant, float microseconds for a span, a list, or None.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import get_args

import numpy as np

from shoal.engine import evaluate_histories, transitions_of
from shoal.language import tree as T
from shoal.language.vocabulary import Vocabulary
from tests.oracle.arrays import history_of
from tests.oracle.moments import changes
from tests.oracle.oracle import World
from tests.oracle.timeline import At, For, Person

Questions = Mapping[str, T.Rule | T.Value]
Answers = dict[str, dict[int, object]]


def of_engine(
    people: Iterable[Person],
    questions: Questions,
    vocabulary: Vocabulary,
    as_of: int,
    *,
    buckets: int = 1,
    known_at: int | None = None,
) -> Answers:
    histories = history_of(people, buckets)
    given = evaluate_histories(histories, questions, vocabulary, as_of, known_at)
    return {
        name: {
            int(profile): plain(answer)
            for history, answers in zip(histories, given[name], strict=True)
            for profile, answer in zip(history.profiles, answers, strict=True)
        }
        for name in questions
    }


def of_oracle(
    people: Iterable[Person],
    questions: Questions,
    vocabulary: Vocabulary,
    as_of: int,
    *,
    known_at: int | None = None,
) -> Answers:
    world = World(people, vocabulary, known_at)
    return {
        name: {person.id: answer_of(world, node, person, as_of) for person in world.people}
        for name, node in questions.items()
    }


def answer_of(world: World, node: T.Rule | T.Value, person: Person, as_of: int) -> object:
    is_rule = isinstance(node, get_args(T.Rule))
    if not world.known(person, as_of):
        return -1 if is_rule else None
    if is_rule:
        return {False: 0, None: 1, True: 2}[world.truth(node, person, as_of)]
    return plain(world.value(node, person, as_of))


def plain(answer: object) -> object:
    """Without numpy, and without -0.0, which equals 0.0."""
    if isinstance(answer, np.generic):
        answer = answer.item()
    if isinstance(answer, At):
        return round(answer.us)
    if isinstance(answer, For):
        return float(answer.us)
    if isinstance(answer, list | tuple | np.ndarray):
        return [plain(item) for item in answer]
    if isinstance(answer, float):
        return None if answer != answer else answer + 0.0
    return answer


def transitions_of_engine(
    people: Iterable[Person],
    rule: T.Rule,
    vocabulary: Vocabulary,
    start: int,
    end: int,
    *,
    buckets: int = 1,
) -> list[tuple[int, int, bool]]:
    """(person id, instant, entered), ascending."""
    histories = history_of(people, buckets)
    given = transitions_of(histories, rule, vocabulary, start, end)
    return sorted(
        (int(history.profiles[index]), int(instant), bool(entered))
        for history, found in zip(histories, given, strict=True)
        for index, instant, entered in zip(found.profiles, found.at, found.entered, strict=True)
    )


def transitions_of_oracle(
    people: Iterable[Person], rule: T.Rule, vocabulary: Vocabulary, start: int, end: int
) -> list[tuple[int, int, bool]]:
    world = World(people, vocabulary)
    return sorted(
        (person.id, instant, entered)
        for person in world.people
        for instant, entered in changes(world, rule, person, start, end)
    )
