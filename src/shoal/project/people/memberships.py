"""One person: which segments they are in and since when, their traits, what they are worth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shoal.core.instants import EARLIEST, LATEST, SECOND, format_instant
from shoal.engine.evaluation import evaluate_histories, transitions_of
from shoal.language import value_type
from shoal.language.vocabulary import ValueType
from shoal.project.answers import member_table
from shoal.project.people.statements import show_consents
from shoal.project.people.timelines import history_of_person
from shoal.project.worth import worth_of, worth_words
from shoal.segments.explain import plain
from shoal.segments.reach import others_decide

if TYPE_CHECKING:
    from shoal.engine.one_profile import OneProfile
    from shoal.language.tree import Rule, Value
    from shoal.project.answers import Question
    from shoal.project.reading import Reading

WORTH = "$worth"
MEMBER = 2
"""What the engine says of a rule that is true."""


def person_facts(reading: Reading, user_id: str, at: int) -> dict[str, Any]:
    """Since when and how lately they are known, traits, worth, consents, and their segments."""
    from shoal.runners import RuleAnswer, evaluate

    bucket, place, history = history_of_person(reading, user_id, at)
    vocabulary, snapshot = reading.vocabulary, reading.snapshot
    rules = {name: entry.rule for name, entry in vocabulary.segments.items()}
    apart = {name: rule for name, rule in rules.items() if others_decide(rule, vocabulary)}
    alone = {name: rule for name, rule in rules.items() if name not in apart}
    chosen = {name for name, one in _asked(history, alone, reading, at).items() if one == MEMBER}
    if apart:
        for name, answer in evaluate(snapshot, apart, vocabulary, at).items():
            assert isinstance(answer, RuleAnswer)
            if answer.chosen()[bucket][place]:
                chosen.add(name)
    first = int(history.first_seen[0])
    return {
        "user_id": user_id,
        "as_of": format_instant(at),
        "known": first <= at,
        "first_seen_at": format_instant(first) if EARLIEST < first <= at else None,
        "last_seen_at": _last_seen(history),
        "traits": _traits(reading, history, at),
        "worth": _worth(reading, history, at),
        "consents": show_consents(reading, user_id, at)["consents"],
        "segments": [
            {
                "name": name,
                "title": vocabulary.segments[name].title,
                "partition": reading.definitions.partition_of(name),
                "since": _since(history, alone.get(name), reading, at),
            }
            for name in rules
            if name in chosen
        ],
    }


def roster(
    reading: Reading, question: Question, at: int, *, limit: int, offset: int
) -> dict[str, Any]:
    """Members in the order of their ids: worth, last event, and since when they are in."""
    ids = member_table(reading, question, at)["user_id"]
    some: list[str] = ids.slice(min(offset, len(ids)), limit).to_pylist()
    histories = [history_of_person(reading, one, at)[2] for one in some]
    worth, vocabulary = worth_of(reading), reading.vocabulary
    worths: list[Any] = [None] * len(some)
    if worth is not None and some and not others_decide(worth.value, vocabulary):
        found = evaluate_histories(histories, {WORTH: worth.value}, vocabulary, at)[WORTH]
        worths = [plain(one[0]) for one in found]
    alone = None if others_decide(question.rule, vocabulary) else question.rule
    return {
        "count": len(ids),
        "offset": offset,
        "worth_of": worth.text if worth else None,
        "worth_words": worth_words(worth, vocabulary) if worth else None,
        "rows": [
            {
                "user_id": one,
                "worth": value,
                "last_seen_at": _last_seen(history),
                "since": _since(history, alone, reading, at),
            }
            for one, value, history in zip(some, worths, histories, strict=True)
        ],
    }


def _last_seen(history: OneProfile) -> str | None:
    dated = history.occurred_at[history.occurred_at > EARLIEST]
    return format_instant(int(dated[-1])) if len(dated) else None


def _asked(
    history: OneProfile, questions: dict[str, Rule] | dict[str, Value], reading: Reading, at: int
) -> dict[str, Any]:
    """What holds for this person alone."""
    if not questions:
        return {}
    answers = evaluate_histories([history], {**questions}, reading.vocabulary, at)
    return {name: answers[name][0][0] for name in questions}


def _since(history: OneProfile, rule: Rule | None, reading: Reading, at: int) -> str | None:
    """When they came in last; None where other people decide, or where it was always so."""
    if rule is None:
        return None
    start = min(max(int(history.first_seen[0]) - 1, -LATEST), at)
    changes = transitions_of([history], rule, reading.vocabulary, start, at)[0]
    entered = changes.at[changes.entered]
    return format_instant(int(entered[-1])) if len(entered) else None


def _traits(reading: Reading, history: OneProfile, at: int) -> list[dict[str, Any]]:
    """What is set, the profile's own first; what ranks people is not among them."""
    from shoal.language.tree import Rule, TraitValue

    asked: dict[str, Value] = {}
    for name, entry in reading.vocabulary.traits.items():
        value = entry.value
        if name == "user_id" or isinstance(value, Rule):
            continue
        if value is None or not others_decide(value, reading.vocabulary):
            asked[name] = TraitValue(name)
    found = _asked(history, asked, reading, at)
    kinds = {name: value_type(value, reading.vocabulary) for name, value in asked.items()}
    told = [
        {
            "name": name,
            "title": reading.vocabulary.traits[name].title,
            "type": str(kinds[name]),
            "value": _plain(found[name], kinds[name]),
            "computed": reading.vocabulary.traits[name].value is not None,
        }
        for name in asked
        if found[name] is not None
    ]
    return sorted(told, key=lambda it: it["computed"])


def _plain(value: Any, kind: ValueType) -> Any:
    """As JSON has it: instants RFC 3339, spans in seconds."""
    if kind is ValueType.INSTANT and isinstance(value, int | float):
        return format_instant(int(value))
    if kind is ValueType.SPAN and isinstance(value, int | float):
        return plain(value / SECOND)
    return plain(value)


def _worth(reading: Reading, history: OneProfile, at: int) -> dict[str, Any] | None:
    worth = worth_of(reading)
    if worth is None or others_decide(worth.value, reading.vocabulary):
        return None
    value = _asked(history, {WORTH: worth.value}, reading, at)[WORTH]
    words = worth_words(worth, reading.vocabulary)
    return {"of": worth.text, "words": words, "currency": worth.currency, "value": plain(value)}
