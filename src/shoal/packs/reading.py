"""Packs read from the files that Shoal is installed with, each once in a process."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from shoal.core.errors import NotFoundError
from shoal.core.names import nearest
from shoal.packs.pack import Need, NotFor, Pack, Start

PACK = "pack.yml"


def pack_names(*, parts: bool = False) -> tuple[str, ...]:
    """The names of all packs, sorted; with ``parts``, of the parts they share too."""
    return tuple(name for name in _names() if parts or not _about(name).get("part"))


def read_pack(name: str) -> Pack:
    """The pack of that name; raises NotFoundError, with the nearest name, if there is none."""
    known = pack_names(parts=True)
    if name not in known:
        meant = nearest(name, known)
        hint = f"did you mean `{meant}`?" if meant else f"there are {', '.join(pack_names())}"
        raise NotFoundError(f"there is no pack `{name}`", hint=hint)
    return _pack(name)


@cache
def _names() -> tuple[str, ...]:
    return tuple(sorted(item.name for item in _home().iterdir() if (item / PACK).is_file()))


@cache
def _pack(name: str) -> Pack:
    about = _about(name)
    return Pack(
        name=about["name"],
        title=about["title"],
        about=about.get("about", ""),
        sectors=tuple(about.get("sectors", ())),
        is_part=about.get("part", False),
        requires=tuple(about.get("requires", ())),
        needs=tuple(_need(item) for item in about.get("needs", ())),
        starts_from=tuple(Start(it["title"], it["command"]) for it in about.get("starts_from", ())),
        not_for=tuple(_not_for(item) for item in about.get("not_for", ())),
        texts=dict(sorted(_texts(_home() / name, ""))),
    )


def with_parts(pack: Pack) -> tuple[Pack, ...]:
    """The pack after everything it requires, each once."""
    found: dict[str, Pack] = {}

    def add(one: Pack) -> None:
        for name in one.requires:
            if name not in found:
                add(read_pack(name))
        found.setdefault(one.name, one)

    add(pack)
    return tuple(found.values())


def pack_schema() -> dict[str, Any]:
    """The JSON Schema of a pack's own files, as published in ``docs/pack.schema.json``."""
    return json.loads((_home() / "pack.schema.json").read_text(encoding="utf-8"))


def _home() -> Traversable:
    return files("shoal.packs")


@cache
def _about(name: str) -> Mapping[str, Any]:
    from shoal.packs.plain_yaml import read_yaml

    return read_yaml((_home() / name / PACK).read_text(encoding="utf-8"))


def _need(item: Mapping[str, Any]) -> Need:
    return Need(
        tuple(item.get("events", ())),
        tuple(item.get("properties", ())),
        tuple(item.get("brings", ())),
        item.get("why", ""),
    )


def _not_for(item: Mapping[str, Any]) -> NotFor:
    return NotFor(
        item["case"], item["why"], item["segment"], tuple(item["person"]), str(item["as_of"])
    )


def _texts(folder: Traversable, path: str) -> Iterator[tuple[str, str]]:
    for item in folder.iterdir():
        if item.is_dir():
            yield from _texts(item, f"{path}{item.name}/")
        elif item.name.endswith(".yml") and item.name != PACK:
            yield f"{path}{item.name}", item.read_text(encoding="utf-8")
