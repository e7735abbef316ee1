"""What a pack is: its words and its files, as they are written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

Words = str | Mapping[str, str]
"""A text for people: one for all, or one per language."""

SECTIONS = ("events", "traits", "segments", "partitions", "predictions", "campaigns")
"""Folders of definition files, in the order in which they build on each other."""
MAPPINGS = "mappings"
ACTIONS = "actions.yml"
SAMPLE = "sample.yml"


def said(words: Words, language: str = "en") -> str:
    """The words in a language; in English, or any other, where they are not said in it.

    >>> said({"en": "Lapsed", "pt": "Perdidos"}, "pt")
    'Perdidos'
    """
    if isinstance(words, str):
        return words
    return words.get(language) or words.get("en") or next(iter(words.values()), "")


@dataclass(frozen=True, slots=True)
class Need:
    """Data, and the segments, partitions and traits that they bring to life."""

    events: tuple[str, ...]
    properties: tuple[str, ...]
    brings: tuple[str, ...]
    why: Words = ""


@dataclass(frozen=True, slots=True)
class Start:
    """A way to begin: what one has, and the command that takes it in."""

    title: Words
    command: str


@dataclass(frozen=True, slots=True)
class NotFor:
    """What a pack should not be used for, and a person whom a segment of it gets wrong there."""

    case: Words
    why: Words
    segment: str
    person: tuple[Mapping[str, Any], ...]
    """What the person did, as a timeline of the definition files."""
    as_of: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Pack:
    """A pack by its name; a *part* is shared by packs and not listed by itself."""

    name: str
    title: Words
    about: Words = ""
    sectors: tuple[str, ...] = ()
    is_part: bool = False
    requires: tuple[str, ...] = ()
    needs: tuple[Need, ...] = ()
    starts_from: tuple[Start, ...] = ()
    not_for: tuple[NotFor, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    """Its files but pack.yml, by their path in the pack."""

    @property
    def definitions(self) -> dict[str, str]:
        """Its definition files by path, events first."""
        return {
            path: text
            for section in SECTIONS
            for path, text in self.texts.items()
            if path.startswith(f"{section}/")
        }

    @property
    def mappings(self) -> dict[str, str]:
        """Its mapping files by path."""
        return {path: it for path, it in self.texts.items() if path.startswith(f"{MAPPINGS}/")}

    @property
    def sample(self) -> str | None:
        """What its sample data are made from, if it has any."""
        return self.texts.get(SAMPLE)
