"""``shoal data minimisation``: what is held of people, what for, and what could be left out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from shoal.audits.insight import READS
from shoal.audits.minimisation import Definition, Held, MinimisationReport, minimise
from shoal.core.names import snake_case
from shoal.events.table import IDENTIFY
from shoal.language.told import Told
from shoal.language.tree import Node
from shoal.project.data.quality import sample_notes
from shoal.project.worth import worth_of

if TYPE_CHECKING:
    from shoal.project.reading import Reading

HOOKS = "hooks"
NOTE = Told(
    "Only definitions are looked at: a field that a message's text or a program of yours reads "
    "counts as unused here"
)


def minimisation(reading: Reading) -> MinimisationReport:
    """Every field that is held, by what it is used, and why it is collected.

    Definitions are the applied ones: segments, parts of partitions, traits and predictions.
    """
    return minimise(
        list(_held(reading)),
        list(_definitions(reading)),
        reading.vocabulary,
        _reports(reading),
        (NOTE, *sample_notes(reading.snapshot)),
    )


def _definitions(reading: Reading) -> Iterator[Definition]:
    definitions = reading.definitions
    for name, it in definitions.segment_entries.items():
        kind = "part" if definitions.partition_of(name) else "segment"
        yield Definition(kind, name, it.rule)
    for it in definitions.found.traits:
        if it.value is not None:
            yield Definition("trait", it.name, cast("Node", it.value))
    for it in definitions.found.predictions:
        if it.target is not None:
            yield Definition("prediction", it.name, cast("Node", it.target))


def _held(reading: Reading) -> Iterator[Held]:
    """Events, properties and traits of which there is something; with the plan's reasons."""
    plan = {it.name: it for it in reading.definitions.found.events}
    language = reading.definitions.language
    hooks = _hooks(reading.project.folder)
    for event, facts in reading.snapshot.catalogue.events.items():
        planned = plan.get(event)
        reasons = {it.name: it.why for it in planned.properties} if planned else {}
        if event.startswith("$") and event != IDENTIFY:
            continue
        if event != IDENTIFY:
            why = planned.why.chosen(language) if planned and planned.why else None
            yield Held(event, None, None, facts.rows, why, hooks.get((event, None), ()))
        for name, it in facts.properties.items():
            words = reasons.get(name)
            why = words.chosen(language) if words else None
            brought_by = hooks.get((event, name), ())
            yield Held(event, name, str(it.type), it.set + it.unconverted, why, brought_by)


def _reports(reading: Reading) -> Mapping[Any, str]:
    """What Shoal's own questions read: product insight, and what people are worth."""
    from shoal.audits.fields import fields_of

    found = dict.fromkeys(READS, Told("for product insight"))
    worth = worth_of(reading)
    if worth is not None:
        found |= dict.fromkeys(
            fields_of(worth.value, reading.vocabulary), Told("to tell what people are worth")
        )
    return found


def _hooks(folder: Path) -> Mapping[tuple[str, str | None], tuple[str, ...]]:
    """Which webhook brings a field, by the events and properties its file names.

    Read without its secrets; a file that cannot be read names nothing (``shoal check`` tells).
    """
    import yaml

    found: dict[tuple[str, str | None], tuple[str, ...]] = {}
    for path in sorted((folder / HOOKS).glob("*.yml")):
        try:
            document: Any = yaml.safe_load(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, yaml.YAMLError):
            continue
        for event, name in _named(document):
            known = found.get((event, name), ())
            found[event, name] = (*known, f"{HOOKS}/{path.name}")
    return found


def _named(document: Any) -> Iterator[tuple[str, str | None]]:
    """Events and properties, and traits, of a hook's mapping."""
    if not isinstance(document, dict):
        return
    given = cast("dict[str, Any]", document)
    for section in ("events", "profiles"):
        rows = given.get(section)
        for one in cast("list[Any]", rows) if isinstance(rows, list) else [rows]:
            if not isinstance(one, dict):
                continue
            row = cast("dict[str, Any]", one)
            event = IDENTIFY if section == "profiles" else snake_case(str(row.get("event", "")))
            if section == "events":
                yield event, None
            names = row.get("properties" if section == "events" else "traits")
            for name in cast("dict[str, Any]", names) if isinstance(names, dict) else ():
                yield event, snake_case(str(name))
