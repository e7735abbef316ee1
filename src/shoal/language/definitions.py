"""What definition files define: segments, traits, partitions, predictions, events, campaigns.

How a file writes them is told where it is read, in :mod:`shoal.language.reading_definitions`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from shoal.core.errors import Place, Problem
from shoal.language.campaign_definitions import CampaignDefinition
from shoal.language.targets import TargetDefinition
from shoal.language.timelines import TimelineTest
from shoal.language.tree import Rule, Value
from shoal.language.vocabulary import ValueType
from shoal.language.words import Words

PROPERTY_TYPES: Mapping[str, ValueType] = {
    "number": ValueType.NUMBER,
    "money": ValueType.NUMBER,
    "text": ValueType.TEXT,
    "boolean": ValueType.BOOLEAN,
    "instant": ValueType.INSTANT,
}


DAILY, NEVER = "daily", "never"
"""How often a served project scores a prediction by itself."""


@dataclass(frozen=True, slots=True)
class SegmentDefinition:
    """A segment as its file says; ``text`` is the rule as written, ``rule`` None if it is none."""

    name: str
    text: str
    rule: Rule | None
    title: Words | None = None
    why: Words | None = None
    polarity: str | None = None
    purpose: str | None = None
    tests: tuple[TimelineTest, ...] = ()
    vital: bool = False
    target: TargetDefinition | None = None
    place: Place | None = field(default=None, compare=False)
    sensitive_because: str | None = None
    """Why the rule may read what the tracking plan declares sensitive; None: it may not."""


@dataclass(frozen=True, slots=True)
class TraitDefinition:
    """A computed trait: a value, or a rule that is then true or false."""

    name: str
    text: str
    value: Rule | Value | None
    title: Words | None = None
    why: Words | None = None
    place: Place | None = field(default=None, compare=False)
    sensitive_because: str | None = None


@dataclass(frozen=True, slots=True)
class PartitionDefinition:
    """Parts in the order in which they are tried; their names are without the partition's."""

    name: str
    parts: tuple[SegmentDefinition, ...]
    title: Words | None = None
    why: Words | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class FeatureDefinition:
    """Something a prediction is to be learned from, as written; ``value`` None if it is none."""

    text: str
    value: Rule | Value | None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class PredictionDefinition:
    """A prediction: its target is a rule or value about the future of its instant.

    Of whom is said by ``population`` (None: everyone), from what by ``features`` (none: those that
    the data offers). ``without`` names traits, events and properties that are never used.
    ``purpose`` is the consent that everyone looked at must have given. ``refresh`` says how often a
    served project scores it by itself: ``daily`` or ``never``.
    """

    name: str
    text: str
    target: Rule | Value | None
    title: Words | None = None
    why: Words | None = None
    place: Place | None = field(default=None, compare=False)
    sensitive_because: str | None = None
    population: Rule | None = None
    features: tuple[FeatureDefinition, ...] = ()
    without: tuple[FeatureDefinition, ...] = ()
    purpose: str | None = None
    refresh: str = DAILY


@dataclass(frozen=True, slots=True)
class PropertyDefinition:
    """A property in the tracking plan; ``type`` is number, money, text, boolean or instant.

    What is ``sensitive`` about it, or what it is a ``proxy_for``, keeps it out of rules that give
    no reason.
    A prediction uses one with ``purposes`` only if its own is among them.
    """

    name: str
    type: str | None = None
    title: Words | None = None
    why: Words | None = None
    place: Place | None = field(default=None, compare=False)
    sensitive: str | None = None
    proxy_for: str | None = None
    purposes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class EventDefinition:
    """An event in the tracking plan; its title says what a person did: "placed an order".

    ``session`` says whether it is part of sessions; None where nothing is said.
    """

    name: str
    title: Words | None = None
    why: Words | None = None
    line_of: str | None = None
    properties: tuple[PropertyDefinition, ...] = ()
    session: bool | None = None
    place: Place | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Definitions:
    """What one file, or all files together, define; with every problem of their form."""

    segments: tuple[SegmentDefinition, ...] = ()
    traits: tuple[TraitDefinition, ...] = ()
    partitions: tuple[PartitionDefinition, ...] = ()
    predictions: tuple[PredictionDefinition, ...] = ()
    events: tuple[EventDefinition, ...] = ()
    campaigns: tuple[CampaignDefinition, ...] = ()
    problems: tuple[Problem, ...] = ()


SECTIONS = ("segments", "traits", "partitions", "predictions", "events", "campaigns")


def merged(files: Iterable[Definitions]) -> Definitions:
    """All files as one; a name defined twice is a problem, and the first of them stays.

    An event may be described in several files: its properties are taken together.
    """
    files = list(files)
    problems = [problem for one in files for problem in one.problems]
    together: dict[str, Any] = {}
    taken: dict[tuple[str, str], Any] = {}
    for section in SECTIONS:
        kept: list[Any] = []
        space = "traits" if section == "predictions" else section
        space = "segments" if section == "partitions" else space
        for item in (item for one in files for item in getattr(one, section)):
            before = taken.setdefault((space, item.name), item)
            if before is item:
                kept.append(item)
            elif section == "events":
                whole = taken[space, item.name] = _together(before, item, problems)
                kept[kept.index(before)] = whole
            else:
                kind = section.removesuffix("s")
                hint = f"the other is at {before.place}" if before.place else None
                problems.append(Problem(f"{kind} `{item.name}` is defined twice", item.place, hint))
        together[section] = tuple(kept)
    return Definitions(**together, problems=tuple(problems))


def _together(
    first: EventDefinition, again: EventDefinition, problems: list[Problem]
) -> EventDefinition:
    """One event as two files describe it; a property of two types, or two parents, are problems."""
    known = {it.name: it for it in first.properties}
    for it in again.properties:
        before = known.setdefault(it.name, it)
        if before.type and it.type and before.type != it.type:
            message = f"`{first.name}.{it.name}` is {it.type} here and {before.type} elsewhere"
            hint = f"the other is at {before.place}" if before.place else None
            problems.append(Problem(message, it.place, hint))
        # Whichever file says that it is sensitive is heard.
        known[it.name] = replace(
            before,
            sensitive=before.sensitive or it.sensitive,
            proxy_for=before.proxy_for or it.proxy_for,
        )
    if first.line_of and again.line_of and first.line_of != again.line_of:
        message = (
            f"`{first.name}` is a line of `{again.line_of}` here, of `{first.line_of}` elsewhere"
        )
        hint = f"the other is at {first.place}" if first.place else None
        problems.append(Problem(message, again.place, hint))
    return replace(
        first,
        title=first.title or again.title,
        why=first.why or again.why,
        line_of=first.line_of or again.line_of,
        properties=tuple(known.values()),
        session=again.session if first.session is None else first.session,
    )
