"""What people do as a table: the traits asked for, or those a project has, in one pass."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from shoal.core.errors import UsageError
from shoal.core.names import nearest
from shoal.fairness import guarded_in, reads_of
from shoal.language import check_rule, parse_expression, parse_value, sentence, value_type
from shoal.language.foretelling import reached, reads_scores
from shoal.language.shape import walk
from shoal.language.tree import (
    Age,
    Aggregate,
    Everyone,
    InTop,
    Rank,
    Rule,
    TextLiteral,
    TraitValue,
    Value,
)
from shoal.language.vocabulary import ValueType
from shoal.language.wording import in_passing
from shoal.project.checking import refuse_errors
from shoal.project.guarding import refused

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from shoal.discovery.features import Matrix
    from shoal.project.reading import Reading
    from shoal.store import Snapshot

TOO_FEW = 3
MOST_EVENTS = 10
MOST_CATEGORIES = 6
RARE_CATEGORY = 0.04
QUANTITIES = (ValueType.NUMBER, ValueType.SPAN)
DAY = 86_400_000_000.0


@dataclass(frozen=True, slots=True)
class Behaviour:
    """A value about people: as rules write it, as a tree, and in words."""

    name: str
    value: Value
    title: str
    type: ValueType
    reads: Value | None = None


@dataclass(frozen=True, eq=False)
class Observed:
    """Everybody in scope at an instant: their behaviours, and truths and numbers asked beside.

    ``places`` are their numbers among all profiles of the snapshot, bucket after bucket.
    """

    snapshot: Snapshot
    at: int
    matrix: Matrix
    places: npt.NDArray[np.int64]
    truths: Mapping[str, npt.NDArray[np.bool_]] = field(
        default_factory=dict[str, "npt.NDArray[np.bool_]"]
    )
    texts: Mapping[str, npt.NDArray[np.object_]] = field(
        default_factory=dict[str, "npt.NDArray[np.object_]"]
    )

    @cached_property
    def user_ids(self) -> Any:
        """An Arrow array: how outputs name each of them."""
        import pyarrow as pa

        parts = [self.snapshot.user_ids(bucket) for bucket in range(self.snapshot.buckets)]
        return pa.chunked_array(parts, pa.string()).take(pa.array(self.places)).combine_chunks()


# --- which behaviours ----------------------------------------------------------------------------


def chosen_behaviours(
    reading: Reading, traits: str | None, *, texts: bool = False
) -> list[Behaviour]:
    """Those asked for, by trait names and expressions; else those of the project."""
    if traits is None:
        return default_behaviours(reading, texts=texts)
    written = [it for it in (part.strip() for part in split_list(traits)) if it]
    if not written:
        raise UsageError("--traits names nothing", hint="write --traits orders_90d,revenue_90d")
    return [_written(reading, text) for text in written]


def default_behaviours(reading: Reading, *, texts: bool = False) -> list[Behaviour]:
    """The project's own quantities; of few, with counts and recency of its events beside them.

    Ranks are left out (they restate others by fifths), and so are stored scores (guesses).
    """
    found = trait_behaviours(reading, texts=texts)
    quantities = [it for it in found if it.type in QUANTITIES]
    if len(quantities) >= TOO_FEW:
        return [*found, *_recency(reading, found)]
    return [*found, *event_behaviours(reading)]


def _recency(reading: Reading, found: Sequence[Behaviour]) -> list[Behaviour]:
    """How long ago what the traits speak of most was done last, if no trait says it."""
    if any(isinstance(it.reads, Age) for it in found):
        return []
    events = Counter(
        node.selection.event.names[0]
        for behaviour in found
        for node in walk(behaviour.reads or behaviour.value)
        if isinstance(node, Aggregate) and len(node.selection.event.names) == 1
    )
    entries = reading.vocabulary.events
    for name, _ in events.most_common():
        event = entries[name].parent or name if name in entries else name
        text = f"age(last({event}))"
        return [_behaviour(reading, text, parse_value(text))]
    return []


def trait_behaviours(reading: Reading, *, texts: bool = False) -> list[Behaviour]:
    """Every computed trait that is a quantity (or, if asked for, a text or a truth)."""
    wanted = {*QUANTITIES, ValueType.TEXT, ValueType.BOOLEAN} if texts else set(QUANTITIES)
    found: list[Behaviour] = []
    guarded = guarded_in(reading.definitions.found.events)
    for name, entry in reading.vocabulary.traits.items():
        if entry.value is None or any(isinstance(it, Rank | InTop) for it in walk(entry.value)):
            continue
        if guarded and reads_of(entry.value, reading.vocabulary, guarded):
            continue  # whatever its reason, nobody asked for it here
        if any(reads_scores(it) for it in (entry.value, *reached(entry.value, reading.vocabulary))):
            continue
        behaviour = _behaviour(reading, name, TraitValue(name))
        if behaviour.type in wanted:
            found.append(behaviour)
    return found


def event_behaviours(reading: Reading, most: int = MOST_EVENTS) -> list[Behaviour]:
    """How often and how lately each of the commonest events happened; what orders came to."""
    from shoal.project.worth import worth_of

    facts = reading.snapshot.catalogue.events.values()
    events = [it for it in facts if not it.name.startswith("$") and it.parent is None]
    events.sort(key=lambda it: (-it.rows, it.name))
    texts = [
        text
        for event in events[:most]
        for text in (f"count({event.name} in last 90d)", f"age(last({event.name}))")
    ]
    worth = worth_of(reading)
    if worth is not None:
        texts.append(worth.text)
    return [_behaviour(reading, text, parse_value(text)) for text in dict.fromkeys(texts)]


def split_list(text: str) -> Iterator[str]:
    """The parts between commas that stand in no parentheses and no quotes.

    >>> list(split_list("a, count(x where y in (1, 2)), b"))
    ['a', ' count(x where y in (1, 2))', ' b']
    """
    depth, first, quote = 0, 0, ""
    for place, sign in enumerate(text):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "'\"`":
            quote = sign
        elif sign in "()":
            depth += 1 if sign == "(" else -1
        elif sign == "," and depth == 0:
            yield text[first:place]
            first = place + 1
    yield text[first:]


def _written(reading: Reading, text: str) -> Behaviour:
    asked = parse_expression(text)
    if isinstance(asked, TraitValue) and asked.name not in reading.vocabulary.traits:
        meant = nearest(asked.name, reading.vocabulary.traits)
        hint = f"did you mean `{meant}`?" if meant else "traits are written in traits/"
        raise UsageError(f"--traits: no trait `{asked.name}`", hint=hint)
    if isinstance(asked, Rule):
        raise UsageError(
            f"--traits: `{text}` is a rule", hint="give traits, or expressions with a value"
        )
    refuse_errors(check_rule(asked, reading.vocabulary))
    why_not = refused(reading, asked)
    if why_not is not None:
        hint = "name a trait that says under `sensitive_because` why it must be looked at"
        raise UsageError(f"--traits: `{text}` is not learnt from: {why_not}", hint=hint)
    return _behaviour(reading, text, asked)


def _behaviour(reading: Reading, name: str, value: Value) -> Behaviour:
    vocabulary = reading.vocabulary
    entry = vocabulary.traits.get(value.name) if isinstance(value, TraitValue) else None
    title = (entry.title if entry else None) or sentence(value, vocabulary).rstrip(".")
    reads = entry.value if entry and not isinstance(entry.value, Rule) else None
    return Behaviour(name, value, title, value_type(value, vocabulary), reads)


# --- reading them --------------------------------------------------------------------------------


def observe(
    reading: Reading,
    behaviours: Sequence[Behaviour],
    at: int,
    *,
    scope: Rule | None = None,
    truths: Mapping[str, Rule] | None = None,
) -> Observed:
    """Everybody known at the instant, or those in scope, in one pass."""
    import numpy as np

    from shoal.discovery.features import matrix_of
    from shoal.runners import RuleAnswer, ValueAnswer, evaluate

    questions: dict[str, Rule | Value] = {"in scope": scope or Everyone()}
    questions |= {f"value {index}": it.value for index, it in enumerate(behaviours)}
    questions |= {f"truth {name}": rule for name, rule in (truths or {}).items()}
    answers = evaluate(reading.snapshot, questions, reading.vocabulary, at)
    everyone = answers["in scope"]
    assert isinstance(everyone, RuleAnswer)
    chosen = np.concatenate([np.zeros(0, np.bool_), *everyone.chosen()])
    places = np.flatnonzero(chosen)
    features: list[Any] = []
    columns: list[Any] = []
    texts: dict[str, Any] = {}
    for index, behaviour in enumerate(behaviours):
        answer = answers[f"value {index}"]
        assert isinstance(answer, ValueAnswer)
        if answer.type is ValueType.TEXT:
            texts[behaviour.name] = texts_of(answer)[places]
            made = _categories(behaviour, texts[behaviour.name])
        else:
            made = _numbers(behaviour, answer, places)
        for feature, column in made:
            features.append(feature)
            columns.append(column)
    found: dict[str, Any] = {}
    for name in truths or {}:
        answer = answers[f"truth {name}"]
        assert isinstance(answer, RuleAnswer)
        found[name] = np.concatenate([np.zeros(0, np.bool_), *answer.chosen()])[places]
    matrix = matrix_of(features, columns, len(places))
    return Observed(reading.snapshot, at, matrix, places, found, texts)


def _numbers(behaviour: Behaviour, answer: Any, places: Any) -> Iterable[tuple[Any, Any]]:
    import numpy as np

    from shoal.discovery.features import Feature, Kind

    kinds = {
        ValueType.NUMBER: Kind.NUMBER,
        ValueType.UNKNOWN: Kind.NUMBER,
        ValueType.SPAN: Kind.SPAN,
        ValueType.BOOLEAN: Kind.BOOLEAN,
    }
    kind = kinds.get(answer.type)
    if kind is None:  # lists and instants are no quantities
        return
    column = np.concatenate([np.zeros(0), *(it.values[answer.index] for it in answer.buckets)])
    column = column[places]
    if kind is Kind.SPAN:
        column = column / DAY
    title = behaviour.title
    yield (
        Feature(behaviour.name, behaviour.value, title, kind, reads=behaviour.reads),
        column,
    )


def texts_of(answer: Any) -> Any:
    """A text (or None) for every profile, bucket after bucket."""
    import numpy as np

    parts: list[Any] = [np.empty(0, np.object_)]
    for bucket in answer.buckets:
        codes = bucket.values[answer.index]
        unset = np.isnan(codes)
        pool = np.array([*bucket.bound.pool.to_pylist(), None], np.object_)
        parts.append(pool[np.where(unset, len(pool) - 1, np.where(unset, 0, codes)).astype(int)])
    return np.concatenate(parts)


def _categories(behaviour: Behaviour, texts: Any) -> Iterable[tuple[Any, Any]]:
    """A column for each of the commonest texts: is it this one?"""
    import numpy as np

    from shoal.discovery.features import Feature, Kind

    is_set = np.array([it is not None for it in texts], np.bool_)
    found, counts = np.unique(texts[is_set].astype(str), return_counts=True)
    common = [
        (int(count), str(text))
        for text, count in zip(found, counts, strict=True)
        if count >= RARE_CATEGORY * max(1, len(texts))
    ]
    for _, text in sorted(common, key=lambda it: (-it[0], it[1]))[:MOST_CATEGORIES]:
        column = np.where(is_set, (texts == text).astype(np.float64), np.nan)
        yield (
            Feature(
                f"{behaviour.name} = {TextLiteral(text).text}",
                behaviour.value,
                in_passing(behaviour.title),
                Kind.CATEGORY,
                category=text,
                reads=behaviour.reads,
            ),
            column,
        )
