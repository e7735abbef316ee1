"""Questions about people, answered: counts, members, sizes over time, values."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shoal.core.errors import NotFoundError, UsageError
from shoal.core.instants import format_instant
from shoal.core.names import nearest
from shoal.core.spans import Span
from shoal.language import check_rule, parse_expression, parse_rule, sentence
from shoal.language.tree import (
    BooleanLiteral,
    Case,
    Everyone,
    Not,
    Rule,
    TraitTruth,
    TraitValue,
    Value,
    When,
)
from shoal.language.vocabulary import SegmentEntry, Vocabulary
from shoal.project.checking import refuse_errors
from shoal.project.guarding import guard_notes
from shoal.segments.history import MOST_STEPS, sizes, steps

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    import pyarrow as pa

    from shoal.project.reading import Reading


TOGETHER = 64
"""Instants of a history that are evaluated at once."""


@dataclass(frozen=True, slots=True)
class Question:
    """A rule or value to be asked, and what should be said before the answer."""

    asked: Rule | Value
    name: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def rule(self) -> Rule:
        """The question as a rule."""
        assert isinstance(self.asked, Rule)
        return self.asked


def asked(reading: Reading, name: str | None, rule: str | None) -> Question:
    """The question: an applied segment by name, or a rule by its text; one of them."""
    if (name is None) == (rule is None):
        said = "both are given" if name is not None else "neither is given"
        raise UsageError(f"a segment's name or --rule: {said}", hint="give one of them")
    if rule is not None:
        return _guarded(reading, _checked(parse_rule(rule), reading.vocabulary))
    assert name is not None
    return Question(segment_named(reading, name).rule, name)


def asked_either(reading: Reading, segment: str) -> Question:
    """The question: an applied segment by its name, or else a rule.

    A bare name that is no trait either was meant as a segment's: NotFoundError says the nearest.
    """
    vocabulary = reading.vocabulary
    if segment in vocabulary.segments:
        return asked(reading, segment, None)
    rule = parse_rule(segment)
    if isinstance(rule, TraitTruth) and isinstance(rule.value, TraitValue):
        name = rule.value.name
        if name not in vocabulary.traits:
            return asked(reading, name, None)
    return _guarded(reading, _checked(rule, vocabulary))


def asked_value(reading: Reading, expression: str) -> Question:
    """The question: a trait's name or an expression."""
    return _checked(parse_expression(expression), reading.vocabulary)


def _guarded(reading: Reading, question: Question) -> Question:
    """The question, with a word on what it reads that the tracking plan declares sensitive."""
    notes = guard_notes(reading, question.asked)
    return replace(question, warnings=(*question.warnings, *notes)) if notes else question


def segment_named(reading: Reading, name: str) -> SegmentEntry:
    """The applied segment of that name; NotFoundError says the nearest one."""
    from shoal.project.definitions import defined_in

    found = reading.vocabulary.segments.get(name)
    if found is not None:
        return found
    file = defined_in(reading.project.folder, name)
    if file is not None:
        hint = f"it is written in {file}: `shoal apply` makes it so"
        raise NotFoundError(f"no segment `{name}` is applied", hint=hint)
    meant = nearest(name, reading.vocabulary.segments)
    hint = f"did you mean `{meant}`?" if meant else "`shoal segment list` shows them"
    raise NotFoundError(f"no segment `{name}`", hint=hint)


def count_members(reading: Reading, question: Question, at: int) -> dict[str, Any]:
    """The contract's mapping of ``segment count``."""
    answer = _evaluated(reading, {"it": question.rule}, at)["it"]
    return {
        "count": answer.count,
        "known": answer.known,
        "unknown": answer.unknown,
        "anonymous": answer.anonymous,
        "as_of": format_instant(at),
        "correct_as_of": format_instant(at),
    }


def member_table(reading: Reading, question: Question, at: int) -> pa.Table:
    """One column ``user_id``, sorted by code point."""
    return _evaluated(reading, {"it": question.rule}, at)["it"].members()


def segment_counts(reading: Reading, at: int, names: Iterable[str] | None) -> dict[str, int]:
    """Sizes by name, in one pass."""
    wanted = list(reading.vocabulary.segments) if names is None else list(names)
    rules = {name: segment_named(reading, name).rule for name in wanted}
    answers = _evaluated(reading, rules, at)
    return {name: answers[name].count for name in wanted}


def segment_list(
    reading: Reading, at: int, sizes: Mapping[str, int] | None = None
) -> list[dict[str, Any]]:
    """The contract's list: name, title, size, sentence, partition.

    ``sizes`` are those at ``at``, if they are known already.
    """
    found = segment_counts(reading, at, None) if sizes is None else sizes
    return [
        {
            "name": name,
            "title": entry.title,
            "size": found[name],
            "sentence": sentence(entry.rule, reading.vocabulary),
            "partition": reading.definitions.partition_of(name),
        }
        for name, entry in reading.vocabulary.segments.items()
    ]


def show_segment(reading: Reading, name: str, at: int) -> dict[str, Any]:
    """Everything there is to say about one segment."""
    entry = segment_named(reading, name)
    sized = count_members(reading, Question(entry.rule), at)
    return {
        "name": name,
        "title": entry.title,
        "sentence": sentence(entry.rule, reading.vocabulary),
        "rule": reading.definitions.segments[name].text,
        "size": sized["count"],
        **{key: sized[key] for key in ("known", "unknown", "anonymous", "as_of", "correct_as_of")},
        **reading.definitions.facts_of(name),
    }


def size_history(  # noqa: PLR0913  what the command says
    reading: Reading,
    question: Question,
    start: int,
    end: int,
    every: Span,
    *,
    local: bool,
    most: int = MOST_STEPS,
) -> pa.Table:
    """Columns ``at, size, entered, left``; membership is recomputed exactly at every row."""
    import pyarrow as pa

    instants = steps(start, end, every, reading.vocabulary.zone, local=local, most=most)
    rows = list(sizes(instants, _member_numbers(reading, question.rule, instants)))
    return pa.table(
        {
            "at": pa.array([row.at for row in rows], pa.int64()).cast(pa.timestamp("us", "UTC")),
            "size": pa.array([row.size for row in rows], pa.int64()),
            "entered": pa.array([row.entered for row in rows], pa.int64()),
            "left": pa.array([row.left for row in rows], pa.int64()),
        }
    )


def trait_values(reading: Reading, question: Question, at: int) -> pa.Table:
    """Columns ``user_id, value`` for every known profile."""
    return _evaluated(reading, {"it": as_value(question.asked)}, at)["it"].table()


def profile_rows(reading: Reading, at: int) -> pa.Table:
    """Every known profile with its traits: what ``shoal sql`` calls ``profiles``."""
    import pyarrow as pa

    questions: dict[str, Rule | Value] = {
        name: as_value(entry.value) if entry.value is not None else TraitValue(name)
        for name, entry in reading.vocabulary.traits.items()
        if name != "user_id"
    }
    people = _evaluated(reading, {"everyone": Everyone()}, at)["everyone"].members()
    columns: dict[str, Any] = {"user_id": people["user_id"]}
    for name, answer in _evaluated(reading, questions, at).items():
        columns[name] = answer.table()["value"]
    return pa.table(columns)


def member_rows(reading: Reading, at: int) -> pa.Table:
    """Columns ``segment, user_id`` for every applied segment."""
    import pyarrow as pa

    schema = pa.schema([("segment", pa.string()), ("user_id", pa.string())])
    rules = {name: entry.rule for name, entry in reading.vocabulary.segments.items()}
    tables = [
        pa.table({"segment": [name] * answer.count, "user_id": answer.members()["user_id"]}, schema)
        for name, answer in _evaluated(reading, rules, at).items()
    ]
    return pa.concat_tables([schema.empty_table(), *tables])


def _checked(asked: Rule | Value, vocabulary: Vocabulary) -> Question:
    return Question(asked, warnings=refuse_errors(check_rule(asked, vocabulary)))


def _evaluated(reading: Reading, questions: Mapping[str, Rule | Value], at: int) -> dict[str, Any]:
    from shoal.runners import evaluate

    if not questions:
        return {}
    return evaluate(reading.snapshot, questions, reading.vocabulary, at)


def as_value(asked: Rule | Value) -> Value:
    """A rule as a value: true, false, or unset where it is unknown."""
    if not isinstance(asked, Rule):
        return asked
    yes = When(asked, BooleanLiteral(truth=True))
    no = When(Not(asked), BooleanLiteral(truth=False))
    return Case((yes, no))


def _member_numbers(
    reading: Reading, rule: Rule, instants: Sequence[int]
) -> Iterator[npt.NDArray[np.int64]]:
    """The members at each instant, as sorted places among all profiles of this reading."""
    import numpy as np

    from shoal.runners import RuleAnswer, evaluate_at

    for first in range(0, len(instants), TOGETHER):
        some = instants[first : first + TOGETHER]
        for answers in evaluate_at(reading.snapshot, {"it": rule}, reading.vocabulary, some):
            answer = answers["it"]
            assert isinstance(answer, RuleAnswer)
            yield np.flatnonzero(np.concatenate(answer.chosen())).astype(np.int64)
