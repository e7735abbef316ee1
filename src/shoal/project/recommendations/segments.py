"""Who is meant by *your segment*: the part of a partition somebody is in, or whom a rule is true for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from shoal.core.errors import NotFoundError
from shoal.core.names import nearest
from shoal.project.answers import Question, asked_either
from shoal.recommendations.having import Int64s
from shoal.recommendations.items import Truths
from shoal.segments.reach import others_decide

if TYPE_CHECKING:
    from shoal.project.reading import Reading


def members_among(reading: Reading, among: Question, at: int, profiles: Int64s) -> Truths:
    """One truth for each of these profiles (ascending): whether the rule is true for them."""
    from shoal.runners import RuleAnswer, evaluate

    answer = evaluate(reading.snapshot, {"it": among.rule}, reading.vocabulary, at)["it"]
    assert isinstance(answer, RuleAnswer)
    members = [
        reading.snapshot.history(bucket).profiles[chosen]
        for bucket, chosen in enumerate(answer.chosen())
    ]
    return np.isin(profiles, np.concatenate(members) if members else np.zeros(0, np.int64))


def parts_of(reading: Reading, partition: str) -> list[str]:
    """The names of a partition's parts; NotFoundError says the nearest partition."""
    by_part = {it: reading.definitions.partition_of(it) for it in reading.vocabulary.segments}
    found = [name for name, of in by_part.items() if of == partition]
    if not found:
        near = nearest(partition, {it for it in by_part.values() if it is not None})
        hint = f"did you mean `{near}`?" if near else "`shoal segment list` shows them"
        raise NotFoundError(f"no partition `{partition}` is applied", hint=hint)
    return found


def own_part(reading: Reading, partition: str | None, user_id: str, at: int) -> Question | None:
    """The part that somebody is in; None where no partition is meant, or others decide who is."""
    if partition is None:
        return None
    from shoal.project.values import values_of

    names = parts_of(reading, partition)
    rules = {it: reading.vocabulary.segments[it].rule for it in names}
    if any(others_decide(it, reading.vocabulary) for it in rules.values()):
        return None
    [found] = values_of(reading, rules, [user_id], at)
    part = next((it for it in names if found.get(it)), None)
    return None if part is None else Question(rules[part], part)


def own_parts(
    reading: Reading, partition: str | None, at: int
) -> tuple[list[Question], list[Int64s]]:
    """The parts, and by bucket the place among them of each profile's, -1 for none: asked once for all.

    None and no buckets where no partition is meant, or others decide who is in a part.
    """
    if partition is None:
        return [], []
    from shoal.runners import RuleAnswer, evaluate

    parts = [
        Question(reading.vocabulary.segments[it].rule, it) for it in parts_of(reading, partition)
    ]
    if any(others_decide(it.rule, reading.vocabulary) for it in parts):
        return [], []
    rules = {str(number): it.rule for number, it in enumerate(parts)}
    answers = evaluate(reading.snapshot, rules, reading.vocabulary, at)
    found: list[Int64s] = []
    for number in reversed(range(len(parts))):  # the first that is true counts
        answer = answers[str(number)]
        assert isinstance(answer, RuleAnswer)
        for bucket, chosen in enumerate(answer.chosen()):
            if bucket == len(found):
                found.append(np.full(len(chosen), -1, np.int64))
            found[bucket][chosen] = number
    return parts, found


def segment_meant(reading: Reading, segment: str | None) -> Question | None:
    """A segment's name or a rule."""
    return None if segment is None else asked_either(reading, segment)
