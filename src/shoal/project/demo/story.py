"""What a demo tells about: its data, its definition files as written, the choices of its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any


@dataclass(frozen=True, slots=True)
class Told:
    """A definition with the words that stand beside its rule; a part is named ``stage.new``."""

    name: str
    title: str
    rule: str
    why: str
    polarity: str | None
    group: str


@dataclass(frozen=True, slots=True, kw_only=True)
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

    def project_files(self) -> Iterator[tuple[str, str]]:
        """Path in the project's folder and text of every file: definitions and mappings."""
        here = files("shoal.project.demo")
        yield from sorted(_walk(here / "definitions" / self.pack, ""))
        yield from sorted(_walk(here / "mappings" / self.pack, "mappings/"))

    def segments(self) -> tuple[Told, ...]:
        """The segments, group by group."""
        return tuple(
            _told(name, entry, title)
            for stem, title in self.groups.items()
            for name, entry in self._file(f"segments/{stem}.yml")["segments"].items()
        )

    def parts(self, partition: str) -> tuple[Told, ...]:
        """A partition's parts in their order."""
        entry = self._file("segments/stages.yml")["partitions"][partition]
        return tuple(
            _told(f"{partition}.{name}", part, entry["title"])
            for item in entry["parts"]
            for name, part in item.items()
        )

    def traits(self) -> tuple[Told, ...]:
        """The computed traits."""
        return tuple(
            _told(name, entry, "Traits")
            for name, entry in self._file("traits/shopping.yml")["traits"].items()
        )

    def _file(self, path: str) -> Mapping[str, Any]:
        import yaml

        place = files("shoal.project.demo") / "definitions" / self.pack / path
        return yaml.safe_load(place.read_text(encoding="utf-8"))


COMPLETE_JOURNEY = Story(
    pack="complete_journey",
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
    pack="starter",
    name="My customers",
    one="customer",
    many="customers",
    groups={"value": "Value", "rhythm": "Rhythm", "lifecycle": "Lifecycle"},
    counted="count(order_completed in last 90d)",
    active_days=90,
    silent_days=180,
    silence="Six silent months",
)


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, str]]:
    if not folder.is_dir():
        return
    for item in folder.iterdir():
        below = f"{path}{item.name}"
        if item.is_dir():
            yield from _walk(item, f"{below}/")
        elif item.name.endswith(".yml"):
            yield below, item.read_text(encoding="utf-8")


def _told(name: str, entry: Mapping[str, Any], group: str) -> Told:
    return Told(
        name=name,
        title=entry["title"],
        rule=str(entry.get("rule") or entry.get("value")).strip(),
        why=str(entry.get("why", "")).strip(),
        polarity=entry.get("polarity"),
        group=group,
    )
