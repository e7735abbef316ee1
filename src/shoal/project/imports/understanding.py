"""How files will be understood, before anything is imported: a preview, or a guess."""

from __future__ import annotations

import json
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ImportFileError
from shoal.project.imports.importing import Wanted, mapping_of, planned_types

if TYPE_CHECKING:
    from shoal.project.opening import Project
    from shoal.sources import FileMapping


@dataclass(frozen=True, slots=True)
class Preview:
    """How the first rows of files will be understood."""

    files: tuple[tuple[str, tuple[str, ...]], ...]
    mapping: FileMapping

    @property
    def text(self) -> str:
        """The preview for people."""
        return "\n".join(
            line
            for name, sentences in self.files
            for line in (f"{name}:", *(f"  {sentence}" for sentence in sentences))
        )

    def as_json(self) -> dict[str, Any]:
        """The document of ``shoal import --dry-run --json``."""
        from shoal.sources import mapping_to_json

        return {
            "dry_run": True,
            "files": [{"file": name, "says": list(said)} for name, said in self.files],
            "mapping": json.loads(mapping_to_json(self.mapping)),
        }


def preview(project: Project, paths: Sequence[Path], wanted: Wanted) -> Preview:
    """What the first rows would become, in words; nothing is added."""
    from shoal.sources import describe, sample

    mapping, types = mapping_of(wanted), planned_types(project)
    zone = project.settings.time_zone
    said = [
        (path.name, tuple(describe(mapping, sample(path, mapping), zone, types))) for path in paths
    ]
    return Preview(tuple(said), mapping)


def look_at(project: Project, path: Path, wanted: Wanted | None, cells: int) -> dict[str, Any]:
    """A file's columns with some cells, and how its first rows would be understood.

    As ``wanted`` says it, else as it is guessed; ``missing`` says what cannot be guessed.
    """
    from shoal.events.columns import as_text
    from shoal.sources import describe, guess, mapping_to_json, sample

    reasons: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    if wanted is None:
        found = guess(path)
        mapping, reasons, doubts, missing = (
            found.mapping,
            found.reasons,
            found.doubts,
            found.missing,
        )
    else:
        mapping = mapping_of(wanted)
    first = sample(path, mapping)
    seen = [] if first.batch is None else [
        {"name": name, "cells": [it or "" for it in as_text(array.slice(0, cells)).to_pylist()]}
        for name, array in first.batch.columns.items()
    ]  # fmt: skip
    says: list[str] = []
    if mapping is not None:
        zone, types = project.settings.time_zone, planned_types(project)
        says = describe(mapping, first, zone, types)
    options = None if mapping is None else options_of(mapping)
    return {
        "columns": seen or [{"name": name, "cells": []} for name in first.columns],
        "reasons": list(reasons),
        "doubts": list(doubts),
        "missing": list(missing),
        "said": options,
        "document": None if mapping is None else mapping_to_json(mapping),
        "says": says,
    }


@dataclass(frozen=True, slots=True)
class Guessed:
    """A mapping nobody gave, with what it rests on."""

    mapping: FileMapping
    text: str
    command: str | None
    document: str


def guess_mapping(project: Project, paths: Sequence[Path]) -> Guessed:
    """The mapping that the first file seems to want; ImportFileError says what is not to be seen."""
    from shoal.sources import describe, guess, mapping_to_json, sample

    found = guess(paths[0])
    if found.mapping is None:
        raise ImportFileError(
            f"it is not to be seen what the rows of `{paths[0]}` are: "
            f"{'; '.join(found.missing) or 'nothing in it looks like a customer and a time'}",
            hint="say it: --event NAME --user COL --time COL, or --map FILE",
        )
    said = describe(found.mapping, sample(paths[0], found.mapping), project.settings.time_zone)
    lines = [f"{paths[0].name} looks like this:"]
    lines += [f"  {reason}" for reason in (*found.reasons, *found.doubts)]
    lines += ["The first rows would be understood so:", *(f"  {it}" for it in said)]
    command = _command_of(found.mapping, paths)
    document = mapping_to_json(found.mapping)
    return Guessed(found.mapping, "\n".join(lines), command, document)


def unconfirmed(guessed: Guessed, paths: Sequence[Path]) -> ImportFileError:
    """What to say where a guess cannot be confirmed: the command or the mapping that says it."""
    if guessed.command is not None:
        return ImportFileError(
            "it is not said what a row is; nothing was imported",
            hint=f"if the guess above is right: {guessed.command}",
        )
    names = " ".join(shlex.quote(str(path)) for path in paths)
    return ImportFileError(
        "it is not said what a row is; nothing was imported",
        hint=f"if the guess above is right, write it to guess.json and "
        f"`shoal import {names} --map guess.json`, or add --yes: {guessed.document}",
    )


def options_of(mapping: FileMapping) -> dict[str, Any] | None:
    """The options that say a mapping, by their names; None where they cannot."""
    from shoal.sources import mapping_to_json

    if len(mapping.rows) != 1:
        return None
    rows = mapping.rows[0]
    pairs = {name: column.strip("`") for name, column in (rows.properties or {}).items()}
    said = Wanted(
        event=None if rows.is_profile else rows.event,
        event_column=rows.event_column,
        profiles=rows.is_profile,
        user=rows.user,
        anonymous=rows.anonymous,
        time=rows.time,
        time_format=rows.time_format,
        id_column=rows.ids[0] if rows.ids else None,
        properties={} if rows.is_profile else pairs,
        traits=pairs if rows.is_profile else {},
    )
    found = replace(mapping_of(said), kind=mapping.kind, layout=mapping.layout)
    if mapping_to_json(found) != mapping_to_json(mapping):
        return None
    names = ("event", "event_column", "profiles", "user", "anonymous", "time", "time_format")
    given = {name: getattr(said, name) for name in (*names, "id_column")}
    return given | {"properties": pairs}


def _command_of(mapping: FileMapping, paths: Sequence[Path]) -> str | None:
    """The command that says the mapping, where options can say it."""
    said = options_of(mapping)
    if said is None:
        return None
    rows = mapping.rows[0]
    given: list[tuple[str, str | None]] = [
        ("--event", None if rows.is_profile else rows.event),
        ("--event-col", rows.event_column),
        ("--user", rows.user),
        ("--anonymous", rows.anonymous),
        ("--time", rows.time),
        ("--time-format", rows.time_format),
        ("--id", rows.ids[0] if rows.ids else None),
    ]
    option = "--trait" if rows.is_profile else "--prop"
    columns = {name: column.strip("`") for name, column in (rows.properties or {}).items()}
    pairs = [f"{name}={column}" for name, column in columns.items()]
    words = ["shoal", "import", *(str(path) for path in paths)]
    words += ["--profiles"] if rows.is_profile else []
    words += [word for name, value in given if value is not None for word in (name, value)]
    words += [word for pair in pairs for word in (option, pair)]
    return shlex.join(words)
