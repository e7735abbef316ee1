"""Figures asked of a project: by segment, period by period, against targets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shoal.core.errors import NotFoundError, UsageError
from shoal.core.instants import format_instant
from shoal.core.names import nearest
from shoal.language import check_rule, parse_value, to_text
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    Did,
    EventRef,
    Everyone,
    FromTo,
    InstantLiteral,
    Rule,
    Selection,
    Value,
    Window,
)
from shoal.measurement.kpis import MEASURES, Deeds, figures, latest
from shoal.measurement.periods import MOST_POINTS, Period, Unit, periods_since, periods_until
from shoal.project.answers import segment_named
from shoal.project.checking import refuse_errors
from shoal.project.measurement.moving import parts_named
from shoal.project.worth import AMOUNTS, EVENTS, Worth, number_worth
from shoal.segments.alerts import Target, course

if TYPE_CHECKING:
    from shoal.project.reading import Reading

Truths = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
SHOWN = (("email_delivered", "email_sent"), ("promotion_viewed",), ("ad_viewed", "ad_impression"))
CLICKED = ("email_clicked", "promotion_clicked", "ad_clicked")
EVERYONE = ""
COARSER = {Unit.DAY: Unit.WEEK, Unit.WEEK: Unit.MONTH}


@dataclass(frozen=True, slots=True)
class KpiAsked:
    """Of whom, over which periods, and what counts as the goal.

    ``names`` are segments or partitions; everybody is always told. ``goal`` is an event with its
    conditions, ``amount`` its property that is money, ``value`` what a person is worth. ``targets``
    say the least that a figure shall come to.
    """

    names: Sequence[str] = ()
    unit: Unit = Unit.MONTH
    count: int = 12
    since: int | None = None
    goal: str | None = None
    amount: str | None = None
    value: str | None = None
    targets: Mapping[str, float] = field(default_factory=dict[str, float])


@dataclass(frozen=True, slots=True)
class _Goal:
    """What is counted: trees, without their period."""

    selection: Selection
    amount: str | None
    clicked: EventRef | None
    shown: EventRef | None
    worth: Worth | None


def kpi_report(reading: Reading, asked: KpiAsked, at: int) -> dict[str, Any]:
    """The figures of every segment asked for and of everybody, as series of at most 400 points."""
    for name in asked.targets:
        if name not in MEASURES:
            meant = nearest(name, MEASURES)
            hint = f"did you mean `{meant}`?" if meant else f"one of {', '.join(MEASURES)}"
            raise NotFoundError(f"no figure is called `{name}`", hint=hint)
    names = list(dict.fromkeys(part for one in asked.names for part in parts_named(reading, one)))
    if asked.goal is None and reading.snapshot.latest_event_at is None:
        return _of_nobody(reading, asked, at)
    goal, warnings = _goal(reading, asked)
    rules: dict[str, Rule] = {EVERYONE: Everyone()}
    rules |= {name: segment_named(reading, name).rule for name in names}
    unit, periods = _periods(reading, asked, at)
    rows: dict[str, list[dict[str, float | None]]] = {name: [] for name in rules}
    for before, after, deeds in _asked(reading, rules, goal, periods):
        for name, row in rows.items():
            row.append(figures(before[name], after[name], deeds))
    own = periods[1:]  # the first is there for what the second is compared with
    return {
        "as_of": format_instant(at),
        "by": str(unit),
        "goal": to_text(Did(goal.selection)).removeprefix("did "),
        "amount": goal.amount,
        "worth": None if goal.worth is None else goal.worth.text,
        "currency": reading.project.settings.currency,
        "measures": dict(MEASURES),
        "periods": [it.as_json() for it in own],
        "series": [_series(reading, name, rows, own, asked.targets) for name in rules],
        "warnings": list(warnings),
    }


def _of_nobody(reading: Reading, asked: KpiAsked, at: int) -> dict[str, Any]:
    """A project that holds nothing has no goal yet: the periods are there, and no series."""
    unit, periods = _periods(reading, asked, at)
    return {
        "as_of": format_instant(at),
        "by": str(unit),
        "goal": None,
        "amount": None,
        "worth": None,
        "currency": reading.project.settings.currency,
        "measures": dict(MEASURES),
        "periods": [it.as_json() for it in periods[1:]],
        "series": [],
        "warnings": ["there are no events yet"],
    }


def _goal(reading: Reading, asked: KpiAsked) -> tuple[_Goal, tuple[str, ...]]:
    vocabulary = reading.vocabulary
    event = asked.goal or next((it for it in EVENTS if it in vocabulary.events), None)
    if event is None:
        raise UsageError("nothing here is bought", hint="give --goal, an event that is the goal")
    value = parse_value(f"count({event})")
    if not isinstance(value, Aggregate) or not value.selection.is_bare() or value.selection.window:
        raise UsageError(
            f"`{event}` is no goal",
            hint="write order_completed where revenue > 50, without a window",
        )
    selection = value.selection
    entry = vocabulary.events.get(selection.event.names[0]) if selection.event.names else None
    amount = asked.amount or next((it for it in AMOUNTS if entry and it in entry.properties), None)
    shown = [next((it for it in some if it in vocabulary.events), None) for some in SHOWN]
    clicked = tuple(it for it in CLICKED if it in vocabulary.events)
    known = tuple(it for it in shown if it is not None)
    goal = _Goal(
        selection,
        amount,
        EventRef(clicked) if clicked and known else None,
        EventRef(known) if clicked and known else None,
        number_worth(reading, asked.value),
    )
    problems = [*check_rule(value, vocabulary)]
    if amount is not None:
        problems += check_rule(_sum(goal, None), vocabulary)
    return goal, refuse_errors(problems)


def _sum(goal: _Goal, window: Window | None) -> Aggregate:
    selection = replace(goal.selection, property=goal.amount, window=window)
    return Aggregate(AggregateFunction.SUM, selection)


def _periods(reading: Reading, asked: KpiAsked, at: int) -> tuple[Unit, list[Period]]:
    """The periods to tell, and one before them; longer ones where there would be too many."""
    zone, unit = reading.vocabulary.zone, asked.unit
    if asked.since is None:
        if not 1 <= asked.count <= MOST_POINTS:
            raise UsageError(f"1 to {MOST_POINTS} periods can be shown", hint="take longer ones")
        return unit, periods_until(at, asked.count + 1, unit, zone)
    if asked.since > at:
        raise UsageError("the first period is later than the last", hint="swap them")
    while True:
        count = len(periods_since(asked.since, at, unit, zone))
        if count <= MOST_POINTS:
            return unit, periods_until(at, count + 1, unit, zone)
        if unit not in COARSER:
            raise UsageError(f"more than {MOST_POINTS} months", hint="begin later")
        unit = COARSER[unit]


def _asked(
    reading: Reading, rules: Mapping[str, Rule], goal: _Goal, periods: Sequence[Period]
) -> Iterator[tuple[dict[str, Truths], dict[str, Truths], Deeds]]:
    """Members before and after each period but the first, and what people did in it: a pass each."""
    from shoal.runners import evaluate

    snapshot, vocabulary = reading.snapshot, reading.vocabulary
    found = evaluate(snapshot, _named(rules), vocabulary, periods[0].last)
    before = {name: _truths(found[f"in {name}"]) for name in rules}
    for earlier, period in pairwise(periods):
        asked = {**_named(rules), **_questions(goal, earlier, period)}
        found = evaluate(snapshot, asked, vocabulary, period.last)
        after = {name: _truths(found[f"in {name}"]) for name in rules}
        deeds = Deeds(
            did=_truths(found["did"]),
            did_before=_truths(found["did before"]),
            revenue=_floats(found.get("revenue")),
            lifetime=_floats(found.get("lifetime")),
            clicks=_floats(found.get("clicks")),
            exposures=_floats(found.get("exposures")),
            worth=_floats(found.get("worth")),
        )
        yield before, after, deeds
        before = after


def _named(rules: Mapping[str, Rule]) -> dict[str, Rule | Value]:
    return {f"in {name}": rule for name, rule in rules.items()}


def _questions(goal: _Goal, earlier: Period, period: Period) -> dict[str, Rule | Value]:
    inside, before = _window(period), _window(earlier)
    asked: dict[str, Rule | Value] = {
        "did": Did(replace(goal.selection, window=inside)),
        "did before": Did(replace(goal.selection, window=before)),
    }
    if goal.amount is not None:
        asked |= {"revenue": _sum(goal, inside), "lifetime": _sum(goal, None)}
    if goal.clicked is not None and goal.shown is not None:
        for name, event in (("clicks", goal.clicked), ("exposures", goal.shown)):
            asked[name] = Aggregate(AggregateFunction.COUNT, Selection(event, window=inside))
    if goal.worth is not None:
        asked["worth"] = goal.worth.value
    return asked


def _window(period: Period) -> FromTo:
    ends = (InstantLiteral(format_instant(at)) for at in (period.start, period.end))
    return FromTo(*ends)


def _truths(answer: Any) -> Truths:
    return np.concatenate([np.empty(0, dtype=np.bool_), *answer.chosen()])


def _floats(answer: Any) -> Floats | None:
    if answer is None:
        return None
    return np.concatenate([np.empty(0), *(it.values[answer.index] for it in answer.buckets)])


def _series(
    reading: Reading,
    name: str,
    rows: Mapping[str, Sequence[Mapping[str, float | None]]],
    periods: Sequence[Period],
    targets: Mapping[str, float],
) -> dict[str, Any]:
    points = {measure: [row[measure] for row in rows[name]] for measure in MEASURES}
    over = [it.is_over for it in periods]
    told = [
        {"measure": measure, "at_least": bound, "at_most": None, "by": None, "now": now,
         "expected": None, "met": None if now is None else now >= bound, "on_course": None}
        for measure, bound in targets.items()
        for now in [latest(points[measure], over)]
    ]  # fmt: skip
    facts: dict[str, Any] = {} if name == EVERYONE else reading.definitions.facts_of(name)
    if name != EVERYONE:
        told += _own_target(reading, name, rows, periods)
    return {
        "segment": name or None,
        "title": None if name == EVERYONE else reading.vocabulary.segments[name].title,
        "polarity": facts.get("polarity"),
        "points": points,
        "targets": told,
    }


def _own_target(
    reading: Reading,
    name: str,
    rows: Mapping[str, Sequence[Mapping[str, float | None]]],
    periods: Sequence[Period],
) -> list[dict[str, Any]]:
    """The target in the segment's definition, and where its size goes."""
    wanted = reading.definitions.segments[name].target
    if wanted is None:
        return []
    by = reading.vocabulary.zone.parse(wanted.by)
    target = Target(by, wanted.at_least, wanted.at_most, wanted.is_share)
    sizes, whole = ([float(row["size"] or 0) for row in rows[it]] for it in (name, EVERYONE))
    values = [
        size / max(1.0, all_) if target.is_share else size
        for size, all_ in zip(sizes, whole, strict=True)
    ]
    found = course(target, [it.last for it in periods], values)
    return [
        {"measure": "share" if target.is_share else "size", "at_least": target.at_least,
         "at_most": target.at_most, "by": format_instant(by), "now": found.now,
         "expected": found.expected, "met": found.is_met, "on_course": found.is_on_course}
    ]  # fmt: skip
