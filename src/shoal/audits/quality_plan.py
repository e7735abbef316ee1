"""What came beside what was planned, and values that are not of their type."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shoal.audits.findings import Verdict
from shoal.audits.quality import (
    PASSED_OVER,
    Check,
    QualityFinding,
    counted,
    weight,
)
from shoal.audits.wording import first_few, share
from shoal.core.names import nearest
from shoal.events.table import IDENTIFY
from shoal.language.definitions import EventDefinition
from shoal.language.told import Figure, Told

NOT_PLANNED = frozenset({*PASSED_OVER, "said_at", "currency"})
"""Properties that come by themselves: what the receiver noted, and the currency of an amount."""


@dataclass(frozen=True, slots=True)
class Came:
    """An event that came: its rows, and its properties with their types."""

    name: str
    rows: int
    types: Mapping[str, str]
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Unconverted:
    """Values of a property that are not of its type, by their shapes (``9,9 A``), never as such."""

    event: str
    name: str
    type: str
    set: int
    failed: int
    shapes: tuple[tuple[str, int], ...] = ()
    since: str | None = None


def judge_plan(plan: Sequence[EventDefinition], came: Sequence[Came]) -> Iterator[QualityFinding]:
    """Unplanned events and properties, planned ones that never came, types unlike the plan's."""
    received = [it for it in came if not it.name.startswith("$") or it.name == IDENTIFY]
    if not plan:
        if received:
            yield QualityFinding(
                Check.PLAN, Verdict.CAREFUL, 60,
                Told("There is no tracking plan: nothing says what should come, or why."),
                Told("Write `events/*.yml`, or take a pack's: `shoal pack add`."),
            )  # fmt: skip
        return
    planned = {it.name: it for it in plan}
    known = {it.name: it for it in received}
    total = sum(it.rows for it in received) or 1
    found = [
        *_unplanned_events(planned, received, total),
        *_unplanned_properties(planned, received, total),
        *_other_types(planned, received),
        *_never_came(planned, known),
    ]
    yield from found
    if not found:
        yield QualityFinding(Check.PLAN, Verdict.GOOD, 30, Told("What came is what was planned."))


def _unplanned_events(
    planned: Mapping[str, EventDefinition], came: Sequence[Came], total: int
) -> Iterator[QualityFinding]:
    strangers = [
        it
        for it in came
        if it.name not in planned
        and it.name != IDENTIFY
        and not (it.parent in planned and it.parent is not None)
    ]
    for it in strangers:
        meant = nearest(it.name, [name for name in planned if name != IDENTIFY])
        slip = Told(": did you mean `{0}`?", meant) if meant else ""
        yield QualityFinding(
            Check.PLAN,
            Verdict.CAREFUL,
            weight(50 if meant else 30, it.rows / total),
            Told(
                "`{0}` is not in the plan and came {1}{2}",
                it.name,
                counted(it.rows, "time"),
                slip or ".",
            ),
            Told("Name it as planned where it is sent, or plan it with a `why`."),
            {"event": it.name, "rows": it.rows, "meant": meant},
        )


def _unplanned_properties(
    planned: Mapping[str, EventDefinition], came: Sequence[Came], total: int
) -> Iterator[QualityFinding]:
    for it in came:
        if it.name not in planned:
            continue
        names = {one.name for one in planned[it.name].properties}
        strangers = sorted(set(it.types) - names - NOT_PLANNED)
        if not strangers:
            continue
        what = Told("traits") if it.name == IDENTIFY else Told("properties of `{0}`", it.name)
        shown = first_few([f"`{name}`" for name in strangers])
        yield QualityFinding(
            Check.PLAN,
            Verdict.CAREFUL,
            weight(20, it.rows / total),
            Told(
                "{0} among the {1}: {2}.",
                counted(len(strangers), "unplanned name"),
                what,
                shown,
            ),
            Told("Plan them with a `why`, or stop sending them."),
            {"event": it.name, "properties": strangers},
        )


def _other_types(
    planned: Mapping[str, EventDefinition], came: Sequence[Came]
) -> Iterator[QualityFinding]:
    for it in came:
        types = (
            {one.name: one.type for one in planned[it.name].properties}
            if it.name in planned
            else {}
        )
        for name, kind in it.types.items():
            wanted = types.get(name)
            if wanted is None or wanted == kind or {wanted, kind} == {"number", "money"}:
                continue
            text = name if it.name == IDENTIFY else f"{it.name}.{name}"
            yield QualityFinding(
                Check.TYPES,
                Verdict.POOR,
                70,
                Told("`{0}` is planned as {1} and came as {2}.", text, Told(wanted), Told(kind)),
                Told("Correct what is sent, or the plan; a rule reads what came."),
                {"event": it.name, "property": name, "planned": wanted, "came": kind},
            )


def _never_came(
    planned: Mapping[str, EventDefinition], known: Mapping[str, Came]
) -> Iterator[QualityFinding]:
    absent = sorted(name for name in planned if name not in known and not name.startswith("$"))
    if absent:
        yield QualityFinding(
            Check.PLAN,
            Verdict.CAREFUL,
            25,
            Told(
                "{0} never came: {1}.",
                counted(len(absent), "planned event"),
                first_few([Told("`{0}`", name) for name in absent]),
            ),
            Told("Start to send what a definition needs, or take it out of the plan."),
            {"events": absent},
        )
    missing = {
        name: names
        for name, event in planned.items()
        if name in known
        and (names := sorted({it.name for it in event.properties} - set(known[name].types)))
    }
    if missing:
        texts = [
            f"`{it}`" if name == IDENTIFY else f"`{name}.{it}`"
            for name, names in missing.items()
            for it in names
        ]
        yield QualityFinding(
            Check.PLAN,
            Verdict.CAREFUL,
            22,
            Told(
                "{0} never came, though {1:its event|their events} did: {2}.",
                counted(len(texts), "planned field"),
                Figure(len(texts)),
                first_few(texts),
            ),
            Told("Send them, or take them out of the plan."),
            {"fields": missing},
        )


# --- types ---------------------------------------------------------------------------------------


def judge_types(drifted: Sequence[Unconverted]) -> Iterator[QualityFinding]:
    """Values that are not of their property's type: kept as received, read as unset."""
    for it in drifted:
        part = it.failed / ((it.set + it.failed) or 1)
        text = it.name if it.event == IDENTIFY else f"{it.event}.{it.name}"
        shapes = [Told("`{0}` ({1})", shape, Figure(count)) for shape, count in it.shapes]
        like = Told(", of the shape {0}", first_few(shapes, 3)) if shapes else ""
        since = Told(", first on {0}", it.since[:10]) if it.since else ""
        yield QualityFinding(
            Check.TYPES,
            Verdict.POOR if part >= 0.01 else Verdict.CAREFUL,
            weight(40, part),
            Told(
                "{0} of `{1}` ({2}) {3:is|are} no {4}{5}{6}.",
                counted(it.failed, "value"),
                text,
                share(part),
                Figure(it.failed),
                Told(it.type),
                like,
                since,
            ),
            Told(
                "They are kept as received and read as unset: correct what is sent, then "
                "import anew."
            ),
            {
                "event": it.event,
                "property": it.name,
                "type": it.type,
                "converted": it.set,
                "unconverted": it.failed,
                "shapes": dict(it.shapes),
                "since": it.since,
            },
        )
    if not drifted:
        yield QualityFinding(
            Check.TYPES, Verdict.GOOD, 20, Told("Every value is of its property's type.")
        )


def shape_of(text: str) -> str:
    """A text without what it says: letters become A or a, digits 9, and runs one sign.

    >>> shape_of("12,50 EUR"), shape_of("n/a"), shape_of("Ana Lopes")
    ('9,9 A', 'a/a', 'Aa Aa')
    """
    found: list[str] = []
    for sign in text[:60]:
        kind = "9" if sign.isdigit() else sign
        if sign.isalpha():
            kind = "A" if sign.isupper() else "a"
        if not found or found[-1] != kind:
            found.append(kind)
    return "".join(found)[:30]
