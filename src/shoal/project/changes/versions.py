"""Versions of the definitions: what was applied when, what each changed, and going back to one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Any

from shoal.core.errors import NotFoundError, ShoalError
from shoal.core.instants import format_instant
from shoal.core.names import nearest
from shoal.project.definitions import Definitions, Files, definitions_of, read_files
from shoal.project.settings import reason_of

if TYPE_CHECKING:
    from shoal.project.opening import Project
    from shoal.store.books import DefinitionsVersion


@dataclass(frozen=True, slots=True)
class Version:
    """An applied version: its number, when it came into force, and what it changed by kind."""

    id: int
    applied_at: int
    author: str
    changes: Mapping[str, tuple[str, ...]]  # new, changed, removed -> segments and traits

    def as_json(self) -> dict[str, Any]:
        """``{"id", "applied_at", "author", "new", "changed", "removed"}``."""
        told = {kind: list(names) for kind, names in self.changes.items()}
        at = format_instant(self.applied_at)
        return {"id": self.id, "applied_at": at, "author": self.author, **told}


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a segment or trait said in one version, as written; None where it was removed."""

    version: int
    applied_at: int
    author: str
    text: str | None

    def as_json(self) -> dict[str, Any]:
        """``{"version", "applied_at", "author", "rule"}``."""
        at = format_instant(self.applied_at)
        return {
            "version": self.version,
            "applied_at": at,
            "author": self.author,
            "rule": self.text,
        }


def versions_of(project: Project) -> list[Version]:
    """Every version, oldest first, with what it changed of the one before."""
    found: list[Version] = []
    before: dict[str, str] = {}
    for version, texts in _texts(project):
        changes = {
            "new": tuple(name for name in texts if name not in before),
            "changed": tuple(
                name for name, text in texts.items() if before.get(name, text) != text
            ),
            "removed": tuple(name for name in before if name not in texts),
        }
        found.append(Version(version.id, version.applied_at, version.author, changes))
        before = texts
    return found


def meanings_of(project: Project, name: str) -> list[Meaning]:
    """Every wording a segment or trait has had, oldest first; NotFoundError if it never was."""
    found: list[Meaning] = []
    every: dict[str, None] = {}
    for version, texts in _texts(project):
        every.update(dict.fromkeys(texts))
        text = texts.get(name)
        if text != (found[-1].text if found else None):
            found.append(Meaning(version.id, version.applied_at, version.author, text))
    if not found:
        meant = nearest(name, every)
        hint = (
            f"did you mean `{meant}`?" if meant else "`shoal version list` shows what was applied"
        )
        raise NotFoundError(f"no segment or trait `{name}` was ever applied", hint=hint)
    return found


def difference(project: Project, old: int, new: int) -> str:
    """What differs between the files of two versions, as a unified diff."""
    before, after = _files(project, old), _files(project, new)
    parts: list[str] = []
    for name in sorted({*before, *after}):
        parts += unified_diff(
            before.get(name, "").splitlines(keepends=True),
            after.get(name, "").splitlines(keepends=True),
            f"{name} (version {old})" if name in before else "(none)",
            f"{name} (version {new})" if name in after else "(none)",
        )
    return "".join(part if part.endswith("\n") else f"{part}\n" for part in parts)


def restore(project: Project, wanted: int, *, force: bool = False) -> list[str]:
    """Writes the files of a version back into the project; names of the files that changed.

    Nothing is applied by that: `plan` shows what would change. Files as no version has them are not
    overwritten unless ``force`` says so: what was restored and not applied lies in its version.
    """
    there = _files(project, wanted)
    now = read_files(project.folder)
    changed = [
        name for name in sorted({*now.texts, *there}) if now.texts.get(name) != there.get(name)
    ]
    kept = [version.files for version in project.store.books.definitions_versions()]
    lost = [
        name
        for name in changed
        if (project.folder / name).exists()  # what cannot be read is in no version, either
        and not any(name in files and files[name] == now.texts.get(name) for files in kept)
    ]
    if lost and not force:
        raise ShoalError(
            f"{_listed(lost)} changed since the last apply and would be overwritten",
            hint="apply or keep them elsewhere first, or give --force",
        )
    for name in changed:
        _write(project.folder / name, there.get(name))
    return changed


def _texts(project: Project) -> Iterator[tuple[DefinitionsVersion, dict[str, str]]]:
    """Every version with the text of each of its segments and traits."""
    for version in project.store.books.definitions_versions():
        yield version, _wordings(definitions_of(Files(version.files)))


def _wordings(definitions: Definitions) -> dict[str, str]:
    traits = {
        it.name: it.text for it in (*definitions.found.traits, *definitions.found.predictions)
    }
    campaigns = {f"campaign {it.name}": it.text for it in definitions.found.campaigns}
    return {name: it.text for name, it in definitions.segments.items()} | traits | campaigns


def _files(project: Project, wanted: int) -> Mapping[str, str]:
    for version in project.store.books.definitions_versions():
        if version.id == wanted:
            return version.files
    raise NotFoundError(f"there is no version {wanted}", hint="`shoal version list` shows them")


def _write(path: Path, text: str | None) -> None:
    try:
        if text is None:
            path.unlink(missing_ok=True)
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f".{path.name}.new")
        beside.write_text(text, encoding="utf-8")
        beside.replace(path)
    except OSError as error:
        raise ShoalError(f"cannot write {path}: {reason_of(error)}") from error


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"{', '.join(names[:3])}{more}"
