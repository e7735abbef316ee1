"""The vocabulary that definitions and data make together; partitions become segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from shoal.core.instants import Zone
from shoal.language.definitions import (
    PROPERTY_TYPES,
    Definitions,
    EventDefinition,
    PartitionDefinition,
)
from shoal.language.foretelling import score_events, score_value
from shoal.language.tree import And, Everyone, InSegment, Nobody, Rule
from shoal.language.vocabulary import EventEntry, SegmentEntry, TraitEntry, ValueType, Vocabulary
from shoal.language.words import LANGUAGES, Words


def vocabulary_of(  # noqa: PLR0913
    definitions: Definitions,
    events: Mapping[str, EventEntry],
    traits: Mapping[str, TraitEntry],
    zone: Zone,
    *,
    purposes: Iterable[str] = (),
    open: bool = False,  # noqa: A002 - the vocabulary's own word
    language: str = LANGUAGES[0],
    country: str | None = None,
) -> Vocabulary:
    """Everything rules may name: what the data knows, and what the files define.

    Titles are those of the ``language``. What could not be read is left out; its problems stand in the definitions. A computed trait
    hides a profile trait of its name.
    """
    return Vocabulary(
        events={
            **planned_events(definitions, events, language),
            **score_events(definitions.predictions),
        },
        segments=segment_entries(definitions, language),
        traits={**traits, **trait_entries(definitions, language)},
        purposes=frozenset(purposes)
        | {segment.purpose for segment in definitions.segments if segment.purpose},
        zone=zone,
        open=open,
        language=language,
        country=country,
    )


def segment_entries(
    definitions: Definitions, language: str = LANGUAGES[0]
) -> dict[str, SegmentEntry]:
    """Segments and the parts of partitions, by name.

    One whose rule could not be read has nobody, so that its problem is told once.
    """
    entries = {
        segment.name: SegmentEntry(
            segment.name, segment.rule or Nobody(), *said(segment.title, language)
        )
        for segment in definitions.segments
    }
    for partition in definitions.partitions:
        entries.update({entry.name: entry for entry in part_entries(partition, language)})
    return entries


def part_entries(
    partition: PartitionDefinition, language: str = LANGUAGES[0]
) -> Iterable[SegmentEntry]:
    """Each part as a segment ``partition.part``: its rule, and in no part before it.

    Membership has two values, so a part whose rule is unknown for somebody is passed over.
    """
    before: list[str] = []
    for part in partition.parts:
        name = f"{partition.name}.{part.name}"
        rule = part.rule or Nobody()
        others = [InSegment(other, negated=True, place=rule.place) for other in before]
        yield SegmentEntry(name, _all_of(rule, others), *said(part.title, language))
        before.append(name)


def trait_entries(definitions: Definitions, language: str = LANGUAGES[0]) -> dict[str, TraitEntry]:
    """Computed traits, and predictions: traits whose scores are stored."""
    computed = {
        trait.name: TraitEntry(
            trait.name, ValueType.UNKNOWN, trait.value, *said(trait.title, language)
        )
        for trait in definitions.traits
    }
    scores = {
        prediction.name: TraitEntry(
            prediction.name,
            ValueType.NUMBER,
            score_value(prediction),
            *said(prediction.title, language),
        )
        for prediction in definitions.predictions
    }
    return scores | computed


def planned_events(
    definitions: Definitions, events: Mapping[str, EventEntry], language: str = LANGUAGES[0]
) -> dict[str, EventEntry]:
    """The data's events with the plan's titles and types, and those only planned."""
    found = dict(events)
    for event in definitions.events:
        planned = {
            prop.name: PROPERTY_TYPES[prop.type] if prop.type else ValueType.UNKNOWN
            for prop in event.properties
        }
        entry = found.get(event.name, EventEntry(event.name))
        title, words = said(event.title, language)
        found[event.name] = replace(
            entry,
            title=title or entry.title,
            properties={**planned, **entry.properties, **known(planned)},
            parent=event.line_of or entry.parent,
            words=words or entry.words,
            property_words=property_words(event, language),
            session=event.session,
        )
    for event in definitions.events:
        parent = found.get(event.line_of or "")
        if parent is not None:
            found[parent.name] = replace(parent, lines=parent.lines or event.name)
    return found


def known(types: Mapping[str, ValueType]) -> dict[str, ValueType]:
    """Those that are declared: what the plan says decides, whatever the data held before."""
    return {name: it for name, it in types.items() if it is not ValueType.UNKNOWN}


def property_words(event: EventDefinition, language: str) -> dict[str, Words]:
    """The titles of an event's properties, where they have one."""
    return {it.name: it.title.of_project(language) for it in event.properties if it.title}


def said(words: Words | None, language: str) -> tuple[str | None, Words | None]:
    """The text of this language, the project's own, and those of the others with it."""
    return (words.chosen(language), words.of_project(language)) if words else (None, None)


def _all_of(rule: Rule, others: list[InSegment]) -> Rule:
    if not others:
        return rule
    if isinstance(rule, Everyone):
        return others[0] if len(others) == 1 else And(tuple(others), place=rule.place)
    parts = rule.parts if isinstance(rule, And) else (rule,)
    return And((*parts, *others), place=rule.place)
