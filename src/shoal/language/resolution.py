"""Which entry of a vocabulary a written name means, and of which type a property is."""

from __future__ import annotations

from collections.abc import Iterator

from shoal.core.names import snake_case
from shoal.language.tree import EventRef
from shoal.language.vocabulary import (
    EventEntry,
    SegmentEntry,
    TraitEntry,
    ValueType,
    Vocabulary,
)


def find_event(name: str, vocabulary: Vocabulary) -> EventEntry | None:
    """The event of that name: as rules write it, as received, or as received with other case."""
    if entry := vocabulary.events.get(name):
        return entry
    for entry in vocabulary.events.values():
        if name in entry.raw_names:
            return entry
    return vocabulary.events.get(snake_case(name))


def is_received(entry: EventEntry) -> bool:
    """True of what `any event` means: no reserved rows, no lines, nothing derived."""
    derived = {"session_started", "session_ended"}
    return not (entry.name.startswith("$") or entry.parent or entry.name in derived)


def events_of(event: EventRef, vocabulary: Vocabulary) -> Iterator[EventEntry]:
    """The known events that are meant."""
    if event.is_any:
        yield from filter(is_received, vocabulary.events.values())
    for name in event.names:
        if entry := find_event(name, vocabulary):
            yield entry


def carriers(entry: EventEntry, vocabulary: Vocabulary) -> Iterator[EventEntry]:
    """The event itself, then its lines or its parent: where its properties are looked up."""
    yield entry
    for name in (entry.lines, entry.parent):
        if name is not None and (other := vocabulary.events.get(name)):
            yield other


def property_carrier(
    entry: EventEntry, name: str, vocabulary: Vocabulary
) -> tuple[EventEntry, str] | None:
    """The event whose rows carry the property, and its name there."""
    for carrier in carriers(entry, vocabulary):
        for written in (name, ".".join(map(snake_case, name.split(".")))):
            if written in carrier.properties:
                return carrier, written
    return None


def property_type(event: EventRef, name: str, vocabulary: Vocabulary) -> ValueType | None:
    """The property's type; unknown where events differ or are unknown; None if none has it."""
    if any(find_event(written, vocabulary) is None for written in event.names):
        return ValueType.UNKNOWN
    found: set[ValueType] = set()
    for entry in events_of(event, vocabulary):
        if carried := property_carrier(entry, name, vocabulary):
            found.add(carried[0].properties[carried[1]])
    if not found:
        return None
    return found.pop() if len(found) == 1 else ValueType.UNKNOWN


def title_in(
    entry: EventEntry | SegmentEntry | TraitEntry, vocabulary: Vocabulary, language: str
) -> str | None:
    """The entry's title in exactly this language, which may not be the vocabulary's."""
    if entry.words is not None:
        return entry.words.written_in(language)
    return entry.title if language == vocabulary.language else None
