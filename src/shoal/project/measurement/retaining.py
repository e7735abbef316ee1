"""Retention asked of a project: cohorts by what people first did, or by entering a segment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shoal.core.errors import UsageError
from shoal.core.instants import format_instant
from shoal.engine.calendars import NEVER
from shoal.language import check_rule, parse_rule, parse_value, to_text
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    And,
    Comparator,
    Compare,
    Did,
    EventRef,
    Everyone,
    InstantLiteral,
    Rule,
    Selection,
)
from shoal.measurement.periods import Period, Unit, periods_until, places_in
from shoal.measurement.retention import kept_in, retention_grid
from shoal.project.answers import Question, segment_named
from shoal.project.checking import refuse_errors

if TYPE_CHECKING:
    from shoal.project.reading import Reading

Truths = npt.NDArray[np.bool_]
MOST_COHORTS = 120
TOGETHER = 60
"""Periods that are asked in one pass."""


@dataclass(frozen=True, slots=True)
class RetentionAsked:
    """Cohorts and what keeps people.

    People begin with their ``first`` event of that kind, or by entering a ``segment``; one of the
    two. They are kept in a period in which they did what the rule ``kept`` says; without it, the
    first event again, or anything. A rule that is more than ``did …`` is asked as of the period's
    last instant.
    """

    first: str | None = None
    segment: str | None = None
    kept: str | None = None
    unit: Unit = Unit.WEEK
    count: int = 12
    among: Question | None = None


def retention_report(reading: Reading, asked: RetentionAsked, at: int) -> dict[str, Any]:
    """Cohorts, how many were kept in each period after, and the curve of all of them."""
    if (asked.first is None) == (asked.segment is None):
        raise UsageError("a cohort begins with an event or by entering a segment: give one of them")
    if not 1 <= asked.count <= MOST_COHORTS:
        raise UsageError(f"1 to {MOST_COHORTS} cohorts can be shown", hint="take longer periods")
    vocabulary = reading.vocabulary
    periods = periods_until(at, asked.count, asked.unit, vocabulary.zone)
    selection = None if asked.first is None else _selection(asked.first)
    again = Did(replace(selection or Selection(EventRef(())), window=None))
    rule = again if asked.kept is None else parse_rule(asked.kept)
    warnings = refuse_errors(check_rule(rule, vocabulary))
    began = _began(reading, asked.segment, selection, periods, at)
    among = _asked(reading, [asked.among.rule if asked.among else Everyone()], at)[0]
    places = np.where(among, places_in(periods, began), -1)
    grid = retention_grid(periods, places, _kept(reading, rule, periods, at))
    only = asked.among.rule if asked.among else None
    starters = [_starters(selection, period, only) for period in periods]
    stayed = [kept_in(rule, period) for period in periods]
    return {
        "as_of": format_instant(at),
        "began": asked.first or f"entered segment {asked.segment}",
        "kept": to_text(rule),
        "by": str(asked.unit),
        "people": sum(it.size for it in grid.cohorts),
        "cohorts": [
            {
                **cohort.period.as_json(),
                "size": cohort.size,
                "kept": list(cohort.kept),
                "shares": [it / cohort.size if cohort.size else None for it in cohort.kept],
                "over": [it.is_over for it in periods[place:]],
                "rule": _text_of(starters[place]),
                "kept_rules": [_text_of(starters[place], it) for it in stayed[place:]],
            }
            for place, cohort in enumerate(grid.cohorts)
        ],
        "curve": [
            {"after": it.after, "size": it.size, "kept": it.kept, "share": it.share,
             "low": it.low, "high": it.high}
            for it in grid.curve
        ],
        "warnings": list(warnings),
    }  # fmt: skip


def _starters(selection: Selection | None, period: Period, among: Rule | None) -> And | None:
    """Who began in a period, as a rule that holds whenever it is asked.

    None for those who began by entering a segment: that is no rule.
    """
    if selection is None:
        return None
    first = Aggregate(AggregateFunction.FIRST, selection)
    start, end = (InstantLiteral(format_instant(at)) for at in (period.start, period.end))
    rules = (
        *(() if among is None else (among,)),
        Compare(first, Comparator.AT_LEAST, start),
        Compare(first, Comparator.LESS, end),
    )
    return And(rules)


def _text_of(began: And | None, *kept: Rule | None) -> str | None:
    """Who began then, and was kept, as a rule; None where there is none for it."""
    found = [it for it in kept if it is not None]
    if began is None or len(found) < len(kept):
        return None
    return to_text(And((*began.parts, *found)))


def _selection(text: str) -> Selection:
    value = parse_value(f"first({text})")
    if not isinstance(value, Aggregate) or not value.selection.is_bare():
        raise UsageError(
            f"`{text}` is no event to begin with",
            hint="write order_completed, or order_completed where revenue > 50",
        )
    return value.selection


def _began(
    reading: Reading,
    segment: str | None,
    selection: Selection | None,
    periods: Sequence[Period],
    at: int,
) -> npt.NDArray[np.int64]:
    """When everybody began, by place; NEVER for those who did not."""
    from shoal.runners import ValueAnswer, evaluate
    from shoal.runners.firsts import first_entered

    snapshot, vocabulary = reading.snapshot, reading.vocabulary
    nothing = np.empty(0, dtype=np.int64)
    if segment is not None:
        rule = segment_named(reading, segment).rule
        found = first_entered(snapshot, rule, vocabulary, periods[0].start - 1, at)
        return np.concatenate([nothing, *found])
    assert selection is not None
    value = Aggregate(AggregateFunction.FIRST, selection)
    refuse_errors(check_rule(value, vocabulary))
    answer = evaluate(snapshot, {"first": value}, vocabulary, at)["first"]
    assert isinstance(answer, ValueAnswer)
    firsts = np.concatenate([np.empty(0), *(it.values[answer.index] for it in answer.buckets)])
    began = np.full(len(firsts), NEVER, dtype=np.int64)
    there = ~np.isnan(firsts)
    began[there] = firsts[there].astype(np.int64)
    return began


def _kept(reading: Reading, rule: Rule, periods: Sequence[Period], at: int) -> list[Truths]:
    """Who was kept in each period."""
    within = [kept_in(rule, period) for period in periods]
    rules = [it for it in within if it is not None]
    if len(rules) < len(periods):
        return [_asked(reading, [rule], period.last)[0] for period in periods]
    found: list[Truths] = []
    for first in range(0, len(rules), TOGETHER):
        found += _asked(reading, rules[first : first + TOGETHER], at)
    return found


def _asked(reading: Reading, rules: Sequence[Rule], at: int) -> list[Truths]:
    """Each rule's truth for everybody, bucket after bucket."""
    from shoal.runners import RuleAnswer, evaluate

    questions = {str(place): rule for place, rule in enumerate(rules)}
    answers = evaluate(reading.snapshot, questions, reading.vocabulary, at)
    nobody = np.empty(0, dtype=np.bool_)
    return [
        np.concatenate([nobody, *answer.chosen()])
        for answer in answers.values()
        if isinstance(answer, RuleAnswer)
    ]
