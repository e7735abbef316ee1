"""What a store holds: its events and their properties, with types, counts and times."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shoal.engine.history import Kind
from shoal.events.property_type import PropertyType
from shoal.events.table import IDENTIFY
from shoal.store.run import ANY_EVENT, Run

Types = Mapping[tuple[str, str], PropertyType]
"""Types by event and property."""

NUMBERS = (PropertyType.NUMBER, PropertyType.MONEY)


@dataclass(frozen=True, slots=True)
class PropertyFacts:
    """A property of one event.

    ``exact`` is true of a number whose every value ever seen is kept exactly; ``set`` counts
    values, ``unconverted`` those kept as received and read as unset.
    """

    type: PropertyType
    exact: bool = True
    set: int = 0
    unconverted: int = 0

    @property
    def money(self) -> bool:
        """Whether its values are amounts of money."""
        return self.type is PropertyType.MONEY


@dataclass(frozen=True, slots=True)
class EventFacts:
    """An event. ``lines`` names its line event, ``parent`` a line event's parent."""

    name: str
    raw_names: tuple[str, ...] = ()
    rows: int = 0
    first_at: int | None = None
    last_at: int | None = None
    lines: str | None = None
    parent: str | None = None
    properties: Mapping[str, PropertyFacts] = field(default_factory=dict[str, PropertyFacts])


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Every event of the store by name, reserved ones too.

    ``declared`` are the types of the tracking plan, whether or not anything of them has come.
    """

    events: Mapping[str, EventFacts] = field(default_factory=dict[str, EventFacts])
    declared: Types = field(default_factory=dict[tuple[str, str], PropertyType])

    @property
    def traits(self) -> Mapping[str, PropertyFacts]:
        """Profile traits: the properties of ``$identify``."""
        identify = self.events.get(IDENTIFY)
        return identify.properties if identify is not None else {}

    def property(self, event: str, name: str) -> PropertyFacts | None:
        """A property of an event, if it is known."""
        facts = self.events.get(event)
        return facts.properties.get(name) if facts is not None else None


@dataclass(slots=True)
class Naming:
    """What rows do not say themselves: raw names, lines, and the type of each property."""

    raw_names: dict[str, dict[str, None]] = field(default_factory=dict[str, "dict[str, None]"])
    lines: dict[str, str] = field(default_factory=dict[str, str])
    types: dict[tuple[str, str], PropertyType] = field(
        default_factory=dict[tuple[str, str], PropertyType]
    )
    inexact: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    declared: dict[tuple[str, str], PropertyType] = field(
        default_factory=dict[tuple[str, str], PropertyType]
    )

    def type_of(self, event: str, name: str) -> PropertyType | None:
        """The type a property has, or by the plan is to have; None where nobody has said."""
        return self.types.get((event, name)) or self.declared.get((event, name))

    def add_event(self, name: str, raw: str, lines: str | None = None) -> None:
        """Takes note of an event under a raw name."""
        self.raw_names.setdefault(name, {})[raw] = None
        if lines is not None:
            self.lines[name] = lines
            self.raw_names.setdefault(lines, {})


def naming_of(catalogue: Catalogue) -> Naming:
    """The naming that a catalogue stands on, to be added to."""
    naming = Naming(declared=dict(catalogue.declared))
    for facts in catalogue.events.values():
        naming.raw_names[facts.name] = dict.fromkeys(facts.raw_names)
        if facts.lines is not None:
            naming.lines[facts.name] = facts.lines
        for name, known in facts.properties.items():
            naming.types[(facts.name, name)] = known.type
            if not known.exact:
                naming.inexact.add((facts.name, name))
    return naming


def catalogue_of(naming: Naming, runs: Iterable[Run]) -> Catalogue:
    """The catalogue of these runs. What no row speaks of any more is not in it."""
    spans: dict[str, list[int]] = {}
    counts: dict[tuple[str, str], list[int]] = {}
    inexact = naming.inexact.copy()
    for run in runs:
        for name, span in zip(run.event_names, run.event_spans, strict=True):
            known = spans.get(name)
            if known is None:
                spans[name] = list(span)
            else:
                known[0] += span.rows
                known[1] = min(known[1], span.first_at)
                known[2] = max(known[2], span.last_at)
        for key, (kind, count) in run.kinds.items():
            counts.setdefault((key.event, key.property), [0, 0])[key.raw] += count
            if kind is Kind.DOUBLE:
                inexact.add((key.event, key.property))
    properties: dict[str, dict[str, PropertyFacts]] = {}
    for (event, name), (count, unconverted) in sorted(counts.items()):
        if event != ANY_EVENT:
            exact = (event, name) not in inexact
            known_type = naming.types[(event, name)]
            properties.setdefault(event, {})[name] = PropertyFacts(
                known_type, exact, count, unconverted
            )
    parents = {lines: event for event, lines in naming.lines.items()}
    return Catalogue(
        {
            name: EventFacts(
                name,
                tuple(naming.raw_names.get(name, ())),
                rows,
                first_at,
                last_at,
                naming.lines.get(name),
                parents.get(name),
                properties.get(name, {}),
            )
            for name, (rows, first_at, last_at) in sorted(spans.items())
        },
        dict(naming.declared),
    )


def grown(catalogue: Catalogue, naming: Naming, run: Run) -> Catalogue:
    """The catalogue of what it was made of and one more run, without looking at the others."""
    more = catalogue_of(naming, [run])
    events = dict(catalogue.events)
    for name, new in more.events.items():
        old = events.get(name)
        events[name] = new if old is None else _joined(old, new)
    return Catalogue(events)


def _joined(old: EventFacts, new: EventFacts) -> EventFacts:
    properties = dict(old.properties)
    for name, facts in new.properties.items():
        known = properties.get(name)
        if known is not None:
            facts = PropertyFacts(  # noqa: PLW2901  what is known of both together
                facts.type,
                facts.exact and known.exact,
                facts.set + known.set,
                facts.unconverted + known.unconverted,
            )
        properties[name] = facts
    instants = [
        at for at in (old.first_at, old.last_at, new.first_at, new.last_at) if at is not None
    ]
    return EventFacts(
        new.name,
        tuple(dict.fromkeys((*old.raw_names, *new.raw_names))),
        old.rows + new.rows,
        min(instants),
        max(instants),
        new.lines or old.lines,
        new.parent or old.parent,
        properties,
    )


def catalogue_to_json(catalogue: Catalogue) -> dict[str, Any]:
    """The events of the catalogue as a manifest holds them."""
    return {
        facts.name: {
            "raw_names": list(facts.raw_names),
            "rows": facts.rows,
            "first_at": facts.first_at,
            "last_at": facts.last_at,
            "lines": facts.lines,
            "parent": facts.parent,
            "properties": {
                name: [known.type.value, known.exact, known.set, known.unconverted]
                for name, known in facts.properties.items()
            },
        }
        for facts in catalogue.events.values()
    }


def types_to_json(types: Types) -> list[list[str]]:
    """Types as a manifest holds them."""
    return [[*key, kind.value] for key, kind in types.items()]


def types_from_json(form: Iterable[Sequence[str]]) -> dict[tuple[str, str], PropertyType]:
    """The types that :func:`types_to_json` wrote."""
    return {(event, name): PropertyType(kind) for event, name, kind in form}


def catalogue_from_json(form: Mapping[str, Any], declared: Iterable[Sequence[str]]) -> Catalogue:
    """The catalogue that :func:`catalogue_to_json` wrote, with the types beside it."""
    return Catalogue(
        {
            name: EventFacts(
                name,
                tuple(facts["raw_names"]),
                facts["rows"],
                facts["first_at"],
                facts["last_at"],
                facts["lines"],
                facts["parent"],
                {
                    key: PropertyFacts(PropertyType(kind), exact, count, unconverted)
                    for key, (kind, exact, count, unconverted) in facts["properties"].items()
                },
            )
            for name, facts in form.items()
        },
        types_from_json(declared),
    )


def naming_to_json(naming: Naming) -> dict[str, Any]:
    """The naming as one process tells it another."""
    return {
        "raw_names": {name: list(raw) for name, raw in naming.raw_names.items()},
        "lines": naming.lines,
        "types": types_to_json(naming.types),
        "inexact": [list(key) for key in naming.inexact],
        "declared": types_to_json(naming.declared),
    }


def naming_from_json(form: Mapping[str, Any]) -> Naming:
    """The naming that :func:`naming_to_json` wrote."""
    return Naming(
        {name: dict.fromkeys(raw) for name, raw in form["raw_names"].items()},
        dict(form["lines"]),
        types_from_json(form["types"]),
        {(event, name) for event, name in form["inexact"]},
        types_from_json(form["declared"]),
    )
