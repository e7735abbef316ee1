"""What templates say of people: traits, the very items, by the one engine, person by person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from shoal.campaigns.template import GIVEN, source_of
from shoal.core.instants import from_datetime, to_datetime
from shoal.engine.evaluation import evaluate_histories
from shoal.engine.one_profile import OneProfile
from shoal.language.tree import Rule, TraitValue, Value
from shoal.language.types import value_type
from shoal.language.vocabulary import ValueType, Vocabulary
from shoal.segments.reach import others_decide

if TYPE_CHECKING:
    from shoal.language.campaign_definitions import CampaignDefinition
    from shoal.project.reading import Reading

FEW = 200
"""People whose values are worked out one by one; more are looked up among everybody's."""
ITEMS = "items"
DAY = 86_400_000_000

Values = dict[str, object]


def questions_for(
    reading: Reading, definition: CampaignDefinition, reads: Iterable[str]
) -> dict[str, Value]:
    """The value behind each name that templates read, beside what is given to all."""
    from shoal.project.answers import as_value

    vocabulary = reading.vocabulary
    found: dict[str, Value] = {}
    for path in reads:
        name = source_of(path, vocabulary.traits)
        if name is None or name in found or (name in GIVEN and name != ITEMS):
            continue
        if name == ITEMS:
            if definition.items is not None:
                found[ITEMS] = as_value(definition.items)
            continue
        entry = vocabulary.traits[name]
        found[name] = TraitValue(name) if entry.value is None else as_value(entry.value)
    return found


def values_of(
    reading: Reading, questions: Mapping[str, Rule | Value], user_ids: Sequence[str], at: int
) -> list[Values]:
    """Each person's values by name, plain; empty for somebody who is not known."""
    snapshot, vocabulary = reading.snapshot, reading.vocabulary
    places = snapshot.find_all(user_ids)
    if not questions or not any(places):
        return [{} for _ in user_ids]
    kinds = {
        name: ValueType.BOOLEAN if isinstance(it, Rule) else value_type(it, vocabulary)
        for name, it in questions.items()
    }
    if len(places) > FEW or any(others_decide(it, vocabulary) for it in questions.values()):
        return _among_all(reading, questions, places, at)
    some = [place for place in places if place is not None]
    histories = [OneProfile(snapshot.history(bucket), profile, at) for bucket, profile in some]
    told = evaluate_histories(histories, questions, vocabulary, at)
    found = iter(
        [
            {name: _plain(each[number][0], kinds[name], vocabulary) for name, each in told.items()}
            for number in range(len(some))
        ]
    )
    return [{} if place is None else next(found) for place in places]


def _among_all(
    reading: Reading,
    questions: Mapping[str, Rule | Value],
    places: Sequence[tuple[int, int] | None],
    at: int,
) -> list[Values]:
    from shoal.runners import evaluate
    from shoal.runners.machine import ValueAnswer

    found: list[Values] = [{} for _ in places]
    there = [number for number, place in enumerate(places) if place is not None]
    some = [place for place in places if place is not None]
    for name, answer in evaluate(reading.snapshot, questions, reading.vocabulary, at).items():
        assert isinstance(answer, ValueAnswer)
        for number, value in zip(there, answer.of(some), strict=True):
            found[number][name] = _as_written(value, reading.vocabulary)
    return found


def _as_written(value: Any, vocabulary: Vocabulary) -> object:
    """The same of an answer for everybody."""
    if isinstance(value, timedelta):
        return value.days
    if isinstance(value, datetime):
        return _local(from_datetime(value), vocabulary)
    return value


def _local(at: int, vocabulary: Vocabulary) -> datetime:
    return to_datetime(at).astimezone(vocabulary.zone.to_local(at).tzinfo)


def _plain(value: Any, kind: ValueType, vocabulary: Vocabulary) -> object:
    """A value as templates write it: instants as local times, spans as whole days."""
    if value is None:
        return None
    if kind is ValueType.INSTANT:
        return _local(int(value), vocabulary)
    if kind is ValueType.SPAN:
        return int(value) // DAY
    return value.item() if hasattr(value, "item") else value
