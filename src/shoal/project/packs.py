"""Packs in a project: listed, shown, and their files copied in without harm to what is there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from shoal.core.errors import ShoalError
from shoal.core.instants import Zone
from shoal.events.table import IDENTIFY
from shoal.language import LANGUAGES, Words, parse_definitions, sentence
from shoal.language.defined import vocabulary_of
from shoal.language.definitions import (
    PROPERTY_TYPES,
    Definitions,
    SegmentDefinition,
    merged,
)
from shoal.language.vocabulary import TraitEntry, ValueType, Vocabulary
from shoal.packs import (
    Pack,
    Suggestion,
    pack_names,
    read_pack,
    said,
    suggestions_in,
    with_parts,
)
from shoal.packs.pack import ACTIONS
from shoal.project.definitions import read_files
from shoal.project.leaving_out import names_in, without
from shoal.project.settings import reason_of


@dataclass(frozen=True)
class Contents:
    """What a pack brings, its parts included, in the terms of a vocabulary."""

    pack: Pack
    language: str = LANGUAGES[0]

    @property
    def files(self) -> dict[str, str]:
        """Its files and those of its parts, by the path that each has in a project."""
        return pack_files(self.pack)

    @cached_property
    def definitions(self) -> Definitions:
        """Everything its files define."""
        return merged(
            _defined(text, _place(one, path))
            for one in with_parts(self.pack)
            for path, text in one.definitions.items()
        )

    @cached_property
    def segments(self) -> dict[str, SegmentDefinition]:
        """Segments, and parts as ``partition.part``, as they are written."""
        parts = {
            f"{partition.name}.{part.name}": part
            for partition in self.definitions.partitions
            for part in partition.parts
        }
        return {it.name: it for it in self.definitions.segments} | parts

    @cached_property
    def vocabulary(self) -> Vocabulary:
        """What its rules may name when no data are there: its own tracking plan."""
        plan = {it.name: it for it in self.definitions.events}
        profile = {
            it.name: TraitEntry(it.name, PROPERTY_TYPES.get(it.type or "", ValueType.UNKNOWN))
            for it in (plan[IDENTIFY].properties if IDENTIFY in plan else ())
        }
        return vocabulary_of(
            self.definitions, {}, profile, Zone(), open=True, language=self.language
        )

    @cached_property
    def suggestions(self) -> dict[str, Suggestion]:
        """What to do, by segment."""
        return {
            name: it
            for one in with_parts(self.pack)
            for name, it in suggestions_in(one.texts.get(ACTIONS, "")).items()
        }

    def listed(self) -> dict[str, Any]:
        """The contract's item of ``shoal pack list``."""
        found = self.definitions
        return {
            "name": self.pack.name,
            "title": said(self.pack.title, self.language),
            "segments": len(self.segments),
            "traits": len(found.traits) + len(found.predictions),
            "about": said(self.pack.about, self.language),
            "sectors": list(self.pack.sectors),
            "sample": self.pack.sample is not None,
        }

    def shown(self) -> dict[str, Any]:
        """Everything of ``shoal pack show``."""
        found, say = self.definitions, self.say
        return {
            **self.listed(),
            "requires": [one.name for one in with_parts(self.pack)[:-1]],
            "starts_from": [
                {"title": say(it.title), "command": it.command} for it in self.pack.starts_from
            ],
            "needs": [
                {
                    "events": list(it.events),
                    "properties": list(it.properties),
                    "brings": list(it.brings),
                    "why": say(it.why),
                }
                for one in with_parts(self.pack)
                for it in one.needs
            ],
            "not_for": [
                {"case": say(it.case), "why": say(it.why), "segment": it.segment}
                for one in with_parts(self.pack)
                for it in one.not_for
            ],
            "segments": [self._segment(name) for name in self.segments],
            "traits": [
                {
                    "name": it.name,
                    "title": self._written(it.title),
                    "value": it.text,
                    "why": self._written(it.why),
                }
                for it in found.traits
            ],
            "events": [
                {
                    "name": it.name,
                    "title": self._written(it.title),
                    "properties": [one.name for one in it.properties],
                }
                for it in found.events
            ],
        }

    def say(self, words: str | Mapping[str, str]) -> str:
        """What a pack's own files say, in the language wanted."""
        return said(words, self.language)

    def _written(self, words: Words | None) -> str | None:
        return words.chosen(self.language) if words is not None else None

    def _segment(self, name: str) -> dict[str, Any]:
        it, advice = self.segments[name], self.suggestions.get(name, Suggestion(name))
        return {
            "name": name,
            "title": self._written(it.title),
            "partition": name.rpartition(".")[0] or None,
            "polarity": it.polarity,
            "rule": it.text,
            "sentence": sentence(it.rule, self.vocabulary) if it.rule is not None else "",
            "why": self._written(it.why),
            "actions": [
                {
                    "channel": act.channel,
                    "kind": act.kind,
                    "do": self.say(act.do),
                    "message": self.say(act.message),
                }
                for act in advice.actions
            ],
            "message_fit": {
                "match": self.say(advice.fit.match),
                "avoid": self.say(advice.fit.avoid),
                "uses": list(advice.fit.uses),
                "not_words": list(advice.fit.not_words.get(self.language, ())),
            },
        }


@dataclass(frozen=True, slots=True)
class Added:
    """What became of a pack's files in a project."""

    pack: str
    written: tuple[str, ...] = ()
    unchanged: tuple[str, ...] = ()
    differing: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """Files that stand there otherwise, and the lines in which they differ."""
    left_out: Mapping[str, str] = field(default_factory=dict[str, str])
    """Names that the project defines already, and the file in which it does."""

    def as_json(self) -> dict[str, Any]:
        """The document of ``shoal pack add --json``."""
        return {
            "pack": self.pack,
            "written": list(self.written),
            "unchanged": list(self.unchanged),
            "differing": [
                {"file": path, "diff": list(lines)} for path, lines in self.differing.items()
            ],
            "left_out": [{"name": name, "stands_in": path} for name, path in self.left_out.items()],
        }


@lru_cache(maxsize=64)  # the files are those of the installation
def contents(name: str, language: str = "en") -> Contents:
    """A pack by its name, with what it brings."""
    return Contents(read_pack(name), language)


@lru_cache(maxsize=256)  # packs share parts, and are read in several languages
def _defined(text: str, place: str) -> Definitions:
    return parse_definitions(text, place)


def all_contents(language: str = "en") -> Iterator[Contents]:
    """Every pack that is listed."""
    return (contents(name, language) for name in pack_names())


def pack_files(pack: Pack) -> dict[str, str]:
    """A pack's files and those of its parts, by the path that each has in a project."""
    return {
        _place(one, path): text for one in with_parts(pack) for path, text in _copied(one).items()
    }


def add_pack(folder: Path, name: str) -> Added:
    """Copies a pack's files into the project in ``folder``; what stands there is left as it is.

    A name that other files of the project define already is left out of the copy.
    """
    pack = read_pack(name)
    wanted = pack_files(pack)
    taken = _defined_outside(folder, set(wanted))
    written: list[str] = []
    unchanged: list[str] = []
    differing: dict[str, tuple[str, ...]] = {}
    left_out: dict[str, str] = {}
    try:
        for path, text in wanted.items():
            mine, clashes = without(text, set(taken)) if path.endswith(".yml") else (text, ())
            left_out.update({clash[1]: taken[clash] for clash in clashes})
            if mine is None:
                continue
            there = folder / path
            if not there.exists():
                there.parent.mkdir(parents=True, exist_ok=True)
                there.write_text(mine, encoding="utf-8")
                written.append(path)
            elif (found := there.read_text(encoding="utf-8-sig")) == mine:
                unchanged.append(path)
            else:
                differing[path] = _difference(mine, found, name)
    except (OSError, UnicodeDecodeError) as error:
        raise ShoalError(f"cannot copy the pack to `{folder}`: {reason_of(error)}") from error
    return Added(name, tuple(written), tuple(unchanged), differing, left_out)


def suggestions_of(folder: Path) -> dict[str, Suggestion]:
    """What the project's ``actions/*.yml`` suggest, by segment; the first file that speaks counts."""
    found: dict[str, Suggestion] = {}
    for path in sorted((folder / "actions").glob("*.yml")):
        for name, suggestion in suggestions_in(path.read_text(encoding="utf-8-sig")).items():
            found.setdefault(name, suggestion)
    return found


def _copied(pack: Pack) -> dict[str, str]:
    """The files of one pack that a project gets."""
    actions = {ACTIONS: pack.texts[ACTIONS]} if ACTIONS in pack.texts else {}
    return {**pack.definitions, **pack.mappings, **actions}


def _place(pack: Pack, path: str) -> str:
    """``segments/lifecycle.yml`` of a pack stands in ``segments/grocery/lifecycle.yml``."""
    if path == ACTIONS:
        return f"actions/{pack.name}.yml"
    section, _, rest = path.partition("/")
    return f"{section}/{pack.name}/{rest}"


def _defined_outside(folder: Path, mine: set[str]) -> dict[tuple[str, str], str]:
    """What files other than these define: kind and name, and the file."""
    found: dict[tuple[str, str], str] = {}
    for path, text in read_files(folder).texts.items():
        if path not in mine:
            for key in names_in(parse_definitions(text, path)):
                found.setdefault(key, path)
    return found


def _difference(mine: str, found: str, name: str) -> tuple[str, ...]:
    lines = unified_diff(
        mine.splitlines(), found.splitlines(), f"pack {name}", "your file", lineterm="", n=0
    )
    return tuple(lines)
