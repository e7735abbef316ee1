"""What the demo tells about: its definition files as written, and the choices of its report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

GROUPS = {
    "value": "Value",
    "rhythm": "Rhythm",
    "lifecycle": "Lifecycle",
    "offers": "Offers",
    "tastes": "Tastes",
}
"""The segment files in the order of the report, and what their groups are called there."""

EARLIER = "2017-07-01"
"""The past date that is compared with the end of the year."""
MONTHS = tuple(f"2017-{month:02d}-01" for month in range(1, 13))


@dataclass(frozen=True, slots=True)
class Told:
    """A definition with the words that stand beside its rule; a part is named ``stage.new``."""

    name: str
    title: str
    rule: str
    why: str
    polarity: str | None
    group: str


def project_files() -> Iterator[tuple[str, str]]:
    """Path in the project's folder and text of every file of the demo: definitions and mappings."""
    here = files("shoal.project.demo")
    yield from sorted(_walk(here / "definitions", ""))
    yield from sorted(_walk(here / "mappings", "mappings/"))


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, str]]:
    for item in folder.iterdir():
        below = f"{path}{item.name}"
        if item.is_dir():
            yield from _walk(item, f"{below}/")
        elif item.name.endswith(".yml"):
            yield below, item.read_text(encoding="utf-8")


def segments() -> tuple[Told, ...]:
    """The segments, group by group."""
    return tuple(
        _told(name, entry, title)
        for stem, title in GROUPS.items()
        for name, entry in _file(f"segments/{stem}.yml")["segments"].items()
    )


def parts(partition: str) -> tuple[Told, ...]:
    """A partition's parts in their order."""
    entry = _file("segments/stages.yml")["partitions"][partition]
    return tuple(
        _told(f"{partition}.{name}", part, entry["title"])
        for item in entry["parts"]
        for name, part in item.items()
    )


def traits() -> tuple[Told, ...]:
    """The computed traits."""
    return tuple(
        _told(name, entry, "Traits")
        for name, entry in _file("traits/shopping.yml")["traits"].items()
    )


def _told(name: str, entry: Mapping[str, Any], group: str) -> Told:
    return Told(
        name=name,
        title=entry["title"],
        rule=str(entry.get("rule") or entry.get("value")).strip(),
        why=str(entry.get("why", "")).strip(),
        polarity=entry.get("polarity"),
        group=group,
    )


def _file(path: str) -> Mapping[str, Any]:
    import yaml

    text = (files("shoal.project.demo") / "definitions" / path).read_text(encoding="utf-8")
    return yaml.safe_load(text)
