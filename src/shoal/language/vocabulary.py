"""What a rule may speak of: the names and types a project knows.

A vocabulary is built from the store's catalogue, the tracking plan and the applied definitions.
Checks read it; so does the sentence (for titles) and the engine (to resolve names).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from shoal.core.instants import Zone
from shoal.core.spans import Span
from shoal.language.behaviour import is_on_site
from shoal.language.tree import Rule, Value
from shoal.language.words import LANGUAGES, Words


class ValueType(StrEnum):
    """What a value is."""

    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    INSTANT = "instant"
    SPAN = "span"  # never a property's; age(), gap()
    LIST = "list"  # values(...)
    UNKNOWN = "unknown"  # not yet known; never a cause for complaint


@dataclass(frozen=True, slots=True)
class EventEntry:
    """An event a rule may name. ``lines`` names its line event, ``parent`` a line event's parent.

    ``session`` says whether it is part of sessions; None where the plan does not.
    """

    name: str
    title: str | None = None
    raw_names: tuple[str, ...] = ()
    properties: Mapping[str, ValueType] = field(default_factory=dict[str, ValueType])
    lines: str | None = None
    parent: str | None = None
    words: Words | None = None
    property_words: Mapping[str, Words] = field(default_factory=dict[str, Words])
    session: bool | None = None


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """A segment, or a partition's part (name ``partition.part``)."""

    name: str
    rule: Rule
    title: str | None = None
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class TraitEntry:
    """A computed trait (``value`` given) or a profile trait (``value`` None, ``type`` known)."""

    name: str
    type: ValueType = ValueType.UNKNOWN
    value: Value | Rule | None = None
    title: str | None = None
    words: Words | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Everything a rule may name.

    Titles are in its ``language``, as far as they are written in it; ``words`` keep the others.
    An ``open`` vocabulary lets unknown event, property and trait names pass with a warning (they
    select nothing); segments must always exist.
    """

    events: Mapping[str, EventEntry] = field(default_factory=dict[str, EventEntry])
    segments: Mapping[str, SegmentEntry] = field(default_factory=dict[str, SegmentEntry])
    traits: Mapping[str, TraitEntry] = field(default_factory=dict[str, TraitEntry])
    purposes: frozenset[str] = frozenset()
    zone: Zone = field(default_factory=Zone)
    session_gap: Span = Span(30, "m")  # noqa: RUF009  # frozen
    open: bool = False
    language: str = LANGUAGES[0]
    country: str | None = None  # whose holidays hold for people whose own country is not known

    def in_session(self, event: str) -> bool:
        """Whether an event is part of a session: as the plan says, else as its name does."""
        entry = self.events.get(event)
        if entry is not None and entry.parent is not None:
            return False
        said = entry.session if entry is not None else None
        return is_on_site(event) if said is None else said
