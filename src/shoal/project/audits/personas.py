"""Profile cards of segments: size and worth, what sets them apart, when, what, and a typical one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan
from typing import TYPE_CHECKING, Any

from shoal.core.errors import UsageError
from shoal.core.instants import format_instant
from shoal.language import parse_value, sentence
from shoal.language.shape import walk
from shoal.language.tree import InSegment, Node
from shoal.language.vocabulary import ValueType
from shoal.project.answers import segment_named
from shoal.project.behaviours import (
    Behaviour,
    chosen_behaviours,
    event_behaviours,
    observe,
    trait_behaviours,
)
from shoal.project.worth import EVENTS, Worth, worth_of

if TYPE_CHECKING:
    from shoal.discovery.features import Floats, Matrix, Truths
    from shoal.discovery.personas import Apart, Favourite
    from shoal.discovery.preparing import Prepared
    from shoal.project.behaviours import Observed
    from shoal.project.reading import Reading

DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
LIKED = ("channel", "category", "department", "brand", "store_id", "benefit")
TOLD = 6


@dataclass(frozen=True, eq=False)
class Persona:
    """One card, as a document and for people alike."""

    name: str
    document: dict[str, Any]


@dataclass(frozen=True, eq=False)
class _Asked:
    """What all cards of one call are made from."""

    reading: Reading
    observed: Observed
    matrix: Matrix
    prepared: Prepared
    worth: Worth | None
    values: Floats | None
    event: str | None
    days: Floats
    hours: Floats
    likes: tuple[Behaviour, ...]


def draw_personas(
    reading: Reading, names: Sequence[str], at: int, *, traits: str | None = None
) -> list[Persona]:
    """A card for each applied segment named, from one pass."""
    if not names:
        raise UsageError("personas of which segments?", hint="name one or more")
    for name in names:
        segment_named(reading, name)
    asked = _ask(reading, names, at, traits)
    return [Persona(name, _card(asked, name)) for name in dict.fromkeys(names)]


def _ask(reading: Reading, names: Sequence[str], at: int, traits: str | None) -> _Asked:
    import numpy as np

    from shoal.discovery.features import sampled
    from shoal.discovery.preparing import prepare

    if traits is None:
        behaviours = [*trait_behaviours(reading, texts=True), *event_behaviours(reading)]
        behaviours = list({it.reads or it.value: it for it in reversed(behaviours)}.values())[::-1]
    else:
        behaviours = chosen_behaviours(reading, traits)
    known = [it for it in behaviours if it.type is not ValueType.TEXT]
    likes = [it for it in behaviours if it.type is ValueType.TEXT]
    event = _main_event(reading)
    likes += _likes(reading, event, {it.reads for it in likes})
    worth = worth_of(reading)
    rhythm = _rhythm(event)
    extra = [*rhythm, *([_plain("worth", worth.text)] if worth else [])]
    wanted = set(names) | {
        f"{each.name}.{part.name}"
        for each in reading.definitions.found.partitions
        for part in each.parts
    }
    observed = observe(
        reading,
        [*extra, *known, *likes],
        at,
        truths={name: InSegment(name) for name in wanted},
    )
    first = len(extra)
    count = sum(1 for it in observed.matrix.features if it.kind != "category")
    matrix = observed.matrix.columns(range(first, count))
    values = observed.matrix.values
    return _Asked(
        reading,
        observed,
        matrix,
        prepare(matrix, sampled(matrix.people, 50_000, 0)),
        worth,
        values[:, len(rhythm)] if worth else None,
        event,
        np.nan_to_num(values[:, :7]) if rhythm else np.zeros((matrix.people, 0)),
        np.nan_to_num(values[:, 7:31]) if rhythm else np.zeros((matrix.people, 0)),
        tuple(likes),
    )


def _main_event(reading: Reading) -> str | None:
    events = reading.snapshot.catalogue.events
    named = next((name for name in EVENTS if name in events), None)
    if named is not None:
        return named
    others = [it for it in events.values() if not it.name.startswith("$") and it.parent is None]
    return max(others, key=lambda it: it.rows).name if others else None


def _plain(name: str, text: str, kind: ValueType = ValueType.NUMBER) -> Behaviour:
    return Behaviour(name, parse_value(text), name, kind)


def _rhythm(event: str | None) -> list[Behaviour]:
    if event is None:
        return []
    days = [f"count({event} where weekday(time) = {day} in last 365d)" for day in range(1, 8)]
    hours = [f"count({event} where hour(time) = {hour} in last 365d)" for hour in range(24)]
    return [_plain(text, text) for text in (*days, *hours)]


def _likes(reading: Reading, event: str | None, have: set[Any]) -> list[Behaviour]:
    """What members choose most often: channel, category and the like, where they are recorded."""
    if event is None:
        return []
    entry = reading.vocabulary.events.get(event)
    found: list[Behaviour] = []
    for source in (event, entry.lines if entry else None):
        described = reading.vocabulary.events.get(source) if source else None
        for name in LIKED if described else ():
            assert described is not None
            if described.properties.get(name) is not ValueType.TEXT:
                continue
            text = f"top({source}.{name} in last 365d)"
            value = parse_value(text)
            if value not in have:
                title = f"Favourite {name.removesuffix('_id')}"
                found.append(Behaviour(text, value, title, ValueType.TEXT))
    return found


# --- one card ------------------------------------------------------------------------------------


def _card(asked: _Asked, name: str) -> dict[str, Any]:
    from shoal.discovery.personas import favourites, sets_apart

    reading, members = asked.reading, asked.observed.truths[name]
    entry = reading.vocabulary.segments[name]
    size = int(members.sum())
    apart = sets_apart(asked.matrix, members)
    own = set(walk(entry.rule))
    liked = [
        favourite
        for like in asked.likes
        if like.name in asked.observed.texts
        for favourite in favourites(like.title, asked.observed.texts[like.name].tolist(), members)
    ]
    journey = _journey(asked, members)
    return {
        "name": name,
        "title": entry.title or name,
        "sentence": sentence(entry.rule, reading.vocabulary),
        "as_of": format_instant(asked.observed.at),
        "size": size,
        "share": round(size / len(members), 4) if len(members) else 0.0,
        "value": _value(asked, members),
        "sets_apart": [_apart_json(it, own) for it in apart],
        "rhythm": _when(asked, members),
        "favourites": [_favourite_json(it) for it in liked],
        "journey": journey,
        "typical_member": _typical(asked, members),
        "next_questions": _questions(name, apart, own),
    }


def _value(asked: _Asked, members: Truths) -> dict[str, Any] | None:
    import numpy as np

    if asked.worth is None or asked.values is None:
        return None
    values = np.nan_to_num(asked.values)
    total, own = float(values.sum()), float(values[members].sum())
    size, rest = int(members.sum()), int((~members).sum())
    return {
        "of": asked.worth.text,
        "currency": asked.worth.currency,
        "total": round(own, 2),
        "share": round(own / total, 4) if total else None,
        "per_member": round(own / size, 2) if size else None,
        "per_other": round((total - own) / rest, 2) if rest else None,
    }


def _apart_json(it: Apart, own: set[Node]) -> dict[str, Any]:
    return {
        "name": it.feature.name,
        "title": it.feature.title,
        "words": it.words,
        "here": round(it.here, 4),
        "others": round(it.others, 4),
        "unit": "days" if it.feature.kind == "span" else None,
        "rank_biserial": round(it.strength, 3),
        "standardised": None if it.standardised is None else round(it.standardised, 3),
        "by_its_own_rule": it.feature.value in own or it.feature.reads in own,
    }


def _favourite_json(it: Favourite) -> dict[str, Any]:
    return {
        "title": it.title,
        "value": it.value,
        "share": round(it.here, 4),
        "everyone": round(it.everyone, 4),
        "lift": round(it.lift, 2),
    }


def _when(asked: _Asked, members: Truths) -> dict[str, Any] | None:
    """The weekday and hours in which members do most of it, and everyone beside them."""
    import numpy as np

    days, everyone = asked.days[members].sum(axis=0), asked.days.sum(axis=0)
    if asked.event is None or not days.sum():
        return None
    hours, all_hours = asked.hours[members].sum(axis=0), asked.hours.sum(axis=0)
    three = [hours[[hour, (hour + 1) % 24, (hour + 2) % 24]].sum() for hour in range(24)]
    day, hour = int(np.argmax(days)), int(np.argmax(three))
    window = [hour, (hour + 1) % 24, (hour + 2) % 24]
    return {
        "event": asked.event,
        "weekday": DAYS[day],
        "weekday_share": round(float(days[day] / days.sum()), 4),
        "weekday_everyone": round(float(everyone[day] / everyone.sum()), 4),
        "weekend_share": round(float(days[5:].sum() / days.sum()), 4),
        "weekend_everyone": round(float(everyone[5:].sum() / everyone.sum()), 4),
        "hours": f"{hour:02d}:00 to {(hour + 3) % 24:02d}:00",
        "hours_share": round(float(hours[window].sum() / hours.sum()), 4),
        "hours_everyone": round(float(all_hours[window].sum() / all_hours.sum()), 4),
    }


def _journey(asked: _Asked, members: Truths) -> list[dict[str, Any]]:
    """Where members stand in every partition, the commonest part first."""
    found: list[dict[str, Any]] = []
    size = int(members.sum())
    segments, language = asked.reading.vocabulary.segments, asked.reading.vocabulary.language
    for partition in asked.reading.definitions.found.partitions if size else ():
        parts = [
            {
                "part": part.name,
                "title": segments[f"{partition.name}.{part.name}"].title or part.name,
                "share": round(float(truth[members].mean()), 4),
                "everyone": round(float(truth.mean()), 4),
            }
            for part in partition.parts
            for truth in [asked.observed.truths[f"{partition.name}.{part.name}"]]
        ]
        parts.sort(key=lambda it: -float(str(it["share"])))
        found.append(
            {
                "partition": partition.name,
                "title": partition.title.chosen(language) if partition.title else partition.name,
                "parts": parts,
            }
        )
    return found


def _typical(asked: _Asked, members: Truths) -> list[dict[str, Any]] | None:
    """The behaviours of the member in the middle, blurred, and nobody's name."""
    from shoal.discovery.personas import blurred, typical

    row = typical(asked.prepared, members)
    if row is None:
        return None
    told: list[dict[str, Any]] = []
    for place, feature in enumerate(asked.matrix.features):
        value = float(asked.matrix.values[row, place])
        told.append(
            {
                "title": feature.title,
                "value": None if isnan(value) else blurred(value),
                "unit": "days" if feature.kind == "span" else None,
            }
        )
    return told


def _questions(name: str, apart: Sequence[Apart], own: set[Node]) -> list[dict[str, str]]:
    """What to ask next, each with the command that answers it."""
    told = [
        {
            "question": "Is it worth acting on: large, distinct, reachable, steady?",
            "command": f"shoal segment audit {name}",
        },
        {
            "question": "Who else is like them?",
            "command": f"shoal discover lookalikes {name}",
        },
    ]
    new = next((it for it in apart if it.feature.value not in own and it.feature.name), None)
    if new is not None and new.feature.kind in {"number", "span"}:
        sign = "<" if new.strength > 0 else ">"
        days = new.feature.kind == "span"
        limit = f"{max(1, round(new.others))}d" if days else f"{new.others:.3g}"
        told.append(
            {
                "question": f"They have {new.words}: who of them has not?",
                "command": f'shoal segment count --rule "in segment {name} and '
                f'{new.feature.name} {sign} {limit}"',
            }
        )
    told.append(
        {
            "question": "Does it grow or shrink, and what else moved?",
            "command": "shoal discover trends --period 90d",
        }
    )
    return told


def personas_json(found: Sequence[Persona]) -> dict[str, Any]:
    """The document of ``shoal discover personas --json``."""
    return {"personas": [it.document for it in found]}
