"""Definitions of a project: read from its files, or from the books as they were applied."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import Place, Problem
from shoal.events.property_type import PropertyType
from shoal.language import LANGUAGES, merged, parse_definitions
from shoal.language import definitions as written
from shoal.language.campaign_definitions import CampaignDefinition
from shoal.language.defined import planned_events, segment_entries, trait_entries
from shoal.language.tree import Rule, Value
from shoal.language.vocabulary import EventEntry, SegmentEntry, TraitEntry
from shoal.project.settings import reason_of

if TYPE_CHECKING:
    from shoal.store import Books

FOLDERS = ("segments", "traits", "predictions", "events", "partitions", "campaigns")


@dataclass(frozen=True, slots=True)
class Files:
    """Definition files by path in the project, and what kept others from being read."""

    texts: Mapping[str, str] = field(default_factory=dict[str, str])
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Definitions:
    """What a project's files define, all together, in the terms of a vocabulary."""

    files: Files
    found: written.Definitions
    language: str = LANGUAGES[0]

    def in_language(self, language: str) -> Definitions:
        """The same, with titles and reasons in a language as far as they are written in it."""
        return self if language == self.language else replace(self, language=language)

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Problems of reading the files and of their form."""
        return (*self.files.problems, *self.found.problems)

    @cached_property
    def segments(self) -> dict[str, written.SegmentDefinition]:
        """Segments and parts by name; a part's name is ``partition.part``."""
        parts = {
            f"{partition.name}.{part.name}": part
            for partition in self.found.partitions
            for part in partition.parts
        }
        return {it.name: it for it in self.found.segments} | parts

    @cached_property
    def campaigns(self) -> dict[str, CampaignDefinition]:
        """Campaigns by name."""
        return {it.name: it for it in self.found.campaigns}

    @cached_property
    def segment_entries(self) -> dict[str, SegmentEntry]:
        """Segments and parts as rules may name them."""
        return segment_entries(self.found, self.language)

    @cached_property
    def trait_entries(self) -> dict[str, TraitEntry]:
        """Computed traits; and predictions, whose values are scores."""
        return trait_entries(self.found, self.language)

    @cached_property
    def events(self) -> dict[str, EventEntry]:
        """The tracking plan."""
        return planned_events(self.found, {}, self.language)

    @cached_property
    def types(self) -> dict[tuple[str, str], PropertyType]:
        """The types that the tracking plan declares, by event and property."""
        return {
            (event.name, it.name): PropertyType(it.type)
            for event in self.found.events
            for it in event.properties
            if it.type
        }

    @property
    def purposes(self) -> frozenset[str]:
        """Purposes that segments and campaigns are meant for."""
        defined = (*self.segments.values(), *self.found.campaigns)
        return frozenset(it.purpose for it in defined if it.purpose)

    @property
    def targets(self) -> Iterator[Rule | Value]:
        """Targets of predictions: rules about the future."""
        return (it.target for it in self.found.predictions if it.target is not None)

    def partition_of(self, name: str) -> str | None:
        """The partition a segment is a part of."""
        whole, dot, _ = name.rpartition(".")
        return whole if dot and name in self.segments else None

    def facts_of(self, name: str) -> dict[str, Any]:
        """What a file says about a segment beside its rule."""
        segment = self.segments[name]
        return {
            "partition": self.partition_of(name),
            "why": segment.why.chosen(self.language) if segment.why else None,
            "polarity": segment.polarity,
            "purpose": segment.purpose,
            "place": str(segment.place) if segment.place else None,
        }


def read_files(folder: Path) -> Files:
    """Every ``*.yml`` under the definition folders, by path."""
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in _paths(folder):
        name = path.relative_to(folder).as_posix()
        try:
            texts[name] = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as error:
            problems.append(Problem(f"cannot be read: {reason_of(error)}", Place(1, 1, name)))
    return Files(texts, tuple(problems))


def definitions_of(files: Files) -> Definitions:
    """What the files define; problems are collected, never raised."""
    found = merged(_parsed(text, file) for file, text in files.texts.items())
    return Definitions(files, found)


@lru_cache(maxsize=1024)
def _parsed(text: str, file: str) -> written.Definitions:
    """What one file defines: applied and wanted texts are mostly the same, so each is read once."""
    return parse_definitions(text, file)


def applied_definitions(books: Books, at: int | None = None) -> Definitions:
    """The definitions applied last, or those in force at an instant; none before the first."""
    version = books.applied_definitions(at)
    return definitions_of(Files(version.files) if version is not None else Files())


def defined_in(folder: Path, name: str) -> str | None:
    """The file that defines a segment, applied or not."""
    segment = definitions_of(read_files(folder)).segments.get(name)
    return segment.place.file if segment is not None and segment.place is not None else None


def _paths(folder: Path) -> list[Path]:
    found = [
        path
        for below in FOLDERS
        for path in (folder / below).rglob("*")
        if path.suffix in {".yml", ".yaml"} and not path.name.startswith(".")
    ]
    return sorted(found)
