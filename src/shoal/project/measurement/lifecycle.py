"""Where people stand beside each other: the grid of recency and frequency, and who is in both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.core.errors import NotFoundError, UsageError
from shoal.core.instants import format_instant
from shoal.language import check_rule, parse_value
from shoal.language.tree import Rule, Value
from shoal.measurement.kpis import total
from shoal.project.answers import segment_named
from shoal.project.checking import refuse_errors
from shoal.project.measurement.moving import parts_named
from shoal.project.worth import EVENTS, number_worth

if TYPE_CHECKING:
    from shoal.project.reading import Reading

TRAITS = ("recency_score", "frequency_score")
STEPS = range(1, 6)
MOST_SEGMENTS = 60


def rfm_grid(
    reading: Reading, at: int, event: str | None = None, value: str | None = None
) -> dict[str, Any]:
    """Buyers by fifths of recency and of frequency: how many, what they are worth, and the rule.

    5 is most recent and most often. Without an ``event`` it is what people buy here, by the traits
    ``recency_score`` and ``frequency_score`` where the project has them.
    """
    vocabulary = reading.vocabulary
    bought = event or next((it for it in EVENTS if it in vocabulary.events), None)
    if bought is None:
        raise NotFoundError("nothing here is bought", hint="give --event, what shall be counted")
    if event is None and all(name in vocabulary.traits for name in TRAITS):
        recency, frequency = TRAITS
    else:
        recency = f"quintile(last({bought}) of (did {bought}))"
        # of equals all take the lower score: having bought once is no habit
        frequency = f"6 - quintile(0 - count({bought}) of (did {bought}))"
    worth = number_worth(reading, value)
    asked: dict[str, Rule | Value] = {
        "recency": parse_value(recency),
        "frequency": parse_value(frequency),
    }
    if worth is not None:
        asked["worth"] = worth.value
    warnings = refuse_errors(it for node in asked.values() for it in check_rule(node, vocabulary))
    found = _values(reading, asked, at)
    cells: list[dict[str, Any]] = [
        {
            "recency": across,
            "frequency": up,
            "count": int(here.sum()),
            "value": None if worth is None else total(found["worth"][here]),
            "rule": f"{recency} = {across} and {frequency} = {up}",
        }
        for across in STEPS
        for up in STEPS
        for here in [(found["recency"] == across) & (found["frequency"] == up)]
    ]
    return {
        "as_of": format_instant(at),
        "event": bought,
        "recency": recency,
        "frequency": frequency,
        "worth": None if worth is None else worth.text,
        "currency": reading.project.settings.currency,
        "people": sum(cell["count"] for cell in cells),
        "cells": cells,
        "warnings": list(warnings),
    }


def segment_overlaps(reading: Reading, wanted: Sequence[str], at: int) -> dict[str, Any]:
    """Of every two segments: how many are in both, and in both of those in either (Jaccard)."""
    from shoal.audits.overlap import jaccard, shared
    from shoal.runners import RuleAnswer, evaluate

    vocabulary = reading.vocabulary
    names = list(dict.fromkeys(part for one in wanted for part in parts_named(reading, one)))
    names = names or list(vocabulary.segments)
    if len(names) > MOST_SEGMENTS:
        raise UsageError(f"at most {MOST_SEGMENTS} segments can be laid side by side")
    rules = {name: segment_named(reading, name).rule for name in names}
    answers = evaluate(reading.snapshot, rules, vocabulary, at) if rules else {}
    own = {name: it for name, it in answers.items() if isinstance(it, RuleAnswer)}
    return {
        "as_of": format_instant(at),
        "segments": [{"name": name, "size": own[name].count} for name in names],
        "shared": [[shared(own[a].bits, own[b].bits) for b in names] for a in names],
        "jaccard": [[jaccard(own[a].bits, own[b].bits) for b in names] for a in names],
    }


def _values(reading: Reading, asked: dict[str, Rule | Value], at: int) -> dict[str, Any]:
    from shoal.runners import ValueAnswer, evaluate

    answers = evaluate(reading.snapshot, asked, reading.vocabulary, at)
    return {
        name: np.concatenate([np.empty(0), *(it.values[answer.index] for it in answer.buckets)])
        for name, answer in answers.items()
        if isinstance(answer, ValueAnswer)
    }
