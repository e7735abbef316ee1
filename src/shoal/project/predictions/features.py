"""What a prediction is learned from: what people did, as the data offers it, or as it is listed.

By themselves: of the commonest events how often, how lately, since when, in what rhythm and whether
more or less than before; what they came to; by which channel and of which category; how busy people
are with anything; the project's own traits; and what profiles say. Left out is what a definition
leaves out, what the tracking plan calls sensitive or keeps for other purposes, and what by its name
tells of gender, age, health, belief or origin, or who somebody is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from shoal.audits.fields import fields_of
from shoal.audits.sensitive import topic_of
from shoal.core.instants import EARLIEST
from shoal.events.table import IDENTIFY
from shoal.fairness import guarded_in, reads_of
from shoal.language import parse_expression, parse_rule, sentence, value_type
from shoal.language.shape import walk
from shoal.language.tree import EventRef, Node, TraitValue
from shoal.language.vocabulary import ValueType
from shoal.language.written_names import name_text, part_text
from shoal.project.answers import as_value
from shoal.project.behaviours import Behaviour, trait_behaviours
from shoal.runners import RuleAnswer, evaluate

if TYPE_CHECKING:
    from shoal.language.definitions import PredictionDefinition
    from shoal.project.reading import Reading

MAIN_EVENTS = 3
MOST_EVENTS = 10
MOST_NUMBERS = 3
MOST_TEXTS = 3
MOST_FEATURES = 90
AT_ONCE = 40
FEWEST_PEOPLE = 20
_KINDS = {ValueType.NUMBER, ValueType.SPAN, ValueType.BOOLEAN, ValueType.TEXT, ValueType.UNKNOWN}
_OF_MAIN = (
    "count({0} in last 30d)", "count({0} in last 90d)", "count({0} in last 365d)", "count({0})",
    "days({0})", "age(last({0}))", "age(first({0}))", "gap({0})", "gap_std({0})",
    "age(last({0})) / gap({0})", "count({0} in last 90d) - count({0} between 180d and 90d ago)",
)  # fmt: skip
_OF_OTHERS = ("count({0} in last 30d)", "count({0} in last 90d)", "count({0})", "age(last({0}))")
_OF_NUMBER = ("sum({0}.{1} in last 90d)", "sum({0}.{1})", "avg({0}.{1})", "max({0}.{1})",
              "last({0}.{1})")  # fmt: skip
_OF_TEXT = ("top({0}.{1})", "distinct({0}.{1})")
_OF_ALL = ("count(any event in last 30d)", "days(any event in last 90d)", "age(last(any event))",
           "age(first(any event))")  # fmt: skip
_TELLING = re.compile(
    r"(?:^|_)(e_?mail|phone|mobile|name|surname|address|street|ip|iban|passport|latitude|longitude"
    r"|birth\w*|dob)(?:$|_)"
)
"""Names that tell who somebody is: used only where a definition lists them."""
_IDENTITY = re.compile(r"(?:^|_)(id|uuid|guid|token|hash|url|href|message)$")
"""Names of values that hardly two people share."""


def offered_features(
    reading: Reading, definition: PredictionDefinition, at: int
) -> list[Behaviour]:
    """What the prediction is learned from, by what was known at an instant."""
    if definition.features:
        listed = [feature_of(reading, it.text) for it in definition.features]
        return [it for it in listed if not _is_left_out(it.value, definition, reading)]
    found = [feature_of(reading, text) for text in _texts(reading, definition, at)]
    found += trait_behaviours(reading, texts=True)
    found += [feature_of(reading, text) for text in _profile_texts(reading, at)]
    guarded = (
        it
        for it in found
        if it.type in _KINDS
        and not _is_left_out(it.value, definition, reading)
        and not _is_guarded(it.value, definition, reading)
    )
    once: dict[Node, Behaviour] = {}
    for it in guarded:  # a trait and the expression it stands for are one
        once.setdefault(it.reads or it.value, it)
    return list(once.values())[:MOST_FEATURES]


def feature_of(reading: Reading, text: str) -> Behaviour:
    """An expression of the language as something known of people."""
    value = as_value(parse_expression(text))
    vocabulary = reading.vocabulary
    entry = vocabulary.traits.get(value.name) if isinstance(value, TraitValue) else None
    title = (entry.title if entry else None) or sentence(value, vocabulary).rstrip(".")
    return Behaviour(text, value, title, value_type(value, vocabulary))


# --- what the data offers ------------------------------------------------------------------------


def _texts(reading: Reading, definition: PredictionDefinition, at: int) -> Iterator[str]:
    """Expressions over the commonest events, those of the target first."""
    assert definition.target is not None
    aimed = [
        name for it in walk(definition.target) if isinstance(it, EventRef) for name in it.names
    ]
    known = reading.snapshot.catalogue.events.values()
    events = reading.vocabulary.events
    names = [it.name for it in known if not it.name.startswith("$") and it.parent is None]
    people = _how_many(reading, {it: f"did {part_text(it)}" for it in names}, at)
    order = sorted(people, key=lambda it: (it not in aimed, -people[it], it))
    order = [it for it in order if people[it] >= FEWEST_PEOPLE or it in aimed][:MOST_EVENTS]
    for number, name in enumerate(order):
        main = number < MAIN_EVENTS
        yield from (it.format(part_text(name)) for it in (_OF_MAIN if main else _OF_OTHERS))
        if not main:
            continue
        line = events[name].lines
        for carrier in (name, *([line] if line is not None else [])):
            yield from _property_texts(reading, carrier, at)
    if len(order) > 1:
        yield from _OF_ALL


def _property_texts(reading: Reading, event: str, at: int) -> Iterator[str]:
    """Expressions over the numbers and texts of an event that most people have."""
    types = reading.vocabulary.events[event].properties
    some = [it for it in types if not _IDENTITY.search(it)]
    rules = {it: f"did {part_text(event)} where {name_text(it)} is set" for it in some}
    people = _how_many(reading, rules, at)
    for kind, most, forms in (
        (ValueType.NUMBER, MOST_NUMBERS, _OF_NUMBER), (ValueType.TEXT, MOST_TEXTS, _OF_TEXT),
    ):  # fmt: skip
        named = [it for it in people if types[it] is kind]
        for name in sorted(named, key=lambda it: (-people[it], it))[:most]:
            yield from (form.format(part_text(event), name_text(name)) for form in forms)


def _how_many(reading: Reading, rules: Mapping[str, str], at: int) -> dict[str, int]:
    """For how many each rule was true at an instant, if for any: what comes later changes no choice."""
    found: dict[str, int] = {}
    names = list(rules)
    for start in range(0, len(names), AT_ONCE):
        asked = {name: parse_rule(rules[name]) for name in names[start : start + AT_ONCE]}
        for name, answer in evaluate(reading.snapshot, asked, reading.vocabulary, at).items():
            assert isinstance(answer, RuleAnswer)
            found[name] = answer.count
    return {name: count for name, count in found.items() if count}


def _profile_texts(reading: Reading, at: int) -> Iterator[str]:
    traits = reading.vocabulary.traits
    named = [it for it, entry in traits.items() if entry.value is None and not _IDENTITY.search(it)]
    people = _how_many(reading, {it: f"{name_text(it)} is set" for it in named}, at)
    for name in sorted(people):
        if traits[name].type is ValueType.INSTANT:
            yield f"age({name_text(name)})"
        elif traits[name].type in {ValueType.NUMBER, ValueType.BOOLEAN, ValueType.TEXT}:
            yield name_text(name)


# --- what must not be used -----------------------------------------------------------------------


def _is_left_out(node: Node, definition: PredictionDefinition, reading: Reading) -> bool:
    """Whether the definition names something that this reads."""
    names = {it.text for it in definition.without}
    if not names:
        return False
    if isinstance(node, TraitValue) and node.name in names:
        return True
    return any(
        read.text in names or (read.event or "") in names or (not read.event and read.name in names)
        for read in fields_of(node, reading.vocabulary)
    )


def _is_guarded(node: Node, definition: PredictionDefinition, reading: Reading) -> bool:
    """Whether it reads what may not be used without being listed."""
    plan = reading.definitions.found.events
    if reads_of(node, reading.vocabulary, guarded_in(plan)):
        return True
    purposes = {(event.name, it.name): it.purposes for event in plan for it in event.properties}
    for read in fields_of(node, reading.vocabulary):
        if read.name is None:
            continue
        kept_for = purposes.get((read.event or IDENTIFY, read.name), ())
        if kept_for and definition.purpose not in kept_for:
            return True
        if _TELLING.search(read.name) or topic_of(read.name) is not None:
            return True
    return False


def features_of(reading: Reading, texts: Iterable[str]) -> list[Behaviour]:
    """The features that a kept model was fitted to."""
    return [feature_of(reading, text) for text in texts]


def undated_traits(reading: Reading, behaviours: Iterable[Behaviour]) -> list[str]:
    """Profile traits among the features of which values hold at every instant, the past ones too."""
    read = {it for one in behaviours for it in fields_of(one.value, reading.vocabulary)}
    found: list[str] = []
    for name in sorted({it.name for it in read if it.event is None and it.name is not None}):
        for bucket in range(reading.snapshot.buckets):
            history = reading.snapshot.history(bucket)
            column = history.column(IDENTIFY, name)
            if column is not None and bool((history.occurred_at[column.rows] <= EARLIEST).any()):
                found.append(name)
                break
    return found
