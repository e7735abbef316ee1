"""Sources as people see them: listed, added after a dry run in words, tried without importing."""

from __future__ import annotations

import time
from collections.abc import Mapping
from contextlib import closing
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError
from shoal.core.instants import format_instant
from shoal.project.imports.importing import planned_types
from shoal.project.settings import reason_of
from shoal.project.sources.files import (
    FOLDER,
    load_source,
    mapping_for,
    parse_source,
    source_names,
    written,
)
from shoal.project.sources.folders import Pause
from shoal.project.sources.running import (
    as_generator,
    due_sources,
    fitting,
    pieces_of,
    run_sources,
    running,
)
from shoal.sources.definition import SourceDefinition
from shoal.store.source_books import SourceBooks, SourceState

if TYPE_CHECKING:
    from shoal.project.opening import Project
    from shoal.project.owner.imported import Progress

Row = dict[str, Any]
MOST_LOOKED_AT = 20
"""Files that a dry run tells of."""


def source_rows(project: Project) -> list[Row]:
    """Every source: what it reads, how the last run went, when the next one is due."""
    return [source_row(project, name) for name in source_names(project.folder)]


def source_row(project: Project, name: str) -> Row:
    """One source. A file with problems is told as the failure, and so stops no list."""
    books = SourceBooks(project.store.books)
    try:
        source = load_source(project.folder, name)
        mapping_for(project.folder, source)
    except ShoalError as error:
        state, source, trouble = books.state(name, ""), None, str(error)
    else:
        state, trouble = books.state(name, source.reads), None
    result = state.result
    due_at = None if source is None else source.due_at(state.ran_at)
    failure = trouble or result.get("failure")
    return {
        "name": name,
        "kind": None if source is None else str(source.kind),
        "from": None if source is None else source.place,
        "mapping": None if source is None else source.mapping,
        "every": None if source is None or source.every is None else str(source.every),
        "state": "failed" if failure else "never run" if state.ran_at is None else "well",
        "ran_at": None if state.ran_at is None else format_instant(state.ran_at),
        "due_at": None if due_at is None else format_instant(due_at or project.clock()),
        "rows": result.get("rows", 0),
        "imported": result.get("imported", 0),
        "duplicates": result.get("duplicates", 0),
        "rejected": result.get("rejected", 0),
        "left": result.get("left", 0),
        "cursor": state.cursor,
        "drift": result.get("drift", []),
        "failure": failure,
        "failures": state.failures,
        "files": result.get("files", []),
        "text": None if source is None else written(source),
    }


def try_source(
    project: Project, source: SourceDefinition, pause: Pause = time.sleep, *, anew: bool = False
) -> Row:
    """What a run would do, in words; nothing is imported and nothing kept."""
    from shoal.sources import describe, sample

    mapping = mapping_for(project.folder, source)
    state = SourceBooks(project.store.books).state(source.name, source.reads)
    if anew:
        state = SourceState(source.reads)
    says: list[str] = []
    files: list[Row] = []
    digests: set[str] = set()
    pieces = as_generator(pieces_of(project, source, state, pause, only_first=True, anew=anew))
    with running(project), closing(pieces) as found:
        for piece in found:
            if len(files) == MOST_LOOKED_AT:
                says.append(f"There are more than {MOST_LOOKED_AT} files.")
                break
            digest = piece.file.digest if piece.file else ""
            why = piece.trouble or piece.left
            is_new = piece.is_new and digest not in digests
            would = (
                "stopped" if piece.trouble else "left" if why else "imported" if is_new else "known"
            )
            files.append({"file": piece.name, "state": would, "why": why})
            digests |= {digest} - {""}
            if would == "imported" and not says:
                fit = fitting(mapping, piece)
                first = sample(piece.path, fit)
                zone, types = project.settings.time_zone, planned_types(project)
                says = [f"{piece.name}:", *describe(fit, first, zone, types)]
    if not says:
        says.append("There is nothing new to import.")
    return {"name": source.name, "dry_run": True, "files": files, "says": says}


def new_source(project: Project, name: str, said: Mapping[str, str | None]) -> SourceDefinition:
    """A source of what is said by the keys of its file; ShoalError where one of that name is there.

    Raises DefinitionError with every problem.
    """
    if (project.folder / FOLDER / f"{name}.yml").exists():
        raise ShoalError(
            f"there is a source `{name}` already", hint=f"change {FOLDER}/{name}.yml, or remove it"
        )
    source = parse_source(_text(said), name)
    mapping_for(project.folder, source)
    return source


def write_source(project: Project, source: SourceDefinition) -> str:
    """Writes a new source's file; its path in the project."""
    path = project.folder / FOLDER / f"{source.name}.yml"
    try:
        path.parent.mkdir(exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(written(source))
    except OSError as error:
        raise ShoalError(f"cannot write {path}: {reason_of(error)}") from error
    return f"{FOLDER}/{source.name}.yml"


def wanted_names(project: Project, names: list[str], *, due: bool = False) -> list[str]:
    """These sources, or all; with ``due`` those whose time has come. NotFoundError for none."""
    there = source_names(project.folder)
    for name in names:
        if name not in there:
            load_source(project.folder, name)  # which says so
    if not due:
        return names or there
    return [it for it in due_sources(project, project.clock()) if not names or it in names]


def run_named(  # noqa: PLR0913  what the command says
    project: Project,
    names: list[str],
    *,
    due: bool = False,
    anew: bool = False,
    progress: Progress | None = None,
    pause: Pause = time.sleep,
) -> list[Row]:
    """Runs these sources, or all of them; with ``due`` those whose time has come.

    ``anew`` reads what they were read of before once more.
    """
    names = wanted_names(project, names, due=due)
    if not names:
        return []
    return [ran.as_json() for ran in run_sources(project, names, progress, pause, anew=anew)]


def _text(said: Mapping[str, str | None]) -> str:
    import json

    return "".join(
        f"{key}: {json.dumps(value, ensure_ascii=False)}\n"
        for key, value in said.items()
        if value is not None
    )
