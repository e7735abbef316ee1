"""What people did with a campaign's messages: opened, clicked, and how sure the rate of clicks is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from shoal.campaigns.goal import measure_of
from shoal.campaigns.terms import SEND
from shoal.core.instants import SECOND
from shoal.core.spans import Span
from shoal.experiments.distributions import t_quantile
from shoal.experiments.effects import effect_of
from shoal.experiments.moments import Moments
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    Comparator,
    Compare,
    EventRef,
    InNext,
    PropertyValue,
    Rule,
    Selection,
    TextLiteral,
    Value,
)
from shoal.project.campaigns.assigned import Assigned, Floats, values_after

if TYPE_CHECKING:
    from shoal.project.reading import Reading

DEEDS = {"opened": "email_opened", "clicked": "email_clicked"}


def engagement_rows(
    reading: Reading, name: str, assigned: Assigned, horizon: int, at: int
) -> list[dict[str, Any]]:
    """Messages, opens and clicks of those whose days are over, by arm.

    ``rate`` is clicks by messages, with its 95 % interval; people are what varies, not messages.
    """
    from shoal.runners import ValueAnswer, evaluate

    ripe = assigned.chosen(assigned.at + horizon <= at)
    if not len(ripe.arm):
        return []
    sends = Selection(EventRef((SEND,), (True,)), where=_is("campaign", name))
    sent = Aggregate(AggregateFunction.COUNT, sends)
    answer = evaluate(reading.snapshot, {"sent": sent}, reading.vocabulary, at)["sent"]
    assert isinstance(answer, ValueAnswer)
    numbers = np.concatenate([np.empty(0), *(it.values[answer.index] for it in answer.buckets)])
    values: dict[str, Floats] = {"sent": np.nan_to_num(numbers[ripe.places])}
    days = InNext(Span(max(1, horizon // SECOND), "s"))
    questions: dict[str, Rule | Value] = {
        deed: measure_of(
            Aggregate(AggregateFunction.COUNT, Selection(EventRef((event,)), window=days))
        ).asked
        for deed, event in DEEDS.items()
        if event in reading.vocabulary.events
    }
    if questions:
        values |= values_after(reading, questions, ripe, horizon, at)
    rows: list[dict[str, Any]] = []
    for place, arm in enumerate(ripe.arms):
        inside = ripe.arm == place
        counts = {
            deed: int(np.nansum(values[deed][inside])) if deed in values else 0
            for deed in ("sent", *DEEDS)
        }
        clicked = values.get("clicked", np.zeros(len(ripe.arm)))[inside]
        rate, low, high = _rate(np.nan_to_num(clicked), values["sent"][inside])
        rows.append({"arm": arm, **counts, "rate": rate, "low": low, "high": high})
    return rows


def _rate(above: Floats, below: Floats) -> tuple[float | None, float | None, float | None]:
    """A ratio of sums over people, and its interval by the delta method; nothing over nothing."""
    if not below.sum():
        return None, None, None
    rate = float(above.sum() / below.sum())
    if len(above) < 2:
        return rate, None, None
    moments = Moments.of([above, below])
    error = float(np.sqrt(effect_of(moments, moments, ratio=True).control_variance))
    half = t_quantile(0.975, len(above) - 1.0) * error
    return rate, max(0.0, rate - half), rate + half


def _is(name: str, text: str) -> Rule:
    return Compare(PropertyValue(name), Comparator.EQUAL, TextLiteral(text))
