"""What a demo tells about: its data, the definitions of its pack, the choices of its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from importlib.resources import files
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from shoal.project.packs import Contents, contents

if TYPE_CHECKING:
    from shoal.language import SegmentDefinition
    from shoal.language.words import Words


@dataclass(frozen=True, slots=True)
class Told:
    """A definition with the words that stand beside its rule; a part is named ``stage.new``."""

    name: str
    title: str
    rule: str
    why: str
    polarity: str | None
    group: str


@dataclass(frozen=True, kw_only=True)
class Story:
    """The definitions of ``pack`` and how a report made with them speaks."""

    pack: str
    name: str
    one: str
    many: str
    groups: Mapping[str, str]
    """Segment files in the order of the report, and what their groups are called there."""
    counted: str
    """What makes a frequent buyer frequent: the one who is nearly one has nearly as much of it."""
    active_days: int
    silent_days: int
    silence: str
    zone: str | None = None
    currency: str | None = None
    facts: Mapping[str, str] = field(default_factory=dict[str, str])
    """Profile traits by which people can be alike on paper, and what they are called."""
    apart: tuple[str, ...] = ()
    """Segments told apart by what they buy, the first in full; none is defined by that."""
    has_campaigns: bool = False

    mappings: str | None = None
    """The folder of the demo's mapping files."""
    left_out: frozenset[str] = frozenset()
    """Files of the pack about other data than the demo's, by their names without `.yml`."""

    @cached_property
    def contents(self) -> Contents:
        """The pack, with what it brings."""
        return contents(self.pack)

    def project_files(self) -> Iterator[tuple[str, str]]:
        """Path in the project's folder and text of every file: definitions and mappings."""
        for path, text in self.contents.files.items():
            if PurePosixPath(path).stem not in self.left_out:
                yield path, text
        if self.mappings is not None:
            folder = files("shoal.project.demo") / "mappings" / self.mappings
            for item in sorted(folder.iterdir(), key=lambda it: it.name):
                yield f"mappings/{item.name}", item.read_text(encoding="utf-8")

    def segments(self) -> tuple[Told, ...]:
        """The segments, group by group."""
        found = self.contents.definitions.segments
        return tuple(
            _segment(it.name, it, title)
            for stem, title in self.groups.items()
            for it in found
            if it.place is not None and PurePosixPath(it.place.file or "").stem == stem
        )

    def parts(self, partition: str) -> tuple[Told, ...]:
        """A partition's parts in their order."""
        found = next(it for it in self.contents.definitions.partitions if it.name == partition)
        title = _said(found.title)
        return tuple(_segment(f"{partition}.{part.name}", part, title) for part in found.parts)

    def traits(self) -> tuple[Told, ...]:
        """The computed traits."""
        return tuple(
            Told(it.name, _said(it.title), it.text, _said(it.why), None, "Traits")
            for it in self.contents.definitions.traits
            if it.place is None or PurePosixPath(it.place.file or "").stem not in self.left_out
        )


COMPLETE_JOURNEY = Story(
    pack="grocery",
    mappings="complete_journey",
    name="The Complete Journey",
    one="household",
    many="households",
    groups={
        "value": "Value",
        "rhythm": "Rhythm",
        "lifecycle": "Lifecycle",
        "offers": "Offers",
        "tastes": "Tastes",
    },
    counted="count(order_completed in last 28d)",
    active_days=30,
    silent_days=60,
    silence="Two silent months",
    zone="America/New_York",
    currency="USD",
    facts={
        "age_group": "Age",
        "income": "Income",
        "home_ownership": "Home",
        "marital_status": "Status",
        "household_size": "Persons",
        "household_type": "Household",
        "children": "Children",
    },
    apart=("evening_shoppers", "weekend_shoppers", "slipping_away", "high_value"),
    has_campaigns=True,
)

STARTER = Story(
    pack="small-business",
    left_out=frozenset({"visitors", "visits"}),
    name="My customers",
    one="customer",
    many="customers",
    groups={"value": "Value", "rhythm": "Rhythm", "lifecycle": "Lifecycle"},
    counted="count(order_completed in last 90d)",
    active_days=90,
    silent_days=180,
    silence="Six silent months",
)


def _segment(name: str, it: SegmentDefinition, group: str) -> Told:
    return Told(name, _said(it.title), it.text, _said(it.why), it.polarity, group)


def _said(words: Words | None) -> str:
    """The text of a report, which is in English."""
    return words.chosen("en") if words is not None else ""
