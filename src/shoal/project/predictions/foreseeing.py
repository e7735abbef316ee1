"""People at past instants: what was known of them then, and what they did next.

Both are asked of the engine, so that nothing after the instant reaches what was known, nor what was
received after it. Rows that were imported count as received when they happened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from shoal.audits.rewriting import rewritten
from shoal.core.instants import format_instant
from shoal.core.spans import Span
from shoal.language.foretelling import longest_ahead
from shoal.language.tree import (
    Aggregate,
    AggregateFunction,
    And,
    ConsentsTo,
    EventRef,
    Everyone,
    FromTo,
    InNext,
    InstantLiteral,
    Rule,
    Selection,
    Value,
)
from shoal.language.vocabulary import ValueType
from shoal.predictions.model import Seen
from shoal.predictions.sight import Column, Feature, Floats, Kind, Numbers, Sight, Truths
from shoal.project.worth import amount_of
from shoal.runners import RuleAnswer, ValueAnswer, evaluate

if TYPE_CHECKING:
    from shoal.language.definitions import PredictionDefinition
    from shoal.project.behaviours import Behaviour
    from shoal.project.reading import Reading

DAY = 86_400_000_000.0
MOST = 1e30
"""A number beyond it counts as this: no single slip of a pen may make a model unable to add."""
COMMON = 0.005
"""A text of fewer people at an instant is one of the others."""
KINDS = {
    ValueType.NUMBER: Kind.NUMBER,
    ValueType.UNKNOWN: Kind.NUMBER,
    ValueType.SPAN: Kind.SPAN,
    ValueType.BOOLEAN: Kind.BOOLEAN,
    ValueType.TEXT: Kind.TEXT,
}


@dataclass(frozen=True, eq=False)
class People:
    """Those a prediction is about at an instant, by their places in the snapshot."""

    at: int
    places: Numbers
    sight: Sight


@dataclass(eq=False)
class Foreseeing:
    """One prediction asked at several instants; each is asked once."""

    reading: Reading
    definition: PredictionDefinition
    behaviours: Sequence[Behaviour]
    keep: Mapping[str, frozenset[str]] = field(default_factory=dict[str, "frozenset[str]"])
    """By feature, texts that are told apart however few people have them."""

    @property
    def span(self) -> Span:
        """How far the target looks ahead."""
        assert self.definition.target is not None
        return longest_ahead(self.definition.target)

    def earlier(self, at: int, times: int) -> int:
        """So many horizons before an instant."""
        return self.reading.vocabulary.zone.add(at, self.span, -times)

    def until(self, cutoff: int) -> int:
        """The end of the horizon of an instant."""
        return self.reading.vocabulary.zone.add(cutoff, self.span)

    def people(self, at: int) -> People:
        """Everyone the prediction is about, and what was known of them."""
        questions: dict[str, Rule | Value] = {"population": self.population}
        questions |= {f"value {number}": it.value for number, it in enumerate(self.behaviours)}
        answers = evaluate(self.reading.snapshot, questions, self.reading.vocabulary, at, at)
        chosen = answers["population"]
        assert isinstance(chosen, RuleAnswer)
        places = np.flatnonzero(_whole(chosen.chosen()))
        features: list[Feature] = []
        columns: list[Column] = []
        for number, behaviour in enumerate(self.behaviours):
            answer = answers.pop(f"value {number}")
            assert isinstance(answer, ValueAnswer)
            kind = KINDS.get(answer.type)
            if kind is None:  # lists and instants are no features
                continue
            features.append(Feature(behaviour.name, behaviour.title, kind))
            columns.append(_column(answer, kind, places, self.keep.get(behaviour.name)))
        return People(at, places, Sight(tuple(features), tuple(columns), len(places)))

    def came(self, people: People) -> Truths | Floats:
        """Whether the target came true for each, or what it came to."""
        assert self.definition.target is not None
        return self._after(self.definition.target, people)

    def brought(self, people: People) -> Floats | None:
        """What each spent in the horizon, where money can be seen to come in."""
        found = amount_of(self.reading.vocabulary)
        if found is None:
            return None
        chosen = Selection(EventRef((found[0],), (False,)), found[1], None, InNext(self.span))
        return self._after(Aggregate(AggregateFunction.SUM, chosen), people).astype(np.float64)

    def seen(self, at: int) -> Seen:
        """What was known at an instant, and what came after it."""
        people = self.people(at)
        return Seen(people.sight, self.came(people))

    @property
    def population(self) -> Rule:
        """Whom the prediction is about."""
        return population_of(self.definition)

    def _after(self, target: Rule | Value, people: People) -> Any:
        """A target asked at the end of its horizon, of the time since the instant."""
        zone, cutoff = self.reading.vocabulary.zone, people.at

        def dated(node: object) -> FromTo | None:
            if not isinstance(node, InNext):
                return None
            # after the instant, and the end included: as `in next` means
            ends = zone.add(cutoff, node.span)
            return FromTo(
                InstantLiteral(format_instant(cutoff + 1)), InstantLiteral(format_instant(ends + 1))
            )

        until = self.until(cutoff)
        asked: dict[str, Rule | Value] = {"target": rewritten(target, dated)}
        answer = evaluate(self.reading.snapshot, asked, self.reading.vocabulary, until, until)[
            "target"
        ]
        if isinstance(answer, RuleAnswer):
            return _whole(answer.chosen())[people.places]
        return np.nan_to_num(_numbers(answer)[people.places])


def population_of(definition: PredictionDefinition) -> Rule:
    """Whom a prediction is about: with a purpose, only who had agreed to it."""
    rule = definition.population or Everyone()
    if definition.purpose is None:
        return rule
    return And((rule, ConsentsTo(definition.purpose)))


def _whole(parts: Iterable[npt.NDArray[np.bool_]]) -> Truths:
    return np.concatenate([np.zeros(0, np.bool_), *parts])


def _numbers(answer: ValueAnswer) -> Floats:
    return np.concatenate([np.zeros(0), *(it.values[answer.index] for it in answer.buckets)])


def _column(
    answer: ValueAnswer, kind: Kind, places: Numbers, keep: frozenset[str] | None
) -> Column:
    if kind is Kind.TEXT:
        return _texts(answer, places, keep)
    values = _numbers(answer)[places]
    if kind is Kind.SPAN:
        values = values / DAY
    values[~np.isfinite(values)] = np.nan
    return Column(np.clip(values, -MOST, MOST).astype(np.float32))


def column_of_one(value: Any, kind: Kind, keep: frozenset[str]) -> Column:
    """The same of one person, from the value as it is told; texts are told apart if they are kept."""
    if kind is Kind.TEXT:
        chosen = tuple(sorted(keep))
        place = np.nan if value is None else chosen.index(value) if value in keep else len(chosen)
        return Column(np.array([place], np.float32), (*chosen, ""))
    number = float(value) if isinstance(value, int | float) else np.nan
    if kind is Kind.SPAN:
        number /= DAY
    if not np.isfinite(number):
        number = np.nan
    return Column(np.clip(np.array([number]), -MOST, MOST).astype(np.float32))


def _texts(answer: ValueAnswer, places: Numbers, keep: frozenset[str] | None) -> Column:
    """The texts that many share, each by a number; any other text is none of them."""
    sizes = [len(it.values[answer.index]) for it in answer.buckets]
    ends = np.cumsum([0, *sizes])
    parts = np.searchsorted(places, ends)
    counts: dict[str, int] = {}
    found: list[tuple[npt.NDArray[np.int64], list[str]]] = []
    for number, bucket in enumerate(answer.buckets):
        here = places[parts[number] : parts[number + 1]] - ends[number]
        codes = bucket.values[answer.index][here]
        whole = np.where(np.isnan(codes), -1, codes).astype(np.int64)
        used, each, many = np.unique(whole, return_inverse=True, return_counts=True)
        names = (
            ["" if it < 0 else str(bucket.bound.pool[it].as_py()) for it in used.tolist()]
            if (len(used) <= 1000)
            else _many_names(bucket.bound.pool, used)
        )
        for it, name, count in zip(used.tolist(), names, many.tolist(), strict=True):
            if it >= 0:
                counts[name] = counts.get(name, 0) + count
        found.append((np.where(whole < 0, -1, each), names))
    if keep is None:
        keep = frozenset(it for it, n in counts.items() if n >= max(2, COMMON * len(places)))
    chosen = tuple(sorted(keep & counts.keys()))
    number_of = {name: float(number) for number, name in enumerate(chosen)}
    columns = [np.zeros(0, np.float32)]
    for each, names in found:
        table = np.array([*(number_of.get(it, len(chosen)) for it in names), np.nan], np.float32)
        columns.append(table[each])
    return Column(np.concatenate(columns), (*chosen, ""))


def _many_names(pool: Any, used: npt.NDArray[np.int64]) -> list[str]:
    import pyarrow as pa

    some = pa.array(used, mask=used < 0)
    return ["" if it is None else str(it) for it in pool.take(some).to_pylist()]
