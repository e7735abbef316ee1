"""What an audit knows of its instant: answers and the catalogue as the facts it judges."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.audits.facts import (
    Behaviour,
    Channel,
    Condition,
    Field,
    Moved,
    Numbers,
    Overlap,
)
from shoal.audits.overlap import jaccard, shared
from shoal.audits.questions import (
    IT,
    Plan,
)
from shoal.audits.resampling import DRAWS, drawn_cuts, with_cuts
from shoal.language import to_text
from shoal.language.vocabulary import ValueType
from shoal.project.audits.answers import Heard
from shoal.runners import RuleAnswer, ValueAnswer, evaluate

if TYPE_CHECKING:
    from shoal.project.reading import Reading


MOST_CATEGORIES = 50


def overlaps(plan: Plan, heard: Heard, reading: Reading) -> Iterator[Overlap]:
    """How far each other segment holds the same people."""
    it, own = heard.bits(IT), heard.rule(IT).count
    for name in plan.segments:
        other = heard.rule(f"segment {name}")
        title = reading.vocabulary.segments[name].title or name
        yield Overlap(name, title, other.count, shared(it, other.bits), own)


def behaviours(plan: Plan, heard: Heard) -> Iterator[Behaviour]:
    """In what members may differ from everybody: numbers and categories."""
    for index, asked in enumerate(plan.behaviours):
        answer = heard.answers[f"behaviour {index}"]
        assert isinstance(answer, ValueAnswer)
        labels: tuple[str, ...] | None = None
        if answer.type is ValueType.TEXT:
            coded = _categories(answer)
            if coded is None:
                continue
            values, labels = coded[0][heard.known], coded[1]
        elif answer.type in {ValueType.NUMBER, ValueType.SPAN, ValueType.BOOLEAN}:
            values = heard.numbers(f"behaviour {index}")
            labels = ("no", "yes") if answer.type is ValueType.BOOLEAN else None
        else:
            continue
        yield Behaviour(
            asked.name, asked.title, values, labels, asked.by_rule, asked.is_profile, asked.unit
        )


def _categories(answer: ValueAnswer) -> tuple[Numbers, tuple[str, ...]] | None:
    """Texts of all profiles as numbers 0, 1, … with those texts; None where they are no categories."""
    places: dict[str, int] = {}
    parts: list[Numbers] = [np.empty(0)]
    for bucket in answer.buckets:
        codes = bucket.values[answer.index]
        present = ~np.isnan(codes)
        # codes are places in the bucket's own pool
        distinct, places_here = np.unique(codes[present], return_inverse=True)
        if len(distinct) > MOST_CATEGORIES:
            return None
        texts = [bucket.bound.pool[int(code)].as_py() for code in distinct]
        numbers = np.array([places.setdefault(text, len(places)) for text in texts], np.float64)
        coded = np.full(len(codes), np.nan)
        coded[present] = numbers[places_here] if len(distinct) else np.empty(0)
        parts.append(coded)
    if not 2 <= len(places) <= MOST_CATEGORIES:
        return None
    return np.concatenate(parts), tuple(places)


def conditions(plan: Plan, heard: Heard) -> Iterator[Condition]:
    """How many each condition is true for by itself."""
    for index, rule in enumerate(plan.conditions):
        answer = heard.rule(f"condition {index}")
        yield Condition(rule, to_text(rule), answer.count, answer.unknown)


def moved(plan: Plan, heard: Heard) -> Iterator[Moved]:
    """What becomes of the segment where one of its numbers is a little different."""
    for index, nudge in enumerate(plan.moved):
        answer = heard.rule(f"moved {index}")
        yield Moved(
            nudge.text, nudge.number, nudge.to, answer.count, jaccard(heard.bits(IT), answer.bits)
        )


def fields(plan: Plan, heard: Heard, reading: Reading) -> Iterator[Field]:
    """How full the data is that the rule reads."""
    catalogue, known = reading.snapshot.catalogue, len(heard.truths(IT))
    for index, read in enumerate(plan.reads):
        if read.event is None:
            yield Field(read.text, "trait", heard.rule(f"field {index}").count, known)
            continue
        if read.event in {"session_started", "session_ended"}:
            continue  # worked out, not received
        facts = catalogue.events.get(read.event)
        rows = facts.rows if facts else 0
        if read.name is None:
            last_at = facts.last_at if facts else None
            first_at = facts.first_at if facts else None
            yield Field(read.text, "event", rows, rows, first_at, last_at)
            continue
        found = catalogue.property(read.event, read.name)
        filled = found.set if found else 0
        yield Field(read.text, "property", max(filled, 0), rows)


def channels(plan: Plan, heard: Heard) -> Iterator[Channel]:
    """How many members each way of reaching them reaches."""
    it = heard.bits(IT)
    for index, way in enumerate(plan.channels):
        have, may = (heard.bits(f"{kind} {index}") for kind in ("have", "may"))
        yield Channel(way.name, way.needs, shared(it, have), shared(it, may))


def reachable(plan: Plan, heard: Heard) -> int:
    """How many members any way reaches."""
    if not plan.channels:
        return 0
    reached = np.zeros(len(heard.truths(IT)), np.bool_)
    for index in range(len(plan.channels)):
        reached |= heard.truths(f"may {index}")
    return int((reached & heard.truths(IT)).sum())


def resampled(plan: Plan, heard: Heard, reading: Reading, at: int) -> tuple[float, ...]:
    """Jaccards of the segment with itself, its cuts drawn again: one more pass."""
    cuts: list[tuple[Any, Numbers]] = []
    for index, ranked in enumerate(plan.ranks):
        values = heard.numbers(f"rank {index}")[heard.truths(f"scope {index}")]
        found = drawn_cuts(ranked, values[~np.isnan(values)], DRAWS, seed=index)
        if found is None:
            return ()
        cuts.append((ranked, found))
    if not cuts:
        return ()
    rules = {
        str(draw): with_cuts(
            plan.flat, {ranked: found[draw] for ranked, found in cuts}, reading.vocabulary
        )
        for draw in range(DRAWS)
    }
    answers = evaluate(reading.snapshot, rules, reading.vocabulary, at)
    it = heard.bits(IT)
    return tuple(
        jaccard(it, answer.bits) for answer in answers.values() if isinstance(answer, RuleAnswer)
    )
