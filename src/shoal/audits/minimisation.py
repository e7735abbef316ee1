"""What is collected, what for, and by what it is used: so that nothing is gathered without a plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from shoal.audits.channels import CONTACT_TRAITS
from shoal.audits.fields import Read, fields_of
from shoal.audits.quality import PASSED_OVER, counted
from shoal.audits.sensitive import topic_of
from shoal.audits.wording import first_few
from shoal.events.table import IDENTIFY
from shoal.language.told import Figure, Told
from shoal.language.tree import Holiday, HolidayDays, Node, Selection, Step
from shoal.language.vocabulary import Vocabulary
from shoal.segments.reach import reached

KEEPING = {
    "said_at": Told("what a wrong clock said"),
    "currency": Told("the currency of an amount"),
    "message_id": Told("to know the same message again"),
    "order_id": Told("to count each order once"),
}
"""Properties that serve the record itself."""


class Use(StrEnum):
    """Whether a field is needed, in the order in which it is told."""

    UNUSED = "not used"
    NO_REASON = "used, no reason given"
    USED = "used"


@dataclass(frozen=True, slots=True)
class Definition:
    """Something that reads fields: a segment, part, trait, prediction."""

    kind: str
    name: str
    asked: Node

    @property
    def text(self) -> str:
        """``segment lapsed``."""
        return f"{self.kind} {self.name}"


@dataclass(frozen=True, slots=True)
class Held:
    """A field of which something is held: an event (no name), a property, or a trait."""

    event: str
    name: str | None
    type: str | None
    set: int
    why: str | None = None
    brought_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Collected:
    """A field, by what it is used, why it is collected, and what is suggested."""

    held: Held
    used_by: tuple[str, ...] = ()
    serves: str | None = None
    sensitive: str | None = None

    @property
    def text(self) -> str:
        """As a rule writes it."""
        if self.held.name is None:
            return self.held.event
        if self.held.event == IDENTIFY:
            return self.held.name
        return f"{self.held.event}.{self.held.name}"

    @property
    def use(self) -> Use:
        """Whether it is needed."""
        if not self.used_by and self.serves is None:
            return Use.UNUSED
        return Use.USED if self.held.why or self.serves else Use.NO_REASON

    @property
    def suggestion(self) -> str | None:
        """What to do about it, if anything."""
        care = Told("; it is about {0}", Told(self.sensitive)) if self.sensitive else ""
        at = (
            Told(" (it comes by {0})", first_few(self.held.brought_by, 2))
            if self.held.brought_by
            else ""
        )
        if self.use is Use.UNUSED and self.held.why:
            return Told(
                "write the definition that its reason speaks of, or stop collecting it{0}{1}",
                care,
                at,
            )
        if self.use is Use.UNUSED:
            return Told("stop collecting it: nothing uses it and nothing says why{0}{1}", care, at)
        if self.use is Use.NO_REASON:
            return Told("say why it is collected, in events/*.yml{0}", care)
        if self.sensitive:
            return Told(
                "it is used and about {0}: keep it only with a basis for that",
                Told(self.sensitive),
            )
        return None

    def as_json(self) -> dict[str, Any]:
        """The field as data."""
        return {
            "field": self.text,
            "event": self.held.event,
            "property": self.held.name,
            "type": self.held.type,
            "set": self.held.set,
            "why": self.held.why,
            "use": str(self.use),
            "used_by": list(self.used_by),
            "serves": self.serves,
            "sensitive": self.sensitive,
            "brought_by": list(self.held.brought_by),
            "suggestion": self.suggestion,
        }


@dataclass(frozen=True, slots=True)
class MinimisationReport:
    """Every field that is held, the dispensable ones first."""

    fields: tuple[Collected, ...]
    definitions: int
    notes: tuple[str, ...] = field(default=())

    def of(self, use: Use) -> tuple[Collected, ...]:
        """The fields of one kind of use."""
        return tuple(it for it in self.fields if it.use is use)

    @property
    def unexplained(self) -> tuple[Collected, ...]:
        """Fields of which nothing says why they are collected."""
        return tuple(it for it in self.fields if not it.held.why and it.serves is None)

    @property
    def sensitive(self) -> tuple[Collected, ...]:
        """Fields that are about people's protected sides, by their names."""
        return tuple(it for it in self.fields if it.sensitive)

    @property
    def summary(self) -> str:
        """The whole report in one sentence."""
        if not self.fields:
            return Told("Nothing is collected yet.")
        unused, sensitive = self.of(Use.UNUSED), self.sensitive
        idle = [it for it in sensitive if it.use is Use.UNUSED]
        said = Told(
            "{0} collected, {1} of them used by no definition and {2} without a reason",
            counted(len(self.fields), "field"),
            Figure(len(unused)),
            Figure(len(self.unexplained)),
        )
        about = Told("; {0} sensitive by name", Figure(len(sensitive))) if sensitive else ""
        loose = Told(", {0} of these unused: begin there", Figure(len(idle))) if idle else ""
        return Told("{0}{1}{2}.", said, about, loose)

    def as_json(self) -> dict[str, Any]:
        """The document of ``shoal data minimisation --json``."""
        return {
            "summary": self.summary,
            "definitions": self.definitions,
            "collected": len(self.fields),
            "unused": [it.text for it in self.of(Use.UNUSED)],
            "no_reason": [it.text for it in self.unexplained],
            "sensitive": {it.text: it.sensitive for it in self.sensitive},
            "fields": [it.as_json() for it in self.fields],
            "notes": list(self.notes),
        }


def minimise(
    held: Iterable[Held],
    definitions: Sequence[Definition],
    vocabulary: Vocabulary,
    reports: Mapping[Read, str],
    notes: tuple[str, ...] = (),
) -> MinimisationReport:
    """What is held beside what is used; ``reports`` are fields that questions of Shoal itself read."""
    uses = _uses(definitions, vocabulary)
    counting = _counting_any(definitions, vocabulary)
    by_country = _by_country(definitions, vocabulary)
    found: list[Collected] = []
    for it in held:
        if it.name in PASSED_OVER:
            continue
        is_trait = it.event == IDENTIFY
        read = Read(None, it.name) if is_trait else Read(it.event, it.name)
        used = uses.get(read, ())
        if is_trait and it.name == "country":
            used = tuple(dict.fromkeys((*used, *by_country)))
        if it.name is None and not is_trait:
            inside = [by for one, by in uses.items() if one.event == it.event]
            every = (*used, *(name for by in inside for name in by), *counting)
            used = tuple(dict.fromkeys(every))
        topic = topic_of(it.name or "")
        about = str(topic) if topic else None
        serves = _serves(it, is_trait=is_trait) or reports.get(read)
        found.append(Collected(it, used, serves, about))
    order = list(Use)
    found.sort(
        key=lambda it: (order.index(it.use), it.sensitive is None, it.held.why is not None, it.text)
    )
    return MinimisationReport(tuple(found), len(definitions), notes)


def _serves(held: Held, *, is_trait: bool) -> str | None:
    """What a field is for that no definition names."""
    if is_trait:
        return Told("to reach people") if held.name in CONTACT_TRAITS else None
    return KEEPING.get(held.name or "")


def _uses(
    definitions: Sequence[Definition], vocabulary: Vocabulary
) -> Mapping[Read, tuple[str, ...]]:
    """By what each field is read, through other definitions too."""
    found: dict[Read, dict[str, None]] = {}
    for it in definitions:
        for read in fields_of(it.asked, vocabulary):
            found.setdefault(read, {})[it.text] = None
    return {read: tuple(names) for read, names in found.items()}


def _counting_any(definitions: Sequence[Definition], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Definitions that ask for any event: each event is used by them, though no property is."""
    return tuple(
        it.text
        for it in definitions
        if any(
            isinstance(part, Selection | Step) and part.event.is_any
            for part in reached(it.asked, vocabulary)
        )
    )


def _by_country(definitions: Sequence[Definition], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Definitions that ask for the holidays where somebody lives: they read the country."""
    return tuple(
        it.text
        for it in definitions
        if any(isinstance(part, Holiday | HolidayDays) for part in reached(it.asked, vocabulary))
    )
