"""Is this project well? Everything that can be looked at without changing anything."""

from __future__ import annotations

import os
import platform
import shutil
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import ShoalError
from shoal.core.instants import DAY, format_instant

if TYPE_CHECKING:
    from shoal.project.opening import Project
    from shoal.store.manifest import Manifest

LITTLE_SPACE = 1 << 30
NO_SPACE = 64 << 20
BUILT = 1_735_689_600_000_000
"""2025-01-01: a clock that shows less is not set."""


class State(StrEnum):
    """How it is with one thing."""

    WELL = "well"
    WARNING = "warning"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was looked at, how it is, and what to do about it."""

    about: str
    state: State
    told: str
    hint: str | None = None


def examine_project(project: Project) -> list[Finding]:
    """Every finding, in the order of the looking; nothing is changed."""
    looks: tuple[Callable[[Project], Iterator[Finding]], ...] = (
        _definitions, _owner, _files, _log, _quarantine, _damaged, _orphans, _books,
        _permissions, _space, _clock, _kernels, _versions,
    )  # fmt: skip
    found: list[Finding] = []
    for look in looks:
        try:
            found += look(project)
        except (ShoalError, OSError) as error:
            told = error.message if isinstance(error, ShoalError) else str(error)
            hint = error.hint if isinstance(error, ShoalError) else None
            found.append(Finding(look.__name__.strip("_"), State.WRONG, told, hint))
    return found


def _well(about: str, told: str) -> Finding:
    return Finding(about, State.WELL, told)


def _definitions(project: Project) -> Iterator[Finding]:
    from shoal.project.definitions import definitions_of, read_files

    problems = definitions_of(read_files(project.folder)).problems
    errors = [problem for problem in problems if problem.severity == "error"]
    zone = project.settings.time_zone.name
    yield _well("project", f"{project.settings.name}, {zone}, now is {project.settings.now}")
    if errors:
        told = f"{len(errors)} problems in the definition files"
        yield Finding("definitions", State.WARNING, told, "`shoal check` shows them")


def _owner(project: Project) -> Iterator[Finding]:
    from shoal.store.owner import owner_of

    facts = owner_of(project.store.root)
    if facts is None:
        yield _well("owner", "nobody is writing")
    else:
        yield _well("owner", f"process {facts.get('pid')} ({facts.get('doing') or 'a command'})")


def _manifest(project: Project) -> Manifest:
    from shoal.store.manifest import newest_manifest

    return newest_manifest(project.store.root)


def _files(project: Project) -> Iterator[Finding]:
    from shoal.store.files import BUCKETS, FORMAT, IDENTIFIERS, check_format
    from shoal.store.mending import trouble_in
    from shoal.store.tombstones import read_tombstones

    root = project.store.root
    manifest = _manifest(project)
    read_tombstones(root, manifest.tombstones)
    yield _well("format", f"{check_format(root)}, this Shoal writes {FORMAT}")
    files = [(BUCKETS, file) for bucket in manifest.buckets for file in bucket.files()]
    files += [(IDENTIFIERS, file) for file in manifest.identifiers]
    bad = 0
    for folder, file in files:
        trouble = trouble_in(root / folder / file.name, file)
        if trouble is not None:
            bad += 1
            told = f"{folder}/{file.name} ({file.rows:,} rows): {trouble}"
            hint = "restore a backup, or go on without it: `shoal doctor --mend`"
            yield Finding("files", State.WRONG, told, hint)
    if not bad:
        told = f"version {manifest.number}: {manifest.rows:,} rows in {len(files)} files"
        yield _well("files", told)


def _log(project: Project) -> Iterator[Finding]:
    from shoal.store.log import examine, segment_numbers, segment_path

    folder = project.store.root / "log"
    first = _manifest(project).log
    frames = size = 0
    for number in segment_numbers(folder):
        if number < first:
            continue
        path = segment_path(folder, number)
        found = examine(path, headless=True)
        frames += len(found.frames)
        size += found.size
        lost = sum(gap.end - gap.start for gap in found.gaps)
        if lost:
            told = f"{path.name}: {lost:,} of {found.size:,} bytes are damaged"
            hint = "the next to write sets them aside and keeps the rest"
            yield Finding("log", State.WRONG, told, hint)
    yield _well("log", f"{frames:,} writes, {size:,} bytes not yet in the buckets")


def _quarantine(project: Project) -> Iterator[Finding]:
    rows = list(project.store.quarantine())
    bad = sum(row.id.startswith("damaged-") for row in rows)
    if bad:
        yield Finding("quarantine", State.WRONG, f"{bad} rows are damaged", "`shoal doctor --mend`")
    else:
        yield _well("quarantine", f"{len(rows):,} rows")


def _damaged(project: Project) -> Iterator[Finding]:
    damages = project.store.damages()
    hint = "it is kept in .shoal/damaged; remove it there, with its note, once it is dealt with"
    for one in damages:
        told = f"{one.file} was set aside {format_instant(one.found_at)}; lost: {one.lost}"
        yield Finding("damaged", State.WRONG, told, hint)
    if not damages:
        yield _well("damaged", "no file was ever set aside")


def _orphans(project: Project) -> Iterator[Finding]:
    from shoal.privacy import unowned
    from shoal.store.manifest import manifest_numbers, read_manifest
    from shoal.store.owner import owner_of
    from shoal.store.places import PLACES

    root = project.store.root
    named: set[str] = set()
    for number in manifest_numbers(root):
        named |= read_manifest(root, number).file_names()
    there = [path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()]
    strangers = list(unowned(there, PLACES))
    data = ("buckets/", "identifiers/", "quarantine/", "tombstones/")
    if owner_of(root) is None:
        strangers += [name for name in there if name.startswith(data) and name not in named]
    if strangers:
        told = f"{len(strangers)} files that nothing names: {', '.join(sorted(strangers)[:3])}"
        hint = "the next to write removes what a killed one left; look at the others"
        yield Finding("orphans", State.WARNING, told, hint)
    else:
        yield _well("orphans", f"all {len(there)} files are accounted for")


def _books(project: Project) -> Iterator[Finding]:
    from shoal.store.tables import read_only

    path = project.store.books.path
    hint = "restore the books from a backup"
    try:
        with closing(read_only(path)) as books:
            said = str(books.execute("PRAGMA quick_check").fetchone()[0])
    except sqlite3.Error as error:
        yield Finding("books", State.WRONG, f"they cannot be read: {error}", hint)
        return
    if said != "ok":
        yield Finding("books", State.WRONG, said, hint)
        return
    project.store.books.check_format()
    yield _well("books", f"sound, {path.stat().st_size:,} bytes")


def _permissions(project: Project) -> Iterator[Finding]:
    root = project.store.root
    if not os.access(root, os.W_OK | os.X_OK):
        hint = f"let this user write to {root}"
        yield Finding("permissions", State.WRONG, "the store cannot be written", hint)
    open_to_others = [
        path.name
        for path in (root, root / "key")
        if stat.S_IMODE(path.stat().st_mode) & 0o077 and path.exists()
    ]
    if open_to_others:
        told = f"others on this machine can read {', '.join(open_to_others)}"
        hint = f"chmod -R go= {root}"
        yield Finding("permissions", State.WARNING, told, hint)
    else:
        yield _well("permissions", "only this user reads the store")


def _space(project: Project) -> Iterator[Finding]:
    usage = shutil.disk_usage(project.store.root)
    told = f"{usage.free / 2**30:.1f} GiB free of {usage.total / 2**30:.1f}"
    if usage.free < NO_SPACE:
        yield Finding("space", State.WRONG, told, "nothing can be written: free some space")
    elif usage.free < LITTLE_SPACE:
        yield Finding("space", State.WARNING, told, "free some space soon")
    else:
        yield _well("space", told)


def _clock(project: Project) -> Iterator[Finding]:
    now = project.clock()
    if now < BUILT:
        told = f"this machine's clock shows {format_instant(now)}"
        yield Finding("clock", State.WRONG, told, "set it: every receipt is dated by it")
        return
    latest = project.store.snapshot().latest_event_at
    if latest is not None and latest > now + DAY:
        told = f"the latest event is of {format_instant(latest)}, now is {format_instant(now)}"
        yield Finding("clock", State.WARNING, told, "one of the two clocks was wrong")
    else:
        yield _well("clock", format_instant(now))


def _kernels(project: Project) -> Iterator[Finding]:
    del project
    from shoal.core.compiled import cache_folder

    folder = Path(cache_folder("engine"))
    made = len(list(folder.rglob("*.nbi"))) if folder.is_dir() else 0
    above = next(path for path in (folder, *folder.parents) if path.exists())
    if made:
        yield _well("engine", f"{made} compiled functions are kept for this machine")
    elif os.access(above, os.W_OK):
        yield _well("engine", "it is compiled at the first question, in about a minute")
    else:
        hint = "set NUMBA_CACHE_DIR to a folder that can be written"
        yield Finding("engine", State.WARNING, "it is compiled anew by every process", hint)


def _versions(project: Project) -> Iterator[Finding]:
    del project
    from importlib.metadata import PackageNotFoundError, version

    told: list[str] = [f"python {platform.python_version()}"]
    for name in ("shoal", "numpy", "pyarrow", "numba", "msgspec", "duckdb", "uvicorn"):
        try:
            told.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            told.append(f"{name} not installed")
    yield _well("versions", ", ".join(told))


def mend_project(project: Project) -> list[dict[str, Any]]:
    """Sets aside what cannot be read, as a server does when it starts; what was lost."""
    before = {one.found_at for one in project.store.damages()}
    with project.store.write(mend=True, doing="shoal doctor --mend"):
        pass
    new = [one for one in project.store.damages() if one.found_at not in before]
    return [{"file": one.file, "lost": one.lost} for one in new]
