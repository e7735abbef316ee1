"""What the rules of a project may name: its data's catalogue and its definitions as a vocabulary."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from shoal.consent.state import CONSENT
from shoal.events.table import IDENTIFY
from shoal.language import Words
from shoal.language.defined import known
from shoal.language.foretelling import score_events
from shoal.language.vocabulary import EventEntry, TraitEntry, ValueType, Vocabulary

if TYPE_CHECKING:
    from shoal.project.definitions import Definitions
    from shoal.project.settings import Settings
    from shoal.store import Catalogue, EventFacts, Snapshot

_TYPES = {
    "number": ValueType.NUMBER,
    "money": ValueType.NUMBER,
    "text": ValueType.TEXT,
    "boolean": ValueType.BOOLEAN,
    "instant": ValueType.INSTANT,
}

SESSIONS = {
    "session_started": EventEntry(
        "session_started",
        title="Session started",
        words=Words.by_language(en="Session started", pt="iniciou uma sessão"),
    ),
    "session_ended": EventEntry(
        "session_ended",
        title="Session ended",
        properties={"pages": ValueType.NUMBER, "seconds": ValueType.NUMBER},
        words=Words.by_language(en="Session ended", pt="terminou uma sessão"),
    ),
}


def vocabulary_for(settings: Settings, snapshot: Snapshot, definitions: Definitions) -> Vocabulary:
    """Everything a rule may name, in the project's language; unknown names pass with a warning."""
    return words_of(settings, snapshot.catalogue, definitions, _purposes(snapshot))


def words_of(
    settings: Settings,
    catalogue: Catalogue,
    definitions: Definitions,
    purposes: Collection[str] = (),
) -> Vocabulary:
    """The same of a catalogue alone; ``purposes`` are those that anybody was ever asked about."""
    definitions = definitions.in_language(settings.language)
    events = {name: _entry(facts, definitions) for name, facts in catalogue.events.items()}
    planned = {
        name: it for name, it in definitions.events.items() if name not in {*events, IDENTIFY}
    }
    profile = {
        name: TraitEntry(name, _TYPES.get(str(facts.type), ValueType.UNKNOWN))
        for name, facts in catalogue.traits.items()
    }
    expected = _expected(definitions)
    profile |= {name: it for name, it in expected.items() if it.type is not ValueType.UNKNOWN}
    return Vocabulary(
        events={**SESSIONS, **planned, **events, **score_events(definitions.found.predictions)},
        segments=definitions.segment_entries,
        traits={**expected, **profile, **definitions.trait_entries},
        purposes=frozenset(purposes) | definitions.purposes,
        zone=settings.time_zone,
        session_gap=settings.session_gap,
        open=True,
        language=settings.language,
        country=settings.country,
    )


def _expected(definitions: Definitions) -> dict[str, TraitEntry]:
    """Profile traits that the tracking plan speaks of, as properties of `$identify`."""
    told = definitions.events.get(IDENTIFY)
    return {name: TraitEntry(name, it) for name, it in told.properties.items()} if told else {}


def _entry(facts: EventFacts, definitions: Definitions) -> EventEntry:
    declared = definitions.events.get(facts.name)
    found = {
        name: _TYPES.get(str(it.type), ValueType.UNKNOWN) for name, it in facts.properties.items()
    }
    planned: Mapping[str, ValueType] = declared.properties if declared else {}
    return EventEntry(
        facts.name,
        title=declared.title if declared else None,
        raw_names=facts.raw_names,
        properties={**planned, **found, **known(planned)},
        lines=facts.lines,
        parent=facts.parent,
        words=declared.words if declared else None,
        property_words=declared.property_words if declared else {},
        session=declared.session if declared else None,
    )


def _purposes(snapshot: Snapshot) -> set[str]:
    """Every purpose anybody was ever asked about."""
    found: set[str] = set()
    if CONSENT not in snapshot.catalogue.events:
        return found
    for bucket in range(snapshot.buckets):
        column = snapshot.history(bucket).column(CONSENT, "purpose")
        if column is not None and column.dictionary is not None:
            found.update(column.dictionary.to_pylist())
    return found
