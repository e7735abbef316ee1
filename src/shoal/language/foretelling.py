"""Predictions: what is wrong with one, and the trait that its scores make.

A score is a row of the person's history, ``$score``, at the instant it speaks for. It carries the
number under the prediction's name and, as ``about``, the target it was made for: scores of a target
that was changed since are not those of the new one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from shoal.core.errors import Problem
from shoal.core.names import nearest
from shoal.core.spans import Span
from shoal.language.check import check_rule
from shoal.language.definitions import FeatureDefinition, PredictionDefinition
from shoal.language.shape import walk
from shoal.language.text import to_text
from shoal.language.tree import (
    Age,
    Aggregate,
    AggregateFunction,
    Changed,
    Comparator,
    Compare,
    ConsentsTo,
    EventRef,
    Everyone,
    InNext,
    InSegment,
    InTop,
    Nobody,
    Node,
    PropertyValue,
    Rank,
    Rule,
    Selection,
    Sequence,
    TextLiteral,
    TraitValue,
    Until,
    Value,
)
from shoal.language.types import value_type
from shoal.language.vocabulary import EventEntry, ValueType, Vocabulary

SCORE = "$score"
"""The reserved event of a stored score."""
ABOUT, MODEL, VERSION = "about", "model", "data_version"
"""What a score carries beside its number: its target, its model, and the version of the data."""
TAKEN = frozenset({ABOUT, MODEL, VERSION, "user_id", "anonymous_id", "at", "id"})
"""Names that no prediction can have."""
_DAY = 86_400_000_000
_OF_THE_INSTANT = (
    TraitValue, InSegment, Changed, ConsentsTo, Age, Until, Rank, InTop, Everyone, Nobody,
)  # fmt: skip


def score_value(definition: PredictionDefinition) -> Value | None:
    """The trait of a prediction: the last score of its target; None where it has no target."""
    if definition.target is None:
        return None
    where = Compare(PropertyValue(ABOUT), Comparator.EQUAL, TextLiteral(to_text(definition.target)))
    chosen = Selection(EventRef((SCORE,), (True,)), definition.name, where)
    return Aggregate(AggregateFunction.LAST, chosen)


def score_events(predictions: Iterable[PredictionDefinition]) -> dict[str, EventEntry]:
    """The reserved event of scores as rules read it; nothing where nothing is predicted."""
    names = [it.name for it in predictions]
    if not names:
        return {}
    texts = dict.fromkeys((ABOUT, MODEL, VERSION), ValueType.TEXT)
    numbers: Mapping[str, ValueType] = dict.fromkeys(names, ValueType.NUMBER)
    return {SCORE: EventEntry(SCORE, properties={**texts, **numbers})}


def reads_scores(node: Node) -> bool:
    """Whether a rule or value rests on a stored score; names of traits are not looked into."""
    return any(isinstance(it, EventRef) and SCORE in it.names for it in walk(node))


def longest_ahead(target: Node) -> Span:
    """How far a target looks ahead."""
    spans = [it.span for it in walk(target) if isinstance(it, InNext)]
    return max(spans, key=lambda it: it.microseconds or it.months * 30 * _DAY)


def check_prediction(definition: PredictionDefinition, vocabulary: Vocabulary) -> list[Problem]:
    """Every problem of a prediction that could be read."""
    found: list[Problem] = []
    if definition.name in TAKEN:
        message = f"`{definition.name}` is what scores call something else"
        found.append(Problem(message, definition.place, "give the prediction another name"))
    if definition.target is not None:
        found += check_rule(definition.target, vocabulary, target=True)
        found += _target_problems(definition.target, vocabulary)
    if definition.population is not None:
        found += check_rule(definition.population, vocabulary)
        found += _circular(definition.population, definition, vocabulary)
    for feature in definition.features:
        if feature.value is not None:
            found += check_rule(feature.value, vocabulary)
            found += _circular(feature.value, definition, vocabulary)
    for name in definition.without:
        found += _unknown(name, vocabulary)
    return found


def _target_problems(target: Rule | Value, vocabulary: Vocabulary) -> Iterator[Problem]:
    """What keeps a target from speaking of the time after its instant, and of that only."""
    windows = [it for it in walk(target) if isinstance(it, Selection | Sequence)]
    for it in windows:
        if not isinstance(it.window, InNext):
            hint = "give every event in it a window such as `in next 90d`"
            message = "a target speaks of the time after its instant only"
            yield Problem(message, it.place or target.place, hint)
    spans = {it.window.span for it in windows if isinstance(it.window, InNext)}
    if any(it.count == 0 for it in spans):
        yield Problem("a target looks ahead by more than nothing", target.place, "in next 90d")
    for it in walk(target):
        if isinstance(it, _OF_THE_INSTANT):
            message = f"`{to_text(it)}` speaks of the instant itself, not of what comes after it"
            yield Problem(message, it.place or target.place, "write it into `population`")
    if not windows:
        yield Problem("a target speaks of what comes", target.place, "did … in next 90d")
    if not isinstance(target, Rule):
        kind = value_type(target, vocabulary)
        if kind not in {ValueType.NUMBER, ValueType.UNKNOWN}:
            yield Problem(
                f"a target is a rule or a number, and this is a {kind}", target.place,
                "count(…), sum(…) or a rule",
            )  # fmt: skip


def _circular(
    node: Node, definition: PredictionDefinition, vocabulary: Vocabulary
) -> Iterator[Problem]:
    """A prediction learned from scores would not be known at the instants it learns from."""
    for it in (node, *reached(node, vocabulary)):
        if reads_scores(it):
            message = f"`{definition.name}` cannot rest on what is itself predicted"
            yield Problem(message, node.place, "name what people did instead")
            return


def reached(node: Node, vocabulary: Vocabulary) -> Iterator[Node]:
    """What the traits and segments mean that a rule or value names, however deep."""
    seen: set[tuple[str, str]] = set()
    waiting = [node]
    while waiting:
        for it in walk(waiting.pop()):
            match it:
                case TraitValue(name):
                    entry = vocabulary.traits.get(name)
                    meant = entry.value if entry is not None else None
                case InSegment(name) | Changed(_, name):
                    segment = vocabulary.segments.get(name)
                    meant = segment.rule if segment is not None else None
                case _:
                    continue
            if meant is not None and (type(it).__name__, name) not in seen:
                seen.add((type(it).__name__, name))
                waiting.append(meant)
                yield meant


def _unknown(written: FeatureDefinition, vocabulary: Vocabulary) -> Iterator[Problem]:
    """A name that is no trait, event or property of one."""
    name = written.text
    event, dot, prop = name.partition(".")
    known = {*vocabulary.traits, *vocabulary.events}
    if name in known:
        return
    if dot and event in vocabulary.events:
        properties = vocabulary.events[event].properties
        if prop in properties:
            return
        known = {f"{event}.{it}" for it in properties}
    near = nearest(name, known)
    hint = f"did you mean `{near}`?" if near else "name a trait, an event or an event.property"
    message = f"no trait, event or property `{name}` to leave out"
    yield Problem(message, written.place, hint, "warning")
